"""Convolutions as matrix products equal autograd, one network at a time."""

import pytest
import torch
from one_by_one import passes_alone

from helpers.networks.cnn import CNN, Architecture
from helpers.training.stack import Stack
from helpers.training.toeplitz import ToeplitzPasses

ARCHITECTURES = {
    "published": "arch1",
    "three wide": Architecture(kernels=(3, 3), hidden=(5,), n_filters=6),
    "even": Architecture(kernels=(4, 4), hidden=(5,), n_filters=6),
    "two wide, one layer": Architecture(kernels=(2,), hidden=(), n_filters=3),
}


def made(architecture, padding):
    networks = [CNN(architecture, padding=padding, seed=s).double() for s in range(3)]
    for network in networks:  # biases away from zero, so that padding matters
        for layer in network.convolutions:
            torch.nn.init.uniform_(layer.bias, 0.05, 0.2)
    return networks


@pytest.mark.parametrize("one_hot", [False, True], ids=["numbers", "one-hot"])
@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
@pytest.mark.parametrize(
    ("architecture", "padding"),
    [(name, p) for name in ARCHITECTURES for p in ("valid", "same")],
)
def test_equals_autograd(architecture, padding, own, one_hot):
    networks = made(ARCHITECTURES[architecture], padding)
    if not ToeplitzPasses.fits(networks[0]):
        assert padding == "same" and networks[0].architecture.kernels[0] % 2 == 0
        return
    parameters = Stack.of(networks)
    gradients = parameters.empty()
    by_hand = ToeplitzPasses(parameters, gradients, networks[0])
    torch.manual_seed(1)
    for batch, length in ((6, 40), (2, 31), (6, 40)):  # gradients are added up
        x = torch.randint(0, 4, (3, batch, length) if own else (batch, length))
        x = torch.nn.functional.one_hot(x, 4).mT.double() if one_hot else x.double()
        slope = torch.randn(3, batch, 1, dtype=torch.float64)
        gradients.flat.zero_()
        for _ in range(2):
            output = by_hand.forward(x, own).clone()
            by_hand.backward(slope)
        expected = passes_alone(networks, x, slope, own)
        torch.testing.assert_close(output, expected, rtol=1e-12, atol=1e-12)
        for i, network in enumerate(networks):
            for name, parameter in network.named_parameters():
                torch.testing.assert_close(
                    gradients[name][i], 2 * parameter.grad, rtol=1e-10, atol=1e-12
                )


def test_only_filters_of_one_width_fit():
    uneven = Architecture(kernels=(5, 3), hidden=(5,))
    assert not ToeplitzPasses.fits(CNN(uneven, seed=0))
    assert not ToeplitzPasses.fits(
        CNN(Architecture(kernels=(1, 1), hidden=(5,)), seed=0)
    )
    assert ToeplitzPasses.fits(CNN("arch3", padding="same", seed=0))
