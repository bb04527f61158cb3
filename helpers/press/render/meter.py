"""How much processor time the processes of a notebook take, whatever else runs here."""

import threading
from typing import Self

import psutil

EVERY = 0.5  # seconds between two looks, the most that a process's last bit can hide


class CoreSeconds:
    """Adds up the processor time of all processes below this one, while `with` lasts.

    The kernel of a notebook is ended at once, so that the system never tells this
    process what the kernel's own workers took; hence they are looked at while they run.
    """

    def __init__(self) -> None:
        self._taken, self._before = {}, set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Start to look, past what runs already."""
        self._before = set(psutil.Process().children(recursive=True))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join()

    @property
    def total(self) -> float:
        """Return the seconds so far, those of user and system together."""
        return sum(self._taken.values())

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            for process in psutil.Process().children(recursive=True):
                # Equal to itself alone, not to a later process of the same number.
                if process not in self._before:
                    self._look(process)

    def _look(self, process: psutil.Process) -> None:
        try:
            times = process.cpu_times()
        except psutil.Error:  # it has ended since
            return
        self._taken[process] = times.user + times.system
