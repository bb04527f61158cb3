"""The figure of the pages' times."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers.plots import pages


def test_each_page_has_a_line_the_longest_on_top():
    times = pd.DataFrame(
        {
            "page": ["short", "long", "long", "stored"],
            "size": ["quick", "smoke", "quick", "paper"],
            "core_seconds": [20.0, 15.0, 700.0, 9.0],
        }
    )
    (axis,) = pages.page_times(times).axes
    assert [t.get_text() for t in axis.get_yticklabels()] == ["short", "long"]
    smoke, quick = axis.get_lines()
    assert list(quick.get_xdata()) == [20.0, 700.0]
    assert list(smoke.get_xdata()) == [pytest.approx(float("nan"), nan_ok=True), 15.0]
    plt.close("all")


def test_a_page_that_ran_at_smoke_size_alone_has_its_place():
    times = pd.DataFrame(
        {
            "page": ["brief", "long", "long"],
            "size": ["smoke", "smoke", "quick"],
            "core_seconds": [20.0, 15.0, 700.0],
        }
    )
    (axis,) = pages.page_times(times).axes
    assert [t.get_text() for t in axis.get_yticklabels()] == ["brief", "long"]
    plt.close("all")


def test_a_size_without_a_record_is_not_in_the_legend():
    times = pd.DataFrame({"page": ["a"], "size": ["quick"], "core_seconds": [2.0]})
    (axis,) = pages.page_times(times).axes
    shown = [text.get_text() for text in axis.get_legend().get_texts()]
    assert shown == ["quick size"]
    plt.close("all")
