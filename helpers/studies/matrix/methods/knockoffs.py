"""Knock-offs: columns that look like features and cannot matter, as a yardstick."""

import numpy as np

from helpers.detectors.boosting import fit_trees, shap_interactions
from helpers.detectors.interactions import all_pairs
from helpers.significance.interaction.table import normal_scores
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method
from helpers.studies.matrix.methods.trees import LOSSES

#: Trees, and the share of the identity in the correlation of the features.
TREES, SHRINKAGE = 100, 0.02


def gaussian_knockoffs(X: np.ndarray, seed: int) -> np.ndarray:
    """Draw knock-offs of features that are taken to be normal, (n, p).

    Exchanging a feature with its knock-off changes no mean or covariance. All of them
    have one and the same distance from their features, as large as it may be.

    Parameters
    ----------
    X : array, shape (n, p)
        Mean 0, variance 1: normal scores.

    Source
    ------
    Candès, Fan, Janson and Lv (2018), for the equicorrelated kind.
    """
    n, p = X.shape
    correlation = (1 - SHRINKAGE) * np.corrcoef(X.T) + SHRINKAGE * np.eye(p)
    distance = min(1.0, 2 * np.linalg.eigvalsh(correlation)[0]) * 0.999
    inverse = np.linalg.inv(correlation)
    mean = X - distance * X @ inverse
    covariance = 2 * distance * np.eye(p) - distance**2 * inverse
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    noise = np.random.default_rng([seed, 74]).standard_normal((n, p))
    return mean + noise @ root.T


def discovery_rates(
    scores: np.ndarray, one: np.ndarray, both: np.ndarray
) -> np.ndarray:
    """Return the estimated false discovery rate at which each pair is called.

    At a threshold, as many pairs of two features are expected by chance as there are
    pairs with one knock-off less pairs of two: a pair that does not interact is as
    likely to score with a knock-off in place of either feature that does not matter.

    Parameters
    ----------
    scores, one, both : arrays
        Of pairs of two features, with one knock-off (those of a feature and its own
        left out), of two knock-offs.
    """
    rates = np.array(
        [
            max((one >= t).sum() - (both >= t).sum(), 0) / (scores >= t).sum()
            for t in scores
        ]
    )
    order = np.argsort(scores, kind="stable")  # the lowest threshold first
    q = np.empty(len(scores))
    q[order] = np.minimum.accumulate(rates[order])
    return np.minimum(q, 1.0)


def knockoffs(data: Data, seed: int, _learners: Learners) -> Answer:
    """Fit trees to features and knock-offs; compare what SHAP says of their pairs.

    Differs from the paper: boosted trees and SHAP interactions instead of its
    networks and its correction of their importances for main effects.

    Source
    ------
    Chen, Jiang, Noble and Lu (2025).
    """
    X = normal_scores(data.X)
    both = np.hstack([X, gaussian_knockoffs(X, seed)])
    trees = fit_trees(
        both, data.y, n_trees=TREES, loss=LOSSES[data.family], seed=seed
    )  # fmt: skip
    found = shap_interactions(trees, both, seed=seed)
    said = dict(zip(found.sets, found.scores, strict=True))
    p = data.n_features
    scores = np.array([said[pair] for pair in data.pairs])
    mixed = [said[i, p + j] for i in range(p) for j in range(p) if i != j]
    copies = [said[p + i, p + j] for i, j in all_pairs(p)]
    q = discovery_rates(scores, np.array(mixed), np.array(copies))
    return Answer(scores, q, q)


METHODS = {
    "knock-offs": Method(
        knockoffs,
        "SHAP of trees against knock-offs; p is a false discovery rate",
        tests=True,
        most_features=50,
    ),
}
