"""Tables of numbers: worlds of the calibration page, many features, signs."""

import numpy as np

from helpers.studies.calibration.trials import CHOSEN_ON, SEEDS
from helpers.studies.calibration.worlds import WORLDS, sampler
from helpers.studies.matrix.kinds import Data, Truth

#: Worlds of the calibration page that are taken over, with their group here.
TAKEN = {
    "additive": "nothing", "independent": "nothing", "broken": "nothing",
    "heteroscedastic": "nothing", "heavy": "nothing", "duplicate": "nothing",
    "binary": "nothing", "binary, rare": "nothing",
    "weak product": "one pair", "strong product": "one pair",
    "strong step": "one pair", "binary product": "one pair",
    "two products": "several", "three-way": "several",
}  # fmt: skip
ROWS = 1_000
WIDE = 200


def calibration_world(seed: int, *, world: str, n_rows: int) -> Data:
    """Draw data set `seed` of a world of the calibration page, the same as there."""
    drawn = sampler(world)(n_rows, _seed(seed))
    return Data(
        drawn.y, drawn.X.shape[1], drawn.true_pairs, X=drawn.X, family=drawn.family
    )


def _seed(number: int) -> int:
    """Return the seed there of our data set `number`, of experiment 0."""
    return CHOSEN_ON + number % (SEEDS - CHOSEN_ON)


def wide(seed: int, *, n_rows: int, n_pairs: int, share: float) -> Data:
    """Draw 200 normal features with straight effects of twenty, and a few products.

    share : of the variance, of each product; noise has as much as all main effects.
    """
    rng = np.random.default_rng([seed, 61])
    X = rng.standard_normal((n_rows, WIDE))
    members = rng.choice(WIDE, (n_pairs, 2), replace=False)
    slopes = np.zeros(WIDE)
    slopes[rng.choice(WIDE, 20, replace=False)] = rng.choice([-1, 1], 20)
    rest = (1 - n_pairs * share) / 2
    main = X @ slopes / np.sqrt(20)
    y = np.sqrt(rest) * (main + rng.standard_normal(n_rows))
    for i, j in members:
        y = y + np.sqrt(share) * X[:, i] * X[:, j]
    pairs = tuple(sorted((int(min(m)), int(max(m))) for m in members))
    return Data(y, WIDE, pairs, X=X)


def exclusive_or(seed: int, *, n_rows: int, share: float) -> Data:
    """Draw ten columns of -1 and 1; the outcome is the product of the first two.

    share : of the variance, that is not noise; no feature has an effect of its own.
    """
    rng = np.random.default_rng([seed, 62])
    X = rng.choice([-1.0, 1.0], (n_rows, 10))
    noise = rng.standard_normal(n_rows)
    y = np.sqrt(share) * X[:, 0] * X[:, 1] + np.sqrt(1 - share) * noise
    return Data(y, 10, ((0, 1),), X=X)


TRUTHS = {
    name: Truth(
        "table",
        WORLDS[name].about,
        calibration_world,
        10,
        {"world": name, "n_rows": ROWS},
        group,
        family=WORLDS[name].family,
        null=not WORLDS[name].terms,
        trials=(name, ROWS),
    )
    for name, group in TAKEN.items()
} | {
    "exclusive or": Truth(
        "table",
        "signs: x1 x2, no main effects, 20 %",
        exclusive_or,
        10,
        {"n_rows": ROWS, "share": 0.2},
        "one pair",
    ),
    "200 features": Truth(
        "table",
        "five products of 5 % among 200 features",
        wide,
        WIDE,
        {"n_rows": 3_000, "n_pairs": 5, "share": 0.05},
        "many features",
    ),
    "200 features, none": Truth(
        "table",
        "no products among 200 features",
        wide,
        WIDE,
        {"n_rows": 3_000, "n_pairs": 0, "share": 0.05},
        "many features",
        null=True,
    ),
}
