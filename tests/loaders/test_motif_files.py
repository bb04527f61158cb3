"""Motif files: as programs write them, the study's two, and bad ones."""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import spellings

from helpers.loaders.motifs import FOLDER, read_motifs

PROBABILITIES = "letter-probability matrix:"

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


def test_printed_rows_are_kept_on_request(write):
    rows = " 0.333333 0.333333 0.333333 0.000000\n" * 2
    head = MATRIX.format(name="X").split("E= 0\n")[0]
    path = write(HEADER + head + "E= 0\n" + rows)
    kept = read_motifs(path, as_printed=True)["X"]
    assert kept.ppm[0].tolist() == [0.333333] * 3 + [0]
    assert read_motifs(path)["X"].ppm[0].sum() == pytest.approx(1, abs=1e-15)


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


ROWS = " 0.9 0.05 0.03 0.02\n 0.1 0.7 0.1 0.1\n"
TITLED = "MOTIF m1 TOY\nletter-probability matrix: alength= 4 w= 2 nsites= 20 E= 0\n"
LOG_ODDS = (
    "log-odds matrix: alength= 4 w= 2 E= 0\n 18 -100 -100 -200\n -10 70 -10 -10\n"
)
FULL = f"""********
MEME version 5.5.0
********
ALPHABET= ACGT

Background letter frequencies (from the sequences):
A 0.3 C 0.2 G 0.2 T 0.3
Background model order: 0
********
MOTIF m1 TOY\twidth =   2  sites =  20  llr = 43  E-value = 6.9e-002
********
\tMotif m1 TOY Description
Simplified        A  9:
\tMotif m1 TOY position-specific scoring matrix
----
{LOG_ODDS}----
\tMotif m1 TOY position-specific probability matrix
----
letter-probability matrix: alength= 4 w= 2 nsites= 20 E= 6.9e-002
{ROWS}----
\tMotif m1 TOY regular expression
----
[AC]C
Time  0.10 secs.
"""
FREQUENCIES = "Background letter frequencies\nA 0.3 C 0.2 G 0.2 T 0.3\n"
FORMS = {
    "minimal": HEADER + TITLED + ROWS,
    "blank lines": HEADER + TITLED + "\n" + ROWS.replace("\n", "\n\n"),
    "full output": FULL,
    "log-odds first": HEADER + TITLED.replace("letter", LOG_ODDS + "letter") + ROWS,
    "log-odds after": HEADER + TITLED + ROWS + LOG_ODDS,
    "no alphabet": HEADER.replace("ALPHABET= ACGT", "strands: + -") + TITLED + ROWS,
    "named alphabet": HEADER.replace("= ACGT", ' "DNA" DNA-LIKE') + TITLED + ROWS,
    "no w=": HEADER + TITLED.replace("w= 2 ", "") + ROWS,
    "bare matrix line": HEADER + TITLED.split(" alength")[0] + "\n" + ROWS,
    "an address below": HEADER + TITLED + ROWS + "URL http://example.org\n",
    "sum of .999": HEADER.replace("A 0.3", "A 0.299") + TITLED + ROWS,
    "frequencies in two lines": HEADER.replace("0.2 G", "0.2\nG") + TITLED + ROWS,
    "no frequencies": "MEME version 4\n" + TITLED + ROWS,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_meme_file_says_the_same(write, form):
    (motif,) = read_motifs(write(FORMS[form])).values()
    assert (motif.name, motif.label) == ("m1", "TOY")
    np.testing.assert_allclose(
        motif.ppm, [[0.9, 0.05, 0.03, 0.02], [0.1, 0.7, 0.1, 0.1]]
    )
    expected = [0.25] * 4 if form == "no frequencies" else [0.3, 0.2, 0.2, 0.3]
    np.testing.assert_allclose(motif.background, expected, atol=0.001)


@pytest.mark.parametrize(
    "rows",
    [
        "A [ 1 2 ]\nC [ 1 0 ]\nG [ 0 0 ]\nT [ 2 2 ]\n",
        "A [1 2]\nC [1 0]\nG [0 0]\nT [2 2]\n",
        "A 1 2\nC 1 0\nG 0 0\nT 2 2\n",
        "a | 1 2\nc | 1 0\ng | 0 0\nt | 2 2\n",
        "A:\t1\t2\nC:\t1\t0\nG:\t0\t0\nT:\t2\t2\n",
        "1 2\n1 0\n0 0\n2 2\n",
        "T [ 2 2 ]\nG [ 0 0 ]\nC [ 1 0 ]\nA [ 1 2 ]\n",  # the letters decide
    ],
)
def test_every_form_of_jaspar_file_says_the_same(write, rows):
    (motif,) = read_motifs(write(">MA1.1 FACTOR\n" + rows)).values()
    np.testing.assert_allclose(motif.ppm, [[0.25, 0.25, 0, 0.5], [0.5, 0, 0, 0.5]])
    np.testing.assert_array_equal(motif.background, [0.25] * 4)


def test_counts_of_four_positions_are_not_taken_for_probabilities(write):
    """Columns of one total, rows of several, as counts have."""
    rows = "A [ 0 3 80 40 ]\nC [ 94 75 4 3 ]\nG [ 1 0 4 4 ]\nT [ 5 22 12 53 ]\n"
    motif = read_motifs(write(">M\n" + rows))["M"]
    np.testing.assert_allclose(motif.ppm[0], [0, 0.94, 0.01, 0.05])


def test_the_smallest_files_hold_one_position(write):
    assert read_motifs(write(">a\n1\n0\n0\n0\n"))["a"].consensus == "A"
    text = "MEME version 4\nMOTIF a\nletter-probability matrix:\n0 0 0 1\n"
    motif = read_motifs(write(text))["a"]
    assert (motif.consensus, motif.label) == ("T", "a")


@given(
    matrices=st.lists(
        st.lists(
            st.tuples(*[st.integers(1, 99)] * 4).map(np.array), min_size=1, max_size=5
        ),
        min_size=1,
        max_size=4,
    ),
    meme=st.booleans(),
    spelt=spellings(),
)
@settings(deadline=None, max_examples=100)
def test_any_matrix_comes_back(tmp_path_factory, matrices, meme, spelt):
    lines = ["MEME version 4", "ALPHABET= ACGT"] if meme else ["# counts"]
    for number, rows in enumerate(matrices):
        counts = np.array(rows)
        if meme:
            ppm = counts / counts.sum(axis=1, keepdims=True)
            lines += [
                f"MOTIF m{number} x",
                f"{PROBABILITIES} alength= 4 w= {len(rows)}",
            ]
            lines += [" ".join(f"{p:.6f}" for p in row) for row in ppm]
        else:
            lines += [f">m{number}\tx"]
            lines += [
                f"{base} [ {' '.join(map(str, row))} ]"
                for base, row in zip("ACGT", counts.T, strict=True)
            ]
    path = tmp_path_factory.getbasetemp() / "any.motifs"
    path.write_bytes(spelt(lines))
    if not meme and any(looks_turned(np.array(rows).T) for rows in matrices):
        return  # four counts that look like HOMER's rows are refused
    found = read_motifs(path)
    assert list(found) == [f"m{number}" for number in range(len(matrices))]
    for motif, rows in zip(found.values(), matrices, strict=True):
        counts = np.array(rows)
        ppm = counts / counts.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(motif.ppm, ppm, atol=3e-6)


def looks_turned(rows) -> bool:
    return rows.shape == (4, 4) and np.ptp(rows.sum(axis=1)) <= 0.02 * rows.sum()


HOMER = ">AGTTC\ttoy\t8.1\t-23.5\t0\n" + ".85 .05 .05 .05\n.05 .05 .05 .85\n" * 2
HOMER_4, HOMER = HOMER, HOMER + ".05 .85 .05 .05\n"
ENCODE = ">toy\n" + "".join(f"{b} 0.97 0.01 0.01 0.01\n" for b in "ACGT")
GOOD = HEADER + MATRIX.format(name="X")
BAD_FILES = {
    "empty": ("", "the motif file is empty"),
    "no motifs": ("hello\n", "no motifs found; is it a MEME file"),
    "header only": (HEADER, "no motifs found"),
    "no header": (MATRIX.format(name="X"), "a MEME file must have a line MEME vers"),
    "row sum": (GOOD.replace("0.876544", "0.5"), r"motif X: row 1 must sum to 1; got"),
    "truncated": (GOOD[:-40], "motif X: w= 2 rows are declared; 1 could be re"),
    "title only": (HEADER + "MOTIF X\n", "motif X: it has no letter-probability matr"),
    "short row": (GOOD.replace(" 0.000000\n\n", "\n\n"), "X: row 2 must hold 4 numb"),
    "long row": (GOOD.replace(" 0.000000\n\n", " 0 0\n"), "X: row 2 must hold 4 numb"),
    "not a number": (GOOD.replace("0.876544", "abc"), "motif X: row 1 must hold 4 nu"),
    "no number first": (GOOD.replace("0.123456", "abc"), "motif X: row 1 must hold 4"),
    "too many rows": (GOOD.replace("w= 2", "w= 1"), "w= 1 rows are declared; 2 could"),
    "too many rows after a blank": (
        GOOD.replace("w= 2", "w= 1").replace("0.000000\n 0.0", "0.000000\n\n 0.0"),
        "motif X: w= 1 rows are declared; 2 could be read",
    ),
    "no row": (
        GOOD[: GOOD.index(" 0.123")].replace("w= 2", ""),
        "its matrix has no ro",
    ),
    "another alength": (
        GOOD.replace("alength= 4", "alength= 20"),
        "alength= must be 4",
    ),
    "log-odds only": (
        GOOD.replace("letter-prob", "log-odds "),
        "X: it has no letter-p",
    ),
    "background": (GOOD.replace("C 0.2", "C"), "the background must read like A 0.3"),
    "background sum": (GOOD.replace("C 0.2", "C 0.3"), "background 1 must sum to 1"),
    "negative": (GOOD.replace(" 0.876544 0.", " 0.976544 -0.1"), "motif X: row 1 must"),
    "RNA": (GOOD.replace("ACGT", "ACGU"), "the alphabet must be ACGT; got ACGU"),
    "protein": (GOOD.replace("ACGT", "ACDEFG"), "the alphabet must be ACGT; got ACDE"),
    "named alphabet": (
        GOOD.replace("= ACGT", ' "RNA" RNA-LIKE'),
        "must be ACGT; got R",
    ),
    "same name": (GOOD + MATRIX.format(name="X"), "two motifs are called X"),
    "no name": (GOOD.replace("MOTIF X label", "MOTIF"), "motif 1 has no name"),
    "jaspar row": (JASPAR.replace("T [ 2 2 ]\n", ""), "it must have four rows, A, C"),
    "jaspar six rows": (
        JASPAR + "A [ 1 2 ]\nC [ 1 2 ]\n",
        "must have four rows.* got 6",
    ),
    "jaspar width": (JASPAR.replace("2 2", "2"), "MA1.1: its rows must be equally l"),
    "jaspar letter": (JASPAR.replace("T [", "N ["), "MA1.1: its rows must be A, C, G"),
    "jaspar letter twice": (JASPAR.replace("T [", "A ["), "rows must be A, C, G and T"),
    "jaspar one letter": (JASPAR.replace("T [", "["), "its rows must be A, C, G and T"),
    "jaspar infinite": (
        JASPAR.replace("2 2", "2 1e999"),
        "row 4 must hold counts; got",
    ),
    "meme infinite": (GOOD.replace("0.123456", "inf"), "X: row 1 must hold 4 numbers"),
    "jaspar early": ("x\n" + JASPAR, "text stands before the first title line: 'x'"),
    "jaspar negative": (JASPAR.replace("2 2", "2 -2"), "counts must not be negative"),
    "homer": (HOMER, "5 rows of four numbers are one position a row, as HOMER"),
    "homer of four": (HOMER_4, "4 rows of four numbers are one position a row, as HOM"),
    "encode": (ENCODE, "4 rows of four numbers are one position a row, as HOMER and E"),
    "jaspar zero": (JASPAR.replace("2 ]", "0 ]"), "MA1.1: counts must not be negativ"),
    "fasta": (">s1\nACGT\n", "motif s1: row 1 must hold counts; got 'ACGT'"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_files_are_named_in_one_line(write, case):
    text, message = BAD_FILES[case]
    with pytest.raises(ValueError, match=message) as error:
        read_motifs(write(text, "my.meme"))
    assert "my.meme" in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_and_binary_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.meme does not exist"):
        read_motifs(tmp_path / "absent.meme")
    path = tmp_path / "binary.meme"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"binary\.meme is not a text file"):
        read_motifs(path)
    cut = tmp_path / "cut.meme.gz"
    cut.write_bytes(gzip.compress(GOOD.encode())[:-12])
    with pytest.raises(ValueError, match=r"cut\.meme\.gz cannot be decompressed"):
        read_motifs(cut)


def test_unknown_format_is_refused(write):
    with pytest.raises(ValueError, match="format must be meme or jaspar; got 'pfm'"):
        read_motifs(write(JASPAR), "pfm")
