"""A table of features as the test sees it: names, blocks, covariates, normal scores."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from helpers import checks
from helpers.significance.interaction import inputs


@dataclass(frozen=True)
class Features:
    """Columns joined into features, some of which are tested against each other.

    Attributes
    ----------
    X : array, shape (n, n_columns)
        As given: what a model of the caller's is asked about.
    scores : array, shape (n, n_columns)
        Normal scores of each column's ranks, standard deviation 1. The null hypothesis
        does not change if a feature is transformed one to one, so nothing is lost, and
        outliers weigh no more than their rank.
    columns : tuple of tuple of int
        Columns of each feature.
    names : tuple of str
        Of each feature.
    n_tested : int
        Features 0 to n_tested - 1 are tested in pairs; the rest are covariates.
    misleading : bool
        Whether columns have other numbers as names than their places.
    labels : tuple of str, optional
        Names of all columns, where they were given as data frames: what a model that
        was fitted on a data frame knows.
    """

    X: np.ndarray
    scores: np.ndarray
    columns: tuple[tuple[int, ...], ...]
    names: tuple[str, ...]
    n_tested: int
    misleading: bool = False
    labels: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """All pairs that can be asked about, by feature number."""
        return list(combinations(range(self.n_tested), 2))

    @property
    def pairs_of_covariates(self) -> list[tuple[int, int]]:
        """All pairs of a covariate with a feature, or with another covariate."""
        told = range(self.n_tested, len(self))
        return [(k, covariate) for covariate in told for k in range(covariate)]

    def label(self, members: Sequence[int]) -> tuple[str, ...]:
        """Return the names of some features."""
        return tuple(self.names[k] for k in members)

    def sets_of(self, sets: Sequence[Sequence[str | int]]) -> list[tuple[int, ...]]:
        """Return sets of two features, or of three, by number.

        Raises
        ------
        ValueError, TypeError
            If a feature is unknown, a set comes twice, or sizes are not all two or all
            three.
        """
        tested = self.names[: self.n_tested]
        numbered = [
            _numbers("sets", members, tested, self.misleading)
            for members in _listed(sets)
        ]
        found = checks.feature_sets("sets", numbered, self.n_tested)
        sizes = {len(members) for members in found}
        if sizes not in ({2}, {3}):
            raise ValueError(
                "sets must all hold two features, or all three; got sizes "
                f"{', '.join(map(str, sorted(sizes))) or 'of nothing'}."
            )
        if len(set(found)) < len(found):
            twice = next(members for members in found if found.count(members) > 1)
            raise ValueError(f"sets must differ; got {self.label(twice)} twice.")
        return list(found)


def features_of(
    X: ArrayLike | pd.DataFrame,
    *,
    features: Sequence[str] | None = None,
    blocks: Mapping[str, Sequence[str] | Sequence[int]] | None = None,
    covariates: ArrayLike | None = None,
) -> Features:
    """Return the columns of a table as features.

    Parameters
    ----------
    X : array or DataFrame, shape (n, n_columns)
    features : sequence of str, optional
        Names of the columns; default those of X, else x1, x2, ...
    blocks : mapping of str to sequence of column names or numbers, optional
        Columns that are one feature together, by its name.
    covariates : array or DataFrame, shape (n,) or (n, n_covariates), optional
        Columns that every function may use, with all their interactions.

    Raises
    ------
    ValueError, TypeError
        If a column is constant or not finite, a name is unknown or used twice, or
        fewer than two features are left to test.
    """
    names = _column_names(X, features)
    misleading, labels = _misleading(X, features), _labels(X, covariates)
    X = checks.matrix("X", inputs.table("X", X, names), min_columns=2)
    _refuse_names(names, X.shape[1])
    with np.errstate(over="ignore"):  # a range beyond that of floats is not zero
        checks.varying_columns("X", X, names)
    joined = _blocks(blocks, names, misleading)
    taken = {column for columns in joined.values() for column in columns}
    features = {}
    for column, name in enumerate(names):
        if column not in taken:
            features[name] = (column,)
        for block, columns in joined.items():
            if columns[0] == column:
                features[block] = columns
    if len(features) < 2:
        raise ValueError(f"X must hold at least 2 features; got {len(features)}.")
    n_tested = len(features)
    if covariates is not None:
        more = inputs.table("covariates", covariates)
        if not more.size:
            raise ValueError("covariates must hold values; got none: leave them out.")
        more = more.reshape(len(more), -1) if more.ndim else more
        if more.ndim != 2 or len(more) != len(X):
            raise ValueError(
                f"covariates must have {len(X)} rows, as X; got {more.shape}."
            )
        given = getattr(covariates, "columns", range(more.shape[1]))
        checks.varying_columns("covariates", more, [str(name) for name in given])
        for k in range(more.shape[1]):
            label = f"covariate {k + 1}"
            if label in features:
                raise ValueError(f"X must not have {label!r} beside covariates.")
            features[label] = (X.shape[1] + k,)
        X = np.hstack([X, more])
    return Features(
        X,
        normal_scores(X),
        tuple(features.values()),
        tuple(features),
        n_tested,
        misleading,
        labels,
    )


def normal_scores(X: np.ndarray) -> np.ndarray:
    """Return the normal quantiles of the ranks of each column, standardised.

    Equal values have equal scores; a column of two values keeps two.
    """
    ranks = stats.rankdata(X, axis=0)  # ties share their mean rank
    scores = stats.norm.ppf((ranks - 0.5) / len(X))
    return (scores - scores.mean(0)) / scores.std(0)


def _refuse_names(names: Sequence[str], n_columns: int) -> None:
    """Raise if there are not `n_columns` names, or one comes twice."""
    if len(names) != n_columns:
        raise ValueError(
            f"features must be {n_columns} different names; got {len(names)}."
        )
    twice = [name for name, n in Counter(names).items() if n > 1]
    if twice:
        raise ValueError(
            f"features must be {n_columns} different names; more than once there: "
            f"{', '.join(map(repr, twice))}."
        )


def _column_names(
    X: ArrayLike | pd.DataFrame, features: Sequence[str] | None
) -> list[str]:
    if features is not None:
        return [str(name) for name in features]
    if hasattr(X, "columns"):
        return [str(name) for name in X.columns]
    shape = np.shape(X)
    return [f"x{k + 1}" for k in range(shape[1] if len(shape) == 2 else 0)]


def _labels(*tables: object) -> tuple[str, ...] | None:
    """Return the names of the columns of data frames, or None of anything else."""
    given = [table for table in tables if table is not None]
    frames = [table for table in given if isinstance(table, pd.DataFrame)]
    if len(frames) < len(given):
        return None
    return tuple(str(name) for frame in frames for name in frame)


def _listed(sets: Sequence[Sequence[str | int]]) -> list[Sequence[str | int]]:
    """Return sets as a list; a name or a number among them is no set."""
    listed = list(sets) if isinstance(sets, Iterable) else [sets]
    for members in listed:
        if isinstance(members, str) or not isinstance(members, Iterable):
            raise TypeError(
                f"sets must hold sets, as [('a', 'b')] does; got {members!r}."
            )
    return listed


def _misleading(X: ArrayLike | pd.DataFrame, features: Sequence[str] | None) -> bool:
    """Whether columns are named by numbers that are not their places."""
    if features is not None or not isinstance(X, pd.DataFrame):
        return False
    labels = list(X.columns)
    whole = any(isinstance(label, int | np.integer) for label in labels)
    return whole and labels != list(range(len(labels)))


def _refuse_number(name: str, member: object, misleading: bool) -> None:
    """Raise for a number that may mean a column's name or its place."""
    if misleading and not isinstance(member, str):
        raise ValueError(
            f"{name} must name columns as text, {str(member)!r}, where X has columns "
            f"named by other numbers than their places; got {member!r}."
        )


