"""The reference that integrated gradients start from: none of the bases, or all."""

import numpy as np
import torch
from torch.nn import functional as F

from helpers.extras import extra
from helpers.networks.motif import MotifCNN, usual_layers

with extra("dna"):
    from captum.attr import IntegratedGradients


def reference_gap(
    network: MotifCNN, sequences: np.ndarray, *, points: int = 50
) -> float:
    """Return by how much contributions differ between two references.

    One is all zeros, the other a quarter of every base. Filters have weights that sum
    to zero over the bases, so neither makes any of them respond.

    Parameters
    ----------
    network : MotifCNN
    sequences : array of int, shape (n, length)
    points : int
        On the path of the integral.

    Returns
    -------
    float
        Largest absolute difference over sequences and positions, of the probability.

    Source
    ------
    Lemanczyk, Bartoszewicz and Renard, Methods: an average reference gave similar
    results.
    """
    explain = IntegratedGradients(usual_layers(network, probability=True)).attribute
    letters = F.one_hot(torch.from_numpy(np.asarray(sequences, np.int64)), 4)
    letters = letters.transpose(1, 2).to(network.filters.dtype)
    zero, even = (
        explain(letters, torch.full_like(letters, level), n_steps=points).sum(dim=1)
        for level in (0.0, 0.25)
    )
    return float((zero - even).abs().max())
