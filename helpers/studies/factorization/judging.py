"""What filters hold, and whether the strongest pairs of filters join partners."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from helpers.detectors.interactions import Interactions
from helpers.explain import filters
from helpers.networks.factorization import MotifNetwork
from helpers.studies.factorization.training import row
from helpers.truth import planted

FILTER_KINDS = ("single", "combination", "none")


def agreements(network: MotifNetwork) -> np.ndarray:
    """Return how well its filters agree with the twenty, (n_filters, 20)."""
    matrices = filters.weight_matrices(network.filters)
    return filters.agreement(matrices, planted.consensus_strings()).to_numpy()


def kind_rows(number: int, matched: np.ndarray) -> list[dict]:
    """Return how many filters hold one motif, several, or none.

    Parameters
    ----------
    number : int
        Of the network.
    matched : array of bool, shape (n_filters, 20)
    """
    kinds = filters.kinds(matched)
    return [
        row(number, "filters", (kinds == kind).sum(), detail=kind)
        for kind in FILTER_KINDS
    ]


def matrix_rows(number: int, network: MotifNetwork) -> list[dict]:
    """Return rows of the filters' probabilities: filter, position, base."""
    matrices = filters.weight_matrices(network.filters)
    return [
        row(number, "matrix", value, filter=f, position=position, base=base)
        for (f, position, base), value in np.ndenumerate(matrices)
    ]


def motif_rows(number: int, network: MotifNetwork) -> list[dict]:
    """Return rows of how well the filters agree with the twenty motifs."""
    names = list(planted.consensus_strings())
    return [
        row(number, "motif", value, filter=f, motif=names[m])
        for (f, m), value in np.ndenumerate(agreements(network))
    ]


def judged(
    number: int,
    ranked: Interactions,
    matched: np.ndarray,
    pairs: Sequence[tuple[int, int]],
    *,
    top: int = 10,
    **where: Any,
) -> list[dict]:
    """Return rows on the strongest pairs of filters of one network.

    Parameters
    ----------
    number : int
        Of the network.
    ranked : Interactions
        Pairs of filters, strongest first.
    matched : array of bool, shape (n_filters, 20)
        Which of the twenty motifs each filter agrees with.
    pairs : sequence of pairs of motif numbers
        Partners.
    top : int
    where
        Joins every row, say a cell type.

    Returns
    -------
    list of rows
        pair (first and second: the motifs of either filter; detail right or wrong;
        value the weight), correct (how many of the top are right), found (how many
        true pairs these name).
    """
    right, true = set(filters.partner_filters(matched, pairs)), set(pairs)
    rows, found, correct = [], set(), 0
    for (a, b), score in zip(ranked.sets[:top], ranked.scores, strict=False):
        rows.append(
            row(
                number,
                "pair",
                score,
                first=motif_names(matched[a]),
                second=motif_names(matched[b]),
                detail="right" if (a, b) in right else "wrong",
                **where,
            )
        )
        correct += (a, b) in right
        found |= true & motif_pairs(matched[a], matched[b])
    rows.append(row(number, "correct", correct, **where))
    rows.append(row(number, "found", len(found), **where))
    return rows


def motif_names(held: np.ndarray) -> str:
    """Return the names of the motifs that a filter holds, joined by +."""
    names = np.array(list(planted.consensus_strings()))
    return "+".join(names[held]) or "none"


def motif_pairs(first: np.ndarray, second: np.ndarray) -> set[tuple[int, int]]:
    """Return the pairs of a motif of one filter and a motif of the other."""
    each = itertools.product(np.flatnonzero(first), np.flatnonzero(second))
    return {tuple(sorted((int(p), int(q)))) for p, q in each}  # type: ignore[misc]  # of two each


def chance(matched: np.ndarray, pairs: Sequence[tuple[int, int]]) -> float:
    """Return the share of pairs of filters that join partners."""
    n_filters = len(matched)
    n_pairs = n_filters * (n_filters - 1) // 2
    return len(filters.partner_filters(matched, pairs)) / n_pairs
