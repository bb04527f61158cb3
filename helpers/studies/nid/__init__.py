"""Chapter 5: interactions read from the weights of trained networks.

`worlds` holds the data and `training` the networks; every other file is named after
what it asks of them.
"""

from helpers.studies.nid import (
    choices,
    curves,
    cutoffs,
    limits,
    noise,
    pairs,
    products,
    real_pairs,
    real_shown,
    regularisers,
    rivals,
    slim,
    sparse,
    tables,
    theory,
    times,
    training,
    wide,
    worlds,
)

__all__ = [
    "choices",
    "curves",
    "cutoffs",
    "limits",
    "noise",
    "pairs",
    "products",
    "real_pairs",
    "real_shown",
    "regularisers",
    "rivals",
    "slim",
    "sparse",
    "tables",
    "theory",
    "times",
    "training",
    "wide",
    "worlds",
]
