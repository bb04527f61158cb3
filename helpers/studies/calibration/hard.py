"""Trials on tables as people have them, and of ways to test that are options.

How they are read, fixed before any ran: tables in which some pairs do not interact by
the rule of the page (`verdict_of`), each way of testing for itself. Trees that have
seen the rows should fail it, those that have not should not. An option is worth taking
where it holds and finds more than the test as it is. In `MEANING_TABLES` calls of true
pairs are counted: half of the data sets with one or more show what the row says.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from helpers import checks
from helpers.device import Device
from helpers.significance.calibration import exact_interval
from helpers.significance.interaction import Settings
from helpers.studies.calibration.plan import AS_IT_IS, CROSSED
from helpers.studies.calibration.rates import over_data_sets, verdict_of
from helpers.studies.calibration.trials import tested
from helpers.truth.drawn_tables import Drawn
from helpers.truth.hard_tables import (
    COMPARED_TABLES,
    HARD_TABLES,
    MEANING_TABLES,
    NULL_TABLES,
    draw_hard,
)
from helpers.truth.own_tables import OWN_TABLES
from helpers.truth.told_tables import TOLD_TABLES

#: Called pairs are taken out of the others.
STEP_DOWN = "step-down"
#: Ways to test: as it is, with all other parts learned from, with called pairs taken
#: out, and with trees trained elsewhere, on the rows given or on others.
WAYS = (AS_IT_IS, CROSSED, STEP_DOWN, "trees, unseen", "trees, seen")
#: Those that are settings of the test.
OPTIONS = WAYS[:3]
#: Data sets of a part, and seeds of one experiment.
A_PART, SEEDS = 20, 1_000_000
#: Trees of a model that was trained elsewhere.
TREES = 60
#: Tables of many pairs, a quarter of an hour and more for a hundred: they wait.
SLOW = ("forty features", "two hundred features")
#: Tables of other kinds in which the option `crossed` is tried, too.
CROSSED_TABLES = (
    "2 %, independent", "yes or no", "yes or no, alleles", "motif matches",
    "batch of a feature", "category, pair", "groups", "alleles, six pairs", "bent pair",
)  # fmt: skip
#: Columns of a false call and of true ones, after Holm and by `p_step`.
HOLM, STEPPED = ("any_holm", "true_holm"), ("any_step", "true_step")
#: Data sets of a table.
SETS = {"smoke": 1, "quick": 2, "paper": 100}
#: Tables that are asked as the worlds of the page are: how often, with how many rows.
AS_WORLDS, WORLD_SETS, WORLD_ROWS = (
    ("DNA, sites", "DNA, pair", "DNA, composition"),
    200,
    (1000, 3000),
)


def hard_parts(size: str) -> list[dict]:
    """Return the parts: the first data sets of everything, then more of options."""
    checks.one_of("size", size, tuple(SETS))
    if size != "paper":
        return [_part("few rows", AS_IT_IS, 0, SETS[size])]
    trees = [("additive", "trees, seen"), ("additive", "trees, unseen")]
    options = [
        (name, way) for way in OPTIONS for name in COMPARED_TABLES
    ]  # fmt: skip
    options += [(name, CROSSED) for name in CROSSED_TABLES]
    told = [*OWN_TABLES, *TOLD_TABLES]
    options += [(name, AS_IT_IS) for name in told if name not in SLOW]
    rest = [(name, AS_IT_IS) for name in (*NULL_TABLES, *MEANING_TABLES)]
    rest = [*trees, *(asked for asked in rest if asked not in options)]
    later = range(A_PART, SETS["paper"], A_PART)
    rounds = [(0, rest + options)]
    rounds += [(first, asked) for asked in (options, rest) for first in later]
    parts = [
        _part(name, way, first, A_PART)
        for first, asked in rounds
        for name, way in asked
    ]
    more = [
        _part(name, AS_IT_IS, first, A_PART) | {"n_rows": n_rows}
        for n_rows in WORLD_ROWS
        for first in range(0, WORLD_SETS, A_PART)
        for name in AS_WORLDS
    ]
    return parts + [part for part in more if part not in parts]


def _part(name: str, way: str, first: int, n_sets: int) -> dict:
    return {
        "table": name,
        "n_rows": HARD_TABLES[name].rows,
        "way": way,
        "first_set": first,
        "n_sets": n_sets,
    }


def planned_sets(table: str) -> int:
    """Return how many data sets of a hard table are planned at paper size."""
    return WORLD_SETS if table in AS_WORLDS else SETS["paper"]


def hard_trials(
    *,
    table: str,
    n_rows: int,
    way: str,
    first_set: int,
    n_sets: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test data sets of one table; return what was called, a row a data set.

    Parameters
    ----------
    table : str
        One of `truth.hard_tables.HARD_TABLES`.
    n_rows : int
    way : str
        One of `WAYS`.
    first_set, n_sets : int
        Numbers of the data sets.
    seed : int
        Of the experiment: data set k is drawn from seed * 1,000,000 + k.
    device

    Returns
    -------
    DataFrame
        table, n_rows, way, then as `trials.tested`.
    """
    checks.one_of("way", way, WAYS)

    def ask(number: int) -> tuple[int, Drawn, dict]:
        data_seed = seed * SEEDS + number
        data, learner = _asked(table, n_rows, way, data_seed)
        told = {
            name: getattr(data, name) for name in ("blocks", "covariates", "groups")
        }
        return data_seed, data, told | learner

    about = {"table": table, "n_rows": n_rows, "way": way}
    return tested(about, range(first_set, first_set + n_sets), ask, device)


