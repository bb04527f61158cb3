"""Before the tests it is told which pairs they ask about, and how long they take."""

import re
import time

import numpy as np
import pytest

from helpers.data.bases import decode
from helpers.data.motifs import Motif
from helpers.significance.motif_pairs import held_out_interaction
from helpers.studies.own_sequences import Labelled, planned

WORDS = {"A": [0, 1, 2, 3, 0, 1, 2, 3], "B": [3, 3, 1, 1, 3, 3, 1, 1]}
WORDS |= {"rare": [2, 0, 2, 0, 0, 1, 0, 0], "inside": [1, 2, 3, 0, 1, 2, 3, 0]}


def example():
    """Return sequences with A and B apart, and "inside" within A, and the motifs."""
    rng = np.random.default_rng(0)
    bases = rng.integers(0, 4, (60, 40)).astype(np.uint8)
    bases[:, 5:13], bases[:, 13], bases[:40, 25:33] = WORDS["A"], 0, WORDS["B"]
    bases[:7, 14:22] = WORDS["rare"]
    motifs = {k: Motif(k, np.eye(4)[row] * 0.96 + 0.01) for k, row in WORDS.items()}
    return bases, motifs


def test_pairs_are_counted_as_the_tests_count_them():
    bases, motifs = example()
    labels, asked = np.random.default_rng(1).normal(size=60), []

    def ask(x):
        asked.append(len(x))
        return (x[:, 5:13] == WORDS["A"]).sum(axis=1)

    said = planned(ask, Labelled(decode(bases), labels, None), motifs, n_draws=2)
    del asked[:]
    table = held_out_interaction(
        ask, bases, labels, motifs, loss="mse", encoding="bases", n_draws=2
    )
    assert set(table["pair"]) == {"A × B", "B × inside"}
    assert said.startswith("2 of 6 pairs are tested") and "A × rare (7)" in said
    assert "A × inside (60 of 60)" in said and "B × inside (" not in said
    predictions = int(re.search(r"([\d,]+) predictions", said)[1].replace(",", ""))
    assert predictions == pytest.approx(sum(asked), rel=0.1)

    groups = np.arange(60) // 4  # forty examples with A and B are ten groups
    said = planned(ask, Labelled(decode(bases), labels, groups), motifs, n_draws=2)
    assert said.startswith("0 of 6") and "A × B (10)" in said


def test_minutes_follow_the_model():
    bases, motifs = example()

    def slow(x):
        time.sleep(0.002 * len(x))
        return x.sum(axis=1)

    data = Labelled(decode(bases), np.zeros(60), None)
    said = planned(slow, data, motifs, n_draws=2, n_mutated=100)
    predictions = int(re.search(r"([\d,]+) predictions", said)[1].replace(",", ""))
    minutes = float(re.search(r"about ([\d.]+) minutes", said)[1])
    assert minutes == pytest.approx(predictions * 0.002 / 60, rel=0.5)
