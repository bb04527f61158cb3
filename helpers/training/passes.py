"""Forward and backward passes of many equal networks at once.

`passes_for` gives the passes of a network: hand-written ones for the perceptrons of
`helpers.networks.mlp`, the additive models of `helpers.networks.gam`, the networks of
`helpers.networks.genes` and the convolutional networks of `helpers.networks.cnn` (one
way for a CPU, one for a GPU), forward passes of those that look up k-mers on a CPU
(`readers`), and `torch.func.vmap` with autograd for any other module.
Each offers

- `forward(x, training)`: x of (batch, ...), shared, or (n_networks, batch, ...) to
  output (n_networks, batch, n_outputs), overwritten by the next call;
- `backward(slope)`: *adds* the gradients, given the slope of the summed loss with
  respect to the output of the last forward pass;
- `rows_at_once`: rows of a batch that one pass should take, or None for all.
"""

import copy
import math
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from helpers.networks.cnn import CNN
from helpers.networks.factorization import MotifBuilder, MotifNetwork
from helpers.networks.gam import InteractionGAM
from helpers.networks.genes import GenePasses
from helpers.networks.mlp import MLP, MLPM
from helpers.networks.motif import MotifCNN
from helpers.training import readers
from helpers.training.dense import Buffers, MLPPasses, relu_slope_
from helpers.training.stack import Stack
from helpers.training.toeplitz import ToeplitzPasses

#: Values that one convolution may write at a time: a layer's input, output and slopes
#: then stay in the cache of a core, and the allocator reuses its memory.
CONVOLUTION_VALUES = 2**18


#: Networks that read DNA train together: they share the work of each step that is no
#: scan or convolution, which is as much as the scan of one small network. Idle cores
#: gain more, so that a chunk may be as small as one.
READERS_TOGETHER = (1, 10)
READERS = (CNN, MotifCNN, MotifNetwork, MotifBuilder)


class Passes(Protocol):
    """What each way of passing offers, as said above."""

    @property
    def rows_at_once(self) -> int | None:
        """Rows of a batch that one pass should take, or None for all."""

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs of all networks."""

    def backward(self, slope: Tensor) -> object:
        """Add the gradients of the last forward pass."""


def networks_at_once(network: nn.Module) -> tuple[int, int] | None:
    """Return how many networks like this one should train together on a CPU.

    The fewest, if cores would stay idle, and the most. None: as many as the cache
    holds.
    """
    if GenePasses.fits(network):
        return GenePasses.NETWORKS // 2, GenePasses.NETWORKS
    return READERS_TOGETHER if type(network) in READERS else None


def passes_for(network: nn.Module, parameters: Stack, gradients: Stack) -> Passes:
    """Return the fastest passes there are for stacked networks like `network`.

    A subclass may compute something else than its base, so only the class itself gets
    the hand-written passes.
    """
    if type(network) is MLP:
        return MLPPasses(parameters, gradients, _layers(network))
    if type(network) is MLPM:
        return MLPMPasses(parameters, gradients, network)
    if type(network) is InteractionGAM:
        return GAMPasses(parameters, gradients, network)
    if type(network) is CNN:
        of_device = (
            CNNPasses if parameters.flat.device.type == "cpu" else ToeplitzPasses
        )
        if of_device.fits(network):
            return of_device(parameters, gradients, network)
    if GenePasses.fits(network):
        return GenePasses(network, parameters, gradients)  # type: ignore[arg-type]  # looked up by name
    if readers.reads(network) and parameters.flat.device.type == "cpu":
        return ReaderPasses(network, parameters, gradients)
    return AutogradPasses(network, parameters, gradients)


class AutogradPasses:
    """Passes of any module: `vmap` over the networks, gradients by autograd."""

    rows_at_once = None

    def __init__(self, network: nn.Module, parameters: Stack, gradients: Stack) -> None:
        # functional_call swaps parameters inside the module: a copy for each thread.
        self.module = copy.deepcopy(network)
        self.leaves = {}
        for name, parameter in network.named_parameters():
            leaf = parameters[name].detach()
            if parameter.requires_grad:
                leaf.requires_grad_().grad = gradients[name]
            self.leaves[name] = leaf
        self.output = None

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, n_outputs)."""
        self.module.train(training)
        with torch.set_grad_enabled(training):
            self.output = torch.vmap(  # type: ignore[assignment]  # None before
                self._one, in_dims=(0, 0 if own else None), randomness="different"
            )(self.leaves, x)
        return self.output.detach()  # type: ignore[attr-defined]  # after a forward pass

    def backward(self, slope: Tensor) -> None:
        """Add the gradients: autograd accumulates into the stack of gradients."""
        self.output.backward(slope)  # type: ignore[attr-defined]  # after a forward pass

    def _one(self, parameters: dict[str, Tensor], x: Tensor) -> Tensor:
        return torch.func.functional_call(self.module, parameters, (x,))


