"""SNPs of another cohort, in the alleles that the networks of a first one counted.

A SNP is the same if its name *and* its alleles are. A file may count the other allele,
or name both on the other strand: then its counts are turned. What cannot be told is
refused, as a count of the wrong allele changes the sign of an effect without a word.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import PathLike
from helpers.data.panel import Panel
from helpers.loaders import plink
from helpers.loaders.snp_filters import fill_missing_counts

_OTHER_STRAND = str.maketrans("ACGT", "TGCA")
UNKNOWN = "0"  # an allele that nobody in the file has
#: Nearer to one half, a frequency does not tell A/T or C/G from the other strand.
NEAR_HALF = 0.08
#: SNPs that tell the strand from which on those that do not are read as written, if
#: none of them is on the other one.
TELLING = 20
#: Frequencies of two cohorts that differ by more are reported.
FAR = 0.2
MAX_MISSING_PERSON = 0.05
#: What `plink.load_panel` makes of a SNP without an id of its own: rs7#12, .#13.
BY_ROW = re.compile(r".#\d+$")
NO_ID = "."
NOT_THERE, NAMELESS = "!not in the file", "!no id where it was learned"
NAMING = "plink2 --set-all-var-ids '@:#' --make-bed names both files by position"


@dataclass(frozen=True)
class SnpList:
    """The SNPs that networks read, gene by gene.

    Parameters
    ----------
    genes : sequence of str
    sizes : sequence of int
        SNPs of each gene.
    snps : sequence of str
        Names, in the order that networks read them.
    alleles : sequence of (str, str)
        The counted one and the other.
    frequencies : array, shape (n_snps,)
        Of the counted allele, among those who learned.
    """

    genes: tuple[str, ...]
    sizes: tuple[int, ...]
    snps: tuple[str, ...]
    alleles: tuple[tuple[str, str], ...]
    frequencies: np.ndarray

    @classmethod
    def of(cls, panel: Panel) -> "SnpList":
        """Return the SNPs of a panel whose alleles are known."""
        if not panel.alleles:
            raise ValueError(
                "panel must know the alleles of its SNPs, as one of load_panel does."
            )
        return cls(
            panel.genes, panel.sizes, panel.snps, panel.alleles, panel.frequencies()
        )


def without_id(names: Sequence[str]) -> list[str]:
    """Return the SNPs that have no id of their own, so that no other file names them.

    names : of a panel of `plink.load_panel`, which calls them by their row
    """
    return [name for name in names if BY_ROW.search(name)]


def match_panel(
    bed: PathLike,
    wanted: SnpList,
    *,
    people: Sequence[str] | None = None,
    absent: str = "error",
) -> Panel:
    """Read the SNPs of a list from another cohort, in the list's order and alleles.

    A genotype that is missing becomes the SNP's most frequent one; people who miss more
    than 5% go. Alleles A/T and C/G read alike on both strands. They are read as
    written where 20 other SNPs or more tell the strand and none is on the other one;
    else the frequency decides, and near one half nothing does.

    Parameters
    ----------
    bed : str or Path
        PLINK 1 .bed file, with .bim and .fam beside it.
    wanted : SnpList
    people : sequence of str, optional
        Who to read, as `plink.read_fam` calls them; by default all.
    absent : {"error", "fill"}
        What to do with a SNP that is not there, or that cannot be told: raise, or give
        everybody the first cohort's most frequent count. A gene needs one SNP that is.

    Returns
    -------
    Panel
        `dropped` names what was turned, filled or left out, and why.

    Raises
    ------
    FileNotFoundError
        If one of the three files is missing.
    ValueError
        If a SNP of the list is not there or has other alleles, or all of a gene's.
    """
    checks.one_of("absent", absent, ("error", "fill"))
    bed = Path(bed)
    bim = plink.read_bim(bed.with_suffix(".bim"))
    found = [_found(bim, rows, wanted, k) for k, rows in _rows(bim, wanted)]
    there = np.array([row >= 0 for row, _ in found])
    rows = np.array([row for row, _ in found])[there]
    read, names = plink.read_counts(bed, rows, people=people)
    counts = np.full((len(found), len(names)), -1, dtype=np.int8)
    counts[there] = np.where(read < 0, -1, read)
    notes = [note for _, note in found]
    one_strand = _is_one_strand(notes, wanted)
    for k in np.flatnonzero(there).tolist():
        notes[k], counts[k] = _turned(notes[k], counts[k], wanted, k, one_strand)
    refused = np.flatnonzero([note.startswith("!") for note in notes])
    _check_refused(bed, bim, wanted, notes, refused, absent)
    gone, n_filled = _complete(counts, refused, wanted)
    report = _report(wanted, notes, np.array(names)[gone], n_filled)
    return Panel(
        np.ascontiguousarray(counts[:, ~gone]),
        wanted.sizes,
        wanted.genes,
        wanted.snps,
        tuple(np.array(names)[~gone].tolist()),
        report,
        settings={"bed": bed.name, "absent": absent},
        details={"n_filled": n_filled},
        alleles=wanted.alleles,
    )


def _rows(bim: pd.DataFrame, wanted: SnpList) -> list[tuple[int, list[int]]]:
    """Return the number of each SNP with the rows of the .bim file of its name."""
    groups: Mapping = bim.groupby("snp", sort=False).indices
    return [(k, list(groups.get(name, ()))) for k, name in enumerate(wanted.snps)]


def _found(
    bim: pd.DataFrame, rows: list[int], wanted: SnpList, k: int
) -> tuple[int, str]:
    """Return the row of a SNP and how its alleles are named there.

    -1 and a reason that starts with "!" if there is none.
    """
    alleles = wanted.alleles[k]
    if not rows:
        nameless = BY_ROW.search(wanted.snps[k])
        return -1, NAMELESS if nameless else NOT_THERE
    there = [tuple(bim[["allele1", "allele2"]].iloc[row]) for row in rows]
    fits = [
        (row, how)
        for row, have in zip(rows, there, strict=True)
        if (how := _relation(alleles, have)) is not None
    ]
    if not fits:
        return -1, f"!alleles {'/'.join(there[0])} there, {'/'.join(alleles)} learned"
    if len(fits) > 1:
        return -1, "!twice in the file with these alleles"
    return fits[0]


def _relation(want: tuple[str, str], have: tuple[str, ...]) -> str | None:
    """Return how a file names two alleles: "", what differs, or None."""
    counted, other = (allele.upper() for allele in want)
    first, second = (allele.upper() for allele in have)
    for strand in ("", "other strand"):
        if _same(first, counted) and _same(second, other):
            return strand
        if _same(first, other) and _same(second, counted):
            return ", ".join(filter(None, ("other allele counted", strand)))
        first, second = (a.translate(_OTHER_STRAND) for a in (first, second))
    return None


def _same(one: str, other: str) -> bool:
    """Return whether two alleles are one; an allele that nobody has fits any."""
    return one in (other, UNKNOWN)


def _is_alike(alleles: tuple[str, str]) -> bool:
    """Return whether two alleles read alike on both strands: A/T, C/G."""
    return alleles[0].upper().translate(_OTHER_STRAND) == alleles[1].upper()


def _is_one_strand(notes: list[str], wanted: SnpList) -> bool:
    """Return whether enough SNPs tell the strand, and none is on the other one."""
    telling = [
        note
        for note, alleles in zip(notes, wanted.alleles, strict=True)
        if not note.startswith("!") and not _is_alike(alleles)
    ]
    return len(telling) >= TELLING and not any("strand" in note for note in telling)


def _turned(
    note: str, counts: np.ndarray, wanted: SnpList, k: int, one_strand: bool
) -> tuple[str, np.ndarray]:
    """Return the note on a SNP, and its counts of the allele that was learned."""
    seen = counts >= 0
    if "other allele" in note:
        counts = np.where(seen, 2 - counts, counts)
    if not seen.any():
        return "!no genotype of it", counts
    here, learned = counts[seen].mean() / 2, wanted.frequencies[k]
    if _is_alike(wanted.alleles[k]) and not one_strand:
        if min(abs(here - 0.5), abs(learned - 0.5)) < NEAR_HALF:
            return "!A/T or C/G near one half: which strand?", counts
        if abs(1 - here - learned) < abs(here - learned):
            counts, here = np.where(seen, 2 - counts, counts), 1 - here
            note = ", ".join(filter(None, (note, "other strand, by its frequency")))
    if abs(here - learned) > FAR:
        note = ", ".join(filter(None, (note, f"frequency differs by over {FAR}")))
    return note, counts.astype(np.int8)


def _check_refused(
    bed: Path,
    bim: pd.DataFrame,
    wanted: SnpList,
    notes: list[str],
    refused: np.ndarray,
    absent: str,
) -> None:
    """Raise where SNPs are refused, or no SNP of a gene is left."""
    if not len(refused):
        return
    name, why = wanted.snps[refused[0]], notes[refused[0]][1:]
    said = f"{len(refused)} of {len(notes)} SNPs, the first {name!r} ({why})"
    ids = _said_of_ids(bim, wanted, notes, refused)
    if absent == "error":
        raise ValueError(
            f"{bed.name} must hold the SNPs that the networks learned; it lacks {said}."
            f"{ids}"
            ' absent="fill" gives everybody the first cohort\'s most frequent count.'
        )
    ends = np.cumsum(wanted.sizes)
    owner = Counter(np.searchsorted(ends, refused, side="right").tolist())
    for gene, n in owner.items():
        if n == wanted.sizes[gene]:
            raise ValueError(
                f"{bed.name} has no SNP of gene {wanted.genes[gene]!r} that can be "
                f"told; it lacks {said}.{ids}"
            )


def _said_of_ids(
    bim: pd.DataFrame, wanted: SnpList, notes: list[str], refused: np.ndarray
) -> str:
    """Say how many SNPs without an id there are in either file; "" without any."""
    missed = any(notes[k] in (NOT_THERE, NAMELESS) for k in refused)
    counts = {
        "there": int(missed and (bim["snp"] == NO_ID).sum()),
        "where they were learned": len(without_id([wanted.snps[k] for k in refused])),
    }
    some = [f"{n} SNPs have no id {where}" for where, n in counts.items() if n]
    return f" {' and '.join(some)}: {NAMING}." if some else ""


def _complete(
    counts: np.ndarray, refused: np.ndarray, wanted: SnpList
) -> tuple[np.ndarray, int]:
    """Fill counts in place; return who misses too many, and how many were filled."""
    there = np.ones(len(counts), dtype=bool)
    there[refused] = False
    gone = (counts[there] < 0).mean(axis=0) > MAX_MISSING_PERSON
    if gone.all():
        raise ValueError("no person has enough genotypes of the SNPs learned.")
    kept = counts[there]
    n_filled = int((kept[:, ~gone] < 0).sum())
    fill_missing_counts(kept)
    counts[there] = kept
    p = wanted.frequencies[refused]
    likely = np.stack([(1 - p) ** 2, 2 * p * (1 - p), p**2]).argmax(0)
    counts[refused] = likely[:, None]
    return gone, n_filled


def _report(
    wanted: SnpList, notes: list[str], gone: np.ndarray, n_filled: int
) -> pd.DataFrame:
    """Return what was turned, filled or left out."""
    report = [
        ("SNP", name, note[1:] + ", set to the most frequent"
         if note.startswith("!") else note)
        for name, note in zip(wanted.snps, notes, strict=True)
        if note
    ]  # fmt: skip
    reason = f"over {MAX_MISSING_PERSON:g} missing"
    report += [("person", str(person), reason) for person in gone]
    if n_filled:
        reason = "missing, set to the SNP's most frequent"
        report.append(("genotypes", str(n_filled), reason))
    return pd.DataFrame(report, columns=["kind", "item", "reason"])
