"""Permutations that keep what they should, and p-values that are uniform."""

import numpy as np
import pytest
from scipy import stats

from helpers.detectors.interactions import Interactions, all_pairs
from helpers.significance import permutation
from helpers.significance.permutation import permutation_test, permuted_targets

PARTS = (np.arange(0, 60), np.arange(60, 70), np.arange(70, 100))
Y = np.random.default_rng(0).normal(size=100)
FITTED = 0.3 * Y + 0.1


def scored(scores):
    return Interactions(all_pairs(4)[: len(scores)], scores, "abcd", "made up")


@pytest.mark.parametrize("scheme", ["I", "T", "R"])
def test_people_change_places_within_their_part(scheme):
    targets = permuted_targets(scheme, Y, PARTS, fitted=FITTED, n_permutations=4)
    moved = targets - FITTED if scheme == "I" else targets
    source = Y if scheme == "T" else Y - FITTED
    assert targets.shape == (4, 100)
    for row in moved:
        assert not np.allclose(row, source)
        for part in PARTS:
            np.testing.assert_allclose(np.sort(row[part]), np.sort(source[part]))
    assert len(np.unique(targets[:, 0])) > 1


def test_the_schemes_permute_alike():
    made = {
        s: permuted_targets(s, Y, PARTS, fitted=FITTED, n_permutations=2, seed=5)
        for s in "ITR"
    }
    np.testing.assert_allclose(made["I"] - FITTED, made["R"])
    order = [list(Y).index(value) for value in made["T"][0]]
    np.testing.assert_allclose((Y - FITTED)[order], made["R"][0])


def test_more_permutations_leave_the_first_as_they_were():
    few = permuted_targets("T", Y, PARTS, n_permutations=2, seed=1)
    many = permuted_targets("T", Y, PARTS, n_permutations=5, seed=1)
    np.testing.assert_array_equal(few, many[:2])
    assert not np.array_equal(few, permuted_targets("T", Y, PARTS, n_permutations=2))


def test_rescaling_gives_all_parts_the_noise_of_the_last():
    residuals = np.random.default_rng(1).normal(size=100)
    residuals[:60] *= 0.5  # an over-fitted training part
    targets = permuted_targets(
        "R", FITTED + residuals, PARTS, fitted=FITTED, rescale=True
    )
    for part in PARTS:
        assert targets[0, part].std() == pytest.approx(residuals[70:].std())


def test_p_values_count_what_is_at_least_as_large():
    null = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 1.0]])
    test = permutation_test(scored([2.0, 9.0]), null)
    np.testing.assert_allclose(test.p, [(1 + 2) / 4, 1 / 4])
    np.testing.assert_allclose(test.p_max, [(1 + 3) / 4, 1 / 4])  # maxima 5, 5, 3
    np.testing.assert_array_equal(test.n_ties, [1, 0])


def test_random_ties_lie_between_the_extremes():
    null = np.ones((9, 1))
    p = [
        permutation_test(scored([1.0]), null, ties="random", seed=s).p[0]
        for s in range(200)
    ]
    assert min(p) == pytest.approx(0.1) and max(p) == pytest.approx(1)
    assert np.mean(p) == pytest.approx(0.55, abs=0.06)
    assert permutation_test(scored([1.0]), null).p[0] == 1
    assert np.isnan(permutation_test(scored([1.0]), null).z[0])


def test_fdr_is_the_share_of_expected_false_calls():
    null = np.array([[0.0, 1.0, 2.0], [0.0, 1.0, 4.0]])
    curve = permutation.fdr_curve([5.0, 3.0, 0.5], null, [6, 3, 0.5])
    np.testing.assert_array_equal(curve["n_called"], [0, 2, 3])
    np.testing.assert_allclose(curve["expected_false"], [0, 0.5, 2])
    np.testing.assert_allclose(curve["fdr"], [0, 0.25, 2 / 3])
    test = permutation_test(scored([5.0, 3.0, 0.5]), null)
    np.testing.assert_allclose(test.fdr, [0, 0.25, 2 / 3])


