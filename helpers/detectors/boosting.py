"""Read interactions from boosted trees: SHAP interaction values, and the H statistic.

Fit the trees once and hand them to both readers.
"""

from functools import partial

import numpy as np
import xgboost

from helpers import checks
from helpers.detectors.interactions import (
    Interactions,
    data_and_pairs,
    rows_and_pairs,
)
from helpers.detectors.predictions import prediction_function

OBJECTIVES = {"mse": "reg:squarederror", "cross-entropy": "binary:logistic"}


def fit_trees(
    X,
    y,
    *,
    loss: str = "mse",
    n_trees: int = 300,
    max_depth: int = 4,
    learning_rate: float = 0.15,
    subsample: float = 0.8,
    feature_fraction: float = 0.8,
    seed: int = 0,
    n_threads: int = 1,
) -> xgboost.Booster:
    """Fit boosted regression trees.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
    y : array_like, shape (n_samples,)
        0 or 1 for "cross-entropy".
    loss : {"mse", "cross-entropy"}
    n_trees, max_depth, learning_rate
        As in every boosting package; `max_depth` bounds the order of interaction
        that one tree can hold.
    subsample, feature_fraction : float
        Share of the rows and of the features that each tree sees.
    seed : int
    n_threads : int
    """
    X, y, _, _ = data_and_pairs(X, y)
    checks.one_of("loss", loss, tuple(OBJECTIVES))
    if loss == "cross-entropy" and not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must be 0 or 1 for cross-entropy; got {y.max()}.")
    settings = {
        "objective": OBJECTIVES[loss],
        "max_depth": checks.integer("max_depth", max_depth, at_least=1),
        "eta": checks.number("learning_rate", learning_rate, at_least=0),
        "subsample": _fraction("subsample", subsample),
        "colsample_bytree": _fraction("feature_fraction", feature_fraction),
        "seed": checks.integer("seed", seed, at_least=0),
        "nthread": checks.integer("n_threads", n_threads, at_least=1),
    }
    n_trees = checks.integer("n_trees", n_trees, at_least=1)
    data = xgboost.DMatrix(X, y, nthread=n_threads)
    return xgboost.train(settings, data, num_boost_round=n_trees)


def shap_interactions(
    booster: xgboost.Booster,
    X,
    *,
    sets=None,
    features=None,
    seed: int = 0,
    n_rows: int = 100,
) -> Interactions:
    """Score pairs by the mean absolute SHAP interaction value of boosted trees.

    Parameters
    ----------
    booster : Booster
        See `fit_trees`; one output.
    X : array_like, shape (n_samples, n_features)
        Rows to explain, such as the test part.
    sets : sequence of pairs of int, optional
        Default all pairs.
    features : sequence of str, optional
        Default the columns of `X`, else x1, x2, ...
    seed : int
        Draws the rows.
    n_rows : int
        Rows explained; the cost per row grows steeply with depth.

    Returns
    -------
    Interactions
        Scores are means of the pair's whole value (both halves of the symmetric
        matrix), in units of the prediction; of the log odds for "cross-entropy".

    Source
    ------
    Lundberg et al. (2020), as xgboost computes them [lundberg2020].
    """
    X, sets, features = rows_and_pairs(X, sets, features)
    _fitting(booster, X)
    rows = _draw(X, n_rows, seed)
    data = xgboost.DMatrix(rows, nthread=1)
    values = booster.predict(data, pred_interactions=True)  # (n_rows, p + 1, p + 1)
    if values.ndim != 3:
        raise ValueError("booster must have one output; got several.")
    strengths = 2 * np.abs(values.astype(np.float64)).mean(axis=0)
    scores = np.array([strengths[i, j] for i, j in sets])
    settings = {"seed": seed, "n_rows": n_rows}
    return Interactions(sets, scores, features, "shap_interactions", settings)


