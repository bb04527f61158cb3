"""How peaks are joined: intervals over gaps, and windows that overlap."""

import heapq
import itertools
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.extras import extra

with extra("dna"):
    import bioframe


def joined(
    table: pd.DataFrame, gap: int | None, on: Sequence[str] | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Join intervals at most `gap` bp apart (None: that share a base).

    Returns the joined regions, sorted within each group, and the region of each row.
    """
    with warnings.catch_warnings():
        # bioframe 0.8 groups by a list of one column, which pandas announces to change
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)  # its kind before pandas 3
        columns = ["chrom", "start", "end", *(on or ())]
        clustered = bioframe.cluster(table[columns], min_dist=gap, on=on)
    region = clustered["cluster"].to_numpy()
    first = np.unique(region, return_index=True)[1]
    regions = clustered.iloc[first].drop(columns=["start", "end", "cluster"])
    regions = regions.rename(columns={"cluster_start": "start", "cluster_end": "end"})
    return regions.reset_index(drop=True), region


def basset_windows(
    table: pd.DataFrame, size: int, overlap: int, lengths: Mapping[str, int] | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return chromosome and start of each window, and the window of each peak."""
    chrom = table["chrom"].cat.codes.to_numpy()
    names = table["chrom"].cat.categories
    unknown = np.iinfo(np.int64).max // 2
    room = np.array([(lengths or {}).get(name, unknown) for name in names]) - size
    last = np.maximum(room, 0)[chrom]  # the last start inside, of each peak
    middle = (table["start"].to_numpy() + table["end"].to_numpy()) // 2
    starts = np.clip(middle - size // 2, 0, last)
    order = np.lexsort([starts, chrom])
    starts, chrom, cells = starts[order], chrom[order], table["cell"].to_numpy()[order]
    # Windows that overlap by less than `overlap` are never joined later either:
    # joining moves the edges of a run inwards. So every run is its own problem.
    apart = (chrom[1:] != chrom[:-1]) | (np.diff(starts) > size - overlap)
    edges = [0, *(np.flatnonzero(apart) + 1).tolist(), len(starts)]
    first = np.ones(len(starts), dtype=bool)  # whether a peak is its window's first
    for begin, end in itertools.pairwise(edges):
        if end - begin > 1:
            starts[begin:end], first[begin:end] = _join_run(
                starts[begin:end].tolist(), cells[begin:end].tolist(), size - overlap
            )
    window = np.empty(len(starts), dtype=np.int64)
    window[order] = np.cumsum(first) - 1
    return names[chrom[first]], starts[first], window


def _join_run(
    starts: list[int], cells: list[int], farthest: int
) -> tuple[list[int], list[bool]]:
    """Join windows of one run, the closest neighbours first, the left of equals.

    The heap holds every pair of neighbours; a pair whose distance has changed since
    is stale and passed over. Cell types are bits of a whole number.

    Returns starts (of the windows that are left) and which windows are left.
    """
    n = len(starts)
    members = [1 << cell for cell in cells]
    after = list(range(1, n + 1))
    before = list(range(-1, n - 1))
    left = [True] * n
    # distance and place in one number: it sorts like the pair, and faster
    heap = [(starts[i + 1] - starts[i]) * n + i for i in range(n - 1)]
    heapq.heapify(heap)
    while heap:
        distance, i = divmod(heapq.heappop(heap), n)
        if distance > farthest:
            break
        j = after[i]
        if not left[i] or j == n or starts[j] - starts[i] != distance:
            continue
        a, b = 1 + members[i].bit_count(), 1 + members[j].bit_count()
        starts[i] = (a * starts[i] + b * starts[j]) // (a + b)
        members[i] |= members[j]
        left[j] = False
        after[i] = k = after[j]
        if k < n:
            before[k] = i
            heapq.heappush(heap, (starts[k] - starts[i]) * n + i)
        h = before[i]
        if h >= 0:
            heapq.heappush(heap, (starts[i] - starts[h]) * n + h)
    return starts, left
