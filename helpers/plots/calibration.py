"""Figures of the page on how far the interaction test can be trusted."""

from collections.abc import Iterable, Sequence
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from helpers.plots.style import COLOURS, SEQUENTIAL

#: How each number of rows is drawn, the smallest first: shade (the palest is left out)
#: and marker.
ROWS = tuple(zip(sns.color_palette(SEQUENTIAL, 5)[1:], "osDP", strict=True))
#: How each world is drawn where worlds stand side by side: colour and marker.
WORLDS = {
    "additive": (COLOURS["network"], "o"),
    "strong product": (COLOURS["second"], "D"),
    "F8": (COLOURS["truth"], "^"),
    "independent": (COLOURS["baseline"], "s"),
    "heteroscedastic": (COLOURS["note"], "v"),
    "weak product": (COLOURS["highlight"], "P"),
}


def _looks(worlds: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return colour and marker of each world: its own, else one that is free."""
    worlds = list(dict.fromkeys(worlds))
    spare = [look for world, look in WORLDS.items() if world not in worlds]
    free = cycle(spare or WORLDS.values())
    looks = {world: WORLDS.get(world) or next(free) for world in worlds}
    return {w: {"color": colour, "marker": m} for w, (colour, m) in looks.items()}


def error_rates(rates: pd.DataFrame, band: tuple[float, float]) -> Figure:
    """Draw nominal and family-wise error rates, a line a world and learner.

    Each number of rows has its colour and place on the line.

    Parameters
    ----------
    rates : DataFrame
        As `helpers.studies.calibration.rates` returns it.
    band : (float, float)
        What a test at 5% may do.
    """
    shown = rates[rates["sets"] > 0]
    names = shown["world"] + shown["learner"].map(
        lambda learner: "" if learner == "networks" else f" ({learner})"
    )
    lines = list(dict.fromkeys(names))
    figure, axes = plt.subplots(
        1, 2, figsize=(8.4, 1.6 + 0.3 * max(len(lines), 2)), sharey=True
    )
    for axis, name, title in (
        (axes[0], "rate", "null pairs with p ≤ .05"),
        (axes[1], "family", "data sets with a false call (Holm)"),
    ):
        axis.axvspan(*band, color=COLOURS["baseline"], alpha=0.3, linewidth=0)
        axis.set(title=title, xlabel="share")
        for number, (n_rows, own) in enumerate(shown.groupby("n_rows")):
            colour, marker = ROWS[number % len(ROWS)]
            value = own[name].to_numpy(float)
            at = np.array([lines.index(names[k]) for k in own.index])
            axis.errorbar(
                value, at + 0.24 * (number - 1), fmt=marker, ms=4, elinewidth=1,
                xerr=[value - own[f"{name}_low"], own[f"{name}_high"] - value],
                color=colour, label=f"{n_rows:,} rows",
            )  # fmt: skip
        axis.set_xlim(left=0)
        axis.grid(False, axis="y")
        for line in range(1, len(lines)):
            axis.axhline(line - 0.5, color=COLOURS["baseline"], lw=0.4)
    axes[0].set_yticks(range(len(lines)), lines)
    axes[0].set_ylim(max(len(lines), 1) - 0.5, -0.5)
    if lines:
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside upper right", ncols=3)
    return figure


def widening(rates: pd.DataFrame) -> Figure:
    """Draw rate, mean and spread of null z-values against the number of rows.

    rates : as for `error_rates`; the worlds that ran at most sizes, two or more, with
        the default learner
    """
    own = rates[(rates["sets"] > 0) & (rates["learner"] == "networks")]
    n_sizes = own.groupby("world")["n_rows"].transform("nunique")
    own = own[(n_sizes > 1) & (n_sizes == n_sizes.max())]
    figure, axes = plt.subplots(1, 3, figsize=(10, 3.4))
    wanted = (("rate", "share with p ≤ .05", 0.05), ("z_mean", "mean z", 0.0),
              ("z_sd", "spread of z", 1.0))  # fmt: skip
    looks = _looks(own["world"])
    for axis, (name, title, ideal) in zip(axes, wanted, strict=True):
        axis.axhline(ideal, color=COLOURS["baseline"], linewidth=1)
        for number, (world, some) in enumerate(own.groupby("world", sort=False)):
            some = some.sort_values("n_rows")
            axis.plot(some["n_rows"], some[name], label=world, **looks[str(world)])
            if name == "rate":
                axis.vlines(
                    some["n_rows"] * (1 + 0.04 * number), some["rate_low"],
                    some["rate_high"], color=looks[str(world)]["color"], linewidth=1,
                )  # fmt: skip
        axis.set(xscale="log", title=title, xlabel="rows")
        axis.set_xticks([], minor=True)
        axis.set_xticks(sorted(set(own["n_rows"])))
        axis.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    if len(own):
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=4)
    return figure


#: What a bias adds to the mean of z squared at the fewest rows, to show how it grows.
ADDED = 0.02


def redrawn(
    found: pd.DataFrame, band: tuple[float, float], named: Sequence[str]
) -> Figure:
    """Draw what noise drawn again does to null pairs, against the number of rows.

    Parameters
    ----------
    found : DataFrame
        As `helpers.studies.calibration.redrawn_rates` returns it.
    band : (float, float)
        What a test at 5% may do.
    named : sequence of str
        Worlds with a colour and a name, four at most; others are grey.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8))
    sizes = np.array(sorted(set(found["n_rows"])))
    looks = _looks(named)
    axes[0].axhline(1, color=COLOURS["baseline"], linewidth=1)
    axes[1].axhspan(*band, color=COLOURS["baseline"], alpha=0.3, linewidth=0)
    for world, own in found.groupby("world", sort=False):
        own = own.sort_values("n_rows")
        style = {"color": COLOURS["baseline"], "marker": "o", "lw": 0.8, "ms": 3}
        if world in looks:
            style = looks[world] | {"label": world, "zorder": 3}
        axes[0].plot(own["n_rows"], own["z_square"], **style)
        axes[1].plot(own["n_rows"], own["first"], **style)
    if len(sizes):
        many = np.geomspace(sizes[0], sizes[-1])
        axes[0].plot(
            many, 1 + ADDED * many / sizes[0], "--", color=COLOURS["published"],
            label=f"a bias that adds {ADDED:g} at {sizes[0]:,} rows",
        )  # fmt: skip
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=4)
    seen = found["z_square"].to_numpy()  # the dashed line may leave, no world does
    axes[0].set_ylim(0.95 * seen.min(initial=0.8), 1.05 * seen.max(initial=1.5))
    axes[1].set_ylim(0, max(0.1, 1.2 * found["first"].to_numpy().max(initial=0)))
    for axis, title in zip(
        axes, ("mean of z squared", "data sets with a false call"), strict=True
    ):
        axis.set(xscale="log", title=title, xlabel="rows")
        axis.set_xticks([], minor=True)
        axis.set_xticks(sizes)
        axis.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    return figure


