"""Choices that the paper leaves open, each changed alone."""

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers import checks
from helpers.explain.attribution import TARGETS
from helpers.studies.negative_data.classify import classifiers
from helpers.studies.negative_data.recorded import NEGATIVES
from helpers.studies.negative_data.regress import regressions
from helpers.studies.negative_data.rows import AVERAGE, COLUMNS
from helpers.studies.negative_data.settings import KINDS

#: What each variant changes; "half" halves the training sequences.
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


def visibility(
    visible: pd.DataFrame, published: Mapping, motif: str = "NHLH1"
) -> pd.DataFrame:
    """Return AUPRC by IG of each variant, and the published one as a variant.

    Parameters
    ----------
    visible : data frame
        Of `varied`, for both kinds of training.
    published : mapping of quantity to number
    motif : str

    Returns
    -------
    DataFrame
        kind, target, variant, motifs_present, value.
    """
    keep = visible["measure"].isin(TARGETS) & (visible["network"] == AVERAGE)
    some = visible[keep & (visible["detail"] == f"IG {motif}")]
    some = some.assign(kind=some["share"].map(KINDS), target=some["measure"])
    columns = ["kind", "target", "variant", "motifs_present", "value"]
    printed = [
        (kind, target, "published", k, published[f"table5.IG.{said}.{k}"])
        for kind, said in NEGATIVES.items()
        for target in TARGETS
        for k in (4, 3, 2, 1)
    ]
    return pd.concat(
        [some[columns], pd.DataFrame(printed, columns=columns)], ignore_index=True
    )


def visibility_table(visible: pd.DataFrame, published: Mapping) -> pd.DataFrame:
    """Return `visibility` as a page shows it, with recall beside it.

    Columns: kind, target, variant, AUPRC with four to one motifs, and the recall of
    the same networks with three and two motifs.
    """
    found = visibility(visible, published)
    keys = ["kind", "target", "variant"]
    wide = found.pivot_table("value", keys, "motifs_present", sort=False)
    wide = wide[[4, 3, 2, 1]].reset_index()
    recall = visible[visible["measure"] == "recall"]
    recall = recall.assign(kind=recall["share"].map(KINDS))
    recall = recall.pivot_table("value", ["kind", "variant"], "motifs_present")
    recall = recall[[3, 2]].rename(columns=lambda k: f"recall of {k}")
    shown = wide.merge(recall.reset_index(), on=["kind", "variant"], how="left")
    return shown.replace({"target": {"output": "logit"}}).round(3)
