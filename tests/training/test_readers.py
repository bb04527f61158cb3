"""Networks that read DNA pass together as each passes alone."""

import pytest
import torch
from one_by_one import passes_alone

from helpers.networks.factorization import MotifBuilder, MotifNetwork
from helpers.networks.motif import MotifCNN
from helpers.training import passes
from helpers.training.stack import Stack

LENGTH, ROWS = 40, 12
NETWORKS = {
    "factors": lambda seed: MotifNetwork(5, width=7, n_factors=3, seed=seed),
    "linear": lambda seed: MotifNetwork(
        40, width=6, n_targets=2, standardise=False, seed=seed
    ),
    "filters": lambda seed: MotifCNN(4, length=LENGTH, width=8, pool=9, seed=seed),
    "no norms": lambda seed: MotifCNN(
        3, length=LENGTH, width=5, pool=40, hidden=(6,), n_outputs=2, hidden_norm=False,
        seed=seed,
    ),
    "no hidden layer": lambda seed: MotifCNN(
        33, length=LENGTH, width=3, pool=10, hidden=(), seed=seed
    ),
}  # fmt: skip


def made(name, n=3):
    """Return networks whose norms and shifts are not those that they begin with."""
    networks = [NETWORKS[name](seed).double() for seed in range(n)]
    generator = torch.Generator().manual_seed(0)
    for network in networks:
        for parameter in network.parameters():
            if parameter.ndim == 1:
                moved = torch.rand(parameter.shape, generator=generator)
                parameter.data.add_(0.1 * moved.double())
    return networks


def letters(*shape):
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 4, (*shape, LENGTH), generator=generator).double()


def stacked(networks):
    parameters = Stack.of(networks)
    gradients = parameters.empty()
    return passes.passes_for(networks[0], parameters, gradients), parameters, gradients


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("own", [False, True], ids=["shared", "own"])
def test_equals_each_alone(name, own):
    networks = made(name)
    x = letters(3, ROWS) if own else letters(ROWS)
    together, parameters, gradients = stacked(networks)
    assert type(together) is passes.ReaderPasses
    output = together.forward(x, own).clone()
    slope = torch.linspace(-1, 1, output.numel()).double().view_as(output)
    together.backward(slope)
    expected = passes_alone([n.train() for n in networks], x, slope, own)
    torch.testing.assert_close(output, expected, rtol=1e-12, atol=1e-12)
    for i, network in enumerate(networks):
        for kind, parameter in network.named_parameters():  # moments as well
            torch.testing.assert_close(
                parameters[kind][i], parameter.data, rtol=1e-12, atol=1e-12
            )
            if parameter.requires_grad:
                torch.testing.assert_close(
                    gradients[kind][i], parameter.grad, rtol=1e-9, atol=1e-11
                )
    judged = together.forward(x, own, training=False)
    with torch.no_grad():
        alone = [n.eval()(x[i] if own else x) for i, n in enumerate(networks)]
    torch.testing.assert_close(judged, torch.stack(alone), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["factors", "filters"])
def test_gradients_are_added_up(name):
    together, _, gradients = stacked(made(name))
    x = letters(ROWS)
    slope = torch.ones_like(together.forward(x, False))
    together.backward(slope)
    once = gradients.flat.clone()
    together.forward(x, False)
    together.backward(slope)
    torch.testing.assert_close(gradients.flat, 2 * once)
    assert once.abs().max() > 1e-3


def test_one_hot_sequences_pass_as_any_modules():
    networks = made("filters")
    together, *_ = stacked(networks)
    x = letters(ROWS)
    one_hot = torch.nn.functional.one_hot(x.long(), 4).mT.double()
    expected = together.forward(x, False, training=False).clone()
    output = together.forward(one_hot, False, training=False)
    torch.testing.assert_close(output, expected, rtol=1e-10, atol=1e-12)


def test_what_is_another_class_passes_as_any_module():
    class Other(MotifNetwork):
        pass

    for network in (Other(2, width=3, seed=0), MotifBuilder(2, seed=0)):
        together, *_ = stacked([network])
        assert type(together) is passes.AutogradPasses


def test_a_small_change_of_one_network_is_seen_in_it_alone():
    networks, x = made("factors"), letters(ROWS)
    before = stacked(networks)[0].forward(x, False).clone()
    with torch.no_grad():
        networks[1].filters[0, 0, 0] += 0.1
    changed = (stacked(networks)[0].forward(x, False) - before).abs().amax((1, 2))
    assert changed[1] > 1e-6 and changed[0] == changed[2] == 0
