"""The same data with other noise: what the chance of a false call is in a data set.

In a made world the mean of the outcome is known, so the noise of the tested rows can be
drawn again while features and directions stay as they are. A count of calls needs
thousands of data sets to say as much of small p.

What a direction says of the mean moves z, up or down: the fit inside the null
hypothesis misses something, and the direction meets it. Where they meet by chance the
error knows of it, for what is missed stands in the residual, and the mean of z squared
is 1. What they have in common beyond that is bias: z squared is above 1 then, by an
amount that grows with the rows.

Worlds, sizes and the verdict were fixed before any of these trials ran: false calls are
too many in a world if the 95% interval of their expected rate lies wholly above .06,
as counted calls are judged. A first form took all errors of a data set to be alike and
its noise to be normal; for noise that is not it was up to half too high.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers import checks
from helpers.device import Device
from helpers.significance.interaction import Answer, interaction_test
from helpers.significance.interaction.statistics import normal_values
from helpers.studies.calibration.plan import DECISIVE, SETS_A_PART
from helpers.studies.calibration.rates import NOMINAL, mean_interval, over_numbers
from helpers.studies.calibration.trials import CALLED, CHOSEN_ON, SEEDS
from helpers.studies.calibration.worlds import WORLDS, Data, World, noise, sampler

#: Worlds whose outcome is a number, with sums that splines follow well and badly, and
#: with what else a pair stands beside.
REDRAWN_WORLDS = (
    *DECISIVE, "three-way", "broken", "heteroscedastic", "heavy", "two products",
)  # fmt: skip
#: Data sets of each world by the number of rows; of the largest, two worlds only.
REDRAWN_SETS, MANY_ROWS = {1000: 20, 3000: 20, 30_000: 5}, {100_000: 2}
#: Data sets that were asked later, when the trials had counted a false call in 7 of the
#: fifty of this world (by the same rule): the first of each part, and how many in it.
ASKED_LATER, LATER_SETS = {("additive", 30_000): (5, 10)}, 5
#: Noises drawn for each data set, and how many at once.
N_DRAWS, AT_ONCE = 2000, 100
#: Levels of the calls; corrections for many pairs look at the small one.
USUAL, FAR = 0.05, 0.001
#: Fewest data sets that a verdict is given for: they are alike.
FEWEST_REDRAWN = 5
#: What is measured of a data set, of drawn noise and of its own; and of a world.
MEASURED = ("z_square", "calls_05", "calls_001", "first")
MEANS = ("moved", "misfit", *MEASURED, *(f"own_{name}" for name in MEASURED))
RATES = ("world", "n_rows", "sets", *MEANS, "first_low", "first_high")


def redrawn_parts(size: str) -> list[dict]:
    """Return the parts of what is planned, few rows first."""
    checks.one_of("size", size, ("smoke", "quick", "paper"))
    if size != "paper":
        return [_part("strong product", 500, 2, 0)]
    planned = [
        (world, n_rows, n_sets)
        for sizes, worlds in ((REDRAWN_SETS, REDRAWN_WORLDS), (MANY_ROWS, DECISIVE[:2]))
        for n_rows, n_sets in sizes.items()
        for world in worlds
    ]
    parts = [
        _part(world, n_rows, min(SETS_A_PART[0], n_sets), first)
        for world, n_rows, n_sets in planned
        for first in range(0, n_sets, SETS_A_PART[0])
    ]
    parts += [
        _part(world, n_rows, LATER_SETS, first)
        for (world, n_rows), firsts in ASKED_LATER.items()
        for first in firsts
    ]
    return sorted(parts, key=lambda part: part["n_rows"])


def _part(world: str, n_rows: int, n_sets: int, first: int) -> dict:
    return {"world": world, "n_rows": n_rows, "first_set": first, "n_sets": n_sets}


def redrawn_trials(
    *,
    world: str,
    n_rows: int,
    first_set: int,
    n_sets: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test data sets of one world, draw their noise again; return a row a data set.

    Parameters
    ----------
    world : str
        One of `REDRAWN_WORLDS`.
    n_rows, first_set, n_sets, seed, device
        As for `trials`, whose data sets these are.

    Returns
    -------
    DataFrame
        world, n_rows, data_set, n_null (null pairs with an answer), moved (mean square
        of what the mean of the outcome moves z by, in standard deviations of the
        noise), misfit (mean share that what the fit misses adds to the square of the
        error), and of drawn noise: z_square (mean), calls_05, calls_001 (at these
        levels, times what they should be), first (share of draws in which a null pair
        has p at most .05 / n_pairs, Holm's first step). With own_ before: the same of
        the noise that the data set came with.
    """
    made = WORLDS[checks.one_of("world", world, REDRAWN_WORLDS)]
    draw, rows = sampler(world), []
    for number in range(first_set, first_set + n_sets):
        data_seed = seed * SEEDS + CHOSEN_ON + number
        data = draw(n_rows, data_seed)
        answer = interaction_test(data.X, data.y, seed=data_seed, device=device)
        split = split_z(answer, data)
        rng = np.random.default_rng([data_seed, 31])
        about = {"world": world, "n_rows": n_rows, "data_set": number}
        found = redraw(split, made, data.X, rng, len(answer.table))
        rows.append(about | {"n_null": split.directions.shape[1]} | found)
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Split:
    """What t of each null pair with an answer is made of.

    Attributes
    ----------
    rows : array of int, shape (n,)
        Tested rows.
    directions : array, shape (n, n_pairs)
        As cleared.
    mean, noise : array, shape (n_pairs,)
        Products of the direction with the mean of the outcome, and with its noise.
    error, noise_error : array, shape (n_pairs,)
        Standard error of their sum as the answer has it, and from the noise alone.
    z : array, shape (n_pairs,)
    """

    rows: np.ndarray
    directions: np.ndarray
    mean: np.ndarray
    noise: np.ndarray
    error: np.ndarray
    noise_error: np.ndarray
    z: np.ndarray

    @property
    def df(self) -> np.ndarray:
        """Degrees of freedom of each t, as the test has them."""
        return _freedom(self.directions)


