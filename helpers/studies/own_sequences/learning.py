"""Networks of chapter 2 for those who have sequences and labels, and no model yet."""

from collections.abc import Callable

import numpy as np
from sklearn.metrics import roc_auc_score

from helpers import checks
from helpers.data.bases import UNKNOWN
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, one_cycle
from helpers.networks.motif import MotifCNN
from helpers.significance.motif_pairs import as_bases
from helpers.studies.own_sequences.reading import Labelled

LOSSES = {
    "cross-entropy": "binary_cross_entropy",
    "log-odds": "binary_cross_entropy",
    "mse": "mse",
}
FEWEST = 100  # sequences to learn from, and half as many held out


def learned(
    data: Labelled,
    *,
    loss: str,
    width: int,
    share: float = 0.3,
    max_epochs: int = 8,
    seed: int = 0,
    device: Device = "auto",
) -> tuple[Callable[[np.ndarray], np.ndarray], Labelled, str]:
    """Train networks on a part of labelled sequences; return them and the rest.

    Three networks of 32 filters, whose predictions are averaged. Rows of one group
    stay together. Sequences with an unknown base (N) are left out.

    Parameters
    ----------
    data : Labelled
        See `read_labelled`; two FASTA files of positives and negatives, say.
    loss : {"log-odds", "cross-entropy", "mse"}
        The first two need the labels 0 and 1, train alike, and say how predictions
        are returned: as log odds, or as probabilities.
    width : int
        Of the filters, in bp; that of the widest motif is a good one.
    share : float
        Held out, of the sequences, or of the groups; above 0, below 1.
    max_epochs : int
    seed : int
        Of the split, initial weights and order of rows.
    device : str or torch.device

    Returns
    -------
    function
        From base numbers (n, length) to log odds, probabilities, or values (n,).
    Labelled
        What was held out.
    str
        What was done, and how well held-out sequences are predicted.

    Raises
    ------
    ValueError
        If the loss is of counts, labels do not suit it, or too few sequences are left.
    """
    checks.one_of("loss", loss, tuple(LOSSES))
    checks.number("share", share, at_least=0.05, at_most=0.95)
    bases = as_bases(data.sequences)
    rows = np.flatnonzero((bases < UNKNOWN).all(axis=1))
    held = held_out_rows(data, rows, share, seed)
    _check(data.labels, rows[~held], rows[held], loss)
    predict = _trained(
        bases[rows[~held]], data.labels[rows[~held]], loss, width, max_epochs, seed,
        device,
    )  # fmt: skip
    rest = rows[held]
    groups = None if data.groups is None else data.groups[rest]
    kept = Labelled([data.sequences[i] for i in rest], data.labels[rest], groups)
    said = (
        f"No model was given: three networks were trained on {(~held).sum():,} of the "
        f"sequences, {held.sum():,} were held out"
    )
    left_out = len(bases) - len(rows)
    said += f", {left_out:,} with an N were left out. " if left_out else ". "
    if groups is not None:
        n = len(np.unique(data.groups[rows]))  # type: ignore[index]  # it has groups
        said += f"Those of one group ({n:,} groups) stayed together. "
    strong = np.isin(bases[rest], (1, 2)).mean(axis=1)  # C and G
    return (
        predict,
        kept,
        said + _quality(predict(bases[rest]), kept.labels, loss, strong),
    )


def held_out_rows(
    data: Labelled, rows: np.ndarray, share: float, seed: int
) -> np.ndarray:
    """Return which of some rows are held out, whole groups together."""
    groups = np.arange(len(rows)) if data.groups is None else data.groups[rows]
    names, of_row = np.unique(groups, return_inverse=True)
    order = np.random.default_rng([seed, 81]).permutation(len(names))
    return order[of_row] < share * len(names)


def _check(
    labels: np.ndarray, learning: np.ndarray, held: np.ndarray, loss: str
) -> None:
    """Refuse labels that do not suit the loss, and too few sequences."""
    if len(learning) < FEWEST or len(held) < FEWEST // 2:
        raise ValueError(
            f"data must hold at least {FEWEST} sequences without N to learn from and "
            f"{FEWEST // 2} to hold out, where no model is given; got {len(learning)} "
            f"and {len(held)}."
        )
    if loss == "mse":
        if np.ptp(labels[learning]) == 0:
            raise ValueError(f"labels must vary; all are {labels[learning[0]]:g}.")
        return
    wrong = np.setdiff1d(labels, [0, 1])
    if len(wrong):
        raise ValueError(f"labels must be 0 or 1 for loss {loss!r}; got {wrong[0]:g}.")
    for what, rows in (("learn from", learning), ("hold out", held)):
        few = min((labels[rows] == k).sum() for k in (0, 1))
        if few < 10:
            raise ValueError(
                f"data must hold at least 10 sequences of each class to {what}; "
                f"got {few}."
            )


def _trained(
    X: np.ndarray,
    y: np.ndarray,
    loss: str,
    width: int,
    max_epochs: int,
    seed: int,
    device: Device,
) -> Callable[[np.ndarray], np.ndarray]:
    """Train three networks; return what averages their predictions."""
    length = X.shape[1]
    centre, size = (y.mean(), y.std()) if loss == "mse" else (0.0, 1.0)
    networks = [
        MotifCNN(
            32,
            length=length,
            width=checks.integer("width", width, at_least=1, at_most=length),
            pool=min(25, length),
            seed=1000 * seed + number,
        )
        for number in range(3)
    ]
    order = np.random.default_rng([seed, 82]).permutation(len(X))
    ensemble = Ensemble(networks, device=device).fit(
        X[order],
        (y[order] - centre) / size,
        validation=np.arange(len(X)) >= len(X) * 85 // 100,
        loss=LOSSES[loss],
        optimizer=Adam(lr=1e-2),
        schedule=one_cycle(),
        batch_size=min(128, len(X) // 4),
        max_epochs=max_epochs,
        patience=max_epochs,
        seeds=seed,
        progress=False,
    )

    def predict(bases: np.ndarray) -> np.ndarray:
        """Return the mean prediction of the networks, shape (n,)."""
        outputs = ensemble.predict(bases)[..., 0]
        if loss == "cross-entropy":
            outputs = 1 / (1 + np.exp(-outputs))
        return outputs.mean(axis=0) * size + centre

    return predict


def _quality(
    predicted: np.ndarray, labels: np.ndarray, loss: str, strong: np.ndarray
) -> str:
    """Return how well held-out sequences are predicted, in words.

    Beside it stands what their share of G and C alone would do, in its better
    direction: classes that differ in composition need no motif to be told apart.
    """
    if loss != "mse":
        area = roc_auc_score(labels, predicted)
        alone = roc_auc_score(labels, strong)
        return (
            f"On these the area under the ROC curve is {area:.3f} (guessing: 0.5; "
            f"their share of G and C alone: {max(alone, 1 - alone):.3f})."
        )
    left = np.mean((predicted - labels) ** 2) / labels.var()
    return f"On these {1 - left:.1%} of the variance is explained (guessing: 0)."
