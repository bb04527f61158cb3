"""What a run of chapter 1 is compared with the paper by: {quantity: value}.

Quantities are those of book/published/1-false-positives.csv. A condition counts only
when all its networks have run: extremes of a part are not those of the whole.
"""

import numpy as np
import pandas as pd

from helpers.studies.false_positives.tables import (
    ALPHA,
    TESTS,
    pooled,
    rank_correlations,
)

DIP, AROUND = 200, 20  # counts: where the paper sees the most negative interactions
N_PUBLISHED = 45  # networks of each control and padding in the paper


def whole_conditions(networks: pd.DataFrame, n_networks: int) -> pd.DataFrame:
    """Return the networks of those conditions that have all of them."""
    counts = networks.groupby(["padding", "control"])["network"].transform("size")
    return networks[counts == n_networks]


def simulation_values(truth: pd.DataFrame) -> dict[str, float]:
    """Return floors, true interactions and losses of the oracle."""
    values = {}
    for row in truth.to_dict("records"):
        key = f"simulation.{row['padding']}.{row['control']}"
        values[f"{key}.floor"] = row["mse"]
        if row["control"] == "positive":
            values[f"{key}.interaction"] = row["mean"]
            values[f"{key}.change"] = row["median change"]
    return values


def count_values(networks: pd.DataFrame) -> dict[str, float]:
    """Return of how many networks each test says p < 0.05, as if there were 45."""
    values = {}
    for (padding, control), group in networks.groupby(
        ["padding", "control"], sort=False
    ):
        for test, short in TESTS.items():
            share = float((group[test] < ALPHA).mean())
            values[f"count.{padding}.{control}.{short}"] = N_PUBLISHED * share
        if (padding, control) == ("valid", "negative"):
            share = float((group["mean"] > 0).mean())
            values["count.valid.negative.positive-mean"] = N_PUBLISHED * share
    return values


def pooled_values(networks: pd.DataFrame) -> dict[str, float]:
    """Return the pooled normal scores of the called networks with same padding."""
    return {
        f"pooled.{row['padding']}.negative.{row['test']}": row["z"]
        for row in pooled(networks).to_dict("records")
    }


def rank_values(networks: pd.DataFrame) -> dict[str, float]:
    """Return rank correlations of size and error, and the orderings they mean."""
    values = {}
    for row in rank_correlations(networks).to_dict("records"):
        padding, control, rho = row["padding"], row["control"], row["correlation"]
        values[f"spearman.{padding}.{control}"] = rho
        significant = row["p"] < ALPHA
        if (padding, control) == ("valid", "negative"):
            values["order.valid.negative.worse-is-larger"] = significant and rho > 0
        if (padding, control) == ("valid", "positive"):
            values["order.valid.positive.no-correlation"] = not significant
    return values


def range_values(networks: pd.DataFrame) -> dict[str, float]:
    """Return mean errors and the smallest and largest summary of each condition."""
    columns = {
        "size": "size",
        "size-shuffles": "size, shuffles",
        "mean-change": "mean change",
        "median-change": "median change",
        "r": "r",
        "r-size": "r, size",
    }
    values = {}
    for (padding, control), group in networks.groupby(
        ["padding", "control"], sort=False
    ):
        key = f"{padding}.{control}"
        values[f"mse.{key}.mean"] = group["mse"].mean()
        for name, column in columns.items():
            values[f"range.{key}.{name}.smallest"] = group[column].min()
            values[f"range.{key}.{name}.largest"] = group[column].max()
        for (architecture, strength), cell in group.groupby(["architecture", "l1"]):
            text = np.format_float_scientific(strength, trim="-", exp_digits=1)
            name = f"mse.{key}.{architecture}.l1-{text if strength else 0}"
            values[name] = cell["mse"].mean()
    return values


