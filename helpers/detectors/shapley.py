"""Shapley interaction scores: how much two features do together beyond apart.

The value of a coalition S for a person is the model's output with the features in S at
the person's values and all others at the baseline. Every index averages the second
difference of a pair over the coalitions T of the others,

    d_ij(T) = v(T + i + j) - v(T + i) - v(T + j) + v(T),

and differs from the others in the weights alone. Up to about 15 features all 2^M
coalitions are evaluated once, and one constant matrix turns their values into the
scores of all pairs and people; beyond, random orders of the features give estimates
with a standard error.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import comb

import numpy as np
from numpy.typing import ArrayLike
from torch import nn

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import (
    Interactions,
    all_pairs,
    column_names,
    feature_names,
)
from helpers.detectors.predictions import (
    Rounding,
    mixed_difference_of,
    network_function,
    prediction_function,
    single_output,
)

INDICES = ("taylor", "banzhaf", "shapley")
MAX_EXACT = 15  # features; 2^15 coalitions and 105 pairs
_VALUES_AT_ONCE = 2**13  # rows given to the model in one call: stays in the cache


def shapley_pairs(
    model: object,
    X: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    index: str = "taylor",
    n_orders: int | None = None,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
) -> Interactions:
    """Score pairs by the mean absolute interaction index over people and models.

    Parameters
    ----------
    model : callable, network, estimator, Booster, or sequence of them
        Anything that `prediction_function` can ask for one value a row; of a torch
        module with `genes` and `head` the gene nodes are the features. Of several, the
        mean score.
    X : array, shape (n_people, n_columns)
        What the model reads, of the people to average over: for gene networks allele
        counts, else the features themselves.
    baseline : array, shape (n_features,) or (n_people, n_columns), optional
        Values of the features outside a coalition; or people, like X, whose mean
        feature values are taken (the training people, say). By default those of X,
        which must then differ: a person is no baseline for itself.
    index : {"taylor", "banzhaf", "shapley"}
        Shapley-Taylor of order 2, Banzhaf, or the Shapley interaction index of
        Grabisch and Roubens.
    n_orders : int, optional
        Estimate from that many random orders of the features, for each model; by
        default exact, which takes at most 15 features.
    sets : sequence of pairs, optional
        Pairs to score; by default all.
    features : sequence of str, optional
    seed : int
        Of the random orders.

    Returns
    -------
    Interactions
        In the unit of the model's output; what is at most `predictions.rounding` of
        the outputs is 0. Details are `standard_error`, that of each score from the
        random orders (0 if exact), and, of a sequence of models, `by_model`, the
        scores of each, (n_pairs, n_models).

    Raises
    ------
    ValueError
        If exact scores are asked of too many features, all people are alike and there
        is no baseline, or the baseline, an index or a set cannot be used.

    Notes
    -----
    The mean over coalitions comes first, its absolute value after: a pair whose
    second differences change sign from one coalition to another scores low. With
    random orders the absolute value is biased upwards, by less than the standard
    error of one person's score.

    Differs from the published code: exact instead of 10 orders; people and baseline
    are the caller's choice instead of the 200 most extreme predictions.

    Source
    ------
    Cui et al. (2022), equations 8-12 [cui2022]; Sundararajan, Dhamdhere and Agarwal
    (2020), The Shapley Taylor interaction index, ICML; Grabisch and Roubens (1999),
    International Journal of Game Theory 28:547.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import shapley_pairs
    >>> X = np.random.default_rng(0).normal(size=(100, 3))
    >>> model = lambda rows: rows[:, 0] * rows[:, 1] + rows[:, 2]
    >>> shapley_pairs(model, X).to_frame()[["features", "score"]].round(2)
      features  score
    0  x1 × x2   0.65
    1  x1 × x3   0.00
    2  x2 × x3   0.00
    """
    index = checks.one_of("index", index, INDICES)
    seed = checks.integer("seed", seed, at_least=0)
    if n_orders is not None:
        n_orders = checks.integer("n_orders", n_orders, at_least=2)
    models = list(model) if isinstance(model, Sequence) else [model]
    if not models:
        raise ValueError("model must name at least one model; got none.")
    scores, errors = [], []
    for number, one in enumerate(models):
        predict, values, reference, names = _game(one, X, baseline, n_orders)
        n_features = values.shape[1]
        if n_orders is None:
            pairs = _exact(predict, values, reference, index)
            error = np.zeros(len(pairs))
        else:
            draw = np.random.default_rng([seed, number])
            pairs, error = _sampled(predict, values, reference, index, n_orders, draw)
        scores.append(predict.floored(pairs))
        errors.append(error)
    pairs = all_pairs(n_features)
    chosen = pairs if sets is None else checks.feature_sets("sets", sets, n_features)
    if any(len(members) != 2 for members in chosen):
        raise ValueError("sets must hold pairs only.")
    at = [pairs.index(pair) for pair in chosen]
    by_model = np.array(scores)[:, at]
    errors = np.array(errors)[:, at]
    details = {"by_model": by_model.T} if isinstance(model, Sequence) else {}
    # models draw their orders independently
    details["standard_error"] = np.sqrt((errors**2).sum(axis=0)) / len(models)
    return Interactions(
        chosen,
        by_model.mean(axis=0),
        feature_names(values, names if features is None else features),
        "shapley_pairs",
        {
            "index": index,
            "n_orders": n_orders,
            "n_people": len(values),
            "n_models": len(models),
            "seed": seed,
        },
        details,
    )


@cache
def coalition_weights(n_features: int, index: str = "taylor") -> np.ndarray:
    """Return the matrix that turns the values of all coalitions into pair scores.

    Coalition S is row S of ``coalitions``: bit i of S says whether feature i is in it.
    The weight of S for pair (i, j) is `w(|S| - k)`, times -1 if k = 1, where k of the
    two are in S and w(t) the weight of a coalition of t others.

    Returns
    -------
    array, shape (n_pairs, 2 ** n_features); not to be written to.
    """
    n_features = checks.integer("n_features", n_features, at_least=2, at_most=MAX_EXACT)
    w = size_weights(n_features, checks.one_of("index", index, INDICES))
    member = coalitions(n_features)
    size = member.sum(axis=1)
    rows = []
    for i, j in all_pairs(n_features):
        inside = member[:, i].astype(int) + member[:, j]
        rows.append(np.where(inside == 1, -1, 1) * w[size - inside])
    weights = np.array(rows)
    weights.flags.writeable = False
    return weights


def coalitions(n_features: int) -> np.ndarray:
    """Return all coalitions, bool (2 ** n_features, n_features); row S = bits of S."""
    numbers = np.arange(2**n_features)[:, None]
    return (numbers >> np.arange(n_features) & 1).astype(bool)


def size_weights(n_features: int, index: str) -> np.ndarray:
    """Return w(t), t = 0 .. n_features - 2: the weight of one coalition of t others."""
    m = n_features
    if index == "taylor":
        return np.array([2 / m / comb(m - 1, t) for t in range(m - 1)])
    if index == "banzhaf":
        return np.full(m - 1, 0.5 ** (m - 2))
    return np.array([1 / (m - 1) / comb(m - 2, t) for t in range(m - 1)])


def coalition_values(
    predict: Callable, values: np.ndarray, baseline: np.ndarray
) -> np.ndarray:
    """Return the model's output for every coalition, (2 ** n_features, n_people).

    Parameters
    ----------
    predict : callable
        Array (n_rows, n_features) -> (n_rows,).
    values : array, shape (n_people, n_features)
    baseline : array, shape (n_features,)
    """
    n_people, n_features = values.shape
    member = coalitions(n_features)
    out = np.empty((len(member), n_people), dtype=np.float64)
    step = max(1, _VALUES_AT_ONCE // n_people)
    for start in range(0, len(member), step):
        rows = np.where(member[start : start + step, None], values, baseline)
        out[start : start + step] = _call(predict, rows)
    return out


def _exact(
    predict: Callable, values: np.ndarray, baseline: np.ndarray, index: str
) -> np.ndarray:
    outputs = coalition_values(predict, values, baseline)
    person_scores = coalition_weights(values.shape[1], index) @ outputs
    return np.abs(person_scores).mean(axis=1)


def _sampled(
    predict: Callable,
    values: np.ndarray,
    baseline: np.ndarray,
    index: str,
    n_orders: int,
    draw: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and standard errors of all pairs from random orders.

    In a random order the features before the first of a pair are a coalition drawn
    with the Shapley-Taylor weights; the other indices weigh it by its size. One order
    serves all pairs: with P_a the first a features, it takes v(P_a) and v(P_a + j) for
    every a and every later j, about one evaluation a pair instead of four.
    """
    n_people, n_features = values.shape
    of_pair = {pair: row for row, pair in enumerate(all_pairs(n_features))}
    ratio = size_weights(n_features, index) / size_weights(n_features, "taylor")
    samples = np.empty((n_orders, len(of_pair), n_people))
    for r in range(n_orders):
        order = draw.permutation(n_features)
        # grown[a][b]: the first a features, and feature order[b] (b >= a)
        sizes = [n_features - a for a in range(n_features)]
        rows = np.concatenate(
            [_with_each(order, a, n_features) for a in range(n_features)]
        )
        out = _in_blocks(predict, rows, values, baseline)
        grown = np.split(out, np.cumsum(sizes)[:-1])
        empty = _in_blocks(predict, np.zeros((1, n_features), bool), values, baseline)
        prefix = [empty[0]] + [block[0] for block in grown]  # v(P_0), v(P_1), ...
        for a in range(n_features - 1):
            second = mixed_difference_of(
                grown[a + 1], prefix[a + 1], grown[a][1:], prefix[a]
            )
            first = order[a]
            at = [of_pair[min(first, j), max(first, j)] for j in order[a + 1 :]]
            samples[r, at] = ratio[a] * second
    scores = np.abs(samples.mean(axis=0)).mean(axis=1)
    # Jackknife over orders: the score is no mean of the orders' scores.
    total = samples.sum(axis=0)
    left_out = [np.abs(total - one).mean(axis=1) / (n_orders - 1) for one in samples]
    spread = np.var(left_out, axis=0) * (n_orders - 1)
    return scores, np.sqrt(spread)


