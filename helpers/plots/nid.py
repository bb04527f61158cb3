"""Figures of the chapter on interactions read from weights."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import (
    COLOURS,
    SEQUENTIAL,
    bare,
    few_numbers,
    grid,
    plain_number,
)

MANY_NAMES = 20  # features whose names need a row of the figure for one map


def strength_map(
    axis: Axes,
    matrix: np.ndarray,
    *,
    true_pairs: Sequence[tuple[int, int]] = (),
    labels: Sequence[str] = (),
    title: str = "",
) -> None:
    """Draw pairwise strengths as a heat map of the upper triangle.

    Parameters
    ----------
    matrix : array, shape (n_features, n_features)
        Symmetric strengths; scaled here by the largest.
    true_pairs : sequence of pairs of int
        Marked with crosses, as in Fig 4 of the publication.
    labels : sequence of str
        Feature names; numbers from 1 when empty.
    """
    n_features = len(matrix)
    scaled = matrix / np.nanmax(matrix)
    hidden = np.tril(np.ones_like(scaled, dtype=bool))
    axis.imshow(np.ma.array(scaled, mask=hidden), cmap=SEQUENTIAL, vmin=0, vmax=1)
    for i, j in true_pairs:
        axis.plot(j, i, marker="x", color=COLOURS["second"], ms=5, mew=1.6)
    names = labels or [str(i + 1) for i in range(n_features)]
    axis.set_xticks(range(1, n_features), names[1:])
    axis.set_yticks(range(n_features - 1), names[:-1])
    if labels:
        plt.setp(
            axis.get_xticklabels(), rotation=60, ha="right", rotation_mode="anchor"
        )
    axis.set_xlim(0.5, n_features - 0.5)
    axis.set_ylim(n_features - 1.5, -0.5)
    axis.set_title(title)
    bare(axis)


def strength_maps(
    matrices: Mapping[str, np.ndarray],
    true_pairs: Mapping[str, Sequence[tuple[int, int]]],
) -> Figure:
    """Draw one map of pairwise strengths a test function (Fig 4)."""
    figure, axes = grid(len(matrices), columns=5, width=11.0, aspect=1.25)
    for axis, (name, matrix) in zip(axes, matrices.items(), strict=True):
        strength_map(axis, matrix, true_pairs=true_pairs[name], title=name)
        axis.tick_params(labelsize=7)
    _strength_key(figure)
    return figure


def _strength_key(figure: Figure) -> None:
    """Say below the maps of a figure what dark means: each has a scale of its own."""
    axes = figure.axes
    figure.colorbar(
        axes[0].images[0], ax=axes, location="bottom", shrink=0.35, aspect=30,
        ticks=[0, 0.5, 1], label="strength, as a share of the largest of its map",
    )  # fmt: skip


def truth_maps(
    true_pairs: Mapping[str, Sequence[tuple[int, int]]], n_features: int
) -> Figure:
    """Draw which pairs interact in each test function."""
    figure, axes = grid(len(true_pairs), columns=5, width=9.0, aspect=1.05)
    for axis, (name, pairs) in zip(axes, true_pairs.items(), strict=True):
        matrix = np.zeros((n_features, n_features))
        for i, j in pairs:
            matrix[i, j] = matrix[j, i] = 1
        strength_map(axis, matrix, title=f"{name}: {len(pairs)} of 45")
        axis.tick_params(labelsize=7)
    return figure


def toy_network(
    weights: np.ndarray, influence: np.ndarray, pairs: pd.DataFrame
) -> Figure:
    """Draw a small network's first layer beside the strengths read from it.

    Parameters
    ----------
    weights : array, shape (n_hidden, n_features)
        First-layer weights.
    influence : array, shape (n_hidden,)
        Influence z of each hidden unit on the output.
    pairs : data frame
        Columns ``features`` and ``score``, strongest first.
    """
    order = np.argsort(-influence)
    figure, (left, middle, right) = plt.subplots(
        1, 3, figsize=(10, 3.6), width_ratios=(2, 1.2, 2)
    )
    image = left.imshow(np.abs(weights[order]), cmap=SEQUENTIAL, aspect="auto", vmin=0)
    left.set_xticks(
        range(weights.shape[1]), [f"x{i + 1}" for i in range(weights.shape[1])]
    )
    left.set_ylabel("hidden unit, by influence")
    left.set_title("absolute first-layer weights")
    bare(left)
    figure.colorbar(image, ax=left, fraction=0.08)
    middle.barh(range(len(order)), influence[order], color=COLOURS["baseline"])
    middle.invert_yaxis()
    middle.set_yticks([])
    middle.set_title("influence z")
    right.barh(pairs["features"], pairs["score"], color=COLOURS["network"])
    right.invert_yaxis()
    right.set_title("strength of each pair")
    return figure


def averages(hits: pd.DataFrame, bound: float) -> Figure:
    """Draw true sets ranked before the first false one, per average (Fig 3).

    Parameters
    ----------
    hits : data frame
        Columns ``architecture``, ``average``, ``hits`` (mean over trials, summed over
        the functions).
    bound : float
        The most that can be reached: the number of true sets.
    """
    figure, axis = plt.subplots(figsize=(8, 3.6))
    sns.barplot(
        hits,
        x="average",
        y="hits",
        hue="architecture",
        palette=[COLOURS["network"], COLOURS["second"]],
        ax=axis,
    )
    axis.axhline(bound, color=COLOURS["truth"], ls="--", lw=1.2)
    axis.annotate(
        "all true sets",
        (0, bound),
        (2, 3),
        textcoords="offset points",
        color=COLOURS["truth"],
        fontsize=9,
    )
    axis.set(xlabel="", ylabel="true sets before the\nfirst false one, per trial")
    axis.set_ylim(0, bound * 1.18)
    sns.move_legend(axis, "upper left", bbox_to_anchor=(1, 1), title=None)
    return figure


def auc_by_method(aucs: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Draw mean pairwise AUC of each method and function, published values beside.

    Parameters
    ----------
    aucs : data frame
        Columns ``method``, ``function``, ``auc``: one row a trial.
    published : data frame
        Columns ``method``, ``function``, ``auc``; methods the paper does not have are
        absent.
    """
    methods = list(dict.fromkeys(aucs["method"]))
    figure, axes = grid(len(methods), columns=4, width=11.0, aspect=0.78)
    for axis, method in zip(axes, methods, strict=True):
        ours = aucs[aucs["method"] == method]
        functions = sorted(set(ours["function"]), key=lambda name: int(name[1:]))
        position = {name: i for i, name in enumerate(functions)}
        x = ours["function"].map(position)
        axis.plot(x, ours["auc"], ".", color=COLOURS["network"], alpha=0.45, ms=5)
        means = ours.groupby("function", sort=False)["auc"].mean()
        axis.plot(
            means.index.map(position),
            means,
            "_",
            color=COLOURS["network"],
            ms=11,
            mew=2.2,
        )
        theirs = published[published["method"] == method]
        axis.plot(
            theirs["function"].map(position),
            theirs["auc"],
            "D",
            mfc="none",
            mec=COLOURS["published"],
            ms=4.5,
        )
        axis.axhline(0.5, color=COLOURS["baseline"], lw=0.8, ls=":")
        axis.set_xticks(range(len(functions)), [f.removeprefix("F") for f in functions])
        axis.set_ylim(0.25, 1.04)
        axis.set_title(f"{method}: {means.mean():.3f}", fontsize=9)
    for axis in axes[::4]:
        axis.set_ylabel("pairwise AUC")
    figure.supxlabel("test function F1 to F10", fontsize=10)
    return figure


