"""BED files: intervals of a genome, one a line, counted from 0, the end left out."""

from collections.abc import Iterator

from helpers.data.kinds import PathLike
from helpers.loaders import text

LONGEST = 2**31 - 1  # bp; BED coordinates have 32 bits
_HEADERS = ("#", "track", "browser")  # lines that hold no interval start so


def intervals(path: PathLike) -> Iterator[tuple[int, list[str], int, int]]:
    """Yield the intervals of a BED file, plain or compressed, in file order.

    Tabs separate the fields of a line that holds two or more, else white space.
    Blank lines and those that start with ``#``, ``track`` or ``browser`` are skipped.

    Yields
    ------
    int
        Line of the file, from 1.
    list of str
        All fields; the first is the chromosome.
    int, int
        Start and end, bp.

    Raises
    ------
    FileNotFoundError, ValueError
        As `text.read_text`; or if a line has fewer than three fields, or start and
        end are no whole numbers with 0 <= start < end.
    """
    for number, line in text.lines(path):
        if line.startswith(_HEADERS) and _is_header(line):
            continue
        fields = line.split("\t")
        if len(fields) < 3:
            fields = line.split()
        elif " " in line:
            fields = [field.strip() for field in fields]
        problem = _problem(fields)
        if problem:
            raise ValueError(f"{path} line {number} {problem}.")
        yield number, fields, int(fields[1]), int(fields[2])


def _is_header(line: str) -> bool:
    """Return whether the first word is a header, not a name that starts like one."""
    return line[0] == "#" or line.split(None, 1)[0] in _HEADERS


def _problem(fields: list[str]) -> str | None:
    """Return what is wrong with the fields of a line, if anything."""
    if len(fields) < 3:
        return f"must have chromosome, start and end; got {len(fields)} fields"
    chromosome, start, end = fields[:3]
    if not chromosome:
        return "must name its chromosome"
    # isdigit alone also takes superscripts, isdecimal the digits of other scripts
    if not (start.isdigit() and end.isdigit() and (start + end).isascii()):
        return f"must have whole numbers as start and end; got {start!r} and {end!r}"
    if int(start) >= int(end):
        return f"must have start below end; got {int(start)} and {int(end)}"
    if int(end) > LONGEST:
        return f"must end within {chromosome} ({LONGEST} bp); got {int(end)}"
    return None
