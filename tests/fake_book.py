"""A book of one tiny chapter, to test rendering and the pipeline on."""

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

REPOSITORY = Path(__file__).resolve().parents[1]

PARAMETERS = """\
size: str = "quick"  # smoke, quick or paper
seed = 0  # of every random number
recompute: bool = False  # compute every step again
n_trials: int = 3  # trials of each function
rate: float = 0.1  # learning rate
widths: list[int] = [4, 2]  # of the layers"""

CHAPTER = """\
from helpers import checks
from helpers.press import results
from helpers.studies import toy

store = results.Store("1-toy", size=size, recompute=recompute)
table = store.stored_or_run("sum", toy.count, {"n": n_trials})
store.record({"toy.n": len(table)})
print("widths", widths, "rate", rate)"""

PUBLISHED = """\
claim,quantity,published,spread,source,tolerance,relation,reading,chance,together
Number of trials,toy.n,3,,Table 1,0,equals,declared,,
"""

STUDY = """\
import pandas as pd


def count(n):
    return pd.DataFrame({"n": range(n)})
"""

CONFIG = """\
title: Toy
only_build_toc_files: true
execute: {execute_notebooks: "off"}
html: {use_issues_button: false, use_repository_button: false}
"""

TOC = """\
format: jb-book
root: intro
chapters:
  - file: chapters/1-toy
  - file: board
"""


def make_book(folder: Path, *, chapter: str = CHAPTER, parameters: str = PARAMETERS):
    """Write the book and the helpers that run it into `folder`; return `folder`."""
    helpers = folder / "helpers"
    helpers.mkdir(parents=True)
    ground = ("__init__", "checks", "console", "extras", "memory")
    for name in (*ground, "render", "results"):
        shutil.copy(REPOSITORY / "helpers" / f"{name}.py", helpers)
    (helpers / "data").mkdir()
    for name in ("__init__.py", "kinds.py", "yaml_files.py"):
        shutil.copy(REPOSITORY / "helpers" / "data" / name, helpers / "data")
    press = REPOSITORY / "helpers" / "press"
    (helpers / "press").mkdir()
    shutil.copy(press / "__init__.py", helpers / "press")
    for name in ("results", "render"):
        shutil.copytree(press / name, helpers / "press" / name)
    (helpers / "studies").mkdir()
    (helpers / "studies" / "__init__.py").write_text("")
    (helpers / "studies" / "toy.py").write_text(STUDY)
    (helpers / "unused.py").write_text("value = 1\n")
    for name in ("chapters", "sizes", "published"):
        (folder / "book" / name).mkdir(parents=True)
    book = folder / "book"
    (book / "_config.yml").write_text(CONFIG)
    (book / "_toc.yml").write_text(TOC)
    (book / "intro.md").write_text("# Toy\n\nA page.\n")
    (book / "sizes" / "1-toy.smoke.yaml").write_text("size: smoke\nn_trials: 2\n")
    (book / "published" / "1-toy.csv").write_text(PUBLISHED)
    write_notebook(book / "chapters" / "1-toy.ipynb", parameters, chapter)
    write_notebook(
        book / "board.ipynb",
        'size = "quick"  # smoke, quick or paper',
        "from helpers.press import results\nresults.scoreboard(size)",
    )
    (folder / "requirements.lock").write_text("# nothing\n")
    for name in ("Snakefile", "Makefile"):
        if (REPOSITORY / name).is_file():
            shutil.copy(REPOSITORY / name, folder)
    return folder


def write_notebook(path: Path, parameters: str, code: str) -> None:
    """Write a notebook with a parameters cell and one section."""
    cells = [
        new_markdown_cell("# A toy", id="title"),
        new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
        new_markdown_cell("## Counting", id="section"),
        new_code_cell(code, id="code"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)
