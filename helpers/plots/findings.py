"""The one figure of the page on what the book found."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS


def calls(table: pd.DataFrame, worlds: tuple[str, str], *, level: float) -> Figure:
    """Draw how often each way to call an interaction is wrong, and how often right.

    Parameters
    ----------
    table : data frame
        A row a ``data``, ``way`` and ``world``: shares ``false`` and ``found``, each
        with ``_low`` and ``_high``, or NaN.
    worlds : tuple of str
        Where nothing interacts (drawn open), and where something does (filled).
    level : float
        Share of false calls that was asked for.
    """
    places = _places(table)
    lines = max(places.values()) + 1
    figure, axes = plt.subplots(
        1, 2, figsize=(6.8, 0.29 * lines + 1.5), sharey=True, width_ratios=(3, 2)
    )
    looks = ((0.14, "white", COLOURS["baseline"]), (-0.14, None, COLOURS["network"]))
    for axis, name in zip(axes, ("false", "found"), strict=True):
        for world, (shift, fill, colour) in zip(worlds, looks, strict=True):
            rows = table[table["world"] == world].dropna(subset=name)
            at = [places[row.data, row.way] - shift for row in rows.itertuples()]
            value, low, high = (rows[f"{name}{end}"] for end in ("", "_low", "_high"))
            axis.errorbar(
                value, at, xerr=np.maximum([value - low, high - value], 0), fmt="o",
                markersize=5, capsize=2, color=colour, markerfacecolor=fill or colour,
                label=world,
            )  # fmt: skip
        axis.set(xlim=(-0.04, 1.04), ylim=(lines - 0.4, -0.8))
        axis.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axes[0].axvline(level, color="black", linestyle=":", linewidth=1)
    axes[0].set(title="Called, though it is not there", xlabel="share")
    axes[1].set(title="Called, and it is", xlabel="share")
    _name_lines(axes[0], places)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)
    return figure


def _places(table: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Return the line of each way, below a line with the name of its data (way "")."""
    places: dict[tuple[str, str], int] = {}
    for data, own in table.groupby("data", sort=False):
        for way in ("", *dict.fromkeys(own["way"])):
            places[str(data), way] = len(places)
    return places


def _name_lines(axis: Axes, places: dict[tuple[str, str], int]) -> None:
    """Write the ways beside their lines, and the data in bold above them."""
    axis.set_yticks(list(places.values()), [way or data for data, way in places])
    for label, (_, way) in zip(axis.get_yticklabels(), places, strict=True):
        if not way:
            label.set_fontweight("bold")
    axis.tick_params(axis="y", length=0)
