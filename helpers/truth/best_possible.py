"""What nobody can beat: Bayes-optimal decisions from a sequence of a known grammar.

The likelihood of a sequence under every combination of motifs follows from how it was
drawn. Two readers are computed: one that knows the grammar (order and distances), and
one that ignores where motifs lie relative to each other, as a network with wide pooling
nearly does.
"""

import numpy as np
from numpy.typing import ArrayLike

from helpers import checks
from helpers.data.bases import bases
from helpers.data.motifs import Motif
from helpers.truth.grammars import Grammar, combinations

READERS = ("agnostic", "grammar")
ROWS = 512  # sequences handled at once, to spare memory


def likelihood_ratios(
    sequences: ArrayLike, grammar: Grammar, *, reader: str
) -> np.ndarray:
    """Return how much likelier each combination makes a sequence than background.

    With r_m(s) the product over the window at s of motif m of probability / background:
    the grammar reader averages prod_m r_m(t + offset_m) over the places t of the whole;
    the agnostic reader multiplies the averages of r_m(s) over all windows, motif by
    motif, as if motifs were placed independently.

    Parameters
    ----------
    sequences : array of int, shape (n, length)
    grammar : Grammar
    reader : {"agnostic", "grammar"}

    Returns
    -------
    array, shape (n, 2**n_motifs)
        Columns as the rows of `grammars.combinations`; the first is 1.
    """
    sequences = bases("sequences", sequences)
    checks.one_of("reader", reader, READERS)
    n_starts = grammar.n_starts(sequences.shape[1])
    sets = combinations(len(grammar.motifs))
    blocks = []
    for first in range(0, len(sequences), ROWS):
        block = sequences[first : first + ROWS]
        ratios = [_window_ratios(block, motif) for motif in grammar.motifs]
        if reader == "agnostic":
            means = np.stack([r.mean(axis=1) for r in ratios], axis=1)
            blocks.append(np.where(sets, means[:, None], 1.0).prod(axis=2))
        else:
            slots = [
                r[:, offset : offset + n_starts]
                for r, offset in zip(ratios, grammar.offsets, strict=True)
            ]
            blocks.append(_averaged_products(slots))
    return np.concatenate(blocks)


def posterior(ratios: np.ndarray, prior: ArrayLike) -> np.ndarray:
    """Return the probability of each combination, shape (n, n_combinations)."""
    prior = checks.vector("prior", prior, length=ratios.shape[1])
    joint = ratios * prior
    return joint / joint.sum(axis=1, keepdims=True)


def training_prior(n_motifs: int, share: float) -> np.ndarray:
    """Return how often a classifier meets each combination in training.

    Half are positives; of the negatives, `share` is spread over the proper subsets and
    the rest holds no motif (`grammars.positives_and_negatives`).
    """
    share = checks.number("share", share, at_least=0, at_most=1)
    n_subsets = len(combinations(n_motifs)) - 1
    prior = np.full(n_subsets + 1, 0.5 * share / n_subsets)
    prior[0] += 0.5 * (1 - share)
    prior[-1] = 0.5
    return prior


def probability_of_all(
    sequences: ArrayLike, grammar: Grammar, *, reader: str, share: float
) -> np.ndarray:
    """Return the best estimate of P(all motifs are present), shape (n,).

    For a reader trained on positives and negatives of the given share of subsets.
    """
    ratios = likelihood_ratios(sequences, grammar, reader=reader)
    return posterior(ratios, training_prior(len(grammar.motifs), share))[:, -1]


def expected_label(
    sequences: ArrayLike, grammar: Grammar, labels: ArrayLike, *, reader: str
) -> np.ndarray:
    """Return the mean of the label given the sequence, the best guess by squared error.

    Parameters
    ----------
    labels : array, shape (2**n_motifs,)
        Label of each row of `grammars.combinations`, all equally likely beforehand.

    Returns
    -------
    array, shape (n,)
    """
    ratios = likelihood_ratios(sequences, grammar, reader=reader)
    labels = checks.vector("labels", labels, length=ratios.shape[1])
    return posterior(ratios, np.full(len(labels), 1 / len(labels))) @ labels


def _window_ratios(sequences: np.ndarray, motif: Motif) -> np.ndarray:
    """Return probability / background of every window, shape (n, n_windows)."""
    table = motif.ppm / motif.background
    n_windows = sequences.shape[1] - motif.width + 1
    ratios = np.ones((len(sequences), n_windows))
    for position in range(motif.width):
        ratios *= table[position][sequences[:, position : position + n_windows]]
    return ratios


def _averaged_products(slots: list[np.ndarray]) -> np.ndarray:
    """Return the mean over places of every product of slots, shape (n, 2**n_motifs)."""
    products = [np.ones_like(slots[0])]
    for slot in slots:  # doubling keeps the order of `combinations`
        products += [product * slot for product in products]
    return np.stack([product.mean(axis=1) for product in products], axis=1)
