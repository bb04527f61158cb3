"""The ladder: negatives are what their names say, and a rung answers every question."""

import numpy as np
import pytest

from helpers.studies.negative_data import ladder
from helpers.truth.grammars import Grammar
from helpers.truth.jaspar import motif_set

GRAMMAR = Grammar(motif_set("distinct_1"), 8)
WORLD = {"motifs": "distinct_1", "length": 120, "gap": 8}
RECIPE = {"n_filters": 4, "width": 13, "pool": 30, "n_train": 256, "lr": 0.01,
          "epochs": 1, "n_starts": 2, "n_keep": 2}  # fmt: skip


def pairs(sequences):
    """Return the counts of the sixteen dinucleotides, row by row."""
    steps = 4 * sequences[:, :-1].astype(int) + sequences[:, 1:]
    return np.stack([(steps == i).sum(axis=1) for i in range(16)], axis=1)


@pytest.mark.parametrize("rung", ladder.RUNGS)
def test_negatives_of_each_rung(rung):
    positives = ladder.whole(GRAMMAR, 60, 120, 1)
    found = ladder.rung_negatives(rung, positives, GRAMMAR, 1)
    assert len(found) == 60
    assert not found.present.all(axis=1).any()
    sets, times = np.unique(found.present, axis=0, return_counts=True)
    expected = {"all subsets": 15, "1 motif": 4, "2 motifs": 6, "3 motifs": 4}
    assert len(sets) == expected.get(rung, 1)
    assert set(times) == {60 // len(sets)}
    same_letters = np.sort(found.bases) == np.sort(positives.bases)
    assert same_letters.all() == (rung in ("composition", "dinucleotide"))
    same_pairs = np.array_equal(pairs(found.bases), pairs(positives.bases))
    assert same_pairs == (rung == "dinucleotide")
    assert not np.array_equal(found.bases, positives.bases)


def test_priors_are_the_class_shares():
    counts = np.array([0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4])
    for rung, held in {"dinucleotide": 0, "1 motif": 1, "3 motifs": 3}.items():
        prior = ladder.rung_prior(rung, GRAMMAR)
        assert prior[counts == held].sum() == pytest.approx(0.5)
        assert prior[-1] == 0.5
    assert np.allclose(ladder.rung_prior("all subsets", GRAMMAR)[:-1], 0.5 / 15)


def test_a_rung_answers_for_every_network():
    asked = {"n_test": 30, "n_attributed": 3, "n_references": 2, "n_backgrounds": 3,
             "methods": ladder.MEASURED}  # fmt: skip
    table = ladder.climbed(
        rung="3 motifs", world=WORLD, recipe=RECIPE, asked=asked, seed=1, device="cpu"
    )
    recall = table[table["measure"] == "recall"]
    assert set(recall["network"]) == {ladder.READER, 0, 1}
    assert recall["detail"].nunique() == 7
    assert recall["value"].between(0, 1).all()
    # The reader knows: it ranks better than networks after one epoch.
    ranked = table[table["measure"] == "ranking"].set_index("network")["value"]
    assert ranked[ladder.READER] == ranked.max() > 0.8
    areas = table[table["measure"] == "precision of probability"]
    methods = areas["detail"].str.split().str[0]
    assert set(methods) == set(ladder.MEASURED)
    assert set(areas["motifs_present"]) == {1, 2, 3, 4}
    inserted = table[table["measure"] == "inserted"]
    assert len(inserted) == 2 * 2 * 2 * (4 + 6)  # networks, targets, contexts


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_layouts_are_tested_on_others(share):
    table = ladder.rearranged(
        layout="both", share=share, tested=["fixed", "both"], world=WORLD,
        recipe=RECIPE, asked={"n_test": 10, "n_attributed": 4}, seed=1, device="cpu",
    )  # fmt: skip
    assert set(table["tested"]) == {"fixed", "both"}
    recall = table[table["measure"] == "recall"]
    assert len(recall) == 2 * 2 * 5
    assert recall["value"].between(0, 1).all()
