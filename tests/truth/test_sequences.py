"""Simulated DNA: exact placement, scans, knock-outs, shuffles; the study's counts."""

import numpy as np
import pytest

from helpers.data.bases import UNKNOWN, decode, encode, letter_numbers
from helpers.data.motifs import Motif
from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.truth import sequences as dna

# Motifs one can read: each embeds one word, AAAA or CCCCCC.
AAAA = Motif("AAAA", np.eye(4)[[0] * 4]).smoothed(1e-9)
C6 = Motif("C6", np.eye(4)[[1] * 6]).smoothed(1e-9)
ONLY_T = (0, 0, 0, 1)


@pytest.fixture(scope="module")
def motifs():
    return tuple(m.smoothed() for m in read_motifs(FOLDER / "encode.meme").values())


@pytest.fixture(scope="module")
def study(motifs):
    return dna.simulate(50_000, motifs, seed=11)


def words(pairs):
    """The letters at each embedded position."""
    for text, starts in zip(decode(pairs.sequences), pairs.starts, strict=True):
        yield [
            text[s : s + m.width] if s >= 0 else None
            for s, m in zip(starts, pairs.motifs, strict=True)
        ]


def test_every_motif_stands_where_the_starts_say_and_nowhere_else():
    drawn = dna.simulate(500, (AAAA, C6), length=45, background=ONLY_T, seed=1)
    assert drawn.sequences.shape == (500, 45)
    assert drawn.sequences.dtype == np.uint8
    for row, (first, second) in enumerate(words(drawn)):
        assert first in (None, "AAAA")
        assert second in (None, "CCCCCC")
        expected = 4 * (first is not None) + 6 * (second is not None)
        assert (drawn.sequences[row] != 3).sum() == expected  # never overlapping
    touching = (drawn.starts[:, 0] + 4 == drawn.starts[:, 1]) & drawn.present.all(1)
    assert touching.any()


def test_starts_are_uniform_and_reach_both_ends():
    starts = dna.simulate(20_000, (AAAA,), length=10, probability=1, seed=2).starts
    counts = np.bincount(starts[:, 0], minlength=7)
    assert len(counts) == 7
    assert np.abs(counts / 20_000 - 1 / 7).max() < 0.012  # four standard errors


def test_same_seed_same_sequences():
    first, again, other = (dna.simulate(50, (AAAA,), seed=s) for s in (3, 3, 4))
    np.testing.assert_array_equal(first.sequences, again.sequences)
    assert (first.sequences != other.sequences).any()


def test_background_and_instances_have_the_asked_frequencies(motifs):
    drawn = dna.random_bases((100_000,), seed=1)
    np.testing.assert_allclose(
        np.bincount(drawn) / 100_000, [0.27, 0.23, 0.23, 0.27], atol=0.006
    )
    instances = dna.sample_instances(motifs[1], 50_000, seed=2)
    shares = np.stack([(instances == base).mean(axis=0) for base in range(4)], axis=1)
    np.testing.assert_allclose(shares, motifs[1].ppm, atol=0.01)


def test_class_counts_of_the_study(study):
    # Published test set: 12375, 12610, 12578, 12437. Each is binomial (50,000, 1/4).
    for first in (True, False):
        for second in (True, False):
            count = (study.present == (first, second)).all(axis=1).sum()
            assert abs(count - 12_500) < 4 * 97


def test_pairs_of_the_study(study):
    # Published: 7,971 of 12,578 doubles; separation removes 36%, strength 0.6%.
    rows = dna.select_pairs(study)
    doubles = study.present.all(axis=1).sum()
    assert len(rows) / doubles == pytest.approx(7971 / 12578, abs=0.018)
    weak = dna.select_pairs(study, gap=0).size / doubles
    assert weak == pytest.approx(12497 / 12578, abs=0.004)
    pairs = study[rows]
    first, second = pairs.starts.T
    gaps = np.where(first < second, second - first - 10, first - second - 16)
    assert gaps.min() == 15
    assert dna.instance_scores(pairs).min() > 2


