"""Answers say what is known of their error rates, for the nearest worlds."""

import numpy as np
import pandas as pd
import pytest

from helpers.significance.interaction import calibrated

FEW = "fails: too few calls"


@pytest.fixture
def table(monkeypatch):
    stored = pd.DataFrame(
        [
            ("A", "gaussian", "independent", 1000, "holds"),
            ("B", "gaussian", "independent", 1000, "fails: too many calls"),
            ("A", "gaussian", "independent", 30_000, "holds"),
            ("C", "gaussian", "correlated", 1000, "holds"),
        ],
        columns=["world", "family", "kind", "n_rows", "verdict"],
    ).assign(
        size=2, sets=50, rate=0.07, family_wise=0.1, share=np.nan, power=np.nan,
        learner="networks", told="nothing",
    )  # fmt: skip
    stored = pd.concat([stored, stored[:1].assign(size=3, sets=20, verdict=FEW)])
    monkeypatch.setattr(calibrated, "calibrated", lambda: stored)


def features(n=500, kind="independent"):
    rng = np.random.default_rng(0)
    if kind == "allele count":
        return rng.binomial(2, 0.3, (n, 4)).astype(float)
    if kind == "binary":
        return rng.binomial(1, 0.3, (n, 4)).astype(float)
    common = rng.normal(size=(n, 1)) if kind == "correlated" else 0
    return rng.normal(size=(n, 4)) + common


@pytest.mark.parametrize(
    "kind", ["independent", "correlated", "allele count", "binary"]
)
def test_kinds_of_features(kind):
    assert calibrated.kind_of(features(kind=kind)) == kind
    assert calibrated.kind_of(np.exp(features(kind="correlated"))) == "correlated"


def test_alleles_are_counted_0_1_and_2():
    X = features(kind="allele count")
    X[:, 0] = np.minimum(X[:, 0], 1)
    assert calibrated.kind_of(X) == "allele count"
    assert calibrated.kind_of(np.minimum(X, 1)) == "binary"
    assert calibrated.kind_of(np.minimum(X, 1) + 1) == "binary"
    assert calibrated.kind_of(X - 1) == "three-valued"
    assert calibrated.kind_of(np.where(X == 2, 3, X)) == "three-valued"
    assert "(numbers, binary features" in calibrated.known(X > 0, "gaussian", 1000)


def test_constant_columns_say_nothing_of_kinds():
    X = features(kind="correlated")
    X[:, 0] = 1.0
    assert calibrated.kind_of(X) == "correlated"
    X[:, 1:3] = 1.0
    assert calibrated.kind_of(X) == "independent"


def test_the_nearest_rows_count(table):
    text = calibrated.known(features(), "gaussian", 2000)
    assert (
        "of 2 made worlds" in text and "1 was shown to fail (B: too many calls" in text
    )
    assert "1,000 rows; 50 data sets each" in text
    assert "7.0% of null pairs" in text and "10.0% of data sets" in text
    text = calibrated.known(features(), "gaussian", 20_000)
    assert "of 1 made world like" in text and "30,000 rows" in text
    assert text.endswith("data sets) none was shown to fail.")


def test_worlds_together_say_what_each_is_too_small_for(table):
    text = calibrated.known(features(), "gaussian", 1000)
    assert "Of all their data sets 10.0% had a false call after Holm." in text
    assert "all their" not in calibrated.known(features(), "gaussian", 20_000)


def test_a_single_world_nearby_does_not_stand_for_many():
    rows = calibrated._rows_like
    of_worlds = pd.Series([250, 1000, 1000, 1000, 1500, 3000])
    asked = (100, 250, 600, 1000, 1500, 2500, 50_000)
    found = [rows(of_worlds, n) for n in asked]
    assert found == [250, 250, 1000, 1000, 1000, 1500, 3000]


def test_the_fewest_and_the_most_data_sets_are_said(table, monkeypatch):
    of_worlds = calibrated.calibrated().assign(sets=[20, 40, 50, 50, 60])
    monkeypatch.setattr(calibrated, "calibrated", lambda: of_worlds)
    text = calibrated.known(features(), "gaussian", 1000)
    assert "1,000 rows; 20 to 40 data sets each" in text


def test_sets_of_three_have_rates_of_their_own(table):
    text = calibrated.known(features(), "gaussian", 1000, size=3)
    assert text.startswith("Error rates for sets of three with the default learner: ")
    assert "of 1 made world like" in text and "20 data sets)" in text
    assert "1 was shown to fail (A: too few calls, 7.0% of null sets of three" in text
    text = calibrated.known(features(kind="allele count"), "gaussian", 1000, size=3)
    assert text.startswith("Error rates for sets of three were not measured for data")


@pytest.mark.parametrize("rows", [100, 400, 100_000])
def test_numbers_of_rows_far_from_all_trials_are_said(table, rows):
    text = calibrated.known(features(), "gaussian", rows)
    assert f"For {rows:,} rows nothing was measured: these are the nearest." in text
    for near in (500, 2_000, 15_000, 60_000):
        assert "nothing was" not in calibrated.known(features(), "gaussian", near)


