"""Simulated DNA: background, embedded motifs, scans, knock-outs and null sequences.

A sequence is a row of base numbers, A = 0, C = 1, G = 2, T = 3, stored as uint8: one
byte a base, so 100,000 sequences of 100 bp take 10 MB. Only the forward strand counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.bases import bases
from helpers.data.kinds import Seed
from helpers.data.motifs import Motif

BACKGROUND = (0.27, 0.23, 0.23, 0.27)  # A, C, G, T in the simulated genome
PADDING = ("valid", "same")
# Rows handled at once: their scores stay in the processor's cache, which makes a
# scan about four times faster than one pass over all rows.
BLOCK = 1024


@dataclass(frozen=True, eq=False)
class Embedded:
    """Sequences and where their motif instances start.

    Parameters
    ----------
    sequences : array of uint8, shape (n, length)
    starts : array of int, shape (n, n_motifs)
        First position of each instance, 0-based; -1 where there is none.
    motifs : sequence of Motif

    Indexing with rows (a mask, a slice, an array of numbers) gives those rows.
    """

    sequences: np.ndarray
    starts: np.ndarray
    motifs: tuple[Motif, ...]

    def __post_init__(self) -> None:
        sequences = bases("sequences", self.sequences)
        starts = np.asarray(self.starts)
        motifs = tuple(self.motifs)
        shape = (len(sequences), len(motifs))
        if starts.shape != shape or not np.issubdtype(starts.dtype, np.integer):
            raise ValueError(
                f"starts must be integers of shape {shape}, a column a motif; "
                f"got {starts.dtype} of shape {starts.shape}."
            )
        last = sequences.shape[1] - np.array([motif.width for motif in motifs])
        wrong = np.argwhere((starts < -1) | (starts > last))
        if len(wrong):
            row, column = wrong[0]
            raise ValueError(
                f"starts[{row}, {column}] must be -1 or 0 to {last[column]}, so that "
                f"the motif fits; got {starts[row, column]}."
            )
        for name, value in zip(
            ("sequences", "starts", "motifs"), (sequences, starts, motifs), strict=True
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.sequences)

    def __getitem__(self, rows: slice | np.ndarray) -> "Embedded":
        return replace(self, sequences=self.sequences[rows], starts=self.starts[rows])

    @property
    def present(self) -> np.ndarray:
        """Whether each motif was embedded, bool, shape (n, n_motifs)."""
        return self.starts >= 0


def simulate(
    n: int,
    motifs: Sequence[Motif],
    *,
    length: int = 100,
    probability: float = 0.5,
    background: Sequence[float] = BACKGROUND,
    seed: Seed = 0,
) -> Embedded:
    """Draw random sequences and embed each motif in a random part of them.

    Bases are independent draws from the background. Then, motif by motif and
    independently, a sequence receives an instance sampled from the motif's matrix
    with the given probability, at a uniformly drawn position; a position that would
    overlap an earlier instance is drawn again, so instances never overlap but may
    touch. The classes (neither, first, second, both) are random, not exact.

    Parameters
    ----------
    n : int
        Number of sequences.
    motifs : sequence of Motif
        In the order of embedding.
    length : int
        Bases in a sequence, in bp.
    probability : float
        Chance of each motif to be embedded in a sequence.
    background : sequence of float, shape (4,)
        Probability of A, C, G, T; must sum to one.
    seed : int or numpy Generator

    Returns
    -------
    Embedded

    Raises
    ------
    ValueError
        If the motifs cannot always be placed: each needs room even when the earlier
        ones lie as awkwardly as they can.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), section 2 and their public code.
    """
    n = checks.integer("n", n, at_least=1)
    length = checks.integer("length", length, at_least=1)
    probability = checks.number("probability", probability, at_least=0, at_most=1)
    _check_room(length, motifs)
    rng = np.random.default_rng(seed)
    sequences = random_bases((n, length), background, seed=rng)
    starts = np.full((n, len(motifs)), -1)
    for column, motif in enumerate(motifs):
        rows = np.flatnonzero(rng.random(n) < probability)
        starts[rows, column] = _free_starts(rows, column, starts, motifs, length, rng)
        _overwrite(sequences, starts[:, column], sample_instances(motif, n, seed=rng))
    return Embedded(sequences, starts, tuple(motifs))


def random_bases(
    shape: int | tuple[int, ...],
    background: Sequence[float] = BACKGROUND,
    *,
    seed: Seed = 0,
) -> np.ndarray:
    """Return independent base numbers of the given shape, uint8."""
    background = checks.vector("background", background, length=4)
    if (background < 0).any() or abs(background.sum() - 1) > 1e-9:
        raise ValueError(
            f"background must be probabilities that sum to 1: {background}."
        )
    edges = np.cumsum(background)[:3]
    draws = np.random.default_rng(seed).random(shape)
    return np.searchsorted(edges, draws, side="right").astype(np.uint8)


def sample_instances(motif: Motif, n: int, *, seed: Seed = 0) -> np.ndarray:
    """Return `n` instances drawn from a motif's matrix, uint8, shape (n, width)."""
    draws = np.random.default_rng(seed).random((n, motif.width))
    edges = np.cumsum(motif.ppm, axis=1)[:, :3]  # (width, 3)
    instances = np.zeros((n, motif.width), dtype=np.uint8)
    for edge in edges.T:
        instances += draws >= edge
    return instances


