"""Verdicts over groups of knock-outs: what averages out, and what does not."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.false_positives import draws

SMALL = {
    "control": "positive", "architecture": "arch1", "padding": "valid",
    "n_networks": 1, "n_train": 150, "n_validation": 30, "n_test": 400, "n_pairs": 40,
    "n_draws": 4, "epochs": 1, "seed": 0, "device": "cpu",
}  # fmt: skip


def test_groups_of_draws_have_the_same_mean_and_ever_less_spread():
    table = draws.average_draws(**SMALL)
    assert table.groupby("network")["draws"].value_counts().to_dict() == {
        (network, n): 4 // n for network in (-1, 0) for n in (1, 2, 4)
    }
    means = table.pivot_table("mean", "network", "draws")
    np.testing.assert_allclose(means[1], means[4])
    sizes = table.pivot_table("size", "network", "draws")
    assert (sizes[1] >= sizes[4] - 1e-12).all()
    truth = table[table["network"] == -1]
    assert truth["mean"].between(25, 60).all()  # the positive control's 41 counts
    assert truth["mse"].iloc[0] < table["mse"].max() / 10


def test_noise_of_the_knock_out_makes_a_gain_that_averaging_removes():
    rng = np.random.default_rng(0)
    labels = rng.poisson(200, 2_000).astype(float)
    intact = np.full((1, 2_000), 200.0)
    noise = rng.normal(0, 8, (8, 1, 2_000))  # (n_draws, n_predictors, n_pairs)
    table = draws._grouped(intact, noise, labels).groupby("draws")["gain"].mean()
    # On the Anscombe scale a count near 200 has a slope of 1 / sqrt(200).
    np.testing.assert_allclose(table[1], 64 / 200, rtol=0.2)
    np.testing.assert_allclose(table[8], 8 / 200, rtol=0.5)


def test_the_page_counts_calls_of_networks_and_not_of_the_truth():
    table = pd.DataFrame(
        {
            "control": "negative", "padding": "same", "network": network, "draws": n,
            "group": group, "mean": float(group * (network + 1)), "size": 1.0,
            "gain": 0.1 if n == 1 else 0.02, "median": 0.1, "unpaired": 0.5,
            "paired": 0.2 if network == 1 or (n, group) == (1, 3) else 0.01,
        }
        for network in (-1, 0, 1)
        for n in (1, 4)
        for group in range(4 // n)
    )  # fmt: skip
    shown = draws.draws_table(table)
    assert shown["Paired p < 0.05"].tolist() == ["3 of 8", "1 of 2"]
    # 0, 1, 2, 3 in one network, the double in the other; of one group no spread
    of_both = np.sqrt(np.mean([np.var(range(4), ddof=1) * k**2 for k in (1, 2)]))
    assert shown["Spread of a network's"].tolist() == [f"{of_both:.2g}", "–"]
    assert shown["Spread of the true mean I"].tolist() == ["0", "–"]
    (line,) = draws.draws_words(table)
    assert "verdict of **1 of 2** networks" in line
    assert "calls 38% of all" in line
    assert "**1 of 2** networks by the average" in line
    assert line.endswith("goes from 0.1000 to 0.0200.")


def test_the_number_of_draws_is_a_power_of_two():
    with pytest.raises(ValueError, match="n_draws must be a power of two; got 6"):
        draws.average_draws(**SMALL | {"n_draws": 6})
