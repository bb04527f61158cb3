"""Figures of the pages beyond the chapter on interacting genes."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots import gene_calls
from helpers.plots.style import COLOURS

_TICKS = (20, 50, 100, 200, 500, 1000)  # networks trained


def power_by_networks(table: pd.DataFrame) -> Figure:
    """Draw power and data sets with a false call over the networks trained in all.

    Parameters
    ----------
    table : data frame
        One row a test of a data set: ``data_set``, ``observed`` and ``permuted``
        (networks of a trait), ``permutations``; ``power`` and ``any_false``, each
        followed by ", as is" (maxT with the level) and ", median" (of the pattern).
    """
    figure, axes = plt.subplots(2, 2, figsize=(9.5, 6), sharex=True, sharey=True)
    for row, (ending, name) in zip(
        axes, (("as is", "maxT"), ("median", "maxT of the pattern")), strict=True
    ):
        for axis, column, title in zip(
            row,
            ("power", "any_false"),
            ("true pairs called", "data sets with a false call"),
            strict=True,
        ):
            _over_networks(axis, table, f"{column}, {ending}")
            axis.set(xscale="log", ylim=(-0.03, 1.03), title=f"{name}: {title}")
            axis.set_xticks(_TICKS, [f"{tick:,}" for tick in _TICKS])
            axis.minorticks_off()
        row[0].set_ylabel("share, at 5%")
        row[1].axhline(0.05, color="black", linestyle=":", linewidth=1)
    for axis in axes[1]:
        axis.set_xlabel("networks trained in all")
    axes[0, 0].plot(
        [], [], "kD", markerfacecolor="white", label="many networks against single ones"
    )
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=3)
    return figure


def _over_networks(axis: Axes, table: pd.DataFrame, column: str) -> None:
    """Draw a column of shares over the networks trained: a line a number of draws."""
    keys = ["observed", "permuted", "permutations"]
    found = gene_calls.means_of_sets(table, column, keys).reset_index()
    found["trained"] = 2 * found["observed"] + found["permutations"] * found["permuted"]
    equal = found["observed"] == found["permuted"]
    looks = ((COLOURS["network"], 1.0), (COLOURS["second"], 0.93))
    for (count, group), (colour, aside) in zip(
        found.sort_values("trained").groupby("permutations"), looks, strict=False
    ):
        # The places of two lines fall together, so one stands a little aside.
        for which, form, fill in ((equal, "o-", colour), (~equal, "D", "white")):
            rows = group[which[group.index]]
            if len(rows):
                gene_calls.bars(
                    axis, rows["trained"] * (aside if form == "o-" else 1), rows,
                    upright=True, fmt=form,
                    color=colour, markersize=5, markerfacecolor=fill,
                    label=f"{count} permutations" if form == "o-" else None,
                )  # fmt: skip


def many_genes(table: pd.DataFrame) -> Figure:
    """Draw how well pairs are ranked, and what networks learn, over the genes.

    Parameters
    ----------
    table : data frame
        One row a data set: ``genes``, ``people``; ``network`` and ``regression``
        (average precision), ``guessing`` (of a random order), ``learnt`` (R² of the
        ensemble as a share of a perfect model's).
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8))
    genes = sorted(table["genes"].unique())
    people = sorted(table["people"].unique())
    looks = zip(people, ((":", "white"), ("-", None)), strict=False)
    for count, (line, fill) in looks:
        rows = table[table["people"] == count]
        for axis, column, colour, name in (
            (left, "network", COLOURS["network"], "network"),
            (left, "regression", COLOURS["baseline"], "regression on top SNPs"),
            (right, "learnt", COLOURS["network"], ""),
        ):
            each = rows.groupby("genes")[column].agg(["mean", "sem"]).fillna(0)
            axis.errorbar(
                [genes.index(g) for g in each.index], each["mean"], yerr=each["sem"],
                fmt="o", linestyle=line, capsize=2, color=colour,
                markerfacecolor=fill or colour, label=f"{name}, {count:,} people",
            )  # fmt: skip
    chance = table.groupby("genes")["guessing"].mean()
    left.plot(range(len(genes)), chance[genes], "k_", markersize=16, label="guessing")
    for axis in (left, right):
        axis.set_xticks(range(len(genes)), [str(g) for g in genes])
        axis.set(ylim=(-0.03, 1.05), xlabel="genes", xlim=(-0.3, len(genes) - 0.7))
    left.set(ylabel="average precision", title="ranking the true pairs")
    right.set(ylabel="share of a perfect model's R²", title="what networks learn")
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)
    return figure


def real_pairs(table: pd.DataFrame, *, level: float = 0.05) -> Figure:
    """Draw the p-values of all pairs of real genes, of each alone and under maxT.

    Parameters
    ----------
    table : data frame
        One row a pair: ``name`` (of the data set), ``p``, ``p_max``, ``true``
        (False where nobody knows).
    level : float
        Of the tests.
    """
    names = list(dict.fromkeys(table["name"]))[::-1]
    figure, axes = plt.subplots(
        1, 2, figsize=(9.5, 1.2 + 0.8 * len(names)), sharex=True, sharey=True
    )
    titles = ("nominal p", "p under maxT")
    for axis, column, title in zip(axes, ("p", "p_max"), titles, strict=True):
        for place, name in enumerate(names):
            rows = table[table["name"] == name].sort_values("true")
            _stacked(axis, rows[column], rows["true"].to_numpy(bool), place - 0.35)
        axis.axvline(level, color="black", linestyle=":", linewidth=1)
        axis.set(xlim=(0, 1.03), xlabel=title, ylim=(-0.5, len(names) - 0.4))
        axis.grid(axis="y", visible=False)
    axes[0].set_yticks(
        np.arange(len(names)) - 0.1, [name.replace("_", " ") for name in names]
    )
    for colour, label in (
        (COLOURS["truth"], "simulated pair"),
        (COLOURS["baseline"], "other pair"),
    ):
        axes[0].plot([], [], "o", color=colour, markersize=4, label=label)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2)
    return figure


