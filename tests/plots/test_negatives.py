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


def title(axis):
    """Return a title wherever the style puts it."""
    return axis.get_title(loc="left") or axis.get_title(loc="center")


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
    figure = negatives.filters({"M_w": {"a": np.eye(4)}, "M_wo": {"a": 2 * np.eye(4)}})
    limits = {axis.images[0].get_clim() for axis in figure.axes[:2]}
    assert limits == {(-2.0, 2.0)}  # one scale, so that panels compare
    table = pd.DataFrame(
        {"share": [0.0, 1.0], "measure": "recall", "motifs_present": 3, "value": 0.5}
    )
    axis = negatives.graded(table).axes[0]
    assert [t.get_text() for t in axis.get_xticklabels()] == ["0.0", "1.0"]
    both = pd.concat([table, table.assign(measure="AUPRC of NHLH1")])
    level = pd.Series({4: 0.07, 3: 0.06, 1: 0.05})
    recall, area = negatives.graded(both, chance=level).axes
    assert len(recall.lines) == len(area.lines) == 2 and not recall.patches
    band = area.patches[0].get_extents().transformed(area.transData.inverted())
    np.testing.assert_allclose([band.y0, band.y1], [0.05, 0.07])
    names = [text.get_text() for text in area.get_legend().get_texts()]
    assert names == ["3", "chance"]
    table = pd.DataFrame(
        {"kind": "M_w", "order": [1, 4], "unit": "logits", "value": [2.0, -1.0]}
    )
    axis = negatives.interactions(table).axes[0]
    np.testing.assert_allclose(axis.lines[0].get_ydata(), [2, -1])
    table = pd.DataFrame({"panel": "quadratic", "motif": "a", "value": [0.1, 0.3]})
    assert len(negatives.differences(table).axes[0].lines) == 2
    more = pd.concat([table, table.assign(panel="enhancing", value=-table["value"])])
    first, second = negatives.differences(more).axes
    assert first.get_ylim() == second.get_ylim()
    table = pd.DataFrame(
        {"variant": ["b", "c"], "motifs_present": 3, "value": [0.2, 0.4]}
    )
    axis = negatives.variants(table, "b").axes[0]
    assert axis.lines[0].get_xdata()[0] == 0.2
    axis = negatives.variants(table, "b", {3: 0.7}).axes[0]
    assert axis.lines[1].get_xdata()[0] == 0.7 and axis.lines[1].get_linestyle() == ":"
    table = pd.DataFrame({"ours": [0.5], "published": [0.7]}, index=["pair"])
    ours, published = negatives.bars(table, ylabel="y", kind="M_wo").axes[0].patches
    assert (ours.get_height(), published.get_height()) == (0.5, 0.7)
    assert published.get_hatch() and not ours.get_hatch()


def test_legends_name_diamonds_readers_and_chance():
    rows = [("p", "M_w", k, k / 4) for k in range(5)]
    table = pd.DataFrame(rows, columns=["panel", "kind", "motifs_present", "value"])
    lines = table.assign(reader="grammar")
    figure = negatives.by_count(table, ylabel="y", published=table, lines=lines)
    named = [text.get_text() for text in figure.legends[0].get_texts()]
    assert named[0] == "M_w" and named[1] == "published" and len(named) == 4
    without = negatives.by_count(table, ylabel="y")
    assert len(without.legends[0].get_texts()) == 1


def test_the_level_of_guessing_is_dotted_and_named():
    rows = [("p", "M_w", k, k / 4) for k in range(5)]
    table = pd.DataFrame(rows, columns=["panel", "kind", "motifs_present", "value"])
    figure = negatives.by_count(table, ylabel="y", chance=table.assign(value=0.5))
    (dotted,) = (line for line in figure.axes[0].lines if line.get_linestyle() == ":")
    assert list(dotted.get_ydata()) == [0.5] * 5
    assert figure.legends[0].get_texts()[-1].get_text() == "chance"
    kinds = [table.assign(kind=kind) for kind in list(negatives.KINDS)[2:]]
    four = pd.concat([k.assign(panel=p) for k in kinds for p in "abcd"])
    lines = four.assign(reader="grammar")
    every = negatives.by_count(
        four, ylabel="y", published=four, lines=lines, chance=four
    )
    assert len(every.legends[0].get_texts()) == 8
    assert every.legends[0]._ncols == 4  # in one row it would push the panels aside
    pairs = pd.DataFrame({"ours": [0.6]}, index=["pair"])
    (level,) = negatives.bars(pairs, ylabel="y", kind="M_w", chance=0.5).axes[0].lines
    assert level.get_ydata()[0] == 0.5 and level.get_label() == "chance"


