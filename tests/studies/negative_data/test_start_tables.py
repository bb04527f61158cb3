"""What the tables of starts show follows from what was stored of each start."""

import pandas as pd
import pytest

from helpers.studies.negative_data import start_tables
from helpers.studies.negative_data.rows import AVERAGE


def classified(rows, **about):
    """Return classifiers from (share, network, measure, detail, count, value)."""
    columns = ["share", "network", "measure", "detail", "motifs_present", "value"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(n_filters=4, motifs="distinct_1", **about)


def a_start(share, start, loss, kept, matches, recall=0.5):
    """Return what is stored of one start."""
    rows = [(share, start, "loss", "kept" if kept else "dropped", -1, loss)]
    rows += [(share, start, "start match", m, -1, v) for m, v in matches.items()]
    return rows + [(share, start, "start recall", "all", k, recall) for k in range(5)]


def test_starts_are_listed_by_loss_with_what_they_hold():
    matches = {"A": 0.9, "B": 0.9}
    rows = a_start(0.0, 0, 0.5, False, matches) + a_start(0.0, 1, 0.4, True, matches)
    shown = start_tables.starts(classified(rows), 0.0)
    assert shown["start"].tolist() == [1, 0] and shown["A"].eq(0.9).all()
    assert shown["recall of 3"].eq(0.5).all() and "recurring" not in shown
    weakest = start_tables.weakest_matches(classified(rows))
    assert weakest["weakest"].eq(0.9).all()
    assert weakest["kept"].tolist() == [True, False]
    assert start_tables.all_starts(None) == []
    both = pd.concat([classified(rows), classified(rows).assign(share=1.0)])
    assert [text.split(",")[0] for text, _ in start_tables.all_starts(both)] == [
        "M_w",
        "M_wo",
        "Mean recall of the starts that a rule keeps",
    ]


def test_long_lists_of_starts_are_cut_and_losses_keep_their_digits():
    rows = [
        row
        for start in range(20)
        for row in a_start(0.0, start, 0.0052 + start / 1e4, start < 2, {"A": 0.9})
    ]
    both = pd.concat([classified(rows), classified(rows).assign(share=1.0)])
    text, shown = start_tables.all_starts(both)[0]
    assert "the 16 of 20 starts with the lowest loss" in text and len(shown) == 16
    assert shown["loss"][:2].tolist() == [0.0052, 0.0053]


@pytest.fixture
def three():
    """Start 0 has the lowest loss, 1 all motifs, 2 most recurring filters."""
    rows = a_start(0.0, 0, 0.1, False, {"A": 0.7, "B": 0.7}, 0.0)
    rows += a_start(0.0, 1, 0.2, False, {"A": 0.9, "B": 0.8}, 0.5)
    return rows + a_start(0.0, 2, 0.3, True, {"A": 0.9, "B": 0.1}, 1.0)


def test_a_rule_keeps_starts_by_loss_or_by_what_they_hold(three):
    shown = start_tables.selections(classified(three))
    assert shown["kind"].eq("M_wo").all() and shown["starts"].tolist() == [1, 1, 1, 3]
    assert shown["with all motifs"].tolist() == [0, 1, 1, 1]
    assert shown["recall of 3"].tolist() == [0.0, 0.5, 0.5, 0.5]
    three += [(0.0, s, "start motifs", "agreement", -1, 1 + s // 2) for s in range(3)]
    three += [(0.0, s, "start motifs", "better half", -1, s - 1) for s in range(3)]
    shown = start_tables.selections(classified(three))
    used = shown[shown["rule"].str.endswith("(used here)")]
    assert used["recall of 3"].item() == 1.0 and used["motifs found"].item() == 1
    assert shown["rule"].tolist()[1:3] == [
        "most recurring motifs, of all",
        "most recurring motifs, of the better half (used here)",
    ]
    alone = start_tables.starts(classified(three), 0.0)
    assert alone["recurring"].tolist() == [1, 1, 2]
    assert alone["recurring in the half"].isna().tolist() == [True, False, False]
    assert start_tables.weakest_matches(classified(three))["weakest"].max() == 0.8


def rules(value):
    """Return recall and visibility of M_wo, `value` everywhere."""
    rows = [(0.0, 0, "recall", "all", k, value) for k in range(5)]
    rows += [(0.0, AVERAGE, "probability", "IG NHLH1", k, value) for k in (1, 2, 3, 4)]
    return classified(rows)


def test_the_rule_takes_the_place_of_the_loss_for_one_kind_only():
    by_loss = pd.concat([rules(0.1), rules(0.2).assign(share=1.0)])
    large = rules(0.3).assign(n_filters=32)
    by_loss = pd.concat([by_loss, large, large.assign(share=1.0)], ignore_index=True)
    values = {"loss": 0.1, "agreement": 0.5, "better half": 0.7, "truth": 0.9}
    by_rules = pd.concat([rules(v).assign(rule=rule) for rule, v in values.items()])
    shown = start_tables.judged(by_loss, by_rules)
    means = shown.groupby(["share", "n_filters"])["value"].mean()
    assert means[0.0, 4] == pytest.approx(0.7) and means[1.0, 4] == pytest.approx(0.2)
    assert means[0.0, 32] == pytest.approx(0.3) and list(shown) == list(by_loss)
    pd.testing.assert_frame_equal(start_tables.judged(by_loss, None), by_loss)
    other = by_rules.assign(motifs="MEF2A")
    assert len(start_tables.judged(by_loss, other)) == len(by_loss)
    small = by_loss["n_filters"] == 4
    alone = by_loss[~small | (by_loss["share"] == 1.0)]  # M_wo was kept by rules only
    both = start_tables.judged(alone, by_rules)
    means = both[both["n_filters"] == 4].groupby("share")["value"].mean()
    assert means[0.0] == pytest.approx(0.7) and means[1.0] == pytest.approx(0.2)
    assert set(start_tables.judged(alone, None)["n_filters"]) == {32}
    assert start_tables.judged(alone[alone["n_filters"] == 4], None) is None
    assert start_tables.judged(None, by_rules) is None
    published = {f"table2.distinct_1.4.without.{k}": k / 10 for k in range(5)}
    published |= {f"table5.IG.without.{k}": k / 5 for k in range(1, 5)}
    lines = start_tables.by_rule(by_rules, published, "distinct_1")
    assert lines["recall of 3"].tolist() == [0.1, 0.5, 0.7, 0.9, 0.3]
    assert lines["NHLH1, 1"].tolist() == [0.1, 0.5, 0.7, 0.9, 0.2]
    assert [line.split(" (")[0] for line in lines["rule"]] == [
        "lowest loss",
        "most recurring motifs, of all",
        "most recurring motifs, of the better half",
        "most motifs found",
        "published",
    ]


def test_a_rule_is_checked_against_what_filters_match():
    rows = [("loss", s, "start motifs", "loss", 0) for s in (0, 1)]
    rows += [("truth", s, "start motifs", "truth", 2 + s) for s in (0, 1)]
    rows += [("better half", s, "start motifs", "better half", 2) for s in (0, 1)]
    rows += [("agreement", s, "start motifs", "agreement", 3 * s - 1) for s in (0, 1)]
    for rule, kept in (("loss", 0), ("truth", 1), ("better half", 0), ("agreement", 1)):
        rows.append((rule, kept, "loss", "kept", 0.5 + kept))
        rows.append((rule, 1 - kept, "loss", "dropped", 9.0))
    columns = ["rule", "network", "measure", "detail", "value"]
    table = pd.DataFrame(rows, columns=columns).assign(motifs_present=-1)
    recall = [
        (rule, 0, "recall", "all", 0.5, k)
        for rule in ("loss", "truth", "better half", "agreement")
        for k in (2, 3)
    ]
    recall = pd.DataFrame(recall, columns=[*columns, "motifs_present"])
    table = pd.concat([table, recall]).assign(motifs="distinct_1", n_filters=4)
    found = start_tables.found_by_rule(table).set_index("rule")
    right = found["counted right"]
    assert right["lowest loss"] == "" and right[start_tables.TRUTH] == "2 of 2"
    assert right[start_tables.USED["M_wo"]] == "1 of 2"
    assert right[start_tables.FIRST] == "0 of 1"  # one it may not keep
    assert found.loc[start_tables.TRUTH, "motifs found"] == 3
    assert found.loc["lowest loss", "loss"] == 0.5
    assert found["recall of 3"].eq(0.5).all()
    assert start_tables.rule_tables(None, {}) == []
