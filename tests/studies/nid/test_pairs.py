import numpy as np
import pandas as pd
import pytest
import torch

from helpers.detectors import weights
from helpers.studies.nid import choices, pairs, worlds
from helpers.studies.nid.training import (
    Recipe,
    kept_mean,
    network,
    networks_from,
    schedule,
)

FIT = {"n_samples": 150, "max_epochs": 1, "patience": 1, "seed": 0}


@pytest.fixture(scope="module")
def read():
    def train(seed=0, architecture="MLP"):
        table, plan = pairs.train_and_read(
            functions=["F5"],
            trials=[0, 1],
            architecture=architecture,
            rate="decaying",
            l1_strength=1e-4,
            device="cpu",
            **(FIT | {"seed": seed}),
        )
        assert plan["device"] == "cpu"
        return table

    return train


def test_one_row_a_network_with_all_readings(read):
    table = read()
    assert table["trial"].tolist() == [0, 1]
    assert table[list(worlds.PAIR_NAMES)].max(axis=1).tolist() == [1, 1]
    assert (
        table["auc"].between(0, 1).all() and table["archdetect_auc"].between(0, 1).all()
    )
    assert (table["lemma3_share"] <= 1 + 1e-4).all()
    assert {f"hits {name}" for name in weights.AVERAGES} <= set(table)


def test_another_seed_gives_other_numbers(read):
    here, there = read(), read(seed=1)
    assert not np.allclose(here["validation_mse"], there["validation_mse"])
    pd.testing.assert_frame_equal(here, read())


def test_a_grid_and_other_starts():
    table, _ = choices.try_choices(
        functions=["F5"],
        trials=[0],
        l1_grid=[0.0, 1e-3],
        architecture="MLP-M",
        rate="constant",
        start="truncated normal",
        device="cpu",
        **FIT,
    )
    assert table["l1"].tolist() == [0, 1e-3]
    assert set(table["start"]) == {"truncated normal"}
    starts = choices.other_starts(
        function="F5", n_networks=2, l1_strength=0.0, device="cpu", **FIT
    )
    assert starts["network"].tolist() == [0, 1]
    spread = choices.spread_of_starts(starts, None, "F5")
    assert spread["networks"].tolist() == [2]


def test_validation_may_choose_another_strength_than_the_truth():
    table = pd.DataFrame(
        {
            "architecture": "MLP",
            "rate": "constant",
            "function": "F1",
            "l1": [1.0, 2.0, 3.0],
            "validation_mse": [0.1, 0.2, 0.3],
            "auc": [0.6, 0.7, 0.9],
        }
    )
    (row,) = choices.by_choice(table, 2.0).to_dict("records")
    assert row["L1 2 for all"] == 0.7
    assert row["chosen by validation error"] == 0.6
    assert row["chosen with the truth (not allowed)"] == 0.9
    assert row["median strength chosen by validation"] == 1.0


def strengths_table():
    """Return two strengths on two data sets: validation prefers 2, the truth 1."""
    rows = [
        {"architecture": "MLP-M", "start": start, "l1": l1, "trial": trial}
        | {"validation_mse": error + trial, "auc": auc - trial / 10}
        for start, gain in (("PyTorch", 0.0), ("truncated normal", 0.1))
        for trial in (0, 1)
        for l1, error, auc in ((1.0, 0.2, 0.8 + gain), (2.0, 0.1, 0.6 + gain))
    ]
    return pd.DataFrame(rows).assign(function="F6")


def test_the_strength_of_least_validation_error_is_chosen():
    table = strengths_table()
    assert choices.tuned(table)["l1"].tolist() == [2.0] * 4
    aucs = choices.tuned_aucs(table, mark=" (stored)")
    assert aucs["method"].unique().tolist() == ["NID, MLP-M, tuned (stored)"]
    assert aucs["auc"].tolist() == pytest.approx([0.6, 0.5])  # of PyTorch's start alone
    assert choices.tuned_aucs(None) is None


def test_starts_and_strengths_stand_beside_the_published_row():
    published = pd.Series({f"table2.mlpm.{f}": 0.7 for f in ("mean", "F6", "F7", "F9")})
    shown = choices.by_start(strengths_table(), 1.0, published)
    assert shown["Start"].tolist() == [
        "published", "PyTorch", "PyTorch", "truncated normal", "truncated normal",
    ]  # fmt: skip
    assert shown["Strength"].tolist()[:3] == [
        "tuned", "1 for all", "tuned on validation data",
    ]  # fmt: skip
    assert shown["F6"].tolist() == pytest.approx([0.7, 0.75, 0.55, 0.85, 0.65])
    assert shown["F7"].isna().tolist() == [False] + [True] * 4


