"""Figures of the page on how far the interaction test can be trusted."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from helpers.plots.style import COLOURS


def error_rates(rates: pd.DataFrame, band: tuple[float, float]) -> Figure:
    """Draw nominal and family-wise error rates of every cell that ran.

    Parameters
    ----------
    rates : DataFrame
        As `helpers.studies.calibration.rates` returns it.
    band : (float, float)
        What a test at 5 % may do.
    """
    shown = rates[rates["sets"] > 0].iloc[::-1]
    at = np.arange(len(shown))
    figure, axes = plt.subplots(
        1, 2, figsize=(10, 1.2 + 0.32 * max(len(shown), 2)), sharey=True
    )
    for axis, name, title in (
        (axes[0], "rate", "null pairs with p ≤ .05"),
        (axes[1], "family", "data sets with a false call (Holm)"),
    ):
        value = shown[name].to_numpy(float)
        sides = np.stack([value - shown[f"{name}_low"], shown[f"{name}_high"] - value])
        axis.axvspan(*band, color=COLOURS["baseline"], alpha=0.3, linewidth=0)
        axis.errorbar(
            value, at, xerr=sides, fmt="o", color=COLOURS["network"], markersize=4
        )
        axis.set_xlim(left=0)
        axis.set_title(title)
    names = [
        f"{row.world}, n = {row.n_rows:,}"
        + (f", {row.learner}" if row.learner != "networks" else "")
        + f" ({row.sets})"
        for row in shown.itertuples()
    ]
    axes[0].set_yticks(at, names)
    return figure


def widening(rates: pd.DataFrame) -> Figure:
    """Draw rate, mean and spread of null z-values against the number of rows.

    rates : as for `error_rates`; worlds of several sizes with the default learner
    """
    own = rates[(rates["sets"] > 0) & (rates["learner"] == "networks")]
    own = own[own.groupby("world")["n_rows"].transform("nunique") > 1]
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.4))
    wanted = (("rate", "share with p ≤ .05", 0.05), ("z_mean", "mean z", 0.0),
              ("z_sd", "spread of z", 1.0))  # fmt: skip
    colours = [COLOURS[name] for name in ("network", "second", "truth", "highlight")]
    for axis, (name, title, ideal) in zip(axes, wanted, strict=True):
        axis.axhline(ideal, color=COLOURS["baseline"], linewidth=1)
        for number, (world, some) in enumerate(own.groupby("world", sort=False)):
            some = some.sort_values("n_rows")
            colour = colours[number % len(colours)]
            axis.plot(some["n_rows"], some[name], "o-", label=world, color=colour)
            if name == "rate":
                axis.vlines(
                    some["n_rows"] * (1 + 0.04 * number), some["rate_low"],
                    some["rate_high"], color=colour, linewidth=1,
                )  # fmt: skip
        axis.set(xscale="log", title=title, xlabel="rows")
        axis.set_xticks([], minor=True)
        axis.set_xticks(sorted(set(own["n_rows"])))
        axis.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if len(own):
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=4)
    return figure


def power(table: pd.DataFrame) -> Figure:
    """Draw power against the share of variance of one product.

    table : n_rows, share, power, sets; a line for each number of rows
    """
    figure, axis = plt.subplots(figsize=(6, 3.5))
    colours = [COLOURS[name] for name in ("network", "second", "truth", "highlight")]
    for number, (n_rows, own) in enumerate(table.groupby("n_rows")):
        axis.plot(
            100 * own["share"], own["power"], "o-", label=f"{n_rows:,} rows",
            color=colours[number % len(colours)],
        )  # fmt: skip
        for row in own.itertuples():
            axis.annotate(
                str(row.sets), (100 * row.share, row.power), xytext=(3, -10),
                textcoords="offset points", fontsize=8,
            )  # fmt: skip
    axis.set(
        xlabel="share of the variance of the product (%)",
        ylabel="called after Holm",
        ylim=(-0.08, 1.03),
    )
    if len(table):
        axis.legend()
    return figure
