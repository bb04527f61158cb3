"""Multilayer perceptrons, with and without a univariate net for each feature.

Ordinary modules of one network; `helpers.ensemble` trains many of them at once.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from helpers import checks

#: Names (patterns) of the weights of the interaction part of either network, biases
#: and univariate nets left out: what the L1 penalty of NID covers.
INTERACTION_WEIGHTS = ("layers.*.weight", "interaction.layers.*.weight")


class MLP(nn.Module):
    """A multilayer perceptron: ReLU hidden layers, linear output.

    Parameters
    ----------
    n_features : int
        Number of inputs p.
    hidden : sequence of int
        Units of each hidden layer; empty for a linear model.
    n_outputs : int
        Number of outputs.

    Source
    ------
    Tsang, Cheng and Liu (2018), section 5.1, for the default widths.

    Examples
    --------
    >>> import torch
    >>> from helpers import MLP
    >>> network = MLP(n_features=5, hidden=(8, 4))
    >>> network(torch.zeros(10, 5)).shape
    torch.Size([10, 1])
    """

    def __init__(
        self,
        n_features: int,
        hidden: Sequence[int] = (140, 100, 60, 20),
        n_outputs: int = 1,
    ) -> None:
        super().__init__()
        widths = [
            checks.integer("n_features", n_features, at_least=1),
            *widths_of("hidden", hidden),
            checks.integer("n_outputs", n_outputs, at_least=1),
        ]
        self.layers = nn.ModuleList(
            nn.Linear(n_in, n_out) for n_in, n_out in pairwise(widths)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, (batch, n_outputs), for x of (batch, n_features)."""
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


class UnivariateNets(nn.Module):
    """One small network for each feature, added up: the main effects.

    The p networks are layers of one batched product, so they cost one call a layer and
    not p. Hidden layers have biases, the outputs none: that of the interaction part
    serves all. Without hidden layers each net is one slope, drawn as those of a linear
    layer of all features.

    Parameters
    ----------
    n_features : int
        Number of inputs p, and of networks.
    hidden : sequence of int
        Units of each hidden layer of every network.
    n_outputs : int
        Number of outputs.
    """

    def __init__(
        self, n_features: int, hidden: Sequence[int] = (10, 10, 10), n_outputs: int = 1
    ) -> None:
        super().__init__()
        self.n_features = checks.integer("n_features", n_features, at_least=1)
        n_outputs = checks.integer("n_outputs", n_outputs, at_least=1)
        widths = [1, *widths_of("univariate", hidden)]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for n_in, n_out in pairwise(widths):
            bound = 1 / math.sqrt(n_in)  # torch's own rule for a linear layer
            self.weights.append(uniform(bound, n_features, n_out, n_in))
            self.biases.append(uniform(bound, n_features, n_out, 1))
        # Without hidden layers the nets are one linear layer of all features.
        bound = 1 / math.sqrt(widths[-1] if len(widths) > 1 else n_features)
        self.output = uniform(bound, n_outputs, n_features * widths[-1])

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum over features, (batch, n_outputs), for x of (batch, p)."""
        return (self.output @ self._last_hidden(x).flatten(0, 1)).T

    def contributions(self, x: Tensor) -> Tensor:
        """Return each feature's own part, (batch, n_features, n_outputs).

        The parts of one feature are a curve over its values, up to a constant.
        """
        hidden = self._last_hidden(x)  # (n_features, units, batch)
        output = self.output.unflatten(1, (self.n_features, -1))
        return torch.einsum("kpu,pub->bpk", output, hidden)

    def _last_hidden(self, x: Tensor) -> Tensor:
        h = x.T.unsqueeze(1)  # (n_features, 1, batch)
        for weight, bias in zip(self.weights, self.biases, strict=True):
            h = torch.relu(weight @ h + bias)  # (n_features, units, batch)
        return h


class MLPM(nn.Module):
    """An MLP for the interactions plus univariate nets for the main effects, summed.

    Trained together, the univariate nets take the main effects away from the MLP, whose
    weights then speak of interactions alone (MLP-M in the paper).

    Parameters
    ----------
    n_features : int
        Number of inputs p.
    hidden : sequence of int
        Units of each hidden layer of the interaction part.
    univariate : sequence of int
        Units of each hidden layer of every univariate net.
    n_outputs : int
        Number of outputs.

    Source
    ------
    Tsang, Cheng and Liu (2018), section 4.3.

    Examples
    --------
    >>> import torch
    >>> from helpers import MLPM
    >>> network = MLPM(n_features=5, hidden=(8, 4), univariate=(3,))
    >>> network(torch.zeros(10, 5)).shape
    torch.Size([10, 1])
    """

    def __init__(
        self,
        n_features: int,
        hidden: Sequence[int] = (140, 100, 60, 20),
        univariate: Sequence[int] = (10, 10, 10),
        n_outputs: int = 1,
    ) -> None:
        super().__init__()
        self.interaction = MLP(n_features, hidden, n_outputs)
        self.univariate = UnivariateNets(n_features, univariate, n_outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, (batch, n_outputs), for x of (batch, n_features)."""
        return self.interaction(x) + self.univariate(x)


def widths_of(name: str, widths: Sequence[int]) -> list[int]:
    """Return the units of each layer as a list, checked to be positive integers."""
    if isinstance(widths, str) or not isinstance(widths, Sequence):
        raise TypeError(f"{name} must be a sequence of integers; got {widths!r}.")
    return [checks.integer(f"{name} width", width, at_least=1) for width in widths]


def uniform(bound: float, *shape: int) -> nn.Parameter:
    """Return a parameter drawn uniformly from (-bound, bound)."""
    return nn.Parameter(torch.empty(shape).uniform_(-bound, bound))
