"""The figure of one's own pairs: one interval each, called ones filled."""

import matplotlib.pyplot as plt
import numpy as np
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


def test_largest_falls_are_drawn_with_their_motifs_shaded():
    scores = np.zeros((3, 10))
    scores[0, 2], scores[1, 4], scores[2, 4] = 0.1, 3.0, -2.0
    sites = {"A": np.array([[1, 4], [3, 6], [-1, -1]])}
    figure = own_sequences.mutations(scores, sites, most=2)
    first, second = figure.axes
    heights = [[bar.get_height() for bar in a.containers[0]] for a in (first, second)]
    assert heights == [scores[1].tolist(), scores[2].tolist()]
    assert [text.get_text() for text in first.texts] == ["A"]
    assert not second.texts
    plt.close(figure)


def test_names_of_motifs_that_overlap_stand_on_two_lines():
    sites = {"MAFK": [[90, 105]], "Pou5f1::Sox2": [[97, 112]], "SOX2": [[150, 161]]}
    sites = {name: np.array(places) for name, places in sites.items()}
    figure = own_sequences.mutations(np.ones((1, 200)), sites)
    figure.canvas.draw()
    first, second, third = (text.get_window_extent() for text in figure.axes[0].texts)
    assert not first.overlaps(second) and not second.overlaps(third)
    assert third.y0 == first.y0 < second.y0
    plt.close(figure)
