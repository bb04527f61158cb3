"""Knock-offs are exchangeable with their features, and rates count decoys."""

import numpy as np
import pytest

from helpers.significance.interaction.table import normal_scores
from helpers.studies.matrix.methods.knockoffs import discovery_rates, gaussian_knockoffs


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_exchanging_a_feature_with_its_knockoff_changes_no_covariance(rho):
    rng = np.random.default_rng(0)
    common = rng.standard_normal((20_000, 1))
    own = rng.standard_normal((20_000, 4))
    X = normal_scores(np.sqrt(rho) * common + np.sqrt(1 - rho) * own)
    Z = gaussian_knockoffs(X, 0)
    of_X, of_Z = np.cov(X.T), np.cov(Z.T)
    between = (X - X.mean(0)).T @ (Z - Z.mean(0)) / len(X)
    off = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose(of_Z, of_X, atol=0.05)
    np.testing.assert_allclose(between[off], of_X[off], atol=0.05)
    # As far from its own feature as the correlation of the others lets it be.
    assert np.diag(between).max() < max(1 - 2 * (1 - rho), 0) + 0.06


def test_rates_by_hand():
    scores = np.array([5.0, 3.0, 1.0])
    one, both = np.array([4.0, 2.0, 0.5, 0.4]), np.array([2.0])
    # At 5 no decoy; at 3 one of two calls; at 1 two less one of three.
    np.testing.assert_allclose(discovery_rates(scores, one, both), [0, 1 / 3, 1 / 3])
    none = discovery_rates(np.zeros(3), np.zeros(6), np.zeros(3))
    np.testing.assert_allclose(none, 1)
