"""What a model says features do together, row by row."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, combinations

import numpy as np

#: Rows a model is asked about at once.
ROWS_AT_ONCE = 200_000
#: From so many columns on a network is asked about those that change alone; with ten
#: that saves nothing, for its other layers cost as much as the first. And values that
#: it returns at once.
WIDE, VALUES_AT_ONCE = 50, 10_000_000


def mixed_differences(
    predict: Callable[[np.ndarray], np.ndarray],
    X: np.ndarray,
    references: np.ndarray,
    sets: Sequence[tuple[int, ...]],
    columns: Sequence[tuple[int, ...]],
) -> np.ndarray:
    """Return h_S(x), the mean over references r of the mixed difference of f over S.

    Of a pair, h_ij(x) = mean of f(x) - f(x, i<-r) - f(x, j<-r) + f(x, i<-r, j<-r); of
    a larger set, the sum over its subsets T of (-1)^|T| f(x, T<-r). All rows have the
    same references, so that f - h_S is a sum of functions that each ignore a feature
    of S: it has no interaction of S at all. With references drawn anew for each row
    the noise of h would stand in the direction and in the residual.

    Parameters
    ----------
    predict : function from rows (m, n_columns) to values (m,)
    X : array, shape (n, n_columns)
    references : array, shape (n_references, n_columns)
    sets : sequence of tuple of int
        Numbers of features, sets of one size.
    columns : sequence of tuple of int
        Columns of each feature.

    Returns
    -------
    array, shape (n, n_sets)
    """
    subsets = [_subsets(members) for members in sets]
    changes = sorted(set(chain.from_iterable(subsets)), key=lambda t: (len(t), t))
    place = {change: number for number, change in enumerate(changes)}
    terms = np.array([[place[t] for t in own] for own in subsets]).T
    signs = [(-1) ** len(t) for t in subsets[0]]
    moved = [[c for k in change for c in columns[k]] for change in changes]
    total = np.zeros((len(X), len(sets)))
    ask = getattr(predict, "moved", None) if X.shape[1] >= WIDE else None
    at_once = ROWS_AT_ONCE if ask is None else VALUES_AT_ONCE
    ask = ask or partial(_asked_whole, predict)
    width = max(1, at_once // len(changes))
    for start in range(0, len(X), width):
        rows = X[start : start + width]
        here = total[start : start + width]
        for reference in references:
            values = ask(rows, reference, moved)
            here += sum(
                sign * values[term] for sign, term in zip(signs, terms, strict=True)
            ).T
        here += len(references) * predict(rows)[:, None]
    return total / len(references)


def _asked_whole(
    predict: Callable[[np.ndarray], np.ndarray],
    rows: np.ndarray,
    reference: np.ndarray,
    changes: Sequence[Sequence[int]],
) -> np.ndarray:
    """Return predictions with some columns taken from a reference, (n_changes, n)."""
    asked = np.repeat(rows[None], len(changes), axis=0)
    for k, own in enumerate(changes):
        asked[k][:, own] = reference[own]
    values = predict(asked.reshape(-1, rows.shape[1]))
    return values.reshape(len(changes), len(rows))


def _subsets(members: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return all subsets but the empty one, the largest first."""
    sizes = range(len(members), 0, -1)
    return [subset for size in sizes for subset in combinations(members, size)]
