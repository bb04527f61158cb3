"""Boosted trees with and without a pair."""

from helpers.detectors.groves import constrained_boosting
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method


def boosting(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask boosted trees that may not hold the pair how much worse they are."""
    return Answer(constrained_boosting(data.X, data.y, seed=seed).scores)


METHODS = {
    "constrained boosting": Method(
        boosting, "trees that may not hold the pair", most_features=20
    ),
}
