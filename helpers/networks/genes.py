"""Networks with one hidden node for each gene, and the same without interactions.

SNPs of different genes never meet before the gene layer, so that a gene's node is its
value for the trait and an interaction between nodes is one between genes.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from helpers import checks

ACTIVATIONS = {
    "relu": torch.relu,
    # The published code's choice: a smoothed ReLU.
    "softplus": lambda x: nn.functional.softplus(x, beta=10),
}


class GeneEncoder(nn.Module):
    """SNPs of one gene -> one number: an MLP with one hidden layer, or a linear map.

    Parameters
    ----------
    n_snps : int
    hidden : int
        Units of the hidden layer; 0 for a linear map.
    activation : {"relu", "softplus"}
    """

    def __init__(self, n_snps: int, hidden: int = 10, activation: str = "relu") -> None:
        super().__init__()
        self.activation = ACTIVATIONS[activation]
        self.hidden = nn.Linear(n_snps, hidden) if hidden else None
        self.output = nn.Linear(hidden or n_snps, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the gene's value, (batch, 1), for x of (batch, n_snps)."""
        if self.hidden is not None:
            x = self.activation(self.hidden(x))
        return self.output(x)


class _GeneLayer(nn.Module):
    """The encoders of all genes: what both kinds of network share."""

    def __init__(
        self,
        sizes: Sequence[int],
        encoder: int,
        activation: str,
        centre: ArrayLike | None,
    ) -> None:
        super().__init__()
        self.sizes = tuple(checks.integer("sizes", s, at_least=1) for s in sizes)
        if not self.sizes:
            raise ValueError("sizes must name at least one gene; got none.")
        hidden = checks.integer("encoder", encoder, at_least=0)
        checks.one_of("activation", activation, tuple(ACTIVATIONS))
        self.encoders = nn.ModuleList(
            GeneEncoder(size, hidden, activation) for size in self.sizes
        )
        self.register_buffer("centre", _centre(centre, sum(self.sizes)))

    @property
    def n_genes(self) -> int:
        """Number of genes."""
        return len(self.sizes)

    @property
    def blocks(self) -> tuple[slice, ...]:
        """Columns of each gene."""
        edges = accumulate(self.sizes, initial=0)
        return tuple(slice(a, b) for a, b in pairwise(edges))

    def genes(self, x: Tensor) -> Tensor:
        """Return the gene values, (batch, n_genes), for x of (batch, n_snps)."""
        x = x - self.centre
        values = [
            encoder(x[..., block])
            for encoder, block in zip(self.encoders, self.blocks, strict=True)
        ]
        return torch.cat(values, dim=-1)


class GeneNetwork(_GeneLayer):
    """SNPs -> one node a gene -> an MLP -> trait.

    Parameters
    ----------
    sizes : sequence of int
        SNPs of each gene, in column order (`Panel.sizes`).
    encoder : int
        Hidden units between the SNPs of a gene and its node; 0 for a linear map, as
        in the published code.
    head : sequence of int
        Units of each hidden layer between the gene nodes and the trait.
    activation : {"relu", "softplus"}
    centre : array, shape (n_snps,), optional
        Subtracted from the allele counts: their means in the training people.

    Notes
    -----
    The defaults are the published architecture for 10 genes. The activation of the
    gene layer is not stated there; it is linear here.

    Source
    ------
    Cui et al. (2022), Figure 1a and Methods [cui2022].
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        encoder: int = 10,
        head: Sequence[int] = (100,),
        activation: str = "relu",
        centre: ArrayLike | None = None,
    ) -> None:
        super().__init__(sizes, encoder, activation, centre)
        widths = [checks.integer("head width", w, at_least=1) for w in head]
        if not widths:
            raise ValueError("head must have a hidden layer; use MainEffects for none.")
        self.activation = ACTIVATIONS[activation]
        self.layers = nn.ModuleList(
            nn.Linear(n_in, n_out)
            for n_in, n_out in pairwise([self.n_genes, *widths, 1])
        )
        initialise(self)

    def head(self, values: Tensor) -> Tensor:
        """Return the trait, (batch, 1), for gene values of (batch, n_genes)."""
        for layer in self.layers[:-1]:
            values = self.activation(layer(values))
        return self.layers[-1](values)

    def forward(self, x: Tensor) -> Tensor:
        """Return the trait, (batch, 1), for allele counts x of (batch, n_snps)."""
        return self.head(self.genes(x))


class MainEffects(_GeneLayer):
    """SNPs -> one node a gene -> their sum: no interaction between genes.

    Within a gene anything goes that the encoder can express. The weight of a gene in
    the sum is that of its encoder's last layer.

    Parameters
    ----------
    sizes, encoder, activation, centre
        As for `GeneNetwork`.

    Source
    ------
    Cui et al. (2022), equation 13 and Figure 1b [cui2022].
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        encoder: int = 10,
        activation: str = "relu",
        centre: ArrayLike | None = None,
    ) -> None:
        super().__init__(sizes, encoder, activation, centre)
        initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """Return the trait, (batch, 1), for allele counts x of (batch, n_snps)."""
        return self.genes(x).sum(-1, keepdim=True)


