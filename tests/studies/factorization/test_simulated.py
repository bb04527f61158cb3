"""The thesis's experiments on simulated sequences, at sizes of seconds."""

import numpy as np
import pandas as pd
import pytest
from helpers.studies.factorization.cells import stored_matrices

from helpers.detectors.interactions import Interactions
from helpers.studies.factorization import simulated
from helpers.studies.factorization.training import COLUMNS
from helpers.truth import planted

SMALL = {
    "n": 300, "length": 60, "n_filters": 5, "width": 8, "batch_size": 50, "epochs": 2,
    "progress": False,
}  # fmt: skip
FREEZE = SMALL | {
    "n_factors": 3, "n_candidates": 2, "n_folds": 3, "n_networks": 2, "positives": 0.5,
    "read_out_epochs": 3, "top": 4,
}  # fmt: skip
BUILD = {
    "n": 400, "length": 60, "n_networks": 2, "batch_size": 50, "epochs": 2,
    "progress": False,
}  # fmt: skip


def values(rows, measure):
    kept = rows[rows["measure"] == measure]
    return kept.set_index(["network", "detail"])["value"]


@pytest.fixture(scope="module")
def frozen():
    return simulated.freeze(**FREEZE, seed=1)


def test_labels_follow_their_design():
    sample, y = simulated.sequences(
        "paired", 200, length=70, n_targets=3, positives=0.4, seed=2
    )
    assert sample.bases.shape == (200, 70) and y.shape == (200, 3)
    assert (sample.present.sum(axis=1) == 3).all()
    pairings = planted.pairings(3, seed=2)
    np.testing.assert_array_equal(y, planted.paired_targets(sample.present, pairings))
    assert y[:, 0].sum() == 80
    sample, y = simulated.sequences("additive", 200, length=70, seed=2)
    assert y.shape == (200, 1) and 90 <= y.sum() <= 110
    again = simulated.sequences("additive", 200, length=70, seed=2)
    np.testing.assert_array_equal(sample.bases, again[0].bases)
    other = simulated.sequences("additive", 200, length=70, seed=3)
    assert (sample.bases != other[0].bases).any()


@pytest.mark.parametrize("n_factors", [0, 3])
def test_cross_validation_measures_every_network(n_factors):
    rows = simulated.cross_validate(
        design="paired", n_targets=2, n_factors=n_factors, n_folds=4, n_networks=3,
        keep_filters=True, **SMALL,
    )  # fmt: skip
    assert tuple(rows) == COLUMNS
    assert sorted(values(rows, "auc").index) == [
        (i, f"target {k}") for i in range(3) for k in range(2)
    ]
    assert values(rows, "auc").between(0, 1).all()
    assert values(rows, "filters").groupby("network").sum().tolist() == [5, 5, 5]
    assert len(values(rows, "curve")) == 3 * 2 and len(values(rows, "epoch")) == 3
    ((key, matrices),) = stored_matrices(rows).items()
    assert matrices.shape == (5, 8, 4)
    singles = values(rows, "filters").xs("single", level="detail")
    assert singles[key[1]] == singles.max()
    assert len(values(rows, "motif")) == 5 * 20


