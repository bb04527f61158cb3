"""Cells by their tags: exercises with solution and check, questions with answers."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

EXERCISE = re.compile(
    r"^```\{exercise\} *(?P<title>.*)\n:label: (?P<label>\S+)\n", re.M
)
ANSWER = re.compile(r"^:::\{dropdown\} (?P<title>.+)\n(?P<text>(?:.*\n)+?):::$", re.M)
LEAD = re.compile(r"\*\*Check yourself\*\* \(\*(?P<goal>[^*]+)\*\)\. ")


@dataclass(frozen=True)
class Exercise:
    """An exercise: its label, and the places of its solution and its check."""

    label: str
    solution: int
    check: int


@dataclass(frozen=True)
class Answer:
    """One answer of a question, and what is said about it."""

    title: str
    text: str

    @property
    def is_right(self) -> bool:
        """Whether it is the one to choose."""
        return self.text.startswith("Right")


@dataclass(frozen=True)
class Question:
    """A question: the learning goal that it checks, its words, its answers."""

    goal: str
    text: str
    answers: tuple[Answer, ...]


def tags(cell: Mapping) -> list[str]:
    """Return the tags of a cell."""
    return cell["metadata"].get("tags", [])


def exercises(cells: list) -> list[Exercise]:
    """Return the exercises of a notebook.

    Raises
    ------
    ValueError
        If an exercise is not followed by one solution and its check.
    """
    found = []
    for place, cell in enumerate(cells):
        if cell["cell_type"] != "markdown":
            continue
        labels = [match["label"] for match in EXERCISE.finditer(cell["source"])]
        if len(labels) > 1:
            raise ValueError(f"a cell must hold one exercise; got {labels}.")
        if labels:
            found.append(Exercise(labels[0], *_solution_and_check(cells, place)))
    return found


def _solution_and_check(cells: list, place: int) -> tuple[int, int]:
    """Return where the solution and the check of the exercise at a place are."""
    for after in range(place + 1, len(cells)):
        cell = cells[after]
        if cell["cell_type"] == "markdown" and EXERCISE.search(cell["source"]):
            break
        if cell["cell_type"] == "code" and "solution" in tags(cell):
            if after + 1 < len(cells) and "check" in tags(cells[after + 1]):
                return after, after + 1
            break
    title = EXERCISE.search(cells[place]["source"])["title"]  # type: ignore[index]  # found before
    raise ValueError(f"an exercise must have a solution and a check; got {title!r}.")


def answers_of(check: str) -> list[str]:
    """Return the names that a check is given by position: what is to be found."""
    (statement,) = ast.parse(check).body
    return [argument.id for argument in statement.value.args]  # type: ignore[attr-defined]  # a call


def question(source: str) -> Question:
    """Return a question from the Markdown of its cell.

    Raises
    ------
    ValueError
        If the cell does not begin with its goal, or has no answers.
    """
    lead = LEAD.match(source)
    if not lead:
        start = source[:40]
        raise ValueError(f"a question must begin with its goal; got {start!r}.")
    answers = [
        Answer(match["title"], match["text"].strip())
        for match in ANSWER.finditer(source)
    ]
    if not answers:
        raise ValueError(f"a question must have answers; got {source[:60]!r}.")
    text = source[lead.end() : source.index("\n:::{dropdown}")].strip()
    return Question(lead["goal"], text, tuple(answers))


def questions(cells: list) -> list[Question]:
    """Return the questions of a notebook, in order."""
    return [question(cell["source"]) for cell in cells if "self-check" in tags(cell)]