def initialise(network: nn.Module, *, encoders_as_one: bool = False) -> None:
    """Draw all weights and biases from torch's random numbers.

    Uniform within ``sqrt(6 / (n_in + n_out))`` of each layer, biases too, as in the
    published code. Torch's own rule starts two to five times smaller, so that networks
    which stop early, as on permuted traits, have hardly left zero.

    Parameters
    ----------
    network : GeneNetwork or MainEffects
    encoders_as_one : bool
        Count linear encoders as one layer from all SNPs to all genes, as the published
        code does.

    Source
    ------
    Glorot and Bengio (2010), equation 16.
    """
    for name, layer in network.named_modules():
        if not isinstance(layer, nn.Linear):
            continue
        fans = (layer.in_features, layer.out_features)
        if encoders_as_one and name.startswith("encoders."):
            fans = (sum(network.sizes), network.n_genes)
        elif isinstance(network, MainEffects) and layer.out_features == 1:
            fans = (network.n_genes * layer.in_features, 1)  # outputs are summed
        bound = math.sqrt(6 / sum(fans))
        nn.init.uniform_(layer.weight, -bound, bound)
        nn.init.uniform_(layer.bias, -bound, bound)


def n_parameters(network: nn.Module) -> int:
    """Return how many numbers training chooses."""
    return sum(parameter.numel() for parameter in network.parameters())


def flops_per_person(network: _GeneLayer) -> dict[str, int]:
    """Return the multiply-adds of one person, times two: forward and one step.

    A step is the forward and the backward pass without slopes at the SNPs.
    """
    hidden = network.encoders[0].hidden
    first, later = sum(network.sizes), 0
    if hidden is not None:
        first *= hidden.out_features
        later += hidden.out_features * network.n_genes
    for layer in getattr(network, "layers", ()):
        later += layer.weight.numel()
    return {"forward": 2 * (first + later), "step": 2 * (2 * first + 3 * later)}


