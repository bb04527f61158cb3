"""What factorization machines learn from DNA: the experiments of chapter 3.

`simulated` trains on planted motifs (Figs 5.1 to 5.4), `frozen` on filters that stay as
they are (Fig 5.5), `variants` on motifs whose letters interact (Figs 5.10 to 5.12),
`genome` on cell types of a synthetic genome and `sites` on real ones (Figs 5.6 to 5.9,
5.13); `untrained` says what chance gives. `training` fits one network a fold, `judging`
says what filters and pairs hold; `settings` are those of the page, `tables` and `words`
what it shows, `values` what it records.
"""

from helpers.studies.factorization import (
    frozen,
    genome,
    pair_tables,
    settings,
    simulated,
    site_tables,
    sites,
    tables,
    training,
    untrained,
    values,
    variants,
    words,
    worlds,
)

__all__ = [
    "frozen",
    "genome",
    "pair_tables",
    "settings",
    "simulated",
    "site_tables",
    "sites",
    "tables",
    "training",
    "untrained",
    "values",
    "variants",
    "words",
    "worlds",
]
