"""Refit before you test: what is left of an interaction beside right main effects.

A false interaction can lower held-out loss because it repairs main effects that the
network got wrong. Here the main effects are fitted again, as smooth functions of the
network's own, on held-out labels; what the labels then still have in common with the
interaction is not such a repair. It can still be false: of twenty well-trained
networks on additive sequences (chapter 1, power) all twenty are called, for errors
that follow the letters of a motif remain. Read the share, not the p-value alone.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import KFold
from sklearn.preprocessing import SplineTransformer

from helpers import checks
from helpers.truth.responses import Effects

COLUMNS = {
    "test": "refitted",
    "network": "number of the network, 0-based",
    "n": "examples",
    "statistic": "z: positive where labels follow the interaction",
    "p": "one-sided",
    "supported": "share of the interaction that the labels support; 1 is all of it",
    "supported_low": "lower end of its confidence interval",
    "supported_high": "upper end",
}
FEWEST = 500  # examples: with fewer, errors of the two fits go together (see tests)


def refit_test(
    seen: Effects, labels: ArrayLike, *, counts: bool = True, n_folds: int = 5,
    n_knots: int = 4, confidence: float = 0.95, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """Test whether labels follow the interaction after the main effects are refitted.

    Labels, and the interaction, are each predicted by a sum of three cubic splines: of
    the level with neither motif and of each main effect, fitted on the other folds.
    The test is whether what is left of the two goes together. The slope of one on the
    other is the share of the network's interaction that the labels support.

    Can say: labels contain something of the interaction that no smooth function of
    each main effect holds. Cannot say that the data interact: an error of the main
    effects that depends on more than their size (the letters around a motif, say) is
    not refitted. Blind where the interaction is itself a sum of smooth functions of
    the main effects. Examples must be independent.

    Parameters
    ----------
    seen : Effects, arrays of shape (n_networks, n) or (n,)
        As from `responses.effects`, on the scale of the labels.
    labels : array, shape (n,)
        Held out.
    counts : bool
        Weigh examples by one over the network's prediction, as counts scatter.
    n_folds : int
    n_knots : int
        Of each spline, at quantiles.
    confidence : float
    seed : int
        Of the folds.

    Returns
    -------
    DataFrame
        One row a network, with the columns of `COLUMNS`.

    Raises
    ------
    ValueError
        If there are fewer than 500 examples or shapes differ.

    Source
    ------
    Robinson (1988) for the two residuals, Chernozhukov et al. (2018) for fitting them
    on other folds; the advice is that of the chapter.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import refit_test
    >>> from helpers.truth.responses import effects
    >>> rng = np.random.default_rng(0)
    >>> level, a, b = rng.uniform((20, 60, 60), (60, 140, 140), (1000, 3)).T
    >>> without, only_b = level, level + b
    >>> only_a, both = level + a, level + a + b + a * b / 200
    >>> seen = effects(np.array([[without, only_b], [only_a, both]]))  # by a model
    >>> labels = rng.poisson(both)
    >>> bool(refit_test(seen, labels)["p"][0] < 0.001)
    True
    """
    intact, interaction = (np.atleast_2d(v) for v in (seen.intact, seen.interaction))
    first, second = (np.atleast_2d(main) for main in seen.main)
    n = intact.shape[1]
    if n < FEWEST:
        raise ValueError(f"seen must have at least {FEWEST} examples; got {n}.")
    labels = checks.vector("labels", labels, length=n)
    n_folds = checks.integer("n_folds", n_folds, at_least=2)
    n_knots = checks.integer("n_knots", n_knots, at_least=2)
    confidence = checks.number("confidence", confidence, at_least=0.5, at_most=0.9999)
    folds = list(KFold(n_folds, shuffle=True, random_state=seed).split(labels))
    rows = []
    for i, term in enumerate(interaction):
        weight = 1 / np.maximum(intact[i], 1.0) if counts else np.ones(n)
        level = intact[i] - first[i] - second[i] - term
        smooth = np.column_stack([level, first[i], second[i]])
        left = _left_over(
            smooth, np.column_stack([labels, term]), weight, folds, n_knots
        )
        rows.append({"network": i, "n": n} | _slope(*left.T, weight, confidence))  # type: ignore[call-arg]  # label and term
    return pd.DataFrame(rows).assign(test="refitted")[list(COLUMNS)]


def _left_over(
    smooth: np.ndarray,
    targets: np.ndarray,
    weight: np.ndarray,
    folds: Iterable[tuple[np.ndarray, np.ndarray]],
    n_knots: int,
) -> np.ndarray:
    """Return targets (n, 2) less what splines of other folds make of them."""
    left = np.array(targets, dtype=float)
    for train, test in folds:
        # A constant has no quantiles, and explains nothing.
        varies = smooth[train].std(axis=0) > 1e-9
        if not varies.any():
            left[test] -= np.average(targets[train], axis=0, weights=weight[train])
            continue
        splines = SplineTransformer(n_knots, knots="quantile", extrapolation="linear")
        columns = splines.fit(smooth[train][:, varies]).transform(smooth[:, varies])
        model = LinearRegression().fit(columns[train], targets[train], weight[train])
        left[test] -= model.predict(columns[test])
    return left


def _slope(
    label: np.ndarray, term: np.ndarray, weight: np.ndarray, confidence: float
) -> dict:
    """Return the slope of one residual on the other, robust to unequal scatter."""
    size = (weight * term**2).sum()
    if size < 1e-12 * len(term):  # nothing is left to follow
        return {"statistic": 0.0, "p": 1.0} | dict.fromkeys(
            ("supported", "supported_low", "supported_high"), np.nan
        )
    slope = (weight * term * label).sum() / size
    products = weight * term * (label - slope * term)
    error = np.sqrt((products**2).sum()) / size
    half = stats.norm.ppf((1 + confidence) / 2) * error
    return {
        "statistic": slope / error,
        "p": stats.norm.sf(slope / error),
        "supported": slope,
        "supported_low": slope - half,
        "supported_high": slope + half,
    }
