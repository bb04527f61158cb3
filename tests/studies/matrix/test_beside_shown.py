"""What is said of rivals: order, marks, sentences, what waits."""

import pandas as pd
import pytest

from helpers.studies import calibration
from helpers.studies.calibration.plan import RIVALLED, Cell
from helpers.studies.matrix import beside_shown
from helpers.studies.matrix.beside_shown import OWN, TESTS, all_tests


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
    assert table.loc["knock-offs", "strong product"] == "30% of calls ↑"
    assert table.loc["iLOCO", "additive"] == "5.0% · 3% ?"
    assert table.loc["iLOCO", "strong product"] == "20.0% · 3% ↑"
    assert table.loc["iLOCO", "data sets"] == "5 to 100"
    assert table.loc["Perm I", "F8"] == "not run yet"


def test_power_stands_in_brackets_where_the_level_fails(tests):
    table = beside_shown.power_table(tests).set_index("test")
    assert "additive" not in table
    assert table.loc["iLOCO", "strong product"] == "(50%)"
    assert table.loc["Perm I", "strong product"] == "100%"


def test_words_weigh_what_tests_find_against_what_they_call_falsely(tests):
    assert beside_shown.words(tests) == (
        "Of 4 tests 2 call too much in no world; of true pairs they call: Perm I 100%; "
        "interaction test 50%. Worlds in which the others do: knock-offs 1 of 1; iLOCO "
        "1 of 2."
    )
    alone = tests[:1].assign(power=float("nan"))
    assert beside_shown.words(alone) == (
        "Of 1 tests 1 call too much in no world; of true pairs they call: interaction "
        "test none asked."
    )
    assert beside_shown.words(tests[1:2]) == (
        "Of 1 tests 0 call too much in no world. Worlds in which the others do: "
        "knock-offs 1 of 1."
    )


def test_sharing_is_said_of_p_values_alone_the_largest_first(tests):
    text = beside_shown.sharing_words(tests)
    assert text.endswith("tests call at 5 %: Perm I 70% and 10%; iLOCO 20% and 10%.")
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
    assert came[4] == "at most 0.3% of null pairs at 5 %, 2% of true ones"


def test_what_waits_is_named(tests):
    text = beside_shown.waiting(tests)
    assert "iLOCO (F8)" in text and "iLOCO (additive)" not in text
    every = pd.DataFrame([cell(r, w) for r in TESTS for w in RIVALLED])
    assert beside_shown.waiting(every) == ""


def trial(rival, world="F8"):
    return {
        "world": world, "rival": rival, "n_null": 33, "called_05": 1, "any_holm": False,
        "n_true": 12, "true_holm": 6, "seconds": 0.1, "n_false": 0, "n_sharing": 33,
        "sharing_05": 1,
    }  # fmt: skip


def test_tests_stand_in_the_order_of_the_page():
    quick = pd.DataFrame([trial("hunt and test"), trial("tensor splines", "additive")])
    more = pd.DataFrame([trial("Perm I"), trial("iLOCO")])
    rates = calibration.rates(None, [Cell("F8", 1000, "networks", 3)])
    found = all_tests(quick, more, rates, 1000)
    assert found["rival"].tolist() == [
        "tensor splines", "hunt and test", "iLOCO", "Perm I",
    ]  # fmt: skip
    own = rates.assign(sets=3, rate=0.05)
    assert all_tests(quick, None, own, 1000)["rival"].tolist()[0] == OWN


def test_nothing_ran():
    planned = [Cell("F8", 1000, "networks", 3)]
    none = all_tests(None, None, calibration.rates(None, planned), 1000)
    assert beside_shown.words(none) == beside_shown.sharing_words(none) == ""
    assert beside_shown.errors_table(none).empty
    assert beside_shown.power_table(none).empty
