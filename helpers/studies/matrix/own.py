"""Where somebody's own detector stands among the stored ones."""

import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks
from helpers.detectors.interactions import Interactions
from helpers.extras import needs
from helpers.studies.matrix.cells import judged
from helpers.studies.matrix.kinds import TABLES, Answer, Data
from helpers.studies.matrix.truths import draw, truths

needs("trees", "xgboost", "interpret")  # the methods of the matrix; genes and dna too

#: Mean average precision of the stored cells, beside this file.
TABLE = "stored.csv"
#: Truths that a detector is asked about unless others are named: quick, and unlike.
FEW = ("strong product", "strong step", "three-way", "exclusive or", "F5, noise",
       "F8, noise", "F8, correlated", "alleles, hub", "pure epistasis")  # fmt: skip


def benchmark(
    detector: Callable,
    *,
    worlds: Sequence[str] | None = None,
    n_sets: int = 1,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """Ask an own detector about truths of the book; compare it with the stored ones.

    Parameters
    ----------
    detector : callable
        ``detector(X, y)`` with X (n, p) and y (n,); returns `Interactions` that score
        every pair, or one number a pair in the order (0, 1), (0, 2), ..., (1, 2), ...
    worlds : sequence of str, optional
        Names of truths with tables in which some pairs interact, as chapter 6 lists
        them; "all" of them, or by default nine.
    n_sets : int
        Data sets of each: the first ones of chapter 6.
    seed : int
        Of the experiment, as in chapter 6.
    progress : bool
        Print a line a truth.

    Returns
    -------
    DataFrame
        truth, ap (average precision, mean over the data sets), place (among the stored
        methods, 1: nobody is better), of (how many there are, this one included),
        best (of the stored ones), best_ap, seconds (CPU)

    Raises
    ------
    ValueError, TypeError
        If a truth is unknown or has nothing to rank, or the detector does not score
        every pair with a finite number.

    Examples
    --------
    >>> import numpy as np
    >>> from helpers import benchmark
    >>> def products(X, y):
    ...     Z, (i, j) = X - X.mean(0), np.triu_indices(X.shape[1], 1)
    ...     return [abs(np.corrcoef(Z[:, a] * Z[:, b], y)[0, 1]) for a, b in zip(i, j)]
    >>> row = benchmark(products, worlds=["exclusive or"], progress=False).iloc[0]
    >>> print(row["truth"], row["ap"], row["place"])
    exclusive or 1.0 1
    """
    if not callable(detector):
        raise TypeError(f"detector must be callable; got {type(detector).__name__}.")
    n_sets = checks.integer("n_sets", n_sets, at_least=1)
    seed = checks.integer("seed", seed, at_least=0)
    stored, rows = _stored(), []
    for name in _names(worlds):
        started, found = time.process_time(), []
        for number in range(n_sets):
            data = draw(name, 10_000 * seed + number, **truths()[name].settings)
            answer = Answer(_scores(detector(data.X, data.y), data))
            found.append(judged(answer, data, tests=False)["ap"])
        seconds = (time.process_time() - started) / n_sets
        others = stored[stored["truth"] == name].set_index("method")["ap"]
        rows.append(_row(name, float(np.mean(found)), others, seconds))
        if progress:
            print(_line(rows[-1]))
    return pd.DataFrame(rows)


def _names(worlds: Sequence[str] | str | None) -> list[str]:
    able = [n for n, t in truths().items() if t.kind in TABLES and not t.null]
    able = [name for name in able if not name.startswith("four motifs")]  # all interact
    if worlds is None:
        return list(FEW)
    if isinstance(worlds, str):
        checks.one_of("worlds", worlds, ("all",))
        return able
    if not isinstance(worlds, Sequence) or not worlds:
        raise ValueError(f"worlds must name at least one truth; got {worlds!r}.")
    return [checks.one_of("worlds", name, able) for name in worlds]


def _scores(found: Any, data: Data) -> np.ndarray:
    """Return what a detector says of all pairs in order, checked."""
    if isinstance(found, Interactions):
        matrix = found.matrix()
        found = [matrix[pair] for pair in data.pairs]
    scores = checks.vector("the detector's scores", found, length=len(data.pairs))
    return checks.finite("the detector's scores", scores)


def _row(name: str, ap: float, others: pd.Series, seconds: float) -> dict:
    known = len(others) > 0
    return {
        "truth": name,
        "ap": round(ap, 4),
        "place": int((others > ap + 1e-4).sum()) + 1,
        "of": len(others) + 1,
        "best": others.idxmax() if known else "",
        "best_ap": float(others.max()) if known else np.nan,
        "seconds": round(seconds, 3),
    }


def _line(row: dict) -> str:
    text = f"{row['truth']}: average precision {row['ap']:.2f}, "
    text += f"place {row['place']} of {row['of']}"
    return f"{text} ({row['best']} {row['best_ap']:.2f})" if row["best"] else text


@cache
def _stored() -> pd.DataFrame:
    with files(__package__).joinpath(TABLE).open(encoding="utf-8") as file:
        return pd.read_csv(file)
