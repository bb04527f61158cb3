"""Every figure of the book, in one house style: `style` for all, one file a chapter."""

from helpers.plots import nid
from helpers.plots.style import COLOURS, use_style

__all__ = ["COLOURS", "nid", "use_style"]
