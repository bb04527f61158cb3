import math
from fnmatch import fnmatchcase

import pytest
import torch
from torch import nn

from helpers import device
from helpers.networks.mlp import INTERACTION_WEIGHTS, MLP, MLPM, UnivariateNets


def test_mlp_is_the_usual_sequence_of_layers():
    network = MLP(3, (5, 4), 2).double()
    x = torch.randn(7, 3, dtype=torch.float64)
    layers = [[layer, nn.ReLU()] for layer in network.layers]
    usual = nn.Sequential(*[part for pair in layers for part in pair][:-1])
    assert torch.allclose(network(x), usual(x), atol=1e-14)
    assert network(x).shape == (7, 2)


def test_default_widths_are_those_of_the_paper():
    shapes = [tuple(layer.weight.shape) for layer in MLP(10).layers]
    assert shapes == [(140, 10), (100, 140), (60, 100), (20, 60), (1, 20)]
    # A net of one feature: 10 + 100 + 100 + 10 weights and 30 biases.
    assert sum(p.numel() for p in MLPM(10).univariate.parameters()) == 10 * 250


def test_no_hidden_layer_is_a_linear_model():
    network = MLP(2, ())
    with torch.no_grad():
        network.layers[0].weight.copy_(torch.tensor([[2.0, -1.0]]))
        network.layers[0].bias.fill_(0.5)
    assert network(torch.tensor([[1.0, 3.0]])).item() == pytest.approx(-0.5)


def test_univariate_nets_equal_a_loop_over_small_networks():
    nets = UnivariateNets(3, (4, 2), n_outputs=2).double()
    x = torch.randn(6, 3, dtype=torch.float64)
    output = nets.output.unflatten(1, (3, -1))  # (n_outputs, features, units)
    total = torch.zeros(6, 2, dtype=torch.float64)
    for j in range(3):
        h = x[:, [j]]
        for weight, bias in zip(nets.weights, nets.biases, strict=True):
            h = torch.relu(h @ weight[j].T + bias[j].T)
        own = h @ output[:, j].T
        assert torch.allclose(nets.contributions(x)[:, j], own, atol=1e-14)
        total += own
    assert torch.allclose(nets(x), total, atol=1e-14)


def test_univariate_nets_are_additive():
    nets = UnivariateNets(2).double()
    a, b, c, d = (
        nets(torch.tensor([p]).double()) for p in [(1, 2), (1, 5), (3, 2), (3, 5)]
    )
    assert (a - b - c + d).abs().item() < 1e-12


def test_without_hidden_layers_each_univariate_net_is_a_slope():
    nets = UnivariateNets(3, ())
    assert [n for n, _ in nets.named_parameters()] == ["output"]
    x = torch.randn(5, 3)
    assert torch.allclose(nets(x), x @ nets.output.T)


def test_slopes_of_many_features_start_as_one_linear_layer():
    with device.seeded(0):
        largest = UnivariateNets(400, ()).output.detach().abs().max()
    assert 0.95 / 20 < largest <= 1 / 20


def test_mlpm_is_the_sum_of_its_parts():
    network = MLPM(3, (5,), (4,), 2)
    x = torch.randn(6, 3)
    assert torch.allclose(network(x), network.interaction(x) + network.univariate(x))
    assert network(x).shape == (6, 2)


def test_initial_weights_follow_the_rule_of_torch():
    with device.seeded(0):
        nets = UnivariateNets(500, (16, 9))
    for weight, fan_in in [
        (nets.weights[0], 1),
        (nets.weights[1], 16),
        (nets.biases[1], 16),
        (nets.output, 9),
    ]:
        bound = 1 / math.sqrt(fan_in)
        assert weight.abs().max() <= bound
        assert weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)


def test_interaction_weights_name_the_matrices_of_the_interaction_part():
    def covered(network):
        return [
            name
            for name, _ in network.named_parameters()
            if any(fnmatchcase(name, pattern) for pattern in INTERACTION_WEIGHTS)
        ]

    assert covered(MLP(3, (5,))) == ["layers.0.weight", "layers.1.weight"]
    assert covered(MLPM(3, (5,))) == [
        "interaction.layers.0.weight",
        "interaction.layers.1.weight",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_features": 0}, "n_features must be at least 1; got 0"),
        ({"n_features": 2.0}, "n_features must be an integer"),
        (
            {"n_features": 2, "hidden": 5},
            "hidden must be a sequence of integers; got 5",
        ),
        ({"n_features": 2, "hidden": (5, 0)}, "hidden width must be at least 1; got 0"),
        ({"n_features": 2, "univariate": "10"}, "univariate must be a sequence"),
        ({"n_features": 2, "n_outputs": 0}, "n_outputs must be at least 1; got 0"),
    ],
)
def test_rejects_impossible_sizes(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        MLPM(**arguments)
    if "univariate" not in arguments:
        with pytest.raises((ValueError, TypeError), match=message):
            MLP(**arguments)
