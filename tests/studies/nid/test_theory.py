import numpy as np
import pytest
import torch
from torch import nn

from helpers.studies.nid import theory


def unit(*weights, output=1.0):
    """Return one ReLU unit with these weights."""
    network = nn.Sequential(nn.Linear(len(weights), 1), nn.ReLU(), nn.Linear(1, 1))
    with torch.no_grad():
        network[0].weight.copy_(torch.tensor([weights]))
        network[0].bias.fill_(10.0)  # always on
        network[2].weight.fill_(output)
    return network


def test_an_active_unit_reaches_its_bound():
    X = np.random.default_rng(0).uniform(-1, 1, (20, 2))
    assert theory.lemma_3_share(unit(1.0, 2.0, output=-3.0), X) == pytest.approx(1)


def test_a_unit_behind_another_that_never_fires_reaches_nothing():
    network = nn.Sequential(
        nn.Linear(2, 1), nn.ReLU(), nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 1)
    )
    with torch.no_grad():
        network[2].weight.fill_(1.0)
        network[2].bias.fill_(-100.0)
    assert theory.lemma_3_share(network, np.zeros((3, 2))) == 0


def test_the_cross_term_vanishes_with_one_weight_and_has_the_sign_of_the_product():
    assert theory.cross_term(1, 0) == pytest.approx(0, abs=1e-12)
    assert theory.cross_term(1, 1) == pytest.approx(0.6, abs=1e-4)
    assert theory.cross_term(3, -1) == pytest.approx(-11 / 15, abs=1e-4)
    assert theory.cross_term(2, 2) == pytest.approx(2 * theory.cross_term(1, 1))


def test_quadrature_follows_the_closed_form():
    curve = theory.unit_curve([0, 0.5, 2])
    np.testing.assert_allclose(curve["cross_term"], curve["formula"], atol=1e-4)
    assert curve["minimum"].tolist() == [0, 0.5, 1]
    assert curve["maximum"].tolist() == [1, 1, 2]


def test_recorded_values_are_those_of_the_paper():
    values = theory.unit_values()
    assert values["appendix-b.1_0p5"] == pytest.approx(0.35625, abs=1e-4)
    assert values["appendix-b.3_minus-1"] > 0
