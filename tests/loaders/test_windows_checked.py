"""Genes without SNPs: what seems to be the reason is said in one line."""

import numpy as np
import pandas as pd
import pytest

from helpers.loaders.plink import snps_in_windows
from helpers.loaders.windows_checked import check_windows

BIM = pd.DataFrame(
    {"chromosome": ["1", "1", "2", "23"], "position": [1_001, 2_001, 5_001, 7_001]}
)


def checked(rows, **more):
    windows = pd.DataFrame(rows, columns=["chromosome", "start", "end", "gene"])
    chosen = snps_in_windows(BIM, windows, flank=10)
    check_windows(BIM, windows, chosen, flank=10, **more)


GOOD = [("1", 900, 1_100, "a"), ("1", 1_900, 2_100, "b"), ("2", 5_000, 5_100, "c")]


def refused(rows, message, **more):
    with pytest.raises(ValueError, match=message) as error:
        checked(rows, **more)
    assert "\n" not in str(error.value)


def test_genes_with_snps_are_let_through():
    checked(GOOD)


def test_a_gene_on_x_is_explained_in_either_spelling():
    refused([*GOOD, ("X", 7_000, 7_100, "AR")], "'AR' lies on chromosome X, not an au")
    checked([*GOOD, ("X", 7_000, 7_100, "AR")], empty_genes="drop")


def test_a_chromosome_that_is_not_there_is_named_with_those_that_are():
    refused([*GOOD, ("7", 7_000, 7_100, "d")], "chromosome 7, of .* it has 1, 2, 23")


def test_an_empty_gene_says_how_far_the_next_snp_is():
    refused([*GOOD, ("2", 9_000, 9_100, "d")], "1 of 4 genes .* to 'd' is 4,000 bp off")
    refused([("2", 0, 1_001, "d"), *GOOD], "to 'd' is 4,000 bp off")


def test_many_empty_genes_are_another_build_even_when_dropping():
    shifted = [(c, a + 10_000, b + 10_000, gene) for c, a, b, gene in GOOD]
    for empty_genes in ("error", "drop"):
        refused(shifted, "3 of 3 genes .* same genome build", empty_genes=empty_genes)
    assert np.array_equal(BIM["position"], [1_001, 2_001, 5_001, 7_001])


def test_snps_that_an_overlapping_gene_has_are_not_far_away():
    """The truth is said: which gene has them; no build is suspected."""
    twice = [*GOOD, ("1", 900, 1_100, "a2")]
    refused(
        twice,
        "1 of 4 genes have no SNP left, as a SNP is of one gene: those of 'a2' went to "
        "'a', which overlaps or is nearer; join the two, leave one out, or use empty_g",
    )
    checked(twice, empty_genes="drop")
    four = [("1", 900, 1_100, name) for name in "abcd"]
    refused(four, "3 of 4 genes have no SNP left, .* those of 'b' went to 'a'")
    checked(four, empty_genes="drop")
    inside = [("1", 900, 2_100, "all"), ("1", 1_000, 1_001, "in"), GOOD[2]]
    refused(inside, "'in' went to 'all'")
    beside = [("1", 990, 1_011, "at"), ("1", 1_005, 1_100, "beside"), GOOD[2]]
    refused(beside, "'beside' went to 'at'")
    far = ("2", 9_000, 9_100, "d")
    refused([*twice, far], "1 of 5 genes have no SNP .* to 'd' is 4,000 bp off")


@pytest.mark.parametrize("gap", [9, 10, 11])
@pytest.mark.parametrize("side", [-1, 1])
def test_the_reach_of_a_window_is_that_of_its_genes(gap, side):
    """At 10 bp a SNP is reached, as by `snps_in_windows`; at 11 it is not."""
    start = 1_000 + gap if side == 1 else 1_000 - gap - 4
    rows = [("1", 1_000, 1_001, "a"), ("1", start, start + 5, "b"), GOOD[2]]
    refused(rows, "'b' went to 'a'" if gap <= 10 else "to 'b' is 11 bp off")
