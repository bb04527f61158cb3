"""Sequence logos: each letter as high as it is informative."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from numpy.typing import ArrayLike

from helpers.data.motifs import BASES, UNIFORM, Motif
from helpers.plots.style import COLOURS, grid

#: One colour a base, as dark as white paper needs.
LETTER_COLOURS = {
    "A": COLOURS["truth"],
    "C": COLOURS["network"],
    "G": COLOURS["note"],
    "T": COLOURS["second"],
}


def letter_heights(
    matrix: np.ndarray, background: np.ndarray | Sequence[float] = UNIFORM
) -> np.ndarray:
    """Return the height of each letter in bits: its share of the position's content.

    Height = probability x information content of the position against the background.

    Parameters
    ----------
    matrix : array, shape (width, 4)
        Probability of A, C, G, T at each position.
    background : array, shape (4,)

    Returns
    -------
    array, shape (width, 4)

    Raises
    ------
    ValueError
        If a shape is wrong, a probability negative or a row does not sum to one.

    Source
    ------
    Schneider and Stephens (1990), without their correction for small samples.
    """
    motif = Motif("matrix", matrix, background)
    return motif.ppm * motif.information[:, None]


def logo(axis: Axes, heights: ArrayLike) -> None:
    """Draw letters of the given heights on an axis, the highest on top.

    Parameters
    ----------
    axis : Axes
    heights : array, shape (width, 4)
        Not below zero. Position i takes the width from i to i + 1.
    """
    heights = np.asarray(heights, dtype=np.float64)
    if heights.ndim != 2 or heights.shape[1] != 4 or not (heights >= 0).all():
        raise ValueError(
            "heights must have shape (width, 4) and be at least 0; got shape "
            f"{heights.shape}."
        )
    order = np.argsort(heights, axis=1, kind="stable")  # lowest first: at the bottom
    ranked = np.take_along_axis(heights, order, axis=1)
    tops = np.cumsum(ranked, axis=1)
    for base, letter in enumerate(BASES):
        # One patch holds all copies of a letter: four patches a logo draw fast.
        rows, ranks = np.nonzero((order == base) & (ranked > 0))
        if not len(rows):
            continue
        outline = _outline(letter)
        size = np.stack([np.full(len(rows), 0.96), ranked[rows, ranks]], axis=1)
        corner = np.stack([rows + 0.02, (tops - ranked)[rows, ranks]], axis=1)
        vertices = outline.vertices * size[:, None] + corner[:, None]
        codes = np.tile(outline.codes, len(rows))  # type: ignore[arg-type]  # letters of a matrix
        path = Path(vertices.reshape(-1, 2), codes)
        axis.add_patch(PathPatch(path, color=LETTER_COLOURS[letter], lw=0))
    axis.set(xlim=(0, max(len(heights), 1)), ylim=(0, max(tops.max(initial=0), 1e-9)))
    axis.grid(False)


def logos(
    matrices: Sequence,
    names: Sequence[str],
    ncols: int = 6,
    *,
    background: np.ndarray | Sequence[float] = UNIFORM,
    limit: float = 2.0,
    width: float = 9.0,
) -> Figure:
    """Draw a grid of logos, one a matrix, all to the same scale.

    Parameters
    ----------
    matrices : sequence of array, shape (width, 4)
        Probability of A, C, G, T at each position; widths may differ.
    names : sequence of str
        Titles, one a matrix.
    ncols : int
        Logos in a row.
    background : array, shape (4,)
    limit : float
        Top of the vertical axis, in bits; raised where a position holds more (with an
        uneven background).
    width : float
        Of the figure, in inches.

    Raises
    ------
    ValueError
        If there is no matrix, a name is missing, or a matrix holds no probabilities.
    """
    matrices, names = list(matrices), list(names)
    if not matrices or len(matrices) != len(names):
        raise ValueError(
            "names must have one title for each of one or more matrices; got "
            f"{len(names)} for {len(matrices)}."
        )
    heights = [letter_heights(matrix, background) for matrix in matrices]
    limit = max(limit, *(h.sum(axis=1).max() for h in heights))
    columns = max(1, min(ncols, len(matrices)))
    figure, axes = grid(len(matrices), columns=columns, width=width, aspect=0.62)
    widest = max(len(h) for h in heights)
    for number, (axis, name, one) in enumerate(zip(axes, names, heights, strict=True)):
        logo(axis, one)
        axis.set(xlim=(0, widest), ylim=(0, limit), xticks=[], yticks=[0, limit])
        axis.set_title(name, fontsize=9)
        axis.tick_params(labelsize=7, length=2)
        if number % columns:
            axis.set_yticklabels([])
        else:
            axis.set_ylabel("bits", fontsize=8)
    return figure


@cache
def _outline(letter: str) -> Path:
    """Return a letter's outline, stretched to the unit square."""
    font = FontProperties(family="DejaVu Sans", weight="bold")
    path = TextPath((0, 0), letter, size=1, prop=font)
    # A contour is closed by a vertex at the origin of the font that is no outline.
    drawn = path.codes != Path.CLOSEPOLY
    low, high = path.vertices[drawn].min(axis=0), path.vertices[drawn].max(axis=0)
    vertices = np.clip((path.vertices - low) / (high - low), 0, 1)
    return Path(vertices, path.codes)