class GenePasses:
    """Passes of stacked `GeneNetwork` or `MainEffects`, by hand (ReLU encoders).

    All networks read the same people, so the first layer of a gene is one product for
    all of them: their weights, one below the other, times the gene's SNPs. Biases ride
    along as weights of a constant column. Slopes are multiplied as late as possible:
    with one output, ``W2' (w3 m d)`` over hidden units is ``(W2 w3)' m`` times d, which
    leaves a single pass over the hidden layer for the mask m. A unit is m times its
    weights times its inputs x, so the gradient ``sum d m (W x)`` of the weight that
    reads it is W times ``sum d m x``, that of its own weights: no pass over the units.

    Parameters
    ----------
    network : GeneNetwork or MainEffects
        Gives sizes and centre; one hidden layer in encoders and head.
    parameters, gradients : Stack
        Of the networks (axis 0 = network): mappings from parameter names.

    Notes
    -----
    Kept between the two passes, for each network and person: the units of all encoders
    and of the head, 200 values in the published architecture. One network alone takes
    three times as long for a person as one of ten. On a CPU a batch is taken in blocks
    of rows that leave the units of a gene in the cache.
    """

    NETWORKS = 25  # that train together on a CPU
    ROWS = 1024  # of a block on a CPU: with 25 networks, 1 MB of units a gene

    def __init__(
        self,
        network: nn.Module,
        parameters: Mapping[str, Tensor],
        gradients: Mapping[str, Tensor],
    ) -> None:
        self.n_genes = network.n_genes
        self.centre = network.centre.to(parameters["encoders.0.hidden.bias"])
        self.units = network.encoders[0].hidden.out_features
        self.has_head = isinstance(network, GeneNetwork)
        self.parameters, self.gradients = parameters, gradients
        self._arrays: dict = {}
        self._stacked: list[Tensor] = []  # of each gene: hidden weights and biases
        self.rows_at_once = None if self.centre.is_cuda else self.ROWS
        # Columns of each gene in x, and in x with a constant column after every gene.
        self._columns = network.blocks
        edges = accumulate((size + 1 for size in network.sizes), initial=0)
        self._wide_columns = tuple(slice(a, b) for a, b in pairwise(edges))

    @staticmethod
    def fits(network: nn.Module) -> bool:
        """Return whether these passes compute what `network` computes."""
        if type(network) not in (GeneNetwork, MainEffects):
            return False
        shallow = type(network) is MainEffects or len(network.layers) == 2
        encoder = network.encoders[0]
        rectified = encoder.activation is torch.relu
        return shallow and rectified and encoder.hidden is not None

    def forward(self, x: Tensor, own: bool = False, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, 1).

        x is (batch, n_snps), shared by all networks, or (n_networks, batch, n_snps) if
        `own`, which costs far more.
        """
        x = self._with_constant(x)
        z, values = self._encode(x)
        self._saved = x, z, values
        if not self.has_head:
            return values[:, :-1].sum(1).unsqueeze(2)
        p = self.parameters
        weights = torch.cat([p["layers.0.weight"], p["layers.0.bias"].unsqueeze(2)], 2)
        h = self._array("h", *weights.shape[:2], values.shape[2])
        torch.bmm(weights, values, out=h).relu_()
        self._saved = x, z, values, weights, h
        out = torch.bmm(p["layers.1.weight"], h)
        return out.add_(p["layers.1.bias"].unsqueeze(2)).transpose(1, 2)

    def backward(self, slope: Tensor) -> None:
        """Add the gradients, given the slope at the outputs, (n_networks, batch, 1)."""
        slope = slope.transpose(1, 2)  # (n_networks, 1, batch)
        x, z, values, *head = self._saved
        if self.has_head:
            at_genes = self._through_head(slope, values, *head)
        else:
            at_genes = slope.expand(-1, self.n_genes, -1)
        self._through_encoders(at_genes, x, z)

    def _encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return rectified units and gene values above a row of ones.

        Units are (n_genes, n_networks, units, batch): those of one gene are used up
        while they are in the cache. Values are (n_networks, n_genes + 1, batch).
        """
        p, n_networks = self.parameters, len(self.parameters["encoders.0.hidden.bias"])
        batch = x.shape[-2]
        z = self._array("z", self.n_genes, n_networks, self.units, batch)
        values = self._array("values", n_networks, self.n_genes + 1, batch)
        values[:, -1] = 1
        self._stacked = []
        for k, columns in enumerate(self._wide_columns):
            weight = p[f"encoders.{k}.hidden.weight"]
            stacked = self._array(("w", k), *weight.shape[:2], weight.shape[2] + 1)
            stacked[..., :-1] = weight
            stacked[..., -1] = p[f"encoders.{k}.hidden.bias"]
            self._stacked.append(stacked)
            _product(stacked, x[..., columns].transpose(-1, -2), out=z[k]).relu_()
            g = torch.bmm(p[f"encoders.{k}.output.weight"], z[k])
            bias = p[f"encoders.{k}.output.bias"]
            torch.add(g.squeeze(1), bias, out=values[:, k])
        return z, values

    def _through_head(
        self, slope: Tensor, values: Tensor, weights: Tensor, h: Tensor
    ) -> Tensor:
        """Add the head's gradients; return the slope at the genes."""
        p, into = self.parameters, self.gradients
        output = p["layers.1.weight"]  # (n_networks, 1, width)
        mask = h.sign_()
        back = (p["layers.0.weight"] * output.transpose(1, 2)).transpose(1, 2)
        at_genes = self._array("at genes", len(h), self.n_genes, h.shape[2])
        torch.bmm(back, mask, out=at_genes).mul_(slope)
        d = torch.bmm(values.mul_(slope), mask.transpose(1, 2)).transpose(1, 2)
        into["layers.1.weight"].add_((d * weights).sum(2).unsqueeze(1))
        into["layers.1.bias"].add_(slope.sum(2))
        d.mul_(output.transpose(1, 2))
        into["layers.0.weight"].add_(d[..., :-1])
        into["layers.0.bias"].add_(d[..., -1])
        return at_genes

    def _through_encoders(self, at_genes: Tensor, x: Tensor, z: Tensor) -> None:
        into, at_biases = self.gradients, at_genes.sum(2)
        for k, columns in enumerate(self._wide_columns):
            slope = at_genes[:, k : k + 1]  # (n_networks, 1, batch)
            # A silent unit passes nothing on; the others pass the slope of their gene.
            torch.ops.aten.threshold_backward.grad_input(
                slope.expand_as(z[k]), z[k], 0, grad_input=z[k]
            )
            d = _product_over_people(z[k], x[..., columns])
            into[f"encoders.{k}.output.weight"].add_(
                (d * self._stacked[k]).sum(2).unsqueeze(1)
            )
            into[f"encoders.{k}.output.bias"].add_(at_biases[:, k : k + 1])
            d.mul_(self.parameters[f"encoders.{k}.output.weight"].transpose(1, 2))
            into[f"encoders.{k}.hidden.weight"].add_(d[..., :-1])
            into[f"encoders.{k}.hidden.bias"].add_(d[..., -1])

    def _with_constant(self, x: Tensor) -> Tensor:
        """Return centred x with a column of ones after every gene."""
        wide = self._array("x", *x.shape[:-1], x.shape[-1] + self.n_genes)
        for columns, places in zip(self._columns, self._wide_columns, strict=True):
            last = places.stop - 1
            into = wide[..., places.start : last]
            torch.sub(x[..., columns], self.centre[columns], out=into)
            wide[..., last] = 1
        return wide

    def _array(self, name: object, *shape: int) -> Tensor:
        """Return the array kept under this name and shape: a fresh one costs more."""
        if (name, shape) not in self._arrays:
            like = self.parameters["encoders.0.hidden.bias"]
            self._arrays[name, shape] = like.new_empty(shape)
        return self._arrays[name, shape]


def _product(a: Tensor, b: Tensor, *, out: Tensor) -> Tensor:
    """Return a (n_networks, m, k) times b, one (k, n) for all or one for each."""
    if b.ndim == 3:
        return torch.bmm(a, b, out=out)
    torch.mm(a.flatten(0, 1), b, out=out.flatten(0, 1))
    return out


def _product_over_people(z: Tensor, x: Tensor) -> Tensor:
    """Return z (n_networks, m, people) times x, (people, n) for all or one for each."""
    if x.ndim == 3:
        return torch.bmm(z, x)
    if len(z) < 8:
        return torch.mm(z.flatten(0, 1), x).unflatten(0, z.shape[:2])
    # The other way round a tenth faster for many networks, far slower for one.
    d = torch.mm(x.t(), z.flatten(0, 1).t()).t()
    return d.contiguous().unflatten(0, z.shape[:2])


def _centre(centre: ArrayLike | None, n_snps: int) -> Tensor:
    if centre is None:
        return torch.zeros(n_snps)
    return torch.as_tensor(
        checks.vector("centre", centre, length=n_snps), dtype=torch.float32
    )
