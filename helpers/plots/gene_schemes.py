"""Schematics of the chapter on interacting genes: its networks and permutations."""

from collections.abc import Sequence
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS, bare

_SHOWN = 5  # circles at most in a column; more are left out
_PLACES = {"SNPs": 0.0, "hidden": 1.0, "node": 2.0, "head": 3.1, "trait": 4.2}


def networks(sizes: Sequence[int], *, encoder: int, head: int) -> Figure:
    """Draw the network with interactions beside the one that only adds (Fig 1).

    Parameters
    ----------
    sizes : sequence of int
        SNPs of each gene; the first two and the last gene are drawn.
    encoder, head : int
        Hidden units of a gene's encoder, and above the gene nodes.
    """
    figure, axes = plt.subplots(1, 2, figsize=(9.5, 4.0), sharey=True)
    drawn = [0, 1, len(sizes) - 1]
    heights = [0.0, -1.5, -3.4]
    for axis, joint in zip(axes, (True, False), strict=True):
        ends = [
            _gene(axis, height, f"gene {gene + 1}", sizes[gene], encoder)
            for gene, height in zip(drawn, heights, strict=True)
        ]
        axis.text(_PLACES["node"], -2.45, "⋮", ha="center", va="center", fontsize=14)
        _above(axis, ends, head if joint else None)
        axis.set(xlim=(-0.9, 4.9), ylim=(-4.35, 0.6), xticks=[], yticks=[])
        bare(axis)
    axes[0].set_title("with interactions: nodes meet")
    axes[1].set_title("main effects: nodes are added up")
    return figure


def _gene(axis: Axes, height: float, name: str, size: int, hidden: int) -> tuple:
    """Draw the encoder of one gene; return the place of its node."""
    snps = _column(axis, _PLACES["SNPs"], height, size, COLOURS["baseline"])
    units = _column(axis, _PLACES["hidden"], height, hidden, COLOURS["network"])
    node = _column(axis, _PLACES["node"], height, 1, COLOURS["truth"])
    _joined(axis, snps, units)
    _joined(axis, units, node)
    axis.text(-0.25, height, name, ha="right", va="center", fontsize=9)
    _count(axis, "SNPs", height, f"{size} SNPs")
    _count(axis, "hidden", height, f"{hidden} units" if hidden else "none")
    _count(axis, "node", height, "1 node")
    return node[0]


def _above(axis: Axes, nodes: list[tuple], head: int | None) -> None:
    """Draw what stands between the gene nodes and the trait."""
    middle = float(np.mean([y for _, y in nodes]))
    trait = (_PLACES["trait"], middle)
    if head is None:
        _joined(axis, nodes, [trait])
        axis.plot(*trait, "o", color="white", markeredgecolor="black", markersize=20)
        axis.text(*trait, "+", ha="center", va="center", fontsize=14)
    else:
        units = _column(axis, _PLACES["head"], middle, head, COLOURS["network"])
        _joined(axis, nodes, units)
        _joined(axis, units, [trait])
        _count(axis, "head", middle, f"{head} units")
        axis.plot(*trait, "o", color="black", markersize=10)
    axis.text(trait[0], middle - 0.55, "trait", ha="center", fontsize=9)


def _column(
    axis: Axes, x: float, height: float, count: int, colour: str
) -> list[tuple[float, float]]:
    """Draw some of a layer's units as circles; return their places."""
    some = min(count, _SHOWN)
    places = [(x, height + 0.2 * (k - (some - 1) / 2)) for k in range(some)]
    for place in places:
        axis.plot(*place, "o", color=colour, markersize=5 if some > 1 else 10, zorder=3)
    return places


def _joined(axis: Axes, left: Sequence[tuple], right: Sequence[tuple]) -> None:
    """Draw a line from every place on the left to every one on the right."""
    for x, y in left:
        for to_x, to_y in right:
            axis.plot([x, to_x], [y, to_y], color="#cccccc", linewidth=0.6, zorder=1)


def _count(axis: Axes, layer: str, height: float, text: str) -> None:
    """Write how many units a layer has, below it."""
    axis.text(
        _PLACES[layer], height - 0.56, text, ha="center", va="top", fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5}, zorder=2,
    )  # fmt: skip


#: What each permutation does to a trait: steps from left to right, and what it keeps.
STEPS = {
    "Perm I": (
        ("fit $f_0$", "residual\n$r = y - f_0(X)$", "permute\n$\\pi_b(r)$",
         "put back\n$f_0(X) + \\pi_b(r)$"),
        "main effects are kept",
    ),
    "Perm T": (
        ("", "", "permute\n$\\pi_b(y)$", ""),
        "no effect is kept",
    ),
    "Perm R": (
        ("fit $f_0$", "residual\n$r = y - f_0(X)$", "permute\n$\\pi_b(r)$", ""),
        "no effect is kept",
    ),
}  # fmt: skip
_TRAIT = {"Perm I": "network", "Perm T": "second", "Perm R": "note"}


def permutations() -> Figure:
    """Draw Perm I, T and R step by step, from the trait to the scores (Fig 8)."""
    figure, axis = plt.subplots(figsize=(9.5, 3.3))
    for row, (name, (steps, kept)) in enumerate(STEPS.items()):
        y, colour = -1.3 * row, COLOURS[_TRAIT[name]]
        axis.text(-0.75, y, name, ha="left", va="center", fontweight="bold")
        boxes = [(0.6, "trait\n$y$")]
        boxes += [(k + 1.6, text) for k, text in enumerate(steps) if text]
        boxes.append((5.65, "train, score\nevery pair"))
        for (x, _), (to_x, _) in pairwise(boxes):
            axis.annotate(
                "", (to_x - _half(to_x), y), (x + _half(x), y),
                arrowprops={"arrowstyle": "->", "color": "#555555"},
            )  # fmt: skip
        for x, text in boxes:
            axis.text(
                x, y, text, ha="center", va="center", fontsize=9,
                bbox={"facecolor": "white", "edgecolor": colour, "pad": 4},
            )  # fmt: skip
        axis.text(5.65, y - 0.42, kept, ha="center", va="top", fontsize=9, color="#333")
    axis.set(xlim=(-0.8, 6.3), ylim=(-3.25, 0.45), xticks=[], yticks=[])
    bare(axis)
    return figure


def _half(x: float) -> float:
    """Return half the room of a box: the first two are narrow."""
    return 0.25 if x < 2 else 0.43
