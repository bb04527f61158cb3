"""Compiled training on a CPU: the fused step of an optimiser, an epoch of perceptrons.

`Steps` moves all networks once: penalty, running means and update in one pass over the
weights, where the calls of `loop` make seven. It takes Adam and RMSprop, penalties that
look at each weight by itself, and the slopes of group lassos.

`Epochs` trains an `MLP` or `MLPM` for an epoch, one network after another. Step by step
for all networks, each step fetches all weights, slopes and running means from memory;
here a network's own, 370 KB for the published sizes, stay in the second-level cache of
the core for all its steps, and nothing is called from Python in between. The products
are those of scipy's BLAS, which numba calls. Losses are the named ones.

Whatever does not fit gets None, and `loop` trains it as before. Both ways are the same
arithmetic in another order: in double precision the weights agree to rounding, which
`tests/training/test_compiled.py` holds.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from helpers import device as machine
from helpers.networks.mlp import MLP, MLPM
from helpers.training import losses
from helpers.training.optimizers import AdamState, RMSpropState
from helpers.training.penalties import ELEMENTWISE, GROUPED, Penalty, WeightPenalty
from helpers.training.rows import Samples
from helpers.training.stack import Stack

#: The losses that `_loss` knows, by their number.
LOSSES = (
    losses.mse,
    losses.binary_cross_entropy,
    losses.poisson,
    losses.cross_entropy,
)


#: What the strengths of a parameter are of: `ELEMENTWISE`, then groups of weights.
L1, BY_INPUT, BY_UNIT = 0, len(ELEMENTWISE), len(ELEMENTWISE) + 1


class Steps:
    """Steps of an optimiser for stacked networks.

    Each parameter of each network is a stretch of the stack, with its own rate and
    strengths of the penalties.

    Parameters
    ----------
    parameters, gradients : Stack
    optimizer : state of an optimiser
    penalties : list of Penalty
        Already those of these networks.
    """

    def __init__(
        self,
        parameters: Stack,
        gradients: Stack,
        optimizer: AdamState | RMSpropState,
        penalties: Sequence[WeightPenalty],
    ) -> None:
        n_networks, self.names = parameters.n_networks, list(parameters.views)
        self.optimizer = optimizer
        #: Asked once, and steps counted here: the optimiser's number is a tensor.
        self.at_start, self.taken = optimizer.constants(), 0
        mean, square = optimizer.means()
        #: Weights, slopes and running means, flat.
        self.arrays = tuple(
            stack.flat.numpy() for stack in (parameters, gradients, mean, square)
        )
        each = [view[0] for view in parameters.views.values()]  # one network's
        self.sizes = np.array([view.numel() for view in each])
        #: Weights of a row, so that (units, inputs) can be told apart.
        self.n_inputs = np.array([view.shape[-1] if view.ndim else 1 for view in each])
        first = np.cumsum(self.sizes) - self.sizes
        #: Where the stretches of each network start, (n_networks, n_parameters).
        self.starts = n_networks * first + np.arange(n_networks)[:, None] * self.sizes
        self.rates = np.zeros(self.starts.shape)
        self.strengths = np.zeros((n_networks, BY_UNIT + 1, len(self.sizes)))
        for penalty in penalties:
            covered = np.isin(self.names, penalty.covered(self.names))
            strength = penalty.strength.double().expand(n_networks).numpy()  # type: ignore[attr-defined]  # a tensor by now
            for role, share in self._roles(penalty):
                self.strengths[:, role] += strength[:, None] * (share * covered)

    def _roles(self, penalty: WeightPenalty) -> list[tuple[int, np.ndarray | float]]:
        """Return which strengths a penalty adds to, and with which share of its own."""
        if not isinstance(penalty, GROUPED):  # of the types that `can_take` takes
            return [(ELEMENTWISE.index(type(penalty)), 1.0)]
        by_input = penalty.by == "input"
        in_group = self.sizes / self.n_inputs if by_input else self.n_inputs
        role = BY_INPUT if by_input else BY_UNIT
        return [(L1, penalty.mix), (role, (1 - penalty.mix) * np.sqrt(in_group))]

    @staticmethod
    def can_take(
        parameters: Stack,
        optimizer: AdamState | RMSpropState,
        penalties: Sequence[Penalty],
    ) -> bool:
        """Return whether these steps are made for such a fit."""
        return (
            parameters.flat.device.type == "cpu"
            and parameters.flat.dtype in (torch.float32, torch.float64)
            and hasattr(optimizer, "means")
            and all(type(penalty) in ELEMENTWISE + GROUPED for penalty in penalties)
        )

    def set_rates(self, rates: np.ndarray, trained: list[str]) -> None:
        """Set the rate of each network, for the parameters that it moves."""
        self.rates = rates[:, None] * np.isin(self.names, trained)

    def take(self, factor: float) -> None:
        """Move all networks along their slopes, and leave the slopes zero."""
        stretches = self.starts, (self.sizes, self.n_inputs), self.rates, self.strengths
        _move_all(self.arrays, stretches, self.constants(), factor)
        self.count(1)

    def constants(self) -> tuple[float, float, float, float]:
        """Return the optimiser's constants, for the next step."""
        *decays_and_eps, first = self.at_start
        return *decays_and_eps, first + self.taken  # type: ignore[return-value]  # of four

    def count(self, n_steps: int) -> None:
        """Say that steps were taken."""
        self.taken += n_steps
        self.optimizer.count(n_steps)


