"""Networks with a Poisson loss and a softplus output: an unpublished check."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch

from helpers import checks
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, l1, warmup_cosine
from helpers.networks.cnn import SoftplusCNN
from helpers.significance.held_out import paired_test, unpaired_test
from helpers.studies.false_positives.measures import (
    correlation,
    held_out,
    predict_sets,
    seen_effects,
)
from helpers.studies.false_positives.worlds import bound, observed, sequences
from helpers.truth.responses import rate
from helpers.truth.sequences import knock_out, select_pairs

N_ERROR = 2_000  # test sequences on which predicted and expected counts are compared


def poisson_loss(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Return the Poisson loss of an expected count, per row of the last axis."""
    output = output.clamp(min=1e-6)
    return (output - target * output.log()).mean(-1)


# All arguments of a stored step are its key, hence so many.
def train_with_poisson_loss(  # the arguments of a stored step are its key
    *,
    head: str,
    l1_strengths: Sequence[float],
    n_networks: int,
    n_train: int,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    n_test: int,
    n_pairs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train networks with a softplus output on additive data, and test them.

    Parameters
    ----------
    head : str
        One of `SoftplusCNN.HEADS`.
    l1_strengths : list of float
    n_networks : int
        For each L1 strength.
    n_train : int
        Sequences; a tenth of them more choose the best weights.
    learning_rate : float
    batch_size, epochs : int
    n_test : int
        Sequences among which motif pairs are looked for.
    n_pairs : int
        That are tested, at most.
    seed : int
    device : str

    Returns
    -------
    DataFrame
        One row a network: head, l1, rmse (to the expected count), size, r, mean
        change, paired, unpaired.
    """
    checks.not_empty(l1_strengths=l1_strengths)
    n = n_train + n_train // 10
    runs = [(k, r) for k in l1_strengths for r in range(n_networks)]
    numbers = [10_000 * seed + 8_000 + i for i in range(len(runs))]
    networks = [SoftplusCNN(head, seed=i) for i in numbers]
    ensemble = Ensemble(networks, device=device).fit(
        sequences(0, n, seed).sequences,
        observed(0, n, seed, "valid", 0.0),
        validation=np.arange(n) >= n_train,
        loss=poisson_loss,
        penalty=l1([k for k, _ in runs], on=SoftplusCNN.KERNELS),
        optimizer=Adam(lr=learning_rate),
        schedule=warmup_cosine(0.1),
        batch_size=batch_size,
        max_epochs=epochs,
        patience=epochs,
        stopping="objective",
        seeds=numbers,
    )

    def predict(dna: np.ndarray) -> np.ndarray:
        return ensemble.predict(dna)[..., 0]

    test = sequences(1, n_test, seed)
    rows = select_pairs(test)[:n_pairs]
    knocked = {"motifs": (1, rows, knock_out(test[rows], seed=[seed, 7]))}
    seen = seen_effects(predict_sets(predict, knocked)["motifs"])
    losses = held_out(seen, observed(1, n_test, seed, "valid", 0.0)[rows], "poisson")
    expected = rate(bound(1, n_test, seed, "valid")[:N_ERROR])
    errors = predict(test.sequences[:N_ERROR]) - expected
    return pd.DataFrame(
        {
            "head": head,
            "l1": [k for k, _ in runs],
            "rmse": np.sqrt(np.mean(errors**2, axis=1)),
            "size": np.abs(seen.interaction).mean(axis=1),
            "r": [
                correlation(main, effect)
                for main, effect in zip(seen.additive, seen.interaction, strict=True)
            ],
            "mean change": losses.change.mean(axis=1),
            "paired": paired_test(losses)["p"],
            "unpaired": unpaired_test(losses)["p"],
        }
    )