def window_scores(
    sequences: ArrayLike, motif: Motif, *, padding: str = "valid"
) -> np.ndarray:
    """Return the log-odds of every window of a motif's width, in nats.

    Parameters
    ----------
    sequences : array of int, shape (n, length)
    motif : Motif
        Without zero probabilities (smoothed).
    padding : {"valid", "same"}
        valid: the length - width + 1 windows that lie inside. same: `length` windows;
        the sequence is extended by (width - 1) // 2 positions on the left and the
        rest on the right, and these positions add 0 nats.

    Returns
    -------
    array, shape (n, n_windows)
    """
    return np.concatenate(list(score_blocks(sequences, motif, padding=padding)))


def score_blocks(
    sequences: ArrayLike, motif: Motif, *, padding: str = "valid"
) -> Iterator[np.ndarray]:
    """Yield `window_scores` in blocks of at most 1024 rows, to spare memory."""
    sequences = bases("sequences", sequences)
    checks.one_of("padding", padding, PADDING)
    if motif.width > sequences.shape[1]:
        raise ValueError(
            f"sequences must be at least as long as motif {motif.name} "
            f"({motif.width} bp); got {sequences.shape[1]}."
        )
    table = np.column_stack([motif.log_odds, np.zeros(motif.width)])  # base 4 = padding
    left = (motif.width - 1) // 2
    sides = (left, motif.width - 1 - left) if padding == "same" else (0, 0)
    for first in range(0, max(len(sequences), 1), BLOCK):
        block = np.pad(
            sequences[first : first + BLOCK], ((0, 0), sides), constant_values=4
        )
        n_windows = block.shape[1] - motif.width + 1
        scores = np.zeros((len(block), n_windows))
        for position in range(motif.width):
            scores += np.take(
                table[position], block[:, position : position + n_windows]
            )
        yield scores


def instance_scores(embedded: Embedded) -> np.ndarray:
    """Return the log-odds of every embedded instance in nats, shape (n, n_motifs).

    NaN where a motif was not embedded.
    """
    scores = np.full(embedded.starts.shape, np.nan)
    for column, motif in enumerate(embedded.motifs):
        rows = np.flatnonzero(embedded.present[:, column])
        where = embedded.starts[rows, column][:, None] + np.arange(motif.width)
        scores[rows, column] = _score(embedded.sequences[rows[:, None], where], motif)
    return scores


def select_pairs(
    embedded: Embedded, *, gap: int | None = None, log_odds: float = 2.0
) -> np.ndarray:
    """Return the rows in which two strong motif instances stand well apart.

    Parameters
    ----------
    embedded : Embedded
        With two motifs.
    gap : int, optional
        Smallest distance from the end of one instance to the start of the other, in
        bp; the longer motif's width - 1 if left out, so that no window can see both.
    log_odds : float
        Every instance must score more than this, in nats.

    Returns
    -------
    array of int, shape (n_pairs,)
    """
    _check_two("embedded", embedded)
    checks.number("log_odds", log_odds)
    both = embedded.present.all(axis=1)
    strong = (np.nan_to_num(instance_scores(embedded), nan=-np.inf) > log_odds).all(1)
    apart = _apart(embedded.starts, embedded.motifs, gap)
    return np.flatnonzero(both & strong & apart)


