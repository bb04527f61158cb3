"""Which known motif a matrix looks like: TOMTOM through memelite.

The first call in a fresh environment compiles for a minute or two.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import checks
from helpers.truth.motifs import Motif


def tomtom_matches(
    matrices: Sequence, motifs: Sequence[Motif], *, n_shuffles: int = 12, seed=0
) -> pd.DataFrame:
    """Return the best fit of every matrix with every motif, on either strand.

    TOMTOM takes its background from the columns of all targets, and a handful of motifs
    is too few of them. So copies of the motifs with their positions shuffled join the
    targets: alike in composition, but not in order. They are left out of the result.

    Parameters
    ----------
    matrices : sequence of array, shape (width, 4)
        Probability of A, C, G, T at each position.
    motifs : sequence of Motif
    n_shuffles : int
        Shuffled copies of each motif; with the motifs at least 25 targets.
    seed : int
        Of the shuffles.

    Returns
    -------
    DataFrame
        One row a matrix and motif: matrix (its number), motif (its name), p_value (not
        corrected for the number of motifs), offset (of the matrix against the motif,
        in positions), overlap (positions), reverse (whether the motif is turned).

    Raises
    ------
    ValueError
        If there is nothing to match, too few targets, or a matrix holds no
        probabilities.

    Source
    ------
    Gupta, Stamatoyannopoulos, Bailey and Noble (2007), as in memelite.
    """
    queries = [Motif(f"matrix {i}", matrix).ppm for i, matrix in enumerate(matrices)]
    motifs = list(motifs)
    if not queries or not motifs:
        raise ValueError(
            "matrices and motifs must hold at least one each; got "
            f"{len(queries)} and {len(motifs)}."
        )
    least = -(-25 // len(motifs)) - 1
    n_shuffles = checks.integer("n_shuffles", n_shuffles, at_least=least)
    from memelite import tomtom  # loads its compiler

    rng = np.random.default_rng(seed)
    targets = [motif.ppm for motif in motifs]
    targets += [rng.permutation(m.ppm) for m in motifs for _ in range(n_shuffles)]
    p, _, offset, overlap, strand = tomtom(
        [query.T for query in queries], [target.T for target in targets], n_jobs=1
    )
    every = np.ndindex(len(queries), len(motifs))
    return pd.DataFrame(
        {
            "matrix": i,
            "motif": motifs[j].name,
            "p_value": float(p[i, j]),
            "offset": int(offset[i, j]),
            "overlap": int(overlap[i, j]),
            "reverse": bool(strand[i, j]),
        }
        for i, j in every
    )
