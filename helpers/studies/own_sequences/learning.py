"""Networks of chapter 2 for those who have sequences and labels, and no model yet."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score

from helpers import checks
from helpers.data.bases import UNKNOWN
from helpers.device import Device
from helpers.ensemble import Adam, Ensemble, one_cycle
from helpers.networks.motif import MotifCNN
from helpers.significance.held_out import FEWEST as FEWEST_TESTED
from helpers.significance.motif_pairs import as_bases
from helpers.studies.keeping import digest_of, kept
from helpers.studies.own_sequences.reading import Labelled
from helpers.studies.stores import Store

LOSSES = {
    "cross-entropy": "binary_cross_entropy",
    "log-odds": "binary_cross_entropy",
    "mse": "mse",
}
FEWEST = 100  # sequences to learn from, and half as many held out
FEWEST_OF_CLASS = 10  # in either part
NETWORKS = 3


@dataclass(frozen=True, eq=False)
class Learned:
    """Networks that were trained on a part of the sequences, and the rest.

    Parameters
    ----------
    predict : function
        From base numbers (n, length) to log odds, probabilities, or values (n,).
    networks : tuple of MotifCNN
    taught, held_out : Labelled
        What they were trained on, without N, and what was held out.
    said : str
        What was done, and how well held-out sequences are predicted.
    digest : str
        Of weights and scale: what stands for the networks in the keys of later steps.
    """

    predict: Callable[[np.ndarray], np.ndarray]
    networks: tuple[MotifCNN, ...]
    taught: Labelled
    held_out: Labelled
    said: str
    digest: str


def learned(
    data: Labelled,
    *,
    loss: str,
    width: int,
    share: float = 0.3,
    max_epochs: int = 8,
    seed: int = 0,
    device: Device = "auto",
    store: Store | None = None,
) -> Learned:
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
        Where predictions are made, and, without a store, networks trained.
    store : Store, optional
        Keeps the weights: with the same sequences and options nothing is trained again.

    Raises
    ------
    ValueError
        Before anything is trained: if the loss is of counts, labels do not suit it, or
        too few sequences, loci or members of a class would be in either part.
    """
    check_loss(loss)
    checks.number("share", share, at_least=0.05, at_most=0.95)
    bases = as_bases(data.sequences)
    checks.integer("width", width, at_least=1, at_most=bases.shape[1])
    learning, held = split(data, share, seed)
    _check(data, learning, held, loss, share)
    X, y = bases[learning], data.labels[learning]
    settings = {
        "loss": LOSSES[loss], "width": width, "max_epochs": max_epochs, "seed": seed,
    }  # fmt: skip
    given = {"X": (X, digest_of(X)), "y": (y, digest_of(y))}
    weights = kept(store, "training", trained_weights, settings, given, device=device)
    networks = _restored(weights, X.shape[1], width)
    predict = _predictor(networks, y, loss, device)
    taught, others = some_rows(data, learning), some_rows(data, held)
    said = (
        f"Three networks were trained on {len(learning):,} of the sequences, and "
        f"{len(held):,} were held out"
    )
    left_out = len(bases) - len(learning) - len(held)
    if left_out:
        said += (
            f"; {left_out:,} with an N {'was' if left_out == 1 else 'were'} left out"
        )
    said += ". "
    if data.groups is not None:
        known = np.concatenate([learning, held])
        n = len(np.unique(data.groups[known]))
        said += f"Those of one group ({n:,} groups) stayed together. "
    strong = np.isin(bases[held], (1, 2)).mean(axis=1)  # C and G
    said += _quality(predict(bases[held]), others.labels, loss, strong)
    digest = digest_of(list(weights["values"]), y.mean(), y.std(), loss)
    return Learned(predict, networks, taught, others, said, digest)


def check_loss(loss: str) -> None:
    """Refuse a loss by which no network is trained here."""
    if loss not in LOSSES:
        raise ValueError(
            f"loss must be one of {', '.join(sorted(LOSSES))} where no model is given: "
            "networks that are trained here learn classes or, with mse, numbers, but "
            f"no counts; got {loss!r}."
        )


def some_rows(data: Labelled, rows: np.ndarray) -> Labelled:
    """Return some rows of labelled sequences."""
    groups = None if data.groups is None else data.groups[rows]
    return Labelled([data.sequences[i] for i in rows], data.labels[rows], groups)


