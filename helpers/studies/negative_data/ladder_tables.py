"""From the tables of the ladder to what its page shows, and whether readings hold."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from helpers.studies.negative_data.ladder import NEWER, READER, RUNGS, kind_of
from helpers.studies.negative_data.rows import AVERAGE
from helpers.studies.negative_data.settings import World
from helpers.studies.negative_data.visibility import chance_level

TARGETS = {"probability": "probability", "output": "logit"}
FULL, SHORT = kind_of(4), kind_of(3)


def in_order(names: pd.Series, first: Sequence[str] = ()) -> list[str]:
    """Return the names that occur: `first`, then as the rungs."""
    held = set(names)
    return [name for name in dict.fromkeys([*first, *RUNGS]) if name in held]


def by_rung(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of the rungs; rows of a rung as they were."""
    order = in_order(table["rung"])
    place = table["rung"].map(order.index)
    return table.iloc[np.argsort(place.to_numpy(), kind="stable")]


def recall_map(climbed: pd.DataFrame) -> pd.DataFrame:
    """Return mean recall over networks: rungs by kinds of test sequences."""
    some = climbed[(climbed["measure"] == "recall") & (climbed["network"] >= 0)]
    wide = some.pivot_table("value", "rung", "detail")
    return wide.loc[in_order(some["rung"]), in_order(some["detail"], [FULL])]


def decisions(climbed: pd.DataFrame) -> pd.DataFrame:
    """Return recall on three motifs and the ranking against them, a row a network.

    Columns: panel, group (the rung), kind ("networks" or "best reader"), value.
    """
    recall = climbed[(climbed["measure"] == "recall") & (climbed["detail"] == SHORT)]
    ranking = climbed[climbed["measure"] == "ranking"]
    parts = (recall, f"recall on {SHORT}"), (ranking, f"precision, 4 against {SHORT}")
    shown = pd.concat([by_rung(some).assign(panel=panel) for some, panel in parts])
    kind = np.where(shown["network"] == READER, "best agnostic reader", "networks")
    shown = shown.assign(group=shown["rung"], kind=kind)
    return shown.sort_values("kind", ascending=False, kind="stable")


def decision_table(climbed: pd.DataFrame) -> pd.DataFrame:
    """Return, by rung, means with the range over networks, and the best reader's."""
    shown = decisions(climbed)
    rows = []
    for rung in in_order(climbed["rung"]):
        row = {"negatives": rung}
        for panel in dict.fromkeys(shown["panel"]):
            some = shown[(shown["group"] == rung) & (shown["panel"] == panel)]
            ours = some.loc[some["kind"] == "networks", "value"]
            best = some.loc[some["kind"] != "networks", "value"].iloc[0]
            row[panel] = _spread(ours)
            row[f"best reader, {panel}"] = f"{best:.2f}"
        row["lowest recall of any kind"] = f"{recall_map(climbed).loc[rung].min():.2f}"
        rows.append(row)
    return pd.DataFrame(rows)


def _spread(values: pd.Series) -> str:
    return f"{values.mean():.2f} ({values.min():.2f} to {values.max():.2f})"


def areas(
    table: pd.DataFrame,
    target: str = "probability",
    measure: str = "precision",
    *,
    average: bool = False,
) -> pd.DataFrame:
    """Return areas as means over the motifs, one row a network, method and count.

    Parameters
    ----------
    table : data frame
        Of `ladder.climbed` or `ladder.rearranged`.
    target : {"probability", "output"}
    measure : {"precision", "AUPRC"}
    average : bool
        Whether of the contributions averaged over networks, or of single networks.

    Returns
    -------
    DataFrame
        method, motifs_present, network, value, and rung or layout, share and tested.
    """
    some = table[table["measure"] == f"{measure} of {target}"]
    some = some[(some["network"] == AVERAGE) == average]
    some = some.assign(method=some["detail"].str.split().str[0])
    about = [c for c in ("rung", "layout", "share", "tested") if c in some]
    keys = [*about, "method", "motifs_present", "network"]
    return some.groupby(keys, sort=False)["value"].mean().reset_index()


def chance(world: World, count: int) -> float:
    """Return the share of a motif's positions among those ranked, mean over motifs."""
    levels = [
        chance_level(world.grammar, motif, count, world.length)
        for motif in range(len(world.names))
    ]
    return float(np.mean(levels))


def chances(world: World, title: Callable[[int], str]) -> dict[str, float]:
    """Return the level of chance of the panels of each number of motifs."""
    return {title(k): chance(world, k) for k in range(1, len(world.names) + 1)}


def visible(climbed: pd.DataFrame, method: str = "IG") -> pd.DataFrame:
    """Return average precision by rung, a panel a number of motifs, both targets."""
    parts = []
    for target, called in TARGETS.items():
        some = areas(climbed, target)
        parts.append(some[some["method"] == method].assign(kind=called))
    shown = by_rung(pd.concat(parts))
    shown = shown.sort_values("motifs_present", ascending=False, kind="stable")
    title = shown["motifs_present"].map(panel_title)
    return shown.assign(panel=title, group=shown["rung"])


