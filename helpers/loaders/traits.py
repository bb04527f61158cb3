"""Traits of people: tables, covariates, normal scores and parts of a study."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtri

from helpers import checks
from helpers.data.splits import Split

MISSING = ("", "NA", "NaN", "nan", "N/A", ".")
MIN_PEOPLE = 50  # in each part of a study


@dataclass(frozen=True)
class TraitTable:
    """A trait and covariates of people without a missing value.

    Parameters
    ----------
    people : sequence of str
        Ids.
    values : array, shape (n_people,)
        The trait in its own unit.
    covariates : DataFrame, shape (n_people, n_columns)
        Numeric; a category becomes one 0/1 column for each level but the first.
    dropped : DataFrame
        kind, item, reason of what was left out.
    groups : array of str, shape (n_people,), or None
        Family, cage or site of each, for `split_people`.
    """

    people: tuple[str, ...]
    values: np.ndarray
    covariates: pd.DataFrame = field(repr=False)
    dropped: pd.DataFrame = field(repr=False)
    groups: np.ndarray | None = field(default=None, repr=False)

    def take(self, people: Sequence[str]) -> "TraitTable":
        """Return the rows of `people`, in that order."""
        rows = pd.Index(self.people).get_indexer(pd.Index(people))
        if (rows < 0).any():
            unknown = people[int(np.argmax(rows < 0))]
            raise ValueError(f"people must be in the trait table; {unknown!r} is not.")
        return TraitTable(
            tuple(people),
            self.values[rows],
            self.covariates.iloc[rows].reset_index(drop=True),
            self.dropped,
            None if self.groups is None else self.groups[rows],
        )

    def adjusted(self) -> np.ndarray:
        """Return normal scores of the trait without what the covariates explain."""
        return normal_scores(residuals(self.values, self.covariates))


def read_trait(
    path,
    trait: str,
    *,
    covariates: Sequence[str] = (),
    categories: Sequence[str] = (),
    groups: str | None = None,
    id_column: str = "IID",
) -> TraitTable:
    """Read a trait and covariates from a table with a header line.

    Fields are separated by commas in .csv files, by tabs in .tsv files, else by white
    space. NA, NaN, a point or nothing is a missing value; a person with one is left
    out and reported.

    Parameters
    ----------
    path : str or Path
    trait : str
        Column of numbers.
    covariates : sequence of str
        Columns of numbers.
    categories : sequence of str
        Columns of labels, such as sex or site.
    groups : str, optional
        Column of labels of people that belong together, such as family.
    id_column : str
        Column that matches the within-family ids of the .fam file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is unknown or holds something other than numbers, an id comes
        twice, a line has too few fields, or the trait does not vary.
    """
    for name, given in (("covariates", covariates), ("categories", categories)):
        if isinstance(given, str):
            raise TypeError(f"{name} must be a list of column names; got {given!r}.")
    table = _read_text(path)
    own_group = () if groups is None else (groups,)
    wanted = [id_column, trait, *covariates, *categories, *own_group]
    for column in wanted:
        if column not in table.columns:
            raise ValueError(
                f"{path} has no column {column!r}; it has {', '.join(table.columns)}."
            )
        if wanted.count(column) > 1:
            raise ValueError(f"column {column!r} must be used once.")
    twice = table[id_column][table[id_column].duplicated()]
    if len(twice):
        raise ValueError(f"{path} must name each person once; {twice.iloc[0]!r} twice.")

    report = []
    complete = np.ones(len(table), dtype=bool)
    for column in wanted[1:]:
        absent = table[column].isin(MISSING).to_numpy()
        report += [
            ("person", person, f"no value of {column}")
            for person in table[id_column][absent & complete]
        ]
        complete &= ~absent
    if not complete.any():
        raise ValueError(f"{path} has no person with all of {', '.join(wanted[1:])}.")
    table = table[complete]
    values = _column(path, table[trait]).to_numpy()
    if np.ptp(values) == 0:
        raise ValueError(f"{path} column {trait!r} must vary; all are {values[0]:g}.")
    columns = [_column(path, table[name]) for name in covariates]
    for name in categories:
        levels = sorted(table[name].unique())
        columns += [
            (table[name] == level).astype(float).rename(f"{name}={level}")
            for level in levels[1:]
        ]
    design = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=table.index)
    flat = [name for name in design if np.ptp(design[name]) == 0]
    report += [("covariate", name, "constant") for name in flat]
    return TraitTable(
        tuple(table[id_column]),
        values,
        design.drop(columns=flat).reset_index(drop=True),
        pd.DataFrame(report, columns=["kind", "item", "reason"]),
        None if groups is None else table[groups].to_numpy(dtype=str),
    )


def common_people(
    genotyped: Sequence[str], table: TraitTable
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Return ids in both, in the order of `genotyped`, and who was left out.

    Raises
    ------
    ValueError
        If nobody is in both: ids of different kinds.
    """
    with_trait, with_genotypes = set(table.people), set(genotyped)
    both = tuple(person for person in genotyped if person in with_trait)
    if not both:
        raise ValueError(
            "genotypes and traits must share people; no id is in both "
            f"(for example {next(iter(genotyped))!r} and {table.people[0]!r})."
        )
    known = {item for item in table.dropped["item"]}  # reported with a better reason
    rows = [
        ("person", person, "not in the trait table")
        for person in genotyped
        if person not in with_trait and person not in known
    ]
    rows += [
        ("person", person, "no genotypes")
        for person in table.people
        if person not in with_genotypes
    ]
    return both, pd.DataFrame(rows, columns=["kind", "item", "reason"])


