"""Figures of the chapter on what the negatives teach a network."""

import itertools
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.plots.style import COLOURS, SEQUENTIAL, grid
from helpers.truth.grammars import MotifSequences

#: One colour a kind of training, or of label.
KINDS = {
    "M_w": COLOURS["network"],
    "M_wo": COLOURS["second"],
    "additive": COLOURS["baseline"],
    "enhancing": COLOURS["truth"],
    "inhibiting": COLOURS["highlight"],
    "quadratic": COLOURS["second"],
}
READER_LINES = {"agnostic": "-", "grammar": "--"}
#: How a legend shows what is drawn in the colours of the kinds, or in black.
PROXIES = {
    "published": Line2D([], [], ls="", marker="D", ms=6, mfc="none", color="black"),
    "best agnostic reader": Line2D([], [], ls="-", lw=1, color="black"),
    "best reader with the grammar": Line2D([], [], ls="--", lw=1, color="black"),
    "chance": Line2D([], [], ls=":", lw=1.5, color="black"),
}
MOTIFS = [COLOURS[c] for c in ("network", "second", "truth", "highlight")]


#: One colour and form a variant; a scale from light to dark would suggest an order.
VARIANT_COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3f98",
    "#666666",
)  # fmt: skip
VARIANT_MARKS = ("o", "s", "^", "D", "v", "P", "X", "*")
WIDE = 6.0  # inches from which on a legend stands in one row
ROW = 7  # names that such a row holds; more stand in two


