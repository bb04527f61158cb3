"""The published numbers were copied without slips, as far as they check each other."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PUBLISHED = Path(__file__).parents[1] / "book" / "published"


def published(chapter):
    table = pd.read_csv(PUBLISHED / f"{chapter}.csv")
    assert table["quantity"].is_unique
    return table.set_index("quantity")


@pytest.fixture(scope="module")
def nid():
    return published("5-nid")


@pytest.fixture(scope="module")
def false_positives():
    return published("1-false-positives")


@pytest.mark.parametrize(
    ("method", "rounding"),
    [
        ("anova", 5e-4),
        ("hierarchical-lasso", 6e-4),
        ("rulefit", 5e-4),
        ("additive-groves", 5e-3),
        ("mlp", 5e-3),
        ("mlpm", 5e-3),
    ],
)
def test_table_2_means_are_the_means_of_ten_functions(nid, method, rounding):
    aucs = [nid["published"][f"table2.{method}.F{i}"] for i in range(1, 11)]
    mean = nid["published"][f"table2.{method}.mean"]
    assert mean == pytest.approx(np.mean(aucs), abs=rounding + 1e-9)


def test_table_3_is_whole(nid):
    rows = nid.filter(like="table3.", axis=0)
    data = {quantity.split(".")[1] for quantity in rows.index}
    assert len(data) == 8
    assert len(rows) == 4 * len(data)


def test_tolerances_follow_the_stated_rule(nid):
    # Networks in Table 2: twice the spread of the published trials, at least 0.03.
    for method in ("mlp", "mlpm"):
        rows = nid.filter(like=f"table2.{method}.", axis=0)
        expected = np.maximum(0.03, 2 * rows["spread"])
        np.testing.assert_allclose(rows["tolerance"], expected)


def test_orderings_have_no_tolerance_and_numbers_have_one(nid):
    bare = nid["relation"].isin(["holds", "quoted"])
    assert nid["tolerance"].isna().equals(bare)
    assert (nid["published"][nid["relation"] == "holds"] == 1).all()


@pytest.mark.parametrize("control", ["negative", "positive"])
def test_mean_errors_are_the_means_of_nine_settings(false_positives, control):
    rows = false_positives.filter(regex=f"^mse.valid.{control}.arch", axis=0)
    assert len(rows) == 9
    mean = false_positives["published"][f"mse.valid.{control}.mean"]
    assert mean == pytest.approx(rows["published"].mean(), abs=1e-4)
    expected = np.maximum(0.05, 2 * rows["spread"] * np.sqrt(2 / 5))
    np.testing.assert_allclose(rows["tolerance"], expected, rtol=5e-3)


def test_tolerances_of_counts_follow_the_stated_rule(false_positives):
    counts = false_positives.filter(like="count.", axis=0)
    counts = counts[counts["relation"] == "equals"]
    share = (counts["published"] + 1) / 47
    expected = np.ceil(2 * np.sqrt(45 * share * (1 - share)))
    np.testing.assert_array_equal(counts["tolerance"], expected)


def test_correlations_and_ranges_are_possible(false_positives):
    ranks = false_positives.filter(like="spearman.", axis=0)
    expected = 0.449 * (1 - ranks["published"] ** 2)
    np.testing.assert_allclose(ranks["tolerance"], expected, atol=0.006)
    ranges = false_positives["published"].filter(like="range.")
    for name in ranges.index[ranges.index.str.endswith("smallest")]:
        assert ranges[name] < ranges[name.replace("smallest", "largest")]
