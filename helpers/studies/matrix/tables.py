"""What the cells say: a row a method and truth, rates, costs, a recommendation."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from helpers.significance.calibration import exact_interval
from helpers.studies.matrix.kinds import KINDS, Method, Truth
from helpers.studies.matrix.methods import methods
from helpers.studies.matrix.truths import truths

#: Most false calls, as a share of null pairs, and of data sets after correction, that a
#: test at 5% may be shown to make.
LEVEL = 0.06
#: Differences in mean average precision, or in power, that are none.
CLOSE = 0.02
#: Lag behind the best of a group of truths, in average precision, that is told.
FAR = 0.1
#: Data sets below which a test is not recommended, and a ranking is a first look.
FEWEST = 20
#: Data sets of each truth below which a ranking is a first look.
FEWEST_EACH = 5
#: What the truths of a kind do not show of a test, by the kind.
UNSHOWN = {
    "counts": "null pairs are of unlinked sites, nothing is shown for linked ones",
}
#: How groups of truths begin that hold the same functions, with other noise.
REPEATED = "F1 to F10"
NOT_RUN = "not run yet"
#: What is known of a cell that has an answer.
MEASURES = (
    "ap", "ap_low", "ap_high", "auc", "first", "rate", "family", "power", "unclear",
    "agreement", "seconds", "mb",
)  # fmt: skip
RATES = (
    "method", "place", "sets", "rate", "rate_low", "rate_high", "family", "family_low",
    "family_high",
)  # fmt: skip


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a method and truth, what is empty with its reason.

    Parameters
    ----------
    table : DataFrame
        Of `cells`, of all files that ran.

    Returns
    -------
    DataFrame
        method, tests, truth, kind, group, null, sets, ap, ap_low, ap_high (95%,
        Student's over data sets), auc, first, rate (of null pairs called), family
        (share of data sets with one after correction), power (of true pairs, after
        correction), unclear (pairs), agreement, seconds, mb (medians), why (of an empty
        cell)
    """
    own = dict(list(table.groupby(["method", "truth"], sort=False)))
    rows = []
    for name, method in methods().items():
        for world, truth in truths().items():
            about = {
                "method": name,
                "tests": method.tests,
                "truth": world,
                "kind": truth.kind,
                "group": truth.group,
                "null": truth.null,
            }
            rows.append(about | _cell(method, truth, own.get((name, world))))
    cells = pd.DataFrame(rows)
    absent = [name for name in MEASURES if name not in cells]  # where nothing has run
    return cells.assign(**dict.fromkeys(absent, np.nan))


def _cell(method: Method, truth: Truth, own: pd.DataFrame | None) -> dict:
    if own is None or own["said"].notna().all():
        why = method.refusal(truth) or NOT_RUN
        if own is not None:
            why = str(own["said"].iloc[0])
        return {"sets": 0, "why": why}
    own = own[own["said"].isna()]
    low, high = interval(own["ap"])
    n_true = own["n_true"].sum()
    return {
        "sets": len(own),
        "ap": own["ap"].mean(),
        "ap_low": low,
        "ap_high": high,
        "auc": own["auc"].mean(),
        "first": own["first"].mean(),
        "rate": (own["called"] / own["n_null"].replace(0, np.nan)).mean(),
        "family": own["any_called"].mean(),
        "power": own["found_corrected"].sum() / n_true if n_true else np.nan,
        "unclear": own["unclear"].sum(),
        "agreement": own["agreement"].mean(),
        "seconds": own["seconds"].median(),
        "mb": own["mb"].median(),
        "why": "",
    }


