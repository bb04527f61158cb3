"""Figures of the chapter on interactions that are not there."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import (
    FormatStrFormatter,
    LogFormatter,
    LogLocator,
    MaxNLocator,
    NullFormatter,
)

from helpers.data.motifs import Motif
from helpers.plots.style import COLOURS, grid

#: One colour a control.
CONTROL = {"negative": COLOURS["network"], "positive": COLOURS["second"]}
#: One colour a padding, none of them a control's.
PADDING = {"valid": COLOURS["highlight"], "same": COLOURS["published"]}
MARKERS = {"arch1": "o", "arch2": "s", "arch3": "^"}
TESTS = {
    "effect size against shuffles": (COLOURS["baseline"], ":"),
    "paired": (COLOURS["network"], "-"),
    "against random positions": (COLOURS["highlight"], "-."),
    "unpaired": (COLOURS["second"], "--"),
}
SMALLEST = 1e-8  # p-values below it are drawn there, so that .05 stands out


def data(
    motifs: Sequence[Motif], counts: Mapping[str, np.ndarray], present: np.ndarray
) -> Figure:
    """Draw the motifs and the counts of the four classes of sequences.

    Parameters
    ----------
    motifs : two Motif
    counts : dict of control to array, shape (n,)
        Observed counts.
    present : array of bool, shape (n, 2)
        Which motifs each sequence holds.
    """
    figure, axes = plt.subplots(
        1,
        2 + len(counts),
        figsize=(11, 3),
        width_ratios=[0.8, 1.2, *[1.3] * len(counts)],
    )
    for axis, motif in zip(axes, motifs, strict=False):
        positions = np.arange(motif.width)
        axis.bar(positions, motif.information, color=COLOURS["baseline"], width=0.9)
        for position, letter in zip(positions, motif.consensus, strict=True):
            axis.annotate(
                letter, (position, motif.information[position]), ha="center", fontsize=8
            )
        axis.set_xticks([])
        axis.set_title(motif.label)
        axis.set_ylim(0, 2.3)
    axes[0].set_ylabel("information (bits)")
    classes = present @ [1, 2]
    names = ["neither", "GATA1 only", "TAL1 only", "both"]
    colours = [COLOURS[c] for c in ("baseline", "note", "highlight", "truth")]
    for axis, (control, values) in zip(axes[2:], counts.items(), strict=True):
        bins = np.linspace(0, np.quantile(values, 0.995), 60)
        for number, (name, colour) in enumerate(zip(names, colours, strict=True)):
            axis.hist(
                values[classes == number],
                bins,
                histtype="step",
                lw=1.4,
                color=colour,
                label=name,
            )
        axis.set(xlabel="count", yticks=[], title=f"{control} control")
    axes[-1].legend(title="motifs")
    return figure


def effect_sizes(networks: pd.DataFrame) -> Figure:
    """Draw mean absolute interactions against shuffles (Fig 2 top left, E.1, F.2, F.3).

    Parameters
    ----------
    networks : data frame
        One row a network: ``padding``, ``control``, ``architecture``, ``size`` and
        ``size, shuffles`` (counts); with ``size, error``, a bar of one standard error
        on each side.
    """
    figure, axes = _panels(networks, sharex=True)
    for axis, (_, group) in zip(axes, _conditions(networks), strict=True):
        group = group.sort_values("size").reset_index(drop=True)
        for row in group.itertuples():
            colour, shape = CONTROL[row.control], MARKERS[row.architecture]
            axis.plot(row.size, row.Index, shape, color=colour, ms=5)
        if "size, error" in group:
            bars = {"fmt": "none", "ecolor": COLOURS["published"], "elinewidth": 1}
            axis.errorbar(group["size"], group.index, xerr=group["size, error"], **bars)  # type: ignore[arg-type]  # options in a dict
        axis.plot(
            group["size, shuffles"],
            group.index,
            "o",
            mfc="none",
            mec=COLOURS["baseline"],
            ms=4,
        )
        axis.set(xscale="log", yticks=[], xlabel="mean |I| (counts)")
    _label_left(axes, "network")
    _legend(figure, ("o", "none", COLOURS["baseline"], "on shuffles"))
    return figure


def calls(shares: pd.DataFrame) -> Figure:
    """Draw the share of networks that each test calls, in both controls.

    Parameters
    ----------
    shares : data frame
        One row a ``test``, ``padding``, ``control`` and ``ran`` (the size of the run):
        ``called`` and ``networks``, their numbers.
    """
    tests = list(dict.fromkeys(shares["test"]))[::-1]
    runs = dict.fromkeys(zip(shares["padding"], shares["ran"], strict=True))
    runs = sorted(runs, key=lambda run: run[0], reverse=True)  # valid before same
    figure, axes = grid(len(runs), columns=min(len(runs), 2), width=9.5, aspect=0.62)
    for number, (axis, (padding, ran)) in enumerate(zip(axes, runs, strict=True)):
        rows = shares[(shares["padding"] == padding) & (shares["ran"] == ran)]
        for control, marker, size in (("positive", "D", 9), ("negative", "o", 6)):
            own = rows[rows["control"] == control]
            axis.plot(
                own["called"] / own["networks"], [tests.index(t) for t in own["test"]],
                marker, ms=size, color=CONTROL[control], label=f"{control} control",
            )  # fmt: skip
        axis.axvline(0.05, color=COLOURS["published"], ls=":", lw=1)
        axis.set(xlim=(-0.04, 1.04), xlabel="share of networks called")
        axis.set_title(f"{padding} padding, {ran} size")
        axis.set_yticks(range(len(tests)), tests)
        axis.tick_params(labelleft=number % 2 == 0)
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2
    )
    return figure


def loss_changes(networks: pd.DataFrame) -> Figure:
    """Draw the median loss change on removing the interaction (Fig 2 top right, F.2).

    One row a condition: left against the correlation of the main effects with the
    interaction's size, the published axis, right with the signed interaction.

    Parameters
    ----------
    networks : data frame
        As in `effect_sizes`, with ``r, size`` and ``r`` (correlations of main effects
        and interaction), ``median change`` and ``paired`` (p-value).
    """
    conditions = _conditions(networks)
    figure, axes = plt.subplots(
        len(conditions), 2, figsize=(9, 3.0 * len(conditions) + 0.4), squeeze=False,
        sharex="col", sharey="row",
    )  # fmt: skip
    titles = {"r, size": "size |I|", "r": "signed I"}
    for line, ((padding, control), group) in zip(axes, conditions, strict=True):
        for axis, column in zip(line, titles, strict=True):
            for row in group.to_dict("records"):
                axis.plot(
                    row[column],
                    row["median change"],
                    MARKERS[row["architecture"]],
                    color=CONTROL[control],
                    mfc=None if row["paired"] < 0.05 else "none",
                    ms=6,
                )
            axis.axhline(0, color=COLOURS["published"], lw=0.8)
            axis.axvline(0, color=COLOURS["published"], lw=0.4)
            axis.xaxis.set_major_locator(MaxNLocator(5))
        line[0].set_title(f"{control} control, {padding} padding", fontsize=10)
        line[0].set_ylabel("median loss change\nwithout the interaction")
    for axis, name in zip(axes[-1], titles.values(), strict=True):
        axis.set_xlabel(f"correlation of main effects and {name}")
    black = COLOURS["published"]
    _legend(figure, ("o", black, black, "filled: paired p < 0.05"))
    return figure


def loss_histograms(histograms: pd.DataFrame) -> Figure:
    """Draw loss distributions with and without the interaction (Fig 2 bottom left).

    Parameters
    ----------
    histograms : data frame
        ``padding``, ``control``, ``which`` (in words, over which networks),
        ``quantity`` (with, without), ``at`` (loss; 15 and more in the last bin),
        ``value`` (share of examples).
    """
    figure, axes = _panels(histograms, sharey=True)
    for axis, ((_, control), group) in zip(axes, _conditions(histograms), strict=True):
        for quantity, colour, line in (
            ("with", CONTROL[control], "-"),
            ("without", COLOURS["published"], "--"),
        ):
            rows = group[group["quantity"] == quantity]
            axis.step(
                rows["at"],
                rows["value"],
                where="mid",
                color=colour,
                ls=line,
                label=quantity,
            )
        (which,) = group["which"].unique()
        axis.set(yscale="log", xlabel=f"squared error (Anscombe)\nof {which} networks")
    _label_left(axes, "share of examples")
    axes[-1].legend(title="interaction")
    return figure


def size_against_error(networks: pd.DataFrame, floors: pd.DataFrame) -> Figure:
    """Draw mean absolute interactions against the test error (Fig 2 bottom right, F.5).

    Parameters
    ----------
    networks : data frame
        As in `effect_sizes`, with ``mse``.
    floors : data frame
        ``padding``, ``control``, ``mse`` of the true expected counts.
    """
    # One axis for all: sizes of both controls are to be compared.
    figure, axes = _panels(networks, sharex=True, sharey=True)
    floor = floors.set_index(["padding", "control"])["mse"]
    for axis, (key, group) in zip(axes, _conditions(networks), strict=True):
        for row in group.itertuples():
            colour, shape = CONTROL[row.control], MARKERS[row.architecture]
            axis.plot(row.mse, row.size, shape, color=colour, ms=6)
        axis.axvline(floor[key], color=COLOURS["truth"], ls="--", lw=1.2)
        axis.annotate(
            "truth",
            (floor[key], 0.5),
            (-3, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            color=COLOURS["truth"],
            fontsize=9,
            rotation=90,
            ha="right",
            va="center",
        )
        axis.set(xlabel="test MSE (Anscombe)", yscale="log")
        for ticks in (axis.yaxis.set_major_formatter, axis.yaxis.set_minor_formatter):
            ticks(LogFormatter(labelOnlyBase=False, minor_thresholds=(3, 1)))
    _label_left(axes, "mean |I| (counts)")
    _legend(figure)
    return figure


def origins(profiles: pd.DataFrame) -> Figure:
    """Draw where false interactions come from (Figs D.1, D.3, F.1, F.6).

    Parameters
    ----------
    profiles : data frame
        Negative control: ``padding``, ``quantity``, ``at``, ``value``, ``low``,
        ``high``: median and 5 and 95% quantiles of I, averaged over ``n`` networks.
    """
    titles = {
        "by main effects": "sum of the main effects (counts)",
        "by main-effect error": "true minus predicted\nmain effects (counts)",
        "by distance": "distance of the outer motif\nfrom the centre (bp)",
    }
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.4))
    lines = {"valid": "-", "same": "--"}
    for axis, (quantity, title) in zip(axes, titles.items(), strict=True):
        for padding, colour in PADDING.items():
            rows = profiles[
                (profiles["quantity"] == quantity) & (profiles["padding"] == padding)
            ]
            if len(rows):
                name = f"{padding}, {rows['n'].iloc[0]} networks"
                axis.plot(
                    rows["at"], rows["value"], lines[padding], color=colour, label=name
                )
                axis.fill_between(
                    rows["at"],
                    rows["low"],
                    rows["high"],
                    color=colour,
                    alpha=0.15,
                    lw=0,
                )
        axis.set_xlabel(title)
        if axis.has_data():
            axis.axhline(0, color=COLOURS["truth"], lw=1)
            axis.legend(title="padding", fontsize=8, title_fontsize=9)
        else:
            axis.text(0.5, 0.5, "too few pairs", transform=axis.transAxes, ha="center")
    axes[0].set_ylabel("interaction (counts)")
    return figure


def further_checks(networks: pd.DataFrame) -> Figure:
    """Draw train and test, and the signs of false interactions (D.2, F.7, F.8).

    Parameters
    ----------
    networks : data frame
        Negative control, as in `effect_sizes`, with ``median change``,
        ``median change, training`` and ``mean``.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    signs = networks.sort_values("mean").reset_index(drop=True)
    for number, row in signs.iterrows():
        colour, shape = PADDING[row["padding"]], MARKERS[row["architecture"]]
        style = {"color": colour, "ms": 6, "mfc": "none"}
        left.plot(row["median change"], row["median change, training"], shape, **style)
        right.plot(row["mean"], number, shape, color=colour, ms=6)
    _diagonal(left)
    right.axvline(0, color=COLOURS["truth"], lw=1)
    left.set(
        xlabel="median loss change, test", ylabel="median loss change, training",
        title="train and test",
    )  # fmt: skip
    right.set(
        xlabel="mean interaction (counts)", ylabel="network", yticks=[], title="signs"
    )
    present = [p for p in PADDING if p in set(networks["padding"])]
    _legend(figure, *(("o", "none", PADDING[p], f"{p} padding") for p in present))
    return figure


