"""Reject what cannot be used, in one line that names it.

Every check returns the value in the form the caller works with, so that a function
starts with one line per argument: ``X = checks.matrix("X", X)``.
"""

from collections.abc import Collection, Iterable, Sequence
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

Choice = TypeVar("Choice")


def integer(
    name: str,
    value: Any,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> int:
    """Return `value` as an int within bounds; bool is not a number here."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer; got {value!r}.")
    return int(_bounded(name, value, at_least, at_most))  # type: ignore[arg-type]  # mypy has no tower of numbers


def number(
    name: str,
    value: Any,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> float:
    """Return `value` as a finite float within bounds."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number; got {value!r}.")
    if not np.isfinite(value):  # type: ignore[call-overload]  # as above
        raise ValueError(f"{name} must be finite; got {value}.")
    return float(_bounded(name, value, at_least, at_most))  # type: ignore[arg-type]  # mypy has no tower of numbers


def flag(name: str, value: Any) -> bool:
    """Return `value` if it is True or False; 1 is neither here."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}.")
    return bool(value)


def one_of(name: str, value: Choice, allowed: Collection) -> Choice:
    """Return `value` if it is among `allowed`."""
    if value not in allowed:
        choices = ", ".join(map(str, allowed))
        raise ValueError(f"{name} must be one of {choices}; got {value!r}.")
    return value


def not_empty(**grids: Collection) -> None:
    """Refuse a grid that holds nothing, by its name: nothing would run."""
    for name, values in grids.items():
        if not len(values):
            raise ValueError(f"{name} must hold one value at least; got none.")


def matrix(
    name: str,
    value: Any,
    *,
    min_rows: int = 1,
    min_columns: int = 1,
    dtype: DTypeLike = np.float64,
) -> np.ndarray:
    """Return `value` as a finite array of shape (rows, columns).

    Raises
    ------
    ValueError
        If it is not two-dimensional or too small, or holds NaN or infinity: the
        message names the first offending row and column (0-based).
    """
    array = _numeric(name, value, dtype)
    if array.ndim != 2:
        raise ValueError(f"{name} must have 2 axes (rows, columns); got {array.ndim}.")
    rows, columns = array.shape
    if rows < min_rows:
        raise ValueError(f"{name} must have at least {min_rows} rows; got {rows}.")
    if columns < min_columns:
        raise ValueError(
            f"{name} must have at least {min_columns} columns; got {columns}."
        )
    return _finite(name, array)


def vector(
    name: str, value: Any, *, length: int | None = None, dtype: DTypeLike = np.float64
) -> np.ndarray:
    """Return `value` as a finite array of shape (length,)."""
    array = _numeric(name, value, dtype)
    if array.ndim != 1:
        raise ValueError(f"{name} must have 1 axis; got {array.ndim}.")
    if length is not None and len(array) != length:
        raise ValueError(f"{name} must have {length} values; got {len(array)}.")
    return _finite(name, array)


def finite(name: str, value: Any, dtype: DTypeLike = np.float64) -> np.ndarray:
    """Return `value`, of any shape, as a finite array."""
    return _finite(name, _numeric(name, value, dtype))


def varying_columns(
    name: str, array: np.ndarray, features: Sequence[str] | None = None
) -> np.ndarray:
    """Return `array` (rows, columns) if no column is constant."""
    constant = np.flatnonzero(np.ptp(array, axis=0) == 0)
    if constant.size:
        column = constant[0]
        label = features[column] if features is not None else column
        raise ValueError(f"{name} column {label!r} is constant; drop it first.")
    return array


def feature_sets(
    name: str, sets: Iterable[Iterable[int]], n_features: int
) -> tuple[tuple[int, ...], ...]:
    """Return sets of feature indices as sorted tuples of at least two, 0-based."""
    checked = []
    for members in sets:
        members = tuple(sorted(integer(f"{name} member", i) for i in members))
        if len(set(members)) != len(members) or len(members) < 2:
            raise ValueError(
                f"{name} must hold two or more different features each; got {members}."
            )
        if members[0] < 0 or members[-1] >= n_features:
            raise ValueError(
                f"{name} must index features 0 to {n_features - 1}; got {members}."
            )
        checked.append(members)
    return tuple(checked)


def _numeric(name: str, value: Any, dtype: DTypeLike) -> np.ndarray:
    try:
        return np.asarray(value, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be numeric; {error}.") from None


def _bounded(
    name: str, value: float, at_least: float | None, at_most: float | None
) -> float:
    if at_least is not None and value < at_least:
        raise ValueError(f"{name} must be at least {at_least}; got {value}.")
    if at_most is not None and value > at_most:
        raise ValueError(f"{name} must be at most {at_most}; got {value}.")
    return value


def _finite(name: str, array: np.ndarray) -> np.ndarray:
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = ", ".join(map(str, bad[0]))
        raise ValueError(f"{name}[{place}] must be finite; got {array[tuple(bad[0])]}.")
    return array
