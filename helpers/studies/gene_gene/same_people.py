"""People who are in two cohorts, whatever their ids: found by their genotypes."""

import numpy as np

from helpers.data.panel import Panel

#: Share of genotypes in which two files of one person may differ.
DIFFERENT = 0.01
#: Of people who share a block of SNPs, at most so many are compared whole.
MOST_ALIKE = 5
COMPARED = 2**26  # genotypes compared at a time: bounds the memory


def shared_people(first: Panel, second: Panel) -> tuple[np.ndarray, float]:
    """Find people of a second cohort who have the genotypes of somebody in the first.

    All but one in a hundred genotypes are equal, of the SNPs that vary in both cohorts.
    Few SNPs make unrelated people equal: as often as people of one cohort equal each
    other, which holds whatever the linkage of SNPs.

    Parameters
    ----------
    first, second : Panel
        Of the same SNPs, the same alleles counted.

    Returns
    -------
    int array, shape (n_people of second,)
        Who in the first it is; -1 where nobody.
    float
        How many would be found by chance. All of them where no SNP varies.
    """
    ours, theirs = first.genotypes, second.genotypes
    varies = (np.ptp(ours, axis=1) > 0) & (np.ptp(theirs, axis=1) > 0)
    if not varies.any():
        return np.full(second.n_people, -1), float(second.n_people)
    ours, theirs = ours[varies], theirs[varies]
    alike = [(_equals(x, x, other=True) >= 0).mean() for x in (ours, theirs)]
    return _equals(ours, theirs), second.n_people * float(max(alike))


def _equals(
    first: np.ndarray, second: np.ndarray, *, other: bool = False
) -> np.ndarray:
    """Return for each column of `second` one of `first` that equals it, else -1.

    SNPs are dealt into one more block than may differ, so two equal people share a
    whole block: only those who share one are compared. With `other`, both arrays are
    the same people, of whom nobody equals himself.
    """
    n_blocks = int(DIFFERENT * len(first)) + 1
    found = np.full(second.shape[1], -1)
    for block in range(n_blocks):
        ours, theirs = (_keys(x[block::n_blocks]) for x in (first, second))
        order = np.argsort(ours, kind="stable")
        start = np.searchsorted(ours[order], theirs, side="left")
        n_alike = np.searchsorted(ours[order], theirs, side="right") - start
        for k in range(MOST_ALIKE + other):
            asked = np.flatnonzero((n_alike > k) & (found < 0))
            who = order[start[asked] + k]
            if other:
                asked, who = asked[who != asked], who[who != asked]
            same = _are_equal(first, second, who, asked)
            found[asked[same]] = who[same]
    return found


def _keys(counts: np.ndarray) -> np.ndarray:
    """Return a number for each column, equal where columns are: a random sum."""
    draw = np.random.default_rng(0)
    keys = np.zeros(counts.shape[1], dtype=np.uint64)
    for row in counts:
        keys += row.astype(np.uint64) * draw.integers(2**63, dtype=np.uint64)
    return keys


def _are_equal(
    first: np.ndarray, second: np.ndarray, who: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """Return whether columns `who` and `asked` differ in few enough genotypes."""
    same = np.zeros(len(who), dtype=bool)
    step = max(COMPARED // len(first), 1)
    for start in range(0, len(who), step):
        some = slice(start, start + step)
        differ = (first[:, who[some]] != second[:, asked[some]]).mean(axis=0)
        same[some] = differ <= DIFFERENT
    return same
