"""Hand the committed rates of the interaction test to its answers."""

import os
from pathlib import Path

import pandas as pd

from helpers.press.results.files import ROOT, write_whole
from helpers.press.results.store import Store
from helpers.significance.interaction import calibrated
from helpers.studies import calibration


def rates_for_answers(root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return what answers say of their error rates, by the committed trials."""
    store = Store("calibration", size="paper", root=root)
    table = store.paper("trials", partial=True)
    return calibration.for_answers(calibration.rates(table, calibration.cells("paper")))


def write_rates(root: str | os.PathLike = ROOT) -> Path:
    """Write them beside the test; return where."""
    folder = Path(root, *calibrated.__name__.split(".")[:-1])
    text = rates_for_answers(root).to_csv(index=False, lineterminator="\n")
    write_whole(folder / calibrated.TABLE, text)
    return folder / calibrated.TABLE
