"""Allele counts of the SNPs of several genes, and which of them repeat each other."""

from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers import checks

_PEOPLE_PER_BLOCK = 8192  # bounds the float copies of int8 genotypes


@dataclass(frozen=True)
class Panel:
    """Allele counts of the SNPs of several genes in a group of people.

    Parameters
    ----------
    genotypes : int8 array, shape (n_snps, n_people)
        0, 1 or 2 copies of the counted allele. SNPs are rows, so that one SNP's
        values lie together in memory; the SNPs of a gene are neighbours.
    sizes : sequence of int
        SNPs of each gene, in row order.
    genes, snps, people : sequences of str
        Names; numbered from 1 when left out.
    dropped : DataFrame
        What a loader left out: kind, item, reason.
    settings, details : dict
        How the panel came about: what went in, and what came out besides.
    alleles : sequence of (str, str)
        Of each SNP the counted allele and the other; empty where they are not known.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import Panel
    >>> genotypes = np.array([[0, 1, 2], [0, 0, 1], [2, 1, 1]])  # 3 SNPs of 3 people
    >>> panel = Panel(genotypes, sizes=(2, 1), genes=("APOE", "LDLR"))
    >>> panel.n_genes, panel.n_snps, panel.n_people
    (2, 3, 3)
    >>> panel.frequencies().round(2)
    array([0.5 , 0.17, 0.67])
    """

    genotypes: np.ndarray
    sizes: tuple[int, ...]
    genes: tuple[str, ...] = ()
    snps: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    dropped: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["kind", "item", "reason"])
    )
    settings: dict = field(default_factory=dict)
    details: dict = field(default_factory=dict)
    alleles: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        genotypes = _allele_counts("genotypes", self.genotypes)
        sizes = tuple(checks.integer("sizes", s, at_least=1) for s in self.sizes)
        n_snps, n_people = genotypes.shape
        if sum(sizes) != n_snps:
            raise ValueError(
                f"sizes must add up to {n_snps} SNPs (rows of genotypes); "
                f"got {sum(sizes)}."
            )
        object.__setattr__(self, "genotypes", genotypes)
        object.__setattr__(self, "sizes", sizes)
        for name, length, stem in (
            ("genes", len(sizes), "gene"),
            ("snps", n_snps, "snp"),
            ("people", n_people, "person"),
        ):
            given = getattr(self, name)
            given = given if len(given) else [f"{stem}{i + 1}" for i in range(length)]
            if len(given) != length:
                raise ValueError(f"{name} must name {length}; got {len(given)}.")
            object.__setattr__(self, name, tuple(map(str, given)))
        alleles = tuple((str(one), str(other)) for one, other in self.alleles)
        if alleles and len(alleles) != n_snps:
            raise ValueError(f"alleles must be of {n_snps} SNPs; got {len(alleles)}.")
        object.__setattr__(self, "alleles", alleles)

    @property
    def n_people(self) -> int:
        """Number of people (columns)."""
        return self.genotypes.shape[1]

    @property
    def n_snps(self) -> int:
        """Number of SNPs (rows)."""
        return self.genotypes.shape[0]

    @property
    def n_genes(self) -> int:
        """Number of genes."""
        return len(self.sizes)

    @property
    def blocks(self) -> tuple[slice, ...]:
        """Rows of each gene."""
        edges = accumulate(self.sizes, initial=0)
        return tuple(slice(a, b) for a, b in pairwise(edges))

    def frequencies(self) -> np.ndarray:
        """Return the frequency of the counted allele, shape (n_snps,)."""
        return self.genotypes.mean(axis=1, dtype=np.float64) / 2

    def take(self, people: ArrayLike) -> "Panel":
        """Return the panel of some people (indices), SNPs unchanged."""
        people = np.asarray(people)
        return Panel(
            np.ascontiguousarray(self.genotypes[:, people]),
            self.sizes,
            self.genes,
            self.snps,
            tuple(self.people[i] for i in people),
            self.dropped,
            self.settings,
            self.details,
            self.alleles,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a gene: SNPs, median minor allele frequency."""
        minor = np.minimum(self.frequencies(), 1 - self.frequencies())
        return pd.DataFrame(
            {
                "gene": self.genes,
                "snps": self.sizes,
                "median_maf": [np.median(minor[b]) for b in self.blocks],
            }
        )


def prune(genotypes: np.ndarray, max_r2: float = 0.8) -> np.ndarray:
    """Mark SNPs to keep so that no two are correlated beyond `max_r2`.

    Goes through the SNPs in order and keeps one unless its squared correlation with
    an earlier kept one exceeds `max_r2`; a SNP without variation is never kept.

    Parameters
    ----------
    genotypes : int8 array, shape (n_snps, n_people)

    Returns
    -------
    bool array, shape (n_snps,)
    """
    genotypes = _allele_counts("genotypes", genotypes)
    max_r2 = checks.number("max_r2", max_r2, at_least=0, at_most=1)
    n_snps, n_people = genotypes.shape
    product = np.zeros((n_snps, n_snps))
    for start in range(0, n_people, _PEOPLE_PER_BLOCK):
        # Sums of products of 0, 1, 2 over a block are whole numbers below 2**24,
        # hence exact in single precision.
        block = genotypes[:, start : start + _PEOPLE_PER_BLOCK].astype(np.float32)
        product += block @ block.T
    mean = genotypes.mean(axis=1, dtype=np.float64)
    covariance = product / n_people - np.outer(mean, mean)
    variance = covariance.diagonal()
    keep = np.zeros(n_snps, dtype=bool)
    for i in np.flatnonzero(variance > 1e-12):
        r2 = covariance[i, keep] ** 2 / (variance[i] * variance[keep])
        keep[i] = not np.any(r2 > max_r2)
    return keep


def _allele_counts(name: str, value: object) -> np.ndarray:
    array = np.asarray(value)
    if array.ndim != 2:
        raise ValueError(f"{name} must have 2 axes (SNPs, people); got {array.ndim}.")
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"{name} must hold whole numbers; got {array.dtype}.")
    wrong = (array < 0) | (array > 2)
    if wrong.any():
        i, j = np.argwhere(wrong)[0]
        raise ValueError(f"{name}[{i}, {j}] must be 0, 1 or 2; got {array[i, j]}.")
    return array.astype(np.int8, copy=False)
