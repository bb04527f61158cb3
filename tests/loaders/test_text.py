"""One reader for all text files: spelling changes nothing, damage is named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import BOM, PACKINGS, bgzip, gzipped, spellings

from helpers.loaders import text

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]),
    min_size=1,
    max_size=6,
)


@pytest.fixture
def write(tmp_path):
    def write(content, name="file.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("text")


@given(lines=st.lists(WORDS.filter(str.strip), max_size=6), spelt=spellings())
@settings(deadline=None, max_examples=200)
def test_spelling_changes_no_line(folder, lines, spelt):
    path = folder / "any.txt"
    path.write_bytes(spelt(lines))
    assert [line for _, line in text.lines(path)] == lines


def test_lines_keep_their_numbers(write):
    path = write("\r\na\r\n\r\n \t\r\nb\r\n")
    assert list(text.lines(path)) == [(2, "a"), (5, "b")]


def test_characters_that_only_look_like_line_ends_are_kept(write):
    assert [line for _, line in text.lines(write("a\x0bb\x1cc\u2028d\ne"))] == [
        "a\x0bb\x1cc\u2028d",
        "e",
    ]


def test_the_smallest_file_is_one_letter(write):
    assert text.read_text(write("a")) == "a"
    assert text.read_text(write("")) == ""
    assert list(text.lines(write(BOM))) == []


@pytest.mark.parametrize("pack", PACKINGS)
def test_the_name_says_nothing_about_compression(write, pack):
    for name in ("x", "x.gz", "x.bgz"):
        assert text.read_text(write(pack(b"a\nb\n" * 99), name)) == "a\nb\n" * 99


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"a\r\nb\rcaf\xe9\n",
            "is not a text file in UTF-8: line 3 holds the byte 0xe9",
        ),
        ("a".encode("utf-16"), "is not a text file in UTF-8 but in UTF-16; save it as"),
        (b"a\nb\0c", "is not a text file: line 2 holds a zero byte"),
        (b"PK\x03\x04rest", "is a zip archive or a spreadsheet"),
        (b"BZh91", "is compressed by bzip2"),
        (b"\xfd7zXZ\0", "is compressed by xz"),
        (b"\x28\xb5\x2f\xfdrest", "is compressed by zstd"),
        (b"\x6c\x1b\x01\xff", "is a PLINK file of genotypes"),
        (b"\x1f\x8bnothing", "cannot be decompressed"),
        (gzipped(b"a" * 99)[:-5], "cannot be decompressed"),
        (bgzip(b"abc\n" * 99)[:-28], "cannot be decompressed: its end is missing"),
        (bgzip(b"")[:20], "cannot be decompressed"),
    ],
)
def test_what_is_no_text_is_named(write, content, message):
    with pytest.raises(ValueError, match=message) as error:
        text.read_text(write(content))
    assert "file.txt" in str(error.value) and "\n" not in str(error.value)


def test_no_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.txt does not exist"):
        text.read_text(tmp_path / "gone.txt")
    with pytest.raises(ValueError, match="is not a file"):
        text.read_text(tmp_path)


# -- tables -----------------------------------------------------------------------

FIELDS = st.text("abc ,;\t\"'-.0é", max_size=5).map(str.strip)


def quoted(field: str) -> str:
    return '"' + field.replace('"', '""') + '"'


@given(
    rows=st.lists(st.tuples(FIELDS, FIELDS, FIELDS), min_size=1, max_size=5),
    separator=st.sampled_from([",", "\t", None]),
    spelt=spellings(),
)
@settings(deadline=None, max_examples=200)
def test_quoted_fields_hold_anything(folder, rows, separator, spelt):
    if separator is None:  # there a tab is a blank like any other
        rows = [tuple(f.replace("\t", " ") for f in row) for row in rows]
    path = folder / "table.csv"
    lines = ["u,v,w".replace(",", separator or " ")]
    lines += [(separator or "  ").join(map(quoted, row)) for row in rows]
    path.write_bytes(spelt(lines))
    table = text.read_table(path, separator)
    assert list(table) == ["u", "v", "w"]
    assert [tuple(row) for row in table.to_numpy()] == rows


def test_the_smallest_table_is_one_field(write):
    assert text.read_table(write("a\nx\n"), ",").to_numpy().tolist() == [["x"]]
    assert text.read_table(write("a\n"), ",").shape == (0, 1)


def test_text_stays_text_and_numbers_are_told_apart_on_request(write):
    path = write("id,n,gap\n007,1.50, NA\n008,2,3\n")
    assert text.read_table(path, ",").to_numpy().tolist() == [
        ["007", "1.50", "NA"],
        ["008", "2", "3"],
    ]
    numbers = text.read_table(path, ",", as_text=False)
    assert numbers["id"].tolist() == [7, 8] and numbers["gap"].isna().tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("content", "separator", "message"),
    [
        ("", ",", "file.txt is empty"),
        ("\n \n", ",", "file.txt is empty"),
        ("1,2\n3,4\n", ",", "must start with a header line of column names; got numb"),
        ("a,,b\n", ",", "column 2 has no name in the header"),
        ("a,b,a\n", ",", "has two columns named 'a'"),
        ("a,b\n\n1\n", ",", "row 1 has 1 fields; the header has 2"),
        ("a,b\n\u00a0\n1,2\n", ",", "row 1 has 1 fields; the header has 2"),
        ("\u2028\na 1\n", None, "column 1 has no name in the header"),
        ("a,b\n1,2,3\n", ",", "row 1 has 3 fields; the header has 2"),
        ('a,b\n1,"2\n', ",", "line 2 cannot be read: unexpected end of data"),
        ('a,b\n1,"2"3\n', ",", "line 2 cannot be read: "),
        ("a;b\n1,5;2\n", ",", "the header has 1; semicolons seem to separate"),
        ("a\tb\n1,5\t2\n", ",", "; tabs seem to .* the file's name says commas"),
        ("a,b\n1,5\t2\n", "\t", "; commas seem to .* the file's name says tabs"),
        ("a,b c\n1\n", None, "; commas seem to .* the file's name says white space"),
    ],
)
def test_tables_that_are_none_are_named(write, content, separator, message):
    with pytest.raises(ValueError, match=message) as error:
        text.read_table(write(content), separator)
    assert "file.txt" in str(error.value) and "\n" not in str(error.value)


def test_a_column_that_is_not_there_shows_those_that_are(write):
    path = write("a;b\n1;2\n")
    table = text.read_table(path, ",")
    with pytest.raises(ValueError, match="no column 'a'; it has a;b; semicolons seem"):
        text.column_of(path, table, "a", ",")
    assert text.column_of(path, table, "a;b", ",").tolist() == ["1;2"]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a\tb\n1\t\n\t2\n", [["1", ""], ["", "2"]]),  # tabs let a field be empty
        ("a\tb\n1\tHLA A\n", [["1", "HLA A"]]),
        ("a b\tc\n1 2\t3\n", [["1", "2", "3"]]),  # PLINK takes either
        ("a\tb\n1 2\n", [["1", "2"]]),
        ("  a  b\n 1   2 \n", [["1", "2"]]),
        ("a\nx\n", [["x"]]),
    ],
)
def test_white_space_may_be_tabs_alone(write, content, rows):
    assert text.read_table(write(content), None).to_numpy().tolist() == rows


@pytest.mark.parametrize(
    ("name", "separator"),
    [
        ("x.csv", ","),
        ("X.CSV.GZ", ","),
        ("x.tsv.bgz", "\t"),
        ("x.y.tsv", "\t"),
        ("x.phen", None),
        ("csv", None),
    ],
)
def test_the_name_tells_the_separator(name, separator):
    assert text.separator_of(name, others=True) == separator


def test_other_names_can_be_refused():
    with pytest.raises(ValueError, match=r"x\.phen must end in \.csv or \.tsv"):
        text.separator_of("x.phen", others=False)