def split(data: Labelled, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to learn from and those held out, all without N."""
    rows = np.flatnonzero((as_bases(data.sequences) < UNKNOWN).all(axis=1))
    held = held_out_rows(data, rows, share, seed)
    return rows[~held], rows[held]


def held_out_rows(
    data: Labelled, rows: np.ndarray, share: float, seed: int
) -> np.ndarray:
    """Return which of some rows are held out, whole groups together."""
    groups = np.arange(len(rows)) if data.groups is None else data.groups[rows]
    names, of_row = np.unique(groups, return_inverse=True)
    order = np.random.default_rng([seed, 81]).permutation(len(names))
    return order[of_row] < share * len(names)


def _check(
    data: Labelled, learning: np.ndarray, held: np.ndarray, loss: str, share: float
) -> None:
    """Refuse labels that do not suit the loss, and too few sequences or loci."""
    parts = (("learn from", learning, FEWEST), ("hold out", held, FEWEST // 2))
    if any(len(rows) < least for _, rows, least in parts):
        raise ValueError(
            f"data must hold at least {FEWEST} sequences without N to learn from and "
            f"{FEWEST // 2} to hold out ({share:.0%}), where networks are trained "
            f"here; got {len(learning)} and {len(held)} of {len(data.labels)}."
        )
    if data.groups is not None:
        for what, rows, _ in parts:
            if (n := len(np.unique(data.groups[rows]))) < FEWEST_TESTED:
                raise ValueError(
                    f"data must hold at least {FEWEST_TESTED} groups (loci) to {what}, "
                    f"which stay together; got {n}, of {len(rows)} sequences."
                )
    labels = data.labels
    if loss == "mse":
        if np.ptp(labels[learning]) == 0:
            raise ValueError(f"labels must vary; all are {labels[learning[0]]:g}.")
        return
    wrong = np.setdiff1d(labels, [0, 1])
    if len(wrong):
        raise ValueError(f"labels must be 0 or 1 for loss {loss!r}; got {wrong[0]:g}.")
    for what, rows, _ in parts:
        counts = [int((labels[rows] == k).sum()) for k in (0, 1)]
        if min(counts) < FEWEST_OF_CLASS:
            raise ValueError(
                f"data must hold at least {FEWEST_OF_CLASS} sequences of each class to "
                f"{what}, without N; got {min(counts)} with label "
                f"{int(np.argmin(counts))}."
            )


def _networks(length: int, width: int, seed: int) -> list[MotifCNN]:
    """Return the networks as they start."""
    return [
        MotifCNN(
            32, length=length, width=width, pool=min(25, length),
            seed=1000 * seed + number,
        )
        for number in range(NETWORKS)
    ]  # fmt: skip


def _scale(y: np.ndarray, loss: str) -> tuple[float, float]:
    """Return what is taken from labels, and by what they are divided."""
    return (float(y.mean()), float(y.std())) if loss == "mse" else (0.0, 1.0)


def trained_weights(
    X: np.ndarray,
    y: np.ndarray,
    loss: str,
    width: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Train three networks; return their weights.

    Parameters
    ----------
    X : array of base numbers, shape (n, length)
    y : array, shape (n,)
    loss : {"binary_cross_entropy", "mse"}
        Of the engine.
    width, max_epochs, seed, device
        As of `learned`.

    Returns
    -------
    DataFrame
        network, name (of the parameter), values (its numbers, float32, in base 64).
    """
    centre, size = _scale(y, loss)
    order = np.random.default_rng([seed, 82]).permutation(len(X))
    networks = _networks(X.shape[1], width, seed)
    ensemble = Ensemble(networks, device=device).fit(
        X[order],
        (y[order] - centre) / size,
        validation=np.arange(len(X)) >= len(X) * 85 // 100,
        loss=loss,
        optimizer=Adam(lr=1e-2),
        schedule=one_cycle(),
        batch_size=min(128, len(X) // 4),
        max_epochs=max_epochs,
        patience=max_epochs,
        seeds=seed,
        progress=True,
    )
    rows = []
    for number in range(len(networks)):
        for name, values in ensemble.network(number).named_parameters():
            content = values.detach().cpu().numpy().astype("<f4").tobytes()
            text = base64.b64encode(content).decode("ascii")
            rows.append({"network": number, "name": name, "values": text})
    return pd.DataFrame(rows)


def _restored(weights: pd.DataFrame, length: int, width: int) -> tuple[MotifCNN, ...]:
    """Return networks with these weights."""
    networks = _networks(length, width, 0)
    for number, rows in weights.groupby("network"):
        texts = rows.set_index("name")["values"]
        with torch.no_grad():
            for name, parameter in networks[number].named_parameters():
                values = np.frombuffer(base64.b64decode(texts[name]), "<f4")
                parameter.copy_(torch.tensor(values).reshape(parameter.shape))
    return tuple(networks)


def _predictor(
    networks: Sequence[MotifCNN], y: np.ndarray, loss: str, device: Device
) -> Callable[[np.ndarray], np.ndarray]:
    """Return what averages the predictions of networks that learned these labels."""
    centre, size = _scale(y, loss)
    ensemble = Ensemble(list(networks), device=device)

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
