"""Tests that ask the sequences themselves, and negatives that are shuffled."""

import re

import numpy as np
import pytest

from helpers.data.bases import decode
from helpers.data.motifs import Motif
from helpers.significance.motif_pairs import best_matches
from helpers.studies.own_sequences import (
    Labelled,
    asked_of_factors,
    factor_pairs,
    motif_interactions,
    read_labelled,
    usual_loss,
)

LETTERS = "ACGT"


def motif(word):
    """Return a motif that is almost surely these letters."""
    rows = [[0.97 if letter == base else 0.01 for base in LETTERS] for letter in word]
    return Motif(word, np.array(rows))


MOTIFS = {"one": motif("GATAAGC"), "two": motif("CCATGTG"), "none": motif("TTGACGA")}


@pytest.fixture(scope="module")
def planted():
    """Return sequences of two motifs, and labels by both, by either, and by neither."""
    rng = np.random.default_rng(0)
    bases = rng.integers(0, 4, (4_000, 50))
    there = rng.random((4_000, 2)) < 0.5
    for k, (name, start) in enumerate((("one", 5), ("two", 30))):
        word = MOTIFS[name].ppm.argmax(axis=1)
        bases[there[:, k], start : start + len(word)] = word
    both = np.where(there.all(axis=1), 0.9, 0.15)
    added = 1 / (1 + np.exp(1.5 - 1.5 * there.sum(axis=1)))
    labels = {name: (rng.random(4_000) < p) * 1.0 for name, p in
              (("both", both), ("added", added))}  # fmt: skip
    return list(decode(bases)), labels


def test_matches_are_those_of_the_best_window_on_either_strand():
    word, other = MOTIFS["one"], "GCTTATC"
    sequences = ["TTTTGATAAGCTTTT", f"TTTT{other}TTTT", "TTTTTTTTTTTTTTT"]
    found = best_matches(sequences, {"one": word})
    assert found[0, 0] == pytest.approx(word.log_odds.max(axis=1).sum())
    assert found[1, 0] == pytest.approx(found[0, 0]) and found[2, 0] < found[0, 0] - 5
    with pytest.raises(ValueError, match="motif one must not be wider than the seq"):
        best_matches(["ACG"], {"one": word})


def test_matches_interact_where_labels_need_both(planted):
    sequences, labels = planted
    for name, called in (("both", True), ("added", False)):
        data = Labelled(sequences, labels[name], None)
        table = motif_interactions(data, MOTIFS, loss="log-odds").table
        p = table.set_index("pair").loc[[("one", "two")], "p_holm"].iloc[0]
        assert (p < 0.01) == called
        assert table["p_holm"].drop(table["p_holm"].idxmin()).min() > 0.01
    with pytest.raises(ValueError, match="loss must be one of log-odds, cross"):
        motif_interactions(data, MOTIFS, loss="other")


def test_factors_are_learned_named_and_tested(planted):
    sequences, labels = planted
    test, said = factor_pairs(Labelled(sequences, labels["both"], None), MOTIFS)
    assert test.table.iloc[0][["first", "second"]].tolist() == ["one", "two"]
    assert test.p <= 0.05 and "(p = 0.005)" in said
    assert "learned on 2,000 sequences" in said and "2 of them answer" in said
    _, said = factor_pairs(Labelled(sequences, labels["added"], None), MOTIFS)
    assert "no better order of sequences" in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": np.full(4_000, 2.0)}, "labels must be 0 or 1 for pairs of factors"),
        (
            {"labels": np.arange(4_000) % 100 == 0},
            "pairs of factors need 50 sequences of either label to teach filt.*got 19",
        ),
        ({"rows": 900}, "pairs of factors need 1,000 sequences without N; got 900"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_line(planted, change, message):
    sequences, labels = planted
    rows = change.get("rows", 4_000)
    labels = change.get("labels", labels["both"])[:rows]
    data = Labelled(sequences[:rows], labels, None)
    with pytest.raises(ValueError, match=message):
        factor_pairs(data, MOTIFS)
    table, said = asked_of_factors(data, MOTIFS)
    assert not len(table) and re.match(f"Not asked: {message}", said)


def test_shuffled_negatives_keep_dinucleotides_and_stay_with_their_positive(tmp_path):
    path = tmp_path / "peaks.fa"
    path.write_text(">a\nACGTTGCAACGTAC\n>b\nTTTTGGGGCCCCAA\n>c\nACGTNACGTACGTA\n")
    read = read_labelled(path, negatives="shuffled", seed=1)
    assert read.labels.tolist() == [1, 1, 1, 0, 0]  # none of the one with an N
    assert read.groups[0] == read.groups[3] != read.groups[1] == read.groups[4]
    for one, other in ((0, 3), (1, 4)):
        pairs = [
            sorted(s[i : i + 2] for i in range(13))
            for s in (read.sequences[one], read.sequences[other])
        ]
        assert pairs[0] == pairs[1]
    again = read_labelled(path, negatives="shuffled", seed=1)
    assert again.sequences == read.sequences
    with pytest.raises(ValueError, match="must name a FASTA file, or be 'shuffled'"):
        read_labelled(path)


def test_the_usual_loss_is_that_of_two_classes_where_networks_are_trained():
    classes, counts = np.array([0.0, 1.0, 1.0]), np.array([0.0, 3.0])
    assert usual_loss(classes, None) == "log-odds"
    assert usual_loss(counts, len) == usual_loss(counts, None) == "anscombe"
    with pytest.raises(ValueError, match="loss must be named for labels that are 0 or"):
        usual_loss(classes, len)
