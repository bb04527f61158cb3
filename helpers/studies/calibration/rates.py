"""From counts to rates with intervals over data sets, and the rule for a failure."""

import numpy as np
import pandas as pd
from scipy import stats

from helpers.significance.calibration import exact_interval
from helpers.studies.calibration.plan import Cell

#: What a test at 5% may do: an interval that has none of it fails the world.
NOMINAL = (0.04, 0.06)
#: What is known of a cell that ran.
COLUMNS = (
    "rate", "rate_low", "rate_high", "family", "family_low", "family_high", "maxt",
    "tail", "z_mean", "z_sd", "power", "power_low", "power_high", "coverage",
    "true_coverage", "called_coverage", "called_intervals",
    "estimate", "explains", "called_estimate", "called_explains", "unclear", "seconds",
    "false_share", "false_share_low", "false_share_high", "found",
)  # fmt: skip
#: Fewest data sets that a verdict is given for.
FEWEST = 20


def rates(table: pd.DataFrame | None, planned: list[Cell]) -> pd.DataFrame:
    """Return error rates and power of every planned cell.

    Pairs of one data set share its networks, so the unit is the data set: the interval
    of the nominal rate is Student's over data sets, that of the family-wise rate
    Clopper and Pearson's.

    Returns
    -------
    DataFrame
        world, n_rows, learner, way, sets, planned, rate (of null pairs with p at most
        .05), rate_low, rate_high, family (data sets with a null pair called after
        Holm), family_low, family_high, maxt (the same by the bootstrap), tail (of null
        pairs with p at most .001), z_mean, z_sd (over null pairs), power (of true
        pairs, after Holm) with power_low and power_high (`power_of`), coverage,
        true_coverage, called_coverage (of intervals: all pairs, true pairs, true pairs
        called: called_intervals of them), estimate, explains (means over true pairs),
        called_estimate, called_explains (where the one true pair was called), unclear
        (share of pairs without an answer), seconds (median), false_share (mean over
        data sets of false calls among all after Benjamini and Hochberg, 0 without a
        call) with _low and _high, found (of true pairs, called so), verdict
        (`verdict_of`), discovery_verdict (`discovery_verdict_of`)
    """
    rows = []
    for cell in planned:
        own = _own(table, cell)
        row = {
            "world": cell.world,
            "n_rows": cell.n_rows,
            "learner": cell.learner,
            "way": cell.way,
            "sets": len(own),
            "planned": cell.n_sets,
        }
        row |= _rates(own) if len(own) else dict.fromkeys(COLUMNS, np.nan)
        row["verdict"] = verdict_of(row)
        row["discovery_verdict"] = discovery_verdict_of(row)
        rows.append(row)
    return pd.DataFrame(rows)


def rival_rates(table: pd.DataFrame) -> pd.DataFrame:
    """Return rival, world, sets and the rates of `rates`, a row a rival and world."""
    rows = []
    for (rival, world), own in table.groupby(["rival", "world"], sort=False):
        rate = (own["called_05"] / own["n_null"]).to_numpy()
        low, high = over_data_sets(rate)
        n_false = int(own["any_holm"].sum())
        family_low, family_high = exact_interval(n_false, len(own))
        row = {
            "rival": rival,
            "world": world,
            "sets": len(own),
            "rate": rate.mean(),
            "rate_low": low,
            "rate_high": high,
            "family": n_false / len(own),
            "family_low": family_low,
            "family_high": family_high,
            **power_of(own),
            "seconds": own["seconds"].median(),
        }
        rows.append(row | {"verdict": verdict_of(row)})
    return pd.DataFrame(rows)