def test_a_table_depends_on_its_seed_alone():
    settings = {"design": "additive", "n_folds": 4, "n_networks": 1} | SMALL
    first, again, other = (
        simulated.cross_validate(**settings, seed=s) for s in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert (first["value"] != other["value"]).any()


def test_the_baseline_learns_what_adds_up():
    rows = simulated.cross_validate(
        design="additive", n_folds=4, n_networks=1,
        **SMALL | {"n": 3000, "n_filters": 16, "epochs": 12},
    )  # fmt: skip
    assert values(rows, "auc").iloc[0] > 0.7


def test_frozen_filters_serve_every_fold(frozen):
    assert tuple(frozen) == COLUMNS
    assert list(stored_matrices(frozen)) == [("", -1)]  # one donor
    assert sorted(values(frozen, "auc").index) == [(0, "target 0"), (1, "target 0")]
    assert len(values(frozen, "weight")) == 2 * 10
    assert len(values(frozen, "pair")) == 2 * 4
    share = values(frozen, "chance").item()
    right = [d.endswith("right") for _, d in values(frozen, "weight").index]
    assert np.mean(right) == pytest.approx(share)
    for network in range(2):
        pairs = values(frozen, "pair")[network]
        weights = values(frozen, "weight")[network].to_numpy()
        np.testing.assert_array_equal(pairs.to_numpy(), weights[:4])  # strongest first
        correct = sum(detail.endswith("right") for detail in pairs.index)
        assert values(frozen, "correct")[network, "top"] == correct


def test_only_the_read_out_is_trained_on_frozen_filters(monkeypatch):
    """The second training sees features, whose moments are those of its own rows."""
    seen = []

    def train(networks, X, y, parts, **recipe):
        seen.append((networks, X, parts))
        return trained(networks, X, y, parts, **recipe)

    trained = simulated.train
    monkeypatch.setattr(simulated, "train", train)
    simulated.freeze(**FREEZE)
    (candidates, _, _), (machines, features, parts) = seen
    assert len(candidates) == 2 and len(machines) == 2
    assert not any(name == "filters" for name, _ in machines[0].named_parameters())
    assert features.shape == (2, 300, 5)
    for own, rows in zip(features, parts.train, strict=True):
        np.testing.assert_allclose(own[rows].mean(axis=0), 0, atol=1e-4)
        spread = own[rows].std(axis=0)
        assert all(np.isclose(sd, 1, atol=1e-3) or sd == 0 for sd in spread)


def test_pairs_are_judged_by_their_motifs():
    names = list(planted.consensus_strings())
    matched = np.zeros((4, 20), dtype=bool)
    matched[0, 0] = matched[1, [1, 4]] = matched[2, 2] = True  # 3 matches nothing
    ranked = Interactions(
        ((0, 1), (0, 2), (1, 3), (0, 3), (1, 2), (2, 3)),
        np.arange(6, 0, -1.0), list("abcd"), "factorization", {},
    )  # fmt: skip
    pairs = planted.published_pairs()
    rows = simulated.judged(7, ranked, matched, pairs, top=3, label="cell01")
    assert rows == [
        (7, "pair", f"cell01 {names[0]} x {names[1]}+{names[4]} right", 6.0),
        (7, "pair", f"cell01 {names[0]} x {names[2]} wrong", 5.0),
        (7, "pair", f"cell01 {names[1]}+{names[4]} x none wrong", 4.0),
        (7, "correct", "cell01 top", 1),
        (7, "found", "cell01 top", 1),
    ]
    assert simulated.chance(matched, pairs) == 1 / 6
    plain = simulated.judged(7, ranked, matched, ((0, 2), (1, 4)), top=3)
    assert [row[2].split()[-1] for row in plain[:3]] == ["wrong", "right", "wrong"]
    assert plain[-1] == (7, "found", "top", 1)


@pytest.mark.parametrize("network", ["builder", "baseline", "standardised"])
def test_building_motifs(network):
    rows = simulated.build_motifs(kind=network, **BUILD)
    assert tuple(rows) == COLUMNS
    assert list(values(rows, "auc").index) == [(0, "target 0"), (1, "target 0")]
    shares = rows[rows["measure"] == "probability"]
    assert len(shares) == 40 and shares["value"].between(0, 1).all()
    assert set(shares["detail"]) <= {f"{on} on" for on in range(4)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: simulated.sequences("other", 10, length=60),
            "design must be one of additive, paired; got 'other'",
        ),
        (
            lambda: simulated.sequences("paired", 10, length=20),
            "length must be at least",
        ),
        (
            lambda: simulated.cross_validate(
                design="paired", n_folds=4, n_networks=5, **SMALL
            ),
            "n must be at most 4; got 5",
        ),
        (
            lambda: simulated.freeze(**FREEZE | {"n_networks": 4}),
            "n must be at most 3; got 4",
        ),
        (
            lambda: simulated.freeze(**FREEZE | {"positives": 1.5}),
            "positives must be at most 1",
        ),
        (
            lambda: simulated.build_motifs(kind="other", **BUILD),
            "kind must be one of builder, baseline, standardised",
        ),
        (
            lambda: simulated.build_motifs(kind="builder", **BUILD | {"length": 30}),
            "length must be at least 36",
        ),
    ],
)
def test_bad_settings(call, message):
    with pytest.raises(ValueError, match=message):
        call()
