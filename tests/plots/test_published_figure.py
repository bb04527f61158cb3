"""The figure of published values against ours shows every row, and names the misses."""

import matplotlib.pyplot as plt
import pandas as pd

from helpers import plots
from helpers.plots.published import distances, short_name


def table():
    return pd.DataFrame(
        {
            "topic": ["Means", "Means", "Means", "Orders"],
            "quantity": ["t1.a.0.5", "t1.b.mean", "t1.c", "order.a-above-b"],
            "published": [1.0, 2.0, 3.0, 1.0],
            "tolerance": [0.5, 0.5, 0.5, None],
            "relation": ["equals", "at_least", "equals", "holds"],
            "paper_size": [1.25, 1.0, None, 0.0],
            "verdict": [
                "reproduced",
                "not reproduced",
                "not run yet",
                "not reproduced",
            ],
        }
    )


def texts(axis):
    return [text.get_text() for text in axis.texts]


def test_distances_are_in_tolerances():
    found = distances(table())
    assert found[:2].tolist() == [0.5, -2.0]
    assert found[2:].isna().all()
    none = table().assign(tolerance=0.0, paper_size=[1.0, 9.0, None, 1.0])
    assert distances(none)[:2].tolist() == [0.0, 30.0]


def test_every_row_is_counted_and_every_number_drawn():
    figure = plots.published.against_published(table())
    numbers, bars = figure.axes
    drawn = sum(len(points.get_offsets()) for points in numbers.collections)
    assert drawn == 2
    assert sum(patch.get_width() for patch in bars.patches) == 4
    assert texts(numbers) == ["missed: b mean", "missed: a-above-b"]
    plt.close(figure)


def test_a_chapter_of_orderings_has_no_axis_of_numbers():
    figure = plots.published.against_published(table()[3:])
    assert len(figure.axes) == 1
    plt.close(figure)


def test_many_misses_are_counted():
    many = pd.concat([table()[1:2]] * 12, ignore_index=True)
    figure = plots.published.against_published(many)
    assert texts(figure.axes[0]) == [f"missed: {', '.join(['b mean'] * 7)} and 5 more"]
    plt.close(figure)


def test_short_names_keep_numbers_whole():
    assert short_name("table2.rulefit.F5") == "rulefit F5"
    assert short_name("complex.sn-0.5.ap") == "sn-0.5 ap"
    assert short_name("alone") == "alone"
