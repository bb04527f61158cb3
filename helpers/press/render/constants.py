"""Comments of constants come to the reference whole, and once.

Where one holds a colon, Sphinx would take what stands before it for a type, and put it
last. Where one comment stands above several constants, Sphinx would repeat it at each.
"""

from typing import Any

from sphinx.application import Sphinx

#: What Sphinx reads so.
KINDS = ("attribute", "data", "property")
#: Sphinx's own reading has priority 500; what has more comes later.
LATER = 501


def setup(app: Sphinx) -> dict:
    """Register with Sphinx, to be asked before and after its own reading."""
    app.setup_extension("sphinx.ext.autodoc")  # whose event it is
    whole: dict[str, list[str]] = {}
    sharing: dict[tuple, list[str]] = {}

    def keep(
        _app: Sphinx, what: str, name: str, _object: Any, _options: Any, lines: list
    ) -> None:
        if what in KINDS:
            whole[name] = _once(name, lines, sharing) if what == "data" else list(lines)

    def restore(
        _app: Sphinx, _what: str, name: str, _object: Any, _options: Any, lines: list
    ) -> None:
        lines[:] = whole.pop(name, lines)

    app.connect("autodoc-process-docstring", keep)
    app.connect("autodoc-process-docstring", restore, priority=LATER)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _once(name: str, comment: list[str], sharing: dict[tuple, list[str]]) -> list[str]:
    """Return the comment of a constant, or where it stands.

    name : with its module; sharing : names by module and comment, which takes this one
    """
    module = name.rpartition(".")[0]
    names = sharing.setdefault((module, *comment), [])
    if name not in names:  # else a page is read again
        names.append(name)
    place = names.index(name)
    if not place or not any(comment):
        return list(comment)
    return [f"Number {place + 1} in the comment of :data:`~{names[0]}`.", ""]
