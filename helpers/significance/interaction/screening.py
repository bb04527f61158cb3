"""Which sets are tested when there are too many: the strongest on rows never tested."""

from collections.abc import Sequence
from itertools import product, zip_longest

import numpy as np
from scipy import stats


def product_scores(
    scores: np.ndarray,
    residual: np.ndarray,
    sets: Sequence[tuple[int, ...]],
    columns: Sequence[tuple[int, ...]],
) -> np.ndarray:
    """Return how far the products of each set go with a residual, (n_sets,).

    A network of many features learns the strongest pairs alone; products miss what is
    no product. Each sees what the other may not.

    Parameters
    ----------
    scores : array, shape (n, n_columns)
        Normal scores.
    residual : array, shape (n,)
        Of an additive fit.
    sets : sequence of tuple of int
        Numbers of features.
    columns : sequence of tuple of int
        Columns of each feature.

    Returns
    -------
    array
        Minus the logarithm of the smallest p of a product of one column of each
        feature, times the number of such products: features of many columns have no
        advantage.
    """
    found = np.zeros(len(sets))
    for number, members in enumerate(sets):
        products = list(product(*(columns[k] for k in members)))
        t = max(_t(residual, scores[:, own]) for own in products)
        found[number] = -stats.norm.logsf(t) - np.log(2 * len(products))
    return found


def _t(residual: np.ndarray, values: np.ndarray) -> float:
    """Return how many of its own errors the mean of a product is off zero."""
    u = residual * values.prod(1)
    size = np.sqrt(u @ u)
    return abs(u.sum()) / size if size > 0 else 0.0


def strongest(rankings: Sequence[np.ndarray], n: int) -> np.ndarray:
    """Return the n strongest, taken from several rankings in turn, in rising order.

    rankings : arrays, shape (n_sets,); larger is stronger
    """
    orders = [np.argsort(-values, kind="stable") for values in rankings]
    in_turn = dict.fromkeys(k for place in zip_longest(*orders) for k in place)
    return np.sort(np.fromiter(in_turn, int)[:n])
