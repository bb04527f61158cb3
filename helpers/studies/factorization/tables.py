"""From the stored tables of simulated sequences to those that the page shows."""

import numpy as np
import pandas as pd
from scipy import stats

from helpers.studies.factorization.judging import FILTER_KINDS

SPREADS = {10: 0.010, 20: 0.002, 30: 0.002}  # of printed areas, by number of filters


def areas(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Return the mean area of each network over its targets: keys, network, value.

    Parameters
    ----------
    table : DataFrame
        Of a step.
    keys : str
        Columns that tell networks of the same number apart.
    """
    some = table[table["measure"] == "auc"]
    grouped = some.groupby([*keys, "network"], sort=False)["value"]
    return grouped.mean().reset_index()


def labelled(table: pd.DataFrame, column: str, word: str) -> pd.DataFrame:
    """Return the table with a column `group` for figures: "20 filters".

    word : in the plural
    """
    words = {1: word.removesuffix("s")}
    groups = [f"{value} {words.get(value, word)}" for value in table[column]]
    return table.assign(group=groups)


def labelled_counts(table: pd.DataFrame, column: str, word: str) -> pd.DataFrame:
    """Return the rows that count filters, with a `group` for figures."""
    return labelled(filter_counts(table), column, word)


def additive_areas(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the area of each network where motifs add, with a `group` for figures."""
    return labelled(areas(counts, "n_filters"), "n_filters", "filters")


def additive_marks(published: pd.Series, counts: list[int]) -> dict:
    """Return printed areas with their spreads, by the group of `additive_areas`.

    published : by quantity
    """
    return {
        f"{n} filters": (published[f"e1.auc.{n}"], SPREADS[n])
        for n in counts
        if n in SPREADS
    }


def losses(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the validation loss by epoch."""
    return table[table["measure"] == "curve"]


def filter_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that count filters, by what they hold."""
    return table[table["measure"] == "filters"]


def chance_counts(untrained: pd.DataFrame) -> pd.DataFrame:
    """Return how many filters of each kind an untrained network holds, on average.

    Returns
    -------
    DataFrame
        Index n_filters, columns single, combination and none.
    """
    some = filter_counts(untrained)
    found = some.pivot_table("value", "n_filters", "detail")
    return found[list(FILTER_KINDS)]


def chance_motifs(untrained: pd.DataFrame) -> pd.DataFrame:
    """Return the share of untrained filters that each motif matches, largest first."""
    some = untrained[untrained["measure"] == "share"]
    shares = some.groupby("motif")["value"].mean().sort_values(ascending=False)
    return shares.rename_axis("Motif").reset_index(name="Share of untrained filters")


def chance_table(untrained: pd.DataFrame) -> pd.DataFrame:
    """Return what untrained networks of each size hold, one row a size."""
    counts = chance_counts(untrained).add_prefix("Filters: ")
    pairs = untrained[untrained["measure"] == "chance"].groupby("n_filters")["value"]
    answers = untrained[untrained["measure"] == "response"].groupby("n_filters")
    counts["Pairs right of 10"] = 10 * pairs.mean()
    counts["Largest answer, 99 of 100 below"] = answers["value"].quantile(0.99)
    return counts.reset_index().rename(columns={"n_filters": "Filters"})


def stored_logos(
    table: pd.DataFrame, number: int, least: float
) -> tuple[np.ndarray, list[str]]:
    """Return matrices and titles of the stored filters of one network.

    Parameters
    ----------
    table : DataFrame
        With rows of measures matrix and motif.
    number : int
        Filters at most.
    least : float
        Agreement that names a motif.

    Returns
    -------
    array, shape (n, width, 4), and list of str
    """
    some = table[table["measure"] == "matrix"]
    index = some[["filter", "position", "base"]].to_numpy(dtype=int)
    matrices = np.zeros(tuple(index.max(axis=0) + 1))
    matrices[tuple(index.T)] = some["value"]
    held = table[(table["measure"] == "motif") & (table["value"] >= least)]
    titles = []
    for i in range(min(number, len(matrices))):
        names = list(held.loc[held["filter"] == i, "motif"])
        more = "+…" if len(names) > 2 else ""
        titles.append("+".join(names[:2]) + more or "no match")
    return matrices[: len(titles)], titles


def single_filters(counts: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return mean, least and most single-motif filters over folds, by `column`."""
    some = filter_counts(counts)
    some = some[some["detail"] == "single"]
    return some.groupby(column)["value"].agg(["mean", "min", "max"])


def targets_test(targets: pd.DataFrame) -> float:
    """Return the p-value of a rank test: single-motif filters, one target or many."""
    some = filter_counts(targets)
    some = some[some["detail"] == "single"]
    groups = [rows["value"] for _, rows in some.groupby("n_targets")]
    return float(stats.mannwhitneyu(*groups, alternative="two-sided").pvalue)


def paired_groups(
    pairs: pd.DataFrame, thesis: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the networks where pairs decide, with their name as `group`.

    Parameters
    ----------
    pairs : DataFrame
        Of the step `paired`.
    thesis : DataFrame, optional
        Of the machine trained as in the thesis.
    """
    names = np.where(pairs["n_factors"] == 0, "sum", "FM")
    many = pairs["n_targets"] > 1
    found = pairs.assign(group=np.where(many, "FM, ten targets", names))
    if thesis is None:
        return found
    return pd.concat([found, thesis.assign(group="FM, trained as in the thesis")])


def paired_table(groups: pd.DataFrame, chance: pd.Series) -> pd.DataFrame:
    """Return filters of each kind and the median area, chance in the last row.

    Parameters
    ----------
    groups : DataFrame
        Of `paired_groups`.
    chance : Series
        Filters of each kind in untrained networks, of `chance_counts`.
    """
    kinds = filter_counts(groups).pivot_table("value", "group", "detail", sort=False)
    shown = kinds[list(FILTER_KINDS)]
    shown = shown.assign(area=areas(groups, "group").groupby("group")["value"].median())
    shown.loc["untrained filters"] = [*chance[list(FILTER_KINDS)], 0.5]
    names = {"group": "Network", "area": "Area (median)"}
    return shown.rename_axis("group").reset_index().rename(columns=names)


def joint_table(groups: pd.DataFrame) -> pd.DataFrame:
    """Return how many of the strongest pairs are right, where all was learned."""
    rows = groups[groups["measure"].isin(["correct", "found", "chance"])]
    summary = rows.pivot_table("value", ["group", "network"], "measure")
    summary = summary.groupby("group").mean().reset_index()
    return pd.DataFrame(
        {
            "Network": summary["group"],
            "Right of 10": summary["correct"],
            "Chance of 10": 10 * summary["chance"],
            "True pairs named, of 10": summary["found"],
        }
    )


def variant_groups(variants: pd.DataFrame, networks: dict) -> pd.DataFrame:
    """Return the table with the name of each network as `group`.

    Parameters
    ----------
    networks : dict of name to dict
        kind and penalty of each.
    """
    names = {(s["kind"], s["penalty"]): name for name, s in networks.items()}
    keys = zip(variants["kind"], variants["penalty"], strict=True)
    return variants.assign(group=[names[key] for key in keys])


def variant_table(variants: pd.DataFrame, ladder: dict[str, float]) -> pd.DataFrame:
    """Return median, least and largest area of each network, and the nearest rung.

    Parameters
    ----------
    variants : DataFrame
        Of `variant_groups`.
    ladder : dict of name to area
    """
    shown = areas(variants, "group").groupby("group")["value"]
    shown = shown.agg(["median", "min", "max"]).round(3).reset_index()
    rungs, names = np.array(list(ladder.values())), list(ladder)
    shown["nearest rung"] = [
        names[int(np.abs(rungs - value).argmin())] for value in shown["median"]
    ]
    return shown.rename(columns={"group": "network"})


def roc_curves(variants: pd.DataFrame, groups: tuple[str, ...]) -> pd.DataFrame:
    """Return the ROC curve of the first start of some networks on motif variants.

    Parameters
    ----------
    variants : DataFrame
        Of `variant_groups`: its probabilities, and how many motifs are on.
    groups : tuple of str

    Returns
    -------
    DataFrame
        group, false (share of closed sequences called open) and true (of open ones).
    """
    from sklearn.metrics import roc_curve

    some = variants[variants["measure"] == "probability"]
    found = []
    for group in groups:
        rows = some[some["group"] == group]
        is_open = rows["detail"].isin(["2 on", "3 on"])  # at least two motifs on
        false, true, _ = roc_curve(is_open, rows["value"], drop_intermediate=False)
        found.append(pd.DataFrame({"group": group, "false": false, "true": true}))
    return pd.concat(found, ignore_index=True)


def recounted() -> pd.DataFrame:
    """Return what the printed numbers of the thesis imply, without any network.

    Returns
    -------
    DataFrame
        quantity, name, thesis (as printed), value.
    """
    n = 164  # cell types, all differences positive
    z = (n * (n + 1) / 4) / np.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    welch = stats.ttest_ind_from_stats(
        1284, 4773, 389, -607, 1371, 1511, equal_var=False, alternative="greater"
    )
    matched = (53 / 300) * (52 / 299)
    rows = [
        ("e6.wilcoxon", "Wilcoxon, 164 of 164 positive, one-sided", "5.75e-29",
         stats.norm.sf(z)),
        ("e4.welch", "Welch from printed means, 389 and 1,511", "4.18e-14",
         welch.pvalue),
        ("e4.chance", "Right of 10 by chance", "not given", 10 * 389 / 1900),
        ("e7.expected", "Matched pairs of 100 by chance", "not given", 100 * matched),
        ("e7.none", "Chance of none", "not given", (1 - matched) ** 100),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["quantity", "name", "thesis", "value"])


def recount_table() -> pd.DataFrame:
    """Return `recounted` as the page shows it."""
    of = recounted()
    texts = [f"{value:.3g}" for value in of["value"]]
    return pd.DataFrame(
        {"Quantity": of["name"], "Thesis": of["thesis"], "Recounted": texts}
    )
