"""From stored tables to those that the page shows; nothing is computed anew."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.studies.negative_data.rows import AVERAGE
from helpers.studies.negative_data.settings import KINDS, World
from helpers.studies.negative_data.visibility import chance_level
from helpers.truth.jaspar import MOTIF_SETS, motif_set


def joined(tables: Iterable[pd.DataFrame | None]) -> pd.DataFrame | None:
    """Return the tables that exist as one, or None."""
    tables = [table for table in tables if table is not None]
    return pd.concat(tables, ignore_index=True) if tables else None


def of_set(table: pd.DataFrame | None, motifs: str) -> pd.DataFrame | None:
    """Return the rows of one set of motifs, or None if there are none."""
    if table is None or motifs not in set(table["motifs"]):
        return None
    return table[table["motifs"] == motifs]


def motif_table() -> pd.DataFrame:
    """Return the motifs of both sets: width, information and consensus."""
    rows = [
        {
            "Set": name,
            "Profile": motif.name,
            "Protein": motif.label,
            "Width (bp)": motif.width,
            "Bits": round(motif.information.sum(), 2),
            "Consensus": motif.consensus,
        }
        for name in MOTIF_SETS
        for motif in motif_set(name)
    ]
    return pd.DataFrame(rows)


def panels(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the columns that figures need: kind and panel."""
    title = table["motifs"] + ", " + table["n_filters"].astype(str) + " filters"
    kind = table["share"].map(KINDS) if "share" in table else table["effect"]
    return table.assign(kind=kind, panel=title)


def chosen(
    table: pd.DataFrame, measure: str, motifs: str, n_filters: int
) -> pd.DataFrame:
    """Return the rows of one measure, set of motifs and size of network."""
    keep = (table["measure"] == measure) & (table["motifs"] == motifs)
    return table[keep & (table["n_filters"] == n_filters)]


def reader_recalls(best: pd.DataFrame) -> pd.DataFrame:
    """Return the recall of both readers by number of motifs, most first."""
    kinds = [*KINDS.values(), "additive"]
    some = best[(best["detail"] == "recall") & best["kind"].isin(kinds)]
    keys = ["motifs", "kind", "reader"]
    wide = some.pivot_table("value", keys, "motifs_present").round(3)
    return wide[wide.columns[::-1]].reset_index()


def reader_lines(best: pd.DataFrame, recalls: pd.DataFrame) -> pd.DataFrame:
    """Return the recall of both readers for the panels and kinds of a table."""
    some = best[(best["detail"] == "recall") & best["kind"].isin(recalls["kind"])]
    return recalls[["panel", "motifs"]].drop_duplicates().merge(some, on="motifs")


def grammar_gain(best: pd.DataFrame, motifs: str = "distinct_1") -> pd.DataFrame:
    """Return by how much recall gains from the grammar, by kind and count."""
    some = best[(best["detail"] == "recall") & (best["motifs"] == motifs)]
    wide = some.pivot_table("value", ["reader", "kind"], "motifs_present")
    return wide.loc["grammar"] - wide.loc["agnostic"]


def filter_fit(classified: pd.DataFrame) -> pd.DataFrame:
    """Return how well the best filter fits each motif, mean over networks."""
    fit = panels(classified[classified["measure"] == "match"])
    fit = fit.pivot_table("value", ["panel", "kind"], "detail").round(2)
    # Each set has motifs of its own.
    return fit.astype(object).where(fit.notna(), "").reset_index()


def beside(
    ours: pd.DataFrame, quantity: Callable, published: Mapping, digits: int = 3
) -> pd.DataFrame:
    """Return a table of text, each value with the published one in brackets.

    Parameters
    ----------
    ours : data frame
        Values; index and columns say of what.
    quantity : function of (index entry, column)
        Name of the published value.
    published : mapping of name to number
    digits : int
        After the point.
    """
    texts = ours.astype(object)
    for place in ours.index:
        for column in ours.columns:
            text = f"{ours.loc[place, column]:.{digits}f}"
            theirs = published.get(quantity(place, column), np.nan)
            shown = text if np.isnan(theirs) else f"{text} ({theirs:.{digits}f})"
            texts.loc[place, column] = shown
    return texts.reset_index()


