"""Cell types of a synthetic genome, and the tables that show them."""

import numpy as np
import pandas as pd
import pytest

from helpers.data.splits import folds
from helpers.studies.factorization import genome as study
from helpers.studies.factorization import site_tables, values, words

TINY = {
    "design": {"n_sites": 300, "n_cells": 5, "n_rules": 2, "extra": 0.2},
    "network": {"n_filters": 6, "width": 8, "n_factors": 3, "threshold": 2.5},
    "recipe": {"batch_size": 60, "epochs": 2},
    "n_starts": 2,
}


@pytest.fixture(scope="module")
def genome():
    return study.genome(**TINY, seed=3)


def rows_of(table, measure):
    return table[table["measure"] == measure]


def test_every_network_and_cell_type_has_an_area(genome):
    assert list(genome) == ["network", "measure", *study.COLUMNS, "value", "seed"]
    found = rows_of(genome, "auc").set_index(["network", "kind", "cell"])["value"]
    assert found.index.is_unique and found.between(0, 1).all()
    assert sorted(found.index) == sorted(
        (network, kind, f"cell{c:02d}")
        for network in (6, 7)  # two starts of seed 3
        for kind in ("baseline", "fm")
        for c in range(1, 6)
    )
    assert rows_of(genome, "best")["value"].between(0.6, 1).all()
    assert len(rows_of(genome, "curve")) == 2 * 2 * 2


def test_the_loader_brings_every_label_back(genome):
    labels = site_tables.label_counts(genome)
    assert labels["found"] == labels["planted"] and labels["wrong"] == 0
    windows = rows_of(genome, "windows").set_index("detail")["value"]
    assert 0 < windows["test"] < windows["all"] <= 300
    assert f"{labels['planted']:,.0f} planted labels" in words.genome_words(genome)


def test_one_cell_type_of_each_rule_is_judged(genome):
    for measure in ("correct", "found"):
        found = rows_of(genome, measure)
        assert set(found["cell"]) == {"cell01", "cell02"}
        assert found["value"].between(0, 10).all()
    pairs = rows_of(genome, "pair")
    assert len(pairs) == 2 * 2 * 10
    right = (pairs["detail"] == "right").sum()
    assert right == rows_of(genome, "correct")["value"].sum()
    assert rows_of(genome, "chance")["value"].between(0, 1).all()
    sums = rows_of(genome, "filters").groupby("network")["value"].sum()
    assert sums.eq(6).all()
    shown = site_tables.genome_pairs(genome)
    assert shown["Genome"].tolist() == [1, 1] and shown["Training"].tolist() == [1, 2]


def test_a_seed_fixes_the_table_and_another_changes_it(genome):
    pd.testing.assert_frame_equal(study.genome(**TINY, seed=3), genome)
    other = study.genome(**TINY | {"n_starts": 1}, seed=0)
    assert set(other["network"]) == {0, -1}
    first, second = (rows_of(t, "auc")["value"].iloc[0] for t in (genome, other))
    assert first != second


def test_no_batch_is_small():
    parts = folds(1000, n_folds=10).first(1)  # 810 training rows
    assert study.even_batches(parts, 800) == 405
    assert study.even_batches(parts, 810) == study.even_batches(parts, 5000) == 810
    for most in range(50, 900, 37):
        size = study.even_batches(parts, most)
        n_batches = -(-810 // size)
        assert size <= most
        assert 810 - (n_batches - 1) * size > size - n_batches  # the last batch
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        study.even_batches(parts, 0)


@pytest.mark.parametrize(
    ("part", "changed", "message"),
    [
        (None, {"n_starts": 0}, "n_starts must be at least 1"),
        ("network", {"n_factors": 0}, "n_factors must be at least 1"),
        ("design", {"n_rules": 6}, "n_rules must be at most 5"),
        ("design", {"rule": "other"}, "rule must be one of"),
        ("recipe", {"optimizer": "sgd"}, "optimizer must be one of"),
        (
            "design",
            {"n_sites": 12, "extra": 1.0},
            "n_sites must be larger: cell01 is open in",
        ),
    ],
)
def test_bad_settings(part, changed, message):
    settings = TINY | (changed if part is None else {part: TINY[part] | changed})
    with pytest.raises(ValueError, match=message):
        study.genome(**settings, seed=0)


def areas(gain, *, starts=2):
    """Return a table of areas: six cells, two genomes, a machine that gains `gain`."""
    rows = [
        ("auc", seed * starts + start, kind, f"c{cell}", seed,
         0.6 + 0.01 * cell + 0.001 * start + gain * (kind == "fm"))
        for seed in range(2)
        for start in range(starts)
        for kind in ("baseline", "fm")
        for cell in range(6)
    ]  # fmt: skip
    columns = ["measure", "network", "kind", "cell", "seed", "value"]
    return pd.DataFrame(rows, columns=columns)


def test_cell_types_of_equal_networks_differ_by_the_training_alone():
    shown, test = site_tables.genome_tests(areas(0.0))
    shown = shown.set_index("Test")
    # All six cells move together with the start: the smallest p of six, either way.
    assert shown.loc["sum against sum, cell types", "Smallest p"] < 0.05
    assert shown.loc["sum against sum, cell types", "Share of p at most 0.05"] == 0.5
    assert test["p"][0] > 0.2
    assert values.genome(areas(0.0)) == {"e6.order.genome": False}
    assert values.genome(areas(0.1)) == {"e6.order.genome": True}
    assert site_tables.genome_gain(areas(0.1)) == pytest.approx(0.1)


def test_one_training_a_genome_has_no_test_over_trainings():
    shown, test = site_tables.genome_tests(areas(0.1, starts=1))
    assert test is None and len(shown) == 1
    assert np.isclose(shown["Share of p at most 0.05"].item(), 1)
