"""What the outcomes themselves say of an answer: too few ones, or perhaps classes."""

from collections.abc import Sequence

import numpy as np

from helpers.significance.interaction.family import Family
from helpers.significance.interaction.folds import Fold
from helpers.significance.interaction.inputs import MOST_CLASSES

#: Ones (or zeros, or counts above 0) of a part below which an answer says so. So many
#: tell an odds ratio of e per standard deviation, seen without error, from 1 by a z of
#: about sqrt(10), which is what Holm's correction of 45 pairs asks for. Learned by the
#: default networks, such a product was called in 1 of 12 data sets of 1,000 rows with
#: 30 ones, 6 or 7 in a tested part, and in 6 of 12 with 45 ones, 10 in a part.
FEW = 10


def refuse_alike(y: np.ndarray, family: Family, folds: Sequence[Fold]) -> None:
    """Raise where a part has nothing to learn from, or no tested outcome differs.

    Parameters
    ----------
    y : array, shape (n,)
    family : Family
    folds : sequence of Fold
    """
    tested = y[np.concatenate([fold.test for fold in folds])]
    if tested.min() == tested.max():
        raise ValueError(
            f"y must vary in the {len(tested)} rows that are tested; all are alike, "
            f"and {int((y != tested[0]).sum())} of {len(y)} differ elsewhere: too few."
        )
    if family.name == "gaussian":
        return
    some = y > 0
    for fold in folds:
        learned = some[fold.learn]
        if not learned.any() or (family.name == "binomial" and learned.all()):
            kind, n = _kind(family, not learned[0]), int((some != learned[0]).sum())
            raise ValueError(
                f"y must have outcomes that are {kind} in every part that is learned "
                f"from; got none in one of {len(learned)} rows, and {n} in all: too "
                "few."
            )


def remarks(y: np.ndarray, family: Family, folds: Sequence[Fold]) -> tuple[str, ...]:
    """Return sentences about outcomes that an answer adds.

    Parameters
    ----------
    y : array, shape (n,)
        As given.
    family, folds
        As for `refuse_alike`.
    """
    if family.name == "gaussian":
        return _perhaps_classes(y)
    return _few(y, family, folds)


def _perhaps_classes(y: np.ndarray) -> tuple[str, ...]:
    """Return a sentence where y holds few whole numbers; of two the answer tells."""
    values = np.unique(y)
    if not 2 < len(values) <= MOST_CLASSES or (values != np.floor(values)).any():
        return ()
    counts = "; if they are counts, family='poisson'" if values[0] >= 0 else ""
    return (
        f"The outcome has {len(values)} different values, all whole numbers, and was "
        "taken as a number. Several classes are not tested: if these are classes, test "
        f"one against the rest (y == {values[-1]:g}, family='binomial'){counts}.",
    )


def _few(y: np.ndarray, family: Family, folds: Sequence[Fold]) -> tuple[str, ...]:
    """Return a sentence where a part has few ones, zeros, or counts above 0."""
    some = y > 0
    rare = family.name == "poisson" or some.mean() <= 0.5
    parts = [part for fold in folds for part in (fold.learn, fold.test)]
    fewest = min(int((some[part] == rare).sum()) for part in parts)
    if fewest >= FEW:
        return ()
    return (
        f"Only {int((some == rare).sum()):,} of {len(y):,} outcomes are "
        f"{_kind(family, rare)}, and {fewest} in one of the parts that are learned "
        f"from or tested: with fewer than {FEW} there, only a very strong interaction "
        "can be learned and called.",
    )


def _kind(family: Family, some: bool) -> str:
    """Return what outcomes that are more than 0, or are not, are called."""
    if family.name == "poisson":
        return "above 0" if some else "0"
    return f"{some:d}"
