"""Cooperation within a distance: what is expected, and what the step returns."""

import numpy as np
import pytest

from helpers.studies.false_positives import distance
from helpers.studies.false_positives.worlds import motifs, sequences
from helpers.truth.responses import effects, occupancy, rate
from helpers.truth.sequences import knock_out, select_pairs


def test_the_field_of_the_published_architectures():
    assert distance.field([7, 7, 7, 7]) == 25
    assert distance.field([5] * 5) == 21


def test_gaps_are_counted_between_the_instances():
    assert distance.gap(0, 12, 10, 16) == 2
    assert distance.gap(20, 0, 10, 16) == 4
    assert distance.gap(5, 0, 10, 16) < 0  # they overlap


@pytest.mark.parametrize("world", distance.WORLDS)
def test_motifs_interact_where_the_world_says_so(world):
    drawn = sequences(0, 1_500, 0)
    pairs = drawn[select_pairs(drawn)]
    four = knock_out(pairs, seed=1)
    counts = distance.expected_counts(four.reshape(-1, 100), world, 30, 0.4)
    found = effects(counts.reshape(four.shape[:3])).interaction
    near = distance.gap(*pairs.starts.T, *(m.width for m in motifs())) < 30
    assert 0.2 < near.mean() < 0.7
    np.testing.assert_allclose(
        [np.median(found[near]), np.median(found[~near])],
        {"additive": [0, 0], "near": [40, 0], "any distance": [40, 40]}[world],
        atol=3,
    )


def test_without_cooperation_the_counts_are_those_of_the_negative_control():
    dna = sequences(0, 50, 0).sequences
    expected = rate(occupancy(dna, motifs()), 0.0)
    for world, strength in (("additive", 0.4), ("near", 0.0)):
        counts = distance.expected_counts(dna, world, 30, strength)
        np.testing.assert_allclose(counts, expected)


def test_networks_and_the_truth_are_described_by_distance():
    table = distance.notice_distance(
        world="near", kernels=[7, 7], limit=30, strength=0.4, n_networks=2, n_train=150,
        n_validation=30, n_test=800, n_draws=1, epochs=1, seed=0, device="cpu",
    )  # fmt: skip
    assert set(table["network"]) == {-1, 0, 1}
    whole = table[table["pairs"] != "bin"].set_index(["network", "pairs"])
    truth = whole.loc[-1]
    np.testing.assert_allclose(truth["mean"], truth["true"])
    assert truth.loc["near", "paired"] < 1e-6 < truth.loc["far", "paired"]
    assert truth.loc["near", "near against far"] < 1e-6
    assert truth.loc["near", "n"] + truth.loc["far", "n"] == truth.loc["all", "n"]
    shown = distance.size_table(table).to_dict("records")
    assert [(row["World"], row["Networks"]) for row in shown] == [("near", 2)]
    assert shown[0]["I, near (true)"].endswith(f"({truth.loc['near', 'mean']:.1f})")
    table.loc[table["network"] == 0, "paired"] = 0.01
    table.loc[table["network"] == 1, "paired"] = 0.2
    calls = distance.calls_table(table).iloc[0]
    assert calls["Paired, all"] == calls["Paired, far"] == "1 of 2"
    with pytest.raises(ValueError, match="world must be one of additive, near"):
        distance.expected_counts(np.zeros((1, 100), int), "far", 30, 0.4)
