"""What the cells say, on cells made by hand."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.matrix import tables
from helpers.studies.matrix.cells import COLUMNS
from helpers.studies.matrix.methods import methods
from helpers.studies.matrix.truths import truths

COUNTS = [name for name, truth in truths().items() if truth.kind == "counts"]


def made(rows):
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def ranked(method, ap, seconds, worlds):
    """Return a row a data set of every world that ranks."""
    return [
        {"method": method, "truth": name, "data_set": k, "ap": ap, "auc": ap,
         "seconds": seconds, "agreement": 0.5 if k == 0 else np.nan}
        for name in worlds
        if not truths()[name].null
        for k in range(2)
    ]  # fmt: skip


def called(
    method, *, false, corrected, found, seconds=1.0, n_sets=3, worlds=("alleles, hub",)
):
    """Return data sets of worlds that a test takes; one true pair in each."""
    taken = [name for name in worlds if not methods()[method].refusal(truths()[name])]
    return [
        {"method": method, "truth": name, "data_set": k, "ap": 1.0,
         "n_null": 44, "called": false, "any_called": float(corrected), "n_true": 1,
         "found": found, "found_corrected": found, "seconds": seconds}
        for name in taken
        for k in range(n_sets)
    ]  # fmt: skip


def test_a_summary_has_every_cell_or_its_reason():
    cells = tables.summary(made(ranked("FAST", 0.5, 1.0, COUNTS)))
    n = tables.counts(cells)
    assert n["answered"] == sum(not truths()[name].null for name in COUNTS)
    assert n["answered"] + n["refused"] + n["waiting"] == n["cells"]
    own = cells.set_index(["method", "truth"])
    assert own.loc[("FAST", "pure epistasis"), "ap"] == 0.5
    assert own.loc[("FAST", "additive"), "why"] == tables.NOT_RUN
    refused = own.loc[("FAST", "two sequences, adding"), "why"]
    assert refused == "does not take sequences"
    assert f"{n['answered']:,} have an answer" in tables.counted(cells)


def test_chance_is_the_share_of_pairs_that_interact():
    rows = made(called("ANOVA, joint", false=2, corrected=0, found=1))
    wide = tables.ranking(tables.summary(rows))
    (row,) = tables.chance(rows, wide).to_dict("records")
    assert row == {"genotypes": pytest.approx(1 / 45)}
    untold = made(ranked("FAST", 0.5, 1.0, COUNTS))  # no test says how many pairs
    wide = tables.ranking(tables.summary(untold))
    assert tables.chance(untold, wide).isna().all(axis=None)


def test_a_mean_over_fewer_truths_is_left_out():
    rows = ranked("FAST", 0.5, 1.0, COUNTS) + ranked(
        "product lasso", 0.9, 1, COUNTS[:3]
    )
    wide = tables.ranking(tables.summary(made(rows)))
    assert wide.loc["FAST", "genotypes"] == 0.5
    assert "product lasso" not in wide.index


def test_a_specialist_in_an_easy_column_is_not_first():
    easy = [name for name, t in truths().items() if t.group == "one pair"]
    rows = (
        ranked("FAST", 0.9, 1.0, easy)
        + ranked("NID, MLP", 0.9, 1.0, easy)
        + ranked("FAST", 0.5, 1.0, COUNTS)
        + ranked("NID, MLP", 0.3, 1.0, COUNTS)
        + ranked("ArchDetect", 0.9, 1.0, easy)
    )
    wide = tables.ranking(tables.summary(made(rows)))
    assert list(wide.index) == ["FAST", "ArchDetect", "NID, MLP"]


def test_the_cheapest_of_the_close_ones_is_recommended():
    rows = (
        ranked("FAST", 0.79, 1.0, COUNTS)
        + ranked("NID, MLP", 0.80, 9.0, COUNTS)
        + ranked("product lasso", 0.70, 0.1, COUNTS)
    )
    table = made(rows)
    answer = tables.recommended(table, tables.summary(table)).set_index(
        ["data", "question"]
    )
    own = answer.loc[("tables of allele counts", "Which pairs first?")]
    assert own["take"] == "FAST" and "NID, MLP has 0.80" in own["because"]
    n = sum(row["method"] == "FAST" for row in rows)
    assert own["sets"] == n  # fewer than twenty data sets
    assert f"(only {n} data sets, 2 a truth)" in own["because"]
    assert "among the 3 of 3 methods that rank them all" in own["because"]
    other = answer.loc[("sequences", "Which pairs first?"), "take"]
    assert other == "–"


def test_one_data_set_of_each_of_many_truths_is_a_first_look():
    tabular = [n for n, t in truths().items() if t.kind == "table" and not t.null]
    assert len(tabular) > tables.FEWEST
    many = ranked("FAST", 0.5, 1.0, tabular)
    for n_sets, only in ((1, True), (5, False)):
        rows = [row | {"data_set": k} for row in many[::2] for k in range(n_sets)]
        table = made(rows)
        advice = tables.recommended(table, tables.summary(table))
        own = advice.query("data == 'tables of numbers' and take == 'FAST'").iloc[0]
        assert ("(only " in own["because"]) == only == bool(own["only"])
        each = "one" if only else "5"
        assert f"{n_sets * len(tabular)} data sets, {each} a truth" in own["because"]


def test_a_truth_that_alone_keeps_methods_out_is_told():
    ranking = [n for n in COUNTS if not truths()[n].null]
    first, *others = ranking
    rows = (
        ranked("FAST", 0.2, 1.0, [first])
        + ranked("FAST", 0.5, 1.0, others)
        + ranked("NID, MLP", 0.8, 1.0, others)
        + ranked("ArchDetect", 0.7, 1.0, others)
    )
    n = len(others)
    assert tables.shut_out_words(tables.summary(made(rows))) == (
        f"- Tables of allele counts: *{first}* alone keeps 2 methods out; FAST has "
        f"0.20 there. On the other {n} truths 3 methods compete: NID, MLP 0.800, "
        "ArchDetect 0.700, FAST 0.500. The rule would take NID, MLP."
    )
    whole = ranked("FAST", 0.5, 1.0, ranking)
    assert not tables.shut_out_words(tables.summary(made(whole)))


def test_the_group_in_which_the_recommended_one_is_weak_is_named():
    tabular = {n: t for n, t in truths().items() if t.kind == "table" and not t.null}
    assert tabular, {t.kind for t in truths().values()}
    many = [n for n, t in tabular.items() if t.group == "many features"]
    others = [n for n in tabular if n not in many]
    rows = (
        ranked("FAST", 0.8, 1.0, others)
        + ranked("FAST", 0.3, 1.0, many)
        + ranked("ANOVA, per pair", 0.5, 1.0, others)
        + ranked("ANOVA, per pair", 1.0, 1.0, many)
    )
    table = made(rows)
    (own,) = (
        tables.recommended(table, tables.summary(table))
        .query("data == 'tables of numbers' and question == 'Which pairs first?'")
        .to_dict("records")
    )
    assert own["take"] == "FAST"
    weak = "; but 0.30 in the group *many features*, where 1.00 is reached by "
    assert own["because"].endswith(f"{weak}ANOVA, per pair")


def test_a_gain_by_correlation_is_no_loss():
    table = pd.DataFrame(
        {"method": ["a", "b"], "independent": [0.5, 0.4], "correlated": [0.3, 0.45]}
    )
    words = tables.correlation_words(table)
    assert words.startswith("Mean loss 0.08; most: a (0.20). Better with correlated")
    assert words.endswith(": b (0.05).") and "least" not in words
    assert tables.correlation_words(table[:1]).endswith(
        "most: a (0.20), least: a (0.20)."
    )


def test_published_means_are_those_that_are_printed():
    quantities = [f"table2.{key}.mean" for key in tables.PUBLISHED.values()]
    printed = pd.DataFrame({"quantity": quantities, "published": 0.698})
    cells = tables.summary(made([]))
    assert (tables.beside_published(cells, printed)["Published"] == 0.698).all()


def test_a_test_that_calls_too_often_is_not_recommended():
    every = {"worlds": COUNTS}
    rows = (
        called("ANOVA, joint", false=30, corrected=True, found=1, **every)
        + called(
            "interaction test", false=2, corrected=False, found=1, seconds=5.0, **every
        )
        + called("ANOVA, per pair", false=2, corrected=False, found=0, **every)
        + called("ANOVA, bins", false=0, corrected=False, found=1, n_sets=1, **every)
        + called("tensor splines", false=0, corrected=False, found=1, n_sets=30)
    )
    table = made(rows)
    answer = tables.recommended(table, tables.summary(table)).set_index(
        ["data", "question"]
    )
    own = answer.loc[("tables of allele counts", "Is it real?")]
    assert own["take"] == "interaction test"
    assert "too many false calls: ANOVA, joint" in own["because"]
    assert "nothing is shown for linked ones; too many" in own["because"]
    assert "in 0% of 30 data sets (0% to 12%), 5 s; null pairs" in own["because"]
    unsure = "provisional, since false calls in 11.6% of data sets are not excluded: "
    assert own["because"].startswith(unsure)
    assert "bins" not in own["because"]  # too few data sets to say
    assert "splines" not in own["because"]  # cheaper, but some of its truths wait


def test_a_recommended_test_says_on_which_other_data_it_calls_too_much():
    tabular = [name for name, truth in truths().items() if truth.kind == "table"]
    rows = called("ANOVA, bins", false=2, corrected=False, found=1, worlds=COUNTS)
    wrong = called("ANOVA, bins", false=30, corrected=True, found=1, worlds=tabular)
    for some, told in ((rows, False), (rows + wrong, True)):
        table = made(some)
        answer = tables.recommended(table, tables.summary(table)).set_index(
            ["data", "question"]
        )
        own = answer.loc[("tables of allele counts", "Is it real?")]
        assert own["take"] == "ANOVA, bins"
        also = own["because"].endswith("; it calls too much on tables of numbers")
        assert also == told


def test_a_recommended_test_says_where_its_false_calls_are_too_many():
    tabular = [name for name, truth in truths().items() if truth.kind == "table"]
    several = [name for name in tabular if truths()[name].group == "several"]
    usual = {"false": 2, "found": 1, "n_sets": 60}
    rows = called("interaction test", corrected=False, worlds=tabular, **usual)
    for row in rows:
        row["any_called"] = float(row["truth"] in several and row["data_set"] < 15)
    table = made(rows)
    (own,) = (
        tables.recommended(table, tables.summary(table))
        .query("data == 'tables of numbers' and question == 'Is it real?'")
        .to_dict("records")
    )
    n = len({row["truth"] for row in rows}) * 60
    assert own["take"] == "interaction test" and own["sets"] == n
    assert f"in 1% of {n} data sets (1% to 2%), 1 s; but in 25%" in own["because"]
    assert own["because"].startswith("power")  # more than 6% is excluded
    assert own["because"].endswith(
        "; but in 25% of 120 data sets (18% to 34%) of the group *several*"
    )


def test_error_rates_by_hand():
    rows = called("tensor splines", false=2, corrected=False, found=0)
    rows += called("tensor splines", false=4, corrected=True, found=1, n_sets=1)
    (row,) = tables.false_calls(made(rows)).to_dict("records")
    assert row["place"] == "beside real pairs" and row["sets"] == 4
    assert row["rate"] == pytest.approx(10 / 4 / 44)
    assert row["family"] == 0.25 and row["family_low"] < 0.25 < row["family_high"]


def test_what_no_cheaper_method_equals():
    worlds = [
        n for n, t in truths().items() if t.group.endswith(("noise", "correlated"))
    ]
    rows = (
        ranked("FAST", 0.6, 1.0, worlds)
        + ranked("NID, MLP", 0.5, 2.0, worlds)
        + ranked("ArchDetect", 0.7, 3.0, worlds)
    )
    cost = tables.costs(tables.summary(made(rows))).set_index("method")
    assert cost["best"].tolist() == [True, False, True]


def test_intervals_need_two():
    assert np.isnan(tables.interval([0.5])).all()
    low, high = tables.interval([0.4, 0.6])
    assert low < 0.5 < high and high - low == pytest.approx(2 * 12.706 * 0.1, rel=1e-3)


def test_starts_and_rows_shown():
    cells = tables.summary(made(ranked("FAST", 0.5, 1.0, COUNTS)))
    (row,) = tables.starts(cells).to_dict("records")
    assert row["method"] == "FAST" and row["agreement"] == 0.5
    shown = tables.shown(cells)
    assert len(shown) == tables.counts(cells)["answered"]
    assert (shown["Power"] == "–").all()
    assert tables.empty(cells)["Cells"].sum() == (cells["sets"] == 0).sum()


def test_methods_that_share_the_first_place_share_the_sentence():
    ranked = pd.DataFrame(
        {"one pair": [1.0, 0.999, 0.5], "genes": [0.2, np.nan, 0.7]},
        index=["FAST", "ANOVA, bins", "iLOCO"],
    )
    assert tables.best_words(ranked) == (
        "Best of each column: one pair: FAST and 1 other (1.00); genes: iLOCO (0.70)."
    )
    first = "FAST leads every column. "
    assert tables.best_words(ranked[["one pair"]].iloc[:1]).startswith(first)


def test_tests_that_call_too_often_are_told_apart():
    rates = pd.DataFrame(
        {
            "place": ["nothing interacts"] * 3 + ["beside real pairs"],
            "method": ["ANOVA, bins", "Perm R", "iLOCO", "Perm R"],
            "rate_low": [0.1, 0.01, 0.01, 0.01],
            "family_low": [0.0, 0.1, 0.0, 0.0],
        }
    )
    assert tables.false_words(rates) == (
        "Shown to call more than 6% (a whole interval above). Nothing interacts: "
        "2 of 3 tests; by null pairs alone: *ANOVA, bins*; by data sets alone: "
        "*Perm R*. Beside real pairs: 0 of 1 tests."
    )


@pytest.mark.parametrize(
    "column", ["ap", "auc", "first", "called", "any_called", "found", "found_corrected"]
)
def test_a_cell_agrees_only_if_all_that_is_counted_does(column):
    row = {"method": "m", "truth": "t", "data_set": 0, "called": 1, "found": 1}
    row |= {"ap": 0.5, "auc": 0.5, "any_called": 0.0, "found_corrected": 1.0}
    row |= {"first": 1.0}
    stored = pd.DataFrame([row, row | {"data_set": 1, "ap": np.nan}])
    assert (
        "2 stored data sets of cells were asked again here: 2 answer"
        in tables.again(stored, stored)
    )
    other = stored.assign(**{column: [0.9, float(stored[column][1])]})
    said = tables.again(other, stored)
    assert "here: 1 answer as stored. Others: m" in said
