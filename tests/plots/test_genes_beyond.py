"""The figures of the pages beyond the gene chapter show what the tables hold."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from helpers.plots import genes_beyond


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def line(axis, label):
    (found,) = [line for line in axis.get_lines() if line.get_label() == label]
    return found


def test_power_counts_the_networks_trained_and_averages_data_sets():
    rows = [
        {
            "data_set": data_set, "observed": networks[0], "permuted": networks[1],
            "permutations": 19, "power, as is": power, "any_false, as is": power / 4,
            "power, median": power / 2, "any_false, median": 0.0,
        }
        for networks, powers in (((1, 1), (0.2, 0.4)), ((50, 1), (0.8, 1.0)))
        for data_set, power in enumerate(powers)
    ]  # fmt: skip
    figure = genes_beyond.power_by_networks(pd.DataFrame(rows))
    power, *_, none = figure.axes
    equal, diamonds = (bar[0] for bar in power.containers)
    assert list(equal.get_xdata()) == [2 + 19]
    assert list(equal.get_ydata()) == pytest.approx([0.3])
    assert diamonds.get_marker() == "D"
    assert list(diamonds.get_xdata()) == [100 + 19]
    drawn = [[bar[0].get_ydata()[0] for bar in a.containers] for a in figure.axes]
    assert drawn[0] == pytest.approx([0.3, 0.9])
    assert drawn[1] == pytest.approx([0.075, 0.225])
    assert drawn[2] == pytest.approx([0.15, 0.45]) and drawn[3] == [0, 0]
    (bar,) = none.containers[0][2][0].get_segments()
    assert bar[0, 1] == 0 and bar[1, 1] > 0.8  # of two data sets nothing is known
    dotted = [[line.get_linestyle() for line in axis.lines] for axis in figure.axes]
    assert [":" in lines for lines in dotted] == [False, True, False, True]


def test_many_genes_have_a_line_a_number_of_people():
    table = pd.DataFrame(
        {
            "genes": [10, 10, 100] * 2,
            "people": [20_000] * 3 + [80_000] * 3,
            "network": [0.8, 1.0, 0.2, 1.0, 1.0, 0.9],
            "regression": 0.5,
            "learnt": [0.8, 0.9, 0.3, 0.9, 0.9, 0.8],
            "guessing": [0.13, 0.13, 0.001] * 2,
        }
    )
    left, right = genes_beyond.many_genes(table).axes
    bars = {bar.get_label(): bar[0].get_ydata() for bar in left.containers}
    assert bars["network, 20,000 people"] == pytest.approx([0.9, 0.2])
    assert len(bars) == 4
    learnt = [list(bar[0].get_ydata()) for bar in right.containers]
    assert learnt == [pytest.approx([0.85, 0.3]), pytest.approx([0.9, 0.8])]
    assert list(line(left, "guessing").get_ydata()) == pytest.approx([0.13, 0.001])


def test_real_pairs_stand_above_each_other_where_p_is_equal():
    table = pd.DataFrame(
        {
            "name": ["mice"] * 4,
            "p": [0.5, 0.5, 0.05, 0.5],
            "p_max": 1.0,
            "true": [True, False, False, False],
        }
    )
    alone, _ = genes_beyond.real_pairs(table).axes
    others, true = alone.get_lines()[:2]
    assert sorted(others.get_xdata()) == [0.05, 0.5, 0.5]
    assert len({*others.get_ydata(), *true.get_ydata()}) == 3
    assert true.get_ydata()[0] == max(*others.get_ydata(), *true.get_ydata())
    assert [t.get_text() for t in alone.get_yticklabels()] == ["mice"]


def test_over_null_draws_ratios_and_shares_called_case_by_case():
    table = pd.DataFrame(
        {
            "case": ["honest"] * 4 + ["lying"] * 4,
            "data_set": [0, 0, 1, 1] * 2,
            "score": [1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 4.0, 8.0],
            "null_mean": 1.0,
            "p": [0.5] * 4 + [0.05, 0.05, 0.05, 0.5],
            "maxT": [0.5] * 4 + [0.05, 0.5, 0.5, 0.5],
        }
    )
    left, pairs, sets = genes_beyond.over_null(table).axes
    medians = [
        one.get_xdata()[0]
        for one in left.get_lines()
        if one.get_linewidth() == 2 and len(one.get_xdata()) == 2
    ]
    assert medians == [4.0, 1.0]  # from below
    assert [t.get_text() for t in left.get_yticklabels()] == ["lying", "honest"]
    nominal, corrected = (a.containers[0][0].get_xdata() for a in (pairs, sets))
    assert list(nominal) == pytest.approx([0.75, 0.0])
    assert list(corrected) == [0.5, 0.0]  # one of two data sets, of its two pairs one


def test_ranking_curves_have_a_row_a_design_and_a_line_a_method():
    table = pd.DataFrame(
        {
            "design": ["a", "a", "b", "b"],
            "method": "network, by score",
            "at": [0.0, 1.0] * 2,
            "precision": [1.0, 0.4, 1.0, 0.6],
            "found": [0.5, 1.0, 0.7, 1.0],
            "guessing": 0.13,
        }
    )
    figure = genes_beyond.ranking_curves(table)
    precision, roc, _, below = figure.axes
    assert list(line(roc, "network, by score").get_ydata()) == [0.5, 1.0]
    assert list(line(below, "network, by score").get_ydata()) == [0.7, 1.0]
    assert list(precision.get_lines()[0].get_ydata()) == [1.0, 0.4]
    (legend,) = figure.legends
    assert len(legend.get_texts()) == 1
