"""An additive model with one network for each feature and each set of features.

The model of the cut-off: what it cannot say, because no set holds the features
together, is no part of it. An ordinary module of one network; `helpers.ensemble` trains
many of them at once.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from helpers import checks
from helpers.networks.mlp import UnivariateNets, uniform, widths_of

#: Names (patterns) of all weights of the model, biases left out: what the L2 penalty of
#: the cut-off covers.
GAM_WEIGHTS = ("weights.*", "univariate.weights.*", "univariate.output")


class InteractionGAM(nn.Module):
    """A constant, a univariate net for each feature, and an MLP for each set, summed.

    The networks of the sets are layers of one batched product. Every one of them has
    all features as inputs, those outside its set multiplied by zero, so models with as
    many sets are one architecture whatever the sets are, and train together.

    Parameters
    ----------
    n_features : int
        Number of inputs p.
    sets : sequence of sequences of int
        Features of each network, 0-based, two or more; none for main effects alone.
    hidden : sequence of int
        Units of each hidden layer of the network of a set.
    univariate : sequence of int
        Units of each hidden layer of every univariate net.
    n_outputs : int
        Number of outputs.

    Source
    ------
    Tsang, Cheng and Liu (2018), section 4.3; widths from section 5.1.
    """

    def __init__(
        self,
        n_features: int,
        sets: Sequence[Sequence[int]] = (),
        hidden: Sequence[int] = (140, 100, 60, 20),
        univariate: Sequence[int] = (10, 10, 10),
        n_outputs: int = 1,
    ) -> None:
        super().__init__()
        self.univariate = UnivariateNets(n_features, univariate, n_outputs)
        sets = checks.feature_sets("sets", sets, n_features)
        members = torch.zeros(len(sets), n_features)
        for k, features in enumerate(sets):
            members[k, list(features)] = 1
        # A parameter, since it differs between networks; never trained.
        self.members = nn.Parameter(members, requires_grad=False)
        widths = [n_features, *widths_of("hidden", hidden), n_outputs]
        if len(widths) < 3:
            raise ValueError("hidden must name at least one layer; got none.")
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for i, (n_in, n_out) in enumerate(pairwise(widths if sets else ())):
            bound = torch.full((len(sets), 1, 1), n_in**-0.5)  # torch's own rule
            if i == 0:  # as if the features outside the set were not there
                bound = members.sum(1)[:, None, None] ** -0.5
            weight = uniform(1.0, len(sets), n_out, n_in).data * bound
            self.weights.append(weight * members.unsqueeze(1) if i == 0 else weight)
            if i < len(widths) - 2:  # the constant serves all outputs
                self.biases.append(uniform(1.0, len(sets), n_out).data * bound[..., 0])
        self.constant = nn.Parameter(torch.zeros(n_outputs))

    @property
    def sets(self) -> tuple[tuple[int, ...], ...]:
        """The sets, 0-based, in the order of their networks."""
        return tuple(tuple(row.nonzero()[:, 0].tolist()) for row in self.members)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs, (batch, n_outputs), for x of (batch, n_features)."""
        total = self.univariate(x) + self.constant
        return total + self.of_sets(x).sum(1) if len(self.weights) else total

    def of_sets(self, x: Tensor) -> Tensor:
        """Return what each set's network adds, (batch, n_sets, n_outputs)."""
        h = x * self.members.unsqueeze(1)  # (n_sets, batch, n_features)
        if not len(self.weights):
            return h.new_zeros(len(x), 0, len(self.constant))
        for weight, bias in zip(self.weights[:-1], self.biases, strict=True):
            h = torch.relu(h @ weight.mT + bias.unsqueeze(1))
        return (h @ self.weights[-1].mT).transpose(0, 1)
