"""How many rows does a pair take? What the stored trials can answer, and no more."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from helpers import checks
from helpers.significance.calibration import exact_interval
from helpers.studies.calibration.tables import planned_share
from helpers.studies.calibration.worlds import WORLDS


@dataclass(frozen=True, eq=False)
class Plan:
    """What is known of the rows that a pair takes.

    Parameters
    ----------
    share : float
        Share of the outcome's variance that the product of the pair takes.
    power : float
        Wanted probability that the pair is called.
    at_least : int
        Rows that no test can do without (`fewest_rows`): arithmetic, not trials.
    too_few : int or None
        Largest number of rows that the trials show not to suffice.
    enough : int or None
        Smallest number of rows that they show to suffice.
    evidence : DataFrame
        share, rows, found, sets, power, low, high of the trials with one product.

    Its text is the answer in sentences.
    """

    share: float
    power: float
    at_least: int
    too_few: int | None
    enough: int | None
    evidence: pd.DataFrame = field(repr=False)

    def __str__(self) -> str:
        asked = f"A product that takes {self.share:.3g} of the variance"
        wanted = f"with probability {self.power:.2g}"
        if self.enough:
            more = f", and {self.too_few:,} are too few" if self.too_few else ""
            return f"{asked} is called {wanted} at {self.enough:,} rows{more}."
        start = f"{asked} takes"
        least = (
            f"more than {self.too_few:,} rows"
            if self.too_few
            else f"at least {self.at_least:,} rows, by arithmetic"
        )
        return f"{start} {least} to be called {wanted}. {self._why()}"

    def _why(self) -> str:
        """Return why the trials do not say how many rows are enough."""
        if self.evidence.empty:
            return "No trial with a single product has run."
        weakest = self.evidence["share"].min()
        if weakest > self.share:
            return (
                f"How many are enough the trials do not say: the weakest that has "
                f"run takes {weakest:.3g}, and nothing is extrapolated."
            )
        near = self.evidence[self.evidence["share"] <= self.share]
        # Of pairs found equally often, the strongest says most of a stronger one.
        best = near.sort_values(["low", "share"]).iloc[-1]
        return (
            f"How many are enough the trials do not say yet: at {int(best['rows']):,} "
            f"rows {int(best['found'])} of {int(best['sets'])} data sets called one "
            f"of {best['share']:.3g}, so its power is {best['low']:.2f} to "
            f"{best['high']:.2f}."
        )


def rows_needed(
    rates: pd.DataFrame,
    share: float,
    *,
    power: float = 0.8,
    learner: str = "networks",
    n_pairs: int = 45,
) -> Plan:
    """Return how many rows it takes to call a pair of a given strength.

    Two things are taken for granted: more rows make a pair no harder to see, and
    neither does a stronger pair. So rows suffice if a pair at most as strong was called
    often enough in the trials with so many, and do not if one at least as strong was
    not; often enough means the whole 95% interval of Clopper and Pearson over data
    sets. Between and beyond the trials nothing is fitted.

    Parameters
    ----------
    rates : DataFrame
        As `calibration.rates` returns them.
    share : float
        Share of the outcome's variance that the product takes, between 0 and 1; its
        features are correlated .5 in the trials, and 35% of the variance is noise.
    power : float
        Wanted probability of a call at 5% after Holm.
    learner : str
        Whose trials to read.
    n_pairs : int
        Pairs that are tested, for `Plan.at_least`; the trials have 45.

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        If share or power is not between 0 and 1, or there are no pairs.
    """
    share = _inside("share", share)
    power = _inside("power", power)
    table = evidence(rates, learner)
    enough = table[(table["share"] <= share) & (table["low"] >= power)]["rows"]
    too_few = table[(table["share"] >= share) & (table["high"] < power)]["rows"]
    return Plan(
        share,
        power,
        fewest_rows(share, power, n_pairs=n_pairs),
        int(too_few.max()) if len(too_few) else None,
        int(enough.min()) if len(enough) else None,
        table,
    )


def evidence(rates: pd.DataFrame, learner: str = "networks") -> pd.DataFrame:
    """Return the trials whose one true pair is a product, weakest first.

    Of numbers correlated .5 alone: other features make a pair easier to see.

    Returns
    -------
    DataFrame
        share, rows, found (data sets in which the pair was called), sets, power, low,
        high (95% interval of the power).
    """
    rows = []
    for row in rates[(rates["learner"] == learner) & (rates["sets"] > 0)].itertuples():
        share = planned_share(WORLDS[row.world])
        if share != share:
            continue
        found = round(row.power * row.sets)
        low, high = exact_interval(found, row.sets)
        rows.append(
            {
                "share": share, "rows": row.n_rows, "found": found,
                "sets": row.sets, "power": row.power, "low": low, "high": high,
            }
        )  # fmt: skip
    names = ["share", "rows", "found", "sets", "power", "low", "high"]
    table = pd.DataFrame(rows, columns=names)
    return table.sort_values(["share", "rows"], ignore_index=True)


def fewest_rows(
    share: float, power: float = 0.8, *, n_pairs: int = 45, noise: float = 0.35
) -> int:
    """Return the rows that even a test which knows the product would need.

    The one-sided z-test of its coefficient when everything else that is not noise is
    known, at 5% over the number of pairs: (z of the level + z of the power)² times the
    noise over the share. A test that has to learn the product needs more.

    Parameters
    ----------
    share : float
        Share of the outcome's variance that the product takes.
    power : float
    n_pairs : int
    noise : float
        Share of the variance that is noise.
    """
    n_pairs = checks.integer("n_pairs", n_pairs, at_least=1)
    share, power = _inside("share", share), _inside("power", power)
    noise = _inside("noise", noise)
    z = stats.norm.isf(0.05 / n_pairs) + stats.norm.ppf(power)
    return int(np.ceil(max(z, 0) ** 2 * noise / share))


def _inside(name: str, value: float) -> float:
    """Return a number between 0 and 1, both excluded."""
    number = checks.number(name, value)
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie between 0 and 1; got {value}.")
    return number


def plans_table(plans: list[Plan]) -> pd.DataFrame:
    """Return plans as the table of a page."""
    return pd.DataFrame(
        [
            {
                "share of the variance": f"{plan.share:.3g}",
                "no test with fewer": f"{plan.at_least:,}",
                "too few": f"{plan.too_few:,}" if plan.too_few else "not known",
                "enough": f"{plan.enough:,}" if plan.enough else "not known",
            }
            for plan in plans
        ]
    )