def places(data: MotifSequences, names: Sequence[str]) -> Figure:
    """Draw where the motifs lie, one line a sequence.

    Parameters
    ----------
    data : MotifSequences
        A few sequences, drawn from top to bottom.
    names : sequence of str
    """
    figure, axis = plt.subplots(figsize=(9, 0.6 + 0.22 * len(data)))
    for motif, (name, colour) in enumerate(zip(names, MOTIFS, strict=False)):
        rows = np.flatnonzero(data.present[:, motif])
        width = data.widths[motif]
        starts = data.starts[rows, motif]
        axis.barh(rows, width, left=starts, height=0.7, color=colour, label=name)
    length = data.bases.shape[1]
    axis.set(xlim=(0, length), ylim=(len(data) - 0.4, -0.6), xlabel="position (bp)")
    axis.set(yticks=range(len(data)), yticklabels=data.counts, ylabel="motifs")
    axis.legend(ncols=len(names), loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def contributions(scores: Mapping[str, np.ndarray], data: MotifSequences) -> Figure:
    """Draw the contribution of each position, a row a training, a column a sequence.

    Parameters
    ----------
    scores : dict of kind to array, shape (n, length)
    data : MotifSequences
        The n sequences.
    """
    n = len(data)
    figure, axes = plt.subplots(
        len(scores), n, figsize=(4.5 * n, 1.7 * len(scores)), sharey=True, sharex=True,
        squeeze=False,
    )  # fmt: skip
    for row, (kind, values) in zip(axes, scores.items(), strict=True):
        for number, axis in enumerate(row):
            for motif in np.flatnonzero(data.present[number]):
                start = data.starts[number, motif]
                axis.axvspan(start, start + data.widths[motif], color="#dddddd", lw=0)
            axis.bar(np.arange(values.shape[1]), values[number], 1.0, color=KINDS[kind])
        row[0].set_ylabel(kind)
    for number, axis in enumerate(axes[0]):
        axis.set_title(f"motifs present: {data.counts[number]}")
    for axis in axes[-1]:
        axis.set_xlabel("position (bp)")
    return figure


def by_count(
    table: pd.DataFrame,
    *,
    ylabel: str,
    panel: str = "panel",
    published: pd.DataFrame | None = None,
    lines: pd.DataFrame | None = None,
    chance: pd.DataFrame | None = None,
) -> Figure:
    """Draw a value against the number of motifs, for each kind of training or label.

    Parameters
    ----------
    table, published, lines, chance : data frame
        Columns: panel, kind, motifs_present, value. The published ones are diamonds,
        `lines` the best that is possible, full for the agnostic and dashed for the
        grammar reader (column reader), `chance` the level of guessing, dotted.
    """
    panels = list(dict.fromkeys(table[panel]))
    figure, axes, columns = _panels(len(panels))
    counts = np.sort(table["motifs_present"].unique())[::-1]
    place = {k: i for i, k in enumerate(counts)}
    kinds = list(dict.fromkeys(table["kind"]))
    for number, (axis, name) in enumerate(zip(axes, panels, strict=True)):
        for shift, kind in zip(np.linspace(-0.2, 0.2, len(kinds)), kinds, strict=True):
            if lines is not None:
                some = lines[(lines[panel] == name) & (lines["kind"] == kind)]
                some = some.sort_values("motifs_present", ascending=False)
                for reader, line in some.groupby("reader"):
                    x = line["motifs_present"].map(place)
                    style = {"color": KINDS[kind], "ls": READER_LINES[reader]}
                    axis.plot(x, line["value"], lw=1, alpha=0.6, **style)  # type: ignore[arg-type]  # options in a dict
            if chance is not None:
                some = chance[(chance[panel] == name) & (chance["kind"] == kind)]
                some = some.sort_values("motifs_present", ascending=False)
                x = some["motifs_present"].map(place)
                axis.plot(x, some["value"], ":", lw=1.2, color=KINDS[kind])
            some = table[(table[panel] == name) & (table["kind"] == kind)]
            x = some["motifs_present"].map(place) + shift
            axis.plot(x, some["value"], "o", ms=4, color=KINDS[kind], label=kind)
            if published is not None:
                some = published[
                    (published[panel] == name) & (published["kind"] == kind)
                ]
                x = some["motifs_present"].map(place) + shift
                axis.plot(x, some["value"], "D", ms=6, mfc="none", color=KINDS[kind])
        axis.set(title=name, xticks=range(len(counts)), xticklabels=counts)
        axis.set(ylim=(-0.04, 1.06), xlabel="motifs in the sequence")
        if number % columns == 0:
            axis.set_ylabel(ylabel)
    shown = ["published"] if published is not None else []
    if lines is not None:
        shown += ["best agnostic reader", "best reader with the grammar"]
    shown += ["chance"] if chance is not None else []
    _legend(figure, axes[0], shown)
    return figure


def boxes(
    table: pd.DataFrame,
    *,
    ylabel: str,
    xlabel: str = "",
    published: pd.DataFrame | None = None,
    chance: pd.DataFrame | None = None,
) -> Figure:
    """Draw boxes with whiskers from stored quantiles, a panel of groups of kinds.

    Parameters
    ----------
    table : data frame
        panel, group (place on the horizontal axis, in the order of the table), kind,
        value (median), low and high (the box), lowest and highest (the whiskers).
    published : data frame, optional
        panel, group, kind, value: drawn as diamonds.
    chance : data frame, optional
        panel, group, value: level of guessing, a dotted line across the group.
    """
    panels = list(dict.fromkeys(table["panel"]))
    groups = list(dict.fromkeys(table["group"]))
    kinds = list(dict.fromkeys(table["kind"]))
    figure, axes, columns = _panels(len(panels))
    step = 0.8 / len(kinds)
    shift = {kind: step * (i - (len(kinds) - 1) / 2) for i, kind in enumerate(kinds)}
    for number, (axis, panel) in enumerate(zip(axes, panels, strict=True)):
        for kind in kinds:
            some = table[(table["panel"] == panel) & (table["kind"] == kind)]
            statistics = [
                {"med": row.value, "q1": row.low, "q3": row.high}
                | {"whislo": row.lowest, "whishi": row.highest}
                for row in some.itertuples()
            ]
            line = {"color": KINDS[kind]}
            drawn = axis.bxp(
                statistics,
                positions=[groups.index(g) + shift[kind] for g in some["group"]],
                widths=0.8 * step,
                showfliers=False,
                patch_artist=True,
                manage_ticks=False,
                boxprops={"edgecolor": KINDS[kind], "facecolor": KINDS[kind] + "40"},
                medianprops=line | {"lw": 2},
                whiskerprops=line,
                capprops=line,
            )
            if drawn["boxes"]:
                drawn["boxes"][0].set_label(kind)
            if published is not None:
                keep = (published["panel"] == panel) & (published["kind"] == kind)
                some = published[keep]
                x = [groups.index(g) + shift[kind] for g in some["group"]]
                axis.plot(x, some["value"], "D", ms=6, mfc="none", color="black")
        if chance is not None:
            for row in chance[chance["panel"] == panel].itertuples():
                x = groups.index(row.group)
                axis.hlines(
                    row.value, x - 0.45, x + 0.45, color="black", ls=":", lw=1.5
                )
        axis.set(title=panel, xticks=range(len(groups)), xticklabels=groups)
        axis.set(ylim=(-0.04, 1.06), xlim=(-0.6, len(groups) - 0.4), xlabel=xlabel)
        if number % columns == 0:
            axis.set_ylabel(ylabel)
    shown = ["published"] if published is not None else []
    _legend(figure, axes[0], shown + (["chance"] if chance is not None else []))
    return figure


def _panels(count: int) -> tuple[Figure, list[Axes], int]:
    """Return a figure, its axes and how many stand in a row: four are two by two."""
    if count == 4:
        return *grid(4, columns=2, width=9.0, aspect=0.62), 2
    columns = min(count, 3)
    return *grid(count, columns=columns, width=2.9 * columns, aspect=1.05), columns


def _legend(figure: Figure, axis: Axes, proxies: Sequence[str]) -> None:
    """Name the colours of an axis, and the marks in `PROXIES` beside them."""
    handles, labels = axis.get_legend_handles_labels()
    handles, labels = [*handles, *(PROXIES[p] for p in proxies)], [*labels, *proxies]
    # A legend wider than the panels would push them to the side.
    columns = min(len(labels), ROW) if figure.get_figwidth() > WIDE else 2
    if columns == ROW < len(labels):
        columns = -(-len(labels) // 2)
    figure.legend(handles, labels, ncols=columns, loc="outside upper right")


def starts(table: pd.DataFrame, *, found: float = 0.8) -> Figure:
    """Draw how well a start holds the motif that it holds worst, over its loss.

    Parameters
    ----------
    table : data frame
        ``kind`` (a panel each), ``loss``, ``weakest`` (correlation of the best filter
        with that motif), ``kept``.
    found : float
        Correlation from which on a motif counts as found.
    """
    kinds = list(dict.fromkeys(table["kind"]))
    figure, axes = plt.subplots(
        1, len(kinds), figsize=(9, 3.4), sharey=True, squeeze=False
    )
    for axis, kind in zip(axes[0], kinds, strict=True):
        rows = table[table["kind"] == kind]
        for kept, fill in ((False, "white"), (True, KINDS[kind])):
            some = rows[rows["kept"] == kept]
            axis.plot(
                some["loss"], some["weakest"], "o", color=KINDS[kind], mfc=fill,
                label="kept" if kept else "not kept",
            )  # fmt: skip
        axis.axhline(found, color="black", ls=":", lw=1)
        axis.set(title=kind, xlabel="validation loss", ylim=(0, 1))
        axis.legend(loc="upper right")
    axes[0, 0].set_ylabel("match of the motif held worst")
    return figure


def by_size(
    table: pd.DataFrame, *, readers: pd.DataFrame, published: Mapping[int, float]
) -> Figure:
    """Draw recall against the number of training sequences, a panel a count of motifs.

    Parameters
    ----------
    table : data frame
        n_train, measure, motifs_present, value; only rows of recall are drawn.
    readers : data frame
        reader, detail, motifs_present, value: full and dashed lines.
    published : mapping of number of motifs to recall
        Dotted lines.
    """
    recall = table[table["measure"] == "recall"]
    readers = readers[readers["detail"] == "recall"]
    counts = sorted(recall["motifs_present"].unique(), reverse=True)
    sizes = sorted(recall["n_train"].unique())
    figure, axes = grid(len(counts), columns=len(counts), width=10, aspect=1.3)
    for axis, k in zip(axes, counts, strict=True):
        some = recall[recall["motifs_present"] == k]
        x = some["n_train"].map(sizes.index)
        axis.plot(x, some["value"], "o", ms=5, color=COLOURS["network"], label="here")
        for row in readers[readers["motifs_present"] == k].itertuples():
            label, style = f"best {row.reader} reader", READER_LINES[row.reader]
            axis.axhline(row.value, ls=style, lw=1, color="black", label=label)
        colour = COLOURS["second"]
        axis.axhline(published[k], ls=":", lw=2, color=colour, label="published")
        axis.set(title=_motifs(k), ylim=(-0.04, 1.06), xticks=range(len(sizes)))
        axis.set(xticklabels=[f"{n // 1000}k" for n in sizes], xlabel="sequences")
        axis.set_xlim(-0.5, len(sizes) - 0.5)
    axes[0].set_ylabel("recall")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, ncols=len(handles), loc="outside upper right")
    return figure


def bars(
    table: pd.DataFrame,
    *,
    ylabel: str,
    kind: str,
    limits: tuple[float, float] = (0, 1.05),
    chance: float | None = None,
) -> Figure:
    """Draw groups of bars, a row of the table a group and a column a shade.

    Parameters
    ----------
    table : data frame
        Index: names of the groups; columns: what is compared. Those whose name starts
        with "published" are hatched, the others filled, ever lighter.
    ylabel : str
    kind : str
        Of training, see `KINDS`: whose colour the shades are of.
    limits : (low, high)
        Of the vertical axis.
    chance : float, optional
        Level of guessing, a dotted line.
    """
    filled = sum(not str(name).startswith("published") for name in table)
    colours = iter(sns.light_palette(KINDS[kind], filled + 1, reverse=True))
    hatches = iter(("///", "..."))
    figure, axis = plt.subplots(figsize=(max(5, 1.3 * len(table)), 3.2))
    width = 0.8 / table.shape[1]
    for number, (name, values) in enumerate(table.items()):
        x = np.arange(len(table)) + (number - (table.shape[1] - 1) / 2) * width
        if name.startswith("published"):
            look = {"facecolor": "white", "edgecolor": "black", "hatch": next(hatches)}
        else:
            look = {"color": next(colours)}
        axis.bar(x, values, width, label=name, **look)
    if chance is not None:
        axis.axhline(chance, color="black", ls=":", lw=1.5, label="chance")
    axis.set(ylabel=ylabel, ylim=limits, xticks=range(len(table)))
    axis.set_xticklabels(table.index, rotation=20)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def filters(weights: Mapping[str, Mapping[str, np.ndarray]]) -> Figure:
    """Draw filters as maps of base by position, a row a training, a column a motif.

    Parameters
    ----------
    weights : dict of kind to dict of motif to array, shape (4, width)
    """
    kinds, names = list(weights), list(next(iter(weights.values())))
    limit = max(np.abs(w).max() for ours in weights.values() for w in ours.values())
    figure, axes = plt.subplots(
        len(kinds), len(names), figsize=(2.6 * len(names), 1.3 * len(kinds) + 0.4),
        squeeze=False,
    )  # fmt: skip
    for row, kind in zip(axes, kinds, strict=True):
        for axis, name in zip(row, names, strict=True):
            shown = axis.imshow(
                weights[kind][name], cmap="PuOr_r", vmin=-limit, vmax=limit,
                aspect="auto",
            )  # fmt: skip
            axis.set(yticks=range(4), yticklabels=list("ACGT"), xticks=[])
            axis.grid(False)
        row[0].set_ylabel(kind)
    for axis, name in zip(axes[0], names, strict=True):
        axis.set_title(name)
    figure.colorbar(shown, ax=axes, label="weight", shrink=0.8)
    return figure


def graded(table: pd.DataFrame, chance: pd.Series | None = None) -> Figure:
    """Draw recall and AUPRC against the share of negatives that hold motifs.

    Parameters
    ----------
    table : data frame
        share, measure (title of a panel), motifs_present, value.
    chance : series, optional
        By the number of motifs; a band from the least to the largest in all panels
        but that of recall, for lines so near each other would not be told apart.
    """
    measures = list(dict.fromkeys(table["measure"]))
    figure, axes = grid(len(measures), columns=len(measures), width=9, aspect=0.75)
    shares = np.sort(table["share"].unique())
    colours = plt.get_cmap(SEQUENTIAL)(np.linspace(0.25, 0.9, 5))
    for axis, measure in zip(axes, measures, strict=True):
        for k, group in table[table["measure"] == measure].groupby("motifs_present"):
            means = group.groupby("share")["value"].mean()
            x = np.searchsorted(shares, means.index)
            axis.plot(x, means, "-", color=colours[k], label=str(k))
            x = np.searchsorted(shares, group["share"])
            axis.plot(x, group["value"], "o", ms=3, color=colours[k])
        axis.set(title=measure, ylim=(-0.04, 1.06), xticks=range(len(shares)))
        axis.set(xticklabels=shares, xlabel="share of negatives with motifs")
        if chance is not None and measure != "recall":
            axis.axhspan(chance.min(), chance.max(), color="0.75", label="chance")
    found = [axis.get_legend_handles_labels() for axis in axes]
    named = {
        name: line
        for lines, names in found
        for line, name in zip(lines, names, strict=True)
    }
    axes[-1].legend(
        named.values(), named, title="motifs", loc="upper left", bbox_to_anchor=(1, 1)
    )
    return figure


def interactions(table: pd.DataFrame) -> Figure:
    """Draw the mean interaction of every set of motifs, by its order.

    Parameters
    ----------
    table : data frame
        kind, order, detail (the set), value (its unit is in `unit`, one a kind; kinds
        of one unit are drawn to one scale).
    """
    kinds = list(dict.fromkeys(table["kind"]))
    span = table.groupby("unit")["value"].agg(["min", "max"])
    columns = min(len(kinds), 3)
    figure, axes = grid(len(kinds), columns=columns, width=3 * columns, aspect=0.85)
    for axis, kind in zip(axes, kinds, strict=True):
        some = table[table["kind"] == kind]
        jitter = np.linspace(-0.2, 0.2, len(some)) if len(some) else []
        axis.plot(some["order"] + jitter, some["value"], "o", ms=4, color="0.3")
        axis.axhline(0, color="black", lw=1)
        axis.set(title=kind, xticks=range(1, 5), xlabel="motifs in the set")
        unit = some["unit"].iloc[0]
        low, high = min(span.loc[unit, "min"], 0), max(span.loc[unit, "max"], 0)
        margin = 0.06 * (high - low)
        axis.set(ylabel=unit, ylim=(low - margin, high + margin))
    return figure


def shrinkage(table: pd.DataFrame) -> Figure:
    """Draw the share of sets called against the shortfall of the predictions.

    Parameters
    ----------
    table : data frame
        As from `interaction_tables.rescaled_calls`: ``kind`` of label, ``scale`` ("as
        predicted", "calibrated", "unshrunk"), ``shortfall``, ``order 2``, ``order 3``.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
    markers = {"as predicted": "o", "calibrated": "s", "unshrunk": "D"}
    for axis, order, title in zip(axes, (2, 3), ("pairs", "triples"), strict=True):
        for kind, rows in table.groupby("kind", sort=False):
            way = rows.set_index("scale").loc[list(markers)]
            share = way[f"order {order}"]
            axis.plot(way["shortfall"], share, "-", color=KINDS[kind], label=kind)
            for scale, marker in markers.items():
                axis.plot(
                    way.loc[scale, "shortfall"], share[scale], marker,
                    color=KINDS[kind],
                    mfc="white" if scale == "as predicted" else KINDS[kind],
                )  # fmt: skip
        axis.axvline(0, color="black", linestyle=":", linewidth=1)
        axis.set(xlabel="label less prediction, all motifs", ylim=(-0.05, 1.05))
        axis.set_title(title)
    axes[0].set_ylabel("share of sets called")
    handles, labels = axes[0].get_legend_handles_labels()
    for scale, marker in markers.items():
        fill = "white" if scale == "as predicted" else "black"
        handles.append(Line2D([], [], ls="", marker=marker, mfc=fill, color="k"))
        labels.append(scale)
    figure.legend(handles, labels, loc="upper center", bbox_to_anchor=(0.5, 0), ncols=4)
    return figure


def differences(table: pd.DataFrame) -> Figure:
    """Draw a difference for each motif, one dot a run.

    Parameters
    ----------
    table : data frame
        panel, motif, value.
    """
    panels = list(dict.fromkeys(table["panel"]))
    figure, axes = grid(len(panels), columns=len(panels), width=4 * len(panels))
    for axis, panel in zip(axes, panels, strict=True):
        axis.sharey(axes[0])  # one scale for all
        some = table[table["panel"] == panel]
        names = list(dict.fromkeys(some["motif"]))
        for number, name in enumerate(names):
            values = some.loc[some["motif"] == name, "value"]
            x = number + np.linspace(-0.15, 0.15, len(values))
            axis.plot(x, values, "o", color=KINDS.get(panel, COLOURS["network"]))
            axis.hlines(values.mean(), number - 0.3, number + 0.3, color="black")
        axis.axhline(0, color="black", lw=1, ls=":")
        axis.set(title=panel, xticks=range(len(names)), xticklabels=names)
    axes[0].set_ylabel("AUPRC less that of additive labels")
    return figure


def visible_variants(table: pd.DataFrame, chance: pd.Series | None = None) -> Figure:
    """Draw AUPRC by the number of motifs, a line a variant, a panel a kind and target.

    Parameters
    ----------
    table : data frame
        kind, target, variant ("published" is drawn dotted, up to eight others in a
        colour and form of their own), motifs_present, value.
    chance : series, optional
        By the number of motifs; a dashed line.
    """
    panels = table[["kind", "target"]].drop_duplicates().to_numpy().tolist()
    names = [n for n in dict.fromkeys(table["variant"]) if n != "published"]
    again = itertools.cycle(zip(VARIANT_COLOURS, VARIANT_MARKS, strict=True))
    looks = [(name, *look) for name, look in zip(names, again, strict=False)]
    looks.append(("published", "black", ""))
    figure, axes = grid(len(panels), columns=2, width=9, aspect=0.6)
    for axis, (kind, target) in zip(axes, panels, strict=True):
        some = table[(table["kind"] == kind) & (table["target"] == target)]
        for name, colour, mark in looks:
            line = some[some["variant"] == name]
            line = line.sort_values("motifs_present", ascending=False)
            axis.plot(
                -line["motifs_present"], line["value"], color=colour, label=name,
                marker=mark, linestyle=":" if name == "published" else "-",
            )  # fmt: skip
        if chance is not None:
            axis.plot(
                -chance.index, chance, label="chance", color=COLOURS["baseline"],
                ls="--", lw=1.5,
            )  # fmt: skip
        called = "logit" if target == "output" else target
        axis.set(title=f"{kind}, {called}", ylim=(-0.04, 1.06), ylabel="AUPRC")
        axis.set(xticks=[-4, -3, -2, -1], xticklabels=[4, 3, 2, 1])
        axis.set_xlabel("motifs in the sequence")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center")
    return figure


def variants(
    table: pd.DataFrame, baseline: str, published: Mapping[int, float] | None = None
) -> Figure:
    """Draw recall of each variant of the set-up, one panel a number of motifs.

    Parameters
    ----------
    table : data frame
        variant, motifs_present, value.
    baseline : str
        The variant that the others differ from.
    published : mapping of number of motifs to recall, optional
        Dotted lines.
    """
    counts = sorted(table["motifs_present"].unique(), reverse=True)
    names = list(dict.fromkeys(table["variant"]))[::-1]
    figure, axes = plt.subplots(
        1,
        len(counts),
        figsize=(9, 0.8 + 0.3 * len(names)),
        sharey=True,
        sharex=True,
        squeeze=False,
    )
    for axis, k in zip(axes[0], counts, strict=True):
        some = table[table["motifs_present"] == k]
        level = some.loc[some["variant"] == baseline, "value"].mean()
        axis.axvline(level, color=COLOURS["baseline"])
        if published and k in published:
            axis.axvline(published[k], color="black", ls=":", lw=1.5)
        axis.plot(some["value"], some["variant"].map(names.index), "o", ms=4)
        axis.set(title=_motifs(k), xlabel="recall", yticks=range(len(names)))
        axis.locator_params(axis="x", nbins=4)
        axis.set_yticklabels(names)
    return figure


def _motifs(count: int | str) -> str:
    return f"{count} motif{'' if int(count) == 1 else 's'}"
