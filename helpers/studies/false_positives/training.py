"""The networks of the study: trained many at a time, then described."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from torch import nn

from helpers import checks
from helpers.data.kinds import Predict
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, constant, l1, warmup_cosine
from helpers.networks.cnn import CNN
from helpers.studies.false_positives.measures import describe, predict_sets
from helpers.studies.false_positives.worlds import (
    CONTROLS,
    Sizes,
    knock_out_sets,
    observed,
    sequences,
)
from helpers.truth.responses import anscombe, inverse_anscombe

RECIPES = ("published", "fast")
IN_FIVES = ("valid", "positive")  # stored in parts of five networks; else of fifteen


def recipe_arguments(recipe: str) -> dict:
    """Return optimiser and schedule of a recipe.

    published: Adam at a constant rate of 0.001. fast: ten times the rate, annealed.
    """
    if checks.one_of("recipe", recipe, RECIPES) == "published":
        return {"optimizer": Adam(lr=1e-3, eps=1e-7), "schedule": constant()}
    return {"optimizer": Adam(lr=1e-2, eps=1e-7), "schedule": warmup_cosine(0.1)}


def fit(
    networks: Sequence[nn.Module],
    X: np.ndarray,
    y: np.ndarray,
    *,
    l1_strengths: Sequence[float] | np.ndarray,
    recipe: str,
    own: bool = False,
    device: Device = "auto",
    **training: Any,
) -> tuple[Predict, Ensemble]:
    """Train networks on counts.

    Parameters
    ----------
    networks : list of CNN
    X : array, shape (n, length), or (n_networks, n, length) if `own`
        Sequences.
    y : array, shape (n_networks, n)
        Counts.
    l1_strengths : sequence of float, length n_networks
    recipe : {"published", "fast"}
        fast also standardises each network's target, and its penalty with it.
    own : bool
        Whether every network has sequences of its own.
    device : str
    training
        Handed on to `Ensemble.fit`.

    Returns
    -------
    function, Ensemble
        The function takes sequences and returns counts, shape (n_networks, n).
    """
    z = anscombe(y)
    centre, scale = np.zeros((len(z), 1)), np.ones((len(z), 1))
    if recipe == "fast":
        centre, scale = z.mean(axis=1, keepdims=True), z.std(axis=1, keepdims=True)
    penalties = np.asarray(l1_strengths) / scale[:, 0] ** 2  # the loss shrinks so too
    ensemble = Ensemble(networks, device=device).fit(
        X,
        (z - centre) / scale,
        own_X=own,
        own_y=True,
        penalty=l1(penalties, on=CNN.KERNELS),
        stopping="objective",
        **(recipe_arguments(recipe) | training),
    )

    def predict(sequences: np.ndarray) -> np.ndarray:
        output = ensemble.predict(sequences, own_X=own)[..., 0]  # (n_networks, n)
        return inverse_anscombe(output * scale + centre)

    return predict, ensemble


def network_steps(
    paddings: Sequence[str],
    architectures: Sequence[str],
    l1_strengths: Sequence[float],
    n_networks: int,
    *,
    in_parts: bool,
) -> list[dict]:
    """Return the steps in which the networks of the study are trained and stored.

    Parameters
    ----------
    paddings, architectures : sequences of str
    l1_strengths : sequence of float
    n_networks : int
        For each architecture, L1 strength, padding and control.
    in_parts : bool
        Many networks are stored control by control and architecture by architecture; a
        few train fastest in one stack of both controls.

    Returns
    -------
    list of dict
        name, settings and parts, as `results.Store.stored_or_run` takes them.
    """
    steps = []
    for padding in paddings:
        for controls in [[c] for c in CONTROLS] if in_parts else [list(CONTROLS)]:
            small = in_parts and (padding, *controls) == IN_FIVES
            parts = parts_of(
                architectures,
                l1_strengths,
                n_networks,
                at_once=1 if small else len(l1_strengths),
            )
            steps.append(
                {
                    "name": "-".join(["networks", padding, *controls]),
                    "settings": {"padding": padding, "controls": controls},
                    "parts": parts,
                }
            )
    return steps


def parts_of(
    architectures: Sequence[str],
    l1_strengths: Sequence[float],
    n_networks: int,
    *,
    at_once: int,
) -> list:
    """Return the parts of one step: architectures, and `at_once` L1 strengths each.

    Networks of one architecture are numbered through, L1 strength by L1 strength.

    Returns
    -------
    list of dict
        architecture, l1_strengths, numbers, as `train_and_describe` takes them.
    """
    n_networks = checks.integer("n_networks", n_networks, at_least=1)
    strengths = list(l1_strengths)
    parts = []
    for architecture in architectures:
        for first in range(0, len(strengths), at_once):
            some = strengths[first : first + at_once]
            start = first * n_networks
            parts.append(
                {
                    "architecture": architecture,
                    "l1_strengths": some,
                    "numbers": list(range(start, start + len(some) * n_networks)),
                }
            )
    return parts


# All arguments of a stored step are its key, hence so many.
def train_and_describe(  # the arguments of a stored step are its key
    *,
    padding: str,
    controls: Sequence[str],
    architecture: str,
    l1_strengths: Sequence[float],
    numbers: Sequence[int],
    n_train: int,
    n_validation: int,
    n_test: int,
    n_controls: int,
    n_test_error: int,
    recipe: str,
    batch_size: int,
    max_epochs: int,
    patience: int,
    seed: int,
    device: Device = "auto",
) -> tuple[pd.DataFrame, dict]:
    """Train networks of one architecture, and describe them and their mean.

    Parameters
    ----------
    padding : {"valid", "same"}
    controls : list of str
        Both start from the same weights, as in the paper.
    architecture : {"arch1", "arch2", "arch3"}
    l1_strengths : list of float
    numbers : list of int
        Numbers of the networks, from which their initial weights and row order
        follow: as many for the first L1 strength as for the next.
    n_train, n_validation, n_test, n_controls, seed : int
        As in `worlds.Sizes`.
    n_test_error : int
        Test sequences for the mean squared error.
    recipe : {"published", "fast"}
    batch_size, max_epochs, patience : int
    device : str

    Returns
    -------
    DataFrame, dict
        As from `measures.describe`, with l1, repeat, epochs, control, padding and
        architecture (-1 for the mean of all networks of a control), and how the
        ensemble was cut into chunks.
    """
    sizes = Sizes(n_train, n_validation, n_test, n_controls, seed)
    runs = _runs(controls, l1_strengths, numbers)
    seeds = [10_000 * seed + int(number) for number in runs["network"]]
    labels = {
        c: observed(0, sizes.n_learning, seed, padding, CONTROLS[c]) for c in controls
    }
    predict, ensemble = fit(
        [CNN(architecture, padding=padding, seed=i) for i in seeds],
        sequences(0, sizes.n_learning, seed).sequences,
        np.stack([labels[control] for control in runs["control"]]),
        validation=sizes.validation,
        l1_strengths=runs["l1"],
        recipe=recipe,
        device=device,
        batch_size=batch_size,
        max_epochs=max_epochs,
        patience=patience,
        seeds=seeds,
    )
    runs["epochs"] = ensemble.best_epoch_
    predicted = predict_sets(predict, knock_out_sets(sizes))
    counts = predict(sequences(1, n_test, seed).sequences[:n_test_error])
    tables = []
    for control in controls:
        own = (runs["control"] == control).to_numpy()
        table = describe(
            {name: values[own] for name, values in predicted.items()},
            counts[own],
            padding=padding,
            strength=CONTROLS[control],
            sizes=sizes,
        )
        tables.append(named(table, runs[own], control))
    table = pd.concat(tables, ignore_index=True)
    return table.assign(padding=padding, architecture=architecture), ensemble.plan_


def named(table: pd.DataFrame, runs: pd.DataFrame, control: str) -> pd.DataFrame:
    """Return a description with the networks' own numbers and settings.

    Parameters
    ----------
    table : DataFrame
        As from `measures.describe`: networks counted from 0, -1 for their mean.
    runs : DataFrame
        One row a network, in the same order: network (its number), l1, repeat, epochs.
    control : str
    """
    numbers = dict(enumerate(runs["network"])) | {-1: -1}
    table = table.assign(network=table["network"].map(numbers))
    names = runs[["l1", "repeat", "network", "epochs"]]
    table = table.merge(names, on="network", how="left").assign(control=control)
    table = table.fillna({"l1": -1.0, "repeat": -1, "epochs": -1})  # of the mean
    return table.astype({"repeat": int, "epochs": int})


def _runs(
    controls: Sequence[str], l1_strengths: Sequence[float], numbers: Sequence[int]
) -> pd.DataFrame:
    """Return one row a network: control, l1, repeat, network."""
    checks.not_empty(l1_strengths=l1_strengths)
    if not numbers or len(numbers) % len(l1_strengths):
        raise ValueError(
            f"numbers must hold as many networks for each of the {len(l1_strengths)} "
            f"L1 strengths; got {len(numbers)}."
        )
    repeats = len(numbers) // len(l1_strengths)
    runs = pd.DataFrame(
        product(controls, l1_strengths, range(repeats)),
        columns=["control", "l1", "repeat"],
    )
    return runs.assign(network=list(numbers) * len(controls))
