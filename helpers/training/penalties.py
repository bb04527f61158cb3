"""Penalties on the weights: one value a network, and its slope.

A penalty is any function `penalty(parameters, networks)` of the stacked parameters
(name to tensor, axis 0 = network) and of the numbers of these networks in the ensemble
that returns (n_networks,). The ones provided here also know their slope, and cover the
parameters whose names match `on` (shell patterns).

A slope makes weights small, never zero. The `proximal` penalties have none: after each
step of the optimiser they take rate times strength off the size of every weight (or
group), and what would change its sign becomes exactly zero.
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Self

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from helpers import checks
from helpers.training.stack import Stack


class Penalty:
    """A function of the parameters, tied to some networks by `select`.

    Parameters
    ----------
    value : callable
        `value(parameters, networks)` -> (n_networks,).
    """

    def __init__(self, value: Callable) -> None:
        self.value, self.networks = value, None

    def check(self, parameters: Stack) -> None:
        """Reject a penalty that does not fit the parameters of all networks."""
        n_networks = parameters.n_networks
        networks = torch.arange(n_networks, device=parameters.flat.device)
        value = self.select(networks, parameters)(parameters.views)
        if getattr(value, "shape", None) != (n_networks,):
            raise ValueError(
                f"penalty must return one value for each of {n_networks} networks; got "
                f"{value!r}."
            )

    def select(self, networks: Tensor, parameters: Stack) -> "Penalty":
        """Return the penalty of some networks, whose parameters are given."""
        chosen = copy.copy(self)
        chosen.networks = networks
        return chosen

    def __call__(self, parameters: dict[str, Tensor]) -> Tensor:
        """Return the penalty of each network, (n_networks,)."""
        return self.value(parameters, self.networks)

    def add_slope(self, parameters: Stack, gradients: Stack) -> None:
        """Add the slope of the penalty to the gradients."""
        with torch.enable_grad():
            leaves = {
                name: view.detach().requires_grad_()
                for name, view in parameters.views.items()
            }
            total = self(leaves).sum()
            slopes = torch.autograd.grad(total, leaves.values(), allow_unused=True)  # type: ignore[call-overload]  # any iterable of tensors
        for name, slope in zip(leaves, slopes, strict=True):
            if slope is not None:
                gradients[name].add_(slope)

    def shrink(self, parameters: Stack, rates: Stack, factor: float) -> None:
        """Move the weights after the optimiser's step: here not at all.

        rates : learning rate of each parameter, 0 where it does not move
        factor : of the schedule, times the rate
        """


class WeightPenalty(Penalty):
    """A strength for each network times a measure of the weights that match `on`."""

    def __init__(self, strength: ArrayLike, on: str | Iterable[str]) -> None:
        self.strength = strengths("strength", strength)
        self.on = (on,) if isinstance(on, str) else tuple(on)

    def check(self, parameters: Stack) -> None:
        """Refuse a strength or names that do not fit the stack."""
        n_networks = parameters.n_networks
        if self.strength.ndim and len(self.strength) != n_networks:
            raise ValueError(
                f"strength must be one number or {n_networks}; got "
                f"{len(self.strength)}."
            )
        if not self.covered(parameters.views):
            names = ", ".join(parameters.views)
            raise ValueError(f"on must match a parameter among {names}; got {self.on}.")
        super().check(parameters)

    def select(self, networks: Tensor, parameters: Stack) -> Self:
        """Return the penalty of some networks."""
        chosen = copy.copy(self)
        strength = torch.as_tensor(self.strength).to(parameters.flat)
        chosen.strength = strength[networks] if strength.ndim else strength
        return chosen

    def covered(self, names: Iterable[str]) -> list[str]:
        """Return the names of the parameters that it is about."""
        return [name for name in names if matches(name, self.on)]

    def __call__(self, parameters: Mapping[str, Tensor]) -> Tensor:
        """Return the penalty of each network, (n_networks,)."""
        names = self.covered(parameters)
        return self.strength * sum(self.measure(parameters[name]) for name in names)

    def measure(self, weight: Tensor) -> Tensor:
        """Return the size of a stacked weight, (n_networks,)."""
        raise NotImplementedError


class _Elementwise(WeightPenalty):
    """A penalty whose slope is known for each weight by itself: all in one call."""

    def select(self, networks: Tensor, parameters: Stack) -> Self:
        chosen = super().select(networks, parameters)
        names = self.covered(parameters.views)
        values = chosen.strength.expand(parameters.n_networks)
        chosen.strengths = parameters.empty().fill(values, names)  # 0 where not covered
        return chosen

    def add_slope(self, parameters: Stack, gradients: Stack) -> None:
        slope = self.slope(parameters.flat)
        gradients.flat.addcmul_(slope, self.strengths.flat)

    def slope(self, weights: Tensor) -> Tensor:
        """Return the slope of the size with respect to each weight."""
        raise NotImplementedError


class _L1(_Elementwise):
    def measure(self, weight: Tensor) -> Tensor:
        return weight.abs().flatten(1).sum(1)

    def slope(self, weights: Tensor) -> Tensor:
        return weights.sign()


class _L2(_Elementwise):
    def measure(self, weight: Tensor) -> Tensor:
        return weight.square().flatten(1).sum(1)

    def slope(self, weights: Tensor) -> Tensor:
        return 2 * weights


class _ProximalL1(WeightPenalty):
    def measure(self, weight: Tensor) -> Tensor:
        return weight.abs().flatten(1).sum(1)

    def add_slope(self, parameters: Stack, gradients: Stack) -> None:
        pass  # `shrink` does what a slope would

    def shrink(self, parameters: Stack, rates: Stack, factor: float) -> None:
        for name in self.covered(parameters.views):
            weight = parameters[name]
            step = steps(rates[name], self.strength * factor, weight.ndim)
            soft_threshold_(weight, step)


#: Penalties that look at each weight by itself: `compiled` knows them, in this order.
ELEMENTWISE = (_L1, _L2, _ProximalL1)


class _SparseGroupLasso(WeightPenalty):
    def __init__(
        self, strength: ArrayLike, on: str | Iterable[str], by: str, mix: float
    ) -> None:
        super().__init__(strength, on)
        self.by = checks.one_of("by", by, ("input", "unit"))
        self.mix = checks.number("mix", mix, at_least=0, at_most=1)

    def measure(self, weight: Tensor) -> Tensor:
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


#: Penalties whose slope for a weight needs its group: `compiled` knows them too.
GROUPED = (_SparseGroupLasso,)


class _ProximalGroupLasso(_SparseGroupLasso):
    def add_slope(self, parameters: Stack, gradients: Stack) -> None:
        pass  # `shrink` does what a slope would

    def shrink(self, parameters: Stack, rates: Stack, factor: float) -> None:
        axis = 1 if self.by == "input" else 2
        for name in self.covered(parameters.views):
            weight = parameters[name]  # (n_networks, units, inputs)
            step = steps(rates[name], self.strength * factor, 3)
            if self.mix > 0:
                soft_threshold_(weight, step * self.mix)
            norm = torch.linalg.vector_norm(weight, dim=axis, keepdim=True)
            step = step * ((1 - self.mix) * weight.shape[axis] ** 0.5)
            tiny = torch.finfo(weight.dtype).tiny  # a group that is zero stays zero
            weight.mul_((1 - step / norm.clamp(min=tiny)).clamp_(min=0))


def l1(strength: ArrayLike, on: str | Iterable[str] = "*weight") -> Penalty:
    """Return strength · Σ|w|, with slope 0 at w = 0.

    Parameters
    ----------
    strength : float or sequence of float, length n_networks
        Of all or of each network; 0 is none.
    on : str or sequence of str
        Patterns of the names of the parameters it covers.
    """
    return _L1(strength, on)


def l2(strength: ArrayLike, on: str | Iterable[str] = "*weight") -> Penalty:
    """Return strength · Σw² (parameters as for `l1`)."""
    return _L2(strength, on)


def group_lasso(
    strength: ArrayLike, on: str | Iterable[str] = "*weight", by: str = "input"
) -> Penalty:
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


def sparse_group_lasso(
    strength: ArrayLike,
    on: str | Iterable[str] = "*weight",
    by: str = "input",
    mix: float = 0.5,
) -> Penalty:
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


def proximal_l1(strength: ArrayLike, on: str | Iterable[str] = "*weight") -> Penalty:
    """Return strength · Σ|w|, by soft thresholding: weights become exactly zero.

    After each step of the optimiser every weight moves towards zero by (learning rate ·
    schedule · strength), and stays there if it arrives. With Adam that step is the
    plain rate, not divided by the root of the mean square as the gradient is: a
    strength of 1 takes off as much as a gradient of steady sign puts on, so useful
    strengths are far larger than those of `l1`.

    Parameters
    ----------
    strength, on
        As for `l1`.

    Source
    ------
    Parikh and Boyd (2014), section 6.5.2 (soft thresholding).
    """
    return _ProximalL1(strength, on)


def proximal_group_lasso(
    strength: ArrayLike,
    on: str | Iterable[str] = "*weight",
    by: str = "input",
    mix: float = 0.0,
) -> Penalty:
    """Return the (sparse) group lasso by its proximal step: whole groups become zero.

    Parameters
    ----------
    strength, on, by
        As for `group_lasso`; the strength counts as for `proximal_l1`.
    mix : float
        Share of the L1 part, 0 to 1: soft thresholding first, then the groups.

    Source
    ------
    Simon et al. (2013), equation 3, for the penalty; its step in Parikh and Boyd
    (2014), section 6.5.4.
    """
    return _ProximalGroupLasso(strength, on, by, mix)


def steps(rates: Tensor, strength: Tensor, ndim: int) -> Tensor:
    """Return what each network's weights lose, (n_networks, 1, ...), `ndim` axes."""
    rate = rates.flatten(1)[:, 0]  # one rate a network and parameter
    return (rate * strength).view(-1, *[1] * (ndim - 1))


def soft_threshold_(weight: Tensor, step: Tensor) -> None:
    """Move weights towards zero by `step`, at most to zero, in place."""
    # Three passes; `torch.clamp` with two tensors takes three times as long.
    weight.sub_(torch.minimum(torch.maximum(weight, -step), step))


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a parameter's name matches any of the shell patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def resolve(penalty: object) -> list[Penalty]:
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


def strengths(name: str, value: ArrayLike, *, positive: bool = False) -> np.ndarray:
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
