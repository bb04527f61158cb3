import numpy as np
import pytest

from helpers.detectors.boosting import fit_trees, h_statistic, shap_interactions


@pytest.fixture(scope="module")
def data():
    """X uniform on the cube, y = x1 x2 + x3."""
    X = np.random.default_rng(0).uniform(-1, 1, (2000, 4))
    return X, X[:, 0] * X[:, 1] + X[:, 2]


@pytest.fixture(scope="module")
def trees(data):
    return fit_trees(*data, n_trees=100, max_depth=3)


@pytest.fixture(scope="module")
def stumps(data):
    return fit_trees(*data, n_trees=20, max_depth=1)


@pytest.mark.parametrize(
    "detect",
    [
        shap_interactions,
        h_statistic,
        lambda *args: h_statistic(*args, normalised=False, n_rows=20),
    ],
)
def test_product_is_found_and_stumps_are_additive(detect, data, trees, stumps):
    X, _ = data
    found = detect(trees, X).ranked()
    assert found.sets[0] == (0, 1)
    # Normalised, a spurious pair of weak features can come close: hence 1.5.
    assert found.scores[0] > 1.5 * found.scores[1]
    assert detect(stumps, X).scores.max() < 1e-5


def test_shap_interaction_is_the_size_of_the_product(data, trees):
    # For independent centred features the pair's value is x1 x2, mean size 1 / 4,
    # less what the trees have not learned.
    found = shap_interactions(trees, data[0], n_rows=300)
    assert found.scores[0] == pytest.approx(0.25, abs=0.07)


def test_h_of_a_product_of_centred_features_is_one():
    X = np.random.default_rng(0).standard_normal((50, 3))
    X -= X.mean(axis=0)
    found = h_statistic(lambda rows: rows[:, 0] * rows[:, 1] + rows[:, 2], X)
    assert found.scores == pytest.approx([1, 0, 0])
    numerator = h_statistic(lambda r: r[:, 0] * r[:, 1], X, normalised=False)
    products = X[:, 0] * X[:, 1]
    assert numerator.scores == pytest.approx([products.std(), 0, 0])


def test_h_matches_its_definition_written_out():
    def model(rows):
        return np.sin(rows @ [1.0, 2.0, 3.0])

    X = np.random.default_rng(0).random((8, 3))

    def dependence(members):
        values = []
        for row in X:
            at = X.copy()
            at[:, members] = row[members]
            values.append(model(at).mean())
        return np.array(values) - np.mean(values)

    pair = dependence([0, 2])
    square = ((pair - dependence([0]) - dependence([2])) ** 2).sum() / (pair**2).sum()
    for block_rows in (1, 100, 10**6):
        found = h_statistic(model, X, n_rows=8, sets=[(0, 2)], block_rows=block_rows)
        assert found.scores[0] == pytest.approx(np.sqrt(square))


def test_constant_model_scores_zero():
    X = np.random.default_rng(0).random((10, 3))
    assert not h_statistic(lambda rows: np.ones(len(rows)), X, n_rows=5).scores.any()


@pytest.mark.parametrize("detect", [shap_interactions, h_statistic])
def test_same_seed_same_scores(detect, data, trees):
    again = fit_trees(*data, n_trees=100, max_depth=3)
    first, second = detect(trees, data[0], n_rows=20), detect(again, data[0], n_rows=20)
    assert first.scores.tolist() == second.scores.tolist()
    other = detect(trees, data[0], n_rows=20, seed=1)
    assert first.scores.tolist() != other.scores.tolist()


@pytest.mark.parametrize("detect", [shap_interactions, h_statistic])
def test_classifier_is_read_before_the_link(detect, data):
    X, y = data
    trees = fit_trees(X, y > 0, loss="cross-entropy", n_trees=50)
    found = detect(trees, X, n_rows=40, features=["a", "b", "c", "d"])
    assert found.scores[0] > 2 * found.scores[-1]
    assert found.features == ("a", "b", "c", "d")


def test_asked_pairs_agree_with_all_pairs(data, trees):
    X, _ = data
    for detect in (shap_interactions, h_statistic):
        some = detect(trees, X, sets=[(2, 1)], n_rows=20)
        assert some.scores[0] == detect(trees, X, n_rows=20).matrix()[1, 2]


