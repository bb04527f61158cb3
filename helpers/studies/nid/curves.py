"""Figures 11 and 12: what single parts of a trained network look like."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch

from helpers.data.splits import standardise
from helpers.device import Device, seeded
from helpers.ensemble import Adam, Ensemble, exponential, l2
from helpers.networks.gam import GAM_WEIGHTS, InteractionGAM
from helpers.studies.nid.training import Recipe, train
from helpers.studies.nid.worlds import real_order, real_rows, trial_parts

#: What the two figures show.
FIG_11 = {"function": "F6", "features": [7, 8, 9]}
FIG_12 = {
    "name": "california_housing",
    "pair": ["Longitude", "Latitude"],
    "n_bins": 40,
    "l2_strength": 1e-4,
}


def main_effects(
    *,
    function: str,
    features: Sequence[int],
    trials: Sequence[int],
    l1_strength: float,
    device: Device = "auto",
    **recipe: Any,
) -> pd.DataFrame:
    """Train MLP-M; return the curves of some univariate nets, in units of y.

    Parameters
    ----------
    function : str
    features, trials : lists of int
    l1_strength : float
    **recipe
        Fields of `Recipe`.

    Returns
    -------
    table : DataFrame
        x, effect (centred), feature (from 1), trial.
    plan : dict
    """
    recipe = Recipe(device=device, **recipe)
    runs = pd.DataFrame({"function": function, "trial": trials, "l1": l1_strength})
    ensemble, _ = train(runs, recipe, architecture="MLP-M", rate="decaying")
    x = np.linspace(-1, 1, 41)
    tables = []
    for i, trial in enumerate(trials):
        X, y, parts = trial_parts(function, trial, recipe.n_samples, recipe.seed)
        inputs, outcome = standardise(X, parts.train), standardise(y, parts.train)
        grid = (x[:, None] - inputs.mean) / inputs.scale  # (41, 10)
        nets = ensemble.network(i).univariate
        curves = nets.contributions(torch.as_tensor(grid).float()).detach().numpy()  # type: ignore[operator, union-attr]  # a method
        for feature in features:
            curve = curves[:, feature, 0] * outcome.scale
            values = {"x": x, "effect": curve - curve.mean()}
            tables.append(pd.DataFrame(values).assign(feature=feature + 1, trial=trial))
    return pd.concat(tables, ignore_index=True), ensemble.plan_


def curvatures(curves: pd.DataFrame) -> dict[int, float]:
    """Return by feature the mean over trials of a in the best a x² + b x + c."""
    return {
        feature: float(
            np.mean([np.polyfit(c["x"], c["effect"], 2)[0] for _, c in trials])
        )
        for feature, trials in (
            (feature, group.groupby("trial"))
            for feature, group in curves.groupby("feature")
        )
    }


def curvature_text(curvature: dict[int, float], source: str) -> str:
    """Return the curvatures as a sentence; source says where they come from."""
    found = ", ".join(f"x{feature} {a:.2f}" for feature, a in curvature.items())
    return f"Curvature $a$ in $a x^2$: {found} ({source})."


def place_surface(
    *,
    name: str,
    pair: Sequence[int],
    n_rows: int,
    n_bins: int,
    l2_strength: float,
    seed: int,
    device: Device = "auto",
    **stop: Any,
) -> pd.DataFrame:
    """Return what the network of two features adds to the outcome, over the data.

    Parameters
    ----------
    name : str
        A real data set.
    pair : list of two feature names
    n_rows, n_bins : int
        Rows at most; cells along each feature.
    l2_strength : float
    **stop
        max_epochs and patience.

    Returns
    -------
    table : DataFrame
        first, second (middle of a cell), mean (effect there), size (rows).
    plan : dict
    """
    data, X, y, masks = real_rows(name, [0], n_rows, seed)
    members = [data.features.index(feature) for feature in pair]
    with seeded(6_000_000 + seed):
        model = InteractionGAM(X.shape[-1], [members])
    ensemble = Ensemble([model], device=device).fit(
        X[0],
        y[0],
        train=masks[0, 0],
        validation=masks[1, 0],
        penalty=l2(l2_strength, on=GAM_WEIGHTS),
        optimizer=Adam(lr=1e-2),
        schedule=exponential(0.9),
        seeds=seed,
        **stop,
    )
    with torch.no_grad():
        inputs = torch.as_tensor(X[0]).float()
        effect = ensemble.network(0).of_sets(inputs)[:, 0, 0].numpy()  # type: ignore[operator]  # a method
    order = real_order(n_rows, len(data.X), 0, seed)
    cells = {"effect": effect - effect.mean()}
    for axis, feature in zip(("first", "second"), pair, strict=True):
        cells[axis] = cell_middles(data.X[feature].to_numpy()[order], n_bins)
    grouped = pd.DataFrame(cells).groupby(["first", "second"])["effect"]
    return grouped.agg(["mean", "size"]).reset_index(), ensemble.plan_


def cell_middles(values: np.ndarray, n_bins: int) -> np.ndarray:
    """Return the middle of the cell that each value lies in, cells of equal width."""
    edges = np.linspace(values.min(), values.max(), n_bins + 1)
    number = np.clip(np.digitize(values, edges) - 1, 0, n_bins - 1)
    return ((edges[1:] + edges[:-1]) / 2)[number]


def left_by_additive_fit(cells: pd.DataFrame) -> float:
    """Return the share of a surface's variance that row and column means leave.

    cells : from `place_surface`; weighted by `size`
    """
    rows = pd.get_dummies(cells["first"], dtype=float)
    columns = pd.get_dummies(cells["second"], dtype=float)
    design = np.hstack([rows, columns])
    root = np.sqrt(cells["size"].to_numpy())
    fit = np.linalg.lstsq(design * root[:, None], cells["mean"] * root, rcond=None)[0]
    centred = cells["mean"] - np.average(cells["mean"], weights=cells["size"])
    left = cells["mean"] - design @ fit
    total = np.sum(cells["size"] * centred**2)
    return float(np.sum(cells["size"] * left**2) / total) if total else 0.0


def additive_fit_text(cells: pd.DataFrame, source: str) -> str:
    """Return `left_by_additive_fit` as a sentence; source says where it comes from."""
    share = left_by_additive_fit(cells)
    return f"The additive fit leaves **{share:.0%}** of the map's variance ({source})."