def _numbers(
    name: str, members: Sequence[str | int], known: Sequence[str], misleading: bool
) -> list[int]:
    """Return features named or numbered as numbers."""
    members = list(members)  # of a generator, too
    for member in members:
        _refuse_number(name, member, misleading)
        if isinstance(member, str) and member not in known:
            raise ValueError(
                f"{name} must name features that are tested; got {member!r}."
            )
    return [known.index(m) if isinstance(m, str) else m for m in members]


def _blocks(
    blocks: Mapping[str, Sequence[str] | Sequence[int]] | None,
    names: list[str],
    misleading: bool,
) -> dict[str, tuple[int, ...]]:
    """Return the columns of each block, in order; every column at most once."""
    joined, seen = {}, set()
    if not isinstance(blocks or {}, Mapping):
        raise TypeError(f"blocks must map names to columns; got {blocks!r}.")
    for block, members in dict(blocks or {}).items():
        columns = []
        for member in members:
            _refuse_number("blocks", member, misleading)
            if isinstance(member, str) and member not in names:
                raise ValueError(f"blocks must name columns of X; got {member!r}.")
            column = names.index(member) if isinstance(member, str) else member
            columns.append(
                checks.integer(
                    "blocks column", column, at_least=0, at_most=len(names) - 1
                )
            )
        if len(columns) < 2 or len(set(columns)) < len(columns) or seen & set(columns):
            raise ValueError(
                "blocks must join two or more columns, each in one block; got "
                f"{block!r}: {list(members)}."
            )
        if str(block) in names and names.index(str(block)) not in columns:
            raise ValueError(
                "blocks must not be named as a column outside them; got "
                f"{block!r}: {list(members)}."
            )
        if str(block) in joined:
            raise ValueError(f"blocks must have different names; got {block!r} twice.")
        seen |= set(columns)
        joined[str(block)] = tuple(sorted(columns))
    return joined
