"""Figures of every detector against every truth."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS, SEQUENTIAL

ROW = 0.3  # inches of a line with a method's name


def ranks(table: pd.DataFrame) -> Figure:
    """Draw mean average precision as a heat map.

    table : methods in rows, groups of truths in columns; NaN stays blank
    """
    figure, axis = plt.subplots(figsize=(8, 1.8 + ROW * len(table)))
    sns.heatmap(
        table, vmin=0, vmax=1, cmap=SEQUENTIAL, annot=True, fmt=".2f", ax=axis,
        annot_kws={"size": 8}, cbar=False, linewidths=0.5,
    )  # fmt: skip
    axis.set(xlabel="", ylabel="")
    axis.grid(False)
    axis.xaxis.tick_top()
    names = [fill(name, 9, break_long_words=False) for name in table.columns]
    axis.set_xticks(np.arange(len(names)) + 0.5, names, rotation=0, fontsize=8)
    axis.tick_params(length=0)
    return figure


def false_calls(rates: pd.DataFrame) -> Figure:
    """Draw how often tests call pairs that do not interact.

    rates : as `helpers.studies.matrix.tables.false_calls` returns it
    """
    names = list(dict.fromkeys(rates["method"]))[::-1]
    figure, axes = plt.subplots(
        1, 2, figsize=(9, 1.4 + ROW * len(names)), sharey=True, sharex=True
    )
    for axis, place in zip(
        axes, ("nothing interacts", "beside real pairs"), strict=True
    ):
        own = rates[rates["place"] == place]
        at = own["method"].map(names.index)
        sides = [own["rate"] - own["rate_low"], own["rate_high"] - own["rate"]]
        axis.axvline(0.05, color=COLOURS["baseline"], linewidth=1)
        axis.errorbar(
            own["rate"], at, xerr=np.clip(np.nan_to_num(sides), 0, None), fmt="o",
            color=COLOURS["network"], label="null pairs with p ≤ .05",
        )  # fmt: skip
        axis.plot(
            own["family"], at - 0.25, "D", color=COLOURS["second"], markersize=4,
            label="data sets with a false call, corrected",
        )  # fmt: skip
        axis.set(title=place, xlim=(-0.02, 1.02))
        axis.set_yticks(range(len(names)), names)
    if len(rates):
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=2)
    return figure


def correlation(table: pd.DataFrame) -> Figure:
    """Draw what correlated features do to each ranking.

    table : method, independent, correlated
    """
    figure, axis = plt.subplots(figsize=(7, 1.2 + ROW * len(table)))
    at = np.arange(len(table))[::-1]
    axis.hlines(
        at, table["correlated"], table["independent"], color=COLOURS["baseline"]
    )
    for name, colour, mark in (
        ("independent", "network", "o"),
        ("correlated", "second", "D"),
    ):
        axis.plot(table[name], at, mark, color=COLOURS[colour], label=name)
    axis.set_yticks(at, table["method"])
    axis.set(xlabel="mean average precision, F1 to F10 with noise")
    if len(table):
        axis.legend(loc="lower right")
    return figure


def costs(table: pd.DataFrame) -> Figure:
    """Draw what a second of computing buys.

    table : as `helpers.studies.matrix.tables.costs` returns it
    """
    figure, axis = plt.subplots(figsize=(7, 1.5 + ROW * max(len(table), 8)))
    for tests, mark, name in ((False, "o", "detector"), (True, "^", "test")):
        own = table[table["tests"] == tests]
        axis.plot(own["seconds"], own["ap"], mark, color=COLOURS["network"], label=name)
    best = table[table["best"]]
    axis.step(
        best["seconds"], best["ap"], where="post", color=COLOURS["truth"], zorder=0,
        label="no cheaper one is as good",
    )  # fmt: skip
    axis.set(xscale="log", xlabel="CPU seconds a data set of 1,000 rows")
    axis.set_ylabel("mean average precision, F1 to F10 with noise")
    _names_beside(axis, table)
    if len(table):
        figure.legend(loc="outside lower center", ncols=3)
    return figure


def _names_beside(axis: Axes, table: pd.DataFrame) -> None:
    """Write the methods' names to the right of the axis, each joined to its point."""
    own = table.sort_values("ap")
    low, high = axis.get_ylim()
    for row, place in zip(
        own.itertuples(), np.linspace(low, high, len(own) + 2)[1:-1], strict=True
    ):
        axis.annotate(
            row.method, (row.seconds, row.ap), xytext=(1.04, place), va="center",
            textcoords=axis.get_yaxis_transform(), fontsize=9, annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": COLOURS["baseline"], "lw": 0.5,
                "relpos": (0, 0.5),  # to the first letter, not through other names
            },
        )  # fmt: skip


def starts(table: pd.DataFrame) -> Figure:
    """Draw how well a method agrees with itself: method, agreement, low, high."""
    figure, axis = plt.subplots(figsize=(7, 1.2 + ROW * len(table)))
    at = np.arange(len(table))[::-1]
    axis.hlines(at, table["low"], table["high"], color=COLOURS["baseline"], linewidth=3)
    axis.plot(table["agreement"], at, "o", color=COLOURS["network"])
    axis.set_yticks(at, table["method"])
    axis.set(xlabel="rank correlation of two seeds on the same data", xlim=(-0.3, 1.03))
    return figure
