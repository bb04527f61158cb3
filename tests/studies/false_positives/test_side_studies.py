"""Stages, power, the Poisson loss and the table: smallest runs whose shape is known."""

import numpy as np
import pytest
import torch

from helpers.networks.cnn import SoftplusCNN
from helpers.studies.false_positives import poisson, power, stages, tabular

STAGE = {
    "epochs": 1, "n_networks": 1, "n_train": 200, "n_validation": 40, "n_test": 300,
    "n_controls": 30, "n_test_error": 100, "batch_size": 64, "device": "cpu",
}  # fmt: skip


def test_stages_have_both_controls_and_another_seed_other_errors():
    table = stages.train_in_stages(stage="constant", seed=0, **STAGE)
    assert table["control"].tolist() == ["negative", "positive"]
    assert (table["stage"] == "constant").all()
    other = stages.train_in_stages(stage="constant", seed=1, **STAGE)
    assert (table["mse"] != other["mse"]).all()
    with pytest.raises(ValueError, match="stage must be one of annealed, constant"):
        stages.train_in_stages(stage="early", seed=0, **STAGE)


def test_the_truth_has_full_power_and_no_false_positives():
    table = power.reject_or_not(
        strengths=[0.0, 1.0], n_train=0, trials=2, n_pairs=[30, 60], epochs=1, seed=0
    )
    assert len(table) == 2 * 2 * 2 * 4
    p = table[table["test"] == "paired"].groupby("strength")["p"]
    assert (p.min()[0.0], p.max()[1.0] < 1e-4) == (1.0, True)
    assert "mse" not in table


def test_trained_networks_come_with_their_error_if_asked():
    settings = {"strengths": [0.5], "trials": 2, "n_pairs": [30], "epochs": 1}
    table = power.reject_or_not(
        n_train=100, seed=0, n_test_error=50, device="cpu", **settings
    )
    errors = table.groupby("trial")["mse"].unique()
    assert [len(e) for e in errors] == [1, 1]
    assert errors[0][0] > 1  # above the noise of the counts
    assert errors[0][0] != errors[1][0]
    with pytest.raises(ValueError, match="trials must be at least 1; got 0"):
        power.reject_or_not(n_train=0, seed=0, **settings | {"trials": 0})


def test_networks_are_tested_before_and_after_refitting():
    settings = {"strengths": [0.0, 1.0], "n_train": 100, "trials": 2, "epochs": 1}
    table = power.refit_or_not(
        n_pairs=500, n_test_error=50, seed=0, device="cpu", **settings
    )
    assert table["strength"].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert table[["paired", "refitted"]].apply(lambda p: p.between(0, 1)).all(axis=None)
    other = power.refit_or_not(
        n_pairs=500, n_test_error=50, seed=1, device="cpu", **settings
    )
    assert (table["mse"] != other["mse"]).all()


def test_a_poisson_loss_is_smallest_at_the_target():
    target = torch.tensor([[3.0]])
    values = [poisson.poisson_loss(torch.tensor([[x]]), target) for x in (2, 3, 4)]
    assert values[1] < min(values[0], values[2])


def test_networks_with_a_poisson_loss_are_one_row_each():
    table = poisson.train_with_poisson_loss(
        head=SoftplusCNN.HEADS[0], l1_strengths=[0.0, 1e-4], n_networks=1, n_train=100,
        learning_rate=0.1, batch_size=32, epochs=1, n_test=300, n_pairs=40, seed=0,
        device="cpu",
    )  # fmt: skip
    assert table["l1"].tolist() == [0.0, 1e-4]
    assert table[["rmse", "size"]].notna().all(axis=None)


def test_the_table_adds_and_its_noise_is_normal():
    X, truth, outcome = tabular.additive_table(20_000, seed=0)
    np.testing.assert_allclose(truth, X[:, 2] + X[:, 3] + X[:, 4])
    assert (outcome - truth).std() == pytest.approx(1, abs=0.03)
    assert (tabular.additive_table(20_000, seed=1)[0] != X).any()
    with pytest.raises(ValueError, match="n_rows must be at least 100; got 3"):
        tabular.additive_table(3, seed=0)


def test_effects_of_the_pair_by_hand():
    def predict(rows):  # one additive network, one with the product of x and y
        x, y = rows[:, 3], rows[:, 4]
        return np.stack([x + 2 * y, x * y])

    X = np.arange(10.0).reshape(2, 5)
    seen = tabular.pair_effects(predict, X)
    np.testing.assert_array_equal(seen.interaction, [[0, 0], [3 * 4, 8 * 9]])
    np.testing.assert_array_equal(seen.additive, [[3 + 8, 8 + 18], [0, 0]])


def test_perceptrons_are_five_penalties_times_the_networks():
    table = tabular.train_on_table(
        n_rows=300, n_networks=1, max_epochs=1, seed=0, device="cpu"
    )
    assert table["l1"].tolist() == list(tabular.L1_STRENGTHS)
    assert table["paired"].between(0, 1).all()
