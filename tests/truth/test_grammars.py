"""Order, distances, absent motifs and the make-up of data sets."""

import numpy as np
import pytest

from helpers.data.bases import decode
from helpers.data.motifs import Motif
from helpers.truth import grammars
from helpers.truth.grammars import Grammar, MotifSequences, embed

# Motifs one can read in a background of T.
MOTIFS = (
    Motif("AAA", np.eye(4)[[0] * 3]),
    Motif("CC", np.eye(4)[[1] * 2]),
    Motif("GGGG", np.eye(4)[[2] * 4]),
)
WORDS = ("AAA", "CC", "GGGG")
GRAMMAR = Grammar(MOTIFS, (2, 1))
ONLY_T = (0, 0, 0, 1)


def test_slots_follow_from_widths_and_gaps():
    np.testing.assert_array_equal(GRAMMAR.offsets, [0, 5, 8])
    assert GRAMMAR.width == 12
    assert GRAMMAR.n_starts(12) == 1
    assert Grammar(MOTIFS, 2).gaps == (2, 2)
    assert Grammar(MOTIFS[:1], 7).width == 3


def test_absent_motifs_leave_background_and_the_others_in_their_places():
    present = np.repeat(grammars.combinations(3), 40, axis=0)
    drawn = embed(GRAMMAR, present, length=20, background=ONLY_T, seed=1)
    np.testing.assert_array_equal(drawn.present, present)
    for row, text in enumerate(decode(drawn.bases)):
        whole = "".join(
            word if here else "T" * len(word)
            for word, here in zip(("AAATT", "CCT", "GGGG"), present[row], strict=True)
        )
        where = drawn.starts[row] - GRAMMAR.offsets
        assert len(set(where[present[row]])) <= 1
        if present[row].any():
            first = where[present[row]][0]
            expected = "T" * first + whole + "T" * (20 - 12 - first)
        else:
            expected = "T" * 20
        assert text == expected
    np.testing.assert_array_equal(drawn.starts < 0, ~present)


def test_places_are_uniform_and_reach_both_ends():
    drawn = embed(GRAMMAR, np.ones((8_000, 3), bool), length=19, seed=2)
    shares = np.bincount(drawn.starts[:, 0], minlength=8) / 8_000
    assert len(shares) == 8
    assert np.abs(shares - 1 / 8).max() < 4 * np.sqrt(7 / 64 / 8_000)


def test_instances_are_sampled_from_the_matrix():
    half = Motif("half", [[0.5, 0.5, 0, 0], [0, 0, 0.25, 0.75]])
    drawn = embed(Grammar((half,), 0), np.ones((8_000, 1), bool), length=30, seed=3)
    first = drawn.bases[np.arange(8_000), drawn.starts[:, 0]]
    second = drawn.bases[np.arange(8_000), drawn.starts[:, 0] + 1]
    assert set(first) == {0, 1} and set(second) == {2, 3}
    assert np.mean(second == 3) == pytest.approx(0.75, abs=0.02)


def test_every_combination_comes_equally_often():
    drawn = grammars.balanced(GRAMMAR, 5, length=20, seed=4)
    sets, counts = np.unique(drawn.present, axis=0, return_counts=True)
    assert len(drawn) == 40 and len(sets) == 8 and (counts == 5).all()
    assert (np.diff(drawn.counts) < 0).any()  # shuffled


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_half_are_positives_and_the_share_holds_subsets(share):
    drawn = grammars.positives_and_negatives(
        GRAMMAR, 1400, share=share, length=20, seed=5
    )
    assert drawn.labels.sum() == 700
    negatives = drawn.present[drawn.labels == 0]
    sets, counts = np.unique(negatives, axis=0, return_counts=True)
    expected = 100 * share
    for row, count in zip(sets, counts, strict=True):
        assert count == (expected if row.any() else expected + 700 * (1 - share))


def test_positives_are_the_same_at_every_share():
    first, second = (
        grammars.positives_and_negatives(GRAMMAR, 60, share=s, length=20, seed=6)
        for s in (0.0, 1.0)
    )
    np.testing.assert_array_equal(first.labels, second.labels)
    rows = first.labels == 1
    np.testing.assert_array_equal(first.bases[rows], second.bases[rows])
    assert (first.bases[~rows] != second.bases[~rows]).any()


