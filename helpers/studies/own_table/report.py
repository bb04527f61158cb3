"""One page to hand on: what was asked, what was found, and the table."""

import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from helpers.data.kinds import PathLike
from helpers.significance.interaction import Answer
from helpers.significance.interaction.answer import p_text

#: What stands above the rankings in the report.
RANKED = (
    "Mean rank of each pair over networks that differ in their initial weights alone, "
    "read from weights (nid) and from predictions (archdetect), and the share of "
    "networks in which it comes first. Each column is one here, also a level of text "
    "or a column of a block. No test: a ranking always has a first pair."
)

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{font-family: sans-serif; max-width: 72em; margin: 2em auto;
  padding: 0 1em; overflow-wrap: anywhere}}
td, th {{padding: 0.2em 0.6em; text-align: right}}
td:first-child, th:first-child {{text-align: left}}
table {{border-collapse: collapse}} td {{border-top: 1px solid #ccc}}
td, th {{white-space: nowrap}}
.table {{overflow-x: auto}} figure {{margin: 1em 0; min-width: 40em}}
figure svg {{max-width: 100%; height: auto}}</style>
<h1>{title}</h1>
{sections}
</html>
"""


def joined(answer: Answer) -> pd.DataFrame:
    """Return the table of an answer with pairs as text."""
    pairs = [" × ".join(pair) for pair in answer.table["pair"]]
    return answer.table.assign(pair=pairs)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for the page: p-values with two digits, however small."""
    is_p = [c for c in table if c == "p" or c.startswith(("p_", "p "))]
    texts = {c: table[c].map(p_text) for c in is_p}
    return table.assign(**texts).round(4)


@dataclass(frozen=True)
class Picture:
    """A drawing for the page, as SVG, and the words for who does not see it."""

    svg: str
    alt: str


def picture(figure: Figure, alt: str) -> Picture:
    """Return a figure as it stands in a page of HTML."""
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
    drawn = text.getvalue()
    return Picture(drawn[drawn.index("<svg") :], alt)


def write_report(  # each part of the page by its name
    answer: Answer,
    folder: PathLike,
    *,
    title: str,
    notes: Sequence[str] = (),
    figure: Figure | None = None,
    rankings: pd.DataFrame | None = None,
    returned: tuple[str, pd.DataFrame | None] | None = None,
) -> list[Path]:
    """Write a page, and a CSV file of each of its tables; return their paths.

    `interactions.html` and `interactions.csv`; `rankings.csv` and `second.csv` where
    there is such a table.

    Parameters
    ----------
    answer : Answer
    folder : str or Path
        Made if it is not there. Tables of an earlier report that this one has not are
        removed: they would be taken for its own.
    title : str
    notes : sequence of str
        What was done to the data.
    figure : Figure, optional
    rankings : DataFrame, optional
        From `network_rankings`.
    returned : (str, DataFrame or None), optional
        What is said of a second table, and the pairs there, from `replication`.
    """
    table = joined(answer)
    said, there = returned if returned is not None else ("", None)
    drawn = None if figure is None else picture(figure, described(answer))
    ranked = [RANKED] if rankings is not None else []
    sections = [
        ("", [*str(answer).split("\n\n"), *notes], None),
        ("The pairs", [], drawn),
        ("" if drawn else "The pairs", [], table),
        ("Does it return?", [said] if said else [], there),
        ("What networks alone would say", ranked, rankings),
    ]
    tables = {"rankings.csv": rankings, "second.csv": there}
    for name, one in tables.items():
        if one is None:
            Path(folder, name).unlink(missing_ok=True)
    files = {"interactions.csv": table.to_csv(index=False)}
    files["interactions.html"] = page_of_sections(title, sections)
    files |= {n: t.to_csv(index=False) for n, t in tables.items() if t is not None}
    return written_whole(folder, files)


def described(answer: Answer) -> str:
    """Return in words what the figure of an answer shows, from its table."""
    table = joined(answer)
    table = table[table["identifiable"]]
    if table.empty:
        return "Nothing is drawn: no pair can be told."
    rows = [
        f"{row.pair} {row.estimate:.1%} ({row.low:.1%} to {row.high:.1%})"
        for row in table.head(5).itertuples()
    ]
    return (
        "Left: share of the variance that the strongest pairs explain, with 95% "
        f"intervals: {'; '.join(rows)}. Right: the joint effect of the first of them "
        "over its two features."
    )


def page_of_sections(
    title: str,
    sections: Sequence[tuple[str, Sequence[str], pd.DataFrame | Picture | None]],
) -> str:
    """Return a page of plain HTML with sections of a heading, paragraphs and a table.

    Parameters
    ----------
    title : str
    sections : sequence of (heading, paragraphs, table or picture)
        Without a heading, a table or a row nothing stands for it; a section that has
        neither paragraphs nor rows is left out.
    """
    parts = []
    for number, (heading, paragraphs, table) in enumerate(sections):
        rows = table is not None and (isinstance(table, Picture) or len(table) > 0)
        if heading and (paragraphs or rows):
            parts.append(f"<h2>{html.escape(heading)}</h2>")
        parts += [f"<p>{html.escape(text)}</p>" for text in paragraphs]
        if isinstance(table, Picture):
            parts.append(_figure(table, number))
        elif table is not None and (rows or not heading):
            text = table.to_html(index=False, float_format=lambda v: f"{v:.4g}")
            parts.append(f'<div class="table" tabindex="0">{text}</div>')
    return _PAGE.format(title=html.escape(title), sections="\n".join(parts))


def _figure(drawn: Picture, number: int) -> str:
    """Return a picture as HTML; names inside it are those of no other on the page."""
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>s{number}-", drawn.svg)
    words = html.escape(drawn.alt)
    return (
        f'<div class="table" tabindex="0"><figure role="img" aria-label="{words}">'
        f"{svg}</figure></div>"
    )


def written_whole(folder: PathLike, contents: Mapping[str, str]) -> list[Path]:
    """Write files into a folder, made if it is not there; each is whole or absent.

    Parameters
    ----------
    contents : mapping of file name to text
    """
    folder, written = Path(folder), []
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        unfinished = folder / f".{name}.part"
        unfinished.write_text(content, encoding="utf-8")
        unfinished.replace(folder / name)  # whole, or not at all
        written.append(folder / name)
    return written
