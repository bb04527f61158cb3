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
from helpers.significance.interaction import Answer, Settings
from helpers.significance.interaction.statistics import holm

#: Seconds of one core for 10 features (45 pairs) and 3,000 rows, as measured; pairs
#: and rows each count in proportion.
SECONDS, PAIRS, ROWS = 8.0, 45, 3000

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{font-family: sans-serif; max-width: 60em; margin: 2em auto;
  padding: 0 1em; overflow-wrap: anywhere}}
td, th {{padding: 0.2em 0.6em; text-align: right}}
td:first-child, th:first-child {{text-align: left}}
table {{border-collapse: collapse}} td {{border-top: 1px solid #ccc}}
td, th {{overflow-wrap: normal}}
.table {{overflow-x: auto}} figure {{margin: 1em 0}}
figure svg {{max-width: 100%; height: auto}}</style>
<h1>{title}</h1>
{sections}
</html>
"""


def minutes(n_features: int, n_rows: int) -> float:
    """Return about how many minutes of a core a test takes."""
    pairs = min(n_features * (n_features - 1) / 2, Settings().most_pairs)
    return SECONDS / 60 * max(pairs / PAIRS, 0.3) * max(n_rows / ROWS, 0.3)


def joined(answer: Answer) -> pd.DataFrame:
    """Return the table of an answer with pairs as text."""
    pairs = [" × ".join(pair) for pair in answer.table["pair"]]
    return answer.table.assign(pair=pairs)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for the page: p-values with two digits, however small."""
    is_p = [c for c in table if c == "p" or c.startswith(("p_", "p "))]
    texts = {c: table[c].map(lambda p: "" if p != p else f"{p:.2g}") for c in is_p}
    return table.assign(**texts).round(4)


def replication(answer: Answer, other: Answer) -> pd.DataFrame:
    """Return what another table says of the pairs that were called.

    Returns
    -------
    DataFrame
        pair, estimate and p_holm here, then estimate, low, high, p and p_holm there:
        the last corrects for the called pairs alone.
    """
    called = joined(answer).set_index("pair").loc[lambda t: t["p_holm"] <= 0.05]
    there = joined(other).set_index("pair").reindex(called.index)
    there["p_holm"] = holm(there["p"].to_numpy())
    there = there[["estimate", "low", "high", "p", "p_holm"]].add_suffix(" there")
    return called[["estimate", "p_holm"]].join(there).reset_index()


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


def write_report(
    answer: Answer, folder: PathLike, *, title: str, notes: Sequence[str] = ()
) -> list[Path]:
    """Write `interactions.csv` and `interactions.html`; return their paths.

    Parameters
    ----------
    answer : Answer
    folder : str or Path
        Made if it is not there.
    title : str
    notes : sequence of str
        What was done to the data.
    """
    table = joined(answer)
    return written_whole(
        folder,
        {
            "interactions.csv": table.to_csv(index=False),
            "interactions.html": one_page(
                title, [*str(answer).split("\n\n"), *notes], table
            ),
        },
    )


def one_page(title: str, paragraphs: Sequence[str], table: pd.DataFrame) -> str:
    """Return a page of plain HTML: a title, paragraphs of text, and a table."""
    return page_of_sections(title, [("", paragraphs, table)])


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
            parts.append(f'<div class="table">{text}</div>')
    return _PAGE.format(title=html.escape(title), sections="\n".join(parts))


def _figure(drawn: Picture, number: int) -> str:
    """Return a picture as HTML; names inside it are those of no other on the page."""
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>s{number}-", drawn.svg)
    words = html.escape(drawn.alt)
    return f'<figure role="img" aria-label="{words}">{svg}</figure>'


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
