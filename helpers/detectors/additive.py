"""Read interactions from what an additive model leaves over (FAST)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import (
    Interactions,
    data_and_pairs,
    warn_of_zeros,
)
from helpers.detectors.precision import power_of_two
from helpers.extras import extra

with extra("trees"):
    from interpret.glassbox import (
        ExplainableBoostingClassifier,
        ExplainableBoostingRegressor,
    )
    from interpret.utils import measure_interactions

#: Rows below which no cut leaves enough in all four parts: interpret wants 4 in each.
FEWEST_ROWS = 16


def fast(  # as scikit-learn's options: each by its name
    X: ArrayLike,
    y: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    loss: str = "mse",
    residual: bool = True,
    outer_bags: int = 2,
    n_jobs: int = 1,
) -> Interactions:
    """Score pairs by the gain of one two-way cut on each (FAST).

    Parameters
    ----------
    X : array_like, shape (n_samples, n_features)
    y : array_like, shape (n_samples,)
        0 or 1 for "cross-entropy".
    sets : sequence of pairs of int, optional
        Default all pairs.
    features : sequence of str, optional
        Default the columns of `X`, else x1, x2, ...
    seed : int
        Of the additive model.
    loss : {"mse", "cross-entropy"}
    residual : bool
        Cut what an additive boosted model (an EBM without interactions) leaves over.
        False cuts the outcome itself, where main effects are taken for interactions.
    outer_bags : int
        Bags of the additive model.
    n_jobs : int
        Bags fitted at once.

    Returns
    -------
    Interactions
        Scores are mean gains: in squared units of y for "mse".

    Raises
    ------
    ValueError
        If X has fewer than 16 rows, so that every cut leaves too few on some side.

    Source
    ------
    Lou et al. (2013), as interpret computes it [lou2013].

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import fast
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2]
    >>> fast(X, y).ranked().sets[0]
    (0, 1)
    """
    X, y, sets, features = data_and_pairs(X, y, sets, features)
    if len(X) < FEWEST_ROWS:
        raise ValueError(f"X must have at least {FEWEST_ROWS} rows; got {len(X)}.")
    checks.one_of("loss", loss, ("mse", "cross-entropy"))
    outer_bags = checks.integer("outer_bags", outer_bags, at_least=1)
    classify = loss == "cross-entropy"
    if classify:
        if not np.isin(y, (0, 1)).all():
            raise ValueError(f"y must be 0 or 1 for cross-entropy; got {y.max()}.")
        y, exponent = y.astype(int), 0
    else:
        y, exponent = power_of_two(y)
    kind = ExplainableBoostingClassifier if classify else ExplainableBoostingRegressor
    additive = None
    if residual:
        additive = kind(
            interactions=0,
            outer_bags=outer_bags,
            n_jobs=checks.integer("n_jobs", n_jobs, at_least=1),
            random_state=checks.integer("seed", seed, at_least=0),
        ).fit(X, y)
    gains = dict(
        measure_interactions(
            X,
            y,
            interactions=list(sets),
            init_score=additive,
            objective="log_loss" if classify else "rmse",
        )
    )
    scores = np.ldexp([gains[pair] for pair in sets], 2 * exponent)
    warn_of_zeros(scores, "fast", len(X))
    settings = {
        "seed": seed,
        "loss": loss,
        "residual": residual,
        "outer_bags": outer_bags,
    }
    return Interactions(sets, scores, features, "fast", settings)
