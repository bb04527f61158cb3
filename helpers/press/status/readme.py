"""The table of chapters in README.md: measured cells come from the records."""

import os
import re
from pathlib import Path

import pandas as pd

from helpers.press import results
from helpers.press.results import ROOT, write_whole
from helpers.press.status.tables import page_words, paper_words, took
from helpers.press.status.times import read_times

README = "README.md"
ROW = re.compile(r"^\| \[.*?\]\(book/chapters/([\w-]+)\.ipynb\) \| .*$", re.MULTILINE)


def readme(*, root: str | os.PathLike = ROOT) -> str:
    """Return README.md with quick time, paper time and verdicts of each chapter anew.

    Title and claim are kept, and so is a quick time of which there is no record.
    """
    text = (Path(root) / README).read_text(encoding="utf-8")
    counts = results.verdict_counts(results.scoreboard("paper", root=root))
    counts = counts.set_index("chapter")
    times = read_times(root=root)

    def anew(found: re.Match) -> str:
        name = found[1]
        *kept, quick = found[0].split(" | ")[:3]
        measured = [quick_words(times, name) or quick, paper_words(name, root=root)]
        words = results.verdict_words(counts.loc[name])
        return " | ".join([*kept, *measured, f"{words} |"])

    return ROW.sub(anew, text)


def quick_words(times: pd.DataFrame, name: str) -> str:
    """Return what a chapter took at quick size, or nothing if nobody recorded it."""
    if page_words(times, name, "quick") == "–":
        return ""
    (row,) = times[(times["page"] == name) & (times["size"] == "quick")].to_dict(
        "records"
    )
    return took(row["core_seconds"], "core-")


def write_readme(*, root: str | os.PathLike = ROOT) -> Path:
    """Bring README.md up to date; return it."""
    path = Path(root) / README
    write_whole(path, readme(root=root))
    return path
