"""Perceptrons on tables, and what reads them."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from torch import nn

from helpers.detectors.archdetect import archdetect
from helpers.detectors.factorization import factorization
from helpers.detectors.interactions import Interactions
from helpers.detectors.predictions import mixed_difference_of, network_function
from helpers.detectors.shapley import shapley_pairs
from helpers.detectors.weights import nid_pairs
from helpers.device import seeded
from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.layers import FactorizationMachine
from helpers.networks.mlp import INTERACTION_WEIGHTS, MLP, MLPM
from helpers.significance.interaction.table import normal_scores
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method
from helpers.training.penalties import Penalty

#: Networks whose scores are averaged: one network's ranking is noise (chapter 5).
STARTS = 5
TRAINING: dict[str, Any] = {"max_epochs": 100, "patience": 10, "batch_size": 100}
L1 = 5e-5
ASKED = 200  # rows that are asked about
LOSSES = {"gaussian": "mse", "binomial": "binary_cross_entropy"}


def scaled(data: Data) -> tuple[np.ndarray, np.ndarray]:
    """Return features and outcome as networks read them.

    Normal scores of the features; numbers as outcomes with mean 0 and variance 1.
    """
    X, y = normal_scores(data.X), np.asarray(data.y, float)
    if data.family == "gaussian":
        y = (y - y.mean()) / y.std()
    return X.astype(np.float32), y.astype(np.float32)


def fitted(
    make: Callable[[int], nn.Module],
    data: Data,
    seed: int,
    rate: float,
    penalty: Penalty | None = None,
) -> list:
    """Train `STARTS` networks on four fifths of the rows, stopped on the rest."""
    X, y = scaled(data)
    held = np.random.default_rng([seed, 71]).permutation(len(y)) < len(y) // 5
    with seeded(1_000 * seed):
        networks = [make(X.shape[1]) for _ in range(STARTS)]
    ensemble = Ensemble(networks, device="cpu").fit(
        X,
        y,
        train=~held,
        validation=held,
        loss=LOSSES[data.family],
        penalty=penalty,
        optimizer=Adam(lr=rate),
        seeds=1_000 * seed,
        progress=False,
        **TRAINING,
    )
    return [ensemble.network(i) for i in range(STARTS)]


def perceptrons(data: Data, seed: int, learners: Learners) -> list:
    """Return the trained MLPs that the methods here read."""
    penalty = l1(L1, on=INTERACTION_WEIGHTS)
    return learners.get("MLP", lambda: fitted(MLP, data, seed, 5e-3, penalty))


def with_main_effects(data: Data, seed: int, learners: Learners) -> list:
    """Return the trained networks with a net of its own for each feature."""
    penalty = l1(L1, on=INTERACTION_WEIGHTS)
    return learners.get("MLP-M", lambda: fitted(MLPM, data, seed, 5e-3, penalty))


def some_rows(data: Data, seed: int) -> np.ndarray:
    """Return the rows that networks are asked about, as they read them."""
    X, _ = scaled(data)
    rows = np.random.default_rng([seed, 72]).permutation(len(X))[:ASKED]
    return X[rows].astype(float)


def _mean(found: Iterable[Interactions]) -> Answer:
    """Return the mean of what several networks say, each of mean 1."""
    scores = [one.scores / max(one.scores.mean(), 1e-300) for one in found]
    return Answer(np.mean(scores, axis=0))


def nid(data: Data, seed: int, learners: Learners) -> Answer:
    """Read the weights of perceptrons."""
    return _mean(nid_pairs(network) for network in perceptrons(data, seed, learners))


def nid_main(data: Data, seed: int, learners: Learners) -> Answer:
    """Read the weights of the interaction part of networks with main effects."""
    trained = with_main_effects(data, seed, learners)
    return _mean(nid_pairs(network) for network in trained)


def mixed_squares(data: Data, seed: int, learners: Learners) -> Answer:
    """Ask ArchDetect: squared mixed differences between random rows."""
    rows = some_rows(data, seed)
    trained = with_main_effects(data, seed, learners)
    return _mean(archdetect(network, rows, seed=seed) for network in trained)


def shapley(data: Data, seed: int, learners: Learners) -> Answer:
    """Ask for the mean absolute Shapley-Taylor index of order 2."""
    rows = some_rows(data, seed)
    found = shapley_pairs(with_main_effects(data, seed, learners), rows, seed=seed)
    return Answer(found.scores)


def knocked_out(data: Data, seed: int, learners: Learners) -> Answer:
    """Ask for the mean absolute effect of both features beyond the two alone.

    A feature is knocked out by its mean.
    """
    rows = some_rows(data, seed)
    trained = with_main_effects(data, seed, learners)
    asked = [network_function(network) for network in trained]

    def output(*members: int) -> np.ndarray:
        points = rows.copy()
        points[:, list(members)] = rows.mean(0)[list(members)]
        return np.stack([np.ravel(ask(points)) for ask in asked])

    whole, without = output(), [output(i) for i in range(data.n_features)]
    effects = [
        mixed_difference_of(whole, without[i], without[j], output(i, j))
        for i, j in data.pairs
    ]
    return Answer(np.abs(effects).mean((1, 2)))


def machine(data: Data, seed: int, learners: Learners) -> Answer:
    """Read the vectors of factorization machines."""

    def make(n_features: int) -> FactorizationMachine:
        return FactorizationMachine(n_features, 1, 5)

    trained = learners.get("machine", lambda: fitted(make, data, seed, 1e-2))
    X, _ = scaled(data)
    scores = [np.abs(factorization(one, X).scores) for one in trained]
    return Answer(np.mean(scores, axis=0))


METHODS = {
    "NID, MLP": Method(nid, "weights of five perceptrons"),
    "NID, MLP-M": Method(nid_main, "weights of five networks with main effects"),
    "ArchDetect": Method(
        mixed_squares, "squared mixed differences of five MLP-M", most_features=50
    ),
    "Shapley scores": Method(
        shapley, "Shapley-Taylor index of five MLP-M", most_features=15
    ),
    "knock-outs": Method(
        knocked_out, "mean-knock-outs of five MLP-M", most_features=50
    ),
    "factorization machine": Method(machine, "vectors of five factorization machines"),
}
