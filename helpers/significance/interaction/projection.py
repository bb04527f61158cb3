"""Make directions orthogonal to what the null hypothesis allows."""

import numpy as np

from helpers.significance.interaction import ridge
from helpers.significance.interaction.basis import Basis
from helpers.significance.interaction.blind import fit_blind
from helpers.significance.interaction.family import stacked, weighted_square
from helpers.significance.interaction.settings import Settings
from helpers.significance.interaction.table import Features


def project(
    directions: np.ndarray,
    weight: np.ndarray,
    features: Features,
    basis: Basis,
    pairs,
    settings: Settings,
    seed: int,
    device="auto",
) -> tuple[np.ndarray, np.ndarray]:
    """Return the part of each direction that no g(x without i) + h(x without j) has.

    First the splines of all main effects and the products of all pairs but the one
    itself, then two blind networks a pair for what these leave. No outcome is used, so
    all rows take part, those of the test too.

    Parameters
    ----------
    directions : array, shape (n, n_pairs)
    weight : array, shape (n,)
        Variance of the outcome of each row, as far as the family says: what orthogonal
        means.
    features, basis, pairs, settings, seed, device

    Returns
    -------
    own, projected : arrays, shape (n, n_pairs)
        The direction before and after.
    """
    values = np.hstack([np.ones((len(weight), 1)), basis.values])
    weighted = weight[:, None] * values
    penalty = np.full(values.shape[1], settings.bases.ridge * weight.sum())
    penalty[0] = 0
    solution = ridge.solve(values.T @ weighted, weighted.T @ directions, penalty)
    own, left = directions.copy(), np.empty_like(directions)
    for k, pair in enumerate(pairs):
        b = solution.without(basis.members(pair) + 1, target=k)
        if settings.bases.smooth:
            together = solution.coefficients[:, k]
            left[:, k] = values @ (together - b)
            members = basis.members(pair) + 1
            own[:, k] = values[:, members] @ together[members]
        else:
            left[:, k] = directions[:, k] - values @ b
    if settings.projection is None:
        return own, left
    # Networks learn values of size 1; the scale of a direction is its own.
    scale = np.sqrt((left**2).mean(0))
    scale[scale == 0] = 1
    targets = stacked((left / scale).T, weight / weight.mean())
    rows = np.arange(len(weight))
    said = fit_blind(
        features,
        pairs,
        targets,
        weighted_square,
        rows,
        settings.projection,
        seed,
        device,
    )
    return own, left - scale * said.T
