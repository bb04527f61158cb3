"""The table of what a reader finds names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.*?) ?\| (`.+`|open) \|$", re.MULTILINE)


def named_in(cell: str) -> list[str]:
    return [] if cell == "open" else [test.strip("`") for test in cell.split(", ")]


def rows() -> list[tuple[str, ...]]:
    return ROW.findall((ROOT / "FEATURES.md").read_text(encoding="utf-8"))


def missing(test: str) -> str:
    """Return what of a test's address does not exist, empty if all does."""
    file, _, name = test.partition("::")
    path = ROOT / file
    if not path.is_file():
        return file
    found = re.search(rf"^def {name}\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    return "" if found or not name else name


def test_there_are_36_features_each_once():
    assert [int(number) for number, *_ in rows()] == list(range(1, 37))
    assert len({feature for _, feature, *_ in rows()}) == 36


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_names_its_tests_or_is_open(row):
    _, _, where, named = row
    assert where or named == "open"
    assert not [missing(test) for test in named_in(named) if missing(test)]


def test_missing_test_is_noticed():
    assert missing("tests/gone.py::test_a") == "tests/gone.py"
    assert missing("tests/test_features.py::test_gone") == "test_gone"
    assert named_in("`a.py`, `b.py::test_c`") == ["a.py", "b.py::test_c"]
    assert named_in("open") == []
