"""Three small experiments on what first-layer weights cannot tell."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from torch import nn

from helpers.data.splits import standardise
from helpers.detectors import weights
from helpers.detectors.archdetect import archdetect
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, exponential, l1
from helpers.networks.mlp import INTERACTION_WEIGHTS
from helpers.studies.nid.training import networks_from

CLIQUE = "x1 x2 + x1 x3 + x2 x3"
CORRELATIONS = (0.0, 0.5, 0.9, 0.99)


def small_experiments(
    *, n_networks: int, n_rows: int, seed: int, device: Device = "auto"
) -> pd.DataFrame:
    """Train networks on functions that one can think through.

    Parameters
    ----------
    n_networks : int
        Of each experiment, different in their initial weights.
    n_rows, seed : int

    Returns
    -------
    DataFrame
        experiment (clique, sum, correlation), case, reading, network, value: whether
        {1,2,3} ranks first, or the strength of a pair that does not interact as a
        multiple of one that does.
    """
    rng = np.random.default_rng([seed, 9])
    rows = []

    def note(experiment: str, case: str, reading: str, values: Iterable[float]) -> None:
        for number, value in enumerate(values):
            rows.append([experiment, case, reading, number, float(value)])

    def train(X: np.ndarray, y: np.ndarray) -> tuple[list[nn.Module], np.ndarray]:
        return small_networks(X, y, n_networks, seed, device)

    X = rng.uniform(-1, 1, size=(n_rows, 5))
    x1, x2, x3, x4, _ = X.T
    for case, y in (
        (CLIQUE, x1 * x2 + x1 * x3 + x2 * x3),
        ("x1 x2 x3", x1 * x2 * x3),
    ):
        first = [next(iter(ranked(n)), ()) for n in train(X, y)[0]]
        hit = [members == (0, 1, 2) for members in first]
        note("clique", case, "{1,2,3} comes first", hit)

    networks, inputs = train(X, (x1 + x2) * (x3 + x4))
    for reading, ratios in both_readings(networks, inputs, (0, 1), (0, 2), seed):
        note("sum", "{1,2} / {1,3}", reading, ratios)

    normal = rng.normal(size=(n_rows, 5))
    for correlation in CORRELATIONS:
        Z, y = correlated(normal, correlation)
        networks, inputs = train(Z, y)
        for reading, ratios in both_readings(networks, inputs, (0, 1), (2, 3), seed):
            note("correlation", f"{correlation:g}", reading, ratios)
    columns = ["experiment", "case", "reading", "network", "value"]
    return pd.DataFrame(rows, columns=columns)


def correlated(normal: np.ndarray, correlation: float) -> tuple[np.ndarray, np.ndarray]:
    """Return features of which the first two are correlated, and an outcome.

    y = x1² / √2 + x3 x4 / 2: features 1 and 2 do not interact.
    """
    Z = normal.copy()
    rest = np.sqrt(1 - correlation**2)
    Z[:, 1] = correlation * Z[:, 0] + rest * Z[:, 1]
    return Z, Z[:, 0] ** 2 / np.sqrt(2) + Z[:, 2] * Z[:, 3] / 2


def ranked(network: nn.Module) -> Sequence[tuple[int, ...]]:
    """Return the sets of a network's pruned ranking."""
    return weights.prune(weights.nid_ranking(network)).sets


def both_readings(
    networks: Sequence[nn.Module],
    X: np.ndarray,
    pair: tuple[int, int],
    other: tuple[int, int],
    seed: int,
) -> list[tuple[str, list]]:
    """Return the strength of `pair` in units of `other`, by NID and by ArchDetect."""
    matrices = {
        "NID": [weights.nid_pairs(n).matrix() for n in networks],
        "ArchDetect": [archdetect(n, X, seed=seed).matrix() for n in networks],
    }
    return [
        (reading, [matrix[pair] / matrix[other] for matrix in every])
        for reading, every in matrices.items()
    ]


def small_networks(
    X: np.ndarray, y: np.ndarray, n_networks: int, seed: int, device: Device
) -> tuple[list[nn.Module], np.ndarray]:
    """Train MLPs of 64 and 32 units on one data set; return them and scaled X."""
    rows = np.arange(len(X))
    X = standardise(X, rows[rows < len(X) * 2 // 3]).values
    first = 5_000_000 + 1_000 * seed
    starts = range(first, first + n_networks)
    ensemble = Ensemble(
        networks_from(starts, "MLP", X.shape[1], hidden=(64, 32)), device=device
    ).fit(
        X,
        (y - y.mean()) / y.std(),
        validation=rows >= len(X) * 2 // 3,
        penalty=l1(5e-5, on=INTERACTION_WEIGHTS),
        optimizer=Adam(lr=1e-2),
        schedule=exponential(0.9),
        max_epochs=50,
        seeds=seed,
        progress=False,
    )
    return [ensemble.network(i) for i in range(n_networks)], X


def clique_is_one_set(table: pd.DataFrame) -> bool:
    """Return whether most networks rank {1,2,3} first for the clique of pairs."""
    mine = table[(table["experiment"] == "clique") & (table["case"] == CLIQUE)]
    return bool(mine["value"].mean() > 0.5)


def words(table: pd.DataFrame) -> str:
    """Say what the networks of `small_experiments` report, right or wrong."""
    clique = table[table["experiment"] == "clique"]
    wrong = clique["case"] == CLIQUE
    own = table[table["experiment"] == "correlation"]
    own = own.assign(case=own["case"].astype(float))
    by = own.groupby(["reading", "case"])["value"].agg(["mean", "min", "max"])
    none, most = own["case"].min(), own["case"].max()
    alone, rise = by.loc["NID", none], by["mean"]
    return (
        f"{{1,2,3}} comes first in {clique.loc[wrong, 'value'].mean():.0%} of the "
        "networks for the clique, where that is wrong, and in "
        f"{clique.loc[~wrong, 'value'].mean():.0%} for the product of three, where it "
        "is right. The pair {1,2} that does not interact has, *without any "
        f"correlation*, already {alone['mean']:.2f} of the strength of {{3,4}} by NID "
        f"({alone['min']:.2f} to {alone['max']:.2f}); at a correlation of {most:g} it "
        f"has {rise['NID', most]:.2f}. What correlation adds is the rise. ArchDetect "
        f"says {rise['ArchDetect', none]:.2f} and {rise['ArchDetect', most]:.2f}."
    )