def panel_title(count: int) -> str:
    """Return the title of a panel of sequences with so many motifs."""
    return f"with {kind_of(count)}"


def methods_compared(climbed: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return average precision by method, a panel a rung, both targets."""
    parts = []
    for target, called in TARGETS.items():
        some = areas(climbed, target)
        parts.append(some[some["motifs_present"] == count].assign(kind=called))
    shown = by_rung(pd.concat(parts))
    return shown.assign(panel=shown["rung"], group=shown["method"])


def method_table(climbed: pd.DataFrame, world: World) -> pd.DataFrame:
    """Return average precision, AUPRC in brackets, by rung, method and count."""
    rows = []
    precise, kind = (areas(climbed, measure=m) for m in ("precision", "AUPRC"))
    keys = ["rung", "method", "motifs_present"]
    precise, kind = (t.groupby(keys)["value"].mean() for t in (precise, kind))
    counts = sorted(precise.index.unique("motifs_present"), reverse=True)
    methods = dict.fromkeys(climbed["detail"][climbed["measure"].str.contains(" of ")]
                            .str.split().str[0])  # fmt: skip
    for rung in in_order(climbed["rung"]):
        for method in methods:
            row = {"negatives": rung, "method": method}
            for k in counts:
                one, other = precise[rung, method, k], kind[rung, method, k]
                row[kind_of(k)] = f"{one:.2f} ({other:.2f})"
            rows.append(row)
    guess = {kind_of(k): f"{chance(world, k):.2f}" for k in counts}
    return pd.DataFrame([*rows, {"negatives": "chance", "method": ""} | guess])


def pairs_inserted(climbed: pd.DataFrame) -> pd.DataFrame:
    """Return the mean interaction of each inserted pair, a row a network and context.

    Columns: rung, panel (the target), group (the rung), kind (the context), pair,
    network, value.
    """
    some = by_rung(climbed[climbed["measure"] == "inserted"])
    parts = some["detail"].str.split(", ", expand=True)
    some = some.assign(
        target=parts[0], kind=parts[1], pair=parts[2], group=some["rung"]
    )
    some = some[some["pair"].str.contains("+", regex=False)]
    return some.assign(panel=some["target"].map(TARGETS))


def pair_table(climbed: pd.DataFrame) -> pd.DataFrame:
    """Return the mean interaction of the pairs by rung and context, lowest to highest.

    Of the means over networks of each pair, in units of the target.
    """
    shown = pairs_inserted(climbed)
    means = shown.groupby(["rung", "panel", "kind", "pair"])["value"].mean()
    rows = []
    for rung in in_order(climbed["rung"]):
        row = {"negatives": rung}
        for (panel, kind), some in means[rung].groupby(level=[0, 1], sort=False):
            row[f"{panel}, {kind}"] = f"{some.min():+.2f} to {some.max():+.2f}"
        rows.append(row)
    return pd.DataFrame(rows)


def arranged_recalls(arranged: pd.DataFrame) -> pd.DataFrame:
    """Return recall by layout of training and test: means, range over networks."""
    some = arranged[arranged["measure"] == "recall"]
    counts = sorted(some["motifs_present"].unique(), reverse=True)
    keys = ["share", "layout", "tested"]
    rows = []
    for (share, layout, tested), group in some.groupby(keys, sort=False):
        by_count = group.groupby("motifs_present")["value"]
        row = {"hard negatives": f"{share:.0%}", "trained": layout, "tested": tested}
        rows.append(row | {kind_of(k): _spread(by_count.get_group(k)) for k in counts})
    return pd.DataFrame(rows)


def arranged_areas(arranged: pd.DataFrame) -> pd.DataFrame:
    """Return average precision with four and with one motif by layout and method."""
    some = areas(arranged)
    keys = ["share", "layout", "tested", "method", "motifs_present"]
    wide = some.pivot_table("value", keys[:-1], keys[-1], sort=False).round(2)
    wide = wide[sorted(wide.columns, reverse=True)]
    wide.columns = [kind_of(k) for k in wide.columns]
    wide = wide.reset_index().rename(columns={"share": "hard negatives"})
    wide["hard negatives"] = wide["hard negatives"].map("{:.0%}".format)
    return wide.rename(columns={"layout": "trained"})


def arranged_dots(arranged: pd.DataFrame) -> pd.DataFrame:
    """Return recall on four and three motifs, trained by tested, a row a network."""
    some = arranged[(arranged["measure"] == "recall") & (arranged["share"] > 0)]
    some = some[some["motifs_present"] >= 3]
    panel = "recall on " + some["motifs_present"].map(kind_of)
    return some.assign(
        panel=panel, group=some["layout"], kind="tested on " + some["tested"]
    ).sort_values("motifs_present", ascending=False, kind="stable")


def advice(climbed: pd.DataFrame) -> str:
    """Return what follows from the recalls, in a sentence or two."""
    lowest = recall_map(climbed).min(axis=1)
    best, worst = lowest.idxmax(), recall_map(climbed).loc[lowest.idxmax()].idxmin()
    ranks = climbed[(climbed["measure"] == "ranking") & (climbed["network"] >= 0)]
    ranks = ranks.groupby("rung")["value"].mean()
    text = (
        f"Of these rungs, *{best}* has the highest lowest recall: {lowest[best]:.2f}, "
        f"on *{worst}*"
    )
    if "uniform" in lowest and best != "uniform":
        text += (
            f"; uniform negatives reach {lowest['uniform']:.2f}. Against sequences of "
            f"three motifs, positives are ranked with a precision of {ranks[best]:.2f} "
            f"and {ranks['uniform']:.2f}"
        )
    return text + "."


def readings(
    climbed: pd.DataFrame, arranged: pd.DataFrame | None, world: World
) -> pd.DataFrame:
    """Return each declared reading, its numbers, and whether it holds.

    Columns: reading (its number), numbers, holds ("yes", "no", or "not run").
    """
    recall = recall_map(climbed)
    rows = [
        _shuffles(recall),
        *_taught(recall),
        _hidden(climbed),
        *_newer(climbed, world),
        *_pairs(climbed),
        *([] if arranged is None else _layouts(arranged)),
    ]
    names = ["reading", "numbers", "holds"]
    return pd.DataFrame([row for row in rows if row], columns=names)


def _said(holds: bool) -> str:
    return "yes" if holds else "no"


def _shuffles(recall: pd.DataFrame) -> tuple | None:
    shuffles = [r for r in ("composition", "dinucleotide") if r in recall.index]
    if not shuffles or "uniform" not in recall.index:
        return None
    column = recall[SHORT]
    text = ", ".join(f"{r} {column[r]:.2f}" for r in ["uniform", *shuffles])
    near = all(abs(column[r] - column["uniform"]) <= 0.1 for r in shuffles)
    return "1", text, _said(near)


def _taught(recall: pd.DataFrame) -> list[tuple]:
    rows = []
    if "1 motif" in recall.index:
        value = recall.loc["1 motif", SHORT]
        rows.append(("2, one motif", f"{value:.2f}", _said(value < 0.5)))
    if SHORT in recall.index:
        value, lowest = recall.loc[SHORT, SHORT], recall.loc[SHORT].min()
        text = f"{value:.2f}; lowest of any kind {lowest:.2f}"
        rows.append(("2, three motifs", text, _said(min(value, lowest) > 0.5)))
    return rows


def _hidden(climbed: pd.DataFrame) -> tuple | None:
    some = areas(climbed)
    some = some[(some["method"] == "IG") & (some["motifs_present"] == 1)]
    means = some.groupby("rung")["value"].mean()
    hard = [rung for rung in (SHORT, "all subsets") if rung in means]
    if "uniform" not in means or not hard:
        return None
    text = ", ".join(f"{r} {means[r]:.2f}" for r in ["uniform", *hard])
    return "3", text, _said(all(means[r] < means["uniform"] for r in hard))


def _newer(climbed: pd.DataFrame, world: World) -> list[tuple]:
    some = areas(climbed)
    some = some[(some["rung"] == "all subsets") & (some["motifs_present"] == 1)]
    wide = some.pivot_table("value", "network", "method")
    rows = []
    for method in [m for m in ("DeepLIFT", *NEWER) if m in wide]:
        sees = (wide[method] > wide["IG"]).all()
        sees &= wide[method].mean() >= 2 * chance(world, 1)
        text = f"{wide[method].mean():.2f} against {wide['IG'].mean():.2f} of IG"
        rows.append((f"4, {method}", text, _said(sees)))
    return rows


def _pairs(climbed: pd.DataFrame) -> list[tuple]:
    shown = pairs_inserted(climbed)
    shown = shown[(shown["rung"] == "all subsets") & (shown["target"] == "probability")]
    means = shown.groupby(["kind", "pair"])["value"].mean()
    if means.empty:
        return []
    blank, held = means["blank"], means["others present"]
    return [
        ("5, blank", f"at most {blank.max():+.2f}", _said(blank.max() <= 0.05)),
        ("5, others present", f"at least {held.min():+.2f}", _said(held.min() >= 0.1)),
    ]


def _layouts(arranged: pd.DataFrame) -> list[tuple]:
    some = arranged[(arranged["measure"] == "recall") & (arranged["share"] == 1)]
    four = some[some["motifs_present"] == 4]
    means = four.groupby(["layout", "tested"])["value"].mean()
    rows = []
    if "fixed" in means:
        fixed, both = means["fixed", "fixed"], means["fixed", "both"]
        text = f"{fixed:.2f} fixed, {both:.2f} where both vary"
        rows.append(("6, trained on fixed", text, _said(fixed - both >= 0.1)))
    if "both" in means and "fixed" in means:
        fixed, both = means["fixed", "fixed"], means["both", "fixed"]
        text = f"{both:.2f} on the fixed layout, {fixed:.2f} of those trained on it"
        rows.append(("6, trained on varied", text, _said(fixed - both < 0.05)))
    return rows
