"""Tables with text, gaps and groups: what people have, as numbers for a test."""

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import PathLike
from helpers.loaders import text
from helpers.loaders.missing import PLINK_CODE

#: Levels of a text column at most: more are names, not categories.
MOST_LEVELS = 20
#: Numbers that often stand for a missing value.
STAND_INS = (-99, -999, -9999)
#: Different whole numbers that an outcome may be classes of.
FEW_NUMBERS = 10
#: How numbers are written that are read as text, and what to do.
WRITTEN = (
    (r"-?(\d+,(\d{1,2}|\d{4,})|\d{4,},\d{3})", "a decimal comma", "write points"),
    (r"-?\d{1,3}(,\d{3})+(\.\d+)?", "a comma between thousands, or before decimals",
     "write 1619 or 1.619 for '1,619', whichever it is"),
    (r"-?\d+([.,]\d+)?\s*%", "a sign of per cent", "leave the sign out"),
)  # fmt: skip
#: What pandas calls columns of dates and of times between them.
DATES = (
    "date", "datetime", "datetime64", "period", "time", "timedelta", "timedelta64",
)  # fmt: skip
#: How dates begin: three numbers, apart by one sign.
DATE_TEXT = r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}"
FAMILIES = ("auto", "gaussian", "binomial", "poisson")


@dataclass(frozen=True, eq=False)
class MixedTable:
    """A table as numbers, and what was done to make it so.

    Parameters
    ----------
    X : DataFrame, shape (n_rows, n_columns)
        Numbers; text columns are 0/1 columns, one a level but the first.
    y : array, shape (n_rows,)
    family : {"gaussian", "binomial", "poisson"}
    blocks : dict of str to list of str
        Columns of `X` that are one feature: they come from one text column of three
        levels or more, or were joined.
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


def read_mixed_table(  # the parts that columns play: each by its name
    path: PathLike,
    outcome: str,
    *,
    covariates: Sequence[str] = (),
    groups: str = "",
    drop: Sequence[str] = (),
    gaps: str = "error",
    family: str = "auto",
    one_class: str = "",
    blocks: Mapping[str, Sequence[str]] = MappingProxyType({}),
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
    family : {"auto", "gaussian", "binomial", "poisson"}
        What the outcome is: two different values are "binomial", other numbers
        "gaussian", unless said otherwise.
    one_class : str
        A value of the outcome to test against all others, which makes it "binomial".
    blocks : mapping of str to sequence of str
        Columns to join to one feature, by its name: those that say nearly the same.

    Raises
    ------
    FileNotFoundError, ValueError, TypeError
        In one line with the file, the column and, where there is one, the row
        (counted from 1 below the header).
    """
    path = Path(path)
    checks.one_of("gaps", gaps, ("error", "drop rows"))
    checks.one_of("family", family, FAMILIES)
    table = _table(path)
    separator = _separator(path)
    for column in [outcome, *covariates, *drop, *([groups] if groups else [])]:
        text.column_of(path, table, column, separator)
    table, notes = _without_gaps(path, table.drop(columns=list(drop)), gaps)
    y, family, coding = _outcome(path, table[outcome], family, one_class)
    aside = [outcome, *([groups] if groups else [])]
    tested = [c for c in table if c not in aside and c not in set(covariates)]
    _check_blocks(path, blocks, tested)
    X, levels = _numbers(path, table[tested])
    more = _numbers(path, table[list(covariates)])[0] if covariates else None
    told = [c for c in table if c != groups]
    notes += [note for c in told for note in _stand_ins(table[c], c == outcome)]
    constant = [c for c in X if X[c].nunique() < 2]
    alike = [*constant, *(name for name, made in levels.items() if not made)]
    if alike:
        notes.append(f"Left out, as all rows are alike: {text.listed(alike)}.")
    kept = {
        name: [c for c in columns if c not in constant]
        for name, columns in _joined(levels, blocks).items()
    }
    return MixedTable(
        X.drop(columns=constant),
        y,
        family,
        {name: columns for name, columns in kept.items() if len(columns) > 1},
        None if more is None else more.to_numpy(),
        _group_names(table[groups]) if groups else None,
        tuple(notes + coding),
    )


