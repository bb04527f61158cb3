"""Trials count what was called; rates and verdicts follow by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.press.results import Store
from helpers.significance.interaction import Settings, interaction_test
from helpers.studies import calibration
from helpers.studies.calibration.plan import Cell, cells, parts
from helpers.studies.calibration.rates import (
    over_data_sets,
    power_of,
    rates,
    verdict_of,
)
from helpers.studies.calibration.trials import explained
from helpers.studies.calibration.worlds import Data


def counts(n_sets=30, called=2, any_holm=0):
    return pd.DataFrame(
        {
            "world": "additive", "n_rows": 3000, "learner": "networks",
            "way": "as it is", "false_bh": 0, "true_bh": 0,
            "data_set": range(n_sets), "seconds": 3.0, "n_pairs": 45, "n_null": 44,
            "called_001": 0, "called_05": called,
            "any_holm": np.arange(n_sets) < any_holm, "any_maxt": False,
            "z_mean": 0.5, "z_square": 1.25, "n_true": 1,
            "true_holm": np.arange(n_sets) % 2, "n_unclear": 0, "estimate": 0.02,
            "explains": 0.03, "covered": 36, "true_covered": 1,
            "called_covered": np.arange(n_sets) % 4 == 1,
        }
    )  # fmt: skip


CELL = Cell("additive", 3000, "networks", 200)


def test_trials_of_a_world_are_rows_that_repeat():
    settings = {
        "world": "strong product",
        "n_rows": 500,
        "learner": "products",
        "way": "as it is",
    }
    two = calibration.trials(**settings, first_set=0, n_sets=2, seed=0)
    second = calibration.trials(**settings, first_set=1, n_sets=1, seed=0)
    columns = [c for c in two if c != "seconds"]
    pd.testing.assert_frame_equal(
        two[columns][1:].reset_index(drop=True), second[columns]
    )
    assert (two["n_null"] + two["n_unclear"]).between(44, 45).all()
    assert (two["called_01"] <= two["called_05"]).all()
    other = calibration.trials(**settings, first_set=0, n_sets=1, seed=1)
    assert other["z_mean"][0] != two["z_mean"][0]


def test_trials_are_a_stored_step(tmp_path):
    store = Store("calibration", size="smoke", root=tmp_path)
    table = store.stored_or_run(
        "trials", calibration.trials, {"seed": 0}, parts=parts("smoke")
    )
    assert len(table) == 2


def test_rates_by_hand():
    row = rates(counts(called=11, any_holm=3), [CELL]).iloc[0]
    assert row["rate"] == pytest.approx(0.25)
    assert row["family"] == pytest.approx(0.1)
    assert row["z_sd"] == pytest.approx(1.0)
    assert row["verdict"] == "fails: too many calls"
    assert row["power"] == pytest.approx(0.5)
    assert row["coverage"] == pytest.approx(0.8)
    assert row["true_coverage"] == pytest.approx(1.0)
    # Of data sets 1, 3, 5, ... with a called pair, 1, 5, 9, ... are covered: 8 of 15.
    assert row["called_coverage"] == pytest.approx(8 / 15)


def test_a_data_set_without_a_call_has_no_false_one():
    table = counts().assign(false_bh=[1, 0] * 15, true_bh=[1, 0] * 15, n_true=2)
    row = rates(table, [CELL]).iloc[0]
    assert row["false_share"] == 0.25 and row["found"] == 0.25
    assert row["discovery_verdict"] == "fails: too many calls"
    fewer = rates(table[:10], [CELL]).iloc[0]
    assert fewer["discovery_verdict"] == "open: fewer than 20 data sets"
    assert rates(counts(), [CELL]).iloc[0]["discovery_verdict"] == "holds"


def test_ways_of_testing_are_cells_of_their_own():
    crossed = counts(20).assign(way="crossed")
    table = pd.concat([counts(), crossed])
    both = [CELL, Cell("additive", 3000, "networks", 100, "crossed")]
    assert rates(table, both)["sets"].tolist() == [30, 20]


def test_shares_of_a_binary_outcome_have_no_coverage():
    table = counts().assign(covered=np.nan, true_covered=np.nan, called_covered=np.nan)
    row = rates(table, [CELL]).iloc[0]
    assert np.isnan(row["coverage"]) and np.isnan(row["called_coverage"])


def test_intervals():
    values = np.array([0.0, 0.1, 0.2])
    low, high = over_data_sets(values)
    by_hand = stats.t.interval(0.95, 2, values.mean(), stats.sem(values))
    assert (max(0, low), high) == pytest.approx((max(0, by_hand[0]), by_hand[1]))


def test_power_has_an_interval_over_data_sets():
    one = pd.DataFrame({"n_true": [1] * 20 + [0], "true_holm": [1] * 10 + [0] * 11})
    found = power_of(one)
    assert found["power"] == 0.5  # a data set without a true pair says nothing of it
    assert 0.27 < found["power_low"] < 0.28 and 0.72 < found["power_high"] < 0.73
    many = pd.DataFrame({"n_true": [4, 4], "true_holm": [1, 3]})
    assert power_of(many) == {"power": 0.5, "power_low": 0.0, "power_high": 1.0}
    assert all(np.isnan(list(power_of(one[-1:]).values())))


def test_the_rule():
    good = {"sets": 100, "rate_low": 0.045, "rate_high": 0.07, "family_low": 0.01}
    assert verdict_of(good) == "holds"
    assert verdict_of(good | {"rate_low": 0.061}) == "fails: too many calls"
    assert verdict_of(good | {"family_low": 0.061}) == "fails: too many calls"
    low = good | {"rate_low": 0.01, "rate_high": 0.039}
    assert verdict_of(low) == "fails: too few calls"
    assert verdict_of(good | {"sets": 19}).startswith("open")
    assert rates(None, [CELL])["verdict"].tolist() == ["not run yet"]


@pytest.mark.parametrize("size", ["smoke", "quick", "paper"])
def test_parts_cover_the_plan_once(size):
    covered = {}
    for part in parts(size):
        key = (part["world"], part["n_rows"], part["learner"], part["way"])
        numbers = range(part["first_set"], part["first_set"] + part["n_sets"])
        assert not set(numbers) & covered.setdefault(key, set())
        covered[key] |= set(numbers)
    planned = {c.name: set(range(c.n_sets)) for c in cells(size)}
    assert covered == planned
    assert {c.world for c in cells(size)} <= set(calibration.WORLDS)


def test_first_sets_of_every_world_come_before_more_of_any():
    planned = parts("paper")
    firsts = [part["world"] for part in planned if not part["first_set"]]
    assert set(firsts[:10]) >= {"additive", "strong product", "F8", "binary, rare"}
    done = [part["first_set"] for part in planned if part["n_rows"] == 1000]
    assert done[:20] == [0] * 20


def test_what_a_direction_explains_is_what_the_interval_is_about():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 3))
    mean = X[:, 0] * X[:, 1]
    y = mean + 0.5 * rng.normal(size=600)
    answer = interaction_test(X, y, settings=Settings(residual=None), device="cpu")
    # Were y its own mean, the slope would be the test's: the middle of the interval.
    same = explained(answer, Data(X, y, y, "gaussian", ((0, 1),)))
    row = answer.table.iloc[0]
    middle = (np.sqrt(row["low"]) + np.sqrt(row["high"])) / 2
    assert np.sqrt(same["x1", "x2"]) == pytest.approx(middle)
    truth = explained(answer, Data(X, y, mean, "gaussian", ((0, 1),)))
    assert row["low"] <= truth["x1", "x2"] <= row["high"]
    assert truth["x1", "x3"] < 0.05 < truth["x1", "x2"]


def test_unknown_learners_are_named():
    with pytest.raises(ValueError, match="learner must be one of networks"):
        calibration.trials(
            world="additive",
            n_rows=500,
            learner="forest",
            way="as it is",
            first_set=0,
            n_sets=1,
            seed=0,
        )