class Epochs:
    """Epochs of an `MLP` or `MLPM`, as `Chunk` trains them.

    Parameters
    ----------
    network : MLP or MLPM
    steps : Steps
    loss : function
        One of `LOSSES`.
    """

    def __init__(self, network: nn.Module, steps: Steps, loss: Callable) -> None:
        self.steps, self.loss = steps, LOSSES.index(loss)
        both = type(network) is MLPM
        mlp, prefix = (network.interaction, "interaction.") if both else (network, "")
        self.widths = np.array(
            [mlp.layers[0].in_features, *(layer.out_features for layer in mlp.layers)]
        )
        at = steps.names.index
        kinds, layers = ("weight", "bias"), range(len(mlp.layers))
        #: Number of the weights and biases of each layer among the parameters.
        self.layers = np.array(
            [[at(f"{prefix}layers.{i}.{kind}") for kind in kinds] for i in layers]
        )
        kinds, layers = ("weights", "biases"), []
        self.own_widths, self.output = np.zeros(0, dtype=np.int64), -1
        if both:
            layers = range(len(network.univariate.weights))
            own = [weight.shape[1] for weight in network.univariate.weights]
            self.own_widths = np.array([1, *own])
            self.output = at("univariate.output")
        self.own_layers = np.array(
            [[at(f"univariate.{kind}.{i}") for kind in kinds] for i in layers],
            dtype=np.int64,
        ).reshape(-1, 2)

    @staticmethod
    def can_take(network: nn.Module, loss: Callable) -> bool:
        """Return whether these epochs are made for such a network and loss.

        Compiling takes some ten seconds, which pays where the code can be kept.
        """
        kept = _epoch.stats.cache_path is not None  # type: ignore[attr-defined]  # numba's
        return kept and type(network) in (MLP, MLPM) and loss in LOSSES

    def train(
        self,
        samples: Samples,
        rows: Tensor,
        weights: Tensor | None,
        batch_size: int,
        factors: np.ndarray,
        running: np.ndarray,
        stopped: Callable[[], bool],
    ) -> Tensor | None:
        """Train the running networks for an epoch, unless somebody wants to stop.

        Parameters
        ----------
        samples : Samples
        rows, weights : Tensors
            As `Order.epoch` returns them.
        batch_size : int
        factors : array, shape (n_steps,)
            Of the rate at each step.
        running : array of bool, shape (n_networks,)
        stopped : callable
            Asked before each network.

        Returns
        -------
        Tensor, shape (n_networks,), or None
            The mean loss met on the way; None if stopped.
        """
        X, y = samples.X.contiguous().numpy(), samples.y.contiguous().numpy()
        rows = rows.contiguous().numpy()
        weights = np.zeros((1, 0), bool) if weights is None else weights.numpy()
        steps, means = self.steps, np.full(len(running), np.nan)
        for i in np.flatnonzero(running):
            if stopped():
                return None
            data = (
                X[i] if samples.own_inputs else X,
                y[i] if samples.own_targets else y,
                rows[i] if rows.ndim == 2 else rows,
                np.ascontiguousarray(weights[i % len(weights)]),
            )
            means[i] = _epoch(
                data,
                (batch_size, self.loss),
                (self.widths, self.layers),
                (self.own_widths, self.own_layers, self.output),
                steps.arrays,
                (
                    steps.starts[i],
                    (steps.sizes, steps.n_inputs),
                    steps.rates[i],
                    steps.strengths[i],
                ),
                steps.constants(),
                factors,
            )
        steps.count(len(factors))
        return torch.from_numpy(means)


