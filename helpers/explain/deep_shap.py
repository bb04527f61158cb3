"""DeepSHAP: DeepLIFT against shuffles of the sequence itself instead of nothing."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import nn
from torch.nn import functional as F

from helpers import checks
from helpers import device as machine
from helpers.data.bases import bases
from helpers.extras import extra
from helpers.truth.sequences import dinucleotide_shuffle

with extra("dna"):
    from tangermeme.deep_lift_shap import deep_lift_shap

TARGETS = ("output", "probability")
LEAST = 1e-12  # change of an output below which a slope stands for the quotient


def deep_shap(
    model: nn.Module,
    sequences: ArrayLike,
    *,
    targets: Sequence[str] = ("output",),
    n_references: int = 20,
    column: int = 0,
    seed: int = 0,
) -> np.ndarray:
    """Return contributions by DeepLIFT, averaged over shuffled references.

    Each sequence is compared with dinucleotide shuffles of itself, so that what is
    explained is the change from DNA of the same composition. Contributions of a
    sequence add up to its output less the mean output of its references.

    A logistic function on top only rescales what is below it, reference by reference;
    so the probability needs no second pass.

    Parameters
    ----------
    model : Module
        Takes one-hot sequences, shape (n, 4, length); made of torch's usual layers.
    sequences : array of int, shape (n, length)
    targets : sequence of {"output", "probability"}
        The output, or the logistic function of it.
    n_references : int
        Shuffles of each sequence.
    column : int
        Of the outputs.
    seed : int
        Of the shuffles.

    Returns
    -------
    array, shape (n_targets, n, length)

    Source
    ------
    Shrikumar, Greenside and Kundaje (2017); Lundberg and Lee (2017); the rules for
    layers, pools among them, are tangermeme's.
    """
    sequences = bases("sequences", sequences)
    for target in targets:
        checks.one_of("target", target, TARGETS)
    checks.integer("n_references", n_references, at_least=1)
    rng = np.random.default_rng(seed)
    shuffles = [dinucleotide_shuffle(sequences, seed=rng) for _ in range(n_references)]
    like = next(model.parameters(), torch.empty(0)).dtype  # some have none
    x, references = (_one_hot(r, like) for r in (sequences, np.stack(shuffles, axis=1)))
    with machine.threads(1), torch.enable_grad():  # a caller may have it off
        slopes = deep_lift_shap(
            model, x, target=column, references=references, raw_outputs=True,
            warning_threshold=np.inf, device="cpu",
        )  # fmt: skip
        each = ((x[:, None] - references) * slopes).sum(dim=2).numpy()
        with torch.no_grad():
            outputs = model(x)[:, [column]].numpy()
            before = model(references.flatten(0, 1))[:, column].numpy()
    before = before.reshape(len(x), n_references)
    scales = {"output": np.ones_like(before), "probability": _slope(outputs, before)}
    return np.stack([(each * scales[t][:, :, None]).mean(axis=1) for t in targets])


def _one_hot(sequences: np.ndarray, dtype: torch.dtype) -> torch.Tensor:
    letters = F.one_hot(torch.from_numpy(sequences).long(), 4)
    return letters.transpose(-1, -2).to(dtype)


def _slope(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the change of the logistic function over that of its argument."""
    change = after - before
    low, high = (1 / (1 + np.exp(-value)) for value in (before, after))
    flat = np.abs(change) < LEAST
    return np.where(flat, low * (1 - low), (high - low) / np.where(flat, 1, change))
