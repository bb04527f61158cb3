"""Slips that would pass for results: the outcome among the columns, copies of rows."""

import numpy as np
import pandas as pd

from helpers.significance.interaction.table import Features, normal_scores

#: Correlation of normal scores from which on a column says what the outcome says.
SAME = 1 - 1e-9
#: Share of the rows that may be copies of others. With 4 of 400 rows doubled 5% of null
#: pairs had p at most .05, and 5 of 60 data sets a false call; with 80, 9% and 9.
COPIES = 0.01
#: Equal rows that are allowed for each that independent columns would make.
BY_CHANCE = 3
#: Share of different rows that have a value of their own where values are fine.
FINE = 0.5


def refuse_outcome(features: Features, y: np.ndarray) -> None:
    """Raise where a column goes up, or down, with the outcome without an exception.

    Parameters
    ----------
    features : Features
        Their columns, covariates among them.
    y : array, shape (n,)
    """
    alike = np.abs(features.scores.T @ normal_scores(y[:, None])[:, 0]) / len(y)
    if alike.max() < SAME:
        return
    column = int(alike.argmax())
    (name,) = (
        name
        for name, columns in zip(features.names, features.columns, strict=True)
        if column in columns
    )
    raise ValueError(
        f"X must not hold the outcome: {name!r} is y, or goes up or down with it in "
        "every row; leave it out."
    )


def refuse_copies(X: np.ndarray, y: np.ndarray, groups: np.ndarray | None) -> None:
    """Raise where rows stand more than once, but are tested as if they were others.

    Parameters
    ----------
    X : array, shape (n, n_columns)
        Covariates among them.
    y : array, shape (n,)
    groups : array of int, shape (n,), optional
    """
    first = copies(X, y, np.arange(len(y)) if groups is None else groups)
    again = np.flatnonzero(first >= 0)
    if len(again) <= allowed(np.column_stack([X, y])) + BY_CHANCE * _told_apart(X, y):
        return
    raise ValueError(
        f"X and y must hold each row once; {len(again):,} of {len(y):,} rows are "
        f"copies of others, the first row {again[0]}, of row {first[again[0]]}: leave "
        "them out, or let groups name the rows that belong together."
    )


def copies(X: np.ndarray, y: np.ndarray | None, groups: np.ndarray) -> np.ndarray:
    """Return of each row the first row that it is a copy of, -1 where it is none.

    Rows of few values are equal by chance. So equal rows count as copies if in a column
    with fine values no other row has theirs, and if they are of several groups. Values
    are fine if half of the different rows have one of their own; those of y only if it
    says more than X, for of rows of few values without noise it has few values, too.

    Parameters
    ----------
    X : array, shape (n, n_columns)
    y : array, shape (n,), or None
    groups : array, shape (n,)

    Returns
    -------
    array of int, shape (n,)
    """
    values = pd.DataFrame(X if y is None else np.column_stack([X, y]))
    of_row = values.groupby(list(values), sort=False).ngroup()
    once = ~of_row.duplicated()
    if once.all():
        return np.full(len(X), -1)
    fine = [column for column in values if not _is_coarse(values.loc[once, column])]
    *told, last = values
    if (
        y is not None
        and fine == [last]
        and not values.loc[once, told].duplicated().any()
    ):
        fine = []
    if not fine:
        return np.full(len(X), -1)
    rarest = pd.concat([_n_alike(values[c]) for c in fine], axis=1).min(axis=1)
    n_groups = pd.Series(groups).groupby(of_row).transform("nunique")
    again = (n_groups > 1) & (rarest == _n_alike(of_row)) & ~once
    first = pd.Series(np.arange(len(X))).groupby(of_row).transform("min")
    return first.where(again, -1).to_numpy()


def allowed(rows: np.ndarray) -> float:
    """Return how many rows may be copies: a share, and what chance makes of columns.

    rows : array, shape (n, n_columns)
    """
    n = len(rows)
    pairs = max(n * (n - 1) / 2, 1)
    alike = [
        (_n_alike(column) - 1).sum() / 2 / pairs
        for _, column in pd.DataFrame(rows).items()
    ]  # the share of pairs of rows that have the same value
    return COPIES * n + BY_CHANCE * pairs * float(np.prod(alike))


def _told_apart(X: np.ndarray, y: np.ndarray) -> float:
    """Return how many rows equal another by chance, as those say that y tells apart.

    Rows of equal X are more than independent columns make them where one column follows
    from others, as an index of mass does; but y tells such rows apart, and no copies.
    """
    alike = (_n_alike(pd.Series(y)) - 1).sum() / (len(y) * max(len(y) - 1, 1))
    apart = pd.DataFrame(X).duplicated().sum()
    apart -= pd.DataFrame(np.column_stack([X, y])).duplicated().sum()
    return float(apart * alike / (1 - alike)) if alike < 1 else 0.0


def _n_alike(column: pd.Series) -> pd.Series:
    """Return how many rows have the value of each row."""
    return column.groupby(column).transform("size")


def _is_coarse(column: pd.Series) -> bool:
    return bool((_n_alike(column) == 1).mean() < FINE)
