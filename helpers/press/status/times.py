"""What the pages took at each size: seconds, core seconds, memory; where and when."""

import os
from pathlib import Path

import pandas as pd

from helpers.press.render import notebooks
from helpers.press.results import ROOT, SIZES, write_whole
from helpers.press.results.files import read_json

FILE = Path("data", "results", "times.csv")
COLUMNS = (
    "page", "size", "seconds", "core_seconds", "peak_mb", "date", "commit", "machine",
    "threads",
)  # fmt: skip


def times_here(size: str, *, root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return what the pages took that the book ran here, of one size.

    Returns
    -------
    DataFrame
        `COLUMNS`: seconds from start to end; core seconds, of all processes together;
        peak_mb, the most that its largest process held, in MB of a million bytes.
    """
    folder = Path(root) / "_build" / size / "runs"
    receipts = [read_json(folder / f"{name}.json") for name in notebooks(root=root)]
    rows = [_row(receipt) for receipt in receipts if receipt and "ran" in receipt]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(receipt: dict) -> dict:
    ran = receipt["ran"]
    return {
        "page": receipt["name"],
        "size": receipt["size"],
        "seconds": receipt["seconds"],
        "core_seconds": receipt["core_seconds"],
        "peak_mb": receipt.get("peak_mb", float("nan")),
        "date": ran["date"][:10],
        "commit": ran["commit"],
        "machine": ran["device"],
        "threads": ran["threads"],
    }


def read_times(*, root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return the committed records, `COLUMNS`; one row a page and size."""
    path = Path(root) / FILE
    if not path.is_file():
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.read_csv(path)


def record(size: str, *, root: str | os.PathLike = ROOT) -> Path:
    """Put what the pages took here into the committed records; return their file.

    Rows of other sizes, and of pages that have not run here, stay as they are.

    Raises
    ------
    ValueError
        If no page of this size has run here.
    """
    fresh = times_here(size, root=root)
    if fresh.empty:
        raise ValueError(f"size must be one whose pages have run here; got {size!r}.")
    table = newest(read_times(root=root), fresh)
    path = Path(root) / FILE
    write_whole(path, table.to_csv(index=False, lineterminator="\n"))
    return path


def newest(records: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """Return records in which the fresh rows take the place of their like."""
    parts = [part for part in (records, fresh) if len(part)]
    if not parts:
        return records
    table = pd.concat(parts).drop_duplicates(["page", "size"], keep="last")
    order = {size: number for number, size in enumerate(SIZES)}
    return table.sort_values(
        ["page", "size"], key=lambda c: c.map(order) if c.name == "size" else c
    ).reset_index(drop=True)
