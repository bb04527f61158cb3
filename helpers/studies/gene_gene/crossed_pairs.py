"""The test of each pair, with everybody tested: three folds in place of one split.

Each third of the people is tested with networks that learned from the two others, so
that nearly all people teach and all are tested, where one split tests 30%. Networks of
a fold have seen people of another, and only trials say what such p-values are worth.

Declared before the first run, on the data sets of `per_pair` with the same numbers. The
test is read as there. Expected: three folds find more true pairs than one split; and
levels are kept. If a level is not kept in a world without pairs or beside six, the page
does not recommend folds, whatever their power.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.panel import Panel
from helpers.data.splits import Split
from helpers.detectors.interactions import all_pairs
from helpers.device import Device
from helpers.significance.calibration import exact_interval
from helpers.significance.interaction.genotypes import crossed_gene_interaction_test
from helpers.studies.gene_gene.designs import shapes_of
from helpers.studies.gene_gene.per_pair import (
    PART,
    as_expected,
    data_set,
    in_order,
    in_words,
    learned,
    rates,
    rates_in_words,
    steps_of,
)
from helpers.studies.gene_gene.stored_worlds import asked_worlds, rows_of_sets
from helpers.studies.stores import Store

CROSSED = ("six pairs", "one product", "none")  # worlds of `per_pair`
N_FOLDS = 3
SURE = 0.10  # share of data sets with a false call that folds would have to exclude
VALIDATED = 7  # one of so many of those who teach stops the training


def ask_crossed(
    *,
    world: str,
    numbers: Sequence[int],
    people: tuple[int, int],
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test every pair of data sets of a world with three folds; one row a pair.

    Columns: data_set, pair ("1-2"), form ("none" = not a true pair), estimate, low,
    high, z, p, p_holm.
    """

    def of_set(number: int) -> pd.DataFrame:
        panel, trait, _ = data_set(world, number=number, people=people, seed=seed)
        rows = crossed_rows(
            panel,
            trait.values,
            n_networks=n_networks,
            max_epochs=max_epochs,
            seed=1_000 * seed + number,
            device=device,
        )
        form = shapes_of(trait, all_pairs(panel.n_genes))
        return rows.assign(data_set=number, form=form)

    return rows_of_sets(numbers, of_set)


def crossed_rows(
    panel: Panel,
    values: np.ndarray,
    *,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device,
) -> pd.DataFrame:
    """Return what the test says of all pairs of a trait when each fold is tested."""
    knobs: dict[str, Any] = {"n_networks": n_networks, "max_epochs": max_epochs}
    folds = [
        learned(panel, values, parts, seed=seed, device=device, **knobs)[0]
        for parts in three_folds(panel.n_people, seed)
    ]
    return in_order(crossed_gene_interaction_test(folds, panel), panel)


def three_folds(n_people: int, seed: int) -> list[Split]:
    """Return training, validation and test people of each fold."""
    order = np.random.default_rng(seed).permutation(n_people)
    thirds = np.array_split(order, N_FOLDS)
    folds = []
    for k, test in enumerate(thirds):
        others = np.concatenate([third for j, third in enumerate(thirds) if j != k])
        stop = len(others) // VALIDATED
        folds.append(Split(*map(np.sort, (others[stop:], others[:stop], test))))
    return folds


def asked_crossed(
    store: Store, *, count: int, **shared: Any
) -> dict[str, pd.DataFrame]:
    """Return the tables of the worlds, as `stored_worlds.asked_worlds`.

    **shared : people, n_networks, max_epochs and seed of `ask_crossed`
    """
    worlds = steps_of("crossed", CROSSED)
    return asked_worlds(
        store, ask_crossed, worlds, count=count, in_part=PART, minutes=0.5, **shared
    )