# Division by zero gives infinity, as elsewhere: asking first would cost the lanes.
_HOW = {"nogil": True, "cache": True, "error_model": "numpy"}


@machine.compiled(**_HOW)
def _add_group_slopes(weights, slopes, by_input, by_unit):
    """Add the slopes of group lassos on a matrix (units, inputs); 0 where all is 0."""
    n_units, n_inputs = weights.shape
    if by_unit > 0:
        for j in range(n_units):
            square = (weights[j] * weights[j]).sum()
            if square > 0:
                slopes[j] += weights[j] * weights.dtype.type(by_unit / np.sqrt(square))
    if by_input > 0:
        squares = np.zeros(n_inputs, weights.dtype)
        for j in range(n_units):
            squares += weights[j] * weights[j]
        for i in range(n_inputs):
            squares[i] = by_input / np.sqrt(squares[i]) if squares[i] > 0 else 0
        for j in range(n_units):
            slopes[j] += weights[j] * squares


@machine.compiled(**_HOW)
def _move(arrays, starts, shapes, rates, strengths, constants, factor):
    """Move one network along its slopes, and leave the slopes zero."""
    sizes, n_inputs = shapes
    number = arrays[0].dtype.type
    beta1, beta2, eps, step = constants
    correction = 1 - beta1**step
    root = number(1 / np.sqrt(1 - beta2**step))
    new1, new2, eps = number(1 - beta1), number(1 - beta2), number(eps)
    for k in range(len(sizes)):
        stretch = slice(starts[k], starts[k] + sizes[k])
        weights, slopes = arrays[0][stretch], arrays[1][stretch]
        means, squares = arrays[2][stretch], arrays[3][stretch]
        rate = rates[k] * factor
        if rate == 0:  # frozen or stopped
            slopes[:] = 0
            continue
        if strengths[BY_INPUT, k] > 0 or strengths[BY_UNIT, k] > 0:
            matrices = weights.reshape(-1, n_inputs[k]), slopes.reshape(-1, n_inputs[k])
            groups = strengths[BY_INPUT, k], strengths[BY_UNIT, k]
            _add_group_slopes(*matrices, *groups)
        pace = number(rate / correction)
        l1, l2 = number(strengths[0, k]), number(2 * strengths[1, k])
        limit = number(rate * strengths[2, k])
        for i in range(len(weights)):
            weight, slope = weights[i], slopes[i]
            sign = l1 if weight > 0 else (-l1 if weight < 0 else number(0))
            slope += sign + l2 * weight
            mean = means[i] + new1 * (slope - means[i])
            square = squares[i] + new2 * (slope * slope - squares[i])
            weight -= pace * mean / (np.sqrt(square) * root + eps)
            # towards zero by the limit, at most to zero
            cut = limit if weight > limit else weight
            cut = -limit if cut < -limit else cut
            weights[i], slopes[i] = weight - cut, number(0)
            means[i], squares[i] = mean, square


@machine.compiled(**_HOW)
def _move_all(arrays, stretches, constants, factor):
    starts, shapes, rates, strengths = stretches
    for i in range(len(starts)):
        _move(arrays, starts[i], shapes, rates[i], strengths[i], constants, factor)


@machine.compiled(**_HOW)
def _view(flat, start, n, m):
    """Return n x m numbers from a place on, as a matrix."""
    return flat[start : start + n * m].reshape(n, m)


