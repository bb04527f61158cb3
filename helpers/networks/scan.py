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

import numba
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers import device as machine

LETTERS = 5  # A, C, G, T and N, which adds nothing
N = 4
#: Letters looked up at a time. Three keep the table of a filter bank in the fastest
#: cache; a table of four is five times as large for a quarter fewer terms.
AT_ONCE = 3
LANES = 8  # filters are padded to a multiple of this many, which a core adds at once


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


def max_scan(codes: Tensor, table: Tensor, *, pool: int, stride: int = AT_ONCE):
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
        maxima, places = MaxScan.apply(codes.unsqueeze(0), _lanes(table), pool, stride)
        n_filters = table.shape[-1]
        return maxima[0, ..., :n_filters], places[0, ..., :n_filters]
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
        wide = F.pad(shift, (0, -len(shift) % LANES))
        means = MeanScan.apply(
            codes.unsqueeze(0), _lanes(table), wide.unsqueeze(0), stride
        )
        return means[0, :, : len(shift)]
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


def _lanes(table: Tensor) -> Tensor:
    """Return the table with room for whole lanes of filters, and an axis of one."""
    return F.pad(table, (0, -table.shape[-1] % LANES)).unsqueeze(0)


def _plain_max(codes: Tensor, table: Tensor, pool: int, stride: int):
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


class _Scan(torch.autograd.Function):
    """What the two scans share: under `vmap` the axis of the networks goes first.

    Inputs: codes (1 or networks, n, n_codes); table (networks, taps, n_kmers, filters);
    then what the scan itself wants.
    """

    @staticmethod
    def own_and_table(info, in_dims, codes, table):
        """Return codes (1 or networks, ...) and table (networks, ...)."""
        if in_dims[0] is not None:
            codes = codes.movedim(in_dims[0], 0)[:, 0]
        return codes, _stacked(table, in_dims[1], info.batch_size)


class MaxScan(_Scan):
    """The largest sum in each pool; backward, each winner's window gets the slope."""

    @staticmethod
    def forward(codes, table, pool, stride):
        """Scan every sequence with every filter."""
        _check_letters(codes, table)
        n_networks, taps, _, n_filters = table.shape
        n_windows = codes.shape[-1] - (taps - 1) * stride
        shape = (n_networks, codes.shape[1], math.ceil(n_windows / pool), n_filters)
        maxima = table.new_empty(shape)
        places = torch.empty(shape, dtype=torch.int32)
        _max(*_arrays(codes, table), stride, pool, maxima.numpy(), places.numpy())
        return maxima, places

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward needs."""
        codes, table, _, ctx.stride = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(codes, output[1])
        ctx.shape = table.shape

    @staticmethod
    def backward(ctx, slope, _):
        """Give each winner's window the slope of its maximum."""
        codes, places = ctx.saved_tensors
        gradient = slope.new_zeros(ctx.shape)
        _max_slope(*_arrays(codes, places, slope), ctx.stride, gradient.numpy())
        return None, gradient, None, None

    @staticmethod
    def vmap(info, in_dims, codes, table, pool, stride):
        """Scan for all networks at once."""
        codes, table = _Scan.own_and_table(info, in_dims, codes, table)
        maxima, places = MaxScan.apply(codes, table[:, 0], pool, stride)
        return (maxima.unsqueeze(1), places.unsqueeze(1)), (0, 0)


