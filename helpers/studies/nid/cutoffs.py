"""Figures 6 and 7, Table 3: where rankings end, and what the kept sets bring."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks, datasets
from helpers.detectors import weights
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, exponential, l1, l2
from helpers.networks.gam import GAM_WEIGHTS
from helpers.networks.mlp import INTERACTION_WEIGHTS
from helpers.significance import cutoff
from helpers.studies.nid.tables import loss_and_error
from helpers.studies.nid.training import networks_from
from helpers.studies.nid.worlds import REAL, real_rows, thirds, trial_data
from helpers.truth.functions import FUNCTIONS, simulate

#: Rows of Table 3: name of the data, and its name in the published table.
TABLE_3 = {
    "california_housing": "cal-housing",
    "bike_sharing": "bike-sharing",
    "higgs": "higgs",
    "letter_recognition": "letter",
    "F3": "F3",
    "F5": "F5",
    "F7": "F7",
    "F10": "F10",
}


@dataclass(frozen=True)
class Cutting:
    """How rankings are made and cut off.

    Parameters
    ----------
    l1_strength, l2_strength : float
        Penalty of MLP-M, which is ranked, and of the additive models.
    max_steps : int
        Sets that are added at most.
    max_epochs, patience : int
        Of both.
    """

    l1_strength: float
    l2_strength: float
    max_steps: int
    max_epochs: int
    patience: int

    def __post_init__(self) -> None:
        checks.number("l1_strength", self.l1_strength, at_least=0)
        checks.number("l2_strength", self.l2_strength, at_least=0)
        checks.integer("max_steps", self.max_steps, at_least=1)


def cut_functions(
    *,
    functions: Sequence[str],
    trial: int,
    n_samples: int,
    seed: int,
    device: Device = "auto",
    **cutting: Any,
) -> pd.DataFrame:
    """Find the cut-offs of one data set of each function.

    Parameters
    ----------
    functions : list of str
    trial, n_samples, seed : int
    **cutting
        Fields of `Cutting`.

    Returns
    -------
    DataFrame
        One row a function and step, as from `cutoff.find_cutoffs`, sets as text, with
        name, trial, n_sets, mean_order, target and test_target (errors of MLP-M),
        target_seconds.
    """
    data = [trial_data(function, trial, n_samples, seed) for function in functions]
    X, y = (np.stack(values) for values in zip(*data, strict=True))
    masks = [np.tile(mask, (len(X), 1)) for mask in thirds(n_samples)]
    table = cut_off(
        X, y, masks, "regression", Cutting(**cutting), 100 * seed + trial, device
    )
    table.insert(0, "name", table.pop("run").map(lambda i: functions[i]))
    return table.assign(trial=trial)


def cut_real(
    *,
    name: str,
    trial: int,
    n_rows: int,
    seed: int,
    device: Device = "auto",
    **cutting: Any,
) -> pd.DataFrame:
    """Find the cut-off on one random split of a real data set.

    Parameters and result as for `cut_functions`.
    """
    data, X, y, masks = real_rows(name, [trial], n_rows, seed)
    settings = Cutting(**cutting)
    table = cut_off(X, y, masks, data.task, settings, 100 * seed + trial, device)
    return table.drop(columns="run").assign(name=name, trial=trial)


def cut_off(
    X: np.ndarray, y: np.ndarray, masks: Sequence[np.ndarray], task: str,
    settings: Cutting, seed: int, device: Device,
) -> pd.DataFrame:  # fmt: skip
    """Train MLP-M on each run, rank its sets, and find where each ranking ends.

    X (n_runs, n_samples, n_features); y (n_runs, n_samples); masks of the three parts.
    """
    loss, error = loss_and_error(task)
    recipe = {
        "train": masks[0],
        "validation": masks[1],
        "loss": loss,
        "optimizer": Adam(lr=1e-2),
        "schedule": exponential(0.9),
        "max_epochs": settings.max_epochs,
        "patience": settings.patience,
    }
    first = 3_000_000 + 1_000 * seed
    started = time.process_time()
    ensemble = Ensemble(
        networks_from(range(first, first + len(X)), "MLP-M", X.shape[-1]),
        device=device,
    ).fit(
        X,
        y,
        own_X=True,
        own_y=True,
        penalty=l1(settings.l1_strength, on=INTERACTION_WEIGHTS),
        seeds=1_000 * seed,
        **recipe,  # type: ignore[arg-type]  # options by name
    )
    seconds = (time.process_time() - started) / len(X)
    outputs = ensemble.predict(X, own_X=True)[..., 0]
    validation, test = (
        np.array([error(y[i, m[i]], outputs[i, m[i]]) for i in range(len(X))])
        for m in masks[1:]
    )
    table, _ = cutoff.find_cutoffs(
        [weights.nid_ranking(ensemble.network(i)) for i in range(len(X))],
        X,
        y,
        test=masks[2],
        targets=validation,
        error=error,
        max_steps=settings.max_steps,
        penalty=l2(settings.l2_strength, on=GAM_WEIGHTS),
        seed=seed,
        device=device,
        **recipe,  # type: ignore[arg-type]  # options by name
    )
    run = table["run"]
    return table.assign(
        added=table["added"].map(name_of),
        n_sets=table["sets"].map(len),
        mean_order=[np.mean([len(s) for s in sets] or [0]) for sets in table["sets"]],
        sets=[" ".join(map(name_of, sets)) or "none" for sets in table["sets"]],
        target=validation[run],
        test_target=test[run],
        target_seconds=seconds,
    )


def name_of(members: Sequence[int]) -> str:
    """Return a set of features as text, numbered from 1."""
    return "-".join(str(i + 1) for i in members) if members else "none"


def verdict(added: str, function: str) -> str:
    """Return what a set (text) is to the truth of a function; "" without a truth."""
    if added == "none" or function not in FUNCTIONS:
        return ""
    members = {int(i) - 1 for i in added.split("-")}
    truth = [set(s) for s in FUNCTIONS[function].sets]
    if members in truth:
        return "true set"
    return "part of a true set" if any(members < s for s in truth) else "false"


def with_stored(
    here: pd.DataFrame | None, stored: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return a step's rows, and the stored ones of names that did not run here.

    Both may be None; the column `stored` tells them apart.
    """
    if here is not None and stored is not None:
        stored = stored[~stored["name"].isin(here["name"])]
    tables = [
        table.assign(stored=was)
        for table, was in ((here, False), (stored, True))
        if table is not None and len(table)
    ]
    return pd.concat(tables, ignore_index=True) if tables else None


