"""The report that *Your own genes* ends in: one page, and a file of each table."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import helpers
from helpers.data.kinds import PathLike
from helpers.data.panel import Panel
from helpers.loaders import plink
from helpers.loaders.traits import TraitTable
from helpers.studies.gene_gene import second_cohort
from helpers.studies.gene_gene.own_files import LEVEL, OwnTest
from helpers.studies.gene_gene.own_files import shown as shown_pairs
from helpers.studies.gene_gene.own_people import trait_words
from helpers.studies.keeping import digest_of
from helpers.studies.own_table.report import (
    Picture,
    page_of_sections,
    picture,
    written_whole,
)

PACKAGES = ("torch", "numpy", "pandas", "scipy", "scikit-learn")
DESCRIBED = 5  # pairs in the words for who does not see the figure
MOST_PAIRS = 20  # on the page; the file has all
#: Tables that a run may not have; one of an earlier run would be taken for its own.
OPTIONAL = ("replication", "turned", "permuted")

PAIRS = (
    "Share: how much of the residual's variance the learned direction explains, with "
    "its 95% interval: on average a lower bound of what the pair does, but of pairs "
    "picked as the strongest often too large. p is one-sided; p_holm is corrected for "
    "the number of pairs, p_maxt likewise by a multiplier bootstrap; p_bh is a false "
    "discovery rate. Surviving: what is left of the direction once single genes, "
    "neighbours and other pairs have taken theirs; 'cannot tell' where that is next to "
    "nothing."
)
NOT_MEANT = (
    "A call is an interaction of these data, on this scale of the trait. Another scale "
    "can make one or take it away; two SNPs that tag one untyped SNP make one too.",
    "It is no mechanism and no cause: relatives and mixed ancestry may make people "
    "alike in ways that look like interactions, as far as covariates do not hold them.",
    "Covariates were taken out of the trait alone, as sums. What a gene does together "
    "with age, sex or ancestry is still in it.",
    "After Holm at most one data set in twenty is meant to have a false call, whatever "
    "the number of pairs. A called pair is a candidate until it returns in others.",
    "A pair that is not called has not been shown not to interact: with few people or "
    "weak effects most pairs that do are missed.",
)
OF_CASES = (
    "The trait is of controls and cases, and pairs are tested on log odds: genes that "
    "multiply odds do not interact there. Genes that add up in a liability, of which "
    "those beyond a threshold are cases, do a little."
)
AGAIN = (
    "Slope: of what is left of the trait on the interaction that the networks predict; "
    "1 is as much as they say (in standard deviations of the trait, of controls and "
    "cases on log odds). Expect less of pairs picked as the strongest, and more of "
    "networks that learned little. In brackets its robust error. p is one-sided; "
    "p_holm is corrected for the pairs asked."
)
PERMUTED = (
    "p_max is the chance of even one false call among all pairs if nothing interacts; "
    "where something does, other pairs of the same genes are called with it. "
    "p_pattern assumes a leak that is spread evenly over pairs, which it is not. "
    "Neither decides: the test of each pair does."
)


@dataclass(frozen=True)
class Replicated:
    """What a second cohort says.

    Parameters
    ----------
    said : str
    table, turned : DataFrame, optional
        From `saved.replicate_files`.
    """

    said: str
    table: pd.DataFrame | None = None
    turned: pd.DataFrame | None = None


def described(panel: Panel, table: TraitTable, trait: str) -> str:
    """Return in a sentence who and what was read and kept."""
    covariates = ", ".join(map(str, table.covariates.columns)) or "none"
    families = ""
    if table.groups is not None:
        families = f" Families are kept together ({len(set(table.groups)):,} of them)."
    return (
        f"Kept: {panel.n_people:,} people, {panel.n_genes} genes, {panel.n_snps:,} "
        f"SNPs ({min(panel.sizes)} to {max(panel.sizes)} a gene). "
        f"{trait_words(table, trait)} Covariates: {covariates}.{families}"
    )


def figure_words(pairs: pd.DataFrame) -> str:
    """Return in words what the figure of the pairs shows, from their table."""
    rows = [
        f"{' × '.join(row.pair)} {row.estimate:.2%} ({row.low:.2%} to {row.high:.2%}), "
        f"{'called' if row.p_holm <= LEVEL else 'not called'}"
        for row in pairs.head(DESCRIBED).itertuples()
    ]
    return (
        "Left: share of the residual's variance that the strongest pairs explain, with "
        f"95% intervals: {'; '.join(rows)}. Right: a map of z of every pair."
    )


def provenance(panel: Panel, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return what a run rests on: what, value.

    Parameters
    ----------
    panel : Panel
        Its genotypes stand there as the first digits of their sha256.
    settings : mapping
        Of the page, seed included; of paths the last part.
    """
    rows = {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "helpers": helpers.__version__,
        "Python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "genotypes, sha256": digest_of(panel.genotypes)[:16],
        **{name: _told(value) for name, value in settings.items()},
    }
    return pd.DataFrame({"what": list(rows), "value": list(rows.values())})


