"""Which SNPs are good enough to study: settings, filters and the filling of gaps."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import gammaln

from helpers import checks
from helpers.loaders.chromosomes import NOT_AUTOSOMES, plain_chromosome


@dataclass(frozen=True)
class Filters:
    """What `load_panel` asks of SNPs and people.

    Parameters
    ----------
    max_missing_snp, max_missing_person : float
        Largest share of missing genotypes kept.
    min_maf : float
        Smallest minor allele frequency kept.
    min_hwe : float
        Smallest p-value of the Hardy-Weinberg test kept; 0 turns it off. Relatives
        and mixed populations fail it for reasons other than bad genotyping.
    max_r2 : float
        Largest squared correlation between two kept SNPs of a gene; 1 turns it off.
    not_autosomes : sequence of str
        Chromosomes to leave out, in any spelling.

    Raises
    ------
    TypeError, ValueError
        If a limit is no number or out of bounds.
    """

    max_missing_snp: float = 0.05
    max_missing_person: float = 0.05
    min_maf: float = 0.01
    min_hwe: float = 1e-6
    max_r2: float = 0.8
    not_autosomes: Sequence[str] = NOT_AUTOSOMES

    def __post_init__(self) -> None:
        for name in self.limits():
            most = 0.5 if name == "min_maf" else 1
            number = checks.number(name, getattr(self, name), at_least=0, at_most=most)
            object.__setattr__(self, name, number)
        if isinstance(self.not_autosomes, str):
            raise TypeError(
                f"not_autosomes must be a list of chromosomes; got "
                f"{self.not_autosomes!r}."
            )
        plain = tuple(plain_chromosome(str(label)) for label in self.not_autosomes)
        object.__setattr__(self, "not_autosomes", plain)

    def limits(self) -> dict[str, float]:
        """Return the numbers by name."""
        return {k: v for k, v in asdict(self).items() if k != "not_autosomes"}

    def reasons(self, counts: np.ndarray) -> np.ndarray:
        """Return why each SNP goes, "" where it stays.

        Parameters
        ----------
        counts : int8 array, shape (n_snps, n_people)
            Allele counts; negative where missing.
        """
        zero, one, two = ((counts == copies).sum(axis=1) for copies in (0, 1, 2))
        called = zero + one + two
        frequency = (one + 2 * two) / np.maximum(2 * called, 1)
        minor = np.minimum(frequency, 1 - frequency)
        reasons = np.full(len(counts), "", dtype=object)
        if self.min_hwe > 0:
            unlikely = hardy_weinberg_p(one, zero, two) < self.min_hwe
            reasons[unlikely] = f"Hardy-Weinberg p below {self.min_hwe:g}"
        reasons[minor < self.min_maf] = f"minor allele frequency below {self.min_maf:g}"
        # Everybody alike, heterozygous included: nothing to learn from.
        alike = np.maximum(np.maximum(zero, one), two) == called
        reasons[alike] = "monomorphic"
        return reasons


def fill_missing_counts(counts: np.ndarray) -> int:
    """Set missing counts to the SNP's most frequent one, in place; return how many."""
    missing = counts < 0
    frequent = np.argmax([(counts == copies).sum(axis=1) for copies in range(3)], 0)
    rows, _ = np.nonzero(missing)
    counts[missing] = frequent[rows]
    return int(missing.sum())


def hardy_weinberg_p(
    n_heterozygous: np.ndarray, n_first: np.ndarray, n_second: np.ndarray
) -> np.ndarray:
    """Return exact p-values of Hardy-Weinberg equilibrium, one a SNP.

    Given the allele counts, the p-value sums the probabilities of all numbers of
    heterozygous people that are no likelier than the observed one.

    Parameters
    ----------
    n_heterozygous, n_first, n_second : int arrays, shape (n_snps,)
        People with one copy, and with two copies of either allele.

    Source
    ------
    Wigginton, Cutler and Abecasis (2005), American Journal of Human Genetics 76:887.
    """
    return np.array(
        [
            _hwe(int(h), int(a), int(b))
            for h, a, b in zip(n_heterozygous, n_first, n_second, strict=True)
        ]
    )


def _hwe(n_het: int, n_first: int, n_second: int) -> float:
    n_people = n_het + n_first + n_second
    rare = 2 * min(n_first, n_second) + n_het
    het = np.arange(rare % 2, rare + 1, 2)  # possible numbers of heterozygous people
    hom = (rare - het) // 2
    log_p = (
        het * np.log(2)
        - gammaln(het + 1)
        - gammaln(hom + 1)
        - gammaln(n_people - het - hom + 1)
    )
    p = np.exp(log_p - log_p.max())
    observed = p[(n_het - rare % 2) // 2]
    return float(p[p <= observed * (1 + 1e-9)].sum() / p.sum())
