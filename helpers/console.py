"""The terminal: any text can be printed, and an ended process tidies up."""

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn


def run(main: Callable[[], int | None]) -> NoReturn:
    """Run a command and exit with what it returns."""
    set_up()
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def set_up() -> None:
    """Prepare a command: letters that the terminal lacks become question marks.

    A request to terminate ends the command as an interruption does, so that nothing
    temporary stays behind.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _end)


def _end(number, _frame):
    raise SystemExit(128 + number)