def test_the_start_of_2018_is_a_truncated_normal():
    settings = {"hidden": (50, 40), "univariate": (6,)}
    plain, normal = (
        networks_from([0], "MLP-M", 30, start=start, **settings)[0]
        for start in ("PyTorch", "truncated normal")
    )
    values = torch.cat([p.detach().flatten() for p in normal.parameters()])
    assert values.abs().max() <= 0.2
    assert values.std() == pytest.approx(0.088, abs=0.003)  # cut at two deviations
    assert max(float(p.detach().abs().max()) for p in plain.parameters()) > 0.2
    with pytest.raises(ValueError, match="start must be one of PyTorch"):
        networks_from([0], "MLP", 3, start="zero")


def test_parts_run_five_trials_of_the_usual_start_first():
    parts = choices.parts_of(range(6))
    assert len(parts) == 8
    assert parts[0] == {
        "start": "PyTorch",
        "architecture": "MLP",
        "trials": [*range(5)],
    }
    assert [part["trials"] for part in parts[2:4]] == [[5], [5]]


def networks_table(f6=(0.9, 0.7)):
    """Return AUCs of one trial of each function: MLP .9 but on F6, MLP-M .8."""
    rows = [
        {"function": name, "trial": 0, "architecture": architecture, "auc": auc}
        for name in worlds.true_pairs()
        for architecture, auc in (("MLP", 0.9), ("MLP-M", 0.8))
    ]
    table = pd.DataFrame(rows).assign(archdetect_auc=0.5)
    for architecture, auc in zip(("MLP", "MLP-M"), f6, strict=True):
        mine = (table["function"] == "F6") & (table["architecture"] == architecture)
        table.loc[mine, "auc"] = auc
    return table


def rival(method, auc):
    rows = {"function": list(worlds.true_pairs()), "method": method, "auc": auc}
    return pd.DataFrame(rows).assign(trial=0)


def test_table_2_takes_stored_rows_for_what_did_not_run():
    stored = pd.concat([rival("RuleFit", 0.6), rival("ANOVA, joint", 0.1)])
    table = pairs.table_2(
        networks_table(), rival("ANOVA, joint", 0.7), None, stored=stored
    )
    assert set(table["method"]) == {
        "NID, MLP",
        "NID, MLP-M",
        "ArchDetect, MLP",
        "ArchDetect, MLP-M",
        "ANOVA, joint",
        "RuleFit (stored)",
    }
    assert pairs.table_2(None, None) is None


@pytest.mark.parametrize(("f6", "holds"), [((0.9, 0.7), True), ((0.5, 0.7), False)])
def test_orderings_are_recorded_as_they_are(f6, holds):
    table = pairs.table_2(networks_table(f6), rival("ANOVA, joint", 0.85))
    values = pairs.recorded(pairs.mean_aucs(table))
    assert values["table2.order.mlp-above-mlpm-on-F6"] == holds
    assert values["table2.order.mlp-above-anova"]
    assert not values["table2.order.mlpm-above-anova"]
    assert values["table2.anova.F3"] == pytest.approx(0.85)
    assert not any("rulefit" in name for name in values)


def test_a_method_on_some_functions_has_no_mean():
    groves = rival("Additive Groves", 0.7)
    some = pairs.mean_aucs(pairs.table_2(networks_table(), groves[:3]))
    values = pairs.recorded(some)
    mine = {name for name in values if "additive-groves" in name}
    assert mine == {f"table2.additive-groves.F{i}" for i in (1, 2, 3)}
    whole = pairs.recorded(pairs.mean_aucs(pairs.table_2(networks_table(), groves)))
    assert whole["table2.additive-groves.mean"] == pytest.approx(0.7)
    assert whole["table2.order.mlp-above-additive-groves"]


def test_a_tuned_strength_counts_before_a_fixed_one():
    tuned = rival("NID, MLP, tuned", 0.97)
    stored = rival("NID, MLP-M, tuned (stored)", 0.99)  # of another run: does not count
    means = pairs.mean_aucs(pairs.table_2(networks_table(), tuned, stored))
    values = pairs.recorded(means)
    assert values["table2.mlp.F3"] == pytest.approx(0.97)
    assert values["table2.mlpm.F3"] == pytest.approx(0.8)


def test_published_values_stand_beside_fresh_and_stored_methods():
    keys = pairs.PUBLISHED_METHODS.values()
    values = {f"table2.{k}.F{i}": i / 10 for k in keys for i in range(1, 11)}
    table = pairs.published_aucs(pd.Series(values))
    mine = table[table["method"] == "RuleFit (stored)"]
    assert mine["auc"].tolist() == [i / 10 for i in range(1, 11)]


