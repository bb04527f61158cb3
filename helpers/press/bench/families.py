"""The families of networks that are measured, each with its data.

Data and initial weights follow from seeds, so two runs train the same networks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from helpers import device as machine
from helpers.networks.cnn import CNN
from helpers.networks.factorization import MotifNetwork
from helpers.networks.genes import GeneNetwork
from helpers.networks.layers import FactorizationMachine
from helpers.networks.mlp import INTERACTION_WEIGHTS, MLP, MLPM
from helpers.networks.motif import MotifCNN, usual_layers
from helpers.networks.scan import AT_ONCE

STRENGTH, RATE = 5e-5, 1e-2
#: Makes inputs and outcomes by a generator and a number of rows.
Draw = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Family:
    """A task to measure: networks, their data, the weights that L1 covers, if any."""

    #: The network of a seed, as an ensemble trains it.
    make: Callable[[int], nn.Module]
    data: Draw
    penalised: str | tuple[str, ...]
    batch_size: int
    rows: int
    #: What a loop trains, if the ensemble's networks are laid out for speed.
    plain: Callable[[], nn.Module] | None = None
    #: The network as its authors wrote it, if that is another one again.
    published: Callable[[], nn.Module] | None = None
    #: How the authors' loop feeds rows (`recipes`), and what else it does.
    feeding: str = "collated"
    judged_twice: bool = False
    #: Whether all networks read the same rows, in the same order.
    shared: bool = False
    #: Sizes of the ensemble.
    networks: tuple[int, ...] = (1, 10, 50)
    #: Bytes of tables that one row looks up, forward and backward; 0: it multiplies.
    looked_up: int = 0


def _seeded(network: Callable[[], nn.Module]) -> Callable[[int], nn.Module]:
    """Return what makes a network whose weights torch's own generator draws."""

    def make(seed: int) -> nn.Module:
        with machine.seeded(seed):
            return network()

    return make


