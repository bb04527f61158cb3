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
