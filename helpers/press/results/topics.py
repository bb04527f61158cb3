"""What the published rows of a chapter are about, and where the chapter treats it."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from helpers.press.results.published import (
    SEARCHED,
    VERDICTS,
    published_text,
    value_text,
    verdict_text,
)
from helpers.press.results.tables import Markdown, to_markdown

FIELDS = {"topic", "rows", "section", "missed"}
NOT_EXPLAINED = "Not explained yet."
MISSED = "not reproduced"


@dataclass(frozen=True)
class Topic:
    """One line of `book/published/<chapter>.claims.yaml`."""

    topic: str
    rows: tuple[str, ...]  # patterns of quantities, as of files
    section: str  # heading in the chapter
    missed: str = NOT_EXPLAINED  # why rows are not reproduced


# Where rows go that no pattern fits.
OTHER_ROWS = Topic("Other rows", ("*",), "Published, paper size, this run")


def read_topics(path: str | os.PathLike) -> list[Topic]:
    """Return the topics of a chapter's published rows; [] where there is no file.

    Raises
    ------
    ValueError
        Naming the file, the entry and the rule.
    """
    path = Path(path)
    if not path.is_file():
        return []
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        raise ValueError(f"{path} must be a list of topics; got {entries!r}.")
    return [_topic(f"{path} entry {n}", entry) for n, entry in enumerate(entries, 1)]


def _topic(place: str, entry: Any) -> Topic:
    needed = FIELDS - {"missed"}
    if not isinstance(entry, dict) or not needed <= entry.keys() <= FIELDS:
        names = ", ".join(sorted(needed))
        raise ValueError(f"{place} must have {names} (and missed); got {entry!r}.")
    if not isinstance(entry["rows"], list) or not entry["rows"]:
        raise ValueError(f"{place}: rows must be patterns; got {entry['rows']!r}.")
    return Topic(**{**entry, "rows": tuple(map(str, entry["rows"]))})


def topics_name(chapter: str) -> str:
    """Return where the topics of a chapter stand."""
    return f"book/published/{chapter}.claims.yaml"


def topic_of(quantity: str, topics: list[Topic]) -> Topic:
    """Return the first topic with a pattern that fits a quantity."""
    for topic in topics:
        if any(fnmatchcase(quantity, pattern) for pattern in topic.rows):
            return topic
    return OTHER_ROWS


def anchor(heading: str) -> str:
    """Return the address of a heading within its page, as MyST makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def link(chapter: str, topic: Topic) -> str:
    """Return the address of the section that treats a topic, from the book's root."""
    return f"chapters/{chapter}.ipynb#{anchor(topic.section)}"


def comparison_rows(
    table: pd.DataFrame, size: str, links: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return `Store.comparison` as a page shows it.

    Five columns, so that a phone can show it: the source stands behind the claim, the
    tolerance behind the published number.

    links : dict, optional
        Where each quantity is treated; its source becomes a link there.
    """
    links = links or {}
    sources = [
        f"[{row.source}]({links[row.quantity]})"
        if row.quantity in links
        else row.source
        for row in table.itertuples()
    ]
    rows = [
        {
            "Claim": f"{row.claim} ({source})",
            "Published": published_text(row),
            "Paper size": value_text(row.relation, row.paper_size),
            f"This run ({size})": value_text(row.relation, row.this_run),
            "Verdict": verdict_text(row.verdict, row.reading),
        }
        for row, source in zip(table.itertuples(), sources, strict=True)
    ]
    return pd.DataFrame(rows)


def missed_topics(chapter: str, table: pd.DataFrame, topics: list[Topic]) -> Markdown:
    """Return the topics with rows that are not reproduced: how many, and why."""
    rows = []
    for topic in topics:
        of_topic = table[table["topic"] == topic.topic]
        missed = int((of_topic["verdict"] == MISSED).sum())
        judged = int(of_topic["verdict"].isin([MISSED, "reproduced"]).sum())
        if missed:
            rows.append(
                {
                    "Missed": f"[{topic.topic}]({link(chapter, topic)})",
                    "Rows": f"{missed} of {judged}{_side(of_topic)}",
                    "What was tried, or the likely reason": topic.missed,
                }
            )
    if not rows:
        return Markdown("No row that was judged is missed.")
    return to_markdown(pd.DataFrame(rows))


def _side(table: pd.DataFrame) -> str:
    """Return on which side the missed numbers of a topic lie, where all lie on one."""
    missed = table[(table["verdict"] == MISSED) & (table["relation"] == "equals")]
    above = missed["paper_size"] > missed["published"]
    if len(missed) < 2 or 0 < above.sum() < len(missed):
        return ""
    return f"; numbers all {'above' if above.all() else 'below'} the published"


def missed_rows(table: pd.DataFrame) -> Markdown:
    """Return the rows that are not reproduced, with how many were judged."""
    missed = table[table["verdict"] == MISSED]
    judged = int(table["verdict"].isin([MISSED, "reproduced"]).sum())
    if missed.empty:
        return Markdown(f"None of {judged} rows that were judged is missed.")
    rows = comparison_rows(missed, "paper")[["Claim", "Published", "Paper size"]]
    said = f"**{len(missed)} of {judged}** rows that were judged are missed:"
    return Markdown(f"{said}\n\n{to_markdown(rows)}")


def topic_tables(chapter: str, table: pd.DataFrame, topics: list[Topic]) -> Markdown:
    """Return every row, one folded table a topic, misses first in each."""
    order = table["verdict"].ne(MISSED)
    table = table.assign(order=order).sort_values("order", kind="stable")
    size = table["size"].iloc[0]
    folds = []
    for topic in topics:
        of_topic = table[table["topic"] == topic.topic]
        if len(of_topic):
            links = dict.fromkeys(of_topic["quantity"], link(chapter, topic))
            shown = to_markdown(comparison_rows(of_topic, size, links))
            line = f"{topic.topic}: {counted(of_topic)}"
            folds.append(f"::::{{dropdown}} {line}\n{shown}\n::::")
    return Markdown("\n\n".join(folds))


def counted(table: pd.DataFrame) -> str:
    """Return how many rows there are of each verdict, in words."""
    shown = pd.Series(list(map(verdict_text, table["verdict"], table["reading"])))
    counts = shown.value_counts()
    order = [MISSED, VERDICTS[0], SEARCHED, *VERDICTS[2:]]
    words = {SEARCHED: SEARCHED.partition(", ")[2]}  # a comma parts the verdicts
    return ", ".join(
        f"{counts[name]} {words.get(name, name)}" for name in order if name in counts
    )