def interval(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Return Student's interval of a mean over data sets; NaN for fewer than two."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return np.nan, np.nan
    half = stats.t.ppf(0.5 + confidence / 2, len(values) - 1)
    half *= values.std(ddof=1) / np.sqrt(len(values))
    return values.mean() - half, values.mean() + half


def counts(cells: pd.DataFrame) -> dict[str, int]:
    """Return how many methods, truths and cells there are, and what became of them."""
    return {
        "detectors": cells.loc[~cells["tests"], "method"].nunique(),
        "tests": cells.loc[cells["tests"], "method"].nunique(),
        "truths": cells["truth"].nunique(),
        "cells": len(cells),
        "answered": int((cells["sets"] > 0).sum()),
        "waiting": int((cells["why"] == NOT_RUN).sum()),
        "refused": int(((cells["sets"] == 0) & (cells["why"] != NOT_RUN)).sum()),
    }


def counted(cells: pd.DataFrame) -> str:
    """Return `counts` as a sentence."""
    n = counts(cells)
    return (
        f"{n['detectors']} detectors and {n['tests']} tests against {n['truths']} "
        f"truths: of {n['cells']:,} cells {n['answered']:,} have an answer, "
        f"{n['refused']:,} are empty for a reason, {n['waiting']:,} have not run yet."
    )


def ranking(cells: pd.DataFrame, measure: str = "ap") -> pd.DataFrame:
    """Return the mean of a measure by method (rows) and group of truths (columns).

    Groups without a ranking (nothing interacts, or a single pair) have no column; a
    mean over fewer truths than the group ranks is left out, so that columns compare.
    Methods are sorted by how far they lie above the means of the columns they have.
    """
    ranked = cells[cells.groupby("truth")["ap"].transform("count") > 0]
    sizes = ranked.groupby("group")["truth"].nunique()
    wide = ranked.pivot_table(measure, "method", "group", aggfunc=["mean", "count"])
    if wide.empty:
        return pd.DataFrame()
    whole = wide["count"].eq(sizes, axis=1)
    mean = wide["mean"].where(whole).dropna(how="all")
    order = [group for group in dict.fromkeys(cells["group"]) if group in mean]
    above = (mean - mean.mean()).mean(axis=1)
    return mean[order].loc[above.sort_values(ascending=False).index]


def chance(table: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame:
    """Return what a random order gives in each column of `ranking`, as one row.

    That is about the share of pairs that interact, in the mean over a group's truths:
    those of which some test said how many pairs do. NaN where none did.
    """
    some = (table["n_true"] > 0) & (table["n_null"] > 0)  # else nothing is ranked
    asked = table[some & table["truth"].isin([*truths()])]
    asked = asked.assign(pairs=asked["n_true"] + asked["n_null"])
    widest = asked.sort_values("pairs").drop_duplicates("truth", keep="last")
    group = widest["truth"].map(lambda name: truths()[name].group)
    share = (widest["n_true"] / widest["pairs"]).groupby(group).mean()
    return pd.DataFrame([share.reindex(ranked.columns)], index=["chance, about"])


def false_calls(table: pd.DataFrame) -> pd.DataFrame:
    """Return how often each test is wrong, where nothing interacts and beside pairs.

    Returns
    -------
    DataFrame
        method, place ("nothing interacts", "beside real pairs"), sets, rate, rate_low,
        rate_high (of null pairs with p at most .05; Student's interval over data sets),
        family, family_low, family_high (data sets with a null pair called after
        correction; Clopper and Pearson's)
    """
    known = {name: truth.null for name, truth in truths().items()}
    own = table[table["n_null"] > 0]
    null = own["truth"].map(known)
    rows = []
    for place, some in (
        ("nothing interacts", own[null]),
        ("beside real pairs", own[~null]),
    ):
        for name, cell in some.groupby("method", sort=False):
            rows.append({"method": name, "place": place} | error_rates(cell))
    return pd.DataFrame(rows, columns=list(RATES))


def error_rates(own: pd.DataFrame) -> dict:
    """Return the rates of `false_calls` for some data sets."""
    own = own[own["n_null"] > 0]
    rate = own["called"] / own["n_null"]
    low, high = interval(rate)
    wrong = int(own["any_called"].sum())
    family_low, family_high = exact_interval(wrong, len(own))
    return {
        "sets": len(own),
        "rate": rate.mean(),
        "rate_low": low,
        "rate_high": high,
        "family": wrong / len(own),
        "family_low": family_low,
        "family_high": family_high,
    }


def correlated(cells: pd.DataFrame) -> pd.DataFrame:
    """Return method, independent, correlated: mean ap on F1 to F10 with noise."""
    groups = {"F1 to F10, noise": "independent", "F1 to F10, correlated": "correlated"}
    wide = ranking(cells).reindex(columns=list(groups)).rename(columns=groups)
    wide = wide.dropna().sort_values("independent", ascending=False)
    return wide.rename_axis("method").reset_index()


def costs(
    cells: pd.DataFrame,
    groups: Sequence[str] = ("F1 to F10, noise", "F1 to F10, correlated"),
) -> pd.DataFrame:
    """Return method, tests, ap, seconds, mb over groups, and which are worth it.

    `best` marks methods that no cheaper one equals.
    """
    own = cells[cells["group"].isin(groups) & cells["ap"].notna()]
    wanted = own["truth"].nunique()
    by = own.groupby(["method", "tests"], sort=False)
    table = by.agg(
        ap=("ap", "mean"), seconds=("seconds", "median"), mb=("mb", "median"),
        n=("truth", "nunique"),
    ).reset_index()  # fmt: skip
    table = table[table.pop("n") == wanted].sort_values("seconds", ignore_index=True)
    before = table["ap"].cummax().shift(fill_value=-np.inf)
    return table.assign(best=table["ap"] > before)


def starts(cells: pd.DataFrame) -> pd.DataFrame:
    """Return method, agreement, low, high: rank correlation with another seed.

    Mean over truths, with the range of the middle half.
    """
    own = cells.dropna(subset=["agreement"]).groupby("method")["agreement"]
    table = pd.DataFrame(
        {"agreement": own.mean(), "low": own.quantile(0.25), "high": own.quantile(0.75)}
    )
    return table.sort_values("agreement", ascending=False).reset_index()


def shown(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells that have an answer, as the page lists them."""
    own = cells[cells["sets"] > 0]
    number = "{:.2f}".format
    return pd.DataFrame(
        {
            "Method": own["method"],
            "Truth": own["truth"],
            "Data": own["kind"],
            "AP": own["ap"].map(number),
            "AUC": own["auc"].map(number),
            "False": own["rate"].map(number),
            "Family": own["family"].map(number),
            "Power": own["power"].map(number),
            "Seeds": own["agreement"].map(number),
            "Seconds": own["seconds"].map("{:.2g}".format),
            "MB": own["mb"].map("{:.0f}".format),
            "Sets": own["sets"],
        }
    ).replace("nan", "–")


def empty(cells: pd.DataFrame) -> pd.DataFrame:
    """Return method, why, cells: how many cells are empty for which reason."""
    own = cells[cells["sets"] == 0]
    table = own.groupby(["method", "why"], sort=False)["truth"].count().reset_index()
    return table.set_axis(["Method", "Why", "Cells"], axis=1)


# Recommendations


def recommended(table: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return what to take for each kind of data and question, because of what.

    Ranking: of the methods that ranked every truth of the kind, those within .02 of the
    best mean average precision; of these the cheapest, with the group of truths in
    which it lies furthest behind another, if by a tenth or more. p-values: of tests
    that have run on every truth of the kind that they take, on twenty data sets or
    more, and whose false calls are not shown to exceed 6% (lower ends of the intervals
    of both rates), those within .02 of the most power after correction; of these the
    cheapest, called provisional if more than 6% is not excluded (an upper end).

    Returns
    -------
    DataFrame
        data, question, take, because, sets (data sets that it rests on; 0 without one),
        only ("" or how few data sets a ranking rests on)
    """
    asked = {}
    for kind in KINDS:
        own = cells[cells["kind"] == kind]
        waiting = set(own.loc[own["why"] == NOT_RUN, "method"])
        asked[kind] = table[
            table["truth"].isin(set(own["truth"])) & ~table["method"].isin(waiting)
        ]
    failing = {kind: _tests(some)[1] for kind, some in asked.items()}
    rows = []
    for kind, words in KINDS.items():
        elsewhere = {k: names for k, names in failing.items() if k != kind}
        first = _to_rank(cells[cells["kind"] == kind])
        real = _to_test(asked[kind], kind, elsewhere)
        rows.append({"data": words, "question": "Which pairs first?"} | first)
        rows.append({"data": words, "question": "Is it real?"} | real)
    return pd.DataFrame(rows).fillna({"only": ""})


def _by_method(own: pd.DataFrame) -> pd.DataFrame:
    """Return ap, seconds, n (truths), sets, least, most (of a truth) by method."""
    return own.groupby("method").agg(
        ap=("ap", "mean"), seconds=("seconds", "median"), n=("truth", "nunique"),
        sets=("sets", "sum"), least=("sets", "min"), most=("sets", "max"),
    )  # fmt: skip


def _to_rank(own: pd.DataFrame) -> dict:
    own = own[own["ap"].notna()]
    ranks = ranking(own) if len(own) else None
    every = _by_method(own)
    by = every[every["n"] == own["truth"].nunique()]
    if by.empty:
        why = "no method has ranked all of these truths yet"
        return {"take": "–", "because": why, "sets": 0, "only": ""}
    close = by[by["ap"] >= by["ap"].max() - CLOSE].sort_values("seconds")
    name, best = close.index[0], by["ap"].idxmax()
    sets, least, most = (int(close[one].iloc[0]) for one in ("sets", "least", "most"))
    each = f"{least} to {most}" if least < most else "one" if most == 1 else f"{most}"
    rests = f"{sets} data sets, {each} a truth"
    few = sets < FEWEST or least < FEWEST_EACH
    because = (
        f"mean average precision {close['ap'].iloc[0]:.2f} over {by['n'].iloc[0]} "
        f"truths ({'only ' if few else ''}{rests}), {close['seconds'].iloc[0]:.2g} s, "
        f"among the {len(by)} of {len(every)} methods that rank them all"
    )
    if best != name:
        because += f"; {best} has {by['ap'].max():.2f}, {by['seconds'][best]:.2g} s"
    because += _weak_group(ranks, name)
    only = f"only {rests}" if few else ""
    return {"take": name, "because": because, "sets": sets, "only": only}


def _weak_group(ranks: pd.DataFrame, name: str) -> str:
    """Return where a method lies furthest behind another, as the end of a reason."""
    lag = ranks.max() - ranks.loc[name]
    if not lag.max() >= FAR:
        return ""
    group = lag.idxmax()
    best = _first_of(ranks.index[ranks[group] >= ranks[group].max() - 0.005])
    return (
        f"; but {ranks.loc[name, group]:.2f} in the group *{group}*, where "
        f"{ranks[group].max():.2f} is reached by {best}"
    )


def _tests(some: pd.DataFrame) -> tuple[list[tuple], list[str]]:
    """Return tests with enough data sets: those that may hold, and those that fail.

    A test that may hold: its name, power, seconds and rates. One that found nothing,
    since nothing was there, is in neither list.
    """
    kept, failing = [], []
    for name, cell in some[some["n_null"].notna()].groupby("method", sort=False):
        if (cell["n_null"] > 0).sum() < FEWEST:
            continue
        rates = error_rates(cell)
        n_true = cell["n_true"].sum()
        if rates["rate_low"] > LEVEL or rates["family_low"] > LEVEL:
            failing.append(name)
            continue
        if not n_true:  # nothing that it could have found
            continue
        power = cell["found_corrected"].sum() / n_true
        kept.append((name, power, cell["seconds"].median(), rates))
    return kept, failing


def _to_test(
    some: pd.DataFrame, kind: str, elsewhere: Mapping[str, Sequence[str]]
) -> dict:
    kept, failing = _tests(some)
    if not kept:
        return {"take": "–", "because": _none_holds(failing), "sets": 0}
    most = max(power for _, power, *_ in kept)
    close = [one for one in kept if one[1] >= most - CLOSE]
    name, power, seconds, rates = min(close, key=lambda one: one[2])
    because = _provisional(rates)
    because += (
        f"power {power:.0%} after correction, false calls {rates['rate']:.1%} of null "
        f"pairs and in {rates['family']:.0%} of {rates['sets']} data sets "
        f"({rates['family_low']:.0%} to {rates['family_high']:.0%}), {seconds:.2g} s"
    )
    because += _failing_groups(some[some["method"] == name])
    because += f"; {UNSHOWN[kind]}" if kind in UNSHOWN else ""
    worse = [KINDS[k] for k, names in elsewhere.items() if name in names]
    because += f"; it calls too much on {' and '.join(worse)}" if worse else ""
    if failing:
        because += f"; too many false calls: {'; '.join(failing)}"
    return {"take": name, "because": because, "sets": rates["sets"]}


def _provisional(rates: Mapping[str, float]) -> str:
    """Return which error rates above `LEVEL` are not excluded, as a reason's start."""
    ends = {"null pairs": rates["rate_high"], "data sets": rates["family_high"]}
    over = [f"{end:.1%} of {what}" for what, end in ends.items() if end > LEVEL]
    if not over:
        return ""
    return f"provisional, since false calls in {' and '.join(over)} are not excluded: "


def _failing_groups(own: pd.DataFrame) -> str:
    """Return groups of truths in which a test makes too many false calls, if any.

    As the end of a reason: shown if the exact interval of the share of data sets with
    a false call lies wholly above `LEVEL`.
    """
    own = own[own["n_null"] > 0]
    group = own["truth"].map(lambda name: truths()[name].group)
    rates = {name: error_rates(cell) for name, cell in own.groupby(group, sort=False)}
    return "".join(
        f"; but in {rate['family']:.0%} of {rate['sets']} data sets "
        f"({rate['family_low']:.0%} to {rate['family_high']:.0%}) of the group *{name}*"
        for name, rate in rates.items()
        if rate["family_low"] > LEVEL
    )


def _none_holds(failing: list[str]) -> str:
    enough = f"test has yet run on all of these truths with {FEWEST} data sets or more"
    if failing:
        return f"too many false calls: {'; '.join(failing)}; no other {enough}"
    return f"no {enough}"


# Sentences


def shut_out_words(cells: pd.DataFrame) -> str:
    """Say which single truth keeps most methods out of a ranking, and what if not.

    A line for each kind of data in which a truth is all that some methods lack.
    """
    return "\n".join(
        f"- {words[:1].upper()}{words[1:]}: {told}"
        for kind, words in KINDS.items()
        if (told := _shut_out(cells[(cells["kind"] == kind) & cells["ap"].notna()]))
    )


def _shut_out(own: pd.DataFrame) -> str:
    """Return what `shut_out_words` says of one kind of data; "" for nothing."""
    wide = own.pivot_table("ap", "method", "truth")
    lacking = wide.isna()
    short = lacking[lacking.sum(axis=1) == 1].sum()
    taken = _to_rank(own)["take"]
    if not short.any() or taken == "–":
        return ""
    truth = str(short.idxmax())
    others = own[own["truth"] != truth]
    rest = wide.drop(columns=truth).dropna().mean(axis=1).sort_values(ascending=False)
    best = ", ".join(f"{name} {ap:.3f}" for name, ap in rest.head(3).items())
    again = own["group"].str.startswith(REPEATED)
    groups, names = set(own.loc[again, "group"]), set(own.loc[again, "truth"])
    text = f"*{truth}* alone keeps {short.max()} methods out; {taken} has "
    text += f"{wide.loc[taken, truth]:.2f} there. On the other {len(wide.columns) - 1} "
    text += f"truths {len(rest)} methods compete: {best}. The rule would take "
    text += f"{_to_rank(others)['take']}."
    if len(groups) > 1:
        text += f" And {len(names)} of the {len(wide.columns)} truths are {REPEATED}, "
        text += f"in {len(groups)} versions."
    return text


def again(here: pd.DataFrame | None, stored: pd.DataFrame) -> str:
    """Say how many stored cells were computed again, and how many agree.

    Agreement: the same ranking (average precision, area, first place) and the same
    calls, each by itself and corrected, to three digits.
    """
    if here is None:
        return "No stored cell was computed again here."
    keys = ["method", "truth", "data_set"]
    worth = ["ap", "auc", "first", "called", "any_called", "found", "found_corrected"]
    both = here[keys + worth].merge(stored[keys + worth], on=keys, suffixes=("", " 2"))
    if both.empty:
        return "No stored cell was computed again here."
    first = both[worth].to_numpy(float)
    second = both[[f"{name} 2" for name in worth]].to_numpy(float)
    same = np.isclose(first, second, atol=1e-3, equal_nan=True).all(axis=1)
    text = f"{len(both)} stored data sets of cells were asked again here: {same.sum()}"
    text += " answer as stored."
    if not same.all():
        others = "; ".join(dict.fromkeys(both.loc[~same, "method"]))
        text += f" Others: {others} (other versions of libraries, or other code)."
    return text


def best_words(ranked: pd.DataFrame) -> str:
    """Say which method leads each column, and whether one leads all."""
    if ranked.empty:
        return "No ranking has run yet."
    rounded = ranked.round(2)
    leads = rounded.eq(rounded.max())
    parts = [
        f"{group}: {_first_of(own.index[own])} ({rounded[group].max():.2f})"
        for group, own in leads.items()
    ]
    every = leads.index[leads.all(axis=1)]
    start = f"{every[0]} leads every column. " if len(every) else ""
    return f"{start}Best of each column: {'; '.join(parts)}."


def _first_of(names: Sequence[str]) -> str:
    """Return the first name, and how many share its place."""
    others = len(names) - 1
    shared = f" and {others} other{'s' if others > 1 else ''}" if others else ""
    return f"{names[0]}{shared}"


def false_words(rates: pd.DataFrame) -> str:
    """Say which tests make too many false calls, where, and by which of both rates."""
    if rates.empty:
        return "No test has run yet."
    parts = []
    for place, own in rates.groupby("place", sort=False):
        pairs, sets = own["rate_low"] > LEVEL, own["family_low"] > LEVEL
        ways = {
            "both rates": pairs & sets,
            "null pairs alone": pairs & ~sets,
            "data sets alone": sets & ~pairs,
        }
        told = "".join(
            f"; by {way}: {', '.join(f'*{name}*' for name in own.loc[some, 'method'])}"
            for way, some in ways.items()
            if some.any()
        )
        where = place[:1].upper() + place[1:]
        parts.append(f"{where}: {int((pairs | sets).sum())} of {len(own)} tests{told}.")
    return f"Shown to call more than 6% (a whole interval above). {' '.join(parts)}"


def correlation_words(table: pd.DataFrame) -> str:
    """Say who loses most, and least, by correlated features."""
    if table.empty:
        return "Both halves of the comparison have not run yet."
    loss = (table["independent"] - table["correlated"]).set_axis(table["method"])
    text = f"Mean loss {loss.mean():.2f}; most: {loss.idxmax()} ({loss.max():.2f})"
    gains = -loss[loss.round(2) < 0].sort_values()
    if gains.empty:
        return f"{text}, least: {loss.idxmin()} ({loss.min():.2f})."
    named = "; ".join(f"{name} ({gain:.2f})" for name, gain in gains.items())
    return f"{text}. Better with correlated features, not explained: {named}."


def cost_words(table: pd.DataFrame) -> str:
    """Say what lies on the line that no cheaper method equals."""
    best = table[table["best"]] if len(table) else table
    if not len(best):
        return "No costs have been measured yet."
    steps = "; ".join(
        f"{row.method} ({row.ap:.3f} in {row.seconds:.2g} s)"
        for row in best.itertuples()
    )
    return f"No cheaper one equals: {steps}."


#: Methods of Table 2 of the NID paper, and their names there.
PUBLISHED = {
    "ANOVA, joint": "anova",
    "hierarchical lasso": "hierarchical-lasso",
    "RuleFit": "rulefit",
    "Additive Groves": "additive-groves",
    "NID, MLP": "mlp",
    "NID, MLP-M": "mlpm",
}


def beside_published(cells: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Return the mean area under the ROC curve on F1 to F10, published and ours.

    Published is the mean that the paper prints, not that of its rounded columns.

    published : the table of chapter 5
    """
    values = published.set_index("quantity")["published"]
    own = cells[(cells["group"] == "F1 to F10, published") & (cells["sets"] > 0)]
    ours = own.groupby("method")["auc"].agg(["mean", "count"])
    names = sorted(own["truth"].unique()) or [f"F{k}" for k in range(1, 11)]
    rows = []
    for method, key in PUBLISHED.items():
        whole = method in ours.index and ours.loc[method, "count"] == len(names)
        rows.append(
            {
                "Method": method,
                "Published": values[f"table2.{key}.mean"],
                "Ours": ours.loc[method, "mean"] if whole else np.nan,
            }
        )
    return pd.DataFrame(rows).round(3)


def compact(cells: pd.DataFrame) -> pd.DataFrame:
    """Return what the package keeps of the stored cells: method, truth, ap, seconds."""
    own = cells[cells["ap"].notna()]
    return own[["method", "truth", "ap", "seconds"]].round(4).reset_index(drop=True)
