import numpy as np
import pytest

from helpers.detectors.precision import Units, power_of_two, standardised


def single(units, X):
    return units.apply(X).astype(np.float32)


def test_ordinary_columns_keep_their_digits():
    X = np.random.default_rng(0).normal(3, 2, size=(2000, 2))
    units = Units.of("X", X)
    assert not units.origin.any()
    np.testing.assert_array_equal(np.ldexp(units.apply(X), units.exponent), X)
    deviations = units.apply(X).std(axis=0)
    assert deviations.min() >= 1 and deviations.max() < 2


@pytest.mark.parametrize("seed", range(5))
def test_moved_and_scaled_columns_stay_apart_in_single_precision(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(500, 1))
    for moved in (X + 1e8, X * 10 ** rng.uniform(-250, 250), 1e-6 * X + 1e3, X * 1e-60):
        units = Units.of("X", moved)
        order = np.argsort(moved[:, 0])
        assert len(np.unique(single(units, moved))) > 495
        assert (np.diff(single(units, moved)[order, 0]) >= 0).all()


def test_two_values_far_from_zero_stay_apart():
    X = np.array([[1e8], [1e8 + 1], [1e8]])
    assert len(np.unique(single(Units.of("X", X), X))) == 2


def test_a_range_too_wide_is_refused_by_name():
    X = 1 + 1e-12 * np.arange(240.0)[:, None]
    X[::2] = 1e9 * np.arange(120)[:, None]
    with pytest.raises(ValueError, match="y column 0 must have values that single"):
        Units.of("y", X)
    with pytest.raises(ValueError, match="X column 'age' must have"):
        Units.of("X", X, ["age"])


def test_many_values_are_not_mistaken_for_merged_ones():
    X = np.random.default_rng(0).normal(size=(400_000, 1))
    assert len(np.unique(X.astype(np.float32))) < 399_000  # some always coincide
    assert not Units.of("X", X).origin.any()


@pytest.mark.parametrize("unit", [1e-200, 1.0, 1e200])
def test_standardised_columns_of_any_size(unit):
    X = np.random.default_rng(0).normal(2, 3, size=(50, 2))
    out = standardised(unit * X)
    np.testing.assert_allclose(out, (X - X.mean(axis=0)) / X.std(axis=0), rtol=1e-9)
    np.testing.assert_allclose(standardised(unit * X[:, 0]), out[:, 0], rtol=1e-12)


def test_powers_of_two_are_taken_out_exactly():
    y = np.array([3.0, -1.0, 10.0])
    scaled, exponent = power_of_two(1024 * y)
    base, first = power_of_two(y)
    assert exponent == first + 10 and 1 <= scaled.std() < 2
    np.testing.assert_array_equal(scaled, base)
    np.testing.assert_array_equal(np.ldexp(scaled, exponent), 1024 * y)
