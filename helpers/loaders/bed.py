"""BED files: intervals of a genome, one a line, counted from 0, the end left out."""

from collections.abc import Iterator

from helpers.loaders import text

LONGEST = 2**31 - 1  # bp; BED coordinates have 32 bits
_HEADERS = ("track", "browser")  # first words of lines that hold no interval


def intervals(path) -> Iterator[tuple[str, list[str], int, int]]:
    """Yield the intervals of a BED file, plain or compressed, in file order.

    Tabs separate the fields of a line that holds two or more, else white space.
    Blank lines and those that start with ``#``, ``track`` or ``browser`` are skipped.

    Yields
    ------
    str
        File and line, for messages.
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
        if line.startswith("#") or line.split(None, 1)[0] in _HEADERS:
            continue
        tabbed = line.count("\t") > 1
        fields = [f.strip() for f in line.split("\t")] if tabbed else line.split()
        problem = _problem(fields)
        if problem:
            raise ValueError(f"{path} line {number} {problem}.")
        yield f"{path} line {number}", fields, int(fields[1]), int(fields[2])


def _problem(fields: list[str]) -> str | None:
    """Return what is wrong with the fields of a line, if anything."""
    if len(fields) < 3:
        return f"must have chromosome, start and end; got {len(fields)} fields"
    chromosome, start, end = fields[:3]
    if not chromosome:
        return "must name its chromosome"
    # isdigit alone also takes superscripts, isdecimal the digits of other scripts
    if not all(field.isascii() and field.isdigit() for field in (start, end)):
        return f"must have whole numbers as start and end; got {start!r} and {end!r}"
    if int(start) >= int(end):
        return f"must have start below end; got {int(start)} and {int(end)}"
    if int(end) > LONGEST:
        return f"must end within {chromosome} ({LONGEST} bp); got {int(end)}"
    return None
