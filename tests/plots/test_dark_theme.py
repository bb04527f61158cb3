"""Turned over for the dark theme, figures are read as well as on white, or better."""

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from helpers.plots import COLOURS

CSS = Path(__file__).parents[2] / "book" / "_static" / "custom.css"
FILTER = re.compile(r"filter: invert\(([\d.]+)\) hue-rotate\(180deg\);")
GREY = (0.213, 0.715, 0.072)  # weights of the standard of filters
LUMINANCE = (0.2126, 0.7152, 0.0722)


def turned(colour):
    """Return what the style's filter makes of a colour."""
    amount = float(FILTER.search(CSS.read_text(encoding="utf-8"))[1])
    value = amount + np.array(to_rgb(colour)) * (1 - 2 * amount)
    return np.clip(2 * value @ GREY - value, 0, 1)  # half the circle of hues


def contrast(one, two):
    """Return the contrast of two colours as WCAG has it, 1 to 21."""
    bright = []
    for colour in (one, two):
        c = np.array(to_rgb(colour))
        linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        bright.append(float(linear @ LUMINANCE))
    low, high = sorted(bright)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_known_pairs():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#767676", "white") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("role", COLOURS)
def test_every_colour_stands_out_from_the_dark_ground(role):
    colour, ground = COLOURS[role], turned("white")
    dark = contrast(turned(colour), ground)
    assert dark >= 3
    assert dark >= min(contrast(colour, "white"), 12)


def test_a_colour_keeps_its_kind():
    blue, orange = (turned(COLOURS[role]) for role in ("network", "second"))
    assert blue.argmax() == 2 and orange.argmax() == 0
