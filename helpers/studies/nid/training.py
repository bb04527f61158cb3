"""Train the networks of the study: MLP or MLP-M, one for each data set, all at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from torch import nn

from helpers import checks, evaluation
from helpers.detectors.interactions import Interactions
from helpers.device import Device, seeded
from helpers.ensemble import Adam, Ensemble, constant, exponential, l1
from helpers.networks.mlp import INTERACTION_WEIGHTS, MLP, MLPM
from helpers.studies.nid.worlds import thirds, trial_data, true_sets

ARCHITECTURES = ("MLP", "MLP-M")
RATES = ("decaying", "constant")  # by 5% an epoch, or not at all


@dataclass(frozen=True)
class Recipe:
    """What all trainings of a step share.

    Parameters
    ----------
    n_samples : int
        Rows of each data set, split into thirds.
    max_epochs, patience : int
        Epochs at most, and epochs without a better validation loss before stopping.
    seed : int
        Of data, initial weights and the order of rows.
    device : str
        As for `Ensemble`.
    """

    n_samples: int
    max_epochs: int
    patience: int
    seed: int
    device: Device = "auto"

    def __post_init__(self) -> None:
        checks.integer("n_samples", self.n_samples, at_least=3)
        checks.integer("max_epochs", self.max_epochs, at_least=1)
        checks.integer("patience", self.patience, at_least=1)
        checks.integer("seed", self.seed, at_least=0)


def network(architecture: str, n_features: int, **widths: Any) -> nn.Module:
    """Return a new network, "MLP" or "MLP-M", with weights from torch's generator."""
    checks.one_of("architecture", architecture, ARCHITECTURES)
    return (MLP if architecture == "MLP" else MLPM)(n_features, **widths)


def networks_from(
    seeds: Iterable[int],
    architecture: str,
    n_features: int,
    *,
    start: str = "PyTorch",
    **widths: Any,
) -> list:
    """Return one new network a seed.

    start: "PyTorch" for its own rule, or "truncated normal" for weights and biases of
    standard deviation 0.1, none beyond 0.2, as in the authors' code of 2018.
    """
    checks.one_of("start", start, ("PyTorch", "truncated normal"))
    made = []
    for number in seeds:
        with seeded(number):
            made.append(network(architecture, n_features, **widths))
            if start == "truncated normal":
                for parameter in made[-1].parameters():
                    nn.init.trunc_normal_(parameter, std=0.1, a=-0.2, b=0.2)
    return made


def schedule(rate: str) -> Callable:
    """Return the schedule of a learning rate, "decaying" or "constant"."""
    checks.one_of("rate", rate, RATES)
    return exponential(0.95) if rate == "decaying" else constant()


def all_runs(**columns: Sequence) -> pd.DataFrame:
    """Return one row for each combination of the values of the columns."""
    return pd.DataFrame(product(*columns.values()), columns=list(columns))


def train(
    runs: pd.DataFrame,
    recipe: Recipe,
    *,
    architecture: str,
    rate: str,
    start: str = "PyTorch",
) -> tuple[Ensemble, dict[tuple, tuple]]:
    """Train one network for each run.

    Parameters
    ----------
    runs : DataFrame
        Columns function, trial and l1 (strength), one row a network.
    recipe : Recipe
    architecture, rate : str
        One of `ARCHITECTURES` and of `RATES`.
    start : str
        As for `networks_from`.

    Returns
    -------
    ensemble : Ensemble
        Fitted, networks in the order of `runs`.
    data : dict of (function, trial) to (X, y)
        As from `trial_data`.
    """
    seed, n_samples = recipe.seed, recipe.n_samples
    keys = list(zip(runs["function"], runs["trial"], strict=True))
    data = {key: trial_data(*key, n_samples, seed) for key in set(keys)}
    first = 1_000_000 + 10_000 * seed
    train_rows, validation_rows, _ = thirds(n_samples)
    ensemble = Ensemble(
        networks_from(range(first, first + len(runs)), architecture, 10, start=start),
        device=recipe.device,
    ).fit(
        np.stack([data[key][0] for key in keys]),  # (n_networks, n_samples, 10)
        np.stack([data[key][1] for key in keys]),  # (n_networks, n_samples)
        own_X=True,
        own_y=True,
        train=train_rows,
        validation=validation_rows,
        penalty=l1(runs["l1"].to_numpy(), on=INTERACTION_WEIGHTS),
        optimizer=Adam(lr=1e-2),
        schedule=schedule(rate),
        max_epochs=recipe.max_epochs,
        patience=recipe.patience,
        seeds=10_000 * seed,
    )
    return ensemble, data


def pair_auc(interactions: Interactions, function: str) -> float:
    """Return the pairwise AUC of a ranking against the truth of a function."""
    return evaluation.pairwise_auc(interactions, true_sets(function))


def kept_mean(values: np.ndarray) -> float:
    """Return the mean without the best and the worst of four trials or more."""
    drop = 1 if len(values) > 3 else 0
    return evaluation.trimmed_mean_sd(values, drop=drop, ddof=0)[0]
