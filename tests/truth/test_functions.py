"""Ten functions, and the mixed difference that decides what interacts in them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.truth.functions import (
    FUNCTIONS,
    is_interaction,
    mixed_difference,
    pairs_within,
    simulate,
)

# Mean and standard deviation of y over 30,000 points, measured once.
MOMENTS = {
    "F1": (-0.165, 0.922),
    "F2": (1.485, 0.837),
    "F3": (2.835, 1.532),
    "F4": (2.945, 1.595),
    "F5": (2.285, 0.688),
    "F6": (-0.838, 3.376),
    "F7": (-0.200, 2.022),
    "F8": (4.209, 2.013),
    "F9": (2.107, 1.262),
    "F10": (3.337, 1.350),
}
N_PAIRS = dict(zip(FUNCTIONS, (11, 11, 9, 10, 8, 8, 14, 12, 15, 6), strict=True))


def product(X):
    return X[:, 0] * X[:, 1]


def additive(X):
    return np.exp(X[:, 0]) + X[:, 1] ** 2 + np.abs(X[:, 2])


@pytest.fixture
def points():
    rng = np.random.default_rng(0)
    return rng.uniform(-1, 1, size=(2, 300, 3))


def test_a_product_differs_by_the_product_of_the_steps():
    a, b = np.array([[1.0, 2.0, 0.0]]), np.array([[4.0, 7.0, 9.0]])
    assert mixed_difference(product, (0, 1), a, b) == [(4 - 1) * (7 - 2)]


def test_an_additive_function_has_no_interaction(points):
    for members in [(0, 1), (0, 2), (1, 2), (0, 1, 2)]:
        assert not is_interaction(additive, members, *points)


def test_a_pair_does_not_make_a_triple(points):
    assert is_interaction(product, (0, 1), *points)
    assert not is_interaction(product, (0, 1, 2), *points)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_mixed_differences_find_exactly_the_true_sets(name):
    function = FUNCTIONS[name]
    a, b = function.sample(300, 1), function.sample(300, 2)
    found = [
        set(members)
        for order in range(2, 6)
        for members in combinations(range(10), order)
        if is_interaction(function, members, a, b)
    ]
    maximal = {tuple(sorted(s)) for s in found if not any(s < other for other in found)}
    assert maximal == set(function.sets)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_outcomes_have_the_known_mean_and_spread(name):
    _, y = simulate(name, 30_000, seed=0)
    assert (y.mean(), y.std()) == pytest.approx(MOMENTS[name], abs=0.04)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_pairs_are_those_inside_true_sets(name):
    function = FUNCTIONS[name]
    assert len(function.pairs) == N_PAIRS[name]
    assert all(
        any(set(pair) <= set(members) for members in function.sets)
        for pair in function.pairs
    )


def test_f1_is_sampled_where_it_is_defined():
    X, _ = simulate("F1", 1000, seed=3)
    assert X[:, [3, 4, 7, 9]].min() >= 0.6
    assert X.min() >= 0 and X.max() <= 1


def test_f4_is_f3_and_one_more_pair():
    X, y = simulate("F4", 100, seed=0)
    np.testing.assert_allclose(y - FUNCTIONS["F3"](X), (X[:, 0] * X[:, 3]) ** 2)
    assert set(FUNCTIONS["F4"].pairs) - set(FUNCTIONS["F3"].pairs) == {(0, 3)}


def test_f10_at_the_origin():
    # sinh 0 + arccos(tanh 0) + cos 0 + sec 0
    assert FUNCTIONS["F10"](np.zeros((1, 10))) == pytest.approx(np.pi / 2 + 2)


def test_overlapping_sets_share_their_pairs():
    assert pairs_within([(2, 0, 1), (1, 2)]) == ((0, 1), (0, 2), (1, 2))


@given(seed=st.integers(0, 2**32), name=st.sampled_from(list(FUNCTIONS)))
def test_a_seed_fixes_the_data(seed, name):
    X, y = simulate(name, 20, seed=seed)
    again = simulate(name, 20, seed=seed)
    np.testing.assert_array_equal(X, again[0])
    np.testing.assert_array_equal(y, again[1])
    assert not np.array_equal(X, simulate(name, 20, seed=seed + 1)[0])


def test_noise_is_in_units_of_each_standard_deviation():
    X, y = simulate("F8", 30_000, seed=0)
    noisy_X, noisy_y = simulate("F8", 30_000, seed=0, noise=0.5)
    np.testing.assert_allclose(
        (noisy_X - X).std(axis=0), 0.5 * X.std(axis=0), rtol=0.02
    )
    assert (noisy_y - y).std() == pytest.approx(0.5 * y.std(), rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"name": "F11"}, ValueError, "name must be one of F1, .*; got 'F11'"),
        ({"n_samples": 0}, ValueError, "n_samples must be at least 1; got 0"),
        ({"n_samples": 10.0}, TypeError, "n_samples must be an integer"),
        ({"seed": -1}, ValueError, "seed must be at least 0; got -1"),
        ({"seed": None}, TypeError, "seed must be an integer; got None"),
        ({"noise": -0.1}, ValueError, "noise must be at least 0"),
        ({"noise": float("nan")}, ValueError, "noise must be finite"),
    ],
)
def test_bad_simulation_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        simulate(**{"name": "F1", "n_samples": 10, "seed": 0} | arguments)


def test_a_row_without_a_value_is_named():
    X = FUNCTIONS["F1"].sample(5, 0)
    X[3, 2] = -1.0
    with pytest.raises(ValueError, match=r"F1 has no value at X\[3\]"):
        FUNCTIONS["F1"](X)


def test_a_wrong_number_of_columns_is_named():
    with pytest.raises(ValueError, match="X must have 10 columns for F2; got 3"):
        FUNCTIONS["F2"](np.zeros((2, 3)))


@pytest.mark.parametrize("members", [(0,), (0, 0), (0, 3), (-1, 1)])
def test_bad_sets_are_named(points, members):
    with pytest.raises(ValueError, match="members must"):
        is_interaction(product, members, *points)


def test_points_must_come_in_pairs(points):
    with pytest.raises(ValueError, match="b must have the shape of a"):
        mixed_difference(product, (0, 1), points[0], points[1][:5])


def test_the_smallest_inputs():
    X, y = simulate("F1", 1, seed=0)
    assert X.shape == (1, 10) and y.shape == (1,)
    assert pairs_within([(0, 1)]) == ((0, 1),) and pairs_within([]) == ()
    a, b = np.zeros((1, 2)), np.full((1, 2), 3.0)
    assert mixed_difference(lambda X: X[:, 0] * X[:, 1], (0, 1), a, b).tolist() == [9]
    assert is_interaction(lambda X: X[:, 0] * X[:, 1], (0, 1), a, b)
    assert not is_interaction(lambda X: X.sum(axis=1), (0, 1), a, b)
