"""Published numbers, and what a paper-size value says about each."""

import csv
import math
import os
from pathlib import Path

import pandas as pd

from helpers.press.results.files import NAME
from helpers.press.results.tables import number_text

RELATIONS = ("equals", "at_least", "at_most", "holds", "quoted")
VERDICTS = ("reproduced", "not reproduced", "not run yet", "quoted")
PUBLISHED_COLUMNS = (
    "claim", "quantity", "published", "spread", "source", "tolerance", "relation",
)  # fmt: skip


def read_published(path: str | os.PathLike) -> pd.DataFrame:
    """Return the table of published numbers, checked row by row.

    Columns: claim (a phrase), quantity (dotted id, unique), published (number; 1 for
    an ordering that holds), spread, source (figure or table), tolerance, relation.

    Raises
    ------
    FileNotFoundError, ValueError
        Naming the file, the line (the header is line 1) and the rule.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such table of published numbers.")
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header = next(lines, [])
        if tuple(header) != PUBLISHED_COLUMNS:
            expected = ",".join(PUBLISHED_COLUMNS)
            raise ValueError(
                f"{path} line 1: columns must be {expected}; got {header}."
            )
        rows = []
        for cells in lines:
            place = f"{path} line {lines.line_num}"
            if len(cells) != len(header):
                raise ValueError(
                    f"{place}: must have {len(header)} cells; got {len(cells)}."
                )
            row = _published_row(place, dict(zip(header, cells, strict=True)))
            if any(row["quantity"] == other["quantity"] for other in rows):
                raise ValueError(
                    f"{place}: quantity must be unique; got {row['quantity']!r} again."
                )
            rows.append(row)
    return pd.DataFrame(rows, columns=list(PUBLISHED_COLUMNS))


def _published_row(place: str, cells: dict) -> dict:
    """Return one row with its numbers read; empty spread or tolerance becomes NaN."""
    row = {name: cell.strip() for name, cell in cells.items()}
    for name in ("claim", "quantity", "source"):
        if not row[name]:
            raise ValueError(f"{place}: {name} must not be empty.")
    if not NAME.fullmatch(row["quantity"]):
        raise ValueError(
            f"{place}: quantity must be a dotted id; got {row['quantity']!r}."
        )
    if row["relation"] not in RELATIONS:
        raise ValueError(
            f"{place}: relation must be one of {', '.join(RELATIONS)}; "
            f"got {row['relation']!r}."
        )
    for name in ("published", "spread", "tolerance"):
        try:
            row[name] = float(row[name] or "nan")
        except ValueError:
            raise ValueError(
                f"{place}: {name} must be a number; got {row[name]!r}."
            ) from None
        if math.isinf(row[name]) or (name != "published" and row[name] < 0):
            raise ValueError(
                f"{place}: {name} must be finite and not negative; got {row[name]}."
            )
    if math.isnan(row["published"]):
        raise ValueError(f"{place}: published must not be empty.")
    if row["relation"] == "holds" and row["published"] != 1:
        raise ValueError(
            f"{place}: published must be 1 where relation is holds; "
            f"got {row['published']}."
        )
    needs_tolerance = row["relation"] in ("equals", "at_least", "at_most")
    if needs_tolerance and math.isnan(row["tolerance"]):
        raise ValueError(f"{place}: tolerance must not be empty.")
    return row


def published_name(chapter: str) -> str:
    return f"book/published/{chapter}.csv"


def verdict(relation: str, published: float, tolerance: float, value: float) -> str:
    """Return what a paper-size `value` (NaN = none) says about a published number."""
    if relation == "quoted":
        return "quoted"
    if math.isnan(value):
        return "not run yet"
    # Rounded, so that 0.97 is within 0.01 of 0.96.
    above = round(value - published, 12)
    kept = {
        "equals": abs(above) <= tolerance,
        "at_least": above >= -tolerance,
        "at_most": above <= tolerance,
        "holds": value == 1,
    }[relation]
    return "reproduced" if kept else "not reproduced"


def value_text(relation: str, value: float) -> str:
    if relation == "holds" and not math.isnan(value):
        return "holds" if value == 1 else "does not hold"
    return number_text(value)


def published_text(row) -> str:
    """Return a published value as a page shows it, with its tolerance if it has one."""
    sign = {"at_least": "≥ ", "at_most": "≤ "}.get(row.relation, "")
    text = sign + value_text(row.relation, row.published)
    if row.relation in ("holds", "quoted"):
        return text
    return f"{text} ± {number_text(row.tolerance)}"
