"""Time several things in turn, and keep medians with their spread."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import pandas as pd
import torch

from helpers import checks
from helpers import device as machine

REPEATS = 5


@dataclass
class Row:
    """One measured number: a line of the table of a run.

    `section`, `subject` and `method` say what was measured; `axis` and `size` what
    was varied, where something was. `flops` and `bytes` are the work of one unit of
    `quantity`: multiplications and additions, and bytes of tables looked up.
    """

    section: str
    subject: str
    method: str
    quantity: str
    axis: str = ""
    size: float = float("nan")
    networks: int = 1
    cores: int = 1
    rows: int = 0
    median: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    repeats: int = 0
    flops: float = 0.0
    bytes: float = 0.0


COLUMNS = tuple(Row.__dataclass_fields__)


@dataclass
class Timed:
    """Something to time, and the numbers it gave each time.

    `row` says what it is; a call of `work` takes `units` times what the row counts.
    `clock` is `time.process_time` for one core, `time.perf_counter` for several or a
    GPU. `processor` gets what all threads of this process took together.
    """

    row: Row
    work: Callable[[], object]
    units: float = 1.0
    clock: Callable[[], float] = time.process_time
    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def time(self) -> None:
        """Add one timing, a unit's."""
        with machine.threads(self.row.cores):
            used, started = time.process_time(), self.clock()
            self.work()
            self.seconds.append((self.clock() - started) / self.units)
            self.processor.append((time.process_time() - used) / self.units)

    def result(self) -> Row:
        """Return the row with median, least and most."""
        return summed_up(self.row, self.seconds)


def summed_up(row: Row, values: list[float]) -> Row:
    """Return a row with the median of some values, the least and the most."""
    row.median, row.repeats = statistics.median(values), len(values)
    row.low, row.high = min(values), max(values)
    return row


def in_turn(timed: list[Timed], repeats: int = REPEATS) -> list[Row]:
    """Time everything `repeats` times, each in its turn; return their rows.

    Other work on the machine then slows all of them alike.
    """
    repeats = checks.integer("repeats", repeats, at_least=1)
    for _ in range(repeats):
        for one in timed:
            one.time()
    return [one.result() for one in timed]


def clock_for(device: torch.device, cores: int = 1) -> Callable[[], float]:
    """Return the clock of work on a device: processor time for one core of a CPU."""
    alone = device.type == "cpu" and cores == 1
    return time.process_time if alone else time.perf_counter


def as_table(rows: list[Row]) -> pd.DataFrame:
    """Return rows as a table of `COLUMNS`."""
    return pd.DataFrame([asdict(row) for row in rows], columns=list(COLUMNS))
