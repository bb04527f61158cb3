"""Published values against ours: what the last section of a chapter shows."""

import re
import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS

FARTHEST = 30  # tolerances; what lies beyond stands at the edge
ROOM = 60  # letters for the names of misses below a topic
MISSED = "not reproduced"
MISSED_WORDS = "#8a3c00"  # the colour of misses, dark enough for words
# What a row's verdict counts as, its colour and its pattern in the bars.
KINDS = {
    "reproduced": ("reproduced", COLOURS["network"], ""),
    "checked by arithmetic": ("reproduced", COLOURS["network"], ""),
    MISSED: ("missed", COLOURS["second"], "///"),
    "not run yet": ("waiting or quoted", "#d0d0d0", ""),
    "quoted": ("waiting or quoted", "#d0d0d0", ""),
    "not applicable": ("waiting or quoted", "#d0d0d0", ""),
}
NUMBERS = ("equals", "at_least", "at_most")


def against_published(table: pd.DataFrame) -> Figure:
    """Draw how the values of a chapter compare with the published ones, by topic.

    Left: numbers, as (ours - published) / tolerance, what is missed in another colour
    and form (left out in a chapter without numbers). Right: how many rows are
    reproduced, missed, or wait. Below both: the names of the misses that lie farthest.

    Parameters
    ----------
    table : DataFrame
        `Store.comparison`: topic, quantity, published, tolerance, relation,
        paper_size, verdict.
    """
    topics = list(table["topic"].unique())
    has_numbers = distances(table).notna().any()
    widths = [1.6, 1.0] if has_numbers else [1.0]
    figure, axes = plt.subplots(
        1,
        len(widths),
        figsize=(8, 1.4 + 0.62 * len(topics)),
        width_ratios=widths,
        sharey=True,
        squeeze=False,
    )
    *numbers, bars = axes[0]
    for place, topic in enumerate(topics):
        of_topic = table[table["topic"] == topic]
        for axis in numbers:
            _numbers(axis, of_topic, place)
        _bar(bars, of_topic, place)
        _name_misses(axes[0, 0], of_topic, place)
    _dress(axes[0, 0], topics)
    for axis in numbers:
        _scale(axis)
    bars.set(xlabel="rows", zorder=-1)  # behind the names, which run on over it
    figure.legend(*_kinds(bars), loc="outside upper center", ncols=3)
    return figure


def distances(table: pd.DataFrame) -> pd.Series:
    """Return (ours - published) / tolerance; NaN for orderings and rows that wait.

    Where the tolerance is nothing, what differs stands at the edge.
    """
    gap = (table["paper_size"] - table["published"]).where(
        table["relation"].isin(NUMBERS)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        far = gap / table["tolerance"]
    return far.where(gap != 0, gap).clip(-FARTHEST, FARTHEST)


def short_name(quantity: str) -> str:
    """Return a quantity without the table it is of, in words; 0.5 keeps its point."""
    return re.sub(r"\.(?!\d)|(?<!\d)\.", " ", quantity.partition(".")[2]) or quantity


def _numbers(axis: Axes, table: pd.DataFrame, place: int) -> None:
    """Draw the numbers of one topic on its line, a little above each other."""
    far = distances(table).dropna()
    missed = (table["verdict"][far.index] == MISSED).to_numpy()
    y = place + np.linspace(-0.32, 0.12, 5)[np.arange(len(far)) % 5]
    axis.scatter(far[~missed], y[~missed], s=16, color=COLOURS["network"], alpha=0.7)
    axis.scatter(far[missed], y[missed], s=24, color=COLOURS["second"], marker="D")


def _bar(axis: Axes, table: pd.DataFrame, place: int) -> None:
    """Draw how many rows of one topic are of each kind."""
    start = 0
    for label, colour, pattern in dict.fromkeys(KINDS.values()):
        count = sum(KINDS[verdict][0] == label for verdict in table["verdict"])
        axis.barh(
            place - 0.1, count, left=start, height=0.4, label=label,
            color=colour, hatch=pattern, edgecolor="white", linewidth=0,
        )  # fmt: skip
        start += count


def _kinds(axis: Axes) -> tuple[list, list]:
    """Return each kind of row once, for the legend."""
    handles, labels = axis.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    return list(once.values()), list(once)


def _name_misses(axis: Axes, table: pd.DataFrame, place: int) -> None:
    """Write the names of the misses of one topic below its line, farthest first."""
    missed = table[table["verdict"] == MISSED]
    if missed.empty:
        return
    far = distances(missed).abs().fillna(0).sort_values(ascending=False, kind="stable")
    names = [short_name(name) for name in missed["quantity"][far.index]]
    shown = names[:1]
    while len(shown) < len(names) and len(", ".join(names[: len(shown) + 1])) < ROOM:
        shown = names[: len(shown) + 1]
    more = len(names) - len(shown)
    text = ", ".join(shown) + (f" and {more} more" if more else "")
    note = axis.annotate(
        f"missed: {text}", (0.01, place + 0.46), xycoords=("axes fraction", "data"),
        va="bottom", fontsize=8, color=MISSED_WORDS, zorder=5,
    )  # fmt: skip
    note.set_in_layout(False)  # it may run on below the bars


def _dress(axis: Axes, topics: list[str]) -> None:
    names = ["\n".join(textwrap.wrap(topic, 32)) for topic in topics]
    axis.set_yticks(range(len(topics)), names)
    axis.tick_params(axis="y", labelsize=9)
    axis.set_ylim(len(topics) - 0.5, -0.5)


def _scale(axis: Axes) -> None:
    """Shade what lies within the tolerance; beyond, the axis is logarithmic."""
    axis.axvspan(-1, 1, color="#dceaf4", zorder=0, lw=0)
    axis.axvline(0, color=COLOURS["published"], lw=1, zorder=1)
    axis.set_xscale("symlog", linthresh=1, linscale=0.8)
    ticks = [-10, -3, -1, 0, 1, 3, 10]
    axis.set_xticks(ticks, [f"{tick}".replace("-", "−") for tick in ticks])
    axis.minorticks_off()
    axis.set_xlim(-FARTHEST * 1.2, FARTHEST * 1.2)
    axis.set_xlabel("(ours − published) / tolerance")
