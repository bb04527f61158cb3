"""Genes of many SNPs: the traits of chapter 4 on a small panel."""

from functools import cache

from helpers.data.panel import Panel
from helpers.loaders.traits import split_people
from helpers.studies.gene_gene.baselines import gene_values
from helpers.studies.matrix.kinds import Data, Truth
from helpers.truth.genotypes import simulate_panel, simulate_trait

GENES = 10
PEOPLE = 4_000


@cache
def panel(n_rows: int) -> Panel:
    """Return the genotypes that all data sets share: about ten SNPs a gene."""
    return simulate_panel(n_rows, GENES, length=60_000, max_snps=10, seed=0)


def trait(seed: int, *, n_rows: int, kind: str, signal_to_noise: float) -> Data:
    """Draw causal SNPs, weights and noise for the people of the panel.

    The column of a gene in X is its first principal component.
    """
    people = panel(n_rows)
    drawn = simulate_trait(
        people, kind=kind, signal_to_noise=signal_to_noise, seed=seed
    )
    parts = split_people(n_rows, seed=seed)
    X = gene_values(people, drawn.values, parts.train, "PCA")
    return Data(drawn.values, GENES, tuple(sorted(drawn.pairs)), X=X, panel=people)


def _truth(kind: str, words: str) -> Truth:
    settings = {"n_rows": PEOPLE, "kind": kind, "signal_to_noise": 1.0}
    null = kind == "null"
    return Truth("genes", words, trait, GENES, settings, "genes", null=null)


TRUTHS = {
    "genes, complex": _truth("complex", "six pairs of gene values interact"),
    "genes, simple": _truth("simple", "six pairs of SNPs interact"),
    "genes, none": _truth("null", "SNPs add"),
}