def together(tables: Iterable[pd.DataFrame | None]) -> pd.DataFrame | None:
    """Return the rows of several tables, some of which may be None."""
    tables = [table for table in tables if table is not None]
    return pd.concat(tables, ignore_index=True) if tables else None


def panels(
    curves: pd.DataFrame, names: dict[str, str]
) -> tuple[pd.DataFrame | None, dict[str, str]]:
    """Return the curves of some data, with a verdict on each set, and panel titles.

    Returns
    -------
    curves : DataFrame or None
        None if there are none.
    titles : dict of name to title
    """
    if curves is None or not curves["name"].isin(names).any():
        return None, {}
    curves = curves[curves["name"].isin(names)]
    curves = curves.assign(verdict=list(map(verdict, curves["added"], curves["name"])))
    stored = set(curves.loc[curves["stored"], "name"])
    titles = {
        name: title + (" (stored)" if name in stored else "")
        for name, title in names.items()
        if name in set(curves["name"])
    }
    return curves, titles


def against_truth(curves: pd.DataFrame) -> pd.DataFrame:
    """Return, by run of a function, how its kept sets compare with the truth.

    Returns
    -------
    DataFrame
        name, trial, stored, reached, true (share of kept sets that are true or part of
        a true set), recall (share of the true sets that are kept).
    """
    kept = curves[curves["kept"] & curves["name"].isin(FUNCTIONS)]
    rows = []
    for run in kept.itertuples():
        kinds = [verdict(s, run.name) for s in run.sets.split()]
        kinds = [kind for kind in kinds if kind]
        n_true = len(FUNCTIONS[run.name].sets)
        rows.append(
            {
                "name": run.name,
                "trial": run.trial,
                "stored": run.stored,
                "reached": run.reached,
                "true": np.mean([kind != "false" for kind in kinds] or [0.0]),  # type: ignore[list-item]  # a mean of no set is 0
                "recall": kinds.count("true set") / n_true,
            }
        )
    return pd.DataFrame(rows)


