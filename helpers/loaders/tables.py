"""Tables that people bring: CSV or TSV files with a header line."""

import csv
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks

SEPARATORS = {".csv": ",", ".tsv": "\t"}
MIN_ROWS = 30  # three parts of ten rows


@dataclass(frozen=True, eq=False)
class Dataset:
    """A table to predict, and where it came from.

    Parameters
    ----------
    name : str
        Name in the registry, or the file's.
    X : DataFrame, shape (n_rows, n_features)
        Numeric features; NaN marks a value that does not exist.
    y : Series, shape (n_rows,)
        Outcome; 0 and 1 if `task` is "classification".
    task : {"regression", "classification"}
    provenance : str
        One line for the page: which file, how checked.
    checksum : str
        sha256 of the file that was read; stored results are matched by it.
    partial : bool
        True if this is a sample of the published set: say so beside every result.
    notes : str
        What a page that uses the data must say; empty if nothing.
    """

    name: str
    X: pd.DataFrame = field(repr=False)
    y: pd.Series = field(repr=False)
    task: str
    provenance: str
    checksum: str
    partial: bool = False
    notes: str = ""

    @property
    def features(self) -> tuple[str, ...]:
        """Column names of `X`."""
        return tuple(self.X.columns)


def read_table(
    path, target: str, *, drop: Sequence[str] = (), task: str | None = None
) -> Dataset:
    """Read a table with a header line, every column numeric but the target.

    Parameters
    ----------
    path : str or Path
        A .csv or .tsv file, compressed with gzip (.gz) or not.
    target : str
        Column to predict.
    drop : sequence of str
        Columns to leave out.
    task : {"regression", "classification"}, optional
        By default classification if the target has two different values or is text,
        else regression. The two classes become 0 and 1 in sorted order; `notes` says
        which is which.

    Returns
    -------
    Dataset

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the table cannot be used: one line names the file, the row (data rows,
        counted from 1 below the header) and the column.
    """
    path = Path(path)
    if task is not None:
        checks.one_of("task", task, ("regression", "classification"))
    if isinstance(drop, str):
        raise TypeError(f"drop must be a list of column names; got {drop!r}.")
    separator = _separator(path)
    header = _check_layout(path, separator)
    for column in (target, *drop):
        if column not in header:
            raise ValueError(
                f"{path} has no column {column!r}; it has {', '.join(header)}."
            )
    if target in drop:
        raise ValueError(f"drop must not hold the target; got {target!r}.")

    table = pd.read_csv(path, sep=separator, encoding="utf-8-sig", low_memory=False)
    table = table.drop(columns=list(drop))
    if len(table) < MIN_ROWS:
        raise ValueError(
            f"{path} must have at least {MIN_ROWS} rows below the header; "
            f"got {len(table)}."
        )
    features = table.drop(columns=target)
    if features.empty:
        raise ValueError(f"{path} has no column besides the target {target!r}.")
    X = pd.DataFrame({name: _numbers(path, features[name]) for name in features})
    for name in X:
        if (X[name] == X[name].iloc[0]).all():
            raise ValueError(
                f"{path} column {name!r} is constant; leave it out with "
                f"drop=({name!r},)."
            )
    y, task, notes = _outcome(path, table[target], task)
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    provenance = f"{path.name}, sha256 {checksum[:12]}"
    return Dataset(path.name, X, y, task, provenance, checksum, notes=notes)


def _separator(path: Path) -> str:
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist.")
    if not path.is_file():
        raise ValueError(f"{path} is not a file.")
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"]:
        suffixes.pop()
    if not suffixes or suffixes[-1] not in SEPARATORS:
        raise ValueError(f"{path} must end in .csv or .tsv, or those with .gz.")
    if path.stat().st_size == 0:
        raise ValueError(f"{path} is empty.")
    return SEPARATORS[suffixes[-1]]


def _check_layout(path: Path, separator: str) -> list[str]:
    """Return the header if names are unique and every row has as many fields.

    pandas would fill short rows and rename duplicates without a word.
    """
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            rows = (row for row in csv.reader(file, delimiter=separator) if row)
            header = next(rows, None)
            if header is None:
                raise ValueError(f"{path} is empty.")
            _check_header(path, header)
            for number, row in enumerate(rows, start=1):
                if len(row) != len(header):
                    raise ValueError(
                        f"{path} row {number} has {len(row)} fields; the header has "
                        f"{len(header)}."
                    )
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8.") from None
    except (gzip.BadGzipFile, EOFError) as error:
        raise ValueError(f"{path} cannot be decompressed: {error}.") from None
    except csv.Error as error:
        raise ValueError(f"{path} cannot be read: {error}.") from None
    return header


def _check_header(path: Path, header: list[str]):
    if all(_is_number(name) for name in header):
        raise ValueError(
            f"{path} must start with a header line of column names; "
            f"got numbers: {', '.join(header[:3])}, ..."
        )
    for position, name in enumerate(header, start=1):
        if not name.strip():
            raise ValueError(f"{path} column {position} has no name in the header.")
        if header.index(name) != position - 1:
            raise ValueError(f"{path} has two columns named {name!r}.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_complete(path: Path, column: pd.Series):
    missing = np.flatnonzero(column.isna())
    if missing.size:
        raise ValueError(
            f"{path} row {missing[0] + 1}, column {column.name!r}: missing value; "
            "fill it in, or leave out the row or the column."
        )


def _numbers(path: Path, column: pd.Series) -> pd.Series:
    """Return a column as finite floats."""
    _check_complete(path, column)
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    bad = np.flatnonzero(numbers.isna())
    if bad.size:
        raise ValueError(
            f"{path} row {bad[0] + 1}, column {column.name!r}: "
            f"{column.iloc[bad[0]]!r} is not a number; encode the column as numbers "
            f"or leave it out with drop=({column.name!r},)."
        )
    infinite = np.flatnonzero(~np.isfinite(numbers))
    if infinite.size:
        raise ValueError(
            f"{path} row {infinite[0] + 1}, column {column.name!r} must be finite; "
            f"got {numbers.iloc[infinite[0]]}."
        )
    return numbers


def _outcome(path: Path, column: pd.Series, task: str | None):
    """Return the outcome as floats, the task, and a note on the coding of classes."""
    _check_complete(path, column)
    classes = sorted(column.unique())
    if len(classes) == 1:
        raise ValueError(
            f"{path} target {column.name!r} must have two or more different values; "
            f"every row has {classes[0]!r}."
        )
    if task is None:
        text = not pd.api.types.is_numeric_dtype(column)
        task = "classification" if text or len(classes) == 2 else "regression"
    if task == "regression":
        return _numbers(path, column), task, ""
    if len(classes) != 2:
        raise ValueError(
            f"{path} target {column.name!r} must have 2 classes; got {len(classes)}."
        )
    notes = f"{column.name}: 0 is {classes[0]}, 1 is {classes[1]}."
    return (column == classes[1]).astype(float), task, notes
