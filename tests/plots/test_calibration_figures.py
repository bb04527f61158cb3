"""The figures show every cell that ran, and survive that none did."""

from functools import cache

import matplotlib.pyplot as plt
import pandas as pd

from helpers import plots
from helpers.studies import calibration
from helpers.studies.calibration.plan import Cell
from helpers.studies.calibration.rates import NOMINAL


@cache
def trials():
    return calibration.trials(
        world="additive", n_rows=500, learner="products", first_set=0, n_sets=2, seed=0
    ).assign(learner="networks")


def rates(n_cells):
    planned = [Cell("additive", n, "networks", 100) for n in (1000, 3000)]
    frames = [trials().assign(n_rows=cell.n_rows) for cell in planned[:n_cells]]
    whole = None if not frames else pd.concat(frames)
    return calibration.rates(whole, planned)


def test_every_cell_that_ran_is_drawn():
    figure = plots.calibration.error_rates(rates(2), NOMINAL)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["additive, n = 3,000 (2)", "additive, n = 1,000 (2)"]
    figure = plots.calibration.widening(rates(2))
    assert len(figure.axes[1].lines) == 2
    plt.close("all")


def test_nothing_ran():
    axis = plots.calibration.error_rates(rates(0), NOMINAL).axes[0]
    assert not axis.get_yticklabels() and not any(
        len(line.get_xdata()) for line in axis.lines
    )
    plots.calibration.widening(rates(0))
    plt.close("all")


def test_power_has_a_line_for_each_number_of_rows():
    table = pd.DataFrame(
        {"n_rows": [1000, 1000, 3000], "share": [0.01, 0.02, 0.02],
         "power": [0.1, 0.4, 0.9], "sets": [20, 20, 10]}
    )  # fmt: skip
    axis = plots.calibration.power(table).axes[0]
    assert [line.get_label() for line in axis.lines] == ["1,000 rows", "3,000 rows"]
    assert axis.lines[0].get_xdata().tolist() == [1.0, 2.0]
    assert [text.get_text() for text in axis.texts] == ["20", "20", "10"]
    assert not plots.calibration.power(table[:0]).axes[0].lines
    plt.close("all")
