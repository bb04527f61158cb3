"""Sequences that hold several motifs in a fixed order, at fixed distances.

A grammar is a row of slots, one a motif, with gaps between them. Its place in a
sequence is random, the places of its motifs relative to each other are not. A motif
that is absent leaves background in its slot; the others stay where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.bases import bases
from helpers.data.kinds import Seed
from helpers.data.motifs import UNIFORM, Motif
from helpers.truth.sequences import random_bases, sample_instances


@dataclass(frozen=True, eq=False)
class MotifSequences:
    """Sequences, which motifs each holds, and where.

    Parameters
    ----------
    bases : array of uint8, shape (n, length)
        A = 0, C = 1, G = 2, T = 3.
    present : array of bool, shape (n, n_motifs)
    starts : array of int, shape (n, n_motifs)
        First position of each motif, 0-based; -1 where it is absent.
    widths : array of int, shape (n_motifs,)
        In bp.

    Indexing with rows (a mask, a slice, an array of numbers) gives those rows.
    """

    bases: np.ndarray
    present: np.ndarray
    starts: np.ndarray
    widths: np.ndarray

    def __post_init__(self) -> None:
        sequences = bases("bases", self.bases)
        present = np.asarray(self.present)
        starts = np.asarray(self.starts)
        widths = np.asarray(self.widths)
        shape = (len(sequences), len(widths))
        if present.shape != shape or present.dtype != bool:
            raise ValueError(
                f"present must be bool of shape {shape}, a column a motif; "
                f"got {present.dtype} of shape {present.shape}."
            )
        if starts.shape != shape or not np.issubdtype(starts.dtype, np.integer):
            raise ValueError(
                f"starts must be integers of shape {shape}, a column a motif; "
                f"got {starts.dtype} of shape {starts.shape}."
            )
        last = sequences.shape[1] - widths
        fits = np.where(present, (starts >= 0) & (starts <= last), starts == -1)
        if not fits.all():
            row, column = np.argwhere(~fits)[0]
            rule = f"0 to {last[column]}" if present[row, column] else "-1 (absent)"
            raise ValueError(
                f"starts[{row}, {column}] must be {rule}; got {starts[row, column]}."
            )
        for name, value in (
            ("bases", sequences),
            ("present", present),
            ("starts", starts),
            ("widths", widths),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.bases)

    def __getitem__(self, rows: slice | np.ndarray) -> "MotifSequences":
        return replace(
            self,
            bases=self.bases[rows],
            present=self.present[rows],
            starts=self.starts[rows],
        )

    @property
    def counts(self) -> np.ndarray:
        """Number of motifs in each sequence, int, shape (n,)."""
        return self.present.sum(axis=1)

    @property
    def labels(self) -> np.ndarray:
        """1 where all motifs are present, else 0; float64, shape (n,)."""
        return self.present.all(axis=1).astype(np.float64)  # type: ignore[return-value]  # an array, of an axis

    def covered(self, motif: int) -> np.ndarray:
        """Return which positions an instance of one motif covers, bool, (n, length)."""
        position = np.arange(self.bases.shape[1])
        start = self.starts[:, [motif]]
        return (
            self.present[:, [motif]]
            & (start <= position)
            & (position < start + self.widths[motif])
        )


@dataclass(frozen=True, eq=False)
class Grammar:
    """Motifs in a fixed order and orientation, with fixed distances.

    Parameters
    ----------
    motifs : sequence of Motif
        From left to right.
    gaps : int or sequence of int, shape (n_motifs - 1,)
        From the end of each motif to the start of the next, in bp.

    Raises
    ------
    ValueError
        If there is no motif, or a gap is negative, so that slots overlap.
    """

    motifs: tuple[Motif, ...]
    gaps: int | tuple[int, ...]  # one a pair, once made

    def __post_init__(self) -> None:
        motifs = tuple(self.motifs)
        if not motifs:
            raise ValueError("motifs must hold at least 1 motif; got 0.")
        between = len(motifs) - 1
        gaps = (self.gaps,) * between if np.ndim(self.gaps) == 0 else tuple(self.gaps)  # type: ignore[arg-type]  # several
        if len(gaps) != between:
            raise ValueError(
                f"gaps must be one number or {between}, one between neighbours; "
                f"got {len(gaps)}."
            )
        for number, gap in enumerate(gaps):
            if checks.integer(f"gaps[{number}]", gap) < 0:
                raise ValueError(
                    f"gaps[{number}] must be at least 0, else the slots of "
                    f"{motifs[number].name} and {motifs[number + 1].name} overlap; "
                    f"got {gap}."
                )
        object.__setattr__(self, "motifs", motifs)
        object.__setattr__(self, "gaps", gaps)

    @property
    def widths(self) -> np.ndarray:
        """Width of each motif in bp, int, shape (n_motifs,)."""
        return np.array([motif.width for motif in self.motifs])

    @property
    def offsets(self) -> np.ndarray:
        """Start of each slot from the start of the grammar, int, shape (n_motifs,)."""
        steps = self.widths[:-1] + np.array(self.gaps, dtype=np.int64)
        return np.concatenate([[0], np.cumsum(steps)])

    @property
    def width(self) -> int:
        """Length of the whole, from the first base to the last, in bp."""
        return int(self.offsets[-1] + self.widths[-1])

    def n_starts(self, length: int) -> int:
        """Return in how many places the whole fits into `length` bp."""
        length = checks.integer("length", length, at_least=1)
        if length < self.width:
            raise ValueError(
                f"length must be at least {self.width} bp, the width of the grammar; "
                f"got {length}."
            )
        return length - self.width + 1


def combinations(n_motifs: int) -> np.ndarray:
    """Return every set of motifs, bool, shape (2**n_motifs, n_motifs).

    Row i holds motif j where bit j of i is set: the first row is empty, the last full.
    """
    n_motifs = checks.integer("n_motifs", n_motifs, at_least=1, at_most=16)
    return (np.arange(2**n_motifs)[:, None] >> np.arange(n_motifs)) % 2 == 1


def embed(
    grammar: Grammar,
    present: ArrayLike,
    *,
    length: int = 250,
    background: Sequence[float] = UNIFORM,
    seed: Seed = 0,
) -> MotifSequences:
    """Draw a background and write the present motifs into it, row by row.

    The place of the whole grammar is drawn uniformly over all that fit; instances are
    sampled from the motifs' matrices.

    Parameters
    ----------
    grammar : Grammar
    present : array of bool, shape (n, n_motifs)
        Which motifs each sequence is to hold.
    length : int
        Bases in a sequence, in bp; at least the grammar's width.
    background : sequence of float, shape (4,)
        Probability of A, C, G, T; must sum to one.
    seed : int or numpy Generator

    Returns
    -------
    MotifSequences

    Raises
    ------
    ValueError
        If the grammar is longer than the sequence, or `present` is not bool of the
        right shape.

    Source
    ------
    Lemanczyk, Bartoszewicz and Renard, Fig 4 and Methods. Gaps, background and the
    range of places are not given there.
    """
    n_starts = grammar.n_starts(length)
    present = np.asarray(present)
    n_motifs = len(grammar.motifs)
    if present.dtype != bool or present.ndim != 2 or present.shape[1] != n_motifs:
        raise ValueError(
            f"present must be bool of shape (n, {n_motifs}), a column a motif; "
            f"got {present.dtype} of shape {present.shape}."
        )
    rng = np.random.default_rng(seed)
    n = len(present)
    sequences = random_bases((n, length), background, seed=rng)
    places = rng.integers(0, n_starts, size=n)
    starts = np.where(present, places[:, None] + grammar.offsets, -1)
    for column, motif in enumerate(grammar.motifs):
        rows = np.flatnonzero(present[:, column])
        where = starts[rows, column][:, None] + np.arange(motif.width)
        sequences[rows[:, None], where] = sample_instances(motif, len(rows), seed=rng)
    return MotifSequences(sequences, present, starts, grammar.widths)


def balanced(
    grammar: Grammar, per_combination: int, *, length: int = 250, seed: Seed = 0
) -> MotifSequences:
    """Return equally many sequences of every combination of motifs, shuffled.

    The set-up of the regressions, and of every test.
    """
    n = checks.integer("per_combination", per_combination, at_least=1)
    rng = np.random.default_rng(seed)
    present = np.repeat(combinations(len(grammar.motifs)), n, axis=0)
    return embed(grammar, rng.permutation(present), length=length, seed=rng)


def positives_and_negatives(
    grammar: Grammar,
    n: int,
    *,
    share: float = 1.0,
    length: int = 250,
    seed: Seed = 0,
) -> MotifSequences:
    """Return positives and as many negatives, whose motifs are what is studied.

    A positive holds all motifs. Of the negatives, a share holds a proper subset, each
    subset (the empty one too) equally often as nearly as the numbers allow; the rest
    is background alone. Share 1 trains M_w of the paper, share 0 M_wo, and what lies
    between is ours. The same seed gives the same positives at every share.

    Parameters
    ----------
    grammar : Grammar
    n : int
        Sequences in all; the first half (rounded up) of the draws are positives. The
        rows are shuffled.
    share : float
        0 to 1.
    length : int
        In bp.
    seed : int

    Returns
    -------
    MotifSequences

    Source
    ------
    Lemanczyk, Bartoszewicz and Renard, Methods.
    """
    n = checks.integer("n", n, at_least=2)
    share = checks.number("share", share, at_least=0, at_most=1)
    n_motifs = len(grammar.motifs)
    n_positive = (n + 1) // 2
    positive, negative, order = np.random.default_rng(seed).spawn(3)
    full = np.ones((n_positive, n_motifs), dtype=bool)
    subsets = combinations(n_motifs)[:-1]
    present = np.zeros((n - n_positive, n_motifs), dtype=bool)
    n_subsets = round(share * len(present))
    present[:n_subsets] = subsets[np.arange(n_subsets) % len(subsets)]
    parts = (
        embed(grammar, full, length=length, seed=positive),
        embed(grammar, present, length=length, seed=negative),
    )
    joined = MotifSequences(  # type: ignore[call-arg]  # one a field
        *(np.concatenate([getattr(part, name) for part in parts])
          for name in ("bases", "present", "starts")),
        grammar.widths,
    )  # fmt: skip
    return joined[order.permutation(n)]
