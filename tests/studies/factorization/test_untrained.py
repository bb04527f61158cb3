"""Chance levels, and the tables and sentences of simulated sequences."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.factorization import settings, tables, values, words
from helpers.studies.factorization.untrained import untrained
from helpers.truth import planted

SETTINGS = {"width": 20, "length": 60, "n_networks": 30, "n_probes": 100}


@pytest.fixture(scope="module")
def blank():
    parts = [untrained(n_filters=n, **SETTINGS) for n in (10, 20, 30)]
    return pd.concat(parts, ignore_index=True)


def test_untrained_filters_hold_motifs_by_chance(blank):
    counts = tables.chance_counts(blank)
    assert counts.sum(axis=1).tolist() == [10, 20, 30]
    # A quarter holds one motif: far from none.
    assert 0.15 < counts.loc[20, "single"] / 20 < 0.35
    ratio = counts["single"] / counts.index
    assert ratio.max() < 1.6 * ratio.min()  # a filter does not know of the others
    shares = tables.chance_motifs(blank).set_index("Motif").iloc[:, 0]
    assert set(shares.index) == set(planted.consensus_strings())
    assert shares["MAFG"] > 0.1 > shares["BHLHE41"]  # 7 letters, 20 letters


def test_untrained_answers_and_pairs_are_shown(blank):
    shown = tables.chance_table(blank)
    assert shown["Filters"].tolist() == [10, 20, 30]
    assert shown["Pairs right of 10"].between(0, 5).all()
    assert shown["Largest answer, 99 of 100 below"].between(0, 1).all()
    text = words.chance_words(blank)
    assert f"{tables.chance_counts(blank).loc[20, 'single']:.1f} hold a single" in text


def test_another_seed_gives_other_filters():
    one, same, other = (
        untrained(n_filters=4, seed=s, **SETTINGS | {"n_networks": 2})
        for s in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(one, same)
    assert (one["value"] != other["value"]).any()
    with pytest.raises(ValueError, match="n_networks must be at least 1"):
        untrained(n_filters=4, **SETTINGS | {"n_networks": 0})


def kinds(single, **about):
    """Return counts of two networks of 20 filters, none of them a combination."""
    rows = [
        {"network": i, "measure": "filters", "detail": kind, "value": value}
        for i, n in enumerate(single)
        for kind, value in (("single", n), ("combination", 0), ("none", 20 - n))
    ]
    return pd.DataFrame(rows).assign(**about)


def auc(*values_, **about):
    rows = [{"network": i, "measure": "auc", "value": v} for i, v in enumerate(values_)]
    return pd.DataFrame(rows).assign(**about)


def test_values_where_motifs_add(blank):
    parts = []
    for n, single, area in ((10, (4, 6), 0.9), (20, (9, 11), 0.95), (30, (10, 14), 1)):
        parts += [kinds(single, n_filters=n), auc(area, area, n_filters=n)]
    counts = pd.concat(parts, ignore_index=True)
    assert values.additive(counts) == {
        "e1.auc.10": 0.9, "e1.auc.20": 0.95, "e1.auc.30": 1.0,
        "e1.single.ratio": 2.0, "e1.order.more-filters": False,
    }  # fmt: skip
    assert "2.00 times as many" in words.single_words(counts, blank)
    assert "Of 20 filters 10.0 hold" in words.summary_filters(counts, blank)


def test_values_of_one_target_and_many(blank):
    table = pd.concat([kinds((4, 6), n_targets=1), kinds((7, 8), n_targets=10)])
    assert values.targets(table) == {"e2.single.ratio": 1.5}
    assert 0 < tables.targets_test(table) <= 1
    assert "10 targets 7 to 8" in words.target_words(table, blank)


def test_values_where_pairs_decide(blank):
    parts = []
    for n_factors, n_targets, area in ((0, 1, 0.5), (20, 1, 0.8), (20, 10, 0.9)):
        about = {"n_factors": n_factors, "n_targets": n_targets, "n_filters": 20}
        parts += [kinds((2, 4), **about), auc(area, area, **about)]
    groups = tables.paired_groups(pd.concat(parts, ignore_index=True))
    found = values.paired(groups)
    assert found["e3.auc"] == 0.8 and found["e5.auc"] == 0.5 and found["e3.order"]
    assert found["e3.single.1"] == found["e3.single.10"] == 3
    shown = tables.paired_table(groups, tables.chance_counts(blank).loc[20])
    assert shown["Network"].tolist()[-1] == "untrained filters"
    assert shown["single"].tolist()[:3] == [3, 3, 3]
    assert "the machine 0.80" in words.summary_training(groups)


@pytest.mark.parametrize(("best", "done"), [(50, True), (51, False)])
def test_a_run_counts_once_patience_is_over(best, done):
    rows = [{"network": 0, "measure": "epoch", "epoch": -1, "value": best}]
    rows += [
        {"network": 0, "measure": "curve", "epoch": e, "value": 1.0} for e in (1, 300)
    ]
    parts = [pd.DataFrame(rows), auc(0.7, epoch=-1)]
    thesis = pd.concat(parts, ignore_index=True)
    assert values.as_in_the_thesis(thesis) == ({"e3.auc.thesis": 0.7} if done else {})
    assert "until epoch 300" in words.thesis_words(thesis)


def test_stored_filters_become_logos():
    rows = [
        {"network": 3, "measure": "matrix", "filter": f, "position": p, "base": p % 4,
         "value": 1.0}
        for f in range(2)
        for p in range(3)
    ]  # fmt: skip
    rows += [
        {"network": 3, "measure": "matrix", "filter": f, "position": 0, "base": 3,
         "value": 0.0}
        for f in range(2)
    ]  # fmt: skip
    rows += [
        {"network": 3, "measure": "motif", "filter": 0, "motif": m, "value": v}
        for m, v in (("a", 0.9), ("b", 0.8), ("c", 1.0), ("d", 0.7))
    ]
    matrices, titles = tables.stored_logos(pd.DataFrame(rows), 5, 0.8)
    assert titles == ["a+b+…", "no match"] and matrices.shape == (2, 3, 4)
    np.testing.assert_array_equal(matrices[1], np.eye(3, 4))


def test_variants_are_judged_with_the_penalty_of_the_thesis():
    parts = []
    for (name, s), area in zip(
        settings.VARIANT_NETWORKS.items(), (0.99, 0.87, 0.62, 0.7), strict=True
    ):
        one = auc(area, area, **s)
        probabilities = pd.DataFrame(
            {"network": 0, "measure": "probability", "value": [0.1, 0.9, 0.8],
             "detail": ["1 on", "2 on", "3 on"]}
        ).assign(**s)  # fmt: skip
        parts += [one, probabilities]
        assert name
    groups = tables.variant_groups(
        pd.concat(parts, ignore_index=True), settings.VARIANT_NETWORKS
    )
    found = values.variants(groups)
    assert found == {"e8.builder": 0.87, "e8.baseline": 0.62, "e8.order": True}
    shown = tables.variant_table(groups, {"low": 0.6, "high": 1.0})
    assert set(shown["nearest rung"]) == {"low", "high"}
    curve = tables.roc_curves(groups, ("ordinary filters",))
    assert curve.iloc[-1][["false", "true"]].tolist() == [1, 1]
    assert curve.loc[curve["false"] == 0, "true"].max() == 1  # perfect ranking
    assert "ordinary filters 0.62" in words.summary_variants(groups)


def test_printed_numbers_recounted():
    of = tables.recounted().set_index("quantity")["value"]
    assert of["e6.wilcoxon"] == pytest.approx(5.775e-29, rel=1e-3)
    assert of["e4.chance"] == pytest.approx(2.05, abs=0.01)
    assert set(values.recounted()) == {"e6.wilcoxon", "e4.welch", "e7.expected"}


def test_seeds_follow_from_the_page():
    assert settings.training_seeds([0, 1], 0) == [{"seed": 100}, {"seed": 101}]
    assert settings.training_seeds([0], 2) == [{"seed": 2100}]
    sizes = [part["world"]["n_targets"] for part in settings.paired_parts(12, {}, 7)]
    assert sizes == [1, 1, 7]


def test_rows_that_chance_would_pass_are_named():
    rows = [
        ("ratio", 2, 0.5, "equals", 2.04), ("count", 0, 2, "equals", 5.1),
        ("order", 1, None, "holds", 0), ("none known", 1, None, "holds", None),
        ("few", 0, 3, "at_most", 3), ("area", 0.9, 0.1, "at_least", 0.5),
    ]  # fmt: skip
    columns = ["claim", "published", "tolerance", "relation", "chance"]
    text = words.passed_by_chance(pd.DataFrame(rows, columns=columns))
    assert text == (
        "Of 5 rows with a chance level, chance alone would pass 2: ratio; few."
    )
