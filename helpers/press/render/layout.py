"""What the builder does to pages so that they can be read.

An extension of Sphinx, listed in `book/_config.yml`. The notebooks know nothing of it:
they show tables and figures, and JupyterLab shows them whole. On a page,

- a table of more than `MOST_ROWS` rows that a cell has put out is folded behind a line
  that says what it holds, and scrolls inside itself when open;
- figures and exercises are numbered by chapter (Fig. 4.3), so that no number of the
  book can be taken for one of the paper's;
- cells of a few letters and cells of sentences are marked, so that the style can give
  columns on a phone the width that they need;
- a title that is a question stands apart in a sentence that names its page;
- a chapter says how long it takes to read;
- a figure whose step has not run is named as such where a sentence points to it.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.writers.html5 import HTML5Translator

MOST_ROWS = 10  # of a table that stands open
WORDS_A_MINUTE = 200
FIGURES_A_MINUTE = 1
TIMED = ("chapters/", "beyond/")  # pages that say how long they take
NUMBERED = re.compile(r"(?:chapters|beyond)/(\d+)-")
DECLARED = re.compile(r'"name": "(fig-[\w-]+)"')  # in the metadata of a cell
WAITS = "a figure that waits for its run"
COUNTED = ("figure", "exercise")  # what has a number
BRIEF, WORDY = 12, 60  # letters up to which, and from which on, a cell is marked so
NAMED_COLUMNS = 5  # of a folded table, on the line that stands for it

_HIDDEN_INPUT = ("input", "input+output", "all")
_HIDDEN_OUTPUT = ("output", "input+output", "all")


class FoldedTable(nodes.General, nodes.Element):
    """A table behind a line that opens it, by mouse or keyboard, without any script."""


def setup(app: Sphinx) -> dict:
    """Register with Sphinx."""
    app.add_node(FoldedTable, html=(_open_fold, _close_fold), latex=(_pass, _pass))
    # After the theme and the notebooks have made their own nodes of the outputs.
    app.connect("doctree-resolved", _lay_out)
    app.connect("missing-reference", _name_absent_figure)
    # After Sphinx has numbered (at 500), before anything refers to a number.
    app.connect("env-get-updated", lambda _app, env: number_figures(env), priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _lay_out(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.format != "html":
        return
    fold_long_tables(doctree)
    mark_cells(doctree)
    set_off_questions(doctree)
    if docname.startswith(TIMED):
        say_reading_time(doctree)


def _name_absent_figure(
    _app: Sphinx, env: BuildEnvironment, node: nodes.Element, _content: nodes.Node
) -> nodes.Node | None:
    """Return words for a figure that a notebook has a cell for, and has not drawn."""
    numbered = node.get("reftype") == "numref"
    if not numbered or node["reftarget"] not in declared_figures(Path(env.srcdir)):
        return None  # a slip: Sphinx complains
    return nodes.emphasis("", WAITS)


@cache
def declared_figures(folder: Path) -> frozenset[str]:
    """Return the names of all figures that notebooks below a folder may draw."""
    texts = (path.read_text(encoding="utf-8") for path in folder.rglob("*.ipynb"))
    return frozenset(name for text in texts for name in DECLARED.findall(text))


def fold_long_tables(doctree: nodes.document) -> int:
    """Fold the tables of outputs that have more than `MOST_ROWS` rows; count them.

    A table that something else already folds stays as it is.
    """
    long = [
        table
        for table in doctree.findall(nodes.table)
        if n_rows(table) > MOST_ROWS and _is_output(table) and not _is_folded(table)
    ]
    for table in long:
        fold = FoldedTable("", line=fold_line(table))
        table.replace_self(fold)
        fold += table
    return len(long)


def mark_cells(doctree: nodes.document) -> None:
    """Give cells of tables the class `brief` or `wordy` by the length of their text."""
    for body in doctree.findall(nodes.tbody):
        for entry in body.findall(nodes.entry):
            length = len(entry.astext())
            if length <= BRIEF:
                entry["classes"].append("brief")
            elif length >= WORDY:
                entry["classes"].append("wordy")


def set_off_questions(doctree: nodes.document) -> None:
    """Set titles that are questions in italics where a sentence names their page.

    Their mark goes before another one: "on *How far can you trust it*."
    """
    for title in list(doctree.findall(nodes.inline)):
        link, words = title.parent, title.astext()
        if "std-doc" not in title.get("classes", ()) or not words.endswith("?"):
            continue
        if not any(isinstance(part, nodes.Text) for part in link.parent.children):
            continue  # a title alone in its cell
        after = link.next_node(descend=False, siblings=True)
        if after is not None and after.astext()[:1] in tuple(".,;:"):
            words = words[:-1]
        title.clear()
        title += nodes.emphasis("", words)


def n_rows(table: nodes.table) -> int:
    """Return how many rows a table has below its header."""
    return sum(len(body.children) for body in table.findall(nodes.tbody))


def fold_line(table: nodes.table) -> str:
    """Return the line that stands for a folded table: its rows and columns."""
    heads = [
        entry.astext().strip()
        for head in table.findall(nodes.thead)
        for entry in head.findall(nodes.entry)
    ]
    heads = [text for text in heads if text]
    more = " …" if len(heads) > NAMED_COLUMNS else ""
    names = "; ".join(heads[:NAMED_COLUMNS]) + more
    return f"Table of {n_rows(table)} rows: {names}" if names else "Table"


def _is_output(node: nodes.Node) -> bool:
    return any("cell_output" in parent.get("classes", ()) for parent in _parents(node))


def _is_folded(node: nodes.Node) -> bool:
    return any(
        {"dropdown", "sd-dropdown"} & set(parent.get("classes", ()))
        or parent.get("design_component") == "dropdown"
        for parent in _parents(node)
    )


def _parents(node: nodes.Node) -> Iterator[nodes.Element]:
    while isinstance(node.parent, nodes.Element):
        node = node.parent
        yield node


def _open_fold(translator: HTML5Translator, node: FoldedTable) -> None:
    line = translator.encode(node["line"])
    translator.body.append(f'<details class="folded-table"><summary>{line}</summary>\n')


def _close_fold(translator: HTML5Translator, _node: FoldedTable) -> None:
    translator.body.append("</details>\n")


def _pass(_translator: nodes.NodeVisitor, _node: nodes.Node) -> None:
    """Print has no folds."""


def number_figures(env: BuildEnvironment) -> list[str]:
    """Give figures and exercises the number of their chapter; pages beyond follow.

    Other pages number theirs from 1 on, through the book.
    """
    count: dict[tuple, int] = {}
    for docname in _in_reading_order(env):
        found = NUMBERED.match(docname)
        before = (int(found[1]),) if found else ()
        for kind in COUNTED:
            numbers = env.toc_fignumbers.get(docname, {}).get(kind, {})
            for name in sorted(numbers, key=numbers.get):  # type: ignore[arg-type]  # all there
                last = count[kind, before] = count.get((kind, before), 0) + 1
                numbers[name] = (*before, last)
    return []


def _in_reading_order(env: BuildEnvironment) -> list[str]:
    """Return the documents as the contents list them."""
    order, waiting = [], [env.config.root_doc]
    while waiting:
        docname = waiting.pop(0)
        if docname not in order:
            order.append(docname)
            waiting = env.toctree_includes.get(docname, []) + waiting
    return order


def say_reading_time(doctree: nodes.document) -> None:
    """Write above the first section of a page how long it takes to read."""
    title = next(iter(doctree.findall(nodes.section)), None)
    first = next((n for n in title or () if isinstance(n, nodes.section)), None)
    if first is None:
        return
    words, figures = open_words(doctree), n_figures(doctree)
    minutes = max(1, round(words / WORDS_A_MINUTE + figures / FIGURES_A_MINUTE))
    text = (
        f"Reads in about {minutes} minute{'s' * (minutes != 1)}: {words:,} words "
        f"outside folded boxes, at {WORDS_A_MINUTE} a minute{_of_figures(figures)}."
    )
    line = nodes.paragraph("", "", nodes.emphasis("", text), classes=["reading-time"])
    first.parent.insert(first.parent.index(first), line)


def _of_figures(number: int) -> str:
    """Return what figures add to the sentence on reading time."""
    if number > 1:
        return f", and a minute for each of {number} figures"
    return ", and a minute for the figure" if number else ""


def n_figures(doctree: nodes.Node) -> int:
    """Return how many figures a page shows."""
    return len(list(doctree.findall(nodes.figure)))


def open_words(node: nodes.Node) -> int:
    """Return how many words are outside folds: prose, captions, code, tables."""
    if isinstance(node, FoldedTable) or node.__class__.__name__ == "HideCodeCellNode":
        return 0
    if isinstance(node, nodes.Text):
        return len(node.split())
    if isinstance(node, nodes.Element):
        if isinstance(node, (nodes.comment, nodes.raw)) or _folds(node):
            return 0
        return sum(open_words(child) for child in node.children)
    return 0


def _folds(node: nodes.Element) -> bool:
    """Whether what an element holds opens only on demand."""
    return (
        "dropdown" in node.get("classes", ())
        or node.get("design_component") == "dropdown"
    )
