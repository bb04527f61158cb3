"""What the filters of a trained network seek: matrices, and the motifs they match."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from torch import Tensor

from helpers import checks
from helpers.truth.motifs import Motif
from helpers.truth.sequences import encode

SOUGHT = 0.1  # bits that a letter must contribute to count as sought
AGREEMENT = 0.8  # share of letters in agreement that makes a match


def filter_matrices(filters) -> np.ndarray:
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


def sought_letters(matrices) -> np.ndarray:
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


def agreement(matrices, motifs: Mapping[str, str]) -> pd.DataFrame:
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


def kinds(matched) -> np.ndarray:
    """Return "single", "combination" or "none" for each filter.

    Parameters
    ----------
    matched : array of bool, shape (n_filters, n_motifs)
    """
    count = np.asarray(matched).sum(axis=1)
    return np.select([count == 1, count > 1], ["single", "combination"], "none")


def partner_filters(matched, pairs) -> tuple[tuple[int, int], ...]:
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


def tomtom(matrices, database: Mapping[str, Motif], *, threads: int = 1):
    """Return the best match of each matrix in a motif database, on either strand.

    Parameters
    ----------
    matrices : sequence of arrays, shape (width, 4)
    database : mapping of name to Motif
    threads : int

    Returns
    -------
    DataFrame
        A row a matrix: filter, motif, label, p_value, e_value (the p-value times the
        size of the database), strand ("+" or "-").

    Source
    ------
    Gupta et al. (2007), by the memelite package. The first call compiles for about two
    minutes.
    """
    from memelite import tomtom as match  # slow to import: numba compiles

    if not database:
        raise ValueError("database must hold one or more motifs; got none.")
    targets = list(database.values())
    queries = [np.ascontiguousarray(np.transpose(matrix)) for matrix in matrices]
    p, _, _, _, strands, index = match(
        queries, [target.ppm.T for target in targets], n_nearest=1, n_jobs=threads
    )
    best = [targets[int(i)] for i in index[:, 0]]
    return pd.DataFrame(
        {
            "filter": np.arange(len(queries)),
            "motif": [motif.name for motif in best],
            "label": [motif.label for motif in best],
            "p_value": p[:, 0],
            "e_value": p[:, 0] * len(targets),
            "strand": np.where(strands[:, 0] == 0, "+", "-"),
        }
    )
