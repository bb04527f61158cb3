import numpy as np
import pytest
import torch

from helpers.training.rows import Order, Samples, fixed_rows

CPU = torch.device("cpu")


@pytest.mark.parametrize("own_inputs", [False, True])
@pytest.mark.parametrize("own_targets", [False, True])
@pytest.mark.parametrize("rows", [[2, 0], [[2, 0], [1, 1], [0, 2]]])
def test_a_batch_holds_the_rows_asked_for(own_inputs, own_targets, rows):
    X, y = torch.rand(3, 4, 5), torch.rand(3, 4, 1)
    samples = Samples(
        X if own_inputs else X[0], y if own_targets else y[0], own_inputs, own_targets
    )
    rows = torch.tensor(rows)
    x, targets, own = samples.batch(rows)
    assert own == (own_inputs or rows.ndim == 2)
    for i in range(3):
        mine = rows[i] if rows.ndim == 2 else rows
        got = x[i] if own else x
        assert torch.equal(got, X[i if own_inputs else 0][mine])
        got = targets[i] if targets.ndim == 3 else targets
        assert torch.equal(got, y[i if own_targets else 0][mine])


def test_own_orders_visit_each_own_row_once():
    masks = np.array([[1, 1, 0, 1, 0], [0, 0, 1, 1, 0]], dtype=bool)
    order = Order(masks, np.array([3, 4]), None, CPU)
    rows, weights = order.epoch(0)
    assert sorted(rows[0].tolist()) == [0, 1, 3]
    assert sorted(rows[1][weights[1]].tolist()) == [2, 3]
    assert weights.tolist() == [[True, True, True], [True, True, False]]
    alone, full = order.select(np.array([1])).epoch(0)
    assert full is None
    assert alone[0].tolist() == rows[1][:2].tolist()


def test_orders_change_with_epoch_and_seed_only():
    masks = np.ones((2, 50), dtype=bool)
    order = Order(masks, np.array([3, 4]), None, CPU)
    first, again, next_ = (order.epoch(epoch)[0] for epoch in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, next_)
    assert not torch.equal(first[0], first[1])


def test_a_shared_order_survives_compaction():
    masks = np.array([[1, 1, 0, 1], [1, 0, 0, 1]], dtype=bool)
    order = Order(masks, np.array([3, 4]), np.array([0, 1, 3]), CPU)
    rows, weights = order.epoch(2)
    assert sorted(rows.tolist()) == [0, 1, 3]
    assert (weights.numpy() == masks[:, rows]).all()
    assert torch.equal(order.select(np.array([1])).epoch(2)[0], rows)


def test_fixed_rows_are_shared_where_they_can_be():
    masks = np.array([[1, 0, 1], [1, 0, 1]], dtype=bool)
    rows, weights = fixed_rows(masks, CPU)
    assert (rows.tolist(), weights) == ([0, 2], None)
    rows, weights = fixed_rows(np.array([[1, 0, 1], [0, 1, 0]], dtype=bool), CPU)
    assert rows.shape == weights.shape == (2, 2)
    assert rows[weights].tolist() == [0, 2, 1]
