"""What the open choices change: tables and sentences."""

from collections.abc import Mapping

import pandas as pd

from helpers.explain.attribution import TARGETS
from helpers.studies.negative_data.recorded import NEGATIVES
from helpers.studies.negative_data.rows import AVERAGE
from helpers.studies.negative_data.settings import KINDS
from helpers.studies.negative_data.tables import COUNT_TABLES


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


def printed_recalls(published: Mapping, motifs: str, effect: str) -> list[float]:
    """Return the published recalls with 0 to 4 motifs, 32 filters."""
    start = f"{COUNT_TABLES[motifs]}.{motifs}.32.{effect}."
    return [published[f"{start}{k}"] for k in range(5)]


def shifted_table(
    shifted: pd.DataFrame, published: Mapping, motifs: str
) -> pd.DataFrame:
    """Return `counting_table` of `readers.shifted_recalls`: what was fitted by name."""
    words = [
        f"noise {n:.2f}, shift {s:+.2f}"
        for n, s in zip(shifted["noise"], shifted["shift"], strict=True)
    ]
    return counting_table(shifted.assign(variant=words), published, motifs=motifs)


def shifted_words(shifted: pd.DataFrame) -> str:
    """Say which kinds of label want a shift, and how much nearer it comes."""
    each = shifted.drop_duplicates(["motifs", "effect"])
    said = [
        f"{row.effect} labels of {row.motifs} {row.shift:+.2f} "
        f"({row.unshifted:.3f} to {row.rms:.3f})"
        for row in each.itertuples()
        if abs(row.shift) >= 0.1
    ]
    if not said:
        return "No kind of label wants a shift of a tenth or more."
    return (
        "A shift of a tenth or more, with the root mean square of the five differences "
        f"without and with it: {'; '.join(said)}."
    )


def composition_words(tried: pd.DataFrame, published: Mapping) -> str:
    """Say which shares in training make the published fall from one motif to none.

    tried : of `compositions.composed`, of additive and quadratic labels
    """
    recall = tried.pivot_table("value", "composition", ["motifs_present", "effect"])
    fall = recall[1] - recall[0]
    printed = {
        effect: published[f"table6.distinct_1.32.{effect}.1"]
        - published[f"table6.distinct_1.32.{effect}.0"]
        for effect in ("additive", "quadratic")
    }
    said = [
        f"*{name}* {row['quadratic']:.2f} and {row['additive']:.2f}"
        for name, row in fall.iterrows()
    ]
    like = (fall["quadratic"] >= printed["quadratic"]) & (
        fall["additive"] <= printed["additive"]
    )
    found = ", ".join(f"*{name}*" for name in fall.index[like]) or "none"
    return (
        "Recall with one motif less recall without, quadratic and additive labels: "
        f"published {printed['quadratic']:.2f} and {printed['additive']:.2f}; "
        f"{'; '.join(said)}. Compositions that explain the profile: **{found}**."
    )


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


def counting_words(table: pd.DataFrame) -> str:
    """Say which variant's recalls lie nearest to the published ones, for each label.

    table : of `counting_table`, with variants
    """
    said = []
    for effect, some in table.groupby("effect", sort=False):
        wide = some.set_index("variant")[[4, 3, 2, 1, 0]].astype(float)
        apart = (wide - wide.loc["published"]).abs().mean(axis=1).drop("published")
        said.append(f"*{effect}* labels {_nearest(apart)}")
    return (
        "How far recalls lie from the published ones, in the mean over four to no "
        f"motifs: {'; '.join(said)}."
    )


def _nearest(apart: pd.Series) -> str:
    """Return the distance of the unchanged set-up, and of the variant with the least.

    apart : distance from what is published, of each variant
    """
    least = (
        "the smallest"
        if apart.idxmin() == "as above"
        else f"the smallest is {apart.min():.3f}, *{apart.idxmin()}*"
    )
    return f"{apart['as above']:.3f} *as above*, {least}"


def recall_words(
    tried: pd.DataFrame, published: Mapping, quantity: str, present: int
) -> str:
    """Say whether any variant reaches a published recall with so many motifs.

    tried, published, quantity : as for `recall_table`
    """
    recalls = recall_table(tried, published, quantity).set_index("variant")[present]
    printed, recalls = recalls["published"], recalls.drop("published")
    low, high = recalls.min(), recalls.max()
    reached = "within" if low <= printed <= high else "outside"
    return (
        f"With {present} motifs the recalls of these {len(recalls)} recipes lie "
        f"between {low:.3f} and {high:.3f}: the published {printed:.3f} is {reached} "
        "that."
    )


def distances(found: pd.DataFrame, target: str) -> pd.DataFrame:
    """Return how far each variant's AUPRC lie from the published ones, on average.

    Parameters
    ----------
    found : DataFrame
        Of `visibility`.
    target : str
        What is attributed, of `TARGETS`.

    Returns
    -------
    DataFrame
        A row a variant, a column a kind of training: the mean over the numbers of
        motifs of the absolute difference.
    """
    some = found[found["target"] == target]
    here = ["kind", "motifs_present"]
    printed = some[some["variant"] == "published"].set_index(here)["value"]
    some = some[some["variant"] != "published"].join(printed.rename("printed"), on=here)
    some = some.assign(apart=(some["value"] - some["printed"]).abs())
    return some.pivot_table("apart", "variant", "kind", sort=False)


def distance_words(found: pd.DataFrame, target: str = "probability") -> str:
    """Say which variant comes nearest to the published AUPRC, for each kind.

    found, target : as for `distances`
    """
    said = []
    for kind, apart in distances(found, target).items():
        apart = apart.dropna()
        said.append(
            f"*{kind}* {_nearest(apart)}, the largest {apart.max():.3f}, "
            f"*{apart.idxmax()}*"
        )
    return (
        f"How far areas by IG of the {target} lie from the published ones, in the mean "
        f"over four to one motifs: {'; '.join(said)}."
    )
