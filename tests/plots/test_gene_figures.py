"""The figures of the gene chapter show what the tables hold."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.data.panel import Panel
from helpers.detectors.interactions import Interactions, all_pairs
from helpers.plots import genes
from helpers.significance.permutation import permutation_test
from helpers.truth.genotypes import simulate_trait


def title(axis):
    return axis.get_title("left") + axis.get_title()  # wherever the style puts it


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_data_names_every_true_pair():
    counts = np.random.default_rng(0).binomial(2, 0.4, (8, 300)).astype(np.int8)
    panel = Panel(counts, (2, 2, 2, 2), ("a", "b", "c", "d"))
    trait = simulate_trait(panel, [(0, 1, "product"), (2, 3, "max")])
    figure = genes.data(panel, trait)
    labels = {t.get_text() for t in figure.axes[1].get_yticklabels()}
    assert labels == {"a × b, product", "c × d, max"}


def test_rankings_draw_a_line_a_method_over_each_factor():
    rows = [
        ("complex", factor, value, method, 0.2 * k + 0.05 * trial + value / 10)
        for factor, values in (("S/N", (0.1, 1.0)), ("M/I", (0.25, 1.0, 4.0)))
        for value in values
        for k, method in enumerate(("network", "top SNP, lasso", "PCA, lasso"))
        for trial in range(3)
    ]
    table = pd.DataFrame(rows, columns=["kind", "factor", "value", "method", "ap"])
    figure = genes.rankings(table.assign(guessing=0.1))
    shown = [axis for axis in figure.axes if axis.get_visible()]
    assert [title(axis) for axis in shown] == ["complex", ""]  # one a row
    assert [axis.get_xlabel() for axis in shown] == ["S/N", "M/I"]
    (bar,) = [b for b in shown[0].containers if b[0].get_color() == "#0072B2"]
    assert bar[0].get_xdata() == pytest.approx([0.1, 1.0])
    assert bar[0].get_ydata() == pytest.approx([0.06, 0.15])
    assert [t.get_text() for t in shown[1].get_xticklabels()] == ["0.25", "1", "4"]
    assert len(figure.legends[0].get_texts()) == 3


def test_null_distributions_have_a_panel_for_each_scheme():
    draw = np.random.default_rng(0)
    tables = [
        pd.DataFrame(
            {"scheme": scheme, "form": form, "score": draw.lognormal(size=20)}
        )
        for scheme, form in (
            ("observed", "none"), ("observed", "max"), ("I", "none"), ("T", "none"),
        )
    ]  # fmt: skip
    table = pd.concat(tables).assign(setting="default", data_set=0)
    figure = genes.null_distributions(table)
    assert [title(axis) for axis in figure.axes] == [
        "Perm I: default",
        "Perm T: default",
    ]
    two = pd.concat([table, table.assign(setting="S/N 1")])
    axes = genes.null_distributions(two).axes
    assert [title(axis) for axis in axes[::2]] == ["Perm I: default", "Perm T: default"]
    assert len(axes) == 4


def test_calls_draw_the_mean_over_data_sets():
    table = pd.DataFrame(
        {
            "scheme": ["Perm I"] * 4 + ["lasso"] * 4,
            "data_set": [0, 0, 1, 1] * 2,
            "form": ["none", "max"] * 4,
            "p": [0.05, 0.01, 0.5, 0.01, 0.5, 0.5, 0.5, 0.01],
            "maxT": [0.5, 0.05, 0.5, 0.1, 0.5, 0.5, 0.5, 0.5],
        }
    )
    figure = genes.calls(table)
    pairs, sets, power = figure.axes
    assert [t.get_text() for t in pairs.get_yticklabels()] == ["lasso", "Perm I"]
    shown = [
        [round(float(bar[0].get_xdata()[0]), 3) for bar in axis.containers]
        for axis in (pairs, sets, power)
    ]
    # Perm I and lasso; true pairs by nominal p, then by maxT
    assert shown == [[0.5, 0], [0, 0], [1, 0.5, 0.5, 0]]
    assert pairs.containers[0][0].get_color() == "#0072B2"
    assert pairs.containers[1][0].get_color() == "#999999"
    levels = [axis.lines[-1].get_linestyle() == ":" for axis in figure.axes]
    assert levels == [True, True, False]


def test_the_level_of_max_t_is_one_of_data_sets_with_any_false_call():
    # One of two false pairs is called in one of two data sets.
    table = pd.DataFrame(
        {
            "scheme": "Perm I",
            "signal_to_noise": 1.0,
            "data_set": [0, 0, 0, 1, 1, 1],
            "form": ["none", "none", "max"] * 2,
            "p": [0.05, 0.5, 0.01, 0.5, 0.5, 0.01],
            "maxT": [0.05, 0.5, 0.01, 0.5, 0.5, 0.5],
        }
    )
    for figure, end in (
        (genes.calls(table), "get_xdata"),
        (genes.calls_over_noise(_of_every_scheme(table)), "get_ydata"),
    ):
        pairs, sets, _ = figure.axes
        drawn = [getattr(a.containers[0][0], end)()[0] for a in (pairs, sets)]
        assert drawn == [0.25, 0.5]
        low, high = stats.binomtest(1, 2).proportion_ci()
        (segment,) = sets.containers[0][2][0].get_segments()
        across = int(end == "get_ydata")
        assert segment[:, across] == pytest.approx([low, high])
    assert "data sets" in title(sets) and "pairs" in title(pairs)


def _of_every_scheme(table):
    """Return the same rows under each permutation."""
    return pd.concat([table.assign(scheme=f"Perm {k}") for k in "ITR"])


def test_errors_and_power_are_drawn_with_their_intervals():
    shares = {
        f"{name}{end}": value
        for name, middle in (("at_5", 0.1), ("any", 0.2), ("power", 0.9))
        for end, value in (("", middle), ("_low", 0.05), ("_high", 1.0))
    }
    table = pd.DataFrame(
        [
            {"test": "Perm I", "world": "no pair interacts", **shares, "power": np.nan},
            {"test": "Perm I", "world": "six pairs interact", **shares},
            {"test": "each", "world": "six pairs interact", **shares},
        ]
    )
    figure = genes.errors_and_power(table)
    left, middle, right = figure.axes
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == ["no pair interacts", "six pairs interact"]  # worlds with rows
    more = genes.errors_and_power(table.assign(world="one product interacts"))
    assert more.axes[0].containers[0][0].get_marker() == "D"
    assert [t.get_text() for t in left.get_yticklabels()] == ["each", "Perm I"]
    drawn = [[len(bar[0].get_xdata()) for bar in a.containers] for a in (left, right)]
    assert drawn == [[1, 2], [0, 2]]  # no power where nothing is true
    assert middle.containers[0][0].get_xdata().tolist() == [0.2]
    levels = [a.lines[-1].get_linestyle() == ":" for a in (left, middle, right)]
    assert levels == [True, True, False]


def test_own_pairs_are_filled_where_they_are_called():
    table = pd.DataFrame(
        {
            "pair": [("b", "c"), ("a", "b"), ("a", "c")],
            "estimate": [0.1, 0.02, 0.0],
            "low": [0.05, 0.0, 0.0],
            "high": [0.2, 0.1, 0.1],
            "z": [5.0, 1.0, np.nan],
            "p_holm": [0.001, 0.5, np.nan],
        }
    )
    left, right, _ = genes.own_pairs(table).axes
    assert [t.get_text() for t in left.get_yticklabels()] == ["a × c", "a × b", "b × c"]
    called, others = left.lines[-2:]
    assert called.get_xdata().tolist() == [10.0] and len(others.get_xdata()) == 2
    drawn = right.images[0].get_array()
    assert drawn[1, 2] == drawn[2, 1] == 5 and drawn[0, 1] == 1


def test_calls_over_noise_draw_a_line_for_each_permutation_and_threshold():
    rows = [
        (ratio, f"Perm {k}", trial, form, p, 2 * p)
        for ratio, p in ((1.0, 0.01), (0.1, 0.04))
        for k in "ITR"
        for trial in (0, 1)
        for form in ("none", "max")
    ]
    columns = ["signal_to_noise", "scheme", "data_set", "form", "p", "maxT"]
    left, _, right = genes.calls_over_noise(pd.DataFrame(rows, columns=columns)).axes
    assert title(right) == "true pairs called"
    assert [t.get_text() for t in left.get_xticklabels()] == ["0.1", "1"]
    drawn = {bar.get_label(): bar[0].get_ydata().tolist() for bar in right.containers}
    assert drawn["Perm I, nominal p"] == [1, 1]
    assert drawn["Perm R, maxT"] == [0, 1]  # 0.08 at a ratio of 0.1
    assert len(drawn) == 6


def test_calibration_draws_the_share_of_calls():
    p = np.tile(np.arange(1, 21) / 20, 2)
    table = pd.DataFrame(
        {"residuals": "as is", "data_set": np.repeat([0, 1], 20), "p": p}
    )
    left, right = genes.calibration(table, 19).axes
    (line,) = [line for line in right.lines if line.get_label() == "as is"]
    assert line.get_ydata() == pytest.approx(line.get_xdata())
    assert left.lines[-1].get_ydata() == pytest.approx(np.full(20, 1 / 20))


def test_calibration_by_design_draws_an_interval_for_each_level():
    rows = [("default", 0.05, 0.04), ("default", 0.1, 0.09), ("S/N 1", 0.05, 0.2)]
    rows.append(("S/N 1", 0.1, 0.3))
    table = pd.DataFrame(rows, columns=["design", "level", "rate"])
    table = table.assign(
        low=table["rate"] - 0.01, high=table["rate"] + 0.02, attainable=table["level"]
    )
    (axis,) = genes.calibration_by_design(table).axes
    assert [text.get_text() for text in axis.get_yticklabels()] == ["default", "S/N 1"]
    five, ten = axis.containers
    assert five[0].get_xdata().tolist() == [0.04, 0.2]
    assert ten[2][0].get_segments()[1][:, 0] == pytest.approx([0.29, 0.32])
    dashed = [line for line in axis.lines if line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in dashed] == [0.05, 0.1]


def test_discovery_replication_and_own_data_draw():
    pairs = pd.DataFrame(
        {
            "kind": "pair",
            "item": ["a × b", "a × c"],
            "form": ["max", "none"],
            "score": [0.1, 0.01],
            "fdr": [0.01, 0.5],
            "slope": [1.0, 0.1],
            "replication_p": [0.01, 0.6],
        }
    )
    quantiles = pd.DataFrame(
        {
            "kind": "quantile",
            "item": ["a × b", "a × c"],
            "observed": [0.1, 0.01],
            "expected": [0.02, 0.01],
            "low": [0.01, 0.005],
            "high": [0.03, 0.02],
        }
    )
    surface = pd.DataFrame(
        {
            "kind": "surface",
            "item": "a × b",
            "x": [0.1, 0.1, 0.9, 0.9],
            "y": [0.1, 0.9, 0.1, 0.9],
            "score": [1.0, -1.0, -1.0, 1.0],
        }
    )
    people = pd.DataFrame({"kind": "person", "x": [0.0, 1.0], "y": [0.5, -0.5]})
    bins = pd.DataFrame(
        {"kind": "bin", "x": [0.0, 1.0], "y": [0.1, 0.9], "low": [0, 0.8], "high": 1.0}
    )
    table = pd.concat([pairs, quantiles, surface, people, bins])
    figure = genes.replication(table)
    assert np.array_equal(figure.axes[2].images[0].get_array(), [[1, -1], [-1, 1]])
    (fit,) = [line for line in figure.axes[1].lines if line.get_color() == "black"]
    assert np.array_equal(fit.get_ydata(), [-0.5, 0.5])  # slope 1 through the mean
    assert not figure.axes[0].texts
    none = table.assign(fdr=1.0)
    (said,) = genes.replication(none).axes[0].texts
    assert said.get_text() == "no pair is called"
    left, right = genes.discovery(table).axes
    heights = {bar.get_facecolor(): bar for bar in left.patches if bar.get_height()}
    assert len(heights) == 2  # a true pair and another one, in two colours
    assert title(right) == "Q-Q plot"
    observed = Interactions(all_pairs(3), np.array([3.0, 1, 2]), ("a", "b", "c"), "x")
    null = np.random.default_rng(0).random((19, 3))
    figure = genes.own_data(permutation_test(observed, null))
    assert [t.get_text() for t in figure.axes[1].get_xticklabels()] == ["a", "b", "c"]


def test_level_or_pattern_joins_both_calls_of_each_permutation_and_design():
    table = pd.DataFrame(
        {
            "scheme": ["Perm I"] * 4 + ["Perm T"] * 4,
            "setting": "small",
            "data_set": 0,
            "form": ["none", "none", "max", "max"] * 2,
            "p": [0.05, 0.05, 0.05, 0.05, 0.05, 0.5, 0.05, 0.5],
            "p, level": [0.5, 0.05, 0.05, 0.05, 0.5, 0.5, 0.05, 0.5],
        }
    )
    false, power = genes.level_or_pattern(table).axes
    drawn = {line.get_label(): list(line.get_xdata()) for line in false.get_lines()}
    assert drawn["with the level"] == [0.5, 1.0]  # from below: T, I
    assert drawn["of the pattern"] == [0.0, 0.5]
    assert [list(line.get_xdata()) for line in power.get_lines()[:1]] == [[0.5, 1.0]]
    names = [text.get_text() for text in false.get_yticklabels()]
    assert names == ["Perm T, small", "Perm I, small"]
