"""Split rows into three parts; fill gaps and standardise by the training part alone.

Whatever is learned from data, medians, means and standard deviations included, is
learned from the training part.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers import checks


class Split(NamedTuple):
    """Row indices of the three parts, each row in exactly one of them."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def as_folds(self) -> "Folds":
        """Return the masks of a single fold with the same three parts."""
        n_rows = sum(map(len, self))
        masks = [np.zeros((1, n_rows), dtype=bool) for _ in self]
        for mask, rows in zip(masks, self, strict=True):
            mask[0, rows] = True
        return Folds(*masks)


class Standardised(NamedTuple):
    """Values with training-part mean 0 and standard deviation 1, and the way back.

    ``values * scale + mean`` returns to the units of the input; an RMSE of
    standardised outcomes times `scale` is in the units of the outcome.
    """

    values: np.ndarray
    mean: np.ndarray
    scale: np.ndarray


class Folds(NamedTuple):
    """Which rows each network learns from, is stopped by and is tested on.

    Masks of bool, shape (n_networks, n_rows); no row is in two of the three.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def first(self, n: int) -> "Folds":
        """Return the first `n` folds."""
        n = checks.integer("n", n, at_least=1, at_most=len(self.test))
        return Folds(*(mask[:n] for mask in self))

    def only(self, fold: int) -> "Folds":
        """Return one fold, counted from 0."""
        fold = checks.integer("fold", fold, at_least=0, at_most=len(self.test) - 1)
        return Folds(*(mask[fold : fold + 1] for mask in self))

    def repeat(self, n: int) -> "Folds":
        """Return every fold `n` times: networks that differ in their start alone."""
        n = checks.integer("n", n, at_least=1)
        return Folds(*(np.repeat(mask, n, axis=0) for mask in self))


def folds(
    n_rows: int, *, n_folds: int = 10, validation: float = 0.1, seed: int = 0
) -> Folds:
    """Cut rows into disjoint test folds at random, for cross-validation.

    Parameters
    ----------
    n_rows, n_folds : int
    validation : float
        Share of a fold's other rows that stop its training; at least one row, and at
        least one is left to train.
    seed : int

    Returns
    -------
    Folds, of `n_folds` networks

    Raises
    ------
    ValueError
        If a setting is out of bounds, or a fold leaves fewer than two rows.
    """
    n_rows = checks.integer("n_rows", n_rows, at_least=3)
    n_folds = checks.integer("n_folds", n_folds, at_least=2, at_most=n_rows)
    largest = -(-n_rows // n_folds)
    if n_rows - largest < 2:
        raise ValueError(
            f"n_rows must leave 2 rows beside each fold, to train and to stop; "
            f"{n_rows} rows in {n_folds} folds leave {n_rows - largest}."
        )
    share = checks.number("validation", validation, at_least=0, at_most=0.9)
    seed = checks.integer("seed", seed, at_least=0)
    rng = np.random.default_rng([seed, 4])
    shape = n_folds, n_rows
    masks = Folds(*(np.zeros(shape, dtype=bool) for _ in range(3)))
    for fold, rows in enumerate(np.array_split(rng.permutation(n_rows), n_folds)):
        masks.test[fold, rows] = True
        rest = rng.permutation(np.flatnonzero(~masks.test[fold]))
        n_validation = min(max(1, round(share * len(rest))), len(rest) - 1)
        masks.validation[fold, rest[:n_validation]] = True
        masks.train[fold, rest[n_validation:]] = True
    return masks


def chromosome_folds(
    chromosomes: Sequence[str], *, n_folds: int = 5, seed: int = 0
) -> Folds:
    """Cut rows into disjoint test folds of whole chromosomes, for cross-validation.

    Chromosomes go, the largest first, into the fold that has the fewest rows so far,
    which makes folds about equal. The test rows of the next fold stop a fold's
    training. As with `chromosome_split`, no overlapping windows get apart.

    Parameters
    ----------
    chromosomes : sequence of str, shape (n_rows,)
        Of each row.
    n_folds : int
        At least three, one for each use, and at most a chromosome each.
    seed : int
        Decides between chromosomes of one size, and which fold comes next.

    Returns
    -------
    Folds, of `n_folds` networks

    Raises
    ------
    ValueError
        If there are fewer chromosomes than folds.
    """
    chromosomes = np.asarray(chromosomes, dtype=str)
    if chromosomes.ndim != 1:
        raise ValueError(
            f"chromosomes must have 1 axis, a name a row; got {chromosomes.ndim}."
        )
    names, row, counts = np.unique(chromosomes, return_inverse=True, return_counts=True)
    n_folds = checks.integer("n_folds", n_folds, at_least=3)
    if n_folds > len(names):
        raise ValueError(
            f"n_folds must be at most {len(names)}, the number of chromosomes; got "
            f"{n_folds}."
        )
    seed = checks.integer("seed", seed, at_least=0)
    rng = np.random.default_rng([seed, 5])
    order = rng.permutation(len(names))
    fold_of = np.empty(len(names), dtype=int)
    sizes = np.zeros(n_folds, dtype=int)
    for name in order[np.argsort(-counts[order], kind="stable")]:
        fold_of[name] = sizes.argmin()
        sizes[fold_of[name]] += counts[name]
    fold = rng.permutation(n_folds)[fold_of][row]  # (n_rows,)
    test = fold == np.arange(n_folds)[:, None]
    validation = np.roll(test, -1, axis=0)
    return Folds(~test & ~validation, validation, test)


def random_split(
    n_rows: int, *, seed: int, fractions: tuple[float, float, float] = (0.8, 0.1, 0.1)
) -> Split:
    """Assign rows to the three parts at random.

    Parameters
    ----------
    n_rows : int
        Number of rows; each part gets at least one.
    seed : int
        Fixes the assignment, whatever else is drawn with the same seed.
    fractions : three floats
        Shares of training, validation and test rows, in sum 1; part sizes are rounded
        down and the rest goes to the test part.

    Raises
    ------
    ValueError
        If the fractions do not sum to 1 or leave a part without rows.
    """
    n_rows = checks.integer("n_rows", n_rows, at_least=3)
    seed = checks.integer("seed", seed, at_least=0)
    fractions = checks.vector("fractions", fractions, length=3)
    if not np.isclose(fractions.sum(), 1):
        raise ValueError(f"fractions must sum to 1; got {fractions.sum():g}.")
    # 1e-9: a third of 30,000 is 10,000 and not one less
    first, second = np.floor(n_rows * np.cumsum(fractions)[:2] + 1e-9).astype(int)
    sizes = first, second - first, n_rows - second
    if min(sizes) < 1:
        raise ValueError(
            f"fractions must leave rows in every part; got "
            f"{', '.join(map(str, sizes))} of {n_rows} rows."
        )
    # A second word in the seed: with the seed alone the order would come from the very
    # numbers that `simulate` turned into points.
    order = np.random.default_rng([seed, 2]).permutation(n_rows)
    return Split(*np.split(order, [first, second]))


def random_thirds(n_rows: int, *, seed: int) -> Split:
    """Assign a third of the rows to each part, at random (Tsang et al. 2018)."""
    return random_split(n_rows, seed=seed, fractions=(1 / 3, 1 / 3, 1 / 3))


def chromosome_split(
    chromosomes: Sequence[str], *, validation: Sequence[str], test: Sequence[str]
) -> Split:
    """Assign rows to the three parts by chromosome.

    Neighbouring windows of a genome overlap and repeats resemble each other: only
    whole chromosomes apart show how a model does on sequence it has not seen.

    Parameters
    ----------
    chromosomes : sequence of str, shape (n_rows,)
        Of each row.
    validation, test : sequence of str
        Chromosomes of these parts; all others are for training.

    Raises
    ------
    ValueError
        If a chromosome is in both parts or has no row, or no row is left to train.
    """
    chromosomes = np.asarray(chromosomes, dtype=object)
    present = set(chromosomes)
    if len(present) < 3:
        raise ValueError(
            "chromosomes must be at least 3, one for each part; got "
            f"{', '.join(sorted(present)) or 'none'}."
        )
    for name, part in (("validation", validation), ("test", test)):
        if isinstance(part, str) or not len(part):
            raise ValueError(f"{name} must be a list of chromosomes; got {part!r}.")
        for chrom in part:
            if chrom not in present:
                raise ValueError(
                    f"{name} must hold chromosomes of the data "
                    f"({', '.join(sorted(present)[:4])}, ...); got {chrom!r}."
                )
    shared = sorted(set(validation) & set(test))
    if shared:
        raise ValueError(f"validation and test must not share {shared[0]}.")
    if not present - set(validation) - set(test):
        raise ValueError("validation and test must leave chromosomes for training.")
    in_validation = np.isin(chromosomes, list(validation))
    in_test = np.isin(chromosomes, list(test))
    return Split(
        np.flatnonzero(~in_validation & ~in_test),
        np.flatnonzero(in_validation),
        np.flatnonzero(in_test),
    )


def standardise(
    values: ArrayLike | pd.DataFrame, train: ArrayLike, *, name: str = "X"
) -> Standardised:
    """Subtract the training-part mean and divide by its standard deviation.

    Parameters
    ----------
    values : array or DataFrame, shape (n_rows, n_columns), or (n_rows,)
        Features, or a regression outcome (give class labels as they are, unscaled).
    train : array of int
        Rows of the training part, as in `Split.train`.
    name : str
        What error messages call the values.

    Returns
    -------
    Standardised
        `values` has the input's shape; `mean` and `scale` have one number a column.

    Raises
    ------
    ValueError
        If a value is missing, or a column is constant in the training part.
    """
    columns = getattr(values, "columns", None)
    if np.ndim(values) == 1:
        array = checks.vector(name, values)
    else:
        array = checks.matrix(name, values)
    train = _rows("train", train, len(array))
    part = array[train]
    if np.ndim(values) == 1:
        if np.ptp(part) == 0:
            raise ValueError(f"{name} is constant in the training part.")
    else:
        checks.varying_columns(f"training part of {name}:", part, columns)
    mean, scale = part.mean(axis=0), part.std(axis=0)
    return Standardised((array - mean) / scale, mean, scale)


def fill_missing(
    X: pd.DataFrame, train: ArrayLike, *, how: str | float = "median"
) -> pd.DataFrame:
    """Replace NaN, and leave columns without NaN as they are.

    Parameters
    ----------
    X : DataFrame, shape (n_rows, n_features)
        Features with NaN where a value does not exist.
    train : array of int
        Rows of the training part, as in `Split.train`.
    how : {"median", "indicator"} or float
        "median" of the training part; "indicator" does the same and appends one
        column of 0 and 1 for every different pattern of gaps, named after the first
        column that has it; a number is put in place of every gap (-999 gives back the
        published form of higgs).

    Returns
    -------
    DataFrame, shape (n_rows, n_features), and one column more a pattern if "indicator"

    Raises
    ------
    ValueError
        If a column has no value in the training part, or `how` is neither.
    """
    if not isinstance(X, pd.DataFrame):
        raise TypeError(f"X must be a DataFrame; got {type(X).__name__}.")
    if isinstance(how, str):
        checks.one_of("how", how, ("median", "indicator"))
    else:
        return X.fillna(checks.number("how", how))
    train = _rows("train", train, len(X))
    medians = X.iloc[train].median()
    if medians.isna().any():
        column = medians.index[medians.isna()][0]
        raise ValueError(f"X column {column!r} has no value in the training part.")
    filled = X.fillna(medians)
    if how == "indicator":
        patterns = {}  # bytes of a column of gaps: the first column that has them
        for name in X.columns[X.isna().any()]:
            patterns.setdefault(X[name].isna().to_numpy().tobytes(), name)
        gaps = X[list(patterns.values())].isna().astype(float)
        filled = filled.join(gaps.add_suffix(" missing"))
    return filled


def _rows(name: str, rows: ArrayLike, n_rows: int) -> np.ndarray:
    """Return row indices as an array, at least two and all within the table."""
    rows = np.asarray(rows)
    if rows.ndim != 1 or not np.issubdtype(rows.dtype, np.integer):
        raise TypeError(
            f"{name} must be a list of row numbers; got {rows.dtype} with "
            f"{rows.ndim} axes."
        )
    if len(rows) < 2:
        raise ValueError(f"{name} must hold at least 2 rows; got {len(rows)}.")
    if rows.min() < 0 or rows.max() >= n_rows:
        bad = rows[(rows < 0) | (rows >= n_rows)][0]
        raise ValueError(f"{name} must hold rows 0 to {n_rows - 1}; got {bad}.")
    return rows
