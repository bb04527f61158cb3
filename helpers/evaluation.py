"""Compare what a detector found with the interactions that are there.

All functions take an `Interactions` and the true sets of features, 0-based, and count a
pair as true if some true set contains it.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score

from helpers import checks
from helpers.detectors.interactions import Interactions, all_pairs


def pair_labels(
    pairs: Sequence[tuple[int, ...]], true_sets: Iterable[Iterable[int]]
) -> np.ndarray:
    """Return for each pair whether some true set contains it, shape (n_pairs,)."""
    return np.array([any(set(pair) <= set(s) for s in true_sets) for pair in pairs])


def pairwise_auc(
    interactions: Interactions, true_sets: Iterable[Iterable[int]]
) -> float:
    """Return the area under the ROC curve over all p (p - 1) / 2 pairs.

    The chance that a true pair scores above a false one; ties count one half. Sets of
    other orders are ignored.

    Raises
    ------
    ValueError
        If a pair has no score, or all pairs are true, or none is.

    Source
    ------
    Tsang et al. (2018), Table 2 [tsang2018].
    """
    n_features = len(interactions.features)
    true_sets = checks.feature_sets("true_sets", true_sets, n_features)
    pairs = all_pairs(n_features)
    matrix = interactions.matrix()
    scores = np.array([matrix[pair] for pair in pairs])
    missing = np.flatnonzero(np.isnan(scores))
    if missing.size:
        raise ValueError(
            f"interactions must score every pair; {missing.size} of {len(pairs)} are "
            f"missing, the first is {pairs[missing[0]]}."
        )
    labels = pair_labels(pairs, true_sets)
    if labels.all() or not labels.any():
        raise ValueError(
            "true_sets must make some pairs true and some false; "
            f"{labels.sum()} of {len(pairs)} are true."
        )
    return float(roc_auc_score(labels, scores))


def hits_before_first_false_positive(
    interactions: Interactions, true_sets: Iterable[Iterable[int]]
) -> int:
    """Return how many true sets rank, exactly, before the first false positive.

    Strict subsets of true sets are neither hits nor false positives.

    Source
    ------
    Tsang et al. (2018), Fig. 3 [tsang2018].
    """
    return _leading_hits(interactions, _true_sets(interactions, true_sets))


def top_rank_recall(
    interactions: Interactions, true_sets: Iterable[Iterable[int]]
) -> float:
    """Return the share of true sets that rank before the first false positive.

    Source
    ------
    Tsang et al. (2018), Fig. 8a [tsang2018].
    """
    truth = _true_sets(interactions, true_sets)
    return _leading_hits(interactions, truth) / len(truth)


def trimmed_mean_sd(
    values: ArrayLike, drop: int = 1, ddof: int = 1
) -> tuple[float, float]:
    """Return mean and standard deviation without the best and worst values.

    Parameters
    ----------
    values : array_like, shape (n_trials,)
    drop : int
        How many are dropped at each end.
    ddof : int
        The sum of squares is divided by the number kept minus this.

    Source
    ------
    Tsang et al. (2018), Table 2, which does not state `ddof` [tsang2018].
    """
    values = np.sort(checks.vector("values", values))
    drop = checks.integer("drop", drop, at_least=0)
    ddof = checks.integer("ddof", ddof, at_least=0)
    needed = 2 * drop + ddof + 1
    if len(values) < needed:
        raise ValueError(f"values must be at least {needed}; got {len(values)}.")
    kept = values[drop : len(values) - drop]
    return float(kept.mean()), float(kept.std(ddof=ddof))


def _true_sets(
    interactions: Interactions, true_sets: Iterable[Iterable[int]]
) -> set[frozenset]:
    checked = checks.feature_sets("true_sets", true_sets, len(interactions.features))
    if not checked:
        raise ValueError("true_sets must hold at least one set; got none.")
    return set(map(frozenset, checked))


def _hits(interactions: Interactions, truth: set[frozenset]) -> list[bool | None]:
    # True: a true set; False: a false positive; None: a strict subset of a true set.
    # A true set inside another true set is a hit.
    hits = []
    for members in map(frozenset, interactions.ranked().sets):
        part = any(members < true for true in truth)
        hits.append(True if members in truth else None if part else False)
    return hits


def _leading_hits(interactions: Interactions, truth: set[frozenset]) -> int:
    count = 0
    for hit in _hits(interactions, truth):
        if hit is False:
            break
        count += hit is True
    return count
