"""What is drawn is what the tables say."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from helpers.plots import negatives
from helpers.truth.grammars import Grammar, combinations, embed
from helpers.truth.jaspar import motif_set


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def data():
    grammar = Grammar(motif_set("distinct_1"), 8)
    return embed(grammar, combinations(4), length=120, seed=0)


def test_boxes_lie_where_the_motifs_do(data):
    axis = negatives.places(data, list("abcd")).axes[0]
    boxes = {(p.get_x(), p.get_width()) for p in axis.patches}
    rows, columns = np.nonzero(data.present)
    expected = zip(data.starts[rows, columns], data.widths[columns], strict=True)
    assert boxes == set(expected)


def test_contributions_have_a_panel_each(data):
    scores = {"M_w": np.ones((2, 120)), "M_wo": np.zeros((2, 120))}
    figure = negatives.contributions(scores, data[-2:])
    assert len(figure.axes) == 4
    assert [p.get_height() for p in figure.axes[0].patches[-3:]] == [1, 1, 1]


def test_values_published_and_lines_stand_at_their_count():
    rows = [("p", kind, k, k / 4) for kind in ("M_w", "M_wo") for k in range(5)]
    table = pd.DataFrame(rows, columns=["panel", "kind", "motifs_present", "value"])
    lines = table.assign(reader="agnostic")
    figure = negatives.by_count(table, ylabel="recall", published=table, lines=lines)
    axis = figure.axes[0]
    assert [t.get_text() for t in axis.get_xticklabels()] == list("43210")
    line, dots, diamonds = axis.lines[:3]
    np.testing.assert_allclose(line.get_ydata(), [1, 0.75, 0.5, 0.25, 0])
    for drawn in (dots, diamonds):
        x, y = drawn.get_data()
        np.testing.assert_allclose(y, 1 - np.round(np.asarray(x)) / 4)


def test_boxes_stand_at_their_group_and_hold_their_quantiles():
    rows = [
        ("p", group, kind, 0.5, 0.4, 0.7, 0.1, 0.9)
        for group in (4, 3)
        for kind in ("M_w", "M_wo")
    ]
    columns = ["panel", "group", "kind", "value", "low", "high", "lowest", "highest"]
    table = pd.DataFrame(rows, columns=columns)
    chance = pd.DataFrame({"panel": "p", "group": [4, 3], "value": [0.05, 0.06]})
    figure = negatives.boxes(
        table, ylabel="AUPRC", published=table.head(1), chance=chance
    )
    axis = figure.axes[0]
    assert [t.get_text() for t in axis.get_xticklabels()] == ["4", "3"]
    assert len(axis.patches) == 4
    for patch, x in zip(axis.patches, (-0.2, 0.8, 0.2, 1.2), strict=True):
        box = patch.get_path().get_extents()
        np.testing.assert_allclose([box.y0, box.y1], [0.4, 0.7])
        assert (box.x0 + box.x1) / 2 == pytest.approx(x)
    drawn = {tuple(np.round(line.get_ydata(), 3)) for line in axis.lines}
    assert {(0.4, 0.1), (0.7, 0.9), (0.5, 0.5), (0.5,)} <= drawn
    levels = {line.get_segments()[0][0][1] for line in axis.collections}
    assert levels == {0.05, 0.06}


def test_filters_graded_interactions_differences_and_variants_are_drawn():
    weights = {kind: {"a": np.eye(4)} for kind in ("M_w", "M_wo")}
    assert len(negatives.filters(weights).axes) == 2
    table = pd.DataFrame(
        {"share": [0.0, 1.0], "measure": "recall", "motifs_present": 3, "value": 0.5}
    )
    axis = negatives.graded(table).axes[0]
    assert [t.get_text() for t in axis.get_xticklabels()] == ["0.0", "1.0"]
    table = pd.DataFrame(
        {"kind": "M_w", "order": [1, 4], "unit": "logits", "value": [2.0, -1.0]}
    )
    axis = negatives.interactions(table).axes[0]
    np.testing.assert_allclose(axis.lines[0].get_ydata(), [2, -1])
    table = pd.DataFrame({"panel": "quadratic", "motif": "a", "value": [0.1, 0.3]})
    assert len(negatives.differences(table).axes[0].lines) == 2
    table = pd.DataFrame(
        {"variant": ["b", "c"], "motifs_present": 3, "value": [0.2, 0.4]}
    )
    axis = negatives.variants(table, "b").axes[0]
    assert axis.lines[0].get_xdata()[0] == 0.2
    table = pd.DataFrame({"ours": [0.5]}, index=["pair"])
    assert negatives.bars(table, ylabel="y").axes[0].patches[0].get_height() == 0.5
