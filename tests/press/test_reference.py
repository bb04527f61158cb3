"""The pages of the reference hold every room and every name of the front door."""

import re
from pathlib import Path

import pytest

import helpers
from helpers import device
from helpers.press.render import reference

ROOT = Path(__file__).resolve().parents[2]


def test_every_module_of_a_room_has_its_place(tmp_path):
    (tmp_path / "reference.md").write_text("# Reference\n")
    pages = reference.write_reference(tmp_path, ROOT)
    assert {page.stem for page in pages} == {
        "front-door",
        *reference.PAGES,
        *reference.PARTS,
    }
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    for name in reference.PAGES:
        for path in (ROOT / "helpers" / name).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            assert text.count(f":: {module}\n") == (path.name != "__init__.py")


def test_a_part_of_a_room_takes_modules_that_are_there(tmp_path):
    (tmp_path / "reference.md").write_text("# Reference\n")
    pages = {p.stem: p for p in reference.write_reference(tmp_path, ROOT)}
    for name, (room, title, _, modules) in reference.PARTS.items():
        text = pages[name].read_text(encoding="utf-8")
        for module in modules:
            assert f":: helpers.{room}.{module}\n" in text
        assert f":doc:`{title} <{name}>`" in pages[room].read_text(encoding="utf-8")


def test_the_front_door_says_what_each_name_does(tmp_path):
    (tmp_path / "reference.md").write_text("# Reference\n")
    text = reference.write_reference(tmp_path, ROOT)[0].read_text(encoding="utf-8")
    for name in helpers.__all__:
        (line,) = (
            li for li in text.splitlines() if li.startswith(f"* :py:obj:`{name} ")
        )
        assert getattr(helpers, name).__doc__.split("\n")[0][:20] in line


def test_a_book_without_a_reference_gets_no_pages(tmp_path):
    assert reference.write_reference(tmp_path, ROOT) == []
    assert not (tmp_path / "reference").exists()


def test_the_contents_list_every_page():
    listed = (ROOT / "book" / "_toc.yml").read_text(encoding="utf-8")
    for name in ("front-door", *reference.PAGES, *reference.PARTS):
        assert f"- file: reference/{name}\n" in listed


def first_examples() -> list[str]:
    text = (ROOT / "book" / "reference.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.M | re.S)


@pytest.mark.parametrize("code", first_examples())
def test_ten_lines_find_the_pair(code, capsys):
    """Imports apart, the first examples have ten lines, and do what they say."""
    lines = [line for line in code.splitlines() if line and "import " not in line]
    assert len(lines) <= 10
    names = {}
    with device.seeded(0):
        exec(code, names)
    assert names["found"].ranked().sets[0] == (0, 1)
    assert "age × dose" in capsys.readouterr().out
