"""What each step of a chapter took where it ran, for who teaches it live."""

import json
import os
from pathlib import Path

import pandas as pd

from helpers.press import results

SIZES = ("smoke", "quick")
MOST_ROWS = 10  # as of any table that stands open


def step_seconds(
    chapter: str, *, root: str | os.PathLike = results.ROOT
) -> pd.DataFrame:
    """Return the seconds of each step of a chapter, from the book's own records.

    Parameters
    ----------
    chapter : str
        Name of the notebook, ``5-nid`` say.

    Returns
    -------
    DataFrame
        A row a step, a column each for sizes smoke, quick and paper; NaN where a step
        has no record. Those of smoke and quick size were measured on this machine,
        those of paper size are of the committed tables.
    """
    root = Path(root)
    seconds = {
        size: _local(root / "_build" / "results" / chapter / size) for size in SIZES
    }
    stored = results.Store(chapter, size="paper", root=root).committed_manifest()
    steps = stored.get("steps", {})
    seconds["paper"] = {n: step["ran"]["seconds"] for n, step in steps.items()}
    table = pd.DataFrame(seconds).dropna(how="all").rename_axis("step")
    return table.reindex(columns=[*SIZES, "paper"])


def _local(folder: Path) -> dict[str, float]:
    """Return the seconds of each step of the last run in a folder of tables."""
    run = folder / results.RUN
    asked = json.loads(run.read_text("utf-8"))["steps"] if run.is_file() else {}
    latest = {}
    for path in folder.glob("*.json"):
        record = json.loads(path.read_text("utf-8"))
        if record.get("step") in asked and record.get("ran"):
            ran = record["ran"]["date"], record["ran"]["seconds"]
            latest[record["step"]] = max(latest.get(record["step"], ran), ran)
    return {step: seconds for step, (_, seconds) in latest.items()}


def live_text(chapter: str, *, root: str | os.PathLike = results.ROOT) -> str:
    """Return the table of a chapter's steps as Markdown, the shortest first."""
    table = step_seconds(chapter, root=root)
    here = table[table[list(SIZES)].notna().any(axis=1)]
    if here.empty:
        here = table
    shown = here.sort_values(["quick", "smoke", "paper"]).head(MOST_ROWS)
    lines = ["| step | smoke | quick | paper size, stored |", "|:--|--:|--:|--:|"]
    for step, row in shown.iterrows():
        cells = ["–" if pd.isna(s) else results.duration(s) for s in row]
        lines.append(f"| {step} | {' | '.join(cells)} |")
    left = len(here) - len(shown)
    more = f" {left} longer steps are left out." if left else ""
    where = f"as the tables of `{chapter}` record it: smoke and quick size on the"
    return "\n".join(
        [
            f"Time of each step, {where} machine that built these pages, "
            f"paper size where it was computed; – was not run there.{more}",
            "",
            *lines,
            "",
        ]
    )


def write_live_tables(folder: Path, root: Path) -> list[Path]:
    """Write `course/live/<chapter>.md` into a staged book that has lessons."""
    if not (folder / "course").is_dir():
        return []
    target = folder / "course" / "live"
    target.mkdir(exist_ok=True)
    written = []
    for path in sorted((root / "book" / "chapters").glob("*.ipynb")):
        written.append(target / f"{path.stem}.md")
        results.write_whole(written[-1], live_text(path.stem, root=root))
    return written
