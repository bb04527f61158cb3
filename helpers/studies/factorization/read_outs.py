"""Three read-outs of the same frozen filters: a sum, the machine, a perceptron."""

from dataclasses import replace

import pandas as pd
from torch import nn

from helpers.data.splits import folds
from helpers.device import Device, seeded
from helpers.networks.layers import FactorizationMachine
from helpers.networks.mlp import MLP
from helpers.studies.factorization.frozen import (
    ReadOuts,
    donor,
    features,
    own_standardised,
)
from helpers.studies.factorization.simulated import Network, World
from helpers.studies.factorization.training import Recipe, areas, row, table, train

KINDS = ("sum", "FM", "MLP")


def compare(
    *,
    world: dict,
    network: dict,
    recipe: dict,
    read_outs: dict,
    n_candidates: int,
    hidden: list,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train three read-outs on the same frozen filters, one network a fold.

    Parameters
    ----------
    world, network, recipe, read_outs, n_candidates
        As for `frozen.freeze`, which the filters and the machine follow.
    hidden : list of int
        Units of the hidden layers of the multilayer perceptron.

    Returns
    -------
    DataFrame
        Measures: auc and epoch (the best), by kind. Column: seed.
    """
    world, network, recipe = World(**world), Network(**network), Recipe(**recipe)
    asked = ReadOuts(**read_outs)
    chosen = donor(world, network, recipe, n_candidates, seed=seed, device=device)
    sample, y = world.sequences(seed=seed + 50_000)
    parts = folds(world.n, n_folds=asked.n_folds, seed=seed).first(asked.n_networks)
    X = own_standardised(features(chosen, sample.bases), parts)
    last = replace(recipe, epochs=asked.epochs)
    rows = []
    for kind in KINDS:
        started = [
            build(kind, network.n_filters, asked.n_factors, hidden, 1000 * seed + i)
            for i in range(asked.n_networks)
        ]
        trained = train(
            started, X, y, parts, last, own_X=True, seed=seed, device=device
        )
        found = areas(trained, X, y, parts.test, own_X=True)
        for i, (area,) in enumerate(found):
            rows.append(row(i, "auc", area, kind=kind))
            rows.append(row(i, "epoch", trained.best_epoch_[i], kind=kind))
    return table(rows, ("kind",), seed=seed)


def build(
    kind: str, n_filters: int, n_factors: int, hidden: list, seed: int
) -> nn.Module:
    """Return a read-out of one of `KINDS` with initial weights of this seed."""
    if kind == "MLP":
        with seeded(seed):
            return MLP(n_filters, hidden)
    return FactorizationMachine(
        n_filters, 1, n_factors if kind == "FM" else 0, seed=seed
    )


def area_table(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the area of each read-out, mean over folds, a row a training.

    Parameters
    ----------
    compared : DataFrame
        Of `compare`.
    """
    some = compared[compared["measure"] == "auc"]
    wide = some.pivot_table("value", "seed", "kind")[list(KINDS)]
    return wide.rename_axis("Training").reset_index().rename_axis(columns=None)
