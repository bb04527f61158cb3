"""The test for pairs of genes in trained gene networks, on people they have not seen.

Genes on different chromosomes are inherited independently, so the projection of the
test for tables has a short form: a pair's effect that is centred over both genes'
distributions has mean zero given all genes but either one, and no permutation is
needed. What the networks say of the other pairs is taken out all the same, as far as
one multiple of its sum goes: left in the residual, it is noise that is larger where the
pair's own direction is, with heavy tails. Genes that are inherited together are centred
over their joint distribution, and what a neighbour knows of a gene is taken out of the
direction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from scipy import linalg, stats
from torch import nn

from helpers import checks
from helpers.data.panel import Panel
from helpers.significance.interaction import statistics
from helpers.significance.interaction.basis import main_functions
from helpers.significance.interaction.folds import FEWEST
from helpers.significance.interaction.settings import Settings

#: Functions of each gene's value that are cleared from the people tested.
MAIN_FUNCTIONS = 4
#: Smaller effects, as a share of the prediction, are the rounding of single precision.
ROUNDING = 1e-5
#: Standard errors that the correlation of two genes' values must lie from zero to count
#: as linkage: among 2,000 pairs of independent genes, one in eight times.
LINKED = 4.0
#: Functions of a neighbour, and of what it says of a gene, in products.
NEIGHBOUR_FUNCTIONS = 3
#: People tested for each product that is taken out, and most products of a pair.
PEOPLE_PER_PRODUCT, MOST_PRODUCTS = 20, 200
#: Pairs that are cleared at a time: of many people all would be gigabytes.
AT_A_TIME = 200
#: Ridge penalty, as a share of the people, where a neighbour's SNPs predict a gene.
RIDGE = 0.01


def gene_interaction_test(  # as scikit-learn's options: each by its name
    networks: Sequence[nn.Module],
    panel: Panel,
    residual: ArrayLike,
    *,
    learned: ArrayLike,
    tested: ArrayLike,
    pairs: Iterable[tuple[int, int]] | None = None,
    linked: Iterable[tuple[int, int]] = (),
    groups: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    n_bins: int = 24,
    n_multipliers: int = 1999,
    seed: int = 0,
) -> pd.DataFrame:
    """Test pairs of genes for an interaction, on people left out of training.

    The direction of a pair is the mean over networks of its pair effect (the other
    genes at their means), on a grid of bins of equal numbers of people, centred over
    rows and columns; a person's value is that of the two bins.

    Parameters
    ----------
    networks : sequence of GeneNetwork
        Trained on the people `learned`, or some of them: anything with `genes` (allele
        counts to gene values) and `head` (gene values to trait).
    panel : Panel
    residual : array, shape (n_people,)
        Trait minus the prediction of a fit without interactions, trained on
        `learned`; only that of the people `tested` is used.
    learned, tested : array of int
        Numbers of people; apart from each other.
    pairs : sequence of (int, int), optional
        Those to test, and to correct for; by default all. Fewer save little time: what
        the networks say of the others is asked as well.
    linked : sequence of (int, int)
        Genes known to be inherited together, as neighbours on a chromosome are. Those
        whose values are correlated in the people who learned are added.
    groups : array, shape (n_people,), optional
        Families: rows that depend on each other.
    weight : array, shape (n_people,), optional
        Slope of the mean at the fit without interactions: p (1 - p) of a trait that is
        yes or no, whose effects add up on log odds. Left out, effects add up on the
        scale of the trait.
    n_bins : int
        Bins of each gene, of people who learned.
    n_multipliers, seed
        Of the multiplier bootstrap.

    Returns
    -------
    DataFrame
        pair (names), estimate (share of the residual's variance), low, high, z, p,
        p_holm, p_bh, p_maxt, surviving (share of the centred direction's variance that
        is left once functions of one gene, neighbours and other pairs have taken
        theirs), identifiable; the strongest first. A pair for which the networks
        propose nothing has z = 0. One of which next to nothing survives, as genes are
        linked or people few for them, is not identifiable, and its z and p are NaN.

    Raises
    ------
    ValueError
        If people are in both parts, fewer than 40 are tested, a weight is not above 0,
        or a pair is none of the panel's.

    Notes
    -----
    The sum of the directions of all other pairs, tested or not, leaves the residual and
    the direction by regression, one multiple of it, as the main effects do: no term of
    the sum holds both genes.

    For genes that are not linked the direction is centred over the product of their
    distributions. Linked genes are centred over their joint one. For a gene k linked
    to i, what it and j together say of the direction of (i, j) leaves that direction:
    products of functions of j with functions of k, and of the value of i that k's SNPs
    predict. Otherwise a true pair (k, j) would be called as (i, j).

    It is calibrated as far as the residual's fit holds the main effects, and as far as
    the networks' gene values stand for the SNPs that interact. In 400 made data sets
    with real pairs, drawn after it was finished, it kept 5 and 10%; after Holm 3.8%
    (2.1 to 6.1) had a false call.
    """
    return crossed_gene_interaction_test(
        [GeneFold(networks, residual, learned, tested)],
        panel,
        pairs=pairs,
        linked=linked,
        groups=groups,
        weight=weight,
        n_bins=n_bins,
        n_multipliers=n_multipliers,
        seed=seed,
    )


def gene_slopes(  # as `gene_interaction_test`
    networks: Sequence[nn.Module],
    panel: Panel,
    residual: ArrayLike,
    *,
    pairs: Iterable[tuple[int, int]] | None = None,
    linked: Iterable[tuple[int, int]] = (),
    groups: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    n_bins: int = 24,
) -> pd.DataFrame:
    """Ask people of another study whether pairs of genes interact as networks say.

    The regression of `gene_interaction_test`, where nobody who learned is at hand:
    directions are centred over the genotypes of the people who are asked. They keep
    their size, so that a slope of 1 is an interaction as large as the networks say.

    Parameters
    ----------
    networks : sequence of GeneNetwork
        Trained on others.
    panel : Panel
        The people asked, all of them.
    residual : array, shape (n_people,)
        Trait, or what a fit without interactions leaves of it: functions of each gene's
        value are taken out here (`gene_functions`).
    pairs, linked, groups, weight
        As there. Of at most 500 groups each counts with its leverage as a whole.
    n_bins : int
        Bins of each gene, of the people asked; at most half as many as people.

    Returns
    -------
    DataFrame
        pair (names), slope, standard_error (NaN without a direction), z, p (one-sided),
        share (of the residual's variance), surviving, identifiable; in the order of
        `pairs`.

    Raises
    ------
    ValueError
        If fewer than 40 people are asked, a weight is not above 0, or a pair is none
        of the panel's.
    """
    people = _People.others(panel, residual, groups, weight)
    wanted = _checked_pairs(networks, panel, pairs)
    n_bins = min(n_bins, len(people.tested) // 2)
    told = _told(networks, panel, people, wanted, linked, n_bins, whole_groups=True)
    found = statistics.slopes(told.scores, people.groups)
    surviving, identifiable = _surviving([told], told.scores)
    z = np.where(identifiable, found.z, np.nan)
    some = (told.scores.direction**2).sum(0) > 0
    return pd.DataFrame(
        {
            "pair": [(panel.genes[i], panel.genes[j]) for i, j in wanted],
            "slope": np.where(identifiable, found.slope, np.nan),
            "standard_error": np.where(some & identifiable, found.error, np.nan),
            "z": z,
            "p": stats.norm.sf(z),
            "share": _shares([told], told.scores, found)[0],
            "surviving": surviving,
            "identifiable": identifiable,
        }
    )


def gene_functions(networks: Sequence[nn.Module], panel: Panel) -> np.ndarray:
    """Return the functions of each gene's value that the tests clear from people.

    Parameters
    ----------
    networks : sequence of GeneNetwork
        Their gene values, standardised and turned alike, are averaged.
    panel : Panel

    Returns
    -------
    array, shape (n_people, n_functions)
        At most four a gene; one of zeros of a gene that does not vary.
    """
    value = _mean_value([_gene_values(network, panel) for network in networks])
    return np.hstack([_functions(gene, MAIN_FUNCTIONS) for gene in value.T])


@dataclass(frozen=True)
class GeneFold:
    """What was learned from some people, and who is tested with it.

    Attributes
    ----------
    networks, residual, learned, tested
        As of `gene_interaction_test`.
    """

    networks: Sequence[nn.Module]
    residual: ArrayLike
    learned: ArrayLike
    tested: ArrayLike


def crossed_gene_interaction_test(  # as `gene_interaction_test`
    folds: Sequence[GeneFold],
    panel: Panel,
    *,
    pairs: Iterable[tuple[int, int]] | None = None,
    linked: Iterable[tuple[int, int]] = (),
    groups: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    n_bins: int = 24,
    n_multipliers: int = 1999,
    seed: int = 0,
) -> pd.DataFrame:
    """Test pairs of genes with several folds: everybody can be tested once.

    The test of `gene_interaction_test`, with each person's direction from networks that
    have not seen them. Directions keep their size: a fold whose networks learned little
    says little. All other parameters, the answer and the errors are as there.

    Parameters
    ----------
    folds : sequence of GeneFold
        Nobody is tested in two.

    Notes
    -----
    Networks of a fold have learned from people whom another fold tests, so that the sum
    over folds is no martingale, and its normal approximation a matter of trials: the
    page *A test for each pair* shows them.
    """
    if not folds or not all(isinstance(fold, GeneFold) for fold in folds):
        raise ValueError("folds must hold at least one, each a GeneFold.")
    if not all(len(fold.networks) for fold in folds):
        raise ValueError("networks and panel must hold a network and two genes.")
    parts = [
        _People.checked(panel, f.residual, f.learned, f.tested, groups, weight)
        for f in folds
    ]
    everybody = np.concatenate([people.tested for people in parts])
    if len(np.unique(everybody)) < len(everybody):
        raise ValueError("tested must be different people; some are there twice.")
    wanted = _checked_pairs([n for f in folds for n in f.networks], panel, pairs)
    found = [
        _told(fold.networks, panel, people, wanted, linked, n_bins)
        for fold, people in zip(folds, parts, strict=True)
    ]
    return _table(panel, wanted, found, n_multipliers, seed)


@dataclass(frozen=True)
class _People:
    """Who learned, who is tested, the residuals, weights and families of those."""

    learned: np.ndarray
    tested: np.ndarray
    residual: np.ndarray
    groups: np.ndarray | None
    weight: np.ndarray

    @classmethod
    def checked(
        cls,
        panel: Panel,
        residual: ArrayLike,
        learned: ArrayLike,
        tested: ArrayLike,
        groups: ArrayLike | None,
        weight: ArrayLike | None,
    ) -> "_People":
        """Return them in their types; raise where they cannot be used."""
        learned = _numbers("learned", learned, panel.n_people)
        tested = _numbers("tested", tested, panel.n_people)
        if np.intersect1d(learned, tested).size or not learned.size or not tested.size:
            raise ValueError("learned and tested must be people, and nobody in both.")
        return cls._of(panel, residual, learned, tested, groups, weight)

    @classmethod
    def others(
        cls,
        panel: Panel,
        residual: ArrayLike,
        groups: ArrayLike | None,
        weight: ArrayLike | None,
    ) -> "_People":
        """Return people of another study: all are asked, and none was learned from.

        Their genotypes stand for those who learned, whose distribution centres the
        directions; no outcome enters there.
        """
        everybody = np.arange(panel.n_people)
        return cls._of(panel, residual, everybody, everybody, groups, weight)

    @classmethod
    def _of(
        cls,
        panel: Panel,
        residual: ArrayLike,
        learned: np.ndarray,
        tested: np.ndarray,
        groups: ArrayLike | None,
        weight: ArrayLike | None,
    ) -> "_People":
        """Return them with what is known of those who are tested."""
        residual = checks.vector("residual", residual, length=panel.n_people)
        if len(tested) < FEWEST:
            raise ValueError(
                f"tested must be at least {FEWEST} people; got {len(tested)}."
            )
        if groups is not None:
            groups = np.asarray(groups)
            if groups.shape != (panel.n_people,):
                raise ValueError(
                    f"groups must have {panel.n_people} values; got {groups.shape}."
                )
            groups = groups[tested]
        weight = np.ones(panel.n_people) if weight is None else weight
        weight = checks.vector("weight", weight, length=panel.n_people)[tested]
        if (weight <= 0).any():
            raise ValueError(f"weight must be above 0; got {weight.min():g}.")
        return cls(learned, tested, residual[tested], groups, weight)


@dataclass(frozen=True)
class _Told:
    """What the people tested in one fold say of every pair.

    before : sum of squares of the direction before linkage is taken out, (n_pairs,)
    """

    people: _People
    scores: statistics.Scores
    before: np.ndarray


def _told(
    networks: Sequence[nn.Module],
    panel: Panel,
    people: _People,
    wanted: Sequence[tuple[int, int]],
    linked: Iterable[tuple[int, int]],
    n_bins: int,
    *,
    whole_groups: bool = False,
) -> _Told:
    """Return what one fold says of the pairs wanted.

    whole_groups : sum over few groups, each with its leverage as a whole; slow for many
        pairs
    """
    n_bins = checks.integer(
        "n_bins", n_bins, at_least=2, at_most=len(people.learned) // 2
    )
    values = [_gene_values(network, panel) for network in networks]
    value = _mean_value(values)
    near = _linkage(value[people.learned], linked)
    # One after the other: of many people and pairs each is gigabytes.
    effects = np.zeros((2, len(people.tested), len(wanted)))
    total = np.zeros(len(people.tested))
    for network, own in zip(networks, values, strict=True):
        of_pairs, of_all = _pair_effects(network, own, people, wanted, near, n_bins)
        effects += of_pairs
        total += of_all
    effects /= len(networks)
    total /= len(networks)
    plain, direction = effects
    functions = [_functions(gene, MAIN_FUNCTIONS) for gene in value.T]
    neighbours = _Neighbours(panel, value, functions, near, people)
    scores = _scores(people, neighbours, wanted, direction, total, whole_groups)
    return _Told(people, scores, ((plain - plain.mean(0)) ** 2).sum(0))


def _numbers(name: str, people: ArrayLike, n_people: int) -> np.ndarray:
    """Return numbers of people; raise where they are no such numbers."""
    numbers = np.asarray(people)
    if numbers.size and numbers.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be numbers of people, whole ones; got {numbers.dtype}."
        )
    numbers = numbers.astype(np.int64)
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < n_people:
        raise ValueError(
            f"{name} must be numbers from 0 to {n_people - 1}; got "
            f"{numbers.min()} to {numbers.max()}."
        )
    return numbers


def _checked_pairs(
    networks: Sequence[nn.Module],
    panel: Panel,
    pairs: Iterable[tuple[int, int]] | None,
) -> list[tuple[int, int]]:
    """Return the pairs to test, each in order; all if none are given."""
    if panel.n_genes < 2 or not len(networks):
        raise ValueError("networks and panel must hold a network and two genes.")
    if pairs is None:
        return list(combinations(range(panel.n_genes), 2))
    wanted = [(s[0], s[1]) for s in _twos("pairs", pairs, panel.n_genes)]
    if not wanted or len(set(wanted)) < len(wanted):
        raise ValueError(f"pairs must be different, and at least one; got {wanted}.")
    return wanted


def _twos(name: str, pairs: Iterable[tuple[int, int]], n_genes: int) -> list:
    """Return checked sets of two genes."""
    sets = checks.feature_sets(name, pairs, n_genes)
    for members in sets:
        if len(members) != 2:
            raise ValueError(f"{name} must hold two genes each; got {members}.")
    return list(sets)


def _gene_values(network: nn.Module, panel: Panel) -> np.ndarray:
    """Return the value of every gene of every person, (n_people, n_genes)."""
    with torch.no_grad():
        rows = torch.from_numpy(np.ascontiguousarray(panel.genotypes.T)).float()
        return network.genes(rows).numpy().astype(float)  # type: ignore[operator]  # a method


def _mean_value(values: list[np.ndarray]) -> np.ndarray:
    """Return standardised gene values, mean over networks, (n_people, n_genes)."""
    first = values[0] - values[0].mean(0)
    total = np.zeros_like(first)
    for own in values:  # a gene's value has no sign of its own
        own = (own - own.mean(0)) / np.maximum(own.std(0), 1e-12)
        total += own * np.where((own * first).mean(0) < 0, -1, 1)
    return total / len(values)


def _functions(values: np.ndarray, n: int) -> np.ndarray:
    """Return smooth functions of a gene's values; a zero where all are alike."""
    if np.ptp(values) == 0:
        return np.zeros((len(values), 1))
    return main_functions(values[:, None], n)


def _linkage(value: np.ndarray, linked: Iterable[tuple[int, int]]) -> np.ndarray:
    """Return how strongly genes are linked, (n_genes, n_genes); 0 where they are not.

    The absolute correlation of their values; at least a little where they are said to
    be linked.
    """
    n_people, n_genes = value.shape
    size = np.sqrt((value**2).mean(0))
    some = np.where(size > 1e-9, size, np.inf)
    strength = np.abs(value.T @ value / n_people / np.outer(some, some))
    strength[strength < LINKED / np.sqrt(n_people)] = 0
    for i, j in _twos("linked", linked, n_genes):
        strength[i, j] = strength[j, i] = max(strength[i, j], 1e-9)
    np.fill_diagonal(strength, 0)
    return strength


@dataclass(frozen=True)
class _Bins:
    """A gene's bins: the mean value of each, and everybody's bin."""

    levels: np.ndarray
    learned: np.ndarray
    tested: np.ndarray

    @classmethod
    def of(cls, learned: np.ndarray, tested: np.ndarray, n_bins: int) -> "_Bins":
        """Return bins of equal numbers of those who learned."""
        cuts = np.unique(np.quantile(learned, np.linspace(0, 1, n_bins + 1)[1:-1]))
        place = np.searchsorted(cuts, learned, side="right")
        counts = np.bincount(place, minlength=len(cuts) + 1)
        sums = np.bincount(place, learned, minlength=len(cuts) + 1)
        level = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
        return cls(level, place, np.searchsorted(cuts, tested, side="right"))

    def shares(self) -> np.ndarray:
        """Return the share of those who learned in each bin."""
        counts = np.bincount(self.learned, minlength=len(self.levels))
        return counts / len(self.learned)


def _pair_effects(
    network: nn.Module,
    values: np.ndarray,
    people: _People,
    wanted: Sequence[tuple[int, int]],
    near: np.ndarray,
    n_bins: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return centred pair effects of the people tested, (2, n_tested, n_wanted).

    The first centred as if genes were independent, the second over the joint
    distribution where they are not. Then the sum of the second over all pairs, also
    those not wanted, (n_tested,).
    """
    seen, unseen = values[people.learned], values[people.tested]
    mean = torch.from_numpy(seen.mean(0)).float()
    bins = [_Bins.of(a, b, n_bins) for a, b in zip(seen.T, unseen.T, strict=True)]
    place = {pair: k for k, pair in enumerate(wanted)}
    effects = np.zeros((2, len(unseen), len(wanted)))
    total = np.zeros(len(unseen))
    for i, j in combinations(range(values.shape[1]), 2):
        a, b = bins[i], bins[j]
        grid = _grid(network, mean, (i, j), a.levels, b.levels)
        plain = _centred(grid, np.outer(a.shares(), b.shares()))
        own = plain
        if near[i, j]:
            joint = np.zeros(grid.shape)
            np.add.at(joint, (a.learned, b.learned), 1 / len(seen))
            own = _centred(grid, joint)
        effect = own[a.tested, b.tested]
        total += effect
        if (i, j) in place:
            effects[0, :, place[i, j]] = plain[a.tested, b.tested]
            effects[1, :, place[i, j]] = effect
    return effects, total


def _grid(
    network: nn.Module,
    mean: torch.Tensor,
    pair: tuple[int, int],
    a: np.ndarray,
    b: np.ndarray,
) -> np.ndarray:
    """Return the prediction at all levels of two genes, (n_a, n_b)."""
    points = mean.repeat(len(a) * len(b), 1)
    points[:, pair[0]] = torch.from_numpy(np.repeat(a, len(b))).float()
    points[:, pair[1]] = torch.from_numpy(np.tile(b, len(a))).float()
    with torch.no_grad():
        return network.head(points).numpy().reshape(len(a), len(b)).astype(float)  # type: ignore[operator]  # a method


def _centred(grid: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return a grid less the sum of a function of rows and one of columns next to it.

    share : array, shape of the grid; the share of people in each cell, who weigh
    """
    rows, columns = share.sum(1), share.sum(0)
    # Normal equations of the functions; the least of them, as a constant fits both.
    gram = np.block([[np.diag(rows), share], [share.T, np.diag(columns)]])
    wanted = np.concatenate([(share * grid).sum(1), (share * grid).sum(0)])
    # By QR, which ends on every matrix; divide and conquer may not on some processors.
    fit = linalg.lstsq(gram, wanted, cond=1e-12, lapack_driver="gelsy")[0]
    left = grid - fit[: len(rows), None] - fit[len(rows) :]
    left[np.abs(left) < ROUNDING * np.abs(grid).max()] = 0
    return left


def _scores(
    people: _People,
    neighbours: "_Neighbours",
    pairs: Sequence[tuple[int, int]],
    direction: np.ndarray,
    total: np.ndarray,
    whole_groups: bool,
) -> statistics.Scores:
    """Return residuals and the pairs' directions, once cleared.

    Pairs without a neighbour are cleared together, `AT_A_TIME`, the others one by one.

    total : sum of the directions of all pairs, (n_tested,)
    """
    n, weight, groups = len(people.tested), people.weight, people.groups
    functions = (f[people.tested] for f in neighbours.functions)
    common = np.hstack([np.ones((n, 1)), *functions])
    parts = [np.empty((n, len(pairs))) for _ in range(3)]
    sums: dict[int, np.ndarray] = {}
    alone = [k for k, pair in enumerate(pairs) if not neighbours.of(pair)]
    others = [k for k in range(len(pairs)) if k not in set(alone)]
    together = [alone[k : k + AT_A_TIME] for k in range(0, len(alone), AT_A_TIME)]
    for some in [*together, *([k] for k in others)]:
        # What is said of the other pairs; nothing of it holds both genes.
        own = (total[:, None] - direction[:, some])[:, :, None]
        if neighbours.of(pairs[some[0]]):
            products = neighbours.products(pairs[some[0]])[:, None]
            own = np.concatenate([own, products], axis=2)
        y = np.repeat(people.residual[:, None], len(some), axis=1)
        cleared = statistics.clear_both(y, direction[:, some], weight, common, own)
        for part, columns in zip(parts, cleared, strict=True):
            part[:, some] = columns
        if whole_groups and groups is not None:
            e, d, _ = cleared
            told = statistics.cluster_sums(e, d, weight, common, own, groups)
            if told is not None:
                by_pair = np.stack([told.residual, told.direction, told.squares]).T
                sums |= dict(zip(some, by_pair, strict=True))
    e, d, leverage = parts
    whole = None
    if sums:
        whole = statistics.ClusterSums(*np.stack([sums[k] for k in sorted(sums)]).T)
    return statistics.Scores(e, d, leverage, weight, np.ones(len(pairs)), whole)


@dataclass(frozen=True)
class _Neighbours:
    """What genes linked to one of a pair say of it, beside the other."""

    panel: Panel
    value: np.ndarray
    functions: list[np.ndarray]
    near: np.ndarray
    people: _People

    def of(self, pair: tuple[int, ...]) -> list[tuple]:
        """Return (gene, its neighbour, the other gene), the most linked first."""
        found = [
            (gene, k, other)
            for gene, other in (pair, pair[::-1])
            for k in np.flatnonzero(self.near[gene])
            if k != other
        ]
        return sorted(found, key=lambda three: -self.near[three[0], three[1]])

    def products(self, pair: tuple[int, ...]) -> np.ndarray:
        """Return functions of neighbours times functions of the other gene."""
        rows = self.people.tested
        room = min(len(rows) // PEOPLE_PER_PRODUCT, MOST_PRODUCTS)
        columns: list[np.ndarray] = []
        for gene, k, other in self.of(pair):
            guess = _functions(self._predicted(gene, k), NEIGHBOUR_FUNCTIONS)
            first = np.hstack([self.functions[k][:, :NEIGHBOUR_FUNCTIONS], guess])[rows]
            second = self.functions[other][rows, :NEIGHBOUR_FUNCTIONS]
            products = (first[:, :, None] * second[:, None]).reshape(len(rows), -1)
            columns += list(products.T)
        return np.stack(columns[: max(room, 1)], 1)

    def _predicted(self, gene: int, neighbour: int) -> np.ndarray:
        """Return a gene's value as a neighbour's SNPs predict it, (n_people,)."""
        snps = self.panel.genotypes[self.panel.blocks[neighbour]].astype(float)
        learned = self.people.learned
        snps -= snps[:, learned].mean(1, keepdims=True)
        seen = snps[:, learned]
        gram = seen @ seen.T + RIDGE * len(learned) * np.eye(len(seen))
        return np.linalg.solve(gram, seen @ self.value[learned, gene]) @ snps


def _table(
    panel: Panel,
    pairs: Sequence[tuple[int, int]],
    folds: list[_Told],
    n_draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return estimates and p-values of all pairs, the strongest first."""
    groups = [fold.people.groups for fold in folds if fold.people.groups is not None]
    families = np.concatenate(groups) if groups else None
    scores = statistics.pooled([fold.scores for fold in folds])
    found = statistics.slopes(scores, families)
    surviving, identifiable = _surviving(folds, scores)
    z = np.where(identifiable, found.z, np.nan)
    p = stats.norm.sf(z)
    share = _shares(folds, scores, found)
    largest = statistics.max_t(
        found.units, np.where(identifiable, z, -np.inf), n_draws, seed
    )
    table = pd.DataFrame(
        {
            "pair": [(panel.genes[i], panel.genes[j]) for i, j in pairs],
            **dict(zip(("estimate", "low", "high"), share, strict=True)),
            "z": z,
            "p": p,
            "p_holm": statistics.holm(p),
            "p_bh": statistics.benjamini_hochberg(p),
            "p_maxt": np.where(identifiable, largest, np.nan),
            "surviving": surviving,
            "identifiable": identifiable,
        }
    )
    order = table["p"].fillna(2).argsort(kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _surviving(
    folds: list[_Told], scores: statistics.Scores
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is left of each direction, at most 1, and whether that is enough."""
    before = sum(fold.before for fold in folds)
    after = (scores.direction**2).sum(0)
    share = np.divide(after, before, out=np.ones_like(after), where=before > 0)
    return np.minimum(share, 1), share >= Settings.floor


def _shares(
    folds: list[_Told], scores: statistics.Scores, found: statistics.Slopes
) -> tuple[np.ndarray, ...]:
    """Return the share of the residual's variance of each pair, and its interval."""
    predicted = ((scores.weight[:, None] * scores.direction) ** 2).sum(0)
    residuals = [fold.people.residual for fold in folds]
    total = sum(((y - y.mean()) ** 2).sum() for y in residuals)
    return statistics.shares(found, predicted / total)