def random_positions(networks: pd.DataFrame) -> Figure:
    """Draw loss changes at motifs against those at random positions (Fig G.1).

    Parameters
    ----------
    networks : data frame
        As in `effect_sizes`, with ``mean change``, ``mean change, random`` and
        ``against random positions`` (p-value).
    """
    figure, axes = _panels(networks)
    for axis, (_, group) in zip(axes, _conditions(networks), strict=True):
        for row in group.to_dict("records"):
            colour, shape = CONTROL[row["control"]], MARKERS[row["architecture"]]
            called = row["against random positions"] < 0.05
            axis.plot(
                row["mean change, random"],
                row["mean change"],
                shape,
                color=colour,
                mfc=colour if called else "none",
                ms=6,
            )
        _diagonal(axis)
        axis.set_xlabel("mean loss change,\nrandom positions")
    _label_left(axes, "mean loss change, motifs")
    black = COLOURS["published"]
    _legend(figure, ("o", black, black, "filled: p < 0.05"))
    return figure


def replicates(table: pd.DataFrame, verdicts: pd.DataFrame) -> Figure:
    """Draw each network's gain beside those of its replicates on additive labels.

    Parameters
    ----------
    table : data frame
        control, network, replicate (0 for the network itself), gain.
    verdicts : data frame
        control, network, p: filled where at most 0.05.
    """
    controls = list(dict.fromkeys(table["control"]))
    figure, axes = plt.subplots(
        1, len(controls), figsize=(4.5 * len(controls), 2.8), squeeze=False
    )
    for axis, control in zip(axes[0], controls, strict=True):
        rows = table[table["control"] == control]
        called = verdicts[(verdicts["control"] == control) & (verdicts["p"] <= 0.05)]
        null, own = rows[rows["replicate"] > 0], rows[rows["replicate"] == 0]
        axis.plot(null["gain"], null["network"], "o", color=COLOURS["baseline"], ms=4)
        colour = COLOURS["second" if control == "positive" else "network"]
        axis.plot(own["gain"], own["network"], "D", color=colour, mfc="white", ms=7)
        filled = own[own["network"].isin(called["network"])]
        axis.plot(filled["gain"], filled["network"], "D", color=colour, ms=7)
        axis.axvline(0, color=COLOURS["published"], lw=0.8)
        axis.set(title=f"{control} control", xlabel="mean loss change, motifs")
        axis.set_yticks([])
    axes[0, 0].set_ylabel("network")
    _legend(
        figure,
        ("D", "none", COLOURS["network"], "the network (filled: p ≤ 0.05)"),
        ("o", COLOURS["baseline"], COLOURS["baseline"], "its replicates"),
        shapes=False,
    )
    return figure


