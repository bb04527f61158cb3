"""Where the book stands: what its pages took, which verdicts there are, what waits.

    python -m helpers.status record --size quick   # keep what the pages took here
    python -m helpers.status readme                # bring README.md's table up to date

The status page and README.md say what these tables say. What a page took is recorded by
its run (`_build/<size>/runs/<page>.json`) and, where `record` was told to, committed in
`data/results/times.csv`; what a paper-size step took, in its manifest.
"""

from helpers.press.status.readme import readme, write_readme
from helpers.press.status.tables import (
    newest_times,
    pages_table,
    verdicts_table,
    waiting_table,
)
from helpers.press.status.times import read_times, record, times_here

__all__ = [
    "newest_times",
    "pages_table",
    "read_times",
    "readme",
    "record",
    "times_here",
    "verdicts_table",
    "waiting_table",
    "write_readme",
]
