"""The command line: `python -m helpers.bench [--family mlp] [--quick]`."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers import device as machine
from helpers.press.bench.attributions import measure_attribution, report_attribution
from helpers.press.bench.simulation import measure_simulation, report_simulation
from helpers.press.bench.training import FAMILIES, measure, report
from helpers.press.bench.windows import measure_windows, report_windows


@dataclass(frozen=True)
class Other:
    """What is measured besides training, with a size that only checks that it runs."""

    measure: Callable[..., pd.DataFrame]
    report: Callable[[pd.DataFrame], str]
    check: dict


#: A table of its own each, `_build/bench-NAME.csv`.
OTHERS = {
    "attribution": Other(
        measure_attribution, report_attribution, {"rows": 20, "repeats": 1}
    ),
    "simulation": Other(
        measure_simulation, report_simulation, {"n": 160, "repeats": 1}
    ),
    "windows": Other(
        measure_windows, report_windows, {"n_peaks": 1000, "n_cells": 10, "repeats": 1}
    ),
}


def main(arguments=None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.bench",
        description="Measure training, attribution, simulation and window building.",
    )
    parser.add_argument(
        "--family",
        action="append",
        choices=[*FAMILIES, *OTHERS],
        help="what to measure; may be repeated (default: all)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument(
        "--quick", action="store_true", help="one batch or 1,000 rows, once: a check"
    )
    parser.add_argument("--output", default="_build/bench.csv", type=Path)
    options = parser.parse_args(arguments)
    size = {"epochs": 1, "repeats": 1} if options.quick else {}
    try:
        device = machine.resolve(options.device)
    except ValueError as error:
        parser.error(str(error))
    tables = []
    for family in options.family or [*FAMILIES, *OTHERS]:
        if family in OTHERS:
            _announce(family, "cpu")
            other = OTHERS[family]
            table = other.measure(**(other.check if options.quick else {}))
            output = options.output.with_stem(f"{options.output.stem}-{family}")
            print(f"{other.report(table)} Written to {_written(table, output)}.\n")
        else:
            _announce(family, device)
            if options.quick:
                size["rows"] = max(1000, FAMILIES[family].batch_size)
            tables.append(measure(family, device=device, **size))
    if tables:
        table = pd.concat(tables, ignore_index=True)
        print(report(table))
        print(
            "\nSeconds per network and epoch, medians; a matrix product of this "
            f"machine reaches {table['peak_gflops'].median():,.0f} GFLOP/s on "
            f"{'the GPU' if device.type == 'cuda' else 'one core'}. "
            f"Written to {_written(table, options.output)}."
        )


def _announce(family: str, device) -> None:
    print(f"Measuring {family} on {device} ...", file=sys.stderr, flush=True)


def _written(table: pd.DataFrame, output: Path) -> Path:
    """Write a table as a whole or not at all; return its place."""
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_suffix(".part")
    table.to_csv(unfinished, index=False)
    os.replace(unfinished, output)
    return output
