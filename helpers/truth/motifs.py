"""Binding motifs: what a protein likes to bind, position by position."""

import gzip
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from Bio import motifs as bio

BASES = "ACGT"
UNIFORM = (0.25, 0.25, 0.25, 0.25)
# The matrices the chapters need, each file with its source and terms.
FOLDER = Path(__file__).resolve().parents[2] / "data" / "motifs"

ROUNDING = 1e-3  # how far printed decimals may take a row's sum from one
# Biopython turns a MEME file's probabilities into whole counts of `nsites`; this
# many sites keep every printed digit.
FINE_SITES = 10**9


@dataclass(frozen=True, eq=False)
class Motif:
    """A position probability matrix (PPM) with its background.

    Parameters
    ----------
    name : str
        Unique within its file.
    ppm : array, shape (width, 4)
        Probability of A, C, G, T at each position; rows sum to one.
    background : array, shape (4,)
        Probability of A, C, G, T outside the motif.
    label : str
        What figures call it; the name if left empty.
    source : str
        Where it comes from.

    Raises
    ------
    ValueError
        If a shape is wrong, a probability negative or a row does not sum to one
        (within 0.001, for printed decimals; the rest is divided out).
    """

    name: str
    ppm: np.ndarray
    background: np.ndarray = UNIFORM
    label: str = ""
    source: str = ""

    def __post_init__(self):
        where = f"motif {self.name}"
        ppm = np.array(self.ppm, dtype=np.float64)
        background = np.array(self.background, dtype=np.float64)
        if ppm.ndim != 2 or ppm.shape[0] < 1 or ppm.shape[1] != 4:
            raise ValueError(
                f"{where}: the matrix must have shape (width, 4); got {ppm.shape}."
            )
        if background.shape != (4,):
            raise ValueError(
                f"{where}: the background must have 4 values; got {background.shape}."
            )
        ppm = _distributions(ppm, f"{where}: row")
        background = _distributions(background[None], f"{where}: background")[0]
        if not background.all():
            raise ValueError(f"{where}: the background must have no zeros.")
        object.__setattr__(self, "ppm", ppm)
        object.__setattr__(self, "background", background)
        object.__setattr__(self, "label", self.label or self.name)

    @property
    def width(self) -> int:
        """Number of positions, in bp."""
        return len(self.ppm)

    @property
    def consensus(self) -> str:
        """The likeliest base of each position (the first of equals)."""
        return "".join(BASES[i] for i in self.ppm.argmax(axis=1))

    @property
    def log_odds(self) -> np.ndarray:
        """The position weight matrix (PWM) in nats, shape (width, 4).

        Entry = ln(probability / background); a window's score is the sum of its
        entries and equals minus its binding energy in units of kT.
        """
        if not self.ppm.all():
            raise ValueError(
                f"motif {self.name} has zero probabilities; use .smoothed() first."
            )
        return np.log(self.ppm / self.background)

    @property
    def information(self) -> np.ndarray:
        """Information content of each position against the background, in bits."""
        ratio = np.where(self.ppm > 0, self.ppm / self.background, 1.0)
        return (self.ppm * np.log2(ratio)).sum(axis=1)  # (width,)

    def smoothed(self, probability: float = 0.001) -> "Motif":
        """Return the motif mixed with a little of the uniform distribution.

        Every entry becomes (1 - probability) p + probability / 4, so that no base is
        impossible and all log-odds are finite.
        """
        if not 0 < probability < 1:
            raise ValueError(
                f"probability must lie between 0 and 1; got {probability}."
            )
        return replace(self, ppm=(1 - probability) * self.ppm + probability / 4)


