"""Verdicts repeat where values do; what to expect follows from the spread."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.negative_data import seeds
from helpers.studies.negative_data.rows import COLUMNS, row

PUBLISHED = pd.DataFrame(
    {
        "quantity": ["table2.MEF2A.4.with.3", "table2.MEF2A.4.with.2", "order.a"],
        "published": [0.8, 0.5, 1.0],
        "tolerance": [0.1, 0.1, np.nan],
        "relation": ["equals", "equals", "holds"],
    }
)


def judge(values):
    """Call a value reproduced from a half on."""
    return {name: "yes" if value >= 0.5 else "no" for name, value in values.items()}


def test_a_repeat_counts_where_the_stored_value_is_known():
    stored = {"table2.a": 0.9, "table3.b": 0.1}
    repeats = [{"table2.a": 0.7, "table3.b": 0.2, "other": 1.0}, {"table2.a": 0.4}]
    table = seeds.same_verdicts(stored, repeats, judge).set_index("quantity")
    assert table.loc["table2.a"].tolist() == [2, 0.5]
    assert table.loc["table3.b"].tolist() == [1, 1.0]
    assert len(table) == 2
    groups = seeds.by_group({"twice": table.reset_index()})
    assert groups["twice"].tolist() == ["0.50 (1)", "1.00 (1)"]
    assert groups["Rows of"].str[:7].tolist() == ["Table 2", "Table 3"]


def classified(values):
    """Return recalls with three motifs of M_w, a network a value."""
    rows = [(i, "recall", "all", 3, v, np.nan, np.nan) for i, v in enumerate(values)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.assign(motifs="MEF2A", n_filters=4, share=1.0)


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([0.80, 0.81, 0.79], 0.95, 1.0),  # amid the interval
        ([0.2, 0.21, 0.19], 0.95, 1.0),  # far outside: missed again
        ([0.88, 0.92, 0.90], 0.45, 0.55),  # on its border: a coin
        ([0.80, 0.80, 0.80], 1.0, 1.0),  # no spread at all
    ],
)
def test_the_chance_of_the_same_verdict_follows_from_the_spread(values, low, high):
    single = seeds.network_values(classified(values))
    assert single["quantity"].unique() == ["table2.MEF2A.4.with.3"]
    found = seeds.expected_same(single, PUBLISHED)
    assert found["quantity"].tolist() == ["table2.MEF2A.4.with.3"]
    assert low <= found["same"].item() <= high


def test_pairs_are_those_of_m_wo():
    rows = [(0, "pair", "A-B", 2, 0.3, np.nan, np.nan)]
    table = pd.DataFrame(rows, columns=COLUMNS).assign(motifs="distinct_1", n_filters=4)
    both = pd.concat([table.assign(share=0.0), table.assign(share=1.0, value=0.9)])
    found = seeds.network_values(both)
    assert found.to_numpy().tolist() == [["table3.4.A-B", 0, 0.3]]


def test_both_kinds_are_trained_and_recorded():
    table = seeds.both_kinds(
        world={"motifs": "distinct_1", "length": 110, "gap": 8},
        recipe={
            "n_filters": 4, "width": 13, "pool": 20, "n_train": 120, "lr": 0.01,
            "epochs": 1, "n_starts": 1, "n_keep": 1,
        },
        measures={"n_test": 5},
        seed=0,
    )  # fmt: skip
    assert set(table["share"]) == {0.0, 1.0}
    values = seeds.classifier_values(table, ["IG"])
    assert {"table2.distinct_1.4.with.3", "order.recall.distinct_1.4"} <= values.keys()


def test_a_second_run_is_joined_as_the_chapter_joins_its_own():
    rows = [(0, "recall", "all", 4, 0.5, np.nan, np.nan)]
    table = pd.DataFrame(rows, columns=COLUMNS).assign(motifs="MEF2A", n_filters=4)
    large = [table.assign(n_filters=32, share=share) for share in (0.0, 1.0)]
    with_all = table.assign(share=1.0)
    by_rules = [
        table.assign(share=0.0, rule=rule, value=value)
        for rule, value in (("loss", 0.2), ("better half", 0.8))
    ]
    parts = pd.concat(large), with_all, pd.concat(by_rules)
    steps = dict(zip(seeds.STEPS, parts, strict=True))
    (joined,) = seeds.second_run(steps, None)
    found = joined.set_index(["n_filters", "share"])["value"].to_dict()
    assert found == {(32, 0.0): 0.5, (32, 1.0): 0.5, (4, 1.0): 0.5, (4, 0.0): 0.8}
    assert seeds.second_run(dict.fromkeys(seeds.STEPS), None) == []
    assert len(seeds.second_run(steps, table)) == 2


def test_what_is_said_counts_each_row_once():
    expected = pd.DataFrame({"quantity": ["a", "b"], "same": [0.8, 0.6]})
    run = pd.DataFrame({"quantity": ["a", "c"], "repeats": 1, "same": [1.0, 0.5]})
    said = seeds.said({"runs": run}, expected)
    assert "Measured on 2 rows" in said and "in 75.0% of" in said
    assert "On the 1 of them" in said and "all 3 together: 70.0%." in said
    assert "nan" not in seeds.said({"runs": run}, expected[:1])
    for same, word in ((0.95, "met"), (0.5, "missed")):
        repeat = run.assign(same=same)
        said = seeds.said({seeds.SECOND: repeat}, expected)
        assert f"the mark of 90% is {word}." in said


def test_starts_of_counters_are_compared_by_seed():
    def table(starts, seed, total):
        losses = [1.0, 1.4, 2.0, *[9.0] * (starts - 3)]
        rows = [
            row(i, "loss", "kept" if i in (0, 2) else "dropped", -1, v)
            for i, v in enumerate(losses)
        ]
        rows.append(row(0, "recall", "all", 4, total))
        rows.append(row(0, "total", "all", -1, total))
        about = {"motifs": "distinct_1", "n_filters": 4, "effect": "additive"}
        return pd.DataFrame(rows, columns=COLUMNS).assign(**about, seed=seed)

    def judge(values):
        good = {k: v >= 0.7 for k, v in values.items()}
        return {k: "reproduced" if v else "not" for k, v in good.items()} | {"x": "not"}

    many = pd.concat([table(10, 0, 0.7), table(10, 9, 0.9)])
    few = [table(4, 0, 0.7), table(4, 9, 0.6)]
    found = seeds.counted_by_starts([*few, many], judge)
    assert found["Starts"].tolist() == [4, 4, 10, 10]
    assert found["near"].tolist() == [0.5, 0.5, 0.2, 0.2]
    assert (found["worst kept"] == 2).all() and (found["rows"] == 2).all()
    assert found["reproduced"].tolist() == [2, 0, 2, 2]
    assert found["same"].tolist() == [2, 0, 2, 2]


def test_intervals_are_those_of_two_means():
    single = seeds.network_values(classified([0.7, 0.8, 0.9]))
    (half,) = seeds.intervals(single)
    assert half == pytest.approx(4.3027 * 0.1 * np.sqrt(2 / 3), rel=1e-4)


def test_widths_say_which_verdicts_an_interval_would_change():
    rows = PUBLISHED.assign(published=[0.8, 0.5, 1.0])
    stored = {"table2.MEF2A.4.with.3": 0.85, "table2.MEF2A.4.with.2": 0.7}
    half = pd.Series({"table2.MEF2A.4.with.3": 0.04, "table2.MEF2A.4.with.2": 0.3})
    (line,) = seeds.widths({"networks": half}, stored, rows).to_dict("records")
    assert line["rows"] == 2 and line["tolerance"] == 0.1 and line["interval"] == 0.17
    assert line["within"] == 1 and line["within the interval"] == 1


def test_one_repeat_tells_an_interval_for_rows_that_belong_together():
    stored = {"table7.MEF2A.4.additive.4": 0.5, "table7.MEF2A.4.quadratic.1": 0.7}
    stored |= {"table7.MEF2A.32.additive.4": 0.6, "table4.IG.with.4": 0.2}
    stored |= {"table4.IG.without.1": 0.4, "table2.MEF2A.4.with.3": 0.9}
    again = {name: value + 0.1 for name, value in stored.items()}
    again["table7.MEF2A.4.additive.4"], again["table5.IG.with.4"] = 0.8, 0.0
    found = seeds.repeat_intervals(stored, again)
    assert len(found) == 5 and "table2.MEF2A.4.with.3" not in found
    assert found["table4.IG.with.4"] == pytest.approx(0.196)
    four = found[found.index.str.startswith("table7.MEF2A.4")]
    assert four.to_numpy() == pytest.approx(1.96 * np.sqrt((0.09 + 0.01) / 2))
