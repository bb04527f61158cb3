"""Store heavy steps as tables, and compare what ran with what was published.

A chapter makes one `Store` and wraps each heavy step::

    store = results.Store("5-nid", size=size, recompute=recompute, compute=compute)
    table = store.stored_or_run("table-2", run_table_2, {"n_trials": 3, "seed": 0})

The step's function is called with its settings, ``run_table_2(n_trials=3, seed=0)``,
and returns a tidy DataFrame, or ``(DataFrame, dict)`` where the dict goes into the
manifest (an ensemble's plan, say). Its table is loaded instead when step name,
settings, data checksums and the hand-raised `revision` match; what else was recorded
(commit, versions, device, threads, seconds, date) is shown and never compared.

A step of an hour is cut into parts that are stored one by one, so that a killed run
continues at the part it was in::

    parts = [{"function": f, "trials": [t]} for f in ("F1", "F2") for t in range(3)]
    store.stored_or_run("table-2", run_trials, {"seed": 0}, parts=parts)

which calls ``run_trials(seed=0, function="F1", trials=[0])`` and so on, and joins the
tables in the order of `parts`.

Files. Each table is a CSV file beside a JSON manifest that holds the table's sha256, so
the two cannot disagree unnoticed: local ones in `_build/results/<chapter>/<size>/`, the
committed ones of the paper-size run in `data/results/paper/<chapter>/` with a single
`manifest.json`. Published numbers are read from `book/published/<chapter>.csv`.

On the command line::

    python -m helpers.results scoreboard                   # every claim and its verdict
    python -m helpers.results scoreboard --size paper --csv scoreboard.csv
    python -m helpers.results publish 5-nid                # commit a paper-size run
"""

from helpers.press.results.chapters import (
    mark_complete,
    publish,
    scoreboard,
    verdict_counts,
)
from helpers.press.results.command import main
from helpers.press.results.files import ROOT, DamagedError, to_json, write_whole
from helpers.press.results.provenance import duration, here_and_now
from helpers.press.results.published import read_published, verdict
from helpers.press.results.store import RUN, SIZES, Store
from helpers.press.results.tables import Markdown, to_markdown

__all__ = [
    "ROOT",
    "RUN",
    "SIZES",
    "DamagedError",
    "Markdown",
    "Store",
    "duration",
    "here_and_now",
    "main",
    "mark_complete",
    "publish",
    "read_published",
    "scoreboard",
    "to_json",
    "to_markdown",
    "verdict",
    "verdict_counts",
    "write_whole",
]
