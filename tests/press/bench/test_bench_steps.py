"""The step that is timed is the step that is taken, and the calls take the same."""

import numpy as np
import pytest
import torch

from helpers.press.bench import steps
from helpers.press.bench.timing import as_table


def moved(way, monkeypatch, n_steps):
    """Return the weights of two networks after some steps of a way."""
    kept, original = [], steps._stack

    def stack(n):
        kept.append(original(n))
        return kept[-1]

    monkeypatch.setattr(steps, "_stack", stack)
    step = way(2)
    before = kept[0][0].flat.clone()
    for _ in range(n_steps):
        step()
    return before, kept[0][0].flat


def test_fused_and_by_calls_move_weights_alike(monkeypatch):
    before, fused = moved(steps.fused, monkeypatch, 5)
    same, called = moved(steps.by_calls, monkeypatch, 5)
    assert torch.equal(before, same)
    assert (fused - before).abs().max() > 4 * steps.RATE  # of five steps of L1
    torch.testing.assert_close(fused, called, rtol=1e-5, atol=1e-6)


def test_each_way_is_timed_for_each_number_of_networks():
    table = as_table(steps.measure_steps((1, 3), steps=4, repeats=2))
    assert table["networks"].tolist() == [1] * 4 + [3] * 4
    assert table["method"].tolist() == list(steps.WAYS) * 2
    assert (table["low"] > 0).all() and (table["repeats"] == 2).all()
    fused = table[table["method"] == "fused"]
    # weight, slope and two means, of four bytes, each read and written
    assert (fused["bytes"] == 8 * 4 * (22_620 + 321)).all()


def test_as_many_bytes_are_moved_as_a_step_moves(monkeypatch):
    made, zeros = [], torch.zeros
    monkeypatch.setattr(torch, "zeros", lambda n: made.append(zeros(n)) or made[-1])
    steps.moving(3)()
    (numbers,) = made
    assert (numbers == 1).all()
    # read once and written once
    assert 2 * numbers.nbytes == 3 * 8 * 4 * (22_620 + 321)


def test_roots_are_roots():
    top, bottom = np.float32([1, 3, -6]), np.float32([4, 9, 4])
    out = np.zeros(3, np.float32)
    steps._divide_by_roots(top, bottom, out)
    np.testing.assert_array_equal(out, np.float32([0.5, 1, -3]))


def test_rejects_what_it_cannot_measure():
    with pytest.raises(ValueError, match="networks must be at least 1; got 0"):
        steps.measure_steps((0,))
    with pytest.raises(ValueError, match="steps must be at least 1; got 0"):
        steps.measure_steps((1,), steps=0)
