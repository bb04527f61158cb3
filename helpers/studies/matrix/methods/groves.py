"""Additive Groves with and without a pair."""

from helpers.detectors.groves import additive_groves
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method


def groves(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask Additive Groves, few bags."""
    found = additive_groves(data.X, data.y, seed=seed, bags=4, repeats=5)
    return Answer(found.scores)


METHODS = {
    "Additive Groves": Method(
        groves, "groves that may not hold the pair", most_features=20
    ),
}
