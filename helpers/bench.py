"""Measure the engines: `python -m helpers.bench [--family mlp] [--quick]`.

For each family of networks it prints, and writes to `_build/bench.csv`, the seconds per
network and epoch of a plain loop over networks and of the ensemble, beside this
machine's own matrix-product peak measured in the same run. Methods take turns, and
medians are shown, because other work on the machine slows all of them alike.

*The plain loop* is what a careful reader would write: one network at a time, rows
gathered by index (no DataLoader), autograd, torch's fused Adam, the same L1 term.
*The ensemble* is `Ensemble.fit` on the same task; each network has its own data and its
own order of rows. Both are timed whole, set-up included.

The family `attribution` is no training: its rows are the attributions a second of each
method on networks of 32 filters, beside Captum's integrated gradients. Nor is
`windows`: there it is peaks a second, read from files and made into windows.
"""

import argparse
import contextlib
import copy
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from captum.attr import IntegratedGradients
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import attribution, bench_windows, checks
from helpers import device as machine
from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.cnn import CNN
from helpers.networks.genes import GeneNetwork
from helpers.networks.mlp import INTERACTION_WEIGHTS, MLP, MLPM
from helpers.networks.motif import MotifCNN, usual_layers
from helpers.training.penalties import matches

STRENGTH, RATE = 5e-5, 1e-2


@dataclass(frozen=True)
class Family:
    """A task to measure: networks, their data, the weights that L1 covers, if any."""

    make: Callable[[], nn.Module]
    data: Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]
    penalised: str | tuple[str, ...]
    batch_size: int
    rows: int = 10_000
    #: What the plain loop trains, if the ensemble's networks are laid out for speed.
    plain: Callable[[], nn.Module] | None = None
    #: Whether all networks read the same rows, in the same order.
    shared: bool = False
    #: Sizes of the ensemble.
    networks: tuple[int, ...] = (1, 10, 50)


def _product_data(rng, rows):
    """Return ten uniform features and an outcome with one interaction."""
    X = rng.uniform(-1, 1, (rows, 10)).astype(np.float32)
    return X, X[:, 0] * X[:, 1] + X[:, 2]


def _sequence_data(rng, rows):
    """Return sequences of 100 bp and an outcome that counts one letter."""
    X = rng.integers(0, 4, (rows, 100)).astype(np.float32)
    return X, (X == 2).mean(axis=1, dtype=np.float32)


def _cnn(padding: str) -> Family:
    """Return the first network of chapter 1; the loop's has 15 filters, not 16."""
    return Family(
        lambda: CNN("arch1", padding=padding),
        _sequence_data,
        CNN.KERNELS,
        batch_size=128,
        rows=2_000,
        plain=lambda: CNN("arch1", padding=padding, channel_multiple=1),
    )


def _genotypes(rng, rows):
    """Return allele counts of ten genes of 66 SNPs, and a trait of one product."""
    X = rng.binomial(2, 0.3, (rows, 660)).astype(np.float32)
    return X, (X[:, 0] - 0.6) * (X[:, 100] - 0.6) + X[:, 200]


class Letters(nn.Module):
    """Turn base numbers into the one-hot sequences that torch's own layers read."""

    def forward(self, x):
        """Return shape (n, 4, length)."""
        return nn.functional.one_hot(x.long(), 4).transpose(1, 2).float()


def _motif_network(seed=None) -> MotifCNN:
    """Return a network of chapter 2's paper size."""
    return MotifCNN(32, length=250, width=13, pool=50, seed=seed)


def _motif_data(rng, rows):
    """Return sequences of 250 bp and an outcome that counts one letter."""
    X = rng.integers(0, 4, (rows, 250)).astype(np.uint8)
    return X, (X == 2).mean(axis=1, dtype=np.float32)