def theirs(table: pd.DataFrame, quantity: Callable, published: Mapping) -> pd.DataFrame:
    """Return published values for the panels, kinds and counts of a table.

    Parameters
    ----------
    table : data frame
        panel, kind, motifs_present, motifs, n_filters.
    quantity : function of a row
        Name of the published value.
    published : mapping of name to number
    """
    names = ["panel", "kind", "motifs_present", "motifs", "n_filters"]
    keys = table[names].drop_duplicates()
    found = [published.get(quantity(row), np.nan) for row in keys.itertuples()]
    return keys.assign(value=found)


def visible(
    table: pd.DataFrame,
    method: str,
    measure: str,
    n_filters: int,
    motifs: str = "distinct_1",
) -> pd.DataFrame:
    """Return AUPRC of contributions averaged over networks, one panel a motif."""
    some = chosen(table, measure, motifs, n_filters)
    some = some[some["network"] == AVERAGE]
    some = some[some["detail"].str.startswith(method + " ")]
    panel = some["detail"].str.split(" ").str[1]
    return panels(some).assign(panel=panel, method=method)


def whiskers(table: pd.DataFrame, spread: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the 5 and 95 per cent quantiles of another, row by row."""
    keys = ["panel", "group", "kind"]
    spread = spread.rename(columns={"low": "lowest", "high": "highest"})
    return table.merge(spread[[*keys, "lowest", "highest"]], on=keys)


def by_motifs_present(
    table: pd.DataFrame, n_filters: int, motifs: str = "distinct_1", method: str = "IG"
) -> pd.DataFrame:
    """Return what boxes need: AUPRC of the probability, most motifs first."""
    some, spread = (
        visible(table, method, measure, n_filters, motifs)
        .assign(group=lambda table: table["motifs_present"])
        .sort_values("group", ascending=False, kind="stable")
        for measure in ("probability", "spread of probability")
    )
    return whiskers(some, spread)


def chance(world: World, counts: Sequence[int] = (4, 3, 2, 1)) -> pd.DataFrame:
    """Return the level of chance of each motif for some numbers of motifs."""
    grammar = world.grammar
    rows = [
        (name, k, chance_level(grammar, i, k, world.length))
        for i, name in enumerate(world.names)
        for k in counts
    ]
    return pd.DataFrame(rows, columns=["panel", "group", "value"])


def chance_of(world: World, motif: str = "NHLH1") -> pd.Series:
    """Return the level of chance of one motif by the number of motifs, 4 to 1."""
    levels = chance(world)
    return levels[levels["panel"] == motif].set_index("group")["value"]


def with_precision(areas: pd.DataFrame, precisions: pd.DataFrame) -> pd.DataFrame:
    """Return AUPRC with the average precision in brackets, as text."""
    pairs = zip(areas.to_numpy().ravel(), precisions.to_numpy().ravel(), strict=True)
    texts = [f"{area:.3f} ({precision:.3f})" for area, precision in pairs]
    return pd.DataFrame(np.reshape(texts, areas.shape), areas.index, areas.columns)


def with_published(
    texts: pd.DataFrame, quantity: Callable, published: Mapping, level: Mapping
) -> pd.DataFrame:
    """Return ours, published and chance as one table of text.

    Parameters
    ----------
    texts : data frame
        Ours, indexed by two names.
    quantity : function of (index entry, column)
        Name of the published value.
    published, level : mapping
        Numbers by that name; the level of chance by column.
    """
    first, second = texts.index.names
    rows = []
    for place in texts.index:
        about = dict(zip((first, second), place, strict=True))
        rows.append(about | {"": "here"} | texts.loc[place].to_dict())
        printed = {c: published.get(quantity(place, c)) for c in texts.columns}
        printed = {c: f"{v:.3f}" for c, v in printed.items() if v is not None}
        if printed:
            rows.append(about | {"": "published"} | printed)
    chances = {c: f"{level[c]:.3f}" for c in texts.columns}
    rows.append({first: "guessing", second: "", "": "chance"} | chances)
    return pd.DataFrame(rows).fillna("")


def nhlh1(
    table: pd.DataFrame, target: str, n_filters: int, methods: Sequence[str]
) -> pd.DataFrame:
    """Return AUPRC of NHLH1 (Table 5) by method, kind and number of motifs."""
    both = pd.concat([visible(table, m, target, n_filters) for m in methods])
    both = both[both["panel"] == "NHLH1"]
    wide = both.pivot_table("value", ["method", "kind"], "motifs_present", sort=False)
    return wide[sorted(wide.columns, reverse=True)]


def versions(
    table: pd.DataFrame, measure: str, n_filters: int, k: int = 4
) -> pd.DataFrame:
    """Return AUPRC of each version of MEF2A (Table 4) by method and kind."""
    some = panels(chosen(table, measure, "MEF2A", n_filters))
    keep = (some["network"] == AVERAGE) & (some["motifs_present"] == k)
    some = some[keep]
    some = some.assign(
        method=some["detail"].str.split(" ").str[0],
        motif=some["detail"].str.split(" ").str[1],
    )
    return some.pivot_table("value", ["method", "kind"], "motif", sort=False)


def network_spread(
    table: pd.DataFrame, n_filters: int, motif: str = "NHLH1"
) -> pd.DataFrame:
    """Return lowest and highest AUPRC by IG over networks, and that of their mean."""
    some = panels(chosen(table, "probability", "distinct_1", n_filters))
    some = some[some["detail"] == f"IG {motif}"]
    rows = []
    for (kind, k), group in some.groupby(["kind", "motifs_present"]):
        single = group.loc[group["network"] != AVERAGE, "value"]
        mean = group.loc[group["network"] == AVERAGE, "value"].item()
        text = f"{single.min():.2f} to {single.max():.2f}; {mean:.2f}"
        rows.append({"kind": kind, "motifs_present": k, "text": text})
    wide = pd.DataFrame(rows).pivot_table(
        "text", "kind", "motifs_present", aggfunc="first"
    )
    return wide[sorted(wide.columns, reverse=True)].reset_index()


def missed(table: pd.DataFrame) -> pd.DataFrame:
    """Return departures from completeness by method and target, as text."""
    some = table[table["measure"].str.startswith("missed of ")]
    some = some.assign(target=some["measure"].str.removeprefix("missed of "))
    some = some.groupby(["detail", "target"], as_index=False)
    some = some.agg(median=("value", "median"), largest=("high", "max"))
    shown = some.rename(columns={"detail": "method"})
    numbers = {c: shown[c].map("{:.1e}".format) for c in ("median", "largest")}
    return shown.assign(**numbers)


def pair_table(
    classified: pd.DataFrame, best: pd.DataFrame, published: Mapping
) -> pd.DataFrame:
    """Return recall of M_wo for each pair of motifs (Table 3), beside the published."""
    pairs = classified[(classified["measure"] == "pair") & (classified["share"] == 0)]
    pairs = pairs[pairs["motifs"] == "distinct_1"]
    ours = pairs.pivot_table("value", "detail", "n_filters", sort=False)
    reader = best[(best["motifs"] == "distinct_1") & (best["kind"] == "M_wo")]
    reader = reader[(reader["reader"] == "agnostic") & (reader["detail"] != "recall")]
    columns = {}
    for n_filters in (32, 4):
        if n_filters in ours:
            columns[f"{n_filters} filters"] = ours[n_filters]
        printed = [published[f"table3.{n_filters}.{pair}"] for pair in ours.index]
        columns[f"published, {n_filters}"] = pd.Series(printed, ours.index)
    columns["best agnostic"] = reader.set_index("detail")["value"].reindex(ours.index)
    return pd.DataFrame(columns)


def pair_orders(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return rank correlations of `pair_table`'s columns with the published ones."""
    rows = []
    for n_filters in (32, 4):
        printed = pairs[f"published, {n_filters}"]
        for name in (f"{n_filters} filters", "best agnostic"):
            if name in pairs:
                tie = pairs[name].corr(printed, method="spearman")
                rows.append((name, f"{n_filters} filters", tie))
    columns = ["", "against the published", "rank correlation"]
    return pd.DataFrame(rows, columns=columns).round(2)


def effect_boxes(counted: pd.DataFrame) -> pd.DataFrame:
    """Return what boxes need of the regressions: a panel a method, a group a motif."""
    tables = []
    for measure in ("output", "spread of output"):
        some = panels(chosen(counted, measure, "distinct_1", 32))
        some = some[some["network"] == AVERAGE]
        parts = some["detail"].str.split(" ")
        tables.append(some.assign(panel=parts.str[0], group=parts.str[1]))
    return whiskers(*tables)


def effect_table(
    counted: pd.DataFrame, measure: str, names: Sequence[str]
) -> pd.DataFrame:
    """Return AUPRC of each motif (Fig 3A) by method and kind of label."""
    some = chosen(counted, measure, "distinct_1", 32)
    some = some[some["network"] == AVERAGE]
    parts = some["detail"].str.split(" ")
    some = some.assign(method=parts.str[0], motif=parts.str[1])
    wide = some.pivot_table("value", ["method", "effect"], "motif", sort=False)
    return wide[list(names)]


def error_ties(counted: pd.DataFrame) -> pd.DataFrame:
    """Return the rank correlation of AUPRC and error (Fig 3B) by kind of label."""
    ties = chosen(counted, "error", "distinct_1", 32)
    return ties.pivot_table("value", "effect", "detail", sort=False)


def run_differences(
    runs: pd.DataFrame, others: Sequence[str] = ("quadratic", "enhancing")
) -> pd.DataFrame:
    """Return AUPRC of non-additive labels less that of additive ones, run by run."""
    keep = (runs["measure"] == "output") & (runs["network"] == AVERAGE)
    areas = runs[keep].pivot_table("value", ["seed", "effect"], "detail")
    areas.columns = [column.split(" ")[1] for column in areas.columns]
    additive = areas.xs("additive", level="effect")
    changes = [
        (areas.xs(effect, level="effect") - additive)
        .melt(var_name="motif")
        .assign(panel=effect)
        for effect in others
    ]
    return pd.concat(changes, ignore_index=True)


def recomputed_totals(published: Mapping) -> pd.DataFrame:
    """Return the totals of Tables 6 and 7 as printed and as their rows give them."""
    sizes = np.array([500, 2000, 3000, 2000, 500])  # sequences with 0 to 4 motifs
    rows = []
    for motifs, name in COUNT_TABLES.items():
        for n_filters in (32, 4):
            for effect in ("additive", "enhancing", "inhibiting", "quadratic"):
                start = f"{name}.{motifs}.{n_filters}.{effect}."
                values = np.array([published[f"{start}{k}"] for k in range(5)])
                rows.append(
                    {
                        "Table": name.removeprefix("table"),
                        "Filters": n_filters,
                        "Labels": effect,
                        "Printed total": published[start + "total-printed"],
                        "Mean of rows, weighted": values @ sizes / sizes.sum(),
                        "Mean of rows": values.mean(),
                    }
                )
    return pd.DataFrame(rows).round(4)


COUNT_TABLES = {"distinct_1": "table6", "MEF2A": "table7"}
