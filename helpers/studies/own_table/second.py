"""Whether what was called in one table returns in another."""

import numpy as np
import pandas as pd

from helpers.device import Device
from helpers.loaders.mixed_tables import MixedTable
from helpers.significance.interaction import Answer
from helpers.significance.interaction.slips import allowed, copies
from helpers.significance.interaction.statistics import holm
from helpers.studies.own_table.answers import asked, features_of_table
from helpers.studies.own_table.models import Learner
from helpers.studies.own_table.report import joined
from helpers.studies.stores import Store

#: A pair is called, there as here.
LEVEL = 0.05
#: Bins of a feature in which what two tables learned is compared; a column with no
#: more values than this has one for each.
BINS = 6


def returned(
    answer: Answer,
    second: MixedTable | None,
    learner: Learner,
    *,
    seed: int = 0,
    device: Device = "auto",
    store: Store | None = None,
) -> tuple[str, pd.DataFrame | None]:
    """Ask a second table about the called pairs alone.

    What was called was chosen on other rows, so that it may be all that is asked: Holm
    counts the called pairs, and screening, which is for more than can be tested, does
    not come in. The second table learns what its pairs do by itself: a pair returns if
    it is called there and does the same (`alike`).

    Parameters
    ----------
    answer : Answer
        Of the first table.
    second : MixedTable or None
    learner : Learner
    seed, device, store
        As of `asked`.

    Returns
    -------
    said : str
    table : DataFrame or None
        From `replication`; None where there is nothing to ask, or no table.

    Raises
    ------
    ValueError
        If the outcome there is of another family, or rows are those of the first table.
    """
    if second is None:
        return "No second table was given.", None
    check_family(answer.family.name, second.family)
    check_rows(answer, second)
    called = answer.called()["pair"].tolist()
    if not called:
        return "Nothing was called, so there is nothing to look for.", None
    features = features_of_table(second)
    known = set(features.names[: features.n_tested])
    pairs = [pair for pair in called if known.issuperset(pair)]
    other = None
    if pairs:
        other = asked(
            second, learner, pairs=pairs, seed=seed, device=device, store=store,
            name="second",
        )  # fmt: skip
    one = "pair that was" if len(called) == 1 else "pairs that were"
    said = (
        f"The {len(called)} {one} called, asked in {len(second.y):,} other rows and "
        "corrected for this number (Holm)."
    )
    if len(pairs) < len(called):
        said += (
            f" {len(called) - len(pairs)} could not be asked: a column is missing "
            "there, has other levels, or is alike in all rows."
        )
    table = replication(answer, other)
    return f"{said} {_counted(table)}".strip(), table


def check_family(first: str, second: str) -> None:
    """Raise where two outcomes are read on different scales.

    first, second : names of families
    """
    if first != second:
        raise ValueError(
            f"second must have an outcome of the first's family, {first}; read as "
            f"{second}: say family={first!r} for both, if it is that."
        )


def check_rows(answer: Answer, second: MixedTable) -> None:
    """Raise where rows of a second table are those that the first was tested on."""
    there = features_of_table(second)
    columns = {
        name: (
            answer.columns[answer.features.index(name)],
            there.columns[there.names.index(name)],
        )
        for name in answer.features
        if name in there.names[: there.n_tested]
    }
    pairs = [pair for pair in columns.values() if len(pair[0]) == len(pair[1])]
    if not pairs:
        return
    here, other = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1))
    rows = np.vstack([answer.values[:, here], there.X[:, other]])
    tables = np.repeat([0, 1], [len(answer.values), len(there.X)])
    same = int((copies(rows, None, tables)[tables == 1] >= 0).sum())
    if same > allowed(rows):
        raise ValueError(
            f"second must hold other rows than the first table; {same:,} of "
            f"{len(there.X):,} have the features of a row that was tested there: leave "
            "them out."
        )


def _counted(table: pd.DataFrame) -> str:
    """Say how many pairs returned, and which are called there and do something else."""
    there = table["p_holm there"] <= LEVEL
    known = table["alike there"].notna()
    same, other = (
        there & known & (table["alike there"] > 0),
        there & known & (table["alike there"] <= 0),
    )
    unknown = int((there & ~known).sum())
    text = f"{int(same.sum())} of {len(table)} returned"
    if other.any():
        names = ", ".join(table.loc[other, "pair"])
        text += f"; called there, but another shape than here: {names}"
    if unknown:
        text += f"; {unknown} called there could not be compared in shape"
    return f"{text}."


