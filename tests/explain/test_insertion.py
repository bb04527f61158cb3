"""Marginal insertion: effects and mixed differences that one can do in one's head."""

import numpy as np
import pytest

from helpers.explain.insertion import insertion
from helpers.truth.sequences import random_bases


def holds(x, letters, start):
    return (x[:, start : start + len(letters)] == letters).all(axis=1)


def model(x):
    """2 for the first motif, 3 for the second, 10 more for both, and the background."""
    a, b = holds(x, [0, 1, 2, 3], 2), holds(x, [3, 3, 3, 1], 10)
    return 2.0 * a + 3.0 * b + 10.0 * (a & b) + x[:, 0]


def test_effects_and_their_interaction():
    backgrounds = random_bases((40, 20), (0.25,) * 4, seed=1)
    backgrounds[:, [2, 10]] = 1  # neither motif by chance
    first, second = ([0, 1, 2, 3], 2), ([3, 3, 3, 1], 10)
    assert np.allclose(insertion(model, backgrounds, [first]), 2)
    assert np.allclose(insertion(model, backgrounds, [first, second]), 10)
    assert np.allclose(insertion(model, backgrounds, [second, first]), 10)
    held = backgrounds.copy()
    held[:, 10:14] = second[0]  # in company of the second, the first adds 2 + 10
    assert np.allclose(insertion(model, held, [first]), 12)


def test_mean_over_backgrounds_is_the_mixed_difference_of_means():
    table = np.random.default_rng(0).normal(size=(4, 4, 4))

    def predict(x):
        return np.stack([table[x[:, 0], x[:, 1], x[:, 2]], x[:, 2] * 1.0])

    backgrounds = random_bases((50, 3), (0.25,) * 4, seed=2)
    found = insertion(predict, backgrounds, [([1], 0), ([2], 1)])
    x, y, z = backgrounds.T
    mixed = table[1, 2, z].mean() - table[1, y, z].mean() - table[x, 2, z].mean()
    assert found.shape == (2, 50)
    assert found[0].mean() == pytest.approx(mixed + table[x, y, z].mean())
    assert np.allclose(found[1], 0)


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ([], "pieces must hold at least 1"),
        ([([0, 1], 19)], "start must be at most 18; got 19"),
        ([([0, 1], 3), ([0, 1], 4)], "pieces must not overlap; one starts at 4"),
    ],
)
def test_pieces_that_have_no_place(pieces, message):
    with pytest.raises(ValueError, match=message):
        insertion(model, np.zeros((1, 20), np.uint8), pieces)
