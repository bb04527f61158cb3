"""Published numbers, and what a paper-size value says about each."""

import csv
import math
import os
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.press.results.files import NAME
from helpers.press.results.tables import number_text

RELATIONS = ("equals", "at_least", "at_most", "holds", "quoted")
# How a row came to be read as it is: fixed from the paper's words before the run, or
# chosen among several after results were seen; arithmetic compares formulas, or our own
# number with itself, and so reproduces nothing.
READINGS = ("declared", "found after search", "arithmetic")
VERDICTS = (
    "reproduced", "not reproduced", "checked by arithmetic", "not applicable",
    "not run yet", "quoted",
)  # fmt: skip
SEARCHED = "reproduced, found after search"  # counted apart
PUBLISHED_COLUMNS = (
    "claim", "quantity", "published", "spread", "source", "tolerance", "relation",
    "reading", "chance", "together",
)  # fmt: skip


def read_published(path: str | os.PathLike) -> pd.DataFrame:
    """Return the table of published numbers, checked row by row.

    Columns: claim (a phrase), quantity (dotted id, unique), published (number; 1 for
    an ordering that holds), spread, source (figure or table), tolerance, relation,
    reading (`READINGS`), chance (what guessing would give, where that can be said),
    together (rows of the same name are reproduced together or not at all, so that a
    test which never, or always, calls reproduces none of them).

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
    if row["reading"] not in READINGS:
        raise ValueError(
            f"{place}: reading must be one of {', '.join(READINGS)}; "
            f"got {row['reading']!r}."
        )
    for name in ("published", "spread", "tolerance", "chance"):
        try:
            row[name] = float(row[name] or "nan")
        except ValueError:
            raise ValueError(
                f"{place}: {name} must be a number; got {row[name]!r}."
            ) from None
        negative = name in ("spread", "tolerance") and row[name] < 0
        if math.isinf(row[name]) or negative:
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
    """Return where a chapter's published numbers stand."""
    return f"book/published/{chapter}.csv"


def verdicts(table: pd.DataFrame, values: dict) -> list[str]:
    """Return the verdict on each row of a published table.

    values : {quantity: number}, of paper size; None says that the row does not apply
    """
    alone = [
        verdict(
            row.relation,
            row.published,
            row.tolerance,
            values.get(row.quantity, math.nan),
            row.reading,
        )
        for row in table.itertuples()
    ]
    groups = {}
    for name, one in zip(table["together"], alone, strict=True):
        groups.setdefault(name, set()).add(one)
    return [
        _joint(groups[name]) if name and one in DECIDED else one
        for name, one in zip(table["together"], alone, strict=True)
    ]


DECIDED = ("reproduced", "not reproduced", "not run yet")


def _joint(of_rows: set[str]) -> str:
    """Return the verdict on rows that stand or fall together."""
    for worst in ("not reproduced", "not run yet"):
        if worst in of_rows:
            return worst
    return "reproduced"


def verdict(
    relation: str,
    published: float,
    tolerance: float,
    value: float | None,
    reading: str = "declared",
) -> str:
    """Return what a paper-size `value` says about a published number.

    NaN: there is none yet; None: the run found that the row cannot apply.
    """
    if relation == "quoted":
        return "quoted"
    if value is None:
        return "not applicable"
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
    if not kept:
        return "not reproduced"
    return "checked by arithmetic" if reading == "arithmetic" else "reproduced"


def value_text(relation: str, value: float) -> str:
    """Return a value as a page shows it; orderings in words."""
    if relation == "holds" and not math.isnan(value):
        return "holds" if value == 1 else "does not hold"
    return number_text(value)


def published_text(row: Any) -> str:
    """Return a published value as a page shows it, with its tolerance if it has one."""
    sign = {"at_least": "≥ ", "at_most": "≤ "}.get(row.relation, "")
    text = sign + value_text(row.relation, row.published)
    if row.relation not in ("holds", "quoted"):
        text = f"{text} ± {number_text(row.tolerance)}"
    return (
        text if math.isnan(row.chance) else f"{text}; chance {number_text(row.chance)}"
    )


def verdict_text(verdict: str, reading: str) -> str:
    """Return a verdict as a page shows it."""
    searched = verdict == "reproduced" and reading == "found after search"
    return SEARCHED if searched else verdict
