"""Train classifiers of "all motifs are present" on one kind of negatives."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.explain.attribution import TARGETS
from helpers.studies.negative_data.interactions import Scale, interaction_rows
from helpers.studies.negative_data.motif_filters import (
    filter_rows,
    matrix_rows,
    start_rows,
    tomtom_rows,
)
from helpers.studies.negative_data.rows import COLUMNS, row
from helpers.studies.negative_data.settings import AnyWorld, Measures, Recipe, World
from helpers.studies.negative_data.training import train
from helpers.studies.negative_data.visibility import auprc_rows
from helpers.truth.grammars import MotifSequences, balanced, positives_and_negatives

# Measures that a mix of negatives leaves out.
UNSEEN = ("filter", "matrix", "match")


def classifiers(
    *,
    world: dict,
    recipe: dict,
    measures: dict,
    share: float,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train classifiers and judge those kept.

    Parameters
    ----------
    world, recipe, measures : dict
        Of `World`, `Recipe` and `Measures`.
    share : float
        Of the negatives, the share that holds subsets of the motifs (1 = M_w).
    seed : int
        Of data, initial weights and permutations.
    device : str

    Returns
    -------
    DataFrame
        `COLUMNS`, and what was trained: motifs, n_filters, share. Measures: loss
        (detail kept or dropped), recall (by number of motifs), pair (recall of
        negatives with two motifs), probability and output (median AUPRC and its
        quartiles; detail method and motif), precision of either (the same of the
        average precision), spread of either (AUPRC of the averaged scores with its 5
        and 95 per cent quantiles), missed of either (median and, as high, largest
        departure from completeness; detail the method), interaction (in logits; detail
        the set), interaction p, match, filter, matrix (what every filter of the
        first network answers, see `filters.response_matrices`), start match and start
        recall (of every start, where some are left out), and tomtom (p-value of each
        filter and motif).
    """
    return classify(
        World(**world),
        Recipe(**recipe),
        Measures(**measures),
        share=share,
        seed=seed,
        device=device,
    )


def classify(
    world: AnyWorld,
    recipe: Recipe,
    measures: Measures,
    *,
    share: float,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Return what `classifiers` does, of any world."""
    grammar, names = world.grammar, world.names
    data = positives_and_negatives(
        grammar,
        recipe.n_train + recipe.n_validation,
        share=share,
        length=world.length,
        seed=seed,
    )
    trained = train(
        data.bases,
        data.labels,
        names,
        recipe,
        loss="binary_cross_entropy",
        seed=seed,
        device=device,
    )
    test = balanced(grammar, measures.n_test, length=world.length, seed=seed + 10_000)
    outputs = trained.ensemble.predict(test.bases)[..., 0]  # of all starts
    right = (outputs[trained.kept] > 0) == (test.labels == 1)
    rows = trained.loss_rows() + recall_rows(right, test, names)
    if measures.n_attributed:
        counts = range(1, len(names) + 1)
        rows += auprc_rows(trained, test, measures, TARGETS, counts, seed)
        whole = whole_sequences(test, measures)
        rows += interaction_rows(trained, whole, Scale(whole.labels), seed)
        rows += filter_rows(trained.networks, grammar, names)
        rows += matrix_rows(trained.networks[0], test.bases)
        if recipe.n_starts > recipe.n_keep:
            rows += start_rows(trained, outputs, test, grammar)
        if measures.tomtom:
            rows += tomtom_rows(trained.networks[0], test.bases, grammar.motifs)
    about = {"motifs": world.motifs, "n_filters": recipe.n_filters, "share": share}
    return pd.DataFrame(rows, columns=COLUMNS).assign(**about)


def mixed_classifiers(
    *,
    world: dict,
    recipe: dict,
    measures: dict,
    share: float,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Return `classifiers` without the filters, which a mix of negatives leaves out."""
    table = classifiers(
        world=world,
        recipe=recipe,
        measures=measures,
        share=share,
        seed=seed,
        device=device,
    )
    return table[~table["measure"].isin(UNSEEN)]


def recall_rows(
    right: np.ndarray, test: MotifSequences, names: Sequence[str]
) -> list[tuple]:
    """Return recall by number of motifs, and of each pair where no other is present.

    Parameters
    ----------
    right : array of bool, shape (n_networks, n)
        Which sequences each network calls rightly.
    test : MotifSequences
    names : list of str
    """
    pairs = list(itertools.combinations(range(len(names)), 2))
    rows = []
    for network, ours in enumerate(right):
        for k in range(len(names) + 1):
            rows.append(row(network, "recall", "all", k, ours[test.counts == k].mean()))
        for pair in pairs:
            held = test.present[:, pair].all(axis=1) & (test.counts == 2)
            detail = "-".join(names[i] for i in pair)
            rows.append(row(network, "pair", detail, 2, ours[held].mean()))
    return rows


def whole_sequences(test: MotifSequences, measures: Measures) -> MotifSequences:
    """Return sequences with all motifs, as many as are attributed, at least 20."""
    rows = np.flatnonzero(test.labels == 1)
    return test[rows[: max(measures.n_attributed, 20)]]
