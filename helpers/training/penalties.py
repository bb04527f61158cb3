"""Penalties on the weights: one value a network, and its slope.

A penalty is any function `penalty(parameters, networks)` of the stacked parameters
(name to tensor, axis 0 = network) and of the numbers of these networks in the ensemble
that returns (n_networks,). The ones provided here also know their slope, and cover the
parameters whose names match `on` (shell patterns).
"""

import copy
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache

import numpy as np
import torch
from torch import Tensor

from helpers import checks


class Penalty:
    """A function of the parameters, tied to some networks by `select`.

    Parameters
    ----------
    value : callable
        `value(parameters, networks)` -> (n_networks,).
    """

    def __init__(self, value: Callable):
        self.value, self.networks = value, None

    def check(self, parameters: dict[str, Tensor]) -> None:
        """Reject a penalty that does not fit all networks' stacked `parameters`."""
        like = next(iter(parameters.values()))
        networks = torch.arange(len(like), device=like.device)
        value = self.select(networks, like)(parameters)
        if getattr(value, "shape", None) != (len(like),):
            raise ValueError(
                f"penalty must return one value for each of {len(like)} networks; got "
                f"{value!r}."
            )

    def select(self, networks: Tensor, like: Tensor) -> "Penalty":
        """Return the penalty of some networks, on the device of `like`."""
        chosen = copy.copy(self)
        chosen.networks = networks
        return chosen

    def __call__(self, parameters: dict[str, Tensor]) -> Tensor:
        """Return the penalty of each network, (n_networks,)."""
        return self.value(parameters, self.networks)

    def add_slope(
        self, parameters: dict[str, Tensor], gradients: dict[str, Tensor]
    ) -> None:
        """Add the slope of the penalty to `gradients`."""
        names = self.covered(parameters)
        with torch.enable_grad():
            leaves = {n: parameters[n].detach().requires_grad_() for n in names}
            total = self({**parameters, **leaves}).sum()
            slopes = torch.autograd.grad(total, leaves.values(), allow_unused=True)
        for name, slope in zip(names, slopes, strict=True):
            if slope is not None:
                gradients[name].add_(slope)

    def covered(self, names) -> list[str]:
        """Return the names of the parameters it may depend on."""
        return list(names)


class WeightPenalty(Penalty):
    """A strength for each network times a measure of the weights that match `on`."""

    def __init__(self, strength, on):
        self.strength = strengths("strength", strength)
        self.on = (on,) if isinstance(on, str) else tuple(on)

    def check(self, parameters):
        n_networks = len(next(iter(parameters.values())))
        if self.strength.ndim and len(self.strength) != n_networks:
            raise ValueError(
                f"strength must be one number or {n_networks}; got "
                f"{len(self.strength)}."
            )
        if not self.covered(parameters):
            names = ", ".join(parameters)
            raise ValueError(f"on must match a parameter among {names}; got {self.on}.")
        super().check(parameters)

    def select(self, networks, like):
        chosen = copy.copy(self)
        if self.strength.ndim == 0:
            chosen.strength = float(self.strength)
        else:
            strength = torch.as_tensor(self.strength, dtype=like.dtype).to(like.device)
            chosen.strength = strength[networks]
        return chosen

    def covered(self, names):
        return [name for name in names if matches(name, self.on)]

    def __call__(self, parameters):
        names = self.covered(parameters)
        return self.strength * sum(self.measure(parameters[name]) for name in names)

    def add_slope(self, parameters, gradients):
        for name in self.covered(parameters):
            slope = self.slope(parameters[name])
            if isinstance(self.strength, float):  # one number: half the memory traffic
                gradients[name].add_(slope, alpha=self.strength)
            else:
                each = self.strength.view(-1, *[1] * (slope.ndim - 1))
                gradients[name].addcmul_(slope, each)

    def measure(self, weight: Tensor) -> Tensor:
        """Return the size of a stacked weight, (n_networks,)."""
        raise NotImplementedError

    def slope(self, weight: Tensor) -> Tensor:
        """Return the slope of the size of a stacked weight."""
        with torch.enable_grad():
            leaf = weight.detach().requires_grad_()
            return torch.autograd.grad(self.measure(leaf).sum(), leaf)[0]


