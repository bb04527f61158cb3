"""What a sequence does: binding, expected counts, and the effects of its motifs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from helpers import checks
from helpers.data.kinds import Seed
from helpers.data.motifs import Motif
from helpers.truth.sequences import score_blocks

LOWEST_COUNT = -3 / 8  # below it the Anscombe transform is not defined


def occupancy(
    sequences: ArrayLike, motifs: Sequence[Motif], *, padding: str = "valid"
) -> np.ndarray:
    """Return the expected number of bound proteins of each sequence.

    Every window of every motif is bound with probability 1 / (1 + exp(-score)), its
    score being the log-odds in nats; occupancy is the sum over windows and motifs.

    Parameters
    ----------
    sequences : array of int, shape (..., length)
        Base numbers; leading axes are kept.
    motifs : sequence of Motif
    padding : {"valid", "same"}
        Which windows count, as in `sequences.window_scores`. Windows cut off by an
        end have fewer bases against them, so "same" raises the floor.

    Returns
    -------
    array, shape (...), dimensionless

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), section 2.
    """
    sequences = np.asarray(sequences)
    rows = sequences.reshape(-1, sequences.shape[-1])
    total = np.zeros(len(rows))
    for motif in motifs:
        blocks = score_blocks(rows, motif, padding=padding)
        total += np.concatenate([expit(scores).sum(axis=1) for scores in blocks])
    return total.reshape(sequences.shape[:-1])


def rate(occupancy: ArrayLike, strength: float = 0.0) -> np.ndarray:
    """Return the expected count 100 q (0.6 sqrt(q))^strength of an occupancy q.

    Strength 0 is the negative control, 100 q: motifs add. Strength 1 is the positive
    control, 60 q^1.5: motifs enhance each other. All strengths meet at q = 25/9 with
    the same count, so grading the interaction leaves the level about where it was.
    The two ends are published, the grades between are ours.

    Parameters
    ----------
    occupancy : array
        At least 0.
    strength : float
        0 to 1.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), section 2.
    """
    strength = checks.number("strength", strength, at_least=0, at_most=1)
    occupancy = np.asarray(occupancy, dtype=np.float64)
    if occupancy.size and not occupancy.min() >= 0:
        raise ValueError(f"occupancy must be at least 0; got {occupancy.min()}.")
    return 100 * 0.6**strength * occupancy ** (1 + strength / 2)


def poisson_counts(rate: ArrayLike, *, seed: Seed = 0) -> np.ndarray:
    """Draw a count around each expected count; float64, of the same shape."""
    rate = np.asarray(rate, dtype=np.float64)
    if rate.size and not (rate.min() >= 0 and np.isfinite(rate.max())):
        raise ValueError("rate must be finite and at least 0.")
    return np.random.default_rng(seed).poisson(rate).astype(np.float64)


def anscombe(counts: Any) -> Any:  # an array or a tensor
    """Return 2 sqrt(count + 3/8), whose noise has a standard deviation of about one.

    Accepts arrays and tensors. Counts below -3/8 give NaN.

    Source
    ------
    Anscombe (1948), equation 1.
    """
    return 2 * (counts + 3 / 8) ** 0.5


def inverse_anscombe(transformed: Any) -> Any:  # an array or a tensor
    """Return the count (z / 2)^2 - 3/8 of a transformed value z; the plain inverse."""
    return (transformed / 2) ** 2 - 3 / 8


@dataclass(frozen=True, eq=False)
class Effects:
    """What two motifs do to a value, alone and together.

    Parameters
    ----------
    intact : array, shape (..., n)
        Value with both motifs.
    main : array, shape (2, ..., n)
        Change that each motif makes on its own.
    joint : array, shape (..., n)
        Change that both make together.
    interaction : array, shape (..., n)
        Joint minus the sum of the main effects.
    """

    intact: np.ndarray
    main: np.ndarray
    joint: np.ndarray
    interaction: np.ndarray

    @property
    def additive(self) -> np.ndarray:
        """Sum of the main effects, shape (..., n)."""
        return self.main.sum(axis=0)

    @property
    def without_interaction(self) -> np.ndarray:
        """Value with both motifs if they merely added, shape (..., n)."""
        return self.intact - self.interaction


def effects(values: ArrayLike) -> Effects:
    """Return main, joint and interaction effects of two motifs.

    With f(G, T) the value when motifs G and T are kept (1) or knocked out (0):
    M_G = f(1, 0) - f(0, 0), M_T = f(0, 1) - f(0, 0), J = f(1, 1) - f(0, 0) and
    I = J - M_G - M_T. Truth and networks go through the same lines: pass
    `rate(occupancy(knocked_out, motifs))` or a network's predictions.

    Parameters
    ----------
    values : array, shape (..., 2, 2, n)
        Values of the sequences from `sequences.knock_out`, in counts; leading axes
        (networks) are kept.

    Returns
    -------
    Effects

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), section 2.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim < 3 or values.shape[-3:-1] != (2, 2):
        raise ValueError(
            "values must have shape (..., 2, 2, n): first motif out or kept, second "
            f"motif out or kept, sequence; got {values.shape}."
        )
    neither, second = values[..., 0, 0, :], values[..., 0, 1, :]
    first, both = values[..., 1, 0, :], values[..., 1, 1, :]
    main = np.stack([first - neither, second - neither])  # (2, ..., n)
    joint = both - neither
    return Effects(both, main, joint, joint - main.sum(axis=0))


