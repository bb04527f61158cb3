"""Sequences, counts and knock-outs of chapter 1: sizes, seeds, and what they share."""

import numpy as np
import pytest

from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.studies.false_positives import worlds
from helpers.studies.false_positives.worlds import Sizes
from helpers.truth.responses import occupancy

SIZES = Sizes(n_train=400, n_validation=50, n_test=600, n_controls=40, seed=0)


def test_counts_follow_from_their_arguments_and_from_nothing_else():
    counts = worlds.observed(0, 450, 0, "valid", 0.0)
    assert counts.shape == (450,)
    worlds.observed.cache_clear()
    np.testing.assert_array_equal(counts, worlds.observed(0, 450, 0, "valid", 0.0))
    for other in (
        (1, 450, 0, "valid", 0.0),
        (0, 450, 1, "valid", 0.0),
        (0, 450, 0, "same", 0.0),
        (0, 450, 0, "valid", 1.0),
    ):
        assert (counts != worlds.observed(*other)).any()


def test_both_motifs_are_in_every_pair_and_counts_rise_with_them():
    test = worlds.sequences(1, 600, 0)
    _, rows, four = worlds.knock_out_sets(SIZES)["motifs"]
    assert test.present[rows].all()
    np.testing.assert_array_equal(four[1, 1], test.sequences[rows])
    counts = worlds.observed(1, 600, 0, "valid", 0.0)
    assert counts[rows].mean() > 2 * counts[~test.present.any(axis=1)].mean()


def test_comparison_sets_are_as_large_as_asked_and_from_their_part():
    sets = worlds.knock_out_sets(SIZES)
    assert list(sets) == [
        "motifs", "random", "shuffles", "training", "training, random",
    ]  # fmt: skip
    assert {
        four.shape[2] for name, (_, _, four) in sets.items() if name != "motifs"
    } == {SIZES.n_controls}
    part, rows, four = sets["training"]
    assert part == 0
    assert rows.max() < SIZES.n_train  # validation sequences are not learned from
    moved = sets["training, random"][2]
    np.testing.assert_array_equal(four[1, 1], moved[1, 1])
    assert (four[0, 0] != moved[0, 0]).any()


def test_trials_are_independent_and_repeatable():
    first, again, second = (worlds.trial_pairs(30, t, 0) for t in (0, 0, 1))
    for name in ("motifs", "random", "shuffles"):
        assert first[name].shape == (2, 2, 30, 100)
        np.testing.assert_array_equal(first[name], again[name])
        assert (first[name] != second[name]).any()


def test_sizes_are_checked():
    with pytest.raises(ValueError, match="n_test must be at least 1; got 0"):
        Sizes(1, 1, 0, 1, 0)
    with pytest.raises(ValueError, match="seed must be at least 0; got -1"):
        Sizes(1, 1, 1, 1, -1)


def test_dividing_out_rounding_moves_expected_counts_by_less_than_a_thousandth():
    """The study's simulator keeps rows as printed; we divide the rounding out."""
    printed = [
        m.smoothed()
        for m in read_motifs(FOLDER / "encode.meme", as_printed=True).values()
    ]
    dna = worlds.sequences(1, 2_000, 0).sequences
    moved = 100 * abs(occupancy(dna, printed) - occupancy(dna, worlds.motifs()))
    assert 0 < moved.max() < 1e-3
