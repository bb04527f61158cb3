"""Trees that take minutes: rules, and models with and without a pair."""

from helpers.detectors.groves import additive_groves, constrained_boosting
from helpers.detectors.rulefit import rulefit as rules
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method


def boosting(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask boosted trees that may not hold the pair how much worse they are."""
    return Answer(constrained_boosting(data.X, data.y, seed=seed).scores)


def groves(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask Additive Groves, few bags."""
    found = additive_groves(data.X, data.y, seed=seed, bags=4, repeats=5)
    return Answer(found.scores)


def rulefit(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask the H statistic of a lasso on rules."""
    return Answer(rules(data.X, data.y, seed=seed).scores)


METHODS = {
    "constrained boosting": Method(
        boosting, "trees that may not hold the pair", most_features=20
    ),
    "RuleFit": Method(rulefit, "H of a lasso on the rules of trees", most_features=20),
    "Additive Groves": Method(
        groves, "groves that may not hold the pair", most_features=20
    ),
}
