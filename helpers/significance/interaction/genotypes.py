"""The test for pairs of genes in trained gene networks, on people they have not seen.

Genes on different chromosomes are inherited independently, so the projection of the
test for tables has a short form: a pair's effect that is centred over both genes'
distributions has mean zero given all genes but either one. Nothing else has to be
taken out, and no permutation is needed.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from scipy import stats
from torch import nn

from helpers import checks
from helpers.data.panel import Panel
from helpers.significance.interaction import statistics
from helpers.significance.interaction.basis import main_functions
from helpers.significance.interaction.folds import FEWEST

#: Functions of each gene's value that are cleared from the people tested.
MAIN_FUNCTIONS = 4
#: Smaller effects, as a share of the prediction, are the rounding of single precision.
ROUNDING = 1e-5


def gene_interaction_test(  # as scikit-learn's options: each by its name
    networks: Sequence[nn.Module],
    panel: Panel,
    residual: ArrayLike,
    *,
    learned: ArrayLike,
    tested: ArrayLike,
    groups: ArrayLike | None = None,
    n_bins: int = 24,
    n_multipliers: int = 1999,
    seed: int = 0,
) -> pd.DataFrame:
    """Test every pair of genes for an interaction, on people left out of training.

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
    groups : array, shape (n_people,), optional
        Families: rows that depend on each other.
    n_bins : int
        Bins of each gene, of people who learned.
    n_multipliers, seed
        Of the multiplier bootstrap.

    Returns
    -------
    DataFrame
        pair (names), estimate (share of the residual's variance), low, high, z, p,
        p_holm, p_bh, p_maxt; the strongest first. A pair for which the networks propose
        nothing has z = 0.

    Raises
    ------
    ValueError
        If people are in both parts, or fewer than 40 are tested.

    Notes
    -----
    Calibrated for genes that are not linked, and as far as the residual's fit holds
    the main effects. Genes that are inherited together need conditional centring,
    which this does not do; leave neighbours out.
    """
    residual = checks.vector("residual", residual, length=panel.n_people)
    learned, tested = (np.asarray(p, dtype=np.int64) for p in (learned, tested))
    if np.intersect1d(learned, tested).size or not learned.size or not tested.size:
        raise ValueError("learned and tested must be people, and nobody in both.")
    if len(tested) < FEWEST:
        raise ValueError(f"tested must be at least {FEWEST} people; got {len(tested)}.")
    n_bins = checks.integer("n_bins", n_bins, at_least=2, at_most=len(learned) // 2)
    pairs = list(combinations(range(len(panel.genes)), 2))
    if not pairs or not len(networks):
        raise ValueError("networks and panel must hold a network and two genes.")
    values = [_gene_values(network, panel) for network in networks]
    direction = np.mean(
        [
            _pair_effects(network, own, learned, tested, pairs, n_bins)
            for network, own in zip(networks, values, strict=True)
        ],
        axis=0,
    )
    common = _main(values, tested)
    weight = np.ones(len(tested))
    nothing = np.zeros((len(tested), len(pairs), 1))
    y = np.repeat(residual[tested, None], len(pairs), axis=1)
    e, d, leverage = statistics.clear_both(y, direction, weight, common, nothing)
    found = statistics.slopes(
        statistics.Scores(e, d, leverage, weight, np.ones(len(pairs))),
        None if groups is None else np.asarray(groups)[tested],
    )
    variance = (d**2).sum(0) / ((y[:, 0] - y[:, 0].mean()) ** 2).sum()
    return _table(panel, pairs, found, variance, n_multipliers, seed)


def _gene_values(network: nn.Module, panel: Panel) -> np.ndarray:
    """Return the value of every gene of every person, (n_people, n_genes)."""
    with torch.no_grad():
        rows = torch.from_numpy(np.ascontiguousarray(panel.genotypes.T)).float()
        return network.genes(rows).numpy().astype(float)  # type: ignore[operator]  # a method


def _pair_effects(
    network: nn.Module,
    values: np.ndarray,
    learned: np.ndarray,
    tested: np.ndarray,
    pairs: Sequence[tuple[int, int]],
    n_bins: int,
) -> np.ndarray:
    """Return the centred pair effects of the people tested, (n_tested, n_pairs)."""
    seen = values[learned]
    mean = torch.from_numpy(seen.mean(0)).float()
    levels, bins = [], []
    for own, people in zip(seen.T, values[tested].T, strict=True):
        cuts = np.unique(np.quantile(own, np.linspace(0, 1, n_bins + 1)[1:-1]))
        place = np.searchsorted(cuts, own, side="right")
        counts = np.bincount(place, minlength=len(cuts) + 1)
        sums = np.bincount(place, own, minlength=len(cuts) + 1)
        level = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
        levels.append((level, counts / len(own)))
        bins.append(np.searchsorted(cuts, people, side="right"))
    effects = np.empty((len(tested), len(pairs)))
    for k, (i, j) in enumerate(pairs):
        (a, share_a), (b, share_b) = levels[i], levels[j]
        points = mean.repeat(len(a) * len(b), 1)
        points[:, i] = torch.from_numpy(np.repeat(a, len(b))).float()
        points[:, j] = torch.from_numpy(np.tile(b, len(a))).float()
        with torch.no_grad():
            grid = network.head(points).numpy().reshape(len(a), len(b)).astype(float)  # type: ignore[operator]  # a method
        largest = np.abs(grid).max()
        grid = grid - share_a @ grid
        grid = grid - (grid @ share_b)[:, None]
        grid[np.abs(grid) < ROUNDING * largest] = 0
        effects[:, k] = grid[bins[i], bins[j]]
    return effects


def _main(values: list[np.ndarray], tested: np.ndarray) -> np.ndarray:
    """Return functions of each gene's mean value and a constant, for people tested."""
    first = values[0]
    scaled = np.zeros_like(first)
    for own in values:  # a gene's value has no sign of its own
        own = (own - own.mean(0)) / np.maximum(own.std(0), 1e-12)
        scaled += own * np.where((own * (first - first.mean(0))).mean(0) < 0, -1, 1)
    functions = [
        main_functions(gene[tested, None], MAIN_FUNCTIONS)
        for gene in scaled.T
        if np.ptp(gene[tested]) > 0
    ]
    return np.hstack([np.ones((len(tested), 1)), *functions])


def _table(
    panel: Panel,
    pairs: Sequence[tuple[int, int]],
    found: statistics.Slopes,
    variance: np.ndarray,
    n_draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return estimates and p-values of all pairs, the strongest first."""
    p = stats.norm.sf(found.z)
    share = statistics.shares(found, variance)
    table = pd.DataFrame(
        {
            "pair": [(panel.genes[i], panel.genes[j]) for i, j in pairs],
            **dict(zip(("estimate", "low", "high"), share, strict=True)),
            "z": found.z,
            "p": p,
            "p_holm": statistics.holm(p),
            "p_bh": statistics.benjamini_hochberg(p),
            "p_maxt": statistics.max_t(found.units, found.z, n_draws, seed),
        }
    )
    return table.sort_values("p", kind="stable", ignore_index=True)
