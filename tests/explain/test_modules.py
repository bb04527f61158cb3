"""Any module is attributed: a linear one by hand, a network of the book as its own."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.explain.attribution import contributions
from helpers.explain.modules import module_contributions
from helpers.networks.motif import MotifCNN, usual_layers
from helpers.truth.sequences import random_bases

X = random_bases((3, 24), (0.25,) * 4, seed=1)


def test_a_linear_module_gives_the_weights_of_its_letters():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4 * 24, 3)).train()
    found = module_contributions(model, X, method="IG", output=2)
    weights = model[1].weight[2].detach().reshape(4, 24).numpy()
    assert np.allclose(found, weights[X, np.arange(24)], atol=1e-6)
    assert model.training  # as it was


def test_a_network_of_the_book_gets_the_same_as_from_its_shortcut():
    network = MotifCNN(3, length=24, width=5, pool=8, hidden=(4,), seed=3).eval()
    own = contributions([network], X, method="IG", target="output")[0]
    assert np.abs(own).max() > 1e-3
    found = module_contributions(usual_layers(network), X, method="IG")
    assert np.allclose(found, own, atol=1e-5)


def test_deep_shap_takes_the_column_asked_for():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4 * 24, 2))
    with torch.no_grad():
        model[1].weight[0] = 0
    said = [
        module_contributions(model, X, method="DeepSHAP", output=k, n_references=2)
        for k in (0, 1)
    ]
    assert np.allclose(said[0], 0)
    assert np.abs(said[1]).max() > 1e-3


@pytest.mark.parametrize(
    ("model", "options", "error", "message"),
    [
        (len, {}, TypeError, "model must be a torch module"),
        (nn.Flatten(0), {}, ValueError, r"must return shape \(n, n_outputs\); got"),
        (nn.Flatten(), {"output": 96}, ValueError, "output must be at most 95"),
        (nn.Flatten(), {"method": "LRP"}, ValueError, "method must be one of IG, Deep"),
    ],
)
def test_bad_arguments(model, options, error, message):
    if isinstance(model, nn.Module):
        model.anything = nn.Parameter(torch.zeros(1))
    with pytest.raises(error, match=message):
        module_contributions(model, X, **{"method": "IG"} | options)
