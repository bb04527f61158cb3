"""Figure of the page on one's own sequence model."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS


def gains(table: pd.DataFrame) -> Figure:
    """Draw each pair's median loss change with its 95 % interval.

    Parameters
    ----------
    table : data frame
        ``pair``, ``median``, ``median_low``, ``median_high``, ``called``; first on top.
    """
    figure, axis = plt.subplots(figsize=(7, 1.2 + 0.35 * len(table)))
    for place, row in enumerate(table.to_dict("records")):
        colour = COLOURS["second" if row["called"] else "network"]
        reach = [
            [row["median"] - row["median_low"]],
            [row["median_high"] - row["median"]],
        ]
        axis.errorbar(
            row["median"],
            -place,
            xerr=reach,
            fmt="o",
            color=colour,
            mfc=colour if row["called"] else "none",
        )
    axis.axvline(0, color=COLOURS["published"], lw=0.8)
    places = [-place for place in range(len(table))]
    axis.set_yticks(places, table["pair"], parse_math=False)
    axis.set_ylim(0.5 - len(table), 0.5)
    axis.set_xlabel("median change of held-out loss without the interaction")
    return figure
