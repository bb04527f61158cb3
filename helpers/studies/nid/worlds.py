"""The data of the study: ten functions, their trials and thirds, noise, real tables."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import checks, datasets
from helpers.data.splits import fill_missing, random_split, random_thirds, standardise
from helpers.detectors.interactions import all_pairs
from helpers.truth.functions import FUNCTIONS, is_interaction, simulate

#: The 45 pairs of ten features, numbered from 1, in the order of `all_pairs`.
PAIR_NAMES = tuple(f"{i + 1}-{j + 1}" for i, j in all_pairs(10))

#: Real data sets of Fig 5 and their titles.
REAL = {
    "california_housing": "California housing",
    "bike_sharing": "Bike sharing",
    "higgs": "Higgs boson",
    "letter_recognition": "Letter recognition",
}


def function_table() -> pd.DataFrame:
    """Return name, number of true pairs, true sets and formula of the ten functions."""
    return pd.DataFrame(
        {
            "Function": name,
            "Pairs": len(function.pairs),
            "Interactions": " ".join(
                "{" + ",".join(str(i + 1) for i in s) + "}" for s in function.sets
            ),
            "Formula": f"${function.latex}$",
        }
        for name, function in FUNCTIONS.items()
    )


def true_pairs() -> dict[str, tuple[tuple[int, int], ...]]:
    """Return the pairs that interact in each of the ten functions."""
    return {name: function.pairs for name, function in FUNCTIONS.items()}


def shown_pairs(n_points: int = 300, *, seed: int = 0) -> dict[str, tuple]:
    """Return the pairs of each function whose mixed differences are not zero.

    That a difference is not zero at some pair of points proves an interaction; that
    all are zero at `n_points` random ones makes it unlikely.
    """
    seed = checks.integer("seed", seed, at_least=0)
    shown = {}
    for name, function in FUNCTIONS.items():
        a, b = (function.sample(n_points, seed=2 * seed + end) for end in (0, 1))
        shown[name] = tuple(
            pair
            for pair in all_pairs(function.n_features)
            if is_interaction(function, pair, a, b)
        )
    return shown


def proof_text(seed: int) -> str:
    """Return in how many functions `shown_pairs` are the listed ones, as a sentence."""
    shown = shown_pairs(seed=seed)
    listed = [shown[name] == pairs for name, pairs in true_pairs().items()]
    text = f"in **{sum(listed)} of {len(listed)}** functions for every pair but the "
    return f"At 300 random pairs of points mixed differences are zero {text}listed."


def n_true_sets() -> dict[str, int]:
    """Return the number of true sets of each of the ten functions."""
    return {name: len(function.sets) for name, function in FUNCTIONS.items()}


def true_sets(function: str) -> tuple[tuple[int, ...], ...]:
    """Return the sets that interact in one of the ten functions."""
    return FUNCTIONS[function].sets


def function_number(function: str) -> int:
    """Return the place of one of the ten functions, from 0."""
    return list(FUNCTIONS).index(function)


def trial_parts(function: str, trial: int, n_samples: int, seed: int) -> tuple:
    """Return X, y of one trial and the rows of its three parts.

    Returns
    -------
    X : array, shape (n_samples, 10)
    y : array, shape (n_samples,)
    parts : Split
        Random thirds.
    """
    checks.one_of("function", function, tuple(FUNCTIONS))
    trial = checks.integer("trial", trial, at_least=0)
    number = 1_000 * seed + 20 * trial + function_number(function)
    X, y = simulate(function, n_samples, seed=number)
    return X, y, random_thirds(n_samples, seed=number)


def trial_data(function: str, trial: int, n_samples: int, seed: int) -> tuple:
    """Return X, y of one trial, standardised: training, validation and test third.

    Both are standardised by the training third; the rows stand in the order of the
    thirds, so that `thirds` masks them.
    """
    X, y, parts = trial_parts(function, trial, n_samples, seed)
    rows = np.concatenate(parts)
    X, y = standardise(X, parts.train).values, standardise(y, parts.train).values
    return X[rows], y[rows]


def training_third(function: str, trial: int, n_samples: int, seed: int) -> tuple:
    """Return X, y of the training third of one trial, standardised."""
    X, y = trial_data(function, trial, n_samples, seed)
    return X[: n_samples // 3], y[: n_samples // 3]


def thirds(n_samples: int) -> list[np.ndarray]:
    """Return the masks of training, validation and test third, (n_samples,) each."""
    n_samples = checks.integer("n_samples", n_samples, at_least=3)
    third = np.arange(n_samples) // -(-n_samples // 3)
    return [third == part for part in range(3)]


def noisy_data(
    function: str, trial: int, n_samples: int, noise: float, seed: int
) -> tuple:
    """Return X, y of one trial with normal noise on both, in all three thirds.

    noise : standard deviation, in standard deviations of the clean values
    """
    noise = checks.number("noise", noise, at_least=0)
    X, y = trial_data(function, trial, n_samples, seed)
    rng = np.random.default_rng([seed, trial, function_number(function), 8])
    return (
        X + noise * rng.normal(size=X.shape),
        y + noise * rng.normal(size=y.shape),
    )


def real_order(n_rows: int, n_all: int, trial: int, seed: int) -> np.ndarray:
    """Return which rows of a real data set a trial takes, in its order."""
    n_rows = checks.integer("n_rows", n_rows, at_least=1)
    return np.random.default_rng([seed, trial]).permutation(n_all)[:n_rows]


def real_rows(name: str, trials: Sequence[int], n_rows: int, seed: int) -> tuple:
    """Return a real data set, and what each trial makes of it.

    Parameters
    ----------
    name : str
        A key of `REAL`.
    trials : sequence of int
        Each is a random order of the rows and a random split.
    n_rows : int
        At most so many rows.

    Returns
    -------
    data : Dataset
    X : array, shape (n_trials, n_rows, n_features)
        Standardised by the training part, gaps filled by its median.
    y : array, shape (n_trials, n_rows)
        Standardised as well, or classes 0 and 1.
    masks : array of bool, shape (3, n_trials, n_rows)
        Training, validation and test part: 80, 10 and 10%.
    """
    checks.one_of("name", name, tuple(REAL))
    data = datasets.load(name)
    X, y, masks = [], [], []
    for trial in trials:
        rows = real_order(n_rows, len(data.X), trial, seed)
        parts = random_split(len(rows), seed=1_000 * seed + trial)
        values = fill_missing(data.X.iloc[rows].reset_index(drop=True), parts.train)
        X.append(standardise(values, parts.train).values)
        outcome = data.y.iloc[rows].to_numpy(float)
        if data.task == "regression":
            outcome = standardise(outcome, parts.train).values
        y.append(outcome)
        masks.append([np.isin(np.arange(len(rows)), part) for part in parts])
    return data, np.stack(X), np.stack(y), np.stack(masks, axis=1)