def split_z(answer: Answer, data: Data) -> Split:
    """Split t of the null pairs: (mean + noise) / error.

    A direction is orthogonal to all that was cleared with it, the fit inside the null
    hypothesis too, so its product with the outcome is all that t knows of the outcome.

    Parameters
    ----------
    answer : Answer
        To a table of numbers, of one column a feature.
    data : Data
        The table.

    Raises
    ------
    ValueError
        If no null pair has an answer.
    """
    place = {name: k for k, name in enumerate(answer.features)}
    known = answer.table[answer.table["identifiable"] & (answer.table["z"] != 0)]
    pairs = [
        tuple(sorted(place[name] for name in members)) for members in known["pair"]
    ]
    known = known[[pair not in data.true_pairs for pair in pairs]]
    if known.empty:
        raise ValueError("answer must have null pairs with an answer; got none.")
    rows, z = answer.rows, known["z"].to_numpy()
    d = np.stack([answer.directions[pair] for pair in known["pair"]], axis=1)
    own = (data.y - data.mean)[rows]
    of_mean, of_noise = d.T @ data.mean[rows], d.T @ own
    t = np.sign(z) * stats.t.isf(stats.norm.sf(np.abs(z)), _freedom(d))
    noise_error = _error(d, own[:, None])[:, 0]
    return Split(rows, d, of_mean, of_noise, (of_mean + of_noise) / t, noise_error, z)


def _freedom(d: np.ndarray) -> np.ndarray:
    """Return the test's degrees of freedom of each direction (`statistics.slopes`)."""
    squares = d**2
    return squares.sum(0) ** 2 / (squares**2).sum(0)


