"""Feature permutation: Captum's numbers, changes by hand, own draws a network."""

import numpy as np
import pytest
import torch
from captum.attr import FeaturePermutation
from torch.nn import functional as F

from helpers.explain.shuffling import generator, shuffled_bases, shuffled_numbers
from helpers.networks.motif import MotifCNN, usual_layers

SHUFFLES = (shuffled_numbers, shuffled_bases)


def network(seed, pool=6):
    one = MotifCNN(3, length=21, width=5, pool=pool, hidden=(7, 5), seed=seed).double()
    with torch.no_grad():
        one.shift.add_(-0.3)
    return one.eval()


@pytest.fixture(scope="module")
def sequences():
    return np.random.default_rng(1).integers(0, 4, (9, 21)).astype(np.uint8)


@pytest.mark.parametrize("pool", [6, 3, 21])
@pytest.mark.parametrize("output", [torch.sigmoid, lambda x: x])
def test_numbers_equal_captum_with_the_same_draws(sequences, pool, output):
    """Captum's default: every entry of the one-hot input is a feature of its own."""
    one = network(1, pool)
    rng = generator(5, 0)
    draws = [rng.permutation(len(sequences)) for _ in range(4 * 21)]

    def shuffled(x, feature):
        base, position = np.argwhere(feature[0].numpy())[0]
        order = torch.from_numpy(draws[4 * position + base])
        return torch.where(feature, x[order], x)

    usual = usual_layers(one)
    letters = F.one_hot(torch.from_numpy(sequences).long(), 4).transpose(1, 2).double()
    explain = FeaturePermutation(lambda x: output(usual(x))[:, 0], shuffled)
    theirs = explain.attribute(letters).sum(dim=1).detach().numpy()
    ours = shuffled_numbers([one], sequences, output, seed=5)[0]
    np.testing.assert_allclose(ours, theirs, atol=1e-9)
    assert np.abs(ours).max() > 1e-3


def test_bases_swap_between_two_sequences(sequences):
    """Two sequences can only swap bases: the change follows by hand."""
    one, pair = network(1), sequences[:2]
    found = shuffled_bases([one], np.repeat(pair, 40, axis=0), lambda x: x, seed=0)
    with torch.no_grad():
        intact = one(torch.from_numpy(pair))[:, 0]
        for position in range(pair.shape[1]):
            swapped = torch.from_numpy(pair.copy())
            swapped[:, position] = swapped[[1, 0], position]
            change = (intact - one(swapped)[:, 0]).numpy()
            for row in range(2):  # each copy keeps its base or gets the other's
                values = found[0, 40 * row : 40 * (row + 1), position]
                either = np.minimum(np.abs(values), np.abs(values - change[row]))
                np.testing.assert_allclose(either, 0, atol=1e-12)
    assert np.abs(found).max() > 0


@pytest.mark.parametrize("shuffle", SHUFFLES)
def test_every_network_draws_its_own(sequences, shuffle):
    """Equal networks get unequal draws, so their mean has fewer positions at zero."""
    five = shuffle([network(1)] * 5, sequences, lambda x: x, seed=0)
    assert not np.allclose(five[0], five[1])
    share_zero = [(np.abs(x) < 1e-12).mean() for x in (five[0], five.mean(axis=0))]
    assert share_zero[1] < 0.7 * share_zero[0]


@pytest.mark.parametrize("shuffle", SHUFFLES)
def test_what_no_sequence_differs_in_contributes_nothing(sequences, shuffle):
    same = np.repeat(sequences[:1], 6, axis=0)
    assert not shuffle([network(1)], same, lambda x: x, seed=0).any()