def test_mean_instance_scores_of_the_study(study):
    means = np.nanmean(dna.instance_scores(study), axis=0)
    np.testing.assert_allclose(means, [8.68, 10.26], atol=0.06)


def test_window_scores_by_hand():
    ppm = np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4], [0.25] * 4])
    motif = Motif("m", ppm)
    a, b, _ = motif.log_odds
    text = encode(["ACGT"])
    valid = dna.window_scores(text, motif)
    np.testing.assert_allclose(valid, [[a[0] + b[1], a[1] + b[2]]])
    same = dna.window_scores(text, motif, padding="same")
    # One position is added on each side; it counts 0.
    np.testing.assert_allclose(same, [[b[0], *valid[0], a[2] + b[3]]])


def test_even_widths_reach_further_to_the_right():
    scores = dna.window_scores(encode(["AAAAA"]), AAAA, padding="same")
    full = AAAA.log_odds[:, 0].sum()
    np.testing.assert_allclose(scores / full, [[0.75, 1, 1, 0.75, 0.5]])


def test_blocks_do_not_change_scores(motifs):
    drawn = dna.random_bases((dna.BLOCK + 3, 30), seed=1)
    scores = dna.window_scores(drawn, motifs[0])
    assert scores.shape == (dna.BLOCK + 3, 21)
    np.testing.assert_array_equal(scores[-2:], dna.window_scores(drawn[-2:], motifs[0]))


def test_instance_scores_are_the_window_scores_there(study):
    few = study[:200]
    for column, motif in enumerate(few.motifs):
        rows = np.flatnonzero(few.present[:, column])
        windows = dna.window_scores(few.sequences[rows], motif)
        there = windows[np.arange(len(rows)), few.starts[rows, column]]
        np.testing.assert_allclose(dna.instance_scores(few)[rows, column], there)
    assert np.isnan(dna.instance_scores(few)[~few.present]).all()


def test_knock_outs_change_the_motif_alone_and_share_replacements(study):
    pairs = study[dna.select_pairs(study)[:300]]
    out = dna.knock_out(pairs, seed=5)
    assert out.shape == (2, 2, 300, 100)
    np.testing.assert_array_equal(out[1, 1], pairs.sequences)
    at_first, at_second = (
        (np.arange(100) >= start[:, None]) & (np.arange(100) < start[:, None] + width)
        for start, width in zip(pairs.starts.T, (10, 16), strict=True)
    )
    assert not (out[0, 1] != pairs.sequences)[~at_first].any()
    assert not (out[1, 0] != pairs.sequences)[~at_second].any()
    both = np.where(at_first, out[0, 1], np.where(at_second, out[1, 0], out[1, 1]))
    np.testing.assert_array_equal(out[0, 0], both)


def test_knock_outs_score_below_the_ceiling(study):
    pairs = study[dna.select_pairs(study)[:300]]
    for ceiling, at_most in ((-10, -10), (-20, -20)):
        out = dna.knock_out(pairs, ceiling=ceiling, seed=5)
        gone = dna.Embedded(out[0, 0], pairs.starts, pairs.motifs)
        assert dna.instance_scores(gone).max() < at_most
    free = dna.knock_out(pairs, ceiling=None, seed=5)
    gone = dna.Embedded(free[0, 0], pairs.starts, pairs.motifs)
    assert dna.instance_scores(gone).max() > -10


def test_random_positions_are_apart_and_mostly_touch_a_motif(study):
    pairs = study[dna.select_pairs(study)]
    moved = dna.random_positions(pairs, seed=6)
    np.testing.assert_array_equal(moved.sequences, pairs.sequences)
    first, second = moved.starts.T
    assert ((second - first >= 25) | (first - second >= 31)).all()
    assert (first.min(), first.max()) == (0, 90)
    assert (second.min(), second.max()) == (0, 84)
    touching = np.zeros(len(pairs), dtype=bool)
    for moved_start, width in zip(moved.starts.T, (10, 16), strict=True):
        for start, other in zip(pairs.starts.T, (10, 16), strict=True):
            touching |= (moved_start < start + other) & (start < moved_start + width)
    assert touching.mean() == pytest.approx(0.804, abs=0.018)  # published: 80.4%


