import numpy as np
import pandas as pd
import pytest

from helpers.studies.nid import cutoffs, times

CUTTING = {
    "l1_strength": 1e-4,
    "l2_strength": 1e-4,
    "max_steps": 1,
    "max_epochs": 1,
    "patience": 1,
}


def run(name, sets=("none", "1-2"), errors=(1.0, 0.2), **change):
    """Return the steps of one run; the last one is kept."""
    steps = len(sets)
    table = pd.DataFrame(
        {
            "name": name,
            "trial": 0,
            "step": range(steps),
            "added": ["none", *(s.split()[-1] for s in sets[1:])],
            "sets": sets,
            "validation_error": errors,
            "test_error": errors,
            "kept": [False] * (steps - 1) + [True],
            "reached": False,
            "n_sets": [0 if s == "none" else len(s.split()) for s in sets],
            "mean_order": 2.0,
            "target": 0.0,
            "test_target": 0.0,
            "target_seconds": 2.0,
            "seconds": 3.0,
            "stored": False,
        }
    )
    return table.assign(**change)


def test_sets_as_text():
    assert cutoffs.name_of((0, 2)) == "1-3"
    assert cutoffs.name_of(()) == "none"
    assert cutoffs.named("1-3 2-3", ["a", "b", "c"]) == "a × c; b × c"
    assert cutoffs.named("1-2-3-4-5", "abcde") == "5 features"
    assert cutoffs.named("none", "ab") == "none"


@pytest.mark.parametrize(
    ("added", "function", "said"),
    [
        ("1-2", "F10", "true set"),
        ("3-5", "F10", "part of a true set"),  # of {3,5,7}
        ("1-3", "F10", "false"),
        ("1-2-3", "F10", "false"),
        ("none", "F10", ""),
        ("1-2", "letter_recognition", ""),
    ],
)
def test_what_a_set_is_to_the_truth(added, function, said):
    assert cutoffs.verdict(added, function) == said


def test_stored_rows_fill_in_for_what_did_not_run():
    here, stored = run("F1").drop(columns="stored"), pd.concat([run("F1"), run("F2")])
    both = cutoffs.with_stored(here, stored.drop(columns="stored"))
    assert both.groupby("name")["stored"].first().to_dict() == {"F1": False, "F2": True}
    assert cutoffs.with_stored(None, None) is None
    assert cutoffs.together([None, both, None]).equals(both)
    assert cutoffs.together([None]) is None


def test_panels_are_titled_and_none_without_data():
    curves = pd.concat([run("F1"), run("F2", stored=True)])
    shown, titles = cutoffs.panels(curves, {"F1": "one", "F2": "two", "F3": "three"})
    assert titles == {"F1": "one", "F2": "two (stored)"}
    assert shown["verdict"].tolist() == ["", "part of a true set"] * 2  # of {1,2,3}
    assert cutoffs.panels(curves, {"F9": "nine"}) == (None, {})
    assert cutoffs.panels(None, {"F1": "one"}) == (None, {})


def test_shares_of_true_sets():
    curves = run("F10", sets=("none", "1-2", "1-2 1-3"), errors=(1.0, 0.5, 0.4))
    (kept,) = cutoffs.against_truth(curves).to_dict("records")
    assert kept["true"] == 0.5  # {1,2} is true, {1,3} is not
    assert kept["recall"] == 0.25  # one of four
    (row,) = cutoffs.truth_table(curves).to_dict("records")
    assert row["added: true or part"] == row["kept: true or part"] == 0.5
    values = cutoffs.truth_values(curves, ["fig6.F10.kept-sets-true"])
    assert values == {"fig6.F10.kept-sets-true": True}
    stored = curves.assign(stored=True)
    assert cutoffs.truth_values(stored, ["fig6.F10.kept-sets-true"]) == {}


def test_a_model_that_keeps_nothing_has_no_true_sets():
    curves = run("F10", sets=("none",), errors=(1.0,))
    assert not cutoffs.truth_values(curves, ["fig6.F10.kept-sets-true"])[
        "fig6.F10.kept-sets-true"
    ]


