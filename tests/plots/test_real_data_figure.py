"""The figure of the real data sets."""

import matplotlib.pyplot as plt
import pandas as pd

from helpers.plots import real_data


def test_data_sets_without_a_table_are_left_out_and_the_widest_stands_on_top():
    table = pd.DataFrame(
        {
            "data set": ["genome", "long", "wide"],
            "rows": [float("nan"), 1000, 100],
            "features": [float("nan"), 10, 500],
        }
    )
    (axis,) = real_data.rows_and_features(table).axes
    assert [t.get_text() for t in axis.get_yticklabels()] == ["long", "wide"]
    rows, features = axis.get_lines()
    assert list(rows.get_xdata()) == [1000, 100]
    assert list(features.get_xdata()) == [10, 500]
    plt.close("all")
