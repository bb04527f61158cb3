"""Letters are as high as they are informative, and stand where they should."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgba

from helpers import plots
from helpers.plots import logos
from helpers.truth.jaspar import motif_set


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


def letters(axis):
    """Return {letter: list of (left, right, bottom, top)} as drawn."""
    found = {}
    for patch in axis.patches:
        path = patch.get_path()
        number = len(path.codes)
        colour = patch.get_facecolor()
        letter = next(
            k for k, c in logos.LETTER_COLOURS.items() if to_rgba(c) == colour
        )
        one = len(logos._outline(letter).codes)
        found[letter] = [
            (*part[:, 0][[part[:, 0].argmin(), part[:, 0].argmax()]],
             part[:, 1].min(), part[:, 1].max())
            for part in path.vertices.reshape(number // one, one, 2)
        ]  # fmt: skip
    return found


def test_a_sure_base_has_two_bits_and_a_blank_position_none():
    heights = logos.letter_heights([[1, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])
    np.testing.assert_allclose(heights[0], [2, 0, 0, 0])
    np.testing.assert_allclose(heights[1], 0, atol=1e-12)
    np.testing.assert_allclose(heights[2], [0.5, 0.5, 0, 0])


def test_heights_add_up_to_the_information_of_a_motif():
    for motif in motif_set("distinct_1"):
        heights = logos.letter_heights(motif.ppm, motif.background)
        np.testing.assert_allclose(heights.sum(axis=1), motif.information)


def test_a_base_that_the_background_has_already_says_less():
    even = logos.letter_heights([[1, 0, 0, 0]])
    common = logos.letter_heights([[1, 0, 0, 0]], background=(0.5, 0.25, 0.125, 0.125))
    assert even.sum() == 2 and common.sum() == 1


def test_the_highest_letter_stands_on_top_of_the_others():
    _, axis = plt.subplots()
    logos.logo(axis, [[0.5, 0, 1.5, 0], [0, 0.25, 0, 0]])
    found = letters(axis)
    assert set(found) == {"A", "C", "G"}
    np.testing.assert_allclose(found["A"], [(0.02, 0.98, 0, 0.5)])
    np.testing.assert_allclose(found["G"], [(0.02, 0.98, 0.5, 2.0)])
    np.testing.assert_allclose(found["C"], [(1.02, 1.98, 0, 0.25)])


def test_thirty_logos_of_unlike_widths_share_one_scale():
    motifs = motif_set("distinct_1") + motif_set("MEF2A")
    figure = logos.logos([m.ppm for m in motifs] * 4, range(32), ncols=5)
    shown = [axis for axis in figure.axes if axis.get_visible()]
    assert len(shown) == 32
    assert {axis.get_ylim() for axis in shown} == {(0, 2)}
    assert {axis.get_xlim() for axis in shown} == {(0, 15)}
    assert shown[6].get_title(loc="left") == "6"


def test_bad_input_is_refused():
    even = [[0.25] * 4]
    with pytest.raises(ValueError, match="names must have one title"):
        logos.logos([even], ["a", "b"])
    with pytest.raises(ValueError, match="names must have one title"):
        logos.logos([], [])
    with pytest.raises(ValueError, match=r"shape \(width, 4\)"):
        logos.logos([np.ones((4, 12))], ["a"])
    with pytest.raises(ValueError, match="row 1 must hold probabilities"):
        logos.logos([[[1.5, -0.5, 0, 0]]], ["a"])
    with pytest.raises(ValueError, match="heights must have shape"):
        logos.logo(plt.subplots()[1], np.full((3, 4), -1.0))
