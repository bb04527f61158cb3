"""Permutation tests of two scores that have no p-value of their own."""

import numpy as np

from helpers.detectors.archdetect import archdetect
from helpers.detectors.boosting import fit_trees, h_statistic
from helpers.device import seeded
from helpers.ensemble import Adam, Ensemble
from helpers.networks.mlp import MLPM
from helpers.significance.permutation import p_values, permuted_targets
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method
from helpers.studies.matrix.methods.networks import TRAINING, scaled, some_rows
from helpers.studies.matrix.methods.permuted import PERMUTATIONS, main_effects

TREES = 100
#: Rows that partial dependences are taken at: a pair costs their square in predictions.
PARTIAL_ROWS = 30


def permuted(data: Data, scheme: str, seed: int) -> np.ndarray:
    """Return permuted outcomes, shape (PERMUTATIONS, n)."""
    return permuted_targets(
        scheme,
        data.y,
        [np.arange(len(data.y))],
        fitted=None if scheme == "T" else main_effects(data),
        n_permutations=PERMUTATIONS,
        seed=seed,
    )


def against(scores: np.ndarray) -> Answer:
    """Compare the first row of scores with the others; maxT for all pairs together."""
    observed, null = scores[0], scores[1:]
    largest = np.repeat(null.max(1, keepdims=True), null.shape[1], axis=1)
    return Answer(observed, p_values(observed, null), p_values(observed, largest))


def h(data: Data, seed: int, _learners: Learners) -> Answer:
    """Compare H of boosted trees with H where the outcome is permuted.

    Source
    ------
    Friedman and Popescu (2008) for H. They draw their null outcomes from an additive
    model; a permuted outcome is what a user without one takes.
    """

    def scores(y: np.ndarray) -> np.ndarray:
        trees = fit_trees(data.X, y, n_trees=TREES, seed=seed)
        return h_statistic(trees, data.X, n_rows=PARTIAL_ROWS, seed=seed).scores

    targets = [data.y, *permuted(data, "T", seed)]
    return against(np.array([scores(y) for y in targets]))


def shares(data: Data, seed: int, _learners: Learners) -> Answer:
    """Compare a pair's share of all squared mixed differences under Perm I.

    A network is trained on the outcome, and one on each outcome without interactions.
    """
    X, _ = scaled(data)
    targets = np.stack([data.y, *permuted(data, "I", seed)])
    targets = (targets - targets.mean(1, keepdims=True)) / targets.std(1, keepdims=True)
    held = np.random.default_rng([seed, 75]).permutation(len(X)) < len(X) // 5
    with seeded(1_000 * seed):
        networks = [MLPM(X.shape[1]) for _ in targets]
    ensemble = Ensemble(networks, device="cpu").fit(
        X,
        targets.astype(np.float32),
        own_y=True,
        train=~held,
        validation=held,
        loss="mse",
        optimizer=Adam(lr=5e-3),
        seeds=1_000 * seed,
        progress=False,
        **TRAINING,
    )
    rows = some_rows(data, seed)
    found = np.array(
        [
            archdetect(ensemble.network(i), rows, seed=seed).scores
            for i in range(len(targets))
        ]
    )
    return against(found / np.maximum(found.sum(1, keepdims=True), 1e-300))


METHODS = {
    "H, Perm T": Method(
        h, "H of trees, outcomes permuted; maxT", tests=True, families=("gaussian",),
        most_features=12, most_work=200_000,
    ),
    "ArchDetect, Perm I": Method(
        shares, "a pair's share of ArchDetect under Perm I; maxT", tests=True,
        families=("gaussian",), most_features=12, most_work=200_000,
    ),
}  # fmt: skip
