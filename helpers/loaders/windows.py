"""Peaks of many cell types -> windows of equal length, each open in some of them."""

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.bases import UNKNOWN
from helpers.data.kinds import PathLike
from helpers.data.splits import Split, chromosome_split, random_split
from helpers.loaders.fasta import base_ids, chromosome_lengths
from helpers.loaders.joining import basset_windows, joined
from helpers.loaders.peaks import Peaks, load_peaks, read_manifest

OVERLAP = 200  # bp, as Basset
RULES = ("thesis", "thesis-pooled", "basset")
_CACHE_FORMAT = 2  # raise it when the same files would give other windows


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of a genome and the cell types in which each is open.

    Parameters
    ----------
    table : DataFrame
        chrom, start, end (bp, 0-based, half-open), sorted; start may be negative and
        end lie beyond the chromosome, where the bases are unknown.
    labels : array of uint8, shape (n_windows, n_cells)
        1 where a peak of the cell type went into the window.
    names : tuple of str
        Cell types.
    dropped : DataFrame
        cell, chrom, peaks (a count), reason of the peaks that were not used.
    rule : str
        How peaks became windows.
    n_peaks : int
        Peaks that were used.
    n_unknown : int
        Windows that `load_windows` left out because no base in them is known.

    Indexing with rows (a mask, a slice, an array of numbers) gives those windows.
    """

    table: pd.DataFrame = field(repr=False)
    labels: np.ndarray = field(repr=False)
    names: tuple[str, ...]
    dropped: pd.DataFrame = field(repr=False)
    rule: str = ""
    n_peaks: int = 0
    n_unknown: int = 0

    def __post_init__(self) -> None:
        shape = (len(self.table), len(self.names))
        if self.labels.shape != shape:
            raise ValueError(
                f"labels must have shape {shape}, a row a window and a column a cell "
                f"type; got {self.labels.shape}."
            )

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, rows: Any) -> "Windows":
        table = self.table.iloc[rows].reset_index(drop=True)
        return replace(self, table=table, labels=self.labels[rows])

    def split(
        self,
        *,
        by: str = "chrom",
        validation: Sequence[str] = ("chr7",),
        test: Sequence[str] = ("chr8", "chr9"),
        fractions: tuple[float, float, float] = (0.8, 0.1, 0.1),
        seed: int = 0,
    ) -> Split:
        """Assign the windows to training, validation and test part.

        Parameters
        ----------
        by : {"chrom", "random"}
            "chrom" keeps chromosomes whole, so that no base is in two parts; "random"
            assigns windows one by one, as the thesis and Basset do, which lets
            overlapping windows into different parts.
        validation, test : sequence of str
            Chromosomes, if by "chrom"; by default those of the human genome that hold
            about 5% and 9% of the windows.
        fractions, seed
            As in `splits.random_split`, if by "random".

        Returns
        -------
        Split

        Raises
        ------
        ValueError
            If a part would be empty or a chromosome is in two parts.
        """
        checks.one_of("by", by, ("chrom", "random"))
        if by == "random":
            return random_split(len(self), seed=seed, fractions=fractions)
        return chromosome_split(self.table["chrom"], validation=validation, test=test)

    def report(self) -> str:
        """Return what the windows are and which peaks were dropped, and why."""
        open_in = self.labels.sum(axis=0, dtype=np.int64)
        lines = [
            f"{len(self):,} windows on {self.table['chrom'].nunique()} chromosomes "
            f"from {self.n_peaks:,} peaks of {len(self.names)} cell types (rule "
            f"{self.rule}).",
            f"Open in a cell type: {open_in.min():,} to {open_in.max():,} windows.",
            f"{overlapping(self.table):,} windows overlap the one before.",
        ]
        for (chrom, reason), rows in self.dropped.groupby(["chrom", "reason"]):
            lines.append(
                f"Dropped: {rows['peaks'].sum():,} peaks of {len(rows)} cell types on "
                f"{chrom}, {reason}."
            )
        if not len(self.dropped):
            lines.append("No peak was dropped.")
        if self.n_unknown:
            lines.append(f"Left out: {self.n_unknown:,} windows without a known base.")
        if len(self.names) == 1:
            lines.append(
                "There is one cell type, and every window is open in it: nothing that "
                "could be predicted, and areas under curves do not exist."
            )
        return "\n".join(lines)


def overlapping(table: pd.DataFrame) -> int:
    """Return how many windows of a sorted table share a base with the one before."""
    chrom, start, end = (table[name].to_numpy() for name in ("chrom", "start", "end"))
    return int(((chrom[1:] == chrom[:-1]) & (start[1:] < end[:-1])).sum())


def make_windows(
    peaks: Peaks,
    *,
    rule: str = "thesis-pooled",
    size: int = 600,
    gap: int = 200,
    overlap: int | None = None,
) -> Windows:
    """Join the peaks of all cell types and cut windows of one length around them.

    Parameters
    ----------
    peaks : Peaks
    rule : {"thesis", "thesis-pooled", "basset"}
        thesis: peaks of one cell type at most `gap` bp apart become one region;
        regions of different cell types that overlap become a joint region, and a
        window is cut around its centre. Neighbouring windows may overlap.

        thesis-pooled: the same in one pass, with peaks of all cell types at most
        `gap` bp apart joined at once; fewer, wider regions.

        basset: a window is cut around every peak, then the two neighbours with the
        largest overlap are joined, again and again while it is at least `overlap` bp;
        the new centre is their mean, weighted by 1 + the number of cell types. Windows
        are shifted to start at 0 or later and, if `peaks.lengths` is known, to end
        within the chromosome.
    size : int
        Length of a window, bp.
    gap : int
        Largest distance of peaks that are joined, bp; for the two rules of the thesis.
    overlap : int, optional
        Smallest overlap of windows that are joined, bp; for rule basset alone. By
        default 200, or `size` where that is less.

    Returns
    -------
    Windows
        Sorted by chromosome name and place.

    Raises
    ------
    ValueError
        If there is no peak, or a setting is out of bounds.

    Source
    ------
    The thesis: van den Bogaard. Basset: Kelley, Snoek and Rinn (2016), Genome
    Research 26, 990-999; its options were overlap 200, size 600 and skip chrY.

    Differs from the paper
    ----------------------
    Basset rounds the number of windows to whole batches; here every window is kept.
    """
    checks.one_of("rule", rule, RULES)
    size = checks.integer("size", size, at_least=1)
    gap = checks.integer("gap", gap, at_least=0)
    if overlap is None:
        overlap = min(OVERLAP, size)
    overlap = checks.integer(
        "overlap", overlap, at_least=1, at_most=size if rule == "basset" else None
    )
    if not len(peaks):
        raise ValueError("peaks must hold at least one peak; it is empty.")
    table = peaks.table.astype({"chrom": "category"})
    if rule == "basset":
        chroms, starts, window = basset_windows(table, size, overlap, peaks.lengths)
    else:
        if rule == "thesis":
            regions, region = joined(table, gap, on=["cell"])
            regions, joint = joined(regions, None)
            window = joint[region]
        else:
            regions, window = joined(table, gap)
        chroms = regions["chrom"]
        starts = ((regions["start"] + regions["end"]) // 2 - size // 2).to_numpy()
    labels = np.zeros((len(starts), len(peaks.names)), dtype=np.uint8)
    labels[window, table["cell"]] = 1
    return Windows(
        pd.DataFrame(
            {"chrom": np.asarray(chroms), "start": starts, "end": starts + size}
        ),
        labels,
        peaks.names,
        peaks.dropped,
        rule,
        len(table),
    )


def load_windows(
    manifest: PathLike,
    fasta: PathLike,
    *,
    rule: str = "thesis-pooled",
    size: int = 600,
    gap: int = 200,
    overlap: int | None = None,
    skip: Sequence[str] = (),
    cache: PathLike | None = None,
) -> tuple[Windows, np.ndarray]:
    """Turn the peak files of a manifest and a genome into what a network reads.

    Parameters
    ----------
    manifest : str or Path
        A line a cell type: name, tab, path of its BED or narrowPeak file.
    fasta : str or Path
        The genome the peaks refer to.
    rule, size, gap, overlap
        As in `make_windows`.
    skip : sequence of str
        Chromosomes to leave out.
    cache : str or Path, optional
        Folder in which the result is kept; it is found again by the content of all
        files and the settings.

    Returns
    -------
    Windows
        Those of `make_windows` in which at least one base is known.
    array of uint8, shape (n_windows, size)
        Base numbers, 4 where unknown or beyond the chromosome.

    Raises
    ------
    FileNotFoundError, ValueError
        If a file is missing or cannot be used: one line names the file, the line, the
        rule and the value; or if no window has a known base.

    Examples
    --------
    >>> import pandas as pd
    >>> from helpers import load_windows
    >>> genome = pd.DataFrame([">chr1", "ACGT" * 500])  # files, in place of your own
    >>> peaks = pd.DataFrame([["chr1", 300, 500], ["chr1", 1200, 1500]])
    >>> manifest = pd.DataFrame([["K562", "peaks.bed"]])
    >>> files = {"genome.fa": genome, "peaks.bed": peaks, "cells.tsv": manifest}
    >>> for name, table in files.items():
    ...     table.to_csv(name, sep=chr(9), header=False, index=False)
    >>> windows, bases = load_windows("cells.tsv", "genome.fa", size=200)
    >>> windows.table
      chrom  start   end
    0  chr1    300   500
    1  chr1   1250  1450
    >>> bases.shape
    (2, 200)
    """
    settings = {"rule": rule, "size": size, "gap": gap, "overlap": overlap}
    stored = None
    if cache is not None:
        key = _content_key(manifest, fasta, {**settings, "skip": list(skip)})
        stored = Path(cache) / f"windows-{key[:16]}.npz"
        if stored.is_file():
            return _read_cache(stored)
    lengths = chromosome_lengths(fasta)
    peaks = load_peaks(manifest, lengths=lengths, skip=skip)
    windows = make_windows(peaks, rule=rule, size=size, gap=gap, overlap=overlap)
    ids = base_ids(windows.table, fasta)
    known = (ids != UNKNOWN).any(axis=1)
    if not known.any():
        raise ValueError(
            f"{fasta} must have a known base in some window; all {len(known)} windows "
            "hold nothing but N."
        )
    if not known.all():
        windows = replace(windows[known], n_unknown=int((~known).sum()))
        ids = ids[known]
    if stored is not None:
        _write_cache(stored, windows, ids)
    return windows, ids


# -- keeping ----------------------------------------------------------------------


def _content_key(manifest: PathLike, fasta: PathLike, settings: dict) -> str:
    """Return a checksum of everything that the windows depend on."""
    files = read_manifest(manifest)
    digest = hashlib.sha256(repr((_CACHE_FORMAT, settings, list(files))).encode())
    for path in (*files.values(), Path(fasta)):
        if not path.is_file():
            raise FileNotFoundError(f"{path} does not exist.")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _write_cache(path: Path, windows: Windows, ids: np.ndarray) -> None:
    """Write windows and bases to a temporary name, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        unfinished = Path(folder) / "windows.npz"
        dropped = windows.dropped
        np.savez(
            unfinished,
            ids=ids,
            labels=np.packbits(windows.labels, axis=1),
            names=np.array(windows.names, dtype=str),
            rule=np.array(windows.rule),
            n_peaks=np.array(windows.n_peaks),
            n_unknown=np.array(windows.n_unknown),
            chrom=windows.table["chrom"].to_numpy(dtype=str),
            start=windows.table["start"].to_numpy(),
            dropped_peaks=dropped["peaks"].to_numpy(dtype=np.int64),
            **{
                f"dropped_{column}": dropped[column].to_numpy(dtype=str)
                for column in ("cell", "chrom", "reason")
            },
        )
        os.replace(unfinished, path)


def _read_cache(path: Path) -> tuple[Windows, np.ndarray]:
    try:
        with np.load(path) as file:
            stored = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} cannot be read; delete it: {error}.") from None
    ids, start = stored["ids"], stored["start"]
    table = pd.DataFrame(
        {
            "chrom": stored["chrom"].astype(object),
            "start": start,
            "end": start + ids.shape[1],
        }
    )
    dropped = pd.DataFrame(
        {
            column: stored[f"dropped_{column}"].tolist()
            for column in ("cell", "chrom", "peaks", "reason")
        }
    )
    names = tuple(stored["names"].tolist())
    labels = np.unpackbits(stored["labels"], axis=1, count=len(names))
    rule = str(stored["rule"])
    n_peaks, n_unknown = int(stored["n_peaks"]), int(stored["n_unknown"])
    return Windows(table, labels, names, dropped, rule, n_peaks, n_unknown), ids