def training_choices(
    choices: pd.DataFrame,
    *,
    error: str = "validation_mse",
    title: str = "validation MSE (standardised)",
) -> Figure:
    """Draw AUC and validation error against the L1 strength, for two learning rates.

    Parameters
    ----------
    choices : data frame
        Columns ``rate`` (of two kinds), ``l1``, ``auc``, and the one named `error`.
    error : str
        Column of the validation error.
    title : str
        What it is.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.6))
    colours = COLOURS["network"], COLOURS["second"]
    palette = dict(zip(dict.fromkeys(choices["rate"]), colours, strict=False))
    strengths = sorted(choices["l1"].unique())
    for axis, column in ((left, error), (right, "auc")):
        sns.lineplot(
            choices,
            x="l1",
            y=column,
            hue="rate",
            palette=palette,
            marker="o",
            errorbar=("se", 1),
            ax=axis,
            legend=axis is right,
        )
        axis.set(xscale="log", xlabel="L1 strength")
        # The strengths that were tried: ticks between them would run into each other.
        axis.set_xticks(strengths, [f"{s:g}" for s in strengths], rotation=30)
        axis.set_xticks([], minor=True)
    left.set(ylabel=title, yscale="log", title="prediction")
    low, high = left.get_ylim()
    label = plain_number if high > 8 * low else few_numbers  # every tick has its number
    for formatted in (left.yaxis.set_major_formatter, left.yaxis.set_minor_formatter):
        formatted(label)  # 0.4, not 4 times ten to the minus one
    right.set(ylabel="pairwise AUC", title="interactions")
    sns.move_legend(right, "upper left", bbox_to_anchor=(1, 1), title="learning rate")
    return figure


def penalties(table: pd.DataFrame, chosen: pd.DataFrame) -> Figure:
    """Draw AUC and validation error against the strength, for each penalty (Table 4).

    Parameters
    ----------
    table : data frame
        Columns ``function``, ``penalty``, ``strength`` (0 among them), ``auc``,
        ``validation_mse``.
    chosen : data frame
        Rows of `table` that the validation error would choose; triangles mark
        their mean place, one above the other where they would hide each other.
    """
    none = (table["strength"] == 0) & (table["penalty"] == table["penalty"].iloc[0])
    plain = table[none].groupby("function")["validation_mse"].mean()
    table = table.assign(
        error=table["validation_mse"] / table["function"].map(plain).to_numpy()
    )
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8))
    palette = sns.color_palette("colorblind", table["penalty"].nunique())
    strengths = sorted(table["strength"].unique())
    for axis, column in ((left, "auc"), (right, "error")):
        sns.lineplot(
            table,
            x=table["strength"].map(strengths.index),
            y=column,
            hue="penalty",
            style="penalty",
            palette=palette,
            markers=True,
            dashes=False,
            errorbar=None,
            ax=axis,
            legend=axis is right,
        )
        axis.set_xticks(range(len(strengths)), [f"{s:g}" for s in strengths])
        axis.set_xlabel("strength of the penalty")
    left.set(ylabel="mean pairwise AUC", title="interactions")
    right.set(ylabel="validation error / unpenalised", title="prediction")
    right.axhline(1, color=COLOURS["baseline"], linewidth=1)
    sns.move_legend(right, "upper left", bbox_to_anchor=(1, 1), title=None)
    places = chosen["strength"].map(strengths.index).groupby(chosen["penalty"]).mean()
    names = table["penalty"].unique()
    heights = _stacked(places[names].to_list())
    for name, height, colour in zip(names, heights, palette, strict=True):
        left.plot(
            places[name], 0.02 + 0.045 * height, "^", color=colour, clip_on=False,
            transform=left.get_xaxis_transform(), label=name,
        )  # fmt: skip
    return figure


def _stacked(places: Sequence[float], width: float = 0.2) -> list[int]:
    """Return the line on which each mark stands, so that none hides another."""
    lines: list[int] = []
    for n, place in enumerate(places):
        near = {lines[k] for k in range(n) if abs(places[k] - place) < width}
        lines.append(min(set(range(n + 1)) - near))
    return lines


def relu_cross_term(curve: pd.DataFrame) -> Figure:
    """Draw the quadratic cross-term of one ReLU unit against the averages (App. B).

    Parameters
    ----------
    curve : data frame
        Columns ``ratio`` (second weight over first), ``cross_term`` (numeric),
        ``formula`` and one column an average.
    """
    figure, axis = plt.subplots(figsize=(6.4, 3.8))
    axis.plot(
        curve["ratio"],
        curve["formula"],
        color=COLOURS["published"],
        lw=3,
        alpha=0.35,
        label="closed form (Appendix B)",
    )
    axis.plot(
        curve["ratio"],
        curve["cross_term"],
        "o",
        color=COLOURS["truth"],
        ms=4,
        label="best quadratic fit, numerically",
    )
    names = [c for c in curve.columns if c not in ("ratio", "cross_term", "formula")]
    styles = ["-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1))]
    for name, style in zip(names, styles, strict=False):
        axis.plot(
            curve["ratio"],
            curve[name],
            ls=style,
            lw=1.3,
            label=name,
            color=COLOURS["network"] if name == "minimum" else COLOURS["baseline"],
        )
    axis.set(xlabel="second weight over first", ylabel="interaction of the unit")
    axis.legend(bbox_to_anchor=(1, 1), loc="upper left")
    return figure


def real_maps(maps: Mapping[str, tuple[Sequence[str], np.ndarray]]) -> Figure:
    """Draw one map of pairwise strengths a data set, with feature names (Fig 5).

    Maps stand in one row; one of many features needs a row of its own for its names.

    Parameters
    ----------
    maps : dict of title to (feature names, symmetric matrix of strengths)
    """
    many = {title for title, (names, _) in maps.items() if len(names) >= MANY_NAMES}
    few = len(maps) - len(many)
    heights = [4.0] * (few > 0) + [6.5] * len(many)
    figure = plt.figure(figsize=(11, sum(heights)))
    cells = figure.add_gridspec(len(heights), max(few, 1), height_ratios=heights)
    beside = iter([cells[0, column] for column in range(few)])
    below = iter([cells[row, :] for row in range(int(few > 0), len(heights))])
    for title, (names, matrix) in maps.items():
        axis = figure.add_subplot(next(below if title in many else beside))
        strength_map(axis, matrix, labels=names, title=title)
        axis.tick_params(labelsize=8)
    _strength_key(figure)
    return figure
