"""Pairs that a factorization machine multiplies come first."""

import numpy as np
import pytest
import torch

from helpers.detectors.factorization import factorization
from helpers.ensemble import Adam, Ensemble
from helpers.networks.factorization import MotifNetwork
from helpers.networks.layers import FactorizationMachine


def letters(n=50, length=30):
    return np.random.default_rng(0).integers(0, 4, (n, length))


def test_score_is_the_effect_of_one_deviation_in_both():
    machine = FactorizationMachine(3, 2, 4, seed=0).double()
    x = np.random.default_rng(1).normal(size=(200, 3)) * [1.0, 2.0, 5.0]
    found = factorization(machine, x, target=1, features=["a", "b", "c"])
    base = torch.zeros(4, 3).double()
    spread = torch.from_numpy(x.std(axis=0))
    base[1, 0] = base[3, 0] = spread[0]
    base[2, 2] = base[3, 2] = spread[2]
    neither, first, third, both = machine(base)[:, 1].tolist()
    assert found.sets == ((0, 1), (0, 2), (1, 2))
    assert found.scores[1] == pytest.approx(both - first - third + neither)
    assert found.scores[1] == pytest.approx(
        found.details["weight"][1] * x[:, 0].std() * x[:, 2].std()
    )


def test_it_finds_the_pair_that_makes_the_label():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 2, (2000, 6)).astype(np.float32)
    y = x[:, 1] * x[:, 4]
    ensemble = Ensemble([FactorizationMachine(6, 1, 3, seed=0)], device="cpu").fit(
        x, y, loss="binary_cross_entropy", optimizer=Adam(lr=2e-2), max_epochs=20,
        stopping=None, progress=False,
    )  # fmt: skip
    found = factorization(ensemble.network(0), x)
    assert found.ranked().sets[0] == (1, 4)


def test_targets_are_averaged_without_their_signs():
    network = MotifNetwork(3, width=4, n_targets=2, n_factors=2, seed=1)
    with torch.no_grad():
        network.read_out.vectors[1] = network.read_out.vectors[0]
    one = factorization(network, letters())
    both = factorization(network, letters(), target=None)
    np.testing.assert_allclose(both.scores, np.abs(one.scores), rtol=1e-5)
    assert one.features == ("filter 1", "filter 2", "filter 3")


def test_bad_arguments():
    linear = MotifNetwork(3, width=4, seed=1)
    with pytest.raises(TypeError, match="FactorizationMachine with factors"):
        factorization(linear, letters())
    network = MotifNetwork(3, width=4, n_factors=2, seed=1)
    with pytest.raises(ValueError, match="target must be at most 0"):
        factorization(network, letters(), target=1)
    with pytest.raises(ValueError, match="features 0 to 2"):
        factorization(network, letters(), sets=[(0, 3)])
