import math

import numpy as np
import pytest
import torch

from helpers.training import losses


def values(loss, output, target):
    """Return the loss of two networks and one row each."""
    return losses.resolve(loss)(torch.tensor(output), torch.tensor(target)).tolist()


def test_values_in_ones_head():
    assert values("mse", [[[3.0, 1.0]]], [[[1.0, 1.0]]]) == [[2.0]]
    assert values("poisson", [[[0.0]]], [[[5.0]]]) == [[1.0]]
    log2 = pytest.approx(math.log(2))
    assert values("binary_cross_entropy", [[[0.0]]], [[[1.0]]])[0][0] == log2
    assert values("cross_entropy", [[[1.0, 1.0]]], [[[1.0]]])[0][0] == log2


@pytest.mark.parametrize("name", losses.NAMED)
def test_every_loss_returns_one_value_a_network_and_row(name):
    n_outputs = 3 if name == "cross_entropy" else 1
    output, target = torch.zeros(2, 5, n_outputs), torch.ones(2, 5, 1)
    losses.check_result("loss", losses.resolve(name), output, target)


def test_a_function_is_itself():
    assert losses.resolve(abs) is abs


@pytest.mark.parametrize("loss", ["mae", 3, None])
def test_rejects_unknown_names(loss):
    with pytest.raises(ValueError, match="loss must be a function or one of mse"):
        losses.resolve(loss)


def test_rejects_targets_by_place_and_value():
    y = np.array([[0.0], [2.0], [1.0]])
    with pytest.raises(ValueError, match=r"y\[1, 0\] must be a class number, 0 to 1"):
        losses.check_targets(losses.cross_entropy, y, 2)
    with pytest.raises(ValueError, match=r"y\[1, 0\] must be between 0 and 1 .* 2\.0"):
        losses.check_targets(losses.binary_cross_entropy, y, 1)
    with pytest.raises(ValueError, match="y must have 2 columns"):
        losses.check_targets(losses.mse, y, 2)
    losses.check_targets(losses.poisson, y, 1)
