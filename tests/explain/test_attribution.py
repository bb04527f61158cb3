"""Attributions against Captum's and by hand, completeness, and areas."""

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients
from sklearn.metrics import auc, average_precision_score, precision_recall_curve
from torch import nn
from torch.nn import functional as F

from helpers.explain import attribution
from helpers.networks.motif import MotifCNN, usual_layers


@pytest.fixture(scope="module")
def network():
    one = MotifCNN(3, length=21, width=5, pool=6, hidden=(7, 5), seed=1).double()
    x = torch.from_numpy(np.random.default_rng(0).integers(0, 4, (50, 21)))
    with torch.no_grad():
        one.shift.add_(-0.5)
        for _ in range(30):
            one.train()(x)
    return one.eval()


@pytest.fixture(scope="module")
def sequences():
    return np.random.default_rng(1).integers(0, 4, (9, 21)).astype(np.uint8)


def one_hot(sequences):
    return F.one_hot(torch.from_numpy(sequences).long(), 4).transpose(1, 2).double()


@pytest.mark.parametrize("target", attribution.TARGETS)
def test_integrated_gradients_equal_captum(network, sequences, target):
    usual = usual_layers(network, probability=target == "probability")
    theirs = IntegratedGradients(usual).attribute(one_hot(sequences), n_steps=50)
    ours = attribution.contributions([network], sequences, method="IG", target=target)
    np.testing.assert_allclose(ours[0], theirs.sum(1).detach(), atol=1e-7)


@pytest.mark.parametrize("method", attribution.COMPLETE)
@pytest.mark.parametrize("target", attribution.TARGETS)
def test_contributions_add_up_to_the_change_of_the_output(
    network, sequences, method, target
):
    ours = attribution.contributions(
        [network], sequences, method=method, target=target, points=2000
    )
    with torch.no_grad():
        x = one_hot(sequences)
        change = [network(x), network(torch.zeros_like(x))]
    if target == "probability":
        change = [torch.sigmoid(value) for value in change]
    missed = ours[0].sum(1) - (change[0] - change[1])[:, 0].numpy()
    # The path crosses kinks, so the integral is not exact; the rescale rule is.
    np.testing.assert_allclose(missed, 0, atol=1e-3 if method == "IG" else 1e-9)
    found = attribution.incompleteness([network], sequences, ours, target=target)
    np.testing.assert_allclose(found[0], np.abs(missed), atol=1e-12)


def test_what_is_taken_away_from_contributions_is_missed(network, sequences):
    ours = attribution.contributions([network], sequences, method="DeepLIFT")
    ours[0, :, 3] += 0.25
    found = attribution.incompleteness([network], sequences, ours, target="probability")
    np.testing.assert_allclose(found, 0.25)


def test_deep_lift_by_hand():
    """One filter, one pool, no hidden layer: the rescale rule is a line of arithmetic.

    The filter answers an A; with a shift of -0.5 the output is relu(x - 0.5), so all of
    the change from relu(-0.5) = 0 belongs to the A that wins the pool.
    """
    one = MotifCNN(1, length=4, width=1, pool=4, hidden=(), seed=0).double()
    with torch.no_grad():
        one.filters.copy_(torch.tensor([3.0, -1.0, -1.0, -1.0]).view(1, 4, 1))
        one.shift.fill_(-0.5)
        one.output.weight.fill_(2.0)
    height = one.folded_filters()[0, 0, 0].item()
    found = attribution.contributions(
        [one], np.array([[1, 2, 0, 3]]), method="DeepLIFT", target="output"
    )
    expected = [0, 0, 2 * (height - 0.5), 0]
    np.testing.assert_allclose(found[0, 0], expected, atol=1e-12)


@pytest.mark.parametrize("method", attribution.COMPLETE)
def test_networks_do_not_see_each_other(network, sequences, method):
    other = MotifCNN(3, length=21, width=5, pool=6, hidden=(7, 5), seed=2).double()
    both = attribution.contributions([network, other], sequences, method=method)
    alone = attribution.contributions([other], sequences, method=method)
    np.testing.assert_allclose(both[1], alone[0], atol=1e-12)


