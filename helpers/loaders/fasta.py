"""Genomes in FASTA files: how long chromosomes are, and the bases of windows.

A file is read from its start to its end, a chromosome at a time, so no index is
needed and none can be out of date: a human genome takes some ten seconds.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.bases import UNKNOWN, letter_numbers
from helpers.data.kinds import PathLike
from helpers.loaders import text

_BLOCK = 1 << 24  # bytes read at once


def chromosome_lengths(fasta: PathLike) -> dict[str, int]:
    """Return the length of every sequence of a FASTA file in bp, in file order.

    A name is the first word of a title line. The file may be compressed with gzip or
    bgzip.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is empty or no FASTA file, a sequence has no name, a name that
        comes twice or no base, or the file ends before its .fai index says.
    """
    lengths = {name: len(letters) for name, letters in _records(fasta)}
    _check_whole(Path(fasta), lengths)
    return lengths


def read_sequences(fasta: PathLike) -> dict[str, str]:
    """Return the sequences of a FASTA file by name, in file order.

    A name is the first word of a title line. Letters become capitals; those that stand
    for several bases become N.

    Raises
    ------
    FileNotFoundError, ValueError
        As `chromosome_lengths`; or if a letter is no base.
    """
    letters = np.frombuffer(b"ACGTN", "u1")
    found = {
        name: letters[_numbers(fasta, name, sequence)].tobytes().decode()
        for name, sequence in _records(fasta)
    }
    _check_whole(Path(fasta), {name: len(text) for name, text in found.items()})
    return found


def base_ids(table: pd.DataFrame, fasta: PathLike) -> np.ndarray:
    """Return the bases of windows as base numbers, A = 0, C = 1, G = 2, T = 3.

    An unknown base (N, or another letter that stands for several bases) is 4: all
    zeros once the networks write it as one-hot. So is whatever a window holds beyond
    the end of its chromosome. Letter case does not count. The memory needed is a few
    times that of the longest chromosome.

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
    groups = pd.Series(range(len(table))).groupby(chroms, sort=False)
    rows_of = {chrom: rows.to_numpy() for chrom, rows in groups}
    lengths = {}
    for chrom, letters in _records(fasta):
        lengths[chrom] = len(letters)
        if chrom not in rows_of:
            continue
        rows, numbers = rows_of[chrom], _numbers(fasta, chrom, letters)
        _check_touch(chrom, rows, starts[rows], size, len(numbers))
        padded = np.pad(numbers, size, constant_values=UNKNOWN)
        every_window = np.lib.stride_tricks.sliding_window_view(padded, size)
        ids[rows] = every_window[starts[rows] + size]
    _check_whole(Path(fasta), lengths)
    for chrom in rows_of:
        if chrom not in lengths:
            raise ValueError(f"{fasta} has no chromosome {chrom!r}.")
    return ids


def _records(fasta: PathLike) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the letters of each sequence."""
    path = Path(fasta)
    seen: set[str] = set()
    for title, letters in _titled(path):
        name = title.decode("utf-8", "replace").split()[:1]
        if not name:
            raise ValueError(f"{path}: sequence {len(seen) + 1} has no name.")
        if name[0] in seen:
            raise ValueError(f"{path} must name each sequence once; {name[0]} twice.")
        if not letters:
            raise ValueError(f"{path} holds no base of {name[0]}; is the file whole?")
        seen.add(name[0])
        yield name[0], letters
    if not seen:
        raise ValueError(f"{path} is empty.")


def _titled(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield title line, without ">", and letters of each sequence."""
    title, parts, rest = None, [], b"\n"
    with text.opened(path) as file:
        while block := file.read(_BLOCK):
            # A CR ends a line, alone or before LF; the blank line does no harm.
            rest += block.replace(b"\r", b"\n")
            done = 0
            while (at := _before_title(rest, done)) >= 0:
                end = rest.find(b"\n", at + 2)
                if end < 0:
                    break  # the title goes on in the next block
                parts.append(_letters(rest[done:at]))
                yield from _finished(path, title, parts)
                title, parts, done = rest[at + 2 : end], [], end
            # Keep a title that is cut, or the last byte: "\n" may precede a ">".
            keep = at if at >= 0 else len(rest) - 1
            parts.append(_letters(rest[done:keep]))
            rest = rest[keep:]
    if rest.startswith(b"\n>"):  # a title line at the very end
        yield from _finished(path, title, parts)
        title, parts, rest = rest[2:], [], b""
    parts.append(_letters(rest))
    yield from _finished(path, title, parts)


def _before_title(lines: bytes, start: int) -> int:
    """Return where the next line end followed by ">" lies, -1 if there is none."""
    # A search for the rare ">" alone is several times as fast as one for both.
    at = lines.find(b">", start + 1)
    while at > 0 and lines[at - 1 : at] != b"\n":
        at = lines.find(b">", at + 1)
    return at - 1 if at > 0 else -1


def _letters(lines: bytes) -> bytes:
    """Return what is left without line ends and blanks."""
    for blank in (b"\n", b" ", b"\t"):  # several times as fast as bytes.translate
        lines = lines.replace(blank, b"")
    return lines


def _finished(
    path: Path, title: bytes | None, parts: list[bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """Yield a sequence; before the first title there must be no letter."""
    letters = b"".join(parts)
    if title is not None:
        yield title, letters
    elif letters:
        raise ValueError(
            f"{path} must start with a title line, as FASTA files do (>chr1); got "
            f"{letters[:20].decode('utf-8', 'replace')!r}."
        )


def _check_whole(path: Path, lengths: dict[str, int]) -> None:
    """Refuse a file that its index, if there is one, knows to go on.

    An index that says anything else is of another file and means nothing.
    """
    index = path.with_name(f"{path.name}.fai")
    try:
        rows = [line.split("\t") for line in index.read_text("utf-8").splitlines()]
        known = {row[0]: int(row[1]) for row in rows}
    except (OSError, ValueError, IndexError):
        return
    *whole, last = lengths
    same = list(known)[: len(lengths)] == list(lengths) and all(
        known[name] == lengths[name] for name in whole
    )
    if same and (known[last] > lengths[last] or len(known) > len(lengths)):
        got = f"{last} of {lengths[last]} bp"
        expected = f"{list(known)[-1]} of {list(known.values())[-1]} bp"
        raise ValueError(
            f"{path} is cut off: it ends with {got}, and by its index {index.name} "
            f"with {expected}; fetch it again, or delete the index."
        )


def _numbers(fasta: PathLike, chrom: str, letters: bytes) -> np.ndarray:
    """Return the letters of a chromosome as base numbers, 4 where unknown."""
    numbers = letter_numbers(ambiguous=True)[np.frombuffer(letters, "u1")]
    wrong = np.flatnonzero(numbers > UNKNOWN)
    if len(wrong):
        raise ValueError(
            f"{fasta}: {chrom} may hold only letters of bases; got "
            f"{chr(letters[wrong[0]])!r} at position {wrong[0]}."
        )
    return numbers


def _check_touch(
    chrom: str, rows: pd.DataFrame, starts: np.ndarray, size: int, length: int
) -> None:
    """Refuse windows that lie wholly outside their chromosome."""
    outside = (starts <= -size) | (starts >= length)
    if outside.any():
        start = starts[outside][0]
        raise ValueError(
            f"table row {rows[outside][0]} must touch {chrom} ({length} bp); "
            f"got {start} to {start + size}."
        )


def _check_table(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, int]:
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
