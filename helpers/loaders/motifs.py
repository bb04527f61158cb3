"""Motif files: MEME and JASPAR.

Read here rather than by a library: those at hand refuse a MEME file without its
optional lines, take log-odds for probabilities, and read the first four of six rows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from helpers.data.files import shipped
from helpers.data.kinds import PathLike
from helpers.data.motifs import BASES, UNIFORM, Motif
from helpers.loaders import text

# The matrices the chapters need, each file with its source and terms.
FOLDER = shipped("motifs")

_TITLES = {"meme": r"MOTIF\b", "jaspar": ">"}  # how the title of a motif starts
_MATRIX = "letter-probability matrix:"
_BACKGROUND = "Background letter frequencies"


def read_motifs(
    path: PathLike, format: str | None = None, *, as_printed: bool = False
) -> dict[str, Motif]:
    """Read the motifs of a MEME or JASPAR file, plain or compressed, by name.

    MEME files hold probabilities and a background, uniform if they give none: minimal
    files, and what the program itself prints. JASPAR files hold counts, in rows A, C,
    G and T, which are divided by their column's total, with the uniform background.
    The name is the first word of a motif's title line and the label its second. Lines
    that start with # are comments.

    Parameters
    ----------
    path : str or Path
    format : {"meme", "jaspar"}, optional
        Left out, it is seen from the text.
    as_printed : bool
        Keep a MEME file's rows as they are printed, as in `Motif`.

    Returns
    -------
    dict of str to Motif, in the file's order

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing, empty, truncated, of another alphabet or format, if a
        row does not sum to one, there are more or fewer rows than declared, or two
        motifs share a name: one line that names the file and the motif.

    Examples
    --------
    >>> from helpers import read_motifs
    >>> from helpers.loaders.motifs import FOLDER  # those that come with the package
    >>> motifs = read_motifs(FOLDER / "encode.meme")
    >>> motifs["GATA_disc1"].consensus
    'GCAGATAAGG'
    """
    lines = [line for _, line in text.lines(path) if not line.startswith("#")]
    if not lines:
        raise ValueError(f"{path}: the motif file is empty.")
    if format is None:
        meme = any(re.match(r"MEME version|MOTIF\b", line) for line in lines)
        titled = any(line.startswith(">") for line in lines)
        format = "jaspar" if titled and not meme else "meme"
    if format not in _TITLES:
        raise ValueError(f"format must be meme or jaspar; got {format!r}.")
    header, blocks = _blocks(lines, _TITLES[format])
    if not blocks:
        raise ValueError(f"{path}: no motifs found; is it a {format.upper()} file?")
    try:
        background = _meme_header(header) if format == "meme" else _no_header(header)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    read = _meme_matrix if format == "meme" else _jaspar_matrix

    found = {}
    for title, rows in blocks:
        name, label = _names(title)
        if not name:
            raise ValueError(f"{path}: motif {len(found) + 1} has no name.")
        if name in found:
            raise ValueError(f"{path}: two motifs are called {name}.")
        try:
            source = Path(path).name
            ppm = read(rows)
            found[name] = Motif(name, ppm, background, label, source, as_printed)
        except ValueError as error:
            reason = str(error).removeprefix(f"motif {name}: ")
            raise ValueError(f"{path}: motif {name}: {reason}") from None
    return found


def _blocks(
    lines: list[str], title: str
) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Return the lines before the first motif, and title and lines of each motif."""
    starts = [i for i, line in enumerate(lines) if re.match(title, line)]
    edges = [*starts, len(lines)]
    blocks = [
        (re.sub(title, "", lines[a], count=1), lines[a + 1 : b])
        for a, b in pairwise(edges)
    ]
    return lines[: edges[0]], blocks


def _names(title: str) -> tuple[str, str]:
    """Return name and label; the program MEME writes ``width = 7`` after them."""
    words = re.split(r"\bwidth\s*=", title)[0].split()
    name, label, *_ = [*words, "", ""]  # type: ignore[misc]  # split gives text
    return name, label


# -- MEME -------------------------------------------------------------------------


