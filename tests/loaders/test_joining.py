"""How peaks are joined, from one peak on; `test_windows` tests the rules."""

import numpy as np
import pandas as pd
import pytest

from helpers.loaders.joining import basset_windows, joined


def peaks(*rows):
    table = pd.DataFrame(rows, columns=["chrom", "start", "end", "cell"])
    return table.astype({"chrom": "category"})


def test_one_peak_is_one_region():
    regions, region = joined(peaks(("chr1", 3, 4, 0)), 0)
    assert regions[["chrom", "start", "end"]].to_numpy().tolist() == [["chr1", 3, 4]]
    assert region.tolist() == [0]


@pytest.mark.parametrize(("gap", "n"), [(None, 2), (0, 1), (1, 1)])
def test_peaks_that_touch_join_at_a_gap_of_0_but_share_no_base(gap, n):
    regions, region = joined(peaks(("chr1", 0, 5, 0), ("chr1", 5, 9, 1)), gap)
    assert len(regions) == n == len(set(region))


def test_one_peak_is_one_window():
    chroms, starts, window = basset_windows(peaks(("chr1", 40, 60, 0)), 20, 1, None)
    assert (list(chroms), starts.tolist(), window.tolist()) == (["chr1"], [40], [0])


def test_a_window_longer_than_its_chromosome_starts_at_0():
    _, starts, _ = basset_windows(peaks(("chr1", 4, 6, 0)), 20, 1, {"chr1": 10})
    assert starts.tolist() == [0]


@pytest.mark.parametrize(("apart", "n"), [(10, 1), (11, 2)])
def test_the_smallest_overlap_that_joins(apart, n):
    """Windows of 20 bp, of which 10 must be shared."""
    table = peaks(("chr1", 100, 102, 0), ("chr1", 100 + apart, 102 + apart, 0))
    _, starts, window = basset_windows(table, 20, 10, None)
    assert len(starts) == n
    np.testing.assert_array_equal(window, [0, n - 1])