@machine.compiled(**_HOW)
def _add_and_rectify(values, bias, last):
    """Add a bias to each row; all but the last layer rectify."""
    zero = values.dtype.type(0)
    for i in range(len(values)):
        row = values[i]
        for j in range(len(row)):
            value = row[j] + bias[j]
            row[j] = value if last or not value < 0 else zero  # NaN stays


@machine.compiled(**_HOW)
def _stop_where_zero(slope, activation):
    """Zero the slope, in place, where the rectified activation is zero."""
    zero = slope.dtype.type(0)
    for i in range(len(slope)):
        row, values = slope[i], activation[i]
        for j in range(len(row)):
            row[j] = zero if values[j] <= 0 else row[j]


@machine.compiled(**_HOW)
def _forward(weights, starts, widths, layers, inputs, n):
    """Write the activations of each layer behind each other; return the output."""
    place, x = 0, _view(inputs, 0, n, widths[0])
    for i in range(len(layers)):
        n_in, n_out = widths[i], widths[i + 1]
        weight = _view(weights, starts[layers[i, 0]], n_out, n_in)
        place += n * n_in
        out = _view(inputs, place, n, n_out)
        np.dot(x, weight.T, out)
        start = starts[layers[i, 1]]
        _add_and_rectify(out, weights[start : start + n_out], i == len(layers) - 1)
        x = out
    return x


@machine.compiled(**_HOW)
def _backward(arrays, starts, widths, layers, inputs, slope, spare):
    """Write the slopes of weights and biases; spare: two scratch arrays."""
    weights, slopes = arrays[0], arrays[1]
    n = len(slope)
    place = n * widths[:-1].sum()
    for back in range(len(layers)):
        i = len(layers) - 1 - back
        n_in, n_out = widths[i], widths[i + 1]
        place -= n * n_in
        x = _view(inputs, place, n, n_in)
        np.dot(slope.T, x, _view(slopes, starts[layers[i, 0]], n_out, n_in))
        start = starts[layers[i, 1]]
        into = slopes[start : start + n_out]
        for row in range(n):
            for j in range(n_out):
                into[j] += slope[row, j]
        if i > 0:
            weight = _view(weights, starts[layers[i, 0]], n_out, n_in)
            before = _view(spare[back % 2], 0, n, n_in)
            np.dot(slope, weight, before)
            _stop_where_zero(before, x)
            slope = before


@machine.compiled(**_HOW)
def _forward_own(weights, starts, own, inputs, n, p, n_outputs):
    """Do as `_forward` for univariate nets, (p, units, n); return (n_outputs, n)."""
    widths, layers, output = own
    place, zero = 0, weights.dtype.type(0)
    for i in range(len(layers)):
        n_in, n_out = widths[i], widths[i + 1]
        after = place + p * n_in * n
        for f in range(p):
            start = starts[layers[i, 0]] + f * n_out * n_in
            weight = _view(weights, start, n_out, n_in)
            x = _view(inputs, place + f * n_in * n, n_in, n)
            out = _view(inputs, after + f * n_out * n, n_out, n)
            np.dot(weight, x, out)
            start = starts[layers[i, 1]] + f * n_out
            for j in range(n_out):
                row, bias = out[j], weights[start + j]
                for k in range(n):
                    value = row[k] + bias
                    row[k] = zero if value < 0 else value
        place = after
    units = p * widths[-1]
    weight = _view(weights, starts[output], n_outputs, units)
    return np.dot(weight, _view(inputs, place, units, n))


@machine.compiled(**_HOW)
def _backward_own(arrays, starts, own, inputs, slope, p, spare):
    """Do as `_backward` for univariate nets; slope (n, n_outputs)."""
    widths, layers, output = own
    weights, slopes = arrays[0], arrays[1]
    n, n_outputs = slope.shape
    units = p * widths[-1]
    place = p * n * widths[:-1].sum()
    last = _view(inputs, place, units, n)
    into = _view(slopes, starts[output], n_outputs, units)
    np.dot(slope.T, last.T, into)
    if len(layers) == 0:
        return
    back = _view(spare[0], 0, units, n)
    np.dot(_view(weights, starts[output], n_outputs, units).T, slope.T, back)
    for after in range(len(layers)):
        i = len(layers) - 1 - after
        n_in, n_out = widths[i], widths[i + 1]
        _stop_where_zero(back, _view(inputs, place, p * n_out, n))
        place -= p * n * n_in
        before = _view(spare[(after + 1) % 2], 0, p * n_in, n)
        for f in range(p):
            here = back[f * n_out : (f + 1) * n_out]
            x = _view(inputs, place + f * n_in * n, n_in, n)
            start = starts[layers[i, 0]] + f * n_out * n_in
            np.dot(here, x.T, _view(slopes, start, n_out, n_in))
            bias = starts[layers[i, 1]] + f * n_out
            for j in range(n_out):
                slopes[bias + j] = here[j].sum()
            if i > 0:
                weight = _view(weights, start, n_out, n_in)
                np.dot(weight.T, here, before[f * n_in : (f + 1) * n_in])
        back = before


