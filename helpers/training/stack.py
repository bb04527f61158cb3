"""The parameters of many equal networks, in one block of memory."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn


class Stack:
    """Named tensors of several networks (axis 0 = network), views of one flat buffer.

    Whatever treats all parameters alike (the optimiser, the best weights) works on
    `flat` in one call; whatever knows the architecture works on the views, each of
    them contiguous.

    Parameters
    ----------
    shapes : mapping of str to tuple of int
        Shape of each parameter in *one* network.
    n_networks : int
        Number of networks.
    like : Tensor
        Gives dtype and device.
    """

    def __init__(
        self, shapes: Mapping[str, tuple], n_networks: int, like: Tensor
    ) -> None:
        self.shapes, self.n_networks = dict(shapes), n_networks
        sizes = [n_networks * torch.Size(s).numel() for s in self.shapes.values()]
        self.flat = torch.zeros(sum(sizes), dtype=like.dtype, device=like.device)
        self.views = {
            name: part.view(n_networks, *shape)
            for (name, shape), part in zip(
                self.shapes.items(), self.flat.split(sizes), strict=True
            )
        }

    @classmethod
    def of(cls, networks: list[nn.Module]) -> "Stack":
        """Return a copy of the parameters of `networks`."""
        named = [dict(network.named_parameters()) for network in networks]
        shapes = {name: p.shape for name, p in named[0].items()}
        stack = cls(shapes, len(networks), next(iter(named[0].values())).detach())
        for name, view in stack.views.items():
            torch.stack([parameters[name].detach() for parameters in named], out=view)
        return stack

    def __getitem__(self, name: str) -> Tensor:
        return self.views[name]

    def empty(
        self, n_networks: int | None = None, device: torch.device | None = None
    ) -> "Stack":
        """Return a stack of zeros of the same shapes."""
        like = self.flat if device is None else self.flat.new_empty(0, device=device)
        return Stack(self.shapes, n_networks or self.n_networks, like)

    def copy(self) -> "Stack":
        """Return a copy."""
        other = self.empty()
        other.flat.copy_(self.flat)
        return other

    def select(
        self,
        networks: Tensor | Sequence[int] | np.ndarray,
        device: torch.device | None = None,
    ) -> "Stack":
        """Return a copy of some networks, in that order, on `device`."""
        networks = torch.as_tensor(networks, device=self.flat.device)
        other = self.empty(len(networks), device)
        for name, view in other.views.items():
            view.copy_(self.views[name][networks])
        return other

    def put(
        self,
        networks: Tensor | np.ndarray,
        other: "Stack",
        rows: slice | np.ndarray | Tensor = slice(None),
    ) -> None:
        """Overwrite `networks` by the networks `rows` of `other`."""
        networks = torch.as_tensor(networks, device=self.flat.device)
        for name, view in self.views.items():
            view[networks] = other.views[name][rows].to(view.device)

    def fill(self, values: Tensor, names: Iterable[str] | None = None) -> "Stack":
        """Give every parameter of network i the value values[i]; returns itself."""
        for name in self.views if names is None else names:
            view = self.views[name]
            view.copy_(values.view(-1, *[1] * (view.ndim - 1)).expand_as(view))
        return self