def residuals(values: np.ndarray, covariates) -> np.ndarray:
    """Return `values` less their least-squares fit on covariates and a constant.

    Parameters
    ----------
    values : array, shape (n_people,)
    covariates : DataFrame or array, shape (n_people, n_columns)
        May have no column.

    Raises
    ------
    ValueError
        If a value is NaN or there are not more people than columns.
    """
    values = checks.vector("values", values)
    design = np.asarray(covariates, dtype=float)
    design = checks.matrix("covariates", design, min_columns=0)
    if len(design) != len(values):
        raise ValueError(f"covariates must have {len(values)} rows; got {len(design)}.")
    if len(values) <= design.shape[1] + 1:
        raise ValueError(
            f"values must outnumber the {design.shape[1] + 1} coefficients of "
            f"covariates and constant; got {len(values)} people."
        )
    spread = design.std(axis=0)
    design = (design - design.mean(axis=0)) / np.where(spread > 0, spread, 1)
    centred = values - values.mean()
    coefficients, *_ = np.linalg.lstsq(design, centred, rcond=None)
    return centred - design @ coefficients


def normal_scores(values: np.ndarray) -> np.ndarray:
    """Return the normal quantiles of the ranks (quantile normalisation).

    The value of rank r among n becomes the standard normal quantile at
    ``(r - 1/2) / n``; equal values share their mean rank.
    """
    values = checks.vector("values", values)
    if np.ptp(values) == 0:
        raise ValueError(f"values must vary; all are {values[0]:g}.")
    ranks = pd.Series(values).rank(method="average").to_numpy()
    return ndtri((ranks - 0.5) / len(values))


def split_people(
    n_people: int,
    *,
    fractions: Sequence[float] = (0.6, 0.1, 0.3),
    groups: Sequence | None = None,
    min_people: int = MIN_PEOPLE,
    seed: int = 0,
) -> Split:
    """Deal people into training, validation and test parts at random.

    Parameters
    ----------
    n_people : int
    fractions : three floats
        Shares of training, validation and test people, in sum 1.
    groups : sequence, shape (n_people,), optional
        Family, cage or site of each: a group stays together, so fractions are met
        within one group's size.
    min_people : int
        Smallest part allowed.
    seed : int

    Raises
    ------
    ValueError
        If a part has fewer than `min_people`.
    """
    n_people = checks.integer("n_people", n_people, at_least=3)
    fractions = checks.vector("fractions", fractions, length=3)
    if (fractions <= 0).any() or not np.isclose(fractions.sum(), 1):
        raise ValueError(
            f"fractions must be positive and sum to 1; got {tuple(fractions.tolist())}."
        )
    min_people = checks.integer("min_people", min_people, at_least=1)
    seed = checks.integer("seed", seed, at_least=0)
    labels = np.arange(n_people)
    if groups is not None:
        if len(groups) != n_people:
            raise ValueError(f"groups must have {n_people} labels; got {len(groups)}.")
        labels, _ = pd.factorize(np.asarray(groups))
    draw = np.random.default_rng(seed)
    place = draw.permutation(labels.max() + 1)[labels]
    order = np.lexsort((draw.permutation(n_people), place))
    # A group belongs to the part in which its first member falls.
    reached = np.searchsorted(place[order], place[order], side="left") / n_people
    part = np.searchsorted(np.cumsum(fractions)[:2] - 1e-12, reached, side="right")
    parts = Split(*(np.sort(order[part == k]) for k in range(3)))
    for name, members in zip(("train", "validation", "test"), parts, strict=True):
        if len(members) < min_people:
            raise ValueError(
                f"{name} must have at least {min_people} people; got {len(members)} "
                f"of {n_people}."
            )
    return parts


def _read_text(path) -> pd.DataFrame:
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist.")
    separator = {".csv": ",", ".tsv": "\t"}.get(path.suffix.lower())
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8.") from None
    rows = [
        [field.strip().strip('"') for field in line.split(separator)]
        for line in lines
        if line.strip()
    ]
    if len(rows) < 2:
        raise ValueError(f"{path} must have a header line and rows below it.")
    header = rows[0]
    for name in header:
        if header.count(name) > 1:
            raise ValueError(f"{path} has two columns named {name!r}.")
    for number, row in enumerate(rows[1:], start=1):
        if len(row) != len(header):
            raise ValueError(
                f"{path} row {number} has {len(row)} fields; the header has "
                f"{len(header)}."
            )
    return pd.DataFrame(rows[1:], columns=header)


def _column(path, column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        raise ValueError(
            f"{path} row {column.index[bad[0]] + 1}, column {column.name!r} must be "
            f"a number; got {column.iloc[bad[0]]!r}."
        )
    return numbers