def random_positions(
    pairs: Embedded, *, gap: int | None = None, seed: Seed = 0
) -> Embedded:
    """Return the same sequences with two uniformly drawn positions instead.

    The control for "any two places": drawn anew until they are `gap` apart, as in
    `select_pairs`. Nothing keeps them off the real motifs; most of them touch one.
    """
    _check_two("pairs", pairs)
    rng = np.random.default_rng(seed)
    length = pairs.sequences.shape[1]
    _gap_fits(length, pairs.motifs, gap)
    starts = np.full(pairs.starts.shape, -1)
    todo = np.arange(len(pairs))
    while len(todo):
        for column, motif in enumerate(pairs.motifs):
            starts[todo, column] = rng.integers(
                0, length - motif.width + 1, size=len(todo)
            )
        todo = todo[~_apart(starts[todo], pairs.motifs, gap)]
    return replace(pairs, starts=starts)


def knock_out(
    pairs: Embedded, *, ceiling: float | None = -10.0, seed: Seed = 0
) -> np.ndarray:
    """Replace each motif instance, and both, by letters that do not bind.

    One replacement is drawn for each instance, uniformly over A, C, G, T, and drawn
    again until it scores below the ceiling; the same one serves the single and the
    double knock-out, so that effects differ by the motif alone.

    Parameters
    ----------
    pairs : Embedded
        With two motifs, both present in every row.
    ceiling : float or None
        Replacements must score less than this, in nats; None takes any letters.
    seed : int or numpy Generator

    Returns
    -------
    array of uint8, shape (2, 2, n, length)
        Axis 0: the first motif is replaced (0) or kept (1); axis 1: the second. So
        `[1, 1]` are the intact sequences and `[0, 0]` have lost both.

    Raises
    ------
    ValueError
        If a row lacks a motif, or the ceiling is below what the motif can score.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), section 2 and their public code.
    """
    _check_two("pairs", pairs)
    lacking = np.flatnonzero(~pairs.present.all(axis=1))
    if len(lacking):
        raise ValueError(f"pairs must have both motifs in every row; row {lacking[0]}.")
    rng = np.random.default_rng(seed)
    sequences = np.broadcast_to(pairs.sequences, (2, 2, *pairs.sequences.shape)).copy()
    first, second = (
        _replacements(motif, len(pairs), ceiling, rng) for motif in pairs.motifs
    )
    for other in (0, 1):
        _overwrite(sequences[0, other], pairs.starts[:, 0], first)
        _overwrite(sequences[other, 0], pairs.starts[:, 1], second)
    return sequences


def dinucleotide_shuffle(sequences: ArrayLike, *, seed: Seed = 0) -> np.ndarray:
    """Return each sequence in a random order that keeps its dinucleotide counts.

    Every base keeps the list of bases that follow it, in a random order but for the
    last; walking from the first base along these lists uses every step once. First
    and last base stay. (Keeping the last successors is what makes the walk always
    complete; it also means that not every order is equally likely.)

    Parameters
    ----------
    sequences : array of int, shape (n, length)
    seed : int or numpy Generator

    Returns
    -------
    array of uint8, shape (n, length)

    Source
    ------
    Altschul and Erickson (1985), in the simplified form of DeepLIFT and tangermeme.
    All rows walk together here, which needs no compiled code.
    """
    sequences = bases("sequences", sequences)
    n, length = sequences.shape
    if length < 3:
        return sequences.copy()
    before, after = sequences[:, :-1], sequences[:, 1:]
    keys = np.random.default_rng(seed).random(before.shape)
    for base in range(4):  # the last step from each base keeps its place
        steps = before == base
        last = length - 2 - steps[:, ::-1].argmax(axis=1)
        rows = np.flatnonzero(steps.any(axis=1))
        keys[rows, last[rows]] = 1.0
    order = np.argsort(before + keys / 2, axis=1)  # by base, then by key
    successors = np.take_along_axis(after, order, axis=1)  # (n, length - 1)
    counts = np.stack([(before == base).sum(axis=1) for base in range(4)], axis=1)
    place = np.cumsum(counts, axis=1) - counts  # next unused successor, (n, 4)

    shuffled = np.empty_like(sequences)
    shuffled[:, 0] = sequences[:, 0]
    rows = np.arange(n)
    for position in range(1, length):
        current = shuffled[:, position - 1]
        shuffled[:, position] = successors[rows, place[rows, current]]
        place[rows, current] += 1
    return shuffled


