"""Train one network a fold, all at once, and put what was measured into a table.

Every result of the study is a tidy table with the columns of `COLUMNS`: one number of
one network.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from helpers import checks
from helpers.data.splits import Folds
from helpers.ensemble import Adam, Ensemble, RMSprop, exponential, l2

COLUMNS = ("network", "measure", "detail", "value")
#: Settings of RMSprop as in Keras, the likely framework of the thesis.
KERAS = {"alpha": 0.9, "eps": 1e-7}


def train(
    networks: Sequence,
    X,
    y,
    parts: Folds,
    *,
    rate: float = 1e-2,
    decay: float = 0.95,
    batch_size: int = 500,
    epochs: int = 20,
    patience: int | None = None,
    optimizer: str = "adam",
    penalty: float = 0.0,
    own_X: bool = False,
    device: str = "cpu",
    seed: int = 0,
    progress: bool = True,
) -> Ensemble:
    """Train one network a fold, all at once; each keeps its best validation weights.

    Parameters
    ----------
    networks : sequence of nn.Module
        As many as there are folds in `parts`.
    X, y : array
        Base numbers (n, length), or other inputs; labels (n, n_targets).
    parts : Folds
    rate, decay : float
        Learning rate, and its factor from epoch to epoch.
    batch_size, epochs : int
    patience : int, optional
        Default: never stop early.
    optimizer : {"adam", "rmsprop"}
    penalty : float
        Times the sum of squares of the filters.
    own_X : bool
        Whether X has the network on axis 0.
    """
    checks.one_of("optimizer", optimizer, ("adam", "rmsprop"))
    method = Adam(lr=rate) if optimizer == "adam" else RMSprop(lr=rate, **KERAS)
    return Ensemble(networks, device=device).fit(
        X,
        y,
        own_X=own_X,
        train=parts.train,
        validation=parts.validation,
        loss="binary_cross_entropy",
        penalty=l2(penalty, on="filters") if penalty else None,
        optimizer=method,
        schedule=exponential(decay),
        batch_size=batch_size,
        max_epochs=epochs,
        patience=epochs if patience is None else patience,
        seeds=seed,
        progress=progress,
    )


def areas(ensemble: Ensemble, X, y, test, *, own_X: bool = False) -> np.ndarray:
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


def measured(ensemble: Ensemble, X, y, parts: Folds) -> list[tuple]:
    """Return rows of areas, best epochs and validation losses."""
    rows = []
    for i, row in enumerate(areas(ensemble, X, y, parts.test)):
        rows += [(i, "auc", f"target {k}", area) for k, area in enumerate(row)]
        rows.append((i, "epoch", "best", ensemble.best_epoch_[i]))
    return rows + curve(ensemble)


def curve(ensemble: Ensemble) -> list[tuple]:
    """Return rows of the validation loss by epoch."""
    history = ensemble.history_
    return [
        (network, "curve", f"epoch {epoch}", loss)
        for network, epoch, loss in zip(
            history["network"],
            history["epoch"],
            history["validation_loss"],
            strict=True,
        )
    ]


def table(rows: list[tuple]) -> pd.DataFrame:
    """Return rows as a data frame with the columns of `COLUMNS`."""
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return found.astype({"network": int, "value": float})
