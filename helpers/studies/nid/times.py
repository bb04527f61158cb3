"""Figure 8b: CPU seconds of NID, with and without its cut-off, and of its rivals."""

import pandas as pd

from helpers.truth.functions import FUNCTIONS


def times(
    curves: pd.DataFrame | None, *others: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Return CPU seconds, one row a method and data set of a function.

    Parameters
    ----------
    curves : DataFrame or None
        Cut-offs of functions, with `target_seconds` (MLP-M) and `seconds` of each step.
    *others : DataFrame or None
        method, function, seconds.
    """
    rows = [t[["method", "function", "seconds"]] for t in others if t is not None]
    if curves is not None:
        own = curves[curves["name"].isin(FUNCTIONS)]
        runs = own.groupby(["name", "trial"]).agg(
            target=("target_seconds", "first"), cut=("seconds", "sum")
        )
        runs = runs.reset_index().rename(columns={"name": "function"})
        for method, seconds in (
            ("NID", runs["target"]),
            ("NID with cut-off", runs["target"] + runs["cut"]),
        ):
            rows.append(runs[["function"]].assign(method=method, seconds=seconds))
    return pd.concat(rows, ignore_index=True) if rows else None


def speed_values(
    seconds: pd.DataFrame, groves: pd.DataFrame | None, curves: pd.DataFrame | None
) -> dict:
    """Return what the comparison takes from `times`.

    On the functions of Additive Groves, and only if those ran today and so did every
    cut-off; else nothing.
    """
    if groves is None or curves is None or curves["stored"].any():
        return {}
    same = seconds[seconds["function"].isin(groves["function"])]
    median = same.groupby("method")["seconds"].median()
    groves = median["Additive Groves"]
    return {
        "fig8b.speed-up": groves / median["NID"],
        "fig8b.faster-with-cutoff": groves > median["NID with cut-off"],
    }
