"""Table 4: six penalties on MLP-M, each raised from zero."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import checks
from helpers.detectors import weights
from helpers.device import Device
from helpers.ensemble import (
    Adam,
    Ensemble,
    exponential,
    group_lasso,
    l1,
    l2,
    sparse_group_lasso,
)
from helpers.networks.mlp import INTERACTION_WEIGHTS
from helpers.studies.nid.training import all_runs, networks_from, pair_auc
from helpers.studies.nid.worlds import function_number, thirds, trial_data
from helpers.training.penalties import Penalty

FIRST, OTHERS = "interaction.layers.0.weight", "interaction.layers.[1-9].weight"

#: Names in the published table, and titles.
PENALTIES = {
    "l1": "L1",
    "l2": "L2",
    "group-lasso-feature": "group lasso, by feature",
    "group-lasso-unit": "group lasso, by unit",
    "sparse-group-lasso-feature": "sparse group lasso, by feature",
    "sparse-group-lasso-unit": "sparse group lasso, by unit",
}


def penalty_of(name: str, strength: float) -> Penalty | list[Penalty]:
    """Return a penalty by its name in the published table.

    Beside a group penalty on the first matrix the other matrices keep their L1.
    """
    if name in ("l1", "l2"):
        return (l1 if name == "l1" else l2)(strength, on=INTERACTION_WEIGHTS)
    kind, _, by = name.rpartition("-")
    group = {"group-lasso": group_lasso, "sparse-group-lasso": sparse_group_lasso}
    checks.one_of("penalty", kind, tuple(group))
    by = {"feature": "input", "unit": "unit"}[by]
    return [group[kind](strength, on=FIRST, by=by), l1(strength, on=OTHERS)]


def try_penalty(
    *,
    penalty: str,
    functions: Sequence[str],
    strengths: Sequence[float],
    n_samples: int,
    max_epochs: int,
    patience: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train MLP-M on every function at every strength of a penalty.

    Returns
    -------
    table : DataFrame
        function, strength, penalty, validation_mse, auc.
    plan : dict
    """
    runs = all_runs(function=functions, strength=strengths)
    data = {name: trial_data(name, 0, n_samples, seed) for name in functions}
    starts = [  # the strengths of a function start alike
        4_000_000 + 10_000 * seed + function_number(name) for name in runs["function"]
    ]
    train, validation, _ = thirds(n_samples)
    ensemble = Ensemble(networks_from(starts, "MLP-M", 10), device=device).fit(
        np.stack([data[name][0] for name in runs["function"]]),
        np.stack([data[name][1] for name in runs["function"]]),
        own_X=True,
        own_y=True,
        train=train,
        validation=validation,
        penalty=penalty_of(penalty, runs["strength"].to_numpy()),
        optimizer=Adam(lr=1e-2),
        schedule=exponential(0.95),
        max_epochs=max_epochs,
        patience=patience,
        seeds=10_000 * seed,
    )
    aucs = [
        pair_auc(weights.nid_pairs(ensemble.network(i)), name)
        for i, name in enumerate(runs["function"])
    ]
    return runs.assign(
        penalty=penalty, validation_mse=ensemble.best_loss_, auc=aucs
    ), ensemble.plan_


def raised_until_worse(runs: pd.DataFrame) -> pd.Series:
    """Return the row with the last strength before the validation error rises."""
    runs = runs.sort_values("strength")
    worse = runs["validation_mse"].diff() > 0
    return runs.iloc[max(worse.argmax() - 1, 0) if worse.any() else -1]


def chosen_rows(penalties: pd.DataFrame) -> pd.DataFrame:
    """Return the row that validation chooses, for each penalty and function."""
    groups = penalties.groupby(["penalty", "function"], sort=False)
    return pd.DataFrame([raised_until_worse(group) for _, group in groups])


def table_4(penalties: pd.DataFrame, published: pd.Series) -> pd.DataFrame:
    """Return one row a penalty: AUC at the chosen strength, and at the best one.

    published : values by quantity
    """
    best = penalties.groupby(["penalty", "strength"])["auc"].mean()
    rows = []
    for name, group in chosen_rows(penalties).groupby("penalty", sort=False):
        none = int((group["strength"] == 0).sum())
        rows.append(
            {
                "Penalty": PENALTIES[name],
                "Published": f"{published[f'table4.{name}.mean']:.2f}",
                "AUC": f"{group['auc'].mean():.3f}",
                "not penalised at all": f"{none} of {len(group)}",
                "AUC, best one strength": f"{best[name].max():.3f}",
                "that strength": f"{best[name].idxmax():g}",
            }
        )
    return pd.DataFrame(rows)


def table_4_values(penalties: pd.DataFrame) -> dict:
    """Return what the comparison takes from Table 4.

    A penalty counts only if most of its networks were penalised: otherwise its mean is
    one of unpenalised networks. The range needs all six.
    """
    chosen = chosen_rows(penalties).groupby("penalty", sort=False)
    found = chosen["auc"].mean()[chosen["strength"].agg(lambda s: (s > 0).mean()) > 0.5]
    values = {f"table4.{name}.mean": value for name, value in found.items()}
    if len(found) == len(PENALTIES):
        values["table4.range"] = found.max() - found.min()
    return values
