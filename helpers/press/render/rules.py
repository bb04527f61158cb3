"""What a parameter may be, as the end of its comment declares it in brackets.

``[0 .. 1]``
    a number in this range; either end may be left out, as in ``[1 ..]``
``[auto | cpu | cuda]``
    one of these; a range may be among them, as in ``[0 | 2 ..]``
``[names in truth.functions.FUNCTIONS]``
    one of the texts that this tuple, mapping or function holds, of a module of
    `helpers` or `helpers.studies`
``[file]``, ``[folder]``, ``[file or words]``
    a path; what is given on the command line counts from the caller's folder
``[module:object]``
    something to import, or nothing
``[any column]``, ``[any ...]``
    free text, for only the reader's file says what is right

In a list the rule holds for each element, in lists by name for those of each. A list
whose default holds something may be empty only where the rule ends in ``, or none``; so
may a text.
"""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[2]
NUMBER = r"-?[\d_]+(?:\.\d+)?(?:e-?\d+)?"
RULE = re.compile(r"\s*\[([^\[\]]+)\]$")
RANGE = re.compile(rf"({NUMBER})?\s*\.\.\s*({NUMBER})?")
NAMES = re.compile(r"names in ([\w.]+)\.(\w+)")
NONE = ", or none"


@dataclass(frozen=True)
class Rule:
    """A rule as text, what breaks it, where paths count from, and empty lists."""

    text: str = ""
    broken: Callable = lambda _: ""
    path: str = ""  # file or folder
    or_none: bool = False

    def breach(self, value: Any, *, empty: bool = True) -> str:
        """Return what is wrong with a value, or nothing.

        empty : whether an empty list is right without the rule's word
        """
        if isinstance(value, list) and not value and not (empty or self.or_none):
            return "must hold at least one"
        if value == "" and self.or_none:
            return ""
        for element in _elements(value):
            problem = self.broken(element)
            if problem:
                return problem
        return ""

    def resolved(self, value: Any) -> Any:
        """Return a path from the caller's folder; other values as they are."""
        if isinstance(value, list):
            return [self.resolved(element) for element in value]
        if not self.path or not value:
            return value
        path = Path(os.path.expanduser(value)).absolute()
        return str(path) if self.path == "folder" or path.exists() else value


def _elements(value: Any) -> list:
    """Return what a rule is about: the elements of a list, or of lists by name."""
    if isinstance(value, dict):
        return [element for own in value.values() for element in own]
    return value if isinstance(value, list) else [value]


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
    plain = text.removesuffix(NONE)
    or_none = plain != text
    if plain in PATHS:
        return Rule(text, PATHS[plain], path=plain.split()[0], or_none=or_none)
    if plain == "module:object":
        return Rule(text, _no_object, or_none=or_none)
    if plain.startswith("any "):
        return Rule(text, or_none=or_none)
    names = NAMES.fullmatch(plain)
    if names:
        return Rule(
            text, lambda value: _not_in(value, *names.groups()), or_none=or_none
        )
    choices = [choice.strip() for choice in plain.split("|")]
    ranges = [RANGE.fullmatch(choice) for choice in choices]
    if not all(choices) or (len(choices) < 2 and not ranges[0]):
        raise ValueError(
            "a rule must be a range, choices, names in, file, folder, module:object or "
            f"any; got [{text}]"
        )
    if len(choices) == 1:
        return Rule(text, _outside(*_ends(ranges[0])), or_none=or_none)  # type: ignore[arg-type]  # ranges, as asked above
    return Rule(text, lambda value: _not_among(value, choices, ranges), or_none=or_none)


def _ends(limits: re.Match) -> list[float | None]:
    return [end and float(end) for end in limits.groups()]


def _outside(low: float | None, high: float | None) -> Callable:
    def broken(value: Any) -> str:
        if isinstance(value, str):
            return "must be a number"
        if low is not None and value < low:
            return f"must be at least {low:g}"
        if high is not None and value > high:
            return f"must be at most {high:g}"
        return ""

    return broken


def _not_among(value: Any, choices: list[str], ranges: Iterable = ()) -> str:
    inside = any(limits and not _outside(*_ends(limits))(value) for limits in ranges)
    right = inside or str(value) in choices
    return "" if right else f"must be one of {', '.join(choices)}"


def _not_in(value: Any, module: str, name: str) -> str:
    """Look among names of the package, which are imported only when a value comes."""
    studies = PACKAGE / "studies" / module.split(".")[0]
    package = "helpers.studies" if studies.is_dir() else "helpers"
    names = getattr(import_module(f"{package}.{module}"), name)
    return _not_among(value, list(names() if callable(names) else names))


def _no_object(value: str) -> str:
    right = not value or re.fullmatch(r"[\w.]+:[\w.]+", value)
    return "" if right else "must read module:object"


def _no_file(value: str) -> str:
    there = not value or Path(os.path.expanduser(value)).is_file()
    return "" if there else "must be a file that is there"


def _no_folder(value: str) -> str:
    path = Path(os.path.expanduser(value))
    return "must be a folder" if path.exists() and not path.is_dir() else ""


PATHS = {
    "file": _no_file,
    "folder": _no_folder,
    "file or words": lambda _: "",
}
