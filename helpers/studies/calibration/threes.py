"""Trials of sets of three features: calls where pairs interact, and where three do.

The worlds, fixed before any of these trials ran, have ten features; the ten sets of
three among the first five are asked about. The hardest null is a set whose pairs all
interact: everything that two of its features do together is allowed. Verdicts are by
the rule of the page.
"""

from dataclasses import replace
from itertools import combinations

import pandas as pd

from helpers import checks
from helpers.device import Device
from helpers.studies.calibration.plan import AS_IT_IS, Cell, width
from helpers.studies.calibration.tables import shown
from helpers.studies.calibration.trials import CHOSEN_ON, SEEDS, tested
from helpers.studies.calibration.worlds import WORLDS, Data, World, draw

#: Products of every two of the first three features, 8% each.
PAIRS = tuple(("product", pair, 0.08) for pair in combinations(range(3), 2))
THREE_WORLDS = {
    "additive": WORLDS["additive"],
    "three pairs": World("x1 x2, x1 x3 and x2 x3, 8 % each", terms=PAIRS),
    "three pairs, binary": World(
        "logits with the same", terms=PAIRS, prevalence=0.5, explained=0.65
    ),
    "three-way": WORLDS["three-way"],
    "three-way, independent": World(
        "x1 x2 x3, 10 %, independent features",
        rho=0.0,
        terms=(("product", (0, 1, 2), 0.10),),
    ),
}
#: What is asked about.
ASKED = tuple(combinations(range(5), 3))


def threes_cells(size: str) -> list[Cell]:
    """Return what is planned: worlds, rows and data sets."""
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    if size != "paper":
        return [Cell("three-way, independent", 500, "networks", 2)]
    return [
        Cell(world, n_rows, "networks", n_sets)
        for n_rows, n_sets in ((1000, 200), (3000, 40))
        for world in THREE_WORLDS
    ]


def threes_parts(size: str) -> list[dict]:
    """Return the parts of what is planned, the first of every cell before others."""
    found = []
    for cell in threes_cells(size):
        a_part = min(width(cell), cell.n_sets)
        found += [
            {
                "world": cell.world,
                "n_rows": cell.n_rows,
                "first_set": first,
                "n_sets": a_part,
            }
            for first in range(0, cell.n_sets, a_part)
        ]
    return sorted(found, key=lambda part: part["first_set"])


def threes_trials(
    *,
    world: str,
    n_rows: int,
    first_set: int,
    n_sets: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test sets of three in data sets of one world; return a row a data set.

    Parameters
    ----------
    world : str
        One of `THREE_WORLDS`.
    n_rows, first_set, n_sets, seed, device
        As for `trials`, whose data sets have the same seeds.

    Returns
    -------
    DataFrame
        As of `trials`, with sets of three instead of pairs.
    """
    made = THREE_WORLDS[checks.one_of("world", world, tuple(THREE_WORLDS))]

    def ask(number: int) -> tuple[int, Data, dict]:
        data_seed = seed * SEEDS + CHOSEN_ON + number
        # What is counted are sets of three.
        data = replace(draw(made, n_rows, data_seed), true_pairs=true_threes(made))  # type: ignore[arg-type]  # not pairs
        return data_seed, data, {"sets": ASKED}

    about = {"world": world, "n_rows": n_rows, "learner": "networks", "way": AS_IT_IS}
    return tested(about, range(first_set, first_set + n_sets), ask, device)


def true_threes(world: World) -> tuple[tuple[int, ...], ...]:
    """Return the sets of three whose null hypothesis is false, by feature number."""
    return tuple(members for _, members, _ in world.terms if len(members) == 3)


def threes_shown(rates: pd.DataFrame) -> pd.DataFrame:
    """Return error rates and power of what ran, with what each world is."""
    table = shown(rates)
    ran = rates[rates["sets"] > 0].set_index(["world", "n_rows"])["power"]
    power = {
        (world, f"{n_rows:,}"): "" if value != value else f"{value:.0%}"
        for (world, n_rows), value in ran.items()
    }
    found = [power[key] for key in zip(table["world"], table["rows"], strict=True)]
    about = [THREE_WORLDS[name].about for name in table["world"]]
    table.insert(1, "what", about)
    return table.assign(**{"the three called": found})
