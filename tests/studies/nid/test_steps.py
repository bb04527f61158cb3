"""The smaller steps of the study, and what pages show of them."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from helpers.ensemble import Ensemble
from helpers.networks.mlp import MLPM
from helpers.press.results import Store
from helpers.studies.nid import (
    curves,
    limits,
    noise,
    products,
    regularisers,
    rivals,
    slim,
    tables,
    wide,
    worlds,
)
from helpers.training.stack import Stack

FIT = {"max_epochs": 1, "patience": 1, "seed": 0}
SLIM = {
    "hidden": [20, 10],
    "univariate": [],
    "strength": 5e-4,
    "learning_rate": 1e-2,
}


# Many features


def test_screening_finds_a_product_behind_a_line():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2_000, 4))
    y = 5 * X[:, 0] + X[:, 1] * X[:, 3]
    scores = wide.screen_products(X, y)
    assert scores.shape == (6,)
    assert scores.argmax() == 4  # 1-2, 1-3, 1-4, 2-3, then 2-4


@pytest.mark.parametrize("binary", [False, True])
def test_a_quadratic_model_is_ranked(binary):
    settings = {"n_samples": 90, "n_features": 10, "n_factors": 1, "density": 0.3}
    table, _ = wide.rank_quadratic(
        trials=[0, 1], **settings, binary=binary, device="cpu", **SLIM, **FIT
    )
    assert table["training_rows"].tolist() == [30, 30]
    assert table["true_pairs"].tolist() == [3, 3]
    assert table["nid"].between(0, 1).all()
    assert table["nid"][0] != table["nid"][1]


def test_tables_of_many_features():
    table = pd.DataFrame(
        {
            "training_rows": [10, 20, 20],
            "nid": [0.5, 0.8, 0.9],
            "screening": [0.6, 0.7, 0.7],
            "validation_loss": 1.0,
            "true_pairs": [3, 4, 5],
        }
    )
    shown = wide.quadratic_table(table, "0.9")
    assert shown["Learned from"].tolist() == ["published", "10 rows", "20 rows"]
    assert shown["screening better"].tolist() == ["–", "1 of 1", "0 of 2"]
    assert shown["NID on MLP-M"][2] == "0.850 ± 0.071"
    assert wide.most_rows(table)["nid"].tolist() == [0.8, 0.9]
    assert "3 to 5 are true" in wide.true_pairs_text(table)
    assert wide.true_pairs_text(None) == ""
    values = wide.recorded(table)
    assert values["table5.nid.auc"] == pytest.approx(0.85)


def test_products_by_order_and_method():
    settings = {"n_samples": 120, "n_features": 14, "cut_off": 1e-3}
    table, _ = products.find_products(
        trials=[0], **settings, device="cpu", **SLIM, **FIT
    )
    assert (table["kind"] == "recall").sum() == 4
    assert table["value"].between(0, 1).all()
    shown = products.order_table(table.query("kind != 'precision'"))
    assert shown["precision"].tolist() == ["–"] * 4
    assert len(products.method_table(table)) == 3


@pytest.mark.parametrize("design", slim.DESIGNS)
def test_every_strength_and_rate_is_tried_on_every_data_set(design):
    table, _ = slim.try_training(
        design=design,
        trials=[100, 101],
        strengths=[1e-4, 1e-3],
        learning_rates=[1e-2, 3e-3],
        n_samples=90,
        n_features=40,
        hidden=[10],
        device="cpu",
        **FIT,
    )
    assert not table.duplicated(["trial", "l1", "rate"]).any()
    assert len(table) == 8
    assert set(table["design"]) == {design}
    assert table["auc"].between(0, 1).all()
    assert table.groupby(["l1", "rate"])["validation_loss"].mean().nunique() == 4


def test_the_least_validation_error_chooses_whatever_the_ranking():
    table = pd.DataFrame(
        {
            "design": "Table 5",
            "trial": [1, 2, 1, 2],
            "l1": [1e-4, 1e-4, 1e-3, 1e-3],
            "rate": "0.01",
            "validation_loss": [0.1, 0.4, 0.2, 0.2],
            "auc": [0.9, 0.9, 0.6, 0.8],
        }
    )
    (best,) = slim.best_training(table).to_dict("records")
    assert (best["l1"], best["auc"]) == (1e-3, pytest.approx(0.7))
    assert "L1 strength 0.001 and rate 0.01" in slim.chosen_words(table)
    assert "That is the strongest of the 2 strengths tried" in slim.chosen_words(table)
    more = table.assign(l1=[1e-2, 1e-2, 1e-4, 1e-4], validation_loss=0.9)
    within = slim.chosen_words(pd.concat([table, more]))
    assert "L1 strength 0.001" in within and "strengths tried" not in within


def test_unknown_designs_are_refused():
    with pytest.raises(ValueError, match=r"design must be one of .*; got 'Table 7'"):
        slim.try_training(
            design="Table 7", trials=[0], strengths=[0], learning_rates=[0.1],
            n_samples=90, n_features=5, hidden=[5], **FIT,
        )  # fmt: skip


def test_settings_of_the_tables_are_those_that_were_chosen():
    tried = Store("5-open-choices", size="paper").paper("slim-training")
    best = slim.best_training(tried).set_index("design")
    for design, made in (("Table 5", wide.TABLE_5), ("Table 6", products.TABLE_6)):
        assert best.loc[design, "l1"] == made["strength"]
        assert float(best.loc[design, "rate"]) == made["learning_rate"]


def test_precision_and_recall_in_ones_head():
    # One unit that proposes {1,2}, {1,2,3}, ... and no other.
    network = nn.Sequential(nn.Linear(5, 1), nn.ReLU(), nn.Linear(1, 1))
    with torch.no_grad():
        network[0].weight.copy_(torch.tensor([[5.0, 4.0, 3.0, 2.0, 1.0]]))
        network[2].weight.fill_(1.0)
    rows = products.by_order(
        0, network, [(0, 1), (2, 3, 4), (0, 1, 2, 3), range(5)], 0.5
    )
    found = {(kind, order): value for _, kind, order, value in rows}
    assert found["precision", "2"] == found["recall", "2"] == 1
    assert found["precision", "3"] == 1  # {1,2,3} lies inside {1,2,3,4}
    assert found["recall", "3"] == 0  # but is not {3,4,5}


# Penalties


@pytest.mark.parametrize("name", regularisers.PENALTIES)
def test_each_penalty_is_at_work(name):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        start = [regularisers.networks_from([0], "MLP-M", 3)[0] for _ in range(2)]
    X = np.random.default_rng(0).normal(size=(60, 3))
    fitted = Ensemble(start, device="cpu").fit(
        X,
        X[:, 0],
        penalty=regularisers.penalty_of(name, np.array([0.0, 10.0]), np.zeros(2)),
        stopping=None,
        max_epochs=3,
        progress=False,
    )
    free, held = (
        sum(float(layer.weight.detach().abs().sum()) for layer in n.interaction.layers)
        for n in (fitted.network(0), fitted.network(1))
    )
    assert held < free


def test_unknown_penalties_are_refused():
    with pytest.raises(ValueError, match="penalty must be one of group-lasso"):
        regularisers.penalty_of("ridge-unit", np.ones(1), np.ones(1))


def test_the_other_matrices_keep_their_own_l1():
    network = MLPM(9, hidden=(4, 2), univariate=())
    for parameter in network.parameters():
        nn.init.ones_(parameter)
    stack = Stack.of([network])
    penalties = regularisers.penalty_of("group-lasso-unit", 3.0, 2.0)
    values = [float(p.select(torch.tensor([0]), stack)(stack.views)) for p in penalties]
    # Above: 4 units, each √9 · ‖w‖ = 3 · 3. Then layers of 2 x 4 and 1 x 2 weights.
    assert values == [3 * 4 * 9, 2 * (8 + 2)]


def runs_of(errors, penalty="l1", function="F1", strengths=(0.0, 1.0, 2.0)):
    """Return runs with these validation errors, one row of them a data set."""
    return (
        pd.DataFrame(
            {
                "penalty": penalty,
                "function": function,
                "trial": trial,
                "strength": strengths,
                "validation_mse": row,
                "auc": [0.5, 0.8, 0.9][: len(strengths)],
            }
            for trial, row in enumerate(errors)
        )
        .explode(["strength", "validation_mse", "auc"], ignore_index=True)
        .infer_objects()
    )


def test_the_largest_strength_within_a_standard_error_is_chosen():
    # Least at 0, mean 2 and standard error 1: 3 is allowed, 3.5 is not.
    runs = runs_of([(1.0, 2.0, 2.5), (3.0, 4.0, 4.5)])
    assert regularisers.chosen_strength(runs) == 1
    assert (
        regularisers.chosen_strength(runs_of([(1.0, 2.0, 1.0), (3.0, 4.0, 5.0)])) == 2
    )
    alone = runs_of([(1.0, 1.1, 1.2)])  # one data set has no spread
    assert regularisers.chosen_strength(alone) == 0


def test_strength_zero_is_shared_by_all_penalties_of_a_step():
    parts = regularisers.parts_of(("l1", "l2"), [0.0, 1.0], [0, 1])
    assert [(p["trial"], p["penalty"], p["strengths"]) for p in parts] == [
        (0, "l1", [0.0, 1.0]),
        (0, "l2", [1.0]),
        (1, "l1", [0.0, 1.0]),
        (1, "l2", [1.0]),
    ]
    runs = pd.concat(
        [runs_of([(1.0, 2.0, 3.0)]), runs_of([(5.0,)], "l2", strengths=(1.0,))]
    )
    both = regularisers.together(runs, None)
    l2 = both[both["penalty"] == "l2"].set_index("strength")["validation_mse"]
    assert l2.to_dict() == {0.0: 1.0, 1.0: 5.0}
    assert regularisers.together(None, None) is None


def test_groups_wait_for_l1_on_all_data_sets():
    settings = {"functions": ["F1", "F2"]}
    runs = pd.concat(
        [
            runs_of([(1.0, 2.0, 2.5), (3.0, 4.0, 4.5)]),
            runs_of([(9.0, 8.0, 1.0), (9.0, 8.0, 1.0)], function="F2"),
        ]
    )
    tuned = regularisers.with_tuned_l1(settings, runs, 2)
    assert tuned == {"functions": ["F1", "F2"], "others": [1.0, 2.0]}
    assert regularisers.with_tuned_l1(settings, runs, 3) == {}
    assert regularisers.with_tuned_l1(settings, None, 1) == {}


def test_table_4_says_how_many_functions_were_not_penalised():
    errors = [(1.0, 9.0, 9.0), (1.1, 9.0, 9.0)]
    grid = pd.concat(
        [
            runs_of(errors),
            runs_of([row[::-1] for row in errors], function="F2"),
        ]
    )
    published = pd.Series({"table4.l1.mean": 0.94})
    (row,) = regularisers.table_4(grid, published).to_dict("records")
    assert row["not penalised at all"] == "1 of 2"
    assert row["AUC"] == "0.700" and row["AUC, best one strength"] == "0.900"
    assert regularisers.table_4_values(grid) == {}  # half is not most
    penalised = grid[grid["function"] == "F2"]
    assert regularisers.table_4_values(penalised) == {"table4.l1.mean": 0.9}
    assert regularisers.table_4_values(penalised[penalised["trial"] == 0]) == {}
    six = pd.concat(penalised.assign(penalty=name) for name in regularisers.PENALTIES)
    assert regularisers.table_4_values(six)["table4.range"] == 0


def test_strengths_of_a_function_start_alike():
    settings = {"functions": ["F5"], "strengths": [0.0, 0.0], "n_samples": 90}
    tables = [
        regularisers.try_penalty(
            penalty="l1", trial=trial, **settings, device="cpu", **FIT
        )[0]
        for trial in (0, 1)
    ]
    assert tables[0]["penalty"].tolist() == ["l1", "l1"]
    assert len(set(tables[0]["validation_mse"])) == 1  # and see rows in one order
    assert set(tables[0]["validation_mse"]).isdisjoint(tables[1]["validation_mse"])


# Curves and maps


def test_the_curvature_of_a_parabola():
    x = np.linspace(-1, 1, 41)
    table = pd.concat(
        pd.DataFrame({"x": x, "effect": a * x**2, "feature": 8, "trial": t})
        for t, a in enumerate((0.4, 0.6))
    )
    assert curves.curvatures(table) == {8: pytest.approx(0.5)}
    text = curves.curvature_text({8: 0.5, 9: 0.417}, "this run")
    assert "x8 0.50, x9 0.42 (this run)" in text


def test_main_effects_are_centred():
    table, _ = curves.main_effects(
        **curves.FIG_11, trials=[0], l1_strength=0.0, n_samples=90, device="cpu", **FIT
    )
    assert table["feature"].unique().tolist() == [8, 9, 10]
    assert table.groupby("feature")["effect"].mean().abs().max() < 1e-6


def test_additive_surfaces_leave_nothing_and_products_everything():
    grid = pd.DataFrame(
        [(a, b) for a in (-1, 1) for b in (-1, 1)], columns=["first", "second"]
    ).assign(size=1)
    plane = grid.assign(mean=grid["first"] + 3 * grid["second"])
    assert curves.left_by_additive_fit(plane) == pytest.approx(0, abs=1e-12)
    saddle = grid.assign(mean=grid["first"] * grid["second"])
    assert curves.left_by_additive_fit(saddle) == pytest.approx(1)
    flat = grid.assign(mean=0.0)
    assert curves.left_by_additive_fit(flat) == 0


def test_cells_have_equal_width():
    middles = curves.cell_middles(np.array([0.0, 4.0, 9.9, 10.0]), 2)
    assert middles.tolist() == [2.5, 2.5, 7.5, 7.5]


# Limits and noise


def test_small_experiments_name_what_they_tried():
    table = limits.small_experiments(n_networks=1, n_rows=60, seed=0, device="cpu")
    assert table.groupby("experiment")["case"].nunique().to_dict() == {
        "clique": 2,
        "correlation": 4,
        "sum": 1,
    }
    assert np.isfinite(table["value"]).all()
    other = limits.small_experiments(n_networks=1, n_rows=60, seed=1, device="cpu")
    assert not np.allclose(table["value"], other["value"])


def test_the_clique_counts_when_most_networks_report_one_set():
    rows = pd.DataFrame({"value": [1.0, 1.0, 0.0]}).assign(
        experiment="clique", case=limits.CLIQUE
    )
    assert limits.clique_is_one_set(rows)
    assert not limits.clique_is_one_set(rows.assign(value=[1.0, 0.0, 0.0]))


def test_what_correlation_adds_is_told_from_what_is_there():
    rows = [("clique", limits.CLIQUE, "", 1.0), ("clique", "x1 x2 x3", "", 0.0)]
    for case, nid, outside in (("0", 0.4, 0.0), ("0.9", 0.7, 0.1)):
        rows += [("correlation", case, "NID", nid - 0.1)]
        rows += [("correlation", case, "NID", nid + 0.1)]
        rows += [("correlation", case, "ArchDetect", outside)]
    columns = ["experiment", "case", "reading", "value"]
    said = limits.words(pd.DataFrame(rows, columns=columns))
    assert "in 100% of the networks for the clique" in said
    assert "in 0% for the product" in said
    assert "already 0.40 of the strength of {3,4} by NID (0.30 to 0.50)" in said
    assert "at a correlation of 0.9 it has 0.70." in said
    assert said.endswith("ArchDetect says 0.00 and 0.10.")


def test_correlated_features_have_the_correlation_asked_for():
    normal = np.random.default_rng(0).normal(size=(20_000, 5))
    Z, y = limits.correlated(normal, 0.9)
    assert np.corrcoef(Z[:, 0], Z[:, 1])[0, 1] == pytest.approx(0.9, abs=0.01)
    np.testing.assert_allclose(y, Z[:, 0] ** 2 / 2**0.5 + Z[:, 2] * Z[:, 3] / 2)


def test_noise_reads_both_networks():
    settings = {"functions": ["F5"], "trials": [0], "n_samples": 90, "l1_strength": 0.0}
    table = noise.under_noise(noise=0.5, device="cpu", **settings, **FIT)
    assert table["architecture"].tolist() == ["MLP", "MLP-M"]
    shown = noise.mean_by_level(table)
    assert shown["noise"].tolist() == [0.5, 0.5]


# Rivals and real tables


def test_fast_methods_name_themselves():
    rows = rivals.fast_methods("F8", 0, 600, 0)
    assert [row["method"] for row in rows][:3] == [
        "ANOVA, joint",
        "ANOVA, per pair",
        "ANOVA, bins",
    ]
    assert all(0 <= row["auc"] <= 1 for row in rows)


def test_slow_methods_are_timed_and_unknown_ones_refused():
    row = rivals.slow_method("hierarchical lasso", "F8", 300, 0)
    assert row["function"] == "F8" and row["seconds"] >= 0
    with pytest.raises(ValueError, match="method must be one of hierarchical lasso"):
        rivals.slow_method("guess", "F8", 300, 0)


def test_the_closest_reading_is_found():
    functions = list(worlds.true_pairs())
    readings = pd.DataFrame(
        {"reading": r, "function": f, "auc": a}
        for r, a in (("weak, minimum", 0.7), ("weak, one-se", 0.6))
        for f in functions
    )
    names = ["mean", *functions]
    said = pd.Series({f"table2.hierarchical-lasso.{n}": 0.6 for n in names})
    wide_table = rivals.beside_published(readings, said)
    assert rivals.closest_reading(wide_table) == ("weak, one-se", 11, 11)


def test_tables_that_there_are_become_one():
    assert rivals.joined(None, None) is None
    table = pd.DataFrame({"auc": [0.9]})
    assert len(rivals.joined(table, None, table)) == 2


def real(name="california_housing", top=("Latitude", "Longitude"), others=0.1):
    pairs = [top, ("MedInc", "HouseAge"), ("Latitude", "MedInc")]
    rows = [
        {"trial": t, "first": a, "second": b, "strength": 1.0 if k == 0 else others}
        for t in range(2)
        for k, (a, b) in enumerate(pairs)
    ]
    return {name: pd.DataFrame(rows).assign(test_error=0.5)}


def test_the_strongest_pair_of_housing_decides():
    assert tables.real_orderings(real()) == {"fig5.cal-housing.top-pair": True}
    other = tables.real_orderings(real(top=("Latitude", "HouseAge")))
    assert other == {"fig5.cal-housing.top-pair": False}
    (row,) = tables.real_table(real()).to_dict("records")
    assert row["Strongest pairs"].startswith("Latitude × Longitude; ")
    assert row["Rank correlation between splits"] == pytest.approx(1)


def test_the_densest_map_needs_all_four():
    tables_ = {}
    for name in worlds.REAL:
        tables_ |= real(name, others=0.9 if name == "letter_recognition" else 0.1)
    assert tables.real_orderings(tables_)["fig5.letter.densest"]
    del tables_["higgs"]
    assert "fig5.letter.densest" not in tables.real_orderings(tables_)


def test_maps_are_symmetric_and_one_split_has_no_agreement():
    table = real()["california_housing"]
    names, matrix = tables.mean_matrix(table)
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix[names.index("Longitude"), names.index("Latitude")] == 1
    assert np.isnan(tables.agreement(table[table["trial"] == 0]))


def test_losses_and_errors_fit_the_outcome():
    assert tables.loss_and_error("regression")[0] == "mse"
    loss, error = tables.loss_and_error("classification")
    assert loss == "binary_cross_entropy"
    assert error(np.array([0, 1]), np.array([0.2, 0.9])) == 0
