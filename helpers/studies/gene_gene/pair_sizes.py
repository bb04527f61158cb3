"""The test of each pair at the published size, with more genes, and with bent ones.

The designs of `designs.DESIGNS`: 80,000 people at signal-to-noise ratios of 0.1 (the
published default), 0.5 and 1; 50 and 100 genes in 20,000 people, at 1; each with the
published six pairs and with none. *Bent genes*: 20,000 people, no pair, and half of
what genes add is quadratic in their values.

Declared before the first run. The test is read as in the five worlds of `per_pair`: at
5 and at 10% a level is kept if the 95% interval (t, over data sets) of the share of
false pairs contains it; the family-wise level if the exact interval of the share of
data sets with a false call after Holm does not lie above 5%. Expected: levels as in
the small worlds; at a ratio of 0.1 a power between a third and two thirds, as a small
world at 0.5 has about as much signal; with bent genes no more false calls than without,
as functions of each gene's value are taken out of both sides. Data sets are numbered as
in `per_pair`, and how many there are is set by the time at hand.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from helpers import checks
from helpers.detectors.interactions import all_pairs
from helpers.device import Device
from helpers.studies.gene_gene.designs import DESIGNS, own_design, shapes_of
from helpers.studies.gene_gene.per_pair import PART, as_expected, asked_of, rates
from helpers.studies.gene_gene.stored_worlds import (
    StoredWorld,
    asked_worlds,
    rows_of_sets,
    step_of,
)
from helpers.studies.stores import Store

#: Settings of `designs.DESIGNS` by the name of the world, each with and without pairs.
SETTINGS = {
    "80,000 people, S/N 0.1": "default",
    "80,000 people, S/N 0.5": "S/N 0.5",
    "80,000 people, S/N 1": "S/N 1",
    "50 genes": "50 genes",
    "100 genes": "100 genes",
}
FIRST = 1_000  # number of the first data set without pairs
BENT = 0.5  # share of the main effects that is quadratic


def ask_size(  # the design, and as `per_pair.ask_pairs`
    *,
    setting: str,
    kind: str,
    curvature: float,
    numbers: Sequence[int],
    people: tuple[int, int],
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test every pair of data sets of a design; one row a pair.

    Columns: data_set, pair ("1-2"), form ("none" = not a true pair), estimate, low,
    high, z, p, p_holm.
    """
    checks.one_of("setting", setting, tuple(DESIGNS))

    def of_set(number: int) -> pd.DataFrame:
        panel, trait, parts = own_design(
            setting,
            number=number,
            people=people,
            seed=seed,
            kind=kind,
            curvature=curvature,
        )
        asked = asked_of(
            panel,
            trait.values,
            parts,
            n_networks=n_networks,
            max_epochs=max_epochs,
            seed=1_000 * seed + number,
            device=device,
        )
        form = shapes_of(trait, all_pairs(panel.n_genes))
        return asked.rows.assign(data_set=number, form=form)

    return rows_of_sets(numbers, of_set)


def worlds() -> dict[str, dict]:
    """Return the settings of `ask_size` of each world, without people and networks."""
    found = {}
    for name, setting in SETTINGS.items():
        for kind, ending in (("complex", ", six pairs"), ("null", ", none")):
            found[name + ending] = {"setting": setting, "kind": kind, "curvature": 0.0}
    bent = {"setting": "small", "kind": "null", "curvature": BENT}
    return found | {"bent genes, none": bent}


def asked_sizes(store: Store, *, count: int, **shared: Any) -> dict[str, pd.DataFrame]:
    """Return the tables of the worlds, as `stored_worlds.asked_worlds`.

    **shared : people, n_networks, max_epochs and seed of `ask_size`
    """
    stored = {
        world: StoredWorld(
            step_of("size", world), made, FIRST if made["kind"] == "null" else 0
        )
        for world, made in worlds().items()
    }
    return asked_worlds(
        store, ask_size, stored, count=count, in_part=PART, minutes=1, **shared
    )


def expectations_text(asked: dict[str, pd.DataFrame]) -> str:
    """Say whether power at the published default and bent genes came as expected."""
    said = []
    default = asked.get("80,000 people, S/N 0.1, six pairs")
    if default is not None:
        power = rates(default)["power"]
        came = as_expected(1 / 3 <= power <= 2 / 3)
        said.append(
            f"At the published default the test finds {power:.0%} of the true pairs, "
            f"**{came}** expected."
        )
    bent = asked.get("bent genes, none")
    if bent is not None and (found := rates(bent))["data_sets"] > 1:
        too_many = found["at_5_low"] > 0.05
        are, came = "are" if too_many else "are not", as_expected(not too_many)
        said.append(
            f"Pairs of bent genes {are} called more often than the level, "
            f"**{came}** expected."
        )
    return " ".join(said)
