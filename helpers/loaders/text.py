"""The one reader of text files: whatever people bring passes through here.

A file may be compressed with gzip or bgzip, whatever its name; it may start with a
byte-order mark, end its lines in LF, CR LF or CR, and hold blank lines. Anything else
is refused in one line that names the file and, where there is one, the line.
"""

import contextlib
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from helpers.data.kinds import PathLike

_GZIP = b"\x1f\x8b"
# The last block of every whole file that bgzip wrote.
_BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
_BOM = b"\xef\xbb\xbf"
# First bytes of what is often mistaken for text, and what to say of it.
_NO_TEXT = {
    b"PK\x03\x04": "is a zip archive or a spreadsheet; save it as text",
    b"BZh": "is compressed by bzip2; unpack it first",
    b"\xfd7zXZ": "is compressed by xz; unpack it first",
    b"\x28\xb5\x2f\xfd": "is compressed by zstd; unpack it first",
    b"\x6c\x1b\x01": "is a PLINK file of genotypes, not text",
    b"\xff\xfe": "is not a text file in UTF-8 but in UTF-16; save it as UTF-8",
    b"\xfe\xff": "is not a text file in UTF-8 but in UTF-16; save it as UTF-8",
}
_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", None: "white space"}


@contextlib.contextmanager
def opened(path: PathLike) -> Iterator[gzip.GzipFile | io.BufferedReader]:
    """Open a file for reading bytes, unpacked if it is compressed with gzip or bgzip.

    A byte-order mark is passed over.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is a folder, of a kind that holds no text, or compressed and damaged.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist.")
    if not path.is_file():
        raise ValueError(f"{path} is not a file.")
    with path.open("rb") as stored:
        first = stored.read(len(_BGZIP_END))
        for start, problem in _NO_TEXT.items():
            if first.startswith(start):
                raise ValueError(f"{path} {problem}.")
        packed = first.startswith(_GZIP)
        if packed and first[12:14] == b"BC" and not _ends_whole(stored):
            raise ValueError(f"{path} cannot be decompressed: its end is missing.")
        stored.seek(0)
        file = gzip.GzipFile(fileobj=stored) if packed else stored
        try:
            if file.read(len(_BOM)) != _BOM:
                file.seek(0)
            yield file
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise ValueError(f"{path} cannot be decompressed: {error}.") from None


def read_text(path: PathLike) -> str:
    """Return the text of a file, every line ended by a newline alone.

    Raises
    ------
    FileNotFoundError, ValueError
        As `opened`; or if the bytes are no UTF-8: the message names the line.
    """
    with opened(path) as file:
        content = file.read()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", content[: error.start])) + 1
        raise ValueError(
            f"{path} is not a text file in UTF-8: line {line} holds the byte "
            f"{content[error.start]:#04x}; save it as UTF-8."
        ) from None
    if "\0" in text:
        line = re.sub("\r\n?", "\n", text[: text.index("\0")]).count("\n") + 1
        raise ValueError(f"{path} is not a text file: line {line} holds a zero byte.")
    return re.sub("\r\n?", "\n", text)


def lines(path: PathLike) -> Iterator[tuple[int, str]]:
    """Yield number (from 1) and text of each line that is not blank.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_text`.
    """
    # Not str.splitlines, which also cuts at characters that belong to a name.
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            yield number, line


def read_table(
    path: PathLike,
    separator: str | None,
    *,
    as_text: bool = True,
    header: list[str] | None = None,
) -> pd.DataFrame:
    """Read a table with a header line, or with the names given.

    Fields may be quoted, and then hold separators. Blank lines are skipped.

    Parameters
    ----------
    path : str or Path
    separator : str or None
        None stands for white space; where every line has as many tabs as the header,
        and no name there holds a blank, for tabs: then a field may be empty.
    as_text : bool
        Leave every field as it is written but for blanks around it, an empty one as
        "". If False, pandas tells numbers, missing values and text apart, column by
        column.
    header : list of str, optional
        Names of the columns, of a file without a header line.

    Returns
    -------
    DataFrame

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_text`; or if the file is empty, a column has no name or one that
        comes twice, or a row (counted from 1 below the header) has another number of
        fields. If the separator seems to be another one, the message says so.
    """
    text = read_text(path)
    if separator is None and _is_tabbed(text):
        separator = "\t"
    if header is not None:
        text = (separator or " ").join(header) + "\n" + text
    header = _check_layout(path, text, separator)
    table = pd.read_csv(
        io.StringIO(text),
        sep=separator or r"\s+",
        skipinitialspace=separator != "\t",
        index_col=False,
        low_memory=False,
        **({"dtype": str, "na_filter": False} if as_text else {}),
    )
    table.columns = header
    return table.apply(lambda column: column.str.strip()) if as_text else table


def listed(names: Iterable[object]) -> str:
    """Return names for a message of one line; those that would break it are quoted."""
    texts = map(str, names)
    return ", ".join(text if text.isprintable() else repr(text) for text in texts)


def column_of(
    path: PathLike, table: pd.DataFrame, name: str, separator: str | None
) -> pd.Series:
    """Return a column of a table by its name, or say which columns there are."""
    if name not in table:
        raise ValueError(
            f"{path} has no column {name!r}; it has {listed(table.columns)}"
            f"{_hint(list(table.columns), separator)}."
        )
    return table[name]


def separator_of(path: PathLike, *, others: bool) -> str | None:
    """Return what separates fields by the name of a file: .csv, .tsv, or with .gz.

    With `others`, any other name means white space; without, it is an error.
    """
    name = Path(path).name.lower().removesuffix(".gz").removesuffix(".bgz")
    suffix = Path(name).suffix
    if suffix not in _SEPARATORS and not others:
        raise ValueError(f"{path} must end in .csv or .tsv, or those with .gz.")
    return _SEPARATORS.get(suffix)


def _is_tabbed(text: str) -> bool:
    """Return whether all lines have the tabs of the first, whose fields are words."""
    lines = [line for line in text.split("\n") if line.strip()]
    n_tabs = lines[0].count("\t") if lines else 0
    words = n_tabs and len(lines[0].split()) == n_tabs + 1
    return bool(words) and all(line.count("\t") == n_tabs for line in lines)


def _ends_whole(file: BinaryIO) -> bool:
    """Return whether a file that bgzip wrote has its last block."""
    file.seek(0, io.SEEK_END)
    if file.tell() < len(_BGZIP_END):
        return False
    file.seek(-len(_BGZIP_END), io.SEEK_END)
    return file.read() == _BGZIP_END


def _check_layout(path: PathLike, text: str, separator: str | None) -> list[str]:
    """Return the header if names are unique and every row has as many fields.

    pandas would fill short rows and rename duplicates without a word.
    """
    rows = _rows(path, text, separator)
    header = next(rows, None)
    if header is None:
        raise ValueError(f"{path} is empty.")
    _check_header(path, header)
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise ValueError(
                f"{path} row {number} has {len(row)} fields; the header has "
                f"{len(header)}{_hint(header, separator)}."
            )
    return header


def _rows(path: PathLike, text: str, separator: str | None) -> Iterator[list[str]]:
    """Yield the fields of each row that is not blank: as pandas knows blanks."""
    source: Iterable[str] = io.StringIO(text, newline="")
    if separator is None:
        # Runs of blanks separate like one, and tabs like blanks.
        source = (line.strip(" \t\n").replace("\t", " ") + "\n" for line in source)
    reader = csv.reader(
        source,
        delimiter=separator or " ",
        skipinitialspace=separator != "\t",
        strict=True,
    )
    try:
        for row in reader:
            if len(row) > 1 or (row and row[0].strip(" \t")):
                yield [field.strip() for field in row]
    except csv.Error as error:
        raise ValueError(
            f"{path} line {reader.line_num} cannot be read: {error}."
        ) from None


def _check_header(path: PathLike, header: list[str]) -> None:
    if all(_is_number(name) for name in header):
        raise ValueError(
            f"{path} must start with a header line of column names; "
            f"got numbers: {listed(header[:3])}, ..."
        )
    for position, name in enumerate(header, start=1):
        if not name:
            index = "" if position > 1 else " (row names of pandas? write index=False)"
            raise ValueError(
                f"{path} column {position} has no name in the header{index}."
            )
        if header.index(name) != position - 1:
            raise ValueError(f"{path} has two columns named {name!r}.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _hint(header: list[str], separator: str | None) -> str:
    """Return what else seems to separate the fields of a header, if anything does."""
    others = [other for other in (";", "\t", ",") if other != separator]
    if len(header) > 2 or separator is None:
        others = [other for other in others if other != "\t"]
    for other in others:
        if any(other in name for name in header):
            return (
                f"; {_NAMES[other]} seem to separate its fields, where the file's name "
                f"says {_NAMES[separator]}"
            )
    return ""
