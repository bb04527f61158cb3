"""What a check says: not solved yet, wrong because ..., or right."""

from collections.abc import Iterable
from typing import Any

import numpy as np


class VerdictError(Exception):
    """An answer that does not pass; notebooks show its one line and no traceback."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"{self.NAME}: {self}"]  # type: ignore[attr-defined]  # of its kinds


class UnsolvedError(VerdictError):
    """The answer is still to be written."""

    NAME = "Not solved yet"


class WrongError(VerdictError):
    """The answer was written, and is not right; the text is a hint."""

    NAME = "Not right yet"


def answered(**answers: Any) -> None:
    """Refuse answers that are still the placeholder.

    Raises
    ------
    UnsolvedError
        If an answer is ``...``, or holds it.
    """
    for name, answer in answers.items():
        inside = answer.values() if isinstance(answer, dict) else ()
        if answer is ... or any(value is ... for value in inside):
            raise UnsolvedError(f"{name} waits for your answer.")


def need(holds: bool | np.bool_, hint: str) -> None:
    """Raise `WrongError` with the hint unless what is asked for holds."""
    if not holds:
        raise WrongError(hint)


def need_keys(name: str, answer: Any, keys: Iterable) -> dict:
    """Return an answer as a dict, which must have exactly these keys."""
    need(hasattr(answer, "keys"), f"{name} must be a dict; got {answer!r}.")
    wanted, got = list(keys), list(answer.keys())
    need(
        sorted(map(str, wanted)) == sorted(map(str, got)),
        f"{name} must have the keys {', '.join(map(str, wanted))}; "
        f"got {', '.join(map(str, got)) or 'none'}.",
    )
    return dict(answer)


def right(text: str) -> None:
    """Say that an answer is right, and what follows from it."""
    print(f"Right. {text}")
