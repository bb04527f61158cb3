"""Motifs that one can work out by hand."""

import numpy as np
import pytest

from helpers.data.motifs import Motif, meme_text
from helpers.loaders.motifs import read_motifs


def test_the_smallest_motif_is_one_position():
    motif = Motif("m", [[1, 0, 0, 0]])
    assert (motif.width, motif.consensus, motif.label) == (1, "A", "m")
    assert motif.smoothed().log_odds.shape == (1, 4)
    np.testing.assert_allclose(motif.information, [2])


@pytest.mark.parametrize("total", [0.998, 0.999, 1.001, 1.002])
def test_printed_decimals_are_divided_out(total):
    rest = total - 0.75
    motif = Motif("m", [[0.25, 0.25, 0.25, rest]], [0.25, 0.25, rest, 0.25])
    np.testing.assert_allclose(motif.ppm.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(motif.background.sum(), 1, rtol=1e-15)
    assert motif.ppm[0, 3] == pytest.approx(rest / total)


@pytest.mark.parametrize("total", [0.997, 1.003])
def test_more_than_printed_decimals_is_refused(total):
    with pytest.raises(ValueError, match="row 1 must sum to 1"):
        Motif("m", [[0.25, 0.25, 0.25, total - 0.75]])


def test_log_odds_consensus_and_information_by_hand():
    motif = Motif("m", [[0.5, 0.5, 0, 0], [0, 0, 0, 1]])
    assert motif.width == 2
    assert motif.consensus == "AT"
    np.testing.assert_allclose(motif.information, [1, 2])  # bits
    smooth = motif.smoothed(0.4)
    np.testing.assert_allclose(smooth.ppm[1], [0.1, 0.1, 0.1, 0.7])
    np.testing.assert_allclose(smooth.log_odds[1], np.log([0.4, 0.4, 0.4, 2.8]))
    assert smooth.label == "m"


def test_information_counts_against_the_background():
    background = [0.4, 0.1, 0.1, 0.4]
    assert Motif("m", [background], background).information == pytest.approx([0])


def test_log_odds_of_zero_probabilities_ask_for_smoothing():
    with pytest.raises(ValueError, match=r"motif m has zero probabilities; use .smoo"):
        _ = Motif("m", [[0, 0, 0, 1]]).log_odds


@pytest.mark.parametrize(
    ("ppm", "background", "message"),
    [
        ([[0.5, 0.5]], [0.25] * 4, r"motif m: the matrix must have shape \(width, 4\)"),
        ([[0.5, 0.5, 0.5, 0]], [0.25] * 4, "motif m: row 1 must sum to 1; got 1.5"),
        ([[np.nan, 0.5, 0.5, 0]], [0.25] * 4, "motif m: row 1 must hold probabilit"),
        ([[1, 0, 0, 0]], [0.5, 0.5, 0, 0], "motif m: the background must have no zer"),
        ([[1, 0, 0, 0]], [0.5, 0.5], "motif m: the background must have 4 values"),
    ],
)
def test_bad_matrices_are_refused(ppm, background, message):
    with pytest.raises(ValueError, match=message):
        Motif("m", ppm, background)


@pytest.mark.parametrize("probability", [0, 1, -0.1])
def test_smoothing_needs_a_probability(probability):
    with pytest.raises(ValueError, match="probability must lie between 0 and 1"):
        Motif("m", [[1, 0, 0, 0]]).smoothed(probability)


def test_rows_are_divided_out_or_kept_as_printed():
    printed = [[0.333333, 0.333333, 0.333333, 0.0]]  # sums to 0.999999
    assert Motif("m", printed).ppm.sum() == pytest.approx(1, abs=1e-15)
    kept = Motif("m", printed, as_printed=True)
    np.testing.assert_array_equal(kept.ppm, printed)
    np.testing.assert_allclose(
        kept.smoothed().ppm, 0.999 * np.array(printed) + 0.00025, rtol=1e-15
    )


def test_printed_rows_far_from_one_are_warned_of_or_refused():
    with pytest.warns(UserWarning, match="motif m: rows are kept as printed; sums are"):
        Motif("m", [[0.3333, 0.3333, 0.3333, 0.0]], as_printed=True)
    with pytest.raises(ValueError, match=r"motif m: row 1 must sum to 1; got 0\.9"):
        Motif("m", [[0.3, 0.3, 0.3, 0.0]], as_printed=True)


def test_meme_text_is_read_back(tmp_path):
    rng = np.random.default_rng(4)
    motifs = [
        Motif("one", rng.dirichlet(np.ones(4), 7), (0.3, 0.2, 0.2, 0.3), "first"),
        Motif("two", np.eye(4)),
    ]
    path = tmp_path / "own.meme"
    path.write_text(meme_text(motifs))
    again = read_motifs(path)
    assert list(again) == ["one", "two"]
    assert [m.label for m in again.values()] == ["first", "two"]
    for motif in motifs:
        np.testing.assert_allclose(again[motif.name].ppm, motif.ppm, atol=2e-6)
        np.testing.assert_allclose(again[motif.name].background, (0.3, 0.2, 0.2, 0.3))


def test_meme_text_refuses_what_cannot_be_read_back():
    with pytest.raises(ValueError, match="motifs must hold one or more; got none"):
        meme_text([])
    with pytest.raises(ValueError, match="names must hold no blank; got 'a b'"):
        meme_text([Motif("a b", np.eye(4))])
