"""The page of all parameters, written from the cells of the notebooks."""

import os
import re
from pathlib import Path
from typing import Any

from helpers.data.kinds import PathLike
from helpers.press.render.sources import notebooks, read_cells
from helpers.press.render.values import Parameter, parameters, settings
from helpers.press.results import SIZES

PAGE = "parameters.md"
#: Said once, for they mean the same everywhere.
SHARED = ("size", "seed", "device", "recompute", "compute")
MOST_LETTERS = 60  # of a value in the table


def write_parameters(folder: Path, root: str | os.PathLike) -> Path | None:
    """Add a table for each notebook to the staged page; return the page.

    A book that has no such page gets none.

    Parameters
    ----------
    folder : Path
        The staged book.
    root : path
        Where the sources are.
    """
    page = folder / PAGE
    if not page.is_file():
        return None
    intro = (Path(root) / "book" / PAGE).read_text(encoding="utf-8")
    sections = [
        section(name, path, root) for name, path in notebooks(root=root).items()
    ]
    text = "\n".join([intro.rstrip(), "", *(s for s in sections if s), ""])
    if page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
    return page


def section(name: str, path: Path, root: str | os.PathLike) -> str:
    """Return the heading and the table of one notebook, or nothing if it has no own.

    A column is left out that would be empty.
    """
    own = [p for p in parameters(name, root=root).values() if p.name not in SHARED]
    if not own:
        return ""
    sizes = {"quick": {parameter.name: parameter.default for parameter in own}}
    others = (size for size in SIZES if size != "quick")
    sizes |= {size: _settings(name, size, root) for size in others}
    rows = [
        [
            f"`{parameter.name}`",
            parameter.help,
            f"`{parameter.type}`",
            *(
                _shortened(values[parameter.name]) if parameter.name in values else ""
                for values in sizes.values()
            ),
            _rule(parameter),
        ]
        for parameter in own
    ]
    head = ["name", "meaning", "type", *sizes, "allowed"]
    used = [k for k in range(len(head)) if any(row[k] for row in rows)]
    lines = [[head[k] for k in used], ["---" for _ in used]]
    lines += [[row[k] for k in used] for row in rows]
    link = path.relative_to(Path(root) / "book").as_posix()
    number = f"{path.stem[0]}. " if path.parent.name == "chapters" else ""
    return "\n".join(
        [f"## {number}{title(path)}", "", f"`{name}`: [open the page]({link})", ""]
        + ["| " + " | ".join(line) + " |" for line in lines]
        + ["", *_long_values(own, sizes)]
    )


def _settings(name: str, size: str, root: PathLike) -> dict:
    """Return what a size changes, nothing if the notebook has no such size."""
    if not (Path(root) / "book" / "sizes" / f"{name}.{size}.yaml").is_file():
        return {}
    return settings(name, size, {}, root=root)


def title(path: Path) -> str:
    """Return the first heading of a page, or its name."""
    cells = path.suffix == ".ipynb"
    text = read_cells(path)[0].source if cells else path.read_text(encoding="utf-8")
    found = re.search(r"^# +(.+)$", text, flags=re.MULTILINE)
    return found[1] if found else path.stem


def _value(value: Any) -> str:
    """Return a value as code; an empty text, list or mapping is a dash."""
    return "–" if value in ("", [], {}) else f"`{value!r}`".replace("|", "\\|")


def _shortened(value: Any) -> str:
    """Return a value as code; of a long list, the first element and the number."""
    if isinstance(value, list) and len(repr(value)) > MOST_LETTERS:
        return f"{_value(value[0])} and {len(value) - 1} more"
    return _value(value)


def _long_values(own: list[Parameter], sizes: dict[str, dict]) -> list[str]:
    """Return the lists that the table shortens, folded."""
    found = [
        f"- `{parameter.name}`, {size}: {_value(values[parameter.name])}"
        for parameter in own
        for size, values in sizes.items()
        if parameter.name in values
        and _shortened(values[parameter.name]) != _value(values[parameter.name])
    ]
    return [":::{dropdown} Long lists", *found, ":::", ""] if found else []


def _rule(parameter: Parameter) -> str:
    """Return a rule in words."""
    text = parameter.rule.text
    limits = re.fullmatch(r"(\S*)\s*\.\.\s*(\S*)", text)
    if not limits:
        # A dotted name may break after its dots, so that the column stays narrow.
        return re.sub(r"(\w\.)(?=\w)", "\\1\u200b", text).replace(" | ", ", ")
    low, high = limits.groups()
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}"