def truth_table(curves: pd.DataFrame) -> pd.DataFrame:
    """Return, by function, the shares of added and kept sets that are true."""
    added = curves[(curves["step"] > 0) & curves["name"].isin(FUNCTIONS)]
    kind = list(map(verdict, added["added"], added["name"]))
    added = added.assign(true=[k != "false" for k in kind]).groupby("name")["true"]
    kept = against_truth(curves).groupby("name")[["true", "recall", "reached"]].mean()
    kept.insert(0, "added", added.mean())
    kept = kept.reindex([name for name in FUNCTIONS if name in kept.index])
    return (
        kept.round(2)
        .reset_index(names="Function")
        .rename(
            columns={
                "added": "added: true or part",
                "true": "kept: true or part",
                "recall": "true sets kept",
                "reached": "reach MLP-M",
            }
        )
    )


def truth_values(curves: pd.DataFrame, wanted: Sequence[str]) -> dict:
    """Return what the comparison takes from Fig 6: runs of today, not stored ones.

    wanted : the quantities of the published table
    """
    kept = against_truth(curves)
    here = kept[~kept["stored"]].groupby("name")[["true", "recall"]].mean()
    values = {
        f"fig6.{function}.kept-sets-true": row["true"] >= 0.5
        for function, row in here.iterrows()
        if f"fig6.{function}.kept-sets-true" in set(wanted)
    }
    if set(here.index) == set(FUNCTIONS):
        hardest = set(here["recall"].nsmallest(2).index)
        values["fig6.hardest-F6-F7"] = hardest == {"F6", "F7"}
    return values


def real_cutoff_values(curves: pd.DataFrame) -> dict:
    """Return what the comparison takes from Fig 7: runs of today, not stored ones."""
    here, values = curves[~curves["stored"]], {}
    housing = here[here["name"] == "california_housing"]
    if len(housing):
        mean = housing.groupby("step")["validation_error"].mean()
        gain = mean[0] - housing.loc[housing["kept"], "validation_error"].mean()
        values["fig7.cal-housing.first-set"] = (mean[0] - mean[1]) / gain > 0.5
    letters = here[here["name"] == "letter_recognition"]
    if len(letters):
        one = letters.loc[letters["kept"], "sets"] == name_of(range(16))
        values["fig7.letter.one-16-way-set"] = one.mean() > 0.5
    return values


def gains(curves: pd.DataFrame) -> pd.DataFrame:
    """Return what the kept sets of each run bring on the test rows (Table 3).

    Returns
    -------
    DataFrame
        Index name, trial; columns relative (%), absolute, sets, order, reached, stored.
    """
    by_run = {}
    runs = curves[curves["name"].isin(TABLE_3)].groupby(["name", "trial"])
    for key, steps in runs:
        kept, main = steps[steps["kept"]].iloc[0], steps[steps["step"] == 0].iloc[0]
        gain = main["test_error"] - kept["test_error"]
        by_run[key] = {
            "relative": 100 * gain / (main["test_error"] - kept["test_target"]),
            "absolute": gain,
            "sets": kept["n_sets"],
            "order": kept["mean_order"],
            "reached": kept["reached"],
            "stored": kept["stored"],
        }
    table = pd.DataFrame.from_dict(by_run, orient="index").astype(float)
    return table.rename_axis(["name", "trial"]) if len(table) else table


