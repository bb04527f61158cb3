"""Filters of SNPs: sums done by hand, limits met exactly, settings that cannot be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.loaders.snp_filters import Filters, fill_missing_counts, hardy_weinberg_p


def test_hardy_weinberg_matches_sums_done_by_hand():
    # 3 people, 3 copies of either allele: 1 heterozygous (probability 3/5) or 3 (2/5).
    p = hardy_weinberg_p([1, 3], [1, 0], [1, 0])
    np.testing.assert_allclose(p, [1.0, 0.4])
    # 21 copies among 100 people, the example of the paper.
    table = hardy_weinberg_p([21, 13, 5], [0, 4, 8], [79, 83, 87])
    assert table[0] > 0.5 and table[2] < 1e-6
    assert table[1] == pytest.approx(0.0103, abs=1e-4)


def test_hardy_weinberg_p_is_uniform_or_larger_under_equilibrium():
    draw = np.random.default_rng(0)
    counts = draw.binomial(2, 0.3, (2000, 300))
    p = hardy_weinberg_p(*((counts == k).sum(1) for k in (1, 0, 2)))
    assert 0.02 < np.mean(p <= 0.05) < 0.065


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_hardy_weinberg_is_a_p_value_that_alleles_do_not_change(het, first, second):
    (p,) = hardy_weinberg_p([het], [first], [second])
    assert 0 < p <= 1
    assert hardy_weinberg_p([het], [second], [first])[0] == pytest.approx(p)


def test_one_person_and_no_snp():
    assert hardy_weinberg_p([1], [0], [0]).tolist() == [1.0]
    assert hardy_weinberg_p([], [], []).shape == (0,)
    assert Filters().reasons(np.empty((0, 5), np.int8)).shape == (0,)
    assert Filters().reasons(np.array([[1]], np.int8)).tolist() == ["monomorphic"]


def test_a_frequency_at_the_limit_stays():
    counts = np.zeros((2, 50), np.int8)
    counts[0, 0] = 1  # 1 of 100 copies
    counts[1, :49] = 2
    counts[1, 49] = 1  # the other allele is the rare one
    assert Filters(min_maf=0.01).reasons(counts).tolist() == ["", ""]
    gone = Filters(min_maf=0.0101).reasons(counts)
    assert gone.tolist() == ["minor allele frequency below 0.0101"] * 2


def test_missing_genotypes_do_not_enter_a_frequency():
    counts = np.full((1, 100), -127, np.int8)
    counts[0, :4] = [0, 1, 0, 2]  # 3 of 8 copies, where 3 of 200 would be too rare
    assert Filters(min_maf=0.3).reasons(counts).tolist() == [""]


def test_everybody_heterozygous_is_monomorphic():
    counts = np.ones((1, 30), np.int8)
    assert Filters(min_hwe=0).reasons(counts).tolist() == ["monomorphic"]


def test_gaps_take_the_most_frequent_count_of_their_snp():
    counts = np.array([[2, 0, 2, -127], [-127, 0, 0, 1], [0, 1, 2, 1]], np.int8)
    assert fill_missing_counts(counts) == 2
    assert counts.tolist() == [[2, 0, 2, 2], [0, 0, 0, 1], [0, 1, 2, 1]]


def test_chromosomes_may_be_spelt_in_any_way():
    assert Filters(not_autosomes=["chrX", "m", "07"]).not_autosomes == ("X", "MT", "7")


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"min_maf": 0.51}, ValueError, "min_maf must be at most 0.5; got 0.51"),
        ({"max_r2": -0.1}, ValueError, "max_r2 must be at least 0; got -0.1"),
        ({"min_hwe": 2}, ValueError, "min_hwe must be at most 1; got 2"),
        ({"max_missing_snp": "5%"}, TypeError, "max_missing_snp must be a number"),
        (
            {"max_missing_person": float("nan")},
            ValueError,
            "max_missing_person must be",
        ),
        ({"not_autosomes": "X"}, TypeError, "not_autosomes must be a list of chrom"),
        ({"maf": 0.1}, TypeError, "maf"),
    ],
)
def test_settings_that_cannot_be_are_named(settings, error, message):
    with pytest.raises(error, match=message):
        Filters(**settings)
