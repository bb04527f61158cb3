"""Figure 10 and Table 5: hundreds of features, an outcome of low rank.

L1 acts as a slope inside Adam here, as everywhere else in the study: it makes weights
small. `sparse` holds Fig 10 with a step that makes them zero.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from helpers import evaluation
from helpers.data.splits import standardise
from helpers.detectors import weights
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, exponential, l1
from helpers.networks.mlp import INTERACTION_WEIGHTS
from helpers.studies.nid.training import networks_from
from helpers.studies.nid.worlds import thirds
from helpers.truth.sparse_models import SparseData, quadratic_model

#: Fig 10 as published, with L1 as a slope.
FIG_10 = {
    "n_factors": 5,
    "density": 0.02,
    "binary": False,
    "hidden": [500, 400, 300, 200, 100],
    "univariate": [10, 10, 10],
    "strength": 5e-5,
    "learning_rate": 1e-3,
}
#: Networks of Tables 5 and 6. They may stand still for ten epochs before they find the
#: first interaction, so they wait for thirty; strength and rate as `slim` chose them.
SLIM = {
    "hidden": [100, 60, 20],
    "univariate": [],
    "strength": 5e-4,
    "learning_rate": 3e-3,
    "patience": 30,
}
#: Table 5 as published.
TABLE_5 = {"n_factors": 2, "density": 0.05, "binary": True, **SLIM}


def screen_products(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return each pair's |covariance| of x_i x_j with what a linear fit leaves of y.

    Pairs in the order of `all_pairs`.
    """
    design = np.column_stack([np.ones(len(X)), X])
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return np.abs(X.T @ (X * left[:, None]))[np.triu_indices(X.shape[1], 1)]


def train_on_thirds(  # the arguments of a stored step are its key
    drawn: Sequence[SparseData],
    *,
    hidden: Sequence[int],
    univariate: Sequence[int],
    strength: float,
    loss: str,
    learning_rate: float,
    max_epochs: int,
    patience: int,
    seed: int,
    device: Device,
) -> tuple[Ensemble, np.ndarray, np.ndarray]:
    """Train one MLP-M for each data set: first third; the second one stops it.

    The settings are those of the two steps that call it.

    Returns
    -------
    ensemble : Ensemble
    X, y : arrays, shape (n_networks, n_samples // 3, ...)
        The training thirds.
    """
    X = np.stack([data.X for data in drawn])
    y = np.stack([data.y for data in drawn])
    train, validation, _ = thirds(X.shape[1])
    if loss == "mse":
        y = np.stack([standardise(one, np.flatnonzero(train)).values for one in y])
    first = 3_000_000 + 10_000 * seed
    networks = networks_from(
        range(first, first + len(drawn)),
        "MLP-M",
        X.shape[-1],
        hidden=hidden,
        univariate=univariate,
    )
    ensemble = Ensemble(networks, device=device).fit(
        X,
        y,
        own_X=True,
        own_y=True,
        train=train,
        validation=validation,
        loss=loss,
        penalty=l1(strength, on=INTERACTION_WEIGHTS),
        optimizer=Adam(lr=learning_rate),
        schedule=exponential(0.95),
        max_epochs=max_epochs,
        patience=patience,
        seeds=10_000 * seed,
    )
    return ensemble, X[:, train], y[:, train]


def rank_quadratic(
    *,
    trials: Sequence[int],
    n_samples: int,
    n_features: int,
    n_factors: int,
    density: float,
    binary: bool,
    device: Device = "auto",
    **fit: Any,
) -> tuple[pd.DataFrame, dict]:
    """Return the AUC of NID and of product screening for each data set.

    Parameters
    ----------
    trials : list of int
    n_samples, n_features, n_factors : int
    density : float
    binary : bool
        As for `quadratic_model`.
    **fit
        hidden, univariate, strength, learning_rate, max_epochs, patience and seed of
        `train_on_thirds`.

    Returns
    -------
    table : DataFrame
        trial, training_rows, validation_loss, true_pairs, nid, screening, best_epoch.
    plan : dict
    """
    drawn = [
        quadratic_model(
            n_samples,
            n_features,
            n_factors=n_factors,
            density=density,
            binary=binary,
            seed=1_000 * fit["seed"] + trial,
        )
        for trial in trials
    ]
    loss = "binary_cross_entropy" if binary else "mse"
    ensemble, X, y = train_on_thirds(drawn, loss=loss, device=device, **fit)
    rows = []
    for i, (trial, data) in enumerate(zip(trials, drawn, strict=True)):
        pairs = weights.nid_pairs(ensemble.network(i))
        truth = evaluation.pair_labels(pairs.sets, data.sets)
        rows.append(
            {
                "trial": trial,
                "training_rows": len(X[i]),
                "validation_loss": ensemble.best_loss_[i],
                "true_pairs": data.n_pairs,
                "nid": roc_auc_score(truth, pairs.scores),
                "screening": roc_auc_score(truth, screen_products(X[i], y[i])),
                "best_epoch": ensemble.best_epoch_[i],
            }
        )
    return pd.DataFrame(rows), ensemble.plan_


def quadratic_table(table: pd.DataFrame, published: str) -> pd.DataFrame:
    """Return mean AUCs by number of training rows, as text, the published one first.

    table : from `rank_quadratic`
    """
    rows = [{"Learned from": "published", "NID on MLP-M": published}]
    for n, group in table.groupby("training_rows"):
        better = int((group["screening"] > group["nid"]).sum())
        rows.append(
            {
                "Learned from": f"{n:,} rows",
                "NID on MLP-M": mean_and_spread(group["nid"]),
                "product screening": mean_and_spread(group["screening"]),
                "screening better": f"{better} of {len(group)}",
                "validation loss": f"{group['validation_loss'].mean():.2f}",
            }
        )
    return pd.DataFrame(rows).fillna("–")


def most_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the largest training part."""
    return table[table["training_rows"] == table["training_rows"].max()]


def recorded(table: pd.DataFrame) -> dict:
    """Return what the comparison takes from Table 5: the mean AUC at most rows."""
    auc = most_rows(table)["nid"].mean()
    return {"table5.nid.auc": auc, "table5.nid.not-below-fhim": auc}


def true_pairs_text(table: pd.DataFrame | None) -> str:
    """Return a sentence on how many pairs are true, none without a table."""
    if table is None:
        return ""
    least, most = table["true_pairs"].min(), table["true_pairs"].max()
    return f"AUC over all pairs, of which {least} to {most} are true."


def mean_and_spread(values: pd.Series) -> str:
    """Return mean ± standard deviation as text; one value alone without spread."""
    spread = f" ± {values.std():.3f}" if len(values) > 1 else ""
    return f"{values.mean():.3f}{spread}"
