"""The test of each pair for controls and cases, in small worlds.

6,000 people and six genes; log odds with a standard deviation of 1 over genes that add
up, or of which the first two also multiply; age is a covariate. Half of the people are
cases, or a tenth.

Declared before the first run, and read as the worlds of `per_pair`: at 5 and at 10% a
level is kept if the 95% interval (t, over data sets) of the share of false pairs
contains it; the family-wise level if the exact interval of the share of data sets with
a false call after Holm does not lie above 5%. Power is shown, not judged.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from helpers.data.panel import Panel
from helpers.detectors.interactions import all_pairs
from helpers.device import Device
from helpers.loaders.traits import split_people
from helpers.studies.gene_gene.designs import own_people, shapes_of
from helpers.studies.gene_gene.own_files import ask_own
from helpers.studies.gene_gene.stored_worlds import (
    StoredWorld,
    asked_worlds,
    rows_of_sets,
    step_of,
)
from helpers.studies.gene_gene.study import Training
from helpers.studies.gene_gene.yes_or_no import YesOrNo
from helpers.studies.stores import Store
from helpers.truth.genotypes import simulate_trait

MOST_PEOPLE, CASE_GENES, CASE_LENGTH = 6_000, 6, 60_000
CASE_TERMS = ((0, 1, "product"),)
LOG_ODDS_SD, AGE_SLOPE = 1.0, 0.5
CASE_BATCH = 300
PART = 25  # data sets that are stored together
#: Share of cases, and whether a pair interacts.
CASE_WORLDS = {
    "half are cases": (0.5, False),
    "a tenth are cases": (0.1, False),
    "half are cases, one product": (0.5, True),
    "a tenth are cases, one product": (0.1, True),
}


def ask_cases(
    *,
    share: float,
    paired: bool,
    numbers: Sequence[int],
    people: int,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test every pair of data sets of controls and cases; one row a pair.

    Columns: data_set, pair ("1-2"), form ("none" = not a true pair), z, p, p_holm.
    """
    pairs = all_pairs(CASE_GENES)

    def of_set(number: int) -> pd.DataFrame:
        panel = own_people(
            people, CASE_GENES, number=number, seed=seed, length=CASE_LENGTH
        )
        parts = split_people(people, seed=1_000 * seed + number)
        names = [tuple(panel.genes[k] for k in pair) for pair in pairs]
        y, form = _cases(panel, share, paired, 1_000 * seed + number)
        asked = ask_own(
            panel,
            y,
            parts,
            n_networks=n_networks,
            training=Training(
                batch_size=min(CASE_BATCH, len(parts.train) // 4), max_epochs=max_epochs
            ),
            seed=1_000 * seed + number,
            device=device,
        )
        table = asked.pairs.set_index("pair").loc[names]
        columns = {name: table[name].to_numpy() for name in ("z", "p", "p_holm")}
        rows = {"pair": [f"{i + 1}-{j + 1}" for i, j in pairs], "form": form, **columns}
        return pd.DataFrame({"data_set": number, **rows})

    return rows_of_sets(numbers, of_set)


def _cases(
    panel: Panel, share: float, paired: bool, seed: int
) -> tuple[YesOrNo, np.ndarray]:
    """Return who is a case, given age, and the form of each pair."""
    trait = simulate_trait(
        panel,
        CASE_TERMS,
        kind="complex" if paired else "null",
        signal_to_noise=1.0,
        seed=seed,
    )
    draw = np.random.default_rng([seed, 11])
    age = draw.standard_normal(panel.n_people)
    signal = trait.main + trait.interaction
    link = LOG_ODDS_SD * signal / signal.std() + AGE_SLOPE * age
    constant = brentq(lambda c: expit(link + c).mean() - share, -20, 20)
    cases = draw.random(panel.n_people) < expit(link + constant)
    y = YesOrNo.of(cases.astype(float), pd.DataFrame({"age": age}))
    return y, shapes_of(trait, all_pairs(CASE_GENES))


def asked_case_worlds(
    store: Store,
    *,
    count: int,
    people: int,
    n_networks: int,
    **shared: Any,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the worlds, as `stored_worlds.asked_worlds`.

    At most 6,000 of the people, and half of the networks, are used.

    **shared : max_epochs and seed of `ask_cases`
    """
    worlds = {
        world: StoredWorld(step_of("cases", world), {"share": share, "paired": paired})
        for world, (share, paired) in CASE_WORLDS.items()
    }
    return asked_worlds(
        store,
        ask_cases,
        worlds,
        count=count,
        in_part=PART,
        minutes=0.1,
        people=min(people, MOST_PEOPLE),
        n_networks=max(n_networks // 2, 1),
        **shared,
    )