class MeanScan(_Scan):
    """The mean of rectified sums; backward, the sums are computed again."""

    @staticmethod
    def forward(codes, table, shift, stride):
        """Scan every sequence with every filter."""
        _check_letters(codes, table)
        means = table.new_empty((len(table), codes.shape[1], table.shape[-1]))
        _mean(*_arrays(codes, table, shift), stride, means.numpy())
        return means

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keep what backward needs."""
        *saved, ctx.stride = inputs
        ctx.save_for_backward(*saved)

    @staticmethod
    def backward(ctx, slope):
        """Give every window with a positive sum its share of the slope."""
        codes, table, shift = ctx.saved_tensors
        into_table, into_shift = torch.zeros_like(table), torch.zeros_like(shift)
        _mean_slope(
            *_arrays(codes, table, shift, slope),
            ctx.stride,
            into_table.numpy(),
            into_shift.numpy(),
        )
        return None, into_table, into_shift, None

    @staticmethod
    def vmap(info, in_dims, codes, table, shift, stride):
        """Scan for all networks at once."""
        codes, table = _Scan.own_and_table(info, in_dims, codes, table)
        shift = _stacked(shift, in_dims[2], info.batch_size)
        return MeanScan.apply(codes, table[:, 0], shift[:, 0], stride).unsqueeze(1), 0


def _stacked(value: Tensor, dim: int | None, n_networks: int) -> Tensor:
    """Return a value of each network with the networks first, repeated if shared."""
    if dim is None:
        return value.expand(n_networks, *value.shape)
    return value.movedim(dim, 0)


def _arrays(*tensors: Tensor):
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


# Sums may be taken in any order, which lets a core add all lanes at once.
_FAST = {"reassoc", "contract"}


@numba.njit(inline="always")  # a call would cost as much as the sums
def _sum_window(total, table, row, position, stride):
    filters = len(total)
    entry = table[0, row[position]]
    for f in range(filters):
        total[f] = entry[f]
    for tap in range(1, len(table)):
        entry = table[tap, row[position + tap * stride]]
        for f in range(filters):
            total[f] += entry[f]


@machine.compiled(nogil=True, cache=True, fastmath=_FAST)
def _max(codes, table, stride, pool, maxima, places):
    n_networks, n, n_pools, filters = maxima.shape
    n_windows = codes.shape[2] - (table.shape[1] - 1) * stride
    total = np.empty(filters, dtype=table.dtype)
    best = np.empty(filters, dtype=table.dtype)
    where = np.empty(filters, dtype=np.int32)
    for network in range(n_networks):
        rows, weights = codes[network if len(codes) > 1 else 0], table[network]
        for i in range(n):
            row = rows[i]
            for k in range(n_pools):
                first = k * pool
                best[:] = -np.inf
                where[:] = first
                for position in range(first, min(first + pool, n_windows)):
                    _sum_window(total, weights, row, position, stride)
                    here = np.int32(position)  # as wide as a float: lanes stay whole
                    for f in range(filters):
                        where[f] = here if total[f] > best[f] else where[f]
                    for f in range(filters):
                        best[f] = max(best[f], total[f])
                maxima[network, i, k] = best
                places[network, i, k] = where


@machine.compiled(nogil=True, cache=True)
def _max_slope(codes, places, slope, stride, gradient):
    n_networks, n, n_pools, filters = slope.shape
    for network in range(n_networks):
        rows = codes[network if len(codes) > 1 else 0]
        into = gradient[network]
        for i in range(n):
            for k in range(n_pools):
                for f in range(filters):
                    value = slope[network, i, k, f]
                    if value != 0:
                        place = places[network, i, k, f]
                        for tap in range(len(into)):
                            into[tap, rows[i, place + tap * stride], f] += value


@machine.compiled(nogil=True, cache=True, fastmath=_FAST)
def _mean(codes, table, shift, stride, means):
    n_networks, n, filters = means.shape
    n_windows = codes.shape[2] - (table.shape[1] - 1) * stride
    total = np.empty(filters, dtype=table.dtype)
    for network in range(n_networks):
        rows, weights = codes[network if len(codes) > 1 else 0], table[network]
        start = shift[network]
        for i in range(n):
            row, mean = rows[i], means[network, i]
            mean[:] = 0
            for position in range(n_windows):
                _sum_window(total, weights, row, position, stride)
                for f in range(filters):
                    mean[f] += max(total[f] + start[f], 0)
            for f in range(filters):
                mean[f] /= n_windows


@machine.compiled(nogil=True, cache=True, fastmath=_FAST)
def _mean_slope(codes, table, shift, slope, stride, into_table, into_shift):
    n_networks, n, filters = slope.shape
    taps = table.shape[1]
    n_windows = codes.shape[2] - (taps - 1) * stride
    total = np.empty(filters, dtype=table.dtype)
    share = np.empty(filters, dtype=table.dtype)
    for network in range(n_networks):
        rows, weights = codes[network if len(codes) > 1 else 0], table[network]
        start, into, into_start = (
            shift[network],
            into_table[network],
            into_shift[network],
        )
        for i in range(n):
            row = rows[i]
            for f in range(filters):
                share[f] = slope[network, i, f] / n_windows
            for position in range(n_windows):
                _sum_window(total, weights, row, position, stride)
                for f in range(filters):
                    total[f] = share[f] if total[f] + start[f] > 0 else 0
                for f in range(filters):
                    into_start[f] += total[f]
                for tap in range(taps):
                    entry = into[tap, row[position + tap * stride]]
                    for f in range(filters):
                        entry[f] += total[f]
