"""Hand-written passes of stacked networks equal autograd, one by one."""

import pytest
import torch
from one_by_one import passes_alone

from helpers.networks.cnn import CNN, Architecture
from helpers.networks.gam import InteractionGAM
from helpers.networks.mlp import MLP
from helpers.training import passes
from helpers.training.stack import Stack

UNEVEN = Architecture(kernels=(4, 3), hidden=(5,), n_filters=6)


def stacked(networks):
    """Return the passes of some networks and the stack of their gradients."""
    parameters = Stack.of(networks)
    gradients = parameters.empty()
    return passes.passes_for(networks[0], parameters, gradients), gradients


@pytest.fixture
def networks():
    made = [CNN("arch3", seed=seed).double() for seed in range(5)]
    for network in made:  # biases away from zero, so that their slopes matter
        for name, parameter in network.named_parameters():
            if "bias" in name and "convolutions" not in name:
                torch.nn.init.constant_(parameter, 0.1)
    return made


@pytest.mark.parametrize("values", [1, 2**20], ids=["one by one", "all at once"])
@pytest.mark.parametrize("one_hot", [False, True], ids=["numbers", "one-hot"])
@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_equals_autograd(monkeypatch, padding, own, one_hot, values):
    monkeypatch.setattr(passes, "CONVOLUTION_VALUES", values)
    networks = [CNN("arch1", padding=padding, seed=s).double() for s in range(3)]
    torch.manual_seed(1)
    x = torch.randint(0, 4, (3, 6, 40) if own else (6, 40))
    x = torch.nn.functional.one_hot(x, 4).mT.double() if one_hot else x.double()
    slope = torch.randn(3, 6, 1, dtype=torch.float64)
    by_hand, gradients = stacked(networks)
    assert type(by_hand) is passes.CNNPasses
    for _ in range(2):  # gradients are added up
        output = by_hand.forward(x, own).clone()
        by_hand.backward(slope)
    expected = passes_alone(networks, x, slope, own)
    torch.testing.assert_close(output, expected, rtol=1e-12, atol=1e-12)
    for i, network in enumerate(networks):
        for name, parameter in network.named_parameters():
            torch.testing.assert_close(
                gradients[name][i], 2 * parameter.grad, rtol=1e-10, atol=1e-12
            )


def test_a_small_change_of_one_network_is_seen_in_it_alone(networks):
    x, slope = torch.randint(0, 4, (4, 30)), torch.ones(5, 4, 1).double()
    output, gradients = run(networks, x, slope)
    with torch.no_grad():
        networks[2].convolutions[0].weight *= 1.001
    new_output, new_gradients = run(networks, x, slope)
    same = [torch.equal(output[i], new_output[i]) for i in range(5)]
    assert same == [True, True, False, True, True]
    name = "convolutions.1.weight"
    same = [torch.equal(gradients[name][i], new_gradients[name][i]) for i in range(5)]
    assert same == [True, True, False, True, True]


def run(networks, x, slope):
    by_hand, gradients = stacked(networks)
    output = by_hand.forward(x.double(), False).clone()
    by_hand.backward(slope)
    return output, gradients


def test_without_training_the_outputs_are_the_same(networks):
    x = torch.randint(0, 4, (7, 30)).double()
    by_hand, _ = stacked(networks)
    training = by_hand.forward(x, False).clone()
    assert torch.equal(by_hand.forward(x, False, training=False), training)


def test_what_has_no_passes_of_its_own_gets_autograd():
    class Mine(CNN):
        """Might compute something else."""

    def kind(network):
        return type(stacked([network])[0])

    assert kind(CNN(UNEVEN, seed=0)) is passes.CNNPasses
    assert kind(CNN(UNEVEN, padding="same", seed=0)) is passes.AutogradPasses
    assert kind(Mine("arch1", seed=0)) is passes.AutogradPasses
    assert kind(MLP(3)) is passes.MLPPasses


@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
@pytest.mark.parametrize("sets", [[], [(0, 2), (1, 3, 4)]], ids=["none", "two"])
def test_additive_models_with_other_sets_equal_autograd(sets, own):
    torch.manual_seed(2)
    networks = []
    for _ in range(3):  # other features, as many sets
        features = torch.randperm(5).tolist()
        renamed = [[features[i] for i in members] for members in sets]
        networks.append(InteractionGAM(5, renamed, (7, 4), (3, 3), 2).double())
    x = torch.randn((3, 6, 5) if own else (6, 5), dtype=torch.float64)
    slope = torch.randn(3, 6, 2, dtype=torch.float64)
    by_hand, gradients = stacked(networks)
    assert type(by_hand) is passes.GAMPasses
    for _ in range(2):  # gradients are added up
        output = by_hand.forward(x, own).clone()
        by_hand.backward(slope)
    expected = passes_alone(networks, x, slope, own)
    torch.testing.assert_close(output, expected, rtol=1e-12, atol=1e-12)
    for i, network in enumerate(networks):
        for name, parameter in network.named_parameters():
            if parameter.requires_grad:
                torch.testing.assert_close(
                    gradients[name][i], 2 * parameter.grad, rtol=1e-10, atol=1e-12
                )
        assert not gradients["members"][i].any()
