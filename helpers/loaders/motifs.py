"""Motif files: MEME and JASPAR."""

import gzip
import io
import re
from pathlib import Path

import numpy as np
from Bio import motifs as bio

from helpers.data.motifs import BASES, UNIFORM, Motif

# The matrices the chapters need, each file with its source and terms.
FOLDER = Path(__file__).resolve().parents[2] / "data" / "motifs"

# Biopython turns a MEME file's probabilities into whole counts of `nsites`; this
# many sites keep every printed digit.
FINE_SITES = 10**9


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
