"""Networks that find motifs anywhere in a sequence and read out how they combine."""

import math

import torch
from torch import Tensor, nn

from helpers import checks
from helpers.networks.layers import FactorizationMachine, Norm
from helpers.networks.scan import (
    N,
    kmers,
    letter_table,
    max_scan,
    mean_scan,
    padded_kmers,
)


class MotifNetwork(nn.Module):
    """One convolution, ReLU, average over the sequence, then a linear or FM read-out.

    The average over hundreds of windows makes a hit worth a hundredth, and a product of
    two hits a ten-thousandth, which is why a factorization machine learns so slowly
    here. `standardise` puts the averages at mean 0 and standard deviation 1, over the
    batch while training and over past batches afterwards. That is an affine map, so
    what the network can compute stays the same; and as a network's batches hold
    nothing but its own training rows, folds stay apart.

    Parameters
    ----------
    n_filters : int
    width : int
        Of the filters, in bp.
    n_targets : int
    n_factors, vector_sd
        Of the `FactorizationMachine`; no factors make the baseline.
    standardise : bool
        False gives the thesis's own network.
    threshold : float
        Initial shift of each filter, in standard deviations of its response to uniform
        background: it starts by ignoring what lies below. 0 is the thesis's.
    seed : int, optional
        Of the initial weights; torch's global generator if left out.

    Source
    ------
    van den Bogaard, Table 3.1, equations 2.2 and 2.3; initial weights (Glorot's
    uniform) and the standardisation are not given there.
    """

    def __init__(
        self,
        n_filters: int,
        *,
        width: int,
        n_targets: int = 1,
        n_factors: int = 0,
        vector_sd: float = 0.1,
        standardise: bool = True,
        threshold: float = 1.0,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        checks.integer("n_filters", n_filters, at_least=1)
        self.width = checks.integer("width", width, at_least=1)
        checks.number("threshold", threshold, at_least=0)
        generator = torch.Generator()
        generator.manual_seed(seed) if seed is not None else generator.seed()
        bound = math.sqrt(6 / (width * (4 + n_filters)))
        filters = torch.empty(n_filters, 4, width)
        self.filters = nn.Parameter(
            filters.uniform_(-bound, bound, generator=generator)
        )
        spread = self.filters.detach().var(dim=1, correction=0).sum(dim=1).sqrt()
        self.shift = nn.Parameter(-threshold * spread)
        self.norm = Norm(n_filters, affine=False, eps=1e-12) if standardise else None
        self.read_out = FactorizationMachine(
            n_filters,
            n_targets,
            n_factors,
            vector_sd=vector_sd,
            seed=None if seed is None else seed + 1,
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the logit of each target, (n, n_targets).

        Parameters
        ----------
        x : Tensor, shape (n, length)
            Base numbers, A, C, G, T = 0..3 and 4 for unknown ones, of any dtype.
        """
        return self.read_out(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """Return what the read-out sees, (n, n_filters)."""
        codes = padded_kmers(x, self.width)
        table = letter_table(self.filters.permute(2, 1, 0))
        averages = mean_scan(codes, table, self.shift)
        return averages if self.norm is None else self.norm(averages)

    def freeze_filters(self, trained: "MotifNetwork") -> "MotifNetwork":
        """Take over the filters of a trained network and learn only the read-out."""
        with torch.no_grad():
            for name in ("filters", "shift"):
                own, other = getattr(self, name), getattr(trained, name)
                if own.shape != other.shape:
                    raise ValueError(
                        f"trained must have {name} of shape {tuple(own.shape)}; got "
                        f"{tuple(other.shape)}."
                    )
                own.copy_(other)
                own.requires_grad_(False)
        return self


class MotifBuilder(nn.Module):
    """Filters built of whole blocks: each sums weights of `taps` neighbouring k-mers.

    A first, fixed layer says which block of `block` letters starts at each position; a
    dilated convolution gives every possible block a weight of its own at each tap. So
    letters within a block may interact, which those under an ordinary filter
    cannot. Then the ReLU, the largest value of the sequence, and a linear read-out.

    Parameters
    ----------
    n_filters : int
    block : int
        Letters in a block, and between taps.
    taps : int
        Blocks under a filter; it is block * taps letters wide.
    n_targets : int
    seed : int, optional
        Of the initial weights; torch's global generator if left out.

    Source
    ------
    van den Bogaard, Table 3.1 and section 4.4. The text on dilation contradicts Table
    3.1, which is followed: taps stand a block apart.
    """

    def __init__(
        self,
        n_filters: int,
        *,
        block: int = 4,
        taps: int = 3,
        n_targets: int = 1,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        checks.integer("n_filters", n_filters, at_least=1)
        self.block = checks.integer("block", block, at_least=1, at_most=6)
        checks.integer("taps", taps, at_least=1)
        generator = torch.Generator()
        generator.manual_seed(seed) if seed is not None else generator.seed()
        bound = math.sqrt(6 / (taps * (4**block + n_filters)))
        filters = torch.empty(taps, 4**block, n_filters)
        self.filters = nn.Parameter(
            filters.uniform_(-bound, bound, generator=generator)
        )
        self.shift = nn.Parameter(torch.zeros(n_filters))
        self.read_out = FactorizationMachine(
            n_filters, n_targets, seed=None if seed is None else seed + 1
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the logit of each target, (n, n_targets); x as in `MotifNetwork`."""
        return self.read_out(self.features(x))

    def features(self, x: Tensor) -> Tensor:
        """Return the largest response of each filter in each sequence."""
        table = nn.functional.pad(self.filters, (0, 0, 0, 1))  # a block with N: nothing
        codes = self.blocks(x)
        n_windows = codes.shape[-1] - (len(table) - 1) * self.block
        largest = max_scan(codes, table, pool=n_windows, stride=self.block)[0]
        return torch.relu(largest[:, 0] + self.shift)

    def blocks(self, x: Tensor) -> Tensor:
        """Return the number of the block that starts at each position."""
        unknown = x == N
        codes = kmers(torch.where(unknown, 0, x), self.block, letters=4)
        unknown = kmers(unknown, self.block, letters=2) > 0
        return torch.where(unknown & (codes >= 0), 4**self.block, codes)
