"""Signs of structure or relatedness: SNPs of different genes that know each other."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.panel import Panel

#: SNPs a gene and people that are looked at, at most.
SNPS, PEOPLE = 25, 5_000
#: Inflation from which on structure is said to be visible, and standard errors beyond.
VISIBLE, BEYOND = 1.2, 4.0


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


def inflation(
    panel: Panel,
    *,
    linked: Iterable[tuple[int, int]] = (),
    covariates: ArrayLike | None = None,
) -> Inflation:
    """Measure correlations between SNPs of genes that are not neighbours.

    Structure and relatedness make all genes know each other a little. Given
    covariates, what they explain of each SNP is taken out before: what is left is the
    structure that they do not hold.

    Parameters
    ----------
    panel : Panel
    linked : sequence of (int, int)
        Genes that are neighbours, which are left out.
    covariates : array, shape (n_people, n_columns), optional
        Numeric, of the people of the panel.

    Raises
    ------
    ValueError
        If the covariates are not of as many people as the panel.
    """
    step = max(1, panel.n_people // PEOPLE)
    axes = _axes(covariates, panel.n_people, step)
    blocks = [_some(panel.genotypes[b][:, ::step], axes) for b in panel.blocks]
    near = {tuple(sorted(pair)) for pair in linked}
    n = blocks[0].shape[1] - (axes.shape[1] - 1)  # degrees of freedom, and the mean's
    # Of independent genes n r^2 has mean 1 over pairs of SNPs, and a variance that
    # linkage within both genes widens.
    people = blocks[0].shape[1]
    within = [np.sum((b @ b.T / people) ** 2) for b in blocks]
    total, variance, pairs = 0.0, 0.0, 0
    for i, a in enumerate(blocks):
        for j, b in enumerate(blocks[:i]):
            if (j, i) in near:
                continue
            total += n * np.sum((a @ b.T / people) ** 2)
            variance += 2 * within[i] * within[j]
            pairs += len(a) * len(b)
    if not pairs:
        return Inflation(1.0, np.inf)
    return Inflation(float(total) / pairs, float(np.sqrt(variance)) / pairs)


def warning_of(left: Inflation, given: bool) -> str | None:
    """Return what to say where structure is visible after the covariates, or None.

    left : of SNPs cleared of the covariates; given : whether there were any
    """
    if not left.visible:
        return None
    after = (
        "also after what the covariates say of each SNP is taken out"
        if given
        else "and no covariate is given that could hold it"
    )
    return (
        f"SNPs of different genes are correlated {left.value:.1f} times as much as "
        f"among unrelated people of one population, {after}. Structure or relatedness "
        "can make false pairs: give components (`plink2 --pca`) as covariates, and "
        "families as groups."
    )


def _axes(covariates: ArrayLike | None, n_people: int, step: int) -> np.ndarray:
    """Return an orthonormal basis of a constant and the covariates of some people."""
    constant = np.ones((n_people, 1))
    if covariates is None or np.size(covariates) == 0:
        return constant[::step] / np.sqrt(len(constant[::step]))
    values = checks.matrix("covariates", covariates)
    if len(values) != n_people:
        raise ValueError(
            f"covariates must be of the {n_people} people of the panel; got "
            f"{len(values)} rows."
        )
    values = values[::step]
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1)
    left, sizes, _ = np.linalg.svd(
        np.hstack([constant[::step], scaled]), full_matrices=False
    )
    return left[:, sizes > 1e-8 * sizes[0]]


def _some(counts: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Return some SNPs of a gene, cleared of axes and standardised; those that vary."""
    even = np.unique(np.linspace(0, len(counts) - 1, SNPS).round().astype(int))
    counts = counts[even].astype(np.float64)
    cleared = counts - (counts @ axes) @ axes.T
    spread = cleared.std(axis=1, keepdims=True)
    varying = spread[:, 0] > 1e-8  # what an axis holds whole is noise of rounding
    return cleared[varying] / spread[varying]
