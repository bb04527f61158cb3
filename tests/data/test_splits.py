"""Every row in one part; the test part teaches nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.splits import (
    chromosome_folds,
    chromosome_split,
    fill_missing,
    folds,
    random_split,
    random_thirds,
    standardise,
)
from helpers.truth.functions import simulate


@given(n_rows=st.integers(10, 500), seed=st.integers(0, 1000))
def test_every_row_is_in_exactly_one_part(n_rows, seed):
    split = random_split(n_rows, seed=seed)
    assert sorted(np.concatenate(split)) == list(range(n_rows))


def test_thirds_are_thirds():
    assert [len(part) for part in random_thirds(30_000, seed=0)] == [10_000] * 3


def test_eighty_ten_ten():
    assert [len(part) for part in random_split(20_640, seed=0)] == [16_512, 2064, 2064]


def test_a_seed_fixes_the_split_and_another_changes_it():
    first, again, other = (random_thirds(100, seed=s).train for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_split_does_not_follow_points_drawn_with_the_same_seed():
    X, _ = simulate("F2", 9000, seed=5)
    means = [X[part].mean(axis=0) for part in random_thirds(9000, seed=5)]
    assert np.abs(means).max() < 5 * (1 / 3 / 3000) ** 0.5


def test_the_training_part_gets_mean_0_and_deviation_1():
    X = np.arange(12.0).reshape(6, 2) ** 2
    train = np.array([0, 2, 3])
    scaled = standardise(X, train)
    np.testing.assert_allclose(scaled.values[train].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.values[train].std(axis=0), 1)
    np.testing.assert_allclose(scaled.values * scaled.scale + scaled.mean, X)


def test_other_rows_do_not_change_the_training_part():
    y = np.arange(10.0)
    train = np.arange(5)
    changed = np.where(y < 5, y, 1e6)
    np.testing.assert_array_equal(
        standardise(y, train).values[:5], standardise(changed, train).values[:5]
    )


def test_chromosomes_stay_whole():
    rows = ["chr1", "chr8", "chr1", "chr7", "chrX", "chr9", "chr8"]
    split = chromosome_split(rows, validation=["chr7"], test=("chr8", "chr9"))
    assert [part.tolist() for part in split] == [[0, 2, 4], [3], [1, 5, 6]]


@pytest.mark.parametrize(
    ("validation", "test", "message"),
    [
        ("chr1", ["chr2"], "validation must be a list of chromosomes; got 'chr1'"),
        (["chr1"], [], r"test must be a list of chromosomes; got \[\]"),
        (
            ["chr1"],
            ["chr4"],
            r"test must hold .* \(chr1, chr2, chr3, ...\); got 'chr4'",
        ),
        (["chr1", "chr2"], ["chr2"], "validation and test must not share chr2"),
        (["chr1", "chr2"], ["chr3"], "must leave chromosomes for training"),
    ],
)
def test_bad_chromosomes_are_named(validation, test, message):
    with pytest.raises(ValueError, match=message):
        chromosome_split(["chr1", "chr2", "chr3"], validation=validation, test=test)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_rows": 2}, ValueError, "n_rows must be at least 3; got 2"),
        ({"seed": "a"}, TypeError, "seed must be an integer; got 'a'"),
        ({"fractions": (0.5, 0.5)}, ValueError, "fractions must have 3 values"),
        ({"fractions": (0.5, 0.1, 0.1)}, ValueError, "fractions must sum to 1"),
        ({"fractions": (1.2, -0.1, -0.1)}, ValueError, "rows in every part"),
        ({"n_rows": 5}, ValueError, "rows in every part"),
    ],
)
def test_bad_splits_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        random_split(**{"n_rows": 100, "seed": 0} | arguments)


def test_a_constant_column_is_named():
    X = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [7.0, 7, 7, 8]})
    with pytest.raises(ValueError, match="training part of X: column 'b' is constant"):
        standardise(X, [0, 1, 2])


def test_a_constant_outcome_is_named():
    with pytest.raises(ValueError, match="y is constant in the training part"):
        standardise([1.0, 1, 2], [0, 1], name="y")


@pytest.mark.parametrize(
    ("train", "error", "message"),
    [
        ([0], ValueError, "train must hold at least 2 rows; got 1"),
        ([0, 4], ValueError, "train must hold rows 0 to 3; got 4"),
        ([0, -1], ValueError, "train must hold rows 0 to 3; got -1"),
        ([True, False, True, True], TypeError, "train must be a list of row numbers"),
    ],
)
def test_bad_training_rows_are_named(train, error, message):
    with pytest.raises(error, match=message):
        standardise(np.arange(4.0), train)


@pytest.fixture
def gaps():
    return pd.DataFrame(
        {
            "a": [1.0, np.nan, 3.0, 100.0],
            "b": [0.0, 1.0, 2.0, 3.0],
            "c": [5.0, np.nan, 7.0, 1.0],
            "d": [np.nan, 1.0, 1.0, 2.0],
        }
    )


def test_gaps_get_the_median_of_the_training_part(gaps):
    filled = fill_missing(gaps, [0, 1, 2])
    assert filled["a"].tolist() == [1, 2, 3, 100]
    pd.testing.assert_series_equal(filled["b"], gaps["b"])


def test_one_indicator_for_every_pattern_of_gaps(gaps):
    filled = fill_missing(gaps, [0, 1, 2], how="indicator")
    assert list(filled)[4:] == ["a missing", "d missing"]  # c has the gaps of a
    assert filled["a missing"].tolist() == [0, 1, 0, 0]


def test_a_number_fills_every_gap(gaps):
    assert (fill_missing(gaps, [0, 1], how=-999) == -999).sum().sum() == 3


def test_bad_fillings_are_named(gaps):
    with pytest.raises(ValueError, match="how must be one of median, indicator"):
        fill_missing(gaps, [0, 1], how="mean")
    with pytest.raises(ValueError, match="column 'a' has no value in the training"):
        fill_missing(gaps.assign(a=np.nan), [0, 1])
    with pytest.raises(TypeError, match="X must be a DataFrame"):
        fill_missing(gaps.to_numpy(), [0, 1])


def parts_of(masks):
    """Check that masks are bool and never overlap; return (n_networks, n) of each."""
    train, validation, test = masks
    assert train.dtype == validation.dtype == test.dtype == bool
    assert not ((train & validation) | (train & test) | (validation & test)).any()
    return train.sum(axis=1), validation.sum(axis=1), test.sum(axis=1)


@given(
    n_rows=st.integers(12, 200), n_folds=st.integers(2, 10), seed=st.integers(0, 100)
)
def test_every_row_is_tested_in_exactly_one_fold(n_rows, n_folds, seed):
    masks = folds(n_rows, n_folds=n_folds, seed=seed)
    assert (masks.test.sum(axis=0) == 1).all()
    train, validation, test = parts_of(masks)
    assert (train + validation + test == n_rows).all()
    assert np.ptp(test) <= 1 and validation.min() >= 1


def test_folds_first_only_and_repeat():
    masks = folds(50, n_folds=5, seed=1)
    for mask, two, third, twice in zip(
        masks, masks.first(2), masks.only(2), masks.first(2).repeat(2), strict=True
    ):
        np.testing.assert_array_equal(two, mask[:2])
        np.testing.assert_array_equal(third, mask[[2]])
        np.testing.assert_array_equal(twice, mask[[0, 0, 1, 1]])
    assert (folds(50, seed=1).test != folds(50, seed=2).test).any()


def test_a_split_is_one_fold():
    split = random_split(20, seed=0)
    for rows, mask in zip(split, split.as_folds(), strict=True):
        assert mask.shape == (1, 20)
        assert sorted(rows) == np.flatnonzero(mask[0]).tolist()
    assert len(parts_of(split.as_folds())) == 3


@given(
    counts=st.lists(st.integers(1, 30), min_size=3, max_size=12),
    n_folds=st.integers(3, 6),
    seed=st.integers(0, 50),
)
def test_chromosomes_are_whole_in_each_fold(counts, n_folds, seed):
    n_folds = min(n_folds, len(counts))
    names = np.repeat([f"chr{i}" for i in range(len(counts))], counts)
    names = np.random.default_rng(seed).permutation(names)
    masks = chromosome_folds(names, n_folds=n_folds, seed=seed)
    train, validation, test = parts_of(masks)
    assert (train + validation + test == len(names)).all()
    assert min(train.min(), validation.min(), test.min()) >= 1
    assert (masks.test.sum(axis=0) == 1).all()
    assert (masks.validation.sum(axis=0) == 1).all()
    for mask in masks:
        for name in set(names):
            of_name = mask[:, names == name]
            assert (of_name.all(axis=1) == of_name.any(axis=1)).all()
    assert np.ptp(test) <= max(counts)  # largest first, into the emptiest fold


def test_folds_of_chromosomes_by_hand():
    names = ["a"] * 4 + ["b"] * 3 + ["c"] * 3 + ["d"] * 2
    masks = chromosome_folds(names, n_folds=3)
    tested = {frozenset(np.array(names)[test]) for test in masks.test}
    assert tested in (
        {frozenset("a"), frozenset("bd"), frozenset("c")},
        {frozenset("a"), frozenset("b"), frozenset("cd")},
    )
    np.testing.assert_array_equal(masks.validation, masks.test[[1, 2, 0]])
    again = chromosome_folds(names, n_folds=3)
    np.testing.assert_array_equal(masks.test, again.test)
    others = [chromosome_folds(names, n_folds=3, seed=s).test for s in range(1, 6)]
    assert any((masks.test != other).any() for other in others)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: folds(2), "n_rows must be at least 3; got 2"),
        (lambda: folds(10, n_folds=1), "n_folds must be at least 2; got 1"),
        (lambda: folds(10, n_folds=11), "n_folds must be at most 10; got 11"),
        (lambda: folds(3, n_folds=2), "n_rows must leave 2 rows .* 3 rows in 2 folds"),
        (lambda: folds(30, validation=0.95), "validation must be at most 0.9"),
        (lambda: folds(30).first(11), "n must be at most 10; got 11"),
        (lambda: folds(30).only(10), "fold must be at most 9; got 10"),
        (lambda: folds(30).repeat(0), "n must be at least 1; got 0"),
        (
            lambda: chromosome_folds(["a", "b", "c", "a"], n_folds=4),
            "n_folds must be at most 3, the number of chromosomes; got 4",
        ),
        (
            lambda: chromosome_folds(["a", "b", "c"], n_folds=2),
            "n_folds must be at least 3; got 2",
        ),
        (lambda: chromosome_folds("abc"), "chromosomes must have 1 axis"),
        (
            lambda: chromosome_folds(["a", "b", "c"], n_folds=3, seed=-1),
            "seed must be at least 0; got -1",
        ),
    ],
)
def test_bad_folds_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@given(n_rows=st.integers(3, 9), share=st.floats(0, 0.9), data=st.data())
def test_no_fold_is_without_rows_to_train_to_stop_and_to_test(n_rows, share, data):
    n_folds = data.draw(st.integers(2 if n_rows > 3 else 3, n_rows))
    for masks in folds(n_rows, n_folds=n_folds, validation=share):
        assert (masks.sum(axis=1) >= 1).all()


def test_the_smallest_inputs():
    assert [len(part) for part in random_thirds(3, seed=0)] == [1, 1, 1]
    masks = folds(3, n_folds=3)
    assert (sum(mask.astype(int) for mask in masks) == 1).all()
    whole = random_thirds(3, seed=0).as_folds()
    assert whole.repeat(2).only(1).first(1).test.sum() == 1
    split = chromosome_split(["a", "b", "c"], validation=["b"], test=["c"])
    assert [part.tolist() for part in split] == [[0], [1], [2]]
    assert chromosome_folds(["a", "b", "c"], n_folds=3).train.sum() == 3
    assert standardise([1.0, 3.0], [0, 1]).values.tolist() == [-1, 1]
    table = pd.DataFrame({"a": [1.0, np.nan]})
    assert fill_missing(table, [0, 1])["a"].tolist() == [1, 1]


@pytest.mark.parametrize("chromosomes", [["chr1"] * 9, ["chr1", "chr2"] * 5, []])
def test_fewer_than_three_chromosomes_cannot_be_split(chromosomes):
    with pytest.raises(ValueError, match="chromosomes must be at least 3, one"):
        chromosome_split(chromosomes, validation=["chr1"], test=["chr2"])


def test_sizes_are_shown_as_plain_numbers():
    with pytest.raises(ValueError, match="got 2, 0, 1 of 3 rows"):
        random_split(3, seed=0)