def _error(d: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return the test's standard error of products with noise, (n_pairs, n_noises).

    Without what clearing takes from the noise, and without what the test puts back for
    it (the leverage): the two are alike.
    """
    size = (d**2).sum(0)
    weight = d**2 / (1 - d**2 / size)
    slope = d.T @ noise / size[:, None]
    square = weight.T @ noise**2 - 2 * slope * ((weight * d).T @ noise)
    return np.sqrt(square + slope**2 * (weight * d**2).sum(0)[:, None])


def redraw(
    split: Split, world: World, X: np.ndarray, rng: np.random.Generator, n_pairs: int
) -> dict:
    """Draw the noise of the tested rows again; return what `redrawn_trials` does.

    What the fit inside the null hypothesis misses stays where it is. Of one pair its
    part of the error is known no better than the noise lets it be, so it is the mean
    over pairs. That early noise also moves the directions of later rows is left out.
    """
    d, spread = split.directions, np.sqrt(1 - world.explained)
    products, errors = [], []
    for _ in range(0, N_DRAWS, AT_ONCE):
        drawn = [noise(world.noise, X, rng)[split.rows] for _ in range(AT_ONCE)]
        drawn = spread * np.stack(drawn, axis=1)
        products.append(d.T @ drawn)
        errors.append(_error(d, drawn))
    new, error = np.hstack(products), np.hstack(errors)
    variance = (new**2).mean(1)
    misfit = ((split.error**2 - split.noise_error**2) / variance).mean()
    t = new + split.mean[:, None]
    t /= np.sqrt(error**2 + misfit * variance[:, None])
    z = normal_values(t, np.broadcast_to(split.df[:, None], t.shape))
    found = _calls(z, n_pairs) | _calls(split.z[:, None], n_pairs, "own_")
    found |= {"moved": (split.mean**2 / variance).mean(), "misfit": misfit}
    return {name: round(float(found[name]), 5) for name in MEANS}


def _calls(z: np.ndarray, n_pairs: int, prefix: str = "") -> dict:
    """Return what is measured of z-values, shape (n_null, n_draws)."""
    wanted = stats.norm.isf([USUAL, FAR, CALLED / n_pairs])
    values = (
        (z**2).mean(),
        (z >= wanted[0]).mean() / USUAL,
        (z >= wanted[1]).mean() / FAR,
        (z >= wanted[2]).any(axis=0).mean(),
    )
    return {f"{prefix}{k}": v for k, v in zip(MEASURED, values, strict=True)}


def redrawn_rates(table: pd.DataFrame | None) -> pd.DataFrame:
    """Return means over the data sets of each world and size.

    Parameters
    ----------
    table : DataFrame or None
        Rows of `redrawn_trials`; none where nothing ran.

    Returns
    -------
    DataFrame
        world, n_rows, sets, means of what `redrawn_trials` returns, and Student's 95%
        interval of `first`: first_low, first_high (NaN below two data sets)
    """
    rows = []
    if table is None:
        return pd.DataFrame(columns=RATES)
    for (world, n_rows), own in table.groupby(["world", "n_rows"], sort=False):
        low, high = mean_interval(own["first"].to_numpy())
        row = {"world": world, "n_rows": int(n_rows), "sets": len(own)}
        row |= own[list(MEANS)].mean().to_dict()
        rows.append(row | {"first_low": low, "first_high": high})
    return pd.DataFrame(rows, columns=RATES)


def redrawn_shown(found: pd.DataFrame) -> pd.DataFrame:
    """Return `redrawn_rates` over all worlds of a size, a line a size, as text."""
    lines = []
    for n_rows, own in found.groupby("n_rows"):
        mean = own[list(MEANS)].mean()
        lines.append(
            {
                "rows": f"{n_rows:,}",
                "worlds": f"{len(own)}",
                "data sets": f"{own['sets'].sum()}",
                "moved": f"{mean['moved']:.3f}",
                "misfit": f"{mean['misfit']:.3f}",
                "z²": _both(mean, "z_square", ".2f"),
                "p ≤ .05, times .05": _both(mean, "calls_05", ".2f"),
                "p ≤ .001, times .001": _both(mean, "calls_001", ".2f"),
                "a false call": _both(mean, "first", ".1%"),
            }
        )
    return pd.DataFrame(lines)


def _both(mean: pd.Series, name: str, form: str) -> str:
    """Return what drawn noise does, and in brackets what a data set's own did."""
    return f"{mean[name]:{form}} ({mean[f'own_{name}']:{form}})"


def redrawn_words(
    found: pd.DataFrame, table: pd.DataFrame | None, rates: pd.DataFrame
) -> str:
    """Say where false calls are too many, and how far the counted ones are known.

    Parameters
    ----------
    found : DataFrame
        As `redrawn_rates` returns it.
    table : DataFrame or None
        What it was made of.
    rates : DataFrame
        Of the trials with the test as it is, from `rates.rates`.
    """
    judged = found[found["sets"] >= FEWEST_REDRAWN]
    if judged.empty or table is None:
        return ""
    wrong = judged[judged["first_low"] > NOMINAL[1]]
    names = "; ".join(f"{row.world}, {row.n_rows:,} rows" for row in wrong.itertuples())
    most = judged.loc[judged["first_high"].idxmax()]
    counted = []
    for n_rows, own in table[table["n_rows"].isin(judged["n_rows"])].groupby("n_rows"):
        own = own[own["data_set"] < own.groupby("world").size().min()]
        low, high = over_numbers(own["own_first"], own["data_set"])
        counted.append(f"{low:.1%} to {high:.1%} at {n_rows:,} rows")
    return (
        f"Of {len(judged)} worlds and sizes false calls are expected to be too many in "
        f"{f'**{len(wrong)}**: {names}' if names else 'none'} (the interval that "
        f"reaches highest: {most['first_low']:.1%} to {most['first_high']:.1%}, "
        f"{most['world']}, {most['n_rows']:,} rows). What was counted is known far "
        f"less well: {'; '.join(counted)}.{_most_counted(judged, rates)}"
    )


def _most_counted(judged: pd.DataFrame, rates: pd.DataFrame) -> str:
    """Say what is expected where the trials counted most false calls, or nothing."""
    usual = rates[rates["learner"].eq("networks") & rates["sets"].gt(0)]
    both = judged.merge(usual, on=["world", "n_rows"], suffixes=("", "_counted"))
    if both.empty:
        return ""
    row = both.loc[both["family"].idxmax()]
    return (
        f" Most were counted in {row['world']} with {row['n_rows']:,} rows: a false "
        f"call in {row['family']:.1%} of {row['sets_counted']:,} data sets "
        f"({row['family_low']:.1%} to {row['family_high']:.1%}). Drawn again, in "
        f"{row['sets']} of them {row['first']:.1%} ({row['first_low']:.1%} to "
        f"{row['first_high']:.1%}) are expected."
    )
