"""What is known of the error rates of the test on data like the caller's."""

from collections.abc import Collection
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
from scipy import stats

#: Rates of the made worlds of the calibration page.
TABLE = "calibrated.csv"
#: The default learner there, and one that has seen the rows that are tested.
LEARNER, SEEN = "networks", "trees that saw the rows"
#: What the test can be given beside X and y, options of its settings, and many columns,
#: each tried in worlds of its own.
COLUMNS = "columns"
TOLD, NOTHING = (
    {
        COLUMNS: "Tables of more than twenty columns",
        "groups": "Groups",
        "blocks": "Blocks",
        "covariates": "Covariates",
        "crossed": "Crossed parts",
        "step_down": "Called pairs taken out of the others (p_step)",
    },
    "nothing",
)
#: Features of most worlds.
FEATURES = 10
#: Mean rank correlation of two features, without sign, from which on a table is like
#: the worlds of correlated features; and values of a feature up to which it is one of
#: allele counts, if 0, 1 and 2 all occur, of two values, or of three others.
CORRELATED, FEW_VALUES = 0.2, 3
#: How many times as many rows, or as few, still are like a table's.
NEAR = 2
#: What sets of so many features are called, and whose error rates are spoken of.
MANY = {2: "pairs", 3: "sets of three"}
WHOSE = {2: "", 3: " for sets of three"}
#: Share of true pairs called below which a world is said to be missed.
MISSED = 0.05
#: Shares of data sets in which a pair is called "in 80%".
FOUND = (0.7, 0.9)
#: Features that are not called by their kind, and names of the families' outcomes.
KINDS = {"allele count": "features that count alleles"}
OUTCOMES = {"gaussian": "numbers", "binomial": "yes or no", "poisson": "counts"}


def known(
    X: np.ndarray,
    family: str,
    n_rows: int,
    *,
    size: int = 2,
    given: Collection[str] = (),
) -> str:
    """Return in sentences how often the test was wrong on made data like these.

    Parameters
    ----------
    X : array, shape (n, n_columns)
    family : str
    n_rows : int
        Of the whole table: of the numbers within a factor of `NEAR`, that of most
        worlds counts; if there is none, the nearest, and that is said.
    size : int
        Features of a set: two or three.
    given : collection of str
        What the test was given beside X and y, by the names of its arguments.
    """
    table = calibrated()
    table = table[table["size"] == size]
    kind = kind_of(X)
    default = table[(table["learner"] == LEARNER) & (table["told"] == NOTHING)]
    like = default[(default["family"] == family) & (default["kind"] == kind)]
    what = f"{OUTCOMES[family]}, {KINDS.get(kind, f'{kind} features')}"
    whose = WHOSE[size]
    if like.empty:
        return f"Error rates{whose} were not measured for data like these ({what})."
    rows = _rows_like(like["n_rows"], n_rows)
    like = like[like["n_rows"] == rows]
    fails = like[like["verdict"] != "holds"]
    worlds = "world" if len(like) == 1 else "worlds"
    text = (
        f"Error rates{whose} with the default learner: of {len(like)} made {worlds} "
        f"like these data ({what}, {FEATURES} in most; {rows:,} rows; {_sets(like)}) "
        f"{len(fails) or 'none'} {'were' if len(fails) > 1 else 'was'} shown to fail"
    )
    names = "; ".join(
        f"{row.world}: {row.verdict.removeprefix('fails: ')}, {row.rate:.1%} of null "
        f"{MANY[size]} at 5%, a false call after Holm in "
        f"{row.family_wise:.1%} of data sets"
        for row in fails.itertuples()
    )
    parts = [f"{text} ({names})." if names else f"{text}.", _together(like)]
    if not 1 / NEAR <= n_rows / rows <= NEAR:
        parts.append(
            f"For {n_rows:,} rows nothing was measured: these are the nearest."
        )
    parts += _beyond(table, {*given, *([COLUMNS] if has_many_columns(X) else [])})
    parts += [_smallest(like), _missed(like)]
    return " ".join(part for part in parts if part)


def has_many_columns(X: np.ndarray) -> bool:
    """Whether a table has more columns than most worlds are like."""
    return X.shape[1] > NEAR * FEATURES


def _sets(like: pd.DataFrame) -> str:
    """Return from how many to how many data sets worlds have had."""
    numbers = sorted({like["sets"].min(), like["sets"].max()})
    each = " each" if len(like) > 1 else ""
    return f"{' to '.join(f'{n}' for n in numbers)} data sets{each}"


