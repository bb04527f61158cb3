import numpy as np
import pytest

from helpers.detectors.rulefit import RuleFit, rulefit


@pytest.fixture(scope="module")
def data():
    """X uniform on the cube, y = 2 [x1 > 0] [x2 > 0] + x3."""
    X = np.random.default_rng(0).uniform(-1, 1, (600, 4))
    return X, 2.0 * (X[:, 0] > 0) * (X[:, 1] > 0) + X[:, 2]


@pytest.mark.parametrize("normalised", [True, False])
def test_finds_the_rule(data, normalised):
    found = rulefit(*data, n_trees=60, n_rows=30, normalised=normalised)
    assert found.ranked().sets[0] == (0, 1)
    assert found.detector == "rulefit"
    assert found.settings["n_trees"] == 60 and found.details["n_rules"] > 0


def test_prediction_is_the_weighted_sum_of_rules_and_features(data):
    X, y = data
    model = RuleFit(n_trees=20).fit(X, y)
    X, asked = model.units_.apply(X), X
    low, high = np.quantile(X, [0.025, 0.975], axis=0)
    by_hand = model.intercept_ + np.clip(X, low, high) @ model.slopes_
    for tree, weights in zip(model.trees_, model.weights_, strict=True):
        by_hand += tree.decision_path(X) @ weights
    assert model.predict(asked) == pytest.approx(by_hand)
    standardised = (y - y.mean()) / y.std()
    assert np.corrcoef(model.predict(X), standardised)[0, 1] > 0.8
    assert sum((w != 0).sum() for w in model.weights_) == model.n_rules_


def test_linear_outcome_needs_hardly_any_rule():
    X = np.random.default_rng(0).uniform(-1, 1, (400, 3))
    found = rulefit(X, X @ [1.0, 2.0, -1.0], n_trees=20, n_rows=20, normalised=False)
    assert found.scores.max() < 0.05


def test_seed_fixes_the_result(data):
    quick = {"n_trees": 10, "n_rows": 10, "sets": [(0, 1)]}
    first, same, other = (rulefit(*data, seed=s, **quick).scores for s in (0, 0, 1))
    assert first == same
    assert first != other


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"n_trees": 0}, "n_trees must be at least 1; got 0"),
        ({"n_rows": 601}, "n_rows must be at most the rows of X, 600; got 601"),
        ({"sets": [(0, 1, 2)]}, "sets must be pairs"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
    ],
)
def test_bad_knobs(bad, message, data):
    with pytest.raises(ValueError, match=message):
        rulefit(*data, **({"n_trees": 2} | bad))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"mean_leaves": 1}, "mean_leaves must be at least 2; got 1"),
        ({"shrinkage": 2}, "shrinkage must be at most 1; got 2"),
        ({"trim": 0.5}, "trim must be at most 0.4; got 0.5"),
    ],
)
def test_bad_model(bad, message):
    with pytest.raises(ValueError, match=message):
        RuleFit(**bad)


def test_bad_data(data):
    X, y = data
    with pytest.raises(ValueError, match="y must vary"):
        rulefit(X, np.ones(600))
    with pytest.raises(ValueError, match=r"y\[3\] must be finite"):
        rulefit(X, np.where(np.arange(600) == 3, np.nan, y))
    model = RuleFit(n_trees=2).fit(X, y)
    with pytest.raises(ValueError, match="X must have the 4 columns of the fit; got 3"):
        model.predict(X[:, :3])


def test_zeros_of_few_rows_are_warned_of(data):
    noise = np.random.default_rng(0).normal(size=10)
    with pytest.warns(UserWarning, match="the 10 rows of X may be too few"):
        assert not rulefit(data[0][:10], noise, n_trees=5, n_rows=5).scores.any()


@pytest.mark.parametrize(("n", "sampled"), [(100, 50), (1000, 289)])
def test_each_tree_learns_from_its_share_of_rows(n, sampled):
    # half of the rows, at most 100 + 6 sqrt(n): Friedman and Popescu (2003)
    X = np.random.default_rng(0).normal(size=(n, 2))
    model = RuleFit(n_trees=3)
    trees = model._grow(X, X[:, 0])
    assert {int(tree.tree_.n_node_samples[0]) for tree in trees} == {sampled}
