import numpy as np
import pytest
import torch
from torch import nn

from helpers.training import penalties
from helpers.training.stack import Stack


def stacked(values=((1.0, -2.0), (0.0, 4.0))):
    """Return two networks, 2 -> 1, with these weights."""
    networks = [nn.Linear(2, 1) for _ in values]
    for network, weights in zip(networks, values, strict=True):
        network.weight.data = torch.tensor([weights])
    return Stack.of(networks)


def value_and_slope(penalty, stack):
    bound = penalty.select(torch.arange(stack.n_networks), stack)
    gradients = stack.empty()
    bound.add_slope(stack, gradients)
    assert (gradients["bias"] == 0).all()  # "*weight" leaves biases alone
    return bound(stack.views).tolist(), gradients["weight"][:, 0].tolist()


def test_l1_and_its_slope():
    value, slope = value_and_slope(penalties.l1(0.5), stacked())
    assert value == [1.5, 2.0]
    assert slope == [[0.5, -0.5], [0.0, 0.5]]  # no slope at 0


def test_each_network_has_its_strength():
    value, slope = value_and_slope(penalties.l2([1.0, 0.5]), stacked())
    assert value == [5.0, 8.0]
    assert slope == [[2.0, -4.0], [0.0, 4.0]]


def test_group_lasso_by_unit_and_by_input():
    stack = stacked(((3.0, -4.0), (0.0, 0.0)))
    by_unit = penalties.group_lasso(1.0, by="unit")
    value, slope = value_and_slope(by_unit, stack)
    assert value == pytest.approx([2**0.5 * 5, 0.0])
    assert slope[0] == pytest.approx([2**0.5 * 0.6, -(2**0.5) * 0.8])
    assert slope[1] == [0.0, 0.0]  # no slope at 0
    assert value_and_slope(penalties.group_lasso(1.0), stack)[0] == [7.0, 0.0]


def test_sparse_group_lasso_lies_between_its_parts():
    stack = stacked(((3.0, -4.0),))
    mixed = penalties.sparse_group_lasso(1.0, by="unit", mix=0.25)
    expected = 0.75 * 2**0.5 * 5 + 0.25 * 7
    assert value_and_slope(mixed, stack)[0] == pytest.approx([expected])


def test_slopes_equal_autograd():
    torch.manual_seed(0)
    stack = Stack.of([nn.Linear(4, 3).double() for _ in range(3)])
    for penalty in (penalties.l1([1, 2, 0]), penalties.l2(0.3)):
        bound = penalty.select(torch.arange(3), stack)
        mine, automatic = stack.empty(), stack.empty()
        bound.add_slope(stack, mine)
        penalties.Penalty.add_slope(bound, stack, automatic)
        assert torch.isfinite(mine.flat).all()
        assert (mine.flat - automatic.flat).abs().max() < 1e-12
        assert mine.flat.abs().max() > 0.01


def shrunk(penalty, stack, factor=1.0, rates=(1.0, 1.0)):
    """Return the weights after the shrinking step; the gradient must stay zero."""
    bound = penalty.select(torch.arange(stack.n_networks), stack)
    gradients, rate = stack.empty(), stack.empty().fill(torch.tensor(rates))
    bound.add_slope(stack, gradients)
    assert not gradients.flat.any()
    before = stack["bias"].clone()
    bound.shrink(stack, rate, factor)
    assert (stack["bias"] == before).all()  # "*weight" leaves biases alone
    return stack["weight"][:, 0].tolist()


def test_the_proximal_l1_takes_rate_times_strength_off_each_weight():
    weights = ((1.0, -2.0), (0.5, 4.0))
    assert shrunk(penalties.proximal_l1(0.75), stacked(weights)) == [
        [0.25, -1.25],
        [0.0, 3.25],
    ]
    # network 0 has half the rate, network 1 twice the strength, the factor halves both
    some = penalties.proximal_l1([1.0, 2.0])
    assert shrunk(some, stacked(weights), 0.5, (0.5, 1.0)) == [
        [0.75, -1.75],
        [0.0, 3.0],
    ]


def test_a_network_that_does_not_move_is_not_shrunk():
    for penalty in (penalties.proximal_l1(9), penalties.proximal_group_lasso(9)):
        weights = shrunk(penalty, stacked(), rates=(0.0, 1.0))
        assert weights == [[1.0, -2.0], [0.0, 0.0]]


def test_the_proximal_group_lasso_shortens_whole_groups():
    # A row (3, -4) of length 5: 1 · √2 off the length, direction kept; and one to zero.
    stack = stacked(((3.0, -4.0), (0.6, 0.8)))
    left = shrunk(penalties.proximal_group_lasso(1.0, by="unit"), stack)
    share = 1 - 2**0.5 / 5
    assert left[0] == pytest.approx([3 * share, -4 * share])
    assert left[1] == [0.0, 0.0]
    # Half of the strength for each weight, the other half for the row that is left.
    stack = stacked(((3.5, -4.5),))
    sparse = penalties.proximal_group_lasso(1.0, by="unit", mix=0.5)
    share = 1 - 0.5 * 2**0.5 / 5
    assert shrunk(sparse, stack, rates=(1.0,))[0] == pytest.approx(
        [3 * share, -4 * share]
    )


def test_zeros_stay_zero_without_strength():
    stack = stacked(((0.0, 0.0),))
    left = shrunk(penalties.proximal_group_lasso(0.0), stack, rates=(1.0,))
    assert left == [[0.0, 0.0]]


def test_a_penalty_of_the_callers_knows_its_networks():
    strength = torch.tensor([0.0, 10.0, 20.0])

    def penalty(parameters, networks):
        return strength[networks] * parameters["bias"].sum(1)

    (resolved,) = penalties.resolve(penalty)
    stack = stacked()
    bound = resolved.select(torch.tensor([2, 1]), stack)
    gradients = stack.empty()
    bound.add_slope(stack, gradients)
    assert gradients["bias"].tolist() == [[20.0], [10.0]]


def test_none_one_or_several():
    assert penalties.resolve(None) == []
    assert len(penalties.resolve(penalties.l1(1))) == 1
    assert len(penalties.resolve([penalties.l1(1), penalties.l2(1)])) == 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: penalties.l1(-1), "strength must be finite and at least 0; got -1"),
        (lambda: penalties.l1([1, np.nan]), "strength must be finite and at least 0"),
        (lambda: penalties.l1("a"), "strength must be a number or one a network"),
        (lambda: penalties.l1(True), "strength must be a number or one a network"),
        (lambda: penalties.l1([[1]]), "strength must have at most 1 axis; got 2"),
        (lambda: penalties.group_lasso(1, by="row"), "by must be one of input, unit"),
        (
            lambda: penalties.sparse_group_lasso(1, mix=2),
            "mix must be at most 1; got 2",
        ),
        (lambda: penalties.resolve(0.1), "penalty must be a function or several"),
        (
            lambda: penalties.group_lasso(1, on="bias").check(stacked()),
            "on must match matrices",
        ),
    ],
)
def test_rejects_what_is_no_penalty(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
