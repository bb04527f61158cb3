"""Which positions a motif network's output rests on, and how well that finds motifs.

Integrated gradients and DeepLIFT of a network with one pooled convolution need no pass
over the sequence: from a zero baseline every pool keeps its winner, so they are
computed on the pooled responses and handed to the winners' windows. Integrated
gradients equal Captum's (see the tests) at a small part of the cost.
"""

import copy
from collections.abc import Sequence

import numba
import numpy as np
import torch
from torch.nn import functional as F

from helpers import checks
from helpers import device as machine
from helpers.networks.motif import MotifCNN, window_scores
from helpers.networks.scan import letter_table, max_scan, padded_kmers
from helpers.truth.sequences import bases

METHODS = ("IG", "DeepLIFT", "permutation")
TARGETS = ("probability", "output")
ROWS = 64  # sequences handled at once


def contributions(
    networks: Sequence[MotifCNN],
    sequences,
    *,
    method: str,
    target: str = "probability",
    points: int = 50,
    seed: int = 0,
) -> np.ndarray:
    """Return the signed contribution of each position to each network's output.

    Parameters
    ----------
    networks : sequence of MotifCNN
        With one output.
    sequences : array of int, shape (n, length)
    method : {"IG", "DeepLIFT", "permutation"}
        IG and DeepLIFT (rescale rule) start from the all-zero baseline; permutation
        shuffles the bases of a position over the sequences and takes the change.
    target : {"probability", "output"}
        What is attributed: the output (a logit, or a regression's value), or the
        logistic function of it.
    points : int
        Of Gauss-Legendre on the path of IG.
    seed : int
        Of the permutations.

    Returns
    -------
    array, shape (n_networks, n, length)

    Source
    ------
    Sundararajan, Taly and Yan (2017); Shrikumar, Greenside and Kundaje (2017); Captum.
    """
    sequences = bases("sequences", sequences)
    checks.one_of("method", method, METHODS)
    checks.one_of("target", target, TARGETS)
    checks.integer("points", points, at_least=1)
    for network in networks:
        if not isinstance(network, MotifCNN) or network.output.out_features != 1:
            raise TypeError("networks must be MotifCNN with one output.")
    networks = [copy.deepcopy(network).eval() for network in networks]
    with machine.threads(1):  # products this small only wait for each other
        return _CONTRIBUTIONS[method](networks, sequences, target, points, seed)


def motif_auprc(scores, positive, excluded) -> np.ndarray:
    """Return how well absolute scores find a motif's positions, sequence by sequence.

    Parameters
    ----------
    scores : array, shape (n, length)
    positive : array of bool, shape (n, length)
        Positions of the motif in question.
    excluded : array of bool, shape (n, length)
        Positions of other motifs: neither positive nor negative.

    Returns
    -------
    array, shape (n,)
        Area under the precision-recall curve by trapezoids, ties as one point (as
        scikit-learn's curve and auc give it). Guessing gives about the share of
        positive positions.

    Raises
    ------
    ValueError
        If shapes differ or a sequence has no position of the motif.
    """
    scores = np.abs(checks.matrix("scores", scores))
    positive, excluded = np.asarray(positive, bool), np.asarray(excluded, bool)
    if not scores.shape == positive.shape == excluded.shape:
        raise ValueError(
            "scores, positive and excluded must have one shape; got "
            f"{scores.shape}, {positive.shape} and {excluded.shape}."
        )
    lacking = np.flatnonzero(~positive.any(axis=1))
    if len(lacking):
        raise ValueError(f"positive must mark the motif; row {lacking[0]} has none.")
    return _areas(scores, positive, excluded & ~positive)


def _result(value, target: str):
    return torch.sigmoid(value) if target == "probability" else value


def _integrated(network, pooled, target, points):
    """Return the mean slope along the path from zero to the pooled responses."""
    nodes, parts = np.polynomial.legendre.leggauss(points)
    steps = torch.tensor((nodes + 1) / 2, dtype=pooled.dtype)
    path = (steps[:, None, None, None] * pooled).flatten(0, 1).requires_grad_()
    result = _result(network.head(path), target)
    (slope,) = torch.autograd.grad(result.sum(), path)
    slope = slope.unflatten(0, (points, len(pooled)))
    return torch.einsum(
        "k,k...->...", torch.tensor(parts / 2, dtype=slope.dtype), slope
    )