def test_fdr_of_a_set_is_the_best_of_the_thresholds_that_call_it():
    # Called alone, the strongest would have FDR 1/2; called with the second, 1/4.
    null = np.array([[9.0, 0.0], [0.0, 0.0]])
    test = permutation_test(scored([5.0, 4.0]), null)
    np.testing.assert_allclose(test.fdr, [0.25, 0.25])


def test_median_level_takes_out_a_common_factor():
    null = np.abs(np.random.default_rng(0).normal(1, 0.1, (19, 3)))
    low = permutation_test(scored([3.0, 3.1, 3.2]), null)
    assert (low.p == 0.05).all()
    level = permutation_test(scored([3.0, 3.1, 3.2]), null, level="median")
    assert (level.p > 0.05).all()


def test_frame_orders_equal_p_values_by_z():
    null = np.random.default_rng(0).normal(0, [1, 1, 5], (19, 3))
    frame = permutation_test(scored([20.0, 30.0, 40.0]), null).to_frame()
    assert (frame["p"] == 0.05).all()
    assert list(frame["features"]) == ["a × c", "a × b", "a × d"]
    assert frame["z"].is_monotonic_decreasing


def test_quantiles_go_rank_by_rank():
    null = np.array([[1.0, 3.0], [4.0, 2.0]])
    frame = permutation_test(scored([1.0, 9.0]), null).quantiles(level=1)
    np.testing.assert_array_equal(frame["observed"], [9, 1])
    np.testing.assert_array_equal(frame["expected"], [3.5, 1.5])
    np.testing.assert_array_equal(frame["low"], [3, 1])
    np.testing.assert_array_equal(frame["high"], [4, 2])


def product_scores(x, targets):
    """A cheap stand-in for a network: correlation of the target with products."""
    products = np.array([x[:, i] * x[:, j] for i, j in all_pairs(x.shape[1])])
    products -= products.mean(axis=1, keepdims=True)
    centred = targets - targets.mean(axis=1, keepdims=True)
    return np.abs(centred @ products.T) / len(x)


def main_effects(x, y):
    design = np.column_stack([np.ones(len(x)), x])
    return design @ np.linalg.lstsq(design, y, rcond=None)[0]


@pytest.fixture(scope="module")
def null_p():
    """p-values of 300 data sets with main effects and no interaction, by Perm I."""
    draw = np.random.default_rng(0)
    parts = (np.arange(80),)
    p, p_max = [], []
    for number in range(300):
        x = draw.normal(size=(80, 4))
        y = x @ [1, -1, 0.5, 0] + draw.normal(size=80)
        targets = permuted_targets(
            "I", y, parts, fitted=main_effects(x, y), n_permutations=19, seed=number
        )
        scores = product_scores(x, np.vstack([y, targets]))
        test = permutation_test(scored(scores[0]), scores[1:])
        p.append(test.p)
        p_max.append(test.p_max)
    return np.array(p), np.array(p_max)


def uniformity(p, n_permutations):
    """Return the p-value of Kolmogorov and Smirnov, of one p from each data set."""
    draw = np.random.default_rng(0)
    chosen = p[np.arange(len(p)), draw.integers(p.shape[1], size=len(p))]
    spread = chosen - draw.random(len(p)) / (n_permutations + 1)  # p goes in steps
    return stats.kstest(spread, "uniform").pvalue


def test_perm_i_is_calibrated_under_the_null(null_p):
    p, p_max = null_p
    table = permutation.call_rates(p, 19)
    np.testing.assert_allclose(table["attainable"], [0.05, 0.1])
    assert (table["low"] <= table["attainable"]).all()
    assert (table["high"] >= table["attainable"]).all()
    assert uniformity(p, 19) > 0.01
    family_wise = (p_max <= 0.05).any(axis=1).mean()
    assert 0.02 < family_wise < 0.09


def test_calibration_notices_p_values_that_are_too_small(null_p):
    wrong = np.maximum(null_p[0] / 2, 0.05)
    table = permutation.call_rates(wrong, 19)
    assert (table["low"] > table["attainable"]).all()
    assert uniformity(wrong, 19) < 0.01


