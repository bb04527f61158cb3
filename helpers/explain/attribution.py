"""Which positions a motif network's output rests on, and how well that finds motifs.

DeepLIFT is Captum's. Integrated gradients are our own, because a network with one
pooled convolution needs no pass over the sequence: from a zero baseline every pool
keeps its winner, so they are computed on the pooled responses and handed to the
winners' windows. They equal Captum's (see the tests) at a small part of the cost; so
does feature permutation, in `shuffling`.
"""

import copy
import warnings
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.nn import functional as F

from helpers import checks
from helpers import device as machine
from helpers.data.bases import bases
from helpers.explain.shuffling import shuffled_bases, shuffled_numbers
from helpers.extras import extra
from helpers.networks.motif import MotifCNN, usual_layers, window_scores
from helpers.networks.scan import letter_table, max_scan, padded_kmers

with extra("dna"):
    from captum.attr import DeepLift

PERMUTING = ("permutation", "permutation-bases")
METHODS = ("IG", "DeepLIFT", *PERMUTING)
COMPLETE = ("IG", "DeepLIFT")  # whose contributions add up to the output's change
TARGETS = ("probability", "output")
CURVES = ("trapezoids", "steps")
ROWS = 64  # sequences handled at once


def contributions(
    networks: Sequence[MotifCNN],
    sequences: ArrayLike,
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
    method : {"IG", "DeepLIFT", "permutation", "permutation-bases"}
        IG and DeepLIFT (rescale rule) start from the all-zero baseline. A permutation
        shuffles a feature over the sequences and takes the change, so its contributions
        depend on the company of a sequence: a feature is each of the 4 x length numbers
        (summed over a position's four), or, with bases, what stands at a position.
    target : {"probability", "output"}
        What is attributed: the output (a logit, or a regression's value), or the
        logistic function of it.
    points : int
        Of Gauss-Legendre on the path of IG.
    seed : int
        Of the permutations; every network draws its own.

    Returns
    -------
    array, shape (n_networks, n, length)

    Raises
    ------
    ValueError
        If method or target is unknown, sequences are not as long as the networks
        read, or a single sequence is to be permuted.
    TypeError
        If a network is not a MotifCNN with one output.

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
        _check_length(network, sequences)
    if method in PERMUTING and len(sequences) < 2:
        raise ValueError("sequences must hold at least 2 rows to permute; got 1.")
    networks = [copy.deepcopy(network).eval() for network in networks]
    with machine.threads(1):  # products this small only wait for each other
        if method == "IG":
            return _integrate(networks, sequences, target, points)
        if method == "DeepLIFT":
            return _deep_lift(networks, sequences, target)
        shuffle = shuffled_numbers if method == "permutation" else shuffled_bases
        return shuffle(networks, sequences, lambda x: _result(x, target), seed)


@torch.no_grad()
def incompleteness(
    networks: Sequence[MotifCNN],
    sequences: ArrayLike,
    scores: ArrayLike,
    *,
    target: str,
) -> np.ndarray:
    """Return by how much contributions miss the change of the output.

    Parameters
    ----------
    networks, sequences, target
        As for `contributions`.
    scores : array, shape (n_networks, n, length)
        What it returned.

    Returns
    -------
    array, shape (n_networks, n)
        The size of: sum over positions - (output - output of the all-zero baseline).
    """
    sequences = bases("sequences", sequences)
    checks.one_of("target", target, TARGETS)
    if np.shape(scores) != (len(networks), *sequences.shape):
        raise ValueError(
            "scores must have shape (n_networks, n, length) = "
            f"{(len(networks), *sequences.shape)}; got {np.shape(scores)}."
        )
    changes = []
    for network in networks:
        _check_length(network, sequences)
        network = copy.deepcopy(network).eval()
        pooled = network.pooled(torch.from_numpy(sequences))
        both = torch.cat([pooled, torch.zeros_like(pooled[:1])])  # zeros respond zero
        value = _result(network.head(both), target)[:, 0]
        changes.append((value[:-1] - value[-1]).numpy())
    return np.abs(np.sum(scores, axis=-1) - changes)


def motif_auprc(
    scores: ArrayLike,
    positive: ArrayLike,
    excluded: ArrayLike,
    *,
    curve: str = "trapezoids",
) -> np.ndarray:
    """Return how well absolute scores find a motif's positions, sequence by sequence.

    Parameters
    ----------
    scores : array, shape (n, length)
    positive : array of bool, shape (n, length)
        Positions of the motif in question.
    excluded : array of bool, shape (n, length)
        Positions of other motifs: neither positive nor negative.
    curve : {"trapezoids", "steps"}
        How points of the precision-recall curve are joined, ties being one point.
        Trapezoids (scikit-learn's `auc` of the curve) are kind to many ties; steps are
        its average precision.

    Returns
    -------
    array, shape (n,)
        Area under the curve. Guessing gives about the share of positive positions.

    Raises
    ------
    ValueError
        If shapes differ or a sequence has no position of the motif.
    """
    checks.one_of("curve", curve, CURVES)
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
    return _areas(scores, positive, excluded & ~positive, curve == "steps")


def _check_length(network: MotifCNN, sequences: np.ndarray) -> None:
    if sequences.shape[1] != network.length:
        raise ValueError(
            f"sequences must have the length that networks read, {network.length} bp; "
            f"got {sequences.shape[1]} bp."
        )


def _result(value: Tensor, target: str) -> Tensor:
    return torch.sigmoid(value) if target == "probability" else value


def _integrated(network: MotifCNN, pooled: Tensor, target: str, points: int) -> Tensor:
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


def _integrate(
    networks: Sequence[MotifCNN], sequences: np.ndarray, target: str, points: int
) -> np.ndarray:
    """Return integrated gradients: slopes of pooled responses, on their windows."""
    found = np.empty((len(networks), *sequences.shape))
    for i, network in enumerate(networks):
        with torch.no_grad():
            filters = network.folded_filters().permute(2, 1, 0).contiguous()
            table = letter_table(filters)
        for first in range(0, len(sequences), ROWS):
            block = sequences[first : first + ROWS]
            codes = padded_kmers(torch.from_numpy(block), network.width, "same")
            with torch.no_grad():
                maxima, places = max_scan(codes, table, pool=network.pool)
            weights = _integrated(network, maxima, target, points)
            found[i, first : first + ROWS] = window_scores(
                block, places.numpy(), filters.numpy(), weights.numpy()
            )
    return found


def _deep_lift(
    networks: Sequence[MotifCNN], sequences: np.ndarray, target: str
) -> np.ndarray:
    """Return Captum's DeepLIFT of the usual layers; it cannot see into compiled ones.

    Where all of a pool lies below the baseline's response, Captum's rule for pools puts
    the difference on the pool's first window.
    """
    found = np.empty((len(networks), *sequences.shape))
    for i, network in enumerate(networks):
        usual = usual_layers(network, probability=target == "probability")
        explain = DeepLift(usual).attribute
        for first in range(0, len(sequences), ROWS):
            rows = slice(first, first + ROWS)
            letters = F.one_hot(torch.from_numpy(sequences[rows]).long(), 4)
            letters = letters.transpose(1, 2).to(network.filters.dtype).requires_grad_()
            with warnings.catch_warnings():  # that it hooks into layers
                warnings.filterwarnings("ignore", "Setting forward, backward hooks")
                found[i, rows] = explain(letters).sum(dim=1).detach().numpy()
    return found


@machine.compiled(cache=True)
def _areas(
    scores: np.ndarray, positive: np.ndarray, excluded: np.ndarray, steps: bool
) -> np.ndarray:
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
            height = share if steps else (share + precision) / 2
            area += (now - recall) * height
            recall, precision = now, share
        areas[row] = area
    return areas
