"""What pages write out in words of stored tables is what these tables hold."""

import pytest
from scipy import stats

from helpers.press import results
from helpers.studies.factorization import power, worlds
from helpers.studies.negative_data import interaction_tables

LEVEL = 0.05
FACTORS = results.Store("3-test", size="paper")


def called(name):
    """Return the share of data sets with a call, by world."""
    found = worlds.rates(FACTORS.paper(name, partial=True))
    return found.set_index("World")["p at most 0.05"]


@pytest.fixture(scope="module")
def rival_counts():
    """Return how many data sets and calls each world and method has."""
    tested = FACTORS.paper("rivals", partial=True)
    tested["with a call"] = tested["called"] > 0
    tested["data sets"] = 1
    counts = ["data sets", "with a call", "called", "right"]
    return tested.groupby(["kind", "method"])[counts].sum()


def test_a_sum_that_bends_is_called_no_more_often_than_one_that_does_not():
    straight, bent = called("worlds"), called("worlds-composition")
    assert straight["curved"] > 3 * LEVEL
    assert bent["curved"] <= bent["additive"]
    for world in ("curved", "additive"):
        interval = stats.binomtest(round(100 * bent[world]), 100).proportion_ci()
        assert interval.low < LEVEL < interval.high
    assert bent["ten pairs"] == pytest.approx(straight["ten pairs"], abs=0.02)


def test_strong_pairs_are_found_as_often_as_the_page_says():
    shares = power.in_words(power.shares(FACTORS.paper("power", partial=True)))
    right = shares.set_index(["World", "Sequences", "Strength"])
    right = right["and the strongest pair true"]
    assert right["ten pairs", "10,000", 2.0] > 1 / 2
    assert right["one pair", "40,000", 8.0] < 1 / 3
    for _, line in right["ten pairs"].groupby("Strength"):
        assert line.is_monotonic_increasing
    one = shares[shares["World"] == "one pair"]
    above = one["and the strongest pair true"] - one["Partners with filters"]
    assert above.max() <= 0


@pytest.mark.parametrize("name", ["worlds", "worlds-composition"])
def test_where_partners_decide_three_strongest_pairs_of_four_are_partners(name):
    rates = worlds.rates(FACTORS.paper(name, partial=True)).set_index("World")
    assert rates["Strongest pair true"]["ten pairs"] == pytest.approx(3 / 4, abs=0.05)


def test_products_are_called_where_something_bends_and_seldom_elsewhere(rival_counts):
    products = rival_counts.xs("products, Bonferroni", level="method")
    share = products["with a call"] / products["data sets"]
    assert share["additive"] < 1 / 4
    assert share["curved"] > 3 / 4


def test_calls_of_the_interaction_test_are_fewer_and_more_often_right(rival_counts):
    ours = rival_counts.xs("interaction test, Holm", level="method")
    redrawn = rival_counts.xs("redrawn labels", level="method").loc["ten pairs"]
    assert (ours["with a call"][["additive", "curved"]] == 0).all()
    ours = ours.loc["ten pairs"]
    assert ours["with a call"] < redrawn["with a call"]
    assert ours["right"] / ours["called"] == pytest.approx(2 / 3, abs=0.06)
    assert redrawn["right"] / redrawn["called"] == pytest.approx(1 / 4, abs=0.06)


def test_most_calls_among_additive_labels_outlive_the_shrinkage():
    chapter = results.Store("2-negative-data", size="paper")
    counted = chapter.paper("regression-distinct_1-32")
    rows = interaction_tables.rescaled_calls(counted)
    pairs = rows[rows["kind"] == "additive"].set_index("scale")["order 2"]
    assert pairs["unshrunk"] > pairs["as predicted"] / 2
