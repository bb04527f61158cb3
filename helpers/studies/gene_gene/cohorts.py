"""A second cohort, read as the networks of a first one want it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.data.kinds import PathLike
from helpers.data.panel import Panel
from helpers.loaders import plink, traits
from helpers.loaders.matching import SnpList, match_panel
from helpers.significance.interaction.folds import FEWEST
from helpers.studies.gene_gene.own_files import target_of
from helpers.studies.gene_gene.yes_or_no import YesOrNo, is_yes_or_no

KINDS = {False: "numbers", True: "controls and cases"}
#: Share of genotypes in which two files of one person may differ.
DIFFERENT = 0.01
#: Share of people that two cohorts may share.
SHARED = 0.1


@dataclass(frozen=True)
class SecondCohort:
    """Other people, in the SNPs and alleles that networks read.

    Parameters
    ----------
    panel : Panel
    y : array, shape (n_people,), or YesOrNo
        Their trait, from `own_files.target_of`.
    groups : array of str, shape (n_people,), or None
        Families or cages.
    dropped : DataFrame
        kind, item, reason of what was turned, filled or left out.
    """

    panel: Panel
    y: np.ndarray | YesOrNo
    groups: np.ndarray | None
    dropped: pd.DataFrame


def read_second(
    bed: PathLike,
    pheno: PathLike,
    trait: str,
    snps: SnpList,
    *,
    kind: str,
    scale: str = "normal scores",
    columns: dict | None = None,
    absent: str = "error",
) -> SecondCohort:
    """Read a second cohort; no network is needed, so that this can go before training.

    Parameters
    ----------
    bed, pheno : str or Path
    trait : str
        Its column.
    snps : SnpList
        Of the first cohort.
    kind : {"numbers", "controls and cases"}
        Of the trait of the first cohort.
    scale : str
        On which it was learned, as for `own_files.target_of`.
    columns : dict, optional
        Arguments of `traits.read_trait`: covariates and groups above all.
    absent : {"error", "fill"}
        As for `match_panel`.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If files cannot be used, SNPs do not match, or the trait is of the other kind.
    """
    plink.check_kind(Path(bed))
    table = traits.read_trait(pheno, trait, **(columns or {}))
    fam = plink.read_fam(Path(bed).with_suffix(".fam"))
    people, left_out = traits.common_people(fam["person"], table)
    panel = match_panel(bed, snps, people=people, absent=absent)
    if panel.n_people < FEWEST:
        raise ValueError(
            f"a second cohort must be at least {FEWEST} people with genotypes and "
            f"trait; got {panel.n_people}."
        )
    table = table.take(panel.people)
    check_kind(KINDS[is_yes_or_no(table.values)], kind)
    y = target_of(table, scale)
    dropped = pd.concat([panel.dropped, table.dropped, left_out], ignore_index=True)
    return SecondCohort(panel, y, table.groups, dropped)


def check_people(first: Panel, second: Panel) -> None:
    """Raise where people of a second cohort are those of the first.

    They have the name, and all but one in a hundred genotypes, of somebody there; the
    SNPs of both panels are the same. What few SNPs make equal by chance is seen where
    everybody has the name of the next.
    """
    place = {name: k for k, name in enumerate(first.people)}
    known = [k for k, name in enumerate(second.people) if name in place]
    theirs = first.genotypes[:, [place[second.people[k]] for k in known]]
    ours = second.genotypes[:, known]
    same, by_chance = (
        int(((theirs == moved).mean(axis=0) >= 1 - DIFFERENT).sum())
        for moved in (ours, np.roll(ours, 1, axis=1))
    )
    if same > SHARED * second.n_people + 2 * by_chance:
        raise ValueError(
            f"second_bed must hold other people than bed; {same:,} of "
            f"{second.n_people:,} have the name and the genotypes of somebody there: "
            "leave them out."
        )


def kind_of(y: np.ndarray | YesOrNo) -> str:
    """Return of which kind a trait is."""
    return KINDS[isinstance(y, YesOrNo)]


def check_kind(found: str, kind: str) -> None:
    """Raise a ValueError where a trait is not of the first cohort's kind."""
    if found != kind:
        raise ValueError(
            f"the trait must be of {kind}, as in the first cohort; got {found}."
        )
