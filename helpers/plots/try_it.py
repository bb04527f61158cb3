"""Still pictures of the page *Try it*, for print and for browsers without scripts."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from helpers.plots.style import COLOURS
from helpers.studies import try_it


def knock_out(strengths: Sequence[float] = (0.0, 0.5, 1.0)) -> Figure:
    """Draw the count with both motifs, one, the other and none, and the interaction."""
    figure, axis = plt.subplots(figsize=(7, 3))
    width = 0.8 / len(strengths)
    for place, strength in enumerate(strengths):
        found = try_it.knock_out(strength)
        neither = float(found.intact[0] - found.joint[0])
        counts = [neither, *(neither + found.main[:, 0]), found.intact[0]]
        bars = axis.bar(
            np.arange(4) + (place - 1) * width,
            counts,
            width=width,
            color=plt.get_cmap("mako_r")(0.25 + 0.3 * place),
            label=f"strength {strength:g}: interaction {found.interaction[0]:.1f}",
        )
        axis.bar_label(bars, fmt="%.0f", fontsize=7)
    axis.set_xticks(range(4), ["neither", "first kept", "second kept", "both"])
    axis.set_ylabel("expected count")
    axis.legend(loc="upper left")
    return figure


def references(
    examples: Sequence[tuple[float, float]] = ((0.0, 0.0), (1.0, 1.0), (-1.0, 1.0)),
) -> Figure:
    """Draw the mixed difference of the same rows for some references, and for all."""
    figure, axes = plt.subplots(1, len(examples) + 1, figsize=(9, 2.9), sharey=True)
    for axis, reference in zip(axes, [*examples, None], strict=True):
        rows = try_it.ROWS if reference is None else np.array([reference])
        values = try_it.mixed_differences(rows)
        for (x1, x2), value in zip(try_it.ROWS, values, strict=True):
            colour = COLOURS["second" if value > 0 else "network"]
            axis.scatter(x1, x2, s=20 + 90 * abs(value), color=colour, alpha=0.8)
        axis.scatter(*rows.T, marker="x", color=COLOURS["published"], zorder=3)
        name = (
            "all rows" if reference is None else f"{reference[0]:g}, {reference[1]:g}"
        )
        axis.set_title(f"{name}: mean {values.mean():.2f}", fontsize=9)
        axis.set(xlim=(-2, 2), ylim=(-2, 2), xlabel="x1")
    axes[0].set_ylabel("x2")
    return figure


def permutations(numbers: Sequence[int] = (19, 199, 999)) -> Figure:
    """Draw the null scores after some permutations, and the observed one."""
    figure, axes = plt.subplots(1, len(numbers), figsize=(9, 2.7), sharex=True)
    for axis, number in zip(axes, numbers, strict=True):
        test = try_it.permutation(number)
        score, p = float(test.observed.scores[0]), test.to_frame()["p"][0]
        axis.hist(test.null[:, 0], bins=np.arange(0, 1.01, 0.05), color="#999999")
        axis.axvline(score, color=COLOURS["second"], lw=2)
        axis.set_title(f"{number} permutations: p = {p:.3f}", fontsize=10)
        axis.set_xlabel("absolute correlation")
    axes[0].set_ylabel("permutations")
    return figure


def correlated(rhos: Sequence[float] = (0.0, 0.5, 0.9)) -> Figure:
    """Draw the points coloured by y, and the coefficients of the product."""
    figure, axes = plt.subplots(1, len(rhos), figsize=(9, 3), sharey=True)
    for axis, rho in zip(axes, rhos, strict=True):
        X, y = try_it.correlated_points(rho)
        axis.scatter(*X.T, c=y, cmap="mako_r", s=18)
        straight, curved = (
            try_it.product_coefficient(rho, curved=curved) for curved in (False, True)
        )
        axis.set_title(
            f"correlation {rho:g}: product {straight:.2f},\n"
            f"with curved main effects {abs(curved):.2f}",
            fontsize=9,
        )
        axis.set(xlim=(-3.5, 3.5), ylim=(-3.5, 3.5), xlabel="x1")
    axes[0].set_ylabel("x2")
    return figure
