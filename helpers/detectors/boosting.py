"""Read interactions from boosted trees: SHAP interaction values, and the H statistic.

Fit the trees once and hand them to both readers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import (
    FEW_ROWS,
    Interactions,
    column_names,
    data_and_pairs,
    rows_and_pairs,
    warn_of_zeros,
)
from helpers.detectors.precision import Units, power_of_two
from helpers.detectors.predictions import (
    Rounding,
    mixed_difference_of,
    prediction_function,
    rounding,
    single_output,
    single_precision,
)
from helpers.extras import extra

with extra("trees"):
    import xgboost

OBJECTIVES = {"mse": "reg:squarederror", "cross-entropy": "binary:logistic"}


@dataclass(frozen=True)
class Trees:
    """Boosted trees, and the units in which they read features and say outcomes.

    Parameters
    ----------
    booster : Booster
        Reads columns in `units`; its output, before the link function, times
        2**exponent, plus `origin`, is the prediction.
    units : Units
    origin : float
    exponent : int
    """

    booster: xgboost.Booster
    units: Units
    origin: float = 0.0
    exponent: int = 0

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return predictions before the link function, shape (n_samples,)."""
        X = checks.matrix("X", X)
        return self.effects(_fitting(self, X)) + self.origin

    def effects(self, X: np.ndarray) -> np.ndarray:
        """Return predictions less `origin`: no digits go to a large mean."""
        margins = self.booster.predict(self.rows(X), output_margin=True)
        return np.ldexp(margins.astype(np.float64), self.exponent)

    def rows(self, X: np.ndarray) -> xgboost.DMatrix:
        """Return rows (n_samples, n_features) as the booster reads them."""
        X = single_precision("X", self.units.apply(X))
        booster = self.booster
        return xgboost.DMatrix(
            X,
            feature_names=booster.feature_names,
            feature_types=booster.feature_types,
            nthread=1,
        )


def fit_trees(  # as XGBoost's options: each by its name
    X: ArrayLike,
    y: ArrayLike,
    *,
    loss: str = "mse",
    n_trees: int = 300,
    max_depth: int = 4,
    learning_rate: float = 0.15,
    subsample: float = 0.8,
    feature_fraction: float = 0.8,
    seed: int = 0,
    n_threads: int = 1,
) -> Trees:
    """Fit boosted regression trees.

    Units and origins of features and outcome do not matter: the trees read them as
    `precision.Units` says, and the outcome at a deviation of 1 to 2.

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
        Share of the rows and of the features that each tree sees; of the features at
        least two, so that every tree can hold a pair.
    seed : int
    n_threads : int

    Returns
    -------
    Trees

    Raises
    ------
    ValueError
        If data or knobs cannot be used, or single precision cannot tell the values of
        a column apart. If rows are so few that no tree can hold a pair, a UserWarning
        says so.
    """
    X, y, _, names = data_and_pairs(X, y)
    checks.one_of("loss", loss, tuple(OBJECTIVES))
    n_threads = checks.integer("n_threads", n_threads, at_least=1)
    settings = {
        "objective": OBJECTIVES[loss],
        "max_depth": checks.integer("max_depth", max_depth, at_least=1),
        "eta": checks.number("learning_rate", learning_rate, at_least=0),
        "subsample": _fraction("subsample", subsample),
        "colsample_bytree": _two_or_more(
            _fraction("feature_fraction", feature_fraction), X.shape[1]
        ),
        "seed": checks.integer("seed", seed, at_least=0),
        "nthread": n_threads,
    }
    n_trees = checks.integer("n_trees", n_trees, at_least=1)
    units = Units.of("X", X, names)
    origin, exponent = 0.0, 0
    if loss == "mse":
        of_y = Units.of("y", y[:, None])
        origin, (y, exponent) = float(of_y.origin[0]), power_of_two(y - of_y.origin)
    elif not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must be 0 or 1 for cross-entropy; got {y.max()}.")
    rows = single_precision("X", units.apply(X))
    data = xgboost.DMatrix(rows, y, nthread=n_threads)
    booster = xgboost.train(settings, data, num_boost_round=n_trees)
    if max_depth > 1 and len(X) < FEW_ROWS and not _holds_a_pair(booster):
        warn_of_zeros(np.zeros(1), "fit_trees", len(X))
    return Trees(booster, units, origin, exponent)


def _holds_a_pair(booster: xgboost.Booster) -> bool:
    """Return whether any tree cuts two features."""
    nodes = booster.trees_to_dataframe().query("Feature != 'Leaf'")
    return bool((nodes.groupby("Tree")["Feature"].nunique() > 1).any())


def _two_or_more(fraction: float, n_features: int) -> float:
    """Return the share of features a tree draws: at least two of them."""
    # xgboost rounds down; the half keeps clear of what single precision rounds to
    return max(fraction, min(1.0, 2.5 / n_features))


