"""Test the other pairs again, without what called pairs say together."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from helpers.significance.interaction import statistics
from helpers.significance.interaction.settings import Settings
from helpers.significance.interaction.statistics import Sides

#: A pair is called, and its functions go, at a corrected p of at most this.
CALLED = 0.05
#: Functions of each feature in the products of a called pair, at most.
WIDEST = 4


def step_down_p(
    folds: Sequence[Sides],
    p_holm: np.ndarray,
    pairs: Sequence[tuple[int, int]],
    n_hypotheses: int,
    clusters: np.ndarray | None,
    settings: Settings,
) -> np.ndarray:
    """Return corrected p-values, of pairs called later with called ones taken out.

    Products of splines of every called pair leave the residuals and the directions of
    all others, which their null hypotheses allow; those are tested again, as so many
    fewer hypotheses, until nothing more is called. The fit inside the null hypothesis
    has taken most of a called pair out before; what is left is noise to the others, or
    error that only looks like them.

    Parameters
    ----------
    folds : sequence of Sides
    p_holm : array, shape (n_pairs,)
        Of the test; NaN where it cannot tell.
    pairs : sequence of (int, int)
    n_hypotheses : int
        All pairs, those that screening left out too.
    clusters : array, shape (n_tested,), or None
    settings : Settings

    Returns
    -------
    array, shape (n_pairs,)
        NaN where `p_holm` is.
    """
    p = p_holm.copy()
    known = ~np.isnan(p)
    called = known & (p <= CALLED)
    while called.any() and (rest := known & ~called).any():
        chosen = [pairs[int(k)] for k in np.flatnonzero(called)]
        scores = statistics.pooled(
            [_without(sides, chosen, rest, settings).cleared() for sides in folds]
        )
        found = statistics.slopes(scores, clusters)
        clear = scores.surviving >= settings.floor
        again = np.where(clear, stats.norm.sf(found.z), 1.0)
        p[rest] = statistics.holm(again, n_hypotheses - int(called.sum()))
        more = rest & (p <= CALLED)
        if not more.any():
            break
        called |= more
    return p


def _without(
    sides: Sides,
    called: Sequence[tuple[int, int]],
    rest: np.ndarray,
    settings: Settings,
) -> Sides:
    """Return the sides of some pairs, with products of called pairs to take out."""
    room = len(sides.weight) / settings.bases.rows_per_test_function / len(called)
    width = min(WIDEST, max(1, int(np.sqrt(room))))
    products = []
    for i, j in called:
        one, two = sides.main[i][:, :width], sides.main[j][:, :width]
        products.append((one[:, :, None] * two[:, None]).reshape(len(one), -1))
    return replace(
        sides,
        residual=sides.residual[:, rest],
        direction=sides.direction[:, rest],
        before=sides.before[:, rest],
        common=np.hstack([sides.common, *products]),
        allowed=sides.allowed[:, rest],
    )
