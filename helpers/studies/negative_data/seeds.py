"""Would other networks get the same verdicts? What was repeated, and what to expect."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from helpers.studies.negative_data import recorded, start_tables
from helpers.studies.negative_data.classify import classifiers
from helpers.studies.negative_data.settings import KINDS
from helpers.studies.negative_data.starts import chosen_classifiers

SECOND = "a second seed"
#: Rows that one repeat tells the spread of, and what they are pooled by.
POOLED = re.compile(r"(table[45]\.[^.]+|table[67]\.[^.]+\.[^.]+)\.")
MARK = 0.9  # share of rows whose verdict should repeat, set beforehand
Judge = Callable[[Mapping], Mapping]  # from values by quantity to verdicts by quantity


def both_kinds(
    *, world: dict, recipe: dict, measures: dict, seed: int, device: str = "auto"
) -> pd.DataFrame:
    """Return `classifiers` of M_w and M_wo, as one part of a step."""
    return pd.concat(
        [
            classifiers(
                world=world,
                recipe=recipe,
                measures=measures,
                share=share,
                seed=seed,
                device=device,
            )
            for share in KINDS
        ],
        ignore_index=True,
    )


#: Steps that train the classifiers once more, as the chapter keeps them: what trains,
#: filters, and settings. Of 4 filters M_w is kept by its loss and M_wo by its rule.
STEPS = {
    "second-seed-classifiers": (both_kinds, 32, {}),
    "second-seed-M_w": (classifiers, 4, {"share": 1.0}),
    "second-seed-M_wo": (chosen_classifiers, 4, {"share": 0.0}),
}


def second_run(
    classified: Mapping[str, pd.DataFrame | None], counted: pd.DataFrame | None
) -> list[pd.DataFrame]:
    """Return the tables of a second seed, classifiers joined as the chapter does.

    Parameters
    ----------
    classified : mapping of a step of `STEPS` to its table
    counted : data frame
        Of `regressions`.
    """
    large, with_all, without = (classified[step] for step in STEPS)
    joined = start_tables.judged(recorded.tables.joined([large, with_all]), without)
    return [table for table in (joined, counted) if table is not None]


def classifier_values(classified: pd.DataFrame, methods: Sequence[str]) -> dict:
    """Return all that the chapter records of classifiers, by quantity.

    methods : of attribution, of which Tables 4 and 5 have rows
    """
    values = recorded.recall_values(classified)
    values |= recorded.visibility_values(classified, methods)
    if "permutation" in methods:
        values |= recorded.version_values(classified)
    return values


def counting_values(counted: pd.DataFrame, names: Sequence[str]) -> dict:
    """Return all that the chapter records of regressions with IG, by quantity."""
    values = recorded.count_values(counted)
    large = counted[(counted["motifs"] == "distinct_1") & (counted["n_filters"] == 32)]
    if (large["measure"] == "error").any():
        values |= recorded.effect_values(large, names)
    return values


def values_of(again: Iterable[pd.DataFrame], names: Sequence[str]) -> dict:
    """Return all that the chapter records of tables of either step, by quantity."""
    values = {}
    for table in again:
        if "share" in table:
            values |= classifier_values(table, ("IG", "DeepLIFT", "permutation"))
        else:
            values |= counting_values(table, names)
    return values


def run_values(runs: pd.DataFrame, names: Sequence[str]) -> list[dict]:
    """Return `counting_values` of every run of the step that repeats regressions."""
    return [counting_values(run, names) for _, run in runs.groupby("seed")]


def same_verdicts(
    stored: Mapping, repeats: Iterable[Mapping], judge: Judge
) -> pd.DataFrame:
    """Return how often repeats get the verdict that the stored value has.

    Parameters
    ----------
    stored : mapping of quantity to number
        The values that decide the verdicts of the chapter.
    repeats : iterable of mappings of quantity to number
        Each from networks, and data, of its own. What is not stored is left out.
    judge : function
        From values by quantity to verdicts by quantity.

    Returns
    -------
    DataFrame
        quantity, repeats, same (their share with the stored verdict).
    """
    stands, rows = judge(stored), []
    for values in repeats:
        known = {name: v for name, v in values.items() if name in stored}
        found = judge(known)
        rows += [(name, found[name] == stands[name]) for name in known]
    table = pd.DataFrame(rows, columns=["quantity", "same"])
    grouped = table.groupby("quantity", sort=False)["same"]
    return grouped.agg(repeats="size", same="mean").reset_index()


def network_values(table: pd.DataFrame) -> pd.DataFrame:
    """Return every recall that is a mean over networks, network by network.

    Parameters
    ----------
    table : data frame
        Of classifiers or of regressions.

    Returns
    -------
    DataFrame
        quantity, network, value.
    """
    some = recorded.tables.panels(table[table["measure"].isin(["recall", "total"])])
    name = recorded.table_2 if "share" in table else recorded.table_6
    some = some.assign(quantity=[name(row) for row in some.itertuples()])
    if "share" in table:
        pairs = table[(table["measure"] == "pair") & (table["share"] == 0)]
        pairs = pairs[pairs["motifs"] == "distinct_1"]
        name = "table3." + pairs["n_filters"].astype(str) + "." + pairs["detail"]
        some = pd.concat([some, pairs.assign(quantity=name)])
    return some[["quantity", "network", "value"]]


def expected_same(values: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Return how likely the mean of as many new networks gets the same verdict.

    The new mean is taken to lie around the stored one as a Student t variable, with
    the spread of the networks that were kept, times the root of 2 / n: both means
    vary. Networks of one step share their training and test sequences, so that the
    part of other data is missing, and the chance comes out too high.

    Parameters
    ----------
    values : data frame
        quantity, network, value; see `network_values`.
    published : data frame
        quantity, published, tolerance; rows compared by a tolerance.

    Returns
    -------
    DataFrame
        quantity, same (probability).
    """
    spread = values.groupby("quantity")["value"].agg(["mean", "std", "size"])
    rows = spread.join(published.set_index("quantity"), how="inner")
    rows = rows[(rows["relation"] == "equals") & (rows["size"] > 1)]
    scale = (rows["std"] * np.sqrt(2 / rows["size"])).clip(lower=1e-9)
    low, high = (
        stats.t.cdf(
            (rows["published"] + sign * rows["tolerance"] - rows["mean"]) / scale,
            rows["size"] - 1,
        )
        for sign in (-1, 1)
    )
    inside = (rows["mean"] - rows["published"]).abs() <= rows["tolerance"]
    chance = np.where(inside, high - low, 1 - (high - low))
    return pd.DataFrame({"quantity": rows.index, "same": chance})


