"""Slides: what a deck shows, what stays in the notes, and no other host."""

import base64
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.press.course import slides
from helpers.press.course.command import main
from helpers.press.course.deck import deck

PIXEL = base64.b64encode(b"\x89PNG").decode()
QUESTION = """**Check yourself** (*Read*). Is $x$ there?

:::{dropdown} Yes.
Right. Look again.
:::

:::{dropdown} No.
No. It is.
:::"""


def drawn():
    picture = new_output("display_data", {"image/png": PIXEL})
    figure = {"caption": "Look at {numref}`fig-a`.", "name": "fig-a"}
    shown = {"figure": figure, "image": {"alt": "A line [1] that rises."}}
    return new_code_cell("plot()", outputs=[picture], metadata={"mystnb": shown})


@pytest.fixture
def chapter():
    return new_notebook(
        cells=[
            new_markdown_cell("# A title\n\n**In one sentence.** Yes."),
            new_markdown_cell("## Parameters\n\nLeft out."),
            new_code_cell("seed = 0"),
            new_markdown_cell("## The method\n\nFirst. Second.\n\n$$a = b$$\n\nMore."),
            new_code_cell("print(1)", outputs=[new_output("stream", text="1\n")]),
            new_code_cell("hidden = 1", metadata={"tags": ["hide-input"]}),
            drawn(),
            new_markdown_cell(QUESTION, metadata={"tags": ["self-check"]}),
            new_markdown_cell("## Exercises\n\nNone."),
            new_code_cell("x = 1", metadata={"tags": ["solution"]}),
        ]
    )


def kinds(notebook):
    return [
        (cell.metadata["slideshow"]["slide_type"], cell.source)
        for cell in notebook.cells
    ]


def test_a_deck_shows_the_first_sentence_and_keeps_the_rest_in_the_notes(chapter):
    shown = kinds(deck(chapter))
    assert ("slide", "## The method\n\nFirst.\n\n$$a = b$$") in shown
    notes = [source for kind, source in shown if kind == "notes"]
    assert any("Second." in source and "More." in source for source in notes)


def test_a_deck_leaves_out_settings_exercises_and_hidden_code(chapter):
    text = "\n".join(source for _, source in kinds(deck(chapter)))
    for absent in ("seed", "Left out", "hidden", "Exercises", "x = 1"):
        assert absent not in text
    assert "print(1)" in text


def test_a_figure_has_a_slide_with_caption_and_words_for_who_cannot_see(chapter):
    (figure,) = [source for _, source in kinds(deck(chapter)) if "data:image" in source]
    assert "![A line  1  that rises.](data:image/png;base64," in figure
    assert "*Figure 1.* Look at figure 1." in figure


def test_answers_come_one_by_one(chapter):
    shown = kinds(deck(chapter))
    place = shown.index(("subslide", "### Is $x$ there?\n\n1. Yes.\n2. No."))
    assert shown[place + 1] == ("fragment", "**1.** Right. Look again.")
    assert shown[place + 2] == ("fragment", "**2.** No. It is.")


def test_slides_load_nothing_from_elsewhere(chapter, tmp_path):
    staged = tmp_path / "_build" / "smoke" / "stage" / "chapters"
    staged.mkdir(parents=True)
    nbformat.write(chapter, staged / "1-one.ipynb")
    (page,) = slides.write_slides("smoke", root=tmp_path)
    html = page.read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|link|img)[^>]*?(?:src|href)="([^"]+)"', html)
    beside = [address for address in loaded if not address.startswith("data:")]
    assert len(beside) >= 4
    for address in beside:
        assert (page.parent / address).is_file(), address
    for style in (page.parent / slides.ASSETS).rglob("*.css"):
        assert "//" not in "".join(re.findall(r"@import[^;]*", style.read_text()))


def test_what_was_not_executed_is_a_line(tmp_path, capsys):
    assert main(["slides", "--size", "smoke"], root=tmp_path) == 1
    assert "make book SIZE=smoke" in capsys.readouterr().err
