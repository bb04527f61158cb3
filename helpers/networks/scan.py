"""One layer for every network that reads DNA: look up k-mers, add, then pool.

What a filter says about a window is a sum over the window's letters. Read k letters at
a time, the same sum has k times fewer terms, each looked up in a table of all k-mers.
On a processor this beats a general convolution, which multiplies by the zeros of a
one-hot sequence, several times over; and nothing of the size sequences x positions x
filters is ever stored.

`letter_table` makes the table of an ordinary filter, whose letters add; a network may
also own a free table, in which letters of a k-mer interact (`MotifBuilder`). `max_scan`
and `mean_scan` are differentiable, run inside `torch.func.vmap`, and use plain torch on
other devices than the processor.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers.networks import scan_kernels as kernels

LETTERS = 5  # A, C, G, T and N, which adds nothing
N = 4
#: Letters looked up at a time. Three keep the table of a filter bank in the fastest
#: cache; a table of four is five times as large for a quarter fewer terms.
AT_ONCE = 3


def kmers(x: Tensor, k: int, letters: int = LETTERS) -> Tensor:
    """Return the number of the k-mer that starts at each position.

    Parameters
    ----------
    x : Tensor, shape (..., length)
        Base numbers below `letters`.
    k : int
    letters : int

    Returns
    -------
    Tensor of int16, or int32 for long k-mers; (..., length - k + 1)
        Negative where a letter is none of them: a scan refuses such numbers.

    Raises
    ------
    ValueError
        If the sequences are shorter than a k-mer.
    """
    n = x.shape[-1] - k + 1
    if n < 1:
        raise ValueError(
            f"sequences must have at least {k} letters; got {x.shape[-1]}."
        )
    x = x.to(torch.int32)
    # Lower than all other letters of a k-mer together can make up for.
    x = torch.where((x < 0) | (x >= letters), -(letters**k), x)
    code = (x.to(torch.int16) if letters ** (2 * k - 1) <= 2**14 else x)[..., :n]
    x = x.to(code.dtype)
    for i in range(1, k):
        code = code * letters + x[..., i : i + n]
    return code


def letter_table(filters: Tensor) -> Tensor:
    """Return what each k-mer adds to each filter, k = `AT_ONCE`.

    Parameters
    ----------
    filters : Tensor, shape (width, 4, n_filters)

    Returns
    -------
    Tensor, shape (taps, LETTERS^k, n_filters)
        taps = width / k, rounded up; letters beyond the width add nothing.
    """
    width = len(filters)
    taps = math.ceil(width / AT_ONCE)
    padded = F.pad(filters, (0, 0, 0, 1, 0, taps * AT_ONCE - width))  # N: zeros
    padded = padded.unflatten(0, (taps, AT_ONCE))  # (taps, k, LETTERS, n_filters)
    table = padded[:, 0]
    for i in range(1, AT_ONCE):
        table = (table.unsqueeze(2) + padded[:, i].unsqueeze(1)).flatten(1, 2)
    return table


def padded_kmers(x: Tensor, width: int, padding: str = "valid") -> Tensor:
    """Return the k-mers that a filter of this width looks up, k = `AT_ONCE`.

    Parameters
    ----------
    x : Tensor, shape (..., length)
        Base numbers, 0 to 4.
    width : int
    padding : {"valid", "same"}
        Whether windows lie inside the sequence, or are centred on every base.
    """
    beyond = -width % AT_ONCE
    left = (width - 1) // 2 if padding == "same" else 0
    right = width - 1 - left if padding == "same" else 0
    return kmers(F.pad(x, (left, right + beyond), value=N), AT_ONCE)


def max_scan(
    codes: Tensor, table: Tensor, *, pool: int, stride: int = AT_ONCE
) -> tuple[Tensor, Tensor]:
    """Return the largest sum of each filter in each pool of windows, and its window.

    Parameters
    ----------
    codes : Tensor of int, shape (n, n_codes)
        K-mer at each position.
    table : Tensor, shape (taps, n_kmers, n_filters)
        What each k-mer adds at each tap.
    pool : int
        Windows in a pool; a shorter rest forms a pool too.
    stride : int
        Letters between taps.

    Returns
    -------
    maxima : Tensor, shape (n, n_pools, n_filters)
    places : Tensor of int, shape (n, n_pools, n_filters)
        Number of the window, without gradient.

    Raises
    ------
    ValueError
        If a filter does not fit the sequences, or (on a processor) a k-mer is not in
        the table.
    """
    _check_fit(codes, table, stride)
    if codes.device.type == "cpu":
        maxima, places = MaxScan.apply(codes[None], table[None], pool, stride)
        return maxima[0], places[0]
    return _plain_max(codes, table, pool, stride)


def mean_scan(
    codes: Tensor, table: Tensor, shift: Tensor, *, stride: int = AT_ONCE
) -> Tensor:
    """Return the mean over windows of ReLU(sum + shift) of each filter.

    Parameters
    ----------
    codes, table, stride
        As in `max_scan`.
    shift : Tensor, shape (n_filters,)

    Returns
    -------
    Tensor, shape (n, n_filters)

    Raises
    ------
    ValueError
        As `max_scan`.
    """
    _check_fit(codes, table, stride)
    if codes.device.type == "cpu":
        return MeanScan.apply(codes[None], table[None], shift[None], stride)[0][0]
    return _plain_mean(codes, table, shift, stride)


def _check_fit(codes: Tensor, table: Tensor, stride: int) -> None:
    lacking = (len(table) - 1) * stride + 1 - codes.shape[-1]
    if lacking > 0:
        raise ValueError(
            f"sequences must be at least {lacking} bp longer, so that a filter fits."
        )


def _check_letters(codes: Tensor, table: Tensor) -> None:
    """Refuse numbers of k-mers that would be looked up beyond the table's memory."""
    low, high = torch.aminmax(codes)
    if low < 0 or high >= table.shape[2]:
        raise ValueError(
            "sequences must hold base numbers, 0 to 3 for A, C, G, T and 4 for unknown."
        )


