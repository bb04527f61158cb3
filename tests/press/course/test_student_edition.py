"""The student edition reads in plain JupyterLab, and holds no solution."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.press.course import plain
from helpers.press.course.cells import exercises, question, questions, tags
from helpers.press.course.command import main
from helpers.press.course.student import (
    left_over,
    starter,
    student_edition,
    write_student_edition,
)

ROOT = Path(__file__).parents[3]
SOURCES = [
    *sorted((ROOT / "book" / "chapters").glob("*.ipynb")),
    ROOT / "book" / "course" / "first-session.ipynb",
]
each_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)

ASKED = """**Check yourself** (*Read*). Is $x$ of {doc}`../intro` in `f`?

:::{dropdown} Yes, in `f`.
No. It is elsewhere, and stays there.
:::

:::{dropdown} No.
Right. It is *not*; see {numref}`fig-one`.
:::"""
EXERCISE = "```{exercise} ★ One\n:label: one\nFind `x`, see {cite:t}`cui2022`.\n```"


def code(source, *tagged):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tagged)})


def text(source, *tagged):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tagged)})


def small_chapter(*cells):
    return nbformat.v4.new_notebook(cells=[text("# A chapter"), *cells])


@each_source
def test_no_solution_is_left(path):
    book = nbformat.read(path, as_version=4)
    edition = student_edition(book)
    whole = "\n".join(cell.source for cell in edition.cells)
    for exercise in exercises(book.cells):
        solution = book.cells[exercise.solution].source
        lines = [li.strip() for li in solution.splitlines() if len(li.strip()) > 30]
        assert lines
        # A signature may stay, and a line that the chapter uses elsewhere too.
        before = "\n".join(c.source for c in book.cells[: exercise.solution])
        hidden = [li for li in lines if not li.startswith(("def ", '"""'))]
        assert not [li for li in hidden if li in whole and li not in before]
    assert not [cell.id for cell in edition.cells if "solution" in tags(cell)]
    assert sum("exercise" in tags(cell) for cell in edition.cells) >= 3


@each_source
def test_only_plain_markdown_is_left(path):
    edition = student_edition(nbformat.read(path, as_version=4))
    nbformat.validate(edition)
    found = {
        cell.id: left_over(cell.source)
        for cell in edition.cells
        if cell.cell_type == "markdown" and left_over(cell.source)
    }
    assert not found
    assert len({cell.id for cell in edition.cells}) == len(edition.cells)


@each_source
def test_questions_unfold_without_a_builder(path):
    book = nbformat.read(path, as_version=4)
    edition = student_edition(book)
    whole = "\n".join(cell.source for cell in edition.cells)
    asked = questions(book.cells)
    assert whole.count("<details><summary>") == sum(len(q.answers) for q in asked)
    assert whole.count("<details>") == whole.count("</details>")


def test_a_question_as_plain_markdown():
    shown = plain.text(plain.unfolding(question(ASKED)), {"fig-one": 3})
    assert "<details><summary>Yes, in <code>f</code>.</summary>" in shown
    assert "Right. It is *not*; see figure 3." in shown
    assert "*intro* (a page of the book)" in shown


def test_an_exercise_becomes_a_cell_to_fill_and_one_that_checks():
    solved = code("y = 1\nx = y + 1", "hide-cell", "solution")
    check = code("check.one(x, seed=0)", "check", "remove-cell")
    words = text("It is two.", "solution")
    cells = student_edition(small_chapter(text(EXERCISE), solved, check, words)).cells
    assert [cell.cell_type for cell in cells] == ["markdown"] * 2 + ["code"] * 2
    assert cells[1].source == "**Exercise ★ One**\n\nFind `x`, see Cui 2022."
    assert cells[2].source == "x = ...  # your answer"
    assert cells[3].source == "check.one(x, seed=0)"
    assert "raises-exception" in tags(cells[3])


def test_a_function_keeps_its_signature():
    solution = 'def f(a, b=2):\n    """Add."""\n    return a + b'
    assert starter(solution, ["f"]) == (
        'def f(a, b=2):\n    """Add."""\n    return ...  # your answer'
    )


@pytest.mark.parametrize(
    "cells",
    [
        [text(EXERCISE)],
        [text(EXERCISE), code("x = 1", "solution")],
        [text(EXERCISE), code("x = 1", "solution"), code("x")],
        [text(EXERCISE + "\n\n" + EXERCISE.replace("one", "two"))],
    ],
)
def test_an_exercise_without_solution_or_check_is_refused(cells):
    with pytest.raises(ValueError, match=r"must (have|hold)"):
        student_edition(small_chapter(*cells))


def test_the_command_writes_every_chapter(tmp_path, capsys):
    (tmp_path / "book").symlink_to(ROOT / "book")
    assert main(["student"], root=tmp_path) == 0
    written = sorted(p.name for p in (tmp_path / "_build" / "student").iterdir())
    assert written == sorted(path.name for path in SOURCES)
    assert "7 files" in capsys.readouterr().out


def test_a_faulty_chapter_is_a_line(tmp_path, capsys):
    (tmp_path / "book" / "chapters").mkdir(parents=True)
    path = tmp_path / "book" / "chapters" / "1-one.ipynb"
    nbformat.write(small_chapter(text(EXERCISE)), path)
    assert main(["student"], root=tmp_path) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_a_student_runs_all_and_is_told(tmp_path):
    """The unsolved notebook runs through; each check says one line."""
    (tmp_path / "book").symlink_to(ROOT / "book")
    path = write_student_edition(root=tmp_path)[-1]
    assert path.name == "first-session.ipynb"
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    said = [
        "\n".join(output.traceback)
        for cell in notebook.cells
        if "check" in tags(cell)
        for output in cell.outputs
    ]
    assert len(said) == 3
    assert all(re.fullmatch(r"Not solved yet: \w+ waits for .*", one) for one in said)
