"""Seeds, device, threads and memory: everything about the machine, in one place.

Nothing here acts at import, and whatever a context manager changes it puts back.
"""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from threadpoolctl import threadpool_limits

from helpers import checks

Device = str | torch.device


def resolve(device: Device = "auto") -> torch.device:
    """Return the device to compute on.

    Parameters
    ----------
    device : "auto", "cpu", "cuda", "cuda:N" or torch.device
        "auto" is the GPU where there is one, else the CPU.

    Raises
    ------
    ValueError
        If it is no device, or a GPU that this machine does not have.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        resolved = torch.device(device)
    except (RuntimeError, TypeError):
        raise ValueError(
            f"device must be auto, cpu, cuda or cuda:N; got {device!r}."
        ) from None
    checks.one_of("device", resolved.type, ("cpu", "cuda"))
    if resolved.type == "cuda":
        n_gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if (resolved.index or 0) >= n_gpus:
            raise ValueError(
                f"device must be present; got {device!r} on a machine with {n_gpus} "
                "CUDA GPUs."
            )
    return resolved


def cores() -> int:
    """Return how many cores may be used: torch's threads, within this process's share.

    `OMP_NUM_THREADS` and `torch.set_num_threads` are the reader's way to use fewer.
    """
    if hasattr(os, "sched_getaffinity"):
        return min(torch.get_num_threads(), len(os.sched_getaffinity(0)))
    return torch.get_num_threads()


def compiled(**options: Any) -> Callable[[Callable], Callable]:
    """Compile a function with numba, as `numba.njit` with these options.

    With `cache=True` the machine code is kept on disk for the next process. Where
    neither the package's folder nor the user's can be written numba refuses to do so:
    then the function is compiled anew in each process.
    """
    import numba  # takes a while, and most processes compile nothing

    def decorate(function: Callable) -> Callable:
        try:
            return numba.njit(**options)(function)
        except RuntimeError as error:
            if "cannot cache" not in str(error):
                raise
            return numba.njit(**options | {"cache": False})(function)

    return decorate


@contextmanager
def threads(n_threads: int) -> Iterator[None]:
    """Let one operation use `n_threads` cores, until the end of the block.

    An operation of torch, or a product that compiled code asks of scipy's BLAS.
    """
    n_threads = checks.integer("n_threads", n_threads, at_least=1)
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        with _blas().limit(limits=n_threads):
            yield
    finally:
        torch.set_num_threads(before)


@cache
def _blas() -> Any:
    """Return what sets the threads of scipy's and numpy's BLAS."""
    import scipy.linalg.cython_blas  # noqa: F401 (so that it is there to be found)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


@contextmanager
def serial_algebra() -> Iterator[None]:
    """Let numpy's products and decompositions use one core, until the end of the block.

    For many small ones: the threads of each spend their time waiting for each other,
    on a busy machine nine tenths of it.
    """
    with threadpool_limits(1, user_api="blas"):
        yield


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw torch's random numbers from `seed`, until the end of the block.

    >>> with seeded(1):
    ...     network = torch.nn.Linear(2, 1)
    """
    seed = checks.integer("seed", seed, at_least=0)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


@contextmanager
def fast_products(device: torch.device) -> Iterator[None]:
    """Allow TF32 matrix products on a GPU, until the end of the block.

    Three times faster; the factors keep 10 bits of their mantissa. Double precision is
    not affected, nor is the CPU.
    """
    if device.type != "cuda":
        yield
        return
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


@contextmanager
def exact_products(device: torch.device) -> Iterator[None]:
    """Let a GPU keep all 24 bits in products and convolutions, to the block's end.

    For predictions: an interaction is a small difference of large numbers.
    """
    if device.type != "cuda":
        yield
        return
    precision = torch.get_float32_matmul_precision()
    convolutions = torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(precision)
        torch.backends.cudnn.allow_tf32 = convolutions


def keep_freed_memory() -> None:
    """Let the C library keep freed arrays of up to 31 MB for the next ones.

    Else it hands them back to the system, and each new one costs page faults: a fifth
    of the time of a convolutional network at batch 128. Glibc raises its two thresholds
    by itself once so large a block is freed; this one is never written to, so it takes
    no memory. Elsewhere nothing happens.
    """
    torch.empty(31 * 2**20, dtype=torch.uint8)


def free_bytes(device: torch.device) -> int:
    """Return the memory of a GPU that is free, in bytes."""
    return torch.cuda.mem_get_info(device)[0]


def describe(device: Device = "auto") -> dict:
    """Return what a manifest says about the machine: device, cores, torch version."""
    device = resolve(device)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    return {
        "device": str(device),
        "name": name,
        "cores": cores(),
        "torch": torch.__version__,
    }


def matrix_product_peak(device: torch.device, repeats: int = 7) -> float:
    """Return the speed of a large square matrix product, in GFLOP/s."""
    on_gpu = device.type == "cuda"
    size, rounds = (8192, 10) if on_gpu else (1024, 5)
    clock = time.perf_counter if on_gpu else time.process_time
    a, b = torch.rand(2, size, size, device=device)
    out, timings = torch.empty_like(a), []
    with fast_products(device):
        for _ in range(repeats):
            started = clock()
            for _ in range(rounds):
                torch.mm(a, b, out=out)
            wait_for(device)
            timings.append((clock() - started) / rounds)
    return 2 * size**3 / statistics.median(timings) / 1e9


def addition_peak(device: torch.device) -> float:
    """Return how fast numbers are added to others, in GB/s read and written.

    On a CPU within the second-level cache of a core, where the tables of a network
    that looks up k-mers lie; on a GPU in its memory.
    """
    on_gpu = device.type == "cuda"
    size, rounds = (2**26, 20) if on_gpu else (2**14, 2000)
    clock = time.perf_counter if on_gpu else time.process_time
    a, b = torch.rand(2, size, device=device)
    timings = []
    for _ in range(7):
        started = clock()
        for _ in range(rounds):
            a.add_(b)
        wait_for(device)
        timings.append((clock() - started) / rounds)
    return 3 * 4 * size / statistics.median(timings) / 1e9


def wait_for(device: torch.device) -> None:
    """Wait until a GPU has done what it was asked; a CPU always has."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
