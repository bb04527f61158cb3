"""The tests: by hand, against scipy, calibrated under the null, and on bad input."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.significance import held_out as significance
from helpers.significance.held_out import COLUMNS, LOSSES, HeldOut, Loss

N = 200


def held_out(gain, n=N, networks=1, seed=0, spread=1.0):
    """Held-out losses whose change is `gain` plus symmetric noise."""
    rng = np.random.default_rng(seed)
    identity = Loss("identity", lambda prediction, label: prediction - label)
    kept = rng.normal(size=(networks, n)) * spread
    change = gain + rng.normal(size=(networks, n))
    return HeldOut(kept, kept + change, np.zeros(n), identity)


# ---- losses ---------------------------------------------------------------


def test_losses_by_hand():
    label = np.array([0.0, 1.0])
    np.testing.assert_allclose(LOSSES["mse"]([2.0, 3.0], label), [4, 4])
    np.testing.assert_allclose(
        LOSSES["anscombe"]([0.625, 0.625], [0.625, 3.625]), [0, 4]
    )
    np.testing.assert_allclose(
        LOSSES["poisson"]([1.0, np.e], label), [2, 2 * (np.e - 2)]
    )
    np.testing.assert_allclose(
        LOSSES["cross-entropy"]([0.5, 0.25], label), [np.log(2), np.log(4)]
    )


@pytest.mark.parametrize("name", LOSSES)
def test_a_perfect_prediction_has_the_smallest_loss(name):
    label = np.array([0.0, 1.0, 1.0])
    perfect = LOSSES[name](label, label)
    np.testing.assert_allclose(perfect, 0, atol=1e-6)
    assert (LOSSES[name](label * 0.8 + 0.1, label) > perfect).all()


def test_predictions_out_of_bounds_are_clamped_and_counted():
    n = significance.FEWEST
    kept, label = np.ones(n), np.ones(n)
    removed = kept.copy()
    removed[:3] = [-5, -0.376, -0.374]
    result = HeldOut(kept, removed, label, "anscombe")
    assert result.clamped.tolist() == [2]
    assert np.isfinite(result.change).all()
    assert result.loss_without[0, 0] == result.loss_without[0, 1]
    assert significance.paired_test(result)["clamped"].tolist() == [2]
    assert HeldOut(kept, removed, label, "mse").clamped.tolist() == [0]


# ---- each test on a case one can see ------------------------------------------------


@pytest.mark.parametrize("test", [significance.paired_test, significance.unpaired_test])
def test_helpful_interactions_pass_and_harmful_ones_fail(test):
    helps, harms = test(held_out(+1)), test(held_out(-1))
    assert list(helps.columns) == list(COLUMNS)
    assert helps["p"][0] < 1e-4
    assert harms["p"][0] > 0.999
    assert helps["superiority_low"][0] > 0.5 > harms["superiority_high"][0]
    assert helps["median_low"][0] > 0 > harms["median_high"][0]


def test_without_an_interaction_nothing_is_significant_and_nothing_warns():
    nothing = held_out(0)
    same = HeldOut(nothing.with_interaction, nothing.with_interaction, np.zeros(N))
    for test in (significance.paired_test, significance.unpaired_test):
        row = test(same).iloc[0]
        assert row["p"] >= 0.5
        assert (row["median"], row["superiority"]) == (0, 0.5)


def test_the_unpaired_test_misses_a_small_gain_that_the_paired_one_sees():
    small = held_out(0.3, n=400, spread=20)
    paired = significance.paired_test(small).iloc[0]
    unpaired = significance.unpaired_test(small).iloc[0]
    assert paired["p"] < 1e-6
    assert unpaired["p"] > 0.3
    # Its interval, which knows the pairing, is far narrower than one that does not.
    width = unpaired["superiority_high"] - unpaired["superiority_low"]
    assert width < 0.01 < 2 * 1.96 / np.sqrt(12 * 200)


def test_reference_and_effect_size_tests_compare_two_sets():
    here, elsewhere = held_out(1, seed=1), held_out(0, n=300, seed=2)
    row = significance.reference_test(here, elsewhere).iloc[0]
    assert row["p"] < 1e-10
    assert (row["n"], row["n_reference"]) == (N, 300)
    assert row["median_low"] < 1 < row["median_high"]
    back = significance.reference_test(elsewhere, here, name="back").iloc[0]
    assert (back["test"], round(back["p"], 9)) == ("back", 1)
    assert row["superiority"] == pytest.approx(1 - back["superiority"])

    rng = np.random.default_rng(3)
    effects, shuffled = rng.normal(size=(2, 500)) * 5, rng.normal(size=(2, 400))
    sizes = significance.effect_size_test(effects, shuffled)
    assert sizes["network"].tolist() == [0, 1]
    assert (sizes["p"] < 1e-10).all()


def test_p_values_are_scipys():
    data = held_out(0.1, n=500, networks=3, seed=4)
    paired, unpaired = significance.paired_test(data), significance.unpaired_test(data)
    for network in range(3):
        expected = stats.wilcoxon(
            data.change[network],
            alternative="greater",
            correction=False,
            method="approx",
        )
        assert paired["p"][network] == pytest.approx(expected.pvalue)
        expected = stats.mannwhitneyu(
            data.loss_without[network], data.loss_with[network], alternative="greater"
        )
        assert unpaired["p"][network] == pytest.approx(expected.pvalue)
        assert unpaired["superiority"][network] == pytest.approx(
            expected.statistic / 500**2
        )


def test_superiority_of_the_paired_test_by_hand():
    change = np.array([-1.0, 3.0] * 10)
    rows = significance.paired_test(HeldOut(0 * change, change, 0 * change, "identity"))
    # -1 - 1 < 0, -1 + 3 > 0, 3 + 3 > 0: three of four sums are positive.
    assert rows["superiority"][0] == 0.75


@pytest.fixture(autouse=True)
def identity(monkeypatch):
    loss = Loss("identity", lambda prediction, label: prediction - label)
    monkeypatch.setitem(LOSSES, "identity", loss)


def test_one_network_may_come_without_its_axis():
    data = held_out(0.2)
    flat = HeldOut(
        data.with_interaction[0], data.without_interaction[0], data.label, "identity"
    )
    pd.testing.assert_frame_equal(
        significance.paired_test(flat), significance.paired_test(data)
    )


# ---- calibration --------------------------------------------------------------------


def uniform(p_values):
    return stats.kstest(p_values, "uniform").pvalue > 0.01


def test_paired_p_values_are_uniform_under_the_null():
    assert uniform(significance.paired_test(held_out(0, 100, 600, 5))["p"])


def test_reference_and_effect_size_p_values_are_uniform_under_the_null():
    first, second = held_out(0, 100, 400, 6), held_out(0, 80, 400, 7)
    assert uniform(significance.reference_test(first, second)["p"])
    sizes = significance.effect_size_test(first.change, second.change)
    assert uniform(sizes["p"])


def test_unpaired_p_values_are_conservative_on_shared_examples():
    # Changes as large as the losses' own spread, and ten times smaller.
    for spread, at_most in ((1, 0.05), (10, 0.005)):
        p = significance.unpaired_test(held_out(0, 100, 400, 8, spread))["p"]
        assert (p < 0.05).mean() <= at_most
        assert not uniform(p)


@pytest.mark.parametrize("test", [significance.paired_test, significance.unpaired_test])
def test_intervals_cover_the_truth_as_often_as_they_say(test):
    rows = test(held_out(0, 100, 600, 9))
    for name, truth in (("median", 0), ("superiority", 0.5)):
        covered = (rows[f"{name}_low"] <= truth) & (truth <= rows[f"{name}_high"])
        assert 0.92 < covered.mean() < 0.98


def test_difference_intervals_cover_the_truth():
    rows = significance.reference_test(
        held_out(0.5, 100, 600, 10), held_out(0, 60, 600, 11)
    )
    for name, truth in (("median", 0.5), ("superiority", stats.norm.cdf(0.5 / 2**0.5))):
        covered = (rows[f"{name}_low"] <= truth) & (truth <= rows[f"{name}_high"])
        assert 0.92 < covered.mean() < 0.985


# ---- bad input ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"without_interaction": np.ones((2, 30))}, "must have the same shape; got"),
        ({"label": np.ones(29)}, "label must have 30 values; got 29"),
        (
            {"label": -np.ones(30)},
            r"label must be 0 to inf for the anscombe loss; labe",
        ),
        (
            {"loss": "hinge"},
            "loss must be one of anscombe, poisson, mse, cross-entropy",
        ),
        (
            {"with_interaction": np.full(30, np.nan)},
            r"with_interaction\[0, 0\] must be",
        ),
    ],
)
def test_bad_predictions_are_named(changes, message):
    good = dict.fromkeys(
        ("with_interaction", "without_interaction", "label"), np.ones(30)
    )
    with pytest.raises(ValueError, match=message):
        HeldOut(**good | changes)


def test_too_few_examples_are_refused():
    few = np.ones(19)
    with pytest.raises(
        ValueError, match="with_interaction must have at least 20 examples; got 19"
    ):
        HeldOut(few, few, few)
    with pytest.raises(ValueError, match="reference must have at least 20 examples"):
        significance.effect_size_test(np.ones(30), few)


def test_references_must_match():
    data = held_out(0)
    with pytest.raises(
        ValueError, match="reference must have the same 1 networks; got"
    ):
        significance.reference_test(data, held_out(0, networks=2))
    with pytest.raises(
        ValueError, match="reference must use the identity loss too; go"
    ):
        ones = np.ones(30)
        significance.reference_test(data, HeldOut(ones, ones, ones))


def test_impossible_levels_are_named():
    with pytest.raises(ValueError, match="confidence must be at most 0"):
        significance.paired_test(held_out(0), confidence=95)
