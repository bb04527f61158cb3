"""Letters become numbers and come back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.data.bases import UNKNOWN, bases, decode, encode, letter_numbers

LENGTHS = st.integers(1, 6)


@given(
    LENGTHS.flatmap(
        lambda n: st.lists(st.text("ACGT", min_size=n, max_size=n), min_size=1)
    )
)
def test_sequences_come_back(sequences):
    numbers = encode(sequences)
    assert numbers.shape == (len(sequences), len(sequences[0]))
    assert numbers.dtype == np.uint8
    assert decode(numbers) == sequences
    np.testing.assert_array_equal(encode([s.lower() for s in sequences]), numbers)
    np.testing.assert_array_equal(encode([s.encode() for s in sequences]), numbers)


def test_the_smallest_sequence_is_one_base():
    assert encode(["T"]).tolist() == [[3]]
    assert decode([[2]]) == ["G"]
    assert bases("x", [[0]]).tolist() == [[0]]


def test_letters_that_stand_for_several_bases():
    assert (letter_numbers()[[ord(c) for c in "NRn"]] == 255).all()
    assert (letter_numbers(ambiguous=True)[[ord(c) for c in "NRn"]] == UNKNOWN).all()
    assert letter_numbers(ambiguous=True)[ord("E")] == 255


@pytest.mark.parametrize(
    ("sequences", "error", "message"),
    [
        ("ACGT", ValueError, "sequences must be a list of one or more strings"),
        (b"ACGT", ValueError, "sequences must be a list of one or more strings"),
        ([], ValueError, "sequences must be a list of one or more strings"),
        ([""], ValueError, "same length, at least 1"),
        (["AC", "A"], ValueError, r"sequences\[0\] has 2 letters, sequences\[1\] 1"),
        (["AC", "AN"], ValueError, r"sequences\[1\] may hold .* got 'N' at position 1"),
        (["A€"], ValueError, r"sequences\[0\] may hold .* got '€' at position 1"),
        ([b"A\xff"], ValueError, r"sequences\[0\] may hold only A, C, G, T"),
        ([None], TypeError, r"sequences\[0\] must be a string; got None"),
        (["A", 3], TypeError, r"sequences\[1\] must be a string; got 3"),
    ],
)
def test_what_is_no_dna_is_named(sequences, error, message):
    with pytest.raises(error, match=message):
        encode(sequences)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([0, 1], "x must be base numbers of shape .n, length."),
        ([[0.0]], "x must be base numbers"),
        ([[0, 4]], r"x\[0, 1\] must be 0 to 3 .* got 4"),
        ([[0], [-1]], r"x\[1, 0\] must be 0 to 3"),
    ],
)
def test_what_are_no_base_numbers_is_named(numbers, message):
    with pytest.raises(ValueError, match=message):
        bases("x", numbers)
