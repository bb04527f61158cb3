"""Recipes: twelve, short, each by itself; what they print is right."""

import json
import os
import re
import subprocess
import sys

import pytest
from contents import ROOT

from helpers.studies import cookbook

PAGE = ROOT / "book" / "cookbook.ipynb"
#: What a recipe must print, whatever the machine: the pair that interacts, a count.
PRINTS = {
    "torch": r"1 +dose × age",
    "shapley": r"1 +dose × age",
    "h": r"1 +dose × age",
    "pair": r"\(dose, age\)",
    "sklearn": r"\(dose, age\)",
    "trained": r"0 +\(dose, age\)",
    "permutation": r"dose × age.* 0\.05",
    "many": r"\(20, 1200, 1\)",
    "plink": r"0 +\(gene1, gene2\)",
    "peaks": r"2 cell types",
    "motifs": r"\[\d\.\d+, \d\.\d+, \d\.\d+\]",
    "knockout": r"\d+\.\d counts",
}
LONGEST = 10  # lines of a recipe


def recipes() -> dict[str, str]:
    """Return the code of every recipe by its name."""
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    return {
        cell["id"].removeprefix("recipe-"): "".join(cell["source"])
        for cell in cells
        if cell["id"].startswith("recipe-")
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Return a folder with the files that the page writes."""
    folder = tmp_path_factory.mktemp("cookbook")
    cookbook.write_files(folder)
    return folder


def test_there_are_twelve_of_at_most_ten_lines():
    assert set(recipes()) == set(PRINTS)
    long = {
        name: len(lines)
        for name, code in recipes().items()
        if len(lines := [line for line in code.splitlines() if line.strip()]) > LONGEST
    }
    assert long == {}


def test_every_recipe_has_its_heading_and_its_place_in_the_table():
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] != "code")
    for number, name in enumerate(recipes(), start=1):
        assert f"(cook-{name})=\n## {number}. " in text
        assert f"[{number}](cook-{name})" in text


def test_files_are_those_that_the_recipes_read(files):
    named = set(re.findall(r'"([\w.]+\.\w+)"', "\n".join(recipes().values())))
    assert {name for name in named if "." in name} <= set(os.listdir(files))


def printed_by(code: str, files) -> str:
    """Return what code prints in a Python of its own."""
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=files,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTS)
def test_a_recipe_runs_alone(name, files):
    printed = printed_by(recipes()[name], files)
    assert re.search(PRINTS[name], printed), printed


@pytest.mark.slow
def test_a_torch_network_is_fitted_anew(files):
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    (code,) = ["".join(c["source"]) for c in cells if c["id"] == "own-network"]
    assert "model=Trained" in code and "fitted=" not in code
    printed = printed_by(code, files)
    assert re.search(PRINTS["sklearn"], printed), printed


@pytest.mark.book
@pytest.mark.parametrize("name", PRINTS)
def test_the_page_shows_what_a_recipe_prints(site, name):
    stage = site.parent / "stage" / "cookbook.ipynb"
    cells = json.loads(stage.read_text(encoding="utf-8"))["cells"]
    (cell,) = [cell for cell in cells if cell["id"] == f"recipe-{name}"]
    printed = "".join("".join(out.get("text", "")) for out in cell["outputs"])
    assert re.search(PRINTS[name], printed)
