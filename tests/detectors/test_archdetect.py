import numpy as np
import pytest
from torch import nn

from helpers.detectors.archdetect import archdetect


def rows(n_samples=2000, n_features=3, seed=0):
    """Standard normal rows."""
    return np.random.default_rng(seed).standard_normal((n_samples, n_features))


def test_product_by_hand():
    # The mixed difference of x1 x2 is (x1 - x1')(x2 - x2'), squared mean 2 * 2; both
    # contexts of a pair of rows count, half each.
    found = archdetect(lambda X: X[:, 0] * X[:, 1], rows(), n_contexts=2000)
    assert found.scores[0] == pytest.approx(
        4, abs=4 * found.details["standard_error"][0]
    )
    assert found.scores[1:].max() < 1e-20


def test_two_rows_exactly():
    X = np.array([[0.0, 0, 5], [2, 3, 7]])
    found = archdetect(lambda X: X[:, 0] * X[:, 1], X, n_contexts=4)
    assert found.scores.tolist() == [36, 0, 0]
    assert found.details["standard_error"].tolist() == [0, 0, 0]


def test_additive_model_scores_zero():
    found = archdetect(lambda X: np.exp(X).sum(axis=1), rows())
    assert found.scores.max() < 1e-20


def test_standard_error_is_the_spread_over_seeds():
    def model(X):
        return X[:, 0] * X[:, 1]

    runs = [archdetect(model, rows(), n_contexts=50, seed=s) for s in range(100)]
    spread = np.std([run.scores[0] for run in runs])
    stated = np.mean([run.details["standard_error"][0] for run in runs])
    assert stated == pytest.approx(spread, rel=0.25)


def test_outputs_are_summed():
    def model(X):
        return np.column_stack((X[:, 0] * X[:, 1], 2 * X[:, 0] * X[:, 1]))

    one = archdetect(lambda X: X[:, 0] * X[:, 1], rows(), seed=1)
    two = archdetect(model, rows(), seed=1)
    np.testing.assert_allclose(two.scores, 5 * one.scores, atol=1e-12)


@pytest.mark.parametrize("block_rows", [1, 70, 10**6])
def test_blocks_do_not_change_the_result(block_rows):
    def model(X):
        return np.sin(X @ [1, 2, 3]) + X[:, 0]

    whole = archdetect(model, rows(), n_contexts=30)
    split = archdetect(model, rows(), n_contexts=30, block_rows=block_rows)
    np.testing.assert_allclose(split.scores, whole.scores)


def test_asked_pairs_agree_with_all_pairs():
    def model(X):
        return np.sin(X @ [1, 2, 3])

    some = archdetect(model, rows(), sets=[(2, 1)], features=["a", "b", "c"])
    assert some.sets == ((1, 2),)
    assert some.scores[0] == pytest.approx(archdetect(model, rows()).matrix()[1, 2])


def test_network_without_a_hidden_layer_is_additive():
    found = archdetect(nn.Linear(3, 1).double(), rows())
    assert found.scores.max() < 1e-20


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="n_contexts must be at least 2; got 1"):
        archdetect(len, rows(), n_contexts=1)
    with pytest.raises(ValueError, match="block_rows must be at least 1; got 0"):
        archdetect(len, rows(), block_rows=0)
    with pytest.raises(TypeError, match=r"seed must be an integer; got 0\.5"):
        archdetect(len, rows(), seed=0.5)
    with pytest.raises(TypeError, match="model must be a torch Module or a callable"):
        archdetect(None, rows())
    with pytest.raises(ValueError, match="X must have at least 2 rows; got 1"):
        archdetect(len, rows(1))
    with pytest.raises(ValueError, match="X must have 2 axes"):
        archdetect(len, np.ones(3))
    with pytest.raises(ValueError, match=r"pairs of features; got \(0, 1, 2\)"):
        archdetect(len, rows(), sets=[(0, 1, 2)])