def _together(like: pd.DataFrame) -> str:
    """Return how often a null pair was called after Holm, in all worlds together.

    Without an interval: worlds have random numbers in common, and how much that is
    worth the trials know, not their rates (`over_worlds` of the calibration page).
    """
    known = like[like["family_wise"].notna()]
    if len(known) < 2:
        return ""
    false = np.average(known["family_wise"], weights=known["sets"])
    return f"Of all their data sets {false:.1%} had a false call after Holm."


def _beyond(table: pd.DataFrame, given: Collection[str]) -> list[str]:
    """Return sentences on what was given and the rates above were measured without."""
    parts = []
    for option in (option for option in TOLD if option in given):
        tried = table[(table["told"] == option) & (table["learner"] == LEARNER)]
        parts.append(f"{TOLD[option]} were tried in {_worlds(tried)}.")
    if {"model", "fitted"} & set(given):
        others = table[~table["learner"].isin([LEARNER, SEEN])]
        others = others[others["told"].isin([NOTHING, *given])]
        names = ", ".join(others["learner"].unique())
        parts.append(
            f"Your learner is not the default one; others ({names}) were tried in "
            f"{_worlds(others)}."
        )
    if "settings" in given:
        parts.append("Your settings are not the default ones, and were not tried.")
    return parts


def _worlds(tried: pd.DataFrame) -> str:
    """Return in how many worlds something was tried, and which failed."""
    if tried.empty:
        return "no made table"
    n_tables = tried["world"].nunique()
    tables = f"{n_tables} made table{'' if n_tables == 1 else 's'}"
    fails = tried[tried["verdict"] != "holds"]
    names = "; ".join(
        f"{row.world}{'' if row.learner == LEARNER else f', {row.learner}'}: "
        f"{row.verdict.removeprefix('fails: ')}"
        for row in fails.itertuples()
    )
    said = f"{len(fails)} shown to fail ({names})" if names else "none shown to fail"
    return f"{tables} ({_sets(tried)}): {said}"


def seen_rate() -> float:
    """Return the share of null pairs called at 5% by a model that saw the rows."""
    return float(calibrated().set_index("learner")["rate"].get(SEEN, np.nan))


def _rows_like(of_worlds: pd.Series, n_rows: int) -> int:
    """Return the number of rows of the worlds that say most of so many rows."""
    counts = of_worlds.value_counts().sort_index()
    off = np.abs(np.log(counts.index / n_rows))
    near = counts[off <= np.log(NEAR)]
    return int(counts.index[off.argmin()] if near.empty else near.idxmax())


def _smallest(like: pd.DataFrame) -> str:
    """Return how strong a pair was found in 80% or so, where trials show it."""
    products = like[like["share"].notna()].sort_values("share")
    # A share below one that was found too seldom is no answer.
    enough = products["power"][::-1].cummin()[::-1] >= FOUND[0]
    found = products[enough & (products["power"] <= FOUND[1])]
    if found.empty:
        return ""
    row = found.iloc[0]
    text = (
        f"There, a product of two features that takes {row['share']:.2g} of the "
        f"variance was called in {row['power']:.0%} of {row['sets']} data sets"
    )
    weaker = products[products["share"] < row["share"]]
    if len(weaker):
        row = weaker.iloc[-1]
        text += f", one that takes {row['share']:.2g} in {row['power']:.0%}"
    return f"{text}. What an answer estimates of such a product is less."


def _missed(like: pd.DataFrame) -> str:
    """Return the worlds whose true pairs were hardly ever called."""
    missed = like[like["power"] < MISSED].sort_values("power")
    if missed.empty:
        return ""
    names = "; ".join(
        f"{row.world} ({row.power:.0%} of them)" for row in missed.itertuples()
    )
    return f"There are worlds in which true pairs were hardly ever called: {names}."


def kind_of(X: np.ndarray) -> str:
    """Return what features are like: "allele count", "binary", "correlated", ...."""
    values = [np.unique(column) for column in X.T]
    most = max(map(len, values))
    if most <= FEW_VALUES:
        if np.isin((0, 1, 2), np.concatenate(values)).all():
            return "allele count"
        return "binary" if most <= 2 else "three-valued"
    X = X[:, (X[0] != X).any(axis=0)]  # a rare level may be in none of these rows
    ranks = np.atleast_2d(np.corrcoef(stats.rankdata(X, axis=0).T))
    beside = np.abs(ranks[np.triu_indices(len(ranks), 1)])
    alike = len(beside) and beside.mean() >= CORRELATED
    return "correlated" if alike else "independent"


@cache
def calibrated() -> pd.DataFrame:
    """Return the stored rates, as `for_answers` of the calibration page made them."""
    with files(__package__).joinpath(TABLE).open(encoding="utf-8") as file:
        return pd.read_csv(file)
