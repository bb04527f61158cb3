"""What a parameter may be, as the end of its comment declares it in brackets.

``[0 .. 1]``
    a number in this range; either end may be left out, as in ``[1 ..]``
``[auto | cpu | cuda]``
    one of these texts
``[file]``, ``[folder]``
    a path; what is given on the command line counts from the caller's folder

In a list the rule holds for each element.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NUMBER = r"-?[\d_]+(?:\.\d+)?(?:e-?\d+)?"
RULE = re.compile(r"\s*\[([^\[\]]+)\]$")
RANGE = re.compile(rf"({NUMBER})?\s*\.\.\s*({NUMBER})?")


@dataclass(frozen=True)
class Rule:
    """A rule as text, what breaks it, and where paths count from."""

    text: str = ""
    broken: Callable = lambda _: ""
    path: str = ""  # file or folder

    def breach(self, value) -> str:
        """Return what is wrong with a value, or nothing."""
        for element in value if isinstance(value, list) else [value]:
            problem = self.broken(element)
            if problem:
                return problem
        return ""

    def resolved(self, value):
        """Return a path from the caller's folder; other values as they are."""
        if isinstance(value, list):
            return [self.resolved(element) for element in value]
        if not self.path or not value:
            return value
        path = Path(os.path.expanduser(value)).absolute()
        return str(path) if self.path == "folder" or path.exists() else value


def split_rule(comment: str) -> tuple[str, Rule]:
    """Return a comment without its rule, and the rule.

    Raises
    ------
    ValueError
        If the brackets hold no rule.
    """
    found = RULE.search(comment)
    if not found:
        return comment, Rule()
    return comment[: found.start()], _rule(found[1].strip())


def _rule(text: str) -> Rule:
    if text in ("file", "folder"):
        return Rule(text, path=text)
    limits = RANGE.fullmatch(text)
    if limits:
        return Rule(text, _outside(*(end and float(end) for end in limits.groups())))
    choices = [choice.strip() for choice in text.split("|")]
    if len(choices) < 2 or not all(choices):
        raise ValueError(
            f"a rule must be a range, choices, file or folder; got [{text}]"
        )
    return Rule(text, lambda value: _not_among(value, choices))


def _outside(low: float | None, high: float | None) -> Callable:
    def broken(value):
        if low is not None and value < low:
            return f"must be at least {low:g}"
        if high is not None and value > high:
            return f"must be at most {high:g}"
        return ""

    return broken


def _not_among(value, choices: list[str]) -> str:
    return "" if str(value) in choices else f"must be one of {', '.join(choices)}"
