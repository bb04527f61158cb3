"""What models lose when they may not use a set: restricted against free ones.

A set does not interact if a sum of functions, each blind to one of its members, does
as well as an unrestricted model. `additive_groves` is the published detector;
`constrained_boosting` asks boosted trees the same question at a fraction of the cost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import (
    Interactions,
    data_and_pairs,
    warn_of_zeros,
)
from helpers.detectors.precision import Units, standardised
from helpers.detectors.predictions import rounding
from helpers.extras import extra

Data = tuple[np.ndarray, np.ndarray, int]  # X, y, and how many rows train

with extra("trees"):
    import xgboost

ALPHAS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)


def additive_groves(  # as scikit-learn's options: each by its name
    X: ArrayLike,
    y: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    validation: float = 1 / 3,
    alphas: Sequence[float] = ALPHAS,
    n_trees: Sequence[int] = (8,),
    bags: int = 10,
    repeats: int = 10,
    max_cycles: int = 20,
    n_jobs: int = 1,
) -> Interactions:
    r"""Score sets by what bagged groves of trees lose without them.

    A grove is a sum of few large trees, grown in layers: at each share `alpha`, from
    large to small, the trees are regrown in turn on what the others leave, until the
    training error falls by less than 0.2% in a cycle. Every layer draws a new
    bootstrap sample. A *restricted* grove grows each tree once without each member of
    the set and keeps the version with the least out-of-bag error, so it is a sum of
    functions that each lack a member.

    .. math:: \text{score}(S)=\frac{e_{\setminus S}-\bar e}{\mathrm{sd}(e)}

    with e the root mean square error on the validation rows, mean and standard
    deviation over `repeats` free models. The paper calls an interaction present above
    3.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
    y : array_like, shape (n_samples,)
    sets : sequence of feature sets, optional
        Default all pairs; larger sets grow one version of a tree for each member.
    features : sequence of str, optional
        Default the columns of `X`, else x1, x2, ...
    seed : int
        Draws the validation rows; each model has a stream of its own, so a score
        depends neither on the other sets nor on `n_jobs`.
    validation : float
        Share of the rows, drawn at random, that measure the error.
    alphas : sequence of float, decreasing
        Shares of the training rows; a leaf holds at least half such a share. The free
        model with the least validation error decides where the layers end.
    n_trees : sequence of int
        Sizes of a grove to choose from, by the same error.
    bags : int
        Groves that are averaged in one model.
    repeats : int
        Free models behind the mean and the standard deviation.
    max_cycles : int
        Most times that a layer regrows its trees.
    n_jobs : int
        Processes that train models side by side.

    Returns
    -------
    Interactions
        Details are `rmse`, the restricted error, of the standardised `y`; `free_rmse`
        and `free_rmse_sd`, mean and standard deviation of the free ones; and the
        `alpha` and `n_trees` chosen.

    Raises
    ------
    ValueError
        If a knob is out of bounds, or all free models have the same error.

    Source
    ------
    Sorokina, Caruana, Riedewald and Fink (2008), sections 2 and 3 [sorokina2008];
    stopping rule and order of growth as in the authors' TreeExtra.

    Differs from the paper: no selection of features beforehand; 10 bags instead of
    100; alpha and the number of trees are those of the best free model; trees are
    bounded through their leaves and split at 256 quantiles, since single trees of
    xgboost take a fifteenth of the time of scikit-learn's exact ones.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import additive_groves
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2]
    >>> found = additive_groves(
    ...     X, y, bags=2, repeats=2, alphas=(0.2, 0.1), n_trees=(4,)
    ... )
    >>> found.ranked().sets[0]
    (0, 1)
    """
    data, sets, features = _prepare(X, y, sets, features, seed, validation)
    alphas = tuple(checks.number("alphas", a, at_least=0, at_most=1) for a in alphas)
    if not alphas or min(alphas) == 0 or list(alphas) != sorted(set(alphas))[::-1]:
        raise ValueError(f"alphas must decrease and stay above 0; got {alphas}.")
    n_trees = tuple(checks.integer("n_trees", n, at_least=1) for n in n_trees)
    if not n_trees:
        raise ValueError("n_trees must hold at least one size; got none.")
    bags = checks.integer("bags", bags, at_least=1)
    repeats = checks.integer("repeats", repeats, at_least=2)
    max_cycles = checks.integer("max_cycles", max_cycles, at_least=1)
    n_jobs = checks.integer("n_jobs", n_jobs, at_least=1)

    def train(jobs: Iterable[tuple]) -> np.ndarray:  # (n_models, n_alphas)
        return np.array(Parallel(n_jobs)(delayed(_bagged_errors)(*j) for j in jobs))

    def job(
        stream: Sequence[int],
        alphas: Sequence[float],
        size: int,
        without: Sequence[int] = (),
    ) -> tuple:
        return data, alphas, size, bags, max_cycles, without, [seed, *stream]

    grid = train(job((0, size), alphas, size) for size in n_trees)
    best_size, best_layer = np.unravel_index(grid.argmin(), grid.shape)
    size, all_alphas, alphas = n_trees[best_size], alphas, alphas[: best_layer + 1]
    free = train(job((1, i), alphas, size) for i in range(repeats))[:, -1]
    lacking = train(job((2, *s), alphas, size, s) for s in sets)[:, -1]
    settings = {
        "seed": seed,
        "validation": validation,
        "alphas": all_alphas,
        "n_trees": n_trees,
        "bags": bags,
        "repeats": repeats,
        "max_cycles": max_cycles,
    }
    found = _compare(lacking, free, sets, features, len(data[0]), "additive_groves")
    details = found.details | {"alpha": alphas[-1], "n_trees": size}
    return replace(found, settings=settings, details=details)


def constrained_boosting(  # as scikit-learn's options: each by its name
    X: ArrayLike,
    y: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    validation: float = 1 / 3,
    n_trees: int = 600,
    learning_rate: float = 0.3,
    max_depth: int = 4,
    repeats: int = 2,
    n_threads: int = 1,
) -> Interactions:
    r"""Score sets by what boosted trees lose when no path may hold the whole set.

    Restricted models are trained under xgboost's interaction constraints: a path keeps
    to the features of one group, and each group lacks one member of the set. Each tree
    is grown on a random 80% of the training rows, the same draws for all sets.

    The score is the rise of the mean validation RMSE over the free models, in
    standard deviations of theirs, each model at its best number of trees. It ranks
    sets; the threshold of `additive_groves` does not carry over, because constrained
    trees learn more slowly and lose a little for every set unless all models have
    converged.

    Parameters
    ----------
    X, y, sets, features
        As in `additive_groves`.
    seed : int
        Draws the validation rows and the rows of each tree.
    validation : float
        Share of the rows, drawn at random, that measure the error.
    n_trees : int
        Trees in a model. None stops early: where interactions have no main effects
        the error rests for many trees before it falls again.
    learning_rate : float
    max_depth : int
        Bounds the order of interaction that one tree can hold.
    repeats : int
        Models trained for each set, and free ones.
    n_threads : int

    Returns
    -------
    Interactions
        Details are `rmse`, the restricted error, of the standardised `y`; `free_rmse`
        and `free_rmse_sd`, mean and standard deviation of the free ones.

    Source
    ------
    The comparison of Sorokina et al. (2008) [sorokina2008] on other models.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import constrained_boosting
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2]
    >>> found = constrained_boosting(X, y, n_trees=50)
    >>> found.ranked().sets[0]
    (0, 1)
    """
    data, sets, features = _prepare(X, y, sets, features, seed, validation)
    n_trees = checks.integer("n_trees", n_trees, at_least=1)
    repeats = checks.integer("repeats", repeats, at_least=2)
    trees = {
        "learning_rate": checks.number("learning_rate", learning_rate, at_least=1e-4),
        "max_depth": checks.integer("max_depth", max_depth, at_least=2),
    }
    threads = {"nthread": checks.integer("n_threads", n_threads, at_least=1)}
    X, y, n_training = data
    training = xgboost.QuantileDMatrix(X[:n_training], y[:n_training], **threads)
    held_out = xgboost.QuantileDMatrix(
        X[n_training:], y[n_training:], ref=training, **threads
    )

    def errors(groups: list[list[int]]) -> list[float]:  # (repeats,)
        return [
            xgboost.train(
                trees
                | threads
                | {
                    "subsample": 0.8,
                    "seed": seed + repeat,
                    "interaction_constraints": str(groups),  # a list would want names
                },
                training,
                n_trees,
                evals=[(held_out, "validation")],
                early_stopping_rounds=n_trees,  # never; but it notes the best score
                verbose_eval=False,
            ).best_score
            for repeat in range(repeats)
        ]

    everything = list(range(X.shape[1]))
    free = np.array(errors([everything]))
    lacking = np.array(
        [np.mean(errors([_without(everything, i) for i in s])) for s in sets]
    )
    settings = {
        "seed": seed,
        "validation": validation,
        "n_trees": n_trees,
        **trees,
        "repeats": repeats,
    }
    found = _compare(lacking, free, sets, features, len(X), "constrained_boosting")
    return replace(found, settings=settings)


def _prepare(
    X: ArrayLike,
    y: ArrayLike,
    sets: Sets | None,
    features: Sequence[str] | None,
    seed: int,
    validation: float,
) -> tuple[Data, Sequence[tuple[int, ...]], tuple[str, ...]]:
    """Return (X, standardised y, n_training), training rows first; sets; names."""
    X, y, pairs, features = data_and_pairs(X, y, None, features)
    sets = pairs if sets is None else checks.feature_sets("sets", sets, X.shape[1])
    seed = checks.integer("seed", seed, at_least=0)
    validation = checks.number("validation", validation, at_least=0.1, at_most=0.9)
    n_training = len(X) - round(validation * len(X))
    rows = np.random.default_rng(seed).permutation(len(X))
    X = Units.of("X", X, features).apply(X)
    return (X[rows], standardised(y)[rows], n_training), sets, features


def _compare(
    lacking: np.ndarray,
    free: np.ndarray,
    sets: Sequence[tuple[int, ...]],
    features: Sequence[str],
    n_rows: int,
    detector: str,
) -> Interactions:
    """Score the rise of each error over the free models in their deviations."""
    mean, deviation = free.mean(), free.std(ddof=1)
    # errors of predictions in single precision
    if deviation <= rounding(free.astype(np.float32)):
        raise ValueError(
            "free models must differ for a scale; their errors are equal: X may have "
            "too few rows."
        )
    scores = (lacking - mean) / deviation
    warn_of_zeros(scores, detector, n_rows)
    details = {
        "rmse": lacking,
        "free_rmse": float(mean),
        "free_rmse_sd": float(deviation),
    }
    return Interactions(sets, scores, features, detector, {}, details)


def _without(features: Sequence[int], member: int) -> list[int]:
    return [i for i in features if i != member]


def _bagged_errors(
    data: Data,
    alphas: Sequence[float],
    n_trees: int,
    bags: int,
    max_cycles: int,
    without: Sequence[int],
    stream: Sequence[int],
) -> np.ndarray:
    """Return the validation RMSE of the averaged groves after each layer."""
    X, y, n_training = data
    rng = np.random.default_rng(stream)
    trees = _Trees(X[:n_training], X[n_training:], without)
    total = np.zeros((len(alphas), len(y) - n_training))
    for _ in range(bags):
        total += _grove(trees, y[:n_training], alphas, n_trees, max_cycles, rng)
    return np.sqrt(((y[n_training:] - total / bags) ** 2).mean(axis=1))


def _grove(
    trees: "_Trees",
    y: np.ndarray,
    alphas: Sequence[float],
    n_trees: int,
    max_cycles: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Grow one grove; return its validation predictions after each layer."""
    single = np.zeros((n_trees, len(y)))  # what each tree predicts
    forest = [None] * n_trees
    layers = []
    for alpha in alphas:
        counts = np.bincount(rng.integers(len(y), size=len(y)), minlength=len(y))
        trees.draw(counts, alpha)
        error = _bag_error(y, single, counts)
        for _ in range(max_cycles):
            for tree in range(n_trees):
                rest = single.sum(axis=0) - single[tree]
                forest[tree], single[tree] = trees.grow(y - rest)  # type: ignore[call-overload]  # grown here
            before, error = error, _bag_error(y, single, counts)
            if before - error <= 0.002 * before:
                break
        layers.append(sum(trees.predict(tree) for tree in forest))  # type: ignore[misc, arg-type]  # all grown
    return np.array(layers)  # (n_alphas, n_validation)


