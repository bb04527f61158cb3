"""Say what a direction is in functions, and clear it of all the null allows."""

from collections.abc import Sequence

import numpy as np

from helpers.device import Device
from helpers.significance.interaction import ridge
from helpers.significance.interaction.basis import Basis
from helpers.significance.interaction.blind import fit_blind
from helpers.significance.interaction.family import stacked, weighted_square
from helpers.significance.interaction.settings import Settings
from helpers.significance.interaction.table import Features


def described(
    mixed: np.ndarray, rows: np.ndarray, basis: Basis, share: float
) -> np.ndarray:
    """Return coefficients of mixed differences in the functions of a basis.

    Only what the functions that hold all of them say is a direction later on. The
    rest of a network's mixed difference is rough and full of what the null hypothesis
    allows, and no projection clears it in full.

    Parameters
    ----------
    mixed : array, shape (n_rows, n_sets)
    rows : array of int, shape (n_rows,)
        Their rows in the table.
    basis : Basis
    share : float
        Penalty, a share of the number of rows.

    Returns
    -------
    array, shape (1 + n_functions, n_sets)
        The constant is first.
    """
    values = basis.with_constant(rows)
    penalty = np.full(values.shape[1], share * len(rows))
    return ridge.solve(values.T @ values, values.T @ mixed, penalty).coefficients


def project(
    coefficients: np.ndarray,
    weight: np.ndarray,
    features: Features,
    basis: Basis,
    sets: Sequence[tuple[int, ...]],
    settings: Settings,
    seed: int,
    device: Device = "auto",
) -> tuple[np.ndarray, np.ndarray]:
    """Return the part of each direction that no sum of functions without one has.

    Of a pair, g(x without i) + h(x without j). The splines of all main effects and the
    products that do not hold all features of the set are taken out; then, where the
    settings ask for it, its blind networks. No outcome is used, so all rows take part,
    those of the test too.

    Parameters
    ----------
    coefficients : array, shape (1 + n_functions, n_sets)
        From `described`.
    weight : array, shape (n,)
        Variance of the outcome of each row, as far as the family says: what orthogonal
        means.
    features, basis, sets, settings, seed, device

    Returns
    -------
    own, projected : arrays, shape (n, n_sets)
        The direction before and after.
    """
    values = basis.with_constant()
    gram = ridge.weighted_gram(values, weight)
    own = np.zeros_like(coefficients)
    for k, features_of_set in enumerate(sets):
        members = basis.holding(features_of_set) + 1
        own[members, k] = coefficients[members, k]
    penalty = np.full(len(gram), settings.bases.ridge * weight.sum())
    solution = ridge.solve(gram, gram @ own, penalty)
    allowed = np.stack(
        [
            solution.without(basis.holding(members) + 1, target=k)
            for k, members in enumerate(sets)
        ],
        axis=1,
    )
    direction = values @ own
    left = direction - values @ allowed
    if settings.projection is None:
        return direction, left
    # Networks learn values of size 1; the scale of a direction is its own.
    scale = np.sqrt((left**2).mean(0))
    scale[scale == 0] = 1
    targets = stacked((left / scale).T, weight / weight.mean())
    said = fit_blind(
        features, sets, targets, weighted_square, np.arange(len(weight)),
        settings.projection, seed, device,
    )  # fmt: skip
    return direction, left - scale * said.T


def of_one_size(
    own: np.ndarray, projected: np.ndarray, weight: np.ndarray, silent: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return directions before and after, where before has a mean square of one.

    For folds that come one after another. A direction is as large as what was learned
    from the folds before it. Where a fold happens to agree with its direction the next
    ones are larger, and so the error of the sum is large where the sum is: null z lie
    below zero, and true pairs are called less often than they could be. The size of
    what is proposed is taken out, and no more: a fold whose rows say little of it, or
    of which the projection leaves little, still counts for little. A fold whose
    proposal is small and wrong counts as much as one that is large and right; at worst,
    with one right fold of k, z is smaller by the root of k. Folds that learn from each
    other keep their sizes: with one size each, a product regression had called 9% of
    null pairs at 5%.

    Parameters
    ----------
    own, projected : array, shape (n, n_sets)
        From `project`.
    weight : array, shape (n,)
    silent : float
        Root mean square up to which a proposal is none: its direction is 0.
    """
    size = np.sqrt(weight @ own**2 / weight.sum())
    times = np.divide(1, size, out=np.zeros_like(size), where=size > silent)
    return times * own, times * projected
