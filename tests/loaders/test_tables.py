"""A good table is read as it is; a bad one is refused in one line that names it."""

import gzip
import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import spellings

from helpers.loaders.tables import read_table

ROWS = [f"{i},{(i * 7) % 11},{i % 2},{i / 2}" for i in range(40)]


@pytest.fixture
def write(tmp_path):
    def write(lines, name="table.csv"):
        path = tmp_path / name
        text = "\n".join(lines) + "\n" if lines else ""
        opener = gzip.open if name.endswith(".gz") else open
        with opener(path, "wt", encoding="utf-8") as file:
            file.write(text)
        return path

    return write


def table(*changes):
    """Return the lines of a good table, some replaced: (row from 1, its text)."""
    lines = ["a,b,c,y", *ROWS]
    for row, text in changes:
        lines[row] = text
    return lines


@pytest.mark.parametrize(
    "name", ["table.csv", "table.csv.gz", "table.tsv.gz", "TABLE.TSV"]
)
def test_values_are_read_as_they_are(write, name):
    lines = table()
    if ".tsv" in name.lower():
        lines = [line.replace(",", "\t") for line in lines]
    data = read_table(write(lines, name), "y")
    assert data.features == ("a", "b", "c")
    np.testing.assert_array_equal(data.X["a"], np.arange(40))
    np.testing.assert_array_equal(data.y, np.arange(40) / 2)
    assert data.task == "regression" and not data.partial


def test_a_byte_order_mark_is_no_part_of_a_name(write):
    path = write(table())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_table(path, "y").features[0] == "a"


def test_dropped_columns_may_hold_anything(write):
    path = write(["name,a,y"] + [f"row {i},{i},{i + 1}" for i in range(40)])
    assert read_table(path, "y", drop=["name"]).features == ("a",)


def test_two_values_make_a_classification(write):
    data = read_table(write(table()), "c")
    assert data.task == "classification"
    assert data.notes == "c: 0 is 0, 1 is 1."
    assert read_table(write(table()), "c", task="regression").task == "regression"


def test_classes_may_be_text(write):
    lines = ["a,y"] + [f"{i},{'no' if i % 3 else 'yes'}" for i in range(40)]
    data = read_table(write(lines), "y")
    assert data.y.sum() == 14
    assert data.notes == "y: 0 is no, 1 is yes."


def test_the_checksum_is_that_of_the_file(write):
    path = write(table())
    data = read_table(path, "y")
    assert data.checksum == hashlib.sha256(path.read_bytes()).hexdigest()
    assert str(path.parent) not in data.provenance  # a page must not show a home folder


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "table.csv is empty"),
        (["", ""], "table.csv is empty"),
        (ROWS, "must start with a header line of column names; got numbers: 0, 0, 0"),
        (["a,b,c,z", *ROWS], "has no column 'y'; it has a, b, c, z"),
        (["a,a,c,y", *ROWS], "has two columns named 'a'"),
        (["a,,c,y", *ROWS], "column 2 has no name in the header"),
        (table((3, "1,2,3")), "row 3 has 3 fields; the header has 4"),
        (table((3, "1,2,3,4,5")), "row 3 has 5 fields; the header has 4"),
        (table((7, "1,red,3,4")), "row 7, column 'b': 'red' is not a number; encode"),
        (table((7, '1,"1,000",3,4')), "row 7, column 'b': '1,000' is not a number"),
        (table((5, "1,,3,4")), "row 5, column 'b': missing value"),
        (table((5, "1,nan,3,4")), "row 5, column 'b': missing value"),
        (table((5, "1,inf,3,4")), "row 5, column 'b' must be finite; got inf"),
        (table((5, "1,2,3,")), "row 5, column 'y': missing value"),
        (table()[:11], "must have at least 30 rows below the header; got 10"),
        (["a,y"] + [f"3,{i}" for i in range(40)], "column 'a' is constant"),
        (["a,y"] + [f"{i},1" for i in range(40)], "target 'y' must have two or more"),
        (["a,y"] + [f"{i},k{i % 3}" for i in range(40)], "must have 2 classes; got 3"),
        (["y", *map(str, range(40))], "has no column besides the target 'y'"),
    ],
)
def test_bad_tables_are_refused_in_one_line(write, lines, message):
    with pytest.raises(ValueError, match=message) as refusal:
        read_table(write(lines), "y")
    assert "table.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"task": "ranking"}, ValueError, "task must be one of regression, class"),
        ({"drop": "a"}, TypeError, "drop must be a list of column names; got 'a'"),
        ({"drop": ["q"]}, ValueError, "has no column 'q'"),
        ({"drop": ["y"]}, ValueError, "drop must not hold the target; got 'y'"),
    ],
)
def test_bad_arguments_are_named(write, arguments, error, message):
    with pytest.raises(error, match=message):
        read_table(write(table()), "y", **arguments)


