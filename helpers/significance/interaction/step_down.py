"""Test the other sets again, without what called sets say together."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from helpers.significance.interaction import statistics
from helpers.significance.interaction.basis import all_products
from helpers.significance.interaction.settings import Settings
from helpers.significance.interaction.statistics import Sides

#: A set is called, and its functions go, at a corrected p of at most this.
CALLED = 0.05
#: Functions of each feature in the products of a called set, at most.
WIDEST = 4


def step_down_p(
    folds: Sequence[Sides],
    p_holm: np.ndarray,
    sets: Sequence[tuple[int, ...]],
    n_hypotheses: int,
    clusters: np.ndarray | None,
    settings: Settings,
) -> np.ndarray:
    """Return corrected p-values, of sets called later with called ones taken out.

    Products of splines of every called set leave the residuals and the directions of
    all others, which their null hypotheses allow; those are tested again, as so many
    fewer hypotheses, until nothing more is called. The fit inside the null hypothesis
    has taken most of a called set out before; what is left is noise to the others, or
    error that only looks like them.

    Parameters
    ----------
    folds : sequence of Sides
    p_holm : array, shape (n_sets,)
        Of the test; NaN where it cannot tell.
    sets : sequence of tuple of int
    n_hypotheses : int
        All sets, those that screening left out too.
    clusters : array, shape (n_tested,), or None
    settings : Settings

    Returns
    -------
    array, shape (n_sets,)
        NaN where `p_holm` is.
    """
    p = p_holm.copy()
    known = ~np.isnan(p)
    called = known & (p <= CALLED)
    while called.any() and (rest := known & ~called).any():
        chosen = [sets[int(k)] for k in np.flatnonzero(called)]
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
    called: Sequence[tuple[int, ...]],
    rest: np.ndarray,
    settings: Settings,
) -> Sides:
    """Return the sides of some sets, with products of called sets to take out."""
    room = len(sides.weight) / settings.bases.rows_per_test_function / len(called)
    width = min(WIDEST, max(1, int(room ** (1 / len(called[0])))))
    products = [
        all_products([sides.main[k][:, :width] for k in members]) for members in called
    ]
    return replace(
        sides,
        residual=sides.residual[:, rest],
        direction=sides.direction[:, rest],
        before=sides.before[:, rest],
        common=np.hstack([sides.common, *products]),
        allowed=sides.allowed[:, rest],
    )
