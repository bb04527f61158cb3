"""What people bring becomes numbers, or one line says where it cannot and what to do.

Rows are counted from 0, as in the other checks.
"""

from collections.abc import Hashable, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from scipy import sparse

from helpers import checks
from helpers.loaders.mixed_tables import DATES

#: Different values that are classes rather than names or measurements, at most.
MOST_CLASSES = 10
#: Share of the rows from which on a column holds numbers, and what is none is a slip.
MOSTLY = 0.5
#: What to do with text, and with dates.
AS_COLUMNS = "make it 0/1 columns (pandas.get_dummies)"
BLOCKS = {"X": ", joined by blocks"}
AS_DAYS = "make dates a number first, such as days since the first"


def table(name: str, value: Any, names: Sequence[str] = ()) -> np.ndarray:
    """Return a table, or one column, as finite numbers.

    Parameters
    ----------
    name : str
        What the argument is called.
    value : array or DataFrame, shape (n, n_columns) or (n,)
    names : sequence of str
        Of the columns, for messages.

    Raises
    ------
    ValueError, TypeError
        If it is a sparse matrix, or holds dates, text, complex numbers, gaps or
        infinity.
    """
    if isinstance(value, pd.DataFrame):
        for label, column in value.items():
            _refuse_column(name, label, column)
    array, flat = _numbers(name, value)
    if flat is not None:
        row = _strays(flat)[0]
        place = ", ".join(map(str, np.unravel_index(row, array.shape)))
        raise TypeError(
            f"{name}[{place}] must be a number; got {flat.iloc[row]!r}: if it is text, "
            f"{AS_COLUMNS}{BLOCKS.get(name, '')}."
        )
    return _without_gaps(name, array, names)


def outcome(y: Any) -> np.ndarray:
    """Return an outcome as finite numbers, (n,).

    Raises
    ------
    ValueError, TypeError
        As `table`; of classes the message says how to ask about one.
    """
    array, flat = _numbers("y", y)
    if not array.ndim:
        return checks.vector("y", y)  # which it is not
    if flat is not None:
        raise TypeError(f"y must be numeric; {_said_of_text(flat)}.")
    return checks.vector("y", _without_gaps("y", array))


def labels(name: str, value: ArrayLike, n: int) -> np.ndarray:
    """Return names of groups of rows, (n,), as they are.

    Raises
    ------
    ValueError, TypeError
        If there are not `n`, one is missing, or some are text and others numbers:
        1 and "1" may mean the same group, or not.
    """
    # A list of text and NaN would become text; an object stays what it is.
    given = value if hasattr(value, "dtype") else np.asarray(value, dtype=object)
    given = np.asarray(given)
    if given.shape != (n,):
        raise ValueError(f"{name} must have {n} values, one a row; got {given.shape}.")
    missing = np.flatnonzero(pd.isna(given))
    if len(missing):
        first = missing[0]
        raise ValueError(
            f"{name}[{first}] must name a group; got {given[first]}, as in "
            f"{len(missing)} of {n} rows: leave these rows out, or give each a group "
            "of its own."
        )
    if given.dtype == object:
        _refuse_mixed(name, given)
    return np.asarray(value)


def refuse_other_order(name: str, value: object, X: object) -> None:
    """Raise where the labels of rows are those of X in another order.

    Rows are taken as they stand, whatever their labels; the same labels elsewhere are
    no accident.
    """
    ours, theirs = (getattr(v, "index", None) for v in (value, X))
    if not isinstance(ours, pd.Index) or not isinstance(theirs, pd.Index):
        return
    if len(ours) != len(theirs) or ours.equals(theirs):
        return
    if ours.isin(theirs).all() and theirs.isin(ours).all():
        raise ValueError(
            f"{name} must have its rows in the order of X; got the same labels in "
            f"another: pass {name}.loc[X.index]."
        )


def _refuse_mixed(name: str, given: np.ndarray) -> None:
    """Raise where some labels are numbers and others are not, or none can be sorted."""
    kinds = pd.Series([_kind_of_label(label) for label in given])
    counts = kinds.value_counts()
    if len(counts) > 1:
        first = int(np.flatnonzero(kinds == counts.index[-1])[0])
        raise TypeError(
            f"{name} must be all numbers or all text; got {counts.iloc[-1]} of "
            f"{len(given)} rows as {counts.index[-1]}, the first {name}[{first}] = "
            f"{given[first]!r}: make all text by str()."
        )
    try:
        np.unique(given)
    except TypeError:
        raise TypeError(f"{name} must be numbers or text; got {given[0]!r}.") from None


def _kind_of_label(label: object) -> str:
    if isinstance(label, str):
        return "text"
    return "numbers" if isinstance(label, Real) else type(label).__name__


