"""How well attribution finds the motifs: areas under precision-recall curves."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import checks
from helpers.explain import attribution
from helpers.studies.negative_data.rows import AVERAGE, row
from helpers.studies.negative_data.settings import Measures
from helpers.studies.negative_data.training import Trained
from helpers.truth.grammars import Grammar, MotifSequences


def chance_level(grammar: Grammar, motif: int, count: int, length: int) -> float:
    """Return the share of a motif's positions among those that are ranked.

    The precision of guessing, for sequences of `count` motifs of which `motif` (its
    number) is one: positions of other motifs are not ranked.
    """
    widths = np.array([one.width for one in grammar.motifs])
    count = checks.integer("count", count, at_least=1, at_most=len(widths))
    motif = checks.integer("motif", motif, at_least=0, at_most=len(widths) - 1)
    grammar.n_starts(length)  # refuses what is too short
    others = np.delete(widths, motif)
    excluded = (count - 1) * others.mean() if len(others) else 0
    return float(widths[motif] / (length - excluded))


def auprc_rows(
    trained: Trained,
    test: MotifSequences,
    measures: Measures,
    targets: Sequence[str],
    counts: Sequence[int],
    seed: int,
) -> list[tuple]:
    """Return the AUPRC of every motif, for each method, target and number of motifs.

    Parameters
    ----------
    trained : Trained
    test : MotifSequences
    measures : Measures
    targets : sequence of str
        Of attribution.
    counts : sequence of int
        Numbers of motifs; sequences with so many are attributed together.
    seed : int
        Of the permutations.
    """
    rows = []
    for k, target, method in itertools.product(counts, targets, measures.methods):
        some = test[np.flatnonzero(test.counts == k)[: measures.n_attributed]]
        scores = attribution.contributions(
            trained.networks, some.bases, method=method, target=target, seed=seed
        )
        for motif, name in enumerate(trained.names):
            if some.present[:, motif].any():  # with few sequences some motif may lack
                detail = f"{method} {name}"
                rows += _motif_rows(scores, some, motif, target, detail, k)
        if method in attribution.COMPLETE:
            missed = attribution.incompleteness(
                trained.networks, some.bases, scores, target=target
            )
            measure = f"missed of {target}"
            for network, values in enumerate(missed):
                middle, largest = np.median(values), values.max()
                rows.append(row(network, measure, method, k, middle, 0, largest))
    return rows


def _motif_rows(
    scores: np.ndarray,
    some: MotifSequences,
    motif: int,
    target: str,
    detail: str,
    k: int,
) -> list[tuple]:
    """Return median and quartiles of one motif's areas, network by network."""
    held = some.present[:, motif]
    every = [some.covered(i) for i in range(some.present.shape[1])]
    mine, anywhere = every[motif][held], np.any(every, axis=0)[held]
    rows = []
    for network, (measure, curve) in itertools.product(
        (*range(len(scores)), AVERAGE),
        ((target, "trapezoids"), (f"precision of {target}", "steps")),
    ):
        ours = scores.mean(axis=0) if network == AVERAGE else scores[network]
        areas = attribution.motif_auprc(ours[held], mine, anywhere, curve=curve)
        low, middle, high = np.quantile(areas, (0.25, 0.5, 0.75))
        rows.append(row(network, measure, detail, k, middle, low, high))
        if network == AVERAGE and measure == target:
            low, high = np.quantile(areas, (0.05, 0.95))
            spread = f"spread of {target}"
            rows.append(row(network, spread, detail, k, middle, low, high))
    return rows


def error_rows(trained: Trained, whole: MotifSequences, target: str) -> list[tuple]:
    """Return whether sequences with low AUPRC have larger errors, motif by motif."""
    error = pd.Series(np.abs(trained.outputs(whole.bases).mean(axis=0) - target))
    scores = attribution.contributions(
        trained.networks, whole.bases, method="IG", target="output"
    ).mean(axis=0)
    every = [whole.covered(i) for i in range(len(trained.names))]
    rows = []
    for motif, name in enumerate(trained.names):
        areas = attribution.motif_auprc(scores, every[motif], np.any(every, axis=0))
        tie = pd.Series(areas).corr(error, method="spearman")
        rows.append(row(AVERAGE, "error", name, len(every), np.nan_to_num(tie)))
    return rows
