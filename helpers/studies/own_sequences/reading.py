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
REGION = re.compile(r"([^\s:]+):(\d+)-(\d+)")  # in a name: 0-based, half-open
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
    """

    sequences: list
    labels: np.ndarray
    groups: np.ndarray | None


def usual_loss(classes: bool, model: object) -> str:
    """Return the loss that suits labels if none is named: see *Your own sequences*.

    Without a model, networks are trained here that give log odds of two classes.
    """
    return "log-odds" if classes and model is None else "anscombe"


def read_labelled(
    path: PathLike,
    *,
    sequence: str = "sequence",
    label: str = "label",
    group: str = "",
    loss: str = "",
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
        may be "chrom"; "" for no groups.
    loss : str
        Name of the loss that is meant for the labels. Those of Basset's form say
        whether a sequence is open, and those of FASTA files to which class it belongs,
        so that a loss of counts is refused.
    negatives : str or Path
        A second FASTA file, label 0; only with positives in FASTA. Sequences whose
        names hold overlapping regions (chr1:100-300, as bedtools writes them), or
        whose letters are the same on either strand, become one group. "shuffled" makes
        them: each positive without an N in another order that keeps its dinucleotides,
        in one group with it.
    seed : int
        Of these orders.

    Raises
    ------
    FileNotFoundError, ValueError
        If a column is missing or a label is no number: one line that names the file,
        the row (counted from 1 below the header) and the value.
    """
    fasta = is_fasta(path)
    if negatives and not fasta:
        raise ValueError(
            f"negatives must come with positives in FASTA ({', '.join(FASTA[:3])}); "
            f"got {path}."
        )
    if fasta or Path(path).suffix.lower() in HDF5:
        if loss in OF_COUNTS:
            raise ValueError(
                "loss must be log-odds, cross-entropy or mse for the labels 0 and 1 of "
                f"{path}; got {loss!r}, which is of counts."
            )
        if fasta and negatives == SHUFFLED:
            return _shuffled(path, seed)
        return _classes(path, negatives) if fasta else _test_part(path, label, group)
    separator = text.separator_of(path, others=False)
    table = text.read_table(path, separator)
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
    """Return the group of each sequence, (n,) of str; None where all stand alone."""
    first: dict = {}  # of the sequences with the same letters, or in one stretch
    pairs = [
        (row, first.setdefault(key, row))
        for row, text in enumerate(sequences)
        for key in [min(text, text.translate(OTHER_STRAND)[::-1])]
    ]
    regions = []
    for row, name in enumerate(names):
        if found := REGION.search(name):
            regions.append((found[1], int(found[2]), int(found[3]), row))
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
