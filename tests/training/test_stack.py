import pytest
import torch
from torch import nn

from helpers.training.stack import Stack


@pytest.fixture
def networks():
    torch.manual_seed(0)
    return [nn.Linear(3, 2) for _ in range(4)]


def test_views_hold_the_parameters_of_each_network(networks):
    stack = Stack.of(networks)
    assert stack["weight"].shape == (4, 2, 3)
    for i, network in enumerate(networks):
        assert torch.equal(stack["weight"][i], network.weight)
        assert torch.equal(stack["bias"][i], network.bias)


def test_views_are_the_flat_buffer_and_contiguous(networks):
    stack = Stack.of(networks)
    stack.flat.fill_(2.0)
    assert (stack["weight"] == 2).all()
    assert stack.flat.numel() == 4 * 8
    assert all(view.is_contiguous() for view in stack.views.values())
    assert (networks[0].weight != 2).all()  # a copy


def test_select_and_put_move_networks(networks):
    stack = Stack.of(networks)
    chosen = stack.select([3, 1])
    assert torch.equal(chosen["weight"][0], networks[3].weight)
    target = stack.empty()
    target.put([0, 2], chosen)
    assert torch.equal(target["bias"][2], networks[1].bias)
    assert (target["bias"][1] == 0).all()


def test_fill_gives_each_network_its_value(networks):
    stack = Stack.of(networks).empty()
    stack.fill(torch.arange(4.0), ["weight"])
    assert (stack["weight"].flatten(1) == torch.arange(4.0)[:, None]).all()
    assert (stack["bias"] == 0).all()
