"""Published values against ours: what the last section of a chapter shows."""

import re
import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS

FARTHEST = 30  # tolerances; what lies beyond stands at the edge
ROOM = 54  # letters in a line below a topic, within the first panel
ROW = 0.74  # inches of a topic: its points, and two lines of words
MARKS = {"equals": "o", "at_least": ">", "at_most": "<"}  # of what is reproduced
MISSED = "not reproduced"
SEARCHED = "found after search"  # how a row came to be read as it is
MISSED_WORDS = "#8a3c00"  # the colour of misses, dark enough for words
REPRODUCED, WAITING = "reproduced", "waiting or quoted"
# What rows count as, their colour and their pattern in the bars.
KINDS = {
    REPRODUCED: (COLOURS["network"], ""),
    SEARCHED: ("#8cbfe0", "...."),
    "missed": (COLOURS["second"], "///"),
    WAITING: ("#d0d0d0", ""),
}
# What a verdict counts as, if the reading was fixed before the run.
COUNTED = {
    "reproduced": REPRODUCED,
    "checked by arithmetic": REPRODUCED,
    MISSED: "missed",
    "not run yet": WAITING,
    "quoted": WAITING,
    "not applicable": WAITING,
}
NUMBERS = ("equals", "at_least", "at_most")


def against_published(table: pd.DataFrame) -> Figure:
    """Draw how the values of a chapter compare with the published ones, by topic.

    Left: numbers, as (ours - published) / tolerance, what is missed in another colour
    and form, what was found after search hollow, bounds that are kept as triangles that
    point away from them (left out in a chapter without numbers). Right: how many rows
    are reproduced, by a reading fixed before or found after search, missed, or wait.
    Below a topic: the miss that lies farthest, and how many more there are.

    Parameters
    ----------
    table : DataFrame
        `Store.comparison`: topic, claim, published, tolerance, relation, reading,
        paper_size, verdict.
    """
    topics = list(table["topic"].unique())
    has_numbers = distances(table).notna().any()
    widths = [1.6, 1.0] if has_numbers else [1.0]
    figure, axes = plt.subplots(
        1,
        len(widths),
        figsize=(8, 1.4 + ROW * len(topics)),
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
    bars.set(xlabel="rows", xlim=(0, 1.04 * table["topic"].value_counts().max()))
    figure.legend(*_kinds(bars), loc="outside upper center", ncols=4)
    return figure


def kinds(table: pd.DataFrame) -> pd.Series:
    """Return what each row counts as: a key of `KINDS`."""
    found = table["verdict"].map(COUNTED)
    searched = (found == REPRODUCED) & (table["reading"] == SEARCHED)
    return found.mask(searched, SEARCHED)


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


def _numbers(axis: Axes, table: pd.DataFrame, place: int) -> None:
    """Draw the numbers of one topic on its line, a little above each other."""
    far = distances(table).dropna()
    kind = kinds(table)[far.index].to_numpy()
    missed = kind == "missed"
    relation = table["relation"][far.index].to_numpy()
    y = place + np.linspace(-0.36, 0.04, 5)[np.arange(len(far)) % 5]
    for name, mark in MARKS.items():
        for searched, face in ((False, COLOURS["network"]), (True, "white")):
            kept = ~missed & (relation == name) & ((kind == SEARCHED) == searched)
            axis.scatter(
                far[kept], y[kept], s=16 if mark == "o" else 26, marker=mark, alpha=0.7,
                facecolor=face, edgecolor=COLOURS["network"],
            )  # fmt: skip
    axis.scatter(far[missed], y[missed], s=24, color=COLOURS["second"], marker="D")


def _bar(axis: Axes, table: pd.DataFrame, place: int) -> None:
    """Draw how many rows of one topic are of each kind."""
    start, of_row = 0, kinds(table)
    for label, (colour, pattern) in KINDS.items():
        count = int((of_row == label).sum())
        if not count:
            continue
        axis.barh(
            place - 0.16, count, left=start, height=0.4, label=label,
            color=colour, hatch=pattern, edgecolor="white", linewidth=0,
        )  # fmt: skip
        start += count


def _kinds(axis: Axes) -> tuple[list, list]:
    """Return each kind of row that there is once, for the legend."""
    handles, labels = axis.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    there = [kind for kind in KINDS if kind in once]
    return [once[kind] for kind in there], there


def _name_misses(axis: Axes, table: pd.DataFrame, place: int) -> None:
    """Write below the line of a topic which of its rows is missed by most."""
    missed = table[table["verdict"] == MISSED]
    if missed.empty:
        return
    far = distances(missed).abs().fillna(0).sort_values(ascending=False, kind="stable")
    note = axis.annotate(
        miss_words(missed["claim"][far.index]), (0.01, place + 0.12),
        xycoords=("axes fraction", "data"), va="top", fontsize=8, zorder=5,
        color=MISSED_WORDS, linespacing=1.1,
    )  # fmt: skip
    behind = patheffects.withStroke(linewidth=2, foreground="white")
    note.set_path_effects([behind])  # the lines of the axes pass behind the words
    note.set_in_layout(False)


def miss_words(claims: Sequence[str]) -> str:
    """Return the first of some claims, and how many more there are, in two lines."""
    more = f" (and {len(claims) - 1} more)" if len(claims) > 1 else ""
    room = 2 * ROOM - len("missed: ") - len(more) - 12  # words do not fill a line
    claim = textwrap.shorten(next(iter(claims)), room, placeholder=" …")
    return textwrap.fill(f"missed: {claim}{more}", ROOM)


def topic_name(topic: str) -> str:
    """Return a topic in short lines, the number of a table or figure unparted."""
    whole = re.sub(r"\b(Tables?|Figures?|Figs?) (?=\S)", "\\1\N{NO-BREAK SPACE}", topic)
    lines = textwrap.wrap(whole, 32)
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")


def _dress(axis: Axes, topics: list[str]) -> None:
    names = [topic_name(topic) for topic in topics]
    axis.set_yticks([place - 0.16 for place in range(len(topics))], names)
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
