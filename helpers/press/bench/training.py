"""Seconds per network and epoch, and memory, of each family, each way to train it.

Trainings are timed whole, set-up included, beside the machine's own peaks in the same
run. A network is trained alone by a port of its authors' loop and by a careful one, and
together with others (`recipes`).
"""

import gc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import checks, memory
from helpers import device as machine
from helpers.device import Device
from helpers.press.bench.families import FAMILIES, Family
from helpers.press.bench.recipes import Contest
from helpers.press.bench.timing import (
    REPEATS,
    Row,
    Timed,
    clock_for,
    in_turn,
    summed_up,
)

EPOCHS = 3
SECONDS, MEGABYTES = "seconds per network and epoch", "MB"
PROCESSOR = "processor seconds per network and epoch"


def measure_family(
    family: str,
    *,
    device: Device = "auto",
    networks: Sequence[int] | None = None,
    rows: int | None = None,
    epochs: int = EPOCHS,
    repeats: int = REPEATS,
) -> list[Row]:
    """Return rows of seconds and of memory for each way to train a family.

    Parameters
    ----------
    family : str
        A key of `FAMILIES`.
    device : "auto", "cpu", "cuda" or torch.device
        Where to compute. On a CPU one thread is measured by its processor time; the
        last training together uses all cores and, like all of a GPU, the clock.
    networks : sequence of int, optional
        Sizes of the ensemble, by default the family's own.
    rows : int, optional
        Training rows, by default the family's own.
    epochs, repeats : int
        Epochs of each timing, and timings of which the median is kept.
    """
    task = FAMILIES[checks.one_of("family", family, FAMILIES)]
    device = machine.resolve(device)
    rows = checks.integer("rows", rows or task.rows, at_least=task.batch_size)
    epochs = checks.integer("epochs", epochs, at_least=1)
    sizes = [
        checks.integer("networks", n, at_least=1) for n in networks or task.networks
    ]
    contest = Contest(task, max(sizes), rows, epochs, device)
    work = work_of(contest.alone, contest.X[0], task)
    timed = [
        _timed(contest, family, method, n, cores, rows, work)
        for method, n, cores in _ways(sizes, device)
    ]
    for one in timed[:3]:  # what is compiled or set up once
        one.work()
    cut = [_cut_up(contest, one.row) for one in timed if one.row.cores > 1]
    rows_of_all = in_turn([*timed, *cut], repeats)
    return [*rows_of_all, *_on_all_cores(timed), *_memory(timed, device)]


def _ways(sizes: list[int], device: torch.device) -> list[tuple[str, int, int]]:
    """Return (method, networks, cores) of all trainings."""
    ways = [("authors", 1, 1), ("loop", 1, 1), *(("together", n, 1) for n in sizes)]
    if device.type == "cpu" and machine.cores() > 1:
        ways.append(("together", sizes[-1], machine.cores()))
    return ways


def _timed(  # as a row
    contest: Contest,
    family: str,
    method: str,
    n: int,
    cores: int,
    rows: int,
    work: Sequence[float],
) -> Timed:
    flops, looked_up = (each * rows for each in work)
    row = Row(
        "training",
        family,
        method,
        SECONDS,
        networks=n,
        cores=cores,
        rows=rows,
        flops=flops,
        bytes=looked_up,
    )
    return Timed(
        row,
        lambda: contest.train(method, n),
        units=n * contest.epochs,
        clock=clock_for(contest.device, cores),
    )


def _cut_up(contest: Contest, shared: Row) -> Timed:
    """Return the chunks that several cores share, one after another on one core.

    `shared` is the row of the training on several cores. What a step does once for all
    networks of a chunk is done by each chunk: the work of the cut itself.
    """
    n = shared.networks
    with machine.threads(shared.cores):
        largest = max(contest.together(n, max_epochs=1).plan_["chunks"])
    row = replace(shared, section="cores", method="cut up", quantity=PROCESSOR, cores=1)
    return Timed(
        row,
        lambda: contest.together(n, largest_chunk=largest),
        units=n * contest.epochs,
    )


def _on_all_cores(timed: list[Timed]) -> list[Row]:
    """Return the processor time of the trainings on several cores."""
    return [
        summed_up(replace(one.row, section="cores", quantity=PROCESSOR), one.processor)
        for one in timed
        if one.row.cores > 1
    ]


def _memory(timed: list[Timed], device: torch.device) -> list[Row]:
    """Return what each training holds at most beyond what was there before it, in MB.

    Freed memory that the process keeps is not counted: an upper part of the peak, so a
    training after a larger one may show little. The largest is the last.
    """
    rows = []
    for one in timed:
        gc.collect()
        memory.forget_peak(str(device))
        before = _held(device)
        with machine.threads(one.row.cores):
            one.work()
        held = max(0.0, _held(device) - before)
        row = replace(one.row, section="memory", quantity=MEGABYTES, flops=0, bytes=0)
        rows.append(summed_up(row, [held]))
    return rows


def _held(device: torch.device) -> float:
    peaks = memory.peak_megabytes(str(device))
    return peaks.get("gpu_peak_mb" if device.type == "cuda" else "peak_mb", np.nan)


def work_of(network: nn.Module, X: np.ndarray, task: Family) -> tuple[float, float]:
    """Return the operations and the looked-up bytes of one row, training on it once."""
    return flops_per_row(network, X, task.batch_size), float(task.looked_up)


def flops_per_row(network: nn.Module, X: np.ndarray, batch_size: int) -> float:
    """Return the floating-point operations of one row, forward and backward.

    Of matrix products alone, two for each multiply-add; the slope at the data, which
    nobody needs, is not counted.
    """
    with FlopCounterMode(display=False) as counter:
        network(torch.from_numpy(X[:batch_size])).sum().backward()
    return counter.get_total_flops() / len(X[:batch_size])
