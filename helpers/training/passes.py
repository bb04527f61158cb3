"""Forward and backward passes of many equal networks at once.

`passes_for` gives the passes of a network: hand-written ones for the perceptrons of
`helpers.networks.mlp` and the networks of `helpers.networks.genes`, and
`torch.func.vmap` with autograd for any other module. Each offers

- `forward(x, training)`: x of (batch, ...), shared, or (n_networks, batch, ...) to
  output (n_networks, batch, n_outputs), overwritten by the next call;
- `backward(slope)`: *adds* the gradients, given the slope of the summed loss with
  respect to the output of the last forward pass.
"""

import copy
import math

import torch
from torch import Tensor, nn

from helpers.networks.genes import GenePasses
from helpers.networks.mlp import MLP, MLPM
from helpers.training.stack import Stack


def passes_for(network: nn.Module, parameters: Stack, gradients: Stack):
    """Return the fastest passes there are for stacked networks like `network`.

    A subclass may compute something else than its base, so only the class itself gets
    the hand-written passes.
    """
    if type(network) is MLP:
        return MLPPasses(parameters, gradients, len(network.layers))
    if type(network) is MLPM:
        return MLPMPasses(parameters, gradients, network)
    if GenePasses.fits(network):
        return GenePasses(network, parameters, gradients)
    return AutogradPasses(network, parameters, gradients)


class AutogradPasses:
    """Passes of any module: `vmap` over the networks, gradients by autograd."""

    def __init__(self, network: nn.Module, parameters: Stack, gradients: Stack):
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
            self.output = torch.vmap(
                self._one, in_dims=(0, 0 if own else None), randomness="different"
            )(self.leaves, x)
        return self.output.detach()

    def backward(self, slope: Tensor) -> None:
        """Add the gradients: autograd accumulates into the stack of gradients."""
        self.output.backward(slope)

    def _one(self, parameters, x):
        return torch.func.functional_call(self.module, parameters, (x,))


class _Buffers:
    """Arrays kept between steps: a fresh one costs page faults, a kept one none."""

    def __init__(self, like: Tensor):
        self.like, self.kept = like, {}

    def __call__(self, name, *shape: int) -> Tensor:
        key = (name, *shape)
        if key not in self.kept:
            self.kept[key] = self.like.new_empty(shape)
        return self.kept[key]


class MLPPasses:
    """Passes of `MLP`, by hand: matrix products into kept arrays."""

    def __init__(
        self, parameters: Stack, gradients: Stack, n_layers: int, prefix: str = ""
    ):
        names = [f"{prefix}layers.{i}" for i in range(n_layers)]
        self.weights = [parameters[f"{name}.weight"] for name in names]  # (E, out, in)
        self.biases = [parameters[f"{name}.bias"] for name in names]  # (E, out)
        self.weight_gradients = [gradients[f"{name}.weight"] for name in names]
        self.bias_gradients = [gradients[f"{name}.bias"] for name in names]
        self.buffers = _Buffers(parameters.flat)
        self.inputs: list[Tensor] = []  # of each layer, (E, batch, in)

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, n_outputs)."""
        n_networks, last = len(self.weights[0]), len(self.weights) - 1
        x = x if own else x.expand(n_networks, *x.shape)
        self.inputs = []
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            self.inputs.append(x)
            out = self.buffers(("out", i), n_networks, x.shape[1], weight.shape[1])
            x = torch.baddbmm(bias.unsqueeze(1), x, weight.transpose(1, 2), out=out)
            if i < last:
                x.relu_()
        return x

    def backward(self, slope: Tensor) -> None:
        """Add the gradients of weights and biases."""
        for i in reversed(range(len(self.weights))):
            x = self.inputs[i]
            self.weight_gradients[i].baddbmm_(slope.transpose(1, 2), x)
            self.bias_gradients[i].add_(slope.sum(1))
            if i > 0:  # nobody asks for the slope at the data
                back = self.buffers(("back", i), *x.shape)
                slope = _relu_slope_(torch.bmm(slope, self.weights[i], out=back), x)


class MLPMPasses:
    """Passes of `MLPM`, by hand: those of its MLP plus those of its univariate nets.

    The univariate nets work on arrays (n_networks, features, units, batch): with the
    batch innermost the products of 10 by 10 weights run three to ten times faster.
    """

    def __init__(self, parameters: Stack, gradients: Stack, network: MLPM):
        self.interaction = MLPPasses(
            parameters, gradients, len(network.interaction.layers), "interaction."
        )
        layers = range(len(network.univariate.weights))
        self.weights = [parameters[f"univariate.weights.{i}"] for i in layers]
        self.biases = [parameters[f"univariate.biases.{i}"] for i in layers]
        self.weight_gradients = [gradients[f"univariate.weights.{i}"] for i in layers]
        self.bias_gradients = [gradients[f"univariate.biases.{i}"] for i in layers]
        self.output = parameters["univariate.output"]  # (E, n_outputs, p · units)
        self.output_gradient = gradients["univariate.output"]
        self.buffers = _Buffers(parameters.flat)
        self.inputs: list[Tensor] = []  # of each layer, (E, p, in, batch)

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, n_outputs)."""
        total = self.interaction.forward(x, own, training)
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
        return total.add_(own_part.transpose(1, 2))

    def backward(self, slope: Tensor) -> None:
        """Add the gradients of both parts."""
        self.interaction.backward(slope)
        slope, h = slope.transpose(1, 2), self.inputs[-1]  # (E, n_outputs, batch)
        self.output_gradient.baddbmm_(slope, h.flatten(1, 2).transpose(1, 2))
        if not self.weights:
            return
        back = self.buffers(("back", len(self.weights)), *h.shape)
        torch.bmm(self.output.transpose(1, 2), slope, out=back.flatten(1, 2))
        for i in reversed(range(len(self.weights))):
            _relu_slope_(back, self.inputs[i + 1])
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


def _flat(tensor: Tensor) -> Tensor:
    """Return (n_networks, features, ...) as (n_networks · features, ...)."""
    return tensor.flatten(0, 1)


def _batched(product, a: Tensor, b: Tensor, *, out: Tensor) -> Tensor:
    product(_flat(a), _flat(b), out=_flat(out))
    return out


def _relu_slope_(slope: Tensor, activation: Tensor) -> Tensor:
    """Zero the slope, in place, where the rectified activation is zero."""
    return torch.ops.aten.threshold_backward.grad_input(
        slope, activation, 0, grad_input=slope
    )


def saved_values_per_row(network: nn.Module, x: Tensor) -> int:
    """Return how many values one row of x (rows, ...) leaves for the backward pass."""
    own = {p.data_ptr() for p in network.parameters()}
    sizes: dict[int, int] = {}

    def remember(tensor):
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
