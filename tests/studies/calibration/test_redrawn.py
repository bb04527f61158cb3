"""The same data with other noise: the split of t, the draws, what is said of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.press.results import Store
from helpers.significance.interaction import interaction_test
from helpers.significance.interaction.table import normal_scores
from helpers.studies import calibration
from helpers.studies.calibration.redrawn import (
    MEANS,
    REDRAWN_WORLDS,
    redraw,
    split_z,
)
from helpers.studies.calibration.worlds import WORLDS, draw, noise

WORLD = WORLDS["strong product"]


@pytest.fixture(scope="module")
def asked():
    data = draw(WORLD, 600, seed=3)
    return data, interaction_test(data.X, data.y, seed=3, device="cpu")


def null_of(answer):
    null = answer.table[answer.table["pair"] != ("x1", "x2")]
    return null[null["identifiable"]]


def test_the_parts_of_t_add_up_to_it(asked):
    data, answer = asked
    split, null = split_z(answer, data), null_of(answer)
    p = stats.t.sf((split.mean + split.noise) / split.error, split.df)
    assert p == pytest.approx(null["p"].to_numpy(), rel=1e-8)
    assert split.directions.shape == (answer.n_tested_rows, 44)


def test_other_noise_leaves_what_the_mean_does_and_moves_the_rest(asked):
    data, answer = asked
    own = split_z(answer, data)
    drawn = np.random.default_rng(0).permutation(data.y - data.mean)
    other = split_z(answer, replace(data, y=data.mean + drawn))
    assert other.mean == pytest.approx(own.mean)
    assert not np.allclose(other.noise, own.noise)


def test_a_mean_that_the_null_hypothesis_allows_says_nothing(asked):
    """Straight lines are cleared to the last digit; a product of the pair is not."""
    data, answer = asked
    straight = replace(data, mean=normal_scores(data.X) @ np.arange(10.0))
    assert np.abs(split_z(answer, straight).mean).max() < 1e-8
    seen = split_z(answer, replace(data, mean=data.X[:, 2] * data.X[:, 3]))
    pairs = list(null_of(answer)["pair"])
    assert pairs[np.abs(seen.mean).argmax()] == ("x3", "x4")


def test_an_answer_without_null_pairs_is_refused(asked):
    data, answer = asked
    every = tuple((i, j) for j in range(10) for i in range(j))
    with pytest.raises(ValueError, match="answer must have null pairs"):
        split_z(answer, replace(data, true_pairs=every))


def known_split(mean, misfit=0.0, n=600, n_pairs=6):
    """Return directions of known products with the mean, and a known misfit."""
    data = draw(WORLDS["independent"], n, seed=1)
    answer = interaction_test(data.X, data.y, seed=1, device="cpu")
    split = split_z(answer, data)
    rng = np.random.default_rng(2)
    d = rng.normal(size=(len(split.rows), n_pairs))
    spread = np.sqrt((1 - WORLDS["independent"].explained) * (d**2).sum(0))
    same = np.sqrt(1 + misfit) * spread
    # The error of the noise itself is set, so that misfit is what the error has more.
    return data.X, replace(
        split, directions=d, mean=mean * spread, noise=0 * spread, error=same,
        noise_error=spread, z=np.zeros(n_pairs),
    )  # fmt: skip


def drawn_again(mean, misfit=0.0, n_pairs=6):
    X, split = known_split(mean, misfit, n_pairs=n_pairs)
    rng = np.random.default_rng(5)
    return redraw(split, WORLDS["independent"], X, rng, n_pairs)


def test_without_misfit_calls_are_what_the_level_says():
    found = drawn_again(0.0)
    assert found["z_square"] == pytest.approx(1, abs=0.04)
    assert found["calls_05"] == pytest.approx(1, abs=0.07)
    assert found["first"] == pytest.approx(0.05, abs=0.015)
    assert found["moved"] == 0 and found["misfit"] == pytest.approx(0, abs=1e-6)
    assert found["own_z_square"] == found["own_first"] == 0


def test_misfit_met_by_chance_is_paid_for_by_the_error_and_bias_is_not():
    chance = np.sqrt(0.5) * np.array([1, -1, 1, -1, 1, -1])
    found = drawn_again(chance, misfit=0.5)
    assert found["moved"] == pytest.approx(0.5, rel=0.05)
    assert found["misfit"] == pytest.approx(0.5, rel=0.05)
    assert found["z_square"] == pytest.approx(1, abs=0.04)
    bias = drawn_again(np.full(6, 1.0), misfit=0.5)
    assert bias["z_square"] == pytest.approx(2 / 1.5, rel=0.04)
    assert bias["first"] > 0.15


def test_noise_with_heavy_tails_is_drawn_as_it_is():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200_000, 10))
    for kind in ("normal", "heteroscedastic", "heavy"):
        assert noise(kind, X, rng).var() == pytest.approx(1, abs=0.05)
    uneven = noise("heteroscedastic", X, rng)
    above = X[:, 0] > 0
    assert uneven[above].var() > 2 * uneven[~above].var()


def test_redrawn_noise_is_a_stored_step(tmp_path):
    store = Store("calibration", size="smoke", root=tmp_path)
    table = store.stored_or_run(
        "redrawn", calibration.redrawn_trials, {"seed": 0},
        parts=calibration.redrawn_parts("smoke"),
    )  # fmt: skip
    found = calibration.redrawn_rates(table)
    assert found["sets"].tolist() == [2]
    assert (found["first_low"] <= found["first"]).all()
    shown = calibration.redrawn_shown(found)
    assert shown["rows"].tolist() == ["500"]
    assert shown["data sets"].tolist() == ["2"]
    assert shown["a false call"].iloc[0].endswith("%)")


def test_draws_are_those_of_the_data_set():
    ask = {"world": "strong product", "n_rows": 500, "seed": 0, "device": "cpu"}
    both = calibration.redrawn_trials(**ask, first_set=0, n_sets=2)
    alone = calibration.redrawn_trials(**ask, first_set=1, n_sets=1)
    pd.testing.assert_frame_equal(both[1:].reset_index(drop=True), alone)


def test_parts_cover_every_world_once_and_end_with_many_rows():
    parts = pd.DataFrame(calibration.redrawn_parts("paper"))
    assert not parts.duplicated(["world", "n_rows", "first_set"]).any()
    assert set(parts["world"]) == set(REDRAWN_WORLDS)
    assert parts["n_rows"].is_monotonic_increasing
    sets = parts.groupby(["world", "n_rows"])["n_sets"].sum()
    assert sets.drop(("additive", 30_000)).max() == 20
    later = parts[parts["world"].eq("additive") & parts["n_rows"].eq(30_000)]
    asked = [
        range(one.first_set, one.first_set + one.n_sets) for one in later.itertuples()
    ]
    assert sorted(number for some in asked for number in some) == list(range(15))


#: Trials of which none ran.
NOT_COUNTED = pd.DataFrame(columns=["world", "n_rows", "learner", "sets", "family"])


def found_in(world, first, *, n_rows=1000):
    table = pd.DataFrame(dict.fromkeys(MEANS, 1.0), index=range(len(first)))
    about = {"world": world, "n_rows": n_rows, "data_set": range(len(first))}
    return table.assign(**about, first=first, own_first=0.0)


def test_words_name_where_false_calls_are_too_many():
    table = pd.concat(
        [
            found_in("calm", [0.04, 0.05, 0.06, 0.05, 0.05]),
            found_in("wrong", [0.09, 0.1, 0.11, 0.1, 0.1], n_rows=3000),
            found_in("few", [0.5, 0.5], n_rows=9000),
        ]
    )
    found = calibration.redrawn_rates(table)
    words = calibration.redrawn_words(found, table, NOT_COUNTED)
    assert words.startswith("Of 2 worlds and sizes false calls are expected to be too")
    assert (
        "many in **1**: wrong, 3,000 rows (the interval that reaches highest" in words
    )
    assert "0.0% to 52.2% at 1,000 rows; 0.0% to 52.2% at 3,000 rows." in words
    calm = calibration.redrawn_words(found[:1], table, NOT_COUNTED)
    assert "too many in none (the interval that reaches highest: 4.1% to 5.9%" in calm
    assert calibration.redrawn_words(found[2:], table, NOT_COUNTED) == ""
    nothing = calibration.redrawn_rates(None)
    assert calibration.redrawn_words(nothing, None, NOT_COUNTED) == ""
    assert calibration.redrawn_shown(nothing).empty


def test_words_say_what_is_expected_where_most_was_counted():
    table = pd.concat(
        [
            found_in("calm", [0.04, 0.05, 0.06, 0.05, 0.05]),
            found_in("wrong", [0.04] * 5 + [0.06] * 5, n_rows=3000),
        ]
    )
    counted = pd.DataFrame(
        {
            "world": ["calm", "wrong", "wrong", "other"],
            "n_rows": [1000, 3000, 3000, 1000],
            "learner": ["networks", "networks", "products", "networks"],
            "sets": [200, 50, 50, 200],
            "family": [0.05, 0.14, 0.3, 0.4],
            "family_low": [0.02, 0.058, 0.2, 0.3],
            "family_high": [0.09, 0.267, 0.4, 0.5],
        }
    )
    found = calibration.redrawn_rates(table)
    words = calibration.redrawn_words(found, table, counted)
    assert words.endswith(
        "Most were counted in wrong with 3,000 rows: a false call in 14.0% of 50 data "
        "sets (5.8% to 26.7%). Drawn again, in 10 of them 5.0% (4.2% to 5.8%) are "
        "expected."
    )


def test_the_counts_of_own_noise_are_of_data_sets_that_every_world_has():
    more = found_in("more", [0.05] * 8).assign(own_first=[0.0] * 5 + [1.0] * 3)
    table = pd.concat([more, found_in("calm", [0.05] * 5)])
    words = calibration.redrawn_words(
        calibration.redrawn_rates(table), table, NOT_COUNTED
    )
    assert "known far less well: 0.0% to 30.8% at 1,000 rows." in words


def test_an_unknown_world_is_refused():
    ask = {"n_rows": 500, "first_set": 0, "n_sets": 1, "seed": 0}
    with pytest.raises(ValueError, match="world must be one of additive"):
        calibration.redrawn_trials(world="F1", **ask)
