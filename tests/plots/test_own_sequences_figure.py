"""The figure of one's own pairs: one interval each, called ones filled."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.colors import to_hex

from helpers.plots import COLOURS, own_sequences


def test_one_interval_a_pair_first_on_top_called_ones_filled():
    table = pd.DataFrame(
        {
            "pair": ["A × B", "A × C"], "median": [2.0, -1.0], "median_low": [1, -2],
            "median_high": [3.0, 0.0], "called": [True, False],
        }
    )  # fmt: skip
    figure = own_sequences.gains(table)
    (axis,) = figure.axes
    first, second = axis.containers
    assert first.lines[0].get_ydata()[0] > second.lines[0].get_ydata()[0]
    assert to_hex(first.lines[0].get_markerfacecolor()).upper() == COLOURS["second"]
    assert second.lines[0].get_markerfacecolor() == "none"
    assert [text.get_text() for text in axis.get_yticklabels()] == ["A × B", "A × C"]
    figure.canvas.draw()
    plt.close(figure)
