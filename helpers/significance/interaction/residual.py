"""Fit y inside the null hypothesis of each set, on the learning rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from helpers.device import Device
from helpers.significance.interaction import ridge
from helpers.significance.interaction.basis import Basis
from helpers.significance.interaction.blind import fit_blind
from helpers.significance.interaction.family import Family, stacked
from helpers.significance.interaction.hunt import is_anything_left
from helpers.significance.interaction.settings import Settings
from helpers.significance.interaction.table import Features

#: Networks that see all features and look whether anything is left for blind ones.
PROBES = 2


@dataclass(frozen=True)
class NullFit:
    """What the learning rows say if the features of a set do not interact.

    Attributes
    ----------
    links : array, shape (n, n_sets)
        Fitted sum, of a pair g + h, on the scale of the family, for every row.
    weight : array, shape (n,)
        What each row says of the sum, at the fit of all pairs (`Family.weight`).
    trust : array, shape (n,)
        What its residual counts.
    """

    links: np.ndarray
    weight: np.ndarray
    trust: np.ndarray


def fit_null(  # the steps of one fold
    y: np.ndarray,
    rows: np.ndarray,
    features: Features,
    basis: Basis,
    sets: Sequence[tuple[int, ...]],
    family: Family,
    settings: Settings,
    seed: int,
    device: Device = "auto",
) -> NullFit:
    """Fit y by a sum of functions that each miss a feature, for every set.

    Of a pair, g(x without i) + h(x without j): splines and the products of all others,
    then, where networks that see all features find something left, two blind networks
    for it (three for a set of three). Only such a
    residual makes the error of the test a product of two small ones: the residual of
    an additive model still holds the other interactions.

    Parameters
    ----------
    y : array, shape (n,)
    rows : array of int
        Learning rows.
    features, basis, sets, family, settings, seed, device
    """
    values = basis.with_constant()
    full = ridge.fit(basis.values[rows], basis.groups, y[rows], family)
    links = np.stack(
        [values @ full.without(basis.holding(members) + 1) for members in sets],
        axis=1,
    )
    everything = values @ full.coefficients[:, 0]
    scattered = full.family or family
    weight, trust = scattered.weight(everything), scattered.trust(everything)
    if settings.residual is not None and is_anything_left(
        features.scores[rows], y[rows], everything[rows], family,
        replace(settings.hunt, n_networks=PROBES), seed, device,
    ):  # fmt: skip
        targets = stacked(np.broadcast_to(y, links.T.shape), links.T)
        links = (
            links
            + fit_blind(
                features,
                sets,
                targets,
                family.loss,
                rows,
                settings.residual,
                seed,
                device,
            ).T
        )
    return NullFit(links, weight, trust)


def fit_main(
    y: np.ndarray, rows: np.ndarray, basis: Basis, family: Family
) -> np.ndarray:
    """Return main effects fitted to the learning rows, for every row, (n,)."""
    values = np.hstack(basis.main)
    groups = np.repeat(np.arange(len(basis.main)), [m.shape[1] for m in basis.main])
    b = ridge.fit(values[rows], groups, y[rows], family).coefficients[:, 0]
    return b[0] + values @ b[1:]
