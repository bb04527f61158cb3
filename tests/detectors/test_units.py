"""Units and origins of features and outcomes do not matter, whatever the detector."""

import numpy as np
import pytest
import torch

from helpers.detectors.additive import fast
from helpers.detectors.anova import product_lasso, two_way_anova
from helpers.detectors.archdetect import archdetect
from helpers.detectors.boosting import fit_trees, h_statistic, shap_interactions
from helpers.detectors.groves import additive_groves, constrained_boosting
from helpers.detectors.hierarchical_lasso import hierarchical_lasso
from helpers.detectors.rulefit import rulefit
from helpers.detectors.shapley import shapley_pairs
from helpers.networks.mlp import MLP


def by_shap(X, y, **options):
    return shap_interactions(fit_trees(X, y, n_trees=40), X, n_rows=40, **options)


def by_h(X, y, **options):
    return h_statistic(fit_trees(X, y, n_trees=40), X, n_rows=20, **options)


def by_rules(X, y, **options):
    # in units of y: normalised, a pair that matters little may lead
    return rulefit(X, y, n_trees=60, n_rows=20, normalised=False, **options)


def by_constraints(X, y, **options):
    return constrained_boosting(X, y, n_trees=30, repeats=3, **options)


def by_groves(X, y, **options):
    few = {"bags": 1, "repeats": 3, "alphas": (0.5, 0.2), "max_cycles": 2}
    return additive_groves(X, y, n_trees=(3,), **few, **options)


#: Each detector of data, the power of y's unit in its scores, and the share of the
#: largest score by which others may move: trees may cut elsewhere where two gains tie
#: to the last digit, and few groves or rules are a small sample of trees.
OF_DATA = {
    "bins": (two_way_anova, 0, 1e-3),
    "joint": (lambda X, y: two_way_anova(X, y, reading="joint"), 0, 1e-3),
    "per pair": (lambda X, y: two_way_anova(X, y, reading="per pair"), 0, 1e-3),
    "lasso": (product_lasso, 1, 1e-3),
    "hierarchical": (lambda X, y: hierarchical_lasso(X, y, n_penalties=8), 0, 1e-3),
    "fast": (fast, 2, 0.02),
    "shap": (by_shap, 1, 0.02),
    "h": (by_h, 0, 0.05),
    "rulefit": (by_rules, 0, 0.25),
    "groves": (by_groves, 0, 0.5),
    "constrained": (by_constraints, 0, 0.1),
}
OF_MODEL = {
    "archdetect": (lambda f, X: archdetect(f, X, n_contexts=40), 2),
    "h": (lambda f, X: h_statistic(f, X, n_rows=20), 0),
    "size of h": (lambda f, X: h_statistic(f, X, n_rows=20, normalised=False), 1),
    "shapley": (shapley_pairs, 1),
    "shapley, orders": (lambda f, X: shapley_pairs(f, X, n_orders=4), 1),
}


def draw(seed: int):
    """Return 240 rows of four features, and x1 x2 + x3 with some noise."""
    rng = np.random.default_rng(seed)
    X = rng.normal(1, 1, size=(240, 4)) * rng.uniform(1, 2, 4)
    return X, X[:, 0] * X[:, 1] + X[:, 2] + 0.1 * rng.normal(size=240)


def power(rng, low: float, high: float) -> float:
    return 10 ** rng.uniform(low, high)


#: What is done to the data: (X, y, random numbers) -> X, y, unit of the new y.
CHANGES = {
    "features moved": lambda X, y, rng: (X + power(rng, 3, 8.5), y, 1),
    "features scaled": lambda X, y, rng: (X * power(rng, -12, 12), y, 1),
    "features tiny": lambda X, y, rng: (X * 1e-60, y, 1),
    "features huge": lambda X, y, rng: (X * 1e200, y, 1),
    "outcome moved": lambda X, y, rng: (X, y + power(rng, 3, 7), 1),
    "outcome tiny": lambda X, y, rng: (X, y * 1e-12, 1e-12),
    "outcome huge": lambda X, y, rng: (X, y * 1e30, 1e30),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", OF_DATA)
def test_units_of_data_do_not_matter(name, change, request):
    detect, degree, share = OF_DATA[name]
    seed = sum(map(ord, name + change))  # other random data in each case
    X, y = draw(seed)
    before = detect(X, y)
    X, y, unit = CHANGES[change](X, y, np.random.default_rng(seed))
    after = detect(X, y)
    scores = after.scores / unit**degree
    assert after.ranked().sets[0] == before.ranked().sets[0]
    close = share * np.abs(before.scores).max()
    np.testing.assert_allclose(scores, before.scores, rtol=share, atol=close)


@pytest.mark.parametrize("unit", [1e-12, 1e30])
@pytest.mark.parametrize("level", [0, 1e6])
@pytest.mark.parametrize("name", OF_MODEL)
def test_units_of_predictions_do_not_matter(name, level, unit):
    detect, degree = OF_MODEL[name]
    X, _ = draw(len(name))

    def model(X):
        return X[:, 0] * X[:, 1] + np.sin(X[:, 2])

    before = detect(model, X)
    after = detect(lambda X: unit * (model(X) + level), X)
    assert before.scores[0] > 0 and not before.scores[1:].any()
    assert not after.scores[1:].any()
    assert after.scores[0] / unit**degree == pytest.approx(before.scores[0], rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", OF_MODEL)
def test_features_that_a_model_ignores_interact_with_nothing(name, seed):
    detect, _ = OF_MODEL[name]
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 5)) * power(rng, -6, 6)
    weights = rng.normal(size=3) / X.std()
    used = rng.permutation(5)[:3]

    def model(X):
        return np.sin(X[:, used] @ weights) + rng_level

    rng_level = power(rng, -3, 3)
    found = detect(model, X)
    inside = [set(pair) <= set(used.tolist()) for pair in found.sets]
    assert not found.scores[~np.array(inside)].any()
    assert (found.scores[inside] > 0).all()


@pytest.mark.parametrize("name", OF_MODEL)
def test_features_that_a_network_ignores_interact_with_nothing(name):
    detect, _ = OF_MODEL[name]
    torch.manual_seed(0)
    network = MLP(5, (30, 20))
    with torch.no_grad():
        network.layers[0].weight[:, 3:] = 0
    X = np.random.default_rng(0).normal(size=(60, 5))
    found = detect(network, X)
    unused = [3 in pair or 4 in pair for pair in found.sets]
    assert not found.scores[unused].any()
    assert (found.scores[~np.array(unused)] > 0).all()


@pytest.mark.parametrize("name", ["shap", "h", "rulefit"])
def test_columns_that_single_precision_cannot_tell_apart_are_refused(name):
    X, y = draw(0)
    X[:, 1] = 1 + 1e-12 * np.arange(240)
    X[::2, 1] = 1e9 * np.arange(120)
    with pytest.raises(ValueError, match="X column 'x2' must have values that single"):
        OF_DATA[name][0](X, y)
