"""The interaction test on real tables: what returns, and what is called by mistake.

Nobody knows the truth of a real table. Two things can be asked all the same. *Halves*:
two sets of rows without a day, or a place, in common; does a pair that is called in one
return in the other? *Made outcomes*: the features stay as they are and the outcome is
drawn from a sum of steps of single features, fitted to the table, so that no pair
interacts; how often is one called?

Declared before the first run. A called pair *returns* if, among the pairs called in the
one half, Holm calls it in the other; expected: more than half do. Made outcomes are
read by the rule of the calibration page (`calibration.rates.verdict_of`), and expected
to hold.
"""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)

from helpers import checks, datasets
from helpers.device import Device
from helpers.significance.interaction import Answer, interaction_test
from helpers.studies.calibration.trials import counted
from helpers.studies.nid.worlds import REAL
from helpers.studies.own_table.rankings import network_rankings
from helpers.studies.stores import Store
from helpers.truth.drawn_tables import Drawn

#: Degrees of latitude and longitude of what counts as one place.
PLACE = 0.2
#: Steps of single features that a made outcome is the sum of.
STEPS = 300
#: Data sets of one stored part of made outcomes.
A_PART = 5
#: What a question about the widest table takes at paper size, about.
MINUTES = {"halves": 20, "made": 60, "rankings": 1}
#: What the two halves are called in tables.
HALVES = ("one", "other")


@dataclass(frozen=True)
class RealTable:
    """A real table as the test is given it.

    Parameters
    ----------
    X : DataFrame, shape (n, n_features)
        The columns without gaps.
    y : array, shape (n,)
    family : {"gaussian", "binomial"}
    groups : array, shape (n,), optional
        Day or place of each row, where rows of one are alike.
    """

    X: pd.DataFrame
    y: np.ndarray
    family: str
    groups: np.ndarray | None


def real_table(name: str) -> RealTable:
    """Return a table of Figure 5 of the study as the test is given it.

    Of bikes the logarithm of 1 + the count, rows of one day are a group; of houses,
    rows of one place of `PLACE` degrees.

    Raises
    ------
    DatasetUnavailable
        If the data are nowhere to be found.
    """
    data = datasets.load(checks.one_of("name", name, tuple(REAL)))
    X = data.X.loc[:, data.X.notna().all()]
    y, groups = data.y.to_numpy(float), None
    if name == "bike_sharing":  # rows stand in the order of hours
        new_day = (X["hr"].diff() < 0) | (X["weekday"].diff() != 0)
        y, groups = np.log1p(y), new_day.cumsum().to_numpy() - 1
    if name == "california_housing":
        place = (X[["Latitude", "Longitude"]] / PLACE).round()
        groups = place.groupby(list(place)).ngroup().to_numpy()
    family = "gaussian" if data.task == "regression" else "binomial"
    return RealTable(X, y, family, groups)


