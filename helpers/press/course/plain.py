"""MyST as plain Markdown, for readers without the book's builder."""

import re

from helpers.press.course.cells import EXERCISE, Question

KEY = re.compile(r"([a-z]+?)(\d{4})?$")
ROLE = re.compile(r"\{(?P<role>[\w:]+)\}`(?P<body>[^`]+)`")
FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w-]+)\} *(?P<title>.*)\n"
    r"(?P<options>(?::[\w-]+:.*\n)*)(?P<body>(?:.*\n)*?)(?P=fence)$",
    re.M,
)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:)[^)]+\)")


def figure_numbers(cells: list) -> dict[str, int]:
    """Return the figures of a notebook, numbered in order from 1, by their names."""
    names = [
        cell["metadata"].get("mystnb", {}).get("figure", {}).get("name")
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    return {name: n for n, name in enumerate(filter(None, names), start=1)}


def text(source: str, numbers: dict[str, int]) -> str:
    """Return Markdown without roles, directives and links into the book."""
    return without_roles(FENCE.sub(_block, EXERCISE.sub(_labelled, source)), numbers)


def without_roles(source: str, numbers: dict[str, int]) -> str:
    """Return Markdown without roles and links into the book; directives stay."""
    source = ROLE.sub(lambda match: _role(match, numbers), source)
    return LINK.sub(r"\1 (a page of the book)", source)


def unfolding(question: Question) -> str:
    """Return a question whose answers unfold in plain JupyterLab."""
    parts = [f"**Check yourself** (*{question.goal}*). {question.text}"]
    for answer in question.answers:
        title = _inline_html(answer.title)
        parts.append(
            f"<details><summary>{title}</summary>\n\n{answer.text}\n</details>"
        )
    return "\n\n".join(parts)


def _inline_html(title: str) -> str:
    """Return a line of Markdown as HTML, where Markdown is not read."""
    title = re.sub(r"`([^`]+)`", r"<code>\1</code>", title)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", title)


def _labelled(match: re.Match) -> str:
    return f"```{{exercise}} {match['title']}\n"


def _block(match: re.Match) -> str:
    kind = match["name"]
    label = "Exercise " if kind == "exercise" else ""
    title = match["title"] or kind.capitalize()
    return f"**{label}{title}**\n\n{match['body'].rstrip()}"


def _role(match: re.Match, numbers: dict[str, int]) -> str:
    role, body = match["role"], match["body"]
    shown = re.fullmatch(r"(.+?) *<[^>]+>", body)
    if role == "numref":
        return f"figure {numbers[body]}" if body in numbers else "a figure of the book"
    if role.startswith("cite"):
        names = "; ".join(_author(key.strip()) for key in body.split(","))
        return names if role == "cite:t" else f"({names})"
    if role == "doc":
        return (
            f"*{shown[1] if shown else body.rsplit('/', 1)[-1]}* (a page of the book)"
        )
    return shown[1] if shown else body


def _author(key: str) -> str:
    """Return what a key of the bibliography names, as `cui2022` does."""
    name, year = KEY.match(key).groups()  # type: ignore[union-attr]  # any key
    return " ".join(filter(None, [name.capitalize(), year]))
