"""Figures of every detector against every truth."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

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
        1, 2, figsize=(9, 1.6 + 1.2 * ROW * len(names)), sharey=True, sharex=True
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
        sides = [own["family"] - own["family_low"], own["family_high"] - own["family"]]
        axis.errorbar(
            own["family"], at - 0.3, xerr=np.clip(np.nan_to_num(sides), 0, None),
            fmt="D", color=COLOURS["second"], markersize=4, elinewidth=1, alpha=0.8,
            label="data sets with a false call, corrected",
        )  # fmt: skip
        axis.set(title=place, xlim=(-0.02, 1.02), xlabel="share called falsely")
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
    """Draw what a second of computing buys, a row a method, the best ranking on top.

    Names beside points in one plane would hide each other: many methods rank alike.

    table : as `helpers.studies.matrix.tables.costs` returns it
    """
    own = table.sort_values("ap", ignore_index=True)
    figure, axes = plt.subplots(
        1, 2, figsize=(8, 1.4 + ROW * len(own)), sharey=True, width_ratios=(1, 1.3)
    )
    for axis, column in zip(axes, ("ap", "seconds"), strict=True):
        for tests, mark in ((False, "o"), (True, "^")):
            for best, colour in ((False, "baseline"), (True, "truth")):
                some = own[(own["tests"] == tests) & (own["best"] == best)]
                axis.plot(some[column], some.index, mark, color=COLOURS[colour])
    axes[0].set_yticks(range(len(own)), own["method"])
    axes[0].set_xlabel("mean average precision")
    axes[1].set(xscale="log", xlabel="CPU seconds a data set of 1,000 rows")
    if len(own):
        figure.legend(handles=_COST_MARKS, loc="outside lower center", ncols=3)
    return figure


_COST_MARKS = [
    Line2D([], [], ls="", marker="o", color=COLOURS["baseline"], label="detector"),
    Line2D([], [], ls="", marker="^", color=COLOURS["baseline"], label="test"),
    Line2D(
        [], [], ls="", marker="s", color=COLOURS["truth"],
        label="no cheaper one is as good",
    ),
]  # fmt: skip


def starts(table: pd.DataFrame) -> Figure:
    """Draw how well a method agrees with itself: method, agreement, low, high."""
    figure, axis = plt.subplots(figsize=(7, 1.2 + ROW * len(table)))
    at = np.arange(len(table))[::-1]
    axis.hlines(at, table["low"], table["high"], color=COLOURS["baseline"], linewidth=3)
    axis.plot(table["agreement"], at, "o", color=COLOURS["network"])
    axis.set_yticks(at, table["method"])
    axis.set(xlabel="rank correlation of two seeds on the same data", xlim=(-0.3, 1.03))
    return figure
