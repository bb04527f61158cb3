"""Data sets of several worlds: those stored, or as many as are asked for, in parts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from helpers import checks
from helpers.studies.stores import Store

#: Of the test of each pair: since 2 what is said of other pairs is taken out.
REVISION = 2


class StoredWorld(NamedTuple):
    """A world's step, the settings that make it, and its first data set's number."""

    step: str
    settings: dict
    first: int = 0


def step_of(*words: str) -> str:
    """Return the name of a step: words and signs joined by dashes."""
    return "-".join(" ".join(words).replace(",", "").replace("/", "").split())


def rows_of_sets(
    numbers: Sequence[int], of_set: Callable[[int], pd.DataFrame]
) -> pd.DataFrame:
    """Return the rows of several data sets, as a step stores them."""
    checks.not_empty(numbers=numbers)
    return pd.concat(map(of_set, numbers), ignore_index=True)


def asked_worlds(
    store: Store,
    ask: Callable[..., pd.DataFrame],
    worlds: Mapping[str, StoredWorld],
    *,
    count: int,
    in_part: int,
    minutes: float,
    revision: int = REVISION,
    **shared: Any,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the worlds, computed where `count` data sets are asked for.

    Parameters
    ----------
    store : Store
    ask : callable
        (numbers=, **settings) -> DataFrame, of the data sets of these numbers.
    worlds : mapping
        By name.
    count : int
        Data sets of each; 0: the stored ones, and worlds without any are left out.
    in_part : int
        Data sets that are stored together.
    minutes : float
        That one data set takes.
    revision : int
        Of what is asked.
    **shared
        Settings of all worlds.
    """
    tables = {}
    for name, world in worlds.items():
        if not count:
            table = store.paper(world.step, partial=True)
        else:
            numbers = [world.first + k for k in range(count)]
            table = store.stored_or_run(
                world.step,
                ask,
                world.settings | shared,
                parts=[
                    {"numbers": numbers[k : k + in_part]}
                    for k in range(0, count, in_part)
                ],
                revision=revision,
                estimate_minutes=count * minutes,
                partial=True,
            )
        if table is not None:
            tables[name] = table
    return tables
