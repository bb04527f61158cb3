"""Commands are timed as whole processes; a second make finds nothing to do."""

import importlib.util
import shutil

import pytest
from fake_book import make_book

from helpers.press.bench import start_up

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def timed(monkeypatch, code, **options):
    """Return the row of a command, of this code, by its name."""
    monkeypatch.setattr(start_up, "COMMANDS", {"one": ["-c", code]})
    monkeypatch.setattr(start_up, "copy_as_built", lambda folder: None)
    monkeypatch.setattr(start_up, "make_again", lambda folder: None)
    rows = start_up.measure_start_up(repeats=1, **options)
    return {row.subject: row for row in rows}


def test_all_that_a_command_starts_is_counted(monkeypatch):
    busy = "import time\nwhile time.process_time() < 0.3: pass\n"
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {busy!r}])"
    row = timed(monkeypatch, busy + child, collect=())["one"]
    assert 0.6 <= row.median < 3  # its own .3 seconds, and those of its child


def test_a_wait_is_not_counted(monkeypatch):
    row = timed(monkeypatch, "import time; time.sleep(1)", collect=())["one"]
    assert row.median < 0.7


def test_tests_are_collected_and_none_is_run(monkeypatch, tmp_path):
    test = tmp_path / "test_one.py"
    test.write_text(
        "def test_one():\n    from pathlib import Path\n"
        "    Path(__file__).with_name('ran').touch()\n"
    )
    rows = timed(monkeypatch, "pass", collect=(str(test),))
    assert rows[start_up.COLLECTION].median > 0
    assert not (tmp_path / "ran").exists()
    assert start_up.COLLECTION not in timed(monkeypatch, "", collect=("no/such",))


def test_what_is_not_installed_has_no_row(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert set(timed(monkeypatch, "pass")) == {"one"}


@needs_make
def test_a_copy_said_to_be_built_is_left_alone(tmp_path):
    book = make_book(tmp_path / "mine")
    (book / ".hidden").mkdir()
    copy = tmp_path / "copy"
    start_up.copy_as_built(copy, root=book)
    assert not (copy / ".hidden").exists()
    assert not (book / "_build").exists()
    start_up.make_again(copy)
    chapter = copy / "book" / "chapters" / "1-toy.ipynb"
    chapter.write_text(chapter.read_text().replace("Counting", "Adding"))
    with pytest.raises(RuntimeError, match="did not leave a built tree alone"):
        start_up.make_again(copy)


def test_a_command_that_fails_is_no_timing(monkeypatch):
    with pytest.raises(start_up.subprocess.CalledProcessError):
        timed(monkeypatch, "raise SystemExit(3)", collect=())
