"""Every claim of every chapter with its verdict, and how many there are of each."""

import os
from pathlib import Path

import pandas as pd

from helpers.press.results.files import ROOT
from helpers.press.results.published import SEARCHED, VERDICTS, verdict_text
from helpers.press.results.store import Store


def scoreboard(size: str = "quick", *, root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return every claim of every chapter with its verdict.

    Returns
    -------
    DataFrame
        chapter, claim, published, tolerance, chance, reading, paper_size, this_run,
        size, verdict.
    """
    tables = []
    for path in sorted((Path(root) / "book" / "published").glob("*.csv")):
        table = Store(path.stem, size=size, root=root, own=True).comparison()
        tables.append(table.assign(chapter=path.stem))
    columns = [
        "chapter", "claim", "published", "tolerance", "chance", "reading",
        "paper_size", "this_run", "size", "verdict",
    ]  # fmt: skip
    if not tables:
        return pd.DataFrame(columns=columns)
    return pd.concat(tables, ignore_index=True)[columns]


def verdict_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a chapter with its number of claims and of each verdict.

    What was reproduced by a reading that was found after search stands apart.
    """
    shown = map(verdict_text, table["verdict"], table["reading"])
    counts = pd.crosstab(table["chapter"], pd.Series(list(shown), table.index))
    columns = [VERDICTS[0], SEARCHED, *VERDICTS[1:]]
    counts = counts.reindex(columns=columns, fill_value=0)
    counts.insert(0, "claims", counts.sum(axis=1))
    return counts.rename_axis(columns=None).reset_index()


def verdict_words(counts: pd.Series) -> str:
    """Say in a few words what a row of `verdict_counts` counts, as the README does."""
    reproduced = counts["reproduced"] + counts[SEARCHED]
    words = f"{reproduced} reproduced"
    if counts[SEARCHED]:
        words += f" ({counts[SEARCHED]} found after search)"
    words += f", {counts['not reproduced']} not"
    for verdict, text in (
        ("checked by arithmetic", "by arithmetic"),
        ("not applicable", "not applicable"),
        ("not run yet", "not run yet"),
    ):
        if counts[verdict]:
            words += f", {counts[verdict]} {text}"
    return words
