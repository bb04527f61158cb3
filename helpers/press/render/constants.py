"""Comments of constants come to the reference whole.

Where one holds a colon, Sphinx would take what stands before it for a type, and put it
last.
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

    def keep(
        _app: Sphinx, what: str, name: str, _object: Any, _options: Any, lines: list
    ) -> None:
        if what in KINDS:
            whole[name] = list(lines)

    def restore(
        _app: Sphinx, _what: str, name: str, _object: Any, _options: Any, lines: list
    ) -> None:
        lines[:] = whole.pop(name, lines)

    app.connect("autodoc-process-docstring", keep)
    app.connect("autodoc-process-docstring", restore, priority=LATER)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
