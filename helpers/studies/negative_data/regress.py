"""Train regressions of a label that motifs make: chapter 2's networks that count."""

import numpy as np
import pandas as pd

from helpers.studies.negative_data.classify import whole_sequences
from helpers.studies.negative_data.interactions import (
    Scale,
    interaction_rows,
    rescalings,
)
from helpers.studies.negative_data.rows import COLUMNS, row
from helpers.studies.negative_data.settings import AnyWorld, Measures, Recipe, World
from helpers.studies.negative_data.training import train
from helpers.studies.negative_data.visibility import auprc_rows, error_rows
from helpers.truth.grammars import balanced
from helpers.truth.responses import motif_labels, recall_by_count


def regressions(
    *,
    world: dict,
    recipe: dict,
    measures: dict,
    effect: str,
    constant: float | None,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train regressions and judge those kept.

    The sequences and the initial weights follow from the seed alone: effects differ
    in nothing but the labels. Labels are standardised for training.

    Parameters
    ----------
    world, recipe, measures : dict
        Of `World`, `Recipe` and `Measures`.
    effect, constant
        As in `responses.motif_labels`.
    seed : int
    device : str

    Returns
    -------
    DataFrame
        `COLUMNS`, and what was trained: motifs, n_filters, effect, seed. Measures:
        loss, recall, total, output, precision of output and missed of output (as in
        `classifiers`, with all motifs), error (rank correlation of AUPRC by IG and
        absolute error; detail the motif), shortfall (mean of label less prediction
        with all motifs; detail as the predictions were made, see `rescalings`),
        interaction, and interaction p with its variants after rescaling.
    """
    return regress(
        World(**world),
        Recipe(**recipe),
        Measures(**measures),
        effect=effect,
        constant=constant,
        seed=seed,
        device=device,
    )


def regress(
    world: AnyWorld,
    recipe: Recipe,
    measures: Measures,
    *,
    effect: str,
    constant: float | None,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Return what `regressions` does, of any world."""
    names, n_validation = world.names, recipe.n_validation
    per_combination = -(-(recipe.n_train + n_validation) // 2 ** len(names))
    data = balanced(world.grammar, per_combination, length=world.length, seed=seed)
    labels = motif_labels(data.present, effect, constant=constant)
    mean, deviation = labels.mean(), labels.std()
    trained = train(
        data.bases,
        (labels - mean) / deviation,
        names,
        recipe,
        loss="mse",
        seed=seed,
        device=device,
    )
    test = balanced(
        world.grammar, measures.n_test, length=world.length, seed=seed + 10_000
    )
    truth = motif_labels(test.present, effect, constant=constant)
    predicted = trained.outputs(test.bases) * deviation + mean
    rows = trained.loss_rows() + count_rows(predicted, truth, test.counts)
    if measures.n_attributed:
        whole = whole_sequences(test, measures)
        label = motif_labels(whole.present, effect, constant=constant)
        target = (label - mean) / deviation
        held_out = trained.outputs(data.bases[-n_validation:])
        known = (labels[-n_validation:] - mean) / deviation
        scale = Scale(target, "mse", deviation, rescalings(held_out, known))
        rows += auprc_rows(trained, whole, measures, ("output",), [len(names)], seed)
        rows += error_rows(trained, whole, target)
        rows += interaction_rows(trained, whole, scale, seed)
    about = {"motifs": world.motifs, "n_filters": recipe.n_filters}
    about |= {"effect": effect, "seed": seed}
    return pd.DataFrame(rows, columns=COLUMNS).assign(**about)


def count_rows(
    predicted: np.ndarray, truth: np.ndarray, counts: np.ndarray
) -> list[tuple]:
    """Return recall by number of motifs, and in total.

    Parameters
    ----------
    predicted : array, shape (n_networks, n)
    truth : array, shape (n,)
    counts : array of int, shape (n,)
    """
    sizes, rows = np.bincount(counts) / len(counts), []
    for network, values in enumerate(recall_by_count(predicted, truth, counts)):
        rows += [row(network, "recall", "all", k, v) for k, v in enumerate(values)]
        rows.append(row(network, "total", "all", -1, values @ sizes))
    return rows
