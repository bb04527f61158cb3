"""The figures of sets show every panel, and mark what was kept."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers import plots
from helpers.plots import COLOURS, nid, nid_sets
from helpers.plots.style import plain_number


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


def titles(figure):
    return [axis.get_title(loc="left") for axis in figure.axes if axis.get_visible()]


@pytest.fixture
def curves():
    """Two trials of F1 and one of F2; the second step is kept."""
    steps = pd.DataFrame(
        {
            "step": [0, 1, 2],
            "added": ["none", "1-2", "1-2-3-4-5-6"],
            "kept": [False, False, True],
            "validation_error": [0.9, 0.5, 0.1],
            "verdict": ["", "true set", "false"],
            "target": 0.2,
        }
    )
    keys = [("F1", 0), ("F1", 1), ("F2", 0)]
    return pd.concat(steps.assign(name=name, trial=trial) for name, trial in keys)


def test_cutoffs_name_the_sets_and_circle_the_kept_step(curves):
    figure = nid_sets.cutoff_curves(
        curves, titles={"F1": "F1", "F2": "F2 (stored)"}, ylabel="RMSE"
    )
    assert titles(figure) == ["F1", "F2 (stored)"]
    axis = figure.axes[0]
    names = [label.get_text() for label in axis.get_xticklabels()]
    assert names == ["none", "1-2", "6 features"]
    circles = [line for line in axis.lines if line.get_markersize() == 11]
    assert [list(c.get_xydata()[0]) for c in circles] == [[2, 0.1]]
    assert axis.get_yscale() == "log"
    marked = {t.get_text() for t in figure.legends[0].get_texts()}
    assert marked == {"true set", "false", "target: MLP-M", "cut-off"}


def test_errors_of_one_magnitude_get_a_linear_axis(curves):
    near = curves.assign(validation_error=curves["validation_error"] + 1)
    figure = nid_sets.cutoff_curves(near, titles={"F1": "F1"}, ylabel="RMSE")
    assert figure.axes[0].get_yscale() == "linear"


def test_noise_draws_the_mean_over_functions_of_each_network():
    table = pd.DataFrame(
        {
            "architecture": ["MLP", "MLP", "MLP-M", "MLP-M"],
            "function": ["F1", "F2", "F1", "F2"],
            "noise": 0.2,
            "recall": [0.0, 1.0, 0.5, 0.7],
            "auc": [0.6, 0.8, 0.9, 1.0],
        }
    )
    figure = nid_sets.noise(table)
    drawn = [line.get_ydata() for line in figure.axes[0].lines if len(line.get_ydata())]
    means = sorted({round(float(y[0]), 6) for y in drawn if len(y) == 1})
    assert means == [0.5, 0.6]


def test_functions_are_in_one_order_in_every_panel():
    names = {"one": ["F1", "F2", "F10"], "other": ["F1", "F10", "F2"]}
    aucs = pd.DataFrame(
        [(m, f, 0.9) for m, own in names.items() for f in own],
        columns=["method", "function", "auc"],
    )
    figure = nid.auc_by_method(aucs, aucs.iloc[:0])
    for axis in figure.axes[:2]:
        assert [t.get_text() for t in axis.get_xticklabels()] == ["1", "2", "10"]


def test_run_times_are_sorted_and_nid_stands_out():
    seconds = pd.DataFrame(
        {"method": ["slow", "NID", "slow", "NID"], "seconds": [90.0, 1.0, 110.0, 3.0]}
    )
    (axis,) = nid_sets.run_times(seconds).axes
    assert [t.get_text() for t in axis.get_yticklabels()] == ["NID", "slow"]
    medians = {
        line.get_xdata()[0]: line for line in axis.lines if len(line.get_xdata()) == 1
    }
    assert set(medians) == {2.0, 100.0}
    assert medians[2.0].get_color() == COLOURS["network"]


def test_main_effects_have_a_panel_a_feature_and_both_parabolas():
    x = np.linspace(-1, 1, 5)
    curves = pd.concat(
        pd.DataFrame({"x": x, "effect": x**2 - 0.5, "feature": f, "trial": t})
        for f in (8, 9)
        for t in (0, 1)
    )
    figure = nid_sets.main_effects(curves, {8: 1.0, 9: 0.3})
    assert titles(figure) == ["x8", "x9"]
    assert [len(axis.lines) for axis in figure.axes[:2]] == [4, 4]


def test_surface_leaves_cells_without_data_blank():
    cells = pd.DataFrame(
        {"first": [0.0, 1.0, 1.0], "second": [0.0, 0.0, 1.0], "mean": [1.0, -1.0, 2.0]}
    )
    axis = nid_sets.surface(cells, "east", "north").axes[0]
    shown = np.ma.masked_invalid(axis.collections[0].get_array())
    assert shown.count() == 3 and shown.size == 4
    middle = axis.collections[0].to_rgba([0.0])[0]  # nothing added is not "no data"
    assert np.abs(middle - axis.get_facecolor()).max() > 0.1
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("east", "north")


def test_limits_show_the_share_of_networks_and_every_network():
    rows = [("clique", case, "", n, n) for case in ("a", "b") for n in (0, 1)]
    rows += [("sum", "", r, 0, 0.5) for r in ("NID", "ArchDetect")]
    rows += [("correlation", "0", r, 0, 0.1) for r in ("NID", "ArchDetect")]
    columns = ["experiment", "case", "reading", "network", "value"]
    left, middle, _ = nid_sets.limits(pd.DataFrame(rows, columns=columns)).axes
    assert [bar.get_height() for bar in left.patches] == [0.5, 0.5]
    points = [c.get_offsets() for c in middle.collections if len(c.get_offsets())]
    assert sum(map(len, points)) == 2


def test_the_axis_of_training_choices_names_the_strengths_that_were_tried():
    table = pd.DataFrame(
        {"rate": ["decaying", "constant"] * 3, "l1": np.repeat([5e-6, 5e-5, 5e-4], 2),
         "auc": 0.8, "validation_mse": 0.3}
    )  # fmt: skip
    for axis in nid.training_choices(table).axes[:2]:
        axis.figure.canvas.draw()
        names = [label.get_text() for label in axis.get_xticklabels()]
        assert names == ["5e-06", "5e-05", "0.0005"]
        assert not axis.get_xticklabels(minor=True)


def test_a_map_of_many_features_has_a_row_for_its_names():
    def named(n):
        return [f"DER_feature_{i}" for i in range(n)], np.ones((n, n))

    sizes = {"houses": 8, "Higgs": 30, "letters": 16}
    figure = nid.real_maps({title: named(n) for title, n in sizes.items()})
    figure.canvas.draw()
    *maps, key = figure.axes
    assert [axis.get_title("left") for axis in maps] == list(sizes)
    assert key.get_xlabel() == "strength, as a share of the largest of its map"
    houses, higgs, letters = (axis.get_position() for axis in maps)
    assert houses.y0 == pytest.approx(letters.y0) and higgs.y1 < houses.y0
    names = [label.get_window_extent() for label in figure.axes[1].get_yticklabels()]
    assert all(low.y1 <= high.y0 for high, low in pairwise(names))


def test_ticks_of_a_short_logarithmic_axis_are_plain_numbers():
    ticks = (0.04, 0.05, 0.1, 0.42, 0.5, 1.18, 3, 7, 20)
    said = [plain_number(tick) for tick in ticks]
    assert said == ["", "0.05", "0.1", "0.42", "0.5", "1.18", "3", "", "20"]
    rows = [(rate, l1, 0.5 + l1) for rate in ("a", "b") for l1 in (0.02, 0.1)]
    table = pd.DataFrame(rows, columns=["rate", "l1", "validation_mse"]).assign(auc=1.0)
    figure = nid.training_choices(table)
    figure.canvas.draw()
    labels = figure.axes[0].yaxis.get_ticklabels(which="both")
    seen = [label.get_text() for label in labels if label.get_text()]
    assert len(seen) > 2 and not any("10" in text for text in seen)


def test_no_triangle_of_a_penalty_hides_another():
    names = [f"penalty {k}" for k in range(4)]
    table = pd.DataFrame(
        {"function": "F1", "penalty": name, "strength": strength, "auc": 0.9,
         "validation_mse": 0.1}
        for name in names
        for strength in (0.0, 1e-5, 1e-4)
    )  # fmt: skip
    chosen = table[table["strength"] == 1e-5].copy()
    chosen.loc[chosen["penalty"] == names[3], "strength"] = 1e-4
    left = nid.penalties(table, chosen).axes[0]
    marks = [line for line in left.lines if line.get_marker() == "^"][-4:]
    at = [(float(m.get_xdata()[0]), float(m.get_ydata()[0])) for m in marks]
    assert len(set(at)) == 4 and at[0][0] == at[1][0] == at[2][0] == 1
    assert at[3] == (2, at[0][1])  # nobody stands near it
