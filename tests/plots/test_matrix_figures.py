"""Figures of the matrix: what is drawn is what the tables hold."""

import numpy as np
import pandas as pd
import pytest

from helpers import plots
from helpers.studies.matrix import tables
from helpers.studies.matrix.cells import COLUMNS


def test_ranks_are_written_into_their_cells():
    table = pd.DataFrame(
        {"one": [0.9, np.nan], "two, and more": [0.1, 0.5]}, ["a", "b"]
    )
    (axis,) = plots.matrix.ranks(table).axes
    assert [text.get_text() for text in axis.texts] == ["0.90", "0.10", "0.50"]
    assert [t.get_text() for t in axis.get_xticklabels()] == ["one", "two, and\nmore"]


def test_false_calls_stand_at_their_rates():
    rates = pd.DataFrame(
        {
            "method": ["a", "b", "a"],
            "place": ["nothing interacts"] * 2 + ["beside real pairs"],
            "rate": [0.04, 0.5, 0.1],
            "rate_low": [0.02, 0.4, np.nan],
            "rate_high": [0.06, 0.6, np.nan],
            "family": [0.0, 1.0, 0.2],
            "family_low": [0.0, 0.3, 0.1],
            "family_high": [0.4, 1.0, 0.6],
        }
    )
    left, right = plots.matrix.false_calls(rates).axes
    assert left.containers[0].lines[0].get_xdata().tolist() == [0.04, 0.5]
    assert right.containers[0].lines[0].get_xdata().tolist() == [0.1]
    assert [t.get_text() for t in left.get_yticklabels()] == ["b", "a"]
    (bars,) = left.containers[1].lines[2]  # of the diamonds
    ends = [segment[:, 0].tolist() for segment in bars.get_segments()]
    assert np.allclose(ends, [[0.0, 0.4], [0.3, 1.0]])
    assert left.get_xlabel() == right.get_xlabel() == "share called falsely"


def test_correlation_joins_both():
    table = pd.DataFrame({"method": ["a"], "independent": [0.8], "correlated": [0.3]})
    (axis,) = plots.matrix.correlation(table).axes
    assert [line.get_xdata().tolist() for line in axis.lines] == [[0.8], [0.3]]


def test_costs_name_every_method():
    table = pd.DataFrame(
        {
            "method": ["a", "b"],
            "tests": [False, True],
            "ap": [0.4, 0.6],
            "seconds": [0.1, 9.0],
            "best": [True, True],
        }
    )
    precision, seconds = plots.matrix.costs(table).axes
    names = [label.get_text() for label in precision.get_yticklabels()]
    assert names == ["a", "b"]  # the best ranking is the uppermost
    assert seconds.get_xscale() == "log"
    drawn = [
        (line.get_xdata().item(), line.get_ydata().item(), line.get_marker())
        for line in seconds.lines
        if len(line.get_xdata())
    ]
    assert drawn == [(0.1, 0, "o"), (9.0, 1, "^")]


def test_starts_have_their_means():
    table = pd.DataFrame(
        {"method": ["a"], "agreement": [0.7], "low": [0.5], "high": [0.9]}
    )
    (axis,) = plots.matrix.starts(table).axes
    assert axis.lines[0].get_xdata().tolist() == [0.7]


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("false_calls", lambda none, _: tables.false_calls(none)),
        ("correlation", lambda _, cells: tables.correlated(cells)),
        ("costs", lambda _, cells: tables.costs(cells)),
        ("starts", lambda _, cells: tables.starts(cells)),
    ],
)
def test_before_anything_has_run_axes_are_empty(name, make):
    none = pd.DataFrame(columns=list(COLUMNS))
    figure = getattr(plots.matrix, name)(make(none, tables.summary(none)))
    drawn = [line.get_xdata() for axis in figure.axes for line in axis.lines]
    assert not any(len(values) for values in drawn if list(values) != [0.05, 0.05])
    assert tables.ranking(tables.summary(none)).empty
    advice = tables.recommended(none, tables.summary(none))
    assert set(advice["take"]) == {"–"}
