"""Which sets are tested when there are too many: the strongest on rows never tested."""

from collections.abc import Sequence
from itertools import product, zip_longest

import numpy as np


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
        The largest t, without its sign, of a product of one column of each feature.
    """
    found = np.zeros(len(sets))
    for number, members in enumerate(sets):
        for own in product(*(columns[k] for k in members)):
            u = residual * np.prod([scores[:, column] for column in own], axis=0)
            size = np.sqrt(u @ u)
            t = abs(u.sum()) / size if size > 0 else 0.0
            found[number] = max(found[number], t)
    return found


def strongest(rankings: Sequence[np.ndarray], n: int) -> np.ndarray:
    """Return the n strongest, taken from several rankings in turn, in rising order.

    rankings : arrays, shape (n_sets,); larger is stronger
    """
    orders = [np.argsort(-values, kind="stable") for values in rankings]
    in_turn = dict.fromkeys(k for place in zip_longest(*orders) for k in place)
    return np.sort(np.fromiter(in_turn, int)[:n])
