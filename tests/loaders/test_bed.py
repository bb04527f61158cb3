"""BED lines: what an interval is, and what is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import spellings

from helpers.loaders.bed import LONGEST, intervals

NAMES = st.text("ABc0-_.", min_size=1, max_size=8)


def read(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(fields, start, end) for _, fields, start, end in intervals(path)]


@given(
    rows=st.lists(
        st.tuples(NAMES, st.integers(0, LONGEST - 1), st.integers(1, 999), NAMES),
        max_size=5,
    ),
    tabbed=st.booleans(),
    spelt=spellings(),
)
@settings(deadline=None, max_examples=200)
def test_spelling_changes_no_interval(tmp_path_factory, rows, tabbed, spelt):
    rows = [(c, a, min(a + n, LONGEST), name) for c, a, n, name in rows]
    gap = "\t" if tabbed else "  "
    lines = ["browser hide", 'track name="x"', "# note"]
    lines += [gap.join(map(str, row)) for row in rows]
    path = tmp_path_factory.getbasetemp() / "any.bed"
    found = read(path, spelt(lines))
    assert [(f[0], start, end, f[3]) for f, start, end in found] == rows


def test_tabs_let_a_field_hold_blanks_and_be_empty(tmp_path):
    path = tmp_path / "x.bed"
    assert read(path, "chr1\t1\t2\tHLA A\t\n") == [
        (["chr1", "1", "2", "HLA A", ""], 1, 2)
    ]


def test_a_chromosome_may_start_like_a_header(tmp_path):
    found = read(tmp_path / "x.bed", "tracker1\t0\t1\nbrowserX\t0\t1\n")
    assert [fields[0] for fields, *_ in found] == ["tracker1", "browserX"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("chr1", "must have chromosome, start and end; got 1 fields"),
        ("chr1\t5\t5", "must have start below end; got 5 and 5"),
        ("chr1\t5\t4", "must have start below end; got 5 and 4"),
        ("\t5\t6", "must name its chromosome"),
        ("chr1\t1\u00b2\t300", "must have whole numbers as start and end; got '1²'"),
        ("chr1\t\u0661\t300", "must have whole numbers as start and end"),
        ("chr1\t-1\t3", "must have whole numbers as start and end; got '-1' and '3'"),
        ("chr1\t1.0\t3", "must have whole numbers"),
        ("chr1\t1e3\t3000", "must have whole numbers"),
        ("chr1\t1\t2147483648", "must end within chr1 .2147483647 bp.; got 2147483648"),
    ],
)
def test_what_is_no_interval_is_named_with_its_line(tmp_path, line, message):
    with pytest.raises(ValueError, match=rf"x\.bed line 3 {message}") as error:
        read(tmp_path / "x.bed", f"#\nchr1\t0\t1\n{line}\n")
    assert "\n" not in str(error.value)