def order_values(networks: pd.DataFrame, description: pd.DataFrame) -> dict:
    """Return which published orderings hold; None for one that cannot occur.

    Repairs are claimed of networks that the paired test calls; there may be none.

    Parameters
    ----------
    networks : DataFrame
        One row a network.
    description : DataFrame
        Whose profiles say where interactions are most negative.
    """
    values = {}
    for padding, group in networks.groupby("padding", sort=False):
        controls = set(group["control"])
        if controls == {"negative", "positive"}:
            larger = group["effect size against shuffles"] < ALPHA
            right = (group["unpaired"] < ALPHA) == (group["control"] == "positive")
            values[f"order.{padding}.larger-than-shuffles"] = larger.all()
            values[f"order.{padding}.unpaired-separates"] = right.all()
        if "negative" in controls:
            values |= _of_negative_control(
                padding, group[group["control"] == "negative"]
            )
    values |= _of_profiles(networks, description)
    return {n: None if value is None else bool(value) for n, value in values.items()}


def _of_negative_control(padding: str, networks: pd.DataFrame) -> dict:
    """Return the orderings of one padding's negative control."""
    key = f"order.{padding}.negative"
    train, test = networks["median change, training"], networks["median change"]
    called = networks[networks["paired"] < ALPHA]
    values = {f"{key}.train-above-test": train.median() > test.median()}
    repairs = (called["r, repair"] > 0).all() if len(called) else None
    values[f"{key}.repairs"] = repairs
    if padding == "valid":
        values[f"{key}.removal-helps"] = (test < 0).mean() > 0.5
    return values


def _of_profiles(networks: pd.DataFrame, description: pd.DataFrame) -> dict:
    """Return where interactions of the negative control are most negative."""
    by_main = low_curves(networks, description, "by main effects")
    by_distance = low_curves(networks, description, "by distance")
    values = {}
    enough = "valid" in by_distance and by_distance["valid"].shape[1] > 4
    if "valid" in by_main and enough:
        # Most networks, each by its own curve: the mean curve can pass on an edge.
        near = abs(by_main["valid"].idxmin(axis=1) - DIP) <= AROUND
        values["order.valid.negative.dip-at-200"] = near.mean() > 0.5
        mean = by_distance["valid"].mean()
        values["order.valid.negative.ends"] = mean.iloc[-1] < mean.iloc[:-4].min()
    if {"valid", "same"} <= by_distance.keys():
        ends = {p: curves.mean().iloc[-1] for p, curves in by_distance.items()}
        values["order.same.negative.ends-smaller"] = ends["same"] > ends["valid"]
    return values


def dip_words(networks: pd.DataFrame, description: pd.DataFrame | None) -> list[str]:
    """Return one sentence a padding on where interactions are most negative."""
    if description is None:
        return []
    lines = []
    for padding, curves in low_curves(networks, description, "by main effects").items():
        dips = curves.idxmin(axis=1)
        near = int((abs(dips - DIP) <= AROUND).sum())
        lines.append(
            f"With {padding} padding {near} of {len(dips)} networks have their most "
            f"negative interactions where the main effects sum to {DIP} ± {AROUND} "
            f"counts; the middle half lie between {dips.quantile(0.25):.0f} and "
            f"{dips.quantile(0.75):.0f}."
        )
    return lines


def low_curves(
    networks: pd.DataFrame, description: pd.DataFrame, quantity: str
) -> dict[str, pd.DataFrame]:
    """Return the 5% quantiles of false interactions along a profile.

    Returns
    -------
    dict of padding to DataFrame
        One row a network of the negative control, one column a bin.
    """
    keys = ["padding", "control", "architecture", "l1", "repeat", "network"]
    rows = description[
        (description["kind"] == "profile") & (description["quantity"] == quantity)
    ].merge(networks.loc[networks["control"] == "negative", keys], on=keys)
    return {
        padding: group.pivot_table("low", index=keys, columns="at")
        for padding, group in rows.groupby("padding")
    }


def tabular_values(networks: pd.DataFrame) -> dict[str, float]:
    """Return how many perceptrons the tests call on the additive table."""
    strong = networks[networks["l1"] >= 0.01]
    return {
        "tabular.paired": int((networks["paired"] < ALPHA).sum()),
        "tabular.against-zero": int((networks["against zeros"] < ALPHA).sum()),
        "tabular.strong-l1-none": bool((strong["paired"] >= ALPHA).all()),
    }
