"""Sites of two cell types, and what the filters on them resemble."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import datasets
from helpers.data.motifs import Motif
from helpers.data.splits import chromosome_folds
from helpers.loaders.accessibility import CELLS
from helpers.studies.factorization import site_tables, sites, values

NETWORK = {
    "n_filters": 4, "width": 6, "n_factors": 2, "taps": 2, "block": 2, "vector_sd": 0.1,
}  # fmt: skip
TINY = {
    "network": NETWORK,
    "recipe": {"batch_size": 20, "epochs": 3, "rate": 0.05},
    "n_starts": 2,
    "fold": 0,
}
MOTIF = "GATAAG"


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
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


def rows_of(table, measure):
    return table[table["measure"] == measure]


@pytest.mark.parametrize("kind", sites.KINDS)
def test_sites_are_told_apart_on_other_chromosomes(kind):
    recipe = TINY["recipe"] | {"epochs": 40}
    found = sites.tell_apart(**TINY | {"recipe": recipe}, kind=kind)
    about = ["kind", "fold", "penalty"]
    assert list(found) == ["network", "measure", "epoch", "value", *about]
    areas = rows_of(found, "auc")
    assert areas["network"].tolist() == [0, 1] and areas["value"].max() > (
        0.7 if kind == "builder" else 0.9
    )
    assert rows_of(found, "sites")["value"].item() in (20, 40)
    assert len(rows_of(found, "curve")) == 2 * 40


def test_parts_can_be_joined():
    found = pd.concat(
        [sites.tell_apart(**TINY | {"fold": f}, kind="fm") for f in range(3)]
    )
    assert rows_of(found, "auc")["network"].tolist() == list(range(6))


def test_a_penalty_costs():
    free, held = (
        sites.tell_apart(**TINY | {"n_starts": 1}, kind="fm", penalty=p)
        for p in (0.0, 10.0)
    )
    last = [rows_of(table, "curve")["value"].iloc[-1] for table in (free, held)]
    assert last[1] > last[0] and set(held["penalty"]) == {10.0}


@pytest.fixture
def tomtom(monkeypatch):
    """Filters 0 and 2 match."""

    def best(matrices, database):
        label = [f"M{i}" for i in range(len(matrices))]
        values = [0.001 if i in (0, 2) else 0.5 for i in range(len(matrices))]
        return pd.DataFrame(
            {"filter": range(len(label)), "label": label, "e_value": values}
        )

    monkeypatch.setattr(sites.filters, "tomtom_best", best)
    database = {"m": Motif("m", np.eye(4))}
    monkeypatch.setattr(sites, "read_motifs", lambda path: database)


def test_filters_that_match_are_told_from_others(tomtom):
    settings = {key: TINY[key] for key in ("network", "recipe", "fold")}
    found = sites.match_filters(**settings, kind="fm")
    assert found["matched"].tolist() == [True, False, True, False] * 2
    assert set(found["kind"]) == {"fm"} and set(found["network"]) == {0}
    assert list(dict.fromkeys(found["database"])) == list(sites.DATABASES)
    assert found["filter_letters"].str.fullmatch("[acgtACGT]{6}").all()
    assert values.matches(found) == {"e7.matched": 2}
    assert site_tables.match_table(found)["Filters matched"].tolist() == ["2 of 4"] * 2


def test_strongest_pairs_say_whether_both_filters_match(tomtom):
    settings = {key: TINY[key] for key in ("network", "recipe", "fold")}
    found = sites.strongest_pairs(**settings, top=6)
    assert (found["value"].abs().diff().dropna() <= 0).all()
    both = {
        tuple(pair)
        for pair in found.loc[found["matched"], ["filter", "other"]].to_numpy()
    }
    assert both == {(0, 2)}  # all six pairs are listed, one joins two matches
    assert found["share"].eq(0.5).all()
    (line,) = site_tables.matched_pairs(found).to_dict("records")
    assert line == {"Fold": 1, "Pairs": 6, "Joined": 1, "Chance": 1.5}
    assert values.matched_pairs(found) == {"e7.pairs": 1}
    other = sites.strongest_pairs(**settings, top=6, seed=1)
    assert found["value"].tolist() != other["value"].tolist()


def test_letters_that_contribute_are_capital():
    matrix = np.array([[[1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25], [0, 0, 0.9, 0.1]]])
    assert sites.filter_letters(matrix) == ["AaG"]


def test_differences_from_the_sum():
    rows = [
        ("auc", group, fold, 0.7 + gain + 0.01 * (start + fold))
        for group, gain in (("sum", 0), ("FM", 0.2))
        for fold in range(2)
        for start in range(3)
    ]
    real = pd.DataFrame(rows, columns=["measure", "group", "fold", "value"])
    tests = site_tables.real_tests(real)
    assert tests["group"].tolist() == ["FM"]
    assert tests["mean"].item() == pytest.approx(0.2)
    assert values.real(tests) == {"e6.order.dhs": True}
    assert site_tables.real_table(tests)["Less the sum, mean"].item() == 0.2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "other"}, "kind must be one of baseline, fm, builder"),
        ({"fold": 5}, "fold must be at most 4"),
        ({"n_starts": 0}, "n_starts must be at least 1"),
        ({"network": NETWORK | {"n_factors": 0}}, "n_factors must be at least 1"),
    ],
)
def test_bad_settings(changed, message):
    with pytest.raises(ValueError, match=message):
        sites.tell_apart(**{"kind": "fm"} | TINY | changed)


@pytest.mark.data
def test_folds_of_the_real_sites_are_about_equal(monkeypatch):
    if not os.environ.get("INTERACTIONS_DATA"):
        pytest.skip("INTERACTIONS_DATA names no folder")
    monkeypatch.undo()
    paths = datasets.paths("dhs_k562_hepg2").values()
    chromosomes = sites.load_dhs(*map(Path, paths)).chromosomes
    sizes = chromosome_folds(chromosomes).test.sum(axis=1)
    assert sizes.sum() == 23_936 and np.ptp(sizes) < 0.05 * sizes.mean()