def shap_interactions(
    model: object,
    X: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    n_rows: int = 100,
) -> Interactions:
    """Score pairs by the mean absolute SHAP interaction value of boosted trees.

    Parameters
    ----------
    model : Trees, Booster or XGBModel
        See `fit_trees`; or boosted trees of your own, with one output.
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
        What is at most `predictions.rounding` of the values is 0.

    Source
    ------
    Lundberg et al. (2020), as xgboost computes them [lundberg2020].

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import shap_interactions
    >>> from helpers.detectors.boosting import fit_trees
    >>> X = np.random.default_rng(0).normal(size=(300, 3))
    >>> trees = fit_trees(X, X[:, 0] * X[:, 1] + X[:, 2], n_trees=30)
    >>> shap_interactions(trees, X).ranked().sets[0]
    (0, 1)
    """
    columns = column_names(X)
    X, sets, features = rows_and_pairs(X, sets, features)
    trees, end = _boosted(model, columns)
    rows = _draw(_fitting(trees, X), n_rows, seed)
    values = trees.booster.predict(
        trees.rows(rows), pred_interactions=True, iteration_range=(0, end)
    )  # (n_rows, p + 1, p + 1)
    if values.ndim != 3:
        raise ValueError("model must have one output; got several.")
    sizes = np.abs(values[:, :-1, :-1].astype(np.float64))
    strengths = 2 * sizes.mean(axis=0)
    scores = np.array([strengths[i, j] for i, j in sets])
    scores[scores <= rounding(sizes.astype(np.float32))] = 0
    settings = {"seed": seed, "n_rows": n_rows}
    scores = np.ldexp(scores, trees.exponent)
    return Interactions(sets, scores, features, "shap_interactions", settings)


def h_statistic(
    model: object,
    X: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
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
    model : Trees, Booster, Module, estimator or callable
        Boosted trees (`fit_trees`), or anything that `prediction_function` can ask for
        one prediction a row.
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

    Returns
    -------
    Interactions
        A pair whose root mean square is at most `predictions.rounding` of the
        predictions has the score 0: without that floor H would divide rounding by
        rounding for features that the model ignores.

    Raises
    ------
    ValueError
        If a pair's joint dependence is constant over the rows and those of its members
        are not: a share of nothing. It happens with a handful of rows.

    Source
    ------
    Friedman and Popescu (2008), Eq. 44 [friedman2008].

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import h_statistic
    >>> X = np.random.default_rng(0).normal(size=(50, 3))
    >>> model = lambda rows: rows[:, 0] * rows[:, 1] + rows[:, 2]
    >>> h_statistic(model, X).to_frame().round(2)
       rank features  order  score     detector
    0     1  x1 × x2      2   1.03  h_statistic
    1     2  x1 × x3      2   0.00  h_statistic
    2     3  x2 × x3      2   0.00  h_statistic
    """
    columns = column_names(X)
    X, sets, features = rows_and_pairs(X, sets, features)
    asked = model.effects if isinstance(model, Trees) else model
    if isinstance(model, Trees | xgboost.Booster | xgboost.XGBModel):
        _fitting(_boosted(model, columns)[0], X)
    predict = Rounding(single_output(prediction_function(asked, columns=columns)))
    rows = _draw(X, n_rows, seed)
    used = [(i,) for i in sorted({i for pair in sets for i in pair})]
    one = dict(zip(used, _dependences(predict, rows, used, block_rows), strict=True))
    both = _dependences(predict, rows, sets, block_rows)  # (n_sets, n_rows)
    first, second = (np.array([one[pair[k],] for pair in sets]) for k in (0, 1))
    apart = mixed_difference_of(both, first, second, 0)  # type: ignore[type-var]  # centred: no level is left
    sizes = predict.floored(_root_mean_square(apart))  # type: ignore[arg-type]  # an array
    scale = _root_mean_square(both) if normalised else np.ones(len(sets))
    if (endless := (sizes > 0) & (scale == 0)).any():
        pair = sets[int(endless.argmax())]
        raise ValueError(
            f"n_rows must show what the pair {pair} does: over {len(rows)} rows its "
            "joint dependence is constant and H endless; ask normalised=False."
        )
    scores = np.divide(sizes, scale, out=np.zeros(len(sets)), where=sizes > 0)
    settings = {"seed": seed, "n_rows": n_rows, "normalised": normalised}
    return Interactions(sets, scores, features, "h_statistic", settings)


def _root_mean_square(values: np.ndarray) -> np.ndarray:
    """Return the root mean square of each row, whatever its size."""
    largest = np.abs(values).max(axis=1, keepdims=True)
    largest = np.where(largest > 0, largest, 1)
    return largest[:, 0] * np.sqrt(((values / largest) ** 2).mean(axis=1))


def _dependences(
    predict: Callable, rows: np.ndarray, sets: Sequence[Sequence[int]], block_rows: int
) -> np.ndarray:
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
        found.append(outputs.reshape(len(block), n_rows, n_rows).mean(axis=2))
    found = np.concatenate(found)
    return found - found.mean(axis=1, keepdims=True)


def _boosted(model: object, columns: Sequence[str] | None) -> tuple[Trees, int]:
    """Return a model as trees in their own units, and the end of its iterations."""
    if isinstance(model, Trees):
        return model, 0
    end = 0
    if isinstance(model, xgboost.XGBModel):
        best = getattr(model, "best_iteration", None)
        model, end = model.get_booster(), 0 if best is None else best + 1
    if not isinstance(model, xgboost.Booster):
        raise TypeError(f"booster must be an xgboost Booster; got {model!r}.")
    prediction_function(model, columns=columns)  # checks the names
    n_columns = model.num_features()
    as_they_are = Units(np.zeros(n_columns), np.zeros(n_columns, dtype=int))
    return Trees(model, as_they_are), end


def _fitting(trees: Trees, X: np.ndarray) -> np.ndarray:
    """Return X if it has the columns of the booster."""
    n_columns = trees.booster.num_features()
    if X.shape[1] != n_columns:
        raise ValueError(
            f"X must have the {n_columns} columns of the booster; got {X.shape[1]}."
        )
    return X


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