def intervals(values: pd.DataFrame) -> pd.Series:
    """Return half the 95% interval of the difference of two means over networks.

    Both means, ours and the published one, are of as many networks as were kept, with
    the spread of ours: Student's t times the spread times the root of 2 / n. Networks
    of one step share their sequences, so that it comes out too narrow.

    Parameters
    ----------
    values : data frame
        quantity, network, value; see `network_values`.

    Returns
    -------
    Series
        By quantity.
    """
    spread = values.groupby("quantity")["value"].agg(["std", "size"])
    t = stats.t.ppf(0.975, spread["size"] - 1)
    return t * spread["std"] * np.sqrt(2 / spread["size"])


def repeat_intervals(stored: Mapping, again: Mapping) -> pd.Series:
    """Return half the 95% interval of the difference of two runs, as one repeat tells.

    Rows of one table that share a set and a number of filters, or a method, are taken
    to differ from run to run alike: the interval is 1.96 times the root of their mean
    squared difference. They share networks, so that it is rough.

    Parameters
    ----------
    stored, again : mapping of quantity to number
        The chapter's values, and those of a run with another seed.

    Returns
    -------
    Series
        By quantity, of Tables 4 to 7.
    """
    both = [name for name in again if name in stored]
    table = pd.DataFrame({"quantity": [n for n in both if POOLED.match(n)]})
    table["group"] = table["quantity"].str.extract(POOLED.pattern)[0]
    table["squared"] = [(again[n] - stored[n]) ** 2 for n in table["quantity"]]
    pooled = table.groupby("group")["squared"].transform("mean")
    return pd.Series(1.96 * np.sqrt(pooled.to_numpy()), index=table["quantity"])


