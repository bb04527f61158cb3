"""How often a test rejects: its false-positive rate, or its power."""

from collections.abc import Sequence

import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from helpers import checks


def rejection_rates(
    p_values: ArrayLike,
    *,
    alpha: Sequence[float] = (0.01, 0.05, 0.1),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return how often a test rejects at each level, with an exact interval.

    Where the null holds, a calibrated test rejects a share of `alpha`; a larger share
    means false positives, a smaller one lost power. Where it does not hold, the share
    is the power.

    Parameters
    ----------
    p_values : array, shape (n,)
        Of independent repetitions: new data and new networks for each.

    Returns
    -------
    DataFrame
        One row a level: alpha, n, rejected (share), rejected_low, rejected_high.
    """
    p_values = checks.vector("p_values", p_values)
    if not len(p_values) or p_values.min() < 0 or p_values.max() > 1:
        raise ValueError("p_values must be one or more numbers from 0 to 1.")
    rows = []
    for level in alpha:
        rejected = int((p_values < level).sum())
        low, high = exact_interval(rejected, len(p_values), confidence)
        rows.append(
            {
                "alpha": level,
                "n": len(p_values),
                "rejected": rejected / len(p_values),
                "rejected_low": low,
                "rejected_high": high,
            }
        )
    return pd.DataFrame(rows)


def exact_interval(
    successes: int, n: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the exact binomial interval of a share of `n`.

    Source
    ------
    Clopper and Pearson (1934).
    """
    confidence = checks.number("confidence", confidence, at_least=0.5, at_most=0.9999)
    interval = stats.binomtest(int(successes), int(n)).proportion_ci(
        confidence, method="exact"
    )
    return interval.low, interval.high