def test_hits_are_summed_over_functions_and_averaged_over_trials():
    columns = {f"hits {name}": [1, 2, 3, 4] for name in weights.AVERAGES}
    table = pd.DataFrame(columns).assign(architecture="MLP", trial=[0, 0, 1, 1])
    table.loc[0, "hits maximum"] = 9
    hits = pairs.summed_hits(table)
    assert hits.loc["MLP", "minimum"] == 5
    assert hits.loc["MLP", "maximum"] == 9
    assert pairs.minimum_is_highest(hits) == {"fig3.mlp.minimum-is-highest": False}


def strengths(true, false, weak=None):
    """Return rows of MLP-M whose strengths follow the truth of each function."""
    rows = []
    for name, true_pairs in worlds.true_pairs().items():
        row = {}
        for text in worlds.PAIR_NAMES:
            i, j = (int(part) - 1 for part in text.split("-"))
            row[text] = true if (i, j) in true_pairs else false
            if name == "F6" and weak is not None and min(i, j) >= 7:
                row[text] = weak
        rows.append({"function": name, "architecture": "MLP-M", **row})
    return pd.DataFrame(rows)


def test_maps_that_follow_the_truth():
    maps = pairs.mean_maps(strengths(1.0, 0.2, weak=0.5))
    assert maps["F5"][0, 1] == maps["F5"][1, 0] == 1.0
    assert np.isnan(maps["F5"][0, 0])
    assert pairs.map_orderings(maps) == {
        "fig4.true-pairs-stronger": True,
        "fig4.F6.pairs-of-8-9-10-weak": True,
        "fig4.F7.has-errors": False,
    }
    upside_down = pairs.map_orderings(pairs.mean_maps(strengths(0.2, 1.0, weak=0.9)))
    assert list(upside_down.values()) == [False, False, True]


def test_top_rank_recall_divides_by_the_number_of_true_sets():
    table = pd.DataFrame({"function": list(worlds.true_pairs())})
    table = table.assign(architecture="MLP", trial=0)
    table["hits minimum"] = table["function"].map(worlds.n_true_sets())
    recall = pairs.top_rank_recall(table)
    assert (recall == 1).all(axis=None) and next(iter(recall)) == "mean"


def test_best_and_worst_are_dropped_from_four_on():
    assert kept_mean([1.0, 2.0, 6.0]) == 3
    assert kept_mean([0.0, 1.0, 3.0, 100.0]) == 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: network("CNN", 3), "architecture must be one of MLP, MLP-M"),
        (lambda: schedule("fast"), "rate must be one of decaying, constant"),
        (lambda: Recipe(**(FIT | {"patience": 0})), "patience must be at least 1"),
        (lambda: Recipe(**(FIT | {"n_samples": 2})), "n_samples must be at least 3"),
    ],
)
def test_bad_settings_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_margin_within_the_spread_of_data_sets_is_too_close_to_call():
    def aucs(theirs):
        ours = [
            {
                "method": "NID, MLP-M, tuned",
                "function": f,
                "trial": k,
                "auc": 0.8 + k / 9,
            }
            for f in worlds.true_pairs()
            for k in range(2)
        ]
        groves = [
            {"method": "Additive Groves (stored)", "function": f, "trial": 0,
             "auc": theirs}
            for f in worlds.true_pairs()
        ]  # fmt: skip
        return pd.DataFrame(ours + groves)

    near, far = (pairs.margin_words(aucs(theirs)) for theirs in (0.85, 0.1))
    assert (
        "lies 0.0056 above *Additive Groves (stored)* (0.8556 and 0.8500; 2 and 1"
        in near
    )
    assert "too close to call" in near and "too close" not in far
    assert pairs.margin_words(aucs(0.8)[:20]) == ""


def test_two_runs_of_the_same_settings_stand_beside_each_other():
    rows = [
        {"architecture": name, "function": f, "trial": 0, "auc": 0.9}
        for name in ("MLP", "MLP-M")
        for f in worlds.true_pairs()
    ]
    first = pd.DataFrame(rows)
    second = first.assign(l1=5e-5, start="PyTorch", auc=0.8)
    other = second.assign(start="truncated normal", auc=0.1)
    said = choices.two_runs_words(first, pd.concat([second, other]), 5e-5)
    assert "MLP: mean 0.900 and 0.800, F6 0.900 and 0.800" in said
    assert choices.two_runs_words(first, None, 5e-5) == ""
