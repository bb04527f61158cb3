"""Sequences whose motifs change their order and their distances from one to the next.

A grammar fixes both; here either, or both, are drawn anew for each sequence, so that a
network cannot rest on them.
"""

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.kinds import Seed
from helpers.data.motifs import UNIFORM
from helpers.truth.grammars import Grammar, MotifSequences
from helpers.truth.sequences import random_bases, sample_instances

LAYOUTS = ("fixed", "distance", "order", "both")


def laid_out(
    grammar: Grammar,
    present: ArrayLike,
    *,
    layout: str,
    length: int = 250,
    seed: Seed = 0,
) -> MotifSequences:
    """Draw sequences like `grammars.embed`, with order or distances drawn for each.

    Parameters
    ----------
    grammar : Grammar
    present : array of bool, shape (n, n_motifs)
        Which motifs each sequence is to hold; an absent one leaves its slot empty.
    layout : {"fixed", "distance", "order", "both"}
        What varies. A distance is uniform from 0 to twice that of the grammar, so that
        its mean stays; each order is equally likely.
    length : int
        In bp; the widest layout must fit.
    seed : int or numpy Generator

    Returns
    -------
    MotifSequences
        Columns of `present` and `starts` are motifs, in the order of the grammar.

    Raises
    ------
    ValueError
        If the layout is unknown, or its widest does not fit.
    """
    checks.one_of("layout", layout, LAYOUTS)
    present = np.asarray(present, dtype=bool)
    rng = np.random.default_rng(seed)
    n, n_motifs = present.shape
    gaps = np.broadcast_to(np.array(grammar.gaps, dtype=np.int64), (n, n_motifs - 1))
    widest = grammar.width
    if layout in ("distance", "both"):
        widest += int(np.sum(grammar.gaps))
        gaps = rng.integers(0, 2 * gaps + 1)
    checks.integer("length", length, at_least=widest)
    order = np.broadcast_to(np.arange(n_motifs), (n, n_motifs))
    if layout in ("order", "both"):
        order = rng.permuted(order, axis=1)
    widths = grammar.widths[order]  # (n, place from left to right)
    ends = np.cumsum(widths, axis=1)
    ends[:, 1:] += np.cumsum(gaps, axis=1)
    first = rng.integers(0, length - ends[:, -1] + 1)
    starts = np.full((n, n_motifs), -1)
    np.put_along_axis(starts, order, first[:, None] + ends - widths, axis=1)
    starts[~present] = -1
    sequences = random_bases((n, length), UNIFORM, seed=rng)
    for column, motif in enumerate(grammar.motifs):
        rows = np.flatnonzero(present[:, column])
        where = starts[rows, column][:, None] + np.arange(motif.width)
        sequences[rows[:, None], where] = sample_instances(motif, len(rows), seed=rng)
    return MotifSequences(sequences, present, starts, grammar.widths)
