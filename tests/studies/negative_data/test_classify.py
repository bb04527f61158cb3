"""Small runs have every number once, and the engine keeps its promises."""

import numpy as np
import pytest

from helpers.studies.negative_data import classify as motif_study
from helpers.truth.grammars import Grammar, balanced
from helpers.truth.jaspar import motif_set

SMALL = {
    "motifs": "distinct_1", "n_filters": 2, "n_keep": 1, "n_starts": 2, "n_train": 200,
    "lr": 0.01, "epochs": 1, "length": 110, "gap": 8, "pool": 20, "width": 13,
    "n_test": 20, "n_attributed": 30, "methods": ["IG"], "seed": 0,
}  # fmt: skip


def test_classifiers_have_every_number_once():
    table = motif_study.classify(**SMALL, share=1.0)
    keys = ["network", "measure", "detail", "motifs_present"]
    assert not table.duplicated(keys).any()
    counts = table["measure"].value_counts()
    assert counts["loss"] == 2 and counts["recall"] == 5 and counts["pair"] == 6
    assert counts["probability"] == 2 * 4 * 4 and counts["interaction"] == 15
    assert counts["precision of output"] == counts["output"] == 2 * 4 * 4
    assert counts["spread of output"] == 16 and counts["missed of output"] == 4
    assert counts["matrix"] == 2 * 13 * 4
    loss = table[table["measure"] == "loss"].set_index("detail")["value"]
    assert loss["kept"] <= loss["dropped"]
    assert table.loc[table["measure"] != "interaction", "value"].notna().all()


def test_regressions_have_every_number_once():
    table = motif_study.regress(**SMALL, effect="enhancing", constant=2.0)
    assert not table.duplicated(
        ["network", "measure", "detail", "motifs_present"]
    ).any()
    recall = table[table["measure"] == "recall"].sort_values("motifs_present")["value"]
    total = table.loc[table["measure"] == "total", "value"].item()
    assert total == pytest.approx(recall @ np.array([1, 4, 6, 4, 1]) / 16)
    counts = table["measure"].value_counts()
    for measure in (
        "interaction p",
        "interaction p calibrated",
        "interaction p unshrunk",
    ):
        assert counts[measure] == 15
    assert counts["shortfall"] == 3


def test_names_tell_motifs_apart():
    assert motif_study.motif_names(Grammar(motif_set("MEF2A"), 8))[0] == "MA0052.1"
    assert motif_study.motif_names(Grammar(motif_set("distinct_1"), 8))[0] == "CREB1"


@pytest.mark.parametrize("count", [1, 3, 4])
def test_random_scores_reach_the_chance_level(count):
    grammar = Grammar(motif_set("distinct_1"), 8)
    data = balanced(grammar, 150, length=150, seed=1)
    data = data[np.flatnonzero(data.present[:, 1] & (data.counts == count))]
    every = [data.covered(i) for i in range(4)]
    scores = np.random.default_rng(0).random(data.bases.shape)
    # The mean precision over all ranks, not the area: that is biased for few positives.
    ranked = ~np.any(every, axis=0) | every[1]
    share = (scores * every[1]).sum() / (scores * ranked).sum()
    level = motif_study.chance_level(grammar, 1, count, 150)
    assert share == pytest.approx(level, rel=0.05)
    with pytest.raises(ValueError, match="count must be at most 4"):
        motif_study.chance_level(grammar, 1, 5, 150)
    with pytest.raises(ValueError, match="length must be at least"):
        motif_study.chance_level(grammar, 1, count, 50)


def test_rescaling_undoes_what_was_done():
    """Halved predictions get their size back; noise is no slope, but shrinks one."""
    labels = np.tile([0.0, 1.0, 2.0], 40)
    exact = motif_study.rescalings([0.5 * labels + 1, 2 - labels], labels)
    for slope, intercept in exact.values():
        np.testing.assert_allclose(slope, [2, -1])
        np.testing.assert_allclose(intercept, [-2, 2])
    noise = np.repeat([1.0, -1.0], 60)  # has no correlation with the labels
    predictions = 0.5 * labels + noise
    found = motif_study.rescalings([predictions], labels)
    slope, intercept = found["unshrunk"]
    new = slope * predictions + intercept
    for label in (0, 1, 2):
        assert new[labels == label].mean() == pytest.approx(label)
    slope, intercept = found["calibrated"]
    residual = labels - slope * predictions - intercept
    assert residual @ predictions == pytest.approx(0, abs=1e-9)
    assert (slope * predictions + intercept)[labels == 2].mean() < 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_keep": 3}, "n_keep must be at most 2"),
        ({"length": 70}, "length must be at least"),
        ({"motifs": "CREB1"}, "name must be one of"),
    ],
)
def test_bad_input_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        motif_study.classify(**(SMALL | change), share=1.0)


def test_rescalings_refuse_bad_input():
    with pytest.raises(ValueError, match="must vary"):
        motif_study.rescalings(np.ones((1, 5)), np.arange(5))
    with pytest.raises(ValueError, match="labels must have 5 values"):
        motif_study.rescalings(np.ones((1, 5)), np.arange(4))
