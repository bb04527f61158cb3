"""What is said of rivals: order, marks, sentences, what waits."""

import pandas as pd
import pytest

from helpers.studies import calibration
from helpers.studies.calibration.plan import RIVALLED, Cell
from helpers.studies.matrix import beside_shown
from helpers.studies.matrix.beside_shown import OWN, TESTS, all_tests

#: Columns of our own trials that are read.
NEEDED = ("world", "n_rows", "learner", "way", "data_set", "n_true", "true_holm")


def cell(rival, world, **changed):
    usual = {
        "rival": rival, "world": world, "sets": 100, "rate": 0.05, "family": 0.03,
        "power": 0.5, "seconds": 0.4, "verdict": "holds", "false_share": 0.3,
        "sharing": 0.2, "apart": 0.1,
    }  # fmt: skip
    return usual | changed


@pytest.fixture
def tests():
    return pd.DataFrame(
        [
            cell(OWN, "strong product", sharing=None),
            cell("knock-offs", "strong product", verdict="fails: too many calls"),
            cell("iLOCO", "additive", verdict="open: fewer than 20 data sets", sets=5),
            cell("iLOCO", "strong product", rate=0.2, verdict="fails: too many calls"),
            cell("Perm I", "strong product", sharing=0.7, power=1.0),
        ]
    )


def test_errors_are_marked_by_their_verdict(tests):
    table = beside_shown.errors_table(tests).set_index("test")
    assert table.loc[OWN, "strong product"] == "5.0% · 3%"
    assert table.loc["knock-offs", "strong product"] == "30% false ↑"
    assert table.loc["iLOCO", "additive"] == "5.0% · 3% ?"
    assert table.loc["iLOCO", "strong product"] == "20.0% · 3% ↑"
    assert table.loc["iLOCO", "data sets"] == "5 to 100"
    assert table.loc["Perm I", "F8"] == "not run yet"


def test_power_stands_beside_ours_on_the_same_data_sets(tests):
    paired = pd.DataFrame(
        [("Perm I", "strong product", 20, 1.0, 0.8, 0.05, 0.35),
         ("iLOCO", "strong product", 20, 0.5, 0.8, -0.7, 0.1)],
        columns=["rival", "world", "sets", "power", "ours", "low", "high"],
    )  # fmt: skip
    table = beside_shown.power_table(tests, paired).set_index("test")
    assert "additive" not in table
    assert table.loc[OWN, "strong product"] == "50%"
    assert table.loc["Perm I", "strong product"] == "100% for 80%\\*"
    assert table.loc["iLOCO", "strong product"] == "50% for 80% ↑"
    assert table.loc["Perm I", "F8"] == "not run yet"


def test_only_data_sets_of_both_are_compared():
    ours = pd.DataFrame(
        {"world": "F8", "n_rows": 1000, "learner": ["networks"] * 3 + ["boosting"] * 2,
         "way": ["as it is", "as it is", "crossed", "as it is", "crossed"],
         "data_set": [1, 2, 1, 1, 1], "n_true": 2, "true_holm": [2, 0, 0, 0, 0]}
    )  # fmt: skip
    theirs = pd.DataFrame(
        {"rival": "iLOCO", "world": "F8", "data_set": [1, 2, 3], "n_true": 2,
         "true_holm": [2, 2, 2]}
    )  # fmt: skip
    row = beside_shown.paired_power(ours, 1000, None, theirs).iloc[0]
    assert row[["sets", "power", "ours"]].tolist() == [2, 1.0, 0.5]
    assert row["low"] < 0 < row["high"]  # 0.5 +- a large error of two
    assert beside_shown.paired_power(ours, 3000, theirs).empty
    assert beside_shown.paired_power(ours, 1000).columns.tolist()[0] == "rival"


def test_words_say_what_is_shown_to_call_too_much(tests):
    assert beside_shown.words(tests) == (
        "2 of 3 tests are shown to call too much in no world (in brackets data sets a "
        "world): interaction test (100); Perm I (100). The others are, worlds of those "
        "asked: iLOCO 1 of 1 (100). With few data sets only gross failures show."
    )
    assert beside_shown.words(tests[1:3]) == ""  # no p-values, no verdict


def test_sharing_is_said_of_p_values_alone_the_largest_first(tests):
    text = beside_shown.sharing_words(tests)
    assert text.endswith(
        "it and those that do not: Perm I 70% and 10%; iLOCO 20% and 10%."
    )
    assert beside_shown.sharing_words(tests[:1]) == ""
    assert beside_shown.sharing_words(tests.drop(columns="sharing")) == ""


def test_what_was_expected_stands_beside_what_came(tests):
    came = beside_shown.expectations(tests).set_index("expected")["what came"]
    assert came.iloc[0].startswith("ANOVA, bins: too much in 0 of 0 worlds; held-out")
    assert came.iloc[3] == "Perm I: 70% of them, 10% of the others"
    assert came.iloc[4] == "not run yet"
    more = pd.DataFrame(
        [cell("H, Perm T", "F8", rate=0.003, power=0.02),
         cell("test of the model", "F8", verdict="fails: too many calls"),
         cell("test of the model", "independent")]
    )  # fmt: skip
    came = beside_shown.expectations(more)["what came"]
    assert came[1] == "test of the model: too much in 1 of 2 worlds"
    assert came[3] == "not run yet"
    assert came[4] == "at most 0.3% of null pairs at 5%, 2% of true ones"


def test_what_waits_is_named_with_its_data_sets(tests):
    text = beside_shown.waiting(tests)
    assert text.startswith("Data sets a world so far, of 100 planned: interaction test")
    assert "iLOCO 0" in text
    every = pd.DataFrame([cell(r, w) for r in TESTS for w in RIVALLED])
    assert beside_shown.waiting(every) == ""
    few = every.assign(sets=[20] + [100] * (len(every) - 1))
    assert beside_shown.waiting(few).endswith("planned: interaction test 20.")


def trial(rival, world="F8"):
    return {
        "world": world, "rival": rival, "n_null": 33, "called_05": 1, "any_holm": False,
        "n_true": 12, "true_holm": 6, "seconds": 0.1, "n_false": 0, "n_sharing": 33,
        "sharing_05": 1,
    }  # fmt: skip


def test_tests_stand_in_the_order_of_the_page():
    first = pd.DataFrame([trial("hunt and test"), trial("tensor splines", "additive")])
    more = pd.DataFrame([trial("Perm I"), trial("iLOCO")])
    rates = calibration.rates(None, [Cell("F8", 1000, "networks", 3)])
    found = all_tests(first, more, rates, 1000)
    assert found["rival"].tolist() == [
        "tensor splines", "hunt and test", "iLOCO", "Perm I",
    ]  # fmt: skip
    own = rates.assign(sets=3, rate=0.05)
    assert all_tests(first, None, own, 1000)["rival"].tolist()[0] == OWN


def test_nothing_ran():
    planned = [Cell("F8", 1000, "networks", 3)]
    none = all_tests(None, None, calibration.rates(None, planned), 1000)
    assert beside_shown.words(none) == beside_shown.sharing_words(none) == ""
    assert beside_shown.errors_table(none).empty
    nothing = beside_shown.paired_power(pd.DataFrame(columns=[*NEEDED]), 1000)
    assert beside_shown.power_table(none, nothing).empty
