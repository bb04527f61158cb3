"""Panels: the smallest, some people of one, and SNPs that repeat each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import panel as panel_module
from helpers.data.panel import Panel, prune


def test_the_smallest_panel_is_one_snp_of_one_person():
    panel = Panel(np.array([[1]]), (1,))
    assert (panel.n_snps, panel.n_people, panel.n_genes) == (1, 1, 1)
    assert (panel.genes, panel.snps, panel.people) == (
        ("gene1",),
        ("snp1",),
        ("person1",),
    )
    assert panel.blocks == (slice(0, 1),)
    assert panel.frequencies().tolist() == [0.5]
    assert panel.take([0]).people == panel.people
    assert panel.to_frame()["median_maf"].tolist() == [0.5]


def test_some_people_in_another_order():
    panel = Panel(np.array([[0, 1, 2], [2, 2, 0]]), (1, 1), people=("a", "b", "c"))
    half = panel.take([2, 0])
    assert half.people == ("c", "a")
    assert half.genotypes.tolist() == [[2, 0], [0, 2]]
    assert half.genes == panel.genes and half.sizes == panel.sizes


def test_the_rarer_allele_counts_in_the_overview():
    panel = Panel(np.array([[2, 2, 2, 0], [0, 0, 0, 1]]), (1, 1))
    assert panel.frequencies().tolist() == [0.75, 0.125]
    assert panel.to_frame()["median_maf"].tolist() == [0.25, 0.125]


@given(
    st.integers(1, 6), st.integers(2, 12), st.sampled_from([0, 0.3, 0.8, 1]), st.data()
)
@settings(deadline=None)
def test_no_two_kept_snps_are_correlated_beyond_the_limit(n, people, limit, data):
    counts = np.array(
        data.draw(
            st.lists(
                st.lists(st.integers(0, 2), min_size=people, max_size=people),
                min_size=n,
                max_size=n,
            )
        )
    )
    keep = prune(counts, limit)
    varies = np.ptp(counts, axis=1) > 0
    assert not keep[~varies].any()
    assert keep.sum() >= varies.any()
    with np.errstate(invalid="ignore", divide="ignore"):
        r2 = np.corrcoef(counts).reshape(n, n) ** 2
    for i in np.flatnonzero(keep):
        assert (r2[i, np.flatnonzero(keep[:i])] <= limit + 1e-9).all()
    for i in np.flatnonzero(varies & ~keep):  # each that goes has a reason before it
        assert (r2[i, np.flatnonzero(keep[:i])] > limit - 1e-9).any()


def test_a_correlation_at_the_limit_stays():
    twice = np.array([[0, 1, 2], [0, 1, 2]])
    assert prune(twice, 1.0).tolist() == [True, True]
    assert prune(twice, 0.999).tolist() == [True, False]
    unrelated = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    assert prune(unrelated, 0).tolist() == [True, True]


def test_blocks_of_people_change_nothing(monkeypatch):
    counts = np.random.default_rng(0).integers(0, 3, (6, 50))
    whole = prune(counts, 0.01)
    monkeypatch.setattr(panel_module, "_PEOPLE_PER_BLOCK", 7)
    np.testing.assert_array_equal(prune(counts, 0.01), whole)
    assert 0 < whole.sum() < 6


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([0, 1], (1,)), ValueError, "genotypes must have 2 axes .* got 1"),
        (([[0.0]], (1,)), TypeError, "genotypes must hold whole numbers; got float64"),
        (([[0, 3]], (1,)), ValueError, r"genotypes\[0, 1\] must be 0, 1 or 2; got 3"),
        (([[0, -127]], (1,)), ValueError, r"genotypes\[0, 1\] must be 0, 1 or 2"),
        (([[0]], (2,)), ValueError, "sizes must add up to 1 SNPs .* got 2"),
        (([[0]], (1, 0)), ValueError, "sizes must be at least 1; got 0"),
        (([[0]], (1,), ("a", "b")), ValueError, "genes must name 1; got 2"),
    ],
)
def test_what_is_no_panel_is_named(arguments, error, message):
    counts, *rest = arguments
    with pytest.raises(error, match=message):
        Panel(np.array(counts), *rest)
