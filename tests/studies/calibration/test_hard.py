"""Trials on hard tables, and of options of the test: counts and rates by hand."""

import numpy as np
import pandas as pd
import pytest

from helpers.press.results import Store
from helpers.significance.interaction import Settings, asking
from helpers.studies import calibration
from helpers.studies.calibration.hard import WAYS, _asked
from helpers.truth.hard_tables import HARD_TABLES, draw_hard


def test_trials_of_a_hard_table_are_a_stored_step(tmp_path):
    store = Store("calibration", size="smoke", root=tmp_path)
    table = store.stored_or_run(
        "hard", calibration.hard_trials, {"seed": 0},
        parts=calibration.hard_parts("smoke"),
    )  # fmt: skip
    assert table["table"].tolist() == ["few rows"] and table["n_null"][0] == 10
    assert calibration.hard_rates(table)["sets"].tolist() == [1]


def test_parts_hold_every_table_and_way_alike():
    parts = pd.DataFrame(calibration.hard_parts("paper"))
    assert not parts.duplicated().any()
    assert set(parts["way"]) == set(WAYS)
    sets = parts.groupby(["table", "way", "n_rows"])["n_sets"].sum()
    dna = sets.index.get_level_values("table").str.startswith("DNA")
    assert (sets[~dna] == 100).all()
    assert (sets[dna] == 200).all()
    assert set(sets[dna].index.get_level_values("n_rows")) == {1000, 3000}
    few = parts[parts["table"] == "few rows"]
    assert (few["n_rows"] == 250).all()


def test_only_one_kind_of_trees_has_seen_the_rows():
    (seen, one), (unseen, two) = (
        _asked("additive", 400, way, 3) for way in ("trees, seen", "trees, unseen")
    )
    np.testing.assert_array_equal(seen.X, unseen.X)
    off = [
        ((data.y - how["fitted"].predict(data.X)) ** 2).mean()
        for data, how in ((seen, one), (unseen, two))
    ]
    assert off[0] < 0.7 * off[1]


#: Of `rates`, what `for_answers` reads.
NEEDED = (
    "world",
    "learner",
    "way",
    "n_rows",
    "sets",
    "rate",
    "family",
    "verdict",
    "power",
)


def counts(table="skewed", way="as it is", called=(0, 4), n_true=1, **more):
    n = len(called)
    return pd.DataFrame(
        {
            "table": table, "n_rows": 1000, "way": way, "data_set": range(n),
            "seconds": 2.0, "n_pairs": 45, "n_null": 40, "n_unclear": 5 - n_true,
            "called_05": called, "called_001": 0, "any_holm": np.array(called) > 3,
            "n_true": n_true, "true_holm": n_true, "any_step": np.nan,
            "true_step": np.nan,
        } | more
    )  # fmt: skip


def test_rates_are_shares_over_data_sets():
    row = calibration.hard_rates(counts()).iloc[0]
    assert row["rate"] == pytest.approx(0.05) and row["family"] == 0.5
    assert row["power"] == 1 and row["unclear"] == pytest.approx(4 / 45)
    assert row["verdict"].startswith("open")
    many = calibration.hard_rates(counts(called=[4, 5] * 15)).iloc[0]
    assert many["verdict"] == "fails: too many calls"


def test_tables_without_null_pairs_have_power_alone():
    all_true = counts(called=(0, 0), n_null=0, n_true=45, true_holm=9)
    row = calibration.hard_rates(all_true).iloc[0]
    assert row["sets"] == 0 and row["verdict"] == "" and row["power"] == 0.2


def test_unknown_ways_are_named():
    with pytest.raises(ValueError, match="way must be one of as it is"):
        calibration.hard_trials(
            table="counts", n_rows=100, way="backwards", first_set=0, n_sets=1, seed=0
        )


def test_what_fails_stands_first_and_what_waits_is_named():
    both = pd.concat(
        [counts("levels", called=[1, 3] * 15), counts("outliers", called=[4, 5] * 15)]
    )
    done = calibration.hard_rates(both)
    shown = calibration.hard_shown(done)
    assert shown["table"].tolist() == ["outliers", "levels"]
    assert shown["called (Holm)"].tolist() == ["100%", "100%"]
    waiting = calibration.hard_waiting(done)
    assert "skewed;" in waiting and "outliers" not in waiting
    assert "DNA, pair (3,000 rows)" in waiting


def test_a_table_of_two_sizes_has_a_row_for_each():
    small, large = (counts("DNA, pair", called=[4, 5] * 15), counts("DNA, pair"))
    rates = calibration.hard_rates(pd.concat([small, large.assign(n_rows=3000)]))
    shown = calibration.hard_shown(rates)
    assert shown["rows"].tolist() == ["1,000", "3,000"]
    assert shown["data sets"].tolist() == ["30 of 200", "2 of 200"]
    assert shown["verdict"].str.startswith("fails").tolist() == [True, False]
    assert "DNA, pair" not in calibration.hard_waiting(rates)


def test_step_down_is_judged_by_its_own_calls():
    many = {"called": [0] * 20, "true_step": 1}
    right = counts("additive", "step-down", any_step=0.0, **many)
    wrong = counts("strong and weak", "step-down", any_step=1.0, **many)
    rates = calibration.hard_rates(pd.concat([right, wrong]))
    assert rates["verdict"].tolist() == ["holds", "fails: too many calls"]
    assert rates["family"].tolist() == [0, 1] and rates["rate"].isna().all()


