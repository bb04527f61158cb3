"""The house style: quiet axes, colours that colour-blind readers can tell apart."""

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's palette by role: the same thing has the same colour in every chapter.
COLOURS = {
    "network": "#0072B2",  # what a network says
    "second": "#D55E00",  # the other network of a comparison
    "baseline": "#999999",
    "published": "#000000",
    "truth": "#009E73",
    "highlight": "#CC79A7",
    "note": "#E69F00",
}
SEQUENTIAL = "mako_r"  # perceptually even; strong is dark, in the dark theme light


def use_style() -> None:
    """Set the house style for all figures drawn from now on in this process."""
    sns.set_theme(
        context="notebook",
        style="ticks",
        rc={
            "figure.dpi": 110,
            "savefig.dpi": 110,
            "savefig.bbox": "tight",
            # White behind every figure, so that it reads in the dark theme as well.
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "figure.constrained_layout.use": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "axes.labelsize": 10,
            "xtick.labelsize": 9,
            "ytick.labelsize": 9,
            "legend.fontsize": 9,
            "legend.frameon": False,
            "axes.grid": True,
            "grid.color": "#e6e6e6",
            "axes.axisbelow": True,
            "font.family": ["DejaVu Sans"],
        },
    )


def grid(
    n_panels: int, *, columns: int, width: float = 9.0, aspect: float = 1.0
) -> tuple[Figure, list[Axes]]:
    """Return a figure and `n_panels` axes in rows of `columns`; spare axes are hidden.

    Parameters
    ----------
    width : float
        Width of the figure in inches; `aspect` is height over width of one panel.
    """
    rows = -(-n_panels // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(width, rows * width / columns * aspect), squeeze=False
    )
    for spare in axes.flat[n_panels:]:
        spare.set_visible(False)
    return figure, list(axes.flat[:n_panels])


def bare(axis: Axes) -> Axes:
    """Remove grid, spines and tick marks: for images."""
    axis.grid(False)
    sns.despine(ax=axis, left=True, bottom=True)
    axis.tick_params(length=0)
    return axis


def few_numbers(value: float, _: float | None = None) -> str:
    """Return the label of a tick on a logarithmic axis of less than a decade."""
    text = f"{value:g}"
    return "" if text.replace(".", "").strip("0") in ("7", "9") else text


def plain_number(value: float, _: float | None = None) -> str:
    """Return the label of a tick on a logarithmic axis, where there is room for one."""
    text = f"{value:g}"
    digits = text.replace(".", "").strip("0")
    return text if len(digits) > 1 or digits in "1235" else ""
