"""The page's tables and sentence, by hand."""

import numpy as np
import pandas as pd
import pytest

from helpers.significance.interaction import calibrated
from helpers.studies import calibration
from helpers.studies.calibration import rates, shown, words, worlds_table
from helpers.studies.calibration.plan import Cell


def counted(n_sets, called, world="additive", n_true=0):
    return pd.DataFrame(
        {
            "world": world, "n_rows": 3000, "learner": "networks",
            "way": "as it is", "false_bh": 0, "true_bh": 0,
            "data_set": range(n_sets), "seconds": 3.0, "n_pairs": 45,
            "n_null": 45 - n_true, "called_001": 0, "called_05": called,
            "any_holm": False, "any_maxt": False, "z_mean": 0.0, "z_square": 1.0,
            "n_true": n_true, "true_holm": n_true, "n_unclear": 0, "estimate": 0.02,
            "explains": 0.03, "covered": 45, "true_covered": n_true,
            "called_covered": n_true,
        }
    )  # fmt: skip


PLANNED = [Cell("additive", n, "networks", 200) for n in (1000, 3000)]


def test_what_ran_is_shown_and_the_rest_is_named():
    done = rates(counted(25, 9), PLANNED)
    table = shown(done)
    assert table["rows"].tolist() == ["3,000"]
    assert table["data sets"].tolist() == ["25 of 200"]
    assert table["p ≤ .05"][0] == "20.0% (20.0–20.0)"
    assert table["verdict"].tolist() == ["fails: too many calls"]
    text = calibration.not_run(done)
    assert text == "Planned and not run yet:\n\n- networks, 1,000 rows: additive."
    assert calibration.not_run(done[done["sets"] > 0]) == ""
    assert shown(rates(None, PLANNED)).empty


def test_details_say_what_it_costs_and_name_other_learners():
    planned = [Cell("additive", 3000, "boosting", 200)]
    done = rates(counted(25, 2).assign(learner="boosting"), planned)
    row = calibration.details(done).iloc[0]
    assert row["world"] == "additive (boosting)" and row["core seconds"] == "3.0"
    assert row["z"] == "+0.00 ± 1.00" and row["intervals that hold"] == "100.0%"


def test_seconds_are_told_by_rows_of_the_test_as_it_is():
    usual = [
        counted(3, 2).assign(n_rows=n, seconds=s)
        for n, s in ((1000, 0.5), (2000, 1.25))
    ]
    others = counted(9, 2).assign(learner="boosting", seconds=99.0)
    crossed = counted(9, 2).assign(way="crossed", seconds=99.0)
    assert calibration.seconds_words(pd.concat([*usual, others, crossed])) == (
        "Median seconds of one core in the trials, with ten features: 0.5 with 1,000 "
        "rows (3 data sets); 1.2 with 2,000 rows (3 data sets). With 2 times the rows "
        "the test takes 2.5 times the seconds."
    )
    assert calibration.seconds_words(usual[0]).endswith("(3 data sets).")
    assert calibration.seconds_words(None) == ""


def test_what_fails_comes_first():
    planned = [Cell(w, 3000, "networks", 200) for w in ("additive", "heavy")]
    both = pd.concat([counted(25, 2), counted(25, 9, "heavy")])
    assert shown(rates(both, planned))["world"].tolist() == ["heavy", "additive"]


def test_the_sentence_names_what_fails():
    text = words(rates(counted(25, 9), PLANNED))
    assert "**1** fail" in text and "additive, 3,000 rows" in text
    assert "Too many calls" in text and "**0** are open" in text
    open_ = rates(counted(5, 2), PLANNED)
    assert "**1** is open" in words(open_)
    assert "calls:" not in words(rates(counted(25, 2), PLANNED))
    assert "**2** have not run" in words(rates(None, PLANNED))


