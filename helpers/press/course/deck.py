"""A chapter as a deck: which cells become slides, and what stays in the notes."""

import re

import nbformat

from helpers.press.course import plain
from helpers.press.course.cells import question, tags

# Sections that a lesson does not show: settings, bookkeeping, reading.
LEFT_OUT = re.compile(
    "at a glance|parameters|set-up|published|what reproduces|exercises|further reading",
    re.I,
)
IN_FULL = re.compile("what you will learn|summary", re.I)
HEADING = re.compile(r"\A(#{1,3}) +(.+)\n*")
SENTENCE = re.compile(r"(.+?[.?!:])(?=\s+[A-Z*$`\"{]|\s*$)", re.S)
EQUATION = re.compile(r"^\$\$.+?\$\$", re.M | re.S)
MOST_CODE_LINES = 16  # of a cell that fits on a slide


def deck(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the slides of an executed chapter, as a notebook of Markdown cells.

    A section opens with its heading, its first sentence and its equations; the whole
    text stands in the speaker notes. Each figure has a slide with its caption, each
    question one that shows its answers and opens them one by one. Code is shown where
    the chapter shows it and it is short.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; figures are taken from its outputs.

    Returns
    -------
    NotebookNode
        With `slideshow` metadata, as nbconvert reads it.
    """
    numbers = plain.figure_numbers(notebook.cells)
    slides, heading, shown = [], "", True
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "self-check" not in tags(cell):
            found = HEADING.match(cell.source)
            if found:
                heading = found[2]
                if len(found[1]) < 3:
                    shown = not LEFT_OUT.search(heading)
        if shown:
            slides += _slides_of(cell, heading, numbers)
    return nbformat.v4.new_notebook(cells=slides, metadata={"title": _title(notebook)})


def _title(notebook: nbformat.NotebookNode) -> str:
    return HEADING.match(notebook.cells[0].source)[2]  # type: ignore[index]  # a deck begins with a title


def _slides_of(
    cell: nbformat.NotebookNode, heading: str, numbers: dict[str, int]
) -> list:
    """Return what becomes of one cell."""
    if "solution" in tags(cell) or "remove-cell" in tags(cell):
        return []
    if "self-check" in tags(cell):
        return _question(cell.source, numbers)
    if cell.cell_type == "markdown":
        return _section(cell.source, numbers)
    if "figure" in cell.metadata.get("mystnb", {}):
        return _figure(cell, heading, numbers)
    return _code(cell, heading)


def _cell(source: str, kind: str) -> nbformat.NotebookNode:
    slideshow = {"slide_type": kind}
    return nbformat.v4.new_markdown_cell(source, metadata={"slideshow": slideshow})


def _section(source: str, numbers: dict[str, int]) -> list:
    """Return a slide for a heading, or notes for text without one."""
    text = plain.text(source, numbers).strip()
    found = HEADING.match(text)
    if not found:
        return [_cell(text, "notes")]
    body = text[found.end() :]
    kind = "slide" if len(found[1]) < 3 else "subslide"
    if IN_FULL.search(found[2]):
        return [_cell(text, kind)]
    parts = [f"{found[1]} {found[2]}", _first_sentence(body), *EQUATION.findall(body)]
    return [_cell("\n\n".join(filter(None, parts)), kind), _cell(body, "notes")]


def _first_sentence(body: str) -> str:
    paragraph = body.split("\n\n")[0]
    if paragraph.startswith(("|", "-", "$$", "1.")):
        return ""
    found = SENTENCE.match(paragraph)
    return found[1] if found else paragraph


def _figure(cell: nbformat.NotebookNode, heading: str, numbers: dict[str, int]) -> list:
    """Return a slide with the picture that a cell has drawn; none, if it drew none."""
    pictures = [
        output.data["image/png"].replace("\n", "")
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    if not pictures:
        return []
    shown = cell.metadata["mystnb"]
    alt = re.sub(r"[\[\]\n]", " ", shown["image"]["alt"])
    caption = plain.text(shown["figure"]["caption"], numbers)
    parts = [f"### {heading}"]
    parts += [f"![{alt}](data:image/png;base64,{picture})" for picture in pictures]
    parts.append(f"*Figure {numbers[shown['figure']['name']]}.* {caption}")
    return [_cell("\n\n".join(parts), "subslide")]


def _code(cell: nbformat.NotebookNode, heading: str) -> list:
    """Return a slide with code that the chapter shows; none, if it hides it."""
    hidden = {"hide-input", "hide-cell", "remove-input", "parameters"}
    if hidden & set(tags(cell)) or len(cell.source.splitlines()) > MOST_CODE_LINES:
        return []
    said = [
        output.text.strip()
        for output in cell.get("outputs", [])
        if output.output_type == "stream" and output.name == "stdout"
    ]
    parts = [f"### {heading}", f"```python\n{cell.source}\n```"]
    parts += [f"```text\n{text}\n```" for text in said if len(text) < 600]
    return [_cell("\n\n".join(parts), "subslide")]


def _question(source: str, numbers: dict[str, int]) -> list:
    """Return a slide with a question, and its answers one by one."""
    asked = question(plain.without_roles(source, numbers))
    listed = "\n".join(
        f"{number}. {answer.title}" for number, answer in enumerate(asked.answers, 1)
    )
    cells = [_cell(f"### {asked.text}\n\n{listed}", "subslide")]
    for number, answer in enumerate(asked.answers, start=1):
        cells.append(_cell(f"**{number}.** {answer.text}", "fragment"))
    return cells
