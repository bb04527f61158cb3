"""Exercises of chapter 5: starts, a monotone transform, a null for the ranking."""

from itertools import combinations
from typing import Any

import numpy as np

from helpers.detectors import weights
from helpers.press.exercises.verdict import answered, need, right


def starts(others: Any, first: Any) -> None:
    """Check which pair each of several toy networks ranks first.

    Parameters
    ----------
    others : Ensemble
        At least five fitted networks of different initial weights.
    first : list of tuple of int
        Their strongest pairs; features count from 0.
    """
    answered(others=others, first=first)
    need(len(first) >= 5, f"first must hold five pairs; got {len(first)}.")
    networks = [others.network(i) for i in range(len(first))]
    layers = [weights.layer_weights(network)[0] for network in networks]
    need(
        not any(np.allclose(layers[0], other) for other in layers[1:]),
        "The networks are all the same one: give each a seed of its own.",
    )
    for number, (network, pair) in enumerate(zip(networks, first, strict=True)):
        top = weights.nid_pairs(network).sets[0]
        need(
            tuple(sorted(pair)) == tuple(sorted(top)),
            f"Network {number} ranks another pair first than {tuple(pair)}; features "
            "count from 0.",
        )
    right("A ranking is of one network: report in how many a pair comes first.")


def transform(interacting: Any) -> None:
    """Check which pairs of the toy's features interact in exp(y).

    Parameters
    ----------
    interacting : collection of tuple of int
        Pairs as numbered in the text, from 1.
    """
    answered(interacting=interacting)
    found = {tuple(sorted(pair)) for pair in interacting}
    truth = set(combinations(range(1, 5), 2))
    need(
        found != {(1, 2)},
        "That is the answer for y. The exponential of a sum is a product.",
    )
    need(
        not any(5 in pair for pair in found),
        "x5 is not in y, so it is not in exp(y) either.",
    )
    missing = sorted(truth - found)
    need(
        not missing,
        f"{missing[0] if missing else ''} is missing: in exp(y) each term of y "
        "multiplies every other.",
    )
    need(found == truth, "Features are numbered 1 to 5, as in the text.")
    right("Six pairs on one scale, one on the other: interaction depends on the scale.")


def null(largest: Any, p: Any, *, observed: float) -> None:
    """Check the p-value of the strongest pair under permuted outcomes.

    Parameters
    ----------
    largest : array, shape (at least 20,)
        Strength of the strongest pair of each network trained on a permuted outcome.
    p : float
    observed : float
        Strength of the true pair.
    """
    answered(largest=largest, p=p)
    largest = np.asarray(largest, dtype=float)
    need(largest.size >= 20, f"largest must hold twenty strengths; got {largest.size}.")
    need(
        largest.std() > 0,
        "All strengths are equal: permute the outcome anew for each network.",
    )
    reached = int((largest >= observed).sum())
    need(
        not np.isclose(p, reached / largest.size),
        "Count the observed data as one of the permutations: without it p can be 0, "
        "which no test can say.",
    )
    need(
        np.isclose(p, (1 + reached) / (1 + largest.size)),
        "p is the share of the permuted and the observed strengths that reach the "
        f"observed one; got {p:.3f}.",
    )
    right("With twenty permutations nothing smaller than 1/21 can come out.")
