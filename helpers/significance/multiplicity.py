"""What several networks say together: corrections for many tests, and agreement."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from helpers import checks
from helpers.significance.calibration import exact_interval
from helpers.significance.interaction.statistics import holm


def adjust(
    tests: pd.DataFrame, *, method: str = "holm", within: Sequence[str] = ("test",)
) -> pd.DataFrame:
    """Return the rows with a column of p-values corrected for many networks.

    Parameters
    ----------
    tests : DataFrame
        Rows of the tests in `held_out`.
    method : {"holm", "fdr_bh", "fdr_by"}
        holm bounds the chance of any false positive, under any dependence. fdr_bh
        bounds the expected share of false positives among the rows called; it
        assumes no negative dependence, which networks that share test data usually
        meet. fdr_by needs no assumption.
    within : sequence of str
        Columns that define one family of tests.

    Returns
    -------
    DataFrame
        With the new column `p_<method>`.

    Examples
    --------
    >>> import pandas as pd
    >>> from helpers import adjust
    >>> tests = pd.DataFrame({"test": ["paired"] * 3, "p": [0.01, 0.03, 0.5]})
    >>> adjust(tests)
         test     p  p_holm
    0  paired  0.01    0.03
    1  paired  0.03    0.06
    2  paired  0.50    0.50
    """
    checks.one_of("method", method, ("holm", "fdr_bh", "fdr_by"))
    _has_columns(tests, (*within, "p"))
    correct = holm if method == "holm" else _false_discovery(method[-2:])
    corrected = tests.groupby(list(within))["p"].transform(
        lambda p: correct(p.to_numpy())
    )
    return tests.assign(**{f"p_{method}": corrected})


def _false_discovery(kind: str) -> Callable[[np.ndarray], np.ndarray]:
    return lambda p: stats.false_discovery_control(p, method=kind)


def consistency(
    tests: pd.DataFrame,
    *,
    by: Sequence[str] = (),
    alpha: float = 0.05,
    share: float = 0.5,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Summarise each test over networks: how many agree, and in which direction.

    One network's verdict is about that network. Whether networks *of this kind*
    gain from the interaction needs several, best of different architectures. They
    share the test examples, so their p-values are not independent, and Fisher's or
    Stouffer's combination would count the same evidence again; the two combinations
    here hold under any dependence.

    Can say: at least a share of these networks has the effect (`p_share`), or all
    have it (`p_all`); new networks of this kind would gain this often
    (`positive_low` to `positive_high`). Cannot say that a bias which all networks
    share (of the data, the label's transform, the architecture) is not the cause.

    Parameters
    ----------
    tests : DataFrame
        Rows of the tests in `held_out`, with the columns in `by` merged in.
    by : sequence of str
        Columns that define the groups, say architecture; the test always is one.
    alpha : float
        Level at which a network counts as significant.
    share : float
        The partial conjunction tests "at least this share of networks".
    confidence : float
        Of the interval for the share of networks with a positive median.

    Returns
    -------
    DataFrame
        One row a group: n_networks, n_significant, n_holm (significant after Holm's
        correction), p_share, p_all (the largest p), positive (share of networks whose
        median is above zero) with an exact binomial interval, p_sign (two-sided sign
        test that positive and negative are equally frequent).

    Source
    ------
    Partial conjunction: Benjamini and Heller (2008), with Bonferroni's bound.
    """
    checks.number("alpha", alpha, at_least=0, at_most=1)
    checks.number("share", share, at_least=0, at_most=1)
    groups = ["test", *by]
    _has_columns(tests, (*groups, "p", "median"))
    corrected = adjust(tests, within=groups)
    rows = []
    for key, group in corrected.groupby(groups, sort=False):
        p = np.sort(group["p"].to_numpy())
        needed = max(1, int(np.ceil(share * len(p))))
        rows.append(
            dict(zip(groups, key, strict=True))
            | {
                "n_networks": len(p),
                "n_significant": int((p < alpha).sum()),
                "n_holm": int((group["p_holm"] < alpha).sum()),
                "p_share": min(1.0, (len(p) - needed + 1) * p[needed - 1]),
                "p_all": p[-1],
            }
            | _signs(group["median"].to_numpy(), confidence)
        )
    return pd.DataFrame(rows)


def _signs(medians: np.ndarray, confidence: float) -> dict:
    """Return the share of positive medians, zeros left out, with its sign test."""
    positive, n = int((medians > 0).sum()), int((medians != 0).sum())
    if not n:
        return dict.fromkeys(
            ("positive", "positive_low", "positive_high", "p_sign"), np.nan
        )
    low, high = exact_interval(positive, n, confidence)
    return {
        "positive": positive / n,
        "positive_low": low,
        "positive_high": high,
        "p_sign": stats.binomtest(positive, n).pvalue,
    }


def _has_columns(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise ValueError(f"tests must have the column {missing[0]!r}.")