#: What `--family` chooses from; a new family is one entry here.
FAMILIES = {
    "mlp": Family(lambda: MLP(10), _product_data, INTERACTION_WEIGHTS, 100),
    "mlp-m": Family(lambda: MLPM(10), _product_data, INTERACTION_WEIGHTS, 100),
    "cnn": _cnn("valid"),
    "cnn-same": _cnn("same"),
    "gene": Family(
        lambda: GeneNetwork((66,) * 10), _genotypes, "*", 2_000, shared=True
    ),
    "motif": Family(
        _motif_network,
        _motif_data,
        (),
        batch_size=128,
        rows=2_000,
        plain=lambda: nn.Sequential(Letters(), usual_layers(_motif_network())).train(),
        shared=True,
        networks=(1, 15),
    ),
}
ATTRIBUTION = "attribution"  # the family that measures `helpers.attribution`
WINDOWS = "windows"  # the family that measures `helpers.loaders`


def measure(
    family: str,
    *,
    device="auto",
    networks=None,
    rows: int | None = None,
    epochs: int = 2,
    repeats: int = 3,
) -> pd.DataFrame:
    """Return one row a method and number of networks.

    Parameters
    ----------
    family : str
        A key of `FAMILIES`.
    device : "auto", "cpu", "cuda" or torch.device
        Where to compute. On a CPU one thread is measured by its processor time; the
        last row uses all cores and, like every row of a GPU, wall-clock time.
    networks : sequence of int, optional
        Sizes of the ensemble, by default the family's own (1, 10 and 50).
    rows : int, optional
        Training rows, by default the family's own (10,000).
    epochs, repeats : int
        Epochs of each timing, and timings of which the median is shown.
    """
    task = FAMILIES[checks.one_of("family", family, FAMILIES)]
    device = machine.resolve(device)
    rows = checks.integer("rows", rows or task.rows, at_least=task.batch_size)
    epochs = checks.integer("epochs", epochs, at_least=1)
    repeats = checks.integer("repeats", repeats, at_least=1)
    sizes = networks or task.networks
    sizes = [checks.integer("networks", n, at_least=1) for n in sizes]
    rng = np.random.default_rng(0)
    with machine.seeded(0):
        modules = [task.make() for _ in range(max(sizes))]
        alone = task.plain() if task.plain else modules[0]
    if task.shared:
        X, y = task.data(rng, rows)
        X, y = X[None], np.tile(y, (len(modules), 1))
    else:
        data = [task.data(rng, rows) for _ in modules]
        X, y = (np.stack(part) for part in zip(*data, strict=True))

    def ensemble(n: int) -> None:
        Ensemble(modules[:n], device=device).fit(
            X[0] if task.shared else X[:n],
            y[:n],
            own_X=not task.shared,
            own_y=True,
            order="shared" if task.shared else "own",
            penalty=l1(STRENGTH, on=task.penalised) if task.penalised else None,
            optimizer=Adam(lr=RATE),
            batch_size=task.batch_size,
            max_epochs=epochs,
            stopping=None,
            progress=False,
        )

    def loop(n: int) -> None:
        for i in range(n):
            train_plainly(alone, X[i % len(X)], y[i], task, epochs, device)

    runs = [(loop, 1, 1), *((ensemble, n, 1) for n in sizes)]
    if device.type == "cpu" and machine.cores() > 1:
        runs.append((ensemble, sizes[-1], machine.cores()))
    peaks: list[float] = []
    timings: list[list[float]] = [[] for _ in runs]
    most_memory = [0.0] * len(runs)
    for method in (loop, ensemble):  # the first call pays for what torch sets up once
        method(1)
    for _ in range(repeats):
        with machine.threads(1):
            peaks.append(matrix_product_peak(device))
        for k, (method, n, cores) in enumerate(runs):
            one_thread = device.type == "cpu" and cores == 1
            clock = time.process_time if one_thread else time.perf_counter
            with machine.threads(cores):
                _forget_peak_memory(device)
                started = clock()
                method(n)
                timings[k].append((clock() - started) / n / epochs)
                most_memory[k] = max(most_memory[k], _peak_megabytes(device))
    flops = flops_per_row(alone, X[0], task.batch_size) * rows
    peak, plain = statistics.median(peaks), statistics.median(timings[0])
    table = []
    for (method, n, cores), seconds, megabytes in zip(
        runs, timings, most_memory, strict=True
    ):
        median = statistics.median(seconds)
        table.append(
            {
                "family": family,
                "device": str(device),
                "method": method.__name__,
                "networks": n,
                "cores": cores,
                "seconds": median,
                "speed_up": plain / median,
                "gflops": flops / median / 1e9,
                "share_of_peak": flops / median / 1e9 / peak / cores,
                "megabytes": megabytes,
                "peak_gflops": peak,
                "rows": rows,
                "batch_size": task.batch_size,
            }
        )
    return pd.DataFrame(table)


