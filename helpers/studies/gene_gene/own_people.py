"""A reader's own people: what is read of them, what is refused, and what is said."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.kinds import PathLike
from helpers.data.splits import Split
from helpers.loaders import text, traits
from helpers.studies.gene_gene.yes_or_no import is_yes_or_no

#: Distinct values up to which a trait of numbers may be controls, cases and codes.
FEW = 4
#: People for each level of a category. With fewer, clearing a trait of the category
#: takes more than a tenth of it away, whatever the levels mean.
PER_LEVEL = 10
#: Values of a trait that are named.
NAMED = 10
#: What starts the group of somebody whose family is 0.
ALONE = "none: "


def read_people(pheno: PathLike, trait: str, **columns: Any) -> traits.TraitTable:
    """Read a trait and covariates as `traits.read_trait` does, and mind PLINK's zeros.

    Somebody whose family (`groups`) is 0 has none and is a group alone. A 0 in a
    covariate called sex of 0, 1 and 2 is missing, as it is in a category, unless
    `missing_codes` are given.

    Parameters
    ----------
    pheno : str or Path
    trait : str
    **columns
        Of `traits.read_trait`.

    Raises
    ------
    FileNotFoundError, ValueError
        As `traits.read_trait`; or if nothing of `covariate_file` is asked for.
    """
    _check_used(pheno, columns)
    table = traits.read_trait(pheno, trait, **columns)
    if columns.get("missing_codes") is None:
        table = _of_known_sex(table, columns.get("covariates", ()))
    return _alone(table)


def check_people(
    table: traits.TraitTable, trait: str, columns: Mapping[str, Any]
) -> None:
    """Raise where values look like codes, or a category has too many levels.

    Parameters
    ----------
    table : TraitTable
        Of those who have genotypes.
    trait : str
    columns : mapping
        Those of `read_people`.

    Raises
    ------
    ValueError
        If the trait has three or four values and `missing_codes` are not given, or a
        category has fewer than ten people for each level.
    """
    values = np.unique(table.values)
    if columns.get("missing_codes") is None and 2 < len(values) <= FEW:
        raise ValueError(
            f"the trait {trait!r} must have two values (controls and cases) or more "
            f"than {FEW} (numbers); got {_counted(table.values)}. Name those that are "
            "missing in missing_codes; if all are numbers, missing_codes of -9 says so."
        )
    for name in columns.get("categories", ()):
        n_levels = _n_levels(table.covariates, name)
        if n_levels * PER_LEVEL > len(table.people):
            raise ValueError(
                f"a category must have {PER_LEVEL} people for each level, or clearing "
                f"the trait of it takes the trait away; {name!r} has {n_levels:,} "
                f"levels of {len(table.people):,} people: join some, or name it as "
                "groups."
            )


def trait_words(table: traits.TraitTable, trait: str) -> str:
    """Say as what a trait was read, with counts."""
    if is_yes_or_no(table.values):
        values, (controls, cases) = np.unique(table.values, return_counts=True)
        return (
            f"Trait: {trait}, read as controls and cases: {controls:,} controls (code "
            f"{values[0]:g}) and {cases:,} cases (code {values[1]:g})."
        )
    values = np.unique(table.values)
    which = f"{values[0]:.4g} to {values[-1]:.4g}"
    if len(values) <= NAMED:
        which = _counted(table.values)
    return f"Trait: {trait}, read as numbers: {len(values):,} values, {which}."


def cautions(table: traits.TraitTable, trait: str) -> list[str]:
    """Return sentences on what a reader may have meant otherwise."""
    said, n_values = [], len(np.unique(table.values))
    zero = f"no value of {trait} (code 0"
    n_zero = int(table.dropped["reason"].str.startswith(zero).sum())
    if n_zero:
        said.append(
            f"{n_zero:,} people with a trait of 0 are left out: beside 1, a control, "
            "and 2, a case, PLINK's 0 is missing. If 0, 1 and 2 are numbers, "
            "missing_codes of -9 says so."
        )
    if 2 < n_values <= FEW:
        said.append(
            f"The trait has {n_values} values, {_counted(table.values)}, and is taken "
            "for one of numbers. If one of them is a code, name it in missing_codes."
        )
    n_alone = int(_are_alone(table.groups).sum())
    if n_alone:
        said.append(
            f"{n_alone:,} people are of group 0, which is PLINK's for no family: each "
            "stands alone. If 0 is a group of yours, give it another name."
        )
    return said


def parts_of(n_people: int, groups: np.ndarray | None, *, seed: int) -> Split:
    """Deal people as `traits.split_people` does; say which group makes it impossible.

    Raises
    ------
    ValueError
        If a part has too few people.
    """
    try:
        return traits.split_people(n_people, groups=groups, seed=seed)
    except ValueError as error:
        if groups is None:
            raise
        sizes = pd.Series(groups).value_counts()
        raise ValueError(
            f"{str(error).removesuffix('.')}, as a group stays together and the "
            f"largest of {len(sizes):,}, {str(sizes.index[0])!r}, holds "
            f"{sizes.iloc[0]:,}: divide it, or try another seed."
        ) from None


def _check_used(pheno: PathLike, columns: Mapping[str, Any]) -> None:
    """Raise where a file of covariates is given, and none of it is asked for."""
    other, groups = columns.get("covariate_file"), columns.get("groups")
    if other is None or columns.get("covariates") or columns.get("categories"):
        return
    by = columns.get("id_column", "IID")
    if groups is not None and groups not in traits.columns_of(pheno, by):
        return
    there = [n for n in traits.columns_of(other, by) if n not in (by, "FID")]
    raise ValueError(
        f"covariates or categories must name columns of {other}, or it is given for "
        f"nothing; it has {text.listed(there)}."
    )


def _of_known_sex(
    table: traits.TraitTable, covariates: Sequence[str]
) -> traits.TraitTable:
    """Leave out whose sex is PLINK's 0, unknown, in a column of numbers 0, 1 and 2."""
    design, report = table.covariates, []
    gone = np.zeros(len(table.people), dtype=bool)
    for name in covariates:
        if name.lower() != "sex" or name not in design:
            continue
        if set(design[name]) == {0, 1, 2}:
            unknown = design[name].to_numpy() == 0
            gone |= unknown
            reason = f"no value of {name} (code 0)"
            report += [
                ("person", table.people[row], reason) for row in np.flatnonzero(unknown)
            ]
    if not report:
        return table
    left = table.take([table.people[row] for row in np.flatnonzero(~gone)])
    more = pd.DataFrame(report, columns=["kind", "item", "reason"])
    return replace(left, dropped=pd.concat([left.dropped, more], ignore_index=True))


def _alone(table: traits.TraitTable) -> traits.TraitTable:
    """Make somebody of group 0, PLINK's for no family, a group alone."""
    if table.groups is None:
        return table
    groups = [
        f"{ALONE}{person}" if group == "0" else group
        for person, group in zip(table.people, table.groups, strict=True)
    ]
    return replace(table, groups=np.array(groups, dtype=str))


def _are_alone(groups: np.ndarray | None) -> np.ndarray:
    """Return who is a group alone because the family is 0."""
    if groups is None:
        return np.zeros(0, dtype=bool)
    return np.char.startswith(groups, ALONE)


def _n_levels(design: pd.DataFrame, name: str) -> int:
    """Return how many levels of a category some people have."""
    own = design[[c for c in design if c.startswith(f"{name}=")]].to_numpy() > 0
    return int(own.any(axis=0).sum()) + int((~own.any(axis=1)).any())


def _counted(values: np.ndarray) -> str:
    """Return the distinct values, each with how many people have it."""
    counts = zip(*np.unique(values, return_counts=True), strict=True)
    return ", ".join(f"{value:g} ({n:,} people)" for value, n in counts)
