"""What the paper leaves open: learning rate, L1 strength, and the start."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks
from helpers.detectors import weights
from helpers.device import Device
from helpers.studies.nid.training import (
    ARCHITECTURES,
    Recipe,
    all_runs,
    kept_mean,
    pair_auc,
    train,
)


def try_choices(
    *,
    functions: Sequence[str],
    trials: Sequence[int],
    l1_grid: Sequence[float],
    architecture: str,
    rate: str,
    start: str = "PyTorch",
    device: Device = "auto",
    **recipe: Any,
) -> pd.DataFrame:
    """Train every function and trial at every L1 strength.

    Parameters
    ----------
    functions, trials, l1_grid : lists
        Names, numbers, strengths: all combinations are trained.
    architecture, rate, start : str
        As for `train`.
    **recipe
        Fields of `Recipe`.

    Returns
    -------
    table : DataFrame
        One row a network: function, trial, l1, architecture, rate, start, epochs,
        validation_mse, auc.
    plan : dict
    """
    checks.not_empty(functions=functions, trials=trials, l1_grid=l1_grid)
    runs = all_runs(function=functions, trial=trials, l1=l1_grid)
    ensemble, _ = train(
        runs,
        Recipe(device=device, **recipe),
        architecture=architecture,
        rate=rate,
        start=start,
    )
    return runs.assign(
        architecture=architecture,
        rate=rate,
        start=start,
        epochs=ensemble.history_.groupby("network").size().to_numpy(),
        validation_mse=ensemble.best_loss_,
        auc=[
            pair_auc(weights.nid_pairs(ensemble.network(i)), function)
            for i, function in enumerate(runs["function"])
        ],
    ), ensemble.plan_


def parts_of(trials: Sequence[int]) -> list[dict]:
    """Return the parts of a step over both starts, PyTorch's first."""
    return [
        {"start": start, "architecture": architecture, "trials": list(five)}
        for start in ("PyTorch", "truncated normal")
        for five in (trials[i : i + 5] for i in range(0, len(trials), 5))
        for architecture in ARCHITECTURES
    ]


def tuned(choices: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the strength that validation chooses.

    One strength for each network, start and function: that of the least validation
    error, mean over trials.

    Parameters
    ----------
    choices : DataFrame
        From `try_choices`.
    """
    groups = ["architecture", "start", "function"]
    errors = choices.groupby([*groups, "l1"])["validation_mse"].mean()
    least = errors.groupby(groups).idxmin()
    return choices.set_index([*groups, "l1"]).loc[least].reset_index()


def tuned_aucs(choices: pd.DataFrame | None, *, mark: str = "") -> pd.DataFrame | None:
    """Return method, function, trial, auc: strength by validation, PyTorch's start.

    mark : ends the name of each method
    """
    if choices is None:
        return None
    rows = tuned(choices[choices["start"] == "PyTorch"])
    methods = "NID, " + rows["architecture"] + ", tuned" + mark
    return rows.assign(method=methods)[["method", "function", "trial", "auc"]]


def by_start(
    choices: pd.DataFrame, l1_main: float, published: pd.Series
) -> pd.DataFrame:
    """Return mean AUCs by network, start, and how the strength is found.

    Parameters
    ----------
    choices : DataFrame
        From `try_choices`, of both starts.
    l1_main : float
        The strength fixed beforehand.
    published : Series
        Values by quantity.

    Returns
    -------
    DataFrame
        Network, Start, Strength, mean over functions, F6, F7 and F9; the published row
        of each network first.
    """
    shown = ["F6", "F7", "F9"]
    rows = []
    for network, mine in choices.groupby("architecture"):
        key = f"table2.{network.lower().replace('-', '')}"
        values = {name: published[f"{key}.{name}"] for name in ["mean", *shown]}
        theirs = {"Network": network, "Start": "published", "Strength": "tuned"}
        rows.append(theirs | values)
        for start, group in mine.groupby("start"):
            readings = {
                f"{l1_main:g} for all": group[np.isclose(group["l1"], l1_main)],
                "tuned on validation data": tuned(group),
            }
            for reading, networks in readings.items():
                aucs = networks.groupby("function")["auc"].agg(kept_mean)
                rows.append(
                    {
                        "Network": network,
                        "Start": start,
                        "Strength": reading,
                        "mean": aucs.mean(),
                        **{name: aucs.get(name, np.nan) for name in shown},
                    }
                )
    return pd.DataFrame(rows)


def two_runs_words(
    networks: pd.DataFrame | None, choices: pd.DataFrame | None, l1_main: float
) -> str:
    """Say what two stored runs of the same settings differ by; "" if one is missing.

    networks : Table 2; choices : from `try_choices`; l1_main : the strength of Table 2
    """
    if networks is None or choices is None:
        return ""
    again = choices[
        np.isclose(choices["l1"], l1_main) & (choices["start"] == "PyTorch")
    ]
    columns = ["architecture", "function"]
    first, second = (
        table.groupby(columns)["auc"].agg(kept_mean) for table in (networks, again)
    )
    told = []
    for name in ARCHITECTURES:
        pairs = {"mean": (first[name].mean(), second[name].mean())}
        pairs |= {f: (first[name, f], second[name, f]) for f in ("F6", "F7")}
        values = ", ".join(f"{f} {a:.3f} and {b:.3f}" for f, (a, b) in pairs.items())
        told.append(f"{name}: {values}")
    return (
        f"PyTorch's start with {l1_main:g} for all has two values, because there are "
        "two stored runs, *table-2* and *table-2-strengths*: the same data sets, other "
        f"initial weights. {'; '.join(told)}. So far does chance move a cell."
    )


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