def _asked(table: str, n_rows: int, way: str, seed: int) -> tuple[Drawn, dict]:
    """Return a data set, and the arguments that make a way of testing."""
    if way in OPTIONS:
        options = Settings(crossed=way == CROSSED, step_down=way == STEP_DOWN)
        return draw_hard(table, n_rows, seed), {"settings": options}
    both = draw_hard(table, 2 * n_rows, seed)  # one function, other rows
    mine, others = slice(0, n_rows), slice(n_rows, None)
    learn = mine if way == "trees, seen" else others
    trees = HistGradientBoostingRegressor(max_iter=TREES, random_state=0)
    trees.fit(both.X[learn], both.y[learn])
    data = replace(both, X=both.X[mine], y=both.y[mine], mean=both.mean[mine])
    return data, {"fitted": trees, "unseen": True}


def hard_rates(trials: pd.DataFrame) -> pd.DataFrame:
    """Return error rates of every table, way and size that ran, as `rates` does.

    Returns
    -------
    DataFrame
        table, way, n_rows, sets, rate, rate_low, rate_high (of null pairs with p at
        most .05, over data sets that have any), family, family_low, family_high (of
        data sets), tail (p at most .001), power (of true pairs, after Holm),
        step_family, step_power (by `p_step`), unclear, seconds, verdict (by the rule
        of the page; "" where every pair interacts)
    """
    rows: list[dict] = []
    about = ["table", "way", "n_rows"]
    for place, own in trials.groupby(about, sort=False):
        some = own[own["n_null"] > 0]
        n_true, n = own["n_true"].sum(), len(some)
        row = dict(zip(about, place, strict=True)) | {"sets": n}
        way = row["way"]
        any_false, found = STEPPED if way == STEP_DOWN else HOLM
        rate = (some["called_05"] / some["n_null"]).to_numpy()
        if way == STEP_DOWN:  # has calls of its own, and no p before correction
            rate = np.full(n, np.nan)
        row["rate"] = rate.mean() if n else np.nan
        row["rate_low"], row["rate_high"] = over_data_sets(rate)
        false = int(some[any_false].sum())
        row["family"] = false / n if n else np.nan
        row["family_low"], row["family_high"] = (
            exact_interval(false, n) if n else (np.nan, np.nan)
        )
        row["tail"] = some["called_001"].sum() / some["n_null"].sum() if n else np.nan
        row["power"] = own[found].sum() / n_true if n_true else np.nan
        row["unclear"] = own["n_unclear"].sum() / own["n_pairs"].sum()
        row["seconds"] = own["seconds"].median()
        rows.append(row | {"verdict": verdict_of(row) if n else ""})
    return pd.DataFrame(rows)
