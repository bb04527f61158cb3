"""Is it real? Held-out loss, permutation, comparison, and how many to keep."""