def _numbers(name: str, value: Any) -> tuple[np.ndarray, pd.Series | None]:
    """Return numbers; where some are none, the values as they are, also as a column."""
    if sparse.issparse(value):
        raise TypeError(
            f"{name} must be a dense array; got a sparse matrix: pass {name}.toarray()."
        )
    if np.ma.is_masked(value):
        masked = np.ma.count_masked(value)
        raise ValueError(f"{name} must have no masked values; got {masked}.")
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()  # numbers alone, wherever they are
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:  # rows of different lengths
        raise TypeError(f"{name} must be numeric; {error}.") from None
    if array.dtype.kind in "biuf":
        return np.asarray(value, dtype=np.float64), None
    flat = pd.Series(array.ravel())
    _refuse_kind(name, flat)
    try:
        return np.asarray(value, dtype=np.float64), None
    except (TypeError, ValueError):
        if len(_strays(flat)):
            return array, flat
    return _coerced(flat).reshape(array.shape), None


def _coerced(column: pd.Series) -> np.ndarray:
    """Return the numbers of a column, NaN for what is none."""
    numbers = pd.to_numeric(column.astype(object), errors="coerce")
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)


def _strays(column: pd.Series) -> np.ndarray:
    """Return the rows that hold something, but no number."""
    return np.flatnonzero(np.isnan(_coerced(column)) & column.notna().to_numpy())


def _kind(column: pd.Series) -> str:
    """Return what a column holds, in the words of pandas."""
    if column.dtype == object and any(
        isinstance(v, complex | np.complexfloating) for v in column
    ):
        return "complex"
    return pd.api.types.infer_dtype(column, skipna=True)


def _refuse_kind(where: str, column: pd.Series) -> str:
    """Raise where a column holds dates or complex numbers; return what it holds."""
    kind = _kind(column)
    if kind in DATES:
        raise TypeError(f"{where} must be numeric; got {column.dtype}: {AS_DAYS}.")
    if kind == "complex":
        raise TypeError(
            f"{where} must be real; got complex numbers: take their real part, their "
            "imaginary part, or abs()."
        )
    return kind


def _refuse_column(name: str, label: Hashable, column: pd.Series) -> None:
    """Raise where a column of a DataFrame does not hold numbers, and say what to do."""
    where = f"{name} column {label!r}"
    kind = _refuse_kind(where, column)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return
    says = f"{where} must be numeric; got {column.dtype}"
    if kind == "empty":
        raise TypeError(f"{says} without a value: leave it out.")
    if kind != "categorical":
        strays = _strays(column)
        if not len(strays):
            raise TypeError(f"{says} that holds numbers: convert it by .astype(float).")
        if len(strays) <= (1 - MOSTLY) * column.notna().sum():
            raise TypeError(
                f"{says}, and no number in {len(strays)} of {len(column)} rows, the "
                f"first {column.iloc[strays[0]]!r} in row {strays[0]}: correct these, "
                "then .astype(float)."
            )
    raise TypeError(f"{says}: {AS_COLUMNS}{BLOCKS.get(name, '')}.")


def _said_of_text(y: pd.Series) -> str:
    """Return what an outcome with text holds, and what to do."""
    strays = _strays(y)
    if len(strays) <= (1 - MOSTLY) * len(y):
        return (
            f"got {y.iloc[strays[0]]!r} in row {strays[0]}, and no number in "
            f"{len(strays)} of {len(y)} rows: correct these or leave them out"
        )
    classes = sorted(set(map(str, y.dropna())))
    if len(classes) > MOST_CLASSES:
        return f"got text with {len(classes)} different values, as {classes[0]!r}"
    named = ", ".join(map(repr, classes))
    if len(classes) <= 2:
        return (
            f"got the classes {named}: recode to 0 and 1, as y == {classes[-1]!r}, "
            "with family='binomial'"
        )
    return (
        f"got {len(classes)} classes, {named}, and several classes are not tested: "
        f"test one against the rest, as y == {classes[0]!r} with family='binomial'"
    )


def _without_gaps(
    name: str, array: np.ndarray, names: Sequence[str] = ()
) -> np.ndarray:
    """Return an array if all is finite; else name the first place, and count rows."""
    wrong = ~np.isfinite(array)
    if not wrong.any() or not array.ndim:
        return array
    place = tuple(int(k) for k in np.argwhere(wrong)[0])
    column = array if array.ndim == 1 else array[:, place[1]]
    same = np.isnan(column) if np.isnan(array[place]) else np.isinf(column)
    of = ""
    if len(place) == 2:
        number = place[1]
        of = f" of column {(names[number] if number < len(names) else number)!r}"
    raise ValueError(
        f"{name}[{', '.join(map(str, place))}] must be finite; got {array[place]}, as "
        f"in {int(same.sum())} of {len(array)} rows{of}: correct these or leave them "
        "out."
    )