def crossed_table(
    asked: dict[str, pd.DataFrame], crossed: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return a line a world and way to test, on the data sets that both have, as text.

    Parameters
    ----------
    asked, crossed : dict
        World -> rows of `per_pair.ask_pairs`, and of `ask_crossed`.
    """
    rows = []
    for world in [world for world in CROSSED if world in asked and world in crossed]:
        both = set(asked[world]["data_set"]) & set(crossed[world]["data_set"])
        for way, table in (
            ("one split", asked[world]),
            ("three folds", crossed[world]),
        ):
            if both:
                found = rates(table[table["data_set"].isin(both)])
                about = {"World": world, "Tested with": way}
                rows.append(about | rates_in_words(found))
    return pd.DataFrame(rows)


def crossed_text(
    asked: dict[str, pd.DataFrame], crossed: dict[str, pd.DataFrame]
) -> str:
    """Say whether three folds keep their levels and find more, as it was declared."""
    found = {world: rates(table) for world, table in crossed.items()}
    several = {w: r for w, r in found.items() if r["data_sets"] > 1}
    if not several:
        return "With one data set a world nothing can be said of levels."
    over = [
        world
        for world, rate in several.items()
        if max(rate["at_5_low"], rate["any_low"]) > 0.05 or rate["at_10_low"] > 0.10
    ]
    verdict = _verdict(several, over)
    beside = [*_together_text(several), *_split_text(asked, crossed)]
    return " ".join([verdict, *beside, *_power_text(asked, crossed)])


def _verdict(several: dict[str, dict], over: list[str]) -> str:
    """Return whether folds are recommended: by the rule, and where it is silent.

    The rule only says when they are not. What is said where it does not hold was
    written when the tables were there.
    """
    if over:
        return (
            f"Three folds call too much in {', '.join(over)}: **not recommended**, "
            "whatever their power."
        )
    text = "No world shows that three folds call too much, so the rule lets them pass."
    unsure = max(several, key=lambda world: several[world]["any_high"])
    found = several[unsure]
    high = f"{found['any_high']:.0%}"
    if found["any_high"] <= SURE:
        return f"{text} No more than {high} of data sets with a false call are left."
    return (
        f"{text} That does not recommend them: in the world *{unsure}* "
        f"{found['any']:.1%} of {found['data_sets']} data sets have a false call after "
        f"Holm, and {high} are not excluded. **Use one split** until more data sets "
        "have spoken (judged after the run)."
    )


def _split_text(
    asked: dict[str, pd.DataFrame], crossed: dict[str, pd.DataFrame]
) -> list[str]:
    """Say of each world where one split calls too much on the data sets of both."""
    said = []
    for world in [world for world in crossed if world in asked]:
        table = asked[world]
        both = table[table["data_set"].isin(set(crossed[world]["data_set"]))]
        if both["data_set"].nunique() < 2:
            continue
        some, every = rates(both), rates(table)
        if some["at_5_low"] <= 0.05:
            continue
        holds = every["at_5_low"] <= 0.05 <= every["at_5_high"]
        said.append(
            f"On these {some['data_sets']} data sets of *{world}* one split calls "
            f"{in_words(some, 'at_5')} at 5%, above the level; on all "
            f"{every['data_sets']} of that world {in_words(every, 'at_5')}, which "
            f"{'holds' if holds else 'does not hold'} it."
        )
    return said


def _together_text(several: dict[str, dict]) -> list[str]:
    """Return a sentence on false calls of all worlds together, if there are several.

    It was added when the first two worlds were there: each interval held 5%, and that
    of both together did not.
    """
    if len(several) < 2:
        return []
    sets = sum(rate["data_sets"] for rate in several.values())
    errs = sum(round(rate["any"] * rate["data_sets"]) for rate in several.values())
    low, high = exact_interval(errs, sets)
    said = (
        f"Of all {sets} data sets together {errs} have a false call after Holm "
        f"({low:.1%} to {high:.1%})"
    )
    if low > 0.05:
        said += (
            ", more than 5%: a look that was not declared, and reason enough not to "
            "recommend folds before more data sets have spoken"
        )
    return [f"{said}."]


def _power_text(
    asked: dict[str, pd.DataFrame], crossed: dict[str, pd.DataFrame]
) -> list[str]:
    """Say of each world with true pairs whether folds find more of them."""
    said = []
    for world in [world for world in crossed if world in asked]:
        both = set(asked[world]["data_set"]) & set(crossed[world]["data_set"])
        if not both:
            continue
        one, three = (
            rates(table[table["data_set"].isin(both)])["power"]
            for table in (asked[world], crossed[world])
        )
        if three == one == 1:
            said.append(f"Beside {world} both ways find every true pair.")
        elif three == three:  # a world without pairs has no power
            came = as_expected(three > one)
            said.append(
                f"Beside {world} folds find {three:.0%} of the true pairs and one "
                f"split {one:.0%}, **{came}** expected."
            )
    return said