def test_more_rows_are_said_to_make_it_worse_only_where_they_do():
    few = pd.concat([counted(25, 2).assign(n_rows=1000), counted(25, 2)])
    text = calibration.more_rows(rates(few, PLANNED))
    assert "additive 4.4% at 1,000 rows, 4.4% (4.4% to 4.4%) at 3,000." in text
    worse = pd.concat([few[:25], counted(25, 9)])
    assert "at 3,000 **(too many)**." in calibration.more_rows(rates(worse, PLANNED))
    short = pd.concat([few[:25], counted(5, 9)])
    assert calibration.more_rows(rates(short, PLANNED)) == (
        "No world has a verdict at two sizes yet."
    )
    longer = [*PLANNED, Cell("additive", 30_000, "networks", 5)]
    many = pd.concat([few, counted(5, 9).assign(n_rows=30_000)])
    text = calibration.more_rows(rates(many, longer))
    assert text.endswith("for a verdict: additive, 30,000 rows (5).")
    other = pd.concat([few, few.assign(world="F1"), worse.assign(world="F2")])
    cells = [Cell(w, n, "networks", 9) for w in ("F1", "F2") for n in (1000, 3000)]
    text = calibration.more_rows(rates(other, [*PLANNED, *cells]))
    assert text.endswith(
        "In the 2 other worlds it is 4.4% to 20.0% with most rows (25 data sets; no "
        "interval ends above 20.0%), and shown to be too many in F2."
    )


def test_true_pairs_have_power_and_intervals():
    planned = [Cell("weak product", 3000, "networks", 200), *PLANNED]
    table = pd.concat([counted(25, 2), counted(25, 2, "weak product", 1)])
    done = rates(table, planned)
    row = calibration.found(done).iloc[0]
    assert row["world"] == "weak product" and row["called (Holm)"] == "100%"
    assert row["directions explain"] == row["called, explain"] == "3.0%"
    assert row["called, intervals that hold"] == "100.0% (25)"
    assert "less often in 0 of 1 lines" in calibration.intervals_words(done)
    assert len(calibration.found(done)) == 1
    power = calibration.power_by_share(done)
    lowest = 0.025 ** (1 / 25)  # all of 25 called: exact, by hand
    assert power.iloc[0].tolist() == pytest.approx([3000, 0.02, 1, lowest, 1, 25])


def test_intervals_that_miss_among_called_pairs_are_named():
    planned = [Cell("weak product", 3000, "networks", 200)]
    table = counted(25, 2, "weak product", 1)
    table["called_covered"] = [1] * 18 + [0] * 7
    table["true_holm"] = [1] * 24 + [0]
    table["estimate"], table["explains"] = [0.02] * 24 + [0], 0.01
    text = calibration.intervals_words(rates(table, planned))
    assert "less often in 1 of 1 lines: weak product, 3,000 rows (75.0% of 24)" in text
    assert "(96% are called): 2.0% on average, in truth 1.0%." in text
    assert calibration.intervals_words(rates(None, planned)) == ""


THREES = [Cell("three-way, independent", 3000, "networks", 40)]


def test_answers_are_told_of_cells_with_a_verdict():
    table = calibration.for_answers(rates(counted(25, 9), PLANNED))
    row = table.iloc[0].to_dict()
    assert np.isnan([row.pop("share"), row.pop("power")]).all()
    assert row == {
        "size": 2, "learner": "networks", "told": "nothing", "world": "additive",
        "family": "gaussian", "kind": "correlated",
        "n_rows": 3000, "sets": 25, "rate": 0.2, "family_wise": 0.0,
        "verdict": "fails: too many calls",
    }  # fmt: skip
    planned = [Cell("product, 8 %", 3000, "networks", 200)]
    product = rates(counted(25, 2, "product, 8 %", 1), planned)
    row = calibration.for_answers(product).iloc[0]
    assert (row["share"], row["power"]) == (0.08, 1.0)
    few = rates(counted(19, 9), PLANNED)
    assert calibration.for_answers(few).empty
    threes = rates(counted(25, 2, "three-way, independent", 1), THREES)
    table = calibration.for_answers(few, threes=threes)
    assert table["size"].tolist() == [3] and table["kind"].tolist() == ["independent"]
    assert table["share"].isna().all()  # of pairs alone it says how strong


def test_worlds_are_like_data_as_they_say():
    for name, world in calibration.WORLDS.items():
        X = calibration.sampler(name)(1000, 0).X
        assert calibrated.kind_of(X) == world.kind, name


def test_every_world_says_what_is_true():
    table = worlds_table().set_index("world")
    assert table["true pairs"]["additive"] == "none"
    assert table["true pairs"]["two products"] == "x1 x2, x2 x3"
    assert np.all(table["about"].str.len() > 0)
