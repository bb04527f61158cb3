"""Published rows have a topic, a section of their chapter, a reason where missed."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from helpers.press import results
from helpers.press.results import topics

ROOT = Path(__file__).parents[2]
CHAPTERS = [path.stem for path in sorted((ROOT / "book/published").glob("*.csv"))]
ONE = topics.Topic("Means", ("mean.*", "median"), "Table 1: means", "Other data.")


def table(**columns):
    rows = {
        "claim": ["Mean of A", "Mean of B", "Order"],
        "quantity": ["mean.a", "mean.b", "order"],
        "published": [1.0, 2.0, 1.0],
        "source": ["Table 1", "Table 1", "text"],
        "tolerance": [0.1, 0.1, float("nan")],
        "relation": ["equals", "equals", "holds"],
        "reading": ["declared", "declared", "declared"],
        "chance": float("nan"),
        "paper_size": [1.05, 3.0, 1.0],
        "this_run": float("nan"),
        "size": "quick",
        "verdict": ["reproduced", "not reproduced", "reproduced"],
        "topic": ["Means", "Means", "Other rows"],
    }
    return pd.DataFrame({**rows, **columns})


def headings(chapter):
    cells = json.loads((ROOT / f"book/chapters/{chapter}.ipynb").read_text())["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] != "code")
    return re.findall(r"^##+ +(.+)$", text, flags=re.M)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_row_has_a_topic_and_every_topic_rows_and_a_section(chapter):
    store = results.Store(chapter)
    found = [
        topics.topic_of(quantity, store.topics()).topic
        for quantity in store.published()["quantity"]
    ]
    assert set(found) == {topic.topic for topic in store.topics()[:-1]}
    assert {topic.section for topic in store.topics()} <= set(headings(chapter))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_scoreboard_shows_the_chapter(chapter):
    board = (ROOT / "book/scoreboard.ipynb").read_text()
    assert f'results.Store(\\"{chapter}\\"' in board


def test_the_first_pattern_that_fits_takes_a_row():
    wide = topics.Topic("All means", ("mean.*",), "Table 1: means")
    assert topics.topic_of("mean.a", [ONE, wide]) is ONE
    assert topics.topic_of("mean.a", [wide, ONE]) is wide
    assert topics.topic_of("order", [ONE]) is topics.OTHER_ROWS


def test_what_is_missed_stands_with_its_reason_and_its_section():
    text = topics.missed_topics("1-toy", table(), [ONE, topics.OTHER_ROWS])
    assert "[Means](chapters/1-toy.ipynb#table-1-means) | 1 of 2 | Other data." in text
    assert "Other rows" not in text
    held = topics.missed_topics("1-toy", table(verdict="reproduced"), [ONE])
    assert held == "No row that was judged is missed."


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.2, 1.3], "2 of 2; numbers all above the published |"),
        ([0.2, 0.3], "2 of 2; numbers all below the published |"),
        ([0.2, 1.3], "2 of 2 |"),
    ],
)
def test_misses_on_one_side_are_told(values, said):
    rows = table()[:2].assign(
        verdict="not reproduced",
        relation="equals",
        published=1.0,
        paper_size=values,
        topic="Means",
    )
    assert said in topics.missed_topics("1-toy", rows, [ONE])


def test_missed_rows_stand_alone_with_how_many_were_judged():
    text = topics.missed_rows(table())
    assert text.startswith("**1 of 3** rows that were judged are missed:")
    assert "Mean of B" in text and "Mean of A" not in text and "| 3 |" in text
    held = topics.missed_rows(table(verdict="reproduced"))
    assert held == "None of 3 rows that were judged is missed."


def test_rows_are_folded_by_topic_and_misses_come_first():
    text = topics.topic_tables("1-toy", table(), [ONE, topics.OTHER_ROWS])
    means, others = text.split("\n\n")
    assert means.startswith("::::{dropdown} Means: 1 not reproduced, 1 reproduced\n")
    assert means.index("Mean of B") < means.index("Mean of A")
    assert "([Table 1](chapters/1-toy.ipynb#table-1-means))" in means
    assert "Order" in others and "Mean" not in others


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("topic: a", "must be a list"),
        ("- topic: a\n  rows: [b]", "must have rows, section, topic"),
        ("- {topic: a, rows: [b], section: c, why: d}", "must have"),
        ("- {topic: a, rows: b, section: c}", "rows must be patterns; got 'b'"),
    ],
)
def test_damaged_files_are_named(tmp_path, text, rule):
    path = tmp_path / "1-toy.claims.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"1-toy\.claims\.yaml.*{rule}"):
        topics.read_topics(path)


def test_no_file_no_topics(tmp_path):
    assert topics.read_topics(tmp_path / "absent.yaml") == []


def test_anchors_are_those_of_the_page():
    heading = "Figure 2, top left: compare M_wo with `shuffled` sequences"
    assert (
        topics.anchor(heading)
        == "figure-2-top-left-compare-m_wo-with-shuffled-sequences"
    )
