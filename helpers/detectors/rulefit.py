"""A lasso over the rules of many small trees, read with the H statistic: RuleFit."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import LassoCV
from sklearn.tree import DecisionTreeRegressor

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.boosting import h_statistic
from helpers.detectors.interactions import (
    Interactions,
    data_and_pairs,
    warn_of_zeros,
)
from helpers.detectors.precision import Units, standardised

N_FOLDS = 3  # of the lasso's cross-validation
#: Penalties of the lasso as shares of the largest: how many, down to which. The last
#: third of the path takes nine tenths of the time, and only outcomes without noise
#: need it.
PATHS = ((34, 1e-2), (50, 1e-3))


def rulefit(
    X: ArrayLike,
    y: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    n_trees: int = 333,
    n_rows: int = 100,
    normalised: bool = True,
) -> Interactions:
    """Score pairs by the H statistic of a rule ensemble.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
    y : array_like, shape (n_samples,)
    sets : sequence of pairs of int, optional
        Default all pairs.
    features : sequence of str, optional
        Default the columns of `X`, else x1, x2, ...
    seed : int
        Draws samples and sizes of trees, and the rows of the H statistic.
    n_trees : int
        Trees that supply the rules, some six each; the time grows with the square of
        their number.
    n_rows, normalised
        As in `boosting.h_statistic`.

    Returns
    -------
    Interactions
        Scores are H, or, not normalised, in standard deviations of `y`. The detail
        `n_rules` counts the rules in the model.

    Source
    ------
    Friedman and Popescu (2008), sections 3 and 8 [friedman2008].

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import rulefit
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2]
    >>> rulefit(X, y, n_trees=40, n_rows=30).ranked().sets[0]
    (0, 1)
    """
    X, y, sets, features = data_and_pairs(X, y, sets, features)
    model = RuleFit(n_trees=n_trees, seed=seed).fit(X, y)
    found = h_statistic(
        model.predict,
        X,
        sets=sets,
        features=features,
        seed=seed,
        n_rows=n_rows,
        normalised=normalised,
    )
    warn_of_zeros(found.scores, "rulefit", len(X))
    return replace(
        found,
        detector="rulefit",
        settings={"n_trees": n_trees, **found.settings},
        details={"n_rules": model.n_rules_},
    )


class RuleFit:
    """Fit a sparse linear model of rules and winsorised features.

    Trees are boosted with heavy shrinkage, each on a small random sample and with a
    random number of leaves; every node but the root is a rule, the indicator of its
    region. A lasso with a cross-validated penalty weighs the rules together with the
    features themselves.

    Parameters
    ----------
    n_trees : int
    mean_leaves : float
        Leaves of a tree on average (exponentially distributed, at least 2).
    shrinkage : float
        Share of each tree that enters the boosted sum.
    trim : float
        Quantile at which features are winsorised at both ends.
    seed : int

    Attributes
    ----------
    intercept_ : float
    units_ : Units
        In which the trees and the lasso read the features.
    slopes_ : array, shape (n_features,)
        Weights of the winsorised features, in these units.
    trees_ : list of DecisionTreeRegressor
        Those with a rule in the model.
    weights_ : list of arrays, shape (n_nodes,)
        Weights of each tree's rules, by node; 0 for the root.
    n_rules_ : int
        Rules whose weight is not 0.

    Source
    ------
    Friedman and Popescu (2008), sections 3 and 5 [friedman2008].

    Differs from the paper: squared error for both the trees and the lasso, whose
    penalty is cross-validated by coordinate descent instead of a gradient path.
    """

    def __init__(
        self,
        *,
        n_trees: int = 333,
        mean_leaves: float = 4,
        shrinkage: float = 0.01,
        trim: float = 0.025,
        seed: int = 0,
    ) -> None:
        self.n_trees = checks.integer("n_trees", n_trees, at_least=1)
        self.mean_leaves = checks.number("mean_leaves", mean_leaves, at_least=2)
        self.shrinkage = checks.number("shrinkage", shrinkage, at_least=0, at_most=1)
        self.trim = checks.number("trim", trim, at_least=0, at_most=0.4)
        self.seed = checks.integer("seed", seed, at_least=0)

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Grow the trees and weigh their rules; `y` is standardised first."""
        X, y, _, names = data_and_pairs(X, y)
        if len(X) < N_FOLDS:
            raise ValueError(f"X must have at least {N_FOLDS} rows; got {len(X)}.")
        self.units_ = Units.of("X", X, names)
        X, y = self.units_.apply(X), standardised(y)
        trees = self._grow(X, y)
        self._low, self._high = np.quantile(X, [self.trim, 1 - self.trim], axis=0)
        trimmed = np.clip(X, self._low, self._high)
        # 0.4 is the standard deviation of a typical rule, so that the lasso prices
        # features and rules alike.
        scale = 0.4 / np.maximum(trimmed.std(axis=0), np.finfo(float).tiny)
        rules = [tree.decision_path(X).toarray()[:, 1:] for tree in trees]
        design = np.hstack([trimmed * scale, *rules])
        lasso = _lasso(design, y)

        self.intercept_ = lasso.intercept_
        self.slopes_ = lasso.coef_[: X.shape[1]] * scale  # of features in units_
        ends = np.cumsum([r.shape[1] for r in rules])[:-1]
        weights = np.split(lasso.coef_[X.shape[1] :], ends)
        used = [i for i, w in enumerate(weights) if w.any()]
        self.trees_ = [trees[i] for i in used]
        self.weights_ = [np.r_[0, weights[i]] for i in used]
        self.n_rules_ = int(sum((w != 0).sum() for w in self.weights_))
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return predictions in standard deviations of `y`, about its mean."""
        X = checks.matrix("X", X)
        if X.shape[1] != len(self.slopes_):
            raise ValueError(
                f"X must have the {len(self.slopes_)} columns of the fit; "
                f"got {X.shape[1]}."
            )
        X = self.units_.apply(X)
        total = self.intercept_ + np.clip(X, self._low, self._high) @ self.slopes_
        X = X.astype(np.float32)  # as trees compare
        for tree, weights in zip(self.trees_, self.weights_, strict=True):
            total += _sums_to_leaves(tree.tree_, weights)[tree.tree_.apply(X)]
        return total

    def _grow(self, X: np.ndarray, y: np.ndarray) -> list[DecisionTreeRegressor]:
        rng = np.random.default_rng(self.seed)
        n = len(y)
        n_sampled = int(min(n / 2, 100 + 6 * np.sqrt(n)))
        trees, fitted = [], np.zeros(n)
        for _ in range(self.n_trees):
            leaves = 2 + int(rng.exponential(self.mean_leaves - 2))
            tree = DecisionTreeRegressor(
                max_leaf_nodes=leaves, random_state=int(rng.integers(2**31))
            )
            sample = rng.choice(n, n_sampled, replace=False)
            tree.fit(X[sample], (y - fitted)[sample])
            fitted += self.shrinkage * tree.predict(X)
            trees.append(tree)
        return trees


def _lasso(design: np.ndarray, y: np.ndarray) -> LassoCV:
    """Return the lasso of the best penalty, on a longer path if that is the last."""
    for number, share in PATHS:
        lasso = LassoCV(alphas=number, eps=share, cv=N_FOLDS, max_iter=10_000)
        if lasso.fit(design, y).alpha_ > lasso.alphas_[-1]:
            break
    return lasso


def _sums_to_leaves(tree: Any, weights: np.ndarray) -> np.ndarray:
    """Return for each node the sum of weights on the path that leads to it."""
    sums = weights.copy()
    for parent in range(tree.node_count):  # parents are numbered before children
        for child in (tree.children_left[parent], tree.children_right[parent]):
            if child > 0:
                sums[child] += sums[parent]
    return sums
