"""Worlds whose interactions are known."""
