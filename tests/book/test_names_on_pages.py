"""Names that readers bring stand on the built pages letter by letter."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from contents import ROOT

from helpers.loaders.plink_writer import write_panel
from helpers.press import render
from helpers.truth.genotypes import simulate_panel

pytestmark = [pytest.mark.book, pytest.mark.slow]

NAMES = (
    "HLA-A*01",
    "HLA-B*07",
    "<img/src=x/onerror=alert(1)>",
    "$x$_a_$y$",
    "p|q",
    "`c`[l](n)~~d~~",
    "&lt;b&gt;{math}",
)
CONSTANT = "*same*in*all*"
MODEL = """
def count(sequences):
    return [s.count("ACGTA") + s.count("TTGCA") + 1.0 for s in sequences]
"""


def table(folder: Path) -> dict:
    """Write a table whose first two columns act together; return the parameters."""
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(400, len(NAMES))), columns=list(NAMES))
    rows["$out*come$"] = rows[NAMES[0]] * rows[NAMES[2]] + rng.normal(size=400)
    rows.assign(**{CONSTANT: 1}).to_csv(folder / "own.csv", index=False)
    return {
        "data": str(folder / "own.csv"),
        "outcome": "$out*come$",
        "n_networks": "2",
        "output": str(folder / "report"),
    }


def genes(folder: Path) -> dict:
    """Write people with as many genes as there are names; return the parameters."""
    panel = simulate_panel(600, len(NAMES), length=20_000, seed=0)
    trait = np.random.default_rng(1).normal(size=600)
    panel = replace(panel, genes=NAMES)
    files = write_panel(panel, folder / "own.bed", trait, trait="trait")
    names = ("bed", "pheno", "genes")
    few = {"n_networks": "1", "n_permutations": "2", "max_epochs": "1"}
    return {name: str(files[name]) for name in names} | few


def sequences(folder: Path, monkeypatch) -> dict:
    """Write sequences, a model and motifs with these names; return the parameters."""
    rng = np.random.default_rng(2)
    texts = ["".join(rng.choice(list("ACGT"), size=40)) for _ in range(240)]
    planted = [t[:5] + "ACGTA" + t[10:20] + "TTGCA" + t[25:] for t in texts]
    counts = rng.poisson(3, size=len(texts))
    rows = pd.DataFrame({"sequence": planted, "count": counts})
    rows.to_csv(folder / "own.csv", index=False)
    (folder / "own_counts.py").write_text(MODEL)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")
    motifs = ["MEME version 4\n\nALPHABET= ACGT\n"]
    for number, name in enumerate(NAMES):
        word = ("ACGTA", "TTGCA", "GATTA", "CCATG", "TACCA", "GGTAC", "AGAGC")[number]
        rows = [" ".join("1" if b == w else "0" for b in "ACGT") for w in word]
        head = f"MOTIF {name}\nletter-probability matrix: w= 5 nsites= 20"
        motifs.append("\n".join([head, *rows, ""]))
    (folder / "own.meme").write_text("\n".join(motifs))
    return {
        "data": str(folder / "own.csv"),
        "motifs": str(folder / "own.meme"),
        "model": "own_counts:count",
        "encoding": "letters",
        "loss": "mse",
        "n_draws": "1",
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the three pages, executed on such names and built, by their stems."""
    book = tmp_path_factory.mktemp("book")
    with pytest.MonkeyPatch.context() as patch:
        for stem, write in (
            ("your-table", table),
            ("your-gene-gene", genes),
            ("your-sequences", lambda folder: sequences(folder, patch)),
        ):
            given = write(tmp_path_factory.mktemp(stem))
            page = book / f"{stem}.ipynb"
            render.execute(stem, size="smoke", given=given, output=page, root=ROOT)
    config = yaml.safe_load((ROOT / "book" / "_config.yml").read_text(encoding="utf-8"))
    wanted = ("title", "execute", "parse", "sphinx", "bibtex_bibfiles")
    kept = {name: config[name] for name in wanted}
    shutil.copy(ROOT / "book" / "references.bib", book)
    del kept["sphinx"]["config"]["html_favicon"]
    (book / "_config.yml").write_text(yaml.safe_dump(kept))
    pages = sorted(book.glob("*.ipynb"))
    files = "".join(f"  - file: {page.stem}\n" for page in pages[1:])
    contents = f"format: jb-book\nroot: {pages[0].stem}\nchapters:\n{files}"
    (book / "_toc.yml").write_text(contents)
    start = "from jupyter_book.cli.main import main; main()"
    subprocess.run(
        [sys.executable, "-c", start, "build", "-q", str(book)],
        check=True,
        capture_output=True,
    )
    site = book / "_build" / "html"
    return {
        page.stem: BeautifulSoup(
            (site / f"{page.stem}.html").read_text(), "html.parser"
        )
        for page in pages
    }


@pytest.mark.parametrize("stem", ["your-table", "your-gene-gene", "your-sequences"])
def test_names_are_shown_letter_by_letter(built, stem):
    article = built[stem].find("article")
    outputs = " ".join(o.get_text() for o in article.select(".cell_output"))
    assert not [name for name in NAMES if name not in outputs]
    assert not article.select("img[src=x], [onerror], .cell_output del")
    assert "\\*" not in outputs and "\\_" not in outputs
    if stem == "your-table":
        assert CONSTANT in outputs and "$out*come$" in outputs
        assert f"{NAMES[0]} and {NAMES[2]} (its learned part explains" in outputs
