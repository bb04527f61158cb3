"""Hand what is committed to the package: error rates to answers, cells to users."""

import os
from pathlib import Path

import pandas as pd

from helpers.press.results.files import ROOT, write_whole
from helpers.press.results.store import Store
from helpers.significance.interaction import calibrated
from helpers.studies import calibration
from helpers.studies.matrix import own, plan, tables


def rates_for_answers(root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return what answers say of their error rates, by the committed trials."""
    store = Store("calibration", size="paper", root=root)
    hard, trials, threes = (
        store.paper(name, partial=True) for name in ("hard", "trials", "threes")
    )
    return calibration.for_answers(
        calibration.rates(trials, calibration.cells("paper")),
        None if hard is None else calibration.hard_rates(hard),
        calibration.rates(threes, calibration.threes_cells("paper")),
    )


def write_rates(root: str | os.PathLike = ROOT) -> Path:
    """Write them beside the test; return where."""
    folder = Path(root, *calibrated.__name__.split(".")[:-1])
    text = rates_for_answers(root).to_csv(index=False, lineterminator="\n")
    write_whole(folder / calibrated.TABLE, text)
    return folder / calibrated.TABLE


def stored_cells(root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return what the package keeps of the committed cells of chapter 6."""
    store = Store("6-matrix", size="paper", root=root)
    found = [store.paper(name, partial=True) for name in plan.steps("paper")]
    known = [table for table in found if table is not None]
    if not known:
        return pd.DataFrame(columns=["method", "truth", "ap", "seconds"])
    return tables.compact(tables.summary(pd.concat(known, ignore_index=True)))


def write_cells(root: str | os.PathLike = ROOT) -> Path:
    """Write them beside `helpers.benchmark`; return where."""
    folder = Path(root, *own.__name__.split(".")[:-1])
    text = stored_cells(root).to_csv(index=False, lineterminator="\n")
    write_whole(folder / own.TABLE, text)
    return folder / own.TABLE
