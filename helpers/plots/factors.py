"""Figures of the chapter on factorization machines."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS, SEQUENTIAL, bare, grid, plain_number
from helpers.truth.grammars import MotifSequences

#: One colour a kind of filter.
KINDS = {
    "single": COLOURS["network"],
    "combination": COLOURS["note"],
    "none": COLOURS["baseline"],
}
#: One marker a genome.
MARKERS = ("o", "s", "^", "D", "v")
#: One colour a network, in all figures of the chapter.
NETWORKS = {
    "sum": COLOURS["baseline"],
    "FM": COLOURS["network"],
    "motif building": COLOURS["second"],
    "standardised": COLOURS["truth"],
}
#: Colours that no network has, for groups without one of their own.
OTHERS = (COLOURS["highlight"], COLOURS["note"], COLOURS["published"])


def places(
    sample: MotifSequences,
    names: Sequence[str],
    pairs: Sequence[tuple[int, int]],
    labels: Sequence[int],
) -> Figure:
    """Draw where motifs lie, partners in one colour, one line a sequence.

    Parameters
    ----------
    sample : MotifSequences
        A few sequences, drawn from top to bottom.
    names : sequence of str
        Of the motifs.
    pairs : sequence of pairs of motif numbers
    labels : sequence of int
        1 if a sequence is open.
    """
    colours = sns.color_palette("colorblind", len(pairs))
    colour = {
        motif: c for pair, c in zip(pairs, colours, strict=True) for motif in pair
    }
    figure, axis = plt.subplots(figsize=(9, 0.8 + 0.34 * len(sample)))
    for row in range(len(sample)):
        for motif in map(int, np.flatnonzero(sample.present[row])):
            start, width = sample.starts[row, motif], sample.widths[motif]
            axis.barh(row, width, left=start, height=0.75, color=colour[motif])
            light = np.dot(colour[motif], (0.299, 0.587, 0.114)) > 0.6
            axis.text(
                start + width / 2, row, names[motif], ha="center", va="center",
                fontsize=7, color="black" if light else "white", fontweight="bold",
            )  # fmt: skip
    length = sample.bases.shape[1]
    axis.set(xlim=(0, length), ylim=(len(sample) - 0.4, -0.6), xlabel="position (bp)")
    words = ["open" if label else "closed" for label in labels]
    axis.set(yticks=range(len(sample)), yticklabels=words)
    axis.grid(axis="y", visible=False)
    return figure


def pair_matrices(panels: Mapping[str, np.ndarray], names: Sequence[str]) -> Figure:
    """Draw a weight for every pair of motifs, one panel a network.

    Parameters
    ----------
    panels : dict of title to array, shape (n_motifs, n_motifs)
    names : sequence of str
    """
    figure, axes = grid(len(panels), columns=2, width=9, aspect=0.95)
    limit = max(np.nanmax(np.abs(values)) for values in panels.values())
    for axis, (title, values) in zip(axes, panels.items(), strict=True):
        image = bare(axis).imshow(values, cmap="RdBu_r", vmin=-limit, vmax=limit)
        ticks = range(len(names))
        axis.set(title=title, xticks=ticks, yticks=ticks)
        axis.set_xticklabels(names, rotation=90, fontsize=7)
        axis.set_yticklabels(names, fontsize=7)
    figure.colorbar(image, ax=axes, shrink=0.6, label="weight of the pair (logits)")
    return figure


def areas(
    table: pd.DataFrame,
    *,
    published: Mapping[str, tuple[float, float]] | None = None,
    xlabel: str = "area under the ROC curve",
    lines: Mapping[str, float] | None = None,
) -> Figure:
    """Draw the area of every network, one line a group.

    Parameters
    ----------
    table : DataFrame
        group (text) and value, one row a network.
    published : dict of group to (value, spread), optional
        Drawn as a diamond with its spread.
    lines : dict of name to value, optional
        Vertical lines with their names.
    """
    groups = list(dict.fromkeys(table["group"]))
    figure, axis = plt.subplots(figsize=(9, 1.3 + 0.5 * len(groups)))
    place = -np.inf
    for name, value in sorted((lines or {}).items(), key=lambda line: line[1]):
        axis.axvline(value, color="#bbbbbb", lw=1, ls=":", zorder=0)
        place = max(value, place + 0.025)  # names of close lines stand side by side
        axis.text(
            place, 1.02, name, rotation=50, fontsize=7.5, color="#555555",
            transform=axis.get_xaxis_transform(), ha="left", va="bottom",
        )  # fmt: skip
    rng = np.random.default_rng(0)
    for row, group in enumerate(groups):
        values = table.loc[table["group"] == group, "value"].to_numpy()
        jitter = rng.uniform(-0.16, 0.16, len(values)) if len(values) > 1 else 0
        axis.plot(
            values, row + jitter, "o", ms=5, alpha=0.75, color=COLOURS["network"],
            label="a network" if row == 0 else None,
        )  # fmt: skip
        middle = np.median(values)
        axis.plot([middle] * 2, [row - 0.3, row + 0.3], color="black", lw=1.5,
                  label="median" if row == 0 else None)  # fmt: skip
    for number, (group, (value, spread)) in enumerate((published or {}).items()):
        if group in groups:
            axis.errorbar(
                value, groups.index(group) + 0.32, xerr=spread or None, fmt="D", ms=5,
                color=COLOURS["second"], capsize=3,
                label="published" if number == 0 else None,
            )  # fmt: skip
    axis.set(yticks=range(len(groups)), yticklabels=groups, xlabel=xlabel)
    axis.set_ylim(len(groups) - 0.4, -0.6)
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def filter_kinds(table: pd.DataFrame, chance: pd.DataFrame) -> Figure:
    """Draw how many filters are single motifs, combinations or neither.

    Parameters
    ----------
    table : DataFrame
        group, network, n_filters, detail ("single", "combination", "none") and value.
    chance : DataFrame
        What untrained networks hold: index n_filters, a column a kind. Drawn as a line
        across each bar.
    """
    sizes = table.groupby("group", sort=False)["n_filters"].first()
    counts, low, high = (
        table.pivot_table("value", "group", "detail", aggfunc=how, sort=False)
        for how in ("mean", "min", "max")
    )
    figure, axis = plt.subplots(figsize=(9, 3.4))
    for shift, (kind, colour) in enumerate(KINDS.items()):
        where = np.arange(len(counts)) + 0.27 * (shift - 1)
        error = [counts[kind] - low[kind], high[kind] - counts[kind]]
        axis.bar(
            where, counts[kind], 0.25, yerr=error, color=colour, label=kind, capsize=2,
            error_kw={"lw": 1, "ecolor": "#444444"},
        )  # fmt: skip
        axis.hlines(
            chance.loc[sizes[counts.index], kind], where - 0.125, where + 0.125,
            color="black", lw=2, ls=(0, (2, 0.6)), zorder=3,
            label="untrained" if shift == len(KINDS) - 1 else None,  # type: ignore[arg-type]  # matplotlib takes it
        )  # fmt: skip
    axis.set(xticks=range(len(counts)), xticklabels=counts.index, ylabel="filters")
    axis.legend(
        loc="upper left", bbox_to_anchor=(1.01, 1), title="motifs in a filter",
        title_fontsize=9,
    )  # fmt: skip
    axis.grid(axis="x", visible=False)
    return figure


def curves(table: pd.DataFrame, *, ylabel: str = "validation loss (nats)") -> Figure:
    """Draw a curve of every network by epoch, one colour a group.

    Parameters
    ----------
    table : DataFrame
        group, network, epoch and value.
    """
    figure, axis = plt.subplots(figsize=(9, 3.4))
    colours = _colours(table["group"])
    for group, rows in table.groupby("group", sort=False):
        for first, (_, one) in enumerate(rows.groupby("network")):
            axis.plot(
                one["epoch"], one["value"], lw=1.2, alpha=0.8,
                marker="o" if len(one) == 1 else None, ms=5,  # no line of one point
                color=colours[group],
                label=group if first == 0 else None,
            )  # fmt: skip
    axis.set(xlabel="epoch", ylabel=ylabel, xscale="log")
    axis.xaxis.set_major_formatter(plain_number)
    axis.xaxis.set_minor_formatter(plain_number)
    axis.legend()
    return figure


def _colours(groups: pd.Series) -> dict[str, str]:
    """Return a colour for each group: its own of `NETWORKS`, or one that none has."""
    others = cycle(OTHERS)
    return {name: NETWORKS.get(name) or next(others) for name in groups.unique()}


def pair_scores(table: pd.DataFrame) -> Figure:
    """Draw the score of every pair of filters, right ones beside others.

    Parameters
    ----------
    table : DataFrame
        group (a training), right (bool) and value, one row a pair of filters.
    """
    groups = list(dict.fromkeys(table["group"]))
    figure, axis = plt.subplots(figsize=(9, 1.2 + 0.42 * len(groups)))
    rng = np.random.default_rng(0)
    for right, colour, name in (
        (False, COLOURS["baseline"], "other pairs"),
        (True, COLOURS["truth"], "pairs with partners"),
    ):
        some = table[table["right"] == right]
        rows = some["group"].map(groups.index).to_numpy(dtype=float)
        rows += rng.uniform(-0.1, 0.1, len(rows)) + (0.18 if right else -0.18)
        axis.plot(some["value"], rows, "o", ms=3.5, alpha=0.6, color=colour, label=name)
    axis.axvline(0, color="#555555", lw=0.8)
    axis.set(yticks=range(len(groups)), yticklabels=groups)
    axis.set(ylim=(len(groups) - 0.4, -0.6), xlabel="effect of the pair (logits)")
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def probabilities(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw histograms of predicted probabilities by how many motifs are on.

    Parameters
    ----------
    panels : dict of title to DataFrame
        detail ("0 on" to "3 on") and value.
    """
    figure, axes = grid(len(panels), columns=2, width=9, aspect=0.6)
    colours = sns.color_palette(SEQUENTIAL, 4)
    for axis, (title, rows) in zip(axes, panels.items(), strict=True):
        kinds = [f"{count} on" for count in range(4)]
        values = [rows.loc[rows["detail"] == kind, "value"] for kind in kinds]
        axis.hist(
            values,
            bins=list(np.linspace(0, 1, 21)),
            stacked=True,
            color=colours,
            label=kinds,
        )
        axis.set(title=title, xlabel="predicted probability", ylabel="sequences")
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def cell_types(table: pd.DataFrame) -> Figure:
    """Draw the area of each cell type with either network, a genome in a marker.

    Parameters
    ----------
    table : DataFrame
        cell, kind ("sum" or "FM"), seed (of the genome) and value, one row a network
        and cell type.
    """
    cells, seeds = sorted(table["cell"].unique()), sorted(table["seed"].unique())
    figure, axis = plt.subplots(figsize=(9, 3.6))
    for number, seed in enumerate(seeds):
        shift = 0.16 * (number - (len(seeds) - 1) / 2)
        for kind in ("sum", "FM"):
            rows = table[(table["kind"] == kind) & (table["seed"] == seed)]
            axis.plot(
                rows["cell"].map(cells.index) + shift, rows["value"], ls="",
                marker=MARKERS[number % len(MARKERS)], ms=4, alpha=0.75,
                color=NETWORKS[kind], label=f"{kind}, genome {number + 1}",
            )  # fmt: skip
    axis.axhline(0.5, color="#555555", lw=0.8, ls=":")
    axis.set(xticks=range(len(cells)), ylabel="area under the ROC curve")
    axis.set_xticklabels(cells, rotation=90, fontsize=8)
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def roc(table: pd.DataFrame) -> Figure:
    """Draw ROC curves, one line a network.

    Parameters
    ----------
    table : DataFrame
        group, false and true: shares of closed and of open ones that are called open.
    """
    figure, axis = plt.subplots(figsize=(4.6, 4.2))
    colours = _colours(table["group"])
    for group, rows in table.groupby("group", sort=False):
        axis.plot(
            rows["false"], rows["true"], lw=1.6, label=group, color=colours[group]
        )
    axis.plot([0, 1], [0, 1], color="#999999", lw=0.8, ls=":")
    axis.set(xlabel="closed ones called open", ylabel="open ones called open")
    axis.set_aspect("equal")
    axis.legend(loc="lower right")
    return figure