def dinucleotides(sequences):
    pairs = sequences[:, :-1] * 4 + sequences[:, 1:]
    return np.stack([(pairs == pair).sum(axis=1) for pair in range(16)], axis=1)


@pytest.mark.parametrize("length", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("letters", [1, 2, 4])
def test_shuffles_keep_dinucleotides_and_both_ends(length, letters):
    drawn = np.random.default_rng(length).integers(0, letters, (200, length), "u1")
    shuffled = dna.dinucleotide_shuffle(drawn, seed=1)
    np.testing.assert_array_equal(dinucleotides(shuffled), dinucleotides(drawn))
    np.testing.assert_array_equal(shuffled[:, [0, -1]], drawn[:, [0, -1]])
    if length == 100 and letters == 4:
        assert (shuffled != drawn).any(axis=1).all()
        assert (shuffled != drawn).mean() > 0.5


def test_shuffles_reach_every_order_with_the_last_successors():
    # A is followed by C, G, T, in this order, T last: only C and G may swap.
    text = encode(["ACAGAT"])
    shuffles = {
        decode(dna.dinucleotide_shuffle(text, seed=seed))[0] for seed in range(40)
    }
    assert shuffles == {"ACAGAT", "AGACAT"}


def test_strings_and_numbers_convert_both_ways():
    numbers = encode(["ACGT", "ttga"])
    np.testing.assert_array_equal(numbers, [[0, 1, 2, 3], [3, 3, 2, 0]])
    assert numbers.dtype == np.uint8
    assert decode(numbers) == ["ACGT", "TTGA"]


def test_letters_that_stand_for_several_bases_can_be_unknown():
    numbers = letter_numbers(ambiguous=True)
    assert [numbers[ord(letter)] for letter in "ACGTacgtNnRv"] == [
        *(0, 1, 2, 3),
        *(0, 1, 2, 3),
        *[UNKNOWN] * 4,
    ]
    assert numbers[ord("E")] == numbers[ord("-")] == 255
    assert letter_numbers()[ord("N")] == 255


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["ACGT", "ACNT"], r"sequences\[1\] may hold only A, C, G, T; got 'N' at pos"),
        (["AC-T"], r"sequences\[0\] may hold only A, C, G, T; got '-' at position 2"),
        (["ACé"], r"sequences\[0\] may hold only A, C, G, T; got 'é' at position 2"),
        (["AC", "ACG"], r"same length, at least 1; sequences\[0\] has 2 letters, seq"),
        ([""], "same length, at least 1"),
        ([], "sequences must be a list of one or more strings"),
        ("ACGT", "sequences must be a list of one or more strings"),
    ],
)
def test_strings_that_are_not_dna_are_named(texts, message):
    with pytest.raises(ValueError, match=message):
        encode(texts)


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ([[0, 5]], r"sequences\[0, 1\] must be 0 to [34] \(A, C, G, T(, N)?\); got 5"),
        ([[0, -1]], r"sequences\[0, 1\] must be 0 to [34]"),
        ([[0.0, 1.0]], "sequences must be base numbers of shape"),
        ([0, 1], "sequences must be base numbers of shape"),
    ],
)
def test_what_is_not_base_numbers_is_refused(sequences, message):
    for function in (decode, dna.dinucleotide_shuffle):
        with pytest.raises(ValueError, match=message):
            function(np.array(sequences))


