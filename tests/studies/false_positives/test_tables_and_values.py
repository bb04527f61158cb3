"""What pages show and what is recorded, from small tables made by hand."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.press import results
from helpers.studies.false_positives import published_size, tables, values

ROOT = Path(__file__).parents[3]
PROFILES = ("by main effects", "by main-effect error", "by distance")


def described(padding="valid", control="negative", p=(0.5, 0.5), first=0, **summaries):
    """A description of len(p) networks of one call, and of their mean."""
    rows = []

    def add(kind, quantity, network, value, **more):
        rows.append(
            {"kind": kind, "quantity": quantity, "network": network, "value": value}
            | more
        )

    n = len(p)
    networks = [*range(first, first + n), -1]
    for test in tables.TESTS:
        for i, network in enumerate(networks):
            value = p[i] if i < n and test == "paired" else 0.5
            add("p", test, network, value)
            add("median", test, network, 0.1, low=0.0, high=0.2)
    rows.sort(key=lambda row: row["kind"] != "p")  # as stored: all p, then medians
    base = {
        "mse": 1.5, "mean": -1.0, "r": -0.2, "r, size": 0.1, "r, repair": 0.3,
        "size": 5.0, "size, shuffles": 0.5, "mean change": -0.1, "median change": -0.01,
        "median change, training": 0.0, "mean change, random": 0.0,
    } | summaries  # fmt: skip
    for i, network in enumerate(networks):
        for name, value in base.items():
            each = np.broadcast_to(value, n)
            add("summary", name, network, each[i] if i < n else each.mean())
        for quantity in ("with", "without"):
            add("histogram", quantity, network, 0.5 + i, at=0.25)
        for quantity in PROFILES:
            for at in (190.0, 210.0, 230.0, 250.0, 270.0):
                dip = -50 if at == 210 else -10
                add("profile", quantity, network, 0.0, at=at, low=dip, high=5.0)
    table = pd.DataFrame(rows).assign(padding=padding, control=control)
    ordered = {network: i for i, network in enumerate(networks)}
    return table.assign(
        l1=[-1.0 if i == -1 else 0.0 for i in table["network"]],
        repeat=[-1 if i == -1 else ordered[i] for i in table["network"]],
        epochs=9,
        architecture="arch1",
    )


@pytest.fixture
def shown():
    return tables.gather(
        [described(p=(0.01, 0.5)), described(control="positive", p=(0.01, 0.02))],
        [],
        "quick",
    )


def test_stored_conditions_fill_only_what_this_run_lacks():
    here, there = described(), described(mse=9.0)
    other = described(padding="same")
    table = tables.gather([here, None], [there, other, None], "quick")
    networks = tables.networks_of(table)
    assert networks.groupby("padding")["ran"].unique().str[0].to_dict() == {
        "valid": "quick",
        "same": "paper",
    }
    assert 9.0 not in networks["mse"].to_numpy()
    assert len(tables.networks_of(tables.with_stored(table, [there, other]))) == 6
    assert tables.gather([None], [None], "quick") is None
    assert tables.networks_of(None).empty


def test_calls_are_counted_per_condition(shown):
    table = tables.calls(tables.networks_of(shown)).set_index("Test")
    assert table.loc["paired"].tolist() == [1, 2]
    assert table.columns[0] == "negative, valid, quick size (of 2)"
    shares = tables.call_shares(tables.networks_of(shown))
    paired = shares[shares["test"] == "paired"].set_index("control")
    assert paired.loc["negative", ["called", "networks"]].tolist() == [1, 2]
    assert set(shares["ran"]) == {"quick"}


def test_what_has_not_run_is_named():
    networks = tables.networks_of(tables.gather([], [described()], "paper"))
    lines = tables.waiting_for(networks, 2)
    assert len(lines) == 3
    assert lines[0] == "all 2 networks of the positive control with valid padding"
    assert tables.waiting_for(networks, 45)[0].startswith(
        "43 of 45 networks of the neg"
    )
    assert len(tables.waiting_for(tables.networks_of(None), 45)) == 4


def test_training_errors_stand_beside_the_oracle(shown):
    truth = pd.DataFrame({"padding": ["valid"], "control": ["negative"], "mse": [0.96]})
    table = tables.training_table(tables.networks_of(shown), truth)
    assert table["networks"].tolist() == [2, 2]
    assert table["oracle"][0] == 0.96
    assert np.isnan(table["oracle"][1])


def test_histograms_are_of_called_networks_if_there_are_any(shown):
    networks = tables.networks_of(shown)
    table = tables.histograms(shown, networks)
    one = table[(table["control"] == "negative") & (table["quantity"] == "with")]
    assert one["which"].item() == "1 called"
    assert one["value"].item() == 0.5  # the first network alone
    nobody = tables.gather([described()], [], "quick")
    table = tables.histograms(nobody, tables.networks_of(nobody))
    assert table["which"].unique().tolist() == ["all 2"]
    assert table["value"].unique().tolist() == [1.0]


def test_profiles_by_main_effect_error_are_those_of_called_networks(shown):
    table = tables.profiles(shown, tables.networks_of(shown)).groupby("quantity")["n"]
    assert table.first().to_dict() == {
        "by main effects": 2,
        "by main-effect error": 1,
        "by distance": 2,
    }


def test_averages_say_how_many_networks_they_hold():
    whole = pd.concat([described(p=(0.5,) * 3, size=9.0), described(first=3)])
    table = tables.averaging_table(tables.gather([whole], [], "paper"))
    assert table["n"].tolist() == [3, 2]
    assert table["size, single"].tolist() == [9.0, 5.0]
    page = tables.averaging_page(table)
    assert page["Networks in the mean"].tolist() == [3, 2]
    assert page["Mean |I|"].tolist() == ["9.0 → 9.0", "5.0 → 5.0"]
    words = tables.averaging_words(table)
    assert "**1.00** in the negative control (valid, 2 networks)" in words


def test_networks_that_learnt_nothing_are_counted_apart():
    table = pd.DataFrame(
        {
            "control": ["negative", "positive", "positive"],
            "mse": [6.0, 90.0, 90.0],
            "size": [4.0, 0.0, 3.0],
            "median change": 0.1,
            "paired": [0.01, 0.5, 0.5],
            "unpaired": [0.5, 0.5, 0.01],
        }
    )
    words = tables.early_words(table)
    assert words.startswith("Of 2 networks")
    assert "judges **2** wrongly and the unpaired test **0**" in words
    assert "Left out are 1 networks" in words
    assert tables.by_error(table)["Test MSE"].tolist() == [
        "5 to 8", "above 25", "one value for all",
    ]  # fmt: skip


def test_the_spread_over_draws_is_told():
    draws = pd.DataFrame(
        {
            "padding": "valid", "control": "positive", "pairs": [1, 3],
            "floor": [1.0, 1.0], "interaction": [40.0, 42.0], "change": 1e-16,
        }
    )  # fmt: skip
    row = tables.redraw_table(draws).iloc[0]
    assert row["Mean interaction (counts)"] == "41 ± 1.4"
    assert row["Median loss change"] == "0 ± 0"


def test_the_largest_interaction_is_placed_among_the_errors():
    table = described(p=(0.5,) * 3, size=(1, 9, 2), mse=(1.0, 2.0, 3.0))
    (words,) = tables.largest_words(tables.networks_of(tables.gather([table], [], "x")))
    assert "9.0 counts, belongs to a network with a test MSE of 2.00; 1 of 3" in words


def test_calls_under_strong_penalties_stand_beside_chance():
    table = pd.DataFrame({"l1": [0.1, 0.01, 0.0], "paired": [0.5, 0.04, 0.001]})
    words = tables.strong_words(table)
    assert words.startswith("Of 2 networks")
    assert "calls 1 (smallest p 0.04); by chance it would call 0.1." in words


@pytest.fixture
def grid():
    return pd.DataFrame(
        [
            (test, p, strength, n_train, n_pairs, trial)
            for test in ("paired", "unpaired")
            for n_train in (0, 500)
            for n_pairs in (50, 100)
            for strength, p in ((0.0, 0.5), (1.0, 0.01))
            for trial in range(4)
        ],
        columns=["test", "p", "strength", "n_train", "n_pairs", "trial"],
    )


def test_rejections_and_their_words(grid):
    rates = tables.rejections(grid)
    assert set(rates["predictor"]) == {"oracle", "500 sequences"}
    assert rates.groupby("strength")["rejected"].unique().str[0].tolist() == [0, 1]
    table, said = tables.power_table(rates)
    assert list(table["Predictor"]) == ["oracle", "500 sequences"]
    assert list(table["strength 1"]) == ["1.00", "1.00"]
    assert list(table["Pairs"]) == ["100", "100"] and "with the most pairs" in said
    false = tables.false_positives(grid.assign(p=[0.01, *[0.5] * (len(grid) - 1)]))
    assert false.to_dict("records") == [
        {"Sequences": "500", "Pairs": "100", "paired": "0 of 4", "unpaired": "0 of 4"}
    ]
    assert tables.false_positives(grid[grid["n_train"] == 0]).empty


def test_rows_with_fewer_pairs_than_others_keep_their_place(grid):
    grid = grid[(grid["n_train"] == 0) | (grid["n_pairs"] == 50)]
    table, _ = tables.power_table(tables.rejections(grid))
    assert list(table["Pairs"]) == ["100", "50"]
    assert list(table["Predictor"]) == ["oracle", "500 sequences"]
    (row,) = tables.false_positives(grid.assign(p=0.01)).to_dict("records")
    assert row["Pairs"] == "50" and row["paired"] == "4 of 4"


def test_training_of_the_power_curves_is_told_or_said_to_be_unknown(grid):
    assert "with 500 sequences: not stored" in tables.trained_words(grid)
    words = tables.trained_words(grid.assign(mse=4.0 + 2 * grid["strength"]))
    assert "4.0 to 6.0, 4 of 8 above 5" in words


def test_calls_before_and_after_refitting_are_counted_by_strength():
    table = pd.DataFrame(
        {
            "strength": [0.0, 0.0, 1.0], "mse": [1.0, 2.0, 1.0], "size": 3.0,
            "paired": [0.01, 0.5, 0.01], "refitted": [0.5, 0.5, 0.01],
            "supported": [0.0, 0.2, 0.9],
        }
    )  # fmt: skip
    page = tables.refit_table(table)
    assert page["Paired p < 0.05"].tolist() == [1, 1]
    assert page["Refitted p < 0.05"].tolist() == [0, 1]
    assert page["Share supported (median)"].tolist() == [0.1, 0.9]


def test_what_the_published_size_calls_is_told_by_strength(grid):
    stored = grid[grid["n_train"] == 500].assign(mse=4.0 + 2 * grid["strength"])
    (line,) = tables.paper_power_words([None, stored])
    assert "on 500 sequences, 4 of 8 networks are well trained" in line
    assert "With 100 pairs" in line and line.endswith("0: 0 of 4; 1: 4 of 4.")


def test_refitting_at_the_published_size_is_told():
    assert tables.paper_refit_words(None) == ""
    table = pd.DataFrame(
        {
            "strength": [0.0, 0.0, 1.0], "mse": [1.0, 2.0, 9.0],
            "paired": [0.5, 0.5, 0.01], "refitted": [0.01, 0.5, 0.01],
            "supported": [0.1, 0.3, 0.9],
        }
    )  # fmt: skip
    words = tables.paper_refit_words(table)
    assert "calls 0 of the 2 networks" in words and "after refitting 1." in words
    assert "1.50 on average" in words and "0.20 there, and of 0.90" in words


# ---- recorded values ----------------------------------------------------------------


def test_only_whole_conditions_count(shown):
    networks = tables.networks_of(shown)
    part = networks[~((networks["control"] == "positive") & (networks["repeat"] == 0))]
    assert set(values.whole_conditions(part, 2)["control"]) == {"negative"}


def test_counts_are_stated_as_of_45_networks(shown):
    found = values.count_values(tables.networks_of(shown))
    assert found["count.valid.negative.paired"] == 22.5
    assert found["count.valid.positive.paired"] == 45
    assert found["count.valid.negative.positive-mean"] == 0


def test_ranges_and_means():
    networks = tables.networks_of(
        tables.gather(
            [described(**{"r, size": (0.1, 0.3), "mse": (1, 2)})], [], "paper"
        )
    )
    found = values.range_values(networks)
    assert found["range.valid.negative.r-size.largest"] == 0.3
    assert found["mse.valid.negative.mean"] == 1.5
    assert found["mse.valid.negative.arch1.l1-0"] == 1.5


def test_orderings_of_both_controls(shown):
    found = values.order_values(tables.networks_of(shown), shown)
    assert found["order.valid.negative.removal-helps"] is True
    assert found["order.valid.unpaired-separates"] is False
    assert found["order.valid.negative.repairs"] is True
    assert found["order.valid.negative.dip-at-200"] is True
    assert "order.same.negative.ends-smaller" not in found


def test_repairs_without_a_called_network_do_not_apply():
    nobody = tables.gather([described()], [], "paper")
    found = values.order_values(tables.networks_of(nobody), nobody)
    assert found["order.valid.negative.repairs"] is None


def test_a_dip_elsewhere_is_noticed_network_by_network():
    table = described(p=(0.5,) * 3)
    at = (table["at"] == 270) & table["network"].isin([0, 1])
    table.loc[at, "low"] = -60.0
    shown = tables.gather([table], [], "paper")
    found = values.order_values(tables.networks_of(shown), shown)
    assert found["order.valid.negative.dip-at-200"] is False
    (words,) = values.dip_words(tables.networks_of(shown), shown)
    assert "1 of 3 networks" in words
    assert "between 240 and 270." in words


def test_ranks_need_five_networks():
    few = tables.networks_of(tables.gather([described()], [], "paper"))
    assert values.rank_values(few) == {}
    many = described(p=(0.5,) * 6, size=range(6), mse=range(1, 7))
    networks = tables.networks_of(tables.gather([many], [], "paper"))
    found = values.rank_values(networks)
    assert found["spearman.valid.negative"] == pytest.approx(1)
    assert found["order.valid.negative.worse-is-larger"]


def test_tabular_networks_are_counted():
    table = pd.DataFrame(
        {"l1": [0.1, 0.0], "paired": [0.5, 0.01], "against zeros": [0.5, 0.5]}
    )
    assert values.tabular_values(table) == {
        "tabular.paired": 1,
        "tabular.against-zero": 0,
        "tabular.strong-l1-none": True,
    }


def test_the_oracle_gives_floors_and_true_interactions():
    truth = pd.DataFrame(
        {
            "padding": "same", "control": ["negative", "positive"], "mse": [0.98, 0.94],
            "mean": [0.0, 39.0], "median change": [0.0, 8.0],
        }
    )  # fmt: skip
    found = values.simulation_values(truth)
    assert found["simulation.same.positive.interaction"] == 39
    assert "simulation.same.negative.interaction" not in found


def test_pooling_the_printed_p_values_gives_the_printed_pooled_ones():
    printed = {  # of the authors' 19 networks, negative control, same padding
        "paired": [1.48e-6, 3.64e-4, 3.18e-8, 0.0254, 1.57e-4, 0.0167, 5.21e-7, 0.0112,
                   0.00401, 0.00715, 0.0180, 0.0218, 6.11e-6, 0.00807, 0.00333,
                   3.11e-4, 2.0e-15, 0.0271, 0.00253],
        "unpaired": [0.266, 0.466, 0.307, 0.396, 0.421, 0.425, 0.339, 0.326, 0.316,
                     0.378, 0.446, 0.423, 0.331, 0.366, 0.404, 0.392, 0.161, 0.416,
                     0.363],
    }  # fmt: skip
    networks = pd.DataFrame(printed).assign(padding="same", control="negative")
    silent = networks.assign(paired=0.5)  # never called: left out
    found = tables.pooled(pd.concat([networks, silent])).set_index("test")
    assert found["n"].tolist() == [19, 19]
    assert found.loc["unpaired", "p"] == pytest.approx(0.062, abs=5e-4)
    assert found.loc["paired", "p"] == pytest.approx(1e-47, rel=0.15)
    (line,) = tables.pooled_words(networks)
    assert "the 19 networks" in line
    assert "unpaired p = **0.062**" in line
    score = values.pooled_values(networks)["pooled.same.negative.unpaired"]
    assert score == pytest.approx(1.54, abs=0.005)


def test_standard_errors_are_told_where_tables_hold_them():
    networks = pd.DataFrame({"size": [2.0, 4.0], "size, error": [0.02, np.nan]})
    assert tables.error_words(networks) == (
        "A standard error is 1.0% to 1.0% of a network's mean |I| "
        "(1 networks whose tables hold it)."
    )
    assert tables.error_words(networks[["size"]]) == ""


def test_every_miss_stands_on_the_page_with_its_measurement():
    store = results.Store("1-false-positives", size="paper")
    cells = json.loads((ROOT / "book/chapters/1-false-positives.ipynb").read_text())
    sources = ["".join(c["source"]) for c in cells["cells"] if c["cell_type"] == "code"]
    assert "store.missed_rows()" in sources
    table, shown = store.comparison(), store.missed_rows()
    missed = table[table["verdict"] == "not reproduced"]
    assert len(missed) and f"**{len(missed)} of " in shown
    for row in missed.itertuples():
        assert f"| {row.claim} (" in shown


@pytest.fixture
def known():
    rows = [
        ("count.same.negative.paired", 2.0, 1.0),
        ("mse.same.negative.mean", 1.2, 1.5),
        ("mse.same.positive.mean", 1.5, 1.4),
    ]
    return pd.DataFrame(rows, columns=["quantity", "published", "paper_size"])


def of_one_size(p, **summaries):
    """Networks of same padding, additive and not, those of p called; all of paper."""
    both = [described("same", "negative", p, **summaries)]
    both.append(described("same", "positive", (0.001, 0.002), **summaries))
    return tables.networks_of(tables.gather([], both, "quick"))


def test_calls_at_the_published_size_are_counted_from_the_stored_tables(known):
    networks = of_one_size((0.03, 0.5), size=[1.0, 3.0])
    assert published_size.call_words(networks.assign(ran="quick"), known) == []
    first, paired = published_size.call_words(networks, known)
    # Every other test has p = .5: no calls; the paired one calls both of the positive.
    assert "of 2 networks of the negative control, 0 are called by each" in first
    assert first.endswith("paired test call 0 to 2.")
    assert "**1 of 2** false interactions called (published: 2), 0 after" in paired
    assert "mean |I| of 1.0 to 3.0 counts" in paired


def test_errors_are_compared_with_the_published_and_with_the_epochs(known):
    networks = of_one_size((0.5, 0.5), mse=[1.0, 2.0])
    networks["epochs"] = [120, 100] * 2  # the longer run is the better one
    higher, longer = published_size.error_words(networks, known)
    assert "higher than the published one in 1 of 2 groups" in higher
    assert higher.endswith("differences are -0.10 to 0.30.")
    assert "Best epochs are 110 to 110 on average, the latest 120." in longer
    assert "is -1.00 to -1.00" in longer and "by -0.500 to -0.500." in longer
    assert published_size.error_words(networks.iloc[:0], known) == []
