"""Figures of the page on the ladder of negatives: narrow enough for a phone."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS, SEQUENTIAL, bare

WIDTH = 4.8  # inches: a phone's 390 points show it with readable letters
LOOKS = (
    {"marker": "o", "mfc": COLOURS["network"], "mec": COLOURS["network"], "ms": 5},
    {"marker": "D", "mfc": "none", "mec": COLOURS["second"], "ms": 5},
)


def recall_map(table: pd.DataFrame) -> Figure:
    """Draw recall as a map with its numbers, trained on by tested on.

    Parameters
    ----------
    table : data frame
        Index: negatives of the training; columns: kinds of test sequences; 0 to 1.
    """
    figure, axis = plt.subplots(figsize=(WIDTH, 1.2 + 0.36 * len(table)))
    values = table.to_numpy()
    bare(axis).imshow(values, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        colour = "white" if value > 0.4 else "black"
        axis.text(j, i, f"{value:.2f}", ha="center", va="center", color=colour, size=9)
    axis.set(yticks=range(len(table)), yticklabels=table.index, ylabel="trained on")
    axis.set(xticks=range(table.shape[1]), xlabel="tested on")
    axis.set_xticklabels(table.columns, rotation=45, ha="right")
    return figure


def dots(
    table: pd.DataFrame,
    *,
    xlabel: str,
    chance: Mapping[str, float] | float | None = None,
    limits: tuple[float, float] | None = (-0.03, 1.03),
    chance_name: str = "chance",
) -> Figure:
    """Draw values as dots, panels below each other, groups as lines of a panel.

    Parameters
    ----------
    table : data frame
        panel, group, kind (at most two, told apart by colour and shape), value; all
        in the order of their first rows.
    xlabel : str
    chance : mapping of panel to number, or a number, optional
        A dotted line.
    limits : (low, high), optional
        Of the values; left out, each panel has its own.
    chance_name : str
        What the dotted line is called.
    """
    panels = list(dict.fromkeys(table["panel"]))
    groups = list(dict.fromkeys(table["group"]))
    kinds = list(dict.fromkeys(table["kind"]))
    height = 1.0 + len(panels) * (0.45 + 0.26 * len(groups))
    figure, axes = plt.subplots(
        len(panels), figsize=(WIDTH, height), squeeze=False, sharex=limits is not None
    )
    for axis, panel in zip(axes[:, 0], panels, strict=True):
        for number, kind in enumerate(kinds):
            some = table[(table["panel"] == panel) & (table["kind"] == kind)]
            shift = 0.3 * (number - (len(kinds) - 1) / 2)
            y = some["group"].map(groups.index) + shift
            axis.plot(some["value"], y, ls="", label=kind, **LOOKS[number])
        level = chance.get(panel) if isinstance(chance, Mapping) else chance
        if level is not None:
            axis.axvline(level, color="black", ls=":", lw=1.5, label=chance_name)
        axis.set(title=panel, yticks=range(len(groups)), yticklabels=groups)
        axis.set_ylim(len(groups) - 0.5, -0.5)
        if limits is not None:
            axis.set_xlim(limits)
    axes[-1, 0].set_xlabel(xlabel)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, ncols=2, loc="outside upper center")
    return figure