def read_motifs(path, format: str | None = None) -> dict[str, Motif]:
    """Read the motifs of a MEME or JASPAR file (plain or .gz), by name.

    MEME files hold probabilities and a background; JASPAR files hold counts, which
    are divided by their column's total, with the uniform background. The name is the
    first word of a motif's title line and the label its second. Lines that start with
    # before the first motif are comments.

    Parameters
    ----------
    path : str or Path
    format : {"meme", "jaspar"}, optional
        Left out, it is seen from the text.

    Returns
    -------
    dict of str to Motif, in the file's order

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing, empty, truncated, of another alphabet or format, if a
        row does not sum to one or two motifs share a name: one line that names the
        file and the motif.
    """
    text = re.sub(r"\A(?:\s*#.*\n)+", "", _text(path))
    format = format or ("jaspar" if text.lstrip().startswith(">") else "meme")
    if format not in _READERS:
        raise ValueError(f"format must be meme or jaspar; got {format!r}.")
    title, read = _READERS[format]
    header, *blocks = re.split(rf"(?m)^(?={title})", text)
    if not blocks:
        raise ValueError(f"{path}: no motifs found; is it a {format.upper()} file?")

    found = {}
    for block in blocks:
        name, label, *_ = [*block.splitlines()[0].removeprefix(title).split(), "", ""]
        if not name:
            raise ValueError(f"{path}: motif {len(found) + 1} has no name.")
        if name in found:
            raise ValueError(f"{path}: two motifs are called {name}.")
        try:
            ppm, background = read(header, block)
            found[name] = Motif(name, ppm, background, label, source=Path(path).name)
        except ValueError as error:
            reason = str(error).removeprefix(f"motif {name}: ")
            raise ValueError(f"{path}: motif {name}: {reason}") from None
    return found


def _read_meme(header: str, block: str):
    """Return PPM and background of one motif; the header is the file's own."""
    if "letter-probability matrix:" not in block:
        raise ValueError("it has no matrix.")
    block = re.sub(r"\bnsites=\s*\S+", "", block)
    block = block.replace("matrix:", f"matrix: nsites= {FINE_SITES}", 1)
    ppm, record = _parse(header + block, "minimal")
    declared = re.search(r"matrix:.*\bw=\s*(\d+)", block)
    if declared and len(ppm) != int(declared[1]):
        raise ValueError(f"{declared[1]} rows are declared; {len(ppm)} could be read.")
    return ppm / FINE_SITES, [record.background[base] for base in BASES]


def _read_jaspar(header: str, block: str):
    """Return PPM and background of one motif given as counts."""
    if header.strip():
        raise ValueError("text stands before the first title line.")
    counts, _ = _parse(block, "jaspar")
    totals = counts.sum(axis=1, keepdims=True)  # (width, 1)
    if (counts < 0).any() or not totals.all():
        raise ValueError("counts must not be negative and no column may be empty.")
    return counts / totals, UNIFORM


_READERS = {"meme": ("MOTIF", _read_meme), "jaspar": (">", _read_jaspar)}


def _parse(text: str, format: str):
    """Return the one matrix of a text, shape (width, 4), and Biopython's record."""
    try:
        record = bio.parse(io.StringIO(text), format)
    except Exception as error:  # Biopython lets whatever a bad file triggers escape
        reason = str(error).splitlines()[0].rstrip(".")
        raise ValueError(f"it cannot be read as {format} text: {reason}.") from None
    if len(record) != 1:
        raise ValueError("it has no complete matrix of four rows.")
    if record[0].alphabet != BASES:
        raise ValueError(f"the alphabet must be {BASES}; got {record[0].alphabet}.")
    return np.transpose([record[0].counts[base] for base in BASES]), record


def _distributions(rows: np.ndarray, where: str) -> np.ndarray:
    """Return `rows` (n, 4) normalised, if each is a distribution but for rounding."""
    for number, row in enumerate(rows, start=1):
        if not np.isfinite(row).all() or (row < 0).any():
            raise ValueError(f"{where} {number} must hold probabilities; got {row}.")
        if abs(row.sum() - 1) > ROUNDING:
            raise ValueError(f"{where} {number} must sum to 1; got {row.sum():.6g}.")
    return rows / rows.sum(axis=1, keepdims=True)


def _text(path) -> str:
    """Return the text of a plain or gzipped file."""
    opener = gzip.open if str(path).endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: no such motif file.") from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read as text; {error}.") from None
    if not text.strip():
        raise ValueError(f"{path}: the motif file is empty.")
    return text
