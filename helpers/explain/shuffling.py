"""Feature permutation of a motif network: shuffle a feature over the sequences.

Two readings of "feature". A *number*: each of the 4 x length entries of a one-hot
sequence is shuffled by itself, which is what Captum does unless told otherwise, and a
position's contribution is the sum over its four. A *base*: the four entries of a
position move together, so that every input stays a sequence.

Each network has permutations of its own, from (seed, place of the network): averaged
over networks, the chance of one draw averages out too. With shared draws it does not.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers import device as machine
from helpers.extras import extra
from helpers.networks.motif import MotifCNN

with extra("dna"):
    from captum.attr import FeaturePermutation

#: Takes raw outputs of a network to what is attributed.
Output = Callable[[torch.Tensor], torch.Tensor]


def generator(seed: int, network: int) -> np.random.Generator:
    """Return the source of one network's permutations."""
    return np.random.default_rng([seed, network])


@torch.no_grad()
def shuffled_bases(
    networks: Sequence[MotifCNN], sequences: np.ndarray, output: Output, seed: int
) -> np.ndarray:
    """Return Captum's feature permutation; a feature is the base at a position.

    Parameters
    ----------
    networks : sequence of MotifCNN
    sequences : array of uint8, shape (n, length)
    output : function of a Tensor
    seed : int

    Returns
    -------
    array, shape (n_networks, n, length)
    """
    letters = torch.from_numpy(sequences.copy())
    found = np.empty((len(networks), *sequences.shape))
    for i, network in enumerate(networks):
        rng = generator(seed, i)

        def shuffled(
            x: Tensor, feature: Tensor, rng: np.random.Generator = rng
        ) -> Tensor:
            order = torch.from_numpy(rng.permutation(len(x)))
            return torch.where(feature, x[order], x)

        def outputs(x: Tensor, network: MotifCNN = network) -> Tensor:
            return output(network(x))[:, 0]

        found[i] = FeaturePermutation(outputs, shuffled).attribute(letters).numpy()
    return found


@torch.no_grad()
def shuffled_numbers(
    networks: Sequence[MotifCNN], sequences: np.ndarray, output: Output, seed: int
) -> np.ndarray:
    """Return feature permutation of single numbers, summed over each position's four.

    Equals Captum's for one-hot input (see the tests). Its 4 x length passes over whole
    sequences are not needed: a number moves the responses of the windows that cover it
    and no others, so only the pools there are scanned again.

    Parameters
    ----------
    networks : sequence of MotifCNN
    sequences : array of uint8, shape (n, length)
    output : function of a Tensor
    seed : int
        Permutations are drawn position by position, and for each in the order of A, C,
        G, T.

    Returns
    -------
    array, shape (n_networks, n, length)
    """
    n, length = sequences.shape
    letters = F.one_hot(torch.from_numpy(sequences).long(), 4).transpose(1, 2)
    found = np.zeros((len(networks), n, length))
    for i, network in enumerate(networks):
        rng = generator(seed, i)
        filters = network.folded_filters()
        left = (network.width - 1) // 2
        padded = F.pad(letters.to(filters.dtype), (left, network.width - 1 - left))
        scan = F.conv1d(padded, filters).transpose(1, 2).contiguous().numpy()
        pooled = network.pooled(letters)
        intact = output(network.head(pooled))[:, 0].numpy()
        known = pooled.numpy()
        weights = filters.permute(1, 2, 0).contiguous().numpy()  # (4, width, filters)
        for position in range(length):
            moves = _moves(sequences[:, position], rng)
            rows = moves[0]
            moved = _moved(scan, known, weights, moves, position, left, network.pool)
            changed = output(network.head(torch.from_numpy(moved)))[:, 0].numpy()
            np.add.at(found[i, :, position], rows, intact[rows] - changed)
    return found


def _moves(
    column: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which entries of a position change when each base's is permuted.

    The row, the base, and the change (+1 or -1) of every entry that does.
    """
    rows, bases, steps = [], [], []
    for base in range(4):
        entry = (column == base).astype(np.int64)
        change = entry[rng.permutation(len(entry))] - entry
        some = np.flatnonzero(change)
        rows.append(some)
        bases.append(np.full(len(some), base))
        steps.append(change[some])
    return tuple(np.concatenate(parts) for parts in (rows, bases, steps))  # type: ignore[return-value]  # of three


@machine.compiled(nogil=True, cache=True)
def _moved(
    scan: np.ndarray,
    pooled: np.ndarray,
    weights: np.ndarray,
    moves: tuple[np.ndarray, np.ndarray, np.ndarray],
    position: int,
    left: int,
    pool: int,
) -> np.ndarray:
    """Return pooled responses after one number of each row has changed.

    scan : (n, length, filters); pooled : (n, n_pools, filters); weights : (4, width,
    filters); moves : as `_moves` returns. Result: (n_rows, n_pools, filters).
    """
    rows, bases, steps = moves
    _, length, n_filters = scan.shape
    width = weights.shape[1]
    first = max(position - (width - 1) + left, 0)  # window s reads s - left onwards
    last = min(position + left, length - 1)
    result = np.empty((len(rows), pooled.shape[1], n_filters), dtype=pooled.dtype)
    for k in range(len(rows)):
        row = rows[k]
        result[k] = pooled[row]
        for p in range(first // pool, last // pool + 1):
            for f in range(n_filters):
                best = -np.inf
                for s in range(p * pool, min((p + 1) * pool, length)):
                    value = scan[row, s, f]
                    if first <= s <= last:
                        value += steps[k] * weights[bases[k], position - s + left, f]
                    best = max(best, value)
                result[k, p, f] = best
    return result