def gain_values(runs: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the numbers of Table 3 by name, from `gains`."""
    return {
        name: {
            "relative": own["relative"].mean(),
            "absolute": own["absolute"].mean(),
            "sets": own["sets"].median(),
            "order": np.average(own["order"], weights=own["sets"].clip(lower=1)),
        }
        for name, own in ((n, runs.loc[n]) for n in TABLE_3 if n in runs.index)
    }


def recorded_gains(runs: pd.DataFrame) -> dict:
    """Return what the comparison takes from `gains`: runs of today, not stored ones."""
    return {
        f"table3.{TABLE_3[name]}.{quantity}": value
        for name, values in gain_values(runs).items()
        if not runs.loc[name, "stored"].any()
        for quantity, value in values.items()
    }


def gain_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return Table 3 as text, from `gains`: mean and standard deviation over trials."""
    rows = []
    for name, values in gain_values(runs).items():
        own = runs.loc[name]
        rows.append(
            {
                "Data": REAL.get(name, name) + " (stored)" * int(own["stored"].any()),
                "Trials": f"{len(own)}, {own['reached'].sum():.0f} reach MLP-M",
                "Relative, %": with_spread(own["relative"], 1),
                "Absolute": with_spread(own["absolute"], 4),
                "Sets": f"{values['sets']:g} of mean order {values['order']:.1f}",
            }
        )
    return pd.DataFrame(rows)


def with_spread(values: pd.Series, digits: int) -> str:
    """Return mean ± standard deviation as text; one value alone without spread."""
    spread = f" ± {values.std():.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{spread}"


def kept_real_sets(curves: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame | None:
    """Return the kept sets of real data in the names of their features, by split.

    names : of the data sets that are at hand; None is returned if none was cut off
    """
    features = {name: datasets.load(name).features for name in names}
    chosen = curves[curves["kept"] & curves["name"].isin(features)]
    if chosen.empty:
        return None
    return pd.DataFrame(
        {
            "Data": REAL[run.name],
            "Split": run.trial + 1,
            "Kept sets": named(run.sets, features[run.name]),
        }
        for run in chosen.itertuples()
    )


def named(sets: str, features: Sequence[str]) -> str:
    """Return sets, as text, in the names of the features; large ones as a number."""
    if sets == "none":
        return sets
    groups = [[features[int(i) - 1] for i in s.split("-")] for s in sets.split()]
    return "; ".join(
        " × ".join(g) if len(g) <= 4 else f"{len(g)} features" for g in groups
    )


def left_by_main_effects(
    function: str, seed: int, n_rows: int = 200_000, n_bins: int = 100
) -> float:
    """Return the RMSE of the best additive model, in standard deviations of y.

    The features of the ten functions are independent: the best additive model adds up
    the means of the outcome given one feature, here within bins of equal size.
    """
    X, y = simulate(function, n_rows, seed=1_000 * seed + 999)
    left = y - y.mean()
    explained = 0.0
    for column in X.T:
        bins = np.argsort(np.argsort(column)) * n_bins // n_rows
        means = np.bincount(bins, left) / np.bincount(bins)
        explained += np.mean(means[bins] ** 2)
    return float(np.sqrt(1 - explained / left.var()))


#: Share by which a gain may exceed the most, since it is measured on some test rows.
ROOM = 0.02


def possible_gains(published: pd.Series, seed: int) -> pd.DataFrame:
    """Return the published gains beside the most that interactions can bring.

    published : values by quantity
    """
    rows = []
    for function in ("F3", "F5", "F7", "F10"):
        most = left_by_main_effects(function, seed)
        said = published[f"table3.{function}.absolute"]
        rows.append(
            {
                "Function": function,
                "Most that can be gained": most,
                "Published gain": said,
                "As a share of it": f"{said / most:.1%}",
                f"Possible (up to {ROOM:.0%} above)": bool(said <= (1 + ROOM) * most),
            }
        )
    return pd.DataFrame(rows).round(3)
