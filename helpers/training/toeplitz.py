"""Passes of convolutional networks on a GPU: convolutions as matrix products.

A grouped convolution of many networks with sixteen channels each leaves a GPU idle. A
matrix product does not, and the usual way to one copies every window of the sequence.
This way copies none. Take filters of width w. The S = 2 (w - 1) positions from t on,
all channels in one row, determine the T = w - 1 outputs from t on, by a matrix that
holds the filter T times, each time one position lower (a block Toeplitz matrix). The
rows of windows that begin at 0, S, 2 S, ... are the array of activations itself, seen
as a matrix, and so are those that begin at T, T + S, ...: two products give all
outputs. They multiply 2 - 2 / w times as much as needed, and read each value twice
instead of w times.
"""

import torch
from torch import Tensor

from helpers.networks.cnn import CNN
from helpers.training.dense import MLPPasses, relu_slope_
from helpers.training.stack import Stack


class ToeplitzPasses:
    """Passes of `CNN`, by hand; made for a GPU, right on any device.

    All layers share one grid: sequence b starts at position b P, where P is a multiple
    of S that leaves room for the padding. What stands between sequences is zero with
    same padding. With valid padding it is not, but only outputs that do not count
    depend on it, and no slope comes back from them.

    Parameters
    ----------
    parameters, gradients : Stack
    network : CNN
        All its filters equally wide (`fits`).
    """

    rows_at_once = None

    def __init__(self, parameters: Stack, gradients: Stack, network: CNN) -> None:
        names = [f"convolutions.{i}" for i in range(len(network.convolutions))]
        self.weights = [parameters[f"{name}.weight"] for name in names]  # (E, F, C, w)
        self.biases = [parameters[f"{name}.bias"] for name in names]
        self.weight_gradients = [gradients[f"{name}.weight"] for name in names]
        self.bias_gradients = [gradients[f"{name}.bias"] for name in names]
        hidden = [f"hidden.{i}" for i in range(len(network.hidden))]
        self.dense = MLPPasses(parameters, gradients, [*hidden, "output"])
        self.width = self.weights[0].shape[-1]
        self.same = network.padding == "same"
        self.margin = self.width // 2 if self.same else 0
        self.letters = torch.arange(4, device=parameters.flat.device)
        self.grids: dict[tuple[int, int], Grid] = {}  # of batches seen so far
        self.grid = None

    @staticmethod
    def fits(network: CNN) -> bool:
        """Return whether these passes compute what `network` computes."""
        widths = set(network.architecture.kernels)
        odd = all(width % 2 for width in widths)
        return (
            len(widths) == 1 and min(widths) > 1 and (odd or network.padding != "same")
        )

    def forward(self, x: Tensor, own: bool, training: bool = True) -> Tensor:
        """Return the outputs, (n_networks, batch, n_outputs).

        x is (batch, length) base numbers or (batch, 4, length) one-hot, with the
        networks in front if `own`.
        """
        self.grid = grid = self._grid(x.shape[int(own)], x.shape[-1])
        one_hot = x.unsqueeze(-1) == self.letters if x.ndim == 2 + own else x.mT
        grid.sequences(0)[:, :, : grid.length].copy_(one_hot)
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            matrix = grid.matrix(weight, ("forward", i))
            for phase in range(2):
                torch.bmm(
                    grid.windows(i, phase, -self.margin),
                    matrix,
                    out=grid.outputs(i + 1, phase),
                )
            grid.body(i + 1).add_(bias.unsqueeze(1)).relu_()
            if self.same:
                grid.sequences(i + 1)[:, :, grid.length :] = 0
        pooled = grid.sequences(len(self.weights))[:, :, : grid.pooled].mean(2)
        return self.dense.forward(pooled, True, training)

    def backward(self, slope: Tensor) -> None:
        """Add the gradients of filters, weights and biases."""
        grid, last = self.grid, len(self.weights)
        at_pooled = self.dense.backward(slope, to_input=True)  # (E, batch, F)
        torch.ops.aten.threshold_backward.grad_input(
            (at_pooled / grid.pooled).unsqueeze(2).expand(-1, -1, grid.pooled, -1),
            grid.sequences(last)[:, :, : grid.pooled],
            0,
            grad_input=grid.sequences(last, slope=True)[:, :, : grid.pooled],
        )
        for i in reversed(range(last)):
            self._add_gradients(i)
            if i > 0:
                back = grid.matrix(
                    self.weights[i].flip(-1).transpose(1, 2), ("back", i)
                )
                start = self.margin - (self.width - 1)
                for phase in range(2):
                    torch.bmm(
                        grid.windows(i + 1, phase, start, slope=True),
                        back,
                        out=grid.outputs(i, phase, slope=True),
                    )
                relu_slope_(grid.body(i, slope=True), grid.body(i))

    def _add_gradients(self, i: int) -> None:
        """Add what the slope behind layer i says about its filters and biases."""
        grid, total = self.grid, None
        for phase in range(2):
            x = grid.windows(i, phase, -self.margin).transpose(1, 2)
            slope = grid.outputs(i + 1, phase, slope=True)
            total = torch.bmm(x, slope) if total is None else total.baddbmm_(x, slope)
        n_networks, filters, channels, _ = self.weights[i].shape
        of_filters = _diagonals(total, n_networks, self.width, channels, filters).sum(
            2
        )  # (E, w, C, F)
        self.weight_gradients[i].add_(of_filters.permute(0, 3, 2, 1))
        self.bias_gradients[i].add_(grid.body(i + 1, slope=True).sum(1))

    def _grid(self, batch: int, length: int) -> "Grid":
        if (batch, length) not in self.grids:
            shapes = [weight.shape for weight in self.weights]
            self.grids[batch, length] = Grid(
                self.weights[0], shapes, batch, length, self.same
            )
        return self.grids[batch, length]


