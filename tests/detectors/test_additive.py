import numpy as np
import pytest

from helpers.detectors.additive import fast


@pytest.fixture(scope="module")
def data():
    """X uniform on the cube, y = x1 x2 + 5 sin(3 x3) + noise."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (1000, 4))
    noise = 0.1 * rng.standard_normal(1000)  # without it the boosting goes on for long
    return X, X[:, 0] * X[:, 1] + 5 * np.sin(3 * X[:, 2]) + noise


def test_product_is_found_in_the_residual_only(data):
    found = fast(*data).ranked()
    assert found.sets[0] == (0, 1)
    assert found.scores[0] > 3 * found.scores[1]
    assert fast(*data, residual=False).ranked().sets[0] != (0, 1)


def test_additive_outcome_scores_near_zero(data):
    X, y = data
    product = fast(X, y).scores[0]
    assert fast(X, y - X[:, 0] * X[:, 1]).scores.max() < 0.3 * product


def test_classes_are_read_with_cross_entropy(data):
    X, _ = data
    found = fast(X, X[:, 0] * X[:, 1] > 0, loss="cross-entropy")
    assert found.ranked().sets[0] == (0, 1)


def test_asked_pairs_keep_their_order_and_repeat(data):
    first = fast(*data, sets=[(3, 2), (1, 0)], features=["a", "b", "c", "d"])
    assert first.sets == ((2, 3), (0, 1))
    assert first.features == ("a", "b", "c", "d")
    np.testing.assert_allclose(first.scores[1], fast(*data).matrix()[0, 1])


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"loss": "mae"}, "loss must be one of mse, cross-entropy; got 'mae'"),
        ({"loss": "cross-entropy"}, "y must be 0 or 1 for cross-entropy"),
        ({"outer_bags": 0}, "outer_bags must be at least 1; got 0"),
        ({"n_jobs": 0}, "n_jobs must be at least 1; got 0"),
        ({"sets": [(0, 4)]}, r"sets must index features 0 to 3; got \(0, 4\)"),
    ],
)
def test_bad_knobs_are_refused(knobs, message, data):
    with pytest.raises(ValueError, match=message):
        fast(*data, **knobs)


def test_bad_data_are_refused(data):
    X, y = data
    with pytest.raises(ValueError, match="y must have 1000 values; got 999"):
        fast(X, y[1:])
    with pytest.raises(ValueError, match="X column 'x1' is constant"):
        fast(X * [0, 1, 1, 1], y)
    with pytest.raises(ValueError, match=r"y must be 0 or 1 .*got 2\.0"):
        fast(X, np.arange(1000.0) % 3, loss="cross-entropy")


def test_too_few_rows_are_refused_and_zeros_warned_of():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(16, 3))
    with pytest.raises(ValueError, match="X must have at least 16 rows; got 15"):
        fast(X[:15], X[:15, 0])
    with pytest.warns(UserWarning, match="the 16 rows of X may be too few"):
        assert not fast(X, X[:, 0] * X[:, 1]).scores.any()