class _L1(WeightPenalty):
    def measure(self, weight):
        return weight.abs().flatten(1).sum(1)

    def slope(self, weight):
        return weight.sign()


class _L2(WeightPenalty):
    def measure(self, weight):
        return weight.square().flatten(1).sum(1)

    def slope(self, weight):
        return 2 * weight


class _SparseGroupLasso(WeightPenalty):
    def __init__(self, strength, on, by, mix):
        super().__init__(strength, on)
        self.by = checks.one_of("by", by, ("input", "unit"))
        self.mix = checks.number("mix", mix, at_least=0, at_most=1)

    def measure(self, weight):
        # One network's weight is (units, inputs): a group is a column or a row.
        if weight.ndim != 3:
            raise ValueError(
                "on must match matrices (units, inputs) for a group lasso; got shape "
                f"{tuple(weight.shape[1:])}."
            )
        axis = 1 if self.by == "input" else 2
        groups = torch.linalg.vector_norm(weight, dim=axis).sum(1)
        size = weight.shape[axis] ** 0.5
        return (1 - self.mix) * size * groups + self.mix * weight.abs().sum((1, 2))


def l1(strength, on="*weight") -> Penalty:
    """Return strength · Σ|w|, with slope 0 at w = 0.

    Parameters
    ----------
    strength : float or sequence of float, length n_networks
        Of all or of each network; 0 is none.
    on : str or sequence of str
        Patterns of the names of the parameters it covers.
    """
    return _L1(strength, on)


def l2(strength, on="*weight") -> Penalty:
    """Return strength · Σw² (parameters as for `l1`)."""
    return _L2(strength, on)


def group_lasso(strength, on="*weight", by="input") -> Penalty:
    """Return strength · Σ_g √(size of g) · ‖w_g‖₂ over the groups of weight matrices.

    Parameters
    ----------
    strength, on
        As for `l1`; every match must be a matrix (units, inputs).
    by : "input" or "unit"
        A group is all weights that leave an input, or all that enter a unit.

    Source
    ------
    Yuan and Lin (2006), equation 2.1.
    """
    return _SparseGroupLasso(strength, on, by, mix=0.0)


def sparse_group_lasso(strength, on="*weight", by="input", mix=0.5) -> Penalty:
    """Return strength · [(1 - mix) · group lasso + mix · Σ|w|].

    Parameters
    ----------
    strength, on, by
        As for `group_lasso`.
    mix : float
        Share of the L1 part, 0 to 1.

    Source
    ------
    Simon et al. (2013), equation 3.
    """
    return _SparseGroupLasso(strength, on, by, mix)


@cache
def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a parameter's name matches any of the shell patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def resolve(penalty) -> list[Penalty]:
    """Return a list of penalties from none, one or several, the caller's included."""
    if penalty is None:
        return []
    several = penalty if isinstance(penalty, (list, tuple)) else [penalty]
    resolved = []
    for one in several:
        if not callable(one):
            raise TypeError(f"penalty must be a function or several; got {one!r}.")
        resolved.append(one if isinstance(one, Penalty) else Penalty(one))
    return resolved


def strengths(name: str, value, *, positive: bool = False) -> np.ndarray:
    """Return one number or one a network as an array, none of them negative."""
    array = np.asarray(value)
    if array.dtype == bool or not np.issubdtype(array.dtype, np.number):
        raise TypeError(f"{name} must be a number or one a network; got {value!r}.")
    if array.ndim > 1:
        raise ValueError(f"{name} must have at most 1 axis; got {array.ndim}.")
    bad = ~np.isfinite(array) | ((array <= 0) if positive else (array < 0))
    if bad.any():
        rule = "positive" if positive else "at least 0"
        raise ValueError(f"{name} must be finite and {rule}; got {array[bad].flat[0]}.")
    return array.astype(np.float64)