def measure_attribution(*, rows: int = 200, repeats: int = 3) -> pd.DataFrame:
    """Return how many sequences a second each method attributes, on one CPU thread.

    Parameters
    ----------
    rows : int
        Sequences of 250 bp; permutation shuffles each position over all of them.
    repeats : int
        Timings of which the median is shown; methods take turns.

    Returns
    -------
    DataFrame
        One row a method; `speed_up` is against Captum's integrated gradients.
    """
    rows = checks.integer("rows", rows, at_least=2)
    repeats = checks.integer("repeats", repeats, at_least=1)
    sequences, _ = _motif_data(np.random.default_rng(0), rows)
    network = _motif_network(seed=0)
    few = sequences[:25]  # Captum's gradients of 50 points take seconds, and gigabytes
    methods = {"Captum IG": lambda x: _captum_gradients(network, x)} | {
        method: partial(_attributed, network, method) for method in attribution.METHODS
    }
    some = {name: few if name == "Captum IG" else sequences for name in methods}
    for name, method in methods.items():  # the first call compiles
        method(some[name][:2])
    timings = {name: [] for name in methods}
    with machine.threads(1):
        for _ in range(repeats):
            for name, method in methods.items():
                started = time.process_time()
                method(some[name])
                seconds = time.process_time() - started
                timings[name].append(seconds / len(some[name]))
    medians = {name: statistics.median(t) for name, t in timings.items()}
    return pd.DataFrame(
        {
            "family": ATTRIBUTION,
            "device": "cpu",
            "method": list(medians),
            "seconds": medians.values(),
            "per_second": [1 / seconds for seconds in medians.values()],
            "speed_up": [medians["Captum IG"] / s for s in medians.values()],
            "rows": rows,
        }
    )


def _attributed(network, method, sequences):
    return attribution.contributions([network], sequences, method=method)


def _captum_gradients(network, sequences):
    """Attribute as one would without `helpers.attribution`."""
    usual = usual_layers(network, probability=True)
    letters = Letters()(torch.from_numpy(sequences)).requires_grad_()
    return IntegratedGradients(usual).attribute(letters, n_steps=50)


def train_plainly(network, X, y, task: Family, epochs: int, device) -> None:
    """Train a copy of one network as a plain loop does."""
    network = copy.deepcopy(network).to(device)
    X, y = torch.from_numpy(X).to(device), torch.from_numpy(y).to(device)
    penalised = [
        p for name, p in network.named_parameters() if matches(name, task.penalised)
    ]
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, fused=True)
    for _ in range(epochs):
        order = torch.randperm(len(X), device=device)
        for batch in order.split(task.batch_size):
            optimizer.zero_grad()
            error = nn.functional.mse_loss(network(X[batch])[:, 0], y[batch])
            penalty = STRENGTH * sum(weight.abs().sum() for weight in penalised)
            (error + penalty).backward()
            optimizer.step()
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def flops_per_row(network: nn.Module, X: np.ndarray, batch_size: int) -> float:
    """Return the floating-point operations of one row, forward and backward.

    Of matrix products alone, two for each multiply-add; the slope at the data, which
    nobody needs, is not counted.
    """
    with FlopCounterMode(display=False) as counter:
        network(torch.from_numpy(X[:batch_size])).sum().backward()
    return counter.get_total_flops() / batch_size


