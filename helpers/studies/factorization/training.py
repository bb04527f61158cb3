"""Train one network a fold, all at once, and put what was measured into a table.

Every result of the study is a tidy table: one number of one network in a row, and what
it is a number of in columns of their own (`WHERE`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from helpers import checks
from helpers.data.splits import Folds
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, RMSprop, exponential, l2

#: What a number may be of, beside its network: column and type. Where a row has no
#: such thing, a number is -1 and text is left out.
WHERE = {
    "kind": str,
    "cell": str,
    "target": int,
    "epoch": int,
    "filter": int,
    "other": int,
    "position": int,
    "base": int,
    "motif": str,
    "first": str,
    "second": str,
    "detail": str,
}
#: Settings of RMSprop as in Keras, the likely framework of the thesis.
KERAS = {"alpha": 0.9, "eps": 1e-7}


@dataclass(frozen=True)
class Recipe:
    """How networks are trained.

    Parameters
    ----------
    rate, decay : float
        Learning rate, and its factor from epoch to epoch.
    batch_size, epochs : int
    patience : int, optional
        Default: never stop early.
    optimizer : {"adam", "rmsprop"}
    penalty : float
        Times the sum of squares of the filters.
    """

    rate: float = 0.01
    decay: float = 0.95
    batch_size: int = 500
    epochs: int = 20
    patience: int | None = None
    optimizer: str = "adam"
    penalty: float = 0.0

    def __post_init__(self) -> None:
        checks.one_of("optimizer", self.optimizer, ("adam", "rmsprop"))
        checks.integer("batch_size", self.batch_size, at_least=1)
        checks.integer("epochs", self.epochs, at_least=1)
        checks.number("penalty", self.penalty, at_least=0)


def train(
    networks: Sequence,
    X: np.ndarray,
    y: np.ndarray,
    parts: Folds,
    recipe: Recipe,
    *,
    own_X: bool = False,
    device: Device = "auto",
    seed: int = 0,
) -> Ensemble:
    """Train one network a fold, all at once; each keeps its best validation weights.

    Parameters
    ----------
    networks : sequence of nn.Module
        As many as there are folds in `parts`.
    X, y : array
        Base numbers (n, length), or other inputs; labels (n, n_targets).
    parts : Folds
    recipe : Recipe
    own_X : bool
        Whether X has the network on axis 0.
    """
    adam = recipe.optimizer == "adam"
    method = Adam(lr=recipe.rate) if adam else RMSprop(lr=recipe.rate, **KERAS)
    return Ensemble(networks, device=device).fit(
        X,
        y,
        own_X=own_X,
        train=parts.train,
        validation=parts.validation,
        loss="binary_cross_entropy",
        penalty=l2(recipe.penalty, on="filters") if recipe.penalty else None,
        optimizer=method,
        schedule=exponential(recipe.decay),
        batch_size=recipe.batch_size,
        max_epochs=recipe.epochs,
        patience=recipe.epochs if recipe.patience is None else recipe.patience,
        seeds=seed,
    )


def areas(
    ensemble: Ensemble,
    X: np.ndarray,
    y: np.ndarray,
    test: np.ndarray,
    *,
    own_X: bool = False,
) -> np.ndarray:
    """Return the area under the ROC curve, shape (n_networks, n_targets).

    Parameters
    ----------
    test : array of bool, shape (n_networks, n)
        Rows each network is judged on.
    """
    scores = ensemble.predict(X, own_X=own_X)  # (n_networks, n, n_targets)
    return np.array(
        [
            [roc_auc_score(y[rows, k], score[rows, k]) for k in range(y.shape[1])]
            for score, rows in zip(scores, test, strict=True)
        ]
    )


def row(network: int, measure: str, value: float, **where: Any) -> dict:
    """Return one row; what the number is of is named as in `WHERE`."""
    return {"network": network, "measure": measure, "value": value, **where}


def table(rows: list[dict], columns: Sequence[str] = (), **about: Any) -> pd.DataFrame:
    """Return rows as a data frame: network, measure, columns of `WHERE`, value.

    Parameters
    ----------
    rows : list of dict
        As `row` makes them.
    columns : sequence of str
        Names in `WHERE`, in its order: the same for all parts of a step.
    about
        Settings that are repeated in every row, behind the value.
    """
    names = ["network", "measure", *columns, "value"]
    missing = {key for one in rows for key in one} - set(names)
    if missing:
        raise ValueError(f"columns must hold {sorted(missing)[0]!r}; got {columns}.")
    found = pd.DataFrame(rows, columns=names)
    for name in columns:
        if WHERE[name] is int:
            found[name] = found[name].fillna(-1).astype(int)
        else:
            found[name] = found[name].astype(object)
    return found.astype({"network": int, "value": float}).assign(**about)


def measured(
    ensemble: Ensemble, X: np.ndarray, y: np.ndarray, parts: Folds
) -> list[dict]:
    """Return rows of areas, best epochs and validation losses."""
    rows = []
    for i, of_targets in enumerate(areas(ensemble, X, y, parts.test)):
        rows += [row(i, "auc", area, target=k) for k, area in enumerate(of_targets)]
        rows.append(row(i, "epoch", ensemble.best_epoch_[i]))
    return rows + curve(ensemble, range(len(parts.test)))


def curve(ensemble: Ensemble, numbers: Sequence[int], **where: Any) -> list[dict]:
    """Return rows of the validation loss by epoch.

    Parameters
    ----------
    numbers : sequence of int
        Of the networks, in the order of the ensemble.
    """
    history = ensemble.history_
    return [
        row(numbers[network], "curve", loss, epoch=epoch, **where)
        for network, epoch, loss in zip(
            history["network"],
            history["epoch"],
            history["validation_loss"],
            strict=True,
        )
    ]
