"""Questions after each section, and learning goals that are kept to the end."""

import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from helpers.press.course.cells import LEAD, question, questions, tags

BOOK = Path(__file__).parents[3] / "book"
CHAPTERS = [
    *sorted((BOOK / "chapters").glob("*.ipynb")),
    BOOK / "course" / "first-session.ipynb",
]
# Sections without anything to misunderstand: lists, settings, pointers to other pages.
WITHOUT = re.compile(
    "at a glance|what you will learn|parameters|set-up|beyond the paper|"
    "published|what reproduces|what the book asks|exercises|summary|further reading"
)
FENCED = re.compile(r"^(`{3,}|:{3,}).*?^\1", re.M | re.S)
GOAL = re.compile(r"^- \*\*([^*]+)\*\*", re.M)
each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)


def cells_of(path):
    return nbformat.read(path, as_version=4).cells


def sections(cells) -> dict[str, int]:
    """Return how many questions stand in each section."""
    counts, here = Counter(), ""
    for cell in cells:
        if cell.cell_type == "markdown":
            heading = re.search(r"^## (.+)$", FENCED.sub("", cell.source), re.M)
            if heading:
                here = heading[1]
                counts[here] += 0
            counts[here] += "self-check" in tags(cell)
    return counts


def goals(cells, heading: str) -> list[str]:
    (cell,) = [c for c in cells if c.source.startswith(f"## {heading}")]
    return GOAL.findall(cell.source)


@each_chapter
def test_each_section_ends_in_a_question(path):
    bare = [
        title
        for title, count in sections(cells_of(path)).items()
        if not count and title and not WITHOUT.search(title.lower())
    ]
    assert not bare


@each_chapter
def test_questions_have_one_right_answer_and_explain_all(path):
    for asked in questions(cells_of(path)):
        assert len(asked.answers) >= 3, asked.text
        assert sum(answer.is_right for answer in asked.answers) == 1, asked.text
        for answer in asked.answers:
            assert answer.text.startswith(("Right. ", "No. ")), answer.title
            assert len(answer.text.split()) >= 6, answer.title
        assert len({answer.title for answer in asked.answers}) == len(asked.answers)


@each_chapter
def test_the_place_of_an_answer_gives_nothing_away(path):
    asked = questions(cells_of(path))
    places = Counter(
        [answer.is_right for answer in one.answers].index(True) for one in asked
    )
    assert max(places.values()) <= 0.6 * len(asked)
    assert len(places) >= 3


@each_chapter
def test_each_learning_goal_has_its_question_and_its_line_in_the_summary(path):
    cells = cells_of(path)
    promised = goals(cells, "What you will learn")
    assert 3 <= len(promised) <= 6
    assert goals(cells, "Summary") == promised
    asked = {one.goal for one in questions(cells)}
    assert asked == set(promised)


@each_chapter
def test_a_question_is_a_cell_of_its_own(path):
    for cell in cells_of(path):
        marked = "self-check" in tags(cell)
        assert marked == bool(LEAD.search(cell.source)), cell.id


def test_a_goal_without_a_question_is_noticed():
    cells = [
        nbformat.v4.new_markdown_cell("## The data\n\nWords."),
        nbformat.v4.new_markdown_cell("## Summary\n\n- **Read**: words."),
    ]
    assert sections(cells) == {"The data": 0, "Summary": 0}
    assert goals(cells, "Summary") == ["Read"]


@pytest.mark.parametrize(
    "source", ["What is it?", "**Check yourself** (*Read*). What is it?\n\nA dropdown."]
)
def test_what_is_no_question_is_refused(source):
    with pytest.raises(ValueError, match="question must"):
        question(source)
