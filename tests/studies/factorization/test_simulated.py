"""Networks on simulated sequences, at sizes of seconds."""

import numpy as np
import pandas as pd
import pytest

from helpers.detectors.interactions import Interactions
from helpers.studies.factorization import judging, simulated
from helpers.studies.factorization.simulated import World
from helpers.truth import planted

WORLD = {"n": 300, "length": 60}
NETWORK = {"n_filters": 5, "width": 8}
RECIPE = {"batch_size": 50, "epochs": 2}


def cross_validate(*, world=None, network=None, recipe=None, **more):
    return simulated.cross_validate(
        world=WORLD | (world or {}),
        network=NETWORK | (network or {}),
        recipe=RECIPE | (recipe or {}),
        **{"n_folds": 4, "n_networks": 1} | more,
    )


def rows_of(table, measure):
    return table[table["measure"] == measure]


def test_labels_follow_their_design():
    world = World(200, 70, n_targets=3, positives=0.4)
    sample, y = world.sequences(seed=2)
    assert sample.bases.shape == (200, 70) and y.shape == (200, 3)
    assert (sample.present.sum(axis=1) == 3).all()
    pairings = planted.pairings(3, seed=2)
    np.testing.assert_array_equal(y, planted.paired_targets(sample.present, pairings))
    assert y[:, 0].sum() == 80
    additive = World(200, 70, "additive")
    sample, y = additive.sequences(seed=2)
    assert y.shape == (200, 1) and 90 <= y.sum() <= 110
    again, other = additive.sequences(seed=2)[0], additive.sequences(seed=3)[0]
    np.testing.assert_array_equal(sample.bases, again.bases)
    assert (sample.bases != other.bases).any()


@pytest.mark.parametrize("n_factors", [0, 3])
def test_cross_validation_measures_every_network(n_factors):
    found = cross_validate(
        world={"n_targets": 2},
        network={"n_factors": n_factors},
        n_networks=3,
        keep_filters=True,
    )
    about = ["n_filters", "n_factors", "n_targets"]
    assert list(found) == ["network", "measure", *simulated.COLUMNS, "value", *about]
    assert found[about].drop_duplicates().to_numpy().tolist() == [[5, n_factors, 2]]
    area = rows_of(found, "auc")
    assert sorted(zip(area["network"], area["target"], strict=True)) == [
        (i, k) for i in range(3) for k in range(2)
    ]
    assert area["value"].between(0, 1).all()
    kinds = rows_of(found, "filters")
    assert kinds.groupby("network")["value"].sum().tolist() == [5, 5, 5]
    assert len(rows_of(found, "curve")) == 3 * 2 and len(rows_of(found, "epoch")) == 3
    matrix = rows_of(found, "matrix")
    assert len(matrix) == 5 * 8 * 4
    sums = matrix.groupby(["filter", "position"])["value"].sum()
    np.testing.assert_allclose(sums, 1)
    singles = kinds[kinds["detail"] == "single"].set_index("network")["value"]
    (kept,) = matrix["network"].unique()
    assert singles[kept] == singles.max()
    assert len(rows_of(found, "motif")) == 5 * 20
    assert len(rows_of(found, "pair")) == (30 if n_factors else 0)


def test_a_table_depends_on_its_seed_alone():
    first, again, other = (
        cross_validate(world={"design": "additive"}, seed=s) for s in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert (first["value"] != other["value"]).any()


def test_the_baseline_learns_what_adds_up():
    found = cross_validate(
        world={"design": "additive", "n": 3000},
        network={"n_filters": 16},
        recipe={"epochs": 12},
    )
    assert rows_of(found, "auc")["value"].item() > 0.7


def test_pairs_are_judged_by_their_motifs():
    names = list(planted.consensus_strings())
    matched = np.zeros((4, 20), dtype=bool)
    matched[0, 0] = matched[1, [1, 4]] = matched[2, 2] = True  # 3 matches nothing
    ranked = Interactions(
        ((0, 1), (0, 2), (1, 3), (0, 3), (1, 2), (2, 3)),
        np.arange(6, 0, -1.0), list("abcd"), "factorization", {},
    )  # fmt: skip
    pairs = planted.published_pairs()
    rows = judging.judged(7, ranked, matched, pairs, top=3, cell="cell01")
    assert all(one["network"] == 7 and one["cell"] == "cell01" for one in rows)
    assert [(one["measure"], one["value"]) for one in rows] == [
        ("pair", 6.0), ("pair", 5.0), ("pair", 4.0), ("correct", 1), ("found", 1),
    ]  # fmt: skip
    mixed = f"{names[1]}+{names[4]}"
    assert [(o["first"], o["second"], o["detail"]) for o in rows[:3]] == [
        (names[0], mixed, "right"), (names[0], names[2], "wrong"),
        (mixed, "none", "wrong"),
    ]  # fmt: skip
    assert judging.chance(matched, pairs) == 1 / 6
    other = judging.judged(7, ranked, matched, ((0, 2), (1, 4)), top=3)
    assert [one["detail"] for one in other[:3]] == ["wrong", "right", "wrong"]
    assert other[-1] == {"network": 7, "measure": "found", "value": 1}


def test_kinds_of_filters_are_counted():
    matched = np.zeros((5, 20), dtype=bool)
    matched[0, 3] = matched[1, [2, 5]] = matched[2, 3] = True
    counts = {one["detail"]: one["value"] for one in judging.kind_rows(0, matched)}
    assert counts == {"single": 2, "combination": 1, "none": 2}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"world": {"design": "other"}}, "design must be one of additive, paired"),
        ({"world": {"length": 20}}, "length must be at least"),
        ({"world": {"n": 0}}, "n must be at least 1"),
        ({"n_networks": 5}, "n must be at most 4; got 5"),
        ({"recipe": {"optimizer": "sgd"}}, "optimizer must be one of"),
        ({"network": {"width": 0}}, "width must be at least 1"),
    ],
)
def test_bad_settings(changed, message):
    with pytest.raises(ValueError, match=message):
        cross_validate(**changed)
