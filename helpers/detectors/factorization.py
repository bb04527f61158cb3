"""Interactions from the vectors of a factorization machine."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import Interactions, pairs_or_all
from helpers.detectors.predictions import evaluating
from helpers.networks.layers import FactorizationMachine


def factorization(
    network: nn.Module,
    X: ArrayLike,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    target: int | None = 0,
) -> Interactions:
    """Rank pairs by the weight that a factorization machine gives to their product.

    score = <v_i, v_j> sd(x_i) sd(x_j): the effect on the output, in logits, of both
    features one standard deviation up, beyond their separate effects. Without the
    standard deviations weights of features on different scales could not be compared;
    the thesis ranks them so.

    Parameters
    ----------
    network : nn.Module
        A `FactorizationMachine` with factors, or a network that has one as its
        `read_out` and `features(X)` that gives its inputs.
    X : array, shape (n, ...)
        What the network reads; standard deviations are taken over it.
    sets : sequence of pairs of int, optional
        Default all pairs of features.
    features : sequence of str, optional
        Names; default filter 1, filter 2, ...
    seed : int
        Nothing is random here; taken so that all detectors are called alike.
    target : int or None
        Whose vectors. None: mean over targets of the absolute score.

    Returns
    -------
    Interactions
        With details `weight` (<v_i, v_j>; for target None the mean of its absolute).

    Raises
    ------
    TypeError
        If the network has no such read-out.
    ValueError
        If target or sets do not exist.

    Source
    ------
    Rendle (2010); van den Bogaard, section 5.2, for motifs.

    Examples
    --------
    >>> import torch
    >>> from helpers import factorization
    >>> from helpers.networks.layers import FactorizationMachine
    >>> machine = FactorizationMachine(3, 1, n_factors=2)
    >>> found = factorization(machine, torch.randn(50, 3), features=["a", "b", "c"])
    >>> found.sets
    ((0, 1), (0, 2), (1, 2))
    """
    machine = network if isinstance(network, FactorizationMachine) else None
    machine = machine or getattr(network, "read_out", None)
    if not isinstance(machine, FactorizationMachine) or not machine.n_factors:
        raise TypeError("network must have a FactorizationMachine with factors.")
    checks.integer("seed", seed, at_least=0)
    with evaluating(network), torch.no_grad():
        x = torch.as_tensor(np.asarray(X)).to(machine.weights)
        if machine is not network:
            x = network.features(x)  # type: ignore[operator]  # a module
        spread = x.std(dim=0, correction=0).cpu().numpy()
        weights = (
            machine.pair_weights().cpu().numpy()
        )  # (n_targets, n_inputs, n_inputs)
    n_targets, n_features = weights.shape[:2]
    if target is None:
        weight = np.abs(weights).mean(axis=0)
    else:
        checks.integer("target", target, at_least=0, at_most=n_targets - 1)
        weight = weights[target]
    sets = pairs_or_all(sets, n_features)
    if features is None:
        features = [f"filter {i + 1}" for i in range(n_features)]
    i, j = np.array(sets).T
    return Interactions(
        sets,
        weight[i, j] * spread[i] * spread[j],
        features,
        "factorization",
        {"target": target},
        {"weight": weight[i, j]},
    )
