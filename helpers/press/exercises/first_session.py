"""Exercises of the first session: a scan, a second difference, a permutation p."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.press.exercises.verdict import answered, need, right


def scan(best_start: Any, *, scores: ArrayLike) -> None:
    """Check where the best window of a scan starts, counted from 0."""
    answered(best_start=best_start)
    best = int(np.argmax(scores))
    need(best_start != best + 1, "Positions count from 0 here.")
    need(
        best_start == best,
        f"Window {best_start!r} is not the one with the highest of the scores.",
    )
    right("A scan turns a sequence into one number a window; the best one is a site.")


def table(interaction: Any, *, means: ArrayLike) -> None:
    """Check the interaction of two SNPs from four mean traits.

    Parameters
    ----------
    interaction : float
    means : array, shape (2, 2)
        Mean trait with neither allele, the second, the first, both.
    """
    answered(interaction=interaction)
    (neither, second), (first, both) = np.asarray(means, dtype=float)
    need(
        not np.isclose(interaction, both - neither),
        "That is what both alleles do together; take the two single effects away.",
    )
    need(
        not np.isclose(interaction, both - first - second),
        "The mean with neither allele was subtracted twice. Add it back once.",
    )
    need(
        np.isclose(interaction, both - first - second + neither),
        "Both, less one, less the other, plus neither.",
    )
    right("Whatever the genes, motifs or houses: this is the interaction of the book.")


def permutation(p_value: Any) -> None:
    """Check a function that returns the p of a score among permuted scores.

    Parameters
    ----------
    p_value : callable
        ``(observed, permuted)`` -> p, one-sided: large scores speak for an effect.
    """
    answered(p_value=p_value)
    answered(p_value=p_value(3.0, np.array([1.0, 2.0, 4.0])))
    need(
        not np.isclose(p_value(5.0, np.arange(4.0)), 0),
        "No permuted score reaches the observed one, and yet p must not be 0: count "
        "the observed data as one of the permutations.",
    )
    need(
        np.isclose(p_value(2.0, np.array([1.0, 2.0, 3.0])), 0.75),
        "A permuted score that equals the observed one has reached it: count it.",
    )
    need(
        np.isclose(p_value(5.0, np.zeros(19)), 1 / 20),
        "With 19 permutations and none that reaches the score, p is 1/20.",
    )
    right("Nineteen permutations can say 0.05 and nothing smaller.")