def test_recall_by_size_stands_between_its_lines():
    rows = [(n, "recall", k, 0.5) for n in (1000, 4000) for k in (1, 0)]
    columns = ["n_train", "measure", "motifs_present", "value"]
    table = pd.DataFrame(rows, columns=columns)
    readers = pd.DataFrame(
        {"reader": ["agnostic", "grammar"] * 2, "detail": "recall"}
        | {"motifs_present": [0, 0, 1, 1], "value": [0.6, 0.7, 0.8, 0.9]}
    )
    figure = negatives.by_size(table, readers=readers, published={0: 0.65, 1: 0.85})
    one = figure.axes[0]
    assert title(one) == "1 motif"
    heights = [line.get_ydata()[0] for line in one.lines]
    assert heights == [0.5, 0.8, 0.9, 0.85]
    assert [t.get_text() for t in one.get_xticklabels()] == ["1k", "4k"]


def test_variants_of_visibility_have_a_line_each_and_the_published_is_dotted():
    rows = [
        (kind, target, variant, k, k / 4)
        for kind in ("M_w", "M_wo")
        for target in ("probability", "output")
        for variant in ("as above", "pool 10", "published")
        for k in (4, 3, 2, 1)
    ]
    columns = ["kind", "target", "variant", "motifs_present", "value"]
    figure = negatives.visible_variants(pd.DataFrame(rows, columns=columns))
    assert len(figure.axes) == 4
    for axis in figure.axes:
        assert [line.get_linestyle() for line in axis.lines] == ["-", "-", ":"]
        assert len({(line.get_color(), line.get_marker()) for line in axis.lines}) == 3
        np.testing.assert_allclose(axis.lines[0].get_ydata(), [1, 0.75, 0.5, 0.25])
    assert title(figure.axes[1]) == "M_w, logit"
    table = pd.DataFrame(rows, columns=columns)
    level = pd.Series({4: 0.1, 3: 0.09, 2: 0.085, 1: 0.08})
    line = negatives.visible_variants(table, chance=level).axes[0].lines[-1]
    assert list(line.get_ydata()) == level.tolist()
    assert list(line.get_xdata()) == [-4, -3, -2, -1]


def test_shrinkage_follows_a_kind_of_label_through_its_scales():
    table = pd.DataFrame(
        {
            "kind": ["additive"] * 3 + ["quadratic"] * 3,
            "scale": ["as predicted", "calibrated", "unshrunk"] * 2,
            "shortfall": [0.3, 0.4, 0.0, 2.2, 2.6, 0.2],
            "order 2": [1.0, 1.0, 0.2, 1.0, 1.0, 0.9],
            "order 3": 0.0,
        }
    )
    pairs, triples = negatives.shrinkage(table).axes
    lines = {line.get_label(): line for line in pairs.get_lines()}
    assert list(lines["additive"].get_xdata()) == [0.3, 0.4, 0.0]
    assert list(lines["additive"].get_ydata()) == [1.0, 1.0, 0.2]
    assert list(triples.get_lines()[0].get_ydata()) == [0.0] * 3


def test_starts_fill_those_that_were_kept():
    table = pd.DataFrame(
        {
            "kind": ["M_w", "M_w", "M_wo"],
            "loss": [0.1, 0.3, 0.01],
            "weakest": [0.9, 0.4, 0.3],
            "kept": [True, False, True],
        }
    )
    both, _ = negatives.starts(table).axes
    drawn = {line.get_label(): line for line in both.get_lines()}
    assert list(drawn["kept"].get_xdata()) == [0.1]
    assert list(drawn["not kept"].get_ydata()) == [0.4]
    assert drawn["not kept"].get_markerfacecolor() == "white"


def test_four_panels_stand_two_by_two():
    rows = [(panel, "M_w", k, 0.5) for panel in ("a", "b", "c", "d") for k in (4, 3)]
    table = pd.DataFrame(rows, columns=["panel", "kind", "motifs_present", "value"])
    axes = negatives.by_count(table, ylabel="recall").axes
    left = {round(axis.get_position().x0, 1) for axis in axes}
    assert len(left) == 2
    assert [axis.get_ylabel() for axis in axes] == ["recall", "", "recall", ""]
