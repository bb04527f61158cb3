"""The convolutional networks: published sizes, exact padding, initial weights."""

from fnmatch import fnmatch

import pytest
import torch
from torch.func import functional_call, stack_module_state, vmap

from helpers.networks.cnn import ARCHITECTURES, CNN, Architecture, SoftplusCNN

PUBLISHED_PARAMETERS = {"arch1": 8606, "arch2": 7576, "arch3": 7246}


@pytest.fixture
def x():
    generator = torch.Generator().manual_seed(1)
    return torch.randint(0, 4, (6, 100), dtype=torch.uint8, generator=generator)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_number_of_parameters_is_the_published_one(name):
    network = CNN(name, seed=0)
    assert network.n_parameters == PUBLISHED_PARAMETERS[name]
    # Biases start at zero, padding too: all else is drawn, hence not zero.
    biases = sum(p.numel() for n, p in network.named_parameters() if "bias" in n)
    padded_biases = len(network.convolutions)
    drawn = sum(int((p != 0).sum()) for p in network.parameters())
    assert drawn == network.n_parameters - (biases - padded_biases)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_padding_stays_exactly_zero_under_adam_with_l1(x, padding):
    network = CNN("arch3", padding=padding, seed=3)
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    zero = {name: p == 0 for name, p in before.items() if "weight" in name}
    penalised = [n for n in zero if any(fnmatch(n, k) for k in CNN.KERNELS)]
    assert set(zero) - set(penalised) == {"output.weight"}
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    weights = dict(network.named_parameters())
    for _ in range(20):
        optimizer.zero_grad()
        penalty = sum(weights[name].abs().sum() for name in penalised)
        (((network(x) - 3) ** 2).mean() + 1e-2 * penalty).backward()
        optimizer.step()
    for name, mask in zero.items():
        assert (weights[name][mask] == 0).all()
        # ... and most else has moved (some units are dead), so the test can fail.
        assert (weights[name] != before[name])[~mask].float().mean() > 0.5
    assert all(layer.bias[-1] == 0 for layer in network.convolutions)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_padded_network_equals_the_unpadded_one(x, padding):
    network = CNN("arch1", padding=padding, seed=5).double()
    hidden = torch.nn.functional.one_hot(x.long(), 4).mT.double()
    n_in = 4
    for layer in network.convolutions:
        weight, bias = layer.weight[:15, :n_in], layer.bias[:15]
        hidden = torch.relu(
            torch.nn.functional.conv1d(hidden, weight, bias, padding=padding)
        )
        n_in = 15
    assert hidden.shape[2] == (76 if padding == "valid" else 100)
    hidden = torch.cat([hidden.mean(2), hidden.new_zeros(len(x), 1)], dim=1)
    for layer in network.hidden:
        hidden = torch.relu(layer(hidden))
    torch.testing.assert_close(network(x), network.output(hidden))


def test_base_numbers_of_any_type_and_one_hot_give_the_same(x):
    network = CNN("arch2", seed=1)
    expected = network(x)
    assert expected.shape == (6, 1)
    one_hot = torch.nn.functional.one_hot(x.long(), 4).mT
    for same in (x.long(), x.float(), one_hot, one_hot.float()):
        torch.testing.assert_close(network(same), expected)


def test_gradient_reaches_a_one_hot_input(x):
    one_hot = torch.nn.functional.one_hot(x.long(), 4).mT.float().requires_grad_()
    CNN("arch1", seed=1)(one_hot).sum().backward()
    assert one_hot.grad.abs().sum() > 0


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("own_batches", [False, True])
def test_stacked_networks_equal_single_ones(x, padding, own_batches):
    networks = [CNN("arch3", padding=padding, seed=seed).double() for seed in range(3)]
    parameters, buffers = stack_module_state(networks)
    data = torch.stack([x, x.flip(0), x.flip(1)]) if own_batches else x
    stacked = vmap(
        lambda p, b, batch: functional_call(networks[0], (p, b), (batch,)),
        in_dims=(0, 0, 0 if own_batches else None),
    )(parameters, buffers, data)
    for number, network in enumerate(networks):
        batch = data[number] if own_batches else x
        torch.testing.assert_close(stacked[number], network(batch))


def test_seed_decides_the_initial_weights():
    first, again, other = (CNN("arch1", seed=s).state_dict() for s in (7, 7, 8))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["output.weight"], other["output.weight"])


def test_initial_weights_have_the_variance_of_a_cut_normal():
    wide = Architecture(kernels=(8, 8), hidden=(200,), n_filters=160)
    network = CNN(wide, seed=2)
    for layer, fan_in in ((network.convolutions[1], 1280), (network.hidden[0], 160)):
        scale = (2 / fan_in) ** 0.5
        assert layer.weight.std().item() == pytest.approx(scale, rel=0.02)
        assert layer.weight.abs().max() <= 2 * scale / 0.879 * 1.001
    assert network.output.weight.abs().max() <= (6 / 201) ** 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"architecture": "arch4"}, "architecture must be one of arch1, arch2, arch3"),
        ({"channel_multiple": 0}, "channel_multiple must be at least 1; got 0"),
        ({"padding": "full"}, "padding must be one of valid, same; got 'full'"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        CNN(**arguments)


def test_hand_set_detectors_with_a_linear_head_count_a_letter(x):
    network = SoftplusCNN("linear", seed=0, scale=1.0).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        network.detectors.weight[0, 2, 0] = 1000.0  # fires where a window starts with G
        network.detectors.bias[0] = -500.0
        network.linear.weight[0, 0] = 76.0
        network.linear.bias[0] = 20.0  # far from the bend of the softplus
        share = (x[:, :76] == 2).double().mean(1, keepdim=True)
        expected = 20.0 + 76.0 * share
    torch.testing.assert_close(network(x), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("head", SoftplusCNN.HEADS)
def test_heads_have_the_published_sizes(x, head):
    network = SoftplusCNN(head, seed=4)
    sizes = {"linear": 65, "hidden": 65 * 64 + 65, "both": 65 * 65 + 65}
    detectors = 64 * (4 * 25 + 1)
    assert sum(p.numel() for p in network.parameters()) == detectors + sizes[head]
    assert network(x).shape == (6, 1)
    assert (network(x) > 0).all()
    assert torch.equal(network(x), SoftplusCNN(head, seed=4)(x))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"head": "deep"}, "head must be one of linear, hidden, both; got 'deep'"),
        ({"head": "both", "scale": 0}, "scale must be above 0; got 0"),
    ],
)
def test_bad_softplus_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        SoftplusCNN(**arguments)
