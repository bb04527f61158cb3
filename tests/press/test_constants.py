"""Comments of constants stay whole, whatever Sphinx makes of a colon."""

from types import SimpleNamespace

import pytest

from helpers.press.render import constants

WHOLE = ["Rows of a part: one for each column."]


def listeners():
    """Return what listens to docstrings, in the order it is asked."""
    heard = []

    def connect(event, listener, priority=500):
        assert event == "autodoc-process-docstring"
        heard.append((priority, listener))

    constants.setup(SimpleNamespace(connect=connect, setup_extension=lambda _: None))
    (before, keep), (after, restore) = sorted(heard, key=lambda pair: pair[0])
    assert before <= 500 < after
    return keep, restore


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("data", WHOLE), ("attribute", WHOLE), ("function", ["read"])],
)
def test_only_constants_come_back_as_they_were(kind, wanted):
    keep, restore = listeners()
    lines = list(WHOLE)
    keep(None, kind, "a.NAME", None, None, lines)
    lines[:] = ["read"]
    restore(None, kind, "a.NAME", None, None, lines)
    assert lines == wanted
