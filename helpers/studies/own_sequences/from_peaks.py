"""Peaks and a genome: windows around peaks, and negatives that are like them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.bases import UNKNOWN, decode
from helpers.data.kinds import PathLike
from helpers.loaders.bed import intervals
from helpers.loaders.fasta import base_ids, chromosome_lengths
from helpers.studies.own_sequences.composition import gc_share
from helpers.studies.own_sequences.reading import (
    SHUFFLED,
    Labelled,
    loci,
    with_shuffled,
)

PEAKS = (".bed", ".narrowpeak", ".bed.gz", ".narrowpeak.gz")
MATCHED = "matched"
CANDIDATES = 20  # random windows a peak, of which one with its share of G and C is kept
STEP = 0.02  # of the share of G and C within which a window is like a peak
#: Fields of a narrowPeak line: its strand, three numbers, and the summit, in bp from
#: the start, -1 where unknown.
STRAND, NUMBERS, SUMMIT = 5, slice(6, 9), 9
STRANDS = ("+", "-", ".")


def are_peaks(path: PathLike) -> bool:
    """Return whether a file is one of peaks, by its name."""
    return str(path).lower().endswith(PEAKS)


def read_peaks(
    path: PathLike,
    genome: PathLike,
    *,
    window: int = 200,
    negatives: str = MATCHED,
    seed: int = 0,
) -> Labelled:
    """Read windows around peaks, label 1, and as many that are none, label 0.

    A window lies around the summit that a narrowPeak line names, else around the
    middle of the peak. Windows that overlap are one group. What is left out, and how
    often, is said.

    Parameters
    ----------
    path : str or Path
        BED or narrowPeak, or .gz of one.
    genome : str or Path
        FASTA, or .gz of one.
    window : int
        bp.
    negatives : {"matched", "shuffled"}
        matched: random windows of the genome that overlap no peak and no window of
        one, each with the share of G and C of a positive (within 0.02); a positive
        without such a window stays without. shuffled: positives with their
        dinucleotides in another order.
    seed : int

    Raises
    ------
    FileNotFoundError, ValueError
        As `bed.intervals` and `fasta.base_ids`; or without a genome; if a summit lies
        outside its peak; if a window lies partly outside its chromosome in every row,
        or no window is like a peak.
    """
    if not str(genome):
        raise ValueError(f"genome must name a FASTA file for the peaks of {path}.")
    window = checks.integer("window", window, at_least=10)
    checks.one_of("negatives", negatives, (MATCHED, SHUFFLED))
    lengths = chromosome_lengths(genome)
    peaks = _peaks(path)
    unknown = set(peaks["chrom"]) - set(lengths)
    if unknown:
        raise ValueError(
            f"{genome} has no chromosome {sorted(unknown)[0]!r} of {path}."
        )
    table = _windows(peaks["chrom"], peaks["middle"] - window // 2, window)
    table = table[_inside(table, lengths)].reset_index(drop=True)
    outside = len(peaks) - len(table)
    if not len(table):
        raise ValueError(f"{path} has no window of {window} bp inside its chromosome.")
    bases = base_ids(table, genome)
    if negatives == SHUFFLED:
        read = with_shuffled(_names(table), list(decode(bases)), seed)
        return replace(read, said=_said(len(peaks), outside, 0))
    rng = np.random.default_rng([seed, 91])
    others = _random_windows(rng, CANDIDATES * len(table), lengths, window)
    taken = pd.concat([peaks, table])[["chrom", "start", "end"]]
    others = others[~_touching(others, taken)].reset_index(drop=True)
    if not len(others):
        raise ValueError(f"{genome} has no window of {window} bp without a peak.")
    found = base_ids(others, genome)
    known = (found < UNKNOWN).all(axis=1)
    others, found = others[known], found[known]
    chosen = _like(gc_share(bases), gc_share(found), rng)
    if not len(chosen):
        raise ValueError(f"{genome} has no window with the share of G and C of a peak.")
    sequences = [*decode(bases), *decode(found[chosen])]
    names = _names(table) + _names(others.iloc[chosen])
    labels = np.repeat([1.0, 0.0], [len(bases), len(chosen)])
    said = _said(len(peaks), outside, len(bases) - len(chosen))
    return Labelled(sequences, labels, loci(names, sequences), said)


def _said(n_peaks: int, outside: int, alone: int) -> str:
    """Say what is left out: windows beyond an end, positives without a negative."""
    said = ""
    if outside:
        said = (
            f"Of {n_peaks:,} peaks {outside:,} are left out: their windows do not lie "
            "within their chromosome."
        )
    if alone:
        said += (
            f" {alone:,} of {n_peaks - outside:,} positives have no negative: no "
            "random window is left with their share of G and C."
        )
    return said.strip()


def _peaks(path: PathLike) -> pd.DataFrame:
    """Return chrom, start, end and middle (the summit, if named) of each peak."""
    rows = []
    for line, fields, start, end in intervals(path):
        summit = fields[SUMMIT] if _is_narrow_peak(fields) else "-1"
        named = summit.isascii() and summit.isdigit()
        far = int(summit) if named else (end - start) // 2
        if far >= end - start or not (named or summit == "-1"):
            raise ValueError(
                f"{path} line {line} must have its summit (field {SUMMIT + 1}) within "
                "the peak, in whole bp from its start, or -1; got "
                f"{summit} in {end - start} bp."
            )
        rows.append((fields[0], start, end, start + far))
    if not rows:
        raise ValueError(f"{path} holds no peak.")
    return pd.DataFrame(rows, columns=["chrom", "start", "end", "middle"])


def _is_narrow_peak(fields: list[str]) -> bool:
    """Return whether a line is of narrowPeak: BED12 and tables have field 10, too."""
    if len(fields) != SUMMIT + 1 or fields[STRAND] not in STRANDS:
        return False
    try:
        return all(np.isfinite(float(field)) for field in fields[NUMBERS])
    except ValueError:
        return False


def _windows(chroms: np.ndarray, starts: np.ndarray, window: int) -> pd.DataFrame:
    starts = np.asarray(starts)
    columns = {"chrom": np.asarray(chroms, object), "start": starts}
    return pd.DataFrame(columns | {"end": starts + window})


def _inside(table: pd.DataFrame, lengths: dict[str, int]) -> np.ndarray:
    ends = table["chrom"].map(lengths)
    return ((table["start"] >= 0) & (table["end"] <= ends)).to_numpy()


def _random_windows(
    rng: np.random.Generator, n: int, lengths: dict[str, int], window: int
) -> pd.DataFrame:
    """Return windows anywhere in the genome, each place as likely as any other."""
    names = [name for name, length in lengths.items() if length >= window]
    room = np.array([lengths[name] - window + 1 for name in names])
    picked = rng.choice(len(names), n, p=room / room.sum())
    starts = (rng.random(n) * room[picked]).astype(int)
    return _windows(np.array(names, object)[picked], starts, window)


def _touching(table: pd.DataFrame, peaks: pd.DataFrame) -> np.ndarray:
    """Return which windows share a base with a peak."""
    touches = np.zeros(len(table), bool)
    for chrom, some in peaks.groupby("chrom"):
        rows = np.flatnonzero(table["chrom"] == chrom)
        # Peaks that start before a window ends, less those that end before it starts.
        before = np.searchsorted(np.sort(some["start"]), table["end"].iloc[rows])
        over = np.searchsorted(
            np.sort(some["end"]), table["start"].iloc[rows], side="right"
        )
        touches[rows] = before > over
    return touches


def _like(
    wanted: np.ndarray, offered: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return rows of those offered, one for each wanted share of its step, if any."""
    steps = np.floor(wanted / STEP).astype(int)
    has = np.floor(offered / STEP).astype(int)
    chosen = []
    for step in np.unique(steps):
        rows = rng.permutation(np.flatnonzero(has == step))
        chosen.append(rows[: (steps == step).sum()])
    return np.sort(np.concatenate(chosen))


def _names(table: pd.DataFrame) -> list[str]:
    return [f"{c}:{a}-{b}" for c, a, b in table[["chrom", "start", "end"]].to_numpy()]
