"""Works that a docstring cites become links to the book's references.

A docstring names a work as text does, with its key behind: ``Lemma 3 of Tsang et al.
(2018) [tsang2018]``. On a page the year is the link, and the key is gone.
"""

import re
from typing import Any

from sphinx.application import Sphinx

KEY = r"\[(?P<key>[a-z]+\d{4}[a-z]?)\]"
# Authors and year, then what is cited of the work: no other work may stand between.
NAMES = r"[A-Z][\w-]+(?:(?:,\s+(?:and\s+)?|\s+and\s+)[A-Z][\w-]+)*(?:\s+et\s+al\.)?"
NAMED = re.compile(rf"{NAMES}\s+\(\d{{4}}\)(?P<place>[^\[\]()]*?)\s+{KEY}")
ALONE = re.compile(rf"(?<!\w){KEY}")


def setup(app: Sphinx) -> dict:
    """Register with Sphinx, which tells of every docstring that it reads."""
    app.setup_extension("sphinx.ext.autodoc")  # whose event it is
    app.connect("autodoc-process-docstring", _cite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def cited(text: str) -> str:
    """Return a docstring with its citations as roles of the bibliography."""
    text = NAMED.sub(r":cite:t:`\g<key>`\g<place>", text)
    return ALONE.sub(r":cite:p:`\g<key>`", text)


def _cite(
    _app: Sphinx, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]
) -> None:
    lines[:] = cited("\n".join(lines)).split("\n")
