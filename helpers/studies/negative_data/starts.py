"""Which starts to keep where the validation loss cannot see that a motif is missing.

Any three of four motifs tell positives from background, so the loss of M_wo says little
about the fourth. The first rule below needs no knowledge of the motifs; it was written
down, with its one number (`AGREE`), before any start was chosen by it:

    Two filters of different starts agree if their weights correlate by at least 0.8 at
    the best shift. All filters of all starts are joined into families (average linkage,
    cut at that correlation); a family with filters of two or more starts is a motif
    that recurs. Keep the starts that hold the most recurring motifs, of equals those
    with the lower validation loss.

Used once, it counted the motifs of *distinct_1* right in every start. On MEF2A, where
all motifs are alike, it kept two starts that had learned nothing: their filters recur
as well. So it got a second form, after that was seen:

    Only starts of the better half by validation loss take part.

M_wo with 4 filters is judged by the second form; the loss of M_w does see a missing
motif. Beside both stand the lowest loss and a choice by the truth: the most motifs that
a filter matches by at least 0.8, of equals the lower loss.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from helpers import checks
from helpers.data.motifs import Motif
from helpers.explain.attribution import TARGETS
from helpers.explain.filters import correlations
from helpers.studies.negative_data.classify import recall_rows, whole_sequences
from helpers.studies.negative_data.interactions import Scale, interaction_rows
from helpers.studies.negative_data.motif_filters import (
    acting_weights,
    filter_rows,
    matrix_rows,
    start_rows,
    tomtom_rows,
)
from helpers.studies.negative_data.rows import COLUMNS, row
from helpers.studies.negative_data.settings import Measures, Recipe, World
from helpers.studies.negative_data.training import Trained, train
from helpers.studies.negative_data.visibility import auprc_rows
from helpers.truth.grammars import (
    Grammar,
    MotifSequences,
    balanced,
    positives_and_negatives,
)

AGREE = 0.8  # correlation from which on two filters seek the same, or one holds a motif
OVERLAP = 8  # positions that two filters share at least, as in `filters.correlations`
RULES = ("loss", "agreement", "better half", "truth")
JUDGED = "better half"


def similarities(filters: np.ndarray) -> np.ndarray:
    """Return the correlation of every two filters at their best shift.

    Parameters
    ----------
    filters : array, shape (n, 4, width)

    Returns
    -------
    array, shape (n, n)
        Symmetric, 1 on the diagonal; 0 where a filter does not vary.
    """
    filters = checks.finite("filters", filters)
    if filters.ndim != 3 or filters.shape[1] != 4:
        raise ValueError(f"filters must have shape (n, 4, width); got {filters.shape}.")
    n, _, width = filters.shape
    best = np.full((n, n), -1.0)
    for shift in range(max(width - OVERLAP, 0) + 1):
        first, second = (
            _units(filters[:, :, window].reshape(n, -1))
            for window in (slice(shift, None), slice(0, width - shift))
        )
        fit = first @ second.T  # the second filter starts `shift` later
        best = np.maximum(best, np.maximum(fit, fit.T))
    np.fill_diagonal(best, 1.0)
    return best


def _units(values: np.ndarray) -> np.ndarray:
    """Return rows of mean 0 and length 1."""
    centred = values - values.mean(axis=1, keepdims=True)
    size = np.linalg.norm(centred, axis=1, keepdims=True)
    return centred / np.maximum(size, 1e-12)


def recurring(filters: np.ndarray) -> np.ndarray:
    """Return how many recurring motifs each start holds.

    Parameters
    ----------
    filters : array, shape (n_starts, n_filters, 4, width)
        As they act, sign of the scale included.

    Returns
    -------
    array of int, shape (n_starts,)
        Families of agreeing filters, of two or more starts, that the start belongs to.
    """
    n_starts, n_filters = filters.shape[:2]
    if n_starts < 2:
        return np.zeros(n_starts, int)
    similar = similarities(filters.reshape(-1, *filters.shape[2:]))
    apart = np.maximum(1 - similar, 0)  # rounding lifts some above 1
    np.fill_diagonal(apart, 0)
    tree = linkage(squareform(apart, checks=False), method="average")
    family = fcluster(tree, 1 - AGREE, criterion="distance") - 1
    holds = np.zeros((n_starts, family.max() + 1), bool)
    holds[np.repeat(np.arange(n_starts), n_filters), family] = True
    return holds[:, holds.sum(axis=0) >= 2].sum(axis=1)


def matched_motifs(filters: np.ndarray, motifs: Sequence[Motif]) -> np.ndarray:
    """Return how many motifs some filter of each start matches by at least `AGREE`.

    Parameters
    ----------
    filters : array, shape (n_starts, n_filters, 4, width)
    motifs : sequence of Motif

    Returns
    -------
    array of int, shape (n_starts,)
    """
    fit = [[correlations(one, motif).max() for motif in motifs] for one in filters]
    return (np.array(fit) >= AGREE).sum(axis=1)


def with_most(held: np.ndarray, losses: np.ndarray, n_keep: int) -> np.ndarray:
    """Return the starts that hold most, of equals those with the lower loss.

    Parameters
    ----------
    held, losses : array, shape (n_starts,)
    n_keep : int

    Returns
    -------
    array of int, shape (n_keep,)
        Numbers of the starts, the lowest loss first.
    """
    kept = np.lexsort((losses, -held))[:n_keep]
    return kept[np.argsort(losses[kept])]


def better_half(losses: np.ndarray, n_keep: int) -> np.ndarray:
    """Return which starts are in the half with the lower losses, or the `n_keep` best.

    Parameters
    ----------
    losses : array, shape (n_starts,)
    n_keep : int

    Returns
    -------
    array of bool, shape (n_starts,)
    """
    n = max(-(-len(losses) // 2), n_keep)
    return np.isin(np.arange(len(losses)), np.argsort(losses)[:n])


def held_by_rule(
    filters: np.ndarray, losses: np.ndarray, motifs: Sequence[Motif], n_keep: int
) -> dict[str, np.ndarray]:
    """Return how many motifs each rule sees in each start; -1 where it may not keep it.

    Parameters
    ----------
    filters : array, shape (n_starts, n_filters, 4, width)
    losses : array, shape (n_starts,)
    motifs : sequence of Motif
        For the truth.
    n_keep : int

    Returns
    -------
    dict of rule to array of int, shape (n_starts,)
        In the order of `RULES`.
    """
    half = better_half(losses, n_keep)
    halved = np.full(len(losses), -1)
    halved[half] = recurring(filters[half])
    return {
        "loss": np.zeros(len(losses), int),
        "agreement": recurring(filters),
        "better half": halved,
        "truth": matched_motifs(filters, motifs),
    }


def chosen_classifiers(
    *,
    world: dict,
    recipe: dict,
    measures: dict,
    share: float,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train the starts of `classify.classifiers`, and judge those that rules keep.

    Parameters
    ----------
    world, recipe, measures, share, seed, device
        As of `classifiers`: the same data and initial weights.

    Returns
    -------
    DataFrame
        As of `classifiers`, with a column rule (of `RULES`). Of all but `JUDGED` only
        loss, recall, pair and the attributions by the first method. One more measure,
        start motifs: how many motifs the rule sees in a start, see `held_by_rule`.
    """
    here, by, asked = World(**world), Recipe(**recipe), Measures(**measures)
    grammar, length = here.grammar, here.length
    data = positives_and_negatives(
        grammar, by.n_train + by.n_validation, share=share, length=length, seed=seed
    )
    trained = train(
        data.bases,
        data.labels,
        here.names,
        by,
        loss="binary_cross_entropy",
        seed=seed,
        device=device,
    )
    test = balanced(grammar, asked.n_test, length=length, seed=seed + 10_000)
    networks = [trained.ensemble.network(i) for i in range(by.n_starts)]
    filters = np.stack([acting_weights(one) for one in networks])  # type: ignore[arg-type]  # the networks asked for
    losses, tables = trained.ensemble.best_loss_, []
    for rule, held in held_by_rule(filters, losses, grammar.motifs, by.n_keep).items():
        chosen = replace(trained, kept=with_most(held, losses, by.n_keep))
        rows = [row(i, "start motifs", rule, -1, n) for i, n in enumerate(held)]
        rows += _judged(chosen, test, asked, grammar, seed, whole=rule == JUDGED)
        tables.append(pd.DataFrame(rows, columns=COLUMNS).assign(rule=rule))
    about = {"motifs": here.motifs, "n_filters": by.n_filters, "share": share}
    return pd.concat(tables, ignore_index=True).assign(**about)


def _judged(
    trained: Trained,
    test: MotifSequences,
    measures: Measures,
    grammar: Grammar,
    seed: int,
    *,
    whole: bool,
) -> list[tuple]:
    """Return the rows of `classify` for the starts kept, without `whole` the first."""
    names, counts = trained.names, range(1, len(trained.names) + 1)
    outputs = trained.ensemble.predict(test.bases)[..., 0]  # of all starts
    right = (outputs[trained.kept] > 0) == (test.labels == 1)
    rows = trained.loss_rows() + recall_rows(right, test, names)
    if not measures.n_attributed:
        return rows
    if not whole:
        measures = replace(measures, methods=measures.methods[:1])
        return rows + auprc_rows(trained, test, measures, TARGETS, counts, seed)
    rows += auprc_rows(trained, test, measures, TARGETS, counts, seed)
    some = whole_sequences(test, measures)
    rows += interaction_rows(trained, some, Scale(some.labels), seed)
    rows += filter_rows(trained.networks, grammar, names)
    rows += matrix_rows(trained.networks[0], test.bases)
    rows += start_rows(trained, outputs, test, grammar)
    if measures.tomtom:
        rows += tomtom_rows(trained.networks[0], test.bases, grammar.motifs)
    return rows