class ReaderPasses(AutogradPasses):
    """Passes of networks that read DNA: by hand forward, gradients by autograd.

    Networks with inputs of their own, or one-hot ones, pass as any module's.
    """

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, n_outputs)."""
        if own or x.ndim != 2:
            return super().forward(x, own, training)
        with torch.set_grad_enabled(training):
            self.output = readers.outputs(self.module, self.leaves, x, training)  # type: ignore[assignment]  # None before
        return self.output.detach()  # type: ignore[attr-defined]  # just set


class UnivariatePasses:
    """Passes of `UnivariateNets`, by hand.

    They work on arrays (n_networks, features, units, batch): with the batch innermost
    the products of 10 by 10 weights run three to ten times faster.

    Parameters
    ----------
    parameters, gradients : Stack
    n_layers : int
        Hidden layers of each univariate net.
    """

    def __init__(self, parameters: Stack, gradients: Stack, n_layers: int) -> None:
        layers = range(n_layers)
        self.weights = [parameters[f"univariate.weights.{i}"] for i in layers]
        self.biases = [parameters[f"univariate.biases.{i}"] for i in layers]
        self.weight_gradients = [gradients[f"univariate.weights.{i}"] for i in layers]
        self.bias_gradients = [gradients[f"univariate.biases.{i}"] for i in layers]
        self.output = parameters["univariate.output"]  # (E, n_outputs, p · units)
        self.output_gradient = gradients["univariate.output"]
        self.buffers = Buffers(parameters.flat)
        self.inputs: list[Tensor] = []  # of each layer, (E, p, in, batch)

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum over features, (n_networks, batch, n_outputs)."""
        n_networks, (batch, n_features) = len(self.output), x.shape[-2:]
        h = self.buffers("x", n_networks, n_features, 1, batch)
        h.squeeze(2).copy_(x.transpose(-1, -2))
        self.inputs = [h]
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            units = weight.shape[2]
            out = self.buffers(("out", i), n_networks, n_features, units, batch)
            if i == 0:
                torch.mul(weight, h, out=out)
            else:
                _batched(torch.bmm, weight, h, out=out)
            h = out.add_(bias).relu_()
            self.inputs.append(h)
        own_part = torch.bmm(self.output, h.flatten(1, 2))  # (E, n_outputs, batch)
        return own_part.transpose(1, 2)

    def backward(self, slope: Tensor) -> None:
        """Add the gradients."""
        slope, h = slope.transpose(1, 2), self.inputs[-1]  # (E, n_outputs, batch)
        self.output_gradient.baddbmm_(slope, h.flatten(1, 2).transpose(1, 2))
        if not self.weights:
            return
        back = self.buffers(("back", len(self.weights)), *h.shape)
        torch.bmm(self.output.transpose(1, 2), slope, out=back.flatten(1, 2))
        for i in reversed(range(len(self.weights))):
            relu_slope_(back, self.inputs[i + 1])
            x = self.inputs[i]
            self.bias_gradients[i].add_(back.sum(-1, keepdim=True))
            _flat(self.weight_gradients[i]).baddbmm_(
                _flat(back), _flat(x).transpose(1, 2)
            )
            if i > 0:
                into = self.buffers(("back", i), *x.shape)
                back = _batched(
                    torch.bmm, self.weights[i].transpose(2, 3), back, out=into
                )


