"""What chapter 1 says of its networks of the published size, from their stored tables.

Nothing is computed from data here: `networks` is what `tables.networks_of` returns of
stored descriptions, `known` what `Store.comparison` returns.
"""

import numpy as np
import pandas as pd
from scipy import stats

from helpers.significance.interaction.statistics import holm
from helpers.studies.false_positives.tables import ALPHA, PADDINGS

SIZES = ("effect size against shuffles", "effect size against random positions")


def of_paper(networks: pd.DataFrame) -> pd.DataFrame:
    """Return the networks whose tables are stored at paper size."""
    return networks[networks["ran"] == "paper"]


def call_words(networks: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    """Return in words what each kind of test calls; [] without stored networks.

    Parameters
    ----------
    networks : DataFrame
        control, padding, mse, size, ran, and the p-values of all tests.
    known : DataFrame
        quantity, published, paper_size.
    """
    stored = of_paper(networks)
    negative = stored[stored["control"] == "negative"]
    if negative.empty:
        return []
    said = [
        f"**At the published size**, of {len(negative)} networks of the negative "
        f"control, {_called(negative, SIZES)} are called by each comparison of effect "
        f"sizes and {_called(negative, ['unpaired'])} by the unpaired loss test."
    ]
    positive = stored[stored["control"] == "positive"]
    if len(positive):
        tests = [*SIZES, "paired", "unpaired"]
        said[0] += (
            f" Of {len(positive)} of the positive control, each of these and the "
            f"paired test call {_called(positive, tests)}."
        )
    printed = known.set_index("quantity")["published"]
    for padding in PADDINGS:
        own = negative[negative["padding"] == padding]
        if len(own):
            theirs = printed.get(f"count.{padding}.negative.paired", np.nan)
            said.append(_paired_words(own, theirs))
    return said


def _called(networks: pd.DataFrame, tests: list[str] | tuple[str, ...]) -> str:
    """Return the number of calls, or the least and the most over several tests."""
    counts = [int((networks[test] < ALPHA).sum()) for test in tests]
    low, high = min(counts), max(counts)
    return f"{low}" if low == high else f"{low} to {high}"


def _paired_words(own: pd.DataFrame, published: float) -> str:
    """Return what the paired test says of the additive networks of one padding."""
    called = own["paired"] < ALPHA
    theirs = "" if np.isnan(published) else f" (published: {published:.0f})"
    after = int((holm(own["paired"].to_numpy()) < ALPHA).sum())
    training = int((own["paired, training"] < ALPHA).sum())
    return (
        f"Paired test, {own['padding'].iloc[0]} padding: **{int(called.sum())} of "
        f"{len(own)}** false interactions called{theirs}, {after} after Holm's "
        f"correction, {training} on *training* pairs. Mean test MSE "
        f"{own['mse'].mean():.2f}, mean |I| of {own['size'].min():.1f} to "
        f"{own['size'].max():.1f} counts."
    )


def error_words(networks: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    """Return how test errors differ from the published ones, and what goes with them.

    Parameters
    ----------
    networks : DataFrame
        padding, control, mse, epochs (up to the best), ran.
    known : DataFrame
        quantity, published, paper_size.
    """
    groups = list(of_paper(networks).groupby(["padding", "control"], sort=False))
    if not groups:
        return []
    values = known.set_index("quantity")
    names = [f"mse.{padding}.{control}.mean" for (padding, control), _ in groups]
    both = values.reindex(names)[["published", "paper_size"]].dropna()
    above = (both["paper_size"] - both["published"]).to_numpy()
    ranks, slopes, best = [], [], []
    for _, group in groups:
        ranks.append(stats.spearmanr(group["epochs"], group["mse"]).statistic)
        slopes.append(np.polyfit(group["epochs"], group["mse"], 1)[0] * 10)
        best.append(group["epochs"].mean())
    said = []
    if len(above):
        said.append(
            f"Our mean test MSE is higher than the published one in "
            f"{int((above > 0).sum())} of {len(above)} groups of control and padding; "
            f"differences are {_range(above)}."
        )
    latest = max(group["epochs"].max() for _, group in groups)
    said.append(
        f"Best epochs are {min(best):.0f} to {max(best):.0f} on average, the latest "
        f"{latest:.0f}. In the same groups the rank correlation of this epoch and the "
        f"test MSE is {_range(ranks)}, and ten epochs more go with an MSE that is "
        f"changed by {_range(slopes, 3)}."
    )
    return said


def _range(values: list[float] | np.ndarray, digits: int = 2) -> str:
    return f"{min(values):z.{digits}f} to {max(values):z.{digits}f}"
