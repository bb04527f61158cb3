"""Pairs between frozen filters, at sizes of seconds, and what names them."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.factorization import frozen, pair_tables, values
from helpers.truth import planted

SETTINGS = {
    "world": {"n": 300, "length": 60, "positives": 0.5},
    "network": {"n_filters": 5, "width": 8},
    "recipe": {"batch_size": 50, "epochs": 2},
    "read_outs": {
        "n_factors": 3, "epochs": 3, "n_folds": 3, "n_networks": 2, "top": 4,
    },
    "n_candidates": 2,
}  # fmt: skip
NAMES = list(planted.consensus_strings())


@pytest.fixture(scope="module")
def found():
    return frozen.freeze(**SETTINGS, seed=1, n_probes=100)


def rows_of(table, measure):
    return table[table["measure"] == measure]


def test_frozen_filters_serve_every_fold(found):
    assert list(found) == ["network", "measure", *frozen.COLUMNS, "value", "seed"]
    assert rows_of(found, "auc")["network"].tolist() == [0, 1]
    weights, pairs = rows_of(found, "weight"), rows_of(found, "pair")
    assert len(weights) == 2 * 10 and len(pairs) == 2 * 4
    share = rows_of(found, "chance")["value"].item()
    assert (weights["detail"] == "right").mean() == pytest.approx(share)
    for network in range(2):
        mine = pairs[pairs["network"] == network]
        strongest = weights.loc[weights["network"] == network, "value"].head(4)
        assert mine["value"].tolist() == strongest.tolist()
        correct = rows_of(found, "correct").set_index("network")["value"]
        assert (mine["detail"] == "right").sum() == correct[network]


def test_answers_are_correlations_of_the_same_filters(found):
    answers = rows_of(found, "response")
    assert len(answers) == 5 * 20 and answers["value"].abs().max() <= 1
    silent = frozen.freeze(**SETTINGS, seed=1)
    asked = found[found["measure"] != "response"]
    pd.testing.assert_frame_equal(asked.reset_index(drop=True), silent)


def test_another_seed_gives_other_numbers(found):
    other = frozen.freeze(**SETTINGS, seed=2)
    assert (
        rows_of(other, "auc")["value"].tolist()
        != rows_of(found, "auc")["value"].tolist()
    )


def test_only_the_read_out_is_trained_on_frozen_filters(monkeypatch):
    """The second training sees features, whose moments are those of its own rows."""
    seen = []

    def train(networks, X, y, parts, recipe, **more):
        seen.append((networks, X, parts))
        return trained(networks, X, y, parts, recipe, **more)

    trained = frozen.train
    monkeypatch.setattr(frozen, "train", train)
    frozen.freeze(**SETTINGS, seed=0)
    (candidates, _, _), (machines, features, parts) = seen
    assert len(candidates) == 2 and len(machines) == 2
    assert not any(name == "filters" for name, _ in machines[0].named_parameters())
    assert features.shape == (2, 300, 5)
    for own, rows in zip(features, parts.train, strict=True):
        np.testing.assert_allclose(own[rows].mean(axis=0), 0, atol=1e-4)
        spread = own[rows].std(axis=0)
        assert all(np.isclose(sd, 1, atol=1e-3) or sd == 0 for sd in spread)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_candidates": 0}, "n_candidates must be at least 1"),
        ({"read_outs": {"n_factors": 0, "epochs": 1}}, "n_factors must be at least 1"),
        ({"world": {"n": 300, "length": 60, "positives": 1.5}}, "positives must be at"),
    ],
)
def test_bad_settings(changed, message):
    with pytest.raises(ValueError, match=message):
        frozen.freeze(**SETTINGS | changed, seed=0)


def told(scores, held, *, seed=5, networks=1):
    """Return a table of `freeze`: scores of all pairs, motifs each filter answers."""
    pairs = [(a, b) for b in range(len(held)) for a in range(b)]
    rows = [
        {"network": i, "measure": "weight", "filter": a, "other": b, "detail": "wrong",
         "value": scores[a, b]}
        for i in range(networks)
        for a, b in pairs
    ]  # fmt: skip
    for f, motifs in enumerate(held):
        for m, name in enumerate(NAMES):
            by_letters = {"measure": "motif", "value": 0.1}
            answer = {"measure": "response", "value": 0.9 * (m in motifs)}
            rows += [
                {"network": -1, "filter": f, "motif": name, **one}
                for one in (by_letters, answer)
            ]
    found = pd.DataFrame(rows).assign(seed=seed).fillna({"filter": -1, "other": -1})
    return found.astype({"filter": int, "other": int})


# Filters answer HHEX, its partner IRF4, HHEX again, and nothing.
HELD = ({0}, {1}, {0}, set())
SCORES = {(0, 1): 3.0, (0, 2): 2.0, (1, 2): 1.0, (0, 3): 4.0, (1, 3): 0.5, (2, 3): 0.1}


def test_names_by_answers_and_by_letters():
    table = told(SCORES, HELD)
    named = pair_tables.namings(table, 0.5)
    assert not named["letters"][5].any()
    assert [set(np.flatnonzero(one)) for one in named["answers"][5]] == list(HELD)
    judged = pair_tables.judged_folds(
        pair_tables.pair_weights(table), named["answers"]
    ).loc[0]
    # Of the six pairs 0-1 and 1-2 are right, 0-2 share HHEX, three have no name.
    assert judged[["right", "found", "shared", "unnamed"]].tolist() == [2, 1, 1, 3]
    assert judged["chance"] == pytest.approx(2)
    shown = pair_tables.naming_table(pair_tables.pair_weights(table), named)
    assert shown["Right of 10, by answers"].tolist() == [2, 2]
    assert shown["Right of 10, by letters"].tolist() == [0, 0]


def test_a_sweep_loses_names_as_the_threshold_rises():
    swept = pair_tables.sweep_table(told(SCORES, HELD), (0.5, 0.95))
    assert swept["Right of 10"].tolist() == [2, 0]
    assert swept["Filters with one motif"].tolist() == [0.75, 0]


def test_the_first_pair_and_how_many_folds_agree():
    table = told(SCORES, HELD, networks=3)
    other = (table["network"] == 2) & (table["filter"] == 0) & (table["other"] == 1)
    table.loc[other, "value"] = 9.0
    weights = pair_tables.pair_weights(table)
    (line,) = pair_tables.agreement_table(
        weights, pair_tables.namings(table, 0.5)["answers"]
    ).to_dict("records")
    assert line["Strongest pair"] == "HHEX × none" and line["Verdict"] == "wrong"
    assert line["Folds that agree"] == "2 of 3"


def test_one_number_a_training_is_tested():
    rows = [
        ("training", seed, i, a, 1, a == 0, value)
        for seed in range(4)
        for i in range(2)
        for a, value in ((0, 2.0 + seed + 0.1 * i), (2, 1.0 + 0.1 * i))
    ]
    columns = ["group", "seed", "network", "filter", "other", "right", "value"]
    weights = pd.DataFrame(rows, columns=columns)
    differences = pair_tables.weight_differences(weights)
    np.testing.assert_allclose(differences, [1, 2, 3, 4])
    tests = pair_tables.weight_tests(weights).set_index("Test")
    assert tests.loc["sign test over trainings", "p"] == 0.5**4
    assert tests["n"].tolist() == [16, 4, 4]


def test_recorded_folds_are_those_of_one_training(found):
    second = found.assign(seed=2)
    recorded = values.frozen(pd.concat([found, second], ignore_index=True))
    correct = rows_of(found, "correct")["value"]
    assert [recorded[f"e4.fold.{k}"] for k in (1, 2)] == correct.tolist()
    assert recorded["e4.correct"] == correct.mean()
