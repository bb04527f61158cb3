"""What README.md says of results and times comes from the records."""

import os
import re
import textwrap
from pathlib import Path

import pandas as pd

from helpers.press import results
from helpers.press.results import ROOT, write_whole
from helpers.press.status.tables import page_words, paper_words, took
from helpers.press.status.times import read_times

README = "README.md"
#: The one result of the first screen stands as the only quotation.
RESULT = re.compile(r"^> .*(?:\n> .*)*$", re.MULTILINE)
ROW = re.compile(r"^\| \[.*?\]\(book/chapters/([\w-]+)\.ipynb\) \| .*$", re.MULTILINE)


def readme(*, root: str | os.PathLike = ROOT) -> str:
    """Return README.md with its result, and times and verdicts of each chapter, anew.

    Title and claim are kept, and so is a quick time of which there is no record.
    """
    text = (Path(root) / README).read_text(encoding="utf-8")
    board = results.scoreboard("paper", root=root)
    counts = results.verdict_counts(board).set_index("chapter")
    times = read_times(root=root)

    def anew(found: re.Match) -> str:
        name = found[1]
        *kept, quick = found[0].split(" | ")[:3]
        measured = [quick_words(times, name) or quick, paper_words(name, root=root)]
        words = "a comparison of our own"
        if name in counts.index:
            words = results.verdict_words(counts.loc[name])
        return " | ".join([*kept, *measured, f"{words} |"])

    text = RESULT.sub(lambda _: result_words(board), text)
    return ROW.sub(anew, text)


def result_words(board: pd.DataFrame) -> str:
    """Return what chapter 1 found of its networks, as a quotation.

    Parameters
    ----------
    board : DataFrame
        The scoreboard at paper size.

    Raises
    ------
    ValueError
        If a table that it needs is not stored.
    """
    size = _called(board, "the effect size against shuffles", "negative")
    false, true = (
        _called(board, "the paired test", control)
        for control in ("negative", "positive")
    )
    words = (
        f"Of 90 networks trained on strictly additive DNA data, {size} report an "
        "interaction of two motifs that passes a test of effect sizes. Asking instead "
        f"whether it lowers the loss on held-out data leaves {false} of them, and "
        f"keeps {true} of 90 networks whose data do hold one"
    )
    link = (
        "([chapter 1](book/chapters/1-false-positives.ipynb); all ways to call one,\n"
        "side by side, on [one page](book/findings.ipynb))."
    )
    return textwrap.indent(f"{textwrap.fill(words, 93)}\n{link}", "> ")


def _called(board: pd.DataFrame, test: str, control: str) -> int:
    """Return how many of the networks of both paddings a test calls."""
    rows = [
        f"Of 45 networks, significant by {test}: {control} control, {padding} padding"
        for padding in ("valid", "same")
    ]
    values = board.set_index("claim")["paper_size"].reindex(rows)
    if values.isna().any():
        raise ValueError(f"the paper-size values of {rows} must be stored.")
    return round(values.sum())


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
