"""What pages took, what waits, and a README that says the same."""

import json
import re

import pandas as pd
import pytest
from fake_book import make_book

from helpers.press import render, status
from helpers.press.results import ROOT, Store
from helpers.press.results.files import read_json
from helpers.press.status import command, tables, times
from helpers.press.status.readme import result_words

RAN = {
    "date": "2026-11-27T01:02:03+00:00", "commit": "abc1234", "device": "a processor",
    "threads": 2, "versions": {},
}  # fmt: skip
ROW = "| [1 Toy](book/chapters/1-toy.ipynb) | It counts | old | old | old |\n"
PUBLISHED = "| page | a | b | c | d |\n"


@pytest.fixture
def book(tmp_path):
    folder = make_book(tmp_path)
    (folder / "README.md").write_text(f"# Toy\n\n{PUBLISHED}{ROW}\nEnd.\n")
    return folder


def write_receipt(folder, name, size, **more):
    receipt = {"name": name, "size": size, "seconds": 30.0, "core_seconds": 150.0}
    path = folder / "_build" / size / "runs" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(receipt | {"peak_mb": 1234.5, "ran": RAN} | more))


def write_manifest(folder, device=RAN["device"], **more):
    path = folder / "data/results/paper/1-toy/manifest.json"
    path.parent.mkdir(parents=True)
    step = {"ran": {**RAN, "seconds": 3600.0, "device": device}}
    path.write_text(json.dumps({"steps": {"sum": step}, "values": {}, **more}))


def test_run_of_a_page_is_recorded_and_read_again(book):
    write_receipt(book, "1-toy", "quick")
    write_receipt(book, "board", "quick", core_seconds=20.0)
    path = status.record("quick", root=book)
    (toy, board) = status.read_times(root=book).to_dict("records")
    assert (toy["page"], toy["seconds"], toy["core_seconds"]) == ("1-toy", 30, 150)
    assert (toy["date"], toy["commit"], toy["threads"]) == ("2026-11-27", "abc1234", 2)
    assert board["core_seconds"] == 20
    before = path.read_text()
    write_receipt(book, "1-toy", "smoke")
    status.record("smoke", root=book)
    assert len(status.read_times(root=book)) == 3
    assert set(before.splitlines()) <= set(path.read_text().splitlines())


def test_new_record_takes_the_place_of_the_old(book):
    for seconds in (30.0, 60.0):
        write_receipt(book, "1-toy", "quick", seconds=seconds)
        status.record("quick", root=book)
    assert status.read_times(root=book)["seconds"].tolist() == [60]


def test_nothing_to_record_is_one_line(book, capsys):
    assert command.main(["record", "--size", "paper"], root=book) == 1
    error = capsys.readouterr().err
    assert error == (
        "error: size must be one whose pages have run here; got 'paper'.\n"
    )


def test_a_real_run_leaves_what_is_recorded(book):
    render.execute("1-toy", size="smoke", root=book)
    (row,) = times.times_here("smoke", root=book).to_dict("records")
    assert 0 < row["core_seconds"] < 60
    assert row["peak_mb"] > 10
    assert row["threads"] >= 1


def test_pages_are_told_in_words(book):
    write_receipt(book, "1-toy", "quick")
    write_manifest(book, not_run_yet=["grown", "sum"])
    (toy, board) = status.pages_table(root=book).to_dict("records")
    assert toy["Quick"] == "30 s, 2 core-minutes, 1.2 GB (2026-11-27, abc1234)"
    assert toy["Smoke"] == "–"
    assert toy["Paper, stored steps"] == "2.0 core-hours, 1 of 2 steps"
    assert board["Paper, stored steps"] == "–"


def test_a_step_of_which_parts_are_stored_waits_too(book):
    write_manifest(book)
    part = book / "data/results/paper/1-toy/parts/grown/a.json"
    part.parent.mkdir(parents=True)
    part.write_text(json.dumps({"ran": {**RAN, "seconds": 1}}))
    (toy, _) = status.pages_table(root=book).to_dict("records")
    assert toy["Paper, stored steps"] == "2.0 core-hours, 1 of 2 steps"
    (row,) = status.waiting_table(root=book).to_dict("records")
    assert (row["Step"], row["Why"]) == (
        "grown",
        "more than ten minutes; 1 part is stored",
    )


