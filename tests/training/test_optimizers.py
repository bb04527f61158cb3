import pytest
import torch

from helpers.training.optimizers import Adam, RMSprop
from helpers.training.stack import Stack


def gradients(*values):
    stack = Stack({"w": (2,)}, len(values), torch.zeros(()).double())
    stack["w"].copy_(torch.tensor(values))
    return stack


def test_the_first_step_of_adam_is_the_sign_of_the_gradient():
    stack = gradients([2.0, -3.0])
    step = Adam(eps=0.0).start(stack).direction(stack)
    assert step.tolist() == pytest.approx([-1.0, 1.0])


def test_the_first_step_of_rmsprop_in_ones_head():
    stack = gradients([2.0, -3.0])
    step = RMSprop(alpha=0.75, eps=0.0).start(stack).direction(stack)
    assert step.tolist() == pytest.approx([-2.0, 2.0])  # g / sqrt(g² / 4)


@pytest.mark.parametrize("optimizer", [Adam(), RMSprop()])
def test_networks_that_stay_keep_their_state(optimizer):
    both = gradients([2.0, -3.0], [0.5, 4.0])
    state = optimizer.start(both)
    state.direction(both)
    alone = state.select(torch.tensor([1]))
    one = gradients([1.0, 1.0])
    both["w"][1] = 1.0
    expected = state.direction(both).view(2, 2)[1].tolist()
    assert alone.direction(one).tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Adam(betas=(0.9, 1.0)), r"betas must be two numbers in \[0, 1\)"),
        (lambda: Adam(betas=(0.9,)), "betas must be two numbers"),
        (lambda: Adam(eps=-1e-8), "eps must be at least 0"),
        (lambda: RMSprop(alpha=1.0), r"alpha must be in \[0, 1\); got 1.0"),
        (lambda: RMSprop(eps="0"), "eps must be a number"),
    ],
)
def test_rejects_impossible_settings(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
