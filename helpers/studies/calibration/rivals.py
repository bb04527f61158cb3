"""Other ways to a p-value for every pair, in the same worlds and on the same data."""

import time
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import HistGradientBoostingRegressor

from helpers import checks
from helpers.significance.interaction.basis import main_functions
from helpers.significance.interaction.direction import mixed_differences
from helpers.significance.interaction.statistics import holm
from helpers.significance.interaction.table import normal_scores
from helpers.studies.calibration.trials import CHOSEN_ON, SEEDS
from helpers.studies.calibration.worlds import sampler

#: Spline functions of a main effect, and of each feature in a tensor product.
MAIN, TENSOR = 5, 3
#: Trees that hunt, and rows that their mixed differences are averaged over.
TREES, REFERENCES = 100, 4


def product_regression(X: np.ndarray, y: np.ndarray, _seed: int) -> np.ndarray:
    """Return p of the products in one regression on straight lines and products.

    Two-sided, HC3, as one gets them from a package of statistics.

    Source
    ------
    MacKinnon and White (1985).
    """
    X = normal_scores(X)
    pairs = list(combinations(range(X.shape[1]), 2))
    products = np.stack([X[:, i] * X[:, j] for i, j in pairs], axis=1)
    design = np.column_stack([np.ones(len(X)), X, products])
    inverse = np.linalg.inv(design.T @ design)
    b = inverse @ (design.T @ y)
    leverage = ((design @ inverse) * design).sum(1)
    units = design * ((y - design @ b) / (1 - leverage))[:, None] @ inverse
    t = b / np.sqrt((units**2).sum(0))
    return 2 * stats.t.sf(np.abs(t[-len(pairs) :]), len(y) - design.shape[1])


def tensor_splines(X: np.ndarray, y: np.ndarray, _seed: int) -> np.ndarray:
    """Return p of F tests: tensor products of a pair beside splines of all features.

    Source
    ------
    Wood (2017), section 5.6, for the products; the penalties are left out.
    """
    X = normal_scores(X)
    main = [main_functions(column[:, None], MAIN) for column in X.T]
    base = np.linalg.qr(np.column_stack([np.ones(len(X)), *main]))[0]
    left = y - base @ (base.T @ y)
    p = []
    for i, j in combinations(range(X.shape[1]), 2):
        one, two = main[i][:, :TENSOR], main[j][:, :TENSOR]
        tensor = (one[:, :, None] * two[:, None]).reshape(len(X), -1)
        tensor = np.linalg.qr(tensor - base @ (base.T @ tensor))[0]
        gained = ((tensor.T @ left) ** 2).sum()
        df = tensor.shape[1], len(y) - base.shape[1] - tensor.shape[1]
        rest = left @ left - gained
        p.append(stats.f.sf(gained / df[0] / (rest / df[1]), *df))
    return np.array(p)


def hunt_and_test(X: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Return p of score tests: boosted trees hunt on a half, splines are the null.

    The mixed difference that trees learned on one half is cleared of the main effects
    and multiplied by the residual of an additive fit on the other. That residual holds
    all other interactions.

    Source
    ------
    Guo (n.d.), a project on tests of one hypothesis at a time, whose publication was
    not found; here without a step that clears a direction of what other pairs say.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(X))
    learn, test = order[: len(X) // 2], order[len(X) // 2 :]
    model = HistGradientBoostingRegressor(max_iter=TREES, random_state=0)
    model.fit(X[learn], y[learn])
    pairs = list(combinations(range(X.shape[1]), 2))
    columns = [(k,) for k in range(X.shape[1])]
    direction = mixed_differences(
        model.predict, X[test], X[learn[:REFERENCES]], pairs, columns
    )
    main = [
        main_functions(column[:, None], MAIN) for column in normal_scores(X[test]).T
    ]
    base = np.linalg.qr(np.column_stack([np.ones(len(test)), *main]))[0]
    residual = y[test] - base @ (base.T @ y[test])
    direction = direction - base @ (base.T @ direction)
    products = residual[:, None] * direction
    size = np.sqrt((products**2).sum(0))
    z = np.divide(products.sum(0), size, out=np.zeros_like(size), where=size > 0)
    return stats.norm.sf(z)


RIVALS = {
    "product regression": product_regression,
    "tensor splines": tensor_splines,
    "hunt and test": hunt_and_test,
}


def rival_trials(
    *, world: str, n_rows: int, rival: str, first_set: int, n_sets: int, seed: int
) -> pd.DataFrame:
    """Ask a rival about the data sets of a world; one row a data set.

    Parameters
    ----------
    world, n_rows, seed
        As for `trials`: data set k is the same.
    rival : str
        One of `RIVALS`.
    first_set, n_sets : int
        Numbers of the data sets.

    Returns
    -------
    DataFrame
        world, n_rows, rival, data_set, seconds, n_null, called_05, any_holm, n_true,
        true_holm: as in `trials`
    """
    ask = RIVALS[checks.one_of("rival", rival, tuple(RIVALS))]
    draw, rows = sampler(world), []
    for number in range(first_set, first_set + n_sets):
        data_seed = seed * SEEDS + CHOSEN_ON + number
        data = draw(n_rows, data_seed)
        started = time.process_time()
        p = ask(data.X, data.y, data_seed)
        seconds = round(time.process_time() - started, 3)
        pairs = list(combinations(range(data.X.shape[1]), 2))
        is_true = np.array([pair in data.true_pairs for pair in pairs])
        corrected = holm(p)
        rows.append(
            {
                "world": world,
                "n_rows": n_rows,
                "rival": rival,
                "data_set": number,
                "seconds": seconds,
                "n_null": int((~is_true).sum()),
                "called_05": int((p[~is_true] <= 0.05).sum()),
                "any_holm": bool((corrected[~is_true] <= 0.05).any()),
                "n_true": int(is_true.sum()),
                "true_holm": int((corrected[is_true] <= 0.05).sum()),
            }
        )
    return pd.DataFrame(rows)
