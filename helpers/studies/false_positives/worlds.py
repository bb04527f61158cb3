"""Sequences with two motifs, their counts under both controls, and knock-outs."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from helpers import checks
from helpers.data.motifs import Motif
from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.truth.responses import occupancy, poisson_counts, rate
from helpers.truth.sequences import (
    PADDING,
    Embedded,
    dinucleotide_shuffle,
    knock_out,
    random_positions,
    select_pairs,
    simulate,
)

CONTROLS = {"negative": 0.0, "positive": 1.0}  # strength of the interaction


@dataclass(frozen=True)
class Sizes:
    """How many sequences and pairs a run uses, and the seed they follow from.

    Parameters
    ----------
    n_train, n_validation, n_test : int
        Sequences.
    n_controls : int
        Pairs that are shuffled, moved, or taken from the training sequences, at most.
    seed : int
    """

    n_train: int
    n_validation: int
    n_test: int
    n_controls: int
    seed: int

    def __post_init__(self) -> None:
        for name in ("n_train", "n_validation", "n_test", "n_controls"):
            checks.integer(name, getattr(self, name), at_least=1)
        checks.integer("seed", self.seed, at_least=0)

    @property
    def n_learning(self) -> int:
        """Training and validation sequences together."""
        return self.n_train + self.n_validation

    @property
    def validation(self) -> np.ndarray:
        """Which of them choose the best weights, bool, shape (n_learning,)."""
        return np.arange(self.n_learning) >= self.n_train


@cache
def motifs() -> tuple[Motif, ...]:
    """Return the two motifs of the study, GATA1 and TAL1, smoothed as published."""
    return tuple(m.smoothed() for m in read_motifs(FOLDER / "encode.meme").values())


@cache
def sequences(part: int, n: int, seed: int) -> Embedded:
    """Return `n` simulated sequences of the training (0) or the test part (1)."""
    return simulate(n, motifs(), seed=[seed, part])


@cache
def bound(part: int, n: int, seed: int, padding: str) -> np.ndarray:
    """Return their occupancies; same padding also counts windows cut off by an end."""
    return occupancy(sequences(part, n, seed).sequences, motifs(), padding=padding)


@cache
def observed(part: int, n: int, seed: int, padding: str, strength: float) -> np.ndarray:
    """Return their Poisson counts."""
    draw = [seed, 2, part, PADDING.index(padding), round(1000 * strength)]
    return poisson_counts(rate(bound(part, n, seed, padding), strength), seed=draw)


@cache
def knock_out_sets(sizes: Sizes) -> dict[str, tuple]:
    """Return the pairs of the study and of its four comparison sets, knocked out.

    Returns
    -------
    dict of set to (part, rows, sequences)
        The part (0 training, 1 test) and its rows that the pairs come from, None for
        shuffles, and sequences kept and knocked out, uint8, shape (2, 2, n, length).
    """
    seed = sizes.seed
    test = sequences(1, sizes.n_test, seed)
    train = sequences(0, sizes.n_learning, seed)[: sizes.n_train]
    rows, learned = select_pairs(test), select_pairs(train)[: sizes.n_controls]
    few, known = test[rows[: sizes.n_controls]], train[learned]
    moved = random_positions(few, seed=[seed, 4])
    known_moved = random_positions(known, seed=[seed, 5])
    shuffled = replace(
        few, sequences=dinucleotide_shuffle(few.sequences, seed=[seed, 6])
    )
    return {
        "motifs": (1, rows, knock_out(test[rows], seed=[seed, 7])),
        "random": (1, rows[: sizes.n_controls], knock_out(moved, seed=[seed, 8])),
        "shuffles": (None, None, knock_out(shuffled, ceiling=None, seed=[seed, 9])),
        "training": (0, learned, knock_out(known, seed=[seed, 10])),
        "training, random": (0, learned, knock_out(known_moved, seed=[seed, 11])),
    }


def trial_pairs(n_pairs: int, trial: int, seed: int) -> dict[str, np.ndarray]:
    """Return motif pairs of a trial of its own, with two comparison sets.

    Returns
    -------
    dict of set to array of uint8, shape (2, 2, n_pairs, length)
    """
    drawn = simulate(
        2 * n_pairs + 200, motifs(), probability=1.0, seed=[seed, 21, trial]
    )
    pairs = drawn[select_pairs(drawn)[:n_pairs]]
    moved = random_positions(pairs, seed=[seed, 22, trial])
    mixed = replace(
        pairs, sequences=dinucleotide_shuffle(pairs.sequences, seed=[seed, 23, trial])
    )
    return {
        "motifs": knock_out(pairs, seed=[seed, 24, trial]),
        "random": knock_out(moved, seed=[seed, 25, trial]),
        "shuffles": knock_out(mixed, ceiling=None, seed=[seed, 26, trial]),
    }
