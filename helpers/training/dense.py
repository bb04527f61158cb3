"""Passes of dense layers by hand, one after another, for many networks at once."""

from collections.abc import Mapping

import torch
from torch import Tensor

from helpers.training.stack import Stack


class Buffers:
    """Arrays kept between steps: a fresh one costs page faults, a kept one none."""

    def __init__(self, like: Tensor) -> None:
        self.like, self.kept = like, {}

    def __call__(self, name: object, *shape: int) -> Tensor:
        """Return the array kept under this name and shape."""
        key = (name, *shape)
        if key not in self.kept:
            self.kept[key] = self.like.new_empty(shape)
        return self.kept[key]


class MLPPasses:
    """Passes of `MLP`, by hand: matrix products into kept arrays.

    `parameters` needs only names to look up; its tensors have the networks in front.
    """

    rows_at_once = None

    def __init__(
        self,
        parameters: Stack | Mapping[str, Tensor],
        gradients: Stack | Mapping[str, Tensor],
        names: list[str],
    ) -> None:
        self.weights = [parameters[f"{name}.weight"] for name in names]  # (E, out, in)
        self.biases = [parameters[f"{name}.bias"] for name in names]  # (E, out)
        self.weight_gradients = [gradients[f"{name}.weight"] for name in names]
        self.bias_gradients = [gradients[f"{name}.bias"] for name in names]
        self.buffers = Buffers(self.weights[0])
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

    def backward(self, slope: Tensor, to_input: bool = False) -> Tensor | None:
        """Add the gradients of weights and biases; return the slope at the input.

        Only if asked for: it costs a product, and data have no use for it.
        """
        for i in reversed(range(len(self.weights))):
            x = self.inputs[i]
            self.weight_gradients[i].baddbmm_(slope.transpose(1, 2), x)
            self.bias_gradients[i].add_(slope.sum(1))
            if i > 0:
                back = self.buffers(("back", i), *x.shape)
                slope = relu_slope_(torch.bmm(slope, self.weights[i], out=back), x)
        return torch.bmm(slope, self.weights[0]) if to_input else None


def relu_slope_(slope: Tensor, activation: Tensor) -> Tensor:
    """Zero the slope, in place, where the rectified activation is zero."""
    return torch.ops.aten.threshold_backward.grad_input(
        slope, activation, 0, grad_input=slope
    )
