"""Other tests of pairs of factors, on the same filters and the same rows."""

import time
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from helpers.significance.calibration import rejection_rates
from helpers.significance.factor_pairs import sum_of
from helpers.significance.interaction.asking import interaction_test
from helpers.studies.factorization.simulated import Network
from helpers.studies.factorization.training import Recipe
from helpers.studies.factorization.worlds import (
    NO_PAIR,
    Frozen,
    draw,
    is_true,
    learned_on,
)

LEVEL = 0.05


def redrawn(frozen: Frozen, seed: int, device: str) -> pd.DataFrame:
    """Return pairs by the test of this page."""
    return frozen.test(composition=False, seed=seed, device=device).table


def products(frozen: Frozen, _seed: int, _device: str) -> pd.DataFrame:
    """Return pairs by products of averages in a logistic regression, Bonferroni.

    A pair of factors has the least p of its pairs of filters, times all of those.
    """
    p = product_p(frozen.averages, frozen.y)
    of = frozen.factors
    named = [
        (*sorted((of[i], of[j])), value)  # type: ignore[type-var]  # both have a name
        for (i, j), value in zip(combinations(range(len(of)), 2), p, strict=True)
        if of[i] and of[j] and of[i] != of[j]
    ]
    table = pd.DataFrame(named, columns=["first", "second", "p"])
    table["p"] = (table["p"] * len(table)).clip(upper=1)
    least = table.groupby(["first", "second"], as_index=False)["p"].min()
    return least.sort_values("p", ignore_index=True)


