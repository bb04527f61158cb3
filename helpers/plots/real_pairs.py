"""Two halves of real tables beside each other."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy import stats

from helpers.plots.style import COLOURS

#: Values of z beyond which a dot is drawn at the edge.
EDGE = (-4.0, 16.0)


def halves(found: pd.DataFrame, titles: dict[str, str]) -> Figure:
    """Draw z of every pair in one half of a table against the other.

    Parameters
    ----------
    found : DataFrame
        name, repeat, half ("one", "other"), pair, z.
    titles : dict
        Of each name, in the order of the panels.
    """
    names = [name for name in titles if name in set(found["name"])]
    figure, axes = plt.subplots(
        1, len(names), figsize=(2.6 * len(names) + 0.4, 3.1), sharex=True, sharey=True,
        squeeze=False,
    )  # fmt: skip
    for axis, name in zip(axes[0], names, strict=True):
        own = found[found["name"] == name]
        at = ["repeat", "pair"]
        wide = own.pivot_table(index=at, columns="half", values="z").dropna()
        n_pairs = own["pair"].nunique()
        axis.axline((0, 0), slope=1, color=COLOURS["baseline"], linewidth=0.8)
        bound = stats.norm.isf(0.05 / n_pairs)
        for line in (axis.axvline, axis.axhline):
            line(bound, color=COLOURS["note"], linestyle=":", linewidth=1)
        values = np.clip(wide[["one", "other"]], *EDGE)
        axis.plot(
            values["one"], values["other"], "o", color=COLOURS["network"],
            markersize=3, alpha=0.5, markeredgewidth=0,
        )  # fmt: skip
        axis.set_title(titles[name])
        axis.set_xlabel("z in one half")
        axis.set_aspect("equal")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes[0, 0].set_ylabel("z in the other half")
    return figure
