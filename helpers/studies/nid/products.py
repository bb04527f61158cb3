"""Table 6: pure products, without the main effects that other methods start from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from torch import nn

from helpers import evaluation
from helpers.data.kinds import Sets
from helpers.detectors import weights
from helpers.detectors.hierarchical_lasso import hierarchical_lasso
from helpers.device import Device
from helpers.studies.nid.wide import (
    SLIM,
    mean_and_spread,
    screen_products,
    train_on_thirds,
)
from helpers.truth.sparse_models import product_model

#: The declared design of Table 6.
TABLE_6 = {"n_features": 20, "cut_off": 1e-3, **SLIM}
ORDERS = (2, 3, 4, 5)
LASSO_ROWS = 2_000  # of the training rows, for the lasso's 210 columns


def find_products(
    *,
    trials: Sequence[int],
    n_samples: int,
    n_features: int,
    cut_off: float,
    device: Device = "auto",
    **fit: Any,
) -> pd.DataFrame:
    """Return precision and recall by order, and AUC of pairs by method, long.

    Parameters
    ----------
    trials : list of int
    n_samples, n_features : int
    cut_off : float
        Sets of a strength above it are proposed.
    **fit
        hidden, univariate, strength, learning_rate, max_epochs, patience and seed of
        `train_on_thirds`.

    Returns
    -------
    table : DataFrame
        trial, kind (precision, recall, auc), of (an order, or a method), value.
        Without proposals of an order there is no precision.
    plan : dict
    """
    drawn = [
        product_model(
            n_samples, n_features, orders=ORDERS, seed=1_000 * fit["seed"] + trial
        )
        for trial in trials
    ]
    ensemble, X, y = train_on_thirds(drawn, loss="mse", device=device, **fit)
    rows = []
    for i, (trial, data) in enumerate(zip(trials, drawn, strict=True)):
        network = ensemble.network(i)
        rows += by_order(trial, network, data.sets, cut_off)
        rows += by_method(trial, network, X[i], y[i], data.sets)
    columns = ["trial", "kind", "of", "value"]
    return pd.DataFrame(rows, columns=columns), ensemble.plan_


def by_order(
    trial: int, network: nn.Module, true_sets: Sets, cut_off: float
) -> list[tuple]:
    """Return precision and recall of the proposed sets of each order."""
    truth = [frozenset(s) for s in true_sets]
    ranking = weights.nid_ranking(network, max_order=max(ORDERS))
    proposed = [
        frozenset(s)
        for s, score in zip(ranking.sets, ranking.scores, strict=True)
        if score > cut_off
    ]
    rows = []
    for order in ORDERS:
        mine = [s for s in proposed if len(s) == order]
        inside = sum(any(s <= t for t in truth) for s in mine)
        if mine:
            rows.append((trial, "precision", str(order), inside / len(mine)))
        found = set(mine) & set(truth)
        wanted = [t for t in truth if len(t) == order]
        rows.append((trial, "recall", str(order), len(found) / len(wanted)))
    return rows


def by_method(
    trial: int, network: nn.Module, X: np.ndarray, y: np.ndarray, true_sets: Sets
) -> list[tuple]:
    """Return the AUC of the pairs inside true sets, by method."""
    pairs, few = weights.nid_pairs(network), slice(0, LASSO_ROWS)
    inside = evaluation.pair_labels(pairs.sets, true_sets)
    lasso = hierarchical_lasso(
        X[few], y[few], hierarchy="strong", n_penalties=10, seed=trial
    )
    return [
        (trial, "auc", method, roc_auc_score(inside, scores))
        for method, scores in (
            ("NID", pairs.scores),
            ("product screening", screen_products(X, y)),
            ("hierarchical lasso", lasso.scores),
        )
    ]


def order_table(products: pd.DataFrame) -> pd.DataFrame:
    """Return mean precision and recall by order, as text."""
    means = products.groupby(["kind", "of"])["value"].mean()

    def share(kind: str, order: int) -> str:
        return f"{means[kind, str(order)]:.0%}" if (kind, str(order)) in means else "–"

    return pd.DataFrame(
        {
            "Order": order,
            "precision": share("precision", order),
            "recall": share("recall", order),
        }
        for order in ORDERS
    )


def method_table(products: pd.DataFrame) -> pd.DataFrame:
    """Return mean and spread of the AUC of the pairs inside the products, as text."""
    values = products[products["kind"] == "auc"].groupby("of", sort=False)["value"]
    return pd.DataFrame(
        {
            "Method": method,
            "AUC of the pairs inside the products": mean_and_spread(own),
        }
        for method, own in values
    )