def product_p(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return p of a product beside the sum of all columns, for each pair of columns.

    The score test of a logistic regression: products, cleared of the columns with the
    weights of the fitted sum, against what the sum leaves of the labels.

    Parameters
    ----------
    x : array, shape (n, n_columns)
    y : array of 0 and 1, shape (n,)

    Returns
    -------
    array, shape (n_pairs,)
        In the order of `itertools.combinations`.

    Source
    ------
    Rao (1948).
    """
    spread = x.std(axis=0)
    x = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)
    p = sum_of(x, y)
    root = np.sqrt(p * (1 - p))[:, None]
    design = np.column_stack([np.ones(len(x)), x]) * root
    pairs = list(combinations(range(x.shape[1]), 2))
    tried = np.stack([x[:, i] * x[:, j] for i, j in pairs], axis=1)  # (n, n_pairs)
    weighed = tried * root
    fitted = design @ np.linalg.lstsq(design, weighed, rcond=None)[0]
    variance = ((weighed - fitted) ** 2).sum(axis=0)
    z = tried.T @ (y - p) / np.sqrt(np.maximum(variance, np.finfo(float).tiny))
    return 2 * stats.norm.sf(np.abs(z))


def interactions(frozen: Frozen, seed: int, device: str) -> pd.DataFrame:
    """Return pairs by `interaction_test`, filters of one motif joined, Holm."""
    varies = np.flatnonzero(np.ptp(frozen.averages, axis=0) > 0)
    columns = {i: f"filter {i}" for i in varies}
    of: dict[str, list[str]] = {}
    for i, column in columns.items():
        name = frozen.factors[i]
        if name is not None:
            of.setdefault(name, []).append(column)
    # A block has two columns at least: one column keeps its own name.
    asked = {name: name if len(some) > 1 else some[0] for name, some in of.items()}
    pairs = list(combinations(sorted(of), 2))
    if not pairs:
        return pd.DataFrame(columns=["first", "second", "p"])
    answer = interaction_test(
        frozen.averages[:, varies],
        frozen.y,
        family="binomial",
        features=list(columns.values()),
        blocks={name: some for name, some in of.items() if len(some) > 1},
        sets=[(asked[a], asked[b]) for a, b in pairs],
        seed=seed,
        device=device,
    )
    names = {column: name for name, column in asked.items()}
    found = pd.DataFrame(
        [sorted(names[c] for c in pair) for pair in answer.table["pair"]],
        columns=["first", "second"],
    )
    return found.assign(p=answer.table["p_holm"]).sort_values("p", ignore_index=True)


#: How p-values of pairs come about, adjusted for their number.
METHODS: dict[str, Callable[[Frozen, int, str], pd.DataFrame]] = {
    "redrawn labels": redrawn,
    "products, Bonferroni": products,
    "interaction test, Holm": interactions,
}


def rivals_tested(  # the arguments of a stored step are its key
    *,
    kind: str,
    n: int,
    length: int,
    network: dict,
    recipe: dict,
    strength: float,
    seeds: list,
    methods: list,
    device: str = "auto",
) -> pd.DataFrame:
    """Ask every method about pairs of factors in the same data sets.

    Parameters
    ----------
    kind, n, length, strength
        Of `worlds.draw`.
    network, recipe : dict
        Of `Network` (with factors) and `Recipe`.
    seeds : list of int
        One data set each, with networks of its own.
    methods : list of str
        Names in `METHODS`.

    Returns
    -------
    DataFrame
        A row a data set and method: method, kind, strength, seed, pairs (tested), p
        (the least, adjusted), called (pairs), right (called partners), first_true
        (whether the strongest pair are partners), seconds (CPU, without learning the
        filters).
    """
    settings = (Network(**network), Recipe(**recipe))
    rows = []
    for seed in seeds:
        data = draw(kind, n, length, strength, seed=seed)
        frozen = learned_on(*data, *settings, seed=seed, device=device)
        for method in methods:
            started = time.process_time()
            found = METHODS[method](frozen, seed, device)
            seconds = time.process_time() - started
            names = found[["first", "second"]].itertuples(index=False)
            true = np.array([is_true(kind, *pair) for pair in names], bool)
            called = found["p"].to_numpy(float) <= LEVEL + 1e-9
            rows.append(
                {
                    "method": method,
                    "kind": kind,
                    "strength": float(strength),
                    "seed": seed,
                    "pairs": len(found),
                    "p": found["p"].min() if len(found) else 1.0,
                    "called": int(called.sum()),
                    "right": int((called & true).sum()),
                    "first_true": bool(len(true) and true[0]),
                    "seconds": round(seconds, 2),
                }
            )
    return pd.DataFrame(rows)


def products_called(
    *,
    n: int,
    length: int,
    network: dict,
    recipe: dict,
    seeds: list,
    device: str = "auto",
) -> pd.DataFrame:
    """Count the products that a logistic regression calls where nothing is multiplied.

    Parameters
    ----------
    n, length, network, recipe, seeds
        As for `rivals_tested`, in the world *additive*.

    Returns
    -------
    DataFrame
        A row a data set: n, seed, filter_pairs and factor_pairs (tested), filter_calls
        and factor_calls (p at most .05, Bonferroni over either).
    """
    settings = (Network(**network), Recipe(**recipe))
    rows = []
    for seed in seeds:
        data = draw("additive", n, length, 0.0, seed=seed)
        frozen = learned_on(*data, *settings, seed=seed, device=device)
        p = product_p(frozen.averages, frozen.y)
        factors = products(frozen, seed, device)
        rows.append(
            {
                "n": n,
                "seed": seed,
                "filter_pairs": len(p),
                "filter_calls": int((p * len(p) <= LEVEL).sum()),
                "factor_pairs": len(factors),
                "factor_calls": int((factors["p"] <= LEVEL).sum()),
            }
        )
    return pd.DataFrame(rows)


def product_parts(sizes: list, n_data_sets: int, seed: int, each: int = 5) -> list:
    """Return data sets of every number of sequences, `each` to a part."""
    numbers = [10_000 * seed + 951 + i for i in range(n_data_sets)]
    return [
        {"n": n, "seeds": numbers[i : i + each]}
        for n in sizes
        for i in range(0, n_data_sets, each)
    ]


def product_table(called: pd.DataFrame) -> pd.DataFrame:
    """Return false calls by the number of sequences, of filters and of factors.

    Parameters
    ----------
    called : DataFrame
        Of `products_called`.
    """
    rows = []
    for n, some in called.groupby("n"):
        line = {"Sequences": f"{n:,}", "Data sets": len(some)}
        for kind in ("filter", "factor"):
            calls = some[f"{kind}_calls"]
            line[f"{kind} pairs"] = some[f"{kind}_pairs"].mean()
            line[f"sets with a false {kind} pair"] = int((calls > 0).sum())
            line[f"most false {kind} pairs"] = int(calls.max())
        rows.append(line)
    return pd.DataFrame(rows)


def rival_table(tested: pd.DataFrame) -> pd.DataFrame:
    """Return how often each method calls pairs, by world, with exact 95% intervals.

    Parameters
    ----------
    tested : DataFrame
        Of `rivals_tested`.
    """
    rows = []
    for (kind, method), some in tested.groupby(["kind", "method"], sort=False):
        (rate,) = rejection_rates(some["p"], alpha=(LEVEL + 1e-9,)).to_dict("records")
        low, high = rate["rejected_low"], rate["rejected_high"]
        rows.append(
            {
                "World": kind,
                "Method": method,
                "Data sets": rate["n"],
                "with a call": f"{rate['rejected']:.2f} ({low:.2f} to {high:.2f})",
                "Pairs called": some["called"].mean(),
                "of them partners": some["right"].mean(),
                "Strongest pair true": some["first_true"].mean(),
                "CPU seconds": some["seconds"].mean(),
            }
        )
    return pd.DataFrame(rows)


def rival_words(tested: pd.DataFrame) -> str:
    """Say how often each method calls where no pair is, and how many calls are right.

    Parameters
    ----------
    tested : DataFrame
        Of `rivals_tested`.
    """
    said = []
    for method, some in tested.groupby("method", sort=False):
        null = some[some["kind"].isin(NO_PAIR)]
        false = [
            f"{(one['called'] > 0).sum()} of {len(one)} data sets of *{kind}*"
            for kind, one in null.groupby("kind")
        ]
        rest = some[~some["kind"].isin(NO_PAIR)]
        said.append(
            f"By *{method}* a pair is called in {' and '.join(false)}; where partners "
            f"decide, {rest['right'].sum()} of {rest['called'].sum()} pairs called are "
            "partners"
        )
    return ". ".join(said) + "."
