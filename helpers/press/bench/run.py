"""One run of the bench: every section, one table, one manifest.

The table is tidy, one measured number a row (`timing.Row`), and lies beside a manifest
that says when, where, how long and from which commit. `make bench` writes both to
`data/results/bench/`, from where the page *What it costs* reads them.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch

from helpers import checks, memory
from helpers import device as machine
from helpers.device import Device
from helpers.press.bench.attributions import measure_attribution
from helpers.press.bench.families import FAMILIES
from helpers.press.bench.growth import measure_growth
from helpers.press.bench.machines import measure_machine
from helpers.press.bench.methods import measure_methods
from helpers.press.bench.other_work import OtherWork
from helpers.press.bench.simulation import measure_simulation
from helpers.press.bench.start_up import measure_start_up
from helpers.press.bench.steps import measure_steps
from helpers.press.bench.timing import REPEATS, Row, as_table
from helpers.press.bench.training import measure_family
from helpers.press.bench.windows import measure_windows
from helpers.press.results import DamagedError, provenance
from helpers.press.results.files import ROOT, digest, read_json, to_json, write_whole
from helpers.press.results.tables import load, to_csv

FOLDER = Path("data", "results", "bench")
#: What the numbers of networks rest on; the commit that last changed it is kept.
ENGINE = ("helpers/training", "helpers/networks", "helpers/ensemble.py")
#: Processors that other work may take, on average over a run that is called quiet.
QUIET = 0.1


@dataclass(frozen=True)
class Section:
    """One part of a run; `small` only checks that it runs."""

    measure: Callable[..., list[Row]]
    small: dict


SECTIONS = {
    "step": Section(measure_steps, {"networks": (1, 2), "steps": 4}),
    "attribution": Section(measure_attribution, {"rows": 4}),
    "simulation": Section(measure_simulation, {"n": 160}),
    "windows": Section(measure_windows, {"n_peaks": 1_000, "n_cells": 10}),
    "methods": Section(measure_methods, {"rows": 500}),
    "start-up": Section(measure_start_up, {"collect": ("tests/test_checks.py",)}),
}
#: Sections in the order of a run; those above on a CPU alone.
ALL = ("training", "growth", *SECTIONS)


def measure(
    sections: Sequence[str] = ALL,
    *,
    families: Sequence[str] = tuple(FAMILIES),
    device: Device = "auto",
    quick: bool = False,
    repeats: int = REPEATS,
) -> tuple[pd.DataFrame, dict]:
    """Return the table of a run and its manifest.

    Parameters
    ----------
    sections : sequence of str
        Of `ALL`; the machine's own peaks always come first and last.
    families : sequence of str
        For the section *training*.
    device : "auto", "cpu", "cuda" or torch.device
    quick : bool
        Small sizes, once: a check that it runs.
    repeats : int
        Timings of which medians are kept.
    """
    sections = [checks.one_of("section", name, ALL) for name in sections]
    device = machine.resolve(device)
    repeats = 1 if quick else checks.integer("repeats", repeats, at_least=1)
    others, started = OtherWork(), time.perf_counter()
    memory.forget_peak(str(device))
    rows = measure_machine(device, repeats)
    for name, measured in _parts(sections, families, device, quick, repeats):
        print(f"{name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
        rows += measured
    ran = provenance.describe(str(device)) | {
        "seconds": round(time.perf_counter() - started, 1),
        "busy_others": others.processors(),
        "engine": provenance.last_commit(*ENGINE),
        "cores": machine.cores(),
        "processors": processors(),
        "repeats": repeats,
        "quick": quick,
    }
    return as_table(rows), {"sections": sections, "ran": ran}


def _parts(
    sections: Sequence[str],
    families: Sequence[str],
    device: torch.device,
    quick: bool,
    repeats: int,
) -> Iterator:
    """Yield the name and the rows of each part of a run."""
    for section in sections:
        if section == "training":
            for family in families:
                batch = FAMILIES[family].batch_size
                small = {"rows": batch, "epochs": 1} if quick else {}
                yield (
                    f"training {family}",
                    measure_family(family, device=device, repeats=repeats, **small),  # type: ignore[arg-type]  # numbers
                )
        elif section == "growth":
            factors = {"factors": (1, 2)} if quick else {}
            yield section, measure_growth(device=device, repeats=repeats, **factors)
        elif device.type == "cpu":
            part = SECTIONS[section]
            small = part.small if quick else {}
            yield section, part.measure(repeats=repeats, **small)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def write(table: pd.DataFrame, manifest: dict, path: Path) -> Path:
    """Write a run's table and, beside it, its manifest; return the table's place."""
    text, kinds = to_csv(path.stem, table.replace("", None))
    held = {"sha256": digest(text), "rows": len(table), "columns": kinds}
    # What a stored step has, so that both are read by the same function.
    nothing = {"settings": {}, "parts": None, "revision": 1, "data": {}, "extra": {}}
    manifest = {**nothing, **manifest, "table": held}
    write_whole(path, text)
    write_whole(path.with_suffix(".json"), to_json(manifest))
    return path


def read(name: str, *, root: Path = ROOT) -> tuple[pd.DataFrame, dict] | None:
    """Return table and manifest of a committed run, "cpu" or "gpu"; None if none.

    Raises
    ------
    DamagedError
        If the table is not the one that its manifest describes.
    """
    path = Path(root) / FOLDER / f"{name}.csv"
    manifest = read_json(path.with_suffix(".json"))
    table = load(path, manifest)
    if table is None:
        return None
    if set(as_table([])) - set(table):
        raise DamagedError(f"{path} was written by another bench; run make bench.")
    return table.assign(axis=table["axis"].fillna("")), manifest  # type: ignore[return-value]  # read with its table


def is_quiet(ran: dict) -> bool:
    """Whether other work left a run its processors, as far as its manifest says."""
    others, spare = ran.get("busy_others"), ran["processors"] - ran["cores"]
    return others is not None and others <= spare + QUIET
