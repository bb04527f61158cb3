"""Read interactions from the weights of a trained feed-forward network (NID).

Features interact only if their weights meet at a common hidden unit. Each unit of the
first hidden layer therefore proposes sets of features: how strongly the unit acts on
the output (`influence`) times an average of the absolute weights that lead the
features into it. No data and no predictions are needed.

Source
------
Tsang et al. (2018) [tsang2018].
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn

from helpers import checks
from helpers.data.kinds import Sets
from helpers.detectors.interactions import (
    Interactions,
    all_pairs,
    feature_names,
    pairs_or_all,
    prune,
)

__all__ = [
    "AVERAGES",
    "average_weight",
    "first_layer_gradients",
    "influence",
    "layer_weights",
    "nid_pairs",
    "nid_ranking",
    "prune",  # lives in `interactions`; rankings of weights are asked here
    "relu_cross_term",
]


def _itself(values: np.ndarray, *_: object) -> np.ndarray:
    return values


# The average of k weights is finish(fold of start(weight) over them, k). Ordered from
# the largest mean to the smallest. A zero weight makes the last three exactly zero, by
# way of log 0 = -inf and 1 / 0 = inf.
AVERAGES = {
    "maximum": (_itself, np.maximum, _itself),
    "root mean square": (np.square, np.add, lambda total, k: np.sqrt(total / k)),
    "arithmetic": (_itself, np.add, np.divide),
    "geometric": (np.log, np.add, lambda total, k: np.exp(total / k)),
    "harmonic": (np.reciprocal, np.add, lambda total, k: k / total),
    "minimum": (_itself, np.minimum, _itself),
}


def average_weight(
    first: ArrayLike, second: ArrayLike, average: str = "minimum"
) -> np.ndarray:
    """Return the average of two absolute weights, element by element.

    Parameters
    ----------
    first, second : array_like, same shape
    average : str
        A key of `AVERAGES`.
    """
    start, fold, finish = _average(average)
    with np.errstate(divide="ignore"):
        first, second = (start(np.abs(np.asarray(w, float))) for w in (first, second))
        return finish(fold(first, second), 2)


#: Activations whose slope exceeds 1 somewhere: Lemma 3 does not hold for them.
STEEP = (nn.GELU, nn.SiLU, nn.Mish, nn.Hardswish, nn.SELU)


def layer_weights(network: nn.Module) -> list[np.ndarray]:
    """Return the weight matrices of a feed-forward network, first layer first.

    Of a network with univariate parts (attribute ``interaction``) only that part is
    read. The layers are taken in the order in which the module defines them, which
    must be the order in which it applies them.

    Parameters
    ----------
    network : Module
        Linear layers with activations between them that have slope at most 1 and no
        weights of their own (ReLU, tanh, ...). Only activations that are modules can
        be checked.

    Returns
    -------
    list of arrays, shape (n_outputs, n_inputs) each, float64

    Raises
    ------
    TypeError
        If it is no module, or a layer with weights is not linear.
    ValueError
        If there is no hidden layer, the shapes do not chain, a weight is not finite,
        or an activation is one of `STEEP`.
    """
    if not isinstance(network, nn.Module):
        raise TypeError(f"network must be a torch Module; got {network!r}.")
    network = getattr(network, "interaction", network)
    weights = []
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Linear):
            weight = layer.weight.detach().to("cpu", torch.float64).numpy()
            weights.append(checks.matrix(f"weights of layer {name!r}", weight))
        elif isinstance(layer, STEEP):
            raise ValueError(
                "network must have activations of slope at most 1 (Lemma 3); "
                f"{name!r} is {type(layer).__name__}."
            )
        elif next(layer.parameters(recurse=False), None) is not None:
            kind = type(layer).__name__
            raise TypeError(
                f"network must have linear layers only; {name!r} is {kind}."
            )
    return _chained(weights)


def influence(weights: Sequence[ArrayLike]) -> np.ndarray:
    """Return how strongly each unit of the first hidden layer can act on the output.

    The product of the absolute weight matrices above the first layer. It bounds the
    absolute derivative of the output with respect to the unit at every input (Lemma
    3). With several outputs the bounds are summed over the outputs.

    Parameters
    ----------
    weights : list of arrays, shape (n_outputs, n_inputs) each
        At least two, first layer first (see `layer_weights`).

    Returns
    -------
    array, shape (n_units,)

    Source
    ------
    Tsang et al. (2018), Lemma 3 [tsang2018].
    """
    weights = _chained([checks.matrix("weights", weight) for weight in weights])
    bound = np.ones(len(weights[-1]))
    for weight in reversed(weights[1:]):
        bound = bound @ np.abs(weight)
    return bound


def first_layer_gradients(network: nn.Module, X: torch.Tensor) -> torch.Tensor:
    """Return the derivative of the output with respect to each first-layer unit.

    The other side of Lemma 3: at every input its absolute value is at most
    `influence`. With several outputs the absolute derivatives are summed.

    Parameters
    ----------
    network : Module
        As for `layer_weights`.
    X : Tensor, shape (n_samples, n_features)

    Returns
    -------
    Tensor, shape (n_samples, n_units), not negative
    """
    layer_weights(network)
    part = getattr(network, "interaction", network)
    second = [m for m in part.modules() if isinstance(m, nn.Linear)][1]
    seen = []
    handle = second.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    try:
        with torch.enable_grad():
            outputs = network(X.detach().requires_grad_())
    finally:
        handle.remove()
    total = torch.zeros_like(seen[0])  # (n_samples, n_units)
    for output in outputs.reshape(len(X), -1).unbind(dim=1):
        total += torch.autograd.grad(output.sum(), seen[0], retain_graph=True)[0].abs()
    return total.detach()


def nid_pairs(
    network: nn.Module,
    *,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    seed: int = 0,
    average: str = "minimum",
) -> Interactions:
    """Score every pair of features by the weights of a trained network.

    The sum over first-layer units of the unit's `influence` times the average of the
    two absolute input weights.

    Parameters
    ----------
    network : Module
        As for `layer_weights`.
    sets : sequence of pairs of int, optional
        Default all pairs.
    features : sequence of str, optional
        Names; default x1, x2, ...
    seed : int
        Nothing is random here; taken so that all detectors are called alike.
    average : str
        A key of `AVERAGES`; the published choice is the minimum.

    Returns
    -------
    Interactions
        Of the asked pairs, else of all p (p - 1) / 2.

    Source
    ------
    Tsang et al. (2018), Table 2; the averages are those of Fig. 3 [tsang2018].

    Examples
    --------
    >>> import torch
    >>> from helpers import nid_pairs
    >>> network = torch.nn.Sequential(
    ...     torch.nn.Linear(3, 2, bias=False), torch.nn.ReLU(), torch.nn.Linear(2, 1)
    ... )
    >>> with torch.no_grad():  # the first unit reads a and b, the second c alone
    ...     _ = network[0].weight.copy_(torch.tensor([[1.0, 2, 0], [0, 0, 3]]))
    ...     _ = network[2].weight.fill_(1.0)
    >>> nid_pairs(network, features=["a", "b", "c"]).to_frame()
       rank features  order  score   detector
    0     1    a × b      2    1.0  nid_pairs
    1     2    a × c      2    0.0  nid_pairs
    2     3    b × c      2    0.0  nid_pairs
    """
    start, fold, finish = _average(average)
    weights = layer_weights(network)
    n_features, unit_influence = weights[0].shape[1], influence(weights)
    with np.errstate(divide="ignore"):
        started = start(np.abs(weights[0]))  # (n_units, n_features)
    scores = []
    # One first feature at a time: (n_units, p) numbers at once, not (n_units, p * p).
    for i in range(n_features - 1):
        pairs = fold(started[:, i : i + 1], started[:, i + 1 :])
        scores.append(unit_influence @ finish(pairs, 2))
    checks.integer("seed", seed, at_least=0)
    found = Interactions(
        all_pairs(n_features),
        np.concatenate(scores) if scores else np.empty(0),
        _names(n_features, features),
        "nid_pairs",
        {"average": average},
    )
    if sets is None:
        return found
    place = {pair: row for row, pair in enumerate(found.sets)}
    return found.take([place[pair] for pair in pairs_or_all(sets, n_features)])


def nid_ranking(
    network: nn.Module,
    *,
    average: str = "minimum",
    max_sets: int | None = None,
    max_order: int | None = None,
    features: Sequence[str] | None = None,
) -> Interactions:
    """Rank sets of features of any order by the weights of a trained network.

    Each first-layer unit proposes its two, three, ... most heavily weighted features;
    a set's score sums over the units that propose it. At most n_units (p - 1) sets,
    subsets of other sets among them (see `prune`).

    Ties: equal weights within a unit are taken in feature order; sets of equal score
    are ordered by size, small first, then by their features. With the maximum, the
    nested sets of one unit all tie.

    Parameters
    ----------
    network : Module
        As for `layer_weights`.
    average : str
        A key of `AVERAGES`.
    max_sets : int, optional
        Keep only the strongest; default all.
    max_order : int, optional
        Largest set proposed; default all features.
    features : sequence of str, optional
        Names; default x1, x2, ...

    Returns
    -------
    Interactions
        Strongest first.

    Source
    ------
    Tsang et al. (2018), Algorithm 1 [tsang2018].

    Examples
    --------
    >>> import torch
    >>> from helpers import nid_ranking
    >>> network = torch.nn.Sequential(
    ...     torch.nn.Linear(3, 2, bias=False), torch.nn.ReLU(), torch.nn.Linear(2, 1)
    ... )
    >>> with torch.no_grad():  # the first unit reads a and b, the second c alone
    ...     _ = network[0].weight.copy_(torch.tensor([[1.0, 2, 0], [0, 0, 3]]))
    ...     _ = network[2].weight.fill_(1.0)
    >>> nid_ranking(network, features=["a", "b", "c"]).to_frame()
       rank   features  order  score     detector
    0     1      a × b      2    1.0  nid_ranking
    1     2      a × c      2    0.0  nid_ranking
    2     3  a × b × c      3    0.0  nid_ranking
    """
    start, fold, finish = _average(average)
    if max_sets is not None:
        max_sets = checks.integer("max_sets", max_sets, at_least=1)
    weights = layer_weights(network)
    strengths = np.abs(weights[0])
    n_features = strengths.shape[1]
    if max_order is not None:
        max_order = checks.integer("max_order", max_order, at_least=2)
    largest = min(max_order or n_features, n_features)

    order = np.argsort(-strengths, axis=1, kind="stable")[:, :largest]
    descending = np.take_along_axis(strengths, order, axis=1)  # (n_units, largest)
    with np.errstate(divide="ignore"):
        folded = np.column_stack(list(accumulate(start(descending).T, fold)))
    averages = finish(folded, np.arange(1, largest + 1))  # of the first 1, 2, ...
    contributions = influence(weights)[:, None] * averages

    totals = defaultdict(float)
    for unit, contribution in zip(order.tolist(), contributions.tolist(), strict=True):
        for size in range(2, largest + 1):
            totals[tuple(sorted(unit[:size]))] += contribution[size - 1]
    ranking = sorted(totals, key=lambda s: (-totals[s], len(s), s))[:max_sets]
    return Interactions(
        ranking,
        np.array([totals[s] for s in ranking]),
        _names(n_features, features),
        "nid_ranking",
        {"average": average, "max_sets": max_sets, "max_order": max_order},
    )


def relu_cross_term(alpha1: ArrayLike, alpha2: ArrayLike) -> np.ndarray:
    """Return the x1 x2 coefficient of the best quadratic fit to one ReLU unit.

    Best in the least-squares sense for max(alpha1 x1 + alpha2 x2, 0) on the square
    (-1, 1)²: the interaction that a unit creates is about proportional to the
    *smaller* of its two weights, the reason for the minimum in `nid_pairs`.

    Parameters
    ----------
    alpha1, alpha2 : array_like, same shape
        The two weights.

    Returns
    -------
    array, signed as alpha1 * alpha2

    Source
    ------
    Tsang et al. (2018), appendix B [tsang2018].
    """
    alpha1, alpha2 = np.broadcast_arrays(
        checks.finite("alpha1", alpha1), checks.finite("alpha2", alpha2)
    )
    small = np.minimum(np.abs(alpha1), np.abs(alpha2))
    large = np.maximum(np.abs(alpha1), np.abs(alpha2))
    ratio = np.divide(small, large, out=np.zeros_like(large), where=large > 0)
    return np.sign(alpha1) * np.sign(alpha2) * 0.75 * (1 - ratio**2 / 5) * small


def _average(name: str) -> Any:
    return AVERAGES[checks.one_of("average", name, tuple(AVERAGES))]


def _chained(weights: list[np.ndarray]) -> list[np.ndarray]:
    if len(weights) < 2:
        raise ValueError(
            f"network must have at least 2 linear layers; got {len(weights)}."
        )
    for lower, upper in pairwise(weights):
        if upper.shape[1] != lower.shape[0]:
            raise ValueError(
                "network must be one chain of linear layers; "
                f"{lower.shape[0]} outputs meet {upper.shape[1]} inputs."
            )
    return weights


def _names(n_features: int, features: Sequence[str] | None) -> tuple[str, ...]:
    return feature_names(np.empty((0, n_features)), features)