def test_the_standard_error_is_clustered_by_data_set():
    p = np.repeat([[0.05], [0.5], [0.5], [0.5]], 30, axis=1)  # sets of one agree
    row = permutation.call_rates(p, 19, [0.05]).iloc[0]
    assert row["rate"] == 0.25 and row["standard_error"] == pytest.approx(0.25)
    assert row["any_false"] == 0.25


def test_perm_i_finds_a_real_interaction():
    draw = np.random.default_rng(3)
    x = draw.normal(size=(300, 4))
    y = x.sum(axis=1) + x[:, 1] * x[:, 2] + draw.normal(size=300)
    targets = permuted_targets(
        "I", y, (np.arange(300),), fitted=main_effects(x, y), n_permutations=99
    )
    scores = product_scores(x, np.vstack([y, targets]))
    test = permutation_test(scored(scores[0]), scores[1:])
    truth = np.array([pair == (1, 2) for pair in all_pairs(4)])
    rates = permutation.error_rates(test.p_max <= 0.05, truth)
    assert rates == {"power": 1.0, "false_calls": 0.0, "any_false": 0.0}


def test_attainable_levels():
    assert permutation.attainable(0.05, 19) == 0.05
    assert permutation.attainable(0.05, 50) == pytest.approx(2 / 51)
    assert permutation.attainable(0.05, 9) == 0
    draw = np.random.default_rng(0)
    null, scores = draw.normal(size=(50, 4000)), draw.normal(size=4000)
    share = np.mean(permutation.p_values(scores, null) <= 0.05)
    assert stats.binomtest(round(share * 4000), 4000, 2 / 51).pvalue > 0.01


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scheme": "X"}, "scheme must be one of I, T, R; got 'X'"),
        ({"y": [1, np.nan]}, r"y\[1\] must be finite; got nan"),
        ({"fitted": None}, "fitted must be given for Perm I"),
        ({"fitted": np.ones(3)}, "fitted must have 100 values; got 3"),
        ({"parts": []}, "parts must hold at least one part"),
        ({"parts": [np.arange(100), []]}, "parts must each hold people"),
        ({"parts": [np.arange(99)]}, "each of 100 people once; they hold 99, 99"),
        ({"parts": [np.arange(100), [3]]}, "they hold 101, 100 different"),
        ({"n_permutations": 0}, "n_permutations must be at least 1"),
        ({"fitted": Y, "rescale": True}, "must leave residuals to permute"),
        ({"seed": "a"}, "seed must be an integer"),
    ],
)
def test_permuted_targets_rejects(change, message):
    given = {"scheme": "I", "y": Y, "parts": PARTS, "fitted": FITTED, **change}
    with pytest.raises((TypeError, ValueError), match=message):
        permuted_targets(
            given.pop("scheme"), given.pop("y"), given.pop("parts"), **given
        )


@pytest.mark.parametrize(
    ("null", "knobs", "message"),
    [
        (np.ones((5, 3)), {}, "null must have 2 columns, one a set; got 3"),
        (np.full((5, 2), np.nan), {}, r"null\[0, 0\] must be finite"),
        (np.ones((5, 2)), {"ties": "odd"}, "ties must be one of count, random"),
        (np.ones((5, 2)), {"level": "odd"}, "level must be one of as is, median"),
        (np.zeros((5, 2)), {"level": "median"}, "needs medians greater than 0"),
    ],
)
def test_permutation_test_rejects(null, knobs, message):
    with pytest.raises(ValueError, match=message):
        permutation_test(scored([1.0, 2.0]), null, **knobs)


def test_other_functions_reject():
    with pytest.raises(ValueError, match="p must lie above 0"):
        permutation.call_rates([[0.0]], 19)
    with pytest.raises(ValueError, match="the same length"):
        permutation.error_rates([True], [True, False])
    with pytest.raises(ValueError, match="level must be at most 1"):
        permutation.attainable(2, 19)
