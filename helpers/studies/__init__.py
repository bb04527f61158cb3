"""One room a chapter: the steps of its study as functions."""
