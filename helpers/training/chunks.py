"""How many networks train together, and how many groups of them at a time."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from helpers import device as machine
from helpers.training.passes import saved_values_per_row

#: What a chunk may keep busy on a CPU, in bytes: some ten networks of 23,000 weights at
#: batch 100. Fewer pay for the calls, more leave the cache. A constant, not the free
#: memory, so that the same fit has the same plan on every machine with as many cores.
CACHE_BYTES = 12 * 2**20
#: Share of the free memory of a GPU that a chunk may take by the estimate below, which
#: leaves out what torch needs on the way.
GPU_SHARE = 0.5
#: Copies of each parameter: value, best value, gradient, two running means, step, rate.
COPIES = 7


@dataclass(frozen=True)
class Plan:
    """Chunks (arrays of network numbers), and how many run at a time on what."""

    chunks: list[np.ndarray]
    workers: int
    threads: int
    device: torch.device

    def as_dict(self) -> dict:
        """Return it for a manifest."""
        return {
            "device": str(self.device),
            "chunks": [len(chunk) for chunk in self.chunks],
            "workers": self.workers,
            "threads": self.threads,
        }


def bytes_per_network(network: nn.Module, x: torch.Tensor, batch_size: int) -> int:
    """Estimate what training one network keeps busy, in bytes.

    Parameters
    ----------
    network : nn.Module
        The network.
    x : Tensor, shape (rows, ...)
        A few inputs.
    batch_size : int
        Rows of a step.
    """
    size = x.element_size()
    parameters = COPIES * sum(p.numel() for p in network.parameters())
    # Each value of the forward pass meets its slope in the backward pass.
    values = 2 * batch_size * saved_values_per_row(network, x)
    return size * (parameters + values)


def plan(
    groups: np.ndarray,
    network_bytes: int,
    device: torch.device,
    largest: int | None,
    together: tuple[int, int] | None = None,
    cores: int | None = None,
    free_bytes: int | None = None,
) -> Plan:
    """Cut networks into chunks.

    Parameters
    ----------
    groups : array of int, shape (n_networks,)
        Networks of different groups cannot share a chunk.
    network_bytes : int
        What one network keeps busy.
    device : torch.device
        Where they train.
    largest : int or None
        Networks of a chunk at most; None for what the cache or the GPU's memory holds.
    together : (int, int), optional
        Networks of a chunk on a CPU, whatever the cache holds: the fewest, if a core
        would have none, and the most.
    cores : int, optional
        Cores of a CPU to keep busy; by default those there are.
    free_bytes : int, optional
        Free memory of the GPU; by default what it says.
    """
    on_gpu = device.type == "cuda"
    if on_gpu and free_bytes is None:
        free_bytes = machine.free_bytes(device)
    room = GPU_SHARE * free_bytes if on_gpu else CACHE_BYTES  # type: ignore[operator]  # known by then
    fewest, most_together = (1, None) if on_gpu or not together else together
    limit = largest or most_together or max(1, int(room // network_bytes))
    cores = 1 if on_gpu else cores or machine.cores()
    chunks = []
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        n_chunks = -(-len(members) // limit)
        if largest is None:  # the same number of chunks for every core
            most = max(n_chunks, len(members) // fewest)
            n_chunks = min(most, -(-n_chunks // cores) * cores)
        chunks += np.array_split(members, n_chunks)
    # One thread an operation, also where fewer chunks than cores leave some idle: the
    # operations take well under a millisecond, and on a busy machine threads that wait
    # for each other make them a hundred times slower.
    return Plan(chunks, min(cores, len(chunks)), 1, device)
