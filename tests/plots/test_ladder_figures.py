"""The ladder's figures show the numbers of their tables."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers.plots import ladder


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_map_writes_each_number_in_its_place():
    table = pd.DataFrame(
        [[1.0, 0.1], [0.9, 0.8]], index=["uniform", "all"], columns=["4", "3"]
    )
    axis = ladder.recall_map(table).axes[0]
    texts = {text.get_position(): text.get_text() for text in axis.texts}
    assert texts == {(0, 0): "1.00", (1, 0): "0.10", (0, 1): "0.90", (1, 1): "0.80"}
    colours = {text.get_text(): text.get_color() for text in axis.texts}
    assert colours["1.00"] == "white"
    assert colours["0.10"] == "black"


def test_dots_lie_on_their_lines_with_a_level_of_chance():
    table = pd.DataFrame(
        {
            "panel": ["one", "one", "two", "two"],
            "group": ["a", "b", "a", "b"],
            "kind": ["x", "y", "x", "x"],
            "value": [0.2, 0.4, 0.6, 0.8],
        }
    )
    figure = ladder.dots(table, xlabel="recall", chance={"one": 0.1, "two": 0.3})
    first, second = figure.axes
    drawn = [list(line.get_xdata()) for line in first.lines]
    assert drawn == [[0.2], [0.4], [0.1, 0.1]]
    assert [t.get_text() for t in first.get_yticklabels()] == ["a", "b"]
    assert list(second.lines[0].get_xdata()) == [0.6, 0.8]
    assert round(second.lines[0].get_ydata()[1]) == 1
    labels = [t.get_text() for t in figure.legends[0].get_texts()]
    assert labels == ["x", "y", "chance"]
    assert figure.get_size_inches()[0] < 5
