"""Motifs and motif files: head-sized matrices, the study's two, and bad files."""

import gzip

import numpy as np
import pytest

from helpers.data.motifs import Motif
from helpers.loaders.motifs import FOLDER, read_motifs

HEADER = """MEME version 4

ALPHABET= ACGT

Background letter frequencies
A 0.3 C 0.2 G 0.2 T 0.3

"""
MATRIX = """MOTIF {name} label
letter-probability matrix: alength= 4 w= 2 nsites= 1 E= 0
 0.123456 0.876544 0.000000 0.000000
 0.000000 0.000000 1.000000 0.000000

"""
JASPAR = ">MA1.1 FACTOR\nA [ 1 2 ]\nC [ 1 0 ]\nG [ 0 0 ]\nT [ 2 2 ]\n"


@pytest.fixture
def write(tmp_path):
    def write_text(text, name="motifs.txt"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write_text


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
    ("name", "label", "consensus", "highest", "lowest"),
    [
        ("GATA_disc1", "GATA1", "GCAGATAAGG", 10.83, -57.7),
        ("TAL1_known1", "TAL1", "CTGAACAGATGGTCGG", 14.52, -50.3),
    ],
)
def test_the_studied_motifs_have_the_published_range(
    name, label, consensus, highest, lowest
):
    motif = read_motifs(FOLDER / "encode.meme")[name].smoothed()
    assert (motif.label, motif.consensus) == (label, consensus)
    np.testing.assert_array_equal(motif.background, [0.27, 0.23, 0.23, 0.27])
    assert motif.log_odds.max(axis=1).sum() == pytest.approx(highest, abs=0.005)
    assert motif.log_odds.min(axis=1).sum() == pytest.approx(lowest, abs=0.05)


def test_meme_keeps_digits_background_and_names_whatever_nsites_says(write):
    path = write(HEADER + MATRIX.format(name="X") + MATRIX.format(name="Y"))
    motifs = read_motifs(path)
    assert list(motifs) == ["X", "Y"]
    np.testing.assert_allclose(motifs["X"].ppm[0], [0.123456, 0.876544, 0, 0])
    np.testing.assert_allclose(motifs["X"].background, [0.3, 0.2, 0.2, 0.3])
    assert (motifs["Y"].label, motifs["Y"].source) == ("label", "motifs.txt")


def test_comments_may_stand_before_the_first_motif(write):
    plain, commented = (
        read_motifs(write(text)) for text in (JASPAR, "# one\n#\n" + JASPAR)
    )
    assert list(plain) == list(commented)
    for name, motif in plain.items():
        np.testing.assert_array_equal(motif.ppm, commented[name].ppm)


def test_jaspar_counts_become_probabilities(write):
    motif = read_motifs(write(JASPAR))["MA1.1"]
    np.testing.assert_allclose(motif.ppm, [[0.25, 0.25, 0, 0.5], [0.5, 0, 0, 0.5]])
    assert motif.label == "FACTOR"


def test_gzipped_files_are_read(tmp_path):
    path = tmp_path / "motifs.meme.gz"
    path.write_bytes(gzip.compress((HEADER + MATRIX.format(name="X")).encode()))
    assert list(read_motifs(path, "meme")) == ["X"]


GOOD = HEADER + MATRIX.format(name="X")
BAD_FILES = {
    "empty": ("", "the motif file is empty"),
    "no motifs": ("hello\n", "no motifs found; is it a MEME file"),
    "header only": (HEADER, "no motifs found"),
    "no header": (MATRIX.format(name="X"), "motif X: it cannot be read as minimal"),
    "row sum": (GOOD.replace("0.876544", "0.5"), r"motif X: row 1 must sum to 1; got"),
    "truncated": (GOOD[:-40], "motif X: 2 rows are declared; 1 could be read"),
    "title only": (HEADER + "MOTIF X\n", "motif X: it has no matrix"),
    "short row": (GOOD.replace(" 0.000000\n\n", "\n\n"), "motif X: 2 rows are decl"),
    "not a number": (GOOD.replace("0.876544", "abc"), "motif X: it cannot be read"),
    "negative": (GOOD.replace(" 0.876544 0.", " 0.976544 -0.1"), "motif X: row 1 must"),
    "RNA": (GOOD.replace("ACGT", "ACGU"), "motif X: the alphabet must be ACGT; got"),
    "protein": (GOOD.replace("ACGT", "ACDEFG"), "motif X: it cannot be read as minim"),
    "same name": (GOOD + MATRIX.format(name="X"), "two motifs are called X"),
    "no name": (GOOD.replace("MOTIF X label", "MOTIF"), "motif 1 has no name"),
    "jaspar row": (JASPAR.replace("T [ 2 2 ]\n", ""), "motif MA1.1: it has no compl"),
    "jaspar width": (JASPAR.replace("2 2", "2"), "MA1.1: it cannot be read as jaspar"),
    "jaspar letter": (JASPAR.replace("T [", "N ["), "MA1.1: it cannot be read as jas"),
    "jaspar zero": (JASPAR.replace("2 ]", "0 ]"), "MA1.1: counts must not be negativ"),
    "fasta": (">s1\nACGT\n", "motif s1: it cannot be read as jaspar"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_named_in_one_line(write, case):
    text, message = BAD_FILES[case]
    with pytest.raises(ValueError, match=message) as error:
        read_motifs(write(text, "my.meme"))
    assert "my.meme" in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_and_binary_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.meme: no such motif file"):
        read_motifs(tmp_path / "absent.meme")
    path = tmp_path / "binary.meme"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"binary\.meme: cannot be read as text"):
        read_motifs(path)
    cut = tmp_path / "cut.meme.gz"
    cut.write_bytes(gzip.compress(GOOD.encode())[:-12])
    with pytest.raises(ValueError, match=r"cut\.meme\.gz: cannot be read as text"):
        read_motifs(cut)


def test_unknown_format_is_refused(write):
    with pytest.raises(ValueError, match="format must be meme or jaspar; got 'pfm'"):
        read_motifs(write(JASPAR), "pfm")


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