class MLPMPasses:
    """Passes of `MLPM`, by hand: those of its MLP plus those of its univariate nets."""

    rows_at_once = None

    def __init__(self, parameters: Stack, gradients: Stack, network: MLPM) -> None:
        self.interaction = MLPPasses(
            parameters, gradients, _layers(network.interaction, "interaction.")
        )
        self.univariate = UnivariatePasses(
            parameters, gradients, len(network.univariate.weights)
        )

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, n_outputs)."""
        total = self.interaction.forward(x, own, training)
        return total.add_(self.univariate.forward(x))

    def backward(self, slope: Tensor) -> None:
        """Add the gradients of both parts."""
        self.interaction.backward(slope)
        self.univariate.backward(slope)


class GAMPasses:
    """Passes of `InteractionGAM`, by hand.

    The networks of all sets of all models are one stack of perceptrons for `MLPPasses`.
    """

    rows_at_once = None

    def __init__(
        self, parameters: Stack, gradients: Stack, network: InteractionGAM
    ) -> None:
        self.members = parameters["members"]  # (E, n_sets, p)
        self.constant = parameters["constant"]  # (E, n_outputs)
        self.constant_gradient = gradients["constant"]
        self.univariate = UnivariatePasses(
            parameters, gradients, len(network.univariate.weights)
        )
        last = len(network.weights) - 1
        self.of_sets = None
        if len(network.weights):
            layers = {"weight": "weights", "bias": "biases"}
            names = {
                f"{i}.{kind}": f"{group}.{i}"
                for i in range(last + 1)
                for kind, group in layers.items()
                if (i, kind) != (last, "bias")
            }
            stacks = [
                {ours: _flat(stack[theirs]) for ours, theirs in names.items()}
                for stack in (parameters, gradients)
            ]
            # The last layer has no bias: zeros stand in for it and take its gradient.
            size = (self.members.shape[:2].numel(), self.constant.shape[1])
            for stack in stacks:
                stack[f"{last}.bias"] = parameters.flat.new_zeros(size)
            self.of_sets = MLPPasses(*stacks, [str(i) for i in range(last + 1)])  # type: ignore[arg-type, call-arg]  # both stacks, then names
        self.buffers = Buffers(parameters.flat)

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, n_outputs)."""
        n_networks, n_sets, n_features = self.members.shape
        total = self.univariate.forward(x) + self.constant.unsqueeze(1)
        if self.of_sets is None:
            return total
        inputs = self.buffers("x", n_networks, n_sets, x.shape[-2], n_features)
        x = x.unsqueeze(1) if own else x
        torch.mul(x, self.members.unsqueeze(2), out=inputs)
        parts = self.of_sets.forward(_flat(inputs), True, training)
        return total.add_(parts.unflatten(0, (n_networks, n_sets)).sum(1))

    def backward(self, slope: Tensor) -> None:
        """Add the gradients of all parts."""
        self.constant_gradient.add_(slope.sum(1))
        self.univariate.backward(slope)
        if self.of_sets is not None:
            n_sets = self.members.shape[1]
            repeated = slope.unsqueeze(1).expand(-1, n_sets, -1, -1)
            self.of_sets.backward(_flat(repeated))


