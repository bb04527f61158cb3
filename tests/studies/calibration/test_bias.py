"""What of z is bias: the split itself, what it makes of calls, what is said of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.press.results import Store
from helpers.significance.interaction import interaction_test
from helpers.significance.interaction.table import normal_scores
from helpers.studies import calibration
from helpers.studies.calibration.bias import (
    BIAS_WORLDS,
    Split,
    _expected,
    split_z,
)
from helpers.studies.calibration.worlds import WORLDS, draw, noise_variance


@pytest.fixture(scope="module")
def asked():
    data = draw(WORLDS["strong product"], 600, seed=3)
    return data, interaction_test(data.X, data.y, seed=3, device="cpu")


def split_of(asked):
    data, answer = asked
    variance = noise_variance(WORLDS["strong product"], data.X)
    return split_z(answer, data, variance)


def test_the_parts_of_z_add_up_to_it(asked):
    answer = asked[1]
    null = answer.table[answer.table["pair"] != ("x1", "x2")]
    null = null[null["identifiable"]]
    split = split_of(asked)
    p = stats.t.sf(split.t, split.df)
    assert p == pytest.approx(null["p"].to_numpy(), rel=1e-8)
    assert len(split.bias) == len(null) == 44


def test_other_noise_leaves_the_bias_as_it_is_and_moves_the_rest(asked):
    data, answer = asked
    noise = np.random.default_rng(0).permutation(data.y - data.mean)
    other = split_z(
        answer, replace(data, y=data.mean + noise),
        noise_variance(WORLDS["strong product"], data.X),
    )  # fmt: skip
    assert other.bias == pytest.approx(split_of(asked).bias)
    assert not np.allclose(other.noise, split_of(asked).noise)


def test_a_mean_that_the_null_hypothesis_allows_is_no_bias(asked):
    """Straight lines are cleared to the last digit; a product of the pair is not."""
    data, answer = asked
    variance = np.ones(len(data.y))
    straight = split_z(
        answer, replace(data, mean=normal_scores(data.X) @ np.arange(10.0)), variance
    )
    assert np.abs(straight.bias).max() < 1e-8
    product = data.X[:, 2] * data.X[:, 3]
    seen = split_z(answer, replace(data, mean=product), variance)
    names = [
        pair
        for pair, clear in answer.table[["pair", "identifiable"]].to_numpy()
        if clear and pair != ("x1", "x2")
    ]
    assert names[np.abs(seen.bias).argmax()] == ("x3", "x4")


def test_calls_expected_are_those_that_drawn_noise_makes():
    """Of t = (bias + noise) / (error, an estimate), drawn a million times."""
    rng = np.random.default_rng(1)
    bias, df, wider = np.array([0.8, -0.5]), np.array([40.0, 15.0]), 1.2
    noise = rng.normal(size=(1_000_000, 2))
    error = np.sqrt(wider * rng.chisquare(df, size=noise.shape) / df)
    t = (bias + noise) / error
    split = Split(bias, np.zeros(2), np.array([1.0, 1.4]), df)
    found = _expected(split, n_pairs=2)
    drawn = [(t > stats.t.isf(level, df)).mean() / level for level in (0.05, 0.001)]
    assert found["expected_05"] == pytest.approx(drawn[0], rel=0.01)
    assert found["expected_001"] == pytest.approx(drawn[1], rel=0.15)
    some = (t > stats.t.isf(0.025, df)).any(axis=1).mean()
    assert found["expected_holm"] == pytest.approx(some, rel=0.02)
    assert found["largest"] == 0.8
    assert found["counted_05"] == 0 and not found["counted_holm"]
    called = _expected(replace(split, noise=np.array([1.1, 4.0])), n_pairs=2)
    assert called["counted_05"] == 20 and called["counted_001"] == 0.0
    assert called["counted_holm"]
    assert found["bias"] == pytest.approx(np.sqrt((0.64 + 0.25) / 2), abs=1e-4)


def test_without_bias_calls_are_what_the_level_says():
    nothing = Split(np.zeros(9), np.zeros(9), np.ones(9), np.full(9, 50.0))
    found = _expected(nothing, n_pairs=10)
    assert found["expected_05"] == found["expected_001"] == pytest.approx(1)
    assert found["expected_holm"] == pytest.approx(1 - 0.995**9, abs=1e-5)


@pytest.mark.parametrize("name", ["additive", "heteroscedastic", "heavy", "F8"])
def test_the_variance_of_the_noise_is_that_of_the_draws(name):
    world = WORLDS[name]
    data = draw(world, 200_000, seed=5)
    squares = (data.y - data.mean) ** 2 / noise_variance(world, data.X)
    low = data.X[:, 0] < np.median(data.X[:, 0])
    assert squares.mean() == pytest.approx(1, abs=0.03)
    assert squares[low].mean() == pytest.approx(1, abs=0.05)


def test_yes_or_no_has_no_variance_of_its_own():
    with pytest.raises(ValueError, match="world must have an outcome of numbers"):
        noise_variance(WORLDS["binary"], np.zeros((2, 10)))


def test_bias_is_a_stored_step(tmp_path):
    store = Store("calibration", size="smoke", root=tmp_path)
    table = store.stored_or_run(
        "bias", calibration.bias_trials, {"seed": 0},
        parts=calibration.bias_parts("smoke"),
    )  # fmt: skip
    found = calibration.bias_rates(table)
    assert found["sets"].tolist() == [2]
    assert (found["holm_low"] <= found["expected_holm"]).all()
    shown = calibration.bias_shown(found)
    assert shown["rows"].tolist() == ["500"]
    assert shown["data sets"].tolist() == ["2"]
    assert shown["a false call (Holm)"].iloc[0].endswith("%)")


def test_parts_cover_every_world_once_and_end_with_many_rows():
    parts = pd.DataFrame(calibration.bias_parts("paper"))
    assert not parts.duplicated(["world", "n_rows", "first_set"]).any()
    assert set(parts["world"]) == set(BIAS_WORLDS)
    assert parts["n_rows"].is_monotonic_increasing
    assert parts.groupby(["world", "n_rows"])["n_sets"].sum().max() == 20


def found_in(world, holm, *, n_rows=1000):
    return pd.DataFrame(
        {
            "world": world, "n_rows": n_rows, "bias": 0.3, "largest": 0.9,
            "wider": 1.1, "expected_05": 1.0, "expected_001": 1.2,
            "expected_holm": holm, "counted_05": 1.0, "counted_001": 0.0,
            "counted_holm": False,
        }
    )  # fmt: skip


def test_words_name_where_bias_does_harm():
    table = pd.concat(
        [
            found_in("calm", [0.04, 0.05, 0.06]),
            found_in("wrong", [0.09, 0.1, 0.11], n_rows=3000),
            found_in("once", [0.5], n_rows=3000),
        ]
    )
    found = calibration.bias_rates(table)
    words = calibration.bias_words(found)
    assert "Of 2 worlds and sizes" in words
    assert words.endswith("sets in **1**: wrong, 3,000 rows.")
    assert calibration.bias_words(found[:1]).endswith("in none.")
    nothing = calibration.bias_rates(None)
    assert calibration.bias_words(nothing) == ""
    assert calibration.bias_shown(nothing).empty


def test_an_unknown_world_is_refused():
    with pytest.raises(ValueError, match="world must be one of additive"):
        calibration.bias_trials(world="F1", n_rows=500, first_set=0, n_sets=1, seed=0)
