"""What sequences are made of, in one number."""

import numpy as np

from helpers.data.bases import UNKNOWN

C, G = 1, 2  # as base numbers


def gc_share(bases: np.ndarray) -> np.ndarray:
    """Return the share of G and C of each sequence's known bases; 0 without any.

    Parameters
    ----------
    bases : array of base numbers, shape (n, length)

    Returns
    -------
    array of float, shape (n,)
    """
    known = np.maximum((bases < UNKNOWN).sum(axis=1), 1)
    return np.isin(bases, (C, G)).sum(axis=1) / known
