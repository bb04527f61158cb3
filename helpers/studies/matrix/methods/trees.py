"""Boosted trees, and what reads them."""

from helpers.detectors.additive import fast as fast_gain
from helpers.detectors.boosting import Trees, fit_trees, h_statistic, shap_interactions
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method

LOSSES = {"gaussian": "mse", "binomial": "cross-entropy"}


def boosted(data: Data, seed: int, learners: Learners) -> Trees:
    """Return the boosted trees that the methods here read."""
    return learners.get(
        "trees",
        lambda: fit_trees(data.X, data.y, loss=LOSSES[data.family], seed=seed),
    )


def shap(data: Data, seed: int, learners: Learners) -> Answer:
    """Ask for the mean absolute SHAP interaction value."""
    model = boosted(data, seed, learners)
    return Answer(shap_interactions(model, data.X, seed=seed).scores)


def h(data: Data, seed: int, learners: Learners) -> Answer:
    """Ask for Friedman and Popescu's H, not divided by the pair's own effect."""
    model = boosted(data, seed, learners)
    found = h_statistic(model, data.X, seed=seed, normalised=False)
    return Answer(found.scores)


def fast(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask for the gain of one two-way cut on what an additive model leaves over."""
    return Answer(fast_gain(data.X, data.y, loss=LOSSES[data.family], seed=seed).scores)


METHODS = {
    "FAST": Method(fast, "gain of a two-way cut after an additive model"),
    "SHAP interactions": Method(shap, "of boosted trees"),
    "H statistic": Method(h, "of boosted trees, unnormalised", most_features=20),
}
