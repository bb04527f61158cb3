"""The published numbers were copied without slips, as far as they check each other."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.press.results import Store
from helpers.studies.negative_data.seeds import run_values
from helpers.studies.negative_data.settings import World

PUBLISHED = Path(__file__).parents[2] / "book" / "published"


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


def test_tolerances_of_counts_are_those_of_a_difference(false_positives):
    counts = false_positives.filter(like="count.", axis=0)
    counts = counts[counts["relation"] == "equals"]
    share = (counts["published"] + 1) / 47
    expected = np.ceil(2 * np.sqrt(2 * 45 * share * (1 - share)))
    np.testing.assert_array_equal(counts["tolerance"], expected)
    tabular = false_positives.loc[["tabular.paired", "tabular.against-zero"]]
    share = (tabular["published"] + 1) / 27
    expected = np.ceil(2 * np.sqrt(2 * 25 * share * (1 - share)))
    np.testing.assert_array_equal(tabular["tolerance"], expected)


def test_tolerances_of_the_simulation_are_those_of_two_draws(false_positives):
    rows = false_positives.filter(like="simulation.", axis=0)
    np.testing.assert_allclose(
        rows["tolerance"], 2 * np.sqrt(2) * rows["spread"], rtol=5e-3
    )


def test_correlations_and_ranges_are_possible(false_positives):
    ranks = false_positives.filter(like="spearman.", axis=0)
    expected = 0.449 * (1 - ranks["published"] ** 2)
    np.testing.assert_allclose(ranks["tolerance"], expected, atol=0.006)
    ranges = false_positives.filter(like="range.", axis=0)
    for name in ranges.index[ranges.index.str.endswith("smallest")]:
        ends = ranges.loc[[name, name.replace("smallest", "largest")], "published"]
        assert ends.iloc[0] < ends.iloc[1]
    # A value of the wrong sign must not pass.
    assert (ranges["tolerance"] <= ranges["published"].abs()).all()


def test_each_test_stands_with_both_controls(false_positives):
    """A test that never calls, or always, must not have a row of its own to pass."""
    joined = false_positives.dropna(subset="together")
    for name, rows in joined.groupby("together"):
        parts = rows.index.str.split(".").str
        if name.endswith(".pooled"):  # one control is published: two tests that differ
            assert set(parts[3]) == {"paired", "unpaired"}, name
            continue
        assert set(parts[2]) == {"negative", "positive"}, name
    counts = false_positives.filter(regex="^count.*paired$", axis=0)
    main = counts[~counts.index.str.contains("train")]
    assert main["together"].notna().all()


@pytest.fixture(scope="module")
def negative_data():
    return published("2-negative-data")


# Sequences of a test with 500 of every combination, by number of motifs.
SEQUENCES = {0: 500, 1: 2000, 2: 3000, 3: 2000, 4: 500}


@pytest.mark.parametrize("effect", ["additive", "enhancing", "inhibiting", "quadratic"])
@pytest.mark.parametrize("n_filters", [4, 32])
@pytest.mark.parametrize("table", ["table6.distinct_1", "table7.MEF2A"])
def test_regression_totals_are_the_weighted_means(
    negative_data, table, n_filters, effect
):
    values = negative_data["published"]
    rows = f"{table}.{n_filters}.{effect}."
    total = sum(values[f"{rows}{k}"] * n for k, n in SEQUENCES.items()) / 8000
    assert values[rows + "total"] == pytest.approx(total, abs=1e-4)
    other = {"inhibiting": "quadratic", "quadratic": "inhibiting"}.get(effect, effect)
    if table.startswith("table6"):  # two printed totals stand in each other's place
        printed = values[f"{table}.{n_filters}.{other}.total-printed"]
        assert printed == pytest.approx(total, abs=2e-4)
    else:  # printed totals do not weigh the rows
        mean = np.mean([values[f"{rows}{k}"] for k in SEQUENCES])
        assert values[rows + "total-printed"] == pytest.approx(mean, abs=6e-5)


@pytest.mark.parametrize("n_filters", [4, 32])
def test_table_3_averages_to_table_2(negative_data, n_filters):
    pairs = negative_data.filter(like=f"table3.{n_filters}.", axis=0)["published"]
    row = negative_data["published"][f"table2.distinct_1.{n_filters}.without.2"]
    assert len(pairs) == 6
    assert pairs.mean() == pytest.approx(row, abs=6e-5)


def test_headline_recalls_follow_from_table_2(negative_data):
    for negatives in ("with", "without"):
        rows = f"table2.distinct_1.4.{negatives}."
        values = [negative_data["published"][f"{rows}{k}"] for k in range(4)]
        total = np.average(values, weights=[SEQUENCES[k] for k in range(4)])
        printed = negative_data["published"][f"text.negatives.{negatives}"]
        assert printed == pytest.approx(total, abs=6e-5)


def test_motif_tolerances_follow_the_stated_rule(negative_data):
    # Half a unit of log-odds, p (1 - p) / 2, plus 0.01 (0.03 for an AUPRC).
    rows = negative_data[negative_data["relation"].isin(["equals", "at_least"])]
    single = rows.index.str.match("table2|table3|text.negatives")  # of one network each
    repeated = rows["spread"].notna() & ~single
    p = rows["published"][~single & ~repeated]
    area = p.index.str.match("table4|table5|fig3a")
    expected = np.where(area, 0.03, 0.01) + p * (1 - p) / 2
    np.testing.assert_allclose(rows["tolerance"][p.index], expected, atol=6e-5)
    # The 95% interval of one new network, beside the mean of five.
    half_width = stats.t.ppf(0.975, 4) * np.sqrt(1 + 1 / 5)
    expected = half_width * rows["spread"][single] + 0.01
    np.testing.assert_allclose(rows["tolerance"][single], expected, atol=6e-5)
    # The 95% interval of the difference of two runs, from ten.
    expected = stats.t.ppf(0.975, 9) * np.sqrt(2) * rows["spread"][repeated]
    np.testing.assert_allclose(rows["tolerance"][repeated], expected, atol=6e-5)


def test_spread_of_counting_is_that_of_the_ten_runs(negative_data):
    runs = Store("2-negative-data", size="paper").paper("runs")
    names = World("distinct_1", length=150, gap=8).names
    table = pd.DataFrame(run_values(runs, names))
    rows = negative_data[negative_data["relation"].isin(["equals", "at_least"])]
    counted = [name for name in rows.index if name in table]
    assert len(table) == 10 and len(counted) == 24
    expected = table[counted].astype(float).std()
    np.testing.assert_allclose(rows["spread"][counted], expected, atol=6e-5)


def test_table_1_has_as_many_pairs_of_each_kind_as_the_text_says():
    genes = published("4-gene-gene")["published"].filter(like="ukb.")
    columns = {
        end: genes[genes.index.str.endswith(f".{end}")].to_numpy()
        for end in ("score", "fdr", "top-snp-p", "p")
    }
    assert {len(column) for column in columns.values()} == {19}
    assert columns["fdr"].max() <= 0.1
    usual, replicated = columns["top-snp-p"] < 0.05, columns["p"] < 0.05
    assert (usual.sum(), replicated.sum()) == (6, 9)
    assert (replicated & ~usual).sum() == 5
