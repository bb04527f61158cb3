"""Held-out sequences and their labels: a table, two FASTA files, or Basset's file."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from helpers import checks
from helpers.data.bases import UNKNOWN, decode
from helpers.data.kinds import PathLike
from helpers.loaders import text
from helpers.loaders.basset import read_basset
from helpers.loaders.fasta import read_sequences
from helpers.loaders.missing import MISSING
from helpers.significance.motif_pairs import as_bases
from helpers.truth.sequences import dinucleotide_shuffle

HDF5 = (".h5", ".hdf5", ".hdf")
FASTA = (".fa", ".fasta", ".fna", ".fa.gz", ".fasta.gz", ".fna.gz")
REGION = re.compile(r"([^\s:]+):([\d,]+)-([\d,]+)")  # in a name: 0-based, half-open
#: Other forms of a region; believed where it is as long as the sequence.
REGION_OF_LENGTH = re.compile(
    r"(chr[^\s:]*?|N[CTWZ]_\d+\.\d+|[^\s:_.|-]+)[-_:.]([\d,]+)[-_.]([\d,]+)(?!\d)"
)
NO_LETTER = re.compile(r"[^ACGTNRYSWKMBDHV]", re.IGNORECASE)
OTHER_STRAND = str.maketrans("ACGT", "TGCA")
SHUFFLED = "shuffled"  # instead of a file of negatives
OF_COUNTS = ("anscombe", "poisson")


@dataclass(frozen=True, eq=False)
class Labelled:
    """Held-out sequences with their labels.

    Parameters
    ----------
    sequences : list of str
    labels : array of float, shape (n,)
    groups : array of str, shape (n,), or None
        Examples of one group depend on each other.
    said : str
        What was left out in reading, in words.
    """

    sequences: list
    labels: np.ndarray
    groups: np.ndarray | None
    said: str = ""


def usual_loss(labels: np.ndarray, model: object) -> str:
    """Return the loss that suits labels if none is named: see *Your own sequences*.

    Without a model, networks are trained here that give log odds of two classes.

    Raises
    ------
    ValueError
        If labels are 0 and 1 and there is a model: what it returns is not known.
    """
    if not are_classes(labels):
        return "anscombe"
    if model is not None:
        raise ValueError(
            "loss must be named for labels that are 0 or 1 and a model: log-odds if it "
            "returns log odds, cross-entropy if it returns probabilities."
        )
    return "log-odds"


def are_classes(labels: np.ndarray) -> bool:
    """Return whether labels say to which of two classes sequences belong: 0 or 1."""
    return bool(np.isin(labels, (0, 1)).all())


def read_labelled(
    path: PathLike,
    *,
    sequence: str = "sequence",
    label: str = "label",
    group: str = "",
    negatives: PathLike = "",
    seed: int = 0,
) -> Labelled:
    """Read a .csv or .tsv file (or .gz of one) with a header, FASTA, or Basset's form.

    Parameters
    ----------
    path : str or Path
        Of a file in Basset's form (.h5) the test part is read. A FASTA file holds
        positives, label 1.
    sequence, label, group : str
        Names of the columns. Without a group, rows whose letters are the same on
        either strand are one. In Basset's form `label` names a cell type, and `group`
        may be "chrom"; "" for no groups. FASTA has no columns.
    negatives : str or Path
        A second FASTA file, label 0; only with positives in FASTA. Sequences whose
        names hold overlapping regions (see `loci`), or whose letters are the same on
        either strand, become one group. "shuffled" makes them: each positive without
        an N in another order that keeps its dinucleotides, in one group with it.
    seed : int
        Of these orders.

    Raises
    ------
    FileNotFoundError, ValueError
        If a column is missing, a label is no number, or a sequence is not as long as
        the first: one line that names the file, the row (counted from 1 below the
        header) and the value.
    """
    fasta = is_fasta(path)
    if negatives and not fasta:
        raise ValueError(
            f"negatives must come with positives in FASTA ({', '.join(FASTA[:3])}); "
            f"got {path}."
        )
    if fasta and group:
        raise ValueError(
            f"group must be left out for FASTA, which has no columns; got {group!r}. "
            "Regions in the names of sequences say which overlap."
        )
    if fasta:
        return (
            _shuffled(path, seed)
            if negatives == SHUFFLED
            else _classes(path, negatives)
        )
    if Path(path).suffix.lower() in HDF5:
        return _test_part(path, label, group)
    separator = text.separator_of(path, others=False)
    table = text.read_table(path, separator)
    if not len(table):
        raise ValueError(f"{path} must hold a row for each sequence; it has none.")
    columns = {
        name: text.column_of(path, table, name, separator)
        for name in (sequence, label, *([group] if group else []))
    }
    labels = np.empty(len(table))
    for row, value in enumerate(columns[label]):
        try:
            labels[row] = float(value)
        except ValueError:
            labels[row] = np.nan
        if not np.isfinite(labels[row]):
            raise ValueError(
                f"{path} row {row + 1}: {label} must be a number; got {value!r}."
            )
    if group:
        _refuse_nameless(path, columns[group])
    sequences = columns[sequence].tolist()
    _refuse_letters(path, sequence, sequences)
    alike = [str(letters).upper() for letters in sequences]
    groups = columns[group].to_numpy() if group else loci([""] * len(alike), alike)
    return Labelled(sequences, labels, groups)


def _refuse_nameless(path: PathLike, groups: pd.Series) -> None:
    """Raise where a row has no group: rows without one are not of one group."""
    nameless = np.flatnonzero(groups.astype(str).str.strip().isin(MISSING))
    if len(nameless):
        raise ValueError(
            f"{path} row {nameless[0] + 1}: {groups.name} must name a group, as in "
            f"{len(nameless)} of {len(groups)} rows it does not: give each of these a "
            "group of its own, or leave them out."
        )


def _refuse_letters(path: PathLike, column: str, sequences: list) -> None:
    """Raise where sequences of a table differ in length, or hold what is no base."""
    length = len(sequences[0])
    if not length:
        raise ValueError(f"{path} row 1: {column} must hold letters; it is empty.")
    for row, letters in enumerate(sequences):
        if len(letters) != length:
            raise ValueError(
                f"{path} row {row + 1}: all sequences must have {length} bp, as the "
                f"first; this one has {len(letters)}."
            )
        if wrong := NO_LETTER.search(letters):
            rna = ": in RNA, write T for U" if wrong[0] in "Uu" else ""
            raise ValueError(
                f"{path} row {row + 1}: {column} may hold only letters of bases; got "
                f"{wrong[0]!r} at position {wrong.start()}{rna}."
            )


def is_fasta(path: PathLike) -> bool:
    """Return whether a file is one of sequences, by its name."""
    return str(path).lower().endswith(FASTA)


def _classes(positives: PathLike, negatives: PathLike) -> Labelled:
    """Return the sequences of two FASTA files, with labels 1 and 0."""
    if not negatives:
        raise ValueError(
            f"negatives must name a FASTA file, or be 'shuffled', for {positives} "
            "holds positives alone."
        )
    if not is_fasta(negatives):
        ends = ", ".join(FASTA[:3])
        raise ValueError(f"negatives must be FASTA ({ends}); got {negatives}.")
    read = [read_sequences(path) for path in (positives, negatives)]
    parts = [list(sequences.values()) for sequences in read]
    length = len(parts[0][0])
    for path, part in zip((positives, negatives), parts, strict=True):
        for number, sequence in enumerate(part):
            if len(sequence) != length:
                raise ValueError(
                    f"{path}: all sequences must have {length} bp, as the first of "
                    f"{positives}; sequence {number + 1} has {len(sequence)}."
                )
    labels = np.repeat([1.0, 0.0], [len(part) for part in parts])
    sequences = parts[0] + parts[1]
    return Labelled(sequences, labels, loci([*read[0], *read[1]], sequences))


def _shuffled(path: PathLike, seed: int) -> Labelled:
    """Return the sequences of a FASTA file, and each that has no N in another order."""
    read = read_sequences(path)
    return with_shuffled(list(read), list(read.values()), seed)


def with_shuffled(names: list[str], positives: list[str], seed: int) -> Labelled:
    """Return sequences, label 1, and each that has no N in another order, label 0.

    Dinucleotides are kept, and a sequence shares its group with its shuffle.

    names, positives : of each sequence; regions in names may overlap (see `loci`)
    """
    bases = as_bases(positives)
    whole = np.flatnonzero((bases < UNKNOWN).all(axis=1))
    negatives = decode(dinucleotide_shuffle(bases[whole], seed=seed))
    of = loci(names, positives)
    of = np.arange(len(bases)).astype(str) if of is None else of
    labels = np.repeat([1.0, 0.0], [len(positives), len(negatives)])
    return Labelled(
        positives + list(negatives), labels, np.concatenate([of, of[whole]])
    )


def loci(names: list[str], sequences: list[str]) -> np.ndarray | None:
    """Return the group of each sequence, (n,) of str; None where all stand alone.

    Parameters
    ----------
    names : list of str
        May hold regions, counted from 0 with the end left out: chr1:100-300, as
        bedtools writes them; chr1-100-300, chr1_100_300 or chr1.100.300 if they are as
        long as the sequence. Numbers may have commas.
    sequences : list of str
    """
    first: dict = {}  # of the sequences with the same letters, or in one stretch
    pairs = [
        (row, first.setdefault(on_either_strand(letters), row))
        for row, letters in enumerate(sequences)
    ]
    regions = []
    for row, (name, letters) in enumerate(zip(names, sequences, strict=True)):
        if region := _region(name, len(letters)):
            regions.append((*region, row))
    chrom, reach, start = "", 0, 0
    for region in sorted(regions):
        if region[0] != chrom or region[1] >= reach:
            chrom, reach, start = region[0], 0, region[3]
        reach = max(reach, region[2])
        pairs.append((region[3], start))
    edges = coo_array(
        (np.ones(len(pairs)), tuple(np.transpose(pairs))), [len(names)] * 2
    )
    n, groups = connected_components(edges, directed=False)
    return groups.astype(str) if n < len(names) else None


def on_either_strand(letters: str) -> str:
    """Return the letters, or those of the other strand: the first in the alphabet."""
    return min(letters, letters.translate(OTHER_STRAND)[::-1])


def in_both_classes(data: Labelled) -> np.ndarray:
    """Return which sequences have both labels, 0 and 1, on either strand, (n,)."""
    letters = pd.Series([on_either_strand(s.upper()) for s in data.sequences])
    return (
        letters.map(pd.Series(data.labels).groupby(letters).nunique()) > 1
    ).to_numpy()


def _region(name: str, length: int) -> tuple[str, int, int] | None:
    """Return chromosome, start and end that a name of a sequence holds, if any."""
    if found := REGION.search(name):
        return found[1], _number(found[2]), _number(found[3])
    for found in REGION_OF_LENGTH.finditer(name):
        start, end = _number(found[2]), _number(found[3])
        if end - start == length:
            return found[1], start, end
    return None


def _number(digits: str) -> int:
    """Return a number that may have commas between its thousands."""
    return int(digits.replace(",", "") or 0)


def _test_part(path: PathLike, label: str, group: str) -> Labelled:
    """Return the test sequences of a file in Basset's form, with one cell type."""
    table = read_basset(path)
    if label not in table.names:
        some = ", ".join(table.names[:5]) + (", ..." if len(table.names) > 5 else "")
        raise ValueError(
            f"{path} has no cell type {label!r} for label; it has {len(table.names)}: "
            f"{some}."
        )
    checks.one_of("group", group or "none", ("none", "chrom"))
    rows = table.split.test
    groups = None
    if group:
        if len(table.test_table) != len(rows):
            raise ValueError(f"{path} must hold test_headers for group='chrom'.")
        groups = table.test_table["chrom"].to_numpy()
    labels = table.labels[rows, table.names.index(label)].astype(float)
    return Labelled(decode(table.ids[rows]), labels, groups)