def replication(answer: Answer, other: Answer | None) -> pd.DataFrame:
    """Return what another table says of the pairs that were called.

    Parameters
    ----------
    answer : Answer
    other : Answer or None
        Of the other table, about the called pairs alone or about more; None if it has
        the columns of none of them.

    Returns
    -------
    DataFrame
        pair, estimate and p_holm here, then estimate, low, high, p, p_holm and alike
        there: p_holm corrects for the number of called pairs, asked or not, and alike
        is how far the pair does the same (`alike`). In `said there` "tested", "cannot
        tell", or "not asked": a column is missing there, or screening left the pair
        out.
    """
    called = joined(answer).set_index("pair").loc[lambda t: t["p_holm"] <= LEVEL]
    columns = ["estimate", "low", "high", "p", "p_holm", "identifiable"]
    there = pd.DataFrame(index=called.index, columns=columns, dtype=float)
    shapes = pd.Series(np.nan, index=called.index)
    if other is not None:  # whose columns may stand in another order
        names = {frozenset(pair): " × ".join(pair) for pair in answer.table["pair"]}
        found = other.table["pair"].map(lambda pair: names.get(frozenset(pair)))
        there = other.table.set_index(found)[columns]
        there = there[there.index.notna()].reindex(called.index)
        pairs = answer.table["pair"][answer.table["p_holm"] <= LEVEL]
        shapes[:] = [alike(answer, other, pair) for pair in pairs]
    there["p_holm"] = holm(there["p"].to_numpy())
    asked = there.pop("identifiable")
    there["alike"] = shapes.where(asked == 1)
    words = {True: "tested", False: "cannot tell"}
    there["said"] = [words[bool(v)] if v == v else "not asked" for v in asked]
    return called[["estimate", "p_holm"]].join(there.add_suffix(" there")).reset_index()


def alike(one: Answer, other: Answer, pair: tuple[str, str]) -> float:
    """Return how far a pair does the same in two tables, from -1 to 1.

    The correlation of the two learned directions, means over the cells of a grid that
    both tables have rows in; a cell weighs as its rows in the table with fewer there. A
    test is one-sided in the direction that its own table taught: an effect with the
    opposite sign is called there, too, and is no replication.

    Parameters
    ----------
    one, other : Answer
    pair : (str, str)
        In either order in `other`.

    Returns
    -------
    float
        NaN where one of the answers does not keep the pair's direction, a feature has
        other columns there, or fewer than three cells are shared.
    """
    learned = [_direction(answer, pair) for answer in (one, other)]
    if any(direction is None for direction in learned):
        return np.nan
    places = [np.zeros(len(answer.values), int) for answer in (one, other)]
    for name in pair:
        values = [_values(answer, name) for answer in (one, other)]
        if values[0].shape[1] != values[1].shape[1]:
            return np.nan
        bins = _bins(np.vstack(values))
        own = np.split(bins, [len(values[0])])
        places = [
            place * (bins.max() + 1) + b for place, b in zip(places, own, strict=True)
        ]
    cells = pd.concat(
        [
            pd.Series(d).groupby(place).agg(["mean", "size"])
            for d, place in zip(learned, places, strict=True)
        ],
        axis=1,
        join="inner",
    ).to_numpy()
    if len(cells) < 3:
        return np.nan
    return _correlation(cells[:, 0], cells[:, 2], np.minimum(cells[:, 1], cells[:, 3]))


def _direction(answer: Answer, pair: tuple[str, str]) -> np.ndarray | None:
    """Return the learned direction of a pair, whichever of the two is named first."""
    known = answer.directions
    return known.get(pair, known.get(pair[::-1]))


def _values(answer: Answer, name: str) -> np.ndarray:
    """Return the columns of a feature on the tested rows."""
    return answer.values[:, list(answer.columns[answer.features.index(name)])]


def _bins(values: np.ndarray) -> np.ndarray:
    """Return the bin of each row: one for each of few values, else equal counts."""
    levels, place = np.unique(values, axis=0, return_inverse=True)
    if len(levels) <= BINS or values.shape[1] > 1:
        return place.ravel()
    cuts = np.unique(np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.searchsorted(cuts, values[:, 0], side="right")


def _correlation(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> float:
    """Return a weighted correlation; NaN where one of the two does not vary."""
    a, b = (v - np.average(v, weights=weight) for v in (a, b))
    size = np.sqrt((weight * a**2).sum() * (weight * b**2).sum())
    return float((weight * a * b).sum() / size) if size > 0 else np.nan
