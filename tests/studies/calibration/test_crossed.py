"""Crossed parts and false discoveries: counts by hand, cells, refusals."""

import pandas as pd
import pytest

from helpers.significance.interaction import Settings, interaction_test
from helpers.studies import calibration
from helpers.studies.calibration.plan import AS_IT_IS, CROSSED, LEARNED, OTHER_LEARNERS
from helpers.studies.calibration.trials import CHOSEN_ON
from helpers.studies.calibration.worlds import sampler

ASKED = {"n_rows": 800, "first_set": 0, "n_sets": 1, "seed": 0, "device": "cpu"}


def test_crossed_is_the_test_with_that_setting():
    table = calibration.trials(
        world="strong product", learner="networks", way=CROSSED, **ASKED
    )
    data = sampler("strong product")(800, CHOSEN_ON)
    answer = interaction_test(
        data.X, data.y, seed=CHOSEN_ON, device="cpu", settings=Settings(crossed=True)
    )
    row = table.iloc[0]
    assert row["way"] == CROSSED
    n_called = row["called_05"] + row["true_05"]
    assert n_called == (answer.table["p"] <= 0.05).sum()
    called = answer.table["p_bh"] <= 0.05
    assert row["false_bh"] + row["true_bh"] == called.sum() > 0
    assert row["true_bh"] == 1


def test_every_other_learner_is_asked_about_the_same_data_sets():
    rows = {
        learner: calibration.trials(
            world="F8", learner=learner, way=AS_IT_IS, **ASKED
        ).iloc[0]
        for learner in ("products", "one network", "undertrained")
    }
    same = ["world", "n_rows", "way", "data_set", "n_pairs", "n_true"]
    assert len({tuple(row[same]) for row in rows.values()}) == 1
    assert len({row["z_mean"] for row in rows.values()}) == 3


@pytest.mark.parametrize("name, value", [("way", "step-down"), ("learner", "one")])
def test_unknown_ways_and_learners_are_refused(name, value):
    asked = {"world": "F8", "learner": "products", "way": CROSSED} | {name: value}
    with pytest.raises(ValueError, match=f"{name} must be"):
        calibration.trials(**asked, **ASKED)


def test_learners_are_asked_in_every_way_of_their_worlds():
    cells = calibration.cells("paper")
    for way, learners in (
        (AS_IT_IS, OTHER_LEARNERS),
        (CROSSED, ("products", "boosting", "undertrained")),
    ):
        ran = {(c.learner, c.world) for c in cells if c.way == way}
        assert {(name, world) for name in learners for world in LEARNED} <= ran


def rates_of(*shares, power=0.5):
    """Rates of F8, a cell each share of false calls, in plan's order of ways."""
    return pd.DataFrame(
        {
            "world": "F8", "n_rows": 1000, "learner": learner, "way": way, "sets": 20,
            "planned": 100, "rate": 0.05, "rate_low": 0.04, "rate_high": 0.06,
            "family": 0.0, "family_low": 0.0, "family_high": 0.17,
            "verdict": "fails: too many calls" if share else "holds",
            "discovery_verdict": "fails: too many calls" if share else "holds",
            "false_share": share, "false_share_low": share, "false_share_high": share,
            "power": power, "found": power,
        } for learner, way, share in shares
    )  # fmt: skip


def test_where_something_calls_too_much_is_said():
    rates = rates_of(("networks", CROSSED, 0.0), ("products", CROSSED, 0.5))
    assert calibration.crossed_words(rates) == (
        "*crossed* calls too much in 1 of 2 lines (F8 (products), 1,000 rows, "
        "crossed). The false discovery rate calls too much in 1 of 2 lines (F8 "
        "(products), 1,000 rows, crossed)."
    )
    shown = calibration.crossed_shown(rates)
    assert shown["world"].tolist() == ["F8", "F8 (products)"]
    assert shown["false discoveries (BH)"].tolist()[1].startswith("50.0%")
    usual = rates[:1].assign(way=AS_IT_IS)
    assert calibration.crossed_words(usual) == (
        "The false discovery rate calls too much in 0 of 1 lines."
    )
    assert calibration.crossed_shown(usual).empty
    assert calibration.crossed_words(rates[:0]) == ""


def test_both_ways_stand_beside_each_other():
    usual = rates_of(("networks", AS_IT_IS, 0.0), ("one network", AS_IT_IS, 0.0))
    rates = pd.concat([usual.assign(power=0.25), rates_of(("networks", CROSSED, 0.0))])
    assert calibration.crossed_words(rates).endswith(
        "Of true pairs *crossed* calls, for the test as it is: F8, 1,000 rows, 50% "
        "for 25%."
    )
    shown = calibration.crossed_shown(rates)
    assert shown["way"].tolist() == [AS_IT_IS, CROSSED]
    assert shown["data sets"].tolist() == ["20 of 100"] * 2
