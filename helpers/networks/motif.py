"""A network whose first layer finds motifs and whose dense layers combine them."""

import copy
import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers import checks
from helpers import device as machine
from helpers.networks.layers import Norm
from helpers.networks.scan import N, letter_table, max_scan, padded_kmers


class MotifCNN(nn.Module):
    """One convolution, batch norm, ReLU, max pooling, and three dense layers.

    Differs from the usual layers in two ways that change neither what the network can
    compute nor, within the spread of seeds, how well it learns. The convolution's
    batch norm uses the mean and variance that a filter has on uniform background, in
    closed form, instead of those of the batch; so it can be folded into the filter,
    and only the winner of each pool is ever stored. And running means are parameters
    without gradient, so that many networks can be stacked.

    Parameters
    ----------
    n_filters : int
    length : int
        Of the sequences, in bp.
    width : int
        Of the filters, in bp; the sequence is padded to keep its length.
    pool : int
        Width and stride of the pooling, in bp; a shorter rest forms a pool too.
    hidden : tuple of int
        Units of the dense layers before the output.
    n_outputs : int
    hidden_norm : bool
        Whether the hidden layers have batch norm.
    seed : int, optional
        Of the initial weights; torch's global generator if left out.

    Source
    ------
    Lemanczyk, Bartoszewicz and Renard, Methods; widths, pooling and dense sizes are
    not given there.
    """

    def __init__(
        self,
        n_filters: int,
        *,
        length: int,
        width: int,
        pool: int,
        hidden: Sequence[int] = (64, 32),
        n_outputs: int = 1,
        hidden_norm: bool = True,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        checks.integer("n_filters", n_filters, at_least=1)
        self.length = checks.integer("length", length, at_least=1)
        self.width = checks.integer("width", width, at_least=1, at_most=length)
        self.pool = checks.integer("pool", pool, at_least=1, at_most=length)
        self.n_pools = math.ceil(length / pool)
        generator = torch.Generator()
        generator.manual_seed(seed) if seed is not None else generator.seed()
        filters = torch.randn(n_filters, 4, width, generator=generator)
        self.filters = nn.Parameter(filters / math.sqrt(width))
        self.scale = nn.Parameter(torch.ones(n_filters))
        self.shift = nn.Parameter(torch.zeros(n_filters))
        sizes = [n_filters * self.n_pools, *hidden]
        self.hidden = nn.ModuleList(
            _dense(a, b, generator) for a, b in zip(sizes, hidden, strict=False)
        )
        self.norms = nn.ModuleList(
            Norm(size) for size in (hidden if hidden_norm else ())
        )
        self.output = _dense(sizes[-1], n_outputs, generator)

    def forward(self, x: Tensor) -> Tensor:
        """Return the outputs (logits or values) of each sequence.

        Parameters
        ----------
        x : Tensor, shape (n, length) or (n, 4, length)
            Base numbers (A, C, G, T = 0..3) of any dtype, or one-hot sequences.

        Returns
        -------
        Tensor, shape (n, n_outputs)
        """
        return self.head(self.pooled(x))

    def folded_filters(self) -> Tensor:
        """Return the filters with their batch norm's scale in them, (filters, 4, w)."""
        centred, deviation = self.centred_filters()
        return centred * (self.scale / deviation)[:, None, None]

    def centred_filters(self) -> tuple[Tensor, Tensor]:
        """Return filters of mean zero, and their deviation on uniform background."""
        centred = self.filters - self.filters.mean(dim=1, keepdim=True)
        return centred, centred.pow(2).mean(dim=1).sum(dim=1).add(1e-8).sqrt()

    def pooled(self, x: Tensor) -> Tensor:
        """Return the largest response in each pool, before its shift and ReLU.

        Returns
        -------
        Tensor, shape (n, n_pools, filters)
        """
        if x.ndim == 2 and x.device.type == "cpu":
            table = letter_table(self.folded_filters().permute(2, 1, 0))
            codes = padded_kmers(x, self.width, "same")
            return max_scan(codes, table, pool=self.pool)[0]
        if x.ndim == 2:
            x = F.one_hot(x.long(), 4).transpose(1, 2)
        left = (self.width - 1) // 2
        x = F.pad(x.to(self.filters.dtype), (left, self.width - 1 - left))
        scan = F.conv1d(x, self.folded_filters())
        rest = self.n_pools * self.pool - self.length
        scan = F.pad(scan, (0, rest), value=-torch.inf)
        return F.max_pool1d(scan, self.pool).transpose(1, 2)

    def head(self, pooled: Tensor) -> Tensor:
        """Return the outputs for pooled responses, (n, n_pools, filters)."""
        x = F.relu(pooled + self.shift).flatten(1)
        for i, layer in enumerate(self.hidden):
            x = layer(x)
            x = F.relu(self.norms[i](x) if len(self.norms) else x)
        return self.output(x)


def usual_layers(network: MotifCNN, *, probability: bool = False) -> nn.Sequential:
    """Return the same network, made of torch's own layers.

    For methods that must see each layer, such as Captum's, and as the yardstick of the
    compiled one. It is what one would write by hand: convolution, batch norm, ReLU,
    max pooling, and dense layers; its weights are copies.

    Parameters
    ----------
    network : MotifCNN
    probability : bool
        Whether a logistic function follows the output.

    Returns
    -------
    Sequential
        In evaluation mode; takes one-hot sequences, shape (n, 4, length).
    """
    n_filters, width = len(network.filters), network.width
    left = (width - 1) // 2
    like = {"dtype": network.filters.dtype, "device": network.filters.device}
    convolution = nn.Conv1d(4, n_filters, width, bias=False, **like)  # type: ignore[arg-type]  # options in a dict
    norm = nn.BatchNorm1d(n_filters, **like)  # type: ignore[arg-type]  # options in a dict
    with torch.no_grad():
        centred, deviation = network.centred_filters()
        convolution.weight.copy_(centred / deviation[:, None, None])
        norm.weight.copy_(network.scale)
        norm.bias.copy_(network.shift)
        norm.running_var.fill_(1 - norm.eps)  # type: ignore[union-attr]  # the filters' variance is one by now; it has weights
    layers = [nn.ZeroPad1d((left, width - 1 - left)), convolution, norm, nn.ReLU()]
    layers += [nn.MaxPool1d(network.pool, ceil_mode=True), Turn(), nn.Flatten()]
    for i, dense in enumerate(network.hidden):
        layers.append(copy.deepcopy(dense))
        layers += [_usual_norm(network.norms[i])] if len(network.norms) else []  # type: ignore[arg-type]  # usual parts
        layers.append(nn.ReLU())
    layers.append(copy.deepcopy(network.output))
    layers += [nn.Sigmoid()] if probability else []
    return nn.Sequential(*layers).eval()


class Turn(nn.Module):
    """Swap the axes of filters and pools, in whose order the dense weights run."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the pooled responses, shape (n, n_pools, filters)."""
        return x.transpose(1, 2)


def window_scores(
    sequences: np.ndarray, places: np.ndarray, table: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return what each base adds to a weighted sum of pooled maxima.

    Parameters
    ----------
    sequences : array, shape (n, length)
    places : array of int, shape (n, n_pools, filters)
        Where the maxima lie, as `max_scan` says.
    table : array, shape (width, 4, filters)
    weights : array, shape (n, n_pools, filters)

    Returns
    -------
    array, shape (n, length)
    """
    width = table.shape[0]
    left = (width - 1) // 2
    letters = np.pad(
        np.asarray(sequences, np.uint8),
        ((0, 0), (left, width - 1 - left)),
        constant_values=N,
    )
    padded = np.pad(table, ((0, 0), (0, 1), (0, 0)))
    scores = np.zeros(letters.shape, dtype=np.float64)
    _spread(letters, places, np.ascontiguousarray(padded), weights, scores)
    return scores[:, left : left + np.shape(sequences)[1]]


@machine.compiled(nogil=True, cache=True)
def _spread(
    letters: np.ndarray,
    places: np.ndarray,
    table: np.ndarray,
    weights: np.ndarray,
    scores: np.ndarray,
) -> None:
    n, n_pools, filters = weights.shape
    for i in range(n):
        for k in range(n_pools):
            for f in range(filters):
                value = weights[i, k, f]
                if value != 0:
                    place = places[i, k, f]
                    for j in range(table.shape[0]):
                        entry = table[j, letters[i, place + j], f]
                        scores[i, place + j] += value * entry


def _usual_norm(norm: Norm) -> nn.BatchNorm1d:
    like = {"dtype": norm.mean.dtype, "device": norm.mean.device}
    usual = nn.BatchNorm1d(len(norm.mean), momentum=norm.momentum, **like)  # type: ignore[arg-type]  # options in a dict
    with torch.no_grad():
        usual.weight.copy_(norm.scale)
        usual.bias.copy_(norm.shift)
        usual.running_mean.copy_(norm.mean)  # type: ignore[union-attr]  # it keeps averages
        usual.running_var.copy_(norm.variance)  # type: ignore[union-attr]  # it keeps averages
    return usual


def _dense(n_in: int, n_out: int, generator: torch.Generator) -> nn.Linear:
    """Return a linear layer with torch's usual initial weights, from a generator."""
    layer = nn.Linear(n_in, n_out)
    bound = 1 / math.sqrt(n_in)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.uniform_(-bound, bound, generator=generator)
    return layer