def _score(windows: np.ndarray, motif: Motif) -> np.ndarray:
    """Return the log-odds of windows as wide as the motif, (n, width) -> (n,)."""
    return motif.log_odds[np.arange(motif.width), windows].sum(axis=1)


def _replacements(
    motif: Motif, n: int, ceiling: float | None, rng: np.random.Generator
) -> np.ndarray:
    """Return uniformly drawn strings that score below the ceiling, (n, width)."""
    if ceiling is not None and motif.log_odds.min(axis=1).sum() >= ceiling:
        raise ValueError(
            f"ceiling must exceed the lowest score of motif {motif.name}, "
            f"{motif.log_odds.min(axis=1).sum():.4g} nats; got {ceiling}."
        )
    drawn = np.empty((n, motif.width), dtype=np.uint8)
    todo = np.arange(n)
    while len(todo):
        drawn[todo] = rng.integers(0, 4, size=(len(todo), motif.width), dtype=np.uint8)
        if ceiling is None:
            break
        todo = todo[_score(drawn[todo], motif) >= ceiling]
    return drawn


def _overwrite(
    sequences: np.ndarray, starts: np.ndarray, instances: np.ndarray
) -> None:
    """Write the instance of each row with a start >= 0 into `sequences`, in place."""
    rows = np.flatnonzero(starts >= 0)
    where = starts[rows, None] + np.arange(instances.shape[1])
    sequences[rows[:, None], where] = instances[rows]


def _free_starts(
    rows: np.ndarray,
    column: int,
    starts: np.ndarray,
    motifs: Sequence[Motif],
    length: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw a start for each row that overlaps none of the earlier motifs."""
    width = motifs[column].width
    drawn = np.empty(len(rows), dtype=np.int64)
    todo = np.arange(len(rows))
    while len(todo):
        drawn[todo] = rng.integers(0, length - width + 1, size=len(todo))
        taken = np.zeros(len(todo), dtype=bool)
        for earlier in range(column):
            other = starts[rows[todo], earlier]
            taken |= (
                (other >= 0)
                & (other < drawn[todo] + width)
                & (drawn[todo] < other + motifs[earlier].width)
            )
        todo = todo[taken]
    return drawn


def _apart(starts: np.ndarray, motifs: Sequence[Motif], gap: int | None) -> np.ndarray:
    """Whether the free stretch between two instances is at least `gap` bp long."""
    gap = _gap(motifs, gap)
    first, second = starts.T
    return (second - first >= motifs[0].width + gap) | (
        first - second >= motifs[1].width + gap
    )


def _gap(motifs: Sequence[Motif], gap: int | None) -> int:
    if gap is None:
        return max(motif.width for motif in motifs) - 1
    return checks.integer("gap", gap, at_least=0)


def _gap_fits(length: int, motifs: Sequence[Motif], gap: int | None) -> None:
    needed = sum(motif.width for motif in motifs) + _gap(motifs, gap)
    if needed > length:
        raise ValueError(
            f"sequences must have at least {needed} bp for two motifs and their gap; "
            f"got {length}."
        )


def _check_room(length: int, motifs: Sequence[Motif]) -> None:
    """Raise if an unlucky placement of earlier motifs could leave one without room."""
    taken = 0
    for number, motif in enumerate(motifs):
        # Earlier motifs leave number + 1 stretches; all may be one base too short.
        needed = taken + (number + 1) * (motif.width - 1) + 1
        if length < needed:
            raise ValueError(
                f"length must be at least {needed} to place motif {motif.name} "
                f"without overlap; got {length}."
            )
        taken += motif.width


def _check_two(name: str, embedded: Embedded) -> None:
    if len(embedded.motifs) != 2:
        raise ValueError(f"{name} must have two motifs; got {len(embedded.motifs)}.")
