"""Seconds per network and epoch: a plain loop over networks against the ensemble.

*The plain loop* is what a careful reader would write: one network at a time, rows
gathered by index (no DataLoader), autograd, torch's fused Adam, the same L1 term.
*The ensemble* is `Ensemble.fit` on the same task; each network has its own data and its
own order of rows, unless the family shares them. Both are timed whole, set-up included,
beside this machine's own matrix-product peak measured in the same run. Methods take
turns, and medians are shown, because other work on the machine slows all of them alike.
"""

import contextlib
import copy
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from helpers import checks
from helpers import device as machine
from helpers.ensemble import Adam, Ensemble, l1
from helpers.networks.cnn import CNN
from helpers.networks.factorization import MotifNetwork
from helpers.networks.genes import GeneNetwork
from helpers.networks.layers import FactorizationMachine
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
    #: Bytes of table entries that a row reads and writes, both ways, where the first
    #: layer looks up and adds: the products of a convolution say nothing there.
    looked_up: int = 0


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


GENES = (66, 67) * 5  # SNPs of each


def _genotypes(rng, rows):
    """Return allele counts of ten genes, 665 SNPs, and a trait of one product."""
    X = rng.binomial(2, 0.3, (rows, sum(GENES))).astype(np.float32)
    return X, (X[:, 0] - 0.6) * (X[:, 100] - 0.6) + X[:, 200]


def _genes(batch_size: int, rows: int) -> Family:
    return Family(
        lambda: GeneNetwork(GENES), _genotypes, "*", batch_size, rows, shared=True
    )


class Letters(nn.Module):
    """Turn base numbers into the one-hot sequences that torch's own layers read."""

    def forward(self, x):
        """Return shape (n, 4, length)."""
        return nn.functional.one_hot(x.long(), 4).transpose(1, 2).float()


def motif_network(seed=None) -> MotifCNN:
    """Return a network of chapter 2's paper size."""
    seed = _drawn() if seed is None else seed
    return MotifCNN(32, length=250, width=13, pool=50, seed=seed)


def _drawn() -> int:
    """Return a seed drawn from torch's generator, so that `seeded` rules these too."""
    return int(torch.randint(2**31, ()))


def motif_data(rng, rows):
    """Return sequences of 250 bp and an outcome that counts one letter."""
    X = rng.integers(0, 4, (rows, 250)).astype(np.uint8)
    return X, (X == 2).mean(axis=1, dtype=np.float32)


class PlainMotifs(nn.Module):
    """The factorization machine on motifs as one would write it with torch's layers."""

    def __init__(self, n_filters: int, width: int, n_factors: int):
        super().__init__()
        self.letters = Letters()
        self.convolution = nn.Conv1d(4, n_filters, width)
        self.norm = nn.BatchNorm1d(n_filters, affine=False)
        self.read_out = FactorizationMachine(n_filters, 1, n_factors)

    def forward(self, x):
        """Return shape (n, 1)."""
        responses = self.convolution(self.letters(x)).relu()
        return self.read_out(self.norm(responses.mean(dim=2)))


def _fm(length: int, rows: int) -> Family:
    """Return chapter 3's network: 20 filters of 20 bp, 20 factors, ten folds."""
    return Family(
        lambda: MotifNetwork(20, width=20, n_factors=20, seed=_drawn()),
        lambda rng, n: (
            rng.integers(0, 4, (n, length)).astype(np.uint8),
            rng.integers(0, 2, n).astype(np.float32),
        ),
        (),
        batch_size=500,
        rows=rows,
        plain=lambda: PlainMotifs(20, 20, 20),
        shared=True,
        networks=(1, 10),
        # 7 taps; read forward, read and written backward
        looked_up=3 * 7 * (length - 19) * 20 * 4,
    )


#: What `--family` chooses from; a new family is one entry here.
FAMILIES = {
    "mlp": Family(lambda: MLP(10), _product_data, INTERACTION_WEIGHTS, 100),
    "mlp-m": Family(lambda: MLPM(10), _product_data, INTERACTION_WEIGHTS, 100),
    "cnn": _cnn("valid"),
    "cnn-same": _cnn("same"),
    "gene": _genes(30_000, 56_000),  # the design of chapter 4's paper
    "gene-small": _genes(2_000, 10_000),
    "motif": Family(
        motif_network,
        motif_data,
        (),
        batch_size=128,
        rows=2_000,
        plain=lambda: nn.Sequential(Letters(), usual_layers(motif_network())).train(),
        shared=True,
        networks=(1, 15),
        looked_up=5 * 250 * 32 * 4,  # 5 taps; backward, the winners alone
    ),
    "fm": _fm(100, rows=5_000),
    "fm-600": _fm(600, rows=2_000),
}


