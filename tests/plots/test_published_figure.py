"""The figure of published values against ours shows every row, and names the misses."""

import matplotlib.pyplot as plt
import pandas as pd

from helpers import plots
from helpers.plots.published import ROOM, distances, miss_words


def table():
    return pd.DataFrame(
        {
            "topic": ["Means", "Means", "Means", "Orders"],
            "claim": ["Mean of a", "Mean of b", "Mean of c", "a lies above b"],
            "published": [1.0, 2.0, 3.0, 1.0],
            "tolerance": [0.5, 0.5, 0.5, None],
            "relation": ["equals", "at_least", "equals", "holds"],
            "reading": "declared",
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
    assert texts(numbers) == ["missed: Mean of b", "missed: a lies above b"]
    plt.close(figure)


def test_a_chapter_of_orderings_has_no_axis_of_numbers():
    figure = plots.published.against_published(table()[3:])
    assert len(figure.axes) == 1
    plt.close(figure)


def test_many_misses_are_counted():
    many = pd.concat([table()[1:2]] * 12, ignore_index=True)
    figure = plots.published.against_published(many)
    assert texts(figure.axes[0]) == ["missed: Mean of b (and 11 more)"]
    plt.close(figure)


def test_words_on_misses_fit_into_two_lines():
    long = "Correlation of main effects and size of the interaction, smallest of " * 3
    words = miss_words([long, long])
    assert len(words.splitlines()) <= 2
    assert max(map(len, words.splitlines())) <= ROOM
    assert words.endswith("… (and 1 more)")
    assert miss_words(["Mean of b"]) == "missed: Mean of b"


def test_bounds_that_are_kept_have_a_form_of_their_own():
    kept = table().assign(paper_size=[1.25, 9.0, None, 1.0], verdict="reproduced")
    figure = plots.published.against_published(kept)
    drawn = [
        points for points in figure.axes[0].collections if len(points.get_offsets())
    ]
    corners = [len(points.get_paths()[0].vertices) for points in drawn]
    assert len(set(corners)) == 2
    plt.close(figure)


def test_what_was_found_after_search_is_drawn_apart():
    searched = ["found after search", "found after search", "declared", "declared"]
    figure = plots.published.against_published(table().assign(reading=searched))
    numbers, bars = figure.axes
    (key,) = figure.legends
    names = [text.get_text() for text in key.get_texts()]
    assert names == ["found after search", "missed", "waiting or quoted"]
    hollow = [
        len(points.get_offsets())
        for points in numbers.collections
        if (points.get_facecolor()[:, :3] == 1).all()
    ]
    assert sum(hollow) == 1  # the other is missed, whatever its reading
    colours = {patch.get_facecolor() for patch in bars.patches}
    assert len(colours) == 3
    plt.close(figure)
