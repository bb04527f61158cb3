"""A hash of the code that a step rests on.

It covers the function and all that it reaches in `helpers`, followed by name through
imports. Docstrings, comments, formatting, annotations, names of modules and what an
object says of itself stay out, so that moving a function to another file marks nothing.
The files are read, not imported: that is quick, and needs none of the packages that
they import.
"""

import ast
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from helpers.press.results.files import ROOT, digest

PACKAGE = "helpers"
LENGTH = 16  # hexadecimal digits of a hash

#: Methods that say or draw what an object holds, and change nothing of it.
SHOWING = ("__str__", "__repr__", "_repr_html_", "_repr_markdown_", "plot")


def code_hash(function: Callable) -> str | None:
    """Return the hash of what a module-level function of this package rests on.

    None for a function from elsewhere, whose files are not ours to follow.
    """
    return hash_of(function.__module__, function.__qualname__)


@cache
def hash_of(module: str, name: str, root: Path = ROOT) -> str | None:
    """Return the hash of a definition by the names of its module and itself."""
    found = definition(module, name, root)
    if found is None:
        return None
    seen, waiting = {}, [found]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen[place], reached = _normal(*place, root)
            waiting += reached
    return digest("\n".join(sorted(seen.values())))[:LENGTH]


def definition(module: str, name: str, root: Path = ROOT) -> tuple[str, str] | None:
    """Return where a name is defined, through re-exports; None if not here."""
    for _ in range(20):  # a chain of re-exports is short; this ends a circle
        index = _index(module, root)
        if index is None:
            return None
        if name in index.nodes:
            return module, name
        if name not in index.imports:
            return None
        module, name = index.imports[name]
        if name is None:  # a module, not something in one
            return None
    return None


class _Index:
    """The top-level definitions and imports of a module."""

    def __init__(self, module: str, path: Path) -> None:
        self.nodes, self.imports = {}, {}
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._import(node, package)
            for name in _defined(node):
                self.nodes.setdefault(name, []).append(node)

    def _import(self, node: ast.Import | ast.ImportFrom, package: str) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                whole = alias.name if alias.asname else alias.name.split(".")[0]
                self.imports[alias.asname or whole] = (whole, None)
            else:
                source = node.module or ""
                if node.level:
                    above = package.split(".")
                    above = above[: len(above) - node.level + 1]
                    source = ".".join([*above, source] if source else above)
                self.imports[alias.asname or alias.name] = (source, alias.name)


def _defined(node: ast.stmt) -> list[str]:
    """Return the names that a top-level statement defines."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.Expr)):
        return []
    return [
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    ]


@cache
def _index(module: str, root: Path) -> _Index | None:
    path = module_file(module, root)
    return None if path is None else _Index(module, path)


def module_file(module: str, root: Path) -> Path | None:
    """Return the file of a module of this package, or None."""
    if module.split(".")[0] != PACKAGE:
        return None
    path = root.joinpath(*module.split("."))
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None


def _normal(module: str, name: str, root: Path) -> tuple[str, list[tuple[str, str]]]:
    """Return the text of a definition as it is hashed, and what it reaches."""
    reached = []
    writer = _Writer(module, root, reached)
    text = ";".join(writer.text(node) for node in _index(module, root).nodes[name])  # type: ignore[union-attr]  # indexed before
    return f"{name}={text}", reached


class _Writer:
    """Writes syntax trees as text without what does not change a result."""

    LEFT_OUT = frozenset({"annotation", "returns", "ctx", "type_comment", "kind"})

    def __init__(self, module: str, root: Path, reached: list) -> None:
        self.module, self.root, self.reached = module, root, reached

    def text(self, node: Any) -> str:
        if isinstance(node, list):
            return "[" + ",".join(self.text(item) for item in node) + "]"
        if not isinstance(node, ast.AST):
            return repr(node)
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = self._resolved(node)
            if name is not None:
                return name
        fields = []
        for field, value in ast.iter_fields(node):
            if field == "body" and isinstance(value, list):
                value = _without_docstring(value)
                if isinstance(node, ast.ClassDef):
                    value = _without_showing(value)
            # Fields that are empty stay out: later versions of Python add some.
            if field not in self.LEFT_OUT and value not in (None, []):
                fields.append(f"{field}:{self.text(value)}")
        return f"{type(node).__name__}({','.join(fields)})"

    def _resolved(self, node: ast.expr) -> str | None:
        """Return the bare name of what a (dotted) name means, and note what it is."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        module, names = self.module, [node.id, *parts]
        while names:
            place = definition(module, names[0], self.root)
            if place is not None:
                self.reached.append(place)
                return ".".join([place[1], *names[1:]])
            inner = self._module_named(module, names[0])
            if inner is None:
                return None
            module = inner
            names = names[1:]
        return None

    def _module_named(self, module: str, name: str) -> str | None:
        """Return the module of ours that a name stands for, if it stands for one."""
        index = _index(module, self.root)
        source, inner = index.imports.get(name, (module, name))  # type: ignore[union-attr]  # indexed before
        candidate = source if inner is None else f"{source}.{inner}"
        return candidate if module_file(candidate, self.root) else None


def _without_showing(body: list) -> list:
    """Return a class's body without what only says or draws what it holds.

    Those are the methods `SHOWING`, and private ones that nothing else of it calls: a
    new sentence of an answer is no other answer.
    """
    methods = {m.name: m for m in body if isinstance(m, ast.FunctionDef)}
    needed = {
        name
        for name in methods
        if name not in SHOWING and (name[0] != "_" or name[:2] == "__")
    }
    waiting = [node for node in body if getattr(node, "name", None) not in methods]
    waiting += [methods[name] for name in needed]
    while waiting:
        for inner in ast.walk(waiting.pop()):
            name = getattr(inner, "attr", getattr(inner, "id", None))
            if name in methods and name not in needed and name not in SHOWING:
                needed.add(name)
                waiting.append(methods[name])
    return [
        node
        for node in body
        if getattr(node, "name", None) not in methods or node.name in needed
    ]


def _without_docstring(body: list) -> list:
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if is_text and isinstance(first.value.value, str) else body  # type: ignore[union-attr]  # indexed before
