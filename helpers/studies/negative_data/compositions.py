"""Regressions trained on other shares of motifs: how the published networks count.

The paper tests on equally many sequences of every combination of motifs and does not
say what its regressions train on. Networks take a doubtful sequence for what was common
in training, so that other shares shift what is predicted at either end.
"""

import numpy as np
import pandas as pd

from helpers import checks
from helpers.studies.negative_data.regress import count_rows
from helpers.studies.negative_data.rows import COLUMNS
from helpers.studies.negative_data.settings import Measures, Recipe, World
from helpers.studies.negative_data.training import train
from helpers.truth.grammars import balanced, combinations, embed
from helpers.truth.responses import motif_labels

COMPOSITIONS = (
    "every combination alike",
    "every number of motifs alike",
    "half with all motifs",
    "half with none",
)


def shares(composition: str, n_motifs: int) -> np.ndarray:
    """Return the share of each combination of motifs in training.

    Parameters
    ----------
    composition : str
        Of `COMPOSITIONS`. Halves with all or none share the rest among the other
        combinations.
    n_motifs : int

    Returns
    -------
    array, shape (2**n_motifs,)
        As the rows of `grammars.combinations`; sums to one.
    """
    checks.one_of("composition", composition, COMPOSITIONS)
    counts = combinations(n_motifs).sum(axis=1)
    n = len(counts)
    if composition == "every combination alike":
        return np.full(n, 1 / n)
    if composition == "every number of motifs alike":
        return 1 / ((n_motifs + 1) * np.bincount(counts)[counts])
    whole = counts == (n_motifs if composition == "half with all motifs" else 0)
    return np.where(whole, 0.5, 0.5 / (n - 1))


def composed(  # as `regressions`, and the composition
    *,
    composition: str,
    effect: str,
    constant: float | None,
    world: dict,
    recipe: dict,
    measures: dict,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Train regressions on sequences of a composition; return recalls and totals.

    The test holds equally many sequences of every combination, as the paper's does.
    Other parameters as those of `regressions`.
    """
    place, told = World(**world), Recipe(**recipe)
    rng = np.random.default_rng(seed)
    sets = combinations(len(place.names))
    chance = shares(composition, len(place.names))
    drawn = rng.choice(len(sets), told.n_train + told.n_validation, p=chance)
    data = embed(place.grammar, sets[drawn], length=place.length, seed=rng)
    labels = motif_labels(data.present, effect, constant=constant)
    mean, deviation = labels.mean(), labels.std()
    trained = train(
        data.bases,
        (labels - mean) / deviation,
        place.names,
        told,
        loss="mse",
        seed=seed,
        device=device,
    )
    n_test = Measures(**measures).n_test
    test = balanced(place.grammar, n_test, length=place.length, seed=seed + 10_000)
    truth = motif_labels(test.present, effect, constant=constant)
    predicted = trained.outputs(test.bases) * deviation + mean
    rows = count_rows(predicted, truth, test.counts)
    about = {"composition": composition, "effect": effect}
    return pd.DataFrame(rows, columns=COLUMNS).assign(**about)
