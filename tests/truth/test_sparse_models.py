"""The sparse models against what their formulae say."""

import numpy as np
import pytest

from helpers.truth.sparse_models import product_model, quadratic_model


def test_quadratic_pairs_are_those_whose_second_difference_is_not_zero():
    data = quadratic_model(
        4_000, 12, n_factors=2, density=0.25, noise_variance=0.0, seed=3
    )
    # Without noise the model is exactly quadratic: least squares finds all of it.
    first, second = np.triu_indices(12)
    design = np.column_stack([data.X, data.X[:, first] * data.X[:, second]])
    weights = np.linalg.lstsq(design, data.y, rcond=None)[0][12:]
    pairs = {
        (i, j)
        for i, j, w in zip(first.tolist(), second.tolist(), weights, strict=True)
        if i < j and abs(w) > 1e-8
    }
    inside = {(i, j) for s in data.sets for i in s for j in s if i < j}
    assert pairs == inside
    assert data.n_pairs == len(inside)


def test_quadratic_model_of_the_paper_has_its_number_of_pairs():
    numbers = [
        quadratic_model(1, 1_000, n_factors=5, density=0.02, seed=seed).n_pairs
        for seed in range(20)
    ]
    assert max(numbers) == 950  # 5 supports of 20 features without a shared pair
    assert min(numbers) > 930


def test_noise_and_binary_outcome():
    options = {"n_factors": 1, "density": 0.1, "seed": 5}
    quiet = quadratic_model(50_000, 20, noise_variance=0.0, **options)
    noisy = quadratic_model(50_000, 20, noise_variance=0.5, **options)
    assert np.array_equal(quiet.X, noisy.X)
    assert np.var(noisy.y - quiet.y) == pytest.approx(0.5, rel=0.05)
    binary = quadratic_model(50_000, 20, noise_variance=0.0, binary=True, **options)
    assert set(np.unique(binary.y)) == {0.0, 1.0}
    for low, high in ((-1, 0), (0, 1), (1, 3)):
        rows = (quiet.y > low) & (quiet.y < high)
        if rows.sum() > 500:
            expected = np.mean(1 / (1 + np.exp(-quiet.y[rows])))
            assert binary.y[rows].mean() == pytest.approx(expected, abs=0.05)


def test_products_have_unit_variance_and_no_smaller_effect():
    data = product_model(200_000, 20, seed=1)
    assert sorted(map(len, data.sets)) == [2, 3, 4, 5]
    assert len(set().union(*data.sets)) == 14
    assert data.y.var() == pytest.approx(4, rel=0.05)
    standard_error = data.y.std() / np.sqrt(len(data.y))
    assert np.abs(data.X.T @ data.y / len(data.y)).max() < 5 * standard_error
    triple = next(s for s in data.sets if len(s) == 3)
    pair = data.X[:, triple[:2]].prod(axis=1)
    assert abs(np.mean(pair * data.y)) < 5 * standard_error
    assert np.mean(data.X[:, triple].prod(axis=1) * data.y) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_factors": 0, "density": 0.5}, "n_factors must be at least 1; got 0"),
        ({"n_factors": 1, "density": 0.05}, "0.05 of 20 is 1"),
        ({"n_factors": 1, "density": 1.5}, "density must be at most 1; got 1.5"),
        (
            {"n_factors": 1, "density": 0.5, "noise_variance": -1},
            "noise_variance must be at least 0; got -1",
        ),
    ],
)
def test_bad_quadratic_models_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        quadratic_model(10, 20, seed=0, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"orders": (2, 1)}, "each of orders must be at least 2; got 1"),
        ({"orders": (5, 6)}, "sum to at most n_features; got 11 for 10"),
        ({"seed": -1, "orders": (2,)}, "seed must be at least 0; got -1"),
    ],
)
def test_bad_product_models_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        product_model(10, 10, **{"seed": 0, **options})


def test_the_smallest_models_are_one_row_of_two_features():
    data = product_model(1, 2, orders=(2,), seed=0)
    assert data.sets == ((0, 1),) and data.n_pairs == 1
    np.testing.assert_allclose(data.y, data.X.prod(axis=1))
    data = quadratic_model(1, 2, n_factors=1, density=1, binary=True, seed=0)
    assert data.X.shape == (1, 2) and data.y[0] in (0, 1)
    with pytest.raises(ValueError, match="orders must hold at least one; got none"):
        product_model(1, 2, orders=(), seed=0)
