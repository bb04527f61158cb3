"""The worlds are what they say."""

import numpy as np
import pytest

from helpers.studies.calibration.worlds import WORLDS, sampler


def explained_by(columns, values) -> float:
    design = np.column_stack([np.ones(len(values)), columns])
    left = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return 1 - left.var() / values.var()


@pytest.mark.parametrize("name", WORLDS)
def test_every_world_draws_and_repeats(name):
    one, two, other = (sampler(name)(500, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.X, two.X)
    np.testing.assert_array_equal(one.y, two.y)
    assert not np.array_equal(one.y, other.y)
    assert one.X.shape == (500, 10) and np.isfinite(one.y).all()
    assert np.isin(one.y, (0, 1)).all() == (WORLDS[name].family == "binomial")


def test_features_are_as_correlated_as_said():
    X = sampler("additive")(20_000, 0).X
    corr = np.corrcoef(X.T)[np.triu_indices(10, 1)]
    np.testing.assert_allclose(corr, 0.5, atol=0.03)
    X = sampler("duplicate")(20_000, 0).X
    assert np.corrcoef(X[:, 0], X[:, 9])[0, 1] == pytest.approx(0.95, abs=0.01)
    assert np.corrcoef(X[:, 1], X[:, 9])[0, 1] == pytest.approx(0.475, abs=0.03)


def test_true_pairs():
    assert WORLDS["additive"].true_pairs == ()
    assert WORLDS["two products"].true_pairs == ((0, 1), (1, 2))
    assert WORLDS["three-way"].true_pairs == ((0, 1), (0, 2), (1, 2))
    assert (0, 1) in WORLDS["F5"].true_pairs and (0, 3) not in WORLDS["F5"].true_pairs


def test_a_product_takes_its_share():
    gains = []
    for seed in range(10):
        data = sampler("strong product")(20_000, seed)
        one, two = data.X[:, 0], data.X[:, 1]
        main = np.column_stack([data.X, data.X**2, data.X**3, np.sin(data.X)])
        with_product = np.column_stack([main, one * two])
        gains.append(explained_by(with_product, data.y) - explained_by(main, data.y))
    # The product of correlated features is partly a main effect: below 15%.
    assert 0.05 < np.mean(gains) < 0.15


def test_the_mean_is_what_noise_is_added_to():
    data = sampler("additive")(20_000, 0)
    noise = data.y - data.mean
    assert noise.var() == pytest.approx(0.35, rel=0.05)
    assert abs(np.corrcoef(noise, data.mean)[0, 1]) < 0.03
    data = sampler("binary")(20_000, 0)
    assert data.mean.min() > 0 and data.mean.max() < 1
    assert ((data.y - data.mean) ** 2).mean() == pytest.approx(
        (data.mean * (1 - data.mean)).mean(), rel=0.05
    )


def test_allele_counts_are_unlinked():
    data = sampler("alleles, product")(20_000, 0)
    assert set(np.unique(data.X)) == {0.0, 1.0, 2.0}
    assert np.abs(np.corrcoef(data.X.T)[np.triu_indices(10, 1)]).max() < 0.05
    one, two = (data.X[:, k] - data.X[:, k].mean() for k in (0, 1))
    # 5% of the variance is the product's.
    assert np.corrcoef(one * two, data.y)[0, 1] ** 2 == pytest.approx(0.05, abs=0.02)


def test_only_joined_duplicates_are_a_block():
    assert sampler("duplicate")(100, 0).blocks is None
    assert sampler("duplicate, joined")(100, 0).blocks == {"x1 or x10": (0, 9)}


def test_prevalence():
    assert sampler("binary, rare")(20_000, 0).y.mean() == pytest.approx(0.05, abs=0.01)
    assert sampler("binary")(20_000, 0).y.mean() == pytest.approx(0.5, abs=0.02)


def test_unknown_worlds_are_named():
    with pytest.raises(ValueError, match="world must be one of additive"):
        sampler("flat")
