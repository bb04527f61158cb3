"""Functions whose sums stand for main effects and products of two features."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest

import numpy as np

from helpers.significance.interaction.settings import Bases
from helpers.significance.interaction.table import Features

#: Directions whose length falls below this share when those before are taken out are
#: no functions of their own.
NEW = 1e-4
#: Functions of a feature that tell others, at most, rows for each of them, and what is
#: added to their variances of 1: copies would leave nothing to invert.
MOST_TELLING, ROWS_PER_FUNCTION, RIDGE = 4, 10, 1e-4


@dataclass(frozen=True)
class Basis:
    """Columns of functions, and which features each depends on.

    Attributes
    ----------
    values : array, shape (n, n_functions)
        Mean 0, mean square 1 over all rows.
    groups : array of int, shape (n_functions,)
        Functions of one group share a variance.
    uses : array of bool, shape (n_functions, n_features)
        Features of each function.
    main : list of array
        Functions of each feature, orthonormal, the straight ones first.
    """

    values: np.ndarray
    groups: np.ndarray
    uses: np.ndarray
    main: list[np.ndarray]

    def with_constant(self, rows: slice | np.ndarray = slice(None)) -> np.ndarray:
        """Return the functions of some rows behind a column of ones."""
        values = self.values[rows]
        return np.hstack([np.ones((len(values), 1)), values])

    def holding(self, features: Sequence[int]) -> np.ndarray:
        """Return the numbers of the functions that hold all features of a set."""
        return np.flatnonzero(self.uses[:, list(features)].all(axis=1))

    def n_of(self, features: Sequence[int]) -> int:
        """Return the number of functions that hold a set, and nothing else."""
        return int((self.uses[self.holding(features)].sum(1) == len(features)).sum())


def basis_of(
    features: Features,
    pairs: Sequence[tuple[int, int]],
    room: float,
    settings: Bases,
    threes: Sequence[tuple[int, ...]] = (),
) -> Basis:
    """Return spline functions of every feature and products of two and three.

    Parameters
    ----------
    features : Features
    pairs : sequence of (int, int)
        Pairs whose products are wanted, beside those that hold a covariate, which
        every null hypothesis allows; others have none.
    room : float
        Functions there may be, about. Products of two get as many functions a feature
        as there is room for; those of three are of straight lines, if all of them find
        room, those that hold a covariate after the others. One product a pair there
        is always.
    settings : Bases
    threes : sequence of (int, int, int)
        Sets that are tested: their products are as those of pairs.
    """
    main = [
        main_functions(features.scores[:, list(columns)], settings.main)
        for columns in features.columns
    ]
    straight = [len(columns) for columns in features.columns]
    room -= sum(m.shape[1] for m in main)
    sets = [(k,) for k in range(len(main))]
    pairs = [*pairs, *features.pairs_of_covariates]
    parts = list(main)
    widths = list(range(settings.product, 0, -1))
    if widths:
        wanted = [*pairs, *threes]
        fitting = [w for w in widths if _n_products(main, straight, wanted, w) <= room]
        width = fitting[0] if fitting else 1
        some = [m[:, : width * s] for m, s in zip(main, straight, strict=True)]
        parts += [_products([some[k] for k in members]) for members in wanted]
        sets += wanted  # type: ignore[arg-type]  # of any length
        room -= _n_products(main, straight, wanted, width)
    lines = [m[:, :s] for m, s in zip(main, straight, strict=True)]
    triples = _triples(len(main), pairs) if settings.triples else []
    for told in (False, True):
        some = [t for t in triples if told == (t[-1] >= features.n_tested)]
        some = [triple for triple in some if triple not in threes]
        cost = sum(math.prod(straight[k] for k in triple) for triple in some)
        if cost <= room:
            parts += [_products([lines[k] for k in triple]) for triple in some]
            sets += some  # type: ignore[arg-type]  # of any length
            room -= cost
    groups = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
    uses = np.zeros((len(sets), len(main)), dtype=bool)
    for number, members in enumerate(sets):
        uses[number, list(members)] = True
    return Basis(np.hstack(parts), groups, uses[groups], main)


def _products(factors: list[np.ndarray]) -> np.ndarray:
    """Return all products of one function of each factor, mean 0, mean square 1."""
    product = all_products(factors)
    product = product - product.mean(0)
    spread = np.sqrt((product**2).mean(0))
    return product[:, spread > NEW] / spread[spread > NEW]


def all_products(factors: Sequence[np.ndarray]) -> np.ndarray:
    """Return all products of one column of each factor, (n, n_products)."""
    product, *others = map(np.asarray, factors)
    for factor in others:
        product = (product[:, :, None] * factor[:, None]).reshape(len(product), -1)
    return product


def _triples(
    n_features: int, pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    """Return all threes of features whose pairs are all there."""
    known = set(pairs)
    return [
        triple
        for triple in combinations(range(n_features), 3)
        if known.issuperset(combinations(triple, 2))
    ]


def _n_products(
    main: list[np.ndarray],
    straight: list[int],
    sets: Sequence[tuple[int, ...]],
    width: int,
) -> int:
    """Return how many products there would be."""
    n = [min(m.shape[1], width * s) for m, s in zip(main, straight, strict=True)]
    return sum(math.prod(n[k] for k in members) for members in sets)


def main_functions(scores: np.ndarray, n_functions: int) -> np.ndarray:
    """Return orthonormal functions of one feature, (n, at most n_functions a column).

    Straight functions of all its columns come first, then natural splines: straight
    beyond the outer knots, so that the rows at the ends decide little. The first of
    every column come before the second of any, for some users take the first few.
    """
    curved = [natural_splines(column, n_functions).T for column in scores.T]
    rounds = zip_longest(*curved)
    raw = np.array([*scores.T, *(f for turn in rounds for f in turn if f is not None)])
    kept: list[np.ndarray] = []
    for column in raw:
        column = column - column.mean()
        length = np.sqrt((column**2).mean())
        for _ in range(2):  # twice: once leaves rounding behind
            for other in kept:
                column = column - other * (other @ column) / len(column)
        rest = np.sqrt((column**2).mean())
        if rest > NEW * length:
            kept.append(column / rest)
    return np.stack(kept, axis=1)


def told_by_others(
    scores: np.ndarray, columns: Sequence[tuple[int, ...]]
) -> np.ndarray:
    """Return how much of each feature a sum of functions of the others tells, 0 to 1.

    Parameters
    ----------
    scores : array, shape (n, n_columns)
        Normal scores.
    columns : sequence of tuple of int
        Columns of each feature; of several, the mean share.
    """
    room = len(scores) / ROWS_PER_FUNCTION / len(columns)
    width = int(np.clip(room, 1, MOST_TELLING))
    main = [main_functions(scores[:, list(own)], width) for own in columns]
    values = np.hstack(main)
    gram = values.T @ values / len(values)
    inverse = np.linalg.inv(gram + RIDGE * np.eye(len(gram)))
    told, start = [], 0
    for own, functions in zip(columns, main, strict=True):
        members = slice(start, start + functions.shape[1])
        # What the other features leave of this one's functions.
        left = np.diag(np.linalg.inv(inverse[members, members]))[: len(own)]
        told.append(1 - left.mean())
        start = members.stop
    return np.clip(told, 0, 1)


def natural_splines(x: np.ndarray, n_functions: int) -> np.ndarray:
    """Return natural cubic spline functions beyond the straight line.

    Returns
    -------
    array, shape (n, n_functions - 1), or fewer where x has few different values

    Source
    ------
    Hastie, Tibshirani and Friedman (2009), section 5.2.1.
    """
    knots = np.unique(np.quantile(x, np.linspace(0.02, 0.98, n_functions + 1)))
    if len(knots) < 3:
        return np.empty((len(x), 0))
    last = knots[-1]

    def beyond(knot: float) -> np.ndarray:
        cubes = np.maximum(x - knot, 0) ** 3 - np.maximum(x - last, 0) ** 3
        return cubes / (last - knot)

    end = beyond(knots[-2])
    return np.stack([beyond(knot) - end for knot in knots[:-2]], axis=1)
