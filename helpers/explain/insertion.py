"""Marginal insertion: write motifs into backgrounds and take the mixed difference."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.bases import bases
from helpers.explain.knockout import motif_interactions
from helpers.truth.grammars import combinations

#: Letters as base numbers, and the position of the first, 0-based.
Piece = tuple[Sequence[int] | np.ndarray, int]


def insertion(
    predict: Callable[[np.ndarray], np.ndarray],
    backgrounds: ArrayLike,
    pieces: Sequence[Piece],
) -> np.ndarray:
    """Return what pieces do to the output together, beyond what fewer of them do.

    One piece: f(with) - f(without), its marginal effect. Two: f(both) - f(first) -
    f(second) + f(neither), their interaction; and so on, by inclusion and exclusion.
    What else stands in a background is the company in which the answer holds.

    Parameters
    ----------
    predict : function of base numbers, shape (n, length)
        Returns outputs, shape (..., n).
    backgrounds : array of int, shape (n, length)
    pieces : sequence of (letters, start)
        Base numbers of what is written, and where it starts, 0-based.

    Returns
    -------
    array, shape (..., n)
        One value a background; the marginal one is their mean.

    Raises
    ------
    ValueError
        If there is no piece, one does not fit, or two overlap.

    Source
    ------
    Koo, Majdandzic, Ploenzke, Anand and Paul (2021), global importance analysis.
    """
    backgrounds = bases("backgrounds", backgrounds)
    pieces = [(bases("letters", [letters])[0], start) for letters, start in pieces]  # type: ignore[arg-type]  # letters in a row
    _check_places(pieces, backgrounds.shape[1])
    sets = combinations(len(pieces))
    variants = np.broadcast_to(backgrounds, (len(sets), *backgrounds.shape)).copy()
    for number, (letters, start) in enumerate(pieces):
        variants[sets[:, number], :, start : start + len(letters)] = letters
    outputs = np.asarray(predict(variants.reshape(-1, backgrounds.shape[1])))
    outputs = outputs.reshape(*outputs.shape[:-1], len(sets), len(backgrounds))
    return motif_interactions(outputs)[..., -1, :]


def _check_places(pieces: Sequence[Piece], length: int) -> None:
    if not pieces:
        raise ValueError("pieces must hold at least 1 piece; got 0.")
    end = 0
    for letters, start in sorted(pieces, key=lambda piece: piece[1]):
        checks.integer("start", start, at_least=0, at_most=length - len(letters))
        if start < end:
            raise ValueError(
                f"pieces must not overlap; one starts at {start}, before the end of "
                f"another, {end}."
            )
        end = start + len(letters)