def _bag_error(y: np.ndarray, single: np.ndarray, counts: np.ndarray) -> float:
    return np.sqrt(np.average((y - single.sum(axis=0)) ** 2, weights=counts))


class _Trees:
    """Grow single trees on bootstrap samples of one matrix.

    A tree blind to a feature is grown on a copy in which that feature is constant, so
    that every tree can predict from the whole matrix.
    """

    def __init__(
        self, X: np.ndarray, validation: np.ndarray, without: Sequence[int] = ()
    ) -> None:
        blind = [np.where(np.arange(X.shape[1]) == i, 0, X) for i in without] or [X]
        self.matrices = [xgboost.QuantileDMatrix(X, nthread=1) for X in blind]
        self.validation = xgboost.DMatrix(validation, nthread=1)

    def draw(self, counts: np.ndarray, alpha: float) -> None:
        """Set how often each row is in the bag, and the share that bounds leaves."""
        self.outside = counts == 0
        self.parameters = {
            "learning_rate": 1,
            "base_score": 0,
            "reg_lambda": 0,
            "max_depth": 0,  # no bound
            "min_child_weight": max(1, alpha / 2 * len(counts)),
            "nthread": 1,
        }
        for matrix in self.matrices:
            matrix.set_weight(counts)

    def grow(self, target: np.ndarray) -> tuple[xgboost.Booster, np.ndarray]:
        """Return the tree with the least out-of-bag error and its predictions."""
        versions = []
        for matrix in self.matrices:
            matrix.set_label(target)
            tree = xgboost.Booster(self.parameters, [matrix])
            tree.update(matrix, 0)
            versions.append((tree, tree.predict(matrix)))
        if len(versions) == 1:
            return versions[0]
        miss = [((target - p)[self.outside] ** 2).sum() for _, p in versions]
        return versions[int(np.argmin(miss))]

    def predict(self, tree: xgboost.Booster) -> np.ndarray:
        """Return the predictions of a grown tree on the validation rows."""
        return tree.predict(self.validation)
