"""The compiled loops of `scan`, with a whole block of filters in one register.

numba has no type for a vector. Left to itself it keeps the sums of a window in memory,
where every k-mer loads and stores them again: three to five times the work. So a vector
of `LANES` numbers is given to it here, with the handful of operations that a scan
needs; LLVM splits it into what the processor has. Additions happen in the order in
which they stand, so the results do not depend on the processor.

Tables are (groups, blocks, taps, kmers, LANES), contiguous: a group reads its own
sequences, or all of them read the same; a block is what one vector holds.
"""

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, models, register_model

from helpers import device as machine

#: Filters that are summed at once: two registers of AVX-512, four of AVX2.
LANES = 32
_BITS = types.int32  # one for each lane


class _Vector(types.Type):
    """LANES numbers of a kind."""

    def __init__(self, kind):
        self.kind = kind
        super().__init__(f"Vector({kind})")


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager, vector):
        element = manager.lookup(vector.kind).get_value_type()
        super().__init__(manager, vector, ir.VectorType(element, LANES))


def _address(context, builder, array_type, array, index):
    """Return the address of an element, counted from the start of the memory.

    Indexing as usual would ask each time whether the number is negative.
    """
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [index])


@intrinsic
def _load(_, array, index):
    """Load the LANES numbers of a contiguous array from an element on."""
    vector = _Vector(array.dtype)

    def code(context, builder, _, arguments):
        address = _address(context, builder, array, *arguments)
        kind = context.get_value_type(vector).as_pointer()
        align = array.dtype.bitwidth // 8
        return builder.load(builder.bitcast(address, kind), align=align)

    return vector(array, types.intp), code


@intrinsic
def _store(_, array, index, vector):
    """Store a vector in a contiguous array from an element on."""

    def code(context, builder, _, arguments):
        *place, value = arguments
        address = _address(context, builder, array, *place)
        align = array.dtype.bitwidth // 8
        address = builder.bitcast(address, value.type.as_pointer())
        builder.store(value, address, align=align)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), code


@intrinsic
def _code(_, row, index):
    """Return the k-mer at an element of a contiguous row."""

    def code(context, builder, signature, arguments):
        value = builder.load(_address(context, builder, row, *arguments))
        return builder.sext(value, context.get_value_type(signature.return_type))

    return types.intp(row, types.intp), code


@intrinsic
def _all(_, number):
    """Return a vector of one number."""
    vector = _Vector(number)

    def code(context, builder, _, arguments):
        kind = context.get_value_type(vector)
        nothing, index = ir.Constant(kind, ir.Undefined), ir.IntType(32)
        first = builder.insert_element(nothing, *arguments, ir.Constant(index, 0))
        places = ir.Constant(ir.VectorType(index, LANES), None)  # all zero
        return builder.shuffle_vector(first, nothing, places)

    return vector(number), code


@intrinsic
def _add(_, a, b):
    """Add two vectors."""
    return a(a, a), lambda context, builder, signature, pair: builder.fadd(*pair)


@intrinsic
def _greater(_, a, b):
    """Return where one vector is greater than another, as bits."""

    def code(context, builder, _, pair):
        lanes = builder.fcmp_ordered(">", *pair)
        return builder.bitcast(lanes, context.get_value_type(_BITS))

    return _BITS(a, a), code


@intrinsic
def _choose(_, bits, a, b):
    """Take a where the bit is one, b elsewhere."""

    def code(context, builder, _, arguments):
        bits, *pair = arguments
        lanes = builder.bitcast(bits, ir.VectorType(ir.IntType(1), LANES))
        return builder.select(lanes, *pair)

    return a(_BITS, a, a), code


@njit(inline="always")  # a call would cost as much as the sums
def _sum_window(table, first, n_kmers, taps, row, position, stride):
    total = _load(table, first + _code(row, position) * LANES)
    for _ in range(1, taps):
        position += stride
        first += n_kmers * LANES
        total = _add(total, _load(table, first + _code(row, position) * LANES))
    return total


