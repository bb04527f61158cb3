"""Options and false discoveries: counts by hand, cells, refusals."""

import pandas as pd
import pytest

from helpers.significance.interaction import Settings, interaction_test
from helpers.studies import calibration
from helpers.studies.calibration import options
from helpers.studies.calibration.plan import LEARNED
from helpers.studies.calibration.trials import CHOSEN_ON
from helpers.studies.calibration.worlds import sampler

ASKED = {"n_rows": 800, "first_set": 0, "n_sets": 1, "seed": 0, "device": "cpu"}


def test_crossed_is_the_test_with_that_setting():
    table = options.option_trials(
        world="strong product", learner="networks", way="crossed", **ASKED
    )
    data = sampler("strong product")(800, CHOSEN_ON)
    answer = interaction_test(
        data.X, data.y, seed=CHOSEN_ON, device="cpu", settings=Settings(crossed=True)
    )
    row = table.iloc[0]
    n_called = row["called_05"] + row["true_05"]
    assert n_called == (answer.table["p"] <= 0.05).sum()
    called = answer.table["p_bh"] <= 0.05
    assert row["false_bh"] + row["true_bh"] == called.sum() > 0
    assert row["true_bh"] == 1


def test_as_it_is_counts_what_the_trials_count():
    asked = {"world": "F8", "learner": "products"} | ASKED
    own = options.option_trials(way="as it is", **asked)
    usual = calibration.trials(**asked)
    shared = [name for name in usual if name != "seconds"]
    pd.testing.assert_frame_equal(own[shared], usual[shared])


@pytest.mark.parametrize("name, value", [("way", "step-down"), ("learner", "one")])
def test_unknown_ways_and_learners_are_refused(name, value):
    asked = {"world": "F8", "learner": "products", "way": "crossed"} | {name: value}
    with pytest.raises(ValueError, match=f"{name} must be"):
        options.option_trials(**asked, **ASKED)


def test_every_learner_is_crossed_and_every_data_set_stands_once():
    cells = options.option_cells("paper")
    crossed = {(c.learner, c.world) for c in cells if c.way == "crossed"}
    assert {(learner, w) for learner in ("products", "boosting", "undertrained")
            for w in LEARNED} <= crossed  # fmt: skip
    parts = pd.DataFrame(options.option_parts("paper"))
    sets = parts.groupby(options.COLUMNS)["n_sets"].sum()
    planned = {(c.world, c.n_rows, c.learner, c.way): c.n_sets for c in cells}
    assert sets.to_dict() == planned
    assert not parts.duplicated([*options.COLUMNS, "first_set"]).any()


def counts(false_bh, true_bh=1, **changed):
    usual = {
        "world": "F8", "n_rows": 1000, "learner": "networks", "way": "crossed",
        "seconds": 1.0, "n_null": 40, "called_05": 2, "any_holm": False, "n_true": 2,
        "true_holm": 1, "false_bh": false_bh, "true_bh": true_bh,
    }  # fmt: skip
    return usual | changed


def test_a_data_set_without_a_call_has_no_false_one():
    table = pd.DataFrame([counts(1), counts(0, 0)] * 15)
    row = options.option_rates(table).iloc[0]
    assert row["false_share"] == 0.25 and row["found"] == 0.25
    assert row["discovery_verdict"] == "fails: too many calls"
    assert row["verdict"] == "holds" and row["rate"] == pytest.approx(0.05)
    row = options.option_rates(table[:10]).iloc[0]
    assert row["discovery_verdict"] == "open: fewer than 20 data sets"
    row = options.option_rates(pd.DataFrame([counts(0)] * 20)).iloc[0]
    assert row["discovery_verdict"] == "holds"


def test_where_something_fails_is_said():
    fine = [counts(0)] * 20
    bad = [counts(1, learner="products", called_05=8)] * 20
    rates = options.option_rates(pd.DataFrame(fine + bad))
    text = calibration.options_words(rates)
    assert text == (
        "*crossed* holds in 1 of 2 lines (F8 (products), 1,000 rows, crossed: too many "
        "calls). The false discovery rate holds in 1 of 2 lines (F8 (products), 1,000 "
        "rows, crossed: too many calls)."
    )
    shown = calibration.options_shown(rates)
    assert shown["world"].tolist() == ["F8", "F8 (products)"]
    assert shown["false discoveries (BH)"].tolist()[1].startswith("50.0%")
    usual = rates[:1].assign(way="as it is")
    assert calibration.options_words(usual) == (
        "The false discovery rate holds in 1 of 1 lines."
    )
    assert calibration.options_words(rates[:0]) == ""
    both = pd.concat([rates[:1], usual.assign(power=0.25)])
    assert calibration.options_words(both).endswith(
        "Of true pairs *crossed* calls, for the test as it is: F8 50% for 25%."
    )


def test_rows_stand_in_the_order_of_the_plan():
    table = pd.DataFrame(
        [counts(0, learner="products"), counts(0, world="weak product"), counts(0),
         counts(0, way="as it is")]
    )  # fmt: skip
    rates = options.option_rates(table)
    assert rates["way"].tolist() == ["as it is", "crossed", "crossed", "crossed"]
    assert rates["learner"].tolist() == ["networks"] * 3 + ["products"]