def _plain_max(
    codes: Tensor, table: Tensor, pool: int, stride: int
) -> tuple[Tensor, Tensor]:
    sums = _sums(codes, table, stride)  # (n, n_windows, n_filters)
    rest = -sums.shape[1] % pool
    sums = F.pad(sums, (0, 0, 0, rest), value=-torch.inf).unflatten(1, (-1, pool))
    maxima, places = sums.max(dim=2)
    first = torch.arange(0, places.shape[1] * pool, pool, device=places.device)
    return maxima, places + first[:, None]


def _plain_mean(codes: Tensor, table: Tensor, shift: Tensor, stride: int) -> Tensor:
    return F.relu(_sums(codes, table, stride) + shift).mean(dim=1)


def _sums(codes: Tensor, table: Tensor, stride: int) -> Tensor:
    """Return the sum of every window, (n, n_windows, n_filters)."""
    n_windows = codes.shape[1] - (len(table) - 1) * stride
    codes = codes.long()
    return sum(
        entries[codes[:, tap * stride : tap * stride + n_windows]]
        for tap, entries in enumerate(table)
    )


class MaxScan(torch.autograd.Function):
    """The largest sum in each pool; backward, each winner's window gets the slope.

    Codes (1 or networks, n, n_codes), table (networks, taps, kmers, filters); under
    `vmap` the axis of the networks goes first.
    """

    @staticmethod
    def forward(
        codes: Tensor, table: Tensor, pool: int, stride: int
    ) -> tuple[Tensor, Tensor]:
        """Scan every sequence with every filter."""
        _check_letters(codes, table)
        blocks = _blocked(table, len(codes) == 1)
        groups, n_blocks, taps, *_ = blocks.shape
        n_pools = math.ceil((codes.shape[-1] - (taps - 1) * stride) / pool)
        shape = (groups, codes.shape[1], n_pools, n_blocks * kernels.LANES)
        maxima = table.new_empty(shape)
        places = torch.empty(shape, dtype=torch.int32)
        kernels.largest(
            *_arrays(codes, blocks), stride, pool, maxima.numpy(), places.numpy()
        )
        return _of_networks(maxima, table.shape), _of_networks(places, table.shape)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: tuple) -> None:
        """Keep what backward needs."""
        codes, table, _, ctx.stride = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(codes, output[1])
        ctx.shape = table.shape

    @staticmethod
    def backward(ctx: Any, slope: Tensor, _: Tensor) -> tuple:
        """Give each winner's window the slope of its maximum."""
        codes, places = ctx.saved_tensors
        gradient = slope.new_zeros(ctx.shape)
        kernels.largest_slope(
            *_arrays(codes, places, slope), ctx.stride, gradient.numpy()
        )
        return None, gradient, None, None

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple, codes: Tensor, table: Tensor, pool: int, stride: int
    ) -> tuple:
        """Scan for all networks at once."""
        codes, table = _networks_first(info, in_dims, codes, table)
        maxima, places = MaxScan.apply(codes, table, pool, stride)
        return (maxima.unsqueeze(1), places.unsqueeze(1)), (0, 0)


