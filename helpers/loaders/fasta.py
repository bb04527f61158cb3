"""Genomes in FASTA files: how long chromosomes are, and the bases of windows."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyfaidx

from helpers import checks
from helpers.data.bases import UNKNOWN, letter_numbers


def chromosome_lengths(fasta) -> dict[str, int]:
    """Return the length of every sequence of a FASTA file in bp, in file order.

    A name is the first word of a title line.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is empty, no FASTA, compressed by plain gzip or names a sequence
        twice.
    """
    with _opened(fasta) as genome:
        return {name: len(genome[name]) for name in genome.keys()}  # noqa: SIM118


def base_ids(table: pd.DataFrame, fasta) -> np.ndarray:
    """Return the bases of windows as base numbers, A = 0, C = 1, G = 2, T = 3.

    An unknown base (N, or another letter that stands for several bases) is 4: all
    zeros once the networks write it as one-hot. So is whatever a window holds beyond
    the end of its chromosome. Letter case does not count. Each chromosome is read
    once, whole: its length in bytes, twice, is the memory needed.

    Parameters
    ----------
    table : DataFrame
        chrom, start, end, as in `Windows.table`: 0-based, half-open, all equally
        long; start may be negative and end lie beyond the chromosome.
    fasta : str or Path

    Returns
    -------
    array of uint8, shape (n_windows, size)

    Raises
    ------
    FileNotFoundError, ValueError
        As `chromosome_lengths`; or if a window has another length, its chromosome is
        not in the file, it lies wholly outside, or a letter is no base.
    """
    chroms, starts, size = _check_table(table)
    ids = np.empty((len(table), size), dtype=np.uint8)
    with _opened(fasta) as genome:
        for chrom, rows in pd.Series(range(len(table))).groupby(chroms, sort=False):
            rows = rows.to_numpy()
            if chrom not in genome:
                raise ValueError(f"{fasta} has no chromosome {chrom!r}.")
            numbers = _numbers(fasta, chrom, genome[chrom][:].seq)
            outside = (starts[rows] <= -size) | (starts[rows] >= len(numbers))
            if outside.any():
                start = starts[rows][outside][0]
                raise ValueError(
                    f"table row {rows[outside][0]} must touch {chrom} "
                    f"({len(numbers)} bp); got {start} to {start + size}."
                )
            padded = np.pad(numbers, size, constant_values=UNKNOWN)
            every_window = np.lib.stride_tricks.sliding_window_view(padded, size)
            ids[rows] = every_window[starts[rows] + size]
    return ids


@contextmanager
def _opened(fasta):
    """Open a FASTA file; its index stays beside it, unless the folder is read-only."""
    path = Path(fasta)
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist.")
    if path.stat().st_size == 0:
        raise ValueError(f"{path} is empty.")
    index = path.with_name(f"{path.name}.fai")
    fresh = index.is_file() and index.stat().st_mtime >= path.stat().st_mtime
    with tempfile.TemporaryDirectory() as folder:
        if not fresh and not os.access(path.parent, os.W_OK):
            index = Path(folder) / index.name
        try:
            genome = pyfaidx.Fasta(str(path), indexname=str(index))
        except Exception as error:  # pyfaidx lets many kinds escape
            raise ValueError(f"{path} cannot be used: {_reason(error)}.") from None
        try:
            if not len(genome.keys()):
                raise ValueError(f"{path} holds no sequence; is it a FASTA file?")
            yield genome
        finally:
            genome.close()


def _reason(error: Exception) -> str:
    text = (str(error).splitlines() or [type(error).__name__])[0]
    return text.rstrip(".")


def _numbers(fasta, chrom: str, text: str) -> np.ndarray:
    """Return the letters of a chromosome as base numbers, 4 where unknown."""
    numbers = letter_numbers(ambiguous=True)[
        np.frombuffer(text.encode("latin-1"), "u1")
    ]
    wrong = np.flatnonzero(numbers > UNKNOWN)
    if len(wrong):
        raise ValueError(
            f"{fasta}: {chrom} may hold only letters of bases; got "
            f"{text[wrong[0]]!r} at position {wrong[0]}."
        )
    return numbers


def _check_table(table: pd.DataFrame):
    """Return chromosomes (object), starts and the common length of windows."""
    for column in ("chrom", "start", "end"):
        if column not in getattr(table, "columns", ()):
            raise ValueError(f"table must have columns chrom, start, end; no {column}.")
    if not len(table):
        raise ValueError("table must hold at least one window; it is empty.")
    starts = checks.vector("table start", table["start"], dtype=np.int64)
    sizes = checks.vector("table end", table["end"], dtype=np.int64) - starts
    size = checks.integer("window size", sizes[0], at_least=1)
    other = np.flatnonzero(sizes != size)
    if len(other):
        raise ValueError(
            f"table must hold windows of one length; row 0 has {size} bp, row "
            f"{other[0]} {sizes[other[0]]}."
        )
    return table["chrom"].astype(object).to_numpy(), starts, size
