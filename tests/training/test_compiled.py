"""Compiled steps and epochs give what the loop of torch's calls gives."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers import device as machine
from helpers.ensemble import (
    Adam,
    Ensemble,
    RMSprop,
    exponential,
    group_lasso,
    l1,
    l2,
    proximal_group_lasso,
    proximal_l1,
    sparse_group_lasso,
)
from helpers.networks.mlp import MLP, MLPM
from helpers.training import losses
from helpers.training.compiled import Epochs, Steps
from helpers.training.stack import Stack

RNG = np.random.default_rng(0)
X = RNG.normal(size=(57, 4))
NUMBERS, COUNTS = RNG.normal(size=57), RNG.poisson(1.0, 57).astype(float)
CLASSES = RNG.integers(0, 3, 57)
HELD_OUT = RNG.random((3, 57)) < 0.3

#: Network, targets, and what else the fit is told.
CASES = {
    "plain": (lambda: MLP(4, (6, 5)), NUMBERS, {}),
    "linear": (lambda: MLP(4, ()), NUMBERS, {}),
    "main effects": (lambda: MLPM(4, (6, 5), (3, 4)), NUMBERS, {}),
    "slopes": (lambda: MLPM(4, (6,), ()), NUMBERS, {}),
    "two outputs": (
        lambda: MLPM(4, (6, 5), (3,), n_outputs=2),
        np.stack([NUMBERS, COUNTS], axis=1),
        {"penalty": l1(0.1)},
    ),
    "l1": (lambda: MLP(4, (6, 5)), NUMBERS, {"penalty": l1([0.1, 0.0, 0.3])}),
    "proximal": (
        lambda: MLPM(4, (6, 5)),
        NUMBERS,
        {
            "penalty": [proximal_l1(0.5), l2(0.1)],
            "optimizer": RMSprop((0.01, 0.1, 0.05)),
        },
    ),
    "groups by input": (
        lambda: MLPM(4, (6, 5)),
        NUMBERS,
        {
            "penalty": [
                group_lasso([0.3, 0.0, 1.0], on="interaction.layers.0.weight"),
                l1(0.1, on="interaction.layers.[1-9].weight"),
            ]
        },
    ),
    "groups by unit": (
        lambda: MLP(4, (6, 5)),
        NUMBERS,
        {
            "penalty": [
                sparse_group_lasso(0.2, by="unit", mix=0.3),
                group_lasso([0.1, 0.2, 0.0], on="layers.1.weight"),
            ]
        },
    ),
    "cross-entropy": (
        lambda: MLPM(4, (6, 5)),
        COUNTS > 0,
        {"loss": "binary_cross_entropy", "schedule": exponential(0.8)},
    ),
    "counts": (lambda: MLP(4, (6, 5)), COUNTS, {"loss": "poisson"}),
    "classes": (lambda: MLP(4, (6, 5), 3), CLASSES, {"loss": "cross_entropy"}),
    "stopped": (
        lambda: MLP(4, (6, 5)),
        NUMBERS,
        {"validation": HELD_OUT, "stopping": "loss", "patience": 1},
    ),
    "shared order": (
        lambda: MLPM(4, (6, 5)),
        NUMBERS,
        {"validation": HELD_OUT, "order": "shared"},
    ),
}


def fit(make, y, options):
    with machine.seeded(0):
        networks = [make().double() for _ in range(3)]
    options = {"optimizer": Adam(0.05, eps=1e-6), "stopping": None} | options
    options |= {"batch_size": 10, "max_epochs": 4, "progress": False}
    return Ensemble(networks, device="cpu").fit(X, y, **options)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("left", ["steps", "nothing"])
def test_equals_the_loop(monkeypatch, case, left):
    make, y, options = CASES[case]
    compiled = fit(make, np.asarray(y, float), options)
    monkeypatch.setattr(Epochs, "can_take", lambda *_: False)
    if left == "nothing":
        monkeypatch.setattr(Steps, "can_take", lambda *_: False)
    loop = fit(make, np.asarray(y, float), options)
    assert compiled.parameters.flat.isfinite().all()
    for name, view in compiled.parameters.views.items():
        torch.testing.assert_close(view, loop.parameters[name], rtol=1e-11, atol=1e-12)
    assert (compiled.best_epoch_ == loop.best_epoch_).all()
    np.testing.assert_allclose(compiled.history_, loop.history_, rtol=1e-11)


def test_the_proximal_step_makes_exact_zeros():
    make, y, options = CASES["proximal"]
    options = options | {"optimizer": RMSprop(0.05)}
    weights = fit(make, y, options).parameters["interaction.layers.0.weight"]
    assert 0 < (weights == 0).double().mean() < 1


@pytest.mark.parametrize("by", ["input", "unit"])
def test_a_group_that_is_zero_gets_no_slope(by):
    weight = torch.tensor([[[0.0, 3.0], [0.0, 4.0], [0.0, 0.0]]])  # (1, units, inputs)
    parameters = Stack({"weight": (3, 2)}, 1, torch.zeros(0))
    parameters["weight"][:] = weight
    gradients = parameters.empty()
    penalty = group_lasso(1.0, by=by).select(torch.arange(1), parameters)
    steps = Steps(parameters, gradients, RMSprop().start(gradients), [penalty])
    steps.set_rates(np.array([0.1]), ["weight"])
    steps.take(1.0)
    moved = (parameters["weight"] - weight)[0]
    assert (moved[:, 0] == 0).all() and (moved[2] == 0).all()
    assert (moved[:2, 1] < 0).all()


@pytest.mark.parametrize("optimizer", [Adam(), RMSprop()])
def test_a_step_leaves_zeros_and_frozen_parameters_alone(optimizer):
    parameters = Stack({"a": (2,), "b": (3,)}, 2, torch.zeros(0))
    parameters.flat.fill_(1.0)
    gradients = parameters.empty()
    gradients.flat.fill_(1.0)
    steps = Steps(parameters, gradients, optimizer.start(gradients), [])
    steps.set_rates(np.array([0.1, 0.0]), ["a"])
    steps.take(1.0)
    moved = 0.9 if isinstance(optimizer, Adam) else 0.0  # by the rate, or ten times it
    torch.testing.assert_close(parameters["a"][0], torch.full((2,), moved))
    assert (parameters["a"][1] == 1).all()
    assert (parameters["b"] == 1).all()
    assert (gradients.flat == 0).all()


def test_what_does_not_fit_is_left_to_the_loop():
    class Other(MLP):
        pass

    network = MLP(2, (3,))
    assert Epochs.can_take(network, losses.mse)
    assert not Epochs.can_take(Other(2, (3,)), losses.mse)
    assert not Epochs.can_take(nn.Linear(2, 1), losses.mse)
    assert not Epochs.can_take(
        network, lambda output, target: losses.mse(output, target)
    )
    parameters = Stack.of([network])
    state = Adam().start(parameters)
    assert Steps.can_take(parameters, state, [l1(0.1), proximal_l1(0.1)])
    assert Steps.can_take(parameters, state, [l1(0.1), group_lasso(0.1)])
    assert not Steps.can_take(parameters, state, [proximal_group_lasso(0.1)])
    assert not Steps.can_take(parameters, object(), [])
    assert not Steps.can_take(Stack.of([MLP(2).half()]), state, [])
