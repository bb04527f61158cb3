"""The one result type that every detector returns."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.kinds import Pairs, Sets

#: Below so many rows scores that are all 0 are no finding but a lack of data.
FEW_ROWS = 50


@dataclass(frozen=True)
class Interactions:
    """Sets of features with the strength a detector gave to each.

    Parameters
    ----------
    sets : sequence of sequences of int
        Feature indices, 0-based, two or more in each set; stored sorted.
    scores : array, shape (n_sets,)
        Strength of each set; larger means stronger. Scales differ between detectors.
    features : sequence of str
        Names of all features, in column order.
    detector : str
        The function that found them.
    settings : dict
        What it was called with, seeds included.
    details : dict
        What else came out: of each set an array with the sets on axis 0, (n_sets,) or
        (n_sets, k), such as a p-value or a standard error; of all sets together a
        number or a text, such as a chosen penalty. They follow their sets.

    Examples
    --------
    >>> from helpers import Interactions
    >>> names = ["age", "dose", "sex"]
    >>> found = Interactions([(0, 1), (1, 2)], [0.2, 0.9], names, "mine")
    >>> found.to_frame()
       rank    features  order  score detector
    0     1  dose × sex      2    0.9     mine
    1     2  age × dose      2    0.2     mine
    >>> found.ranked().sets
    ((1, 2), (0, 1))
    """

    sets: Sequence[tuple[int, ...]]  # a tuple, once made; so the features
    scores: np.ndarray
    features: Sequence[str]
    detector: str
    settings: dict = field(default_factory=dict)
    details: dict = field(default_factory=dict)

    def __post_init__(self) -> None:
        features = tuple(map(str, self.features))
        sets = checks.feature_sets("sets", self.sets, len(features))
        scores = checks.vector("scores", self.scores, length=len(sets))
        details = {
            name: _detail(name, value, len(sets))
            for name, value in self.details.items()
        }
        values = {"features": features, "sets": sets, "scores": scores}
        for name, value in {**values, "details": details}.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.sets)

    def ranked(self) -> "Interactions":
        """Return the same sets, strongest first (ties keep their order)."""
        return self.take(np.argsort(-self.scores, kind="stable"))

    def take(self, rows: ArrayLike) -> "Interactions":
        """Return the sets at these positions, in this order."""
        rows = np.asarray(rows, dtype=int)
        return replace(
            self,
            sets=tuple(self.sets[i] for i in rows),
            scores=self.scores[rows],
            details={
                name: value[rows] if isinstance(value, np.ndarray) else value
                for name, value in self.details.items()
            },
        )

    def matrix(self) -> np.ndarray:
        """Return the pairwise scores as a symmetric (p, p) array, NaN where absent."""
        p = len(self.features)
        strengths = np.full((p, p), np.nan)
        for members, score in zip(self.sets, self.scores, strict=True):
            if len(members) == 2:
                i, j = members
                strengths[i, j] = strengths[j, i] = score
        return strengths

    def to_frame(self) -> pd.DataFrame:
        """Return one row a set, strongest first: rank, features, order, score, ...

        Details are columns: one of all sets in every row, one with k values a set as k
        columns, "name 1" to "name k". The settings are in `attrs["settings"]`.
        """
        ranked = self.ranked()
        frame = pd.DataFrame(
            {
                "rank": np.arange(1, len(ranked) + 1),
                "features": [
                    " × ".join(self.features[i] for i in s) for s in ranked.sets
                ],
                "order": [len(s) for s in ranked.sets],
                "score": ranked.scores,
                **_columns(ranked.details),
                "detector": self.detector,
            }
        )
        frame.attrs["settings"] = dict(self.settings)
        return frame


def prune(interactions: Interactions) -> Interactions:
    """Leave out every set that a stronger set already contains, and those of score 0.

    Walks from the strongest set down; a set that ranks above its superset stays. Sets
    of score zero are no finding: they tie, small sets first, and would all stay.

    Source
    ------
    The public code of Tsang et al. (2018) [tsang2018].
    """
    ranked = interactions.ranked()
    kept, maximal = [], []
    for i, members in enumerate(map(frozenset, ranked.sets)):
        if ranked.scores[i] == 0 or any(members < other for other in maximal):
            continue
        maximal = [other for other in maximal if not other < members]
        maximal.append(members)
        kept.append(i)
    return ranked.take(kept)


def _detail(name: str, value: Any, n_sets: int) -> Any:
    """Return a detail checked: a scalar as it is, else an array of as many sets."""
    if np.ndim(value) == 0:
        return value
    value = checks.finite(f"details[{name!r}]", value)
    if value.ndim > 2:
        raise ValueError(f"details[{name!r}] must have 1 or 2 axes; got {value.ndim}.")
    if len(value) != n_sets:
        raise ValueError(
            f"details[{name!r}] must have {n_sets} values; got {len(value)}."
        )
    return value


def _columns(details: dict) -> dict:
    """Return details as columns of a frame."""
    columns = {}
    for name, value in details.items():
        if np.ndim(value) == 2:
            columns |= {f"{name} {k + 1}": v for k, v in enumerate(value.T)}
        else:
            columns[name] = value
    return columns


def all_pairs(n_features: int) -> tuple[tuple[int, int], ...]:
    """Return the n (n - 1) / 2 pairs of feature indices, in lexicographic order."""
    return tuple(combinations(range(n_features), 2))


def pairs_or_all(sets: Sets | None, n_features: int) -> tuple[tuple[int, int], ...]:
    """Return `sets` checked to be pairs of feature indices, or all pairs for None."""
    if sets is None:
        return all_pairs(n_features)
    sets = checks.feature_sets("sets", sets, n_features)
    if not sets:
        raise ValueError("sets must hold at least one pair; got none.")
    for members in sets:
        if len(members) != 2:
            raise ValueError(f"sets must be pairs of features; got {members}.")
    return sets  # type: ignore[return-value]  # of two each, as just checked


def rows_and_pairs(
    X: ArrayLike,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
    *,
    min_rows: int = 2,
) -> tuple[np.ndarray, Pairs, tuple[str, ...]]:
    """Return what every detector that asks a model about rows needs, checked.

    Parameters
    ----------
    X : array_like or data frame, shape (n_samples, n_features)
    sets : sequence of pairs of int, optional
        Default all pairs.
    features : sequence of str, optional
        Default the columns of `X`, else x1, x2, ...
    min_rows : int

    Returns
    -------
    X : array, float64
    sets : tuple of pairs
    features : tuple of str
    """
    rows = checks.matrix("X", X, min_rows=min_rows, min_columns=2)
    return rows, pairs_or_all(sets, rows.shape[1]), feature_names(X, features)


def data_and_pairs(
    X: ArrayLike,
    y: ArrayLike,
    sets: Sets | None = None,
    features: Sequence[str] | None = None,
) -> tuple[np.ndarray, np.ndarray, Pairs, tuple[str, ...]]:
    """Return what every detector that reads data needs, checked.

    As `rows_and_pairs`, with the outcome `y`, shape (n_samples,), in second place.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is missing, or a column of `X` or `y` is
        constant.
    """
    X, sets, features = rows_and_pairs(X, sets, features)
    checks.varying_columns("X", X, features)
    y = checks.vector("y", y, length=len(X))
    if np.ptp(y) == 0:
        raise ValueError(f"y must vary; every value is {y[0]}.")
    return X, y, sets, features


def column_names(X: ArrayLike) -> list[str] | None:
    """Return the names of a data frame's columns, None for an array."""
    columns = getattr(X, "columns", None)
    return None if columns is None else list(columns)


def warn_of_zeros(scores: np.ndarray, detector: str, n_rows: int) -> None:
    """Warn if every score is 0 and the rows are so few that this says nothing."""
    if n_rows < FEW_ROWS and not np.any(scores):
        warnings.warn(
            f"{detector} finds no interaction at all: the {n_rows} rows of X may be "
            "too few to find anything.",
            UserWarning,
            stacklevel=3,
        )


def feature_names(
    X: ArrayLike, features: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Return `features`, else a data frame's columns, else x1, x2, ... (1-based)."""
    n_features = np.shape(X)[1]
    if features is None:
        features = column_names(X) or [f"x{i + 1}" for i in range(n_features)]
    if len(features) != n_features:
        raise ValueError(
            f"features must name {n_features} columns; got {len(features)}."
        )
    return tuple(map(str, features))