def test_an_unknown_base_is_written_but_not_shuffled():
    assert decode(np.array([[0, UNKNOWN, 3]])) == ["ANT"]
    with pytest.raises(ValueError, match=r"to 3 \(A, C, G, T\); got 4"):
        dna.dinucleotide_shuffle(np.array([[0, UNKNOWN, 3]]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n must be at least 1; got 0"),
        ({"n": 2.5}, "n must be an integer; got 2.5"),
        ({"probability": 1.5}, "probability must be at most 1; got 1.5"),
        ({"length": 14}, "length must be at least 15 to place motif C6 without"),
        ({"background": (0.5, 0.5, 0.5, 0)}, "background must be probabilities that"),
        ({"background": (0.6, 0.6, -0.2, 0)}, "background must be probabilities"),
        ({"background": (0.5, 0.5)}, "background must have 4 values; got 2"),
    ],
)
def test_bad_simulations_are_refused(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        dna.simulate(**{"n": 5, "motifs": (AAAA, C6), "length": 45} | arguments)


def test_the_shortest_length_always_has_room():
    # With 14, AAAA in the middle would leave 5 and 5: too little for 6.
    drawn = dna.simulate(2_000, (AAAA, C6), length=15, probability=1, seed=1)
    assert drawn.present.all()


def test_bad_positions_and_motif_numbers_are_refused():
    texts = np.zeros((2, 10), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"starts\[1, 0\] must be -1 or 0 to 6, so th"):
        dna.Embedded(texts, np.array([[0], [7]]), (AAAA,))
    with pytest.raises(ValueError, match=r"starts must be integers of shape \(2, 1\)"):
        dna.Embedded(texts, np.array([0, 1]), (AAAA,))
    single = dna.Embedded(texts, np.array([[0], [1]]), (AAAA,))
    for function in (dna.select_pairs, dna.knock_out, dna.random_positions):
        with pytest.raises(ValueError, match="must have two motifs; got 1"):
            function(single)


def test_knock_outs_need_both_motifs_and_a_ceiling_they_can_meet():
    texts = np.zeros((2, 20), dtype=np.uint8)
    pairs = dna.Embedded(texts, np.array([[0, 10], [0, -1]]), (AAAA, C6))
    with pytest.raises(ValueError, match="both motifs in every row; row 1"):
        dna.knock_out(pairs)
    with pytest.raises(ValueError, match="ceiling must exceed the lowest score of mot"):
        dna.knock_out(pairs[:1], ceiling=-1000)
    with pytest.raises(ValueError, match="at least 40 bp for two motifs and their gap"):
        dna.random_positions(pairs[:1], gap=30)


def test_motifs_longer_than_the_sequences_are_refused():
    with pytest.raises(ValueError, match=r"at least as long as motif C6 \(6 bp\); got"):
        dna.window_scores(np.zeros((1, 5), dtype=np.uint8), C6)
    with pytest.raises(ValueError, match="padding must be one of valid, same; got 'fu"):
        dna.window_scores(np.zeros((1, 9), dtype=np.uint8), C6, padding="full")


def test_the_smallest_sequences_are_one_base():
    a = Motif("A", [[1, 0, 0, 0]]).smoothed()
    t = Motif("T", [[0, 0, 0, 1]]).smoothed()
    one = dna.simulate(1, [a], length=1, probability=1)
    assert one.starts.tolist() == [[0]] and one.present.all()
    assert dna.simulate(1, [], length=1).sequences.shape == (1, 1)
    assert dna.simulate(1, [a, t], length=2, probability=1).present.all()
    assert dna.sample_instances(a, 0).shape == (0, 1)
    assert dna.random_bases((1, 1), ONLY_T).tolist() == [[3]]
    for padding in dna.PADDING:
        assert dna.window_scores([[0]], a, padding=padding).shape == (1, 1)
    pair = dna.Embedded(np.array([[0, 3]]), np.array([[0, 1]]), (a, t))
    assert (dna.instance_scores(pair) > 1).all()
    assert dna.select_pairs(pair, log_odds=0).tolist() == [0]  # touching, and no gap
    assert dna.select_pairs(pair, gap=1, log_odds=0).tolist() == []
    assert sorted(dna.random_positions(pair).starts[0]) == [0, 1]
    assert dna.knock_out(pair, ceiling=0)[1, 1].tolist() == [[0, 3]]
    for length in (1, 2, 3):
        same = np.zeros((1, length), dtype=np.uint8)
        assert dna.dinucleotide_shuffle(same).tolist() == same.tolist()
