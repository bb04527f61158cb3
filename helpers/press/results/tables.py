"""Tidy tables as exact CSV text, and as Markdown for a page."""

import io
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.press.results.files import DamagedError, digest

#: A quantity as text: a number, perhaps with its unit, perhaps up to or into another.
_NUMBER = r"[-−+]?\d[\d,]*(\.\d+)?(e[-−+]?\d+)?( ?(%|s|ms|minutes|hours))?"
QUANTITY = re.compile(rf"[<>≤≥]? ?{_NUMBER}( (→|to|±) {_NUMBER})?|–")
#: A rounded number that kept its sign: -0.00 says no more than 0.00.
_MINUS_ZERO = re.compile(r"(?<![\w.])[-−](0\.?0*)(?![\w.])")
MANIFEST_FIELDS = {"settings", "parts", "revision", "data", "table", "ran", "extra"}


class Markdown(str):
    """Text that a notebook shows as Markdown and a terminal prints as it is."""

    def _repr_markdown_(self) -> str:
        return str(self)


def escaped(text: str) -> str:
    """Return a name as Markdown shows it letter by letter: HLA-A*01 keeps its star."""
    return re.sub(r"([\\`*_{}\[\]<>$~#|&])", r"\\\1", str(text))


def to_markdown(table: pd.DataFrame, *, names: Sequence[str] = ()) -> Markdown:
    """Return a table as Markdown, without its index; pipes in cells are escaped.

    Numbers stand to the right, those that come as text too (1.7e-06, 0.2 → 0.3). What
    rounds to zero has no sign. Of a table without rows a line says what it would hold.

    names : columns whose text is shown letter by letter: names that readers bring
    """
    if not len(table):
        heads = ", ".join(_cell(name) for name in table.columns if _cell(name))
        return Markdown(f"*No rows to show: {heads}.*")
    given = {name: table[name].map(escaped) for name in names if name in table}
    table = table.map(_without_minus_zero).assign(**given)

    def line(cells: Iterable) -> str:
        return "| " + " | ".join(_cell(c) for c in cells) + " |"

    columns = (table.iloc[:, place] for place in range(table.shape[1]))
    rule = ["--:" if _is_of_numbers(column) else ":--" for column in columns]
    rows = table.itertuples(index=False, name=None)
    return Markdown(
        "\n".join([line(table.columns), "|" + "|".join(rule) + "|", *map(line, rows)])
    )


def _is_of_numbers(column: pd.Series) -> bool:
    """Say whether a column holds numbers, or text that is nothing else."""
    if pd.api.types.is_numeric_dtype(column):
        return True
    texts = [_cell(value) for value in column]
    texts = [text for text in texts if text]
    return any(text != "–" for text in texts) and all(map(QUANTITY.fullmatch, texts))


def to_csv(name: str, table: Any) -> tuple[str, dict]:
    """Return a table as CSV text with exact numbers, and the kind of each column."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"step {name!r} must return a DataFrame; got {type(table).__name__}."
        )
    if any(index is not None for index in table.index.names):
        raise ValueError(
            f"step {name!r}: index {list(table.index.names)} would be lost; "
            "call reset_index() first."
        )
    if not len(table.columns):
        raise ValueError(f"step {name!r} must return at least one column; got none.")
    if not table.columns.is_unique or not all(
        isinstance(column, str) and column for column in table
    ):
        raise ValueError(
            f"step {name!r}: column names must be unique text; got {list(table)}."
        )
    kinds = {column: _kind(name, table[column]) for column in table}
    texts = [column for column, kind in kinds.items() if kind == "text"]
    plain = table.astype(dict.fromkeys(texts, object))
    return plain.to_csv(index=False, lineterminator="\n"), kinds


def _kind(name: str, column: pd.Series) -> str:
    kind = column.dtype
    if isinstance(kind, np.dtype) and kind.kind in "iufb":
        return kind.name
    values = column.dropna()
    if all(isinstance(value, str) and value and "\r" not in value for value in values):
        return "text"
    raise TypeError(
        f"step {name!r}: column {column.name!r} must hold numbers, booleans or "
        f"non-empty text; got {kind}."
    )


def load(path: Path, manifest: dict | None) -> pd.DataFrame | None:
    """Return the table at `path` as its manifest describes it; None if it is absent."""
    if manifest is None or not path.is_file():
        return None
    # A checkout may have turned line ends into those of its system.
    content = path.read_bytes().replace(b"\r\n", b"\n")
    if not manifest.keys() >= MANIFEST_FIELDS:
        raise DamagedError(f"{path} has an incomplete manifest.")
    if digest(content) != manifest["table"]["sha256"]:
        raise DamagedError(f"{path} differs from its manifest (sha256).")
    # Read as text: only Python's own conversion is exact in every version of pandas.
    table = pd.read_csv(
        io.BytesIO(content), dtype=str, keep_default_na=False, na_values=[""]
    )
    for column, kind in manifest["table"]["columns"].items():
        if kind == "bool":
            table[column] = table[column] == "True"
        elif kind != "text":
            table[column] = table[column].to_numpy(object).astype(kind)
    return table


def _cell(value: Any) -> str:
    if isinstance(value, float):
        value = number_text(value)
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(str(value).split()))


def _without_minus_zero(value: Any) -> Any:
    return _MINUS_ZERO.sub(r"\1", value) if isinstance(value, str) else value


def number_text(value: float) -> str:
    """Return a number with four significant digits, an absent one as a dash.

    Below a ten-thousandth in the form 5.75e-29: nobody counts zeros after the point.
    """
    if not math.isfinite(value):
        return "–" if math.isnan(value) else str(value)
    if float(value).is_integer():
        return str(int(value))
    if abs(value) < 1e-4:
        return np.format_float_scientific(value, precision=3, trim="-", exp_digits=1)
    return np.format_float_positional(value, precision=4, fractional=False, trim="-")
