"""Tables with text, gaps and groups: what people have, as numbers for a test."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import PathLike
from helpers.loaders import text

#: Levels of a text column at most: more are names, not categories.
MOST_LEVELS = 20


@dataclass(frozen=True, eq=False)
class MixedTable:
    """A table as numbers, and what was done to make it so.

    Parameters
    ----------
    X : DataFrame, shape (n_rows, n_columns)
        Numbers; text columns are 0/1 columns, one a level but the first.
    y : array, shape (n_rows,)
    family : {"gaussian", "binomial"}
    blocks : dict of str to list of str
        Columns of `X` that come from one text column of three levels or more.
    covariates : array, shape (n_rows, n_covariates), or None
    groups : array, shape (n_rows,), or None
    notes : tuple of str
        What the page must say.
    """

    X: pd.DataFrame = field(repr=False)
    y: np.ndarray = field(repr=False)
    family: str
    blocks: dict[str, list[str]]
    covariates: np.ndarray | None = field(repr=False)
    groups: np.ndarray | None = field(repr=False)
    notes: tuple[str, ...]


def read_mixed_table(
    path: PathLike,
    outcome: str,
    *,
    covariates: Sequence[str] = (),
    groups: str = "",
    drop: Sequence[str] = (),
    gaps: str = "error",
) -> MixedTable:
    """Read a table with a header line for `interaction_test`.

    Parameters
    ----------
    path : str or Path
        A .csv, .tsv (also .gz) or .parquet file.
    outcome : str
        Column to explain: numbers, or two different values.
    covariates : sequence of str
        Columns that are not tested but may act with anything.
    groups : str
        Column that names groups of rows that depend on each other; empty for none.
    drop : sequence of str
        Columns to leave out.
    gaps : {"error", "drop rows"}
        What happens to rows with a missing value.

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        In one line with the file, the column and, where there is one, the row
        (counted from 1 below the header).
    """
    path = Path(path)
    checks.one_of("gaps", gaps, ("error", "drop rows"))
    table = _table(path)
    for column in [outcome, *covariates, *drop, *([groups] if groups else [])]:
        if column not in table:
            names = text.listed(table.columns)
            raise ValueError(f"{path} has no column {column!r}; it has {names}.")
    table, notes = _without_gaps(path, table.drop(columns=list(drop)), gaps)
    y, family, coding = _outcome(path, table[outcome])
    aside = [outcome, *([groups] if groups else [])]
    tested = [c for c in table if c not in aside and c not in set(covariates)]
    X, blocks = _numbers(path, table[tested])
    more = _numbers(path, table[list(covariates)])[0] if covariates else None
    constant = [c for c in X if X[c].nunique() < 2]
    if constant:
        notes.append(f"Left out, as all rows are alike: {text.listed(constant)}.")
    kept = {
        name: [c for c in columns if c not in constant]
        for name, columns in blocks.items()
    }
    return MixedTable(
        X.drop(columns=constant),
        y,
        family,
        {name: columns for name, columns in kept.items() if len(columns) > 1},
        None if more is None else more.to_numpy(),
        table[groups].to_numpy() if groups else None,
        tuple(notes + coding),
    )


def _table(path: Path) -> pd.DataFrame:
    if path.suffix.lower() == ".parquet":
        if importlib.util.find_spec("pyarrow") is None:
            raise ValueError(f"{path} needs the package pyarrow; or save it as .csv.")
        if not path.is_file():
            raise FileNotFoundError(f"{path} does not exist.")
        return pd.read_parquet(path)
    return text.read_table(path, text.separator_of(path, others=False), as_text=False)


def _without_gaps(
    path: Path, table: pd.DataFrame, gaps: str
) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows without gaps, and a note on those with."""
    missing = table.isna()
    if not missing.to_numpy().any():
        return table, []
    row = int(np.flatnonzero(missing.any(axis=1))[0])
    column = table.columns[int(np.flatnonzero(missing.iloc[row])[0])]
    if gaps == "error":
        raise ValueError(
            f"{path} row {row + 1}, column {column!r}: missing value; fill it in, "
            "leave out the column, or say gaps='drop rows'."
        )
    kept = ~missing.any(axis=1)
    note = f"{int((~kept).sum())} of {len(table)} rows left out: a value is missing."
    return table[kept].reset_index(drop=True), [note]


def _outcome(path: Path, column: pd.Series) -> tuple[np.ndarray, str, list[str]]:
    """Return the outcome as numbers, its family, and how two values were coded."""
    values = sorted(column.unique(), key=str)
    if len(values) == 2:
        coding = f"{column.name}: 0 is {values[0]}, 1 is {values[1]}."
        return (column == values[1]).to_numpy(float), "binomial", [coding]
    if not pd.api.types.is_numeric_dtype(column):
        raise ValueError(
            f"{path} column {column.name!r} must hold numbers or two different values; "
            f"got {len(values)} classes: test one class against the rest."
        )
    return column.to_numpy(float), "gaussian", []


def _numbers(
    path: Path, table: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return columns as numbers, and which belong together."""
    parts, blocks = {}, {}
    for name, column in table.items():
        if pd.api.types.is_numeric_dtype(column):  # also True and False
            parts[str(name)] = column.to_numpy(float)
            continue
        levels = sorted(column.astype(str).unique())
        if len(levels) > MOST_LEVELS:
            raise ValueError(
                f"{path} column {name!r} must have at most {MOST_LEVELS} different "
                f"texts; got {len(levels)}: leave it out."
            )
        made = [f"{name} = {level}" for level in levels[1:]]
        for level, own in zip(levels[1:], made, strict=True):
            parts[own] = (column.astype(str) == level).to_numpy(float)
        if len(made) > 1:
            blocks[str(name)] = made
    return pd.DataFrame(parts), blocks