def test_options_are_said_with_the_worlds_they_were_tried_in(table, monkeypatch):
    one = calibrated.calibrated()[:1]
    more = [
        one.assign(world="D", told="groups"),
        one.assign(world="E", told="groups", verdict=FEW),
        one.assign(world="F", learner="boosting"),
        one.assign(world="G", learner=calibrated.SEEN, verdict=FEW, rate=0.2),
    ]
    stored = pd.concat([calibrated.calibrated(), *more])
    monkeypatch.setattr(calibrated, "calibrated", lambda: stored)
    plain = calibrated.known(features(), "gaussian", 1000)
    assert "of 2 made worlds" in plain and "tried" not in plain
    given = ("groups", "blocks", "model", "settings")
    text = calibrated.known(features(), "gaussian", 1000, given=given)
    assert text.startswith(plain)
    assert (
        "Groups were tried in 2 made tables (50 data sets each): 1 shown to fail (E: "
        "too few calls). Blocks were tried in no made table. Your learner is not the "
        "default one; others (boosting) were tried in 1 made table (50 data sets): "
        "none shown to fail."
    ) in text
    assert text.endswith("were not tried.") and "Covariates" not in text
    assert calibrated.seen_rate() == 0.2
    text = calibrated.known(features(), "gaussian", 1000, given=("step_down",))
    assert text.endswith("(p_step) were tried in no made table.")


def test_worlds_whose_pairs_are_hardly_ever_called_are_named(table, monkeypatch):
    assert "hardly ever" not in calibrated.known(features(), "gaussian", 1000)
    of_worlds = calibrated.calibrated().assign(power=[0.04, 0.05, 0.0, 0.0, 0.0])
    monkeypatch.setattr(calibrated, "calibrated", lambda: of_worlds)
    text = calibrated.known(features(), "gaussian", 1000)
    assert text.endswith("hardly ever called: A (4% of them).")


def test_many_columns_have_worlds_of_their_own(table, monkeypatch):
    wide = np.random.default_rng(0).normal(size=(500, 21))
    text = calibrated.known(wide, "gaussian", 1000)
    many = "Tables of more than twenty columns were tried in"
    assert text.endswith(f"{many} no made table.")
    assert "10 in most; 1,000 rows" in text
    more = calibrated.calibrated()[:1].assign(world="W", told="columns")
    stored = pd.concat([calibrated.calibrated(), more])
    monkeypatch.setattr(calibrated, "calibrated", lambda: stored)
    text = calibrated.known(wide, "gaussian", 1000)
    assert text.endswith(f"{many} 1 made table (50 data sets): none shown to fail.")
    assert "of 2 made worlds" in text
    assert many not in calibrated.known(wide[:, :20], "gaussian", 1000)


def test_other_learners_count_as_they_were_asked(table, monkeypatch):
    one = calibrated.calibrated()[:1].assign(learner="boosting")
    crossed = one.assign(world="F", told="crossed", verdict=FEW)
    stored = pd.concat([calibrated.calibrated(), one, crossed])
    monkeypatch.setattr(calibrated, "calibrated", lambda: stored)
    text = calibrated.known(features(), "gaussian", 1000, given=("model",))
    assert "in 1 made table (50 data sets): none shown to fail" in text
    both = calibrated.known(features(), "gaussian", 1000, given=("model", "crossed"))
    assert (
        "in 2 made tables (50 data sets each): 1 shown to fail (F, boosting: too"
        in both
    )


def test_what_was_not_measured_is_said(table):
    text = calibrated.known(features(), "poisson", 1000)
    assert text.startswith("Error rates were not measured") and "counts" in text


@pytest.mark.parametrize(
    ("powers", "share"),
    [
        ((0.1, 0.75, 0.95), "0.08"),  # in 70 to 90%
        ((0.8, 0.5, 0.9), "0.2"),  # a stronger pair was found more seldom
        ((0.1, 0.3, 0.95), None),  # none was
        ((0.1, 0.2, np.nan), None),
    ],
)
def test_the_smallest_share_found_in_80_per_cent_is_said_where_known(
    monkeypatch, powers, share
):
    stored = pd.DataFrame(
        {
            "world": ["A", "B", "C"], "family": "gaussian", "kind": "correlated",
            "size": 2, "n_rows": 1000, "sets": 20, "rate": 0.05, "family_wise": 0.0,
            "learner": "networks", "told": "nothing",
            "verdict": "holds", "share": [0.02, 0.08, 0.2], "power": powers,
        }
    )  # fmt: skip
    monkeypatch.setattr(calibrated, "calibrated", lambda: stored)
    text = calibrated.known(features(kind="correlated"), "gaussian", 1000)
    assert (f"takes {share} of the variance" in text) == (share is not None)
    assert text.endswith("product is less." if share else "after Holm.")
    assert "hardly ever" not in text
    weaker = {
        "0.08": ", one that takes 0.02 in 10%.",
        "0.2": ", one that takes 0.08 in",
    }
    assert weaker.get(share, "to fail.") in text