def test_time_of_a_gpu_is_not_called_core_time(book):
    write_manifest(book, device="a processor and NVIDIA H200")
    (toy, _) = status.pages_table(root=book).to_dict("records")
    assert toy["Paper, stored steps"] == "2.0 hours of cores and a GPU, 1 of 1 steps"


def test_what_waits_says_why_and_how(book):
    write_manifest(book, not_run_yet=["grown", "sum"], estimates={"grown": 240})
    part = book / "data/results/paper/1-toy/parts/grown/a.json"
    part.parent.mkdir(parents=True)
    part.write_text(json.dumps({"ran": {**RAN, "seconds": 1}}))
    (row,) = status.waiting_table(root=book).to_dict("records")
    assert row["Why"] == "about 4.0 hours; 1 part is stored"
    assert row["Run"].endswith("helpers.render 1-toy --size paper --only grown`")


def test_estimate_of_a_step_that_waits_is_recorded(tmp_path):
    make_book(tmp_path)
    store = Store("1-toy", size="paper", root=tmp_path, own=True)
    store.stored_or_run("long", tables.took, {"seconds": 1}, estimate_minutes=90)
    run = read_json(store.local / "run.json")
    assert run["estimates"] == {"long": 90}


def test_readme_takes_measured_cells_from_the_records(book):
    write_receipt(book, "1-toy", "quick")
    status.record("quick", root=book)
    write_manifest(book)
    assert command.main(["readme"], root=book) == 0
    text = (book / "README.md").read_text()
    assert text == (
        f"# Toy\n\n{PUBLISHED}| [1 Toy](book/chapters/1-toy.ipynb) | It counts "
        "| 2 core-minutes | 2.0 core-hours, 1 of 1 steps "
        "| 0 reproduced, 0 not, 1 not run yet |\n\nEnd.\n"
    )
    assert status.readme(root=book) == text


def test_readme_keeps_a_quick_time_without_a_record(book):
    write_manifest(book)
    assert "| It counts | old | 2.0 core-hours, 1 of" in status.readme(root=book)


def board_of(**values) -> pd.DataFrame:
    """Return rows of chapter 1 whose value is that of their test and control."""
    tests = {"size": "the effect size against shuffles", "paired": "the paired test"}
    rows = [
        {
            "claim": f"Of 45 networks, significant by {tests[test]}: "
            f"{control} control, {padding} padding",
            "paper_size": value,
        }
        for key, value in values.items()
        for test, control in [key.split("_")]
        for padding in ("valid", "same")
    ]
    return pd.DataFrame(rows)


def test_the_result_of_the_first_screen_counts_both_paddings():
    board = board_of(size_negative=44.0, paired_negative=7.0, paired_positive=43.0)
    words = " ".join(result_words(board).replace("> ", "").split())
    assert "additive DNA data, 88 report" in words
    assert "leaves 14 of them, and keeps 86 of 90" in words


def test_a_result_that_is_not_stored_is_not_made_up():
    board = board_of(size_negative=45.0, paired_negative=0.0)
    with pytest.raises(ValueError, match="paired test: positive control"):
        result_words(board)


def test_readme_of_this_repository_is_up_to_date():
    """If this fails: python -m helpers.status readme."""
    assert status.readme() == (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(tables.pages_table()) == len(render.notebooks())


def test_at_a_glance_says_what_the_stored_steps_took():
    form = re.compile(
        r"paper size: about ([\d.]+) (core-hours|hours of cores and a GPU)"
    )
    for path in sorted((ROOT / "book" / "chapters").glob("[1-5]-*.ipynb")):
        hours, kind = form.search(path.read_text(encoding="utf-8")).groups()
        stored, _, rest = tables.paper_words(path.stem).partition(" ")
        assert rest.startswith(kind), path.stem
        assert float(hours) == pytest.approx(float(stored), rel=0.15), path.stem
