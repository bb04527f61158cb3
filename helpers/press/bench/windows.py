"""How fast peaks are read and become labelled windows.

Simulated peaks of 164 cell types are read from gzipped narrowPeak files, and turned
into windows with labels by each rule, on one core.
"""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.loaders.peaks import Peaks, load_peaks
from helpers.loaders.windows import RULES, make_windows
from helpers.press.bench.timing import REPEATS, Row, Timed, in_turn


def simulated_peaks(n: int, n_cells: int = 164, *, seed: int = 0) -> Peaks:
    """Return peaks about as dense as those of DNase experiments, in random order.

    There is a site every 3,000 bp on average, on 24 chromosomes, and ten peaks a site:
    of random cell types, 150 to 500 bp wide, their centres up to 50 bp off.
    """
    rng = np.random.default_rng(seed)
    n_sites = max(n // 10, 1)
    chrom = rng.integers(0, 24, n_sites)
    centre = rng.integers(1_000, 3_000 * (n_sites // 24 + 1), n_sites)
    site = rng.integers(0, n_sites, n)
    middle = centre[site] + rng.integers(-50, 51, n)
    half = rng.integers(75, 251, n)
    names = [f"chr{number:02d}" for number in range(1, 25)]
    table = pd.DataFrame(
        {
            "chrom": pd.Categorical.from_codes(chrom[site], names),
            "start": middle - half,
            "end": middle + half,
            "cell": rng.integers(0, n_cells, n).astype(np.int32),
        }
    )
    cells = tuple(f"cell{number}" for number in range(n_cells))
    return Peaks(
        table, cells, pd.DataFrame(columns=["cell", "chrom", "peaks", "reason"])
    )


def measure_windows(
    n_peaks: int = 100_000, *, n_cells: int = 164, repeats: int = REPEATS
) -> list[Row]:
    """Return processor seconds a peak, of reading and of each rule that makes windows.

    Parameters
    ----------
    n_peaks, n_cells : int
        Simulated peaks, and the cell types they are spread over.
    repeats : int
        Timings of which the median is kept.
    """
    n_peaks = checks.integer("n_peaks", n_peaks, at_least=100)
    n_cells = checks.integer("n_cells", n_cells, at_least=1, at_most=n_peaks // 10)
    peaks = simulated_peaks(n_peaks, n_cells)
    with tempfile.TemporaryDirectory() as folder:
        manifest = _write_peaks(peaks, Path(folder))
        calls = {"read": partial(load_peaks, manifest)} | {
            rule: partial(make_windows, peaks, rule=rule) for rule in RULES
        }
        timed = [
            Timed(
                Row("windows", name, "alone", "seconds per peak", rows=n_peaks),
                call,
                units=n_peaks,
            )
            for name, call in calls.items()
        ]
        return in_turn(timed, repeats)


def _write_peaks(peaks: Peaks, folder: Path) -> Path:
    """Write a gzipped narrowPeak file for each cell type; return the manifest."""
    listed = []
    for cell, rows in peaks.table.groupby("cell"):
        name = f"{peaks.names[cell]}.narrowPeak.gz"
        lines = rows.assign(a=".", b=0, c=".", d=8.5, e=-1, f=-1, g=100)
        lines.drop(columns="cell").to_csv(
            folder / name, sep="\t", header=False, index=False
        )
        listed.append(f"{peaks.names[cell]}\t{name}\n")
    manifest = folder / "manifest.tsv"
    manifest.write_text("".join(listed), encoding="utf-8")
    return manifest
