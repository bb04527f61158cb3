"""Signs of structure or relatedness: SNPs of different genes that know each other."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from helpers.data.panel import Panel

#: SNPs a gene and people that are looked at, at most.
SNPS, PEOPLE = 25, 5_000
#: Inflation from which on structure is said to be visible, and standard errors beyond.
VISIBLE, BEYOND = 1.2, 4.0
#: How principal components are called.
COMPONENT = re.compile(r"^(pc|pca|mds|ev|eigen\w*|comp\w*|c)[ ._-]?\d+$", re.IGNORECASE)


@dataclass(frozen=True)
class Inflation:
    """How much SNPs of different genes are correlated, in units of chance.

    Attributes
    ----------
    value : float
        Mean of n r^2 over pairs of SNPs of different genes: 1 among unrelated people of
        one population.
    error : float
        Its standard error there, with the linkage within genes.
    """

    value: float
    error: float

    @property
    def visible(self) -> bool:
        """Whether it is more than chance and enough to matter."""
        return bool(self.value > max(VISIBLE, 1 + BEYOND * self.error))


def inflation(panel: Panel, *, linked: Iterable[tuple[int, int]] = ()) -> Inflation:
    """Measure correlations between SNPs of genes that are not neighbours.

    Structure and relatedness make all genes know each other a little.

    Parameters
    ----------
    panel : Panel
    linked : sequence of (int, int)
        Genes that are neighbours, which are left out.
    """
    step = max(1, panel.n_people // PEOPLE)
    blocks = [_some(panel.genotypes[b][:, ::step]) for b in panel.blocks]
    near = {tuple(sorted(pair)) for pair in linked}
    n = blocks[0].shape[1]
    # Of independent genes n r^2 has mean 1 over pairs of SNPs, and a variance that
    # linkage within both genes widens.
    within = [np.sum((b @ b.T / n) ** 2) for b in blocks]
    total, variance, pairs = 0.0, 0.0, 0
    for i, a in enumerate(blocks):
        for j, b in enumerate(blocks[:i]):
            if (j, i) in near:
                continue
            total += n * np.sum((a @ b.T / n) ** 2)
            variance += 2 * within[i] * within[j]
            pairs += len(a) * len(b)
    if not pairs:
        return Inflation(1.0, np.inf)
    return Inflation(float(total) / pairs, float(np.sqrt(variance)) / pairs)


def names_components(names: Iterable[str]) -> bool:
    """Return whether a column seems to be a principal component: PC1, mds_2, C3."""
    return any(COMPONENT.match(name) for name in names)


def warning_of(found: Inflation, covariates: Iterable[str]) -> str | None:
    """Return what to say where structure is visible and no component is given."""
    if not found.visible or names_components(covariates):
        return None
    return (
        f"SNPs of different genes are correlated {found.value:.1f} times as much as "
        "among unrelated people of one population, and no component is among the "
        "covariates. Structure or relatedness makes false pairs: give components "
        "(`plink2 --pca`) as covariates, and families as groups."
    )


def _some(counts: np.ndarray) -> np.ndarray:
    """Return some SNPs of a gene, standardised; those that vary."""
    even = np.unique(np.linspace(0, len(counts) - 1, SNPS).round().astype(int))
    counts = counts[even].astype(np.float64)
    spread = counts.std(axis=1, keepdims=True)
    varying = spread[:, 0] > 0
    centred = counts - counts.mean(axis=1, keepdims=True)
    return centred[varying] / spread[varying]
