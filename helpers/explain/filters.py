"""What the filters of a trained network seek: matrices, and the motifs they match.

Matrices come from a filter's weights or from the windows it answers; matches from the
thesis's own score, from correlation, or from TOMTOM (the memelite package), whose first
call in a fresh environment compiles for a minute or two.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from helpers import checks
from helpers.data.bases import bases, encode
from helpers.data.kinds import Sets
from helpers.data.motifs import Motif
from helpers.extras import needs
from helpers.networks.motif import MotifCNN
from helpers.networks.scan import N, letter_table, max_scan, padded_kmers

needs("dna", "memelite")  # imported where it is used

SOUGHT = 0.1  # bits that a letter must contribute to count as sought
AGREEMENT = 0.8  # share of letters in agreement that makes a match


def weight_matrices(filters: ArrayLike) -> np.ndarray:
    """Return the filters as probability matrices.

    Negative weights become 0 and each position is divided by its sum; a position
    without a positive weight becomes uniform.

    Parameters
    ----------
    filters : array or Tensor, shape (n_filters, 4, width)

    Returns
    -------
    array, shape (n_filters, width, 4)

    Source
    ------
    van den Bogaard, section 3.3.
    """
    if isinstance(filters, Tensor):
        filters = filters.detach().cpu().numpy()
    filters = checks.finite("filters", filters)
    if filters.ndim != 3 or filters.shape[1] != 4:
        raise ValueError(
            f"filters must have shape (n_filters, 4, width); got {filters.shape}."
        )
    positive = np.maximum(filters, 0).transpose(0, 2, 1)
    total = positive.sum(axis=2, keepdims=True)  # (n_filters, width, 1)
    return np.where(total > 0, positive / np.where(total > 0, total, 1), 0.25)


def response_matrices(
    network: MotifCNN, sequences: ArrayLike, *, share: float = 0.5
) -> np.ndarray:
    """Return what each filter answers, as probabilities of the bases.

    Counts the bases of the windows that win a pool with a response of more than a
    share of the filter's largest. A filter with a negative scale is counted as it acts,
    scale included.

    Parameters
    ----------
    network : MotifCNN
    sequences : array of int, shape (n, length)
    share : float
        Between 0 and 1.

    Returns
    -------
    array, shape (n_filters, width, 4)
        Uniform where no window counts.

    Source
    ------
    Alipanahi et al. (2015) and Koo and Eddy (2019), for all windows that win a pool.
    """
    share = checks.number("share", share, at_least=0, at_most=1)
    sequences = bases("sequences", sequences)
    with torch.no_grad():
        table = letter_table(network.folded_filters().permute(2, 1, 0))
        codes = padded_kmers(torch.from_numpy(sequences), network.width, "same")
        maxima, places = max_scan(codes, table, pool=network.pool)
    maxima, places = maxima.numpy(), places.numpy()  # (n, n_pools, filters)
    left = (network.width - 1) // 2
    outside = ((0, 0), (left, network.width - 1 - left))
    letters = np.pad(sequences, outside, constant_values=N)
    counts = np.zeros((maxima.shape[2], network.width, N + 1))
    for one, count in enumerate(counts):
        responses = maxima[..., one]
        rows, pools = np.nonzero(responses > max(share * responses.max(), 0))
        starts = places[rows, pools, one]
        windows = letters[rows[:, None], starts[:, None] + np.arange(network.width)]
        for position, column in enumerate(windows.T):
            count[position] = np.bincount(column, minlength=N + 1)
    counts = counts[..., :N]  # what lies outside the sequence has no base
    totals = counts.sum(axis=2, keepdims=True)
    return np.where(totals > 0, counts / np.maximum(totals, 1), 0.25)


def sought_letters(matrices: ArrayLike) -> np.ndarray:
    """Return which letters each position of each matrix asks for.

    A letter is sought if its probability times the position's information content,
    against uniform background, exceeds 0.1 bits.

    Parameters
    ----------
    matrices : array, shape (n, width, 4)

    Returns
    -------
    array of bool, shape (n, width, 4)
    """
    p = checks.finite("matrices", matrices)
    logs = np.log2(np.where(p > 0, 4 * p, 1))
    information = (p * logs).sum(axis=2, keepdims=True)  # (n, width, 1)
    return p * information > SOUGHT


def agreement(matrices: ArrayLike, motifs: Mapping[str, str]) -> pd.DataFrame:
    """Return how well each matrix agrees with each motif, 0 to 1.

    The string slides along the matrix, over its ends too; the letters that the matrix
    seeks are counted, the largest count is divided by the shorter of the two lengths.

    Parameters
    ----------
    matrices : array, shape (n, width, 4)
    motifs : mapping of name to string

    Returns
    -------
    DataFrame, shape (n, n_motifs)
        A column a motif.

    Source
    ------
    van den Bogaard, section 3.3; whether the string may reach over the ends is not said
    there.
    """
    sought = sought_letters(matrices)
    width = sought.shape[1]
    columns = {}
    for name, string in motifs.items():
        letters = encode([string])[0]
        beyond = len(letters) - 1
        padded = np.pad(sought, ((0, 0), (beyond, beyond), (0, 0)))
        counts = [
            padded[:, start + np.arange(len(letters)), letters].sum(axis=1)
            for start in range(width + beyond)
        ]
        columns[name] = np.max(counts, axis=0) / min(width, len(letters))
    return pd.DataFrame(columns)


def correlations(filters: ArrayLike, motif: Motif) -> np.ndarray:
    """Return how well each filter fits a motif: the best correlation over shifts.

    Correlates the weights with probability - 1/4 where filter and motif overlap by at
    least eight positions (or the whole of the shorter).

    Parameters
    ----------
    filters : array, shape (n_filters, 4, width)
    motif : Motif

    Returns
    -------
    array, shape (n_filters,)
    """
    filters = np.asarray(filters, dtype=np.float64)
    if filters.ndim != 3 or filters.shape[1] != 4:
        raise ValueError(
            f"filters must have shape (n_filters, 4, width); got {filters.shape}."
        )
    width = filters.shape[2]
    least = min(8, width, motif.width)
    best = np.full(len(filters), -1.0)
    for shift in range(least - motif.width, width - least + 1):
        first, last = max(shift, 0), min(shift + motif.width, width)
        ours = filters[:, :, first:last].reshape(len(filters), -1)
        theirs = (motif.ppm[first - shift : last - shift].T - 0.25).ravel()
        ours = ours - ours.mean(axis=1, keepdims=True)
        size = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs)
        best = np.maximum(best, ours @ theirs / np.maximum(size, 1e-12))
    return best


def response_correlations(responses: ArrayLike, present: ArrayLike) -> np.ndarray:
    """Return how each filter's response goes with the presence of each motif.

    Names filters by what they answer: letters are a guess at that, and a filter of 20
    positions agrees with short strings by chance.

    Parameters
    ----------
    responses : array, shape (n, n_filters)
        Of each filter to each sequence, say its average over the sequence.
    present : array of bool, shape (n, n_motifs)
        Which motifs each sequence holds, best of sequences in which motifs come
        independently of each other.

    Returns
    -------
    array, shape (n_filters, n_motifs)
        Pearson's correlations; 0 where a response or a presence never varies.

    Raises
    ------
    ValueError
        If the two differ in rows, or there are fewer than three.
    """
    responses = checks.finite("responses", responses)
    present = checks.finite("present", present)
    if responses.ndim != 2 or present.ndim != 2 or len(responses) != len(present):
        raise ValueError(
            "responses and present must have two axes and the same rows; got shapes "
            f"{responses.shape} and {present.shape}."
        )
    if len(responses) < 3:
        raise ValueError(f"responses must have at least 3 rows; got {len(responses)}.")
    units = []
    for values in (responses, present):
        centred = values - values.mean(axis=0)
        size = np.linalg.norm(centred, axis=0)
        # What is left of a constant is rounding, not variation.
        still = size <= 1e-9 * np.sqrt(len(values)) * np.abs(values).max(axis=0)
        units.append(np.where(still, 0, centred / np.where(still, 1, size)))
    return units[0].T @ units[1]


def kinds(matched: ArrayLike) -> np.ndarray:
    """Return "single", "combination" or "none" for each filter.

    Parameters
    ----------
    matched : array of bool, shape (n_filters, n_motifs)
    """
    count = np.asarray(matched).sum(axis=1)
    return np.select([count == 1, count > 1], ["single", "combination"], "none")


def partner_filters(matched: ArrayLike, pairs: Sets) -> tuple[tuple[int, int], ...]:
    """Return the pairs of filters in which a motif of one partners one of the other.

    Mixed filters score easily by this rule, which is the thesis's.

    Parameters
    ----------
    matched : array of bool, shape (n_filters, n_motifs)
    pairs : sequence of pairs of motif numbers
    """
    matched = np.asarray(matched)
    partners = np.zeros((matched.shape[1], matched.shape[1]), dtype=bool)
    for i, j in pairs:
        partners[i, j] = partners[j, i] = True
    linked = matched @ partners @ matched.T
    return tuple((int(i), int(j)) for i, j in np.argwhere(np.triu(linked, 1)))


def tomtom_best(
    matrices: Sequence[np.ndarray] | np.ndarray,
    database: Mapping[str, Motif],
    *,
    threads: int = 1,
) -> pd.DataFrame:
    """Return the best match of each matrix in a motif database, on either strand.

    Parameters
    ----------
    matrices : sequence of arrays, shape (width, 4)
    database : mapping of name to Motif
    threads : int

    Returns
    -------
    DataFrame
        A row a matrix: filter, motif, label, p, e_value (the p-value times the
        size of the database), strand ("+" or "-").

    Source
    ------
    Gupta et al. (2007), by the memelite package. The first call compiles for about two
    minutes.
    """
    from memelite import tomtom  # slow to import: numba compiles

    if not database:
        raise ValueError("database must hold one or more motifs; got none.")
    targets = list(database.values())
    queries = [np.ascontiguousarray(np.transpose(matrix)) for matrix in matrices]
    p, _, _, _, strands, index = tomtom(
        queries, [target.ppm.T for target in targets], n_nearest=1, n_jobs=threads
    )
    best = [targets[int(i)] for i in index[:, 0]]
    return pd.DataFrame(
        {
            "filter": np.arange(len(queries)),
            "motif": [motif.name for motif in best],
            "label": [motif.label for motif in best],
            "p": p[:, 0],
            "e_value": p[:, 0] * len(targets),
            "strand": np.where(strands[:, 0] == 0, "+", "-"),
        }
    )


def tomtom_matches(
    matrices: Sequence, motifs: Sequence[Motif], *, n_shuffles: int = 12, seed: int = 0
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
        One row a matrix and motif: matrix (its number), motif (its name), p (not
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
    from memelite import tomtom  # slow to import: numba compiles

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
            "p": float(p[i, j]),
            "offset": int(offset[i, j]),
            "overlap": int(overlap[i, j]),
            "reverse": bool(strand[i, j]),
        }
        for i, j in every
    )
