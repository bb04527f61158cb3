"""A GPU as the kit sees it, and a stand-in of the same kind on a CPU.

The kit asks a card for its device, its free memory, a second process that holds half of
it, and how often the host waited. The stand-in computes on the CPU and plans as if it
were a GPU with little memory, so that all of the kit can be tried before there is one.
"""

import contextlib
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import torch
from torch import nn
from torch._C._profiler import _ExperimentalConfig
from torch.profiler import ProfilerActivity, profile

from helpers import device as machine

#: What makes the host wait for the device, as the profiler calls it: a number read
#: back, rows counted, and the calls of CUDA beneath.
WAITS = frozenset(
    {
        "aten::_local_scalar_dense",
        "aten::nonzero",
        "cudaStreamSynchronize",
        "cudaDeviceSynchronize",
        "cudaEventSynchronize",
    }
)

#: On a CPU torch's fused Adam reads its number of steps, which on a GPU stays there.
FUSED = "aten::_fused_adam_"

#: Holds so many bytes of the GPU until its input is closed.
HOLDER = """
import sys, torch
held = torch.empty(int(sys.argv[1]), dtype=torch.uint8, device=sys.argv[2])
torch.cuda.synchronize()
print("held", flush=True)
sys.stdin.read()
"""


@dataclass
class Card:
    """The GPU of this machine."""

    device: torch.device = field(default_factory=lambda: machine.resolve("cuda"))

    @property
    def planned_for(self) -> torch.device:
        """The device that chunks are planned for."""
        return self.device

    def as_there(self, network: nn.Module) -> nn.Module:
        """Return a network as the card trains it: as it is."""
        return network

    def free(self) -> int:
        """Return the free memory, in bytes."""
        torch.cuda.empty_cache()
        return machine.free_bytes(self.device)

    @contextlib.contextmanager
    def half_held(self) -> Iterator[None]:
        """Let another process hold half of what is free, until the end of the block."""
        command = [sys.executable, "-c", HOLDER, str(self.free() // 2)]
        other = subprocess.Popen(
            [*command, str(self.device)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            if other.stdout.readline().strip() != "held":  # type: ignore[union-attr]  # a pipe
                raise RuntimeError("the second process could not hold half the memory.")
            yield
        finally:
            other.stdin.close()  # type: ignore[union-attr]  # a pipe
            other.wait(60)


@cache
def _without_passes(kind: type[nn.Module]) -> type[nn.Module]:
    """Return a subclass, for which nobody has written passes."""
    return type(f"{kind.__name__}There", (kind,), {})


@dataclass
class Pretended(Card):
    """A stand-in: computes on the CPU, and has the memory that it is told."""

    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    memory: int = 64 * 2**20

    @property
    def planned_for(self) -> torch.device:
        """A GPU, though there is none: nothing is ever computed there."""
        return torch.device("cuda")

    def as_there(self, network: nn.Module) -> nn.Module:
        """Return a network of a class that has no passes by hand.

        So that two ways to compute the same are compared, as they are on a GPU.
        """
        network.__class__ = _without_passes(type(network))  # type: ignore[arg-type]  # a class can be a key
        return network

    def free(self) -> int:
        """Return the memory that is pretended to be free, in bytes."""
        return self.memory

    @contextlib.contextmanager
    def half_held(self) -> Iterator[None]:
        """Pretend that another process holds half."""
        before, self.memory = self.memory, self.memory // 2
        try:
            yield
        finally:
            self.memory = before


def waits_of(work: Callable[[], object], device: torch.device) -> dict[str, int]:
    """Return how often the host waited while `work()` ran, by the reason."""
    activities = [ProfilerActivity.CPU]
    if device.type == "cuda":
        activities.append(ProfilerActivity.CUDA)
    machine.wait_for(device)
    # Networks train in threads of their own, which the profiler else leaves out.
    every = _ExperimentalConfig(profile_all_threads=True)
    with profile(activities=activities, experimental_config=every) as seen:
        work()
    found = Counter()
    for event in seen.events():
        # Copies to the host wait, into memory that is not pinned.
        copied = "Memcpy DtoH" in event.name
        if copied or (event.name in WAITS and not _inside(event, FUSED)):
            found["Memcpy DtoH" if copied else event.name] += 1
    return dict(found)


def _inside(event: Any, name: str) -> bool:
    """Whether an event of the profiler is part of a larger one."""
    while event is not None and event.name != name:
        event = event.cpu_parent
    return event is not None