COLUMNS = (
    "family", "device", "method", "networks", "cores", "seconds", "speed_up", "gflops",
    "share_of_peak", "gigabytes_per_second", "megabytes", "peak_gflops", "rows",
    "batch_size",
)  # fmt: skip


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
    contest = _Contest(task, max(sizes), rows, epochs, device)
    runs = [_Run("loop", 1, 1), *(_Run("ensemble", n, 1) for n in sizes)]
    if device.type == "cpu" and machine.cores() > 1:
        runs.append(_Run("ensemble", sizes[-1], machine.cores()))
    for method in ("loop", "ensemble"):  # what torch sets up once
        contest.train(method, 1)
    peaks = []
    for _ in range(repeats):
        with machine.threads(1):
            peaks.append(machine.matrix_product_peak(device))
        for run in runs:
            contest.time(run)
    flops = flops_per_row(contest.alone, contest.X[0], task.batch_size) * rows
    table = _compared(runs, flops, statistics.median(peaks), task.looked_up * rows)
    return table.assign(
        family=family, device=str(device), rows=rows, batch_size=task.batch_size
    )[list(COLUMNS)]


@dataclass
class _Run:
    """One way to train some networks, and what it took each time."""

    method: str
    networks: int
    cores: int
    seconds: list[float] = field(default_factory=list)
    megabytes: float = 0.0


class _Contest:
    """The same networks and data for the plain loop and the ensemble."""

    def __init__(self, task: Family, n: int, rows: int, epochs: int, device):
        self.task, self.epochs, self.device = task, epochs, device
        rng = np.random.default_rng(0)
        with machine.seeded(0):
            self.modules = [task.make() for _ in range(n)]
            self.alone = task.plain() if task.plain else self.modules[0]
        data = [task.data(rng, rows) for _ in range(1 if task.shared else n)]
        self.X, self.y = (np.stack(part) for part in zip(*data, strict=True))
        if task.shared:
            self.y = np.tile(self.y, (n, 1))

    def train(self, method: str, n: int) -> None:
        if method == "ensemble":
            self._together(n)
            return
        for i in range(n):
            X = self.X[i % len(self.X)]
            train_plainly(self.alone, X, self.y[i], self.task, self.epochs, self.device)

    def _together(self, n: int) -> None:
        task = self.task
        Ensemble(self.modules[:n], device=self.device).fit(
            self.X[0] if task.shared else self.X[:n],
            self.y[:n],
            own_X=not task.shared,
            own_y=True,
            order="shared" if task.shared else "own",
            penalty=l1(STRENGTH, on=task.penalised) if task.penalised else None,
            optimizer=Adam(lr=RATE),
            batch_size=task.batch_size,
            max_epochs=self.epochs,
            stopping=None,
            progress=False,
        )

    def time(self, run: _Run) -> None:
        """Add the seconds a network and epoch of one more training, and its memory."""
        one_thread = self.device.type == "cpu" and run.cores == 1
        clock = time.process_time if one_thread else time.perf_counter
        with machine.threads(run.cores):
            _forget_peak_memory(self.device)
            started = clock()
            self.train(run.method, run.networks)
            run.seconds.append((clock() - started) / run.networks / self.epochs)
            run.megabytes = max(run.megabytes, _peak_megabytes(self.device))


def _compared(
    runs: list[_Run], flops: float, peak: float, looked_up: int
) -> pd.DataFrame:
    """Return one row a run: its median, against the loop and the machine's peak.

    An ensemble that looks up `looked_up` bytes an epoch is measured in these.
    """
    plain = statistics.median(runs[0].seconds)
    table = []
    for run in runs:
        median = statistics.median(run.seconds)
        looks_up = looked_up and run.method == "ensemble"
        gflops = np.nan if looks_up else flops / median / 1e9
        gigabytes = looked_up / median / 1e9 if looks_up else np.nan
        table.append(
            {
                "method": run.method,
                "networks": run.networks,
                "cores": run.cores,
                "seconds": median,
                "speed_up": plain / median,
                "gflops": gflops,
                "share_of_peak": gflops / peak / run.cores,
                "gigabytes_per_second": gigabytes,
                "megabytes": run.megabytes,
                "peak_gflops": peak,
            }
        )
    return pd.DataFrame(table)


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
            "GFLOP/s": _shown(table["gflops"], "{:.0f}"),
            "of peak": _shown(table["share_of_peak"], "{:.0%}"),
            "GB/s looked up": _shown(table["gigabytes_per_second"], "{:.1f}"),
            "MB": table["megabytes"].map("{:.0f}".format),
        }
    )
    return shown.to_string(index=False)


def _shown(column: pd.Series, form: str) -> pd.Series:
    """Return numbers as text, and nothing where there is none."""
    return column.map(lambda value: "" if np.isnan(value) else form.format(value))
