"""What a notebook needs of a machine, from what its runs recorded.

`python -m helpers.results needs --size quick` collects the records of the book's own
runs here into `profiles/needs.csv`, which is committed; Snakemake asks a cluster for
memory and time by it.
"""

import csv
import io
import math
import os
from collections.abc import Iterator
from pathlib import Path

from helpers import checks
from helpers.press.results.files import ROOT, read_json, write_whole
from helpers.press.results.store import MANIFEST, RUN, SIZES

FILE = Path("profiles", "needs.csv")
COLUMNS = ("notebook", "size", "step", "megabytes", "seconds", "threads", "date")
WHOLE = "whole"  # the step that stands for the notebook from start to end
#: What is asked for: so many times the recorded peak and time, for figures are drawn
#: between steps and other processors are slower; and what any process takes.
MEMORY_FACTOR, LEAST_MEMORY = 1.5, 1000  # MB
TIME_FACTOR, LEAST_TIME = 3.0, 10  # minutes


def collect(size: str, *, root: str | os.PathLike = ROOT) -> list[dict]:
    """Return one row a step, and one a whole notebook, of the runs found here.

    Raises
    ------
    ValueError
        If there is no run of this size.
    """
    checks.one_of("size", size, SIZES)
    root = Path(root)
    rows = [*_steps(size, root), *_notebooks(size, root)]
    if not rows:
        raise ValueError(f"size must be one that has run here; got {size!r}.")
    return sorted(rows, key=lambda row: [row[name] for name in COLUMNS[:3]])


def write(size: str, *, root: str | os.PathLike = ROOT) -> Path:
    """Bring the records of one size in `profiles/needs.csv` up to date; return it.

    Rows of notebooks that have not run here stay as they are.
    """
    path, fresh = Path(root) / FILE, collect(size, root=root)
    here = {(row["notebook"], row["size"]) for row in fresh}
    kept = [r for r in read(root=root) if (r["notebook"], r["size"]) not in here]
    rows = sorted([*kept, *fresh], key=lambda row: [row[name] for name in COLUMNS[:3]])
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_whole(path, text.getvalue())
    return path


def read(*, root: str | os.PathLike = ROOT) -> list[dict]:
    """Return the committed records, numbers as text and absent ones as ""."""
    path = Path(root) / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_notebook(
    name: str, size: str, *, root: str | os.PathLike = ROOT
) -> dict[str, int]:
    """Return what to ask a cluster for: `mem_mb`, and `runtime` in minutes.

    The peak is that of the largest step or of the whole run; the time that of all steps
    together, for a run that found them stored says little. What no run recorded is
    left out: there the profile's defaults hold.
    """
    rows = [r for r in read(root=root) if (r["notebook"], r["size"]) == (name, size)]
    peaks = [float(row["megabytes"]) for row in rows if row["megabytes"]]
    steps = [float(row["seconds"]) for row in rows if row["step"] != WHOLE]
    whole = [float(row["seconds"]) for row in rows if row["step"] == WHOLE]
    needs = {}
    if peaks:
        asked = MEMORY_FACTOR * max(peaks)
        needs["mem_mb"] = max(LEAST_MEMORY, 500 * math.ceil(asked / 500))
    if rows:
        seconds = max([sum(steps), *whole])
        needs["runtime"] = LEAST_TIME + math.ceil(TIME_FACTOR * seconds / 60)
    return needs


def _steps(size: str, root: Path) -> Iterator[dict]:
    """Yield the latest record of each step of the book's own runs."""
    for folder in sorted((root / "_build" / "results").glob(f"*/{size}")):
        latest = {}
        for path in folder.glob("*.json"):
            manifest = read_json(path)
            if path.name in (RUN, MANIFEST) or "ran" not in manifest:  # type: ignore[operator]  # read where it lies
                continue
            before = latest.get(manifest["step"])  # type: ignore[index]  # read where it lies
            if before is None or before["date"] < manifest["ran"]["date"]:  # type: ignore[index]  # read where it lies
                latest[manifest["step"]] = manifest["ran"]  # type: ignore[index]  # read where it lies
        for step, ran in latest.items():
            yield _row(folder.parent.name, size, step, ran)


def _notebooks(size: str, root: Path) -> Iterator[dict]:
    """Yield the record of each notebook that went from start to end."""
    for path in sorted((root / "_build" / size / "runs").glob("*.json")):
        receipt = read_json(path)
        if "peak_mb" in receipt:  # type: ignore[operator]  # read where it lies
            ran = {**receipt.get("ran", {}), **receipt}  # type: ignore[dict-item, union-attr]  # read where it lies
            yield _row(receipt["name"], size, WHOLE, ran)  # type: ignore[index]  # read where it lies


def _row(notebook: str, size: str, step: str, ran: dict) -> dict:
    found = {
        "megabytes": ran.get("peak_mb", ""),
        "seconds": ran["seconds"],
        "threads": ran.get("threads", ""),
        "date": ran.get("date", "")[:10],
    }
    return {"notebook": notebook, "size": size, "step": step} | found
