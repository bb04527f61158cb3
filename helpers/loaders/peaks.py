"""Peaks of open chromatin: BED and narrowPeak files, and the list that names them.

The road of a project: manifest -> `load_peaks` -> `windows.make_windows` -> windows
with labels -> `fasta.base_ids` -> what a network reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.data.kinds import PathLike
from helpers.loaders import bed, text

NARROW_PEAK_FIELDS = 10
NOT_IN_FASTA, LEFT_OUT = "not in the FASTA file", "left out by skip"


@dataclass(frozen=True, eq=False)
class Peaks:
    """The peaks of several cell types.

    Parameters
    ----------
    table : DataFrame
        chrom (category), start, end (bp, 0-based, half-open), cell (place in `names`);
        in the order of the manifest and its files.
    names : tuple of str
        Cell types.
    dropped : DataFrame
        cell, chrom, peaks (a count), reason.
    lengths : dict of str to int, or None
        Chromosome lengths in bp, if a FASTA file was given.
    """

    table: pd.DataFrame = field(repr=False)
    names: tuple[str, ...]
    dropped: pd.DataFrame = field(repr=False)
    lengths: Mapping[str, int] | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.table)


def read_manifest(path: PathLike) -> dict[str, Path]:
    """Read which file belongs to which cell type.

    A line holds a name, a tab and the path of a BED or narrowPeak file, relative to
    the manifest. Blank lines and lines that start with ``#`` are skipped.

    Returns
    -------
    dict of str to Path, in the order of the lines

    Raises
    ------
    FileNotFoundError
        If the manifest or a file that it names does not exist.
    ValueError
        If a line has not two fields, a name or a file comes twice, or there is none.
    """
    path = Path(path)
    files: dict[str, Path] = {}
    seen: dict[str | Path, int] = {}
    for number, line in text.lines(path):
        if line.startswith("#"):
            continue
        where = f"{path} line {number}"
        name, *rest = (part.strip() for part in line.split("\t"))
        if len(rest) != 1 or not name or not rest[0]:
            raise ValueError(f"{where} must be a name, a tab and a path; got {line!r}.")
        file = path.parent / rest[0]
        for known in (name, file.resolve()):
            if known in seen:
                raise ValueError(
                    f"{where} must not repeat line {seen[known]}; got {known} again."
                )
            seen[known] = number
        if not file.is_file():
            raise FileNotFoundError(f"{where} names {file}, which does not exist.")
        files[name] = file
    if not files:
        raise ValueError(f"{path} must name at least one file; it names none.")
    return files


def read_peaks(
    path: PathLike, *, lengths: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Read the intervals of a BED or narrowPeak file.

    Fields after the third are ignored; see `bed.intervals` for the form of a line. A
    file called .narrowPeak or .narrowPeak.gz must have the ten fields of that format.

    Parameters
    ----------
    path : str or Path
    lengths : dict of str to int, optional
        Chromosome lengths in bp. An interval that ends beyond its chromosome is an
        error; chromosomes that are not named pass.

    Returns
    -------
    DataFrame
        chrom (category), start, end (bp, 0-based, half-open), in file order.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is empty, or a line cannot be used: one line names the file, the line,
        the rule and the value.
    """
    path = Path(path)
    narrow = path.name.removesuffix(".gz").lower().endswith(".narrowpeak")
    lengths = {} if lengths is None else lengths
    chroms, starts, ends = [], [], []
    for number, fields, start, end in bed.intervals(path):
        chrom = fields[0]
        if narrow and len(fields) != NARROW_PEAK_FIELDS:
            raise ValueError(
                f"{path} line {number} must have the {NARROW_PEAK_FIELDS} fields of a "
                f"narrowPeak file (call other files .bed); got {len(fields)}."
            )
        if chrom in lengths and end > lengths[chrom]:
            raise ValueError(
                f"{path} line {number} must end within {chrom} ({lengths[chrom]} bp); "
                f"got {end}."
            )
        chroms.append(chrom)
        starts.append(start)
        ends.append(end)
    if not chroms:
        raise ValueError(f"{path} must hold at least one peak; it holds none.")
    return pd.DataFrame(
        {
            "chrom": pd.Categorical(chroms),
            "start": np.array(starts, dtype=np.int64),
            "end": np.array(ends, dtype=np.int64),
        }
    )


def load_peaks(
    manifest: PathLike,
    *,
    lengths: Mapping[str, int] | None = None,
    skip: Sequence[str] = (),
) -> Peaks:
    """Read the peaks of every cell type that a manifest names.

    Parameters
    ----------
    manifest : str or Path
        See `read_manifest`.
    lengths : dict of str to int, optional
        Chromosome lengths in bp, from `fasta.chromosome_lengths`. Peaks on other
        chromosomes are dropped, and reported.
    skip : sequence of str
        Chromosomes to leave out; Basset leaves out chrY.

    Returns
    -------
    Peaks

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_manifest` and `read_peaks`; or if no peak of a file is left.
    """
    if isinstance(skip, str):
        raise TypeError(f"skip must be a list of chromosomes; got {skip!r}.")
    files = read_manifest(manifest)
    tables, dropped = [], []
    for cell, (name, file) in enumerate(files.items()):
        table = read_peaks(file, lengths=lengths)
        reasons = {
            chrom: LEFT_OUT if chrom in skip else NOT_IN_FASTA
            for chrom in table["chrom"].cat.categories
            if chrom in skip or (lengths is not None and chrom not in lengths)
        }
        gone = table["chrom"].isin(list(reasons))
        if gone.all():
            chrom, reason = next(iter(reasons.items()))
            raise ValueError(
                f"{file} must hold a peak that can be used; {chrom} and every other "
                f"chromosome is {reason}{_known(lengths)}."
            )
        for chrom, count in table["chrom"][gone].value_counts().items():
            if count:
                dropped.append((name, chrom, int(count), reasons[chrom]))
        tables.append(table[~gone].assign(cell=np.int32(cell)))
    chroms = sorted({chrom for table in tables for chrom in table["chrom"].unique()})
    for table in tables:
        table["chrom"] = table["chrom"].cat.set_categories(chroms)
    return Peaks(
        pd.concat(tables, ignore_index=True),
        tuple(files),
        pd.DataFrame(dropped, columns=["cell", "chrom", "peaks", "reason"]),
        lengths,
    )


def _known(lengths: Iterable[str] | None) -> str:
    """Return a hint: the first names that would have been found."""
    if lengths is None:
        return ""
    return f", which holds {', '.join(list(lengths)[:3])}, ..."