def halves(table: RealTable, n_rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two sets of at least `n_rows` rows, whole groups each, none in both.

    Raises
    ------
    ValueError
        If the table has fewer than twice as many rows.
    """
    n_rows = checks.integer("n_rows", n_rows, at_least=1, at_most=len(table.y) // 2)
    groups = np.arange(len(table.y)) if table.groups is None else table.groups
    order = np.random.default_rng(seed).permutation(groups.max() + 1)
    sizes = np.bincount(groups)[order].cumsum()
    cut = int(np.searchsorted(sizes, n_rows)) + 1
    end = int(np.searchsorted(sizes, sizes[cut - 1] + n_rows)) + 1
    one, other = (np.isin(groups, some) for some in (order[:cut], order[cut:end]))
    return np.flatnonzero(one), np.flatnonzero(other)


def _varying(X: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that are not constant."""
    return X.loc[:, np.ptp(X.to_numpy(float), axis=0) > 0]


def _asked(
    table: RealTable, rows: np.ndarray, y: np.ndarray, seed: int, device: Device
) -> Answer:
    """Return what the test says of some rows; columns that are constant there go."""
    X = table.X.iloc[rows]
    return interaction_test(
        _varying(X),
        y,
        family=table.family,
        groups=None if table.groups is None else table.groups[rows],
        seed=seed,
        device=device,
    )


def pairs_of_halves(
    *, name: str, repeat: int, n_rows: int, seed: int, device: Device = "auto"
) -> pd.DataFrame:
    """Test all pairs in two halves of a table.

    Parameters
    ----------
    name : str
        A key of `REAL`.
    repeat : int
        Which draw of two halves.
    n_rows : int
        Rows of a half, or a few more: groups stay whole.
    seed, device

    Returns
    -------
    DataFrame
        A row a half and pair: name, repeat, half ("one", "other"), rows, pair (text),
        estimate, low, high, z, p, p_holm (NaN where the test cannot tell).
    """
    table = real_table(name)
    own_seed = 1_000 * seed + repeat
    found = []
    for half, rows in zip(HALVES, halves(table, n_rows, own_seed), strict=True):
        answer = _asked(table, rows, table.y[rows], own_seed, device)
        own = answer.table[["estimate", "low", "high", "z", "p", "p_holm"]].round(6)
        own = own.where(answer.table["identifiable"])
        pairs = [" × ".join(sorted(pair)) for pair in answer.names]
        about = {"name": name, "repeat": repeat, "half": half, "rows": len(rows)}
        found.append(own.assign(**about, pair=pairs))
    columns = ["name", "repeat", "half", "rows", "pair"]
    together = pd.concat(found, ignore_index=True)
    return together[[*columns, *(c for c in together if c not in columns)]]


def additive_link(table: RealTable) -> np.ndarray:
    """Return a sum of steps of single features, fitted to the whole table, (n,).

    Boosted trees of one split each: no two features meet in a tree. Of classes, log
    odds.
    """
    settings: dict[str, Any] = {
        "max_leaf_nodes": 2,
        "max_iter": STEPS,
        "early_stopping": False,
        "random_state": 0,
    }
    if table.family == "binomial":
        trees = HistGradientBoostingClassifier(**settings).fit(table.X, table.y)
        return trees.decision_function(table.X)
    return (
        HistGradientBoostingRegressor(**settings).fit(table.X, table.y).predict(table.X)
    )


def made_outcome(
    table: RealTable, link: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return an outcome in which no pair interacts, and its mean, (n,) each.

    The sum and, of numbers, residuals in another order; of classes, new ones.
    """
    if table.family == "binomial":
        mean = expit(link)
        return (rng.random(len(mean)) < mean).astype(float), mean
    return link + rng.permutation(table.y - link), link


def calls_of_made(
    *,
    name: str,
    first_set: int,
    n_sets: int,
    n_rows: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test outcomes in which no pair interacts; a row a data set.

    name, n_rows, seed, device : as of `pairs_of_halves`

    Returns
    -------
    DataFrame
        table, way, n_rows, data_set, seconds, and as of `calibration.hard_trials`.
    """
    table = real_table(name)
    link = additive_link(table)
    found = []
    for number in range(first_set, first_set + n_sets):
        own_seed = 1_000_000 * (seed + 1) + number
        rows, _ = halves(table, n_rows, own_seed)
        rng = np.random.default_rng([own_seed, 5])
        y, mean = made_outcome(table, link, rng)
        started = time.process_time()
        answer = _asked(table, rows, y[rows], own_seed, device)
        seconds = round(time.process_time() - started, 2)
        drawn = Drawn(answer.values, y[rows], mean[rows], family=table.family)
        about = {"table": name, "way": "made", "n_rows": n_rows, "data_set": number}
        found.append(about | {"seconds": seconds} | counted(answer, drawn))
    return pd.DataFrame(found)


def rankings_of(
    *,
    name: str,
    n_rows: int,
    n_networks: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Rank the pairs of the first half of a table by ten networks.

    Returns
    -------
    DataFrame
        name, and as of `own_table.network_rankings`.
    """
    table = real_table(name)
    rows, _ = halves(table, n_rows, 1_000 * seed)
    X = table.X.iloc[rows]
    ranked = network_rankings(
        _varying(X),
        table.y[rows],
        family=table.family,
        n_networks=n_networks,
        max_epochs=max_epochs,
        seed=seed,
        device=device,
    )
    pairs = [" × ".join(sorted(pair.split(" × "))) for pair in ranked["pair"]]
    return ranked.assign(pair=pairs, name=name)


def steps(
    store: Store,
    names: list[str],
    *,
    stored: bool,
    n_repeats: int,
    n_made: int,
    n_networks: int,
    max_epochs: int,
    **shared: Any,
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return what has run of the three questions, and why tables are left out.

    stored : bool
        Take tables of paper size where there are any.
    **shared : n_rows and seed

    Returns
    -------
    tables : dict
        halves, made, rankings, each of all data sets.
    missing : list of str
    """
    learning = {"n_networks": n_networks, "max_epochs": max_epochs}
    firsts = range(0, n_made, A_PART)
    asked: dict[str, tuple] = {
        "halves": (pairs_of_halves, {}, [{"repeat": r} for r in range(n_repeats)]),
        "made": (
            calls_of_made,
            {},
            [{"first_set": f, "n_sets": min(A_PART, n_made - f)} for f in firsts],
        ),
        "rankings": (rankings_of, learning, None),
    }
    found: dict[str, list] = {question: [] for question in asked}
    missing = []
    for name in names:
        try:
            data = {name: datasets.checksum(name)}
        except datasets.DatasetUnavailable as reason:
            data = {}
            missing.append(f"{REAL[name]} is left out: {reason}")
        for question, (function, own, parts) in asked.items():
            step = f"{question}-{name.replace('_', '-')}"
            table = store.paper(step, partial=True)
            if data and (table is None or not stored):
                ran = store.stored_or_run(
                    step,
                    function,
                    {"name": name, **own, **shared},
                    parts=parts,
                    data=data,
                    estimate_minutes=MINUTES[question],
                    partial=True,
                )
                table = table if ran is None else ran
            if table is not None:
                found[question].append(table)
    tables = {q: pd.concat(t, ignore_index=True) for q, t in found.items() if t}
    return tables, missing
