"""Comments of constants stay whole, whatever Sphinx makes of a colon, and come once."""

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


def test_a_comment_of_several_constants_is_not_repeated():
    keep, restore = listeners()
    told = {}
    for name in ("a.ONE", "a.TWO", "a.THREE", "a.TWO", "b.FOUR"):
        lines = list(WHOLE)
        keep(None, "data", name, None, None, lines)
        restore(None, "data", name, None, None, lines)
        told[name] = lines
    assert told["a.ONE"] == told["b.FOUR"] == WHOLE
    assert told["a.TWO"] == ["Number 2 in the comment of :data:`~a.ONE`.", ""]
    assert "Number 3" in told["a.THREE"][0]


def test_constants_without_comment_stay_so():
    keep, restore = listeners()
    for name in ("a.ONE", "a.TWO"):
        lines = []
        keep(None, "data", name, None, None, lines)
        restore(None, "data", name, None, None, lines)
        assert lines == []