@pytest.mark.parametrize("method", attribution.PERMUTING)
def test_permutations_follow_from_the_seed(network, sequences, method):
    first, same, other = (
        attribution.contributions([network], sequences, method=method, seed=seed)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


def test_an_even_reference_gives_the_same_gradients(network, sequences):
    """Filters have mean zero: a quarter of every base responds as no base does."""
    x, usual = one_hot(sequences), usual_layers(network, probability=True)
    explain = IntegratedGradients(usual).attribute
    zero = explain(x, n_steps=50).sum(1).detach()
    even = explain(x, torch.full_like(x, 0.25), n_steps=50).sum(1).detach()
    np.testing.assert_allclose(zero, even, atol=1e-12)


@pytest.mark.parametrize("method", attribution.COMPLETE)
def test_sequences_do_not_see_each_other(network, sequences, method):
    many = np.tile(sequences, (9, 1))  # more than one block of rows
    together = attribution.contributions([network], many, method=method)[0]
    alone = attribution.contributions([network], sequences[:4], method=method)[0]
    np.testing.assert_allclose(together[-9:][:4], alone, atol=1e-12)


def test_areas_equal_scikit_learn_with_ties_and_excluded_positions():
    rng = np.random.default_rng(3)
    scores = rng.integers(-3, 4, (30, 40)).astype(float)
    positive = np.zeros((30, 40), bool)
    positive[:, 5:9] = True
    excluded = np.zeros((30, 40), bool)
    excluded[:, 20:30] = True
    ours = attribution.motif_auprc(scores, positive, excluded)
    keep = ~excluded[0]
    for row, area in enumerate(ours):
        precision, recall, _ = precision_recall_curve(
            positive[row, keep], np.abs(scores[row, keep])
        )
        assert area == pytest.approx(auc(recall, precision))
    steps = attribution.motif_auprc(scores, positive, excluded, curve="steps")
    for row, area in enumerate(steps):
        theirs = average_precision_score(positive[row, keep], np.abs(scores[row, keep]))
        assert area == pytest.approx(theirs)


def test_perfect_scores_have_area_one():
    positive = np.zeros((1, 10), bool)
    positive[0, 2:4] = True
    none = np.zeros((1, 10), bool)
    assert attribution.motif_auprc(-1.0 * positive, positive, none)[0] == 1


def test_bad_input_is_refused(network, sequences):
    with pytest.raises(ValueError, match="method must be one of IG"):
        attribution.contributions([network], sequences, method="LIME")
    with pytest.raises(ValueError, match="target must be one of"):
        attribution.contributions([network], sequences, method="IG", target="loss")
    with pytest.raises(TypeError, match="networks must be MotifCNN"):
        attribution.contributions([nn.Linear(2, 1)], sequences, method="IG")
    with pytest.raises(ValueError, match="at least 2 rows to permute"):
        attribution.contributions([network], sequences[:1], method="permutation")
    with pytest.raises(ValueError, match="scores must have shape"):
        attribution.incompleteness(
            [network], sequences, np.ones((1, 9)), target="output"
        )
    blank = np.zeros((2, 5), bool)
    with pytest.raises(ValueError, match="curve must be one of trapezoids, steps"):
        attribution.motif_auprc(np.ones((2, 5)), ~blank, blank, curve="line")
    with pytest.raises(ValueError, match="row 0 has none"):
        attribution.motif_auprc(np.ones((2, 5)), blank, blank)
    with pytest.raises(ValueError, match="must have one shape"):
        attribution.motif_auprc(np.ones((2, 4)), blank, blank)


@pytest.mark.parametrize("method", attribution.METHODS)
@pytest.mark.parametrize("length", [20, 22])
def test_sequences_of_another_length_are_refused(network, method, length):
    other = np.zeros((3, length), dtype=np.uint8)
    message = f"length that networks read, 21 bp; got {length} bp"
    with pytest.raises(ValueError, match=message):
        attribution.contributions([network], other, method=method)
    with pytest.raises(ValueError, match=message):
        attribution.incompleteness(
            [network], other, np.zeros((1, *other.shape)), target="output"
        )


def test_one_sequence_is_attributed(network):
    for method in attribution.COMPLETE:
        one = np.zeros((1, 21), dtype=np.uint8)
        found = attribution.contributions([network], one, method=method)
        assert found.shape == (1, 1, 21)
