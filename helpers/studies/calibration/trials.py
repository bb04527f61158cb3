"""Draw a data set, test it, count: one row a data set."""

import time
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from helpers import checks
from helpers.significance.interaction import Answer, Settings, interaction_test
from helpers.studies.calibration.worlds import sampler

#: Learners that propose directions, beside the default.
LEARNERS = ("networks", "undertrained", "boosting", "products")
#: Seeds of one experiment, and how many of them settings were chosen on.
SEEDS, CHOSEN_ON = 1_000_000, 20_000
#: Nominal levels whose calls are counted.
LEVELS = (0.01, 0.05, 0.1)


def trials(
    *,
    world: str,
    n_rows: int,
    learner: str,
    first_set: int,
    n_sets: int,
    seed: int,
    device="auto",
) -> pd.DataFrame:
    """Test data sets of one world; return what was called, a row a data set.

    Parameters
    ----------
    world : str
        One of `worlds.WORLDS`.
    n_rows : int
    learner : str
        One of `LEARNERS`.
    first_set, n_sets : int
        Numbers of the data sets.
    seed : int
        Of the experiment: data set k of any world is drawn from seed * 1,000,000 +
        20,000 + k; those below served to choose settings.
    device

    Returns
    -------
    DataFrame
        world, n_rows, learner, data_set, seconds (of all cores), n_null (pairs with an
        answer for which the null hypothesis is true), called_01, called_05, called_10
        (those with p at most that), any_holm, any_maxt (whether one of them is called
        at 5 % after the correction), z_mean, z_square (means over them), z_largest,
        n_true, true_holm, true_maxt (pairs that do interact, and those called),
        n_unclear (pairs without an answer), estimate (mean over true pairs).
    """
    checks.one_of("learner", learner, LEARNERS)
    draw, rows = sampler(world), []
    for number in range(first_set, first_set + n_sets):
        data_seed = seed * SEEDS + CHOSEN_ON + number
        data = draw(n_rows, data_seed)
        started = time.process_time()
        answer = interaction_test(
            data.X,
            data.y,
            family=data.family,
            seed=data_seed,
            device=device,
            **_learner(learner),
        )
        rows.append(
            {
                "world": world,
                "n_rows": n_rows,
                "learner": learner,
                "data_set": number,
                "seconds": round(time.process_time() - started, 2),
                **counted(answer, data.true_pairs),
            }
        )
    return pd.DataFrame(rows)


def counted(answer: Answer, true_pairs) -> dict:
    """Return the counts of one answer, as in `trials`."""
    place = {name: k for k, name in enumerate(answer.features)}
    table = answer.table[answer.table["identifiable"]]
    is_true = np.array(
        [tuple(sorted(place[name] for name in pair)) in set(true_pairs)
         for pair in table["pair"]], dtype=bool,
    )  # fmt: skip
    null, true = table[~is_true], table[is_true]
    z = null["z"].to_numpy()
    return {
        "n_null": len(null),
        **{f"called_{round(100 * a):02}": int((null["p"] <= a).sum()) for a in LEVELS},
        "any_holm": bool((null["p_holm"] <= 0.05).any()),
        "any_maxt": bool((null["p_maxt"] <= 0.05).any()),
        "z_mean": round(float(z.mean()), 4) if len(z) else np.nan,
        "z_square": round(float((z**2).mean()), 4) if len(z) else np.nan,
        "z_largest": round(float(z.max()), 4) if len(z) else np.nan,
        "n_true": len(true_pairs),
        "true_holm": int((true["p_holm"] <= 0.05).sum()),
        "true_maxt": int((true["p_maxt"] <= 0.05).sum()),
        "n_unclear": len(answer.table) - len(table),
        "estimate": round(float(true["estimate"].mean()), 5) if len(true) else np.nan,
    }


def _learner(name: str) -> dict:
    """Return the arguments that give the test a learner."""
    if name == "undertrained":
        default = Settings()
        return {"settings": replace(default, hunt=replace(default.hunt, max_epochs=2))}
    if name == "boosting":
        return {"model": HistGradientBoostingRegressor(max_iter=150, random_state=0)}
    if name == "products":
        return {
            "model": make_pipeline(
                PolynomialFeatures(2, include_bias=False), StandardScaler(),
                RidgeCV(np.logspace(-1, 4, 11)),
            )
        }  # fmt: skip
    return {}
