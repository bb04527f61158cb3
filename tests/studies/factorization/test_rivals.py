"""Other tests of pairs of factors, and other read-outs of frozen filters."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.significance.factor_pairs import sum_of
from helpers.studies.factorization import read_outs, rivals, settings, worlds

TINY = {
    "n": 2_000, "length": 60,
    "network": {"n_filters": 5, "width": 8, "n_factors": 3},
    "recipe": {"epochs": 1, "batch_size": 100},
}  # fmt: skip


@pytest.fixture(scope="module")
def numbers():
    """Return four columns, and labels that two of them make together."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3_000, 4))
    logit = x[:, 0] + 0.8 * x[:, 1] * x[:, 2]
    return x, (rng.random(3_000) < 1 / (1 + np.exp(-logit))).astype(float)


def frozen(x, y, factors):
    return worlds.Frozen(x, np.zeros((len(x), 9), int), y, factors, 3, 0.5, 0.5)


def test_the_score_test_is_that_of_the_whole_information_matrix(numbers):
    x, y = numbers
    p = rivals.product_p(x, y)
    centred = (x - x.mean(axis=0)) / x.std(axis=0)
    fitted = sum_of(centred, y)
    design = np.column_stack([np.ones(len(x)), centred, centred[:, 0] * centred[:, 3]])
    information = design.T @ (design * (fitted * (1 - fitted))[:, None])
    score = design[:, -1] @ (y - fitted)
    chi2 = score**2 * np.linalg.inv(information)[-1, -1]
    assert p[2] == pytest.approx(stats.chi2.sf(chi2, 1), rel=1e-6)
    assert p[3] < 1e-20 and p[[0, 1, 2, 4, 5]].min() > 1e-3  # (1, 2) alone


def test_products_of_unrelated_columns_are_called_at_the_level():
    rng = np.random.default_rng(1)
    p = []
    for _ in range(60):
        x = rng.normal(size=(400, 5))
        y = (rng.random(400) < 1 / (1 + np.exp(-x[:, 0]))).astype(float)
        p.extend(rivals.product_p(x, y))
    assert 0.03 < np.mean(np.array(p) < 0.05) < 0.075


def test_products_count_pairs_of_filters_of_two_names(numbers):
    x, y = numbers
    found = rivals.products(frozen(x, y, ["B", "A", "A", None]), 0, "cpu")
    assert found[["first", "second"]].to_numpy().tolist() == [["A", "B"]]
    p = rivals.product_p(x, y)
    assert found["p"].iloc[0] == pytest.approx(min(1, 2 * min(p[0], p[1])))
    assert not len(rivals.products(frozen(x, y, ["A", "A", None, None]), 0, "cpu"))


def test_the_interaction_test_joins_filters_of_one_name(numbers):
    x, y = numbers
    found = rivals.interactions(frozen(x, y, ["B", "C", "A", "A"]), 0, "cpu")
    assert sorted(map(tuple, found[["first", "second"]].to_numpy())) == [
        ("A", "B"), ("A", "C"), ("B", "C"),
    ]  # fmt: skip
    assert tuple(found[["first", "second"]].iloc[0]) == ("A", "C")
    assert found["p"].iloc[0] < 0.01 and found["p"].iloc[1:].min() > 0.05
    dead = np.column_stack([np.zeros(len(x)), x])
    again = rivals.interactions(frozen(dead, y, [None, "B", "C", "A", "A"]), 0, "cpu")
    pd.testing.assert_frame_equal(again, found)
    none = rivals.interactions(frozen(x, y, ["A", "A", None, None]), 0, "cpu")
    assert none.columns.tolist() == ["first", "second", "p"] and not len(none)


def test_every_method_has_a_row_a_data_set_and_a_rate():
    methods = ["redrawn labels", "products, Bonferroni"]
    found = rivals.rivals_tested(
        kind="ten pairs", strength=3.0, seeds=[1, 2], methods=methods, **TINY
    )
    assert found["method"].tolist() == methods * 2
    assert (found["right"] <= found["called"]).all() and found["p"].between(0, 1).all()
    assert (found["called"] <= found["pairs"]).all()
    table = rivals.rival_table(found.assign(p=[0.05, 0.5] * 2))
    assert table["with a call"].str[:4].tolist() == ["1.00", "0.00"]
    assert (table["Data sets"] == 2).all()


def test_words_count_false_calls_and_right_ones():
    table = pd.DataFrame({"method": "m", "kind": ["additive", "additive", "ten pairs"]})
    said = rivals.rival_words(table.assign(called=[0, 2, 3], right=[0, 0, 1]))
    assert said == (
        "By *m* a pair is called in 1 of 2 data sets of *additive*; where "
        "partners decide, 1 of 3 pairs called are partners."
    )


def test_false_products_are_counted_by_size():
    parts = rivals.product_parts([600, 800], 2, 0, each=1)
    assert [(p["n"], len(p["seeds"])) for p in parts] == [(600, 1)] * 2 + [(800, 1)] * 2
    about = {k: v for k, v in TINY.items() if k != "n"}
    found = rivals.products_called(n=600, seeds=[1], **about)
    assert found["filter_pairs"].tolist() == [10]
    assert (found["factor_calls"] <= found["factor_pairs"]).all()
    table = pd.DataFrame({"n": [600, 600, 800], "filter_pairs": 10, "factor_pairs": 3})
    table["filter_calls"], table["factor_calls"] = [0, 4, 1], [0, 1, 0]
    small, large = rivals.product_table(table).to_dict("records")
    assert small["sets with a false filter pair"] == 1 == large["Data sets"]
    assert (
        small["most false filter pairs"] == 4 and small["most false factor pairs"] == 1
    )


def test_read_outs_share_filters_and_rows():
    asked = settings.frozen_settings(
        {"n": 400, "length": 100, "positives": None}, 20, epochs=1,
        read_outs={"epochs": 2, "n_networks": 2}, n_candidates=1,
    )  # fmt: skip
    table = read_outs.compare(**asked, hidden=[4], seed=3)
    assert set(table["kind"]) == set(read_outs.KINDS)
    assert table.groupby("kind")["network"].nunique().eq(2).all()
    shown = read_outs.area_table(table)
    assert shown.columns.tolist() == ["Training", "sum", "FM", "MLP"]
    some = table[(table["measure"] == "auc") & (table["kind"] == "MLP")]
    assert shown["MLP"].iloc[0] == pytest.approx(some["value"].mean())
    pd.testing.assert_frame_equal(table, read_outs.compare(**asked, hidden=[4], seed=3))