def averages(table: pd.DataFrame) -> Figure:
    """Draw the way from the median network to the mean of several.

    Parameters
    ----------
    table : data frame
        As from `tables.averaging_table`: ``padding``, ``control``, ``architecture``,
        ``mse`` and ``size`` of a mean, each also with ", single" behind it.
    """
    paddings = [p for p in ("valid", "same") if (table["padding"] == p).any()]
    figure, axes = plt.subplots(
        1, len(paddings), figsize=(9.5, 4.2), sharey=True, squeeze=False
    )
    for axis, padding in zip(axes[0], paddings, strict=True):
        for _, row in table[table["padding"] == padding].iterrows():
            colour, marker = CONTROL[row["control"]], MARKERS[row["architecture"]]
            ways = [row["mse, single"], row["mse"]], [row["size, single"], row["size"]]
            axis.plot(*ways, "-", color=colour, lw=1, alpha=0.6)
            for x, y, fill in zip(*ways, ("white", colour), strict=True):
                axis.plot(x, y, marker, color=colour, mfc=fill, ms=6)
        axis.set(yscale="log", xlabel="test MSE", title=f"{padding} padding")
        _ticks_at_1_2_5(axis)
    axes[0, 0].set_ylabel("mean |I| (counts)")
    controls = [(c, CONTROL[c]) for c in ("negative", "positive")]
    _legend(figure, *(("o", colour, colour, f"{c} control") for c, colour in controls))
    return figure


