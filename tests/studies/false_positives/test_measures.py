"""Descriptions of predictors whose effects one knows."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.false_positives import measures, worlds
from helpers.studies.false_positives.worlds import Sizes

TRUTH = {"n_train": 400, "n_validation": 50, "n_test": 600, "n_controls": 40}
SIZES = Sizes(**TRUTH, seed=0)


def described(control="negative", seed=0):
    return measures.describe_truth(
        padding="valid", control=control, n_test_error=600, seed=seed, **TRUTH
    )


def summary(table, quantity):
    row = table[(table["kind"] == "summary") & (table["quantity"] == quantity)]
    return row["value"].item()


def test_the_truth_of_the_negative_control_has_no_interaction():
    table = described()
    assert summary(table, "size") == summary(table, "mean change") == 0
    assert 0.8 < summary(table, "mse") < 1.2  # Anscombe noise has a variance of one
    p = table[(table["kind"] == "p") & (table["quantity"] == "paired")]["value"].item()
    assert p == 1
    assert set(table["control"]) == {"negative"}


def test_the_truth_of_the_positive_control_is_called_by_both_loss_tests():
    table = described("positive")
    assert 35 < summary(table, "mean") < 47
    p = table[table["kind"] == "p"].set_index("quantity")["value"]
    assert (p[["paired", "unpaired", "against random positions"]] < 1e-4).all()


def test_another_seed_gives_other_numbers():
    assert summary(described(seed=1), "mse") != summary(described(), "mse")


def test_networks_and_their_mean_are_described_alike():
    knocked = worlds.knock_out_sets(SIZES)

    def predict(dna):  # three networks that err by a constant: their mean is the first
        flat = np.full(len(dna), 50.0)
        return np.stack([flat, flat + 5, flat - 5])

    predicted = measures.predict_sets(predict, knocked)
    assert predicted["motifs"].shape == (3, *knocked["motifs"][2].shape[:3])
    test_counts = predict(worlds.sequences(1, 600, 0).sequences)
    table = measures.describe(
        predicted, test_counts, padding="valid", strength=0.0, sizes=SIZES
    )
    assert sorted(table["network"].unique()) == [-1, 0, 1, 2]
    rows = table[table["kind"] == "summary"]
    one, mean = (rows[rows["network"] == i]["value"].to_numpy() for i in (0, -1))
    np.testing.assert_array_equal(one, mean)


def test_profiles_hold_medians_of_bins_with_enough_examples():
    x = np.repeat([0.5, 1.5, 2.5], [30, 19, 30])
    table = measures.profile(x, 2 * x, (0, 1, 2, 3))
    assert table["at"].tolist() == [0.5, 2.5]  # 19 examples are too few
    assert table["value"].tolist() == [1, 5]
    assert (table["low"] == table["high"]).all()


def test_correlation_of_a_constant_is_zero():
    assert measures.correlation(np.ones(3), np.arange(3)) == 0
    assert measures.correlation(np.arange(3), -np.arange(3)) == pytest.approx(-1)


def test_interactions_that_are_all_zero_are_not_called_different_from_zero():
    rng = np.random.default_rng(0)
    table = measures.not_zero(np.stack([np.zeros(50), rng.normal(1, 0.1, 50)]))
    assert table["p"][0] == 1
    assert table["p"][1] < 1e-6


def test_rounding_is_no_interaction():
    values = np.array([0.1, 0.2, 0.3, 0.4]).reshape(2, 2, 1) + 1e-9
    assert measures.seen_effects(values).interaction[0] == 0


def test_training_sets_are_optional():
    effects = {
        name: measures.seen_effects(np.random.default_rng(i).random((1, 2, 2, 30)) * 9)
        for i, name in enumerate(("motifs", "random", "shuffles"))
    }
    tests = measures.all_tests(effects, {name: np.full(30, 5.0) for name in effects})
    assert len(tests) == 7
    assert isinstance(tests, pd.DataFrame)


def test_redraws_scatter_about_the_truth():
    table = measures.redrawn_truth(padding="valid", n_test=600, n_draws=3, seed=0)
    assert len(table) == 6
    positive = table[table["control"] == "positive"]
    assert positive["interaction"].between(30, 50).all()
    assert positive["interaction"].nunique() == 3
    negative = table[table["control"] == "negative"]
    np.testing.assert_allclose(negative[["interaction", "change"]], 0, atol=1e-9)
    assert (negative["floor"] - 1).abs().max() < 0.3
    with pytest.raises(ValueError, match="n_draws must be at least 2; got 1"):
        measures.redrawn_truth(padding="valid", n_test=600, n_draws=1, seed=0)
