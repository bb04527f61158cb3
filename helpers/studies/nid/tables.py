"""Figure 5: the pairs of real tables, where nobody knows the truth."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from helpers import datasets
from helpers.detectors import weights
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, exponential, l1
from helpers.networks.mlp import INTERACTION_WEIGHTS
from helpers.significance.cutoff import rmse
from helpers.studies.nid.training import networks_from
from helpers.studies.nid.worlds import REAL, real_rows


def one_minus_auc(truth: np.ndarray, output: np.ndarray) -> float:
    """Return one minus the area under the ROC curve."""
    return 1 - roc_auc_score(truth, output)


def loss_and_error(task: str) -> tuple[str, Callable]:
    """Return the loss to train on and the error to report, of a kind of outcome."""
    if task == "regression":
        return "mse", rmse
    return "binary_cross_entropy", one_minus_auc


def available() -> tuple[dict[str, str], list[str]]:
    """Return the checksum of each real data set at hand, and notes for the page.

    A note says what is special about a copy, or why a data set is left out.
    """
    checksums, notes = {}, []
    for name, title in REAL.items():
        try:
            checksum, said = datasets.checksum(name), datasets.load(name).notes
        except datasets.DatasetUnavailable as reason:
            notes.append(f"```{{note}}\n{title} is left out: {reason}\n```")
            continue
        checksums[name] = checksum
        if said:
            notes.append(f"**{title}.** {said}")
    return checksums, notes


def read_real(
    *,
    name: str,
    trials: Sequence[int],
    n_rows: int,
    l1_strength: float,
    max_epochs: int,
    patience: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train MLP-M on random splits of a real data set; return all strengths.

    Returns
    -------
    table : DataFrame
        One row a trial and pair: trial, first, second (feature names), strength,
        test_error (of the trial).
    plan : dict
    """
    data, X, y, masks = real_rows(name, trials, n_rows, seed)
    loss, error = loss_and_error(data.task)
    starts = [2_000_000 + 10_000 * seed + trial for trial in trials]
    ensemble = Ensemble(networks_from(starts, "MLP-M", X.shape[-1]), device=device).fit(
        X,
        y,
        own_X=True,
        own_y=True,
        train=masks[0],
        validation=masks[1],
        loss=loss,
        penalty=l1(l1_strength, on=INTERACTION_WEIGHTS),
        optimizer=Adam(lr=1e-2),
        schedule=exponential(0.95),
        max_epochs=max_epochs,
        patience=patience,
        seeds=10_000 * seed,
    )
    outputs = ensemble.predict(X, own_X=True)[..., 0]
    tables = []
    for i, trial in enumerate(trials):
        test, pairs = masks[2, i], weights.nid_pairs(ensemble.network(i))
        columns = {
            "trial": trial,
            "first": [data.features[first] for first, _ in pairs.sets],
            "second": [data.features[second] for _, second in pairs.sets],
            "strength": pairs.scores,
            "test_error": error(y[i, test], outputs[i, test]),
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True), ensemble.plan_


def mean_matrix(table: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """Return feature names and the symmetric matrix of mean strengths."""
    names = list(dict.fromkeys([*table["first"], *table["second"]]))
    mean = table.groupby(["first", "second"])["strength"].mean()
    matrix = np.full((len(names), len(names)), np.nan)
    for (first, second), strength in mean.items():
        i, j = names.index(first), names.index(second)
        matrix[i, j] = matrix[j, i] = strength
    return names, matrix


def titled_maps(tables: dict[str, pd.DataFrame]) -> dict:
    """Return feature names and mean strengths by title of the data set."""
    return {REAL[name]: mean_matrix(table) for name, table in tables.items()}


def strongest(table: pd.DataFrame, count: int = 3) -> list[str]:
    """Return the strongest pairs of the mean over trials, as text."""
    mean = table.groupby(["first", "second"])["strength"].mean().nlargest(count)
    return [" × ".join(pair) for pair in mean.index]


def agreement(table: pd.DataFrame) -> float:
    """Return the mean rank correlation of the strengths between two splits."""
    wide = table.pivot_table("strength", index=["first", "second"], columns="trial")
    if wide.shape[1] < 2:
        return np.nan
    ranks = wide.corr("spearman").to_numpy()
    return ranks[np.triu_indices_from(ranks, 1)].mean()


def real_table(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a data set: strongest pairs, test error, agreement of splits.

    tables : results of `read_real` by name
    """
    return pd.DataFrame(
        {
            "Data": REAL[name],
            "Strongest pairs": "; ".join(strongest(table)),
            "Test error": table["test_error"].mean(),
            "Rank correlation between splits": agreement(table),
        }
        for name, table in tables.items()
    )


def real_orderings(tables: dict[str, pd.DataFrame]) -> dict:
    """Return what the comparison takes from Fig 5."""
    values = {}
    if "california_housing" in tables:
        pair = set(strongest(tables["california_housing"], 1)[0].split(" × "))
        values["fig5.cal-housing.top-pair"] = pair == {"Latitude", "Longitude"}
    if set(tables) == set(REAL):
        matrices = {name: mean_matrix(table)[1] for name, table in tables.items()}
        density = {
            name: np.nanmedian(matrix) / np.nanmax(matrix)
            for name, matrix in matrices.items()
        }
        densest = max(density, key=density.get)  # type: ignore[arg-type]  # a key of names
        values["fig5.letter.densest"] = densest == "letter_recognition"
    return values
