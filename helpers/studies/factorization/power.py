"""How often the test for pairs of factors finds them, by strength and sequences."""

import pandas as pd

from helpers.significance.calibration import exact_interval
from helpers.studies.factorization.simulated import Network
from helpers.studies.factorization.training import Recipe
from helpers.studies.factorization.worlds import (
    draw,
    is_true,
    learned_on,
    top_pair,
)
from helpers.truth import planted

LEVEL = 0.05
REDRAWS = 39  # enough for a level of .05, a fifth of the cost of 199


def parts(
    n_data_sets: int, sizes: list, strengths: dict, seed: int, each: int = 10
) -> list[dict]:
    """Return data sets of every size and strength, `each` to a part.

    Parameters
    ----------
    sizes : list of int
        Sequences of a data set.
    strengths : dict of world to list of float
    """
    numbers = [10_000 * seed + 501 + i for i in range(n_data_sets)]
    return [
        {"kind": kind, "n": n, "strength": strength, "seeds": numbers[i : i + each]}
        for i in range(0, n_data_sets, each)
        for kind, values in strengths.items()
        for n in sizes
        for strength in values
    ]


def pairs_found(  # the arguments of a stored step are its key
    *,
    kind: str,
    n: int,
    length: int,
    network: dict,
    recipe: dict,
    strength: float,
    seeds: list,
    device: str = "auto",
) -> pd.DataFrame:
    """Test pairs of factors in data sets of one size and strength.

    Parameters
    ----------
    kind, n, length, strength
        Of `worlds.draw`.
    network, recipe : dict
        Of `Network` (with factors) and `Recipe`.
    seeds : list of int
        One data set each, with networks of its own.

    Returns
    -------
    DataFrame
        A row a data set: kind, n, strength, seed, p (that no two factors work
        together), true (whether the strongest pair are partners), testable (partners
        of whom each has a filter) and partners (all), auc and auc_sum (of the machine
        and of the sum, on the rows that taught neither).
    """
    settings = (Network(**network), Recipe(**recipe))
    rows = []
    for seed in seeds:
        data = draw(kind, n, length, strength, seed=seed)
        frozen = learned_on(*data, *settings, seed=seed, device=device)
        test = frozen.test(
            composition=True, n_redraws=REDRAWS, seed=seed, device=device
        )
        names = test.table[["first", "second"]].itertuples(index=False)
        partners = [is_true(kind, *pair) for pair in names]
        rows.append(
            {
                "kind": kind,
                "n": n,
                "strength": float(strength),
                "seed": seed,
                "p": test.p,
                "true": is_true(kind, *top_pair(test)),
                "testable": sum(partners),
                "partners": 1 if kind == "one pair" else len(planted.published_pairs()),
                "auc": frozen.area,
                "auc_sum": frozen.area_sum,
            }
        )
    return pd.DataFrame(rows)


def shares(found: pd.DataFrame) -> pd.DataFrame:
    """Return how often a pair is called, by world, sequences and strength.

    Parameters
    ----------
    found : DataFrame
        Of `pairs_found`.

    Returns
    -------
    DataFrame
        kind, n, strength, data_sets; called (p at most .05), right (and the strongest
        pair are partners), testable (share of partners of whom each has a filter),
        gain (area of the machine less that of the sum): means over data sets.
    """
    called = found["p"] <= LEVEL + 1e-9  # p-values are multiples of 1 / 40
    of = found.assign(
        called=called,
        right=called & found["true"],
        testable=found["testable"] / found["partners"],
        gain=found["auc"] - found["auc_sum"],
    ).groupby(["kind", "n", "strength"], sort=False)
    means = of[["called", "right", "testable", "gain"]].mean()
    return means.assign(data_sets=of.size()).reset_index()


def in_words(shared: pd.DataFrame) -> pd.DataFrame:
    """Return shares as the page shows them.

    Parameters
    ----------
    shared : DataFrame
        Of `shares`.
    """
    rights = (shared["right"] * shared["data_sets"]).round()
    bounds = map(exact_interval, rights, shared["data_sets"])
    return pd.DataFrame(
        {
            "World": shared["kind"],
            "Sequences": [f"{n:,}" for n in shared["n"]],
            "Strength": shared["strength"],
            "Data sets": shared["data_sets"],
            "p at most 0.05": shared["called"].round(2),
            "and the strongest pair true": shared["right"].round(2),
            "95% interval": [f"{low:.2f} to {high:.2f}" for low, high in bounds],
            "Partners with filters": shared["testable"].round(2),
            "Area, machine less sum": shared["gain"].round(3),
        }
    )
