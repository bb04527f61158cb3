"""Every network has its point, beside what is possible and what is too bad."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from helpers.plots import COLOURS, network_checks


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def networks():
    """Two networks of the paper's size and one of this run, in one condition each."""
    rows = [
        ("same", "negative", "arch1", "paper", 1.2),
        ("same", "negative", "arch1", "paper", 1.4),
        ("valid", "positive", "arch2", "smoke", 90.0),
    ]
    names = ["padding", "control", "architecture", "ran", "mse"]
    return pd.DataFrame(rows, columns=names)


def test_every_network_is_a_point_filled_at_paper_size():
    truth = pd.DataFrame({"padding": ["same"], "control": ["negative"], "mse": [0.96]})
    left, right = network_checks.errors(networks(), truth, 5.0).axes
    names = [label.get_text() for label in left.get_yticklabels()]
    assert names == ["valid, arch2", "same, arch1"]
    points = {
        axis: [line for line in axis.lines if line.get_marker() == "o"]
        for axis in (left, right)
    }
    drawn = [(p.get_xdata().tolist(), p.get_mfc()) for p in points[left]]
    filled = COLOURS["network"]
    assert ([1.2, 1.4], filled) in drawn
    assert sum(len(x) for x, _ in drawn) == 2
    assert ([90.0], "white") in [
        (p.get_xdata().tolist(), p.get_mfc()) for p in points[right]
    ]
    green = [line for line in left.lines if line.get_color() == COLOURS["truth"]]
    assert [0.96, 0.96] in [list(line.get_xdata()) for line in green]
    assert right.get_xlim()[1] > 90


def test_shares_before_and_after_correction_and_of_positive_medians():
    table = pd.DataFrame(
        [
            {"padding": padding, "control": "negative", "test": "paired",
             "n_networks": 45, "n_significant": 18, "n_holm": 9, "positive": 0.6,
             "positive_low": 0.45, "positive_high": 0.75}
            for padding in ("same", "valid")
        ]
    )  # fmt: skip
    left, right = network_checks.agreement(table).axes
    names = [label.get_text() for label in left.get_yticklabels()]
    assert names == ["valid: paired (45)", "same: paired (45)"]
    circles = {
        (line.get_xdata()[0], to_hex(line.get_mfc()))
        for line in left.lines
        if line.get_marker() == "o"
    }
    assert circles == {(0.4, "#ffffff"), (0.2, COLOURS["network"].lower())}
    ticks = [line for line in left.lines if line.get_marker() == "|"]
    assert [tick.get_xdata()[0] for tick in ticks] == [0.6, 0.6]
    assert not [line for line in right.lines if line.get_marker() == "o"]