def _meme_header(lines: list[str]) -> Sequence[float]:
    """Return the background, if the header is one of a MEME file of DNA."""
    if not any(line.startswith("MEME version") for line in lines):
        raise ValueError("a MEME file must have a line MEME version; it has none.")
    for line in lines:
        # ALPHABET= ACGT, or the name of an alphabet that is spelt out below it
        given = re.match(r"ALPHABET(?:\s*=\s*(\S+)|\s+\"?(\w+))", line)
        letters = given and (given[1] or given[2])
        if letters and letters not in (BASES, "DNA"):
            raise ValueError(f"the alphabet must be {BASES}; got {letters}.")
    starts = [i for i, line in enumerate(lines) if line.startswith(_BACKGROUND)]
    if not starts:
        return UNIFORM
    frequencies = re.match(
        r"\s*A\s+(\S+)\s+C\s+(\S+)\s+G\s+(\S+)\s+T\s+(\S+)",
        " ".join(lines[starts[0] + 1 :]),
    )
    numbers = _floats(frequencies.groups()) if frequencies else None
    if numbers is None:
        raise ValueError("the background must read like A 0.3 C 0.2 G 0.2 T 0.3.")
    return numbers


def _meme_matrix(lines: list[str]) -> np.ndarray:
    """Return the probabilities of one motif, shape (width, 4)."""
    starts = [i for i, line in enumerate(lines) if line.lstrip().startswith(_MATRIX)]
    if not starts:
        raise ValueError(f"it has no {_MATRIX.removesuffix(':')}.")
    declared = dict(re.findall(r"(\w+)=\s*(\S+)", lines[starts[0]]))
    if declared.get("alength", "4") != "4":
        raise ValueError(f"alength= must be 4 for DNA; got {declared['alength']}.")
    rows = list(_rows_of_numbers(lines[starts[0] + 1 :]))
    width = declared.get("w", str(len(rows)))
    if width != str(len(rows)):
        raise ValueError(f"w= {width} rows are declared; {len(rows)} could be read.")
    if not rows:
        raise ValueError("its matrix has no row.")
    return np.array(rows)


def _rows_of_numbers(lines: list[str]) -> Iterator[list[float]]:
    """Yield rows of four numbers up to the first line that is something else."""
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if _floats(words[:1]) is None and len(words) != 4:
            return
        row = _floats(words)
        if row is None or len(row) != 4:
            raise ValueError(f"row {number} must hold 4 numbers; got {line.strip()!r}.")
        yield row


# -- JASPAR -----------------------------------------------------------------------


def _no_header(lines: list[str]) -> Sequence[float]:
    """Return the background, if nothing stands before the first title."""
    if lines:
        raise ValueError(
            f"text stands before the first title line: {lines[0].strip()[:40]!r}."
        )
    return UNIFORM


def _jaspar_matrix(lines: list[str]) -> np.ndarray:
    """Return the probabilities of one motif given as counts, shape (width, 4)."""
    letters, rows = "", []
    for number, line in enumerate(lines, start=1):
        # A [ 1 2 3 ], A| 1 2 3, A: 1 2 3, or without the letter
        letter, cells = re.fullmatch(  # type: ignore[union-attr]  # matches any line
            r"\s*(?:([A-Za-z])\b[\s|:]*)?\[?([^\]]*)\]?.*", line
        ).groups()
        letters += (letter or "").upper()
        rows.append(_floats(cells.split()))
        if not rows[-1]:
            raise ValueError(f"row {number} must hold counts; got {line.strip()!r}.")
    _check_jaspar(letters, rows)
    order = [letters.index(base) for base in BASES] if letters else range(4)
    counts = np.array(rows)[order].T  # (width, 4)
    totals = counts.sum(axis=1, keepdims=True)  # (width, 1)
    if (counts < 0).any() or not totals.all():
        raise ValueError("counts must not be negative and no column may be empty.")
    return counts / totals


def _check_jaspar(letters: str, rows: list) -> None:
    """Refuse what are not four equally long rows, A, C, G and T."""
    widths = {len(row) for row in rows}
    turned = widths == {4} and (len(rows) != 4 or _turned(rows))
    if turned:
        raise ValueError(
            f"{len(rows)} rows of four numbers are one position a row, as HOMER and "
            "ENCODE write them; JASPAR has rows A, C, G and T. Turn the matrix, or "
            "write it as MEME."
        )
    if len(rows) != 4:
        raise ValueError(f"it must have four rows, A, C, G and T; got {len(rows)}.")
    if letters and sorted(letters) != list(BASES):
        raise ValueError(f"its rows must be A, C, G and T; got {', '.join(letters)}.")
    if len(widths) > 1:
        raise ValueError(f"its rows must be equally long; got {sorted(widths)}.")


def _turned(rows: list[list[float]]) -> bool:
    """Return whether rows of a square matrix add up to the same, and columns do not."""
    across, down = (np.sum(rows, axis=axis) for axis in (1, 0))
    return np.allclose(across, across[0], 0.01) and not np.allclose(down, down[0], 0.01)


def _floats(words: Iterable[str]) -> list[float] | None:
    """Return words as numbers, or None if one is no number or not finite."""
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None
