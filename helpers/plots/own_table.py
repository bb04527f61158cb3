"""The figure of the page for a reader's own table."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from helpers.significance.interaction import Answer


def answer(found: Answer) -> Figure:
    """Draw the strongest pairs, and what the first of them does together."""
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), width_ratios=[1.2, 1])
    if found.table["identifiable"].any():
        found.plot(ax=axes[0])
        found.plot(found.table["pair"][0], ax=axes[1])
    return figure
