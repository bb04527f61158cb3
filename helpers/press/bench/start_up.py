"""Processor seconds of commands that a reader waits for before anything is computed."""

import subprocess
import sys

from helpers.press.bench.timing import REPEATS, Row, Timed, in_turn
from helpers.press.results.files import ROOT

COMMANDS = {
    "import helpers": ["-c", "import helpers"],
    "render --parameters": ["-m", "helpers.render", "--parameters", "5-nid"],
    "results scoreboard": ["-m", "helpers.results", "scoreboard", "--csv", "-"],
}


def measure_start_up(*, repeats: int = REPEATS) -> list[Row]:
    """Return processor seconds of each command, of a process of its own."""
    timed = [
        Timed(
            Row("start-up", name, "alone", "seconds"),
            lambda command=command: _run(command),  # type: ignore[misc]  # takes nothing
            clock=_of_children,
        )
        for name, command in COMMANDS.items()
    ]
    return in_turn(timed, repeats)


def _run(command: list[str]) -> None:
    subprocess.run(
        [sys.executable, *command], check=True, cwd=ROOT, capture_output=True
    )


def _of_children() -> float:
    import resource  # not on Windows

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
