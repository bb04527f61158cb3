"""Neither model nor motifs: the page finds motifs, and asks the other sequences."""

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd

from helpers.data.bases import decode
from helpers.loaders.motifs import read_motifs
from helpers.press import render
from helpers.significance.motif_pairs import as_bases

ROOT = Path(__file__).parents[2]
WORDS = ("GATAAGCC", "TTGACGAA")


def write_classes(folder):
    """Write sequences with both words, and others with one of them or none."""
    rng = np.random.default_rng(5)
    bases = rng.integers(0, 4, (1600, 60), dtype=np.uint8)
    there = rng.random((1600, 2)) < 0.5
    for k, word in enumerate(WORDS):
        bases[np.ix_(there[:, k], 10 + 30 * k + np.arange(8))] = as_bases([word])[0]
    labels = rng.random(1600) < np.where(there.all(axis=1), 0.9, 0.2)
    for name, label in (("open.fa", True), ("shut.fa", False)):
        texts = decode(bases[labels == label])
        lines = [f">{name}{number}\n{text}\n" for number, text in enumerate(texts)]
        (folder / name).write_text("".join(lines))


def test_motifs_are_found_written_and_asked_about(tmp_path):
    write_classes(tmp_path)
    given = {
        "data": str(tmp_path / "open.fa"),
        "negatives": str(tmp_path / "shut.fa"),
        "n_found": "4",
        "n_draws": "1",
        "n_mutated": "4",
        "output": str(tmp_path / "results"),
    }
    page = tmp_path / "out.ipynb"
    render.execute("your-sequences", size="smoke", given=given, output=page, root=ROOT)
    motifs = read_motifs(tmp_path / "results" / "found.meme")
    found = pd.read_csv(tmp_path / "results" / "found.csv")
    assert list(motifs) == list(found["motif"])
    pairs = pd.read_csv(tmp_path / "results" / "pairs.csv")
    asked = {name for pair in pairs["pair"] for name in pair.split(" × ")}
    assert asked <= set(motifs) and len(asked) >= 2
    report = (tmp_path / "results" / "report.html").read_text()
    assert "Motifs that were found" in report and "Logos of the motifs" in report
    shown = str(nbformat.read(page, 4))
    assert "what filters of these networks answer" in shown
    assert all(name in shown for name in motifs)
