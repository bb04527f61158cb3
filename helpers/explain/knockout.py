"""Interactions of motifs of any order: knock motifs out and watch the output."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from helpers.data.kinds import Seed
from helpers.data.motifs import UNIFORM
from helpers.truth.grammars import MotifSequences, combinations
from helpers.truth.sequences import random_bases


def knocked_out(
    intact: MotifSequences, *, background: Sequence[float] = UNIFORM, seed: Seed = 0
) -> np.ndarray:
    """Return the sequences with every set of motifs kept, the others replaced.

    A motif that is taken out is replaced by background letters; one replacement a
    motif and sequence serves all sets, so that effects differ by the motif alone.

    Parameters
    ----------
    intact : MotifSequences
        With all motifs in every sequence.
    background : sequence of float, shape (4,)
    seed : int or numpy Generator

    Returns
    -------
    array of uint8, shape (2**n_motifs, n, length)
        Axis 0 as `grammars.combinations`: the last are the intact sequences.

    Raises
    ------
    ValueError
        If a row lacks a motif.
    """
    lacking = np.flatnonzero(~intact.present.all(axis=1))
    if len(lacking):
        raise ValueError(f"intact must hold all motifs in each row; row {lacking[0]}.")
    sets = combinations(len(intact.widths))
    kept = np.broadcast_to(intact.bases, (len(sets), *intact.bases.shape)).copy()
    replacement = random_bases(intact.bases.shape, background, seed=seed)
    for motif in range(len(intact.widths)):
        where = ~sets[:, motif][:, None, None] & intact.covered(motif)
        kept = np.where(where, replacement, kept)
    return kept


def motif_interactions(values: ArrayLike) -> np.ndarray:
    """Return the interaction of every set of motifs, by inclusion and exclusion.

    I(S) = sum over subsets T of S of `(-1)^(|S| - |T|) f(T)`, where f(T) is the output
    with the motifs T kept: the empty set's is the level, a single motif's its effect
    alone, a pair's what the two do beyond their sum, and so on.

    Parameters
    ----------
    values : array, shape (..., 2**n_motifs, n)
        Outputs for `knocked_out` sequences.

    Returns
    -------
    array of the same shape
    """
    interactions = np.array(values, dtype=np.float64)
    n_sets = interactions.shape[-2] if interactions.ndim > 1 else 0
    n_motifs = n_sets.bit_length() - 1
    if n_sets < 2 or n_sets != 2**n_motifs:
        raise ValueError(
            f"values must have shape (..., 2**n_motifs, n); got {np.shape(values)}."
        )
    sets = combinations(n_motifs)
    for motif in range(n_motifs):
        held = np.flatnonzero(sets[:, motif])
        interactions[..., held, :] -= interactions[..., held - 2**motif, :]
    return interactions
