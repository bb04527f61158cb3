import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from helpers.detectors.anova import READINGS, product_lasso, two_way_anova


def sample(n_samples=600, n_features=4, noise=0.1, seed=0):
    """X uniform on the cube, y = x1 x2 + x3 + noise."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n_samples, n_features))
    return X, X[:, 0] * X[:, 1] + X[:, 2] + noise * rng.standard_normal(n_samples)


@pytest.mark.parametrize("reading", READINGS)
def test_product_is_found_and_only_it(reading):
    found = two_way_anova(*sample(), reading=reading).to_frame()
    assert found["features"][0] == "x1 × x2"
    assert found["p"][0] < 1e-20
    assert found["p"][1:].min() > 1e-4


@pytest.mark.parametrize("reading", READINGS)
def test_additive_outcome_scores_near_zero_without_noise(reading):
    X = np.indices((3, 3, 3)).reshape(3, -1).T * 1.0  # each value beside each other
    found = two_way_anova(
        np.repeat(X, 3, axis=0),
        np.repeat(X, 3, axis=0).sum(axis=1),
        reading=reading,
        n_bins=3,
    )
    assert found.scores.max() < 1e-6
    assert found.details["p"].min() > 0.99


def test_joint_reading_is_the_regression_of_statsmodels():
    X, y = sample(n_features=3, noise=1)
    frame = pd.DataFrame(X + 2, columns=["a", "b", "c"]).assign(y=y)
    fit = smf.ols("y ~ a + b + c + a:b + a:c + b:c", frame).fit()
    found = two_way_anova(frame[["a", "b", "c"]], y, reading="joint")
    names = ["a:b", "a:c", "b:c"]
    np.testing.assert_allclose(found.scores, fit.tvalues[names] ** 2)
    np.testing.assert_allclose(found.details["p"], fit.pvalues[names])
    assert found.features == ("a", "b", "c")


def test_reading_per_pair_is_the_regression_of_statsmodels():
    X, y = sample(noise=1)
    frame = pd.DataFrame(X[:, :2] + 2, columns=["a", "b"]).assign(y=y)
    fit = smf.ols("y ~ a * b", frame).fit()
    found = two_way_anova(X, y, sets=[(0, 1)], reading="per pair")
    assert found.scores[0] == pytest.approx(fit.tvalues["a:b"] ** 2)
    assert found.details["p"][0] == pytest.approx(fit.pvalues["a:b"])


@pytest.mark.parametrize("n_samples", [30, 200])
def test_bins_are_the_factorial_of_statsmodels(n_samples):
    X, y = sample(n_samples, noise=1)
    codes = [pd.qcut(X[:, i], 3, labels=False) for i in (0, 1)]
    frame = pd.DataFrame({"a": codes[0], "b": codes[1], "y": y})
    assert len(frame.groupby(["a", "b"])) == 9  # no empty cell
    table = anova_lm(smf.ols("y ~ C(a) * C(b)", frame).fit(), typ=2)
    found = two_way_anova(X, y, sets=[(1, 0)], n_bins=3)
    assert found.scores[0] == pytest.approx(table.loc["C(a):C(b)", "F"])
    assert found.details["p"][0] == pytest.approx(table.loc["C(a):C(b)", "PR(>F)"])
    assert found.details["df"][0] == 4


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_bins_keep_features_that_most_rows_share(share):
    rng = np.random.default_rng(0)
    binary = rng.random((500, 2)) < share
    spread = np.where(binary, 1, rng.random((500, 2)))  # a spike at the largest value
    for X in (binary.astype(float), spread):
        y = binary[:, 0] * binary[:, 1] + 0.1 * rng.standard_normal(500)
        assert two_way_anova(X, y).details["p"][0] < 1e-3


def test_p_values_of_pure_noise_are_uniform():
    rng = np.random.default_rng(0)
    for reading in READINGS:
        values = [
            two_way_anova(
                rng.random((100, 3)),
                rng.standard_normal(100),
                reading=reading,
                n_bins=2,
            ).details["p"]
            for _ in range(60)
        ]
        assert np.mean(np.concatenate(values) < 0.2) == pytest.approx(0.2, abs=0.1)


def test_bins_see_a_shape_that_products_miss():
    X, _ = sample(2000)
    y = np.cos(np.pi * X[:, 0]) * np.cos(np.pi * X[:, 1])
    assert two_way_anova(X, y).ranked().sets[0] == (0, 1)
    assert two_way_anova(X, y).scores[0] > 100
    assert two_way_anova(X, y, reading="joint").scores[0] < 10


def test_interaction_that_cannot_be_told_from_main_effects_has_no_degrees_of_freedom():
    rng = np.random.default_rng(0)
    a = rng.integers(2, size=50)
    X = np.column_stack((a, 1 - a, rng.random(50)))
    for reading in ("bins", "per pair"):
        found = two_way_anova(X, rng.random(50), sets=[(0, 1)], reading=reading)
        assert found.scores[0] == 0
        assert found.details["p"][0] == 1
        assert found.details["df"][0] == 0


def test_lasso_finds_the_product_and_drops_the_rest():
    found = product_lasso(*sample(), sets=[(2, 3), (0, 1)])
    # sd of x1 x2 is 1/3, shrunk a little
    assert found.scores[1] == pytest.approx(1 / 3, abs=0.05)
    assert found.scores[0] < 0.02
    assert found.details["penalty"] > 0


def test_lasso_repeats_itself_and_covers_all_pairs():
    first, second = (product_lasso(*sample(), seed=3) for _ in range(2))
    assert first.scores.tolist() == second.scores.tolist()
    assert len(first) == 6


def test_bad_input_is_refused():
    X, y = sample(60)
    with pytest.raises(
        ValueError, match="reading must be one of bins, joint, per pair"
    ):
        two_way_anova(X, y, reading="sum")
    with pytest.raises(ValueError, match="n_bins must be at least 2; got 1"):
        two_way_anova(X, y, n_bins=1)
    with pytest.raises(ValueError, match="at least 12 rows for 10 terms; got 11"):
        two_way_anova(X[:11], y[:11], reading="joint")
    with pytest.raises(ValueError, match="more rows than the model has terms; got 4"):
        two_way_anova(X[:4], y[:4])
    with pytest.raises(ValueError, match=r"independent terms; .*'a', 'b'.* follows"):
        a = np.repeat([-1.0, 1.0], 30)  # so that a b = c
        two_way_anova(
            np.column_stack((a, a * X[:, 0], X[:, 0])),
            y,
            reading="joint",
            features=["a", "b", "c"],
        )


@pytest.mark.parametrize("detect", [two_way_anova, product_lasso])
def test_bad_data_are_refused(detect):
    X, y = sample(60)
    with pytest.raises(ValueError, match=r"X\[3, 1\] must be finite; got nan"):
        bad = X.copy()
        bad[3, 1] = np.nan
        detect(bad, y)
    with pytest.raises(ValueError, match="y must have 60 values; got 59"):
        detect(X, y[1:])
    with pytest.raises(ValueError, match=r"y must vary; every value is 1\.0"):
        detect(X, np.ones(60))
    with pytest.raises(ValueError, match="X column 'x2' is constant"):
        detect(np.column_stack((X[:, 0], np.ones(60))), y)
    with pytest.raises(ValueError, match=r"pairs of features; got \(0, 1, 2\)"):
        detect(X, y, sets=[(0, 1, 2)])
    with pytest.raises(ValueError, match="features must name 4 columns; got 1"):
        detect(X, y, features=["a"])


def test_lasso_refuses_bad_folds():
    with pytest.raises(ValueError, match="n_folds must be at most 60; got 61"):
        product_lasso(*sample(60), n_folds=61)


def test_one_row_more_than_cells_is_enough_for_bins():
    # Cell means 0, 0, 0, 4; the two rows of the last cell leave squares of 1 + 1.
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 1]], dtype=float)
    found = two_way_anova(X, [0, 0, 0, 3, 5], n_bins=2)
    # contrast 4, of variance 1 + 1 + 1 + 1/2
    assert found.scores[0] == pytest.approx(16 / 3.5 / 2)
    with pytest.raises(ValueError, match=r"more rows .*; got 4 for \(0, 1\)"):
        two_way_anova(X[:4], [0, 0, 0, 4], n_bins=2)
