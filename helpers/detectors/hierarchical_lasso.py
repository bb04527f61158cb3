"""Products of features, admitted only with their main effects: hierarchical lasso."""

from collections.abc import Sequence

import clarabel
import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import (
    Interactions,
    all_pairs,
    data_and_pairs,
    warn_of_zeros,
)
from helpers.detectors.precision import standardised

# The interior-point solver stops at about 1e-9; coefficients this small (of
# standardised columns and outcome) are zeros it has not rounded.
ZERO = 1e-6


def hierarchical_lasso(  # as scikit-learn's options: each by its name
    X: ArrayLike,
    y: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    hierarchy: str = "weak",
    rule: str = "minimum",
    n_penalties: int = 25,
    smallest: float = 1e-4,
    n_folds: int = 5,
) -> Interactions:
    r"""Score pairs by their coefficient in a lasso that respects hierarchy.

    The model is linear in the features and in their products; a product may have a
    coefficient only as large as the main effects that vouch for it. The penalty is
    chosen by cross-validation on a logarithmic path.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
    y : array_like, shape (n_samples,)
    sets : sequence of pairs of int, optional
        Pairs to report, default all. The model always holds all pairs.
    features : sequence of str, optional
        Default the columns of `X`, else x1, x2, ...
    seed : int
        Deals the rows to the folds.
    hierarchy : {"weak", "strong"}
        One main effect must vouch for a product, or both.
    rule : {"minimum", "one-se"}
        Take the penalty with the least error, or the largest one within a standard
        error of it, a sparser model.
    n_penalties : int
        Length of the path, from the penalty at which the model is empty downwards.
    smallest : float
        Last penalty of the path, as a share of the first.
    n_folds : int

    Returns
    -------
    Interactions
        Scores are :math:`|\Theta_{ij}+\Theta_{ji}|/2` at the chosen penalty, in
        standard deviations of `y` per product of standardised features. Pairs outside
        the model tie at 0; the detail `enters`, the largest penalty of the path at
        which a pair is in the model (0: none), orders those too; the detail `penalty`
        is the chosen one.

    Raises
    ------
    ValueError
        If there are too few rows for the folds or a knob is out of bounds.

    Source
    ------
    Bien, Taylor and Tibshirani (2013), sections 1 and 3 [bien2013].

    Differs from the paper: solved as a quadratic program instead of by generalised
    gradient descent, and without the small ridge term of the authors' software.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import hierarchical_lasso
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(100, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2]
    >>> y = y + X[:, 0]
    >>> found = hierarchical_lasso(X, y, n_penalties=10)
    >>> found.to_frame()[["features", "score"]].round(2)
      features  score
    0  x1 × x2   0.61
    1  x2 × x3   0.00
    2  x1 × x3   0.00
    """
    X, y, sets, features = data_and_pairs(X, y, sets, features)
    n_folds = checks.integer("n_folds", n_folds, at_least=2, at_most=len(X) // 2)
    n_penalties = checks.integer("n_penalties", n_penalties, at_least=2)
    smallest = checks.number("smallest", smallest, at_least=1e-6, at_most=0.5)
    checks.one_of("hierarchy", hierarchy, ("weak", "strong"))
    checks.one_of("rule", rule, ("minimum", "one-se"))
    seed = checks.integer("seed", seed, at_least=0)

    design, y = _design(X), standardised(y)
    penalties = largest_penalty(design, y) * np.geomspace(1, smallest, n_penalties)
    path = _path(design, y, penalties, hierarchy)
    fold = np.random.default_rng(seed).permutation(len(y)) % n_folds
    errors = np.stack(
        [_errors(design, y, fold == k, penalties, hierarchy) for k in range(n_folds)]
    )  # (n_folds, n_penalties)
    chosen = _choose(errors, rule)

    products = np.abs(path[:, X.shape[1] :])  # (n_penalties, n_pairs)
    products[products < ZERO] = 0
    first = (products > 0).argmax(axis=0)
    enters = np.where(products.any(axis=0), penalties[first], 0)
    pairs = all_pairs(X.shape[1])
    reported = [pairs.index(pair) for pair in sets]
    settings = {
        "hierarchy": hierarchy,
        "rule": rule,
        "n_penalties": n_penalties,
        "smallest": smallest,
        "n_folds": n_folds,
        "seed": seed,
    }
    warn_of_zeros(products[chosen], "hierarchical_lasso", len(X))
    return Interactions(
        sets,
        products[chosen, reported],
        features,
        "hierarchical_lasso",
        settings,
        {"enters": enters[reported], "penalty": float(penalties[chosen])},
    )


def largest_penalty(design: np.ndarray, y: np.ndarray) -> float:
    """Return the smallest penalty at which the weak model is empty.

    Parameters
    ----------
    design : array, shape (n_samples, n_features + n_pairs)
        Centred features, then their centred products in lexicographic order.
    y : array, shape (n_samples,)
        Centred.
    """
    p = _n_features(design.shape[1])
    slope = np.abs(design.T @ y) / len(y)
    best_product = np.zeros(p)
    for slope_product, pair in zip(slope[p:], all_pairs(p), strict=True):
        best_product[list(pair)] = np.maximum(best_product[list(pair)], slope_product)
    # A main effect enters alone at price 1, or brings a product of half weight along
    # at price 3/2.
    return float(np.maximum(slope[:p], (slope[:p] + best_product / 2) / 1.5).max())


def solve_hierarchical_lasso(
    gram: np.ndarray, moment: np.ndarray, penalty: float, *, hierarchy: str = "weak"
) -> tuple[np.ndarray, np.ndarray]:
    r"""Minimise the penalised loss under the hierarchy constraint.

    .. math:: \tfrac12 c^\top G c - m^\top c + \lambda\sum_j(\beta_j^+ + \beta_j^-)
              + \tfrac{\lambda}{2}\lVert\Theta\rVert_1,\qquad
              \lVert\Theta_j\rVert_1\le\beta_j^+ + \beta_j^-,\quad \beta^\pm\ge0

    with :math:`c=(\beta^+-\beta^-,\ \tfrac12(\Theta_{ij}+\Theta_{ji})_{i<j})`; strong
    hierarchy adds :math:`\Theta=\Theta^\top`. While no constraint binds this is the
    lasso on all columns of the design.

    Parameters
    ----------
    gram : array, shape (n_features + n_pairs, n_features + n_pairs)
        Centred design, transposed, times itself, over the number of samples.
    moment : array, shape (n_features + n_pairs,)
        Centred design, transposed, times y, over the number of samples.
    penalty : float
    hierarchy : "weak" or "strong"

    Returns
    -------
    beta : array, shape (n_features,)
    theta : array, shape (n_features, n_features)
        Row j is vouched for by main effect j; zero diagonal.

    Raises
    ------
    RuntimeError
        If the solver stops without a solution.
    """
    p = _n_features(len(moment))
    rows, columns = np.nonzero(~np.eye(p, dtype=bool))  # the entries of theta, by row
    n_theta, n_columns = len(rows), len(moment)
    pair = {(i, j): p + k for k, (i, j) in enumerate(all_pairs(p))}
    position = [pair[min(i, j), max(i, j)] for i, j in zip(rows, columns, strict=True)]  # type: ignore[index]  # numpy's integers
    eye = sparse.identity
    # Unknowns: beta+, beta-, theta+, theta- (all >= 0), then c.
    halves = sparse.csr_matrix(
        (np.full(n_theta, 0.5), (position, range(n_theta))), (n_columns, n_theta)
    )
    mains = eye(n_columns, format="csr")[:, :p]
    to_columns = sparse.hstack([mains, -mains, halves, -halves])
    by_row = sparse.csr_matrix((np.ones(n_theta), (rows, range(n_theta))))
    vouched = sparse.hstack([-eye(p), -eye(p), by_row, by_row])
    n_unknown = to_columns.shape[1]
    equal = [sparse.hstack([to_columns, -eye(n_columns)])]
    if hierarchy == "strong":
        order = {entry: k for k, entry in enumerate(zip(rows, columns, strict=True))}
        mirror = [order[j, i] for i, j in zip(rows, columns, strict=True)]
        upper = rows < columns
        skew = (eye(n_theta, format="csr") - eye(n_theta, format="csr")[mirror])[upper]
        none = sparse.csr_matrix((skew.shape[0], p))
        zero = sparse.csr_matrix((skew.shape[0], n_columns))
        equal.append(sparse.hstack([none, none, skew, -skew, zero]))
    below = sparse.vstack([vouched, -eye(n_unknown)])
    below = sparse.hstack([below, sparse.csr_matrix((below.shape[0], n_columns))])
    constraints = sparse.vstack([*equal, below], format="csc")
    n_equal = sum(block.shape[0] for block in equal)

    quadratic = sparse.block_diag(
        [sparse.csc_matrix((n_unknown, n_unknown)), np.triu(gram)], format="csc"
    )
    prices = np.r_[np.full(2 * p, penalty), np.full(2 * n_theta, penalty / 2)]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solution = clarabel.DefaultSolver(
        quadratic,
        np.r_[prices, -moment],
        constraints,
        np.zeros(constraints.shape[0]),
        [
            clarabel.ZeroConeT(n_equal),
            clarabel.NonnegativeConeT(below.shape[0]),
        ],
        settings,
    ).solve()
    if "Solved" not in str(solution.status):
        raise RuntimeError(f"penalty {penalty}: the solver says {solution.status}.")
    x = np.array(solution.x)
    theta = np.zeros((p, p))
    plus, minus = np.split(x[2 * p : n_unknown], 2)
    theta[rows, columns] = plus - minus
    return x[:p] - x[p : 2 * p], theta


def _design(X: np.ndarray) -> np.ndarray:
    """Return standardised features and their centred products, side by side."""
    X = standardised(X)
    i, j = np.triu_indices(X.shape[1], 1)
    products = X[:, i] * X[:, j]
    return np.hstack([X, products - products.mean(axis=0)])


def _n_features(n_columns: int) -> int:
    """Return p where p + p (p - 1) / 2 columns hold all features and products."""
    return round((np.sqrt(8 * n_columns + 1) - 1) / 2)


def _path(
    design: np.ndarray, y: np.ndarray, penalties: np.ndarray, hierarchy: str
) -> np.ndarray:
    """Return the coefficients of the design at each penalty."""
    gram, moment = design.T @ design / len(y), design.T @ y / len(y)
    upper = np.triu_indices(_n_features(len(moment)), 1)
    coefficients = []
    for penalty in penalties:
        beta, theta = solve_hierarchical_lasso(
            gram, moment, penalty, hierarchy=hierarchy
        )
        coefficients.append(np.r_[beta, (theta + theta.T)[upper] / 2])
    return np.array(coefficients)  # (n_penalties, n_columns)


def _errors(
    design: np.ndarray,
    y: np.ndarray,
    held_out: np.ndarray,
    penalties: np.ndarray,
    hierarchy: str,
) -> np.ndarray:
    """Return the squared error on held-out rows, fitted on the rest, by penalty."""
    centre, level = design[~held_out].mean(axis=0), y[~held_out].mean()
    design, y = design - centre, y - level
    path = _path(design[~held_out], y[~held_out], penalties, hierarchy)
    residuals = y[held_out, None] - design[held_out] @ path.T
    return (residuals**2).mean(axis=0)


def _choose(errors: np.ndarray, rule: str) -> int:
    """Return the position of the chosen penalty; the path goes downwards."""
    mean = errors.mean(axis=0)
    best = int(mean.argmin())
    if rule == "minimum":
        return best
    margin = errors[:, best].std(ddof=1) / np.sqrt(len(errors))
    return int(np.flatnonzero(mean <= mean[best] + margin)[0])
