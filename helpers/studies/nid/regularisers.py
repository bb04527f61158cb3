"""Table 4: six penalties on MLP-M, each raised until the network underfits."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

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

GROUPED = tuple(name for name in PENALTIES if "group" in name)


def penalty_of(name: str, strength: ArrayLike, others: ArrayLike) -> Penalty | list:
    """Return a penalty by its name in the published table.

    Beside a group penalty on the first matrix the other matrices keep an L1 of their
    own strength, `others`.
    """
    if name in ("l1", "l2"):
        return (l1 if name == "l1" else l2)(strength, on=INTERACTION_WEIGHTS)
    kind, _, by = name.rpartition("-")
    group = {"group-lasso": group_lasso, "sparse-group-lasso": sparse_group_lasso}
    checks.one_of("penalty", kind, tuple(group))
    by = {"feature": "input", "unit": "unit"}[by]
    return [group[kind](strength, on=FIRST, by=by), l1(others, on=OTHERS)]


def try_penalty(  # the arguments of a stored step are its key
    *,
    penalty: str,
    trial: int,
    functions: Sequence[str],
    strengths: Sequence[float],
    n_samples: int,
    max_epochs: int,
    patience: int,
    seed: int,
    others: Sequence[float] = (),
    device: Device = "auto",
) -> pd.DataFrame:
    """Train MLP-M on one data set of every function at every strength of a penalty.

    others: L1 strength of the matrices above the first beside a group penalty, one a
    function

    Returns
    -------
    table : DataFrame
        function, strength, trial, penalty, validation_mse, auc.
    plan : dict
    """
    runs = all_runs(function=functions, strength=strengths)
    data = {name: trial_data(name, trial, n_samples, seed) for name in functions}
    first = 4_000_000 + 10_000 * seed + 100 * trial
    starts = [  # the strengths of a function start alike
        first + function_number(name) for name in runs["function"]
    ]
    beside = dict(zip(functions, others, strict=True)) if len(others) else {}
    train, validation, _ = thirds(n_samples)
    ensemble = Ensemble(networks_from(starts, "MLP-M", 10), device=device).fit(
        np.stack([data[name][0] for name in runs["function"]]),
        np.stack([data[name][1] for name in runs["function"]]),
        own_X=True,
        own_y=True,
        train=train,
        validation=validation,
        penalty=penalty_of(
            penalty,
            runs["strength"].to_numpy(),
            np.array([beside.get(name, 0.0) for name in runs["function"]]),
        ),
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
        trial=trial, penalty=penalty, validation_mse=ensemble.best_loss_, auc=aucs
    ), ensemble.plan_


def parts_of(
    penalties: Sequence[str], strengths: Sequence[float], trials: Sequence[int]
) -> list[dict]:
    """Return the parts of a step: one a data set and penalty.

    At strength zero all penalties of a step are the same, so the first one alone holds
    it (see `with_zero`).
    """
    above = [strength for strength in strengths if strength > 0]
    return [
        {
            "trial": trial,
            "penalty": penalty,
            "strengths": list(strengths) if penalty == penalties[0] else above,
        }
        for trial in trials
        for penalty in penalties
    ]


def with_zero(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of a step with those at strength zero under every penalty."""
    zero = runs[runs["strength"] == 0]
    lacking = set(runs["penalty"]) - set(zero["penalty"])
    copies = [zero.assign(penalty=name) for name in sorted(lacking)]
    return pd.concat([runs, *copies], ignore_index=True)


def chosen_strength(runs: pd.DataFrame) -> float:
    """Return the strength that validation allows for one penalty and function.

    The largest whose error, mean over data sets, is within one standard error of the
    least (Breiman and others, 1984, section 3.4.3): raised until it underfits, and not
    only until an error near zero moves.
    """
    errors = runs.pivot_table("validation_mse", "trial", "strength")
    means, least = errors.mean(), errors.mean().idxmin()
    spread = errors[least].sem() if len(errors) > 1 else 0.0
    return float(means.index[means <= means[least] + spread].max())


def chosen_rows(penalties: pd.DataFrame) -> pd.DataFrame:
    """Return the rows at the chosen strength, for each penalty and function."""
    return pd.concat(
        group[group["strength"] == chosen_strength(group)]
        for _, group in penalties.groupby(["penalty", "function"], sort=False)
    )


def all_and_chosen(penalties: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all rows and the chosen ones, penalties by their titles."""
    titles = {"penalty": PENALTIES}
    return penalties.replace(titles), chosen_rows(penalties).replace(titles)


def with_tuned_l1(
    settings: dict, singles: pd.DataFrame | None, n_trials: int
) -> dict[str, Any]:
    """Return the settings of the group penalties: those given, and the chosen L1.

    Nothing while L1 has not run on all data sets.
    """
    if singles is None:
        return {}
    mine = singles[singles["penalty"] == "l1"]
    if mine["trial"].nunique() < n_trials:
        return {}
    of = [mine[mine["function"] == name] for name in settings["functions"]]
    return {**settings, "others": [chosen_strength(runs) for runs in of]}


def together(
    singles: pd.DataFrame | None, groups: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return both steps as one table, strength zero under every penalty."""
    tables = [with_zero(table) for table in (singles, groups) if table is not None]
    return pd.concat(tables, ignore_index=True) if tables else None


def table_4(penalties: pd.DataFrame, published: pd.Series) -> pd.DataFrame:
    """Return one row a penalty: AUC at the chosen strength, and at the best one.

    published : values by quantity
    """
    best = penalties.groupby(["penalty", "strength"])["auc"].mean()
    rows = []
    for name, group in chosen_rows(penalties).groupby("penalty", sort=False):
        strengths = group.groupby("function")["strength"].first()
        rows.append(
            {
                "Penalty": PENALTIES[name],
                "Published": f"{published[f'table4.{name}.mean']:.2f}",
                "AUC": f"{group['auc'].mean():.3f}",
                "data sets": group["trial"].nunique(),
                "not penalised at all": f"{(strengths == 0).sum()} of {len(strengths)}",
                "median strength": f"{strengths.median():.2g}",
                "AUC, best one strength": f"{best[name].max():.3f}",
                "that strength": f"{best[name].idxmax():g}",
            }
        )
    return pd.DataFrame(rows)


def table_4_values(penalties: pd.DataFrame) -> dict:
    """Return what the comparison takes from Table 4.

    A penalty counts only if more than half of the functions got some of it, and if the
    rule had a spread to judge by, which takes two data sets. The range needs all six.
    """
    if penalties["trial"].nunique() < 2:
        return {}
    chosen = chosen_rows(penalties).groupby("penalty", sort=False)
    found = chosen["auc"].mean()[chosen["strength"].agg(lambda s: (s > 0).mean()) > 0.5]
    values = {f"table4.{name}.mean": value for name, value in found.items()}
    if len(found) == len(PENALTIES):
        values["table4.range"] = found.max() - found.min()
    return values
