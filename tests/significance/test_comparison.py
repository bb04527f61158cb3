"""Which comparison of networks can be trusted: cell types or trainings as units."""

import numpy as np
import pytest
from scipy import stats

from helpers.significance.calibration import rejection_rates
from helpers.significance.comparison import COLUMNS, cell_type_test, training_test

N_CELLS = 20


def same_kind(n_trainings, rng, together=0.01, apart=0.005):
    """Return areas of trainings of one kind, whose cell types move together."""
    difficulty = np.linspace(0.7, 0.9, N_CELLS)
    shared = together * rng.normal(size=(n_trainings, 1))
    return difficulty + shared + apart * rng.normal(size=(n_trainings, N_CELLS))


def test_cell_types_find_differences_between_equals_and_trainings_do_not():
    rng = np.random.default_rng(0)
    of_cells, of_trainings = [], []
    for _ in range(300):
        a, b = same_kind(5, rng), same_kind(5, rng)
        of_cells.append(cell_type_test(a[0], b[0])["p"][0])
        of_trainings.append(training_test(a, b)["p"][0])
    cells, trainings = (
        rejection_rates(p, alpha=[0.05]).iloc[0] for p in (of_cells, of_trainings)
    )
    assert cells["rejected_low"] > 0.3  # instead of 0.05
    assert trainings["rejected_low"] < 0.05 < trainings["rejected_high"]


def test_folds_of_unequal_difficulty_do_not_hide_or_make_a_difference():
    rng = np.random.default_rng(1)
    folds = np.repeat([0, 1, 2], 3)
    level = np.array([0.6, 0.7, 0.8])[folds]
    better, equal = [], []
    for _ in range(100):
        a, b, c = (level + 0.005 * rng.normal(size=9) for _ in range(3))
        better.append(training_test(a + 0.01, b, folds=folds)["p"][0])
        equal.append(training_test(c, b, folds=folds)["p"][0])
        if not better[1:]:  # without folds their differences drown that of the kinds
            assert training_test(a + 0.01, b)["p"][0] > 0.2
    assert np.mean(np.array(better) < 0.05) > 0.9
    assert rejection_rates(equal, alpha=[0.05])["rejected_low"][0] < 0.05


def test_exact_values_by_hand():
    found = training_test([0.9, 0.8], [0.7, 0.6])
    assert list(found) == list(COLUMNS)
    row = found.iloc[0]
    assert (row["n"], row["mean"]) == (2, pytest.approx(0.2))
    assert row["p"] == row["p_smallest"] == pytest.approx(1 / 6)
    # In 4 of 6 ways the first two have the larger or an equal sum.
    assert training_test([0.9, 0.6], [0.8, 0.7])["p"][0] == pytest.approx(4 / 6)
    folds = training_test([0.9, 0.8] * 2, [0.7, 0.6] * 2, folds=[0, 0, 1, 1]).iloc[0]
    assert folds["p"] == folds["p_smallest"] == pytest.approx(1 / 36)


def test_exact_agrees_with_scipy():
    rng = np.random.default_rng(3)
    a, b = rng.uniform(0.4, 0.6, 5), rng.uniform(0.4, 0.6, 4)
    expected = stats.permutation_test(
        (a, b), lambda x, y, axis: x.mean(axis=axis) - y.mean(axis=axis),
        vectorized=True, alternative="greater", n_resamples=np.inf,
    )  # fmt: skip
    assert training_test(a, b)["p"][0] == pytest.approx(expected.pvalue)


def test_welch_agrees_with_scipy():
    rng = np.random.default_rng(4)
    a, b = rng.uniform(0.4, 0.7, 5), rng.uniform(0.4, 0.6, 7)
    expected = stats.ttest_ind(a, b, equal_var=False, alternative="greater")
    both_sides = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    row = training_test(a, b, method="welch").iloc[0]
    assert row["statistic"] == pytest.approx(expected.statistic)
    assert row["p"] == pytest.approx(expected.pvalue)
    assert (row["low"], row["high"]) == pytest.approx(tuple(both_sides))


def test_cell_types_are_averaged_within_a_training():
    rng = np.random.default_rng(5)
    a, b = same_kind(4, rng), same_kind(4, rng)
    one, two = training_test(a, b), training_test(a.mean(axis=1), b.mean(axis=1))
    assert one.equals(two)


def test_the_published_p_value_is_the_floor():
    """164 cell types, all better by however little: p is 5.8e-29 (thesis: 5.75e-29)."""
    b = np.linspace(0.6, 0.9, 164)
    row = cell_type_test(b + np.linspace(1e-6, 2e-6, 164), b).iloc[0]
    assert row["p"] == row["p_smallest"] == pytest.approx(5.775e-29, rel=1e-3)


def test_nothing_differs():
    same = np.full(8, 0.5)
    assert cell_type_test(same, same)["p"][0] == 1
    assert training_test(same, same)["p"][0] == 1
    assert training_test(same, same, method="welch")["p"][0] == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cell_type_test([0.5] * 8, [0.5] * 7), "aucs_b must have 8 values"),
        (lambda: cell_type_test([0.5] * 5, [0.5] * 5), "at least 6 cell types; got 5"),
        (lambda: cell_type_test([1.5] * 8, [0.5] * 8), "aucs_a must be areas between"),
        (lambda: cell_type_test([0.5] * 7 + [1.5], [0.5] * 8), "aucs_a must be areas"),
        (lambda: cell_type_test([0.5] * 8, [-0.5] + [0.5] * 7), "aucs_b must be areas"),
        (lambda: cell_type_test([np.nan] * 8, [0.5] * 8), r"aucs_a\[0\] must be fini"),
        (lambda: training_test([0.5], [0.5, 0.6]), "must hold two trainings each"),
        (lambda: training_test([], [0.5, 0.6]), "aucs_a must be areas between 0 and 1"),
        (
            lambda: training_test(np.full((3, 2), 0.5), np.full((3, 4), 0.5)),
            "must have the same cell types",
        ),
        (
            lambda: training_test([0.5] * 3, [0.5] * 3, folds=[0, 1]),
            "folds must have a",
        ),
        (
            lambda: training_test([0.5] * 3, [0.5] * 3, folds=[0, 0, 1]),
            "two trainings each, in any fold",
        ),
        (lambda: training_test([0.5] * 20, [0.5] * 20), "method must be welch"),
        (lambda: training_test([0.5] * 3, [0.5] * 3, method="t"), "must be one of exa"),
        (
            lambda: training_test([0.5] * 3, [0.5] * 3, confidence=2.0),
            "confidence must be at most",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
