"""What of z is not noise: the part that more rows would make larger.

In a made world the mean of the outcome is known, so z splits in two: what its direction
says of the mean, which is zero if the direction was cleared of all that the null
hypothesis allows, and what it says of the noise. The chance of a false call follows
from the first alone, for the noise is new. A count of calls needs thousands of data
sets to say as much of small p.

Fixed before any of these trials ran: the worlds and sizes, and the verdict. Bias does
harm in a world if the 95 % interval of the expected share of data sets with a false
call after Holm lies wholly above .06, as counted calls are judged.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import checks
from helpers.device import Device
from helpers.significance.interaction import Answer, interaction_test
from helpers.studies.calibration.plan import DECISIVE, SETS_A_PART
from helpers.studies.calibration.rates import NOMINAL, mean_interval
from helpers.studies.calibration.trials import CALLED, CHOSEN_ON, SEEDS
from helpers.studies.calibration.worlds import WORLDS, Data, noise_variance, sampler

#: Worlds whose outcome is a number, with sums that splines follow well and badly, and
#: with what else a pair stands beside.
BIAS_WORLDS = (
    *DECISIVE,
    "three-way",
    "broken",
    "heteroscedastic",
    "heavy",
    "two products",
)
#: Data sets of each world by the number of rows; of the largest, two worlds only.
BIAS_SETS, MANY_ROWS = {1000: 20, 3000: 20, 30_000: 5}, {100_000: 2}
#: Columns of `bias_rates`; some are means over data sets.
MEANS = (
    "wider", "expected_05", "expected_001", "expected_holm", "counted_05",
    "counted_001", "counted_holm",
)  # fmt: skip
RATES = ("world", "n_rows", "sets", "bias", "largest", *MEANS, "holm_low", "holm_high")
#: Levels of the expected calls; corrections for many pairs look at the small one.
USUAL, FAR = 0.05, 0.001


def bias_parts(size: str) -> list[dict]:
    """Return the parts of what is planned, few rows first."""
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    if size != "paper":
        return [_part("strong product", 500, 2, 0)]
    planned = [
        (world, n_rows, n_sets)
        for sizes, worlds in ((BIAS_SETS, BIAS_WORLDS), (MANY_ROWS, DECISIVE[:2]))
        for n_rows, n_sets in sizes.items()
        for world in worlds
    ]
    return [
        _part(world, n_rows, min(SETS_A_PART[0], n_sets), first)
        for world, n_rows, n_sets in planned
        for first in range(0, n_sets, SETS_A_PART[0])
    ]


def _part(world: str, n_rows: int, n_sets: int, first: int) -> dict:
    return {"world": world, "n_rows": n_rows, "first_set": first, "n_sets": n_sets}


def bias_trials(
    *,
    world: str,
    n_rows: int,
    first_set: int,
    n_sets: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Split z of data sets of one world; return a row a data set.

    Parameters
    ----------
    world : str
        One of `BIAS_WORLDS`.
    n_rows, first_set, n_sets, seed, device
        As for `trials`, whose data sets these are.

    Returns
    -------
    DataFrame
        world, n_rows, data_set, n_null (null pairs with an answer), bias (root mean
        square over them, in standard deviations of the noise), largest (in size),
        wider (square of the stated error over that of the noise, their mean),
        expected_05, expected_001 (calls at these levels, times what they should be),
        expected_holm (probability of a null pair with p at most .05 / n_pairs, as if
        pairs were independent), counted_05, counted_001, counted_holm (the same of the
        noise that was drawn).
    """
    made = WORLDS[checks.one_of("world", world, BIAS_WORLDS)]
    draw, rows = sampler(world), []
    for number in range(first_set, first_set + n_sets):
        data_seed = seed * SEEDS + CHOSEN_ON + number
        data = draw(n_rows, data_seed)
        answer = interaction_test(data.X, data.y, seed=data_seed, device=device)
        split = split_z(answer, data, noise_variance(made, data.X))
        about = {"world": world, "n_rows": n_rows, "data_set": number}
        rows.append(about | _expected(split, len(answer.table)))
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Split:
    """What z of each null pair with an answer is made of, shape (n_pairs,) each.

    Attributes
    ----------
    bias : array
        What the direction says of the mean, in standard deviations of the noise.
    noise : array
        What it says of the noise, in the same.
    wider : array
        Square of the stated standard error over that of the noise: the residual holds
        what the fit inside the null hypothesis misses, and is itself an estimate.
    df : array
        Degrees of freedom that the answer's t has.
    """

    bias: np.ndarray
    noise: np.ndarray
    wider: np.ndarray
    df: np.ndarray

    @property
    def t(self) -> np.ndarray:
        """What the answer compares with a t distribution."""
        return (self.bias + self.noise) / np.sqrt(self.wider)


