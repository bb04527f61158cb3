"""A Sphinx extension: no button to edit a page that has no source in the repository.

The reference is made from the docstrings at staging; the builder runs at the root of
the repository.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict:
    """Look at the buttons of each page after the theme has made them."""
    app.connect("html-page-context", _without_dead_ends, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _without_dead_ends(
    _app: Sphinx,
    pagename: str,
    _templatename: str,
    context: dict,
    _doctree: nodes.document | None,
) -> None:
    source = f"{pagename}{context.get('page_source_suffix')}"
    if Path("book", source).is_file():
        return
    for group in context.get("header_buttons", ()):
        if group["label"] == "source-buttons":
            group["buttons"] = [
                button
                for button in group["buttons"]
                if button["label"] != "source-edit-button"
            ]
