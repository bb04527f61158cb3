"""Choices that the paper leaves open, each changed alone."""

from collections.abc import Sequence

import pandas as pd

from helpers import checks
from helpers.studies.negative_data.classify import classifiers
from helpers.studies.negative_data.regress import regressions
from helpers.studies.negative_data.rows import COLUMNS

#: What each variant changes; "half" halves the training sequences, "times" is a factor.
CHANGES = {
    "as above": {},
    "pool 10": {"pool": 10},
    "pool 50": {"pool": 50},
    "filters 9 bp": {"width": 9},
    "filters 19 bp": {"width": 19},
    "gap 14": {"gap": 14},
    "half the sequences": {"half": True},
    "no hidden batch norm": {"hidden_norm": False, "lr": 0.003},
    "dense 32 and 16": {"hidden": [32, 16]},
    "dense 128 and 64": {"hidden": [128, 64]},
    "constant rate": {"schedule": "constant", "lr": 0.01},
    "three times as long": {"epochs": 30},
    "three times the sequences": {"times": 3},
    "pool 10, three times the sequences": {"pool": 10, "times": 3},
}


def variants(names: Sequence[str]) -> list[dict]:
    """Return the parts of a step that tries variants, in the order given."""
    allowed = tuple(CHANGES)
    return [
        {"variant": checks.one_of("variant", name, allowed), "change": CHANGES[name]}
        for name in names
    ]


def changed(change: dict, world: dict, recipe: dict) -> tuple[dict, dict]:
    """Return world and recipe with a change made."""
    change = dict(change)
    world = world | {"gap": change.pop("gap", world["gap"])}
    if change.pop("half", False):
        change["n_train"] = recipe["n_train"] // 2
    if "times" in change:
        change["n_train"] = recipe["n_train"] * change.pop("times")
    return world, recipe | change


def varied(
    *,
    variant: str,
    change: dict,
    world: dict,
    recipe: dict,
    measures: dict,
    share: float,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train classifiers with one change, under a name; other parameters as theirs."""
    world, recipe = changed(change, world, recipe)
    table = classifiers(
        world=world,
        recipe=recipe,
        measures=measures,
        share=share,
        seed=seed,
        device=device,
    )
    return table.assign(variant=variant)


def enhanced(
    *,
    constant: float,
    world: dict,
    recipe: dict,
    measures: dict,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train regressions of enhancing labels with a constant; return their recalls."""
    table = regressions(
        world=world,
        recipe=recipe,
        measures=measures,
        effect="enhancing",
        constant=constant,
        seed=seed,
        device=device,
    )
    recalls = table.loc[table["measure"] == "recall", list(COLUMNS)]
    return recalls.assign(constant=constant)


def inhibited(
    *,
    constant: float,
    world: dict,
    recipe: dict,
    measures: dict,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train regressions of labels that all motifs together lower; return recalls.

    Parameters
    ----------
    constant : float
        What is added where all motifs are present, below 0.
    """
    table = counted(
        variant="as above",
        change={},
        world=world,
        recipe=recipe,
        measures=measures,
        effect="inhibiting",
        constant=constant,
        seed=seed,
        device=device,
    )
    return table.assign(constant=constant)


def counted(  # as `regressions`, with a change
    *,
    variant: str,
    change: dict,
    world: dict,
    recipe: dict,
    measures: dict,
    effect: str,
    constant: float | None,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train regressions with one change, under a name; return recalls and totals.

    Other parameters as those of `regressions`.
    """
    world, recipe = changed(change, world, recipe)
    table = regressions(
        world=world,
        recipe=recipe,
        measures=measures,
        effect=effect,
        constant=constant,
        seed=seed,
        device=device,
    )
    keep = table["measure"].isin(["recall", "total"])
    return table.loc[keep, list(COLUMNS)].assign(variant=variant, effect=effect)


def grown(
    *,
    n_train: int,
    world: dict,
    recipe: dict,
    measures: dict,
    effect: str,
    constant: float | None,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train regressions with a number of sequences; return recalls and totals."""
    table = regressions(
        world=world,
        recipe=recipe | {"n_train": n_train},
        measures=measures,
        effect=effect,
        constant=constant,
        seed=seed,
        device=device,
    )
    keep = table["measure"].isin(["recall", "total"])
    return table.loc[keep, list(COLUMNS)].assign(n_train=n_train)
