"""The figure of findings draws every way once, under the data it is for."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from helpers.plots import findings


def test_calls_are_drawn_on_their_lines():
    rows = [
        ("DNA", "one", "none", 0.2, np.nan),
        ("DNA", "one", "some", np.nan, 0.9),
        ("Genes", "two", "none", 0.05, np.nan),
        ("Genes", "two", "some", 0.6, 0.8),
    ]
    table = pd.DataFrame(rows, columns=["data", "way", "world", "false", "found"])
    for name in ("false", "found"):
        table[f"{name}_low"], table[f"{name}_high"] = table[name] - 0.05, table[name]
    figure = findings.calls(table, ("none", "some"), level=0.05)
    wrong, right = figure.axes
    names = [label.get_text() for label in wrong.get_yticklabels()]
    assert names == ["DNA", "one", "Genes", "two"]
    drawn = [bar[0].get_xydata() for bar in wrong.containers]
    assert np.allclose(drawn[0], [[0.2, 0.86], [0.05, 2.86]])
    assert np.allclose(drawn[1], [[0.6, 3.14]])
    assert np.allclose(right.containers[1][0].get_xdata(), [0.9, 0.8])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "none",
        "some",
    ]
    plt.close(figure)
