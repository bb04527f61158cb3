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
from helpers.studies.negative_data.tables import COUNT_TABLES

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


def spread_table(visible: pd.DataFrame, motif: str = "NHLH1") -> pd.DataFrame:
    """Return the AUPRC by IG of single networks of each variant, and of their mean.

    Parameters
    ----------
    visible : data frame
        Of `varied`, for both kinds of training.
    motif : str

    Returns
    -------
    DataFrame
        kind, variant and, by the number of motifs, "lowest to highest; mean": the
        last is that of contributions averaged over networks, not the mean of areas.
    """
    some = visible[visible["measure"] == "probability"]
    some = some[some["detail"] == f"IG {motif}"]
    some = some.assign(kind=some["share"].map(KINDS))
    rows = []
    for (kind, variant), group in some.groupby(["kind", "variant"], sort=False):
        line = {"kind": kind, "variant": variant}
        for k, each in group.groupby("motifs_present"):
            areas = each.set_index("network")["value"]
            single = areas[areas.index != AVERAGE]
            line[k] = f"{single.min():.2f} to {single.max():.2f}; {areas[AVERAGE]:.2f}"
        rows.append(line)
    table = pd.DataFrame(rows).sort_values("kind", kind="stable", ignore_index=True)
    return table[["kind", "variant", *(k for k in (4, 3, 2, 1) if k in table)]]


def recall_table(
    tried: pd.DataFrame, published: Mapping, quantity: str
) -> pd.DataFrame:
    """Return recalls of variants by number of motifs, the published ones last.

    Parameters
    ----------
    tried : data frame
        Of `varied`, of one kind of training.
    published : mapping of quantity to number
    quantity : str
        The published ones' name, without the number of motifs.
    """
    recall = tried[tried["measure"] == "recall"]
    wide = recall.pivot_table("value", "variant", "motifs_present", sort=False)
    wide = wide[[4, 3, 2, 1, 0]]
    wide.loc["published"] = [published[f"{quantity}.{k}"] for k in wide.columns]
    return wide.round(3).reset_index()


def printed_total(published: Mapping, motifs: str, effect: str) -> float:
    """Return the published recall of all sequences, 32 filters."""
    return published[f"{COUNT_TABLES[motifs]}.{motifs}.32.{effect}.total"]


def named(noisy: pd.DataFrame) -> pd.DataFrame:
    """Return `readers.noisy_recalls` with a variant that says constant and noise."""
    constant = (
        noisy["constant"].map("c = {:g}, ".format).where(noisy["constant"] != 0, "")
    )
    return noisy.assign(variant=constant + noisy["noise"].map("noise {:.2f}".format))


def counting_table(
    tried: pd.DataFrame,
    published: Mapping,
    column: str = "variant",
    motifs: str = "distinct_1",
) -> pd.DataFrame:
    """Return recalls with 4 to 0 motifs and of all, beside the published ones.

    Parameters
    ----------
    tried : data frame
        effect, motifs_present (-1 for all), value and the column below.
    published : mapping of quantity to number
    column : str
        What the lines of one kind of label differ in.
    motifs : str
        Set of motifs of which the published values, for 32 filters, are shown.
    """
    wide = tried.pivot_table(
        "value", ["effect", column], "motifs_present", sort=False
    ).reset_index()
    wide[column] = wide[column].astype(object)
    printed = []
    for effect in tried["effect"].unique():
        quantity = f"{COUNT_TABLES[motifs]}.{motifs}.32.{effect}."
        values = {k: published[f"{quantity}{k}"] for k in range(5)}
        values[-1] = published[f"{quantity}total"]
        printed.append({"effect": effect, column: "published"} | values)
    shown = pd.concat([wide, pd.DataFrame(printed)], ignore_index=True)
    shown = shown.sort_values("effect", kind="stable", ignore_index=True)
    shown = shown[["effect", column, 4, 3, 2, 1, 0, -1]].round(3)
    return shown.rename(columns=lambda k: {-1: "all"}.get(k, k))
