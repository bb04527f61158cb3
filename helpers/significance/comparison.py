"""Is one kind of network better than another? Areas under the curve, compared.

What varies when one asks this again decides what a unit is. A network trained anew
comes out better or worse in all cell types at once: the same weights serve all of them.
So cell types of one training are not repetitions, trainings are.
"""

from collections.abc import Sequence
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from helpers import checks

COLUMNS = {
    "test": "name of the test",
    "n": "units of each network: cell types, or trainings",
    "statistic": "the test's own statistic",
    "p": "one-sided: small means that the first is better",
    "p_smallest": "the smallest p-value that so many units can give",
    "mean": "mean of the first minus mean of the second",
    "low": "lower end of the confidence interval of this difference",
    "high": "upper end",
}
MOST_ARRANGEMENTS = 5_000_000  # a few seconds; 12 trainings against 12 are 2.7 million


def cell_type_test(
    aucs_a: ArrayLike, aucs_b: ArrayLike, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Test whether one training beats another in more cell types than chance would.

    One-sided Wilcoxon signed-rank test of the differences, a cell type each: zeros
    dropped, normal approximation, no continuity correction. This is the thesis's test.

    Can say: *these two trained networks* differ on these cell types by more than
    independent noise in each. Cannot say that the kind of network is better: one
    training of each kind has no repetition, and whatever moves all cell types of a
    network together (its initial weights, the batch order, when it stopped) counts
    here as many times as there are cell types. Two trainings of the *same* network
    often differ by it far below 0.05, in either direction. With all of 164 differences
    positive p is 5.8e-29, however small they are.

    Parameters
    ----------
    aucs_a, aucs_b : array, shape (n_cells,)
        Of one training each; the same cell types in the same order.
    confidence : float
        Of the interval (Student's, over cell types): too narrow for the same reason.

    Returns
    -------
    DataFrame
        One row with the columns of `COLUMNS`.

    Raises
    ------
    ValueError
        If there are fewer than 6 cell types or lengths differ.

    Source
    ------
    van den Bogaard, section 5.3; Wilcoxon (1945).
    """
    a = _areas("aucs_a", checks.vector("aucs_a", aucs_a))
    b = _areas("aucs_b", checks.vector("aucs_b", aucs_b, length=len(a)))
    if len(a) < 6:
        raise ValueError(f"aucs_a must have at least 6 cell types; got {len(a)}.")
    change = a - b
    statistic, p = 0.0, 1.0  # what all zeros give: nothing to rank
    if change.any():
        statistic, p = _signed_ranks(change)
    error = change.std(ddof=1) / np.sqrt(len(change))
    smallest = _signed_ranks(np.arange(1.0, len(a) + 1))[1]
    return _row(
        "cell types", len(a), statistic, p, smallest, change.mean(), error,
        len(a) - 1, confidence,
    )  # fmt: skip


def training_test(
    aucs_a: ArrayLike,
    aucs_b: ArrayLike,
    *,
    folds: ArrayLike | None = None,
    method: str = "exact",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Test whether one kind of network beats another, with one number a training.

    The number is the mean over cell types, if there are several, so that cell types may
    depend on each other as they like. Method exact: if both kinds were equal, any
    training could as well be of the other kind; p is the share of all ways to deal
    them out whose difference of means is at least the one seen. Method welch: the
    t-test for unequal variances.

    Can say: training this kind of network again, on these data, will on average be
    better. Cannot say it of other data: the trainings share theirs. Few trainings give
    large p-values, whatever the difference: read `p_smallest`.

    Parameters
    ----------
    aucs_a, aucs_b : array, shape (n_trainings,) or (n_trainings, n_cells)
        Of independent trainings: each with initial weights and batches of its own.
    folds : sequence of int, shape (n_trainings,), optional
        The test fold of each training, the same for both kinds, where folds differ in
        difficulty: trainings are then dealt out, or compared, within each fold.
    method : {"exact", "welch"}
    confidence : float
        Of the interval, which is Welch's (within folds) with either method.

    Returns
    -------
    DataFrame
        One row with the columns of `COLUMNS`; n counts the trainings of the first.

    Raises
    ------
    ValueError
        If a kind has fewer than two trainings (in some fold), shapes or cell types
        differ, or there are too many arrangements for the exact method.

    Source
    ------
    Fisher (1935) for the permutation; Welch (1947).
    """
    checks.one_of("method", method, ("exact", "welch"))
    a, b = _trainings(aucs_a, aucs_b)
    if folds is None:
        groups = [(a, b)]
    else:
        of_a = np.asarray(folds)
        if of_a.shape != a.shape or a.shape != b.shape:
            raise ValueError(
                f"folds must have a number for each training of both kinds; got "
                f"{of_a.shape} for {len(a)} and {len(b)}."
            )
        groups = [(a[of_a == fold], b[of_a == fold]) for fold in np.unique(of_a)]
    if min(len(one) for group in groups for one in group) < 2:
        raise ValueError("aucs_a and aucs_b must hold two trainings each, in any fold.")
    mean = float(np.mean([x.mean() - y.mean() for x, y in groups]))
    error, freedom = _welch(groups)
    if method == "welch":
        statistic = mean / error if error else np.copysign(np.inf, mean) if mean else 0
        p, smallest = stats.t.sf(statistic, freedom), 0.0
    else:
        statistic = mean
        p, smallest = _dealt_out(groups, mean)
    name = f"trainings, {method}"
    return _row(name, len(a), statistic, p, smallest, mean, error, freedom, confidence)


def _signed_ranks(change: np.ndarray) -> tuple[float, float]:
    return stats.wilcoxon(
        change,
        alternative="greater",
        zero_method="wilcox",
        correction=False,
        method="asymptotic",
    )


def _dealt_out(
    groups: Sequence[tuple[np.ndarray, np.ndarray]], mean: float
) -> tuple[float, float]:
    """Return p-value and smallest possible one over all ways to deal trainings out."""
    n_ways = 1
    for x, y in groups:
        n_ways *= comb(len(x) + len(y), len(x))
    if n_ways > MOST_ARRANGEMENTS:
        raise ValueError(
            f"method must be welch: there are {n_ways:.1e} ways to deal out so many "
            "trainings."
        )
    total = np.zeros(1)
    for x, y in groups:
        values = np.concatenate([x, y])
        first = np.array(list(combinations(range(len(values)), len(x))))
        of_first = values[first].mean(axis=1)
        of_second = (values.sum() - len(x) * of_first) / len(y)
        total = np.add.outer(total, of_first - of_second).ravel()
    at_least = total / len(groups) >= mean - 1e-12  # rounding is no difference
    return float(at_least.mean()), 1 / n_ways


def _welch(groups: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """Return standard error and degrees of freedom of the mean difference."""
    parts, freedoms = [], []
    for one in (one for group in groups for one in group):
        parts.append(one.var(ddof=1) / len(one) / len(groups) ** 2)
        freedoms.append(len(one) - 1)
    parts, freedoms = np.array(parts), np.array(freedoms)
    spread = parts.sum()
    if not spread:
        return 0.0, float(freedoms.sum())
    return float(np.sqrt(spread)), float(spread**2 / (parts**2 / freedoms).sum())


def _row(  # the columns of a row
    test: str,
    n: int,
    statistic: float,
    p: float,
    smallest: float,
    mean: float,
    error: float,
    freedom: float,
    confidence: float,
) -> pd.DataFrame:
    confidence = checks.number("confidence", confidence, at_least=0.5, at_most=0.9999)
    half = stats.t.ppf((1 + confidence) / 2, freedom) * error
    values = (test, n, statistic, p, smallest, mean, mean - half, mean + half)
    return pd.DataFrame([values], columns=list(COLUMNS))


def _trainings(aucs_a: ArrayLike, aucs_b: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return one number a training of both kinds."""
    both = []
    for name, values in (("aucs_a", aucs_a), ("aucs_b", aucs_b)):
        array = _areas(name, checks.finite(name, values))
        if array.ndim not in (1, 2):
            raise ValueError(
                f"{name} must have a row a training, and a column a cell type at "
                f"most; got {array.ndim} axes."
            )
        both.append(array)
    if both[0].shape[1:] != both[1].shape[1:]:
        raise ValueError(
            "aucs_a and aucs_b must have the same cell types; got shapes "
            f"{both[0].shape} and {both[1].shape}."
        )
    a, b = (array.reshape(len(array), -1).mean(axis=1) for array in both)
    return a, b


def _areas(name: str, values: np.ndarray) -> np.ndarray:
    if not values.size or values.min() < 0 or values.max() > 1:
        raise ValueError(f"{name} must be areas between 0 and 1, at least one.")
    return values
