"""The test of each pair on real genotypes: made-up traits, and one real one of mice.

Declared before the first run. Genotypes are real, with their linkage, their relatives
and, in people, eleven or fourteen populations; traits are made, so that the truth is
known: sums without a pair, and the published six pairs, at a signal-to-noise ratio
of 1. The test is read as on *A test for each pair*: a level is kept if the 95%
interval over data sets contains it, the family-wise level if its exact interval does
not lie above 5%. Expected: levels are kept; with a thousand individuals few true pairs
are found. The HDL of mice is split anew for each data set; nothing is known of it, and
a pair that is called in most splits is worth a look.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks, datasets
from helpers.data.splits import Split
from helpers.detectors.interactions import all_pairs
from helpers.device import Device
from helpers.loaders import traits
from helpers.studies.gene_gene.designs import shapes_of
from helpers.studies.gene_gene.own_files import ask_own
from helpers.studies.gene_gene.per_pair import in_order
from helpers.studies.gene_gene.real import BATCH, MICE, read_real
from helpers.studies.gene_gene.stored_worlds import (
    StoredWorld,
    asked_worlds,
    rows_of_sets,
    step_of,
)
from helpers.studies.gene_gene.study import Training
from helpers.studies.stores import Store
from helpers.truth.genotypes import simulate_trait

#: Made-up traits by the name of the world, and the real one of the mice.
MADE, REAL_TRAIT = {"six pairs": "complex", "none": "null"}, "HDL"
#: Data sets of one stored part.
PART = 5


def ask_real(
    *,
    name: str,
    trait: str,
    numbers: Sequence[int],
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test every pair of real genotypes by several traits, or splits; one row a pair.

    Parameters
    ----------
    name : {"hapmap3", "thousand_genomes", "mice"}
    trait : {"six pairs", "none", "HDL"}
        HDL of mice alone.
    numbers : sequence of int
        Of data sets: each has its trait and its split of people.
    n_networks, max_epochs, seed, device

    Returns
    -------
    DataFrame
        data_set, pair ("1-2"), genes (their names), form ("none" = not a true pair; of
        HDL "unknown"), estimate, low, high, z, p, p_holm, r2, r2_without (of the people
        tested).
    """
    checks.one_of("trait", trait, (*MADE, REAL_TRAIT))
    panel, table = read_real(name)
    if trait == REAL_TRAIT and table is None:
        raise ValueError(f"trait must be made-up for {name}; got {trait!r}.")
    groups = None if table is None else table.groups

    def of_set(number: int) -> pd.DataFrame:
        own_seed = 1_000 * seed + number
        parts = traits.split_people(panel.n_people, groups=groups, seed=own_seed)
        form: Any = "unknown"
        if trait == REAL_TRAIT:
            values = table.adjusted()  # type: ignore[union-attr]  # refused above
        else:
            made = simulate_trait(
                panel, kind=MADE[trait], signal_to_noise=1.0, seed=own_seed
            )
            values, form = made.values, shapes_of(made, all_pairs(panel.n_genes))
        found = ask_own(
            panel,
            np.asarray(values),
            Split(*parts),
            groups=groups,
            n_networks=n_networks,
            training=Training(batch_size=BATCH, max_epochs=max_epochs),
            seed=own_seed,
            device=device,
        )
        pairs = all_pairs(panel.n_genes)
        return in_order(found.pairs, panel).assign(
            genes=[f"{panel.genes[i]} × {panel.genes[j]}" for i, j in pairs],
            data_set=number,
            form=form,
            r2=round(found.r2, 4),
            r2_without=round(found.r2_without, 4),
        )

    return rows_of_sets(numbers, of_set)


def asked_real(
    store: Store, names: Sequence[str], *, count: int, **shared: Any
) -> dict[str, pd.DataFrame]:
    """Return the tables of data sets and traits, as `stored_worlds.asked_worlds`.

    Where one of them is not to be had, the stored tables.

    **shared : n_networks, max_epochs and seed of `ask_real`
    """
    worlds = {}
    for name in names:
        for trait in (*MADE, *([REAL_TRAIT] if name == MICE else [])):
            title = f"{name.replace('_', ' ')}, {trait}"
            step = step_of("asked", title)
            worlds[title] = StoredWorld(step, {"name": name, "trait": trait})
    if not all(map(_is_there, names)):
        count = 0
    return asked_worlds(
        store, ask_real, worlds, count=count, in_part=PART, minutes=0.02, **shared
    )


def _is_there(name: str) -> bool:
    try:
        datasets.checksum(name)
    except datasets.DatasetUnavailable:
        return False
    return True


def helped(table: pd.DataFrame) -> tuple[int, int]:
    """Return in how many data sets interactions help to predict, and how many are.

    They help where networks with them predict those tested better than a fit of main
    effects does, and better than the mean.

    table : of `ask_real`
    """
    sets = table.groupby("data_set").first()
    better = sets["r2"] > sets["r2_without"].clip(lower=0)
    return int(better.sum()), len(sets)


def helps_text(asked: dict[str, pd.DataFrame]) -> str:
    """Say of made-up traits how often networks with interactions predict better."""
    if not asked:
        return ""
    counts = {title: helped(table) for title, table in asked.items()}
    named = "; ".join(f"*{title}* in {k} of {n}" for title, (k, n) in counts.items())
    return (
        "Networks with interactions predict others better than a fit of main effects, "
        f"and than the mean, of {named}."
    )


def unknown_text(table: pd.DataFrame) -> str:
    """Say what the splits of a real trait call, and how often.

    table : of `ask_real`, of a trait of which nothing is known
    """
    better, n_sets = helped(table)
    called = table[table["p_holm"] <= 0.05]
    counts = called["genes"].value_counts()
    text = (
        f"HDL of mice: in {better} of {n_sets} splits the networks with interactions "
        "predict other mice better than those without; splits share mice, so that is "
        "one trait's word; "
    )
    if counts.empty:
        return text + "no pair is called in any split."
    named = "; ".join(f"{pair} in {n}" for pair, n in counts.items())
    return f"{text}called after Holm: {named}."