@machine.compiled(**_HOW)
def _loss(kind, output, target, share, slope):
    """Write the slope of a row's loss, times its share; return the loss."""
    k, total = len(output), 0.0
    if kind == 3:
        highest, own = output.max(), output[int(target[0])]
        for j in range(k):
            slope[j] = np.exp(output[j] - highest)
        whole = slope.sum()
        for j in range(k):
            slope[j] *= share / whole
        slope[int(target[0])] -= share
        return np.log(whole) + highest - own
    for j in range(k):
        value, wanted = output[j], target[j]
        if kind == 0:
            total += (value - wanted) ** 2
            slope[j] = 2 * (value - wanted) * share / k
        elif kind == 1:
            low = np.exp(-abs(value))
            total += max(value, 0) - value * wanted + np.log1p(low)
            chance = 1 / (1 + low) if value >= 0 else low / (1 + low)
            slope[j] = (chance - wanted) * share / k
        else:
            rate = np.exp(value)
            total += rate - wanted * value
            slope[j] = (rate - wanted) * share / k
    return total / k


@machine.compiled(**_HOW)
def _losses(kind, output, rows, y, weights, slope):
    """Write the slope of the mean loss; return the sum of losses, and of weights."""
    n, total = len(rows), 0.0
    count = weights.sum() if len(weights) else n
    share = 1 / max(count, 1)
    for i in range(n):
        if len(weights) and not weights[i]:  # not this network's own
            slope[i] = 0
        else:
            total += _loss(kind, output[i], y[rows[i]], share, slope[i])
    return total, count


@machine.compiled(**_HOW)
def _epoch(data, fit, mlp, own, arrays, stretches, constants, factors):
    """Take all steps of one network; return the mean loss met on the way."""
    X, y, rows, weights = data
    (batch_size, kind), (widths, layers) = fit, mlp
    own_widths = own[0]
    starts, shapes, rates, strengths = stretches
    beta1, beta2, eps, taken = constants
    size, (p, k) = min(batch_size, len(rows)), (widths[0], widths[-1])
    like = arrays[0].dtype
    inputs = np.empty(size * widths.sum(), like)
    own_inputs = np.empty(size * p * own_widths.sum(), like)
    widest = widths.max()
    if len(own_widths):
        widest = max(widest, p * own_widths.max())
    spare = np.empty(size * widest, like), np.empty(size * widest, like)
    slopes = np.empty(size * k, like)
    total, count = 0.0, 0
    for step in range(len(factors)):
        batch = rows[step * batch_size : (step + 1) * batch_size]
        n = len(batch)
        x = _view(inputs, 0, n, p)
        for i in range(n):
            x[i] = X[batch[i]]
        out = _forward(arrays[0], starts, widths, layers, inputs, n)
        if len(own_widths):
            _view(own_inputs, 0, p, n)[:] = x.T
            out += _forward_own(arrays[0], starts, own, own_inputs, n, p, k).T
        some = weights[step * batch_size : (step + 1) * batch_size]
        slope = _view(slopes, 0, n, k)
        sums, n_own = _losses(kind, out, batch, y, some, slope)
        total, count = total + sums, count + n_own
        _backward(arrays, starts, widths, layers, inputs, slope, spare)
        if len(own_widths):
            _backward_own(arrays, starts, own, own_inputs, slope, p, spare)
        now = beta1, beta2, eps, taken + step
        _move(arrays, starts, shapes, rates, strengths, now, factors[step])
    return total / count
