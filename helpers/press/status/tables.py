"""The tables of the status page."""

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers.press import results
from helpers.press.render import notebooks
from helpers.press.results import ROOT, SIZES, Store
from helpers.press.results.files import read_json
from helpers.press.status.times import newest, read_times, times_here

#: Verdicts as heads of columns, so that the table fits a page.
SHORT = {
    "reproduced, found after search": "found after search",
    "checked by arithmetic": "arithmetic",
    "not applicable": "n/a",
}
#: How names of GPUs begin; a step in parts names all devices it ran on.
GPUS = ("NVIDIA", "Tesla", "AMD Instinct", "AMD Radeon")


def pages_table(*, root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return one row a page: what it took at each size, in words.

    Runs of this clone count before the committed records. At paper size, what the
    stored steps took when they were computed, each second times its threads.
    """
    times = newest_times(root=root)
    rows = []
    for name, path in notebooks(root=root).items():
        place = path.relative_to(Path(root) / "book").as_posix()
        row = {"Page": f"[{name}]({place})"}
        for size in SIZES[:2]:
            row[size.capitalize()] = page_words(times, name, size)
        row["Paper, stored steps"] = paper_words(name, root=root)
        rows.append(row)
    return pd.DataFrame(rows)


def newest_times(*, root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return what each page took last at each size: here, else as committed.

    As `read_times`, one row a ``page`` and ``size``, pages as the book lists them.
    """
    times = read_times(root=root)
    for size in SIZES:
        times = newest(times, times_here(size, root=root))
    order = {name: place for place, name in enumerate(notebooks(root=root))}
    known = times[times["page"].isin(order)]
    return known.sort_values("page", key=lambda page: page.map(order), kind="stable")


def page_words(times: pd.DataFrame, name: str, size: str) -> str:
    """Return what a page took at a size: time, core time, memory, when, where."""
    found = times[(times["page"] == name) & (times["size"] == size)]
    if found.empty:
        return "–"
    (row,) = found.to_dict("records")
    words = f"{took(row['seconds'])}, {took(row['core_seconds'], 'core-')}"
    if pd.notna(row["peak_mb"]):
        words += f", {row['peak_mb'] / 1000:.1f} GB"
    return f"{words} ({row['date']}, {row['commit']})"


def took(seconds: float, kind: str = "") -> str:
    """Return a time as a reader takes it in, of cores if `kind` says so."""
    if seconds < 90:
        return f"{seconds:.0f} {kind}s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} {kind}minutes"
    return f"{seconds / 3600:.1f} {kind}hours"


def paper_words(name: str, *, root: str | os.PathLike = ROOT) -> str:
    """Return what a page's stored paper-size steps took, and how many there are."""
    manifest = Store(name, size="paper", root=root).committed_manifest()
    runs = [step["ran"] for step in manifest["steps"].values()]
    parts = list(_parts(name, Path(root)))
    runs += [part["ran"] for _, part in parts]
    if not runs:
        return "–"
    whole, waits = len(manifest["steps"]), len(_waiting(manifest, parts))
    steps = f"{whole} of {whole + waits} steps"
    if not whole:
        steps = f"parts of {waits} steps" if waits > 1 else "parts of a step"
    core = sum(ran["seconds"] * ran["threads"] for ran in runs)
    on_gpu = any(name in ran["device"] for ran in runs for name in GPUS)
    words = f"{took(core)} of cores and a GPU" if on_gpu else took(core, "core-")
    words += f", {steps}"
    peaks = [ran["peak_mb"] for ran in runs if "peak_mb" in ran]
    return f"{words}, {max(peaks) / 1000:.1f} GB" if peaks else words


def verdicts_table(*, root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return how many claims of each chapter there are, by verdict."""
    counts = results.verdict_counts(results.scoreboard("paper", root=root))
    links = [f"[Chapter {n[0]}](chapters/{n}.ipynb)" for n in counts["chapter"]]
    counts = counts.assign(chapter=links).rename(columns=SHORT)
    return counts.rename(columns=str.capitalize)


def waiting_table(*, root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return one row a paper-size step that has no whole table: why, how to run it."""
    rows = []
    for path in sorted((Path(root) / "data" / "results" / "paper").glob("*")):
        manifest = Store(path.name, size="paper", root=root).committed_manifest()
        parts = list(_parts(path.name, Path(root)))
        estimates = manifest.get("estimates", {})
        for step in _waiting(manifest, parts):
            minutes = estimates.get(step)
            why = f"about {took(60 * minutes)}" if minutes else "more than ten minutes"
            stored = sum(name == step for name, _ in parts)
            if stored:
                why += f"; {stored} part{'s are' if stored > 1 else ' is'} stored"
            command = f"python -m helpers.render {path.name} --size paper --only {step}"
            rows.append(
                {"Chapter": path.name, "Step": step, "Why": why, "Run": f"`{command}`"}
            )
    return pd.DataFrame(rows, columns=["Chapter", "Step", "Why", "Run"])


def _waiting(manifest: dict, parts: list[tuple[str, dict]]) -> list[str]:
    """Return the steps without a whole table: left out by the last run, or in parts."""
    known = [*(manifest.get("not_run_yet") or ()), *(step for step, _ in parts)]
    return [step for step in dict.fromkeys(known) if step not in manifest["steps"]]


def _parts(name: str, root: Path) -> Iterator[tuple[str, dict]]:
    """Yield step and manifest of each stored part of a step that is not whole."""
    folder = root / "data" / "results" / "paper" / name / "parts"
    for path in sorted(folder.glob("*/*.json")):
        yield path.parent.name, read_json(path)  # type: ignore[misc]  # read where it lies
