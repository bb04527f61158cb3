"""Perceptrons on an additive table: the other unpublished check."""

import numpy as np
import pandas as pd
import torch
from scipy import stats

from helpers import checks
from helpers.data.kinds import Predict
from helpers.device import Device, seeded
from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.mlp import MLP
from helpers.significance.held_out import paired_test, unpaired_test
from helpers.studies.false_positives.measures import correlation, held_out
from helpers.truth.responses import Effects, effects

L1_STRENGTHS = (0.1, 0.01, 0.001, 0.0001, 0.0)
COLUMN_X, COLUMN_Y = 3, 4  # of u, v, w, x, y: the pair that is tested


def additive_table(n_rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return five exponential features, w + x + y, and that with normal noise.

    Returns
    -------
    array, shape (n_rows, 5); array, shape (n_rows,); array, shape (n_rows,)
        u, v, w, x, y; the truth; the outcome.
    """
    checks.integer("n_rows", n_rows, at_least=100)
    rng = np.random.default_rng([seed, 31])
    X = rng.exponential(size=(n_rows, 5))
    truth = X[:, 2:].sum(axis=1)
    return X, truth, truth + rng.normal(size=n_rows)


def pair_effects(predict: Predict, X: np.ndarray) -> Effects:
    """Return the effects of x and y, each knocked out by setting it to zero.

    Parameters
    ----------
    predict : callable
        Rows (n, 5) -> predictions (n_networks, n).
    X : array, shape (n, 5)
    """
    values = []
    for x_kept, y_kept in ((0, 0), (0, 1), (1, 0), (1, 1)):
        knocked = X.copy()
        knocked[:, COLUMN_X] *= x_kept
        knocked[:, COLUMN_Y] *= y_kept
        values.append(predict(knocked))  # (n_networks, n)
    return effects(np.stack(values, axis=1).reshape(len(values[0]), 2, 2, -1))


def train_on_table(
    *, n_rows: int, n_networks: int, max_epochs: int, seed: int, device: Device = "auto"
) -> pd.DataFrame:
    """Train perceptrons on an additive table and test the interaction of x and y.

    Two thirds of the rows are fitted, the last fifth is tested.

    Parameters
    ----------
    n_rows : int
    n_networks : int
        For each of the five L1 strengths.
    max_epochs : int
        Of training; the last weights count.
    seed : int
    device : str

    Returns
    -------
    DataFrame
        One row a network: l1, mse to the truth, size, r of interaction and main-effect
        error, and p-values of three tests.
    """
    X, truth, outcome = additive_table(n_rows, seed)
    n_fitted, first_test = n_rows * 2 // 3, n_rows * 4 // 5
    strengths = [k for k in L1_STRENGTHS for _ in range(n_networks)]
    networks = [_as_keras_starts(10_000 * seed + i) for i in range(len(strengths))]
    ensemble = Ensemble(networks, device=device).fit(
        X[:n_fitted],
        outcome[:n_fitted],
        penalty=l1(strengths, on=["layers.0.weight", "layers.1.weight"]),
        optimizer=Adam(lr=1e-3, eps=1e-7),
        batch_size=200,
        max_epochs=max_epochs,
        stopping=None,
        seeds=10_000 * seed,
    )
    X, truth, outcome = X[first_test:], truth[first_test:], outcome[first_test:]
    seen = pair_effects(lambda rows: ensemble.predict(rows)[..., 0], X)
    losses = held_out(seen, outcome, "mse")
    against_zero = [
        stats.mannwhitneyu(d, np.zeros_like(d), alternative="greater").pvalue
        for d in losses.change
    ]
    main = X[:, COLUMN_X] + X[:, COLUMN_Y]
    return pd.DataFrame(
        {
            "l1": strengths,
            "mse to the truth": np.mean((seen.intact - truth) ** 2, axis=1),
            "size": np.abs(seen.interaction).mean(axis=1),
            "r, repair": [
                correlation(main - a, i)
                for a, i in zip(seen.additive, seen.interaction, strict=True)
            ],
            "paired": paired_test(losses)["p"],
            "against zeros": against_zero,
            "unpaired": unpaired_test(losses)["p"],
        }
    )


def _as_keras_starts(seed: int) -> MLP:
    """Return a perceptron with the initial weights that Keras gives it."""
    with seeded(seed):
        network = MLP(5, hidden=(100, 100))
        for layer in network.layers:
            torch.nn.init.xavier_uniform_(layer.weight)  # type: ignore[arg-type]  # torch: Tensor or Module
            torch.nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # torch: Tensor or Module
    return network
