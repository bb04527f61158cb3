"""The values that the scoreboard compares with published ones, by quantity."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.explain import attribution
from helpers.studies.negative_data import tables

NEGATIVES = {"M_w": "with", "M_wo": "without"}
SHARES = np.array([1, 4, 6, 4]) / 15  # of the negatives with 0 to 3 motifs


def table_2(row: Any) -> str:
    """Return the published quantity of a recall: motifs, n_filters, kind, count."""
    kind = NEGATIVES[row.kind]
    return f"table2.{row.motifs}.{row.n_filters}.{kind}.{row.motifs_present}"


def table_6(row: Any) -> str:
    """Return the published quantity of a recall of regressions; count -1 is all."""
    k = "total" if row.motifs_present < 0 else row.motifs_present
    name = tables.COUNT_TABLES[row.motifs]
    return f"{name}.{row.motifs}.{row.n_filters}.{row.kind}.{k}"


def known(values: Mapping, published: Mapping) -> dict:
    """Return the values that the paper has; others are only shown."""
    return {name: value for name, value in values.items() if name in published}


def means(table: pd.DataFrame, measures: Sequence[str] = ("recall",)) -> pd.DataFrame:
    """Return means over networks by set, size, kind and number of motifs."""
    some = tables.panels(table[table["measure"].isin(measures)])
    keys = ["motifs", "n_filters", "kind", "motifs_present"]
    return some.groupby(keys, as_index=False)["value"].mean()


def recall_values(classified: pd.DataFrame) -> dict:
    """Return the values of Tables 2 and 3 and of what the text says of them."""
    ours = means(classified)
    values = {table_2(row): row.value for row in ours.itertuples()}
    wide = ours.pivot_table("value", ["motifs", "n_filters", "kind"], "motifs_present")
    for motifs, n_filters in wide.index.droplevel("kind").unique():
        w, wo = (wide.loc[(motifs, n_filters, kind)] for kind in NEGATIVES)
        wins = bool((w[[2, 3]] > wo[[2, 3]]).all())
        values[f"order.recall.{motifs}.{n_filters}"] = wins
        if (motifs, n_filters) == ("distinct_1", 4):
            values["text.negatives.with"] = float(w[[0, 1, 2, 3]] @ SHARES)
            values["text.negatives.without"] = float(wo[[0, 1, 2, 3]] @ SHARES)
    keep = (classified["measure"] == "pair") & (classified["share"] == 0)
    pairs = classified[keep & (classified["motifs"] == "distinct_1")]
    pairs = pairs.groupby(["n_filters", "detail"])["value"].mean()
    values |= {f"table3.{n}.{pair}": value for (n, pair), value in pairs.items()}
    return values


def visibility_values(classified: pd.DataFrame, methods: Sequence[str]) -> dict:
    """Return the values of Table 5: AUPRC of NHLH1, 4 filters, probability."""
    if not len(tables.chosen(classified, "probability", "distinct_1", 4)):
        return {}
    wide, values = tables.nhlh1(classified, "probability", 4, methods), {}
    for (method, kind), row in wide.iterrows():
        for k, value in row.items():
            values[f"table5.{method}.{NEGATIVES[kind]}.{k}"] = value
    for method in methods:
        w, wo = (wide.loc[(method, kind)] for kind in NEGATIVES)
        values[f"order.auprc.{method}"] = bool((w < wo).all())
    return values


def version_values(classified: pd.DataFrame) -> dict:
    """Return the values of Table 4 and Fig 6: AUPRC of MEF2A, 4 filters."""
    if not len(tables.chosen(classified, "probability", "MEF2A", 4)):
        return {}
    by_count = {
        k: tables.versions(classified, "probability", 4, k) for k in (4, 3, 2, 1)
    }
    values = {}
    for (method, kind), row in by_count[4].iterrows():
        for motif, value in row.items():
            values[f"table4.{method}.{NEGATIVES[kind]}.{motif}"] = value
    for kind, said in NEGATIVES.items():
        mean = {
            k: wide.loc[("permutation", kind)].mean() for k, wide in by_count.items()
        }
        rises = min(mean[2], mean[1]) > mean[3]
        values[f"order.fig6.permutation.{said}"] = bool(
            rises if said == "with" else not rises
        )
    return values


def count_values(counted: pd.DataFrame) -> dict:
    """Return the values of Tables 6 and 7."""
    ours = means(counted, ("recall", "total"))
    values = {table_6(row): row.value for row in ours.itertuples()}
    some = ours[(ours["motifs"] == "distinct_1") & (ours["n_filters"] == 32)]
    for kind, row in some.pivot_table("value", "kind", "motifs_present").iterrows():
        lowest = bool(row[0] <= row[[1, 2, 3, 4]].min())
        values[f"order.zero-lowest.{kind}"] = lowest
    return values


def effect_values(counted: pd.DataFrame, names: Sequence[str]) -> dict:
    """Return the values of Fig 3: AUPRC by kind of label, and its tie to the error."""
    wide = tables.effect_table(counted, "output", names)
    ties = tables.error_ties(counted)
    effects, values = set(wide.loc["IG"].index), {}
    for effect in ("additive", "inhibiting"):
        if effect in effects:
            for motif, value in wide.loc[("IG", effect)].items():
                values[f"fig3a.{effect}.{motif}"] = value
    if {"additive", "quadratic"} <= effects:
        quadratic, additive = (wide.loc[("IG", e)] for e in ("quadratic", "additive"))
        for motif in ("CREB1", "TEAD1"):
            values[f"fig3a.quadratic.{motif}"] = quadratic[motif]
            values[f"order.fig3a.{motif}"] = bool(quadratic[motif] < additive[motif])
        change = ties.loc["quadratic"].mean() - ties.loc["additive"].mean()
        values["order.fig3b"] = bool(change >= -0.1)
    return values


def shuffled_values(permuted: pd.DataFrame, names: Sequence[str]) -> dict:
    """Return what the text says of permutation in Fig 3A: best for inhibiting."""
    mean = (
        tables.effect_table(permuted, "output", names).loc["permutation"].mean(axis=1)
    )
    if len(mean) < 4:
        return {}
    return {"order.fig3a.permutation": bool(mean.idxmax() == "inhibiting")}


# Published values by the place of a cell in a table.


def table_2_cell(place: tuple, k: int) -> str:
    """Return the published quantity of (motifs, n_filters, kind) and a count."""
    motifs, n_filters, kind = place
    return f"table2.{motifs}.{n_filters}.{NEGATIVES[kind]}.{k}"


def table_4_cell(place: tuple, motif: str) -> str:
    """Return the published quantity of (method, kind) and a motif."""
    method, kind = place
    return f"table4.{method}.{NEGATIVES[kind]}.{motif}"


def table_5_cell(place: tuple, k: int) -> str:
    """Return the published quantity of (method, kind) and a number of motifs."""
    method, kind = place
    return f"table5.{method}.{NEGATIVES[kind]}.{k}"


def table_6_cell(place: tuple, k: int) -> str:
    """Return the published quantity of (motifs, n_filters, kind) and a count."""
    motifs, n_filters, kind = place
    name = tables.COUNT_TABLES[motifs]
    return f"{name}.{motifs}.{n_filters}.{kind}.{'total' if k < 0 else k}"


def fig_3a_cell(place: tuple, motif: str) -> str:
    """Return the published quantity of (method, effect) and a motif.

    Of IG, medians are printed for quadratic labels; for additive and inhibiting ones
    the lower end of their range stands in the table of published values.
    """
    method, effect = place
    return f"fig3a.{effect}.{motif}" if method == "IG" else ""


def nhlh1_tables(
    distinct: pd.DataFrame, methods: Sequence[str], published: Mapping, level: Mapping
) -> list[tuple[str, pd.DataFrame]]:
    """Return Table 5 for each target and size of network, with what it shows.

    Parameters
    ----------
    distinct : data frame
        Of classifiers of *distinct_1*.
    methods : sequence of str
    published : mapping of quantity to number
    level : mapping of number of motifs to the level of chance
    """
    every = []
    for target, n_filters in itertools.product(
        attribution.TARGETS, distinct["n_filters"].unique()
    ):
        wide, precise = (
            tables.nhlh1(distinct, measure, n_filters, methods)
            for measure in (target, f"precision of {target}")
        )
        called = "logit" if target == "output" else target
        texts = tables.with_precision(wide, precise)
        shown = tables.with_published(texts, table_5_cell, published, level)
        every.append((f"NHLH1, {n_filters} filters, {called}:", shown))
    return every


def printed_table_5(published: Mapping) -> pd.DataFrame:
    """Return the medians of NHLH1 by IG, as a figure of boxes takes them."""
    rows = [
        ("NHLH1", k, kind, published[f"table5.IG.{said}.{k}"])
        for kind, said in NEGATIVES.items()
        for k in (4, 3, 2, 1)
    ]
    return pd.DataFrame(rows, columns=["panel", "group", "kind", "value"])


def printed_counts(published: Mapping) -> dict[int, float]:
    """Return the recall of additive labels, *distinct_1*, 32 filters, by count."""
    return {k: published[f"table6.distinct_1.32.additive.{k}"] for k in range(5)}


def printed_gains(published: Mapping) -> pd.DataFrame:
    """Return the gain of NHLH1 on positives as the text and as Table 5 give it."""
    rows = []
    for method in ("IG", "DeepLIFT", "permutation"):
        with_, without = (
            published[f"table5.{method}.{n}.4"] for n in ("with", "without")
        )
        rows.append((method, published[f"text.difference.{method}"], without - with_))
    return pd.DataFrame(rows, columns=["Method", "In the text", "From Table 5"]).round(
        4
    )


def said_of_recall(wide: pd.DataFrame) -> str:
    """Return a sentence a set and size on M_w against M_wo.

    Parameters
    ----------
    wide : data frame
        Recall; index motifs, n_filters, kind; columns the number of motifs.
    """
    said = []
    for motifs, n_filters in wide.index.droplevel("kind").unique():
        w, wo = (wide.loc[(motifs, n_filters, kind)] for kind in NEGATIVES)
        said.append(
            f"{motifs}, {n_filters} filters: with three motifs M_w is right in "
            f"{w[3]:.2f} and M_wo in {wo[3]:.2f} of the cases, with two in {w[2]:.2f} "
            f"and {wo[2]:.2f}."
        )
    return " ".join(said)


GROUPS = {
    "table2": "Table 2: recall of classifiers",
    "table3": "Table 3: pairs",
    "table4": "Table 4: AUPRC of MEF2A",
    "table5": "Table 5: AUPRC of NHLH1",
    "table6": "Table 6: counting, distinct_1",
    "table7": "Table 7: counting, MEF2A",
    "fig3a": "Fig 3A: AUPRC by kind of label",
    "order": "orderings",
    "text": "numbers of the text",
}


def verdict_counts(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return how many rows of each group have which verdict, quoted ones left out.

    What was reproduced by a reading that was found after search stands apart.
    """
    group = comparison["quantity"].str.split(".").str[0].map(GROUPS)
    keep = comparison["verdict"] != "quoted"
    searched = comparison["reading"] == "found after search"
    searched &= comparison["verdict"] == "reproduced"
    shown = comparison["verdict"].mask(searched, "reproduced, found after search")
    counts = pd.crosstab(group[keep], shown[keep])
    counts = counts.reindex([g for g in GROUPS.values() if g in counts.index])
    return counts.rename_axis(index="Rows of", columns=None).reset_index()
