"""Second derivatives by formula, and a test of the model by hand."""

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from helpers.studies.matrix.kinds import Data, Learners
from helpers.studies.matrix.methods import smooth_networks
from helpers.studies.matrix.methods.smooth_networks import (
    dependences,
    difference_of_variances,
    of_the_model,
    second_derivatives,
)


class Known(nn.Module):
    """3 x1 x2 + x1 x3 ** 2 (+ x3), or the sum of the three."""

    def __init__(self, additive=False):
        super().__init__()
        self.additive = additive

    def forward(self, x):
        a, b, c = x[..., 0], x[..., 1], x[..., 2]
        out = a + b**2 + c**3 if self.additive else 3 * a * b + a * c**2 + c
        return out[..., None]


def asked(network, monkeypatch):
    """Return data, and learners whose networks are the given one, five times."""
    rng = np.random.default_rng(0)
    data = Data(rng.normal(size=300), 3, (), X=rng.normal(size=(300, 3)))
    monkeypatch.setattr(smooth_networks, "trained", lambda *_: [network.double()] * 5)
    return data


def test_second_derivatives_are_those_of_the_formula(monkeypatch):
    data = asked(Known(), monkeypatch)
    rows = smooth_networks.unseen(data, 0)
    expected = [3, 2 * rows[:, 2].abs().mean(), 0]  # of pairs 12, 13, 23
    scores = second_derivatives(data, 0, Learners()).scores
    np.testing.assert_allclose(scores, expected, rtol=1e-12)


def test_an_additive_model_passes_its_test(monkeypatch):
    data = asked(Known(additive=True), monkeypatch)
    answer = of_the_model(data, 0, Learners())
    np.testing.assert_array_equal(answer.p, 1)
    np.testing.assert_allclose(answer.scores, 0, atol=1e-12)


def test_a_model_that_multiplies_fails_it_whatever_the_data_say(monkeypatch):
    data = asked(Known(), monkeypatch)  # outcomes are noise
    answer = of_the_model(data, 0, Learners())
    assert answer.p[0] < 1e-3 and answer.scores.argmax() == 0
    assert answer.p[2] == 1  # x2 and x3 meet in no term


def test_the_statistic_by_hand():
    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(2, 50))
    both = first + second + 0.3 * first * second
    z, p = difference_of_variances(both, first, second)
    alone = first + second
    squares = (both - both.mean()) ** 2 - (alone - alone.mean()) ** 2
    expected = stats.ttest_1samp(squares, 0).statistic
    assert z == pytest.approx(expected, rel=1e-9)
    assert p == pytest.approx(2 * stats.norm.sf(abs(expected)), rel=1e-9)
    assert squares.mean() == pytest.approx(both.var() - alone.var(), rel=1e-9)
    assert difference_of_variances(alone, first, second) == (0.0, 1.0)


def test_a_partial_dependence_averages_over_the_others():
    points = np.array([[1.0, 5.0], [2.0, 7.0]])
    background = np.array([[0.0, 10.0], [0.0, 20.0]])
    found = dependences(lambda rows: rows[:, 0] * rows[:, 1], points, background, [0])
    np.testing.assert_allclose(found, [15, 30])


def test_networks_learn_from_two_thirds_and_are_asked_about_the_rest():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(300, 2))
    data = Data(X[:, 0] * X[:, 1], 2, ((0, 1),), X=X)
    rows = smooth_networks.unseen(data, 0)
    assert rows.shape == (100, 2) and rows.dtype == torch.float64
    moved = data.y.copy()
    _, test = smooth_networks.halves(300, 0)
    moved[test] = moved[test][::-1]
    # The outcomes keep mean and variance; those of other rows are read by nobody.
    one = smooth_networks.trained(data, 0, Learners())[0]
    two = smooth_networks.trained(Data(moved, 2, (), X=X), 0, Learners())[0]
    torch.testing.assert_close(one(rows), two(rows), rtol=1e-4, atol=1e-5)