def matrix_product_peak(device: torch.device, repeats: int = 7) -> float:
    """Return the speed of a large square matrix product, in GFLOP/s."""
    on_gpu = device.type == "cuda"
    size, rounds = (8192, 10) if on_gpu else (1024, 5)
    clock = time.perf_counter if on_gpu else time.process_time
    a, b = torch.rand(2, size, size, device=device)
    out, timings = torch.empty_like(a), []
    with machine.fast_products(device):
        for _ in range(repeats):
            started = clock()
            for _ in range(rounds):
                torch.mm(a, b, out=out)
            if on_gpu:
                torch.cuda.synchronize(device)
            timings.append((clock() - started) / rounds)
    return 2 * size**3 / statistics.median(timings) / 1e9


def _forget_peak_memory(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        return
    with contextlib.suppress(OSError):  # Linux only
        Path("/proc/self/clear_refs").write_text("5")


def _peak_megabytes(device: torch.device) -> float:
    """Return the most memory in use since `_forget_peak_memory`, in MB.

    On a CPU that is the whole process, data and Python included; where it cannot be
    forgotten, the most since the start.
    """
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e6
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def report(table: pd.DataFrame) -> str:
    """Return the table as text, one line a method and number of networks."""
    shown = pd.DataFrame(
        {
            "family": table["family"],
            "device": table["device"],
            "method": table["method"],
            "networks": table["networks"],
            "cores": table["cores"],
            "rows": table["rows"],
            "batch": table["batch_size"],
            "s/network/epoch": table["seconds"].map("{:.4f}".format),
            "speed-up": table["speed_up"].map("{:.1f}".format),
            "GFLOP/s": table["gflops"].map("{:.0f}".format),
            "of peak": table["share_of_peak"].map("{:.0%}".format),
            "MB": table["megabytes"].map("{:.0f}".format),
        }
    )
    return shown.to_string(index=False)


def main(arguments=None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.bench", description="Measure the training engine."
    )
    parser.add_argument(
        "--family",
        action="append",
        choices=[*FAMILIES, ATTRIBUTION, WINDOWS],
        help="family to measure; may be repeated (default: all)",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument(
        "--quick", action="store_true", help="1,000 rows, 1 epoch, once: a check"
    )
    parser.add_argument("--output", default="_build/bench.csv", type=Path)
    options = parser.parse_args(arguments)
    size = {"rows": 1000, "epochs": 1, "repeats": 1} if options.quick else {}
    try:
        device = machine.resolve(options.device)
    except ValueError as error:
        parser.error(str(error))
    tables, families = [], options.family or [*FAMILIES, ATTRIBUTION, WINDOWS]
    for family in families:
        print(f"Measuring {family} on {device} ...", file=sys.stderr, flush=True)
        if family in FAMILIES:
            tables.append(measure(family, device=device, **size))
    if tables:
        table = _written(pd.concat(tables, ignore_index=True), options.output)
        print(report(table))
        print(
            "\nSeconds per network and epoch, medians; a matrix product of this "
            f"machine reaches {table['peak_gflops'].median():,.0f} GFLOP/s on "
            f"{'the GPU' if device.type == 'cuda' else 'one core'}. "
            f"Written to {options.output}."
        )
    if ATTRIBUTION in families:
        table = measure_attribution(**({"rows": 20, "repeats": 1} if size else {}))
        output = options.output.with_stem(f"{options.output.stem}-{ATTRIBUTION}")
        _written(table, output)
        shown = table[["method", "per_second", "speed_up"]].round(1)
        print(shown.to_string(index=False))
        print(
            "\nAttributions a second on one CPU thread (250 bp, 32 filters), medians. "
            f"Written to {output}."
        )
    if WINDOWS in families:
        quick = {"n_peaks": 1000, "n_cells": 10, "repeats": 1}
        table = bench_windows.measure(**(quick if size else {}))
        output = options.output.with_stem(f"{options.output.stem}-{WINDOWS}")
        _written(table, output)
        print(bench_windows.report(table))
        print(f"\nProcessor seconds on one core, medians. Written to {output}.")


def _written(table: pd.DataFrame, output: Path) -> pd.DataFrame:
    """Write a table as a whole or not at all; return it."""
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_suffix(".part")
    table.to_csv(unfinished, index=False)
    os.replace(unfinished, output)
    return table


if __name__ == "__main__":
    main()
