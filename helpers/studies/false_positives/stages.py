"""Networks stopped at different stages of training, and what the tests then say."""

from itertools import product

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.kinds import Predict
from helpers.device import Device
from helpers.ensemble import constant
from helpers.networks.cnn import CNN
from helpers.significance.held_out import paired_test, unpaired_test
from helpers.studies.false_positives.measures import (
    held_out,
    predict_sets,
    seen_effects,
)
from helpers.studies.false_positives.training import fit
from helpers.studies.false_positives.worlds import (
    CONTROLS,
    Sizes,
    knock_out_sets,
    observed,
    sequences,
)
from helpers.truth.responses import LOWEST_COUNT, anscombe

STAGES = ("annealed", "constant")


# All arguments of a stored step are its key, hence so many.
def train_in_stages(  # the arguments of a stored step are its key
    *,
    stage: str,
    epochs: int,
    n_networks: int,
    n_train: int,
    n_validation: int,
    n_test: int,
    n_controls: int,
    n_test_error: int,
    batch_size: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train networks for a number of epochs; return their error and p-values.

    Parameters
    ----------
    stage : {"annealed", "constant"}
        Whether the learning rate falls to zero, or is cut off in full flight.
    epochs : int
    n_networks : int
        For each control; those of both start from the same weights.
    n_train, n_validation, n_test, seed : int
        As in `worlds.Sizes`.
    n_controls : int
        Motif pairs that are tested.
    n_test_error, batch_size : int
    device : str

    Returns
    -------
    DataFrame
        control, network, mse, size, median change, paired, unpaired, stage, epochs.
    """
    checks.one_of("stage", stage, STAGES)
    sizes = Sizes(n_train, n_validation, n_test, n_controls, seed)
    runs = pd.DataFrame(
        product(CONTROLS, range(n_networks)), columns=["control", "network"]
    )
    seeds = [10_000 * seed + 5_000 + int(i) for i in runs["network"]]
    schedule = {} if stage == "annealed" else {"schedule": constant()}
    labels = {
        control: observed(0, sizes.n_learning, seed, "valid", strength)
        for control, strength in CONTROLS.items()
    }
    predict, _ = fit(
        [CNN("arch1", seed=i) for i in seeds],
        sequences(0, sizes.n_learning, seed).sequences,
        np.stack([labels[control] for control in runs["control"]]),
        validation=sizes.validation,
        l1_strengths=np.zeros(len(runs)),
        recipe="fast",
        device=device,
        batch_size=batch_size,
        max_epochs=epochs,
        patience=epochs,
        seeds=seeds,
        **schedule,  # type: ignore[arg-type]  # that, or nothing
    )
    tables = [
        runs[runs["control"] == control].assign(**columns)
        for control, columns in _judged(predict, runs, sizes, n_test_error).items()
    ]
    table = pd.concat(tables, ignore_index=True)
    return table.assign(stage=stage, epochs=epochs)


def _judged(
    predict: Predict, runs: pd.DataFrame, sizes: Sizes, n_test_error: int
) -> dict:
    """Return {control: {column: values}} of trained networks."""
    part, rows, four = knock_out_sets(sizes)["motifs"]
    n = sizes.n_controls
    seen = predict_sets(predict, {"motifs": (part, rows[:n], four[:, :, :n])})["motifs"]
    test = sequences(1, sizes.n_test, sizes.seed).sequences[:n_test_error]
    fits = predict(test).clip(LOWEST_COUNT)
    found = {}
    for control, strength in CONTROLS.items():
        own = (runs["control"] == control).to_numpy()
        counts = observed(1, sizes.n_test, sizes.seed, "valid", strength)
        effect = seen_effects(seen[own])
        losses = held_out(effect, counts[rows[:n]])
        errors = anscombe(fits[own]) - anscombe(counts[:n_test_error])
        found[control] = {
            "mse": np.mean(errors**2, axis=1),
            "size": np.abs(effect.interaction).mean(axis=1),
            "median change": np.median(losses.change, axis=1),
            "paired": paired_test(losses)["p"].to_numpy(),
            "unpaired": unpaired_test(losses)["p"].to_numpy(),
        }
    return found