def counted_by_starts(counted: Iterable[pd.DataFrame], judge: Judge) -> pd.DataFrame:
    """Return what counters of two seeds are worth when fewer and more starts compete.

    Parameters
    ----------
    counted : iterable of data frames
        Of `regressions`, each of one number of starts.
    judge : function
        From values by quantity to verdicts by quantity.

    Returns
    -------
    DataFrame
        A row a number of starts and seed: Starts, Seed, near (share of starts within a
        half more than the lowest loss of their effect), worst kept (the largest loss of
        a network kept, over that lowest; mean over effects), total (mean recall), rows,
        reproduced, and same (rows with the verdict of the first seed of the group).
    """
    lines, first = [], {}
    for seed, some in (one for table in counted for one in table.groupby("seed")):
        losses = some[some["measure"] == "loss"]
        starts = losses["network"].nunique()
        lowest = losses.groupby("effect")["value"].transform("min")
        kept = losses["detail"] == "kept"
        worst = (losses["value"] / lowest)[kept].groupby(losses["effect"]).max()
        known = recorded.count_values(some)
        found = {name: v for name, v in judge(known).items() if name in known}
        first.setdefault(starts, found)
        lines.append(
            {
                "Starts": starts,
                "Seed": seed,
                "near": (losses["value"] < 1.5 * lowest).mean(),
                "worst kept": worst.mean(),
                "total": some.loc[some["measure"] == "total", "value"].mean(),
                "rows": len(found),
                "reproduced": sum(v == "reproduced" for v in found.values()),
                "same": sum(found[name] == first[starts][name] for name in found),
            }
        )
    return pd.DataFrame(lines)


def widths(
    found: Mapping[str, pd.Series], stored: Mapping, rows: pd.DataFrame
) -> pd.DataFrame:
    """Return how the tolerances of rows compare with intervals from spread.

    Parameters
    ----------
    found : mapping of where the spread is from to half an interval by quantity
        Of `intervals`.
    stored : mapping of quantity to number
        The values of the chapter.
    rows : data frame
        quantity, published, tolerance, relation.

    Returns
    -------
    DataFrame
        Spread of, Rows of, rows, tolerance and interval (medians), within (rows inside
        their tolerance), within the interval (rows that would be inside it).
    """
    known = rows[rows["relation"] == "equals"].set_index("quantity")
    lines = []
    for source, interval in found.items():
        some = known.join(interval.rename("interval"), how="inner")
        away = (pd.Series(stored).reindex(some.index) - some["published"]).abs()
        some = some.assign(
            within=away <= some["tolerance"], inside=away <= some["interval"]
        )
        group = some.index.str.split(".").str[0].map(recorded.GROUPS)
        for name, each in some.groupby(group, sort=False):
            medians = each[["tolerance", "interval"]].median().round(3)
            line = {"Spread of": source, "Rows of": name, "rows": len(each)}
            line |= medians.to_dict() | {"within": int(each["within"].sum())}
            lines.append(line | {"within the interval": int(each["inside"].sum())})
    return pd.DataFrame(lines)


def by_group(shares: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the mean share with the same verdict by group of rows, as text.

    Parameters
    ----------
    shares : mapping of what was repeated to a table with quantity and same

    Returns
    -------
    DataFrame
        Rows of, and a column for each repeat: share (number of rows).
    """
    columns = {}
    for how, share in shares.items():
        group = share["quantity"].str.split(".").str[0].map(recorded.GROUPS)
        grouped = share.assign(group=group).groupby("group")["same"]
        columns[how] = grouped.agg(lambda same: f"{same.mean():.2f} ({len(same)})")
    table = pd.DataFrame(columns).fillna("")
    order = [g for g in recorded.GROUPS.values() if g in table.index]
    return table.reindex(order).rename_axis("Rows of").reset_index()


def said(shares: Mapping[str, pd.DataFrame], expected: pd.DataFrame) -> str:
    """Return in words how often verdicts repeat, measured and expected.

    Parameters
    ----------
    shares : mapping of what was repeated to a table of `same_verdicts`
    expected : data frame
        From `expected_same`.
    """
    measured = pd.concat(shares.values()).groupby("quantity")["same"].mean()
    both = expected.set_index("quantity")["same"].rename("expected")
    compared = pd.concat([measured, both], axis=1, join="inner")
    text = (
        f"Measured on {len(measured)} rows, the verdict is the same in "
        f"{measured.mean():.1%} of the cases. On the {len(compared)} of them with an "
        f"expected share, {compared['same'].mean():.1%} is measured and "
        f"{compared['expected'].mean():.1%} expected."
    )
    rest = both[~both.index.isin(measured.index)]
    if len(rest):
        whole = np.mean([*measured, *rest])
        text += (
            f" {len(rest)} more rows have an expected share only, {rest.mean():.1%} in "
            f"the mean; all {len(measured) + len(rest)} together: {whole:.1%}."
        )
    if SECOND in shares:
        same = shares[SECOND]["same"]
        text += (
            f" By the second seed alone, {same.sum():.0f} of {len(same)} rows have the "
            f"same verdict, {same.mean():.1%}: the mark of {MARK:.0%} is "
            f"{'met' if same.mean() >= MARK else 'missed'}."
        )
    return text
