"""The terminal: any text can be printed, and an ended process tidies up."""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import NoReturn

from helpers.extras import MissingExtraError


def run(main: Callable[[], int | None] | str) -> NoReturn:
    """Run a command, or the `main` of a module by its name; exit with what it returns.

    The command of a module that needs an extra which is not installed is an error of
    one line.
    """
    set_up()
    try:
        code = (import_module(main).main if isinstance(main, str) else main)()
        sys.stdout.flush()
    except MissingExtraError as error:
        print(f"error: {error}", file=sys.stderr)
        code = 1
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


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
