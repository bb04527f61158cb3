"""Trials with one small network of scikit-learn, as readers bring it.

Fixed before any ran: one network of 32 and 16 units, stopped early, with seed 0 for all
data sets; the worlds of the other learners, their data sets and the rule of the page.
Expected: levels as with the default learner, since the test asks nothing of a learner
but a direction; fewer true pairs, since one network proposes worse than five.
"""

import time

import pandas as pd
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers import checks
from helpers.device import Device
from helpers.significance.interaction import interaction_test
from helpers.studies.calibration.plan import LEARNED, SETS_A_PART, Cell
from helpers.studies.calibration.trials import CHOSEN_ON, SEEDS, counted
from helpers.studies.calibration.worlds import sampler

LEARNER = "one network"
ROWS, SETS = 1000, 100


def network_cells(size: str) -> list[Cell]:
    """Return what is planned: worlds, rows and data sets."""
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    if size != "paper":
        return [Cell("strong product", 500, LEARNER, 2)]
    return [Cell(world, ROWS, LEARNER, SETS) for world in LEARNED]


def network_parts(size: str) -> list[dict]:
    """Return the parts of what is planned, the first of every world before others."""
    found = [
        {
            "world": cell.world,
            "n_rows": cell.n_rows,
            "first_set": first,
            "n_sets": min(SETS_A_PART[0], cell.n_sets),
        }
        for cell in network_cells(size)
        for first in range(0, cell.n_sets, SETS_A_PART[0])
    ]
    return sorted(found, key=lambda part: part["first_set"])


def network_trials(
    *,
    world: str,
    n_rows: int,
    first_set: int,
    n_sets: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test data sets of one world with one network; return a row a data set.

    Parameters and columns as of `trials`, whose data sets have the same seeds.
    """
    draw, rows = sampler(world), []
    for number in range(first_set, first_set + n_sets):
        data_seed = seed * SEEDS + CHOSEN_ON + number
        data = draw(n_rows, data_seed)
        started = time.process_time()
        answer = interaction_test(
            data.X, data.y, model=_network(), seed=data_seed, device=device
        )
        about = {
            "world": world,
            "n_rows": n_rows,
            "learner": LEARNER,
            "data_set": number,
            "seconds": round(time.process_time() - started, 2),
        }
        rows.append(about | counted(answer, data))
    return pd.DataFrame(rows)


def joined(*tables: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return trials of several steps in one table; None where none has run."""
    known = [table for table in tables if table is not None]
    return pd.concat(known, ignore_index=True) if known else None


def _network() -> object:
    return make_pipeline(
        StandardScaler(),
        MLPRegressor(
            hidden_layer_sizes=(32, 16),
            early_stopping=True,
            max_iter=1000,
            random_state=0,
        ),
    )