def h_statistic(
    model,
    X,
    *,
    sets=None,
    features=None,
    seed: int = 0,
    n_rows: int = 50,
    normalised: bool = True,
    block_rows: int = 100_000,
) -> Interactions:
    """Score pairs by Friedman and Popescu's H statistic of any model.

    How far the partial dependence on both features is from the sum of the partial
    dependences on each, over the rows.

    Parameters
    ----------
    model : Booster, Module or callable
        Boosted trees (`fit_trees`; read before the link function), a network, or a
        function from rows (n, n_features) to one prediction each.
    X, sets, features, seed
        As in `shap_interactions`.
    n_rows : int
        Rows at which, and over which, the partial dependence is taken: a pair costs
        n_rows² predictions.
    normalised : bool
        True: H, the root of the share of the pair's partial dependence, within 0 to
        about 1, which can be large for a pair that matters little. False: the root
        mean square in units of the prediction, without that division.
    block_rows : int
        Rows predicted at once, about; limits the memory.

    Source
    ------
    Friedman and Popescu (2008), Eq. 44 [friedman2008].
    """
    X, sets, features = rows_and_pairs(X, sets, features)
    if isinstance(model, xgboost.Booster):
        model = partial(_margins, _fitting(model, X))
    predict = prediction_function(model)
    rows = _draw(X, n_rows, seed)
    used = [(i,) for i in sorted({i for pair in sets for i in pair})]
    one = dict(zip(used, _dependences(predict, rows, used, block_rows), strict=True))
    both = _dependences(predict, rows, sets, block_rows)  # (n_sets, n_rows)
    scores = []
    for (i, j), pair in zip(sets, both, strict=True):
        square = ((pair - one[i,] - one[j,]) ** 2).mean()
        scale = (pair**2).mean() if normalised else 1.0
        scores.append(np.sqrt(square / scale) if square > 0 else 0.0)
    settings = {"seed": seed, "n_rows": n_rows, "normalised": normalised}
    return Interactions(sets, np.array(scores), features, "h_statistic", settings)


def _dependences(predict, rows, sets, block_rows) -> np.ndarray:
    """Return centred partial dependences at the rows, shape (n_sets, n_rows)."""
    n_rows = len(rows)
    at_once = max(1, block_rows // n_rows**2)
    found = []
    for start in range(0, len(sets), at_once):
        block = sets[start : start + at_once]
        # axis 1: the row that gives the set's values; axis 2: the row that gives the
        # other features, over which the prediction is averaged
        grid = np.tile(rows, (len(block), n_rows, 1, 1))
        for k, members in enumerate(block):
            members = list(members)
            grid[k][..., members] = rows[:, None, members]
        outputs = predict(grid.reshape(-1, rows.shape[1]))
        if outputs.shape[1] != 1:
            raise ValueError(f"model must have one output; got {outputs.shape[1]}.")
        found.append(outputs.reshape(len(block), n_rows, n_rows).mean(axis=2))
    found = np.concatenate(found)
    return found - found.mean(axis=1, keepdims=True)


def _margins(booster: xgboost.Booster, rows: np.ndarray) -> np.ndarray:
    return booster.inplace_predict(rows, predict_type="margin")


def _fitting(booster, X: np.ndarray) -> xgboost.Booster:
    if not isinstance(booster, xgboost.Booster):
        raise TypeError(f"booster must be an xgboost Booster; got {booster!r}.")
    if X.shape[1] != booster.num_features():
        raise ValueError(
            f"X must have the {booster.num_features()} columns of the booster; "
            f"got {X.shape[1]}."
        )
    return booster


def _draw(X: np.ndarray, n_rows: int, seed: int) -> np.ndarray:
    n_rows = checks.integer("n_rows", n_rows, at_least=2)
    if n_rows > len(X):
        raise ValueError(
            f"n_rows must be at most the rows of X, {len(X)}; got {n_rows}."
        )
    rng = np.random.default_rng(checks.integer("seed", seed, at_least=0))
    return X[rng.choice(len(X), n_rows, replace=False)]


def _fraction(name: str, value: float) -> float:
    value = checks.number(name, value, at_most=1)
    if value <= 0:
        raise ValueError(f"{name} must be above 0; got {value}.")
    return value
