"""z-values and corrected p-values, by hand and against statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from helpers.significance.interaction import statistics


def drawn(n=200, pairs=3, seed=0):
    rng = np.random.default_rng(seed)
    base = rng.normal(size=(n, 4))
    return rng.normal(size=(n, pairs)), rng.normal(size=(n, pairs)), base


def cleared(residual, direction, base, weight=None):
    n, pairs = residual.shape
    weight = np.ones(n) if weight is None else weight
    nothing = np.zeros((n, pairs, 1))
    return statistics.clear_both(residual, direction, weight, base, nothing)


def test_z_is_that_of_a_regression_with_hc3():
    residual, direction, base = drawn()
    e, d, leverage = cleared(residual, direction, base)
    z, _ = statistics.z_values(e * d, e * d / (1 - leverage))
    for k in range(3):
        design = np.column_stack([direction[:, k], base])
        null = sm.OLS(residual[:, k], base).fit().resid
        np.testing.assert_allclose(e[:, k], null)
        # HC3 with the residuals of the null model, as in a score test.
        own = np.linalg.pinv(design)[0]
        hat = np.diag(design @ np.linalg.pinv(design))
        slope = own @ residual[:, k]
        by_hand = slope / np.sqrt((own**2 * (null / (1 - hat)) ** 2).sum())
        assert z[k] == pytest.approx(by_hand)
        # The usual one, with its own residuals, is close where the slope is small.
        usual = sm.OLS(residual[:, k], design).fit(cov_type="HC3").tvalues[0]
        assert z[k] == pytest.approx(usual, abs=0.15)


def test_weights_are_those_of_a_weighted_regression():
    residual, direction, base = drawn()
    weight = np.random.default_rng(1).uniform(0.1, 1, 200)
    # residual is weight times the working residual
    e, d, _ = cleared(weight[:, None] * residual, direction, base, weight)
    design = np.column_stack([direction[:, 0], base])
    slope = sm.WLS(residual[:, 0], design, weights=weight).fit().params[0]
    assert (e * d).sum(0)[0] / (weight * d[:, 0] ** 2).sum() == pytest.approx(slope)


def test_clusters_add_up_before_they_are_squared():
    products = np.array([[1.0], [1.0], [-2.0], [3.0]])
    z, error = statistics.z_values(products, products, np.array([7, 7, 9, 9]))
    assert error[0] == pytest.approx(np.sqrt(2**2 + 1**2))
    assert z[0] == pytest.approx(3 / np.sqrt(5))


def test_corrections_against_statsmodels():
    p = np.random.default_rng(0).random(20) ** 3
    holm = multipletests(p, method="holm")[1]
    np.testing.assert_allclose(statistics.holm(p), holm)
    bh = multipletests(p, method="fdr_bh")[1]
    np.testing.assert_allclose(statistics.benjamini_hochberg(p), bh)
    more = np.concatenate([p, np.ones(10)])
    holm = multipletests(more, method="holm")[1][:20]
    np.testing.assert_allclose(statistics.holm(p, 30), holm)


def test_no_answer_counts_as_one_and_stays_none():
    p = np.array([0.01, np.nan, 0.02])
    np.testing.assert_allclose(statistics.holm(p), [0.03, np.nan, 0.04])
    assert np.isnan(statistics.benjamini_hochberg(p)[1])


def test_the_largest_z_of_independent_and_of_equal_pairs():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(2000, 1))
    z = np.array([2.0])
    alone = statistics.max_t(one, z, None, 4000, 0)[0]
    assert alone == pytest.approx(0.0228, abs=0.008)
    same = statistics.max_t(np.repeat(one, 5, 1), np.full(5, 2.0), None, 4000, 0)
    np.testing.assert_allclose(same, alone)  # copies are one hypothesis
    many = statistics.max_t(rng.normal(size=(2000, 5)), np.full(5, 2.0), None, 4000, 0)
    assert many.max() == pytest.approx(1 - 0.9772**5, abs=0.02)