class Grid:
    """The arrays of one batch, (n_networks, positions, channels), and views of them.

    Before the first sequence and behind the last there is room for a window, always
    zero. Array 0 holds the letters, array i + 1 the activations behind layer i, and
    each has a twin for its slopes.

    Parameters
    ----------
    like : Tensor
        Gives dtype and device.
    shapes : list of (n_networks, filters, channels, width)
        Of the layers.
    batch, length : int
        Sequences, and positions of each.
    same : bool
        Whether sequences keep their length.
    """

    def __init__(
        self, like: Tensor, shapes: list, batch: int, length: int, same: bool
    ) -> None:
        n_networks, _, _, width = shapes[0]
        self.n_networks, self.batch, self.length, self.width = (
            n_networks,
            batch,
            length,
            width,
        )
        self.outputs_each = width - 1
        self.window = 2 * (width - 1)
        self.pooled = length if same else length - len(shapes) * (width - 1)
        room = length + (width // 2 if same else 0)
        self.period = -(-room // self.window) * self.window
        self.channels = [shapes[0][2], *(filters for _, filters, _, _ in shapes)]
        positions = batch * self.period + 2 * self.window

        self.shapes = [(n_networks, positions, channels) for channels in self.channels]
        self.like, self.slopes, self.matrices = like, None, {}
        self.arrays = [like.new_zeros(shape) for shape in self.shapes]

    def body(self, i: int, slope: bool = False) -> Tensor:
        """Return array i without the room at its ends, (E, batch P, C)."""
        return self._of(i, slope)[:, self.window : -self.window]

    def sequences(self, i: int, slope: bool = False) -> Tensor:
        """Return array i by sequence, (E, batch, P, C)."""
        return self.body(i, slope).unflatten(1, (self.batch, self.period))

    def windows(self, i: int, phase: int, start: int, slope: bool = False) -> Tensor:
        """Return windows as rows, (E, batch P / S, S C), the first at `start`."""
        first = start + phase * self.outputs_each
        return self._rows(i, first, self.window, slope)

    def outputs(self, i: int, phase: int, slope: bool = False) -> Tensor:
        """Return the outputs that these windows give, (E, batch P / S, T C)."""
        return self._rows(i, phase * self.outputs_each, self.outputs_each, slope)

    def matrix(self, weight: Tensor, name: object) -> Tensor:
        """Return the block Toeplitz matrix of filters (E, F, C, w), (E, S C, T F)."""
        n_networks, filters, channels, width = weight.shape
        if name not in self.matrices:
            rows, columns = self.window * channels, self.outputs_each * filters
            self.matrices[name] = weight.new_zeros(n_networks, rows, columns)
        matrix = self.matrices[name]
        diagonals = _diagonals(matrix, n_networks, width, channels, filters)
        diagonals.copy_(weight.permute(0, 3, 2, 1).unsqueeze(2))
        return matrix

    def _of(self, i: int, slope: bool) -> Tensor:
        if not slope:
            return self.arrays[i]
        if self.slopes is None:  # predictions need none
            self.slopes = [self.like.new_zeros(shape) for shape in self.shapes]
        return self.slopes[i]

    def _rows(self, i: int, first: int, n_positions: int, slope: bool) -> Tensor:
        """Return rows of some positions; one begins every S positions."""
        array, channels = self._of(i, slope), self.channels[i]
        return array.as_strided(
            (
                self.n_networks,
                self.batch * self.period // self.window,
                n_positions * channels,
            ),
            (array.stride(0), self.window * channels, 1),
            (self.window + first) * channels,
        )


def _diagonals(
    matrix: Tensor, n_networks: int, width: int, channels: int, filters: int
) -> Tensor:
    """Return where a Toeplitz matrix (E, S C, T F) repeats its filter, (E, w, T, C, F).

    Entry [:, i, j] is the block in row i + j and column j.
    """
    shifts = width - 1
    row = channels * shifts * filters  # from a window's position to the next
    return matrix.as_strided(
        (n_networks, width, shifts, channels, filters),
        (2 * shifts * row, row, row + filters, shifts * filters, 1),
    )
