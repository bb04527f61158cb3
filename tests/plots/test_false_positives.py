"""The figures of chapter 1 show every row of their tables, and mark what counts."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from helpers import plots
from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.plots import false_positives


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


@pytest.fixture
def networks():
    """Two networks for each of three conditions; the first of each is significant."""
    conditions = [("valid", "negative"), ("valid", "positive"), ("same", "negative")]
    return pd.DataFrame(
        {
            "padding": padding,
            "control": control,
            "architecture": architecture,
            "size": 3.0 + i,
            "size, shuffles": 0.5,
            "mse": 1.5 + i,
            "r": -0.1 * i,
            "r, size": 0.1 * i,
            "mean": -1.0,
            "median change": 0.01 * i,
            "median change, training": 0.02,
            "mean change": 0.1,
            "mean change, random": 0.0,
            "paired": 0.5 * i,
            "against random positions": 0.5 * i,
        }
        for padding, control in conditions
        for i, architecture in enumerate(("arch1", "arch3"))
    )


def titles(figure):
    return [axis.get_title(loc="left") for axis in figure.axes if axis.get_visible()]


def test_every_condition_has_its_panel_valid_and_negative_first(networks):
    expected = [
        "negative control, valid padding",
        "positive control, valid padding",
        "negative control, same padding",
    ]
    shuffled = networks.iloc[::-1]
    assert titles(false_positives.effect_sizes(shuffled)) == expected
    floors = networks.drop_duplicates(["padding", "control"])
    assert titles(false_positives.size_against_error(shuffled, floors)) == expected
    assert titles(false_positives.random_positions(shuffled)) == expected
    only_one = networks[networks["padding"] == "same"]
    assert titles(false_positives.loss_changes(only_one)) == [expected[2], ""]


def test_sizes_of_both_controls_share_an_axis(networks):
    floors = networks.drop_duplicates(["padding", "control"])
    figure = false_positives.size_against_error(networks, floors)
    shown = [axis for axis in figure.axes if axis.get_visible()]
    assert len({axis.get_ylim() for axis in shown}) == 1
    assert [bool(axis.get_ylabel()) for axis in shown] == [True, False, True]


def test_the_published_correlation_stands_left_and_the_signed_one_right(networks):
    figure = false_positives.loss_changes(networks)
    left, right = (
        [line.get_xdata()[0] for line in axis.lines if line.get_marker() in "os^"]
        for axis in figure.axes[:2]
    )
    assert left == [0.0, 0.1]
    assert right == [0.0, -0.1]


def test_significant_networks_are_filled(networks):
    figure = false_positives.loss_changes(networks)
    markers = [line for line in figure.axes[0].lines if line.get_marker() in "os^"]
    assert [line.get_marker() for line in markers] == ["o", "^"]
    own = false_positives.CONTROL[networks["control"].iloc[0]]
    assert to_hex(markers[0].get_markerfacecolor()).upper() == own
    assert markers[1].get_markerfacecolor() == "none"
    assert to_hex(markers[1].get_color()).upper() == own


def test_p_values_of_zero_are_drawn_at_the_smallest():
    points = pd.DataFrame(
        {
            "control": ["negative", "positive"],
            "stage": ["constant", "annealed"],
            "mse": [7.0, 1.5],
            "paired": [0.3, 0.0],
            "unpaired": [0.3, 0.5],
            "dead": [True, False],
        }
    )
    figure = false_positives.verdicts_by_quality(points, 5.0)
    assert [line.get_marker() for line in figure.axes[0].lines[:2]] == ["x", "o"]
    notes = [[text.get_text() for text in axis.texts] for axis in figure.axes]
    assert notes == [["0.05", "smaller p drawn here"], ["0.05"]]
    drawn = [y for line in figure.axes[0].lines[:2] for y in line.get_ydata()]
    assert drawn == [0.3, false_positives.SMALLEST]


def test_power_has_a_row_a_predictor_and_a_column_a_number_of_pairs():
    table = pd.DataFrame(
        [
            (who, n, test, s, s, max(s - 0.1, 0), min(s + 0.1, 1))
            for who in ("oracle", "5,000 sequences")
            for n in (100, 1000, 4000)
            for test in false_positives.TESTS
            for s in (0.0, 0.5, 1.0)
        ],
        columns=["predictor", "n_pairs", "test", "strength", "rejected", "low", "high"],
    )
    figure = false_positives.power(table)
    assert len(figure.axes) == 6
    assert titles(figure)[:3] == ["100 pairs", "1,000 pairs", "4,000 pairs"]
    assert len(figure.legends[0].get_texts()) == len(false_positives.TESTS)
    figure.canvas.draw()


def test_rows_with_other_numbers_of_pairs_leave_no_gaps_and_say_their_own():
    rows = [("oracle", n, s) for n in (50, 100) for s in (0.0, 1.0)]
    rows += [("stored", n, s) for n in (100, 1000, 4000) for s in (0.0, 0.1, 1.0)]
    table = pd.DataFrame(rows, columns=["predictor", "n_pairs", "strength"])
    table = table.assign(test="paired", rejected=0.5, low=0.1, high=0.9)
    figure = false_positives.power(table)
    axes = figure.axes
    assert [axis.get_visible() for axis in axes] == [True, True, False, *3 * [True]]
    numbers = ["50 pairs", "100 pairs", "100 pairs", "1,000 pairs", "4,000 pairs"]
    assert titles(figure) == numbers
    # A strength has the same place in every panel.
    paired = [axes[k].containers[1].lines[0].get_xdata() for k in (0, 3)]
    assert np.allclose(np.diff(paired[0]), 2) and np.allclose(np.diff(paired[1]), 1)
    for axis in axes[3:]:
        ticks = [label.get_text() for label in axis.get_xticklabels()]
        assert ticks == ["0", "0.1", "1"] and axis.get_xlabel()
    assert axes[0].get_ylabel() and axes[3].get_ylabel()


def test_remaining_figures_draw(networks):
    motifs = list(read_motifs(FOLDER / "encode.meme").values())
    rng = np.random.default_rng(0)
    counts = {"negative": rng.poisson(50, 200), "positive": rng.poisson(70, 200)}
    figures = [false_positives.data(motifs, counts, rng.random((200, 2)) < 0.5)]
    profile = pd.DataFrame({"at": [1.0, 2.0], "value": 0.0, "low": -1.0, "high": 1.0})
    quantities = ("by main effects", "by main-effect error", "by distance")
    profiles = [
        profile.assign(padding=padding, quantity=quantity, n=3)
        for padding in ("valid", "same")
        for quantity in quantities
    ]
    figures.append(false_positives.origins(pd.concat(profiles)))
    bars = profile.assign(
        padding="valid", control="negative", quantity="with", value=0.5, which="all 3"
    )
    figures.append(false_positives.loss_histograms(bars))
    figures.append(false_positives.further_checks(networks))
    labels = [text.get_text() for text in figures[1].axes[0].get_legend().get_texts()]
    assert labels == ["valid, 3 networks", "same, 3 networks"]
    for figure in figures:
        figure.canvas.draw()
        assert any(axis.has_data() for axis in figure.axes)


def test_draws_show_each_network_and_the_spread_of_the_truth():
    table = pd.DataFrame(
        {
            "control": control, "padding": "same", "network": network, "draws": n,
            "group": group, "mean": 1.0 * group + network, "paired": 0.1,
        }
        for control in ("negative", "positive")
        for network in (-1, 0, 1)
        for n in (1, 2, 4)
        for group in range(4 // n)
    )  # fmt: skip
    left, right = false_positives.knock_out_draws(table).axes
    assert len(left.lines) == 2 * 3 + 1  # predictors, and how the spread should fall
    lines = [line for line in right.lines if line.get_linestyle() != "None"]
    assert len(lines) == 2 + 1  # networks of the negative control, and the level


def test_every_world_has_its_panel_with_the_truth_and_each_network():
    table = pd.DataFrame(
        {"world": world, "field": field, "network": n, "gap": gap, "mean": 3.0 * n}
        for world in ("additive", "near")
        for field in (25, 55)
        for n in (-1, 0, 1)
        for gap in (17.5, 45.0)
    )
    figure = false_positives.by_gap(table, 30)
    assert titles(figure) == ["additive", "near"]
    # truth, two networks of two kinds, zero, and the limit
    assert [len(axis.lines) for axis in figure.axes] == [7, 7]
    texts = [t.get_text() for t in figure.legends[0].get_texts()]
    assert texts == ["field of 25 bp", "field of 55 bp", "truth (thick line)"]


def test_calls_place_shares_of_both_controls_valid_padding_first():
    shares = pd.DataFrame(
        {
            "test": ["paired", "unpaired"] * 4,
            "padding": ["same"] * 4 + ["valid"] * 4,
            "ran": "paper",
            "control": ["negative", "negative", "positive", "positive"] * 2,
            "called": [4, 0, 10, 5, 0, 0, 10, 10],
            "networks": 10,
        }
    )
    valid, same = false_positives.calls(shares).axes
    assert (
        valid.get_title(loc="left") + valid.get_title() == "valid padding, paper size"
    )
    drawn = {line.get_label(): line for line in same.get_lines()}
    assert list(drawn["negative control"].get_xdata()) == [0.4, 0.0]
    assert list(drawn["positive control"].get_xdata()) == [1.0, 0.5]
    assert list(drawn["positive control"].get_ydata()) == [1, 0]  # from above


def test_averages_lead_from_the_median_network_to_the_mean():
    table = pd.DataFrame(
        {
            "padding": ["same", "valid", "valid"],
            "control": ["negative", "negative", "positive"],
            "architecture": ["arch1", "arch1", "arch2"],
            "mse": [1.0, 1.3, 1.4], "mse, single": [1.2, 1.6, 1.7],
            "size": [0.9, 4.8, 39.0], "size, single": [1.7, 7.3, 40.0],
        }
    )  # fmt: skip
    valid, same = false_positives.averages(table).axes
    ways = [line for line in valid.get_lines() if len(line.get_xdata()) == 2]
    assert [list(way.get_ydata()) for way in ways] == [[7.3, 4.8], [40.0, 39.0]]
    _, single, mean = same.get_lines()
    assert (single.get_markerfacecolor(), single.get_xdata()[0]) == ("white", 1.2)
    assert mean.get_xdata()[0] == 1.0
