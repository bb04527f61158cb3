"""Figures of all networks of chapter 1 at once: how good, and how far they agree."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS

CONTROL = {"negative": COLOURS["network"], "positive": COLOURS["second"]}
PADDINGS = ("valid", "same")


def errors(networks: pd.DataFrame, truth: pd.DataFrame, limit: float) -> Figure:
    """Draw the test error of every network beside the truth's own.

    Parameters
    ----------
    networks : DataFrame
        One row a network: padding, control, architecture, ran (the size of the run;
        "paper" is drawn filled, any other open), mse.
    truth : DataFrame
        padding, control, mse of the expected counts.
    limit : float
        Test error above which a network counts as undertrained.
    """
    floors = truth.set_index(["padding", "control"])["mse"]
    keys = ["padding", "architecture"]
    lines = sorted(
        networks[keys].drop_duplicates().itertuples(index=False, name=None),
        key=lambda line: (PADDINGS.index(line[0]), line[1]),
    )
    figure, axes = plt.subplots(
        1, 2, figsize=(7.4, 1.5 + 0.42 * len(lines)), sharey=True, sharex=True
    )
    for axis, (control, colour) in zip(axes, CONTROL.items(), strict=True):
        for place, line in enumerate(lines):
            own = networks[networks["control"] == control].set_index(keys)
            own = own[own.index == line].sort_values("mse")
            whole = own["ran"] == "paper"
            for some, fill in ((own[~whole], "white"), (own[whole], colour)):
                at = place + np.linspace(-0.25, 0.25, len(some) + 2)[1:-1]
                axis.plot(some["mse"], at, "o", ms=4, color=colour, mfc=fill)
            floor = floors.get((line[0], control), np.nan)
            axis.plot([floor] * 2, [place - 0.42, place + 0.42], color=COLOURS["truth"],
                      lw=2)  # fmt: skip
        axis.axvline(limit, color=COLOURS["published"], ls=":", lw=1)
        axis.set(title=f"{control} control", xlabel="test MSE (Anscombe)", xscale="log")
        axis.xaxis.set_major_formatter("{x:g}")
        axis.xaxis.set_minor_formatter("")
    most = 1.3 * max(networks["mse"].max(), limit)
    axes[0].set_xlim(0.7, most)
    axes[0].set_xticks([tick for tick in (1, 2, 5, 10, 20, 50, 100) if tick < most])
    names = [f"{padding}, {architecture}" for padding, architecture in lines]
    axes[0].set_yticks(range(len(lines)), names)
    axes[0].set_ylim(len(lines) - 0.5, -0.5)
    black = COLOURS["published"]
    entries = (("o", black, "paper size"), ("o", "white", "this run"))
    handles = [
        plt.Line2D([], [], ls="", marker=m, mfc=fill, mec=black, ms=5, label=text)
        for m, fill, text in entries
    ]
    green = COLOURS["truth"]
    handles.append(
        plt.Line2D([], [], ls="", marker="|", ms=11, mew=2, color=green, label="truth")
    )
    figure.legend(handles=handles, loc="outside lower left", ncols=3)
    return figure


def agreement(table: pd.DataFrame) -> Figure:
    """Draw of which share of the networks each test says that they gain.

    Parameters
    ----------
    table : DataFrame
        One row a padding, control and test: n_networks, n_significant, n_holm (their
        numbers), positive (share with a positive median) with positive_low and
        positive_high.
    """
    keys = ["padding", "test"]
    lines = sorted(
        table[keys].drop_duplicates().itertuples(index=False, name=None),
        key=lambda line: PADDINGS.index(line[0]),
    )
    figure, axes = plt.subplots(
        1, 2, figsize=(7.4, 1.5 + 0.42 * len(lines)), sharey=True, sharex=True
    )
    for axis, (control, colour) in zip(axes, CONTROL.items(), strict=True):
        own = table[table["control"] == control]
        for row in own.to_dict("records"):
            _agreement_line(
                axis, row, lines.index((row["padding"], row["test"])), colour
            )
        axis.axvline(0.5, color=COLOURS["published"], ls=":", lw=1)
        axis.set(title=f"{control} control", xlabel="share of networks")
        axis.set_xlim(-0.04, 1.04)
    many = table.groupby(keys)["n_networks"].unique().map(sorted)
    names = [f"{p}: {test} ({'/'.join(map(str, many[p, test]))})" for p, test in lines]
    axes[0].set_yticks(range(len(lines)), names)
    axes[0].set_ylim(len(lines) - 0.5, -0.5)
    black = COLOURS["published"]
    marks = (
        ("o", "white", "p < 0.05"),
        ("o", black, "also after Holm"),
        ("|", black, "median gain above zero"),
    )
    handles = [
        plt.Line2D([], [], ls="", marker=m, mfc=fill, mec=black, ms=7, label=text)
        for m, fill, text in marks
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=3)
    return figure


def _agreement_line(axis: Axes, row: dict, place: int, colour: str) -> None:
    called, held = (
        row[f"n_{name}"] / row["n_networks"] for name in ("significant", "holm")
    )
    axis.plot([held, called], [place] * 2, color=colour, lw=1)
    axis.plot(called, place, "o", ms=8, color=colour, mfc="white")
    axis.plot(held, place, "o", ms=5, color=colour)
    axis.plot([row["positive_low"], row["positive_high"]], [place + 0.28] * 2,
              color=colour, lw=1, alpha=0.6)  # fmt: skip
    axis.plot(row["positive"], place + 0.28, "|", ms=8, mew=2, color=colour)
