"""Figures of the page on one's own sequence model."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS


def gains(table: pd.DataFrame) -> Figure:
    """Draw each pair's median loss change with its 95% interval.

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


def mutations(
    scores: np.ndarray, sites: Mapping[str, np.ndarray], *, most: int = 4
) -> Figure:
    """Draw the fall of the prediction by position, with motif instances shaded.

    Parameters
    ----------
    scores : array, shape (n, length)
    sites : mapping of motif to array of int, shape (n, 2)
        First base and first base after its instance; -1 where there is none.
    most : int
        Sequences drawn, those with the largest fall.
    """
    shown = np.argsort(-np.abs(scores).max(axis=1), kind="stable")[:most]
    figure, axes = plt.subplots(
        len(shown), figsize=(7, 0.8 + 1.3 * len(shown)), squeeze=False, sharex=True,
        sharey=True,
    )  # fmt: skip
    for axis, row in zip(axes[:, 0], shown, strict=True):
        free = [0.0, 0.0]  # where names may start, on the lower and the upper line
        for start, end, name in sorted((*p[row], n) for n, p in sites.items()):
            if start >= 0:
                axis.axvspan(start - 0.5, end - 0.5, color="#dddddd", lw=0)
                line = int(start < free[0] and free[1] <= free[0])
                free[line] = start + scores.shape[1] * (len(name) + 1) / 75  # letters
                axis.text(
                    start, 1 + 0.16 * line, name, fontsize=8, va="bottom",
                    transform=axis.get_xaxis_transform(), parse_math=False,
                )  # fmt: skip
        axis.bar(np.arange(scores.shape[1]), scores[row], 1.0, color=COLOURS["network"])
        axis.set_ylabel("fall")
    axes[-1, 0].set_xlabel("position (bp)")
    return figure
