"""What the pages of the book take to run."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS

TICKS = {1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h"}


def page_times(times: pd.DataFrame) -> Figure:
    """Draw the core time of each page at smoke and at quick size, the longest on top.

    Parameters
    ----------
    times : data frame
        One row a ``page`` and ``size``: ``core_seconds``.
    """
    wide = times.pivot_table("core_seconds", "page", "size", aggfunc="last")
    wide = wide.reindex(columns=["smoke", "quick"]).dropna(how="all")
    wide = wide.loc[wide.max(axis=1).sort_values().index]
    figure, axis = plt.subplots(figsize=(8, 1.2 + 0.26 * len(wide)))
    places = range(len(wide))
    axis.hlines(places, wide.min(axis=1), wide.max(axis=1), color=COLOURS["baseline"])
    for size, fill in (("smoke", "white"), ("quick", COLOURS["network"])):
        if wide[size].isna().all():
            continue  # no circle in the legend that the figure lacks
        axis.plot(
            wide[size], places, "o", color=COLOURS["network"], markerfacecolor=fill,
            label=f"{size} size",
        )  # fmt: skip
    axis.set_yticks(places, wide.index)
    axis.set(xscale="log", xlabel="core time")
    axis.set_xticks(list(TICKS), list(TICKS.values()))
    axis.minorticks_off()
    axis.set_ylim(-0.7, len(wide) - 0.3)
    axis.legend(loc="lower right")
    return figure
