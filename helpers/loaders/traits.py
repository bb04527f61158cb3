"""Traits of people: tables, covariates, normal scores and parts of a study."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from helpers import checks
from helpers.data.kinds import PathLike
from helpers.data.splits import Split
from helpers.loaders import text
from helpers.loaders.missing import MISSING, absent, levels_absent
from helpers.loaders.people import names_of

MIN_PEOPLE = 50  # in each part of a study
#: Scales of a trait of numbers.
SCALES = ("normal scores", "as is", "log")


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
    families : sequence of str, or None
        Family of each, where the table names it: it tells equal ids apart.
    """

    people: tuple[str, ...]
    values: np.ndarray
    covariates: pd.DataFrame = field(repr=False)
    dropped: pd.DataFrame = field(repr=False)
    groups: np.ndarray | None = field(default=None, repr=False)
    families: tuple[str, ...] | None = field(default=None, repr=False)

    def rows_of(self, people: Sequence[str]) -> np.ndarray:
        """Return the row of each person, -1 where there is none.

        A person may be called by the id, if it comes once in the table, or by
        "family:id".
        """
        row_of: dict[str, int] = {}
        if self.families is not None:
            ids = [
                name.removeprefix(f"{family}:")
                for name, family in zip(self.people, self.families, strict=True)
            ]
            once = ~pd.Series(ids).duplicated(keep=False)
            row_of = {ids[row]: int(row) for row in np.flatnonzero(once)}
            full = zip(self.families, ids, strict=True)
            row_of |= {f"{family}:{one}": row for row, (family, one) in enumerate(full)}
        row_of |= {name: row for row, name in enumerate(self.people)}
        return np.array([row_of.get(person, -1) for person in people], dtype=int)

    def take(self, people: Sequence[str]) -> "TraitTable":
        """Return the rows of `people`, in that order."""
        rows = self.rows_of(people)
        if (rows < 0).any():
            unknown = people[int(np.argmax(rows < 0))]
            raise ValueError(f"people must be in the trait table; {unknown!r} is not.")
        return TraitTable(
            tuple(people),
            self.values[rows],
            self.covariates.iloc[rows].reset_index(drop=True),
            self.dropped,
            None if self.groups is None else self.groups[rows],
            self.families and tuple(self.families[row] for row in rows),
        )

    def adjusted(self, scale: str = "normal scores") -> np.ndarray:
        """Return the trait without what the covariates explain, on a scale.

        Parameters
        ----------
        scale : {"normal scores", "as is", "log"}
            Normal scores are of what the covariates leave; logarithms are taken before.

        Raises
        ------
        ValueError
            If logarithms are asked of a value that is not above 0.
        """
        checks.one_of("scale", scale, SCALES)
        values = self.values
        if scale == "log":
            low = int((values <= 0).sum())
            if low:
                raise ValueError(
                    f"the trait must be above 0 on the scale 'log'; {low} of "
                    f"{len(values)} values are not, the least is {values.min():g}."
                )
            values = np.log(values)
        left = residuals(values, self.covariates)
        return normal_scores(left) if scale == "normal scores" else left


