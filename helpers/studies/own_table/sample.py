"""A table to try the page with: two real interactions, text, a covariate, groups."""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.data.kinds import PathLike


def write_example(path: PathLike, n_rows: int = 1500, *, seed: int = 0) -> Path:
    """Write a table of patients as CSV; return its path.

    The response adds up waves of age, weight and marker. Dose acts with marker (a
    product), and tissue (text) acts with age; other pairs do not interact.

    Parameters
    ----------
    path : str or Path
    n_rows : int
    seed : int
    """
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(n_rows)
    age, weight, marker, dose = (
        0.6 * common + 0.8 * rng.standard_normal(n_rows) for _ in range(4)
    )
    tissue = rng.choice(["liver", "lung", "skin"], size=n_rows)
    clinic = rng.integers(40, size=n_rows)
    response = (
        np.sin(age)
        + 0.5 * weight
        + 0.5 * marker**2
        + 0.7 * dose * marker
        + np.where(tissue == "skin", 0.8 * age, 0.0)
        + 0.2 * rng.standard_normal(40)[clinic]
        + rng.standard_normal(n_rows)
    )
    table = pd.DataFrame(
        {
            "age": 55 + 12 * age,
            "weight": 75 + 13 * weight,
            "marker": np.exp(marker),
            "dose": 10 + 3 * dose,
            "tissue": tissue,
            "clinic": [f"clinic {k}" for k in clinic],
            "response": response,
        }
    )
    table.round(4).to_csv(path, index=False)
    return Path(path)


def only_with(option: str, **given: object) -> None:
    """Raise where options are given without the one without which none is used.

    Parameters
    ----------
    option : str
        Of a page that shows an example of its own where it is left out.
    **given
        Options that belong to it, by name; empty ones are not given.
    """
    named = [name for name, value in given.items() if value]
    if named:
        raise ValueError(
            f"{option} must be given with {', '.join(named)}: without it the page "
            "shows an example of its own."
        )
