"""The figures show every cell that ran, and survive that none did."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers import plots
from helpers.studies import calibration
from helpers.studies.calibration.plan import Cell
from helpers.studies.calibration.rates import NOMINAL


@cache
def trials():
    return calibration.trials(
        world="additive",
        n_rows=500,
        learner="products",
        way="as it is",
        first_set=0,
        n_sets=2,
        seed=0,
    ).assign(learner="networks")


def rates(n_cells):
    planned = [Cell("additive", n, "networks", 100) for n in (1000, 3000)]
    frames = [trials().assign(n_rows=cell.n_rows) for cell in planned[:n_cells]]
    whole = None if not frames else pd.concat(frames)
    return calibration.rates(whole, planned)


def test_every_cell_that_ran_is_drawn():
    figure = plots.calibration.error_rates(rates(2), NOMINAL)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["additive"]
    points = [c.lines[0].get_ydata()[0] for c in figure.axes[0].containers]
    assert len(set(points)) == 2 and max(np.abs(points)) < 0.5
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["1,000 rows", "3,000 rows"]
    figure = plots.calibration.widening(rates(2))
    assert len(figure.axes[1].lines) == 2
    plt.close("all")


def test_learners_have_lines_of_their_own_and_worlds_of_most_sizes_are_followed():
    planned = [
        Cell("additive", 1000, "networks", 9),
        Cell("additive", 1000, "products", 9),
        Cell("additive", 3000, "networks", 9),
        Cell("F8", 1000, "networks", 9),
    ]
    frames = [trials().assign(world=c.world, n_rows=c.n_rows, learner=c.learner)
              for c in planned]  # fmt: skip
    found = calibration.rates(pd.concat(frames), planned)
    figure = plots.calibration.error_rates(found, NOMINAL)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["additive", "additive (products)", "F8"]
    figure = plots.calibration.widening(found)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["additive"]
    plt.close("all")


def test_redrawn_noise_is_drawn_beside_a_bias_that_grows():
    rows = [("additive", 1000, 1.1), ("additive", 4000, 0.9), ("F8", 1000, 1.0)]
    found = pd.DataFrame(rows, columns=["world", "n_rows", "z_square"])
    found = found.assign(first=[0.05, 0.04, 0.03])
    figure = plots.calibration.redrawn(found, NOMINAL, ["additive"])
    left, right = figure.axes
    named = {line.get_label(): line for line in left.lines}
    assert named["additive"].get_ydata().tolist() == [1.1, 0.9]
    grows = named["a bias that adds 0.02 at 1,000 rows"].get_ydata()
    assert grows[[0, -1]] == pytest.approx([1.02, 1.08])
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["additive", "a bias that adds 0.02 at 1,000 rows"]
    assert right.lines[1].get_ydata().tolist() == [0.03]
    harm = plots.calibration.redrawn(found.assign(z_square=3.0), NOMINAL, ())
    assert harm.axes[0].get_ylim()[1] > 3  # what is wrong must not leave the figure
    plt.close("all")


def test_nothing_ran():
    axis = plots.calibration.error_rates(rates(0), NOMINAL).axes[0]
    assert not axis.get_yticklabels() and not any(
        len(line.get_xdata()) for line in axis.lines
    )
    plots.calibration.widening(rates(0))
    nothing = calibration.redrawn_rates(None)
    assert not plots.calibration.redrawn(nothing, NOMINAL, ()).axes[1].lines
    plt.close("all")


def test_power_has_a_line_for_each_number_of_rows():
    table = pd.DataFrame(
        {"n_rows": [1000, 1000, 3000], "share": [0.01, 0.02, 0.02],
         "power": [0.1, 0.4, 0.9], "low": [0.0, 0.2, 0.5], "high": [0.3, 0.6, 1.0]}
    )  # fmt: skip
    axis = plots.calibration.power(table).axes[0]
    labels = axis.get_legend_handles_labels()[1]
    assert labels == ["1,000 rows", "3,000 rows"]
    assert axis.lines[0].get_xdata().tolist() == [1.0, 2.0]
    (bars,) = axis.containers[0].lines[2]
    heights = [segment[:, 1].tolist() for segment in bars.get_segments()]
    np.testing.assert_allclose(heights, [[0.0, 0.3], [0.2, 0.6]])
    assert not plots.calibration.power(table[:0]).axes[0].lines
    plt.close("all")


def beside(rivals=("interaction test", "splines")):
    """One world with a true pair, one without; the second test fails in both."""
    rows = [
        {"rival": rival, "world": world, "verdict": ("holds", "fails: too many")[k],
         "rate": 0.05 + 0.2 * k, "rate_low": 0.04, "rate_high": 0.3,
         "power": power, "power_low": power - 0.1, "power_high": power + 0.1}
        for k, rival in enumerate(rivals)
        for world, power in (("product", 0.6), ("sum", float("nan")))
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_every_test_has_its_marker_in_every_world_and_only_true_pairs_have_power():
    figure = plots.calibration.rivals(beside(), NOMINAL)
    false, found = figure.axes
    points = [c.lines[0] for c in false.containers]
    assert [p.get_xdata()[0] for p in points] == [0.05, 0.05, 0.25, 0.25]
    assert [p.get_markerfacecolor() for p in points][2:] == ["none"] * 2
    assert "none" not in [p.get_markerfacecolor() for p in points][:2]
    assert len({p.get_ydata()[0] for p in points}) == 4
    assert len(found.containers) == 2
    lines = [text.get_text() for text in false.get_yticklabels()]
    assert lines == ["interaction test", "splines"]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["product", "sum"]
    plt.close("all")


def test_no_rival_ran():
    assert not plots.calibration.rivals(beside()[:0], NOMINAL).axes[0].containers
    plt.close("all")


def test_a_world_has_its_look_whatever_stands_beside_it():
    rows = [(world, n, 1.0) for world in ("F8", "additive") for n in (1000, 4000)]
    found = pd.DataFrame(rows, columns=["world", "n_rows", "z_square"])
    found = found.assign(first=0.05)
    figure = plots.calibration.redrawn(found, NOMINAL, ["F8", "additive"])
    named = {line.get_label(): line for line in figure.axes[0].lines}
    for world in ("F8", "additive"):
        look = named[world].get_color(), named[world].get_marker()
        assert look == plots.calibration.WORLDS[world]
    plt.close("all")
