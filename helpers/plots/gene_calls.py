"""What tests of gene pairs call, as shares with 95% intervals, for figures.

A nominal p promises its level of *pairs*, a corrected one of *data sets with any false
call*. So the two are never drawn on one axis beside one line.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from helpers.studies.gene_gene.per_pair import over_sets, share_of_sets
from helpers.studies.gene_gene.permuting import is_called

PAIRS_TITLE = "false pairs called,\nnominal p"
SETS_TITLE = "data sets with a false call,\n{}"
POWER_TITLE = "true pairs called"


def of_pairs(
    table: pd.DataFrame, column: str, keys: Sequence[str], *, level: float = 0.05
) -> pd.DataFrame:
    """Return the share of pairs called, the mean over data sets.

    Parameters
    ----------
    table : data frame
        One row a pair and data set: ``data_set``, the keys, and p-values in ``column``.
    column : str
    keys : sequence of str
        What is told apart.
    level : float

    Returns
    -------
    DataFrame
        value, low and high (95%), by the keys in their first order.
    """

    def share(rows: pd.DataFrame) -> dict[str, float]:
        return over_sets(is_called(rows[column], level), rows["data_set"], "value")

    return _by(table, keys, share)


def of_sets(
    table: pd.DataFrame, column: str, keys: Sequence[str], *, level: float = 0.05
) -> pd.DataFrame:
    """Return the share of data sets in which any of the pairs is called, likewise."""

    def share(rows: pd.DataFrame) -> dict[str, float]:
        some = is_called(rows[column], level).groupby(rows["data_set"]).any()
        return share_of_sets(some, "value")

    return _by(table, keys, share)


def means_of_sets(
    table: pd.DataFrame, column: str, keys: Sequence[str]
) -> pd.DataFrame:
    """Return the mean of a column of shares over data sets, likewise."""

    def share(rows: pd.DataFrame) -> dict[str, float]:
        return over_sets(rows[column], rows["data_set"], "value")

    return _by(table, keys, share)


def _by(
    table: pd.DataFrame,
    keys: Sequence[str],
    share: Callable[[pd.DataFrame], dict[str, float]],
) -> pd.DataFrame:
    groups = table.groupby(list(keys), sort=False)
    found = {key if len(keys) > 1 else key[0]: share(rows) for key, rows in groups}
    shares = pd.DataFrame(found).T.rename(
        columns={"value_low": "low", "value_high": "high"}
    )
    shares.index.names = keys
    return shares


def bars(
    axis: Axes, at: ArrayLike, shares: pd.DataFrame, *, upright: bool = False,
    **look: Any,
) -> None:  # fmt: skip
    """Draw shares with their intervals, along the x-axis or upright.

    at : places on the other axis, one a row of `shares`
    look : of `Axes.errorbar`
    """
    value = shares["value"]
    sides = np.maximum([value - shares["low"], shares["high"] - value], 0)
    if upright:
        axis.errorbar(at, value, yerr=sides, capsize=2, **look)
    else:
        axis.errorbar(value, at, xerr=sides, capsize=2, **look)
