"""The notebooks of the book, and the helper files that each imports."""

import ast
import json
import os
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from helpers.press.results import ROOT
from helpers.press.results.code import module_file


@dataclass(frozen=True)
class Cell:
    """What is asked of a cell before the notebook runs."""

    cell_type: str
    source: str
    metadata: dict = field(default_factory=dict)


class RenderError(Exception):
    """What a reader can mend; its text is one line, or a few for a failing cell."""


def notebooks(*, root: str | os.PathLike = ROOT) -> dict[str, Path]:
    """Return every notebook of the book: name -> path, chapters first."""
    book = Path(root) / "book"
    paths = [
        path
        for path in sorted(book.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in path.relative_to(book).parts)
    ]
    paths.sort(key=lambda path: path.parent.name != "chapters")
    return {path.stem: path for path in paths}


def chapters(*, root: str | os.PathLike = ROOT) -> list[str]:
    """Return the notebooks that compute and store: those that have sizes.

    The chapters, the pages beyond them, and what else has a file in `book/sizes`.
    """
    return [n for n, path in notebooks(root=root).items() if computes(path)]


def computes(path: Path) -> bool:
    """Whether a notebook has steps and sizes of its own."""
    if path.parent.name in ("chapters", "beyond"):
        return True
    return any((path.parent / "sizes").glob(f"{path.stem}.*.yaml"))


def dependencies(name: str, *, root: str | os.PathLike = ROOT) -> list[Path]:
    """Return the helper files that a notebook imports, directly or through others.

    Snakemake runs a notebook again when one of them changed, and only then.
    """
    root = Path(root)
    code = [
        cell.source
        for cell in read_cells(notebook_path(name, root))
        if cell.cell_type == "code"
    ]
    found, waiting = set(), [_without_magics(source) for source in code]
    # Execution is part of what a page shows.
    waiting.append("import helpers.press.render")
    while waiting:
        for module in _imports(waiting.pop()):
            path = module_file(module, root)
            if path and path not in found:
                found.add(path)
                waiting.append(path.read_text(encoding="utf-8"))
    return sorted(found)


@cache
def _imports(source: str) -> set[str]:
    """Return dotted names under `helpers` that `source` may import."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # the run will say where
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = [name.split(".") for name in names if name.split(".")[0] == "helpers"]
    return {".".join(p[:n]) for p in ours for n in range(1, len(p) + 1)}


def _without_magics(source: str) -> str:
    lines = source.splitlines()
    return "\n".join("pass" if re.match(r"[%!]", line) else line for line in lines)


def notebook_path(name: str, root: Path) -> Path:
    """Return where a notebook of the book is, by its name."""
    every = notebooks(root=root)
    if not every:
        raise RenderError(
            f"There is no notebook in {root / 'book'}; run this in a clone of the "
            "book's repository."
        )
    if name not in every:
        known = ", ".join(every)
        raise RenderError(f"chapter must be one of {known}; got {name!r}.")
    return every[name]


def read_cells(path: Path) -> list[Cell]:
    """Return the cells of a notebook.

    Read as plain JSON: the notebook format's own package takes seconds to import.
    """
    return [
        Cell(cell["cell_type"], "".join(cell["source"]), cell.get("metadata", {}))
        for cell in read_content(path)["cells"]
    ]


def read_content(path: Path) -> dict:
    """Return a notebook's JSON, its outline checked."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        whole = all({"cell_type", "source"} <= cell.keys() for cell in content["cells"])
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise RenderError(f"{path} is not a valid notebook.")
    return content


def short(path: Path, root: Path) -> str:
    """Return a path as it is told: within the repository, from its root."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)
