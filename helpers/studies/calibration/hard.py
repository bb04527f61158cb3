"""Trials on tables as people have them, and of ways to test that are options.

How they are read, fixed before any ran: tables in which some pairs do not interact by
the rule of the page (`verdict_of`), each way of testing for itself. Trees that have
seen the rows should fail it, those that have not should not. An option is worth taking
where it holds and finds more than the test as it is. In `MEANING_TABLES` calls of true
pairs are counted: half of the data sets with one or more show what the row says.
"""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from helpers import checks
from helpers.device import Device
from helpers.significance.calibration import exact_interval
from helpers.significance.interaction import Answer, Settings, interaction_test
from helpers.studies.calibration.rates import over_data_sets, verdict_of
from helpers.studies.calibration.trials import counted
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

#: Ways to test: as it is, with all other parts learned from, with called pairs taken
#: out, and with trees trained elsewhere, on the rows given or on others.
WAYS = ("as it is", "crossed", "step-down", "trees, unseen", "trees, seen")
#: Data sets of a part, and seeds of one experiment.
A_PART, SEEDS = 20, 1_000_000
#: Trees of a model that was trained elsewhere.
TREES = 60
#: Tables of many pairs, a quarter of an hour and more for a hundred: they wait.
SLOW = ("forty features", "two hundred features")
#: Tables of other kinds in which the option `crossed` is tried, too.
CROSSED = (
    "2 %, independent", "yes or no", "yes or no, alleles", "motif matches",
    "batch of a feature", "category, pair", "groups", "alleles, six pairs", "bent pair",
)  # fmt: skip
#: Columns of a false call and of true ones, after Holm and by `p_step`.
HOLM, STEPPED = ("any_holm", "true_holm"), ("any_step", "true_step")
#: Data sets of a table.
SETS = {"smoke": 1, "quick": 2, "paper": 100}


def hard_parts(size: str) -> list[dict]:
    """Return the parts: the first data sets of everything, then more of options."""
    checks.one_of("size", size, tuple(SETS))
    if size != "paper":
        return [_part("few rows", "as it is", 0, SETS[size])]
    trees = [("additive", "trees, seen"), ("additive", "trees, unseen")]
    options = [
        (name, way) for way in ("as it is", "crossed", "step-down")
        for name in COMPARED_TABLES
    ]  # fmt: skip
    options += [(name, "crossed") for name in CROSSED]
    told = [*OWN_TABLES, *TOLD_TABLES]
    options += [(name, "as it is") for name in told if name not in SLOW]
    rest = [(name, "as it is") for name in (*NULL_TABLES, *MEANING_TABLES)]
    rest = [*trees, *(asked for asked in rest if asked not in options)]
    later = range(A_PART, SETS["paper"], A_PART)
    rounds = [(0, rest + options)]
    rounds += [(first, asked) for asked in (options, rest) for first in later]
    return [
        _part(name, way, first, A_PART)
        for first, asked in rounds
        for name, way in asked
    ]


def _part(name: str, way: str, first: int, n_sets: int) -> dict:
    return {
        "table": name,
        "n_rows": HARD_TABLES[name].rows,
        "way": way,
        "first_set": first,
        "n_sets": n_sets,
    }


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
        table, n_rows, way, data_set, seconds, then as `trials`; any_step, true_step
        (as any_holm and true_holm, by `p_step`; NaN without it).
    """
    checks.one_of("way", way, WAYS)
    rows = []
    for number in range(first_set, first_set + n_sets):
        data_seed = seed * SEEDS + number
        data, learner = _asked(table, n_rows, way, data_seed)
        started = time.process_time()
        answer = interaction_test(
            data.X,
            data.y,
            family=data.family,
            blocks=data.blocks,
            covariates=data.covariates,
            groups=data.groups,
            seed=data_seed,
            device=device,
            **learner,
        )
        about = {"table": table, "n_rows": n_rows, "way": way, "data_set": number}
        seconds = round(time.process_time() - started, 2)
        # Counts, and their steps, say what `trials` says.
        counts = counted(answer, data)  # type: ignore[arg-type]  # has what it reads
        rows.append(about | {"seconds": seconds} | counts | _steps(answer, data))
    return pd.DataFrame(rows)


def _asked(table: str, n_rows: int, way: str, seed: int) -> tuple[Drawn, dict]:
    """Return a data set, and the arguments that make a way of testing."""
    default = Settings()
    if way == "crossed":
        return draw_hard(table, n_rows, seed), {
            "settings": replace(default, crossed=True)
        }
    if way == "step-down":
        return draw_hard(table, n_rows, seed), {
            "settings": replace(default, step_down=True)
        }
    if way == "as it is":
        return draw_hard(table, n_rows, seed), {}
    both = draw_hard(table, 2 * n_rows, seed)  # one function, other rows
    mine, others = slice(0, n_rows), slice(n_rows, None)
    learn = mine if way == "trees, seen" else others
    trees = HistGradientBoostingRegressor(max_iter=TREES, random_state=0)
    trees.fit(both.X[learn], both.y[learn])
    data = replace(both, X=both.X[mine], y=both.y[mine], mean=both.mean[mine])
    return data, {"fitted": trees, "unseen": True}


def _steps(answer: Answer, data: Drawn) -> dict:
    """Return the calls by `p_step`, where the answer has it."""
    if "p_step" not in answer.table:
        return {"any_step": np.nan, "true_step": np.nan}
    place = {name: k for k, name in enumerate(answer.features)}
    called = answer.table.loc[answer.table["p_step"] <= 0.05, "pair"]
    numbers = [tuple(sorted(place[name] for name in pair)) for pair in called]
    true = sum(pair in data.true_pairs for pair in numbers)
    return {"any_step": float(true < len(numbers)), "true_step": float(true)}


def hard_rates(trials: pd.DataFrame) -> pd.DataFrame:
    """Return error rates of every table and way that ran, as `rates` does.

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
    for (table, way), own in trials.groupby(["table", "way"], sort=False):
        some = own[own["n_null"] > 0]
        n_true, n = own["n_true"].sum(), len(some)
        row = {"table": table, "way": way, "n_rows": own["n_rows"].iloc[0], "sets": n}
        any_false, found = STEPPED if way == "step-down" else HOLM
        rate = (some["called_05"] / some["n_null"]).to_numpy()
        if way == "step-down":  # has calls of its own, and no p before correction
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