def _product_data(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return ten uniform features and an outcome with one interaction."""
    X = rng.uniform(-1, 1, (rows, 10)).astype(np.float32)
    return X, X[:, 0] * X[:, 1] + X[:, 2]


def sequence_data(length: int) -> Draw:
    """Return what draws sequences, and an outcome that counts one letter."""

    def data(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        X = rng.integers(0, 4, (rows, length)).astype(np.uint8)
        return X, (X == 2).mean(axis=1, dtype=np.float32)

    return data


def cnn(length: int = 100, padding: str = "valid", rows: int = 1_000) -> Family:
    """Return the first network of chapter 1; the loops' has 15 filters, not 16."""
    return Family(
        lambda seed: CNN("arch1", padding=padding, seed=seed),
        _as_numbers(sequence_data(length)),
        CNN.KERNELS,
        batch_size=128,
        rows=rows,
        plain=lambda: CNN("arch1", padding=padding, channel_multiple=1, seed=0),
        feeding="sliced",
    )


def _as_numbers(data: Draw) -> Draw:
    """Return the same data, for networks that read base numbers as floats."""

    def numbers(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        X, y = data(rng, rows)
        return X.astype(np.float32), y

    return numbers


def genes(
    batch_size: int, rows: int, sizes: tuple[int, ...] = (66, 67) * 5, **more: Any
) -> Family:
    """Return chapter 4's network: by default of ten genes with 665 SNPs."""

    def genotypes(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        X = rng.binomial(2, 0.3, (n, sum(sizes))).astype(np.float32)
        return X, (X[:, 0] - 0.6) * (X[:, 100] - 0.6) + X[:, 200]

    return Family(
        _seeded(lambda: GeneNetwork(sizes)),
        genotypes,
        "*",
        batch_size,
        rows,
        judged_twice=True,
        shared=True,
        **more,
    )


class Letters(nn.Module):
    """Turn base numbers into the one-hot sequences that torch's own layers read."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return shape (n, 4, length)."""
        return nn.functional.one_hot(x.long(), 4).transpose(1, 2).float()


def motif_network(seed: int | None = None, length: int = 250) -> MotifCNN:
    """Return a network of chapter 2's paper size."""
    return MotifCNN(32, length=length, width=13, pool=50, seed=seed)


def _usual_motifs(length: int) -> nn.Module:
    """Return `motif_network` as one would write it with torch's layers."""
    usual = usual_layers(motif_network(0, length))
    return nn.Sequential(Letters(), usual).train()


def motifs(length: int = 250, rows: int = 1_000) -> Family:
    """Return chapter 2's network: 32 filters of 13 bp, maxima of 50 bp."""
    windows = length  # padded, so that there is one for each position
    return Family(
        lambda seed: motif_network(seed, length),
        sequence_data(length),
        (),
        batch_size=128,
        rows=rows,
        plain=lambda: _usual_motifs(length),
        shared=True,
        networks=(1, 15),
        # The winners' slopes reach only a few entries: the forward pass is all.
        looked_up=looked_up(windows, width=13, filters=32, passes=1),
    )


class PlainMotifs(nn.Module):
    """The factorization machine on motifs as one would write it with torch's layers."""

    def __init__(self, n_filters: int, width: int, n_factors: int) -> None:
        super().__init__()
        self.letters = Letters()
        self.convolution = nn.Conv1d(4, n_filters, width)
        self.norm = nn.BatchNorm1d(n_filters, affine=False)
        self.read_out = FactorizationMachine(n_filters, 1, n_factors, seed=0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return shape (n, 1)."""
        responses = self.convolution(self.letters(x)).relu()
        return self.read_out(self.norm(responses.mean(dim=2)))


def factorization(length: int, rows: int) -> Family:
    """Return chapter 3's network: 20 filters of 20 bp, 20 factors, ten folds."""
    return Family(
        lambda seed: MotifNetwork(20, width=20, n_factors=20, seed=seed),
        lambda rng, n: (
            rng.integers(0, 4, (n, length)).astype(np.uint8),
            rng.integers(0, 2, n).astype(np.float32),
        ),
        (),
        batch_size=500,
        rows=rows,
        plain=_seeded_plain(lambda: PlainMotifs(20, 20, 20)),
        shared=True,
        networks=(1, 10),
        # Read on the way forward; on the way back their slopes are read and written.
        looked_up=looked_up(length - 19, width=20, filters=20, passes=3),
    )


def _seeded_plain(network: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    return lambda: _seeded(network)(0)


def looked_up(windows: int, *, width: int, filters: int, passes: int) -> int:
    """Return the bytes of tables that one row reads or writes in so many passes.

    Each window adds up an entry for each few letters of the filters; an entry holds
    one number a filter.
    """
    taps = -(-width // AT_ONCE)
    return passes * windows * taps * filters * 4


class SeparateNets(nn.Module):
    """The MLP with univariate nets as the public code wrote it: a module a feature.

    Tsang, Cheng and Liu's code of 2020 calls ten small networks in a loop.
    """

    def __init__(self, n_features: int, hidden: Sequence[int] = (10, 10, 10)) -> None:
        super().__init__()
        self.interaction = MLP(n_features)
        self.univariate = nn.ModuleList(MLP(1, hidden) for _ in range(n_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return shape (n, 1)."""
        own = [net(x[:, [i]]) for i, net in enumerate(self.univariate)]
        return self.interaction(x) + sum(own)


#: What `--family` chooses from; a new family is one entry here.
FAMILIES = {
    "mlp": Family(
        _seeded(lambda: MLP(10)), _product_data, INTERACTION_WEIGHTS, 100, 5_000
    ),
    "mlp-m": Family(
        _seeded(lambda: MLPM(10)),
        _product_data,
        INTERACTION_WEIGHTS,
        100,
        3_000,
        published=_seeded_plain(lambda: SeparateNets(10)),
    ),
    "cnn": cnn(),
    "cnn-same": cnn(padding="same"),
    "motif": motifs(),
    "fm": factorization(100, rows=2_000),
    "fm-600": factorization(600, rows=1_000),
    "gene": genes(30_000, 30_000),  # the batch of chapter 4's paper
    "gene-small": genes(2_000, 10_000),
}
