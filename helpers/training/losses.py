"""Losses: one value a row, for all networks at once.

A loss is a function `loss(output, target)` of output (n_networks, batch, n_outputs)
and target (n_networks, batch, n_targets) that returns (n_networks, batch); the engine
averages over rows and asks torch for the slope, so any such function of the caller's
will do.
"""

from collections.abc import Callable

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from helpers import checks


def mse(output: Tensor, target: Tensor) -> Tensor:
    """Return the squared error, averaged over outputs."""
    return (output - target).square().mean(-1)


def binary_cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    """Return the cross-entropy of logits for targets between 0 and 1, in nats."""
    return F.binary_cross_entropy_with_logits(output, target, reduction="none").mean(-1)


def cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    """Return the cross-entropy of class scores for class numbers, in nats."""
    return F.cross_entropy(
        output.flatten(0, 1), target[..., 0].flatten().long(), reduction="none"
    ).view(output.shape[:2])


def poisson(output: Tensor, target: Tensor) -> Tensor:
    """Return exp(output) - target * output: the Poisson loss of a log-rate.

    The term log(target!) that no network can change is left out.
    """
    return (output.exp() - target * output).mean(-1)


NAMED = {
    "mse": mse,
    "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
    "poisson": poisson,
}


def resolve(loss: str | Callable) -> Callable:
    """Return the function of a name; a function is itself."""
    if callable(loss):
        return loss
    if not isinstance(loss, str) or loss not in NAMED:
        names = ", ".join(NAMED)
        raise ValueError(f"loss must be a function or one of {names}; got {loss!r}.")
    return NAMED[loss]


def check_result(name: str, loss: Callable, output: Tensor, target: Tensor) -> None:
    """Reject a function that does not return one value a network and row."""
    shape = getattr(loss(output, target), "shape", None)
    if shape != output.shape[:2]:
        raise ValueError(
            f"{name} must return shape (n_networks, batch), {tuple(output.shape[:2])} "
            f"for output {tuple(output.shape)}; got {shape and tuple(shape)}."
        )


def check_targets(loss: Callable, y: np.ndarray, n_outputs: int) -> None:
    """Reject targets (..., n_targets) that a provided loss cannot use."""
    if loss is cross_entropy:
        checks.integer("n_outputs with cross_entropy", n_outputs, at_least=2)
        _need(y.shape[-1] == 1, "one column of class numbers", y.shape[-1])
        bad = (y != np.floor(y)) | (y < 0) | (y >= n_outputs)
        _need_all(~bad, f"a class number, 0 to {n_outputs - 1}", y)
    elif loss in (mse, binary_cross_entropy, poisson):
        _need(y.shape[-1] == n_outputs, f"{n_outputs} columns", y.shape[-1])
        if loss is binary_cross_entropy:
            _need_all((y >= 0) & (y <= 1), "between 0 and 1", y)
        if loss is poisson:
            _need_all(y >= 0, "a count of at least 0", y)


def _need(holds: bool, rule: str, value: object) -> None:
    if not holds:
        raise ValueError(f"y must have {rule} for this loss and network; got {value}.")


def _need_all(good: np.ndarray, rule: str, y: np.ndarray) -> None:
    if not good.all():
        place = tuple(int(i) for i in np.argwhere(~good)[0])
        where = ", ".join(map(str, place))
        raise ValueError(f"y[{where}] must be {rule} for this loss; got {y[place]}.")
