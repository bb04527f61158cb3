"""Levels of chance are what guesses get, and stand in the published table."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers.press import results
from helpers.studies.negative_data import guessing
from helpers.truth.grammars import combinations
from helpers.truth.responses import motif_labels, recall_by_count


def test_calls_are_guessed_with_the_class_shares():
    for share in (0.0, 0.3, 1.0):
        np.testing.assert_array_equal(guessing.guessed_calls(share), [0.5] * 5)


def test_labels_are_guessed_as_often_as_training_holds_them():
    of_16 = np.array([1, 4, 6, 4, 1]) / 16
    for effect in ("additive", "quadratic"):
        np.testing.assert_allclose(guessing.guessed_labels(effect), of_16)
    # With -2 four motifs share the label of two: 7 of 16 combinations have it.
    shared = guessing.guessed_labels("inhibiting", -2.0)
    np.testing.assert_allclose(shared, np.array([1, 4, 7, 4, 7]) / 16)
    assert guessing.whole(of_16) == pytest.approx((of_16**2).sum())


def test_drawn_guesses_come_near_the_exact_level():
    rng = np.random.default_rng(0)
    sets = combinations(4)[rng.integers(16, size=40_000)]
    labels, counts = motif_labels(sets, "enhancing", constant=2.0), sets.sum(axis=1)
    drawn = recall_by_count(rng.permutation(labels), labels, counts)
    exact = guessing.guessed_labels("enhancing", 2.0)
    np.testing.assert_allclose(drawn, exact, atol=0.02)


def test_the_mean_label_is_right_about_one_number_of_motifs():
    for effect, constant in (("additive", None), ("quadratic", None)):
        recall = guessing.constant_recall(effect, constant)
        np.testing.assert_array_equal(recall, [0, 0, 1, 0, 0])
    shown = guessing.ignorant_recalls(2.0, ["additive"]).set_index(["kind", "who"])
    assert shown.loc[("additive", "the mean label, always"), "all"] == 0.375
    assert shown.loc[("M_wo", "guess"), 3] == 0.5


def test_levels_fit_panels_and_tables():
    table = pd.DataFrame(
        {"panel": "p", "kind": ["M_w", "quadratic", "quadratic"]}
    ).assign(motifs_present=[3, 2, -1])
    found = guessing.levels(pd.concat([table, table]))
    np.testing.assert_allclose(found["value"], [0.5, 0.375, 0.2734], atol=1e-4)
    shown = pd.DataFrame(
        {"motifs": ["x"], "n_filters": [4], "kind": ["additive"], 4: ["0.9"], -1: ["1"]}
    )
    below = guessing.below(shown).iloc[-1]
    assert (
        below["motifs"] == "guessing" and below[4] == "0.062" and below[-1] == "0.273"
    )
    with pytest.raises(ValueError, match="kind must be one of"):
        guessing.of_kind("cubic", 2.0)


def test_scores_without_the_motif_find_its_share():
    found = guessing.ignorant_areas(
        "distinct_1", length=150, gap=13, n_test=200, seed=0
    )
    found = found.set_index(["motif", "scores"])
    random = found.xs("random scores", level="scores")
    assert (random["average precision"] - random["share"]).abs().max() < 0.04
    zeros = found.xs("zeros everywhere", level="scores")
    np.testing.assert_allclose(zeros["average precision"], zeros["share"])
    np.testing.assert_allclose(zeros["AUPRC"], (1 + zeros["share"]) / 2)


def test_the_published_table_holds_these_levels():
    rows = results.Store("2-negative-data", size="paper").published()
    stands = rows.set_index("quantity")["chance"]
    for quantity, level in guessing.published_levels().items():
        assert stands[quantity] == pytest.approx(level, abs=5e-5), quantity
    kinds = rows["quantity"].str.split(".").str[0]
    judged = rows[kinds.str.startswith("table") & (rows["relation"] != "quoted")]
    assert not any(math.isnan(level) for level in judged["chance"])
