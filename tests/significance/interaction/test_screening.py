"""Screening: products by hand, turns, and a pair that a learner does not see."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from helpers.significance.interaction import Settings, interaction_test
from helpers.significance.interaction.screening import product_scores, strongest


def test_products_are_compared_with_their_own_spread():
    rng = np.random.default_rng(0)
    S, r = rng.normal(size=(50, 4)), rng.normal(size=50)
    found = product_scores(S, r, [(0, 1), (0, 2)], [(0,), (1,), (2, 3)])
    u = r[:, None] * S[:, [0]] * S[:, 1:]
    p = 2 * stats.norm.sf(np.abs(u.sum(0)) / np.sqrt((u**2).sum(0)))
    np.testing.assert_allclose(found, [-np.log(p[0]), -np.log(2 * min(p[1:]))])


def test_features_of_many_columns_have_no_advantage():
    rng = np.random.default_rng(2)
    S, r = rng.normal(size=(200, 60)), rng.normal(size=(40, 200))
    columns = [(k,) for k in range(20)] + [tuple(range(20, 40)), tuple(range(40, 60))]
    pairs = [(k, k + 1) for k in range(0, 20, 2)] + [(20, 21)]
    first = [product_scores(S, one, pairs, columns).argmax() for one in r]
    assert 0 <= np.mean(np.array(first) == 10) < 0.3  # by chance 1 in 11


def test_of_three_features_the_product_of_three_is_taken():
    S = np.array([[1.0, 1, 1], [1, 1, -1], [1, -1, 1], [1, -1, -1]])
    alone = [(0,), (1,), (2,)]
    (found,) = product_scores(S, S.prod(1), [(0, 1, 2)], alone)
    assert found == pytest.approx(-np.log(2 * stats.norm.sf(2)))  # t = 4 / sqrt(4)
    assert product_scores(S, np.zeros(4), [(0, 1, 2)], alone) == 0


def test_rankings_take_turns_and_nothing_is_taken_twice():
    one, two = np.array([9.0, 8, 7, 0, 0]), np.array([9.0, 0, 0, 1, 8])
    assert strongest([one, two], 1).tolist() == [0]
    assert strongest([one, two], 3).tolist() == [0, 1, 4]
    assert strongest([one, two], 5).tolist() == [0, 1, 2, 3, 4]
    assert strongest([one], 2).tolist() == [0, 1]


class Silent:
    """A learner that sees nothing in the rows."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return X[:, 0] * 1e-3


def test_a_pair_that_the_learner_misses_is_tested_if_its_product_says_so():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(900, 6))
    y = 2 * X[:, 3] * X[:, 4] + rng.normal(size=900)
    settings = dataclasses.replace(Settings(), most_pairs=2)
    answer = interaction_test(
        X, y, model=Silent(), settings=settings, seed=0, device="cpu"
    )
    assert ("x4", "x5") in answer.table["pair"].tolist()
    assert len(answer.table) == 2 and answer.n_sets == 15


def test_few_first_rows_are_enough_to_screen():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(400, 5))
    y = 2 * X[:, 1] * X[:, 2] + rng.normal(size=400)
    settings = dataclasses.replace(Settings(), most_pairs=4, first=0.3)
    answer = interaction_test(X, y, settings=settings, seed=0, device="cpu")
    assert np.isfinite(answer.table["z"]).all()  # 120 rows: fewer than are looked at
    assert ("x2", "x3") in answer.table["pair"].tolist()
