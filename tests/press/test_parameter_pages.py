"""The page of parameters holds every parameter of every notebook, at every size."""

from pathlib import Path

import pytest
import yaml
from fake_book import make_book

from helpers.press import render
from helpers.press.render import parameter_pages
from helpers.press.render.parameter_pages import SHARED, section, write_parameters

ROOT = Path(__file__).resolve().parents[2]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| ").split(" | ")]


def rows(text: str) -> dict[str, dict[str, str]]:
    """Return the rows of a section's table by the parameter's name."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    head = cells(lines[0])
    found = [dict(zip(head, cells(line), strict=False)) for line in lines[2:]]
    return {row["name"].strip("`"): row for row in found}


@pytest.mark.parametrize("name", render.notebooks(root=ROOT))
def test_every_parameter_has_its_row(name):
    path = render.notebooks(root=ROOT)[name]
    text = section(name, path, ROOT)
    known = render.parameters(name, root=ROOT)
    assert set(rows(text) if text else ()) == set(known) - set(SHARED)
    for size in ("smoke", "paper"):
        file = ROOT / "book" / "sizes" / f"{name}.{size}.yaml"
        values = yaml.safe_load(file.read_text()) if file.is_file() else {}
        for key in set(values) - set(SHARED):
            # As Python reads it: 1e-4 is a text to YAML, a number to the book.
            read = render.settings(name, size, {}, root=ROOT)[key]
            shown = rows(text)[key][size]
            folded = f"- `{key}`, {size}: `{read!r}`\n"
            assert shown in (f"`{read!r}`", "–") or folded in text


def test_what_is_shared_means_the_same_everywhere():
    for name in render.notebooks(root=ROOT):
        for parameter in render.parameters(name, root=ROOT).values():
            if parameter.name in SHARED:
                default = {"size": "quick", "seed": 0, "device": "auto"}
                assert parameter.default == default.get(parameter.name, False), name


def test_a_table_says_name_meaning_type_values_and_rule(tmp_path):
    text = (
        'size: str = "quick"  # smoke, quick or paper\n'
        "n_trials: int = 3  # trials of each function [1 ..]\n"
        "rate: float = 0.1  # learning rate [0 .. 1]\n"
        'kind: str = "wide"  # of the network [wide | deep]\n'
        'note: str = ""  # to be shown'
    )
    book = make_book(tmp_path, parameters=text)
    (book / "book" / "sizes" / "1-toy.paper.yaml").write_text(
        "size: paper\nn_trials: 50\n"
    )
    table = rows(section("1-toy", book / "book" / "chapters" / "1-toy.ipynb", book))
    own = table["n_trials"]
    assert own["meaning"] == "trials of each function"
    assert (own["type"], own["quick"], own["paper"]) == ("`int`", "`3`", "`50`")
    assert own["allowed"] == "at least 1"
    assert table["rate"]["allowed"] == "0 to 1"
    assert table["kind"]["allowed"] == "wide, deep"
    assert table["note"]["quick"] == "–" and not table["note"].get("allowed")
    assert "size" not in table


def test_a_long_list_is_folded_below_the_table(tmp_path):
    long = [f"design {k}" for k in range(12)]
    text = (
        'size: str = "quick"  # smoke, quick or paper\n'
        f"designs: list[str] = {long!r}  # of the study\n"
        "widths: list[int] = [3, 2]  # of the layers"
    )
    book = make_book(tmp_path, parameters=text)
    (book / "book/sizes/1-toy.smoke.yaml").write_text("size: smoke\nwidths: [1]\n")
    found = section("1-toy", book / "book" / "chapters" / "1-toy.ipynb", book)
    assert rows(found)["designs"]["quick"] == "`'design 0'` and 11 more"
    assert found.endswith(
        f":::{{dropdown}} Long lists\n- `designs`, quick: `{long!r}`\n:::\n"
    )
    assert found.count("widths") == 1


def test_the_page_keeps_its_introduction_and_is_written_once(tmp_path):
    book = make_book(tmp_path)
    (book / "book" / parameter_pages.PAGE).write_text("# All parameters\n\nHello.\n")
    stage = tmp_path / "stage"
    stage.mkdir()
    assert write_parameters(stage, book) is None
    (stage / parameter_pages.PAGE).write_text("# old")
    page = write_parameters(stage, book)
    text = page.read_text()
    assert text.startswith("# All parameters\n\nHello.\n\n## ")
    assert "`n_trials`" in text
    before = page.stat().st_mtime_ns
    write_parameters(stage, book)
    assert page.stat().st_mtime_ns == before