def test_gains_in_ones_head():
    # Main effects leave 1, the kept model 0.2, MLP-M 0: it gains 0.8, or 80%.
    gains = cutoffs.gains(pd.concat([run("F3"), run("F1")]))
    assert gains.index.tolist() == [("F3", 0)]  # F1 is not in Table 3
    values = cutoffs.gain_values(gains)["F3"]
    assert values == pytest.approx(
        {"relative": 80, "absolute": 0.8, "sets": 1, "order": 2}
    )
    assert cutoffs.recorded_gains(gains)["table3.F3.relative"] == pytest.approx(80)
    assert cutoffs.recorded_gains(cutoffs.gains(run("F3", stored=True))) == {}
    (row,) = cutoffs.gain_table(gains).to_dict("records")
    assert row["Relative, %"] == "80.0"
    assert row["Trials"] == "1, 0 reach MLP-M"


def test_what_real_data_add_to_the_comparison():
    whole = "-".join(str(i) for i in range(1, 17))
    housing = run(
        "california_housing",
        sets=("none", "7-8", "7-8 1-2"),
        errors=(1.0, 0.5, 0.2),
    )
    letters = run("letter_recognition", sets=("none", whole))
    values = cutoffs.real_cutoff_values(pd.concat([housing, letters]))
    assert values == {
        "fig7.cal-housing.first-set": True,  # 0.5 of 0.8
        "fig7.letter.one-16-way-set": True,
    }
    late = housing.assign(validation_error=[1.0, 0.9, 0.2])
    assert not cutoffs.real_cutoff_values(late)["fig7.cal-housing.first-set"]


def test_main_effects_leave_what_the_functions_have_in_interactions():
    # Almost all of F5 is left as published, and less than 1 of any function.
    left = cutoffs.left_by_main_effects("F5", seed=0, n_rows=20_000, n_bins=20)
    assert left == pytest.approx(0.68, abs=0.03)
    published = pd.Series(
        {f"table3.{f}.absolute": 0.9 for f in ("F3", "F5", "F7", "F10")}
    )
    gains = cutoffs.possible_gains(published, seed=0).set_index("Function")
    assert not gains["Possible (up to 2% above)"].any()
    shares = gains["As a share of it"].str.rstrip("%").astype(float)
    assert shares["F5"] == pytest.approx(90 / left, abs=5)


def test_one_step_of_one_function():
    table = cutoffs.cut_functions(
        functions=["F10"], trial=0, n_samples=90, seed=0, device="cpu", **CUTTING
    )
    assert table["step"].tolist() == [0, 1] or table["step"].tolist() == [0]
    assert table["sets"][0] == table["added"][0] == "none"
    assert table["kept"].sum() == 1 and np.isfinite(table["test_error"]).all()
    other = cutoffs.cut_functions(
        functions=["F10"], trial=0, n_samples=90, seed=1, device="cpu", **CUTTING
    )
    assert other["target"][0] != table["target"][0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"l1_strength": -1}, "l1_strength must be at least 0"),
        ({"max_steps": 0}, "max_steps must be at least 1"),
    ],
)
def test_bad_settings_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        cutoffs.Cutting(**(CUTTING | change))


def test_times_add_the_steps_to_the_target():
    groves = pd.DataFrame(
        {"method": ["Additive Groves"], "function": ["F1"], "seconds": [400.0]}
    )
    seconds = times.times(run("F1"), groves, None)
    by_method = seconds.set_index("method")["seconds"].to_dict()
    assert by_method == {"Additive Groves": 400, "NID": 2, "NID with cut-off": 8}
    values = times.speed_values(seconds, groves, run("F1"))
    assert values == {"fig8b.speed-up": 200, "fig8b.faster-with-cutoff": True}
    assert times.speed_values(seconds, groves, run("F1", stored=True)) == {}
    assert times.speed_values(seconds, None, run("F1")) == {}
    assert times.times(None) is None
