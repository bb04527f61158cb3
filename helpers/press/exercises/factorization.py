"""Exercises of chapter 3: starts, lengths of vectors, rungs."""

from itertools import product
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from helpers.press.exercises.verdict import answered, need, right

ENOUGH = 0.99  # area that counts as solved


def starts(sums: Any) -> None:
    """Check the areas that a sum reaches on the paired toy from five other starts."""
    answered(sums=sums)
    sums = np.atleast_1d(np.asarray(sums, dtype=float))
    need(len(sums) >= 5, f"sums must hold five areas; got {len(sums)}.")
    need(
        np.all((sums > 0) & (sums < 1)), "sums must be areas between 0 and 1."
    )  # fmt: skip
    need(
        sums.max() < 0.75,
        f"A sum cannot reach {sums.max():.2f} here. Has the network pair weights? A "
        "sum has vectors of length 0.",
    )
    right("No start helps: single motifs say nothing, so there is nothing to add up.")


def rank(found_areas: Any, smallest_k: Any) -> None:
    """Check the smallest vector length with which the machine solves the toy.

    Parameters
    ----------
    found_areas : dict of float
        Vector length -> best area of several starts.
    smallest_k : int
    """
    answered(found_areas=found_areas, smallest_k=smallest_k)
    lengths = sorted(found_areas)
    need(
        {1, 2, 3} <= set(lengths),
        f"Try at least the lengths 1, 2 and 3; you tried {lengths}.",
    )
    solved = [k for k in lengths if found_areas[k] >= ENOUGH]
    need(bool(solved), "No length that you tried reaches 0.99; try longer vectors.")
    need(
        smallest_k == solved[0],
        f"The smallest length of yours with an area of at least {ENOUGH} is not "
        f"{smallest_k}.",
    )
    right("One factor a pair is enough. Fewer may do, if training finds how.")


def rung(area: Any) -> None:
    """Check the area of a network that confuses one variant of the third motif."""
    answered(area=area)
    variant = np.array(list(product(range(4), repeat=3)))
    labels = (variant < 2).sum(axis=1) >= 2
    resolved, two = variant[:, :2] < 2, variant < 2
    blurred = np.column_stack([resolved, variant[:, 2] < 3])
    known = _best(blurred, labels)
    need(
        not np.isclose(area, _best(two[:, :2], labels), atol=1e-4),
        "That is the rung of two motifs: the third is half known, use it.",
    )
    need(
        not np.isclose(area, 1.0, atol=1e-4),
        "That is the top: with one variant confused some cases tie.",
    )
    need(
        np.isclose(area, known, atol=1e-4),
        f"Give each state of knowledge its share of open cases, rank by it, and count "
        f"ties half; got {area:.4f}.",
    )
    right("The new rung lies between two motifs and three.")


def _best(known: np.ndarray, labels: np.ndarray) -> float:
    """Return the best area for who knows these columns."""
    _, state = np.unique(known, axis=0, return_inverse=True)
    state = state.ravel()
    share = np.bincount(state, weights=labels) / np.bincount(state)
    return float(roc_auc_score(labels, share[state]))
