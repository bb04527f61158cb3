"""F1 to F10 of the NID study: as published, with noise, with correlated features."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from helpers.studies.calibration.worlds import WORLDS, correlated
from helpers.studies.matrix.kinds import Data, Truth
from helpers.studies.matrix.truths.tables import ROWS, calibration_world
from helpers.truth.functions import FUNCTIONS

#: Rows that the published networks train on.
PUBLISHED_ROWS = 10_000


def function(
    seed: int, *, name: str, n_rows: int, rho: float, explained: float
) -> Data:
    """Draw points of a function.

    Parameters
    ----------
    seed : int
    name : str
    n_rows : int
    rho : float
        Correlation of the normal scores of any two features, each uniform on its
        range.
    explained : float
        Share of the variance that is not noise.
    """
    drawn = FUNCTIONS[name]
    rng = np.random.default_rng([seed, 63])
    scores = correlated(n_rows, drawn.n_features, rho, rng)
    low, high = np.array(drawn.ranges).T
    X = low + (high - low) * stats.norm.cdf(scores)
    y = drawn(X)
    y = np.sqrt(explained) * (y - y.mean()) / y.std()
    y = y + np.sqrt(1 - explained) * rng.standard_normal(n_rows)
    return Data(y, drawn.n_features, drawn.pairs, X=X)


def _truth(
    name: str,
    words: str,
    draw: Callable[..., Data],
    settings: dict,
    group: str,
    **more: Any,
) -> Truth:
    return Truth("table", f"{name} {words}", draw, 10, settings, group, **more)


TRUTHS = (
    {
        name: _truth(
            name,
            "as published: 10,000 rows, no noise",
            function,
            {"name": name, "n_rows": PUBLISHED_ROWS, "rho": 0.0, "explained": 1.0},
            "F1 to F10, published",
        )
        for name in FUNCTIONS
    }
    | {
        f"{name}, noise": _truth(
            name,
            f"with noise: 1,000 rows, {100 * WORLDS[name].explained:.0f} % explained",
            calibration_world,
            {"world": name, "n_rows": ROWS},
            "F1 to F10, noise",
            trials=(name, ROWS),
        )
        for name in FUNCTIONS
    }
    | {
        f"{name}, correlated": _truth(
            name,
            "with noise and features correlated .5: 1,000 rows, 65 % explained",
            function,
            {"name": name, "n_rows": ROWS, "rho": 0.5, "explained": 0.65},
            "F1 to F10, correlated",
        )
        for name in FUNCTIONS
    }
)
