"""The most memory that a piece of work held: of the process, and of a GPU."""

import contextlib
import sys
from pathlib import Path

PEAKS = ("peak_mb", "gpu_peak_mb")  # as manifests call them
STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def forget_peak(device: str = "cpu") -> None:
    """Let `peak_megabytes` start anew: the most from here on.

    Only Linux can, where a process may write to its own entry in /proc; elsewhere the
    peak is that since the start of the process.
    """
    with contextlib.suppress(OSError):
        FORGET.write_text("5")
    if _gpu(device):
        sys.modules["torch"].cuda.reset_peak_memory_stats()


def peak_megabytes(device: str = "cpu") -> dict[str, float]:
    """Return the most memory in use since `forget_peak`, in MB of a million bytes.

    Returns
    -------
    dict
        `peak_mb`: of the whole process, Python and data included, its children left
        out. On a GPU also `gpu_peak_mb`: what torch held there. Empty where the system
        does not say.
    """
    peaks = {}
    held = _resident()
    if held is not None:
        peaks["peak_mb"] = round(held / 1e6, 1)
    if _gpu(device):
        held = sys.modules["torch"].cuda.max_memory_allocated()
        peaks["gpu_peak_mb"] = round(held / 1e6, 1)
    return peaks


def resident_megabytes() -> float:
    """Return the memory that the process holds now, in MB; NaN if unknown."""
    return _megabytes_of("VmRSS") or float("nan")


def of_children() -> float | None:
    """Return the most memory that an ended child of this process held, in MB."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    return _as_megabytes(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _resident() -> float | None:
    known = _megabytes_of("VmHWM")
    if known is not None:
        return 1e6 * known
    try:
        import resource
    except ImportError:
        return None
    return 1e6 * _as_megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _megabytes_of(entry: str) -> float | None:
    """Return a number of the system's account of this process, in MB, if it has one."""
    with contextlib.suppress(OSError):
        for line in STATUS.read_text(encoding="utf-8").splitlines():
            if line.startswith(f"{entry}:"):
                return int(line.split()[1]) * 1024 / 1e6
    return None


def _as_megabytes(size: int) -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes
    return round(size * unit / 1e6, 1)


def _gpu(device: str) -> bool:
    """Whether work on `device` goes to a GPU; torch is asked only if it is there."""
    torch = sys.modules.get("torch")
    if torch is None or str(device).startswith("cpu"):
        return False
    return torch.cuda.is_available()
