"""Figures of the NID chapter on sets of any order: cut-offs, noise, limits."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

from helpers.plots.style import COLOURS, bare, grid

#: What an added set is, and how it is marked.
VERDICTS = {
    "true set": (COLOURS["truth"], "o"),
    "part of a true set": (COLOURS["note"], "s"),
    "false": (COLOURS["second"], "X"),
}

NO_DATA = "#c8c8c8"  # where there is nothing to draw


def cutoff_curves(
    curves: pd.DataFrame, *, titles: Mapping[str, str], ylabel: str, columns: int = 5
) -> Figure:
    """Draw validation error as ranked sets are added to the model (Figs 6 and 7).

    Parameters
    ----------
    curves : data frame
        One row a step: ``name``, ``trial``, ``step``, ``added`` (text), ``kept``,
        ``validation_error``, ``target``, and ``verdict`` of the added set (a key of
        `VERDICTS`, or empty where nobody knows). The first trial of each name is
        labelled; the others are thin lines.
    titles : mapping of name to title
        Panels, in this order.
    """
    # Room for the names of the sets, whatever the width of a panel.
    aspect = 1.15 if columns > 3 else 0.7
    figure, axes = grid(len(titles), columns=columns, width=11.0, aspect=aspect)
    for axis, (name, title) in zip(axes, titles.items(), strict=True):
        _cutoff_curve(axis, curves[curves["name"] == name])
        axis.set_title(title)
    for axis in axes[::columns]:
        axis.set_ylabel(ylabel)
    known = [v for v in VERDICTS if (curves["verdict"] == v).any()]
    handles = [
        plt.Line2D([], [], ls="", marker=VERDICTS[v][1], color=VERDICTS[v][0], label=v)
        for v in known
    ]
    dash = {"color": COLOURS["baseline"], "ls": "--"}
    handles.append(plt.Line2D([], [], label="target: MLP-M", **dash))  # type: ignore[arg-type]  # options in a dict
    ring = {"ls": "", "marker": "o", "ms": 11, "mfc": "none"}
    handles.append(
        plt.Line2D([], [], mec=COLOURS["published"], label="cut-off", **ring)  # type: ignore[arg-type]  # options in a dict
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def _cutoff_curve(axis: Axes, curves: pd.DataFrame) -> None:
    trials = list(curves.groupby("trial"))
    for _, other in trials[1:]:
        axis.plot(
            other["step"],
            other["validation_error"],
            color=COLOURS["network"],
            lw=0.8,
            alpha=0.45,
        )
    _, first = trials[0]
    axis.axhline(first["target"].iloc[0], color=COLOURS["baseline"], ls="--", lw=1.2)
    axis.plot(
        first["step"], first["validation_error"], color=COLOURS["network"], lw=1.6
    )
    for verdict, (colour, marker) in VERDICTS.items():
        here = first[first["verdict"] == verdict]
        axis.plot(
            here["step"],
            here["validation_error"],
            ls="",
            marker=marker,
            color=colour,
            ms=5,
        )
    kept = first[first["kept"]]
    axis.plot(
        kept["step"],
        kept["validation_error"],
        "o",
        ms=11,
        mfc="none",
        mec=COLOURS["published"],
    )
    labels = [_short(added) for added in first["added"]]
    axis.set_xticks(first["step"], labels, rotation=90, fontsize=7)
    axis.set_xlim(-0.5, curves["step"].max() + 0.5)
    errors = curves["validation_error"]
    if errors.max() > 4 * errors.min() > 0:
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.yaxis.set_minor_locator(NullLocator())


def _short(added: str) -> str:
    """Return the name of a set; of a large one its size."""
    count = added.count("-") + 1
    return added if count <= 5 else f"{count} features"


def noise(table: pd.DataFrame) -> Figure:
    """Draw top-rank recall and pairwise AUC against the noise (Fig 8a).

    Parameters
    ----------
    table : data frame
        Columns ``architecture``, ``function``, ``noise``, ``recall``, ``auc``.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.6))
    means = table.groupby(["architecture", "noise", "function"], as_index=False)[
        ["recall", "auc"]
    ].mean()
    for axis, column, title in zip(
        axes, ("recall", "auc"), ("top-rank recall", "pairwise AUC"), strict=True
    ):
        sns.lineplot(
            means,
            x="noise",
            y=column,
            hue="architecture",
            style="architecture",
            markers=["o", "s"],
            dashes=False,
            palette=[COLOURS["network"], COLOURS["second"]],
            errorbar=("se", 1),
            ax=axis,
            legend=axis is axes[1],
        )
        axis.set(xlabel="noise (standard deviations)", ylabel=title)
        axis.set_ylim(0 if column == "recall" else 0.45, 1.02)
    sns.move_legend(axes[1], "upper left", bbox_to_anchor=(1, 1), title=None)
    return figure


def run_times(seconds: pd.DataFrame) -> Figure:
    """Draw CPU seconds a function takes with each method (Fig 8b).

    Parameters
    ----------
    seconds : data frame
        Columns ``method`` and ``seconds``: one row a function.
    """
    figure, axis = plt.subplots(figsize=(8, 3.4))
    order = seconds.groupby("method")["seconds"].median().sort_values().index
    for place, method in enumerate(order):
        values = seconds.loc[seconds["method"] == method, "seconds"]
        colour = COLOURS["network" if method.startswith("NID") else "baseline"]
        axis.plot(values, [place] * len(values), ".", color=colour, alpha=0.5, ms=6)
        axis.plot(values.median(), place, "|", color=colour, ms=16, mew=2.4)
    axis.set_xscale("log")
    axis.set_yticks(range(len(order)), order)
    axis.set_ylim(-0.6, len(order) - 0.4)
    axis.set_xlabel("CPU seconds for one data set")
    return figure