def test_covered_marks_the_instance_alone():
    drawn = embed(
        GRAMMAR, grammars.combinations(3), length=20, background=ONLY_T, seed=7
    )
    for motif, base in enumerate((0, 1, 2)):
        np.testing.assert_array_equal(drawn.covered(motif), drawn.bases == base)


def test_rows_can_be_chosen_and_seeds_repeat():
    drawn, again = (grammars.balanced(GRAMMAR, 2, length=20, seed=8) for _ in "ab")
    np.testing.assert_array_equal(drawn.bases, again.bases)
    few = drawn[drawn.counts == 3]
    assert len(few) == 2 and few.present.all() and (few.labels == 1).all()


def test_overlapping_slots_are_refused():
    with pytest.raises(
        ValueError, match=r"gaps\[1\] must be at least 0, else the slot"
    ):
        Grammar(MOTIFS, (2, -1))
    with pytest.raises(ValueError, match="gaps must be one number or 2"):
        Grammar(MOTIFS, (2,))
    with pytest.raises(TypeError, match=r"gaps\[0\] must be an integer"):
        Grammar(MOTIFS, 1.5)
    with pytest.raises(ValueError, match="motifs must hold at least 1"):
        Grammar((), 0)


def test_a_grammar_longer_than_the_sequence_is_refused():
    with pytest.raises(ValueError, match=r"length must be at least 12 bp.*got 11"):
        embed(GRAMMAR, np.ones((2, 3), bool), length=11)


@pytest.mark.parametrize("present", [np.ones((2, 2), bool), np.ones((2, 3)), [True]])
def test_present_must_be_bool_a_column_a_motif(present):
    with pytest.raises(ValueError, match=r"present must be bool of shape \(n, 3\)"):
        embed(GRAMMAR, present, length=20)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: grammars.balanced(GRAMMAR, 0, length=20), "per_combination must be"),
        (lambda: grammars.combinations(0), "n_motifs must be at least 1"),
        (
            lambda: grammars.positives_and_negatives(GRAMMAR, 1, length=20),
            "n must be at least 2",
        ),
        (
            lambda: grammars.positives_and_negatives(GRAMMAR, 9, share=1.1, length=20),
            "share must be at most 1",
        ),
    ],
)
def test_counts_and_shares_are_checked(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_places_of_motifs_are_checked():
    sequences, widths = np.zeros((1, 5), np.uint8), np.array([3])
    yes, no = np.array([[True]]), np.array([[False]])
    assert len(MotifSequences(sequences, yes, np.array([[2]]), widths)) == 1
    with pytest.raises(ValueError, match=r"starts\[0, 0\] must be 0 to 2; got 3"):
        MotifSequences(sequences, yes, np.array([[3]]), widths)
    with pytest.raises(ValueError, match=r"must be -1 \(absent\); got 0"):
        MotifSequences(sequences, no, np.array([[0]]), widths)
    with pytest.raises(ValueError, match="present must be bool"):
        MotifSequences(sequences, [[1]], np.array([[0]]), widths)
    with pytest.raises(ValueError, match="starts must be integers"):
        MotifSequences(sequences, yes, [[0.5]], widths)


def test_the_smallest_grammar_is_one_motif_of_one_base():
    one = Grammar((Motif("A", [[1, 0, 0, 0]]),), ())
    assert (one.width, one.offsets.tolist(), one.n_starts(1)) == (1, [0], 1)
    assert grammars.combinations(1).tolist() == [[False], [True]]
    planted = embed(one, np.array([[True]]), length=1)
    assert planted.bases.tolist() == [[0]] and planted.labels.tolist() == [1]
    assert planted.covered(0).tolist() == [[True]]
    assert sorted(grammars.balanced(one, 1, length=1).counts) == [0, 1]
    halves = grammars.positives_and_negatives(one, 2, length=1)
    assert sorted(halves.labels) == [0, 1]


def test_one_start_that_does_not_fit_is_named_among_others():
    bases, present = np.zeros((2, 9), np.uint8), np.ones((2, 1), bool)
    with pytest.raises(ValueError, match=r"starts\[1, 0\] must be 0 to 6; got 7"):
        MotifSequences(bases, present, np.array([[6], [7]]), np.array([3]))
    with pytest.raises(
        ValueError, match=r"starts\[0, 0\] must be -1 \(absent\); got 6"
    ):
        MotifSequences(bases, ~present, np.array([[6], [-1]]), np.array([3]))
