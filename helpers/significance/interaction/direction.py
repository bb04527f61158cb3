"""What a model says two features do together, row by row."""

from collections.abc import Callable, Sequence

import numpy as np

from helpers.detectors.predictions import mixed_difference_of

#: Rows a model is asked about at once.
ROWS_AT_ONCE = 200_000


def mixed_differences(
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    references: np.ndarray,
    pairs: Sequence[tuple[int, int]],
    columns: Sequence[tuple[int, ...]],
) -> np.ndarray:
    """Return h_ij(x), the mean over references r of the mixed difference of f.

    h_ij(x) = mean of f(x) - f(x, i<-r) - f(x, j<-r) + f(x, i<-r, j<-r). All rows have
    the same references, so that f - h_ij is the mean of three functions that each
    ignore i or j: it has no i-j interaction at all. With references drawn anew for
    each row the noise of h would stand in the direction and in the residual.

    Parameters
    ----------
    predict : function from rows (m, n_columns) to values (m,)
    X : array, shape (n, n_columns)
    references : array, shape (n_references, n_columns)
    pairs : sequence of (int, int)
        Numbers of features.
    columns : sequence of tuple of int
        Columns of each feature.

    Returns
    -------
    array, shape (n, n_pairs)
    """
    used = sorted({k for pair in pairs for k in pair})
    place = {k: number for number, k in enumerate(used)}
    first, second = (np.array([place[pair[s]] for pair in pairs]) for s in (0, 1))
    changes = [(k,) for k in used] + [tuple(pair) for pair in pairs]
    moved = [[c for k in change for c in columns[k]] for change in changes]
    both = slice(len(used), None)
    total = np.zeros((len(X), len(pairs)))
    width = max(1, ROWS_AT_ONCE // len(changes))
    for start in range(0, len(X), width):
        rows = X[start : start + width]
        here = total[start : start + width]
        for reference in references:
            asked = np.repeat(rows[None], len(changes), axis=0)
            for k, own in enumerate(moved):
                asked[k][:, own] = reference[own]
            values = predict(asked.reshape(-1, X.shape[1]))
            values = values.reshape(len(changes), len(rows))
            here += mixed_difference_of(
                values[both], values[first], values[second], 0
            ).T
        here += len(references) * predict(rows)[:, None]
    return total / len(references)