@machine.compiled(nogil=True, cache=True)
def largest(
    codes: np.ndarray,
    table: np.ndarray,
    stride: int,
    pool: int,
    maxima: np.ndarray,
    places: np.ndarray,
) -> None:
    """Write the largest sum of each pool, and its window.

    maxima, places : arrays, shape (groups, n, n_pools, blocks * LANES)
    """
    groups, blocks, taps, n_kmers, _ = table.shape
    _, n, n_pools, filters = maxima.shape
    n_windows = codes.shape[2] - (taps - 1) * stride
    lowest = _all(table.dtype.type(-np.inf))
    for group in range(groups):
        for block in range(blocks):
            first = (group * blocks + block) * taps * n_kmers * LANES
            for i in range(n):
                row = codes[group, i]
                for k in range(n_pools):
                    start = k * pool
                    best, where = lowest, _all(np.int32(start))
                    for position in range(start, min(start + pool, n_windows)):
                        total = _sum_window(
                            table, first, n_kmers, taps, row, position, stride
                        )
                        bits = _greater(total, best)
                        best = _choose(bits, total, best)
                        where = _choose(bits, _all(np.int32(position)), where)
                    place = ((group * n + i) * n_pools + k) * filters + block * LANES
                    _store(maxima, place, best)
                    _store(places, place, where)


@machine.compiled(nogil=True, cache=True)
def largest_slope(
    codes: np.ndarray,
    places: np.ndarray,
    slope: np.ndarray,
    stride: int,
    gradient: np.ndarray,
) -> None:
    """Add the slope of each maximum to the entries of its window.

    places, slope : arrays, shape (n_networks, n, n_pools, filters)
    gradient : array, shape (n_networks, taps, kmers, filters)
    """
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


@machine.compiled(nogil=True, cache=True)
def rectified(
    codes: np.ndarray,
    table: np.ndarray,
    shift: np.ndarray,
    stride: int,
    sums: np.ndarray,
    positive: np.ndarray,
) -> None:
    """Write the sum over windows of ReLU(sum + shift), and which were positive.

    shift : array, shape (groups, blocks, LANES)
    sums : array, shape (groups, n, blocks * LANES)
    positive : array of bits, shape (groups, blocks, n, n_windows)
    """
    groups, blocks, taps, n_kmers, _ = table.shape
    n, n_windows = positive.shape[2:]
    zero = _all(table.dtype.type(0))
    for group in range(groups):
        for block in range(blocks):
            number = group * blocks + block
            first = number * taps * n_kmers * LANES
            start = _load(shift, number * LANES)
            for i in range(n):
                row, kept = codes[group, i], positive[group, block, i]
                total = zero
                for position in range(n_windows):
                    here = _sum_window(
                        table, first, n_kmers, taps, row, position, stride
                    )
                    here = _add(here, start)
                    kept[position] = _greater(here, zero)
                    # so that NaN stays NaN, and is seen
                    here = _choose(_greater(zero, here), zero, here)
                    total = _add(total, here)
                _store(sums, ((group * n + i) * blocks + block) * LANES, total)


@machine.compiled(nogil=True, cache=True)
def rectified_slope(
    codes: np.ndarray,
    positive: np.ndarray,
    slope: np.ndarray,
    stride: int,
    into_table: np.ndarray,
    into_shift: np.ndarray,
) -> None:
    """Add the slope of each sum to the entries of its positive windows.

    Arrays as in `rectified`; slope as sums.
    """
    groups, blocks, taps, n_kmers, _ = into_table.shape
    n, n_windows = positive.shape[2:]
    zero = _all(into_table.dtype.type(0))
    for group in range(groups):
        for block in range(blocks):
            number = group * blocks + block
            first = number * taps * n_kmers * LANES
            into_start = zero
            for i in range(n):
                row, kept = codes[group, i], positive[group, block, i]
                share = _load(slope, ((group * n + i) * blocks + block) * LANES)
                for position in range(n_windows):
                    here = _choose(kept[position], share, zero)
                    into_start = _add(into_start, here)
                    for tap in range(taps):
                        code = _code(row, position + tap * stride)
                        entry = first + (tap * n_kmers + code) * LANES
                        _store(into_table, entry, _add(_load(into_table, entry), here))
            _store(into_shift, number * LANES, into_start)
