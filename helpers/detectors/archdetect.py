"""Read interactions from the predictions of any model (ArchDetect).

Two features interact if what changing both does to the prediction is not the sum of
what changing each one does. The change is made between two rows of the data, each of
which also serves as the context of the other.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import (
    Interactions,
    column_names,
    rows_and_pairs,
)
from helpers.detectors.predictions import (
    Rounding,
    mixed_difference_of,
    prediction_function,
)


def archdetect(
    model: object,
    X: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    n_contexts: int = 200,
    block_rows: int = 20_000,
) -> Interactions:
    """Score pairs by the squared mixed difference of a model's predictions.

    For two rows x and x' the mixed difference of a pair compares the predictions
    with neither, one, the other and both features moved to the other row; its square
    is averaged over the contexts x and x' and over random pairs of rows. Several
    outputs are summed.

    Parameters
    ----------
    model : Module, estimator, Booster or callable
        Anything that `prediction_function` can ask.
    X : array_like, shape (n_samples, n_features)
        Rows that the model can be asked about, such as the test part.
    sets : sequence of pairs of int, optional
        Default all pairs.
    features : sequence of str, optional
        Default the columns of `X`, else x1, x2, ...
    seed : int
        Draws the pairs of rows.
    n_contexts : int
        Pairs of rows; costs 2 (1 + n_features + n_pairs) predictions each.
    block_rows : int
        Rows predicted at once, about; limits the memory.

    Returns
    -------
    Interactions
        Scores are mean squares, in squared units of the prediction; detail
        `standard_error` is that of the mean over the pairs of rows. A score is 0 if
        its root is at most `predictions.rounding` of the predictions.

    Differs from the paper
    ----------------------
    The squared difference is not divided by the squared distance between the two
    values of the features; and the pairs of rows are drawn at random, since no single
    row is to be explained.

    Source
    ------
    Tsang et al. (2020), where the method is called ArchDetect [tsang2020].

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import archdetect
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> model = lambda rows: rows[:, 0] * rows[:, 1] + rows[:, 2]
    >>> archdetect(model, X).to_frame().round(1)
       rank features  order  score  standard_error    detector
    0     1  x1 × x2      2    4.8             0.7  archdetect
    1     2  x1 × x3      2    0.0             0.0  archdetect
    2     3  x2 × x3      2    0.0             0.0  archdetect
    """
    columns = column_names(X)
    X, sets, features = rows_and_pairs(X, sets, features)
    n_contexts = checks.integer("n_contexts", n_contexts, at_least=2)
    block_rows = checks.integer("block_rows", block_rows, at_least=1)
    predict = Rounding(prediction_function(model, columns=columns))

    rng = np.random.default_rng(checks.integer("seed", seed, at_least=0))
    first = rng.integers(len(X), size=n_contexts)
    second = (first + rng.integers(1, len(X), size=n_contexts)) % len(X)
    there, back = X[first], X[second]  # (n_contexts, n_features)
    squares = 0.5 * (
        _squared_differences(predict, there, back, sets, block_rows)
        + _squared_differences(predict, back, there, sets, block_rows)
    )  # (n_contexts, n_sets)
    return Interactions(
        sets,
        predict.floored(squares.mean(axis=0), predict.size**2),
        features,
        "archdetect",
        {"seed": seed, "n_contexts": n_contexts},
        {"standard_error": squares.std(axis=0, ddof=1) / np.sqrt(n_contexts)},
    )


def _squared_differences(
    predict: Callable,
    contexts: np.ndarray,
    others: np.ndarray,
    sets: Sequence[tuple[int, int]],
    block_rows: int,
) -> np.ndarray:
    """Return [f_ij - f_i - f_j + f]², shape (n_contexts, n_sets)."""
    n_contexts = len(contexts)
    used = sorted({i for pair in sets for i in pair})
    place = {i: k for k, i in enumerate(used)}
    neither = _moved(predict, contexts, others, [()])
    at_once = max(1, block_rows // n_contexts)
    one = np.concatenate(
        [
            _moved(predict, contexts, others, [(i,) for i in used[k : k + at_once]])
            for k in range(0, len(used), at_once)
        ],
        axis=1,
    )
    squares = np.empty((n_contexts, len(sets)))
    for k in range(0, len(sets), at_once):
        block = sets[k : k + at_once]
        i, j = np.array([[place[a], place[b]] for a, b in block]).T
        both = _moved(predict, contexts, others, block)
        difference = mixed_difference_of(both, one[:, i], one[:, j], neither)
        squares[:, k : k + at_once] = (difference**2).sum(axis=-1)
    return squares


def _moved(
    predict: Callable,
    contexts: np.ndarray,
    others: np.ndarray,
    sets: Sequence[tuple[int, ...]],
) -> np.ndarray:
    """Predict each context with each set of features taken from the other row."""
    rows = np.repeat(contexts[:, None], len(sets), axis=1)
    for k, members in enumerate(sets):
        rows[:, k, list(members)] = others[:, list(members)]
    outputs = predict(rows.reshape(-1, rows.shape[-1]))
    return outputs.reshape(len(contexts), len(sets), -1)  # (contexts, sets, outputs)
