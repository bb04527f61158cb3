"""How many labelled sequences a second the simulators write."""

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers import checks
from helpers.loaders.motifs import FOLDER, read_motifs
from helpers.truth import planted
from helpers.truth.grammars import Grammar, balanced
from helpers.truth.jaspar import motif_set
from helpers.truth.responses import occupancy, poisson_counts, rate
from helpers.truth.sequences import simulate


def _counts(n: int) -> None:
    """Chapter 1: two embedded motifs in 100 bp, occupancy, counts."""
    motifs = [m.smoothed() for m in read_motifs(FOLDER / "encode.meme").values()]
    sample = simulate(n, motifs, length=100, seed=0)
    poisson_counts(rate(occupancy(sample.sequences, motifs)), seed=1)


def _grammars(n: int) -> None:
    """Chapter 2: up to four motifs in 250 bp, in every combination."""
    balanced(Grammar(motif_set("distinct_1"), 20), max(1, n // 16), length=250, seed=0)


def _pairs(n: int, length: int = 100) -> None:
    """Chapter 3: three of twenty motifs, paired labels."""
    chosen = planted.choose_motifs(n, seed=0)
    strings = list(planted.consensus_strings().values())
    sample = planted.plant(strings, chosen, length=length, seed=1)
    planted.paired_targets(sample.present, [planted.published_pairs()])


SIMULATORS: dict[str, Callable[[int], None]] = {
    "counts, 100 bp": _counts,
    "grammars, 250 bp": _grammars,
    "pairs, 100 bp": _pairs,
    "pairs, 600 bp": lambda n: _pairs(n, 600),
}


def measure_simulation(n: int = 100_000, *, repeats: int = 3) -> pd.DataFrame:
    """Return one row a simulator: processor seconds, and sequences a second.

    Parameters
    ----------
    n : int
        Sequences.
    repeats : int
        Timings of which the median is shown.
    """
    n = checks.integer("n", n, at_least=16)
    repeats = checks.integer("repeats", repeats, at_least=1)
    rows = []
    for name, simulator in SIMULATORS.items():
        seconds = []
        for _ in range(repeats):
            started = time.process_time()
            simulator(n)
            seconds.append(time.process_time() - started)
        median = statistics.median(seconds)
        rows.append(("simulation", name, n, median, n / np.maximum(median, 1e-9)))
    columns = ["family", "method", "sequences", "seconds", "per_second"]
    return pd.DataFrame(rows, columns=columns)


def report_simulation(table: pd.DataFrame) -> str:
    """Return the table of `measure_simulation` as text."""
    shown = table.assign(
        seconds=table["seconds"].map("{:.2f}".format),
        per_second=table["per_second"].map("{:,.0f}".format),
    )
    return f"{shown.to_string(index=False)}\n\nProcessor seconds on one core, medians."
