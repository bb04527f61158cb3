"""How costs grow: seconds at four sizes, each twice the last, along each axis."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from helpers import checks
from helpers import device as machine
from helpers.detectors.archdetect import archdetect
from helpers.device import Device
from helpers.press.bench import families
from helpers.press.bench.methods import Task
from helpers.press.bench.recipes import Contest
from helpers.press.bench.timing import REPEATS, Row, Timed, clock_for, in_turn

SECONDS = "seconds an epoch"
FACTORS = (1, 2, 4, 8)
LIMIT = 1.05  # of a slope: no more than proportional, give or take the noise

#: What makes the work of a size on a device.
Work = Callable[[int, torch.device], Callable[[], object]]


@dataclass(frozen=True)
class Axis:
    """What grows, from which size on, and how to make the work of a size."""

    subject: str
    axis: str
    first: int
    work: Work

    def sizes(self, factors: Sequence[int] = FACTORS) -> list[int]:
        """Return the sizes."""
        return [self.first * factor for factor in factors]


def _fit(
    task: families.Family, networks: int, rows: int, device: torch.device
) -> Callable[[], object]:
    contest = Contest(task, networks, rows, 1, device)
    return lambda: contest.together(networks)


def _networks(name: str, rows: int) -> Work:
    return lambda n, device: _fit(families.FAMILIES[name], n, rows, device)


def _length(make: Callable[[int], families.Family], networks: int, rows: int) -> Work:
    return lambda length, device: _fit(make(length), networks, rows, device)


def _genes(n: int, device: torch.device) -> Callable[[], object]:
    return _fit(families.genes(2_000, 2_000, (66,) * n), 25, 2_000, device)


def _pairs(n: int, _device: torch.device) -> Callable[[], object]:
    """Return a detector's work on n pairs of 20 features: their number alone grows."""
    task = Task(500, 20)
    network, X = task.network(), task.X
    pairs = [(i, j) for i in range(20) for j in range(i + 1, 20)][:n]
    return lambda: archdetect(network, X, sets=pairs, n_contexts=50)


#: Rows of the batch stay those of the family, so that only what is named grows.
AXES = (
    Axis("mlp", "networks", 10, _networks("mlp", 1_000)),
    Axis("mlp-m", "networks", 10, _networks("mlp-m", 500)),
    Axis("cnn", "networks", 5, _networks("cnn", 128)),
    Axis("motif", "networks", 5, _networks("motif", 256)),
    Axis("fm", "networks", 5, _networks("fm", 500)),
    Axis("gene", "networks", 25, _networks("gene-small", 2_000)),
    Axis("mlp", "rows", 1_000, lambda n, d: _fit(families.FAMILIES["mlp"], 10, n, d)),
    Axis("gene", "people", 2_000, lambda n, d: _fit(
        families.FAMILIES["gene-small"], 25, n, d)),
    Axis("gene", "genes", 5, _genes),
    Axis("cnn", "sequence length", 100, _length(families.cnn, 5, 128)),
    Axis("motif", "sequence length", 250, _length(families.motifs, 10, 128)),
    Axis("fm", "sequence length", 100,
         _length(lambda n: families.factorization(n, 500), 10, 500)),
    Axis("archdetect", "pairs", 20, _pairs),
)  # fmt: skip


def measure_growth(
    *, device: Device = "auto", factors: Sequence[int] = FACTORS, repeats: int = REPEATS
) -> list[Row]:
    """Return one row an axis and size: seconds of one epoch, or one call.

    Parameters
    ----------
    device : "auto", "cpu", "cuda" or torch.device
    factors : sequence of int
        Sizes, as multiples of an axis's first.
    repeats : int
        Timings of which the median is kept; the sizes of an axis take turns.
    """
    device = machine.resolve(device)
    checks.integer("repeats", repeats, at_least=1)
    rows = []
    for axis in AXES:
        timed = []
        for size in axis.sizes(factors):
            row = Row(
                "growth", axis.subject, "together", SECONDS, axis=axis.axis, size=size
            )
            timed.append(Timed(row, axis.work(size, device), clock=clock_for(device)))
        timed[0].work()  # what is compiled once
        rows += in_turn(timed, repeats)
    return rows


def slopes(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row an axis: its sizes, and the slope of the logs over them.

    table : the table of a run

    Returns
    -------
    DataFrame
        subject, axis, first, last, slope, steepest (between neighbours), and low and
        high: what the slope is between the least and the most of the timings.
    """
    grown = table[table["section"] == "growth"]
    rows = []
    for (subject, axis), group in grown.groupby(["subject", "axis"], sort=False):
        group = group.sort_values("size")
        size = np.log(group["size"].to_numpy())
        time = np.log(group["median"].to_numpy())
        spread = np.log(group[["low", "high"]].to_numpy())
        span = size[-1] - size[0]
        rows.append(
            {
                "subject": subject,
                "axis": axis,
                "first": group["size"].iloc[0],
                "last": group["size"].iloc[-1],
                "slope": np.polyfit(size, time, 1)[0],
                "steepest": (np.diff(time) / np.diff(size)).max(),
                "low": (spread[-1, 0] - spread[0, 1]) / span,
                "high": (spread[-1, 1] - spread[0, 0]) / span,
            }
        )
    return pd.DataFrame(rows)
