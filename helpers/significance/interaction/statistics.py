"""From residuals and directions to z-values, intervals and corrected p-values."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

#: Two-sided level of the intervals: 1 - this.
LEVEL = 0.05


@dataclass(frozen=True)
class Scores:
    """One product a row and pair whose mean is zero without interaction.

    Attributes
    ----------
    products : array, shape (n_tested, n_pairs)
        Cleared residual times cleared direction.
    corrected : array, shape (n_tested, n_pairs)
        The same with residuals as large as they would be had the row taken no part in
        clearing (HC3).
    direction, weight : arrays, shape (n_tested, n_pairs) and (n_tested,)
    surviving : array, shape (n_pairs,)
        Share of the direction's variance that clearing leaves.
    """

    products: np.ndarray
    corrected: np.ndarray
    direction: np.ndarray
    weight: np.ndarray
    surviving: np.ndarray


def clear_both(residual, direction, weight, common, own) -> tuple[np.ndarray, ...]:
    """Take functions out of residual and direction, on the test rows themselves.

    Parameters
    ----------
    residual, direction : array, shape (n, n_pairs)
        Residuals are on the scale of y.
    weight : array, shape (n,)
    common : array, shape (n, n_common)
        Functions for every pair, with a constant.
    own : array, shape (n, n_pairs, n_own)
        Further functions of each pair, which its null hypothesis allows.

    Returns
    -------
    residual, direction : arrays, shape (n, n_pairs)
    leverage : array, shape (n, n_pairs)
        Of all functions and the direction together.
    """
    root = np.sqrt(weight)[:, None]
    shared = _orthonormal(root * common)
    residuals, directions, leverages = [], [], []
    for k in range(direction.shape[1]):
        extra = root * own[:, k]
        extra = _orthonormal(extra - shared @ (shared.T @ extra))
        base = np.hstack([shared, extra])
        e, d = residual[:, k] / root[:, 0], direction[:, k] * root[:, 0]
        e, d = e - base @ (base.T @ e), d - base @ (base.T @ d)
        size = d @ d
        leverage = (base**2).sum(1) + (d**2 / size if size > 0 else 0)
        residuals.append(e * root[:, 0])
        directions.append(d / root[:, 0])
        leverages.append(leverage)
    return tuple(np.stack(v, 1) for v in (residuals, directions, leverages))


def _orthonormal(columns: np.ndarray) -> np.ndarray:
    """Return an orthonormal basis of the columns; those of no length are left out."""
    lengths = np.sqrt((columns**2).sum(0))
    columns = columns[:, lengths > 0] / lengths[lengths > 0]
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, size > 1e-6]


def summed(products: np.ndarray, clusters: np.ndarray | None) -> np.ndarray:
    """Return the sums of rows of a cluster, (n_clusters, n_pairs)."""
    if clusters is None:
        return products
    numbers = np.unique(clusters, return_inverse=True)[1]
    totals = np.zeros((numbers.max() + 1, products.shape[1]))
    np.add.at(totals, numbers, products)
    return totals


def z_values(products, corrected, clusters=None) -> tuple[np.ndarray, np.ndarray]:
    """Return z and its standard error in units of the sum, (n_pairs,)."""
    error = np.sqrt((summed(corrected, clusters) ** 2).sum(0))
    total = products.sum(0)
    return np.divide(total, error, out=np.zeros_like(total), where=error > 0), error


def holm(p: np.ndarray, n_hypotheses: int | None = None) -> np.ndarray:
    """Return Holm's corrected p-values; NaN counts as 1 and stays NaN.

    n_hypotheses : with more hypotheses than values, the others have p = 1

    Source
    ------
    Holm (1979).
    """
    n_hypotheses = len(p) if n_hypotheses is None else n_hypotheses
    filled = np.where(np.isnan(p), 1.0, p)
    order = np.argsort(filled, kind="stable")
    steps = filled[order] * (n_hypotheses - np.arange(len(p)))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return np.where(np.isnan(p), np.nan, corrected)


def benjamini_hochberg(p: np.ndarray, n_hypotheses: int | None = None) -> np.ndarray:
    """Return the smallest false discovery rate that calls each, as for `holm`.

    Source
    ------
    Benjamini and Hochberg (1995).
    """
    more = (len(p) if n_hypotheses is None else n_hypotheses) - len(p)
    filled = np.concatenate([np.where(np.isnan(p), 1.0, p), np.ones(more)])
    corrected = stats.false_discovery_control(filled)[: len(p)]
    return np.where(np.isnan(p), np.nan, corrected)


def max_t(products, z, clusters, n_draws: int, seed: int) -> np.ndarray:
    """Return p-values of the largest z by the multiplier bootstrap, stepping down.

    Each draw gives every row (or cluster) a random sign; the largest of the
    resulting z-values of a pair and all pairs below it is what its own is compared to.

    Source
    ------
    Chernozhukov, Chetverikov and Kato (2013); Romano and Wolf (2005) for the steps.
    """
    units = summed(products, clusters)
    units = units / np.maximum(np.sqrt((units**2).sum(0)), 1e-300)
    rng = np.random.default_rng(seed)
    order = np.argsort(-z, kind="stable")
    above = np.zeros(len(z))
    for start in range(0, n_draws, 500):
        n = min(500, n_draws - start)
        signs = rng.integers(0, 2, (n, len(units))) * 2.0 - 1
        drawn = (signs @ units)[:, order]
        largest = np.maximum.accumulate(drawn[:, ::-1], axis=1)[:, ::-1]
        above += (largest >= z[order]).sum(0)
    p = np.empty(len(z))
    p[order] = np.maximum.accumulate((1 + above) / (1 + n_draws))
    return p
