"""Every figure shows what it is given."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.plots import factors
from helpers.truth import planted


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_places_name_every_motif_and_say_if_open():
    pairs = planted.published_pairs()
    chosen = planted.choose_motifs(4, pairs=pairs, positives=0.5, seed=0)
    strings = planted.consensus_strings()
    sample = planted.plant(list(strings.values()), chosen, length=80, seed=1)
    labels = planted.paired_targets(sample.present, [pairs])[:, 0]
    axis = factors.places(sample, list(strings), pairs, labels).axes[0]
    assert len(axis.patches) == len(axis.texts) == 12
    words = [label.get_text() for label in axis.get_yticklabels()]
    assert words.count("open") == 2 and words.count("closed") == 2


def test_pair_matrices_share_one_scale():
    panels = {"one": np.eye(3), "two": 5 * np.eye(3)}
    figure = factors.pair_matrices(panels, ["a", "b", "c"])
    limits = {axis.images[0].get_clim() for axis in figure.axes[:2]}
    assert limits == {(-5.0, 5.0)}


def test_areas_show_every_network_and_the_published_value():
    table = pd.DataFrame({"group": ["10", "10", "20"], "value": [0.9, 0.8, 0.7]})
    figure = factors.areas(
        table, published={"10": (0.85, 0.01), "absent": (0.1, 0.0)}, lines={"one": 0.75}
    )
    axis = figure.axes[0]
    dots = [line for line in axis.lines if line.get_marker() == "o"]
    assert sorted(x for line in dots for x in line.get_xdata()) == [0.7, 0.8, 0.9]
    assert [text.get_text() for text in axis.texts] == ["one"]
    assert len(axis.containers) == 1


def test_filter_kinds_are_means_with_their_range():
    table = pd.DataFrame(
        [
            ("20", network, kind, value)
            for network, values in enumerate([(8, 10, 2), (10, 6, 4)])
            for kind, value in zip(factors.KINDS, values, strict=True)
        ],
        columns=["group", "network", "detail", "value"],
    )
    chance = pd.DataFrame({kind: [5.0] for kind in factors.KINDS}, index=[20])
    axis = factors.filter_kinds(table.assign(n_filters=20), chance).axes[0]
    assert [bar.get_height() for bar in axis.patches] == [9, 8, 3]
    heights = {
        segment[0][1]
        for lines in axis.collections
        if (lines.get_linewidth() == 2).all()
        for segment in lines.get_segments()
    }
    assert heights == {5.0}


def test_curves_have_one_line_a_network():
    table = pd.DataFrame(
        {"group": ["a"] * 4, "network": [0, 0, 1, 1], "epoch": [1, 2, 1, 2]}
    ).assign(value=[4.0, 3.0, 4.0, 2.0])
    axis = factors.curves(table).axes[0]
    assert [list(line.get_ydata()) for line in axis.lines] == [[4, 3], [4, 2]]
    once = factors.curves(table[table["epoch"] == 1]).axes[0]
    assert [line.get_marker() for line in once.lines] == ["o", "o"]  # or nothing shows


def test_curves_of_few_epochs_name_more_than_the_first():
    table = pd.DataFrame({"group": "a", "network": 0, "epoch": range(1, 9)})
    figure = factors.curves(table.assign(value=1.0))
    figure.canvas.draw()
    labels = figure.axes[0].get_xticklabels(which="both")
    assert {"1", "2", "3", "5"} <= {label.get_text() for label in labels}


def test_pair_scores_keep_right_and_other_pairs_apart():
    table = pd.DataFrame({"group": "one", "right": [True, False, False]})
    axis = factors.pair_scores(table.assign(value=[3.0, 1.0, 2.0])).axes[0]
    assert [len(line.get_xdata()) for line in axis.lines[:2]] == [2, 1]


def test_probabilities_count_all_sequences():
    rows = pd.DataFrame({"detail": ["0 on", "3 on"], "value": [0.1, 0.9]})
    figure = factors.probabilities({"builder": rows, "baseline": rows})
    assert [axis.get_title() for axis in figure.axes] == [
        "builder",
        "baseline",
    ]
    assert figure.axes[0].patches


def test_cell_types_show_both_networks():
    table = pd.DataFrame(
        {"cell": ["c2", "c1"] * 2, "kind": ["FM", "FM", "sum", "sum"]}
    ).assign(value=[0.8, 0.7, 0.5, 0.6], seed=[4, 4, 4, 9])
    axis = factors.cell_types(table).axes[0]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["c1", "c2"]
    drawn = {line.get_label(): line for line in axis.lines if len(line.get_xdata())}
    assert {"FM, genome 1", "sum, genome 1", "sum, genome 2"} <= set(drawn)
    markers = {drawn[f"sum, genome {g}"].get_marker() for g in (1, 2)}
    assert len(markers) == 2


def test_roc_curves_have_one_line_a_network_and_the_diagonal():
    table = pd.DataFrame({"group": ["a", "a", "b", "b"], "false": [0.0, 1.0] * 2})
    axis = factors.roc(table.assign(true=[0.0, 1.0, 0.5, 1.0])).axes[0]
    assert [list(line.get_ydata()) for line in axis.lines[:2]] == [[0, 1], [0.5, 1]]
    assert len(axis.lines) == 3


def test_p_values_have_one_row_a_world():
    table = pd.DataFrame({"kind": ["a", "a", "b"], "strength": [0.0, 0.0, 2.0]})
    axis = factors.p_values(table.assign(p=[0.1, 0.9, 0.01])).axes[0]
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == ["a", "b, 2 logits"]
    assert [len(line.get_xdata()) for line in axis.lines[:2]] == [2, 1]


def test_power_has_a_panel_a_world_and_what_could_be_called_dashed():
    table = pd.DataFrame({"kind": ["a"] * 4 + ["b"], "n": [10, 20] * 2 + [10]})
    table["strength"] = [1.0, 1.0, 2.0, 2.0, 3.0]
    table["right"], table["testable"] = [0.1, 0.2, 0.3, 0.4, 0.5], 0.6
    first, second = factors.power(table).axes
    assert [list(line.get_ydata()) for line in first.lines[::2]] == [
        [0.1, 0.2],
        [0.3, 0.4],
    ]
    assert {line.get_linestyle() for line in first.lines[1::2]} == {"--"}
    assert [text.get_text() for text in second.get_legend().get_texts()] == ["3"]


@pytest.mark.parametrize("draw", ["curves", "roc"])
def test_a_network_has_its_colour_whatever_stands_beside_it(draw):
    values = {"epoch": [1, 2], "value": 0.5, "network": 0, "false": [0, 1], "true": 1.0}

    def colours(*groups):
        table = pd.concat(pd.DataFrame({"group": g} | values) for g in groups)
        axis = getattr(factors, draw)(table).axes[0]
        named = zip(*axis.get_legend_handles_labels()[::-1], strict=True)
        return {name: handle.get_color() for name, handle in named}

    both, alone = colours("sum", "FM"), colours("new", "FM", "newer")
    assert both["FM"] == alone["FM"] == factors.NETWORKS["FM"]
    assert both["sum"] == factors.NETWORKS["sum"]
    assert len(set(alone.values())) == 3


def test_a_strength_looks_the_same_in_every_panel():
    rows = [
        {"kind": kind, "n": n, "strength": s, "right": 0.5, "testable": 0.6}
        for kind, strengths in {"one": (2.0, 4.0), "ten": (1.0, 2.0)}.items()
        for s in strengths
        for n in (100, 1000)
    ]
    looks = {}
    for axis in factors.power(pd.DataFrame(rows)).axes:
        for line in axis.get_lines():
            if line.get_label().isdigit():
                look = (line.get_color(), line.get_marker())
                looks.setdefault(line.get_label(), set()).add(look)
    assert {len(seen) for seen in looks.values()} == {1}
    assert len(set.union(*looks.values())) == len(looks) == 3
