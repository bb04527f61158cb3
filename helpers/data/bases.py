"""DNA as base numbers: A = 0, C = 1, G = 2, T = 3, one byte a base."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.data.motifs import BASES

UNKNOWN = 4  # number of a base that nobody knows, N


def encode(sequences: Sequence[str]) -> np.ndarray:
    """Return equally long strings of A, C, G, T as base numbers, shape (n, length).

    Lower-case letters count as the same bases. Anything else is an error that names
    the sequence and the position (0-based): an N has no base number.

    Parameters
    ----------
    sequences : sequence of str or bytes

    Raises
    ------
    TypeError
        If a sequence is neither.
    ValueError
        If there is none, lengths differ, or a letter is no base.
    """
    if isinstance(sequences, (str, bytes)) or not len(sequences):
        raise ValueError("sequences must be a list of one or more strings.")
    texts = [_as_text(row, sequence) for row, sequence in enumerate(sequences)]
    numbers = letter_numbers()
    length = len(texts[0])
    encoded = np.empty((len(texts), length), dtype=np.uint8)
    for row, text in enumerate(texts):
        if len(text) != length or not length:
            raise ValueError(
                f"sequences must have the same length, at least 1; sequences[0] has "
                f"{length} letters, sequences[{row}] {len(text)}."
            )
        encoded[row] = numbers[np.frombuffer(text.encode("latin-1", "replace"), "u1")]
        wrong = np.flatnonzero(encoded[row] == 255)
        if len(wrong):
            raise ValueError(
                f"sequences[{row}] may hold only A, C, G, T; got {text[wrong[0]]!r} at "
                f"position {wrong[0]}."
            )
    return encoded


def _as_text(row: int, sequence: str | bytes) -> str:
    if isinstance(sequence, bytes):
        return sequence.decode("latin-1")
    if not isinstance(sequence, str):
        raise TypeError(f"sequences[{row}] must be a string; got {sequence!r}.")
    return sequence


def letter_numbers(*, ambiguous: bool = False) -> np.ndarray:
    """Return the base number of every character code, uint8, shape (256,).

    255 where a character is no base. With `ambiguous`, N and the other letters that
    stand for several bases are `UNKNOWN`.
    """
    numbers = np.full(256, 255, dtype=np.uint8)
    for letter in "NRYSWKMBDHV" if ambiguous else "":
        numbers[[ord(letter), ord(letter.lower())]] = UNKNOWN
    for number, letter in enumerate(BASES):
        numbers[[ord(letter), ord(letter.lower())]] = number
    return numbers


def decode(sequences: ArrayLike) -> list[str]:
    """Return base numbers, shape (n, length), as strings; `UNKNOWN` is N."""
    letters = np.frombuffer(f"{BASES}N".encode(), dtype=np.uint8)
    numbers = bases("sequences", sequences, unknown=True)
    return [letters[row].tobytes().decode() for row in numbers]


def bases(name: str, sequences: ArrayLike, *, unknown: bool = False) -> np.ndarray:
    """Return base numbers as uint8, shape (n, length), or raise.

    0 to 3, and with `unknown` also `UNKNOWN`.
    """
    array = np.asarray(sequences)
    if array.ndim != 2 or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(
            f"{name} must be base numbers of shape (n, length), as encode() gives "
            f"them; got {array.dtype} with {array.ndim} axes."
        )
    largest = UNKNOWN if unknown else UNKNOWN - 1
    if array.size and (array.min() < 0 or array.max() > largest):
        row, column = np.argwhere((array < 0) | (array > largest))[0]
        raise ValueError(
            f"{name}[{row}, {column}] must be 0 to {largest} "
            f"({', '.join(f'{BASES}N'[: largest + 1])}); "
            f"got {array[row, column]}."
        )
    return array.astype(np.uint8, copy=False)
