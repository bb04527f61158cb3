"""Worlds with and without a pair, and the test in them."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.factorization import power, settings, worlds

TINY = {
    "n": 600, "length": 60,
    "network": {"n_filters": 5, "width": 8, "n_factors": 3},
    "recipe": {"epochs": 1, "batch_size": 100},
}  # fmt: skip


def lift(sample, y):
    """Return openness where the pair meets, less that elsewhere."""
    both = sample.present[:, worlds.PAIR].all(axis=1)
    return y[both].mean() - y[~both].mean()


def test_worlds_hold_what_they_say():
    drawn = {kind: worlds.draw(kind, 20_000, 60, 4.0, seed=1) for kind in worlds.KINDS}
    sample, y = drawn["curved"]
    share = np.isin(sample.bases, (1, 2)).mean(axis=1)
    middle = np.abs(share - share.mean()) < share.std() / 3
    assert y[~middle].mean() > y[middle].mean() + 0.15
    assert all(abs(np.corrcoef(sample.present[:, m], y)[0, 1]) < 0.1 for m in range(20))
    strengths = [
        lift(*worlds.draw("one pair", 20_000, 60, s, seed=1)) for s in (0.0, 4.0)
    ]
    assert strengths[1] > strengths[0] + 0.03
    assert lift(*drawn["additive"]) == pytest.approx(strengths[0])  # no pair
    assert lift(*drawn["ten pairs"]) > 0.4
    with pytest.raises(ValueError, match="kind must be one of additive, curved"):
        worlds.draw("other", 10, 60, 1.0, seed=0)


def test_only_partners_of_the_world_are_true():
    assert worlds.is_true("one pair", "IRF4", "HHEX")
    assert not worlds.is_true("one pair", "NFIB", "ZBTB12")
    assert worlds.is_true("ten pairs", "NFIB", "ZBTB12")
    assert not worlds.is_true("additive", "HHEX", "IRF4")
    assert not worlds.is_true("ten pairs", "–", "–")


def test_each_data_set_has_a_p_value_of_its_own():
    found = worlds.pairs_tested(kind="additive", seeds=[1, 2], **TINY)
    assert found["seed"].tolist() == [1, 2] and found["p"].between(0, 1).all()
    assert found["auc"].between(0, 1).all() and not found["true"].any()
    assert found["auc"].nunique() == 2
    again = worlds.pairs_tested(kind="additive", seeds=[1], **TINY)
    pd.testing.assert_frame_equal(found[:1], again)


def test_composition_stands_beside_the_filters_without_a_name(monkeypatch):
    asked = []

    def test_of(averages, y, factors, **more):
        asked.append((averages, factors))
        return tested(averages, y, factors, **more)

    tested = worlds.factor_pairs_test
    monkeypatch.setattr(worlds, "factor_pairs_test", test_of)
    for composition in (False, True):
        worlds.pairs_tested(kind="curved", seeds=[1], composition=composition, **TINY)
    (plain, names), (beside, more) = asked
    n_more = beside.shape[1] - plain.shape[1]
    assert n_more > 1 and more == [*names, *[None] * n_more]
    np.testing.assert_array_equal(beside[:, : plain.shape[1]], plain)


def test_filters_learn_nothing_from_the_rows_tested(monkeypatch):
    seen = []

    def train(networks, X, y, parts, recipe, **more):
        seen.append(parts)
        return trained(networks, X, y, parts, recipe, **more)

    trained = worlds.train
    monkeypatch.setattr(worlds, "train", train)
    worlds.pairs_tested(kind="curved", seeds=[1], **TINY)
    for parts in seen:
        assert not (parts.train | parts.validation)[0, 300:].any()
        assert parts.test[0, 300:].all()


def test_rates_and_false_calls():
    table = pd.DataFrame(
        {
            "kind": ["additive"] * 4 + ["ten pairs"] * 2,
            "strength": [0.0] * 4 + [3.0] * 2,
            "p": [0.05, 0.5, 0.9, 1.0, 0.005, 0.01],
            "true": [False] * 4 + [True, False],
            "auc": 0.6,
            "auc_sum": 0.5,
        }
    )
    shown = worlds.rates(table)
    assert shown["p at most 0.05"].tolist() == [0.25, 1.0]
    assert shown["Strongest pair true"].tolist() == [0.0, 0.5]
    text = worlds.false_call_words(table)
    assert "in 1 of 4 data sets of *additive* (0.2 expected)" in text
    assert "ten pairs" not in text


def test_data_sets_come_in_parts():
    parts = settings.world_parts(7, {"a": [0.0], "b": [1.0, 2.0]}, 0)
    assert len(parts) == 6 and parts[1]["seeds"] == [6, 7]
    other = settings.world_parts(2, {"a": [0.0]}, 3)
    assert other[0]["seeds"] == [30_001, 30_002]


def test_a_machine_is_needed():
    network = TINY["network"] | {"n_factors": 0}
    with pytest.raises(ValueError, match="n_factors must be at least 1"):
        worlds.pairs_tested(kind="curved", seeds=[1], **TINY | {"network": network})


def test_power_has_a_row_a_data_set_with_what_could_be_found():
    found = power.pairs_found(kind="ten pairs", strength=3.0, seeds=[1, 2], **TINY)
    assert found["seed"].tolist() == [1, 2] and (found["n"] == TINY["n"]).all()
    assert (found["partners"] == 10).all() and found["testable"].between(0, 10).all()
    assert (found["p"] * 40).round(6).mod(1).eq(0).all()  # of 39 redraws


def test_power_counts_calls_whose_strongest_pair_is_true():
    table = pd.DataFrame({"kind": "one pair", "n": [100, 100, 200], "strength": 1.0})
    table["p"], table["true"] = [0.05, 0.025, 0.075], [True, False, True]
    table["testable"], table["partners"] = [1, 0, 1], 1
    table["auc"], table["auc_sum"] = 0.7, [0.6, 0.7, 0.7]
    small, large = power.shares(table).to_dict("records")
    assert (small["called"], small["right"], small["testable"]) == (1, 0.5, 0.5)
    assert (large["called"], large["right"], large["data_sets"]) == (0, 0, 1)
    assert small["gain"] == pytest.approx(0.05)
    shown = power.in_words(power.shares(table))
    assert shown["Sequences"].tolist() == ["100", "200"]
    assert shown["95% interval"].tolist() == ["0.01 to 0.99", "0.00 to 0.97"]


def test_parts_of_power_fill_every_cell_before_they_fill_it_further():
    parts = power.parts(
        4, [100, 200], {"one pair": [1.0], "ten pairs": [2.0]}, 1, each=2
    )
    assert len(parts) == 8 and len({str(p) for p in parts}) == 8
    assert {p["seeds"][0] for p in parts[:4]} == {10_501}
    cells = {(p["kind"], p["n"], p["strength"]) for p in parts[:4]}
    assert len(cells) == 4
