"""Figure 8a: what noise on features and outcome leaves of the rankings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers import evaluation
from helpers.detectors import weights
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, exponential, l1
from helpers.networks.mlp import INTERACTION_WEIGHTS
from helpers.studies.nid.training import (
    ARCHITECTURES,
    Recipe,
    all_runs,
    networks_from,
    pair_auc,
)
from helpers.studies.nid.worlds import noisy_data, thirds, true_sets


def under_noise(
    *,
    noise: float,
    functions: Sequence[str],
    trials: Sequence[int],
    l1_strength: float,
    device: Device = "auto",
    **recipe: Any,
) -> pd.DataFrame:
    """Train both networks on noisy data; return what is read from each.

    Parameters
    ----------
    noise : float
        Standard deviation, in standard deviations of the clean values.
    functions, trials : lists
        Names and numbers: all combinations are trained.
    l1_strength : float
    **recipe
        Fields of `Recipe`.

    Returns
    -------
    DataFrame
        function, trial, architecture, recall (top-rank), auc, noise.
    """
    recipe = Recipe(device=device, **recipe)
    runs = all_runs(function=functions, trial=trials)
    X, y = zip(
        *(
            noisy_data(run.function, run.trial, recipe.n_samples, noise, recipe.seed)
            for run in runs.itertuples()
        ),
        strict=True,
    )
    X, y = np.stack(X), np.stack(y)
    tables = []
    for architecture in ARCHITECTURES:
        ensemble = _fit(architecture, X, y, l1_strength, recipe)
        rows = []
        for i, function in enumerate(runs["function"]):
            network = ensemble.network(i)
            ranking = weights.nid_ranking(network)
            rows.append(
                {
                    "recall": evaluation.top_rank_recall(ranking, true_sets(function)),
                    "auc": pair_auc(weights.nid_pairs(network), function),
                }
            )
        tables.append(runs.assign(architecture=architecture).join(pd.DataFrame(rows)))
    return pd.concat(tables, ignore_index=True).assign(noise=noise)


def _fit(
    architecture: str, X: np.ndarray, y: np.ndarray, l1_strength: float, recipe: Recipe
) -> Ensemble:
    first = 4_000_000 + 10_000 * recipe.seed
    train, validation, _ = thirds(recipe.n_samples)
    return Ensemble(
        networks_from(range(first, first + len(X)), architecture, 10),
        device=recipe.device,
    ).fit(
        X,
        y,
        own_X=True,
        own_y=True,
        train=train,
        validation=validation,
        penalty=l1(l1_strength, on=INTERACTION_WEIGHTS),
        optimizer=Adam(lr=1e-2),
        schedule=exponential(0.9),
        max_epochs=recipe.max_epochs,
        patience=recipe.patience,
        seeds=10_000 * recipe.seed,
    )


def mean_by_level(noisy: pd.DataFrame) -> pd.DataFrame:
    """Return mean recall and AUC by noise level and architecture."""
    means = noisy.groupby(["noise", "architecture"])[["recall", "auc"]].mean()
    columns = {"recall": "top-rank recall", "auc": "pairwise AUC"}
    return means.round(2).rename(columns=columns).reset_index()


def bearing_words(noisy: pd.DataFrame) -> str:
    """Say whether the plain MLP bears noise better than MLP-M, by each measure.

    Compared on the same functions at every level with noise; no answer where only one
    of the two, or no noise, has run.
    """
    columns = {"auc": "pairwise AUC", "recall": "top-rank recall"}
    noisy = noisy[noisy["noise"] > 0]
    if noisy["architecture"].nunique() < 2:
        return ""
    said = []
    for column, name in columns.items():
        plain, split = (
            noisy[noisy["architecture"] == network].pivot_table(
                column, "noise", "function"
            )
            for network in ("MLP", "MLP-M")
        )
        ahead = plain - split
        by_level = ahead.mean(axis=1)
        mean, error = ahead.mean().mean(), ahead.mean().sem()
        better = mean > 0 and (by_level > 0).mean() > 0.5
        levels = f"{(by_level > 0).sum()} of {len(by_level)} levels"
        said.append(
            f"by {name} {'yes' if better else 'no'}: ahead at {levels}, by {mean:+.3f} "
            f"in the mean (standard error over functions {error:.3f})"
        )
    answers = "; ".join(said)
    answers = answers[:1].upper() + answers[1:]
    return f"Does the plain MLP bear noise better than MLP-M? {answers}."