#: How the motifs of a sequence make its label.
EFFECTS = ("additive", "enhancing", "inhibiting", "quadratic")


def motif_labels(
    present: ArrayLike, effect: str, *, constant: float | None = None
) -> np.ndarray:
    """Return the label that a combination of motifs gives, by one of four rules.

    Each motif that is present counts 1. additive: their number k. enhancing and
    inhibiting: k, plus a constant where all are present, above or below 0.
    quadratic: k squared.

    Parameters
    ----------
    present : array of bool, shape (n, n_motifs)
    effect : {"additive", "enhancing", "inhibiting", "quadratic"}
    constant : float, optional
        Required by enhancing (above 0) and inhibiting (below 0), refused by the others.

    Returns
    -------
    array of float64, shape (n,)

    Raises
    ------
    ValueError
        If the constant is missing, of the wrong sign or without use.

    Source
    ------
    Lemanczyk, Bartoszewicz and Renard, Methods; the constant is not given there.
    """
    checks.one_of("effect", effect, EFFECTS)
    present = np.asarray(present)
    if present.dtype != bool or present.ndim != 2:
        raise ValueError(
            "present must be bool of shape (n, n_motifs); "
            f"got {present.dtype} with {present.ndim} axes."
        )
    count = present.sum(axis=1).astype(np.float64)
    sign = {"enhancing": 1, "inhibiting": -1}.get(effect)
    if sign is None:
        if constant is not None:
            raise ValueError(f"constant has no use in effect {effect}; got {constant}.")
        return count if effect == "additive" else count**2
    side = "above 0" if sign > 0 else "below 0"
    if constant is None:
        raise ValueError(f"constant must be given for effect {effect}, {side}.")
    if checks.number("constant", constant) * sign <= 0:
        raise ValueError(
            f"constant must lie {side} for effect {effect}; got {constant}."
        )
    return count + constant * present.all(axis=1)


def recall_by_count(
    predictions: ArrayLike, labels: ArrayLike, counts: ArrayLike
) -> np.ndarray:
    """Return the share of predictions in the right bin, for each number of motifs.

    Bins are bounded by the midpoints between adjacent labels; the outer ones are open.

    Parameters
    ----------
    predictions : array, shape (..., n)
        Leading axes (networks) are kept.
    labels : array, shape (n,)
        The true labels; their distinct values are the centres of the bins.
    counts : array of int, shape (n,)
        Number of motifs in each sequence, from 0.

    Returns
    -------
    array, shape (..., largest count + 1)
        NaN for a number of motifs that does not occur.
    """
    predictions, labels = np.asarray(predictions), np.asarray(labels)
    counts = np.asarray(counts)
    if not predictions.shape[-1] == len(labels) == len(counts):
        raise ValueError(
            "predictions, labels and counts must be of one length; got "
            f"{predictions.shape[-1]}, {len(labels)} and {len(counts)}."
        )
    centres = np.unique(labels)
    edges = (centres[1:] + centres[:-1]) / 2
    right = np.searchsorted(edges, predictions) == np.searchsorted(edges, labels)
    return np.stack(
        [
            right[..., counts == k].mean(axis=-1)
            if (counts == k).any()
            else np.full(right.shape[:-1], np.nan)
            for k in range(counts.max() + 1)
        ],
        axis=-1,
    )