def _check_blocks(
    path: Path, blocks: Mapping[str, Sequence[str]], tested: Sequence[str]
) -> None:
    """Refuse blocks that do not join tested columns, each once, under a new name."""
    seen: set[str] = set()
    for name, columns in blocks.items():
        for column in columns:
            if column not in tested:
                raise ValueError(
                    f"blocks must join columns of {path} that are tested; got "
                    f"{column!r} in {name!r}."
                )
        others = set(tested) - set(columns)
        if len(columns) < 2 or len(set(columns)) < len(columns) or name in others:
            raise ValueError(
                "blocks must join two or more columns under a name of no other "
                f"column; got {name!r}: {list(columns)}."
            )
        if seen & set(columns):
            twice = text.listed(sorted(seen & set(columns)))
            raise ValueError(f"blocks must hold a column once; got {twice} twice.")
        seen |= set(columns)


def _joined(
    levels: Mapping[str, list[str]], blocks: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Return the columns of `X` of each column or block of columns.

    levels : those of each column
    """
    inside = {column for columns in blocks.values() for column in columns}
    alone = {name: made for name, made in levels.items() if name not in inside}
    return alone | {
        name: [made for column in columns for made in levels[column]]
        for name, columns in blocks.items()
    }


def _table(path: Path) -> pd.DataFrame:
    if path.suffix.lower() == ".parquet":
        if importlib.util.find_spec("pyarrow") is None:
            raise ValueError(f"{path} needs the package pyarrow; or save it as .csv.")
        if not path.is_file():
            raise FileNotFoundError(f"{path} does not exist.")
        return pd.read_parquet(path)
    return text.read_table(path, _separator(path), as_text=False)


def _separator(path: Path) -> str | None:
    if path.suffix.lower() == ".parquet":
        return None
    return text.separator_of(path, others=False)


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
    if not kept.any():
        most = missing.sum().idxmax()
        raise ValueError(
            f"{path} has no row without a missing value; most miss in column {most!r}: "
            "leave it out."
        )
    note = f"{int((~kept).sum())} of {len(table)} rows left out: a value is missing."
    return table[kept].reset_index(drop=True), [note]


def _outcome(
    path: Path, column: pd.Series, family: str, one_class: str
) -> tuple[np.ndarray, str, list[str]]:
    """Return the outcome as numbers, its family, and what was made of it."""
    if one_class:
        return _one_class(path, column, family, one_class)
    column = _inferred(path, column)
    in_order = None if pd.api.types.is_numeric_dtype(column) else str
    values = sorted(column.unique(), key=in_order)
    if len(values) == 2 and family in ("auto", "binomial"):
        coding = f"{column.name}: 0 is {values[0]}, 1 is {values[1]}."
        return (column == values[1]).to_numpy(float), "binomial", [coding]
    if not pd.api.types.is_numeric_dtype(column):
        _refuse_strays(path, column)
        raise ValueError(
            f"{path} column {column.name!r} must hold numbers or two different values; "
            f"got {len(values)} classes: name one as one_class, to test it against the "
            "rest."
        )
    y = _finite(path, column)
    whole = bool((y == np.floor(y)).all())
    if family == "poisson" and not (whole and y.min() >= 0):
        raise ValueError(
            f"{path} column {column.name!r} must hold counts with family='poisson'."
        )
    if family == "binomial":
        raise ValueError(
            f"{path} column {column.name!r} must hold two different values with "
            f"family='binomial'; got {len(values)}."
        )
    if family != "auto":
        return y, family, []
    notes = []
    if whole and y.min() >= 0:
        few = len(values) <= FEW_NUMBERS
        classes = "; if they are classes, one_class names one to test" if few else ""
        notes.append(
            f"{column.name} is taken as a number; it holds whole numbers from 0 on. If "
            f"they are counts, family='poisson' asks on the logarithmic scale{classes}."
        )
    return y, "gaussian", notes


def _one_class(
    path: Path, column: pd.Series, family: str, one_class: str
) -> tuple[np.ndarray, str, list[str]]:
    """Return whether the outcome is one class."""
    names = column.map(lambda v: f"{v:g}" if isinstance(v, float) else str(v))
    if family not in ("auto", "binomial") or not names.eq(one_class).any():
        known = text.listed(sorted(names.unique())[:FEW_NUMBERS])
        raise ValueError(
            f"one_class must be a value of column {column.name!r} of {path}, with "
            f"family auto or binomial; got {one_class!r} and {family!r}, values are "
            f"{known}."
        )
    coding = f"{column.name}: 1 is {one_class}, 0 is any other value."
    return names.eq(one_class).to_numpy(float), "binomial", [coding]


def _refuse_strays(path: Path, column: pd.Series) -> None:
    """Raise where a column holds mostly numbers, and name the first that is none."""
    texts = column.astype(str)
    for pattern, what, remedy in WRITTEN:
        found = texts.str.fullmatch(pattern)
        plain = pd.to_numeric(texts, errors="coerce").notna()
        if found.any() and (found | plain).mean() > 0.5:
            raise ValueError(
                f"{path} column {column.name!r} holds numbers with {what}, as "
                f"{column[found].iloc[0]!r}; {remedy}."
            )
    numbers = pd.to_numeric(column.astype(object), errors="coerce")
    if 0.5 < numbers.notna().mean() < 1:
        row = int(np.flatnonzero(numbers.isna())[0])
        raise ValueError(
            f"{path} row {row + 1}, column {column.name!r}: {column.iloc[row]!r} is no "
            "number, and most others are; leave the field empty if it is missing."
        )


def _inferred(path: Path, column: pd.Series) -> pd.Series:
    """Return numbers that are kept as objects or text as numbers; refuse dates.

    True and False beside gaps are objects, and stay so where the gaps are gone; so are
    whole numbers beyond 64 bits. Blanks around a text are no part of it.
    """
    column = column.infer_objects()
    if pd.api.types.is_numeric_dtype(column) or column.dtype == "category":
        return column
    if _holds_dates(column):
        raise ValueError(
            f"{path} column {column.name!r} holds dates, as {str(column.iloc[0])!r}: "
            "make them a number, such as days since the first, or leave it out."
        )
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.notna().all():
        return numbers.astype(float)
    return column.map(lambda value: value.strip() if isinstance(value, str) else value)


def _refuse_name(path: Path, made: str, table: pd.DataFrame) -> None:
    """Raise where a level of a text column makes a column that the table has."""
    if made in set(map(str, table)):
        name, _, level = made.partition(" = ")
        raise ValueError(
            f"{path} must not have a column {made!r} beside the text {level!r} of "
            f"column {name!r}, which becomes one: give it another name."
        )


def _holds_dates(column: pd.Series) -> bool:
    """Whether a column holds dates, as such, or text of too many to be categories."""
    if pd.api.types.infer_dtype(column, skipna=True) in DATES:
        return True
    texts = column.astype(str)
    return texts.nunique() > MOST_LEVELS and bool(texts.str.match(DATE_TEXT).all())


def _group_names(column: pd.Series) -> np.ndarray:
    """Return groups as numbers, or all as text: 1 and "1" are one group in a file."""
    numeric = pd.api.types.is_numeric_dtype(column)
    return (column if numeric else column.astype(str)).to_numpy()


def _finite(path: Path, column: pd.Series) -> np.ndarray:
    """Return a column of numbers, or name the row that is infinite."""
    values = column.to_numpy(float)
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        raise ValueError(
            f"{path} row {wrong[0] + 1}, column {column.name!r}: must be finite; got "
            f"{values[wrong[0]]}."
        )
    return values


def _stand_ins(column: pd.Series, outcome: bool = False) -> list[str]:
    """Return a note where a number far below all others may mean a missing value.

    outcome : whether -9 beside two other values is PLINK's of an unknown case.
    """
    if not pd.api.types.is_numeric_dtype(column) or column.nunique() < 3:
        return []
    values = np.unique(column.to_numpy(float))
    lowest, second = values[0], values[min(1, len(values) - 1)]
    plink = outcome and lowest == PLINK_CODE and len(values) == 3
    if not plink and (lowest not in STAND_INS or second < lowest / 2):
        return []
    n = int((column == lowest).sum())
    return [
        f"{column.name} is {lowest:g} in {n} row{'s' * (n != 1)}, far below all "
        "others, and was taken as a number: if it means missing, leave such fields "
        "empty."
    ]


def _numbers(
    path: Path, table: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return columns as numbers, and those that each column became."""
    parts, levels_of = {}, {}
    for name, column in table.items():
        column = _inferred(path, column)
        if pd.api.types.is_numeric_dtype(column):  # also True and False
            parts[str(name)] = _finite(path, column)
            levels_of[str(name)] = [str(name)]
            continue
        _refuse_strays(path, column)
        levels = sorted(column.astype(str).unique())
        if len(levels) > MOST_LEVELS:
            raise ValueError(
                f"{path} column {name!r} must have at most {MOST_LEVELS} different "
                f"texts; got {len(levels)}: leave it out."
            )
        made = [f"{name} = {level}" for level in levels[1:]]
        for level, own in zip(levels[1:], made, strict=True):
            _refuse_name(path, own, table)
            parts[own] = (column.astype(str) == level).to_numpy(float)
        levels_of[str(name)] = made
    return pd.DataFrame(parts), levels_of
