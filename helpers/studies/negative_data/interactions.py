"""Knock motifs out of whole sequences: interactions of every set, and their tests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import expit

from helpers import checks
from helpers.explain.knockout import knocked_out, motif_interactions
from helpers.significance.held_out import HeldOut, paired_test
from helpers.studies.negative_data.rows import row
from helpers.studies.negative_data.training import Trained
from helpers.truth.grammars import MotifSequences, combinations


@dataclass(frozen=True, eq=False)
class Scale:
    """On which scale outputs are read and judged.

    Parameters
    ----------
    target : array, shape (n,)
        What the outputs of the whole sequences should be.
    loss : {"cross-entropy", "mse"}
        Of the test; with cross-entropy, outputs are logits.
    unit : float
        Size of one unit of output, in units of the label.
    rescaled : mapping of name to (slope, intercept)
        Further scales that the test is repeated on, see `rescalings`.
    """

    target: np.ndarray
    loss: str = "cross-entropy"
    unit: float = 1.0
    rescaled: Mapping = field(default_factory=dict)


def interaction_rows(
    trained: Trained, whole: MotifSequences, scale: Scale, seed: int
) -> list[tuple]:
    """Return each set's mean interaction and whether its removal raises the loss.

    Parameters
    ----------
    trained : Trained
    whole : MotifSequences
        With all motifs in every sequence.
    scale : Scale
    seed : int
        Of what replaces a motif.
    """
    variants = knocked_out(whole, seed=seed)  # (2**n_motifs, n, length)
    flat = variants.reshape(-1, variants.shape[-1])
    outputs = trained.outputs(flat).reshape(-1, len(variants), len(whole))
    effects = motif_interactions(outputs)
    rows = []
    for number, detail, order in _sets(trained.names):
        for network, mean in enumerate(effects[:, number].mean(axis=1) * scale.unit):
            rows.append(row(network, "interaction", detail, order, mean))
    same = np.ones(len(outputs)), np.zeros(len(outputs))
    for name, (slope, intercept) in {"": same, **scale.rescaled}.items():
        intact = slope[:, None] * outputs[:, -1] + intercept[:, None]
        if scale.rescaled:
            short = (scale.target - intact).mean(axis=1) * scale.unit
            detail = name or "as predicted"
            rows += [
                row(network, "shortfall", detail, len(trained.names), value)
                for network, value in enumerate(short)
            ]
        stretched = slope[:, None, None] * effects
        measure = f"interaction p {name}".rstrip()
        rows += _test_rows(intact, stretched, scale, measure, trained.names)
    return rows


def _sets(names: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """Yield number, label and order of every set but the empty one."""
    for number, members in enumerate(combinations(len(names))):
        if members.any():
            yield number, "+".join(np.array(names)[members]), members.sum()


def _test_rows(
    intact: np.ndarray,
    effects: np.ndarray,
    scale: Scale,
    measure: str,
    names: Sequence[str],
) -> list[tuple]:
    """Return the p-value of the removal of every set, network by network."""
    rows = []
    for number, detail, order in _sets(names):
        pair = intact, intact - effects[:, number]
        if scale.loss == "cross-entropy":
            pair = [expit(f) for f in pair]
        tested = paired_test(HeldOut(*pair, scale.target, scale.loss))  # type: ignore[call-arg]  # one a field
        rows += [
            row(network, measure, detail, order, p)
            for network, p in enumerate(tested["p"])
        ]
    return rows


def rescalings(
    predictions: np.ndarray, labels: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return straight lines that put predictions on another scale.

    *Calibrated*: the line that predicts labels best from predictions, which a mean
    squared error leaves near the identity. *Unshrunk*: the inverse of the line that
    predicts predictions from labels, so that sequences of one label are right on
    average; a network that is unsure predicts too little for the largest labels, which
    calibration keeps and this removes (as far as it is a line).

    Parameters
    ----------
    predictions : array, shape (n_networks, n)
        Of sequences that the networks were not trained on.
    labels : array, shape (n,)

    Returns
    -------
    dict of name to (slope, intercept), each of shape (n_networks,)
        New prediction = slope x prediction + intercept.

    Raises
    ------
    ValueError
        If labels or a network's predictions are all the same.
    """
    predictions = checks.matrix("predictions", predictions)
    labels = checks.vector("labels", labels, length=predictions.shape[1])
    centred = predictions - predictions.mean(axis=1, keepdims=True)
    deviations = labels - labels.mean()
    shared = centred @ deviations
    if not (centred.any(axis=1).all() and deviations.any()):
        raise ValueError("predictions and labels must vary; got one value.")
    found = {}
    for name, slope in (
        ("calibrated", shared / (centred**2).sum(axis=1)),
        ("unshrunk", (deviations**2).sum() / shared),
    ):
        found[name] = slope, labels.mean() - slope * predictions.mean(axis=1)
    return found
