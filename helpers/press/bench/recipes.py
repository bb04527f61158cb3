"""Three ways to train the same networks: as the authors did, in a plain loop, together.

*The authors' recipe* is an own port of their loop to PyTorch, not their code: one
network after another; the rows collated one by one by a default `DataLoader` (chapters
4 and 5, from public code; chapters 2 and 3, which published none, as anyone would) or
sliced from an array as Keras does (chapter 1); Adam as it comes; the penalty a sum in
the graph; the loss read back after every batch. Chapter 4's code also judges the
training rows after every epoch.

*The plain loop* is what a careful reader would write: one network at a time, rows
gathered by index, torch's fused Adam, nothing read back.

*Together* is `Ensemble.fit` on the same task; each network has its own data and its own
order of rows, unless the family shares them.
"""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers import device as machine
from helpers.ensemble import Adam, Ensemble, l1
from helpers.press.bench.families import RATE, STRENGTH, Family
from helpers.training.penalties import matches

METHODS = ("authors", "loop", "together")


class Contest:
    """The same networks and data for every way to train them.

    Parameters
    ----------
    task : Family
    n : int
        Networks at most.
    rows, epochs : int
        Training rows of each, and epochs of one training.
    device : torch.device
    """

    def __init__(
        self, task: Family, n: int, rows: int, epochs: int, device: torch.device
    ) -> None:
        self.task, self.epochs, self.device = task, epochs, device
        rng = np.random.default_rng(0)
        self.modules = [task.make(seed) for seed in range(n)]
        self.alone = task.plain() if task.plain else self.modules[0]
        self.published = task.published() if task.published else self.alone
        data = [task.data(rng, rows) for _ in range(1 if task.shared else n)]
        self.X, self.y = (np.stack(part) for part in zip(*data, strict=True))
        if task.shared:
            self.y = np.tile(self.y, (n, 1))

    def train(self, method: str, n: int) -> Ensemble | None:
        """Train n networks one way; those trained together are given back."""
        if method == "together":
            return self.together(n)
        for i in range(n):
            X, y = self.X[i % len(self.X)], self.y[i]
            if method == "authors":
                as_authors(self.published, X, y, self.task, self.epochs, self.device)
            else:
                plainly(self.alone, X, y, self.task, self.epochs, self.device)
        return None

    def together(
        self, n: int, *, largest_chunk: int | None = None, **options: Any
    ) -> Ensemble:
        """Train the first n networks as an ensemble; `options` are of its fit."""
        task, modules = self.task, self.modules[:n]
        ensemble = Ensemble(modules, device=self.device, largest_chunk=largest_chunk)
        return ensemble.fit(
            self.X[0] if task.shared else self.X[:n],
            self.y[:n],
            **{
                "own_X": not task.shared,
                "own_y": True,
                "order": "shared" if task.shared else "own",
                "penalty": l1(STRENGTH, on=task.penalised) if task.penalised else None,
                "optimizer": Adam(lr=RATE),
                "batch_size": task.batch_size,
                "max_epochs": self.epochs,
                "stopping": None,
                "progress": False,
            }
            | options,
        )


def plainly(
    network: nn.Module,
    X: np.ndarray,
    y: np.ndarray,
    task: Family,
    epochs: int,
    device: torch.device,
) -> nn.Module:
    """Train a copy of one network as a careful plain loop does; return the copy."""
    network = copy.deepcopy(network).to(device)
    X, y = torch.from_numpy(X).to(device), torch.from_numpy(y).to(device)
    penalised = _penalised(network, task)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, fused=True)
    for _ in range(epochs):
        order = torch.randperm(len(X), device=device)
        for batch in order.split(task.batch_size):
            optimizer.zero_grad()
            error = nn.functional.mse_loss(network(X[batch])[:, 0], y[batch])
            penalty = STRENGTH * sum(weight.abs().sum() for weight in penalised)
            (error + penalty).backward()
            optimizer.step()
    machine.wait_for(device)
    return network


def as_authors(
    network: nn.Module,
    X: np.ndarray,
    y: np.ndarray,
    task: Family,
    epochs: int,
    device: torch.device,
) -> nn.Module:
    """Train a copy of one network by a port of the authors' loop; return the copy."""
    network = copy.deepcopy(network).to(device)
    penalised = _penalised(network, task)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    for _ in range(epochs):
        total = 0.0
        for x, target in _batches(X, y, task):
            optimizer.zero_grad()
            error = nn.functional.mse_loss(
                network(x.to(device))[:, 0], target.to(device)
            )
            penalty = STRENGTH * sum(weight.abs().sum() for weight in penalised)
            (error + penalty).backward()
            optimizer.step()
            total += error.item()
        if task.judged_twice:
            with torch.no_grad():
                network(torch.from_numpy(X).to(device))
    return network


def _batches(
    X: np.ndarray, y: np.ndarray, task: Family
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield the batches of one epoch as the authors' tools hand them out."""
    if task.feeding == "collated":
        rows = TensorDataset(torch.from_numpy(X), torch.from_numpy(y))
        yield from DataLoader(rows, batch_size=task.batch_size, shuffle=True)
        return
    order = np.random.permutation(len(X))  # noqa: NPY002 (as Keras does)
    for start in range(0, len(X), task.batch_size):
        rows = order[start : start + task.batch_size]
        yield torch.from_numpy(X[rows]), torch.from_numpy(y[rows])


def _penalised(network: nn.Module, task: Family) -> list[nn.Parameter]:
    return [
        weight
        for name, weight in network.named_parameters()
        if matches(name, task.penalised)
    ]