class MeanScan(torch.autograd.Function):
    """The mean of rectified sums; one bit a window says which were positive."""

    @staticmethod
    def forward(
        codes: Tensor, table: Tensor, shift: Tensor, stride: int
    ) -> tuple[Tensor, Tensor]:
        """Scan every sequence with every filter."""
        _check_letters(codes, table)
        shared = len(codes) == 1
        blocks, starts = _blocked(table, shared), _blocked(shift, shared)
        groups, n_blocks, taps, *_ = blocks.shape
        n, n_windows = codes.shape[1], codes.shape[-1] - (taps - 1) * stride
        sums = table.new_empty((groups, n, n_blocks * kernels.LANES))
        bits = torch.empty((groups, n_blocks, n, n_windows), dtype=torch.int32)
        kernels.rectified(
            *_arrays(codes, blocks, starts), stride, sums.numpy(), bits.numpy()
        )
        return _of_networks(sums.div_(n_windows), table.shape), bits

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: tuple) -> None:
        """Keep what backward needs."""
        codes, table, _, ctx.stride = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(codes, output[1])
        ctx.shape = table.shape

    @staticmethod
    def backward(ctx: Any, slope: Tensor, _: Tensor) -> tuple:
        """Give every window with a positive sum its share of the slope."""
        codes, bits = ctx.saved_tensors
        groups, n_blocks, _, n_windows = bits.shape
        shape = (groups, n_blocks, *ctx.shape[1:3], kernels.LANES)
        into_table = slope.new_zeros(shape)
        into_shift = slope.new_empty((groups, n_blocks, kernels.LANES))
        shares = _blocked(slope / n_windows, groups == 1).transpose(1, 2)
        kernels.rectified_slope(
            *_arrays(codes, bits, shares),
            ctx.stride,
            into_table.numpy(),
            into_shift.numpy(),
        )
        into_table, into_shift = (
            _of_networks(part.movedim(1, -2).flatten(-2), ctx.shape)
            for part in (into_table, into_shift)
        )
        return None, into_table, into_shift, None

    @staticmethod
    def vmap(
        info: Any,
        in_dims: tuple,
        codes: Tensor,
        table: Tensor,
        shift: Tensor,
        stride: int,
    ) -> tuple:
        """Scan for all networks at once."""
        codes, table, shift = _networks_first(info, in_dims, codes, table, shift)
        means, bits = MeanScan.apply(codes, table, shift, stride)
        return (means.unsqueeze(1), bits), (0, None)


def _networks_first(
    info: Any, in_dims: tuple, codes: Tensor, *values: Tensor
) -> tuple[Tensor, ...]:
    """Return codes (1 or networks, ...) and values (networks, ...), repeated if shared.

    What each network sees has an axis of one in front.
    """
    if in_dims[0] is not None:
        codes = codes.movedim(in_dims[0], 0)[:, 0]
    return codes, *(
        value.expand(info.batch_size, *value.shape[1:])
        if dim is None
        else value.movedim(dim, 0)[:, 0]
        for value, dim in zip(values, in_dims[1:], strict=False)
    )


def _blocked(value: Tensor, shared: bool) -> Tensor:
    """Cut (networks, ..., filters) into blocks: (groups, blocks, ..., LANES).

    Networks that read the same sequences are one group: their filters stand side by
    side, so that ten networks of four filters fill two blocks and not ten.
    """
    if shared:
        value = value.movedim(0, -2).flatten(-2).unsqueeze(0)
    value = F.pad(value, (0, -value.shape[-1] % kernels.LANES))
    return value.unflatten(-1, (-1, kernels.LANES)).movedim(-2, 1)


def _of_networks(value: Tensor, shape: Sequence[int]) -> Tensor:
    """Undo `_blocked` of (groups, ..., blocks * LANES): (networks, ..., filters)."""
    n_networks, *_, n_filters = shape
    if len(value) == n_networks:
        return value[..., :n_filters]
    value = value[0, ..., : n_networks * n_filters]
    return value.unflatten(-1, (n_networks, n_filters)).movedim(-2, 0)


def _arrays(*tensors: Tensor) -> list[np.ndarray]:
    return [tensor.detach().contiguous().numpy() for tensor in tensors]
