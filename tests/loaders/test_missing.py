"""Codes for missing values are found, and numbers that only look like them stay."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.loaders.missing import LONG_CODES, MISSING, absent, levels_absent

SPELLINGS = st.sampled_from(["{}", "{}.0", "{}.00", " {}", "{}e0"])
CODES = st.sampled_from([-9, *LONG_CODES])


def gone(marks) -> list[bool]:
    return marks.notna().tolist()


def column(*fields, name="x"):
    return pd.Series(list(fields), dtype=object, name=name)


@given(
    values=st.lists(st.floats(-4, 100).map(str), min_size=1, max_size=20),
    codes=st.lists(st.tuples(CODES, SPELLINGS), max_size=5),
    words=st.lists(st.sampled_from(MISSING), max_size=5),
    seed=st.randoms(),
)
def test_codes_among_numbers_above_them_are_missing(values, codes, words, seed):
    written = [spelling.format(code) for code, spelling in codes]
    fields = values + written + words
    expected = [False] * len(values) + [True] * (len(written) + len(words))
    order = list(range(len(fields)))
    seed.shuffle(order)
    marks = absent(column(*(fields[i] for i in order)))
    assert gone(marks) == [expected[i] for i in order]


@given(
    code=st.sampled_from(LONG_CODES),
    low=st.floats(0.5, 3),
    others=st.lists(st.integers(0, 50).map(str), max_size=5),
)
def test_a_long_code_among_its_likes_is_a_number(code, low, others):
    fields = [str(code), str(code * low + 0.001 * (low == 1)), *others]
    if code * low in (-9, *LONG_CODES):
        return
    assert not any(gone(absent(column(*fields))))


@pytest.mark.parametrize(("other", "missing"), [("-49", True), ("-50", False)])
def test_half_of_the_code_is_the_border(other, missing):
    assert gone(absent(column("-99", other, "3"))) == [missing, False, False]


def test_minus_nine_is_always_missing_and_can_be_kept():
    fields = column("-9", "-9.5", "-20", "4")
    assert gone(absent(fields)) == [True, False, False, False]
    assert not any(gone(absent(fields, codes=())))
    assert gone(absent(fields, codes=("4", -20.0))) == [False, False, True, True]


def test_the_mark_is_the_code_as_written():
    assert absent(column("-9.0", "NA", "1")).tolist()[:2] == ["-9.0", ""]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        (("1", "2", "0", "-9"), [False, False, True, True]),
        (("1", "2", "NA"), [False, False, True]),
        (("0", "1", "0"), [False] * 3),  # coded 0 and 1
        (("0", "2", "0"), [False] * 3),
        (("0", "1", "2", "3"), [False] * 4),  # a count
        (("0", "1", "2", "1.5"), [False] * 4),
    ],
)
def test_zero_is_missing_in_a_trait_of_controls_and_cases(fields, missing):
    assert gone(absent(column(*fields), outcome=True)) == missing
    if missing[-1]:
        assert gone(absent(column(*fields)))[:3] == [False, False, fields[2] == "NA"]


@pytest.mark.parametrize(
    ("name", "fields", "missing"),
    [
        ("sex", ("M", "F", "0"), [False, False, True]),
        ("SEX", ("1", "2", "0"), [False, False, True]),
        ("batch", ("1", "2", "0"), [False] * 3),
        ("sex", ("0", "1"), [False, False]),  # a coding of its own
        ("site", ("M", "3", "0"), [False] * 3),
        ("site", ("M", "null", "None", "NA", ""), [False, True, True, True, True]),
        ("site", ("none", "M", "-9"), [False, False, True]),
        ("site", ("a", "-9.0", "-99", "b"), [False, True, True, False]),
    ],
)
def test_labels_that_are_none(name, fields, missing):
    assert gone(levels_absent(column(*fields, name=name))) == missing


def test_groups_may_be_called_zero():
    assert not any(gone(levels_absent(column("0", "fam1"), zero=False)))
    assert gone(levels_absent(column("-9", "fam1"), zero=False)) == [True, False]


def test_the_smallest_column_is_one_field():
    assert gone(absent(column("1"))) == [False]
    assert gone(absent(column("-9"))) == [True]
    assert gone(levels_absent(column("0"))) == [False]
    assert gone(levels_absent(column(""))) == [True]


def test_codes_of_labels_can_be_named():
    fields = column("M", "null", "unknown", "-9")
    assert gone(levels_absent(fields, codes=("unknown",))) == [
        False,
        False,
        True,
        False,
    ]
