"""What the paper leaves open: learning rate, L1 strength, and the start."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.detectors import weights
from helpers.device import Device
from helpers.studies.nid.training import Recipe, all_runs, pair_auc, train


def try_choices(
    *,
    functions: Sequence[str],
    trials: Sequence[int],
    l1_grid: Sequence[float],
    architecture: str,
    rate: str,
    device: Device = "auto",
    **recipe: Any,
) -> pd.DataFrame:
    """Train every function and trial at every L1 strength.

    Parameters
    ----------
    functions, trials, l1_grid : lists
        Names, numbers, strengths: all combinations are trained.
    architecture, rate : str
        As for `train`.
    **recipe
        Fields of `Recipe`.

    Returns
    -------
    table : DataFrame
        One row a network: function, trial, l1, architecture, rate, epochs,
        validation_mse, auc.
    plan : dict
    """
    runs = all_runs(function=functions, trial=trials, l1=l1_grid)
    ensemble, _ = train(
        runs, Recipe(device=device, **recipe), architecture=architecture, rate=rate
    )
    return runs.assign(
        architecture=architecture,
        rate=rate,
        epochs=ensemble.history_.groupby("network").size().to_numpy(),
        validation_mse=ensemble.best_loss_,
        auc=[
            pair_auc(weights.nid_pairs(ensemble.network(i)), function)
            for i, function in enumerate(runs["function"])
        ],
    ), ensemble.plan_


def by_choice(choices: pd.DataFrame, l1_main: float) -> pd.DataFrame:
    """Return mean AUC by network, rate, and how the strength is chosen.

    Parameters
    ----------
    choices : DataFrame
        From `try_choices`.
    l1_main : float
        The strength fixed beforehand.
    """
    rows = []
    for (network, rate), group in choices.groupby(["architecture", "rate"]):
        table = group.groupby(["function", "l1"])[["validation_mse", "auc"]].mean()
        table = table.reset_index()
        lowest = table.loc[table.groupby("function")["validation_mse"].idxmin()]
        fixed = table[np.isclose(table["l1"], l1_main)]
        best = table.groupby("function")["auc"].max()
        rows.append(
            {
                "Network": network,
                "Learning rate": rate,
                f"L1 {l1_main:g} for all": fixed["auc"].mean(),
                "chosen by validation error": lowest["auc"].mean(),
                "chosen with the truth (not allowed)": best.mean(),
                "median strength chosen by validation": lowest["l1"].median(),
            }
        )
    return pd.DataFrame(rows).round(6)


def other_starts(
    *,
    function: str,
    n_networks: int,
    l1_strength: float,
    device: Device = "auto",
    **recipe: Any,
) -> pd.DataFrame:
    """Train MLPs that differ in their initial weights alone; return their AUC.

    Returns
    -------
    DataFrame
        network, auc.
    """
    runs = all_runs(function=[function], trial=[0] * n_networks, l1=[l1_strength])
    ensemble, _ = train(
        runs, Recipe(device=device, **recipe), architecture="MLP", rate="decaying"
    )
    networks = [ensemble.network(i) for i in range(n_networks)]
    return pd.DataFrame(
        {
            "network": range(n_networks),
            "auc": [pair_auc(weights.nid_pairs(n), function) for n in networks],
        }
    )


def spread_of_starts(
    starts: pd.DataFrame, networks: pd.DataFrame | None, function: str
) -> pd.DataFrame:
    """Return how far AUCs spread, without and with new data.

    Parameters
    ----------
    starts : DataFrame
        From `other_starts`.
    networks : DataFrame or None
        Table 2, whose trials differ in their data as well.
    function : str
    """
    spreads = {"other initial weights": starts["auc"]}
    if networks is not None:
        mine = networks["function"].eq(function) & networks["architecture"].eq("MLP")
        spreads["other data and weights (Table 2)"] = networks.loc[mine, "auc"]
    return pd.DataFrame(
        {
            "What differs": name,
            "networks": len(values),
            "least AUC": values.min(),
            "largest AUC": values.max(),
        }
        for name, values in spreads.items()
    )
