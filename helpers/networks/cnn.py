"""Convolutional networks that read one DNA sequence and predict one number."""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import checks

CHANNEL_MULTIPLE = 16  # kernels for a multiple of 16 channels are about twice as fast


@dataclass(frozen=True)
class Architecture:
    """Widths of the convolutions, in bp, and sizes of the hidden dense layers."""

    kernels: tuple[int, ...]
    hidden: tuple[int, ...]
    n_filters: int = 15


ARCHITECTURES = {
    "arch1": Architecture((7, 7, 7, 7), (50, 50)),
    "arch2": Architecture((7, 7, 7, 7), (30, 30, 30)),
    "arch3": Architecture((5, 5, 5, 5, 5), (30, 30, 30)),
}


class CNN(nn.Module):
    """Convolutions, average over positions, dense layers, one linear output.

    The filters are padded with zero ones to a multiple of 16: see `CHANNEL_MULTIPLE`.
    A zero filter's output
    is relu(0) = 0, whose gradient is zero on both sides, and the L1 penalty's is
    sign(0) = 0: padding stays exactly zero, and the network is the unpadded one.

    Parameters
    ----------
    architecture : str or Architecture
        A name from `ARCHITECTURES`, or your own.
    padding : {"valid", "same"}
        Whether filters stay inside the sequence, or reach over its ends into zeros.
    seed : int, optional
        Of the initial weights; torch's global generator if left out.
    channel_multiple : int
        What the number of filters is padded to a multiple of; 1 leaves it alone.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje (2020), appendix A and their public code:
    hidden weights from He's normal distribution cut at two standard deviations, the
    output's from Glorot's uniform one, biases zero.
    """

    # What the study's L1 shrinks: neither biases nor the output layer.
    KERNELS = ("convolutions.*.weight", "hidden.*.weight")

    def __init__(
        self,
        architecture: str | Architecture = "arch1",
        *,
        padding: str = "valid",
        seed: int | None = None,
        channel_multiple: int = CHANNEL_MULTIPLE,
    ) -> None:
        super().__init__()
        if not isinstance(architecture, Architecture):
            checks.one_of("architecture", architecture, tuple(ARCHITECTURES))
            architecture = ARCHITECTURES[architecture]
        self.architecture = architecture
        self.padding = checks.one_of("padding", padding, ("valid", "same"))
        filters = architecture.n_filters
        multiple = checks.integer("channel_multiple", channel_multiple, at_least=1)
        padded = multiple * math.ceil(filters / multiple)
        inputs = [4] + [padded] * (len(architecture.kernels) - 1)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(n_in, padded, width, padding=padding)
            for n_in, width in zip(inputs, architecture.kernels, strict=True)
        )
        sizes = [padded, *architecture.hidden]
        self.hidden = nn.ModuleList(
            nn.Linear(n_in, n_out) for n_in, n_out in pairwise(sizes)
        )
        self.output = nn.Linear(sizes[-1], 1)
        self._initialise(seed)

    def forward(self, x: Tensor) -> Tensor:
        """Return the prediction of each sequence.

        Parameters
        ----------
        x : Tensor, shape (n, length) or (n, 4, length)
            Base numbers (A, C, G, T = 0..3) of any dtype, or one-hot sequences.

        Returns
        -------
        Tensor, shape (n, 1)
        """
        x = _one_hot(x, self.output.weight.dtype)
        for layer in self.convolutions:
            x = F.relu(layer(x))
        x = x.mean(dim=2)  # (n, filters)
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.output(x)

    @property
    def n_parameters(self) -> int:
        """Number of parameters that are not padding."""
        kernels, filters = self.architecture.kernels, self.architecture.n_filters
        sizes = [filters, *self.architecture.hidden, 1]
        n_in = [4] + [filters] * (len(kernels) - 1)
        convolutions = sum(
            (n * width + 1) * filters for n, width in zip(n_in, kernels, strict=True)
        )
        dense = sum((a + 1) * b for a, b in pairwise(sizes))
        return convolutions + dense

    @torch.no_grad()
    def _initialise(self, seed: int | None) -> None:
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        for parameter in self.parameters():
            parameter.zero_()
        n_in, filters = 4, self.architecture.n_filters
        for layer in self.convolutions:
            _he_normal(layer.weight[:filters, :n_in], generator)
            n_in = filters
        for layer in self.hidden:
            _he_normal(layer.weight[:, :n_in], generator)
            n_in = layer.out_features
        nn.init.xavier_uniform_(self.output.weight, generator=generator)


class SoftplusCNN(nn.Module):
    """One layer of motif detectors, averaged over positions, and an expected count.

    The output is `scale` times the softplus of the head, so it is never negative. With
    the linear head the detectors can only add before the softplus: whatever
    interaction such a network has is the softplus's bend.

    Parameters
    ----------
    head : {"linear", "hidden", "both"}
        A linear output; a hidden layer of 64 and an output; or the sum of the two.
    seed : int, optional
        Of the initial weights; torch's global generator if left out.
    scale : float
        Counts at a softplus of one; near the largest counts it eases training.

    Source
    ------
    Finkelstein, Shrikumar and Kundaje, public code (2020), unpublished notebooks on the
    Poisson loss.
    """

    HEADS = ("linear", "hidden", "both")
    KERNELS = ("*weight",)  # what L1 shrinks there: all of them, the output's too

    def __init__(
        self, head: str, *, seed: int | None = None, scale: float = 100.0
    ) -> None:
        super().__init__()
        self.head = checks.one_of("head", head, self.HEADS)
        self.scale = checks.number("scale", scale)
        if self.scale <= 0:
            raise ValueError(f"scale must be above 0; got {scale}.")
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        self.detectors = nn.Conv1d(4, 64, 25)
        self.linear = nn.Linear(64, 1) if head != "hidden" else None
        self.hidden = nn.Linear(64, 64) if head != "linear" else None
        self.output = nn.Linear(64, 1) if head != "linear" else None
        with torch.no_grad():
            nn.init.xavier_uniform_(self.detectors.weight, generator=generator)
            self.detectors.bias.zero_()
            for layer in (self.linear, self.hidden, self.output):
                if layer is not None:
                    _he_normal(layer.weight, generator)
                    layer.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """Return the expected count of each sequence, (n, 1); x as `CNN` takes it."""
        x = torch.sigmoid(self.detectors(_one_hot(x, self.detectors.weight.dtype)))
        x = x.mean(dim=2)  # (n, 64)
        total = 0.0 if self.linear is None else self.linear(x)
        if self.hidden is not None:
            total = total + self.output(F.relu(self.hidden(x)))  # type: ignore[misc]  # there are both
        return self.scale * F.softplus(total)


def _one_hot(x: Tensor, dtype: torch.dtype) -> Tensor:
    """Return base numbers (n, length) or letters (n, 4, length) as (n, 4, length)."""
    if x.ndim == 2:
        letters = torch.arange(4, device=x.device).unsqueeze(1)
        x = x.unsqueeze(1) == letters
    return x.to(dtype)


def _he_normal(weight: Tensor, generator: torch.Generator | None) -> None:
    """Fill `weight` (n_out, n_in, ...) from a normal cut at two standard deviations.

    The cut shortens the standard deviation to 0.8796 of its value, which is divided
    out, so that the weights' variance is 2 / fan-in.
    """
    scale = math.sqrt(2 / weight[0].numel()) / 0.87962566103423978
    nn.init.trunc_normal_(
        weight, std=scale, a=-2 * scale, b=2 * scale, generator=generator
    )