def test_files_that_are_no_tables_are_named(tmp_path, write):
    with pytest.raises(FileNotFoundError, match=r"none\.csv does not exist"):
        read_table(tmp_path / "none.csv", "y")
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    with pytest.raises(ValueError, match=r"folder\.csv is not a file"):
        read_table(folder, "y")
    with pytest.raises(ValueError, match=r"must end in \.csv or \.tsv"):
        read_table(write(table(), "table.xlsx"), "y")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"a,y\n\xff\xfe\x00")
    with pytest.raises(ValueError, match="is not a text file in UTF-8"):
        read_table(binary, "y")
    torn = write(table(), "torn.csv.gz")
    torn.write_bytes(torn.read_bytes()[:-20])
    with pytest.raises(ValueError, match="cannot be decompressed"):
        read_table(torn, "y")


def test_a_name_that_ends_in_gz_may_be_plain_text(write):
    """Browsers unpack what they download and keep its name."""
    plain = write(table())
    named = plain.rename(plain.with_name("table.csv.gz"))
    assert len(read_table(named, "y").X) == 40


def test_the_smallest_table_is_one_feature_in_30_rows(write):
    data = read_table(write(["a,y"] + [f"{i},{i % 2}" for i in range(30)]), "y")
    assert data.X.shape == (30, 1) and data.task == "classification"


@given(spelt=spellings(), quoted=st.booleans(), tabs=st.booleans())
@settings(deadline=None, max_examples=50)
def test_spelling_changes_no_value(tmp_path_factory, spelt, quoted, tabs):
    lines = [f'"{line}"'.replace(",", '","') if quoted else line for line in table()]
    separator = "\t" if tabs else ","
    path = tmp_path_factory.getbasetemp() / ("any.tsv" if tabs else "any.csv")
    path.write_bytes(spelt(line.replace(",", separator) for line in lines))
    data = read_table(path, "y")
    assert data.features == ("a", "b", "c")
    np.testing.assert_array_equal(data.X["b"], np.arange(40) * 7 % 11)
    np.testing.assert_array_equal(data.y, np.arange(40) / 2)


def test_a_separator_that_seems_wrong_is_named(write):
    lines = [line.replace(",", ";") for line in table()]
    with pytest.raises(ValueError, match="; semicolons seem to separate its fields"):
        read_table(write(lines), "y")
    with pytest.raises(ValueError, match="; semicolons seem to separate its fields"):
        read_table(write([line.replace(".", ",") for line in lines]), "y")


def test_integers_that_floats_do_not_tell_apart_are_refused(write):
    rows = [f"{2**53 + i},{i % 7}" for i in range(40)]
    with pytest.raises(
        ValueError, match=r"column 'a' must hold integers up to 2\*\*53"
    ):
        read_table(write(["a,y", *rows]), "y")
    rows = [f"{2**53 - i},{i % 7}" for i in range(40)]
    assert read_table(write(["a,y", *rows]), "y").X["a"].nunique() == 40


def test_a_constant_target_is_shown_as_it_was_written(write):
    with pytest.raises(ValueError, match=r"'y' must have two or .* every row has 1"):
        read_table(write(["a,y"] + [f"{i},1" for i in range(40)]), "y")