def report_files(  # the sections of the report, each by its name
    *,
    about: Sequence[str],
    dropped: pd.DataFrame,
    asked: OwnTest,
    warned: Sequence[str],
    figure: Figure,
    replicated: Replicated,
    permuted: pd.DataFrame | None,
    rests_on: pd.DataFrame,
    of_cases: bool = False,
) -> dict[str, str]:
    """Return the files of the report, by name.

    Parameters
    ----------
    about : sequence of str
        Paragraphs on who was read; empty ones are left out.
    dropped : DataFrame
        From `own_files.read_own`. The page has counts alone: names stay in the file.
    asked : OwnTest
    warned : sequence of str
        What training warned of.
    figure : Figure
        Of the pairs.
    replicated : Replicated
    permuted : DataFrame, optional
        From `own_files.judged`.
    rests_on : DataFrame
        From `provenance`.
    of_cases : bool
        Whether the trait is yes or no.
    """
    counts = _counts(dropped)
    none_dropped = [] if len(counts) else ["Nothing was dropped."]
    pairs = asked.pairs.assign(pair=[" × ".join(pair) for pair in asked.pairs["pair"]])
    drawn: Picture = picture(figure, figure_words(asked.pairs))
    again = replicated.table
    in_others = None if again is None else second_cohort.shown(again)
    of_others = [replicated.said, *([AGAIN] if again is not None else [])]
    look = [PERMUTED] if permuted is not None else ["Not asked for."]
    some = None if permuted is None else permuted.head(MOST_PAIRS)
    sections = [
        (
            "What was read, and what was dropped",
            [*(text for text in about if text), *none_dropped],
            counts,
        ),
        ("What the networks learned", [_plain(asked.words()), *warned], None),
        ("", [], _learned(asked.training)),
        ("The pairs", [called_words(asked), PAIRS], drawn),
        ("", [], shown_pairs(asked.pairs, MOST_PAIRS)),
        ("In other people", of_others, in_others),
        ("A second look by permutation", look, some),
        ("What a call does not mean", [*NOT_MEANT, *([OF_CASES] * of_cases)], None),
        ("What this rests on", [], rests_on),
    ]
    tables = {
        "pairs": pairs,
        "dropped": dropped,
        "networks": asked.training,
        "provenance": rests_on,
        "replication": again,
        "turned": replicated.turned,
        "permuted": permuted,
    }
    files = {"report.html": page_of_sections("Interacting gene pairs", sections)}
    return files | {
        f"{name}.csv": table.to_csv(index=False)
        for name, table in tables.items()
        if table is not None
    }


def write_files(folder: PathLike, files: Mapping[str, str]) -> list[Path]:
    """Write the report; remove tables of an earlier one that this one has not."""
    for name in OPTIONAL:
        if f"{name}.csv" not in files:
            Path(folder, f"{name}.csv").unlink(missing_ok=True)
    return written_whole(folder, files)


def called_words(asked: OwnTest) -> str:
    """Say which pairs are called, or that nothing follows from it."""
    called = [" × ".join(pair) for pair in asked.called()["pair"]]
    said = (
        f"{len(called)} of {len(asked.pairs)} pairs are significant at {LEVEL:.0%} "
        f"after Holm{': ' if called else ''}{', '.join(called)}."
    )
    if asked.helps:
        return said
    return f"No conclusion: interactions do not help to predict these people. {said}"


def _counts(dropped: pd.DataFrame) -> pd.DataFrame:
    """Return how much was dropped for which reason, without names."""
    if not len(dropped):
        return pd.DataFrame()
    return plink.drop_summary(dropped).drop(columns="example")


def _learned(training: pd.DataFrame) -> pd.DataFrame:
    """Return when networks stopped, and how well they did, by kind."""
    by_kind = training.groupby("target", sort=False)
    return pd.DataFrame(
        {
            "networks": by_kind.size(),
            "best epoch, mean": by_kind["best_epoch"].mean().round(1),
            "loss of validation people, mean": by_kind["best_loss"].mean(),
        }
    ).reset_index(names="kind")


def _plain(text: str) -> str:
    return text.replace("**", "")


def _told(value: Any) -> str:
    """Return a setting as text; of a path its last part, for a report is handed on."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return ", ".join(map(str, value)) or "–"
    text = str(value)
    return (Path(text).name if "/" in text or "\\" in text else text) or "–"