def _own(table: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    if table is None or table.empty:
        return pd.DataFrame()
    names = ("world", "n_rows", "learner", "way")
    same = [table[name].eq(getattr(cell, name)) for name in names]
    return table[np.logical_and.reduce(same)]


def _rates(own: pd.DataFrame) -> dict:
    """Return the rates of one cell."""
    some = own[own["n_null"] > 0]
    rate = some["called_05"] / some["n_null"]
    low, high = over_data_sets(rate.to_numpy())
    n_false, n = int(some["any_holm"].sum()), len(some)
    family_low, family_high = exact_interval(n_false, n)
    mean = np.average(some["z_mean"], weights=some["n_null"])
    square = np.average(some["z_square"], weights=some["n_null"])
    n_unclear, n_true = own["n_unclear"].sum(), own["n_true"].sum()
    tail = some["called_001"].sum() / some["n_null"].sum()
    return {
        "rate": rate.mean(),
        "rate_low": low,
        "rate_high": high,
        "family": n_false / n,
        "family_low": family_low,
        "family_high": family_high,
        "maxt": some["any_maxt"].mean(),
        "tail": tail,
        "z_mean": mean,
        "z_sd": np.sqrt(square - mean**2),
        **power_of(own),
        **_coverage(own),
        "estimate": own["estimate"].mean(),
        "explains": own["explains"].mean(),
        **_among_called(own),
        "unclear": n_unclear / own["n_pairs"].sum(),
        "seconds": own["seconds"].median(),
        **false_share_of(own["false_bh"], own["true_bh"]),
        "found": own["true_bh"].sum() / n_true if n_true else np.nan,
    }


def _among_called(own: pd.DataFrame) -> dict:
    """Return means over data sets whose one true pair was called, else NaN."""
    called = own[(own["n_true"] == 1) & (own["true_holm"] == 1)]
    return {f"called_{name}": called[name].mean() for name in ("estimate", "explains")}


def _coverage(own: pd.DataFrame) -> dict:
    """Return shares of intervals that hold the truth; NaN where there are none."""
    answered = own["n_pairs"] - own["n_unclear"]
    among = {
        "covered": answered,
        "true_covered": answered - own["n_null"],
        "called_covered": own["true_holm"],
    }
    shares = {}
    for name, n in among.items():
        known = own[name].notna()
        total = n[known].sum()
        share = own[name][known].sum() / total if total else np.nan
        shares[name.replace("covered", "coverage")] = share
    return shares | {"called_intervals": total}


def power_of(own: pd.DataFrame) -> dict[str, float]:
    """Return the share of true pairs called after Holm, with its 95% interval.

    Over data sets, as all rates: Clopper and Pearson's where each has one true pair,
    else Student's. NaN where no pair is true.

    own : n_true and true_holm, a row a data set
    """
    some = own[own["n_true"] > 0]
    n_true, n_called = int(some["n_true"].sum()), int(some["true_holm"].sum())
    if not n_true:
        return dict.fromkeys(("power", "power_low", "power_high"), np.nan)
    if (some["n_true"] == 1).all():
        low, high = exact_interval(n_called, n_true)
    else:
        low, high = over_data_sets((some["true_holm"] / some["n_true"]).to_numpy())
    return {"power": n_called / n_true, "power_low": low, "power_high": high}


def over_data_sets(values: np.ndarray) -> tuple[float, float]:
    """Return Student's 95% interval of a mean share; NaN below two data sets."""
    low, high = mean_interval(values)
    return (max(0.0, low), min(1.0, high)) if low == low else (low, high)


def mean_interval(values: np.ndarray) -> tuple[float, float]:
    """Return Student's 95% interval of a mean; NaN below two values."""
    if len(values) < 2:
        return np.nan, np.nan
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1)
    half /= np.sqrt(len(values))
    return values.mean() - half, values.mean() + half


def over_numbers(false: pd.Series, numbers: pd.Series) -> tuple[float, float]:
    """Return an interval, of 95% or more, of the share of data sets with a call.

    The data sets are of several worlds, and those of one number are drawn from one
    stream: features and noise are often the same, and an unlucky number is unlucky in
    many worlds. So the unit is the number, and the interval Student's over these; but
    never narrower than the exact one of as many data sets with nothing in common.

    Parameters
    ----------
    false : Series of bool
        Of each data set; one or more.
    numbers : Series of int
        Of the same data sets.
    """
    low, high = exact_interval(int(false.sum()), len(false))
    of_number = (false - false.mean()).groupby(numbers).sum()
    n = len(of_number)
    if n < 2:
        return low, high
    error = np.sqrt(n / (n - 1) * (of_number**2).sum()) / len(false)
    half = stats.t.ppf(0.975, n - 1) * error
    mean = false.mean()
    return max(0.0, min(low, mean - half)), min(1.0, max(high, mean + half))


def verdict_of(row: dict) -> str:
    """Return what the rule says of a cell, fixed before anything ran.

    A world fails if the interval of its nominal rate has nothing of .04 to .06, or that
    of its family-wise rate lies wholly above .06. Too few calls fail too: a test that
    calls less than it may has less power than it could.
    """
    if not row["sets"]:
        return "not run yet"
    if row["sets"] < FEWEST:
        return f"open: fewer than {FEWEST} data sets"
    if row["rate_low"] > NOMINAL[1] or row["family_low"] > NOMINAL[1]:
        return "fails: too many calls"
    if row["rate_high"] < NOMINAL[0]:
        return "fails: too few calls"
    return "holds"


def false_share_of(false: pd.Series, true: pd.Series) -> dict[str, float]:
    """Return the mean share of false calls among all calls, with its interval.

    Over data sets; one without a call has none false.

    false, true : calls of pairs that do not interact, and that do, of each data set
    """
    share = (false / (false + true).clip(lower=1)).to_numpy(float)
    low, high = over_data_sets(share)
    return {
        "false_share": share.mean(),
        "false_share_low": low,
        "false_share_high": high,
    }


def discovery_verdict_of(row: dict) -> str:
    """Return what the rule says of a promised false discovery rate of 5%.

    It fails if the interval of the mean share of false calls lies wholly above .06.
    """
    if not row["sets"]:
        return "not run yet"
    if row["sets"] < FEWEST:
        return f"open: fewer than {FEWEST} data sets"
    return "fails: too many calls" if row["false_share_low"] > NOMINAL[1] else "holds"
