"""One chromosome, many spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.loaders.chromosomes import NOT_AUTOSOMES, plain_chromosome

PREFIXES = st.sampled_from(["", "chr", "CHR", "Chr", "chrom", "chromosome", "chr_"])


@given(PREFIXES, st.integers(0, 99), st.integers(0, 2))
def test_numbers(prefix, number, zeros):
    assert plain_chromosome(f"{prefix}{'0' * zeros}{number}") == str(number)


@given(PREFIXES, st.sampled_from(["x", "X"]))
def test_letters(prefix, letter):
    assert plain_chromosome(prefix + letter) == "X"


@pytest.mark.parametrize(
    ("label", "plain"),
    [
        ("m", "MT"),
        ("chrM", "MT"),
        ("mt", "MT"),
        ("par1", "PAR1"),
        ("chrUn", "Un"),
        (".", "."),
        ("chrXY", "XY"),
        ("-1", "-1"),
        ("chr2L", "2L"),  # a fly
        ("chrUn_KI270742v1", "Un_KI270742v1"),
        ("scaffold_07", "scaffold_07"),
        ("chr", "chr"),
        ("23", "23"),
    ],
)
def test_names(label, plain):
    assert plain_chromosome(label) == plain


def test_a_plain_label_stays():
    for label in NOT_AUTOSOMES:
        assert plain_chromosome(label) == label
