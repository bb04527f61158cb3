"""Cell types of a synthetic genome, and sites of two real ones."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import datasets
from helpers.data.motifs import Motif
from helpers.data.splits import chromosome_folds, folds
from helpers.loaders.accessibility import CELLS
from helpers.studies.factorization import cells
from helpers.studies.factorization.training import COLUMNS

TINY_GENOME = {
    "n_sites": 300, "n_cells": 5, "n_rules": 2, "n_filters": 6, "width": 8,
    "n_factors": 3, "n_starts": 2, "extra": 0.2, "batch_size": 60, "epochs": 2,
    "progress": False,
}  # fmt: skip
TINY_SITES = {
    "n_filters": 4, "fold": 0, "n_folds": 3, "n_starts": 2, "width": 6, "n_factors": 2,
    "taps": 2, "block": 2, "batch_size": 20, "epochs": 3, "rate": 0.05,
    "progress": False,
}  # fmt: skip
MOTIF = "GATAAG"


@pytest.fixture(scope="module")
def genome():
    return cells.genome(**TINY_GENOME, seed=3)


@pytest.fixture
def sites(tmp_path, monkeypatch):
    """Two files of sites; those of K562 hold a motif."""
    rng = np.random.default_rng(0)
    found = {}
    for cell, library in CELLS.items():
        lines = ["chr\tsequence\tTAG\tdata_label"]
        for i in range(60):
            text = "".join(rng.choice(list("ACGT"), 200))
            if cell == "K562":
                text = 8 * MOTIF + text[48:]
            part = ("training", "validation", "test")[i % 3]
            lines.append(f"chr{1 + i % 6}\t{text}\t{library}\t{part}")
        found[cell] = tmp_path / f"{cell}.txt"
        found[cell].write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(datasets, "paths", lambda name: found)


def values(rows, measure):
    kept = rows[rows["measure"] == measure]
    return kept.set_index(["network", "detail"])["value"]


def test_every_network_and_cell_type_has_an_area(genome):
    assert tuple(genome) == COLUMNS
    found = values(genome, "auc")
    assert found.index.is_unique and found.between(0, 1).all()
    names = [f"cell{c:02d}" for c in range(1, 6)]
    assert sorted(found.index) == sorted(
        (network, f"{kind} {name}")
        for network in (6, 7)  # two starts of seed 3
        for kind in ("baseline", "fm")
        for name in names
    )
    assert values(genome, "best").between(0.6, 1).all()
    assert len(values(genome, "curve")) == 2 * 2 * 2


def test_the_loader_brings_every_label_back(genome):
    labels = values(genome, "labels")[-4]
    assert labels["found"] == labels["planted"] and labels["wrong"] == 0
    windows = values(genome, "windows")[-4]
    assert 0 < windows["test"] < windows["all"] <= 300


def test_one_cell_type_of_each_rule_is_judged(genome):
    for measure in ("correct", "found"):
        found = values(genome, measure)
        assert {d for _, d in found.index} == {"cell01 top", "cell02 top"}
        assert found.between(0, 10).all()
    pairs = values(genome, "pair")
    assert len(pairs) == 2 * 2 * 10
    right = [d.endswith("right") for _, d in pairs.index]
    assert sum(right) == values(genome, "correct").sum()
    assert values(genome, "chance").between(0, 1).all()
    assert values(genome, "filters").groupby("network").sum().eq(6).all()


def test_a_seed_fixes_the_table_and_another_changes_it(genome):
    pd.testing.assert_frame_equal(cells.genome(**TINY_GENOME, seed=3), genome)
    other = cells.genome(**TINY_GENOME | {"n_starts": 1}, seed=0)
    assert set(other["network"]) == {0, -1}
    assert values(other, "auc").to_numpy()[0] != values(genome, "auc").to_numpy()[0]


def test_no_batch_is_small():
    parts = folds(1000, n_folds=10).first(1)  # 810 training rows
    assert cells.even_batches(parts, 800) == 405
    assert cells.even_batches(parts, 810) == cells.even_batches(parts, 5000) == 810
    for most in range(50, 900, 37):
        size = cells.even_batches(parts, most)
        n_batches = -(-810 // size)
        assert size <= most
        assert 810 - (n_batches - 1) * size > size - n_batches  # the last batch
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        cells.even_batches(parts, 0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_starts": 0}, "n_starts must be at least 1"),
        ({"n_factors": 0}, "n_factors must be at least 1"),
        ({"n_rules": 6}, "n_rules must be at most 5"),
        ({"rule": "other"}, "rule must be one of"),
        ({"optimizer": "sgd"}, "optimizer must be one of"),
        ({"n_sites": 12, "extra": 1.0}, "n_sites must be larger: cell01 is open in"),
    ],
)
def test_bad_settings_of_the_genome(changed, message):
    with pytest.raises(ValueError, match=message):
        cells.genome(**TINY_GENOME | changed)


@pytest.mark.parametrize("network", cells.KINDS)
def test_sites_are_told_apart_on_other_chromosomes(sites, network):
    rows = cells.dhs(**TINY_SITES | {"epochs": 15}, network=network)
    assert tuple(rows) == COLUMNS
    areas = values(rows, "auc")
    assert list(areas.index) == [(0, network), (1, network)]
    assert areas.max() > 0.9
    assert values(rows, "sites")[0, network] == 40
    assert len(values(rows, "curve")) == 2 * 15


def test_parts_can_be_joined(sites):
    rows = pd.concat(
        [cells.dhs(**TINY_SITES | {"fold": f}, network="fm") for f in range(3)]
    )
    assert list(values(rows, "auc").index) == [(i, "fm") for i in range(6)]
    assert values(rows, "sites").sum() == 120


def test_a_penalty_is_named_and_shrinks_the_filters(sites):
    free, held = (
        cells.dhs(
            **TINY_SITES | {"n_starts": 1}, network="fm", penalty=p, keep_filters=True
        )
        for p in (0.0, 10.0)
    )
    assert list(values(held, "auc").index) == [(0, "fm 10")]
    assert values(held, "curve").iloc[-1] > values(free, "curve").iloc[-1]
    assert ("fm 10", 0) in cells.stored_matrices(held)


def test_matrices_come_back(sites):
    rows = cells.dhs(**TINY_SITES, network="baseline", keep_filters=True)
    ((key, matrices),) = cells.stored_matrices(rows).items()
    assert key == ("baseline", 0) and matrices.shape == (4, 6, 4)
    np.testing.assert_allclose(matrices.sum(axis=2), 1)
    with pytest.raises(ValueError, match="there are none"):
        cells.stored_matrices(rows[rows["measure"] != "matrix"])
    with pytest.raises(ValueError, match="each filter of network 0 once and whole"):
        cells.stored_matrices(rows[:-1])


def test_filters_that_match_are_told_from_others(monkeypatch):
    def best(matrices, database, *, threads):
        assert len(matrices) == 2 and threads == 1
        return pd.DataFrame({"filter": [0, 1], "e_value": [0.001, 0.5]})

    monkeypatch.setattr(cells.filters, "tomtom_best", best)
    shape = (2, 3, 4)
    rows = [
        (7, "matrix", "fm 0.1 " + " ".join(map(str, at)), 0.25)
        for at in np.ndindex(shape)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    database = {"m": Motif("m", np.eye(4))}
    found = cells.matched_filters(table, database)
    assert found["matched"].tolist() == [True, False]
    assert set(found["kind"]) == {"fm 0.1"} and set(found["network"]) == {7}
    assert not cells.matched_filters(table, database, e_value=0.0)["matched"].any()
    with pytest.raises(ValueError, match="e_value must be at least 0"):
        cells.matched_filters(table, database, e_value=-1.0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"network": "other"}, "network must be one of baseline, fm, builder"),
        ({"fold": 3}, "fold must be at most 2"),
        ({"n_folds": 7}, "n_folds must be at most 6, the number of chromosomes"),
        ({"n_starts": 0}, "n_starts must be at least 1"),
        ({"n_factors": 0}, "n_factors must be at least 1"),
        (
            {"network": "builder", "keep_filters": True},
            "keep_filters must be False for the builder",
        ),
    ],
)
def test_bad_settings_of_the_sites(sites, changed, message):
    with pytest.raises(ValueError, match=message):
        cells.dhs(**{"network": "fm"} | TINY_SITES | changed)


@pytest.mark.data
def test_folds_of_the_real_sites_are_about_equal():
    if not os.environ.get("INTERACTIONS_DATA"):
        pytest.skip("INTERACTIONS_DATA names no folder")
    paths = datasets.paths("dhs_k562_hepg2").values()
    chromosomes = cells.load_dhs(*map(Path, paths)).chromosomes
    sizes = chromosome_folds(chromosomes).test.sum(axis=1)
    assert sizes.sum() == 23_936 and np.ptp(sizes) < 0.05 * sizes.mean()
