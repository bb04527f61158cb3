"""Penalised regressions with products."""

from helpers.detectors.anova import product_lasso
from helpers.detectors.hierarchical_lasso import hierarchical_lasso
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method


def products(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask a cross-validated lasso on all products."""
    return Answer(product_lasso(data.X, data.y, seed=seed).scores)


def hierarchical(data: Data, seed: int, _learners: Learners) -> Answer:
    """Ask the hierarchical lasso, weak hierarchy."""
    return Answer(hierarchical_lasso(data.X, data.y, seed=seed).scores)


METHODS = {
    "product lasso": Method(
        products, "lasso on all products, cross-validated", most_work=2_000_000
    ),
    "hierarchical lasso": Method(
        hierarchical, "products only beside main effects", most_features=20
    ),
}
