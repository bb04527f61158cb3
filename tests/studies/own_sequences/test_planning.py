"""Before the tests it is told which pairs they ask about, and how long they take."""

import re
import time

import numpy as np
import pytest

from helpers.data.bases import decode
from helpers.data.motifs import Motif
from helpers.significance.motif_pairs import held_out_interaction
from helpers.studies.own_sequences import Labelled, check_request, planned

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
    assert (
        said.startswith("2 of 6 pairs are tested: they stand")
        and "A × rare (7)" in said
    )
    assert "A × inside (60 of 60)" in said and "B × inside (" not in said
    predictions = int(re.search(r"([\d,]+) predictions", said)[1].replace(",", ""))
    assert predictions == pytest.approx(sum(asked), rel=0.1)

    groups = np.arange(60) // 4  # forty examples with A and B are ten groups
    said = planned(ask, Labelled(decode(bases), labels, groups), motifs, n_draws=2)
    assert said.startswith("No pair can be asked of the model: of 6 pairs none stands")
    assert "20 held-out groups (loci)" in said and "A × B (10)" in said


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


def test_one_pair_is_told_as_one():
    bases, motifs = example()
    two = {name: motifs[name] for name in "AB"}
    data = Labelled(decode(bases), np.zeros(60), None)
    said = planned(lambda x: x.sum(axis=1), data, two, n_draws=2)
    assert said.startswith("1 of 1 pair is tested: it stands in at least 20 examples")


@pytest.mark.parametrize(
    ("names", "label", "loss", "message"),
    [
        ("A", 0.0, "mse", r"motifs must be two or more.* got 1: A\.$"),
        ("AB", 0.0, "other", "loss must be one of .*got 'other'"),
        ("AB", -1.0, "poisson", "label must be 0 to inf"),
        ("AB", 2.0, "log-odds", "label must be 0 to 1"),
        ("AB", 1.0, "poisson", "for labels that are 0 or 1; got 'poisson'"),
        ("AB", 0.0, "anscombe", "for labels that are 0 or 1; got 'anscombe'"),
        ("ABF", 0.0, "mse", r"must prefer some bases; F matches all windows alike"),
        ("ABW", 0.0, "mse", r"wider than the sequences' 40 bp; wider are W \(41\)\."),
    ],
)
def test_what_no_section_could_use_is_refused_at_once(names, label, loss, message):
    bases, motifs = example()
    motifs["W"] = Motif("W", np.tile([0.97, 0.01, 0.01, 0.01], (41, 1)))
    motifs["F"] = Motif("F", np.full((8, 4), 0.25))
    for n in (10, 60):
        data = Labelled(decode(bases[:n]), np.full(n, label), None)
        check_request(data, {name: motifs[name] for name in "AB"}, "mse")
        with pytest.raises(ValueError, match=message):
            check_request(data, {name: motifs[name] for name in names}, loss)


def test_classes_of_the_same_sequences_are_refused():
    texts = ["AACC", "ACAC", "GGTT", "ACAC", "CCCC"]
    data = Labelled(texts, np.array([1.0, 1, 0, 0, 0]), None)
    with pytest.raises(ValueError, match="of label 1 must not all have label 0, too"):
        check_request(data, None, "log-odds")
    some = Labelled([*texts, "AAAA"], np.array([1.0, 1, 0, 0, 0, 1]), None)
    check_request(some, None, "log-odds")