def _with_each(order: np.ndarray, a: int, n_features: int) -> np.ndarray:
    """Return the coalitions of order[:a] and each one of order[a:]."""
    rows = np.zeros((n_features - a, n_features), dtype=bool)
    rows[:, order[:a]] = True
    rows[np.arange(n_features - a), order[a:]] = True
    return rows


def _in_blocks(
    predict: Callable, member: np.ndarray, values: np.ndarray, baseline: np.ndarray
) -> np.ndarray:
    step = max(1, _VALUES_AT_ONCE // len(values))
    return np.concatenate(
        [
            _call(predict, np.where(member[i : i + step, None], values, baseline))
            for i in range(0, len(member), step)
        ]
    )


def _call(predict: Callable, rows: np.ndarray) -> np.ndarray:
    """Return the model's output for rows (n_coalitions, n_people, n_features)."""
    return predict(rows.reshape(-1, rows.shape[-1])).reshape(rows.shape[:2])


def _game(
    model: object, X: ArrayLike, baseline: ArrayLike | None, n_orders: int | None
) -> tuple[Rounding, np.ndarray, np.ndarray, Sequence[str] | None]:
    """Return the function of features, people's features, the baseline, and names."""
    columns = column_names(X)
    X = checks.matrix("X", X, min_columns=2)
    features, asked = (lambda x: x), model
    if isinstance(model, nn.Module) and hasattr(model, "genes"):
        features = network_function(model, model.genes)  # type: ignore[arg-type]  # a module
        asked, columns = network_function(model, model.head), None  # type: ignore[arg-type]  # so
    predict = Rounding(single_output(prediction_function(asked, columns=columns)))
    values = features(X)
    _check_size(values.shape[1], n_orders)
    if baseline is None:
        if (values == values[0]).all():
            raise ValueError(
                f"baseline must be given if all people are alike; X has {len(X)} equal "
                "rows."
            )
        return predict, values, values.mean(axis=0), columns
    baseline = np.asarray(baseline)
    if baseline.ndim == 2:
        people = checks.matrix("baseline", baseline)
        if people.shape[1] != X.shape[1]:
            raise ValueError(
                f"baseline must have {X.shape[1]} columns like X; "
                f"got {people.shape[1]}."
            )
        return predict, values, features(people).mean(axis=0), columns
    reference = checks.vector("baseline", baseline, length=values.shape[1])
    return predict, values, reference, columns


def _check_size(n_features: int, n_orders: int | None) -> None:
    if n_features < 2:
        raise ValueError(f"model must have at least 2 features; got {n_features}.")
    if n_orders is None and n_features > MAX_EXACT:
        raise ValueError(
            f"exact scores need at most {MAX_EXACT} features; got {n_features}: "
            "set n_orders to sample."
        )
