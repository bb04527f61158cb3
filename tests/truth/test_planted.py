"""Three of twenty motifs, and the labels they make."""

import itertools

import numpy as np
import pytest
from scipy import stats

from helpers.data.bases import decode
from helpers.loaders.motifs import FOLDER
from helpers.truth import planted

STRINGS = planted.consensus_strings()


def test_twenty_strings_as_the_source_describes_them():
    table = planted.twenty_factors()
    assert len(table) == 20 and table["factor"].is_unique
    widths = table["consensus"].str.len()
    assert (widths.min(), widths.max(), widths.mean()) == (7, 20, 11.8)
    assert STRINGS["JUND"] in STRINGS["JUNB"]
    assert "Weirauch" in (FOLDER / "twenty.tsv").read_text()


def test_motifs_lie_where_starts_say_and_never_overlap():
    chosen = planted.choose_motifs(300, seed=1)
    sample = planted.plant(list(STRINGS.values()), chosen, length=60, seed=2)
    assert (sample.present.sum(axis=1) == 3).all()
    texts = decode(sample.bases)
    names = list(STRINGS)
    for row in range(300):
        spans = []
        for motif in np.flatnonzero(sample.present[row]):
            start = sample.starts[row, motif]
            string = STRINGS[names[motif]]
            assert texts[row][start : start + len(string)] == string
            spans.append((start, start + len(string)))
        spans.sort()
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
        order = np.argsort(sample.starts[row, chosen[row]])
        assert (order == np.arange(3)).all()


def test_every_arrangement_is_equally_likely():
    # Two motifs of 2 and 1 letters in 5: six ways.
    chosen = np.tile([[0, 1]], (6000, 1))
    sample = planted.plant(["AA", "C"], chosen, length=5, seed=0)
    ways, counts = np.unique(sample.starts, axis=0, return_counts=True)
    assert len(ways) == 6
    assert stats.chisquare(counts).pvalue > 0.001


def test_motifs_are_drawn_alike_in_every_place():
    chosen = planted.choose_motifs(60_000, seed=4)
    for place in range(3):
        assert stats.chisquare(np.bincount(chosen[:, place])).pvalue > 0.001
    assert abs((chosen[:, 0] < chosen[:, 1]).mean() - 0.5) < 0.01


def test_natural_and_wanted_share_of_pairs():
    pairs = planted.published_pairs()
    for wanted in (None, 0.5, 0.0, 1.0):
        chosen = planted.choose_motifs(20_000, pairs=pairs, positives=wanted, seed=0)
        labels = planted.paired_targets(planted.presence(chosen, 20), [pairs])
        if wanted is None:
            assert abs(labels.mean() - planted.PAIRED_SHARE) < 0.01
        else:
            assert labels.mean() == wanted


def test_paired_targets_by_hand():
    present = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]], dtype=bool)
    labels = planted.paired_targets(present, [[(0, 1), (2, 3)], [(0, 2), (1, 3)]])
    assert labels.tolist() == [[1, 0], [0, 1], [1, 0]]


def test_pairings_use_every_motif_once_and_start_with_the_published_one():
    drawn = planted.pairings(4, seed=1)
    assert drawn[0] == planted.published_pairs()
    assert all(sorted(itertools.chain(*p)) == list(range(20)) for p in drawn)
    assert len(set(drawn)) == 4


def test_additive_targets_are_balanced_and_additive():
    present = planted.presence(planted.choose_motifs(5000, seed=1), 20)
    labels = planted.additive_targets(present, 3, seed=2)
    assert labels.shape == (5000, 3)
    assert np.abs(labels.mean(axis=0) - 0.5).max() < 0.02
    weights = np.random.default_rng(2).normal(size=(20, 3))
    scores = present @ weights
    for target in range(3):
        on = labels[:, target] == 1
        assert scores[on, target].min() >= scores[~on, target].max()


def test_variants_are_an_exclusive_or_of_two_letters():
    for on, on_too, off, off_too in planted.VARIANTS:
        differ = [i for i in range(12) if len({s[i] for s in (on, on_too)}) > 1]
        assert len(differ) == 2 and differ[1] == differ[0] + 1
        a, b = differ
        assert {(s[a], s[b]) for s in (off, off_too)} == {
            (on[a], on_too[b]),
            (on_too[a], on[b]),
        }


def test_variant_sequences_hold_what_they_say():
    sample = planted.motif_variants(200, length=60, seed=3)
    assert (sample.labels == (sample.on.sum(axis=1) >= 2)).all()
    assert (sample.on == (sample.variant < 2)).all()
    for text, variant in zip(decode(sample.bases), sample.variant, strict=True):
        for motif, which in enumerate(variant):
            assert planted.VARIANTS[motif][which] in text


def test_ladder_of_what_a_network_may_know():
    ladder = planted.variant_ladder()
    expected = {
        "one variant of one motif": 0.625,
        "one variant each of two": 0.703125,
        "one motif": 0.75,
        "one variant each of three": 0.76171875,
        "one motif, one variant": 0.8125,
        "two motifs": 0.875,
        "two motifs, one variant": 0.9375,
        "three motifs": 1.0,
    }
    assert ladder == pytest.approx(expected)


def test_the_same_seed_gives_the_same_sequences():
    one, other = (planted.motif_variants(5, length=50, seed=1) for _ in range(2))
    assert (one.bases == other.bases).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: planted.choose_motifs(3, n_motifs=2), "each must be at most 2"),
        (lambda: planted.choose_motifs(3, positives=0.5), "pairs must be given"),
        (
            lambda: planted.choose_motifs(
                9, n_motifs=4, each=3, pairs=[(0, 1), (2, 3)], positives=0.5
            ),
            "positives must be a share",
        ),
        (lambda: planted.published_pairs(5), "n_motifs must be even"),
        (
            lambda: planted.plant(["AAA", "CC"], np.array([[0, 1]]), length=4),
            "length must be at least 5",
        ),
        (lambda: planted.plant(["A"], np.array([[1]]), length=4), "motifs 0 to 0"),
        (
            lambda: planted.plant(["A", "C"], np.array([[1, 1]]), length=4),
            "different motifs",
        ),
        (lambda: planted.plant(["A"], np.array([0.5]), length=4), "motif numbers"),
        (lambda: planted.additive_targets(np.eye(3)), "present must be bool"),
        (
            lambda: planted.paired_targets(np.eye(3, dtype=bool), [[(0, 3)]]),
            "features 0 to 2",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_smallest_designs():
    assert planted.published_pairs(2) == ((0, 1),)
    assert planted.pairings(2, n_motifs=2) == [((0, 1),)] * 2
    assert planted.choose_motifs(1, n_motifs=1, each=1).tolist() == [[0]]
    both = planted.choose_motifs(1, n_motifs=2, each=2, pairs=[(0, 1)], positives=1.0)
    assert sorted(both[0]) == [0, 1]
    assert planted.plant(["A"], [[0]], length=1).bases.tolist() == [[0]]
    assert planted.presence([[0]], 1).tolist() == [[True]]
    one = np.array([[True, True]])
    assert planted.additive_targets(one[:, :1]).tolist() == [[1]]
    assert planted.paired_targets(one, [[(0, 1)]]).tolist() == [[1]]
    assert planted.motif_variants(1, length=36).bases.shape == (1, 36)
    with pytest.raises(ValueError, match="pairings must hold at least one; got none"):
        planted.paired_targets(one, [])