def read_trait(  # the columns and codes of a table, each by its name
    path: PathLike,
    trait: str,
    *,
    covariates: Sequence[str] = (),
    categories: Sequence[str] = (),
    groups: str | None = None,
    id_column: str = "IID",
    family_column: str = "FID",
    missing_codes: Sequence | None = None,
    covariate_file: PathLike | None = None,
) -> TraitTable:
    """Read a trait and covariates from a table, or from one each.

    Fields are separated by commas in .csv files, by tabs in .tsv files, else by tabs
    or white space; the file may be compressed. A table of PLINK may have no header
    line: its columns are family, person and numbers, called by their places from 3 on;
    a single one is the trait, whatever its name. A person with a missing value is left
    out and reported. NA, NaN, a point or nothing is a missing value, and so are the
    codes of `helpers.loaders.missing`: -9 above all, as PLINK writes it.

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
    family_column : str
        Column of families, which tells equal ids apart; used where there is one.
    missing_codes : sequence of str or numbers, optional
        Take these codes for missing values in place of the usual ones; () for none.
    covariate_file : str or Path, optional
        Table of the same people with covariates and categories, and with groups if
        `path` has no such column. Who is not in it has no value of them.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is unknown or holds something other than numbers, a person has no
        id or comes twice, a line has too few fields, or the trait does not vary.

    Examples
    --------
    >>> import pandas as pd
    >>> from helpers import read_trait
    >>> people = pd.DataFrame({"IID": ["A1", "A2", "A3"], "ldl": [3.1, 4.0, -9]})
    >>> people["age"] = [50, 61, 44]
    >>> people.to_csv("pheno.tsv", sep=chr(9), index=False)  # in place of your own
    >>> trait = read_trait("pheno.tsv", "ldl", covariates=["age"])
    >>> trait.people, trait.values.tolist()  # -9 is missing
    (('A1', 'A2'), [3.1, 4.0])
    """
    for name, given in (
        ("covariates", covariates),
        ("categories", categories),
        ("missing_codes", missing_codes),
    ):
        if isinstance(given, str):
            raise TypeError(f"{name} must be a list; got {given!r}.")
    own_group = () if groups is None else (groups,)
    wanted = [trait, *covariates, *categories, *own_group]
    by = (id_column, family_column)
    if covariate_file is None:
        table = _columns(path, id_column, wanted)
    else:
        table = _joined(path, covariate_file, wanted, groups, by)
    people, families = _people(path, table, *by)

    numeric = [absent(table[trait], missing_codes, outcome=True)]
    numeric += [absent(table[name], missing_codes) for name in covariates]
    labels = [levels_absent(table[name], missing_codes) for name in categories]
    if groups is not None:
        labels.append(levels_absent(table[groups], missing_codes, zero=False))
    reasons = _first_reasons(wanted, [*numeric, *labels])
    complete = (reasons == "").to_numpy()
    if not complete.any():
        raise ValueError(f"{path} has no person with all of {', '.join(wanted)}.")
    report = [
        ("person", people[row], reasons.iloc[row]) for row in np.flatnonzero(~complete)
    ]
    table = table[complete]
    values = _column(path, table[trait]).to_numpy()
    if np.ptp(values) == 0:
        raise ValueError(f"{path} column {trait!r} must vary; all are {values[0]:g}.")
    design = _design(path, table, covariates, categories)
    flat = [name for name in design if np.ptp(design[name]) == 0]
    report += [("covariate", name, "constant") for name in flat]
    return TraitTable(
        tuple(np.array(people)[complete].tolist()),
        values,
        design.drop(columns=flat).reset_index(drop=True),
        pd.DataFrame(report, columns=["kind", "item", "reason"]),
        None if groups is None else table[groups].to_numpy(dtype=str),
        families and tuple(np.array(families)[complete].tolist()),
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
    genotyped = list(genotyped)
    rows = table.rows_of(genotyped)
    both = tuple(genotyped[i] for i in np.flatnonzero(rows >= 0))
    if not both:
        raise ValueError(
            "genotypes and traits must share people; no id is in both "
            f"(for example {next(iter(genotyped))!r} and {table.people[0]!r})."
        )
    known = {item for item in table.dropped["item"]}  # reported with a better reason
    without_trait = [genotyped[i] for i in np.flatnonzero(rows < 0)]
    report = [
        ("person", person, "not in the trait table")
        for person in without_trait
        if person not in known
    ]
    met = set(rows.tolist())
    report += [
        ("person", person, "no genotypes")
        for row, person in enumerate(table.people)
        if row not in met
    ]
    return both, pd.DataFrame(report, columns=["kind", "item", "reason"])


def columns_of(path: PathLike, id_column: str = "IID") -> list[str]:
    """Return the names of a table's columns, as `read_trait` calls them.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_trait`.
    """
    separator = text.separator_of(path, others=True)
    return [str(name) for name in _table(path, separator, id_column, [])]


def residuals(values: np.ndarray, covariates: ArrayLike | pd.DataFrame) -> np.ndarray:
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
    groups: Sequence | np.ndarray | None = None,
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
    shares = checks.vector("fractions", fractions, length=3)
    if (shares <= 0).any() or not np.isclose(shares.sum(), 1):
        raise ValueError(
            f"fractions must be positive and sum to 1; got {tuple(shares.tolist())}."
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
    part = np.searchsorted(np.cumsum(shares)[:2] - 1e-12, reached, side="right")
    parts = Split(*(np.sort(order[part == k]) for k in range(3)))
    for name, members in zip(("train", "validation", "test"), parts, strict=True):
        if len(members) < min_people:
            raise ValueError(
                f"{name} must have at least {min_people} people; got {len(members)} "
                f"of {n_people}."
            )
    return parts


def _columns(path: PathLike, id_column: str, wanted: list[str]) -> pd.DataFrame:
    """Return the table as text; every column wanted is there, and used once."""
    separator = text.separator_of(path, others=True)
    table = _table(path, separator, id_column, wanted)
    if not len(table):
        raise ValueError(f"{path} must have rows below its header line.")
    for column in (id_column, *wanted):
        try:
            text.column_of(path, table, column, separator)
        except ValueError as error:
            if column != id_column:
                raise
            raise ValueError(f"{error} Say as id_column which names people.") from None
        if [id_column, *wanted].count(column) > 1:
            raise ValueError(f"column {column!r} must be used once.")
    return table


def _table(
    path: PathLike, separator: str | None, id_column: str, wanted: list[str]
) -> pd.DataFrame:
    """Return a table as text, with names for its columns where it has no header."""
    first = next(text.lines(path), (0, ""))[1].split(separator)
    if _is_headerless([field.strip() for field in first], id_column):
        names = ["FID", id_column, *(str(k) for k in range(3, len(first) + 1))]
        if len(names) == 3 and len(wanted) == 1:
            names[2] = wanted[0]
        return text.read_table(path, separator, header=names)
    table = text.read_table(path, separator)
    # PLINK 2 marks its header line: #FID IID or #IID
    return table.rename(columns={table.columns[0]: table.columns[0].removeprefix("#")})


def _is_headerless(first: list[str], id_column: str) -> bool:
    """Return whether the first line is of a person: two names, and numbers."""
    if len(first) < 3 or id_column in first:
        return False
    numbers = pd.to_numeric(pd.Series(first[2:]), errors="coerce").notna()
    return bool((numbers | pd.Series(first[2:]).isin(MISSING)).all())


def _joined(
    path: PathLike,
    other: PathLike,
    wanted: list[str],
    groups: str | None,
    by: tuple[str, str],
) -> pd.DataFrame:
    """Return the columns wanted of two tables of the same people, as text."""
    trait, further = wanted[0], wanted[1:]
    header = _columns(path, by[0], [trait]).columns
    own = [trait] + [name for name in further if name == groups and name in header]
    table = _columns(path, by[0], own)
    further = [name for name in further if name not in own]
    second = _columns(other, by[0], further)
    keys = [by[0], by[1]] if by[1] in table and by[1] in second else [by[0]]
    twice = second[second.duplicated(keys)]
    if len(twice):
        raise ValueError(
            f"{other} must name each person once; {twice[by[0]].iloc[0]!r} twice."
        )
    kept = table[[*dict.fromkeys([*(k for k in by if k in table), *own])]]
    both = kept.merge(second[[*keys, *further]], on=keys, how="left")
    if not both[keys].merge(second[keys], on=keys).size:
        raise ValueError(
            f"{path} and {other} must share people; no {' and '.join(keys)} is in both "
            f"(for example {kept[by[0]].iloc[0]!r} and {second[by[0]].iloc[0]!r})."
        )
    return both.fillna("")


def _people(
    path: PathLike, table: pd.DataFrame, id_column: str, family_column: str
) -> pd.Series:
    """Return the names of people, and their families where the table has them."""
    ids = table[id_column]
    nobody = np.flatnonzero(ids.isin(MISSING))
    if len(nobody):
        raise ValueError(
            f"{path} row {nobody[0] + 1}, column {id_column!r} must name a person; "
            f"got {ids.iloc[nobody[0]]!r}."
        )
    if family_column in table and family_column != id_column:
        families = table[family_column].tolist()
        return names_of(path, families, ids), tuple(families)
    twice = ids[ids.duplicated()]
    if len(twice):
        raise ValueError(
            f"{path} must name each person once; {twice.iloc[0]!r} twice. If ids "
            f"repeat between families, add a column {family_column}."
        )
    return ids.tolist(), None


def _first_reasons(columns: list[str], codes: list[pd.Series]) -> pd.Series:
    """Return why each person goes: the first column without a value; "" if none."""
    reasons = pd.Series("", index=codes[0].index, dtype=object)
    for column, code in zip(columns, codes, strict=True):
        gone = code.notna() & (reasons == "")
        said = code[gone].map(lambda c: f" (code {c})" if c else "")
        reasons[gone] = f"no value of {column}" + said
    return reasons


def _design(
    path: PathLike,
    table: pd.DataFrame,
    covariates: Sequence[str],
    categories: Sequence[str],
) -> pd.DataFrame:
    """Return covariates as numbers, and a 0/1 column a level but the first."""
    columns = [_column(path, table[name]) for name in covariates]
    for name in categories:
        levels = sorted(table[name].unique())
        columns += [
            (table[name] == level).astype(float).rename(f"{name}={level}")
            for level in levels[1:]
        ]
    return pd.concat(columns, axis=1) if columns else pd.DataFrame(index=table.index)


def _column(path: PathLike, column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if bad.size:
        raise ValueError(
            f"{path} row {column.index[bad[0]] + 1}, column {column.name!r} must be "
            f"a number; got {column.iloc[bad[0]]!r}."
        )
    return numbers