def _stacked(axis: Axes, p: pd.Series, true: np.ndarray, floor: float) -> None:
    """Draw a dot a pair, those of equal p above each other; true ones last."""
    height = p.groupby(p.round(6)).cumcount()
    step = 0.8 / max(height.max() + 1, 10)
    for which, colour in ((~true, COLOURS["baseline"]), (true, COLOURS["truth"])):
        axis.plot(
            p[which], floor + step * height[which], "o", color=colour, markersize=4
        )


def over_null(table: pd.DataFrame, *, level: float = 0.05) -> Figure:
    """Draw how far false pairs stand above their null, and how many are called.

    Parameters
    ----------
    table : data frame
        One row a false pair: ``case`` (a row each, in their order), ``data_set``,
        ``score``, ``null_mean`` (of its permuted scores), ``p``, ``maxT``.
    level : float
        Of the tests: of pairs by nominal p, of data sets with a call under maxT.
    """
    cases = list(dict.fromkeys(table["case"]))[::-1]
    figure, (left, *others) = plt.subplots(
        1, 3, figsize=(9.5, 1.8 + 0.45 * len(cases)), sharey=True
    )
    ratio = table["score"] / table["null_mean"]
    left.boxplot(
        [ratio[table["case"] == case] for case in cases], positions=range(len(cases)),
        orientation="horizontal", whis=(5, 95), showfliers=False, widths=0.5,
        medianprops={"color": COLOURS["network"], "linewidth": 2},
    )  # fmt: skip
    left.axvline(1, color="black", linestyle=":", linewidth=1)
    left.set(xlabel="score / mean permuted score", title="false pairs")
    left.set_xscale("log")
    shown = [tick for tick in (0.25, 0.5, 1, 2, 4, 8) if _within(left, tick)]
    left.set_xticks(shown, [f"{tick:g}" for tick in shown])
    left.minorticks_off()
    for axis, shares, column, fill, title in (
        (others[0], gene_calls.of_pairs, "p", "white", gene_calls.PAIRS_TITLE),
        (others[1], gene_calls.of_sets, "maxT", COLOURS["network"],
         gene_calls.SETS_TITLE.format("maxT")),
    ):  # fmt: skip
        found = shares(table, column, ["case"], level=level).loc[cases]
        gene_calls.bars(
            axis, range(len(cases)), found, fmt="o", color=COLOURS["network"],
            markerfacecolor=fill,
        )  # fmt: skip
        axis.axvline(level, color="black", linestyle=":", linewidth=1)
        axis.set(xlim=(-0.03, 1.03), xlabel="share", title=title)
    left.set_yticks(range(len(cases)), cases)
    return figure


def _within(axis: Axes, place: float) -> bool:
    """Return whether a place lies on the x-axis."""
    low, high = axis.get_xlim()
    return low <= place <= high


_LOOKS = {  # colour and line of a method
    "network, by score": (COLOURS["network"], "-"),
    "network, by p of Perm I": (COLOURS["network"], ":"),
    "top SNP, regression": (COLOURS["baseline"], "-"),
    "PCA, regression": (COLOURS["note"], "-"),
    "test of each pair": (COLOURS["truth"], "--"),
}


def ranking_curves(table: pd.DataFrame) -> Figure:
    """Draw precision over recall, and true over false pairs called, a row a design.

    Parameters
    ----------
    table : data frame
        One row a ``design``, ``method`` and place on the horizontal axis (``at``):
        ``precision``, ``found``, and ``guessing`` (the precision of a random order).
    """
    designs = list(dict.fromkeys(table["design"]))
    figure, axes = plt.subplots(
        len(designs), 2, figsize=(9.5, 3.6 * len(designs)), squeeze=False
    )
    handles = {}
    for (left, right), design in zip(axes, designs, strict=True):
        rows = table[table["design"] == design]
        for method, curve in rows.groupby("method", sort=False):
            colour, line = _LOOKS[method]
            left.plot(
                curve["at"], curve["precision"], line, color=colour,
                drawstyle="steps-pre",
            )  # fmt: skip
            (handles[method],) = right.plot(
                curve["at"], curve["found"], line, color=colour, label=method
            )
        left.axhline(rows["guessing"].iloc[0], color="black", linestyle=":", lw=1)
        right.plot([0, 1], [0, 1], "k:", lw=1)
        left.set(xlabel="recall", ylabel="precision", title=f"{design}: precision")
        right.set(xlabel="share of false pairs called", title=f"{design}: ROC")
        right.set_ylabel("share of true pairs called")
        for axis in (left, right):
            axis.set(xlim=(-0.02, 1.02), ylim=(0, 1.04))
    figure.legend(
        handles.values(), handles.keys(), loc="upper center",
        bbox_to_anchor=(0.5, 0), ncols=3,
    )  # fmt: skip
    return figure
