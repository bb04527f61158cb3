"""What a step of the optimiser costs, fused and by calls, and what bounds it.

A step of networks of chapter 5 under L1, once slopes are there: penalty, running means
and update in one compiled pass (*fused*), or in calls of torch, each over all
weights (*calls*), which is what `Chunk` does where the first does not fit, and did
before there was one.

A fused step reads and writes four numbers a weight, and takes a root and divides once a
weight. Each bounds it, and each is timed on its own: the first over as many numbers as
all networks have, so from whichever cache or memory holds them; the second from the
fastest, by the one divider that a core has.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from helpers import checks
from helpers import device as machine
from helpers.ensemble import Adam, l1
from helpers.networks.mlp import MLP
from helpers.press.bench.families import RATE, STRENGTH
from helpers.press.bench.timing import REPEATS, Row, Timed, in_turn
from helpers.training.compiled import Steps
from helpers.training.penalties import Penalty, resolve
from helpers.training.stack import Stack

SECONDS = "seconds per network and step"
#: Alone, a chunk on a CPU, and more than a core's cache holds.
NETWORKS = (1, 10, 50)
#: Numbers a weight that a fused step reads or writes: weight, slope, two means.
PASSES = 8
#: Steps of a network in one timing.
STEPS = 500


def measure_steps(
    networks: Sequence[int] = NETWORKS, *, steps: int = STEPS, repeats: int = REPEATS
) -> list[Row]:
    """Return processor seconds of a network's step, each way, and of its bound.

    Parameters
    ----------
    networks : sequence of int
        That step together.
    steps : int
        Of one network in a timing; of several together fewer, so that each timing
        moves as many weights.
    repeats : int
        Timings of which the median is kept.

    Raises
    ------
    ValueError
        If a number is below 1.
    """
    sizes = [checks.integer("networks", n, at_least=1) for n in networks]
    steps = checks.integer("steps", steps, at_least=1)
    timed = [
        _timed(method, make(n), n, max(1, steps // n))
        for n in sizes
        for method, make in WAYS.items()
    ]
    with machine.threads(1):
        for one in timed:
            one.work()  # what is compiled once
        return in_turn(timed, repeats)


def _timed(method: str, step: Callable[[], object], n: int, steps: int) -> Timed:
    def work() -> None:
        for _ in range(steps):
            step()

    moved = PASSES * 4 * _weights() if method == "fused" else 0
    row = Row("step", "mlp", method, SECONDS, networks=n, bytes=moved)
    return Timed(row, work, units=n * steps)


def _weights() -> int:
    """Return the weights of one network."""
    return sum(p.numel() for p in MLP(10).parameters())


def _stack(n: int) -> tuple[Stack, Stack, list[Penalty]]:
    """Return weights, slopes of zero, and the penalty, of n seeded networks."""
    with machine.seeded(0):
        parameters = Stack.of([MLP(10) for _ in range(n)])
    gradients = parameters.empty()
    numbers = torch.arange(n)
    # On all: a mean of slopes that are zero shrinks until numbers have too few bits,
    # and some processors take a hundred times as long for those.
    penalties = resolve(l1(STRENGTH, on="*"))
    return parameters, gradients, [p.select(numbers, parameters) for p in penalties]


def fused(n: int) -> Callable[[], None]:
    """Return a step of n networks in one pass."""
    parameters, gradients, penalties = _stack(n)
    state = Adam(RATE).start(gradients)
    steps = Steps(parameters, gradients, state, penalties)  # type: ignore[arg-type]  # L1
    steps.set_rates(np.full(n, RATE), list(parameters.views))
    return lambda: steps.take(1.0)


def by_calls(n: int) -> Callable[[], None]:
    """Return the same step as `loop.Chunk` takes it where nothing is fused."""
    parameters, gradients, penalties = _stack(n)
    state = Adam(RATE).start(gradients)
    rates = parameters.empty().fill(torch.full((n,), RATE))

    @torch.no_grad()
    def step() -> None:
        gradients.flat.zero_()  # as a fused step leaves them
        for penalty in penalties:
            penalty.add_slope(parameters, gradients)
        direction = state.direction(gradients)
        parameters.flat.addcmul_(direction, rates.flat, value=1.0)
        for penalty in penalties:
            penalty.shrink(parameters, rates, 1.0)

    return step


def moving(n: int) -> Callable[[], object]:
    """Return what reads and writes as many numbers as a fused step of n networks."""
    numbers = torch.zeros(PASSES // 2 * n * _weights())
    return lambda: numbers.add_(1.0)


def roots(n: int) -> Callable[[], None]:
    """Return a root and a division for each weight of n networks, from the cache."""
    top, bottom, out = np.random.default_rng(0).uniform(1, 2, (3, _weights()))
    arrays = [part.astype(np.float32) for part in (top, bottom, out)]

    def step() -> None:
        for _ in range(n):
            _divide_by_roots(*arrays)

    return step


@machine.compiled(nogil=True, cache=True, error_model="numpy")
def _divide_by_roots(top: np.ndarray, bottom: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(out)):
        out[i] = top[i] / np.sqrt(bottom[i])


WAYS = {
    "fused": fused,
    "calls": by_calls,
    "bytes alone": moving,
    "roots alone": roots,
}
