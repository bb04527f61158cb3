"""DeepSHAP adds up to the change from its references, of logit and probability."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.explain.deep_shap import deep_shap
from helpers.networks.motif import MotifCNN, usual_layers
from helpers.truth.sequences import dinucleotide_shuffle, random_bases


def letters(x):
    return F.one_hot(torch.from_numpy(x).long(), 4).transpose(-1, -2).float()


@torch.no_grad()
def test_contributions_add_up_for_both_targets():
    network = MotifCNN(5, length=40, width=5, pool=12, hidden=(6, 4), seed=3).eval()
    x = random_bases((4, 40), (0.25,) * 4, seed=1)
    usual = usual_layers(network)
    targets = ("output", "probability")
    found = deep_shap(usual, x, targets=targets, n_references=7, seed=5)
    rng = np.random.default_rng(5)
    references = np.stack([dinucleotide_shuffle(x, seed=rng) for _ in range(7)])
    for scores, said in zip(
        found, (usual, nn.Sequential(usual, nn.Sigmoid())), strict=True
    ):
        before = torch.stack([said(letters(r))[:, 0] for r in references]).mean(dim=0)
        change = (said(letters(x))[:, 0] - before).numpy()
        assert np.abs(change).min() > 1e-4
        assert np.allclose(scores.sum(axis=1), change, atol=1e-6)


def test_a_linear_model_gives_weight_times_change():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4 * 12, 2))
    x = random_bases((2, 12), (0.25,) * 4, seed=2)
    found = deep_shap(model, x, n_references=3, column=1, seed=4)[0]
    rng = np.random.default_rng(4)
    references = np.stack([dinucleotide_shuffle(x, seed=rng) for _ in range(3)])
    weights = model[1].weight[1].detach().reshape(4, 12).numpy()
    here = np.arange(12)
    expected = weights[x, here] - weights[references, here].mean(axis=0)
    assert np.allclose(found, expected, atol=1e-6)


def test_bad_arguments():
    model = nn.Sequential(nn.Flatten(), nn.Linear(8, 1))
    with pytest.raises(ValueError, match="target must be one of output, probability"):
        deep_shap(model, [[0, 1]], targets=["logit"])
    with pytest.raises(ValueError, match="n_references must be at least 1"):
        deep_shap(model, [[0, 1]], n_references=0)


def test_a_module_without_parameters_is_explained():
    class Content(nn.Module):
        def forward(self, x):
            return x[:, 1:3].sum(dim=(1, 2))[:, None]

    x = random_bases((2, 12), (0.25,) * 4, seed=5)
    model = nn.Sequential(Content(), nn.ReLU())
    found = deep_shap(model, x, n_references=3)[0]
    # A shuffle has the same letters, so nothing changes in sum.
    assert found.shape == (2, 12) and np.allclose(found.sum(axis=1), 0, atol=1e-5)