def main_effects(curves: pd.DataFrame, curvature: Mapping[int, float]) -> Figure:
    """Draw the curves of univariate nets beside their parabola (Fig 11).

    Parameters
    ----------
    curves : data frame
        Columns ``feature`` (from 1), ``trial``, ``x``, ``effect`` (centred).
    curvature : mapping of feature to a in a x²
    """
    figure, axes = grid(len(curvature), columns=3, width=9.5, aspect=0.85)
    for axis, (feature, a) in zip(axes, curvature.items(), strict=True):
        own = curves[curves["feature"] == feature]
        for _, curve in own.groupby("trial"):
            axis.plot(
                curve["x"], curve["effect"], color=COLOURS["network"], lw=1.2, alpha=0.7
            )
        x = np.sort(own["x"].unique())
        square = x**2 - np.mean(x**2)
        axis.plot(x, a * square, color=COLOURS["note"], ls="-.", label=f"{a:.2f} x²")
        axis.plot(
            x, 0.5 * square, color=COLOURS["published"], ls=":", label="0.5 x² (paper)"
        )
        axis.set(title=f"x{feature}", xlabel=f"x{feature}")
        axis.legend(loc="upper center")
    low = min(axis.get_ylim()[0] for axis in axes)
    high = max(axis.get_ylim()[1] for axis in axes)
    for axis in axes:
        axis.set_ylim(low, high + 0.25 * (high - low))
    axes[0].set_ylabel("univariate net, centred")
    return figure


def surface(
    cells: pd.DataFrame, first: str, second: str, unit: str = "units of y"
) -> Figure:
    """Draw what the network of two features adds, where there are data (Fig 12).

    Parameters
    ----------
    cells : data frame
        Columns ``first``, ``second`` (centres), ``mean`` (what the network adds).
    first, second : str
        Names of the axes.
    """
    figure, axis = plt.subplots(figsize=(6.6, 5.4))
    bound = np.quantile(cells["mean"].abs(), 0.98)
    wide = cells.pivot_table("mean", "second", "first")
    x, y = wide.columns.to_numpy(), wide.index.to_numpy()
    image = axis.pcolormesh(
        x, y, wide, cmap="RdBu_r", vmin=-bound, vmax=bound, shading="nearest"
    )
    bare(axis).set_facecolor(NO_DATA)  # white is a value: nothing added
    axis.set(xlabel=first, ylabel=second)
    axis.xaxis.set_major_locator(MaxNLocator(6))
    figure.colorbar(image, ax=axis, label=f"added to the outcome ({unit})", shrink=0.8)
    return figure


def limits(table: pd.DataFrame) -> Figure:
    """Draw the small experiments on what the weights cannot tell.

    Parameters
    ----------
    table : data frame
        Columns ``experiment`` (clique, sum or correlation), ``case``, ``reading``,
        ``value``: one row a network.
    """
    figure, (left, middle, right) = plt.subplots(
        1, 3, figsize=(11, 3.8), width_ratios=(1.1, 1, 1.3)
    )
    palette = {"NID": COLOURS["network"], "ArchDetect": COLOURS["note"]}
    clique = table[table["experiment"] == "clique"]
    share = clique.groupby("case", sort=False)["value"].mean()
    truth = [COLOURS["second"], COLOURS["truth"]]
    left.bar(range(len(share)), share, color=truth, width=0.6)
    names = [name.replace(" + ", "\n+ ") for name in share.index]
    left.set_xticks(range(len(share)), names)
    left.set(ylim=(0, 1.05), ylabel="share of networks")
    left.set_title("{1,2,3} comes first")
    for axis, experiment in ((middle, "sum"), (right, "correlation")):
        own = table[table["experiment"] == experiment]
        x = "reading" if experiment == "sum" else "case"
        sns.stripplot(
            own,
            x=x,
            y="value",
            hue="reading",
            palette=palette,
            dodge=experiment == "correlation",
            ax=axis,
            size=4,
            alpha=0.8,
            legend=axis is right,
        )
        axis.set_ylim(bottom=-0.03)
    middle.axhline(1, color=COLOURS["baseline"], ls=":", lw=1)
    middle.set_title("{1,2} in (x1 + x2)(x3 + x4)")
    middle.set(xlabel="", ylabel="strength, {1,3} = 1")
    right.set_title("{1,2} if x1 and x2 correlate")
    right.set(xlabel="correlation", ylabel="strength, {3,4} = 1")
    right.legend(title=None, loc="upper left")
    return figure


def roc_curves(curves: pd.DataFrame) -> Figure:
    """Draw mean ROC curves of several models, the first false ones enlarged (Fig 10).

    Parameters
    ----------
    curves : data frame
        Columns ``model``, ``false`` and ``true`` (positive rates), by model in order.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.8), sharey=True)
    models = list(dict.fromkeys(curves["model"]))
    colours = [COLOURS[c] for c in ("network", "second", "truth", "baseline", "note")]
    for axis, end in zip(axes, (1.0, 0.03), strict=True):
        for model, colour, style in zip(
            models, colours, ("-", "--", "-.", ":", (0, (5, 1))), strict=False
        ):
            own = curves[curves["model"] == model]
            axis.plot(own["false"], own["true"], color=colour, ls=style, label=model)
        axis.plot([0, 1], [0, 1], color=COLOURS["baseline"], lw=0.8)
        axis.set(xlim=(-0.01 * end, end), ylim=(0, 1.02))
        axis.set_xlabel("share of the false pairs")
    axes[0].set(ylabel="share of the true pairs", title="the whole ranking")
    axes[1].set_title("its top")
    axes[1].legend(bbox_to_anchor=(1, 1), loc="upper left")
    return figure
