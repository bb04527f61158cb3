"""What readers name their columns is shown as they wrote it."""

import html
import re
import string

import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from helpers.press.results.tables import escaped, to_markdown

NAMES = st.text(string.ascii_letters + string.digits + string.punctuation + " äß×")


def shown(markdown):
    """Return the text of a line as a browser shows it."""
    return html.unescape(re.sub("<[^>]*>", "", MarkdownIt().renderInline(markdown)))


@settings(deadline=None)
@given(NAMES)
@example("HLA-A*01, HLA-B*07")
@example("<img src=x onerror=alert(1)>")
@example("a\\|b &amp; `c` [d](e) $f$ ~g~ {h}")
def test_any_name_is_shown_letter_by_letter(name):
    assert shown(escaped(name)).strip() == name.strip()


@settings(deadline=None)
@given(NAMES.filter(str.strip), NAMES.filter(str.strip))
def test_any_names_stay_in_their_cells(first, second):
    table = pd.DataFrame({"name": [first, second], "p": [0.5, 1.0]})
    text = to_markdown(table, names=["name"])
    page = MarkdownIt().enable("table").render(text)
    cells = re.findall("<td[^>]*>(.*?)</td>", page, re.DOTALL)
    assert len(cells) == 4
    names = [html.unescape(re.sub("<[^>]*>", "", cell)) for cell in cells[::2]]
    # A browser shows several spaces as one.
    assert names == [" ".join(name.split()) for name in (first, second)]


def test_numbers_stand_to_the_right_as_text_too():
    table = pd.DataFrame(
        {
            "pair": ["x1 × x2", "x1 × x3"],
            "p": ["1.7e-06", "0.5"],
            "moved": ["87.46 → 87.31", "–"],
            "chance": ["1 of 3", "2 of 3"],
            "absent": ["–", "–"],
            "fold": [1, 2],
        }
    )
    rule = to_markdown(table).splitlines()[1].strip("|").split("|")
    assert rule == [":--", "--:", "--:", ":--", ":--", "--:"]


def test_what_rounds_to_zero_has_no_sign_but_a_name_keeps_its_letters():
    moved = ["-0.000 → -0.000", "−0.0 (17%)", "-0.01", "+0.00", "10-0", "1e-0"]
    text = to_markdown(pd.DataFrame({"name": "-0", "moved": moved}), names=["name"])
    rows = [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]
    assert {name for name, _ in rows} == {"-0"}
    moved[:2] = ["0.000 → 0.000", "0.0 (17%)"]
    assert [cell for _, cell in rows] == moved


def test_a_table_without_rows_is_a_line_that_says_so():
    empty = pd.DataFrame(columns=["Pair", "replication p"])
    assert (
        to_markdown(empty)._repr_markdown_()
        == "*No rows to show: Pair, replication p.*"
    )
