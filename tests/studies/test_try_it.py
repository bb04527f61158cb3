"""The computations of the page *Try it*, on what one can do in one's head."""

import numpy as np
import pytest

from helpers.studies import try_it


def test_motifs_lie_where_they_are_said_to():
    for start, letters in zip(try_it.STARTS, try_it.CONSENSUS, strict=True):
        assert try_it.SEQUENCE[start : start + len(letters)] == letters


def test_without_strength_motifs_add_exactly():
    found = try_it.knock_out(0)
    assert found.interaction == pytest.approx(0, abs=1e-9)
    # Two bound proteins, about 100 counts each.
    assert found.intact == pytest.approx(200, rel=0.02)
    assert found.main.ravel() == pytest.approx([100, 100], rel=0.02)


def test_strength_makes_an_interaction():
    assert try_it.knock_out(0.5).interaction < try_it.knock_out(1).interaction


def test_mixed_differences_are_products_of_distances():
    reference = np.array([0.7, -1.1])
    expected = (try_it.ROWS - reference).prod(axis=1)
    assert try_it.mixed_differences([reference]) == pytest.approx(expected)
    several = [(try_it.ROWS - r).prod(axis=1) for r in try_it.ROWS]
    found = try_it.mixed_differences(try_it.ROWS)
    assert found == pytest.approx(np.mean(several, axis=0))


def test_permutations_only_add_draws():
    few, many = try_it.permutation(19), try_it.permutation(199)
    assert np.array_equal(many.null[:19], few.null)
    larger = (many.null[:, 0] >= many.observed.scores[0]).sum()
    assert many.to_frame()["p"][0] == pytest.approx((1 + larger) / 200)


def test_shuffling_keeps_the_values_and_the_generator_its_numbers():
    draw = try_it.generator(1)
    # 1664525 + 1013904223, over 2**32
    assert draw() == 1015568748 / 2**32
    values = np.arange(24.0)
    mixed = try_it.shuffled(values, draw)
    assert sorted(mixed) == values.tolist() and (mixed != values).any()


@pytest.mark.parametrize("rho", [0.3, 0.6, 0.9])
def test_a_product_stands_in_for_a_curve_between_correlated_features(rho):
    # Of normal features in the long run: 2 rho / (1 + rho²).
    straight = try_it.product_coefficient(rho, curved=False)
    assert straight == pytest.approx(2 * rho / (1 + rho**2), abs=0.2)
    assert try_it.product_coefficient(rho, curved=True) == pytest.approx(0, abs=1e-9)


def test_the_product_grows_with_the_correlation():
    found = [try_it.product_coefficient(r, curved=False) for r in (0, 0.3, 0.6)]
    assert found == sorted(found)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: try_it.permutation(0), "n_permutations must be at least 1; got 0"),
        (lambda: try_it.correlated_points(1.2), "rho must be at most 1; got 1.2"),
        (lambda: try_it.mixed_differences([[np.nan, 0]]), "references"),
    ],
)
def test_bad_knobs_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