def power(table: pd.DataFrame) -> Figure:
    """Draw power against the share of variance of one product.

    table : n_rows, share, power, low, high; a line for each number of rows
    """
    figure, axis = plt.subplots(figsize=(6, 3.5))
    for number, (n_rows, own) in enumerate(table.groupby("n_rows")):
        colour, marker = ROWS[number % len(ROWS)]
        reach = [own["power"] - own["low"], own["high"] - own["power"]]
        axis.errorbar(
            100 * own["share"], own["power"], yerr=reach, fmt=f"{marker}-",
            label=f"{n_rows:,} rows", color=colour,
        )  # fmt: skip
    axis.set(
        xlabel="share of the variance of the product (%)",
        ylabel="called after Holm",
        ylim=(-0.03, 1.03),
    )
    if len(table):
        axis.legend()
    return figure


#: Shares that stand at the axis of false calls.
SHARES = (0, 0.05, 0.1, 0.2, 0.5, 1)


def rivals(table: pd.DataFrame, band: tuple[float, float]) -> Figure:
    """Draw what each test calls falsely, and what it finds, a line a test.

    Parameters
    ----------
    table : DataFrame
        rival (the name of a test), world, verdict; rate and power, each with _low and
        _high, NaN where there is none. A filled marker holds its level, an open one
        does not or has no verdict.
    band : (float, float)
        What a test at 5% may do.
    """
    worlds, tests = (list(dict.fromkeys(table[name])) for name in ("world", "rival"))
    looks = _looks(worlds)
    figure, axes = plt.subplots(
        1, 2, figsize=(8.4, 1.6 + 0.5 * max(len(tests), 1)), sharey=True
    )
    axes[0].axvspan(*band, color=COLOURS["baseline"], alpha=0.3, linewidth=0)
    for axis, name in zip(axes, ("rate", "power"), strict=True):
        for row in table.dropna(subset=name).to_dict("records"):
            place = worlds.index(row["world"])
            look = looks[row["world"]]
            value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
            shift = 0.13 * (place - (len(worlds) - 1) / 2)
            axis.errorbar(
                value, tests.index(row["rival"]) + shift,
                xerr=[[max(value - low, 0)], [max(high - value, 0)]],
                **look, ms=5, elinewidth=1,
                mfc=look["color"] if row["verdict"] == "holds" else "none",
            )  # fmt: skip
        for line in range(1, len(tests)):
            axis.axhline(line - 0.5, color=COLOURS["baseline"], lw=0.5)
        axis.grid(False, axis="y")
    axes[0].set_xscale("symlog", linthresh=0.1)  # some call twenty times too many
    axes[0].set_xticks(SHARES, [f"{share:g}" for share in SHARES], minor=False)
    axes[0].set_xticks([], minor=True)
    axes[0].set(title="false: null pairs with p ≤ .05", xlabel="share", xlim=(0, 1))
    axes[1].set(title="found: true pairs, corrected", xlabel="share")
    axes[1].set_xlim(-0.03, 1.03)
    axes[0].set_yticks(range(len(tests)), tests)
    axes[0].set_ylim(max(len(tests), 1) - 0.5, -0.5)
    handles = [
        plt.Line2D([], [], ls="", ms=6, label=world, **looks[world]) for world in worlds
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=3)
    return figure
