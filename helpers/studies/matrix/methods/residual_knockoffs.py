"""Knock-offs asked about what main effects leave over."""

from dataclasses import replace

from helpers.studies.matrix.kinds import Answer, Data, Learners, Method
from helpers.studies.matrix.methods.knockoffs import knockoffs
from helpers.studies.matrix.methods.permuted import main_effects


def of_residuals(data: Data, seed: int, learners: Learners) -> Answer:
    """Fit trees to the residual of a sum of splines; compare pairs with knock-offs.

    Importances of pairs rise with the main effects of their features, those of
    knock-offs do not: an additive fit takes that away before.

    Differs from the paper: the correction for main effects is made in the outcome, not
    in the importances.

    Source
    ------
    Chen, Jiang, Noble and Lu (2025), for the knock-offs and for correcting at all.
    """
    return knockoffs(replace(data, y=data.y - main_effects(data)), seed, learners)


METHODS = {
    "knock-offs, residuals": Method(
        of_residuals,
        "the same of what splines leave over",
        tests=True,
        families=("gaussian",),
        most_features=50,
    ),
}
