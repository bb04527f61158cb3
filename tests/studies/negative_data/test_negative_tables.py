"""What the pages show follows from the stored tables, and from nothing else."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.negative_data import (
    interaction_tables,
    motif_filters,
    recorded,
    tables,
)
from helpers.studies.negative_data.rows import AVERAGE
from helpers.studies.negative_data.settings import World


def classified(rows, n_filters=4, motifs="distinct_1"):
    """Return classifiers from (share, network, measure, detail, count, value)."""
    columns = ["share", "network", "measure", "detail", "motifs_present", "value"]
    table = pd.DataFrame(rows, columns=columns)
    low_high = {"low": table["value"] - 0.1, "high": table["value"] + 0.1}
    return table.assign(n_filters=n_filters, motifs=motifs, **low_high)


@pytest.fixture
def recalls():
    """M_w is always right; M_wo misses a quarter more with each motif."""
    return classified(
        (share, network, "recall", "all", k, 1.0 if share else 1 - k / 4)
        for share in (1.0, 0.0)
        for network in (0, 1)
        for k in range(5)
    )


def test_recall_values_are_means_and_orderings(recalls):
    values = recorded.recall_values(recalls)
    assert values["table2.distinct_1.4.with.3"] == 1
    assert values["table2.distinct_1.4.without.3"] == 0.25
    assert values["order.recall.distinct_1.4"] is True
    assert values["text.negatives.with"] == pytest.approx(1)
    by_hand = (1 * 1 + 4 * 0.75 + 6 * 0.5 + 4 * 0.25) / 15
    assert values["text.negatives.without"] == pytest.approx(by_hand)
    said = recorded.said_of_recall(
        recorded.means(recalls).pivot_table(
            "value", ["motifs", "n_filters", "kind"], "motifs_present"
        )
    )
    assert "M_w is right in 1.00 and M_wo in 0.25" in said


def test_only_what_the_paper_has_is_recorded():
    assert recorded.known({"a": 1, "b": 2}, {"a": 0.5}) == {"a": 1}


def test_values_stand_beside_the_published(recalls):
    wide = recorded.means(recalls).pivot_table(
        "value", ["motifs", "n_filters", "kind"], "motifs_present"
    )
    published = {"table2.distinct_1.4.without.4": 0.1}
    shown = tables.beside(wide, recorded.table_2_cell, published).set_index("kind")
    assert shown.loc["M_wo", 4] == "0.000 (0.100)"
    assert shown.loc["M_w", 4] == "1.000"


@pytest.fixture
def visible():
    """AUPRC: each network's is its number / 10 + the count / 100, the mean's 0.9."""
    return classified(
        (share, network, measure, f"{method} NHLH1", k, value - 0.5 * share)
        for share in (1.0, 0.0)
        for method in ("IG", "permutation")
        for network in (0, 1, AVERAGE)
        for measure in ("probability", "precision of probability", "output")
        for k in (1, 2, 3, 4)
        for value in [0.9 if network == AVERAGE else network / 10 + k / 100]
    )


def test_table_5_is_that_of_averaged_contributions(visible):
    wide = tables.nhlh1(visible, "probability", 4, ["IG", "permutation"])
    assert list(wide.columns) == [4, 3, 2, 1]
    assert wide.loc[("IG", "M_wo")].eq(0.9).all()
    values = recorded.visibility_values(visible, ["IG", "permutation"])
    assert values["table5.IG.without.2"] == 0.9
    assert values["table5.permutation.with.2"] == pytest.approx(0.4)
    assert values["order.auprc.IG"] is True
    assert recorded.visibility_values(visible.assign(n_filters=32), ["IG"]) == {}


def test_spread_shows_single_networks_and_their_average(visible):
    shown = tables.network_spread(visible, 4).set_index("kind")
    assert shown.loc["M_wo", 4] == "0.04 to 0.14; 0.90"


def test_published_and_chance_stand_below_ours(visible):
    wide = tables.nhlh1(visible, "probability", 4, ["IG"])
    texts = tables.with_precision(wide, wide)
    assert texts.loc[("IG", "M_wo"), 4] == "0.900 (0.900)"
    published = {f"table5.IG.with.{k}": k / 10 for k in (1, 2, 3, 4)}
    level = dict.fromkeys((1, 2, 3, 4), 0.05)
    shown = tables.with_published(texts, recorded.table_5_cell, published, level)
    assert shown[""].tolist() == ["here", "published", "here", "chance"]
    assert shown.loc[shown[""] == "published", 4].item() == "0.400"
    assert shown.iloc[-1][4] == "0.050"


def test_table_5_comes_for_each_target_and_size(visible):
    both = pd.concat(
        [visible, visible.assign(measure="precision of output")], ignore_index=True
    )
    published, level = {"table5.IG.with.4": 0.7}, dict.fromkeys((1, 2, 3, 4), 0.05)
    every = recorded.nhlh1_tables(both, ["IG"], published, level)
    assert [said for said, _ in every] == [
        "NHLH1, 4 filters, probability:",
        "NHLH1, 4 filters, logit:",
    ]
    assert "0.700" in every[0][1][4].tolist() and every[1][1].iloc[-1][4] == "0.050"


def test_matches_are_named_after_proteins_where_there_are_any():
    rows = [(1.0, 0, "tomtom", f"0 {m}", -1, p) for m, p in (("MA0018.3", 1e-5),)]
    grammar = World("distinct_1", 150, 13).grammar
    found = motif_filters.matches_by_label(classified(rows), grammar)
    assert found.loc[0, "CREB1"] == 1 and found.loc[0, "kind"] == "M_w"
    assert motif_filters.matches_by_label(None, grammar) is None
    none = classified([(1.0, 0, "loss", "kept", -1, 0.1)])
    assert motif_filters.matches_by_label(none, grammar) is None


def test_chance_of_single_motifs_is_their_share():
    levels = tables.chance(World("distinct_1", 150, 8), [1]).set_index("panel")
    assert levels.loc["NHLH1", "value"] == pytest.approx(12 / 150)
    level = tables.chance_of(World("distinct_1", 150, 8), "NHLH1")
    assert level.index.tolist() == [4, 3, 2, 1] and level[1] == pytest.approx(12 / 150)
    assert level.is_monotonic_decreasing  # positions of the others are left out


def versions(values):
    """Return AUPRC of MEF2A by permutation: {(share, count): value}."""
    return classified(
        [
            (share, AVERAGE, "probability", f"permutation MA0052.{v}", k, value)
            for (share, k), value in values.items()
            for v in (1, 2)
        ],
        motifs="MEF2A",
    )


def test_mef2a_rises_only_if_both_fewer_counts_exceed_three():
    falling = {(0.0, 4): 0.9, (0.0, 3): 0.5, (0.0, 2): 0.4, (0.0, 1): 0.3}
    rising = {(1.0, 4): 0.9, (1.0, 3): 0.2, (1.0, 2): 0.3, (1.0, 1): 0.4}
    values = recorded.version_values(versions(falling | rising))
    assert values["order.fig6.permutation.with"] is True
    assert values["order.fig6.permutation.without"] is True
    assert values["table4.permutation.with.MA0052.1"] == 0.9
    half = rising | {(1.0, 2): 0.1}
    values = recorded.version_values(versions(falling | half))
    assert values["order.fig6.permutation.with"] is False


def counted(value, effects=("additive", "quadratic", "inhibiting", "enhancing")):
    """Return AUPRC of regressions, as `value(method, effect, motif)` says."""
    rows = [
        ("distinct_1", 32, effect, AVERAGE, measure, detail, 4, number, 0.0, 1.0)
        for effect in effects
        for motif in ("CREB1", "NHLH1", "ETS1", "TEAD1")
        for measure, detail, number in (
            ("output", f"IG {motif}", value("IG", effect, motif)),
            ("spread of output", f"IG {motif}", value("IG", effect, motif)),
            ("output", f"permutation {motif}", value("permutation", effect, motif)),
            ("error", motif, -0.3 if effect == "quadratic" else -0.1),
        )
    ]
    columns = ["motifs", "n_filters", "effect", "network", "measure", "detail"]
    columns += ["motifs_present", "value", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


NAMES = ["CREB1", "NHLH1", "ETS1", "TEAD1"]


def test_effects_are_compared_with_additive_labels():
    table = counted(lambda method, effect, motif: 0.7 if effect == "quadratic" else 0.8)
    values = recorded.effect_values(table, NAMES)
    assert values["fig3a.additive.ETS1"] == 0.8 and values["order.fig3a.CREB1"] is True
    assert values["fig3a.quadratic.TEAD1"] == 0.7
    assert values["order.fig3b"] is False  # -0.3 against -0.1
    shuffled = recorded.shuffled_values(table, NAMES)
    assert shuffled == {"order.fig3a.permutation": False}
    best = counted(lambda method, effect, motif: float(effect == "inhibiting"))
    assert recorded.shuffled_values(best, NAMES) == {"order.fig3a.permutation": True}
    some = counted(lambda *_: 0.5, ("additive", "quadratic"))
    assert recorded.shuffled_values(some, NAMES) == {}


def test_boxes_hold_the_spread_of_the_same_row():
    table = counted(lambda method, effect, motif: 0.8)
    shown = tables.effect_boxes(table[table["detail"].str.startswith("IG")])
    assert len(shown) == 4 * 4 and shown["lowest"].eq(0).all()


def test_counts_include_the_total():
    rows = [
        ("distinct_1", 32, "additive", 0, "recall", "all", k, 0.9 - 0.1 * (k == 0))
        for k in range(5)
    ]
    rows.append(("distinct_1", 32, "additive", 0, "total", "all", -1, 0.89))
    columns = ["motifs", "n_filters", "effect", "network", "measure", "detail"]
    table = pd.DataFrame(rows, columns=[*columns, "motifs_present", "value"])
    values = recorded.count_values(table)
    assert values["table6.distinct_1.32.additive.total"] == 0.89
    assert values["order.zero-lowest.additive"] is True


def test_verdicts_are_counted_by_group():
    comparison = pd.DataFrame(
        {
            "quantity": ["table2.a", "table2.b", "order.c", "text.d"],
            "verdict": ["reproduced", "not reproduced", "reproduced", "quoted"],
            "reading": ["declared", *["found after search"] * 2, "declared"],
        }
    )
    shown = recorded.verdict_counts(comparison)
    assert shown["Rows of"].tolist() == ["Table 2: recall of classifiers", "orderings"]
    assert shown["reproduced"].tolist() == [1, 0]
    assert shown["not reproduced"].tolist() == [1, 0]
    assert shown["reproduced, found after search"].tolist() == [0, 1]


def test_calls_are_corrected_for_the_number_of_sets():
    p = 0.05 / interaction_tables.N_SETS
    table = classified(
        [
            (1.0, 0, "interaction p", f"set {i}", 2, v)
            for i, v in enumerate([p, 1.1 * p])
        ],
        n_filters=32,
    )
    assert interaction_tables.calls(table).loc["M_w", "order 2"] == 0.5


def test_interactions_of_networks_stand_beside_those_of_readers():
    columns = ["motifs", "n_filters", "effect", "network", "measure", "detail"]
    rows = [("distinct_1", 32, "additive", 0, "interaction", "a+b", 2, 0.25)]
    rows += [
        ("distinct_1", 32, "additive", 0, measure, "a+b", 2, 0.001)
        for measure in interaction_tables.SCALES.values()
    ]
    rows += [
        ("distinct_1", 32, "additive", 0, "shortfall", scale, 4, 0.1)
        for scale in interaction_tables.SCALES
    ]
    table = pd.DataFrame(rows, columns=[*columns, "motifs_present", "value"])
    readers = pd.DataFrame(
        {"kind": "additive", "who": "best reader", "order": [2], "value": [0.5]}
        | {"called": [1.0], "shortfall": [0.2]}
    )
    shown = interaction_tables.compared_interactions(readers, table).set_index("who")
    assert shown.loc["best reader", "order 2"] == "+0.50 (100%)"
    assert shown.loc["networks", "order 2"] == "+0.25 (100%)"
    assert shown.loc["networks", "shortfall"] == 0.1


def test_runs_are_compared_with_their_own_additive_labels():
    rows = [
        (seed, effect, "output", AVERAGE, "IG A", seed / 10 + (effect != "additive"))
        for seed in (1, 2)
        for effect in ("additive", "quadratic", "enhancing")
    ]
    columns = ["seed", "effect", "measure", "network", "detail", "value"]
    shown = tables.run_differences(pd.DataFrame(rows, columns=columns))
    np.testing.assert_allclose(shown["value"], 1)
    assert shown["motif"].eq("A").all() and len(shown) == 4
