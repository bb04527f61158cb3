"""In-silico mutagenesis: replace every base by every other, and watch the output."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from helpers.data.bases import bases

#: Takes base numbers, shape (n, length), to outputs, shape (..., n).
Predict = Callable[[np.ndarray], np.ndarray]


def mutagenesis(predict: Predict, sequences: ArrayLike) -> np.ndarray:
    """Return by how much the output falls when the base at a position is replaced.

    The mean over the three other bases. It needs nothing of a model but its
    predictions, and 3 x length + 1 of them for each sequence.

    Parameters
    ----------
    predict : function of base numbers, shape (n, length)
        Returns outputs, shape (..., n): leading axes (networks, targets) are kept.
    sequences : array of int, shape (n, length)

    Returns
    -------
    array, shape (..., n, length)
        In units of the output; positive where the base that is there raises it.

    Source
    ------
    Zhou and Troyanskaya (2015), in silico saturated mutagenesis.
    """
    sequences = bases("sequences", sequences)
    length = sequences.shape[1]
    places, steps = np.repeat(np.arange(length), 3), np.tile([1, 2, 3], length)
    falls = []
    for sequence in sequences:
        variants = np.tile(sequence, (3 * length + 1, 1))  # the last stays as it is
        variants[np.arange(3 * length), places] = (sequence[places] + steps) % 4
        outputs = np.asarray(predict(variants), dtype=np.float64)
        change = outputs[..., -1:] - outputs[..., :-1]
        falls.append(change.reshape(*change.shape[:-1], length, 3).mean(axis=-1))
    return np.stack(falls, axis=-2)
