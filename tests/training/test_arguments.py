"""Inputs become tensors, or are refused in one line."""

import numpy as np
import pytest
import torch

from helpers.training import arguments

LIKE = torch.zeros(1)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int8, bool])
def test_arrays_become_tensors_of_their_own(kind):
    values = np.array([[0, 1], [1, 1]], dtype=kind)
    found = arguments.tensor("X", values, like=LIKE)
    assert found.dtype == torch.float32
    assert found.tolist() == [[0, 1], [1, 1]]
    values[:] = 0  # the tensor is no view of the caller's array
    assert found.tolist() == [[0, 1], [1, 1]]


def test_large_numbers_are_finite_though_their_sum_is_not():
    values = np.full((4, 2), 3e38, dtype=np.float32)
    assert torch.equal(arguments.tensor("X", values, like=LIKE), torch.tensor(values))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_first_number_that_is_not_finite_is_named(bad):
    values = np.zeros((3, 2), dtype=np.float32)
    values[1, 0] = bad
    values[2, 1] = -bad  # their sum must not cancel
    with pytest.raises(ValueError, match=r"X\[1, 0\] must be finite; got"):
        arguments.tensor("X", values, like=LIKE)
