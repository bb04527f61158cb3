"""A base's worth is the output's fall when it goes; tangermeme's numbers agree."""

import numpy as np
import pytest
import torch
from tangermeme.saturation_mutagenesis import saturation_mutagenesis
from torch.nn import functional as F

from helpers.explain.mutagenesis import mutagenesis
from helpers.networks.motif import MotifCNN, usual_layers
from helpers.truth.sequences import random_bases


def test_the_mean_of_three_differences():
    worth = np.array([[5.0, 1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 9.0]])

    def predict(x):
        return worth[0, x[:, 0]] + worth[1, x[:, 1]]

    found = mutagenesis(predict, [[0, 3], [1, 3], [0, 0]])
    assert np.allclose(found[0], [5 - (1 + 2 + 0) / 3, 9])
    assert np.allclose(found[1], [1 - (5 + 2 + 0) / 3, 9])
    assert np.allclose(found[2, 1], -3)
    both = mutagenesis(lambda x: np.stack([predict(x), -predict(x)]), [[0, 3]])
    assert both.shape == (2, 1, 2)
    assert np.allclose(both[0], -both[1])


def test_three_quarters_are_those_of_tangermeme():
    network = MotifCNN(3, length=30, width=5, pool=10, hidden=(4,), seed=2).eval()
    x = random_bases((3, 30), (0.25,) * 4, seed=1)

    @torch.no_grad()
    def predict(letters):
        return network(torch.from_numpy(letters))[:, 0].numpy()

    letters = F.one_hot(torch.from_numpy(x).long(), 4).transpose(1, 2).float()
    theirs = saturation_mutagenesis(usual_layers(network), letters, device="cpu")
    # They take the mean over all four bases, the one that is there among them.
    ours = mutagenesis(predict, x)
    assert np.abs(ours).max() > 1e-3
    assert np.allclose(0.75 * ours, theirs.sum(dim=1).numpy(), atol=1e-6)


def test_letters_that_are_no_bases():
    with pytest.raises(ValueError, match="sequences"):
        mutagenesis(lambda x: x[:, 0], [[0, 7]])
