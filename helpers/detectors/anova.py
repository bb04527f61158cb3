"""Linear tests of pairwise interaction: three readings of ANOVA, and the lasso.

A published "ANOVA" baseline may mean any of these, and they disagree: products see an
interaction only as far as x_i x_j is correlated with it, while a factorial on bins
sees every shape that the bins resolve. For a 0/1 outcome all of them are the linear
probability model.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.linear_model import LassoCV

from helpers import checks
from helpers.data.kinds import Pairs, Sets
from helpers.detectors.interactions import (
    Interactions,
    all_pairs,
    data_and_pairs,
    warn_of_zeros,
)
from helpers.detectors.precision import power_of_two, standardised

READINGS = ("bins", "joint", "per pair")


def two_way_anova(
    X: ArrayLike,
    y: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    reading: str = "bins",
    n_bins: int | None = 5,
) -> Interactions:
    """Score pairs by the F statistic of their interaction.

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
    y : array_like, shape (n_samples,)
    sets : sequence of pairs of int, optional
        Default all pairs.
    features : sequence of str, optional
        Default the columns of `X`, else x1, x2, ...
    seed : int
        Nothing is random here; taken so that all detectors are called alike.
    reading : {"bins", "joint", "per pair"}
        "bins": for each pair, a factorial on quantile codes of both features, the
        interaction against the two main effects; empty cells cost degrees of
        freedom. "joint": one regression on all features and all products, F = t² of
        a product. "per pair": for each pair, a regression on both features and their
        product.
    n_bins : int
        Quantile bins a feature, for "bins"; a feature with no more values than that
        keeps them as they are.

    Returns
    -------
    Interactions
        Scores are F; details are `p` (one test at a time, not adjusted for the
        number of pairs) and `df`, the degrees of freedom of the interaction. Where
        the interaction cannot be told from the main effects `df` is 0, F is 0 and the
        p-value is 1.

    Raises
    ------
    ValueError
        If there are too few rows for the terms, or, for "joint", a product is a
        linear combination of other terms.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import two_way_anova
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2]
    >>> two_way_anova(X, y).to_frame()[["features", "score"]].round()
      features  score
    0  x1 × x2    8.0
    1  x2 × x3    2.0
    2  x1 × x3    1.0
    """
    X, y, sets, features = data_and_pairs(X, y, sets, features)
    checks.one_of("reading", reading, READINGS)
    n_bins = checks.integer("n_bins", n_bins, at_least=2)
    y = standardised(y)  # F does not depend on its unit
    settings = {"reading": reading, "seed": seed}
    if reading == "joint":
        tests = _joint_products(X, y, sets, features)
    elif reading == "per pair":
        tests = np.array([_one_product(X[:, pair], y) for pair in map(list, sets)])
    else:
        settings["n_bins"] = n_bins
        codes = [_quantile_codes(column, n_bins) for column in X.T]
        tests = np.array([_factorial(codes[i], codes[j], y) for i, j in sets])
    F, df, df_residual = tests.T
    if df_residual.min() < 1:
        pair = sets[int(df_residual.argmin())]
        raise ValueError(
            f"X must have more rows than the model has terms; got {len(X)} for {pair}."
        )
    p = np.where(df > 0, stats.f.sf(F, np.maximum(df, 1), df_residual), 1.0)
    warn_of_zeros(F, "two_way_anova", len(X))
    details = {"p": p, "df": df}
    return Interactions(sets, F, features, "two_way_anova", settings, details)


def product_lasso(
    X: ArrayLike,
    y: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    n_folds: int = 5,
    n_jobs: int = 1,
) -> Interactions:
    """Score pairs by their coefficient in a lasso on all features and products.

    Features are standardised, then multiplied, then the products are standardised;
    the penalty is chosen by cross-validation.

    Parameters
    ----------
    X, y, sets, features
        As in `two_way_anova`. The model always holds all pairs.
    seed : int
        Deals the rows to the folds.
    n_folds : int
    n_jobs : int
        Folds fitted at once.

    Returns
    -------
    Interactions
        Scores are absolute coefficients, in units of y; the detail `penalty` is the
        chosen one.

    Source
    ------
    scikit-learn's LassoCV with its default path of penalties.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import product_lasso
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(100, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2]
    >>> product_lasso(X, y).to_frame()[["features", "score"]].round(1)
      features  score
    0  x1 × x2    0.9
    1  x1 × x3    0.0
    2  x2 × x3    0.0
    """
    X, y, sets, features = data_and_pairs(X, y, sets, features)
    n_folds = checks.integer("n_folds", n_folds, at_least=2, at_most=len(X))
    n_jobs = checks.integer("n_jobs", n_jobs, at_least=1)
    rng = np.random.default_rng(checks.integer("seed", seed, at_least=0))
    order = rng.permutation(len(X))
    pairs = all_pairs(X.shape[1])
    terms = _linear_and_products(X, pairs)[order]
    y, exponent = power_of_two(y)
    scale = terms.std(axis=0)
    terms /= np.where(scale > 0, scale, 1)  # a constant product keeps coefficient 0
    model = LassoCV(cv=n_folds, n_jobs=n_jobs, max_iter=20_000).fit(terms, y[order])
    sizes = dict(zip(pairs, np.abs(model.coef_[X.shape[1] :]), strict=True))
    settings = {"seed": seed, "n_folds": n_folds}
    scores = np.ldexp([sizes[pair] for pair in sets], exponent)
    warn_of_zeros(scores, "product_lasso", len(X))
    details = {"penalty": float(np.ldexp(model.alpha_, exponent))}
    return Interactions(sets, scores, features, "product_lasso", settings, details)


def _linear_and_products(X: np.ndarray, pairs: Sequence[tuple[int, int]]) -> np.ndarray:
    # Standardising first leaves the products' F statistics as they are, since the
    # linear terms absorb the shift, and keeps the problem well conditioned.
    X = standardised(X)
    first, second = np.array(pairs).T
    products = X[:, first] * X[:, second]
    return np.hstack((X, products - products.mean(axis=0)))


def _joint_products(
    X: np.ndarray, y: np.ndarray, sets: Pairs, features: Sequence[str]
) -> np.ndarray:
    pairs = all_pairs(X.shape[1])
    terms = _linear_and_products(X, pairs)
    df_residual = len(X) - 1 - terms.shape[1]
    if df_residual < 1:
        raise ValueError(
            f"X must have at least {terms.shape[1] + 2} rows for {terms.shape[1]} "
            f"terms; got {len(X)}."
        )
    q, r = np.linalg.qr(terms)  # (n_samples, n_terms), (n_terms, n_terms)
    dependent = np.flatnonzero(
        np.abs(np.diag(r)) <= 1e-10 * np.linalg.norm(terms, axis=0).max()
    )
    if dependent.size:
        term = dependent[0] - X.shape[1]
        label = [features[i] for i in pairs[term]] if term >= 0 else features[term]
        raise ValueError(
            f"X must give linearly independent terms; {label} follows from the others."
        )
    inverse = np.linalg.inv(r)
    projected = q.T @ y
    residual = _residual_square(y - q @ projected, y)
    variances = (inverse**2).sum(axis=1) * residual / df_residual
    F = ((inverse @ projected) ** 2 / variances)[X.shape[1] :]
    place = {pair: k for k, pair in enumerate(pairs)}
    return np.array([(F[place[pair]], 1, df_residual) for pair in sets])


def _one_product(X: np.ndarray, y: np.ndarray) -> tuple[float, int, int]:
    terms = _linear_and_products(X, [(0, 1)])
    main, product = terms[:, :2], terms[:, 2]
    targets = np.column_stack((product, y))
    left = targets - main @ np.linalg.lstsq(main, targets, rcond=None)[0]
    product_left, y_left = left.T
    df_residual = len(y) - 4
    norm = product_left @ product_left
    if norm <= 1e-10 * max(product @ product, 1e-300):
        return 0.0, 0, df_residual + 1
    explained = (product_left @ y_left) ** 2 / norm
    residual = _residual_square(y_left, y, explained)
    return explained / residual * df_residual, 1, df_residual


def _quantile_codes(column: np.ndarray, n_bins: int) -> np.ndarray:
    """Return the quantile bin of each value: 0, 1, ... without gaps."""
    values, codes = np.unique(column, return_inverse=True)
    if len(values) > n_bins:
        # Mid-ranks, so that a value that most rows share keeps a bin of its own.
        middle = (stats.rankdata(column) - 0.5) / len(column)
        codes = np.unique((n_bins * middle).astype(int), return_inverse=True)[1]
    return codes


def _factorial(a: np.ndarray, b: np.ndarray, y: np.ndarray) -> tuple[float, int, int]:
    # Sums over cells say all: the interaction is what the additive model of the cell
    # means leaves over, weighted by the rows in each cell.
    cells, cell = np.unique(a * (b.max() + 1) + b, return_inverse=True)
    counts = np.bincount(cell)
    means = np.bincount(cell, y) / counts
    rows, columns = np.divmod(cells, b.max() + 1)
    additive = np.hstack((_indicators(rows), _indicators(columns)))
    weight = np.sqrt(counts)
    fit, _, rank, _ = np.linalg.lstsq(
        additive * weight[:, None], means * weight, rcond=None
    )
    explained = (counts * (means - additive @ fit) ** 2).sum()
    df, df_residual = len(cells) - rank, len(y) - len(cells)
    if df == 0 or df_residual < 1:
        return 0.0, df, df_residual
    residual = _residual_square(y - means[cell], y)
    return (explained / df) / (residual / df_residual), df, df_residual


def _indicators(codes: np.ndarray) -> np.ndarray:
    return (codes[:, None] == np.unique(codes)).astype(float)


def _residual_square(
    residual: np.ndarray, y: np.ndarray, explained: float = 0.0
) -> float:
    # Not below rounding: without noise F becomes large, or about 0 for an additive y,
    # and never 0 / 0.
    return max(residual @ residual - explained, np.finfo(float).eps * (y @ y))