class CNNPasses:
    """Passes of `CNN` on a CPU, by hand: grouped convolutions, channels innermost.

    A grouped convolution holds as many networks as the cache does; with the channels
    of all of them innermost in memory it runs at twice the speed of the usual layout.
    """

    rows_at_once = None

    def __init__(self, parameters: Stack, gradients: Stack, network: CNN) -> None:
        convolutions, hidden = len(network.convolutions), len(network.hidden)
        names = [f"convolutions.{i}" for i in range(convolutions)]
        self.weights = [parameters[f"{name}.weight"] for name in names]
        self.biases = [parameters[f"{name}.bias"] for name in names]
        self.weight_gradients = [gradients[f"{name}.weight"] for name in names]
        self.bias_gradients = [gradients[f"{name}.bias"] for name in names]
        widths = [weight.shape[-1] for weight in self.weights]
        same = network.padding == "same"
        self.paddings = [[0, width // 2 if same else 0] for width in widths]
        names = [f"hidden.{i}" for i in range(hidden)] + ["output"]
        self.dense = MLPPasses(parameters, gradients, names)
        self.groups: list[slice] = []
        self.layers: list[list[Tensor]] = []  # of each group: input and all outputs

    @staticmethod
    def fits(network: CNN) -> bool:
        """Return whether these passes compute what `network` computes."""
        odd = all(width % 2 for width in network.architecture.kernels)
        return odd or network.padding == "valid"

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, n_outputs)."""
        n_networks, filters = self.biases[0].shape
        batch, length = x.shape[int(own)], x.shape[-1]
        size = max(1, CONVOLUTION_VALUES // (batch * length * filters))
        self.groups = [
            slice(start, min(start + size, n_networks))
            for start in range(0, n_networks, size)
        ]
        self.layers, pooled = [], []
        for group in self.groups:
            h = _one_hot(x[group] if own else x.unsqueeze(0), self.weights[0].dtype)
            layers = [h]
            for i, padding in enumerate(self.paddings):
                weight, bias = self._filters(i, group)
                groups = h.shape[1] // weight.shape[1]
                h = F.conv2d(h, weight, bias, padding=padding, groups=groups).relu_()
                layers.append(h)
            self.layers.append(layers if training else [])
            pooled.append(h.mean((2, 3)).unflatten(1, (-1, filters)).transpose(0, 1))
        return self.dense.forward(torch.cat(pooled), True, training)

    def backward(self, slope: Tensor) -> None:
        """Add the gradients of filters, weights and biases."""
        pooled_slope = self.dense.backward(slope, to_input=True)  # (E, batch, filters)
        for group, layers in zip(self.groups, self.layers, strict=True):
            h = layers[-1]
            back = pooled_slope[group].transpose(0, 1).flatten(1) / h.shape[-1]  # type: ignore[index]  # asked for
            back = back[..., None, None].expand_as(h)
            for i in reversed(range(len(self.weights))):
                h, x = layers[i + 1], layers[i]
                if i == len(self.weights) - 1:  # one slope for all positions: a view
                    back = torch.ops.aten.threshold_backward(back, h, 0)
                else:
                    back = relu_slope_(back, h)
                weight, _ = self._filters(i, group)
                # Nobody asks for the data's slope, and a sum gives the biases' faster.
                wanted = [i > 0, True, False]
                of_bias = back.sum((0, 2, 3))
                back, of_weight, _ = torch.ops.aten.convolution_backward(
                    back,
                    x,
                    weight,
                    None,
                    stride=[1, 1],
                    padding=self.paddings[i],
                    dilation=[1, 1],
                    transposed=False,
                    output_padding=[0, 0],
                    groups=x.shape[1] // weight.shape[1],
                    output_mask=wanted,
                )
                gradient = self.weight_gradients[i][group]
                gradient.add_(of_weight.squeeze(2).view_as(gradient))
                gradient = self.bias_gradients[i][group]
                gradient.add_(of_bias.view_as(gradient))

    def _filters(self, i: int, group: slice) -> tuple[Tensor, Tensor]:
        """Return weights (networks · filters, n_in, 1, width) and biases of a layer."""
        weight = self.weights[i][group].flatten(0, 1).unsqueeze(2)
        weight = weight.contiguous(memory_format=torch.channels_last)
        return weight, self.biases[i][group].flatten()


def _one_hot(x: Tensor, dtype: torch.dtype) -> Tensor:
    """Return (batch, networks · 4, 1, length) of numbers or letters, channels last.

    x : (networks, batch, length) base numbers or (networks, batch, 4, length) one-hot
    """
    if x.ndim == 3:
        letters = torch.arange(4, device=x.device)
        x = (x.permute(1, 2, 0).unsqueeze(3) == letters).flatten(2)
    else:
        x = x.permute(1, 3, 0, 2).flatten(2)
    return x.to(dtype).permute(0, 2, 1).unsqueeze(2)


def _layers(network: MLP, prefix: str = "") -> list[str]:
    return [f"{prefix}layers.{i}" for i in range(len(network.layers))]


def _flat(tensor: Tensor) -> Tensor:
    """Return (n_networks, features, ...) as (n_networks · features, ...)."""
    return tensor.flatten(0, 1)


def _batched(product: Callable, a: Tensor, b: Tensor, *, out: Tensor) -> Tensor:
    product(_flat(a), _flat(b), out=_flat(out))
    return out


def saved_values_per_row(network: nn.Module, x: Tensor) -> int:
    """Return how many values one row of x (rows, ...) leaves for the backward pass."""
    own = {p.data_ptr() for p in network.parameters()}
    sizes: dict[int, int] = {}

    def remember(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in own:
            sizes[tensor.data_ptr()] = tensor.numel()
        return tensor

    with (
        torch.enable_grad(),
        torch.autograd.graph.saved_tensors_hooks(remember, lambda tensor: tensor),
    ):
        kept = copy.deepcopy(network)
        own = {p.data_ptr() for p in kept.parameters()}
        output = kept(x)
    return math.ceil((sum(sizes.values()) + output.numel()) / len(x))
