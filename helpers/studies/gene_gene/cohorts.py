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
from helpers.studies.gene_gene import own_people
from helpers.studies.gene_gene.own_files import target_of
from helpers.studies.gene_gene.same_people import DIFFERENT, shared_people
from helpers.studies.gene_gene.yes_or_no import YesOrNo, is_yes_or_no

KINDS = {False: "numbers", True: "controls and cases"}
#: Share of people that two cohorts may share.
SHARED = 0.1
#: Differences in allele frequency over those that sampling makes, squared: below this
#: two cohorts are one.
ALIKE = 0.01
#: SNPs that must vary to tell.
FEWEST_SNPS = 20
NOT_COMPARED = (
    "The folder holds no genotypes of the first cohort, so people cannot be compared: "
    "see to it that these are other people."
)


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
    said : str
        As what their trait was read, and what they may have meant otherwise.
    """

    panel: Panel
    y: np.ndarray | YesOrNo
    groups: np.ndarray | None
    dropped: pd.DataFrame
    said: str = ""


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
        Arguments of `own_people.read_people`: covariates and groups above all.
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
    table = own_people.read_people(pheno, trait, **(columns or {}))
    fam = plink.read_fam(Path(bed).with_suffix(".fam"))
    people, left_out = traits.common_people(fam["person"], table)
    own_people.check_people(table.take(people), trait, columns or {})
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
    said = [own_people.trait_words(table, trait), *own_people.cautions(table, trait)]
    return SecondCohort(panel, y, table.groups, dropped, " ".join(said))


def check_people(first: Panel, second: Panel) -> str:
    """Raise where people of a second cohort are those of the first; say what is shared.

    They have all but one in a hundred genotypes of somebody there, whatever their name;
    the SNPs of both panels are the same. What few SNPs make equal by chance is seen
    where people of one cohort equal each other (`shared_people`), or where everybody
    has the name of the next.

    Raises
    ------
    ValueError
        If more than a tenth of the people are shared, beyond twice the chance.
    """
    n = second.n_people
    named, by_chance = _of_one_name(first, second)
    if named > SHARED * n + 2 * by_chance:
        raise ValueError(
            f"second_bed must hold other people than bed; {named:,} of {n:,} have the "
            "name and the genotypes of somebody there: leave them out."
        )
    who, by_chance = shared_people(first, second)
    met = np.flatnonzero(who >= 0)
    if len(met) > SHARED * n + 2 * by_chance:
        names = second.people[met[0]], first.people[who[met[0]]]
        raise ValueError(
            f"second_bed must hold other people than bed; {len(met):,} of {n:,} have "
            f"the genotypes of somebody there under another name ({names[0]!r} those "
            f"of {names[1]!r}): leave them out."
        )
    if SHARED * n + 2 * by_chance >= n:
        return "Too few SNPs vary to tell whether they are other people."
    chance = f" (by chance about {by_chance:.0f})" if by_chance >= 0.5 else ""
    return f"Of them {len(met):,} have the genotypes of somebody in the first{chance}."


def check_frequencies(snps: SnpList, n_people: int, second: Panel) -> None:
    """Raise where allele frequencies of a second cohort are those of the first.

    Those of other people of one population differ by what sampling makes, those of
    other populations by more; nearly the same people, by next to nothing.

    Parameters
    ----------
    snps : SnpList
        Of the first cohort, with its frequencies.
    n_people : int
        Of the first cohort.
    second : Panel
    """
    p = snps.frequencies
    varies = (np.ptp(second.genotypes, axis=1) > 0) & (p > 0) & (p < 1)
    if varies.sum() < FEWEST_SNPS:
        return
    sampling = p * (1 - p) / 2 * (1 / n_people + 1 / second.n_people)
    ratio = ((second.frequencies() - p)[varies] ** 2 / sampling[varies]).mean()
    if ratio < ALIKE:
        raise ValueError(
            "a second cohort must be other people; the allele frequencies of these "
            f"{second.n_people:,} are those of the first cohort's {n_people:,}."
        )


def _of_one_name(first: Panel, second: Panel) -> tuple[int, int]:
    """Return how many have name and genotypes of somebody, and the next one's."""
    place = {name: k for k, name in enumerate(first.people)}
    known = [k for k, name in enumerate(second.people) if name in place]
    theirs = first.genotypes[:, [place[second.people[k]] for k in known]]
    ours = second.genotypes[:, known]
    same, by_chance = (
        int(((theirs == moved).mean(axis=0) >= 1 - DIFFERENT).sum())
        for moved in (ours, np.roll(ours, 1, axis=1))
    )
    return same, by_chance


def kind_of(y: np.ndarray | YesOrNo) -> str:
    """Return of which kind a trait is."""
    return KINDS[isinstance(y, YesOrNo)]


def check_kind(found: str, kind: str) -> None:
    """Raise a ValueError where a trait is not of the first cohort's kind."""
    if found != kind:
        raise ValueError(
            f"the trait must be of {kind}, as in the first cohort; got {found}."
        )
