"""Optimisers of many networks at once: elementwise, so networks never mix.

An optimiser only says how; `start` returns the running state for one stack of
gradients, whose `direction()` is the step at learning rate 1. The engine multiplies it
by each network's own rate.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.optim.adam import adam

from helpers import checks
from helpers.training.stack import Stack


@dataclass(frozen=True)
class Adam:
    """Adam.

    Parameters
    ----------
    lr : float or sequence of float, length n_networks
        Learning rate, of all or of each network.
    betas : (float, float)
        Decay of the running means of the gradient and of its square.
    eps : float
        Added to the root of the mean square.

    Source
    ------
    Kingma and Ba (2015), Algorithm 1.
    """

    lr: float | tuple = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8

    def __post_init__(self) -> None:
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError(f"betas must be two numbers in [0, 1); got {self.betas}.")
        checks.number("eps", self.eps, at_least=0)

    def start(self, gradients: Stack) -> "AdamState":
        """Return the state before the first step."""
        mean, square = gradients.empty(), gradients.empty()
        steps = torch.zeros((), device=gradients.flat.device)
        return AdamState(self, mean, square, steps)


class AdamState:
    """Running means of one stack of gradients."""

    def __init__(
        self, settings: Adam, mean: Stack, square: Stack, steps: Tensor
    ) -> None:
        self.settings, self.mean, self.square, self.steps = (
            settings,
            mean,
            square,
            steps,
        )
        self._step = mean.empty()

    def direction(self, gradients: Stack) -> Tensor:
        """Take in one gradient; return the step at learning rate 1, flat."""
        beta1, beta2 = self.settings.betas
        # torch's fused kernel moves a parameter; moving a zero leaves the step itself,
        # which can then be scaled by each network's own rate.
        adam(
            [self._step.flat.zero_()],
            [gradients.flat],
            [self.mean.flat],
            [self.square.flat],
            [],
            [self.steps],
            fused=True,
            amsgrad=False,
            beta1=beta1,
            beta2=beta2,
            lr=1.0,
            weight_decay=0.0,
            eps=self.settings.eps,
            maximize=False,
        )
        return self._step.flat

    def means(self) -> tuple[Stack, Stack]:
        """Return the running means of the gradient and of its square."""
        return self.mean, self.square

    def constants(self) -> tuple[float, float, float, float]:
        """Return both decays, eps, and the number of the next step."""
        return (  # type: ignore[return-value]  # of four
            *map(float, self.settings.betas),
            float(self.settings.eps),
            float(self.steps) + 1,
        )

    def count(self, n_steps: int) -> None:
        """Say that steps were taken elsewhere, by `means` and `constants`."""
        self.steps += n_steps

    def select(self, networks: Tensor | np.ndarray) -> "AdamState":
        """Return the state of some networks."""
        mean, square = self.mean.select(networks), self.square.select(networks)
        return AdamState(self.settings, mean, square, self.steps.clone())


@dataclass(frozen=True)
class RMSprop:
    """RMSprop: the gradient over the root of its running mean square.

    Parameters
    ----------
    lr : float or sequence of float, length n_networks
        Learning rate, of all or of each network.
    alpha : float
        Decay of the running mean square.
    eps : float
        Added to the root of the mean square.
    """

    lr: float | tuple = 1e-2
    alpha: float = 0.99
    eps: float = 1e-8

    def __post_init__(self) -> None:
        if not 0 <= self.alpha < 1:
            raise ValueError(f"alpha must be in [0, 1); got {self.alpha}.")
        checks.number("eps", self.eps, at_least=0)

    def start(self, gradients: Stack) -> "RMSpropState":
        """Return the state before the first step."""
        return RMSpropState(self, gradients.empty())


class RMSpropState:
    """Running mean square of one stack of gradients."""

    def __init__(self, settings: RMSprop, square: Stack) -> None:
        self.settings, self.square = settings, square
        self._step = square.empty()

    def direction(self, gradients: Stack) -> Tensor:
        """Take in one gradient; return the step at learning rate 1, flat."""
        alpha, gradient = self.settings.alpha, gradients.flat
        square, step = self.square.flat, self._step.flat
        square.mul_(alpha).addcmul_(gradient, gradient, value=1 - alpha)
        torch.sqrt(square, out=step).add_(self.settings.eps)
        return torch.div(gradient, step, out=step).neg_()

    def means(self) -> tuple[Stack, Stack]:
        """Return room for a mean of the gradient, and that of its square."""
        return self._step, self.square

    def constants(self) -> tuple[float, float, float, float]:
        """Return what makes it of Adam: no memory of the gradient, no correction.

        After infinitely many steps there is nothing left to correct.
        """
        return 0.0, float(self.settings.alpha), float(self.settings.eps), math.inf

    def count(self, n_steps: int) -> None:
        """Say that steps were taken elsewhere: nothing depends on their number."""

    def select(self, networks: Tensor | np.ndarray) -> "RMSpropState":
        """Return the state of some networks."""
        return RMSpropState(self.settings, self.square.select(networks))