def test_ways_stand_beside_each_other():
    both = pd.concat(
        [
            counts("strong and weak", "step-down", any_step=1.0, true_step=1),
            counts("additive", "trees, seen"),
        ]
    )
    shown = calibration.ways_shown(calibration.hard_rates(both))
    assert shown["way"].tolist() == ["trees, seen", "step-down"]
    assert shown["p ≤ .05"].tolist()[1] == ""  # step-down has calls alone
    assert shown["family-wise"].tolist()[1].startswith("100.0%")
    waiting = calibration.ways_waiting(calibration.hard_rates(both))
    assert "step-down (additive)" in waiting and "trees, seen" not in waiting


def test_an_option_is_worth_taking_where_it_holds_and_finds_more():
    tables = {"additive": 0, "one product": 1}
    usual = [
        counts(table, called=[2] * 30, n_true=n, true_holm=[0, n] * 15)
        for table, n in tables.items()
    ]
    better = [
        counts(table, "crossed", called=[2] * 30, n_true=n)
        for table, n in tables.items()
    ]
    trials = pd.concat([*usual, *better])
    hard = calibration.hard_rates(trials)
    text = calibration.ways_words(hard, trials)
    rates = "in 0.0% of 60 data sets (0.0% to 6.0%)"
    assert text == (
        "*crossed* holds in the 2 tables: a false call after Holm "
        f"{rates}, as it is {rates}; of null pairs it calls 5.0% at 5%, for 5.0%; "
        "of true pairs one product 30 for 15 of 30. By the rule it is **worth taking**."
    )
    ceiling = pd.concat([*usual, *[own.assign(way="crossed") for own in usual]])
    alike = calibration.ways_words(calibration.hard_rates(ceiling), ceiling)
    assert alike.endswith("**not worth taking**.")  # as much, and nowhere more
    wrong = [own.assign(called_05=9) for own in better]
    both = pd.concat([*usual, *wrong])
    text = calibration.ways_words(calibration.hard_rates(both), both)
    assert "does not hold" in text and text.endswith("**not worth taking**.")
    assert calibration.ways_words(hard[hard["way"] == "as it is"], trials) == ""
    told = calibration.for_answers(
        calibration.rates(None, []).reindex(columns=NEEDED), hard
    )
    assert sorted(told["told"]) == ["crossed"] * 2 + ["nothing"] * 2


def test_called_pairs_are_counted_by_the_calls_of_each_way():
    usual = counts("one product", called=[2] * 20, true_holm=[1, 0] * 10)
    own = {"way": "step-down", "called": [2] * 30, "any_step": 0.0}
    stepped = counts("one product", true_holm=0, true_step=[1] * 11 + [0] * 19, **own)
    trials = pd.concat([usual, stepped])
    text = calibration.ways_words(calibration.hard_rates(trials), trials)
    assert "false call by p_step in 0.0% of 30 data sets" in text
    assert "of null pairs" not in text  # it has calls alone
    assert "of true pairs one product 11 of 30 for 10 of 20. By the rule" in text


def test_calls_that_mean_less_are_counted():
    right = counts("exponential", called=(0, 0, 4), true_holm=[1, 0, 0])
    false = counts("its logarithm", called=(0, 4, 4), n_true=0)
    found = calibration.meaning(pd.concat([right, false]))
    found = found.set_index("the data")["data sets with a call"]
    # A null pair that is called beside true ones is no call that means less.
    assert found["the exponential of a sum"] == "1 of 3"
    assert found["its logarithm"] == "2 of 3"
    assert "not run yet" in found.tolist()
    assert (calibration.meaning(None)["what is true"].str.len() > 0).all()


def test_answers_are_told_of_hard_tables_too():
    hard = calibration.hard_rates(
        pd.concat(
            [counts("counts", called=[2] * 20), counts("selected", called=[2] * 20)]
        )
    )
    none = calibration.rates(None, [])
    table = calibration.for_answers(none.reindex(columns=NEEDED), hard)
    assert table[["world", "family", "kind"]].values.tolist() == [
        ["counts", "poisson", "correlated"]
    ]
    assert table["verdict"].tolist() == ["holds"]


def test_wide_tables_and_crossed_learners_are_told_apart():
    hard = calibration.hard_rates(counts("many features", called=[2] * 20))
    crossed = pd.DataFrame(
        [{"world": "F8", "n_rows": 1000, "learner": "products", "way": way, "sets": 40,
          "rate": 0.05, "family": 0.0, "verdict": "holds", "power": 0.5}
         for way in ("crossed",)]
    )  # fmt: skip
    table = calibration.for_answers(crossed, hard)
    assert table[["world", "learner", "told"]].values.tolist() == [
        ["many features", "networks", "columns"], ["F8", "products", "crossed"],
    ]  # fmt: skip


@pytest.mark.parametrize("name", HARD_TABLES)
def test_every_table_has_the_rows_that_the_test_asks_for(name):
    table, settings = HARD_TABLES[name], Settings()
    data = draw_hard(name, table.rows, seed=0)
    n_columns = data.X.shape[1]
    if data.covariates is not None:
        n_columns += np.reshape(data.covariates, (len(data.X), -1)).shape[1]
    part = table.rows * (1 - settings.first) / settings.n_folds
    assert part - 2 >= asking.ROWS_PER_COLUMN * n_columns  # parts differ by a row