def split_z(answer: Answer, data: Data, variance: np.ndarray) -> Split:
    """Split z of the null pairs.

    A direction is orthogonal to all that was cleared with it, the fit inside the null
    hypothesis too, so its product with the outcome is all that t knows of the outcome.

    Parameters
    ----------
    answer : Answer
        To a table of numbers, of one column a feature.
    data : Data
        The table.
    variance : array, shape (n,)
        Of the noise of each row.
    """
    place = {name: k for k, name in enumerate(answer.features)}
    rows, found = answer.rows, []
    for members, z, clear in answer.table[["pair", "z", "identifiable"]].to_numpy():
        pair = tuple(sorted(place[name] for name in members))
        if pair in data.true_pairs or not clear or z == 0:
            continue
        d = answer.directions[members]
        spread = np.sqrt(d**2 @ variance[rows])
        df = (d @ d) ** 2 / (d**4).sum()
        t = np.sign(z) * stats.t.isf(stats.norm.sf(abs(z)), df)
        bias, noise = d @ data.mean[rows], d @ (data.y - data.mean)[rows]
        stated = (bias + noise) / t
        found.append((bias / spread, noise / spread, (stated / spread) ** 2, df))
    return Split(*np.array(found).T.reshape(4, -1))


def _expected(split: Split, n_pairs: int) -> dict:
    """Return what the bias of each pair makes of calls, were the noise drawn again.

    The stated error is an estimate with df degrees of freedom; what it is on average is
    taken to be the same for all pairs, for of one pair it is known no better. That the
    noise of a part of the rows also moves the directions of those after it is left out:
    whether that matters, the counts say.
    """
    wider, few = split.wider.mean(), CALLED / n_pairs

    def called(level: float) -> np.ndarray:
        wanted = stats.t.isf(level, split.df) * np.sqrt(wider)
        return stats.nct.sf(wanted, split.df, split.bias)

    def counted(level: float) -> np.ndarray:
        return split.t >= stats.t.isf(level, split.df)

    return {
        "n_null": len(split.bias),
        "bias": round(float(np.sqrt((split.bias**2).mean())), 4),
        "largest": round(float(np.abs(split.bias).max()), 4),
        "wider": round(float(wider), 4),
        "expected_05": round(float(called(USUAL).mean() / USUAL), 4),
        "expected_001": round(float(called(FAR).mean() / FAR), 4),
        "expected_holm": round(float(1 - (1 - called(few)).prod()), 5),
        "counted_05": round(float(counted(USUAL).mean() / USUAL), 4),
        "counted_001": round(float(counted(FAR).mean() / FAR), 4),
        "counted_holm": bool(counted(few).any()),
    }


def bias_rates(table: pd.DataFrame | None) -> pd.DataFrame:
    """Return the columns of `bias_trials` over the data sets of a world and size.

    Parameters
    ----------
    table : DataFrame or None
        Rows of `bias_trials`; none where nothing ran.

    Returns
    -------
    DataFrame
        world, n_rows, sets, bias (root mean square), largest, wider, expected_05,
        expected_001, expected_holm, with Student's 95 % interval holm_low, holm_high
        (NaN below two data sets), counted_05, counted_001, counted_holm (means)
    """
    rows = []
    if table is None:
        return pd.DataFrame(columns=RATES)
    for (world, n_rows), own in table.groupby(["world", "n_rows"], sort=False):
        low, high = mean_interval(own["expected_holm"].to_numpy())
        row = {"world": world, "n_rows": int(n_rows), "sets": len(own)}
        row |= {
            "bias": np.sqrt((own["bias"] ** 2).mean()),
            "largest": own["largest"].max(),
        }
        row |= own[list(MEANS)].mean()
        rows.append(row | {"holm_low": low, "holm_high": high})
    return pd.DataFrame(rows, columns=RATES)


def bias_shown(found: pd.DataFrame) -> pd.DataFrame:
    """Return `bias_rates` over all worlds of a size, a line a size, as text."""
    lines = []
    for n_rows, own in found.groupby("n_rows"):
        mean = own[list(MEANS)].mean()
        bias = np.sqrt((own["bias"] ** 2).mean())
        lines.append(
            {
                "rows": f"{n_rows:,}",
                "worlds": f"{len(own)}",
                "data sets": f"{own['sets'].sum()}",
                "bias": f"{bias:.2f} ({own['bias'].min():.2f}–{own['bias'].max():.2f})",
                "largest": f"{own['largest'].max():.2f}",
                "error², times the noise": f"{mean['wider']:.2f}",
                "p ≤ .05, times": _both(mean, "05", ".2f"),
                "p ≤ .001, times": _both(mean, "001", ".2f"),
                "a false call (Holm)": _both(mean, "holm", ".1%"),
            }
        )
    return pd.DataFrame(lines)


def _both(mean: pd.Series, name: str, form: str) -> str:
    """Return what is expected, and what was counted in brackets."""
    return f"{mean[f'expected_{name}']:{form}} ({mean[f'counted_{name}']:{form}})"


def bias_words(found: pd.DataFrame) -> str:
    """Say in which worlds bias does harm, by the rule fixed before."""
    if found.empty:
        return ""
    harm = found[found["holm_low"] > NOMINAL[1]]
    names = "; ".join(f"{row.world}, {row.n_rows:,} rows" for row in harm.itertuples())
    judged = int(found["holm_low"].notna().sum())
    where = f"**{len(harm)}**: {names}" if names else "none"
    return (
        f"Of {judged} worlds and sizes with two data sets or more bias is shown to "
        f"bring a false call in more than 6 % of data sets in {where}."
    )
