"""Tables that people bring: CSV or TSV files with a header line."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import PathLike
from helpers.loaders import text

MIN_ROWS = 30  # three parts of ten rows
LARGEST = 2**53


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
    path: PathLike, target: str, *, drop: Sequence[str] = (), task: str | None = None
) -> Dataset:
    """Read a table with a header line, every column numeric but the target.

    Parameters
    ----------
    path : str or Path
        A .csv or .tsv file, compressed or not.
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

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from helpers import read_table
    >>> houses = pd.DataFrame({"rooms": np.arange(40) % 6, "age": np.arange(40)})
    >>> houses["price"] = 100 * houses["rooms"] - houses["age"]
    >>> houses.to_csv("houses.csv", index=False)  # a file, in place of your own
    >>> table = read_table("houses.csv", target="price")
    >>> table.features, table.X.shape, table.task
    (('rooms', 'age'), (40, 2), 'regression')
    """
    path = Path(path)
    if task is not None:
        checks.one_of("task", task, ("regression", "classification"))
    if isinstance(drop, str):
        raise TypeError(f"drop must be a list of column names; got {drop!r}.")
    separator = text.separator_of(path, others=False)
    table = text.read_table(path, separator, as_text=False)
    for column in (target, *drop):
        text.column_of(path, table, column, separator)
    if target in drop:
        raise ValueError(f"drop must not hold the target; got {target!r}.")

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


def _check_complete(path: Path, column: pd.Series) -> None:
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
    if pd.api.types.is_integer_dtype(column) and column.abs().max() > LARGEST:
        raise ValueError(
            f"{path} column {column.name!r} must hold integers up to 2**53, as floats "
            f"do not tell larger ones apart; got {column[column.abs().idxmax()]}."
        )
    return numbers


def _outcome(
    path: Path, column: pd.Series, task: str | None
) -> tuple[np.ndarray, str, str]:
    """Return the outcome as floats, the task, and a note on the coding of classes."""
    _check_complete(path, column)
    classes = sorted(column.unique())
    if len(classes) == 1:
        raise ValueError(
            f"{path} target {column.name!r} must have two or more different values; "
            f"every row has {classes[0]}."
        )
    if task is None:
        in_words = not pd.api.types.is_numeric_dtype(column)
        task = "classification" if in_words or len(classes) == 2 else "regression"
    if task == "regression":
        return _numbers(path, column), task, ""
    if len(classes) != 2:
        raise ValueError(
            f"{path} target {column.name!r} must have 2 classes; got {len(classes)}."
        )
    notes = f"{column.name}: 0 is {classes[0]}, 1 is {classes[1]}."
    return (column == classes[1]).astype(float), task, notes
