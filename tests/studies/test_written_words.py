"""What pages write out in words of stored tables is what these tables hold."""

import pytest
from scipy import stats

from helpers.press import results
from helpers.press.results.published import verdicts
from helpers.studies.factorization import power, worlds
from helpers.studies.gene_gene import pair_witness, per_pair
from helpers.studies.negative_data import (
    choice_tables,
    interaction_tables,
    ladder_tables,
    seeds,
)
from helpers.truth.genotypes import PUBLISHED_TERMS

LEVEL = 0.05
FACTORS = results.Store("3-test", size="paper")
CHOICES = results.Store("2-choices", size="paper")


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
    called = rows[rows["kind"] == "additive"].set_index("scale")
    assert called["order 2"]["unshrunk"] > called["order 2"]["as predicted"] / 2
    assert called["order 3"]["as predicted"] < 1 / 2 < called["order 3"]["unshrunk"]
    assert called["order 4"]["unshrunk"] < 1 / 2 < called["order 4"]["as predicted"]


def test_all_subsets_show_pairs_in_blank_letters_and_few_beside_the_others():
    climbed = results.Store("2-ladder", size="paper").paper("ladder", partial=True)
    shown = ladder_tables.pairs_inserted(climbed)
    shown = shown[shown["rung"] == "all subsets"]
    means = shown.groupby(["target", "kind", "pair"])["value"].mean()
    assert (means["probability", "blank"] > 0.05).all()
    assert (means["output", "blank"] > 0.5).all()
    assert (means["probability", "others present"] < 0).all()
    assert (means["output", "others present"] > 0).all()


@pytest.fixture(scope="module")
def published():
    """Return what the paper of chapter 2 prints, by quantity."""
    rows = results.Store("2-negative-data", size="paper").published()
    return rows.set_index("quantity")["published"]


def test_longer_training_hides_motifs_by_the_sigmoid_alone(published):
    visible = CHOICES.paper("visible", partial=True)
    areas = choice_tables.visibility(visible, published)
    axes = ["kind", "target", "variant", "motifs_present"]
    areas = areas.set_index(axes)["value"].sort_index()
    for n in (1, 2):
        flat, longer, theirs = (
            areas["M_w", "probability", variant, n]
            for variant in ("as above", "three times as long", "published")
        )
        assert (flat - longer) / (flat - theirs) > 1 / 2
        logits = areas["M_w", "output"]
        assert logits["three times as long", n] > logits["as above", n]
    single = areas["M_wo", "probability"]
    assert single["constant rate", 1] < single["as above", 1] < single["published", 1]


def test_two_choices_lift_additive_labels_to_the_published_total(published):
    counting = CHOICES.paper("counting", partial=True)
    rows = choice_tables.counting_table(counting, published)
    total = rows[rows["effect"] == "additive"].set_index("variant")["all"]
    both = "pool 10, three times the sequences"
    assert total[both] == pytest.approx(total["published"], abs=0.01)


def test_of_48_starts_both_seeds_say_the_same():
    chapter = results.Store("2-negative-data", size="paper")
    rows = chapter.published().assign(together="")

    def judge(values):
        return dict(zip(rows["quantity"], verdicts(rows, values), strict=True))

    fewer = chapter.paper("regression-distinct_1-4")
    more = CHOICES.paper("counting-starts", partial=True)
    by_starts = seeds.counted_by_starts([fewer, more], judge).set_index("Starts")
    of_48 = by_starts.loc[48]
    assert len(of_48) == 2 and (of_48["worst kept"] < 1.11).all()
    assert of_48["total"].max() - of_48["total"].min() < 0.002
    assert of_48["same"].tolist() == [24, 22]
    assert of_48["reproduced"].nunique() == 1
    assert of_48["reproduced"].max() < by_starts["reproduced"].loc[24]


def test_with_six_pairs_every_gene_is_in_one_and_four_are_in_a_product():
    genes = {gene for i, j, _ in PUBLISHED_TERMS for gene in (i, j)}
    assert genes == set(range(per_pair.GENES)) and len(genes) == 10
    of_products = [t[:2] for t in PUBLISHED_TERMS if t[2] == "product"]
    assert len({gene for pair in of_products for gene in pair}) == 4


def test_what_was_expected_of_new_data_sets_is_what_the_page_says():
    assert pair_witness.POWER_WITHIN == 0.02  # "within two points"


def test_traits_without_a_pair_are_as_many_as_the_page_for_own_genes_says():
    pairs, real = (results.Store(page, size="paper") for page in ("4-pairs", "4-real"))
    two = pairs.paper("other-structure", partial=True)
    assert two["data_set"].nunique() == 15
    assert per_pair.rates(two)["any_low"] <= LEVEL
    for name in ("hapmap3", "thousand-genomes", "mice"):
        of_name = real.paper(f"asked-{name}-none", partial=True)
        assert of_name["data_set"].nunique() == 100
        found = per_pair.rates(of_name)
        assert max(found["at_5_low"], found["any_low"]) <= LEVEL
