"""Fast attributions against Captum's, completeness, and areas by hand."""

import numpy as np
import pytest
import torch
from sklearn.metrics import auc, precision_recall_curve
from torch import nn
from torch.nn import functional as F

from helpers import attribution
from helpers.networks.motif import MotifCNN


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


class Usual(nn.Module):
    """The same network from torch's own layers, as Captum can follow them."""

    def __init__(self, one, probability):
        super().__init__()
        layers = [nn.Conv1d(4, 3, 5, padding=2, bias=True), nn.ReLU()]
        layers += [nn.MaxPool1d(6, ceil_mode=True), Turn()]
        with torch.no_grad():
            layers[0].weight.copy_(one.folded_filters())
            layers[0].bias.copy_(one.shift)
        for dense, norm in zip(one.hidden, one.norms, strict=True):
            usual = nn.BatchNorm1d(len(norm.mean))
            usual.load_state_dict(
                {"weight": norm.scale, "bias": norm.shift, "running_mean": norm.mean,
                 "running_var": norm.variance, "num_batches_tracked": torch.tensor(1)}
            )  # fmt: skip
            layers += [dense, usual, nn.ReLU()]
        layers += [one.output] + ([nn.Sigmoid()] if probability else [])
        self.layers = nn.Sequential(*layers).double().eval()

    def forward(self, x):
        return self.layers(x)


class Turn(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2).flatten(1)


def one_hot(sequences):
    return F.one_hot(torch.from_numpy(sequences).long(), 4).transpose(1, 2).double()


@pytest.mark.parametrize("target", attribution.TARGETS)
def test_integrated_gradients_equal_captum(network, sequences, target):
    captum = pytest.importorskip("captum.attr")
    usual = Usual(network, target == "probability")
    theirs = captum.IntegratedGradients(usual).attribute(one_hot(sequences), n_steps=50)
    ours = attribution.contributions([network], sequences, method="IG", target=target)
    np.testing.assert_allclose(ours[0], theirs.sum(1).detach(), atol=1e-7)


@pytest.mark.parametrize("method", ["IG", "DeepLIFT"])
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
    # The path crosses kinks, so the integral is not exact; the rescale rule is.
    np.testing.assert_allclose(
        ours[0].sum(1), (change[0] - change[1])[:, 0],
        atol=1e-3 if method == "IG" else 1e-9,
    )  # fmt: skip


def test_permutation_is_the_change_of_the_output(network, sequences):
    same = np.repeat(sequences[:1], 5, axis=0)
    ours = attribution.contributions([network], same, method="permutation")
    np.testing.assert_array_equal(ours, 0)
    ours = attribution.contributions([network], sequences, method="permutation")
    assert np.abs(ours).max() > 0


def test_networks_do_not_see_each_other(network, sequences):
    other = MotifCNN(3, length=21, width=5, pool=6, hidden=(7, 5), seed=2).double()
    both = attribution.contributions([network, other], sequences, method="IG")
    alone = attribution.contributions([other], sequences[:4], method="IG")
    np.testing.assert_allclose(both[1, :4], alone[0], atol=1e-12)


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
    blank = np.zeros((2, 5), bool)
    with pytest.raises(ValueError, match="row 0 has none"):
        attribution.motif_auprc(np.ones((2, 5)), blank, blank)
    with pytest.raises(ValueError, match="must have one shape"):
        attribution.motif_auprc(np.ones((2, 4)), blank, blank)
