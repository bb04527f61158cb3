"""A progress bar of one line, wherever the output goes."""

import sys
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


class Progress:
    """Shows how far a fit is: only the thread that made it may call it.

    A terminal gets tqdm's bar. A notebook gets one output that is rewritten in place,
    so a saved notebook holds its last state alone. Anything else (a log file) gets one
    line at the end.

    Parameters
    ----------
    total : int
        Units of work.
    unit : str
        What they are called.
    shown : bool
        False for no output at all.
    """

    def __init__(self, total: int, unit: str, shown: bool = True) -> None:
        self.total, self.unit, self.done = total, unit, 0
        self._started = self._drawn = time.monotonic()
        self._bar = self._output = None
        if shown and _in_notebook():
            from IPython.display import display

            self._output = display(_Line(self._meter()), display_id=True)
        elif shown and sys.stderr.isatty():
            self._bar = tqdm(total=total, unit=unit, unit_scale=True, leave=False)
        self._shown = shown

    def reach(self, done: int) -> None:
        """Show that `done` of `total` units are done."""
        if self._bar is not None:
            self._bar.update(done - self.done)
        self.done = done
        if self._output is not None and time.monotonic() - self._drawn > 0.5:
            self._drawn = time.monotonic()
            self._output.update(_Line(self._meter()))

    def finish(self, summary: str) -> None:
        """Replace the bar by one line."""
        if self._bar is not None:
            self._bar.close()
        if self._output is not None:
            self._output.update(_Line(summary))
        elif self._shown:
            print(summary, file=sys.stderr, flush=True)

    def _meter(self) -> str:
        elapsed = time.monotonic() - self._started
        return tqdm.format_meter(
            self.done, self.total, elapsed, ncols=78, unit=self.unit, unit_scale=True
        )


def in_turn(
    items: Sequence[Item], unit: str, done: str, shown: bool = True
) -> Iterator[Item]:
    """Yield items one by one and show how many are done.

    Parameters
    ----------
    items : sequence
    unit, done : str
        What one is called, and what has happened to it in the end: "part", "tested".
    shown : bool
    """
    bar, started = Progress(len(items), f" {unit}s", shown), time.monotonic()
    number = 0
    try:
        for number, item in enumerate(items):
            bar.reach(number)
            yield item
        number = len(items)
    finally:  # also where one fails, or is the last that was wanted
        seconds = time.monotonic() - started
        bar.finish(f"{number} of {len(items)} {unit}s {done} in {seconds:.1f} s.")


class _Line:
    """Text that a notebook shows as it stands, without quotes."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _in_notebook() -> bool:
    """Return whether a Jupyter kernel runs this (not: a terminal)."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")
