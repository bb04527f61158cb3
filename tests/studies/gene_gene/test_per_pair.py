"""The test of each pair in worlds of known pairs: rows, rates and what is said."""

import numpy as np
import pandas as pd
import pytest
from asked_rows import both, rows

from helpers.data.panel import Panel
from helpers.studies.gene_gene import per_pair


@pytest.fixture
def small(monkeypatch):
    draw = np.random.default_rng(0)
    counts = draw.binomial(2, 0.4, (40, 500)).astype(np.int8)
    panel = Panel(counts, (4,) * 10)
    monkeypatch.setattr(per_pair, "own_people", lambda *_, **__: panel)
    return panel


def test_rates_by_hand():
    found = per_pair.rates(both([0.001, 0.04, 0.07, 1], [0.03, 0.01, 1, 1]))
    assert found["data_sets"] == 2
    assert found["at_5"] == pytest.approx(1 / 3)
    assert found["at_10"] == pytest.approx(1 / 2)
    assert found["any"] == 0.5  # 4 x 0.01 in the second
    assert found["power"] == 0.5
    given = per_pair.rates(both([1.0] * 4, [1.0] * 4, maxT=[0.05] * 4), "p", "maxT")
    assert (given["at_5"], given["any"], given["power"]) == (0, 1, 1)
    no_pair = per_pair.rates(rows([1.0] * 4).assign(form="none"))
    assert np.isnan(no_pair["power"])


def test_what_cannot_be_told_is_not_called_and_counts_in_the_correction():
    found = per_pair.rates(both([0.015, np.nan, 1, 1], [0.012, np.nan, 1, 1]))
    assert (found["at_5"], found["power"]) == (0, 0.5)


def test_intervals_hold_the_mean_and_have_a_width_where_all_agree():
    number = pd.Series([0, 0, 1, 1])
    low = per_pair.over_sets(pd.Series([False] * 4), number, "x")
    assert low["x"] == low["x_low"] == 0 and 0.8 < low["x_high"] < 0.9
    one = per_pair.over_sets(pd.Series([True, False]), number[:2], "x")
    assert (one["x_low"], one["x"], one["x_high"]) == (0, 0.5, 1)
    mixed = per_pair.over_sets(pd.Series([True, True, True, False]), number, "x")
    assert mixed["x_low"] < mixed["x"] < mixed["x_high"]


@pytest.mark.filterwarnings("ignore:fewer training people")
@pytest.mark.parametrize("world", ["six pairs", "none"])
def test_a_world_gives_a_row_a_pair(small, world):
    made = per_pair.WORLDS[world]
    number = made.get("first", 0)
    table = per_pair.ask_pairs(
        world=world, numbers=[number], people=(500, 500), n_networks=1,
        max_epochs=1, seed=0, device="cpu",
    )  # fmt: skip
    assert len(table) == 45 and set(table["data_set"]) == {number}
    true = set(table.loc[table["form"] != "none", "pair"])
    terms = () if world == "none" else per_pair.PUBLISHED_TERMS
    assert true == {f"{i + 1}-{j + 1}" for i, j, _ in terms}
    assert table["p"].between(0, 1).all()
    assert table["p_product"].between(0, 1).all()
    assert table["p_centred"].notna().all() == ("replicated" in made)


def test_worlds_differ_in_what_interacts(small):
    pairs = {
        world: per_pair.data_set(world, number=0, people=(9, 9), seed=0)[1].pairs
        for world in per_pair.WORLDS
    }
    assert pairs["none"] == () and pairs["one product"] == ((5, 6),)
    assert pairs["hub of four"] == ((1, 5), (3, 5), (5, 6), (5, 8))
    assert len(pairs["six pairs"]) == len(pairs["linked halves"]) == 6


def test_halves_are_neighbours_of_the_same_people(small):
    halves = per_pair.halved(small)
    assert halves.sizes == (2,) * 10
    assert np.array_equal(halves.genotypes, small.genotypes[:20])


def test_another_seed_draws_another_trait(small):
    def trait(seed):
        return per_pair.data_set("none", number=1000, people=(9, 9), seed=seed)[1]

    assert np.array_equal(trait(0).values, trait(0).values)
    assert not np.array_equal(trait(0).values, trait(1).values)


def test_tests_stand_beside_each_other_where_there_are_tables():
    asked = {"six pairs": both([0.001, 1, 1, 1], [1, 1, 1, 1], p_product=[0.01] * 4)}
    perm = rows([0.05] * 4, scheme="Perm I", maxT=1.0)
    perm = perm.assign(**{"p, level": 1.0, "maxT, level": 0.05})
    later = perm.assign(p=1.0)
    table = per_pair.errors_and_power(asked, {"none": [perm, later]})
    table = table.set_index(["test", "world"])
    assert table.loc[("Perm I", "no pair interacts"), "at_5"] == 1  # the first counts
    assert table.loc[("Perm I, pattern", "no pair interacts"), "any"] == 1
    assert table.loc[("Test of each pair", "six pairs interact"), "power"] == 0.5
    assert table.loc[("Products of top SNPs", "six pairs interact"), "at_5"] == 1
    assert len(table) == 4
    assert "networks" not in table
    told = perm.assign(networks=5, panels=1)
    table = per_pair.errors_and_power({}, {"w": [told]}, {"w": "in another world"})
    assert set(table["world"]) == {"in another world"}
    assert set(table["networks"]) == {5} and set(table["panels"]) == {1}


def test_words_follow_the_declared_reading():
    few = [1, 0.04, 1, 1]
    kept = pd.concat([rows(few if k % 7 == 0 else [1] * 4, k) for k in range(60)])
    broken = pd.concat([rows([1, 0.001, 0.001, 1], k) for k in range(60)])
    text = per_pair.worlds_text({"kept": kept, "broken": broken})
    assert "At 5% the interval of the rate holds the level in **1 of 2**" in text
    assert "lies above in *broken*" in text and "60 of 120 data sets" in text
    assert "not kept in *broken*" in text
    fewer = kept[kept["data_set"] < 30]
    text = per_pair.worlds_text({"kept": kept, "fewer": fewer, "as few": fewer})
    assert "no world shows" in text and "0 of 120 data sets" in text
    assert "; in 2 of 3 worlds a share of 12% is not excluded." in text  # 0 of 30
    assert "nothing can be said" in per_pair.worlds_text({"one": rows([1] * 4, 0)})
    table = per_pair.worlds_table({"kept": kept})
    assert table["Any false, Holm"][0].startswith("0.0% (0.0% to")


def test_replication_is_shown_for_worlds_that_have_it():
    with_it = rows([0.01] * 4, p_replicated=[0.01] * 4, p_centred=[1.0] * 4)
    without = with_it.assign(p_replicated=np.nan, p_centred=np.nan)
    table = per_pair.replication_table({"a": with_it, "b": without})
    assert table["World"].tolist() == ["a"] * 3
    assert [text.split("%")[0] for text in table["False at 5%"]] == [
        "100.0", "0.0", "100.0",
    ]  # fmt: skip