@torch.no_grad()
def _rescaled(network, pooled, target, points):
    """Return DeepLIFT's multipliers of the pooled responses, against zero."""
    both = torch.cat([pooled, torch.zeros_like(pooled[:1])])
    before = [(both + network.shift).flatten(1)]  # what enters each ReLU
    scales = []
    for i, layer in enumerate(network.hidden):
        x = layer(F.relu(before[-1]))
        norm = network.norms[i] if len(network.norms) else None
        scales.append(1.0 if norm is None else norm.scale * _inverse_deviation(norm))
        before.append(x if norm is None else norm(x))
    value = network.output(F.relu(before[-1]))
    multiplier = torch.ones_like(value[:-1])
    if target == "probability":
        multiplier = _quotient(torch.sigmoid(value), value, torch.sigmoid(value) * (
            1 - torch.sigmoid(value)))  # fmt: skip
    multiplier = multiplier @ network.output.weight
    for i in reversed(range(len(before))):
        x = before[i]
        multiplier = multiplier * _quotient(F.relu(x), x, (x > 0).to(x.dtype))
        if i > 0:
            multiplier = multiplier * scales[i - 1] @ network.hidden[i - 1].weight
    return multiplier.view_as(pooled)


def _inverse_deviation(norm):
    return (norm.variance + 1e-5).rsqrt()


def _quotient(after, before, slope):
    """Return change after / change before against the last row; the slope if none."""
    change = before[:-1] - before[-1:]
    small = change.abs() < 1e-7
    ratio = (after[:-1] - after[-1:]) / torch.where(small, 1.0, change)
    return torch.where(small, slope[:-1], ratio)


@torch.no_grad()
def _permutation(network, sequences, target, seed):
    """Return the output less that with one position's bases shuffled, (n, length)."""
    rng = np.random.default_rng(seed)
    x = torch.from_numpy(sequences.copy())
    intact = _result(network(x), target)[:, 0]
    change = np.empty(sequences.shape)
    for position in range(sequences.shape[1]):
        shuffled = x.clone()
        shuffled[:, position] = x[rng.permutation(len(x)), position]
        change[:, position] = intact - _result(network(shuffled), target)[:, 0]
    return change


def _through_pools(slopes):
    """Return a method that weighs pooled responses and hands them to their windows."""

    def contributions(networks, sequences, target, points, seed):
        found = np.empty((len(networks), *sequences.shape))
        for i, network in enumerate(networks):
            with torch.no_grad():
                filters = network.folded_filters().permute(2, 1, 0).contiguous()
                table = letter_table(filters)
            for first in range(0, len(sequences), ROWS):
                rows = slice(first, first + ROWS)
                codes = padded_kmers(
                    torch.from_numpy(sequences[rows]), network.width, "same"
                )
                with torch.no_grad():
                    maxima, places = max_scan(codes, table, pool=network.pool)
                weights = slopes(network, maxima, target, points)
                found[i, rows] = window_scores(
                    sequences[rows], places.numpy(), filters.numpy(), weights.numpy()
                )
        return found

    return contributions


def _permuted(networks, sequences, target, points, seed):
    return np.stack([_permutation(n, sequences, target, seed) for n in networks])


_CONTRIBUTIONS = {
    "IG": _through_pools(_integrated),
    "DeepLIFT": _through_pools(_rescaled),
    "permutation": _permuted,
}


@numba.njit(cache=True)
def _areas(scores, positive, excluded):
    areas = np.empty(len(scores))
    for row in range(len(scores)):
        order = np.argsort(-scores[row])
        total = positive[row].sum()
        hits, seen, area = 0, 0, 0.0
        recall, precision = 0.0, 1.0
        for rank in range(len(order)):
            position = order[rank]
            if not excluded[row, position]:
                seen += 1
                hits += positive[row, position]
            # A run of equal scores is one point of the curve.
            last = rank == len(order) - 1
            if not last and scores[row, order[rank + 1]] == scores[row, position]:
                continue
            if seen == 0:
                continue
            now = hits / total
            share = hits / seen
            area += (now - recall) * (share + precision) / 2
            recall, precision = now, share
        areas[row] = area
    return areas
