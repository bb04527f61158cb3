"""Layers that several networks share."""

from typing import Any

import torch
from torch import Tensor, nn

from helpers import checks


class Norm(nn.Module):
    """Batch norm whose running mean and variance are parameters without gradient.

    Parameters
    ----------
    size : int
        Number of features.
    momentum : float
        Share of the batch in the running moments.
    affine : bool
        Whether a learned scale and shift follow.
    eps : float
        Added to the variance.
    """

    def __init__(
        self,
        size: int,
        momentum: float = 0.1,
        *,
        affine: bool = True,
        eps: float = 1e-5,
    ) -> None:
        super().__init__()
        self.momentum, self.affine, self.eps = momentum, affine, eps
        if affine:
            self.scale = nn.Parameter(torch.ones(size))
            self.shift = nn.Parameter(torch.zeros(size))
        self.mean = nn.Parameter(torch.zeros(size), requires_grad=False)
        self.variance = nn.Parameter(torch.ones(size), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise by the batch while training, by the running moments otherwise."""
        if self.training:
            mean = x.mean(dim=0)
            x = x - mean
            variance = x.square().mean(dim=0)  # torch's own takes several times as long
            for kept, new in ((self.mean, mean), (self.variance, variance)):
                Remember.apply(kept, new.detach(), self.momentum)
        else:
            x, variance = x - self.mean, self.variance
        x = x * (variance + self.eps).rsqrt()
        return self.scale * x + self.shift if self.affine else x


class Remember(torch.autograd.Function):
    """Move kept moments towards new ones, in place.

    A function of its own, because inside `vmap` only its rule sees the stack that the
    kept moments of all networks lie in; and past autograd, which forbids changing any
    part of a stack between the forward and the backward pass.
    """

    @staticmethod
    def forward(kept: Tensor, new: Tensor, momentum: float) -> Tensor:
        """Change `kept`; what is returned has no use."""
        kept.data.mul_(1 - momentum).add_(momentum * new)
        return new.new_zeros(kept.shape[:1])

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Tensor) -> None:
        """Keep nothing: there is no gradient."""
        ctx.mark_non_differentiable(output)

    @staticmethod
    def backward(ctx: Any, _: Tensor) -> tuple[None, None, None]:
        """Give no gradient."""
        return None, None, None

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple, kept: Tensor, new: Tensor, momentum: float
    ) -> tuple[Tensor, int]:
        """Change the moments of all networks at once."""
        kept, new = kept.movedim(in_dims[0], 0), new.movedim(in_dims[1], 0)
        return Remember.apply(kept, new, momentum), 0


class FactorizationMachine(nn.Module):
    """A linear function plus an interaction of every pair of inputs.

    output = w0 + sum_i w_i x_i + sum_(i < j) <v_i, v_j> x_i x_j,

    where each input i has a vector v_i of `n_factors` numbers, for each target its own.
    All pairs cost no more than the vectors: half of the squared sum less the sum of
    squares.

    Parameters
    ----------
    n_inputs : int
    n_targets : int
    n_factors : int
        Length of the vectors; 0 leaves the linear function alone.
    vector_sd : float
        Standard deviation of the numbers in the initial vectors. With standardised
        inputs the pairs then move the initial output by about vector_sd^2 n_inputs
        sqrt(n_factors) / 1.4, so hundreds of inputs want shorter vectors.
    seed : int, optional
        Of the initial weights; torch's global generator if left out.

    Source
    ------
    Rendle (2010), equations 1 and 5.
    """

    def __init__(
        self,
        n_inputs: int,
        n_targets: int = 1,
        n_factors: int = 0,
        *,
        vector_sd: float = 0.1,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        checks.integer("n_inputs", n_inputs, at_least=1)
        checks.number("vector_sd", vector_sd, at_least=0)
        checks.integer("n_targets", n_targets, at_least=1)
        self.n_factors = checks.integer("n_factors", n_factors, at_least=0)
        generator = torch.Generator()
        generator.manual_seed(seed) if seed is not None else generator.seed()
        bound = (6 / (n_inputs + n_targets)) ** 0.5  # Glorot's uniform
        weights = torch.empty(n_targets, n_inputs)
        self.weights = nn.Parameter(
            weights.uniform_(-bound, bound, generator=generator)
        )
        self.bias = nn.Parameter(torch.zeros(n_targets))
        if n_factors:
            vectors = torch.randn(n_targets, n_inputs, n_factors, generator=generator)
            self.vectors = nn.Parameter(vector_sd * vectors)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, (n, n_targets), of inputs (n, n_inputs)."""
        output = x @ self.weights.T + self.bias
        if self.n_factors:
            sums = torch.einsum("ni,tif->ntf", x, self.vectors)
            squares = x.square() @ self.vectors.square().sum(dim=2).T
            output = output + (sums.square().sum(dim=2) - squares) / 2
        return output

    def pair_weights(self) -> Tensor:
        """Return <v_i, v_j> for all pairs, (n_targets, n_inputs, n_inputs)."""
        return self.vectors @ self.vectors.transpose(1, 2)
