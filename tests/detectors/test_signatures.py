"""All detectors are called alike, and their results keep what belongs to them."""

import inspect

import numpy as np
import pytest
import torch

from helpers.detectors import Interactions, all_pairs
from helpers.detectors.additive import fast
from helpers.detectors.anova import product_lasso, two_way_anova
from helpers.detectors.archdetect import archdetect
from helpers.detectors.boosting import fit_trees, h_statistic, shap_interactions
from helpers.detectors.factorization import factorization
from helpers.detectors.groves import additive_groves, constrained_boosting
from helpers.detectors.hierarchical_lasso import hierarchical_lasso
from helpers.detectors.rulefit import rulefit
from helpers.detectors.shapley import shapley_pairs
from helpers.detectors.weights import nid_pairs
from helpers.networks.layers import FactorizationMachine
from helpers.networks.mlp import MLP

X = np.random.default_rng(0).normal(1, 1, size=(100, 3))
Y = X[:, 0] * X[:, 1] + X[:, 2] + 0.1 * np.random.default_rng(1).normal(size=100)


def model(X):
    return X[:, 0] * X[:, 1] + np.sin(X[:, 1] + X[:, 2])


def network():
    torch.manual_seed(0)
    return MLP(3, (8, 4))


#: Detector, the first arguments, and knobs that keep it short.
DETECTORS = {
    two_way_anova: ((X, Y), {}),
    product_lasso: ((X, Y), {}),
    hierarchical_lasso: ((X, Y), {"n_penalties": 5}),
    fast: ((X, Y), {}),
    rulefit: ((X, Y), {"n_trees": 20, "n_rows": 10}),
    additive_groves: (
        (X, Y),
        {"bags": 1, "repeats": 2, "alphas": (0.5,), "n_trees": (2,), "max_cycles": 2},
    ),
    constrained_boosting: ((X, Y), {"n_trees": 10}),
    shap_interactions: ((fit_trees(X, Y, n_trees=10), X), {"n_rows": 10}),
    h_statistic: ((model, X), {"n_rows": 10}),
    archdetect: ((model, X), {"n_contexts": 10}),
    shapley_pairs: ((model, X), {}),
    factorization: ((FactorizationMachine(3, 2, n_factors=2), X), {}),
    nid_pairs: ((network(),), {}),
}
every = pytest.mark.parametrize("detect", DETECTORS, ids=lambda d: d.__name__)


@every
def test_detectors_are_called_alike(detect):
    parameters = inspect.signature(detect).parameters.values()
    names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert names in (["model", "X"], ["network", "X"], ["X", "y"], ["network"])
    keywords = {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}
    assert keywords["sets"] is None and keywords["features"] is None
    assert keywords["seed"] == 0


@every
def test_asked_sets_and_names_come_back_with_the_scores_of_all(detect):
    given, knobs = DETECTORS[detect]
    names = ["age", "dose", "sex"]
    whole = detect(*given, features=names, **knobs)
    some = detect(*given, sets=[(2, 1), (0, 1)], features=names, seed=0, **knobs)
    assert whole.sets == all_pairs(3) and some.sets == ((1, 2), (0, 1))
    assert some.features == whole.features == tuple(names)
    np.testing.assert_allclose(some.scores, whole.scores[[2, 0]], rtol=1e-6)
    assert whole.detector == detect.__name__


@every
def test_settings_went_in_and_details_came_out(detect):
    given, knobs = DETECTORS[detect]
    found = detect(*given, **knobs)
    parameters = inspect.signature(detect).parameters
    counted = {"n_people", "n_models"}  # what was given, counted
    assert set(found.settings) <= set(parameters) | counted
    for name, value in knobs.items():
        assert found.settings[name] == value
    last = found.take([2])
    for name, value in found.details.items():
        if np.ndim(value):
            np.testing.assert_array_equal(last.details[name], value[[2]])
        else:
            assert last.details[name] == value
    assert last.settings == found.settings
    frame = found.to_frame()
    assert frame.attrs["settings"] == found.settings
    assert set(found.details) <= set(frame.columns)


def test_details_of_all_sizes_follow_their_sets():
    details = {
        "p": [0.3, 0.1, 0.2],
        "by_model": [[1, 2], [3, 4], [5, 6]],
        "penalty": 0.5,
    }
    found = Interactions(all_pairs(3), [1, 3, 2], "abc", "toy", {"n": 2}, details)
    ranked = found.ranked()
    assert ranked.details["by_model"].tolist() == [[3, 4], [5, 6], [1, 2]]
    frame = ranked.take([1, 0]).to_frame()
    assert frame["p"].tolist() == [0.1, 0.2]
    assert frame["by_model 1"].tolist() == [3, 5]
    assert frame["by_model 2"].tolist() == [4, 6]
    assert frame["penalty"].tolist() == [0.5, 0.5]
    assert frame.attrs["settings"] == {"n": 2}


def test_standard_errors_stay_with_their_pairs():
    found = shapley_pairs(model, X, n_orders=3)
    by_set = dict(zip(found.sets, found.details["standard_error"], strict=True))
    ranked = found.ranked()
    assert ranked.sets != found.sets
    assert [by_set[s] for s in ranked.sets] == ranked.details["standard_error"].tolist()


def test_details_with_too_many_axes_are_refused():
    with pytest.raises(
        ValueError, match=r"details\['p'\] must have 1 or 2 axes; got 3"
    ):
        Interactions([(0, 1)], [1], "ab", "toy", details={"p": np.zeros((1, 1, 1))})
