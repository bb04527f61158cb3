"""Corrections and agreement over networks, on tables one can do in one's head."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.significance import multiplicity


def table(p_values, medians=None, **columns):
    medians = np.ones(len(p_values)) if medians is None else medians
    return pd.DataFrame({"test": "t", "p": p_values, "median": medians} | columns)


def test_corrections_by_hand_and_within_each_test():
    p = [0.01, 0.02, 0.03]
    holm = multiplicity.adjust(table(p))
    np.testing.assert_allclose(holm["p_holm"], [0.03, 0.04, 0.04])
    tied = multiplicity.adjust(table([0.4, 0.01, 0.01, 0.9]))
    np.testing.assert_allclose(tied["p_holm"], [0.8, 0.04, 0.04, 0.9])
    careful = multiplicity.adjust(table(p), method="fdr_by")
    np.testing.assert_allclose(
        careful["p_fdr_by"], np.multiply(0.03, 1 + 1 / 2 + 1 / 3)
    )
    found = multiplicity.adjust(table(p), method="fdr_bh")
    np.testing.assert_allclose(found["p_fdr_bh"], [0.03, 0.03, 0.03])
    two = multiplicity.adjust(table(p, test=["a", "a", "b"]))
    np.testing.assert_allclose(two["p_holm"], [0.02, 0.02, 0.03])


def test_consistency_by_hand():
    rows = multiplicity.consistency(
        table([0.001, 0.01, 0.2, 0.9], [1, 2, 3, -1]), share=0.5
    )
    row = rows.iloc[0]
    assert (row["n_networks"], row["n_significant"], row["n_holm"]) == (4, 2, 2)
    assert row["p_share"] == pytest.approx(3 * 0.01)  # at least two of four
    assert row["p_all"] == 0.9
    assert row["positive"] == 0.75
    assert row["p_sign"] == pytest.approx(stats.binomtest(3, 4).pvalue)


def test_consistency_by_architecture():
    rows = multiplicity.consistency(
        table([0.01, 0.02, 0.5, 0.6], architecture=["one", "one", "two", "two"]),
        by=["architecture"],
        share=1,
    )
    assert rows["architecture"].tolist() == ["one", "two"]
    np.testing.assert_allclose(rows["p_share"], rows["p_all"])
    np.testing.assert_allclose(rows["p_all"], [0.02, 0.6])


def test_combined_p_values_hold_when_all_networks_say_the_same():
    # Complete dependence, the worst case for combinations that assume independence.
    p = np.random.default_rng(12).random(40)
    rows = multiplicity.consistency(
        table(np.repeat(p, 5), run=np.repeat(np.arange(40), 5)), by=["run"]
    )
    assert (rows["p_share"] >= p).all()


def test_medians_of_zero_have_no_sign():
    row = multiplicity.consistency(table([1.0, 1.0], [0, 0])).iloc[0]
    assert np.isnan(row["positive"])


def test_bad_tables_and_levels_are_named():
    with pytest.raises(ValueError, match="tests must have the column 'p'"):
        multiplicity.adjust(pd.DataFrame({"test": ["a"]}))
    with pytest.raises(ValueError, match="tests must have the column 'architecture'"):
        multiplicity.consistency(table([0.1]), by=["architecture"])
    with pytest.raises(ValueError, match="method must be one of holm, fdr_bh, fdr_by"):
        multiplicity.adjust(table([0.1]), method="sidak")
    with pytest.raises(ValueError, match="share must be at most 1; got 2"):
        multiplicity.consistency(table([0.1]), share=2)


def test_a_p_value_at_the_level_is_not_below_it():
    row = multiplicity.consistency(table([0.025, 0.5]), alpha=0.05).iloc[0]
    assert row["n_significant"] == 1 and row["n_holm"] == 0  # corrected: 0.05
