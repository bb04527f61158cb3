"""Which rows are tested with what was learned before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.significance.interaction.inputs import labels

#: Fewest rows of a test: below, a normal distribution is no guide to p.
FEWEST = 40


@dataclass(frozen=True)
class Fold:
    """Rows to learn from, and later rows to test."""

    learn: np.ndarray
    test: np.ndarray


def forward_folds(
    n: int, groups: np.ndarray | None, n_folds: int, first: float, seed: int
) -> list[Fold]:
    """Return folds, each tested with what the folds before it taught.

    The parts come in a random order; rows of one group stay together. As no fold
    learns from rows that are tested later, the sums over folds are those of a
    martingale; with proposals of one size (`projection.of_one_size`) what they vary by
    hardly depends on outcomes.

    Parameters
    ----------
    n : int
    groups : array, shape (n,), or None
        Numbers of the groups of rows, 0, 1, ...
    n_folds : int
    first : float
        Share of the rows that is never tested.
    seed : int
    """
    part = _parts(n, groups, n_folds, first, seed)
    folds = [
        Fold(np.flatnonzero(part < k), np.flatnonzero(part == k))
        for k in range(1, n_folds + 1)
    ]
    return _long_enough(folds, n, n_folds + 1, groups is not None)


def crossed_folds(
    n: int, groups: np.ndarray | None, n_folds: int, seed: int
) -> list[Fold]:
    """Return folds, each tested with what all others taught; every row is tested.

    The parts of the sum share outcomes: what a fold learned from rows that another
    tests is no martingale, and only trials say what its p-values are worth.

    Parameters
    ----------
    n, groups, n_folds, seed
        As for `forward_folds`.
    """
    part = _parts(n, groups, n_folds, 0.0, seed)
    folds = [
        Fold(np.flatnonzero(part != k), np.flatnonzero(part == k))
        for k in range(1, n_folds + 1)
    ]
    return _long_enough(folds, n, n_folds, groups is not None)


def _parts(
    n: int, groups: np.ndarray | None, n_folds: int, first: float, seed: int
) -> np.ndarray:
    """Return the part of each row: 0 for the first share, then 1 to n_folds."""
    rng = np.random.default_rng(seed)
    units = np.arange(n) if groups is None else groups
    order = rng.permutation(units.max() + 1)
    sizes = np.bincount(units)[order]
    middle = (np.cumsum(sizes) - sizes / 2) / n
    part_of = np.where(
        middle < first, 0, 1 + np.floor((middle - first) / (1 - first) * n_folds)
    ).astype(int)
    part = np.empty(len(order), dtype=int)
    part[order] = np.minimum(part_of, n_folds)
    return part[units]


def _long_enough(folds: list[Fold], n: int, n_parts: int, grouped: bool) -> list[Fold]:
    """Return the folds, or raise where one has too few rows."""
    fewest = min(min(len(fold.test), len(fold.learn)) for fold in folds)
    if fewest < FEWEST:
        together = ": rows of a group stay together, and one may be too large"
        raise ValueError(
            f"X must have at least {FEWEST} rows in each of {n_parts} parts; got "
            f"{fewest} of {n} rows{together if grouped else ''}."
        )
    return folds


def numbered_groups(groups: ArrayLike | None, n: int) -> np.ndarray | None:
    """Return groups of rows as numbers, or None."""
    if groups is None:
        return None
    numbers = np.unique(labels("groups", groups, n), return_inverse=True)[1]
    checks.integer("groups: different values", int(numbers.max()) + 1, at_least=20)
    return numbers
