"""Ordinary torch modules, each the definition of ONE network."""