def _ticks_at_1_2_5(axis: Axes) -> None:
    """Write three plain numbers a decade beside a logarithmic axis."""
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    axis.yaxis.set_minor_formatter(NullFormatter())


def knock_out_draws(table: pd.DataFrame) -> Figure:
    """Draw how results spread over groups of equally many knock-outs.

    Parameters
    ----------
    table : data frame
        ``control``, ``padding``, ``network`` (-1: the truth), ``draws``, ``group``,
        ``mean`` (interaction) and ``paired`` (p-value).
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4), sharex=True)
    groups = table.groupby(["padding", "control", "network", "draws"])["mean"]
    spread = groups.std().where(groups.size() >= 4).dropna().reset_index()
    spread = spread[spread["mean"] > 0]  # of two or three groups it says little
    for (_, control, network), rows in spread.groupby(
        ["padding", "control", "network"], sort=False
    ):
        line = {"color": CONTROL[control], "ls": "-" if network < 0 else ":"}
        left.loglog(rows["draws"], rows["mean"], **line, marker=".", lw=1.2)
    falling = spread["mean"].max() / np.sqrt(spread["draws"].unique())
    left.loglog(spread["draws"].unique(), falling, color=COLOURS["baseline"], lw=3)
    left.set(xlabel="knock-outs averaged", ylabel="spread of the mean I (counts)")
    own = table[(table["network"] >= 0) & (table["control"] == "negative")]
    runs = own.groupby(["padding", "network"], sort=False)
    for number, (_, rows) in enumerate(runs):
        moved = rows["draws"] * 1.06 ** (number - (runs.ngroups - 1) / 2)
        p = rows["paired"].clip(lower=SMALLEST)
        right.loglog(moved, p, ".", color=CONTROL["negative"], ms=4, alpha=0.5)
        middle = p.groupby(moved).median()
        right.loglog(middle.index, middle, color=CONTROL["negative"], lw=1)
    right.axhline(0.05, color=COLOURS["published"], lw=0.8)
    right.set(xlabel="knock-outs averaged", ylabel="paired p, negative control")
    for axis in (left, right):
        counts = sorted(table["draws"].unique())
        axis.set_xticks(counts, [str(n) for n in counts])
        axis.minorticks_off()
    _ticks_at_1_2_5(left)
    drawn = [c for c in CONTROL if (spread["control"] == c).any()]
    _legend(
        figure,
        *(("o", CONTROL[c], CONTROL[c], f"{c} control") for c in drawn),
        ("s", COLOURS["baseline"], COLOURS["baseline"], "one over root of draws"),
        shapes=False,
    )
    return figure


def by_gap(table: pd.DataFrame, limit: float) -> Figure:
    """Draw the interaction of networks against the distance of the motifs.

    Parameters
    ----------
    table : data frame
        ``world``, ``field``, ``network`` (-1: the truth), ``gap``, ``mean``; one row a
        bin.
    limit : float
        Gap from which motifs no longer cooperate in the world of near ones, in bp.
    """
    worlds = list(dict.fromkeys(table["world"]))
    fields = sorted(table["field"].unique())
    figure, axes = plt.subplots(
        1, len(worlds), figsize=(3.6 * len(worlds), 3.2), sharey=True, squeeze=False
    )
    looks = (("network", "o"), ("second", "s"), ("highlight", "^"))
    for axis, world in zip(axes[0], worlds, strict=True):
        rows = table[table["world"] == world]
        truth = rows[rows["network"] < 0].drop_duplicates("gap")
        axis.plot(truth["gap"], truth["mean"], color=COLOURS["truth"], lw=3)
        for field, (colour, marker) in zip(fields, looks, strict=False):
            own = rows[(rows["field"] == field) & (rows["network"] >= 0)]
            for _, one in own.groupby("network"):
                axis.plot(
                    one["gap"], one["mean"], marker, ls="-", color=COLOURS[colour],
                    ms=4, lw=1,
                )  # fmt: skip
        axis.axhline(0, color=COLOURS["published"], lw=0.6)
        axis.axvline(limit, color=COLOURS["baseline"], ls=":", lw=1)
        axis.set(title=world, xlabel="bp between the motifs")
    axes[0, 0].set_ylabel("mean interaction (counts)")
    entries = [
        (marker, COLOURS[colour], COLOURS[colour], f"field of {field} bp")
        for field, (colour, marker) in zip(fields, looks, strict=False)
    ]
    _legend(
        figure,
        *entries,
        ("s", COLOURS["truth"], COLOURS["truth"], "truth (thick line)"),
        shapes=False,
    )
    return figure


def _diagonal(axis: Axes) -> None:
    """Draw the line of equal values, and zero on both axes."""
    low, high = (f((axis.get_xlim(), axis.get_ylim())) for f in (np.min, np.max))
    axis.plot((low, high), (low, high), color=COLOURS["baseline"], lw=1)
    axis.axhline(0, color=COLOURS["published"], lw=0.6)
    axis.axvline(0, color=COLOURS["published"], lw=0.6)
    axis.locator_params(nbins=5)


def verdicts_by_quality(points: pd.DataFrame, limit: float) -> Figure:
    """Draw p-values against the test error of networks trained to different degrees.

    Parameters
    ----------
    points : data frame
        ``control``, ``mse``, ``stage`` (annealed, constant), ``paired``, ``unpaired``,
        ``dead`` (whether it returns one value for every sequence).
    limit : float
        Test error above which a network counts as undertrained.
    """
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharex=True, sharey=True)
    for axis, test in zip(axes, ("paired", "unpaired"), strict=True):
        for row in points.to_dict("records"):
            colour = CONTROL[row["control"]]
            shape = "o" if row["stage"] == "annealed" else "D"
            axis.plot(
                row["mse"],
                max(row[test], SMALLEST),
                "x" if row["dead"] else shape,
                color=colour,
                mfc=colour if row["stage"] == "annealed" else "none",
                ms=5,
            )
        axis.axhline(0.05, color=COLOURS["published"], lw=1)
        axis.annotate(
            "0.05", (0, 0.05), (3, -2), textcoords="offset points", va="top",
            xycoords=("axes fraction", "data"), fontsize=8,
        )  # fmt: skip
        axis.axvspan(
            limit, axis.get_xlim()[1] * 1e3, color=COLOURS["baseline"], alpha=0.15
        )
        axis.set(xscale="log", yscale="log", xlabel="test MSE (Anscombe)")
        axis.set_title(f"{test} test")
        if (points[test] < SMALLEST).any():
            axis.annotate(
                "smaller p drawn here", (0.98, SMALLEST), (0, 5),
                xycoords=("axes fraction", "data"), textcoords="offset points",
                ha="right", fontsize=8,
            )  # fmt: skip
    axes[0].set_xlim(0.9, 1.2 * points["mse"].max())
    axes[0].set_ylabel("p (one-sided)")
    _legend(
        figure,
        ("o", CONTROL["negative"], CONTROL["negative"], "negative control"),
        ("o", CONTROL["positive"], CONTROL["positive"], "positive control"),
        ("D", "none", COLOURS["published"], "stopped at full learning rate"),
        ("x", "none", COLOURS["published"], "one value for all sequences"),
        shapes=False,
    )
    return figure


def power(table: pd.DataFrame) -> Figure:
    """Draw how often each test rejects over the strength of the interaction.

    Parameters
    ----------
    table : data frame
        ``predictor`` (say "oracle" or "20,000 sequences"), ``n_pairs``, ``test``,
        ``strength``, ``rejected`` (share), ``low``, ``high``.
    """
    asked = {  # numbers of pairs by predictor: stored rows may have others than the run
        predictor: sorted(rows["n_pairs"].unique())
        for predictor, rows in table.groupby("predictor", sort=False)
    }
    strengths = sorted(table["strength"].unique())
    columns = max(map(len, asked.values()))
    figure, axes = plt.subplots(
        len(asked),
        columns,
        figsize=(3.4 * columns + 1, 2.3 * len(asked) + 0.8),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    of, above = table.groupby(["predictor", "n_pairs"]), None
    for line, (predictor, sizes) in zip(axes, asked.items(), strict=True):
        for axis, size in zip(line, sizes, strict=False):
            _power_panel(axis, of.get_group((predictor, size)), strengths)
            if sizes != above:
                axis.set_title(f"{size:,} pairs")
        for spare in line[len(sizes) :]:
            spare.set_visible(False)
        line[0].set_ylabel(f"{predictor}\n\nshare rejected")
        above = sizes
    for column in axes.T:
        last = [axis for axis in column if axis.get_visible()][-1]
        last.set_xlabel("strength of the interaction")
        last.tick_params(labelbottom=True)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure


def _power_panel(axis: Axes, rows: pd.DataFrame, strengths: Sequence[float]) -> None:
    """Draw the tests of one panel; strengths have the same places in all of them."""
    for number, (test, (colour, line)) in enumerate(TESTS.items()):
        own = rows[rows["test"] == test].sort_values("strength")
        # Set apart a little: lines at 0 and at 1 would hide each other.
        x = own["strength"].map(strengths.index) + 0.06 * (number - 1.5)
        axis.errorbar(
            x,
            own["rejected"],
            yerr=(own["rejected"] - own["low"], own["high"] - own["rejected"]),
            color=colour,
            ls=line,
            marker="o",
            ms=4,
            elinewidth=0.8,
            label=test,
        )
    axis.set_xticks(np.arange(len(strengths)), [f"{s:g}" for s in strengths])
    axis.axhline(0.05, color=COLOURS["published"], lw=0.8)
    axis.set_ylim(-0.04, 1.04)


def _conditions(table: pd.DataFrame) -> list[tuple[tuple[str, str], pd.DataFrame]]:
    """Return ((padding, control), rows): valid first, negative first."""
    order = [(p, c) for p in ("valid", "same") for c in ("negative", "positive")]
    groups = dict(list(table.groupby(["padding", "control"])))
    return [(key, groups[key]) for key in order if key in groups]


def _panels(
    table: pd.DataFrame, *, sharex: bool = False, sharey: bool = False
) -> tuple[Figure, list[Axes]]:
    """Return a figure with one titled panel for each padding and control.

    Two stand beside each other, so that they can be read on a page: as a rule the two
    controls of one padding.
    """
    conditions = _conditions(table)
    columns = min(len(conditions), 2)
    width, aspect = ((5.0, 0.75), (9.0, 0.72))[columns - 1]
    aspect = 0.55 if len(conditions) > 2 else aspect
    figure, axes = grid(len(conditions), columns=columns, width=width, aspect=aspect)
    for axis, ((padding, control), _) in zip(axes, conditions, strict=True):
        axis.set_title(f"{control} control, {padding} padding", fontsize=10)
    for axis in axes[1:]:
        if sharex:
            axis.sharex(axes[0])
        if sharey:
            axis.sharey(axes[0])
    return figure, axes


def _label_left(axes: Sequence[Axes], text: str) -> None:
    """Label the vertical axis of the panels that stand at the left."""
    for axis in axes[::2]:
        axis.set_ylabel(text)


def _legend(
    figure: Figure, *entries: tuple[str, str, str, str], shapes: bool = True
) -> None:
    """Put architectures, and further (marker, fill, edge, text), under the figure."""
    if shapes:
        black = COLOURS["published"]
        entries = (*((m, "none", black, name) for name, m in MARKERS.items()), *entries)
    handles = [
        plt.Line2D([], [], ls="", marker=marker, mfc=fill, mec=edge, ms=6, label=text)
        for marker, fill, edge, text in entries
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
