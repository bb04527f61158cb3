"""The parameters of a notebook: read from its own cell, checked before it runs."""

import ast
import io
import math
import os
import re
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.data.yaml_files import parse_yaml
from helpers.press.render.rules import Rule, split_rule
from helpers.press.render.sources import (
    RenderError,
    chapters,
    notebook_path,
    read_cells,
)
from helpers.press.results import ROOT, SIZES

TYPES = {"int": int, "float": float, "bool": bool, "str": str, "list": list}
NAMED_LISTS = "dict[str, list[str]]"  # lists of text, each with a name


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: name, type as text, default, help, rule."""

    name: str
    type: str
    default: object
    help: str
    rule: Rule = field(default_factory=Rule)

    def read(self, text: str) -> Any:
        """Return the value that `text`, from the command line, means."""
        value = text
        if self.type.startswith("list"):
            value = _list(text)
        elif self.type == NAMED_LISTS:
            value = _named_lists(text)
        elif self.type != "str":
            value = _value(text)
        return self.rule.resolved(self.check(value, f"parameter {self.name}"))

    def check(self, value: Any, place: str) -> Any:
        """Return `value` if it is of the parameter's type; an int may be a float."""
        if not _is(value, self.type):
            raise RenderError(f"{place} must be {self.type}; got {value!r}.")
        problem = self.rule.breach(value, empty=not self.default)
        if problem:
            raise RenderError(f"{place} {problem}; got {value!r}.")
        return float(value) if self.type == "float" else value


def parameters(name: str, *, root: str | os.PathLike = ROOT) -> dict[str, Parameter]:
    """Return the parameters of a notebook by name, in their order.

    Raises
    ------
    RenderError
        If there is no such notebook, or its parameters cell breaks the convention.
    """
    path = notebook_path(name, Path(root))
    cells = [
        cell
        for cell in read_cells(path)
        if "parameters" in cell.metadata.get("tags", ())
    ]
    if len(cells) != 1 or cells[0].cell_type != "code":
        raise RenderError(
            f"{path.name} must have one code cell tagged parameters; got {len(cells)}."
        )
    source = cells[0].source
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise RenderError(
            f"{path.name}, parameters line {error.lineno}: {error.msg}."
        ) from None
    comments = _comments(source)
    found = [_parameter(path.name, statement, comments) for statement in statements]
    return {parameter.name: parameter for parameter in found}


def settings(
    name: str, size: str, given: dict[str, str], *, root: str | os.PathLike = ROOT
) -> dict:
    """Return what papermill is to inject: the size's file, then the given values.

    Parameters
    ----------
    given : dict of str
        Parameters from the command line, as text.

    Raises
    ------
    RenderError
        If a name is unknown or a value ill-typed, in the file or among `given`.
    """
    root = Path(root)
    known = parameters(name, root=root)
    values = _size_file(name, size, known, root)
    for parameter, text in given.items():
        if parameter == "size":
            raise RenderError("parameter size is set by --size.")
        values[parameter] = _known(parameter, known, "parameter").read(text)
    return values


def _size_file(name: str, size: str, known: dict, root: Path) -> dict:
    if size not in SIZES:
        raise RenderError(f"size must be one of {', '.join(SIZES)}; got {size!r}.")
    if size == "quick":
        return {}
    if name not in chapters(root=root):
        return {"size": _known("size", known, "parameter").check(size, "size")}
    path = root / "book" / "sizes" / f"{name}.{size}.yaml"
    place = path.relative_to(root)
    if not path.is_file():
        raise RenderError(f"{name} has no size {size}: there is no {place}.")
    try:
        values = parse_yaml(path.read_text(encoding="utf-8"), place)
    except UnicodeDecodeError:
        raise RenderError(f"{place} is not UTF-8 text.") from None
    except ValueError as error:
        raise RenderError(str(error)) from None
    if not isinstance(values, dict) or values.get("size") != size:
        raise RenderError(f"{place} must be a mapping that sets size to {size}.")
    return {
        parameter: _known(parameter, known, f"{place}: parameter").check(
            value, f"{place}: {parameter}"
        )
        for parameter, value in values.items()
    }


def _known(name: str, known: dict, place: str) -> Parameter:
    if name not in known:
        raise RenderError(f"{place} must be one of {', '.join(known)}; got {name!r}.")
    return known[name]


def _parameter(file: str, statement: ast.stmt, comments: dict) -> Parameter:
    place = f"{file}, parameters line {statement.lineno}"
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            kind = ast.unparse(statement.annotation).strip("'\"")
        case ast.Assign(targets=[ast.Name(id=name)]):
            kind = None
        case _:
            raise RenderError(f"{place} must give one name a literal.")
    try:
        default = ast.literal_eval(statement.value)  # type: ignore[arg-type]  # has a value
    except ValueError:
        raise RenderError(
            f"{place}: the default of {name} must be a literal."
        ) from None
    kind = kind or type(default).__name__
    plain = re.fullmatch(r"(list\[)?(int|float|bool|str)\]?|list", kind)
    if not plain and kind != NAMED_LISTS:
        raise RenderError(
            f"{place}: the type of {name} must be int, float, bool, str, list, "
            f"list[...] of these or {NAMED_LISTS}; got {kind}."
        )
    if statement.end_lineno not in comments:
        raise RenderError(f"{place}: {name} must be explained in a trailing comment.")
    try:
        meaning, rule = split_rule(comments[statement.end_lineno])
    except ValueError as error:
        raise RenderError(f"{place}: {name}: {error}.") from None
    parameter = Parameter(name, kind, default, meaning, rule)
    parameter.check(default, f"{place}: {name}")
    return parameter


def _comments(source: str) -> dict[int, str]:
    """Return line number -> comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def _value(text: str) -> Any:
    """Return what a text means: true, false, a literal, or itself."""
    words = {"true": True, "false": False}
    if text.lower() in words:
        return words[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text


def _list(text: str) -> list:
    """Return a list: a literal one, or words between commas, in brackets or not."""
    value = _value(text)
    if isinstance(value, list):
        return value
    if isinstance(value, tuple):
        return list(value)
    inner = re.fullmatch(r"\[(.*)\]", text.strip())
    words = (inner[1] if inner else text).split(",")
    return [_value(word.strip()) for word in words if word.strip()]


def _named_lists(text: str) -> Any:
    """Return lists by name: a literal, or YAML's short form, {name: [one, other]}."""
    value = _value(text)
    if isinstance(value, str):
        try:
            return parse_yaml(text, "it")
        except ValueError:
            return text
    return value


def _is(value: Any, kind: str) -> bool:
    if kind == NAMED_LISTS:
        return isinstance(value, dict) and all(
            isinstance(name, str) and _is(own, "list[str]")
            for name, own in value.items()
        )
    element = re.fullmatch(r"list\[(\w+)\]", kind)
    if element:
        return isinstance(value, list) and all(_is(v, element[1]) for v in value)
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if isinstance(value, bool):  # in Python a bool is an int, here it is not
        return kind == "bool"
    return isinstance(value, (int, float) if kind == "float" else TYPES[kind])
