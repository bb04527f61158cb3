"""Rules that trees supply and a lasso weighs."""

from helpers.detectors.rulefit import rulefit as rules
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method


def rulefit(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask the H statistic of a lasso on rules."""
    return Answer(rules(data.X, data.y, seed=seed).scores)


METHODS = {
    "RuleFit": Method(rulefit, "H of a lasso on the rules of trees", most_features=20),
}