def p_values(table: pd.DataFrame) -> Figure:
    """Draw the p-value of every data set, one line a world.

    Parameters
    ----------
    table : DataFrame
        kind (of the world), strength and p, one row a data set.
    """
    groups = list(dict.fromkeys(zip(table["kind"], table["strength"], strict=True)))
    names = [f"{kind}, {s:g} logits" if s else kind for kind, s in groups]
    figure, axis = plt.subplots(figsize=(9, 1.2 + 0.45 * len(groups)))
    rng = np.random.default_rng(0)
    for row, (kind, strength) in enumerate(groups):
        some = table[(table["kind"] == kind) & (table["strength"] == strength)]
        jitter = rng.uniform(-0.2, 0.2, len(some))
        axis.plot(
            some["p"], row + jitter, "o", ms=5, alpha=0.7,
            color=COLOURS["network"],
        )  # fmt: skip
    axis.axvline(0.05, color="#555555", lw=1, ls=":")
    axis.set(yticks=range(len(groups)), yticklabels=names, xlim=(-0.02, 1.02))
    axis.set(ylim=(len(groups) - 0.4, -0.6), xlabel="p-value")
    return figure


def power(shares: pd.DataFrame) -> Figure:
    """Draw how often a true pair is called by number of sequences, a panel a world.

    Parameters
    ----------
    shares : DataFrame
        kind, n, strength, right (the share called rightly) and testable (the share of
        partners of whom each has a filter), one row a size and strength.
    """
    kinds = list(shares["kind"].unique())
    figure, axes = grid(len(kinds), columns=2, aspect=0.8)
    strengths = sorted(shares["strength"].unique())  # alike in both panels
    shades = sns.color_palette(SEQUENTIAL, len(strengths) + 1)[1:]  # the first is pale
    looks = {
        strength: {"color": shade, "marker": MARKERS[number % len(MARKERS)]}
        for number, (strength, shade) in enumerate(zip(strengths, shades, strict=True))
    }
    for axis, kind in zip(axes, kinds, strict=True):
        some = shares[shares["kind"] == kind]
        for strength, one in some.groupby("strength"):
            look = looks[strength]
            axis.plot(one["n"], one["right"], "-", label=f"{strength:g}", **look)
            axis.plot(one["n"], one["testable"], "--", lw=1, ms=3, **look)
        axis.set(xscale="log", ylim=(-0.03, 1.03), xlabel="sequences", title=kind)
        sizes = sorted(some["n"].unique())
        axis.set_xticks(sizes, [f"{n:,}" for n in sizes])
        axis.minorticks_off()
        axis.legend(title="logits", loc="upper left")
    axes[0].set_ylabel("share called, and right")
    return figure