@pytest.mark.parametrize(
    ("knobs", "error", "message"),
    [
        ({"loss": "mae"}, ValueError, "loss must be one of mse, cross-entropy"),
        ({"loss": "cross-entropy"}, ValueError, "y must be 0 or 1 for cross-entropy"),
        ({"n_trees": 0}, ValueError, "n_trees must be at least 1; got 0"),
        ({"max_depth": 2.5}, TypeError, "max_depth must be an integer; got 2.5"),
        ({"subsample": 0}, ValueError, "subsample must be above 0; got 0"),
        ({"feature_fraction": 2}, ValueError, "feature_fraction must be at most 1"),
        ({"n_threads": 0}, ValueError, "n_threads must be at least 1; got 0"),
    ],
)
def test_bad_knobs_are_refused(knobs, error, message, data):
    with pytest.raises(error, match=message):
        fit_trees(*data, **knobs)


def test_bad_data_are_refused(data):
    X, y = data
    with pytest.raises(ValueError, match="y must have 2000 values; got 1999"):
        fit_trees(X, y[1:])
    with pytest.raises(ValueError, match=r"X\[0, 0\] must be finite; got inf"):
        fit_trees(np.where(X[0, 0] == X, np.inf, X), y)


def test_bad_reading_is_refused(data, trees):
    X, _ = data
    with pytest.raises(TypeError, match="booster must be an xgboost Booster; got None"):
        shap_interactions(None, X)
    with pytest.raises(TypeError, match="model must be a torch Module or a callable"):
        h_statistic(None, X)
    with pytest.raises(ValueError, match="one output; got 2"):
        h_statistic(lambda rows: rows[:, :2], X)
    for detect in (shap_interactions, h_statistic):
        with pytest.raises(ValueError, match="4 columns of the booster; got 3"):
            detect(trees, X[:, :3])
        with pytest.raises(ValueError, match="at most the rows of X, 2000; got 2001"):
            detect(trees, X, n_rows=2001)
        with pytest.raises(ValueError, match="n_rows must be at least 2; got 1"):
            detect(trees, X, n_rows=1)
        with pytest.raises(ValueError, match="seed must be at least 0; got -1"):
            detect(trees, X, seed=-1)


def test_trees_of_two_features_can_hold_the_pair():
    X = np.random.default_rng(0).normal(size=(500, 2))
    y = X[:, 0] * X[:, 1]
    trees = fit_trees(X, y)
    assert 1 - np.var(y - trees.predict(X)) / np.var(y) > 0.9
    found = shap_interactions(trees, X)
    assert found.scores[0] == pytest.approx(np.abs(y).mean(), rel=0.5)


@pytest.mark.parametrize("n_features", range(2, 12))
def test_every_tree_draws_two_features_or_more(n_features):
    X = np.random.default_rng(0).normal(size=(300, n_features))
    y = np.sin(X @ np.arange(1, n_features + 1.0))
    trees = fit_trees(X, y, n_trees=20, feature_fraction=0.05, max_depth=6)
    drawn = trees.booster.trees_to_dataframe().query("Feature != 'Leaf'")
    assert drawn.groupby("Tree")["Feature"].nunique().max() >= 2


def test_features_that_no_tree_can_use_score_zero():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 5))
    X[:, 3:] = rng.integers(0, 2, (300, 2))
    y = X[:, 0] * X[:, 1] + X[:, 2]
    trees = fit_trees(X[:, :3], y, n_trees=50)

    def model(rows):
        return trees.predict(rows[:, :3])

    found = h_statistic(model, X, n_rows=30)
    unused = np.array([max(pair) > 2 for pair in found.sets])
    assert not found.scores[unused].any() and found.scores[~unused].all()


@pytest.mark.parametrize("level", [0.0, 1e9, -1e9])
def test_predictions_are_where_the_outcome_is(data, level):
    X, y = data
    predicted = fit_trees(X, y + level, n_trees=20).predict(X) - level
    assert predicted.mean() == pytest.approx(y.mean(), abs=0.01)
    assert np.corrcoef(predicted, y)[0, 1] > 0.9
