"""Simulated accessibility: three of twenty motifs in a sequence decide if it is open.

Motifs are planted as fixed strings, not sampled from matrices, in random order at
random places. Whether the DNA is open depends on which motifs are there: each adds its
own weight, or only the right partners open it together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.bases import encode
from helpers.data.kinds import Seed
from helpers.data.motifs import UNIFORM
from helpers.loaders.motifs import FOLDER
from helpers.truth.grammars import MotifSequences
from helpers.truth.sequences import random_bases

#: Share of sequences with both partners among three of twenty motifs: each of the three
#: pairs in a sequence is one of the ten with chance 1/19.
PAIRED_SHARE = 3 / 19
ROUNDS = 50  # how often rare combinations are looked for before giving up

# The first two letters of four that a variant changes (Table 4.1 of the thesis).
VARIANTS = (
    ("TAACCTAGCTGC", "TAAGGTAGCTGC", "TAACGTAGCTGC", "TAAGCTAGCTGC"),
    ("CCTACTCGGATA", "CCTAGACGGATA", "CCTACACGGATA", "CCTAGTCGGATA"),
    ("ATGCAGTGGACT", "TAGCAGTGGACT", "AAGCAGTGGACT", "TTGCAGTGGACT"),
)


@cache
def twenty_factors() -> pd.DataFrame:
    """Return the twenty transcription factors and the strings they like to bind.

    Partners of Table A.1 are neighbours: rows 0 and 1, 2 and 3, and so on.

    Returns
    -------
    DataFrame with the columns factor, profile, consensus, bits, organism

    Source
    ------
    van den Bogaard, Table A.1, for the names; CIS-BP 1.02 for the strings, as
    `data/motifs/twenty.tsv` says.
    """
    return pd.read_csv(FOLDER / "twenty.tsv", sep="\t", comment="#")


def consensus_strings() -> dict[str, str]:
    """Return the twenty strings by the name of their factor."""
    table = twenty_factors()
    return dict(zip(table["factor"], table["consensus"], strict=True))


def published_pairs(n_motifs: int = 20) -> tuple[tuple[int, int], ...]:
    """Return the pairs of Table A.1: motifs 0 and 1, 2 and 3, ..."""
    checks.integer("n_motifs", n_motifs, at_least=2)
    if n_motifs % 2:
        raise ValueError(f"n_motifs must be even to form pairs; got {n_motifs}.")
    return tuple((i, i + 1) for i in range(0, n_motifs, 2))


def pairings(
    n: int, *, n_motifs: int = 20, seed: int = 0
) -> list[tuple[tuple[int, int], ...]]:
    """Return `n` ways to pair the motifs: the published one, then random ones.

    Returns
    -------
    list of tuples of pairs
    """
    n = checks.integer("n", n, at_least=1)
    rng = np.random.default_rng([seed, 3])
    found = [published_pairs(n_motifs)]
    while len(found) < n:
        order = rng.permutation(n_motifs).reshape(-1, 2)
        found.append(tuple(sorted(tuple(sorted(map(int, pair))) for pair in order)))  # type: ignore[misc]  # of two each
    return found


def choose_motifs(
    n: int,
    *,
    n_motifs: int = 20,
    each: int = 3,
    pairs: Sequence | None = None,
    positives: float | None = None,
    seed: Seed = 0,
) -> np.ndarray:
    """Draw which motifs a sequence holds: `each` different ones, in random order.

    Parameters
    ----------
    n : int
        Number of sequences.
    n_motifs, each : int
        Size of the pool, and motifs in a sequence.
    pairs : sequence of pairs, optional
        With `positives`: which motifs are partners.
    positives : float, optional
        Share of sequences that hold both partners of a pair; left out, the natural one.
    seed : int or numpy Generator

    Returns
    -------
    array of int, shape (n, each)

    Raises
    ------
    ValueError
        If more motifs are wanted than there are, or the share cannot be reached.
    """
    n = checks.integer("n", n, at_least=1)
    n_motifs = checks.integer("n_motifs", n_motifs, at_least=1)
    each = checks.integer("each", each, at_least=1, at_most=n_motifs)
    rng = np.random.default_rng(seed)
    if positives is None:
        return _draw(n, n_motifs, each, rng)
    share = checks.number("positives", positives, at_least=0, at_most=1)
    if pairs is None:
        raise ValueError("pairs must be given with positives.")
    wanted = np.array([n - round(share * n), round(share * n)])
    kept: list[list[np.ndarray]] = [[], []]
    for _ in range(ROUNDS):
        drawn = _draw(2 * n, n_motifs, each, rng)
        paired = paired_targets(presence(drawn, n_motifs), [pairs])[:, 0] == 1
        kept[0].append(drawn[~paired])
        kept[1].append(drawn[paired])
        if all(sum(map(len, kept[k])) >= wanted[k] for k in (0, 1)):
            break
    else:
        raise ValueError(
            f"positives must be a share that {each} of {n_motifs} motifs can reach "
            f"with these pairs; got {share}."
        )
    drawn = np.concatenate([np.concatenate(kept[k])[: wanted[k]] for k in (0, 1)])
    return rng.permutation(drawn)


def plant(
    motifs: Sequence[str],
    chosen: ArrayLike,
    *,
    length: int,
    background: Sequence[float] = UNIFORM,
    seed: Seed = 0,
) -> MotifSequences:
    """Plant the chosen strings in random sequences, none overlapping another.

    Every arrangement without overlap is equally likely, for the given order.

    Parameters
    ----------
    motifs : sequence of str
        The pool, letters A, C, G, T.
    chosen : array of int, shape (n, each)
        Which motifs each sequence holds, in their order along the sequence.
    length : int
        Of the sequences, in bp.
    background : sequence of float, shape (4,)
        Probability of A, C, G, T between the motifs.
    seed : int or numpy Generator

    Returns
    -------
    MotifSequences
        With a column for each motif of the pool.

    Raises
    ------
    ValueError
        If a motif is planted twice in a sequence, or the motifs do not fit.

    Source
    ------
    van den Bogaard, sections 3.1 and 4.1.
    """
    strings = [encode([motif])[0] for motif in motifs]
    widths = np.array([len(string) for string in strings])
    chosen = np.asarray(chosen)
    if chosen.ndim != 2 or not np.issubdtype(chosen.dtype, np.integer):
        raise ValueError(
            "chosen must be motif numbers of shape (n, each); got "
            f"{chosen.dtype} with {chosen.ndim} axes."
        )
    if chosen.min() < 0 or chosen.max() >= len(strings):
        raise ValueError(f"chosen must number motifs 0 to {len(strings) - 1}.")
    if (np.diff(np.sort(chosen, axis=1)) == 0).any():
        raise ValueError("chosen must hold different motifs in each row.")
    length = checks.integer("length", length, at_least=1)
    free = length - widths[chosen].sum(axis=1)  # (n,)
    if free.min() < 0:
        raise ValueError(
            f"length must be at least {length - free.min()}, so that the motifs fit; "
            f"got {length}."
        )
    rng = np.random.default_rng(seed)
    n, each = chosen.shape
    sequences = random_bases((n, length), background, seed=rng)
    before = _gaps(free, each, rng)  # (n, each) background up to each motif
    own = np.cumsum(widths[chosen], axis=1) - widths[chosen]
    places = before + own
    starts = np.full((n, len(strings)), -1)
    np.put_along_axis(starts, chosen, places, axis=1)
    for motif, string in enumerate(strings):
        rows = np.flatnonzero(starts[:, motif] >= 0)
        at = starts[rows, motif, None] + np.arange(len(string))
        sequences[rows[:, None], at] = string
    return MotifSequences(sequences, starts >= 0, starts, widths)


def presence(chosen: np.ndarray, n_motifs: int) -> np.ndarray:
    """Return which motifs are there, bool, shape (n, n_motifs)."""
    present = np.zeros((len(chosen), n_motifs), dtype=bool)
    np.put_along_axis(present, np.asarray(chosen), True, axis=1)
    return present


def additive_targets(
    present: ArrayLike, n_targets: int = 1, *, seed: Seed = 0
) -> np.ndarray:
    """Return labels to which every motif adds its own weight.

    A sequence is open if the weights of its motifs, drawn from N(0, 1) for each target,
    sum to at least their median over the sequences; so half of them are open.

    Parameters
    ----------
    present : array of bool, shape (n, n_motifs)
    n_targets : int
    seed : int or numpy Generator

    Returns
    -------
    array of uint8, shape (n, n_targets)

    Source
    ------
    van den Bogaard, section 3.1; weights and threshold are not given there.
    """
    present = _bool_rows(present)
    n_targets = checks.integer("n_targets", n_targets, at_least=1)
    weights = np.random.default_rng(seed).normal(size=(present.shape[1], n_targets))
    scores = present @ weights
    return (scores >= np.median(scores, axis=0)).astype(np.uint8)


def paired_targets(present: ArrayLike, pairings: Sequence) -> np.ndarray:
    """Return labels that need both partners of some pair; a target for each pairing.

    Parameters
    ----------
    present : array of bool, shape (n, n_motifs)
    pairings : sequence of sequences of pairs of motif numbers

    Returns
    -------
    array of uint8, shape (n, n_targets)

    Source
    ------
    van den Bogaard, section 3.1 and Table A.1.
    """
    present = _bool_rows(present)
    n_motifs = present.shape[1]
    if not len(pairings):
        raise ValueError("pairings must hold at least one; got none.")
    columns = []
    for pairs in pairings:
        pairs = np.array(checks.feature_sets("pairs", pairs, n_motifs))
        columns.append((present[:, pairs[:, 0]] & present[:, pairs[:, 1]]).any(axis=1))
    return np.stack(columns, axis=1).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class VariantSequences:
    """Sequences with one variant of each of three motifs, and which variants are on.

    Parameters
    ----------
    bases : array of uint8, shape (n, length)
    on : array of bool, shape (n, 3)
        Whether the variant of each motif counts.
    variant : array of int, shape (n, 3)
        Which of the four it is; 0 and 1 are on.
    labels : array of uint8, shape (n,)
        1 where two or three are on.
    """

    bases: np.ndarray
    on: np.ndarray
    variant: np.ndarray
    labels: np.ndarray


def motif_variants(n: int, *, length: int = 300, seed: Seed = 0) -> VariantSequences:
    """Draw the design that no position weight matrix can solve.

    Each motif has four variants of two neighbouring letters, and is on if these are
    both of one kind or both of the other: an exclusive or. A sum over positions, which
    is what a filter computes, cannot tell on from off.

    Parameters
    ----------
    n : int
        Number of sequences.
    length : int
        In bp.
    seed : int or numpy Generator

    Source
    ------
    van den Bogaard, section 4.4 and Table 4.1; variants drawn with equal chance, in
    random order and place.
    """
    n = checks.integer("n", n, at_least=1)
    rng = np.random.default_rng(seed)
    pool = [variant for motif in VARIANTS for variant in motif]
    variant = rng.integers(0, 4, size=(n, len(VARIANTS)))
    chosen = rng.permuted(variant + 4 * np.arange(len(VARIANTS)), axis=1)
    planted = plant(pool, chosen, length=length, seed=rng)
    on = variant < 2
    labels = (on.sum(axis=1) >= 2).astype(np.uint8)
    return VariantSequences(planted.bases, on, variant, labels)


def variant_ladder() -> dict[str, float]:
    """Return the best area under the ROC curve for what a network may know.

    A network that resolves a motif knows if it is on; one that knows a single variant
    knows if that variant is there. With the twelve variants drawn alike, every state of
    knowledge has an exact best area: the rungs on which training stops.

    Source
    ------
    Our own count over the 64 combinations of variants.
    """
    variant = np.array(list(product(range(4), repeat=3)))  # (64, 3)
    labels = (variant < 2).sum(axis=1) >= 2
    on, first = variant < 2, variant == 0
    known = {
        "one variant of one motif": [first[:, 0]],
        "one variant each of two": [first[:, 0], first[:, 1]],
        "one motif": [on[:, 0]],
        "one variant each of three": [first[:, 0], first[:, 1], first[:, 2]],
        "one motif, one variant": [on[:, 0], first[:, 1]],
        "two motifs": [on[:, 0], on[:, 1]],
        "two motifs, one variant": [on[:, 0], on[:, 1], first[:, 2]],
        "three motifs": [on[:, 0], on[:, 1], on[:, 2]],
    }
    return {
        name: _best_area(np.stack(columns), labels) for name, columns in known.items()
    }


def _best_area(known: np.ndarray, labels: np.ndarray) -> float:
    """Return the area if cases are ranked by how often theirs are open, given `known`.

    known: (n_columns, n_cases), labels: (n_cases,).
    """
    _, state = np.unique(known, axis=1, return_inverse=True)
    state = state.ravel()
    share = np.bincount(state, weights=labels) / np.bincount(state)
    score = share[state]
    above = score[labels][:, None] - score[~labels]
    return float(np.mean((above > 1e-12) + 0.5 * (np.abs(above) <= 1e-12)))


def _draw(n: int, n_motifs: int, each: int, rng: np.random.Generator) -> np.ndarray:
    """Return `each` different motifs for each of n sequences, in random order."""
    # By sorting: a mere partition would keep the first motifs in their order.
    return rng.random((n, n_motifs)).argsort(axis=1)[:, :each]


def _gaps(free: np.ndarray, each: int, rng: np.random.Generator) -> np.ndarray:
    """Return how much background lies before each motif, (n, each), all ways alike.

    A way to cut `free` bases into each + 1 stretches is a choice of `each` places among
    free + each: stars and bars.
    """
    n, widest = len(free), int(free.max()) + each
    keys = rng.random((n, widest))
    keys[np.arange(widest) >= (free + each)[:, None]] = np.inf
    bars = np.sort(keys.argpartition(each - 1, axis=1)[:, :each], axis=1)
    return bars - np.arange(each)


def _bool_rows(present: ArrayLike) -> np.ndarray:
    present = np.asarray(present)
    if present.dtype != bool or present.ndim != 2:
        raise ValueError(
            "present must be bool of shape (n, n_motifs); "
            f"got {present.dtype} with {present.ndim} axes."
        )
    return present
