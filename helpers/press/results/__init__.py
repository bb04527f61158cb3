"""Store heavy steps as tables, and compare what ran with what was published.

A chapter makes one `Store` and wraps each heavy step::

    store = results.Store("5-nid", size=size, recompute=recompute, compute=compute)
    table = store.stored_or_run("table-2", run_table_2, {"n_trials": 3, "seed": 0})

The step is a function of a module and is called with its settings,
``run_table_2(n_trials=3, seed=0)``; it returns a tidy DataFrame, or
``(DataFrame, dict)`` where the dict goes into the manifest (an ensemble's plan, say).
Its table is loaded instead when step name, all arguments, the constants that the
function reads, data checksums and the hand-raised `revision` match (`steps`). What
else was recorded (commit, versions, device, threads, seconds, date) is shown and never
compared. A hash of the code that the step rests on (`code`) is compared at smoke and
quick size; at paper size a table of other code is shown and marked.

A step of an hour is cut into parts that are stored one by one, so that a killed run
continues at the part it was in::

    parts = [{"function": f, "trials": [t]} for f in ("F1", "F2") for t in range(3)]
    store.stored_or_run("table-2", run_trials, {"seed": 0}, parts=parts)

which calls ``run_trials(seed=0, function="F1", trials=[0])`` and so on, and joins the
tables in the order of `parts`.

Files. Each table is a CSV file beside a JSON manifest that holds the table's sha256, so
the two cannot disagree unnoticed. The book's own runs keep theirs in
`_build/results/<chapter>/<size>/`, all others in `_build/explored/`; tables of one step
with other settings lie side by side. Committed ones of the paper-size run are in
`data/results/paper/<chapter>/` with a single `manifest.json`, and in `parts/` below it
those of steps that are not whole yet. Published numbers are read from
`book/published/<chapter>.csv`.

On the command line::

    python -m helpers.results scoreboard                   # every claim and its verdict
    python -m helpers.results scoreboard --size paper --csv scoreboard.csv
    python -m helpers.results publish 5-nid                # commit a paper-size run
    python -m helpers.results publish 5-nid fig-10         # one step, or its parts
    python -m helpers.results check                        # what deserves a look
    python -m helpers.results verify 5-nid --cells 5       # compute some cells again
    python -m helpers.results verify 5-nid --each-step --keep   # and say it on the page
    python -m helpers.results needs --size quick           # for cluster profiles
"""

from helpers.press.results.again import verify
from helpers.press.results.chapters import (
    scoreboard,
    verdict_counts,
    verdict_words,
)
from helpers.press.results.checking import check
from helpers.press.results.command import main
from helpers.press.results.files import ROOT, DamagedError, to_json, write_whole
from helpers.press.results.provenance import describe, duration, here_and_now, machine
from helpers.press.results.published import read_published, verdict
from helpers.press.results.publishing import mark_complete, notice_deleted, publish
from helpers.press.results.store import ONLY_STEPS, OWN_RUN, RUN, SIZES, Store
from helpers.press.results.tables import Markdown, escaped, to_markdown

__all__ = [
    "ONLY_STEPS",
    "OWN_RUN",
    "ROOT",
    "RUN",
    "SIZES",
    "DamagedError",
    "Markdown",
    "Store",
    "check",
    "describe",
    "duration",
    "escaped",
    "here_and_now",
    "machine",
    "main",
    "mark_complete",
    "notice_deleted",
    "publish",
    "read_published",
    "scoreboard",
    "to_json",
    "to_markdown",
    "verdict",
    "verdict_counts",
    "verdict_words",
    "verify",
    "write_whole",
]
