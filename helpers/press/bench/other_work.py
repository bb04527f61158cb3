"""What else a machine did while a bench ran."""

import os
import time

import psutil

#: Processor time that nobody uses; stolen time is not among it.
IDLE = ("idle", "iowait")
#: What Linux counts a second time, within user and nice.
TWICE = ("guest", "guest_nice")


class OtherWork:
    """Processors that other processes, and other guests, kept busy since it was made.

    A load before a run says little of what came during it, and lasts a minute longer
    than what caused it.
    """

    def __init__(self) -> None:
        self._started = _clocks()

    def processors(self) -> float:
        """Return their number, on average, children of this process left out."""
        then, now = self._started, _clocks()
        seconds, machine, own = (b - a for a, b in zip(then, now, strict=True))
        return round(max(0.0, machine - own) / max(seconds, 1e-9), 2)


def _clocks() -> tuple[float, float, float]:
    """Return seconds on the wall, of all processors, and of this process's own."""
    busy = psutil.cpu_times()._asdict()
    own = os.times()
    return (
        time.perf_counter(),
        sum(spent for name, spent in busy.items() if name not in IDLE + TWICE),
        own.user + own.system + own.children_user + own.children_system,
    )
