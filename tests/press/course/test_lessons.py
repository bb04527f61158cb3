"""Five lessons: minutes that add up, questions with answers, times that are records."""

import json
import re
from pathlib import Path

import pytest

from helpers.press.render import live

BOOK = Path(__file__).parents[3] / "book"
CHAPTERS = sorted(path.stem for path in (BOOK / "chapters").glob("*.ipynb"))
LESSONS = sorted((BOOK / "course").glob("lesson-*.md"))
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def section(path: Path, heading: str) -> str:
    text = path.read_text(encoding="utf-8")
    return re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", text, re.M | re.S)[1]


def rows(text: str) -> list[str]:
    return re.findall(r"^\| (?!minutes|what is said|:|-)(.+) \|$", text, re.M)


def test_each_chapter_has_its_lesson():
    assert [path.stem for path in LESSONS] == [f"lesson-{n}" for n in range(1, 6)]
    # The last chapter compares what the five teach; it has no lesson of its own.
    assert CHAPTERS[5:] == ["6-matrix"]
    for path, chapter in zip(LESSONS, CHAPTERS[:5], strict=True):
        text = path.read_text(encoding="utf-8")
        assert f"{{doc}}`../chapters/{chapter}`" in text
        assert f"```{{include}} live/{chapter}.md\n```" in text


@each_lesson
def test_minutes_add_up(path):
    minutes = [int(row.split(" | ")[0]) for row in rows(section(path, "Minute plan"))]
    assert sum(minutes) == 90
    assert min(minutes) >= 5


@each_lesson
def test_misunderstandings_say_what_is_wrong_and_what_to_show(path):
    found = rows(section(path, "Common misunderstandings"))
    assert len(found) >= 5
    assert all(len(row.split(" | ")) == 3 for row in found)


@each_lesson
def test_exam_questions_have_points_and_answers(path):
    text = section(path, "Exam questions")
    asked = re.findall(r"^\*\*\d\.\*\* .+ \*\((\d) points\)\*$", text, re.M)
    answers = re.findall(r"^:::\{dropdown\} Answer\n(.+?)\n:::$", text, re.M | re.S)
    assert len(asked) == len(answers) >= 5
    assert all(len(answer) > 20 for answer in answers) or path.stem == "lesson-2"


def record(folder, step, date, seconds):
    folder.mkdir(parents=True, exist_ok=True)
    ran = {"date": date, "seconds": seconds}
    text = json.dumps({"step": step, "ran": ran})
    (folder / f"{step}.{date}.json").write_text(text)


def test_times_are_those_of_the_last_run(tmp_path):
    folder = tmp_path / "_build" / "results" / "1-one" / "smoke"
    record(folder, "count", "2026-01-01", 9.0)
    record(folder, "count", "2026-01-02", 2.5)
    record(folder, "gone", "2026-01-02", 1.0)
    (folder / "run.json").write_text(json.dumps({"steps": {"count": "key"}}))
    stored = tmp_path / "data" / "results" / "paper" / "1-one"
    stored.mkdir(parents=True)
    steps = {"count": {"ran": {"seconds": 600.0}}, "long": {"ran": {"seconds": 60.0}}}
    (stored / "manifest.json").write_text(json.dumps({"steps": steps, "values": {}}))
    table = live.step_seconds("1-one", root=tmp_path)
    assert table.loc["count", ["smoke", "paper"]].tolist() == [2.5, 600.0]
    assert "gone" not in table.index
    text = live.live_text("1-one", root=tmp_path)
    assert "| count | 2.5 s | – | 10.0 minutes |" in text
    assert "long" not in text  # not run at a size for the class


def test_without_any_record_the_lesson_still_has_a_table(tmp_path):
    assert "| step |" in live.live_text("1-one", root=tmp_path)


def test_tables_are_written_beside_the_staged_lessons(tmp_path):
    (tmp_path / "book" / "chapters").mkdir(parents=True)
    (tmp_path / "book" / "chapters" / "1-one.ipynb").write_text("{}")
    assert live.write_live_tables(tmp_path / "staged", tmp_path) == []
    (tmp_path / "staged" / "course").mkdir(parents=True)
    (written,) = live.write_live_tables(tmp_path / "staged", tmp_path)
    assert written == tmp_path / "staged" / "course" / "live" / "1-one.md"
    assert written.is_file()
