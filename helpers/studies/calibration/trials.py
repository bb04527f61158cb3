"""Draw a data set, test it, count: one row a data set.

Fixed before the first of them ran: one network of scikit-learn keeps levels as the
default does, for the test asks nothing of a learner but a direction, and finds fewer
pairs, for one network proposes worse than five. Crossed parts hold with every learner
and find more. Of calls after Benjamini and Hochberg at most 5% are false on average.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from helpers import checks
from helpers.device import Device
from helpers.significance.interaction import Answer, Settings, interaction_test
from helpers.studies.calibration.plan import AS_IT_IS, CROSSED
from helpers.studies.calibration.worlds import Data, sampler
from helpers.truth.drawn_tables import Drawn

#: Learners that propose directions, beside the default; "one network" is as readers
#: bring theirs, from scikit-learn, with one seed.
LEARNERS = ("networks", "undertrained", "boosting", "products", "one network")
#: Seeds of one experiment, and how many of them settings were chosen on.
SEEDS, CHOSEN_ON = 1_000_000, 30_000
#: Nominal levels whose calls are counted, with the names of their columns.
LEVELS = {"called_001": 0.001, "called_01": 0.01, "called_05": 0.05, "called_10": 0.1}
#: A correction calls what its p is at most.
CALLED = 0.05


def trials(
    *,
    world: str,
    n_rows: int,
    learner: str,
    way: str,
    first_set: int,
    n_sets: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Test data sets of one world; return what was called, a row a data set.

    Parameters
    ----------
    world : str
        One of `worlds.WORLDS`.
    n_rows : int
    learner : str
        One of `LEARNERS`.
    way : {"as it is", "crossed"}
        Whether each part of the rows is tested with what those before it taught, or
        with what all others did.
    first_set, n_sets : int
        Numbers of the data sets.
    seed : int
        Of the experiment: data set k of any world is drawn from seed * 1,000,000 +
        30,000 + k; those below served to choose settings.
    device

    Returns
    -------
    DataFrame
        world, n_rows, learner, way, then as `tested`.
    """
    arguments, draw = asked_with(learner, way), sampler(world)

    def ask(number: int) -> tuple[int, Data, dict]:
        data_seed = seed * SEEDS + CHOSEN_ON + number
        data = draw(n_rows, data_seed)
        return data_seed, data, {"blocks": data.blocks} | arguments

    about = {"world": world, "n_rows": n_rows, "learner": learner, "way": way}
    return tested(about, range(first_set, first_set + n_sets), ask, device)


def tested(
    about: dict,
    numbers: Iterable[int],
    ask: Callable[[int], tuple[int, Data | Drawn, dict]],
    device: Device = "auto",
) -> pd.DataFrame:
    """Test data sets one after another; return a row each.

    Parameters
    ----------
    about : dict
        What is the same in every row.
    numbers : iterable of int
        Of the data sets.
    ask : function of a number
        Returns the seed, the data set, and what else the test is given.
    device

    Returns
    -------
    DataFrame
        about, data_set, seconds (of all cores), n_pairs, n_null (pairs with an answer
        for which the null hypothesis is true), called_001, called_01, called_05,
        called_10 (those with p at most that), any_holm, any_maxt, any_step (whether
        one of them is called at 5% after the correction, or by `p_step`; NaN without
        it), z_mean, z_square (means over them), z_largest, n_true, true_05, true_holm,
        true_maxt, true_step (pairs that do interact, and those called), false_bh,
        true_bh (pairs of both kinds that Benjamini and Hochberg's correction calls),
        n_unclear (pairs without an answer), estimate, explains (mean over true pairs:
        what the answer estimates, and what it is), covered, true_covered,
        called_covered (intervals of all pairs, of true ones and of true ones called
        after Holm that hold what the direction explains; NaN unless the outcome is a
        number).
    """
    rows = []
    for number in numbers:
        seed, data, arguments = ask(number)
        started = time.process_time()
        answer = interaction_test(
            data.X, data.y, family=data.family, seed=seed, device=device, **arguments
        )
        seconds = round(time.process_time() - started, 2)
        counts = counted(answer, data)
        rows.append(about | {"data_set": number, "seconds": seconds} | counts)
    return pd.DataFrame(rows)


def counted(answer: Answer, data: Data | Drawn) -> dict:
    """Return the counts of one answer, as in `tested`."""
    place = {name: k for k, name in enumerate(answer.features)}
    table = answer.table[answer.table["identifiable"]]
    is_true = np.array(
        [tuple(sorted(place[name] for name in members)) in set(data.true_pairs)
         for members in answer.names[table.index]], dtype=bool,
    )  # fmt: skip
    null, true = table[~is_true], table[is_true]
    z, steps = null["z"].to_numpy(), "p_step" in table
    return {
        "n_pairs": len(answer.table),
        "n_null": len(null),
        **{name: int((null["p"] <= level).sum()) for name, level in LEVELS.items()},
        "any_holm": bool((null["p_holm"] <= CALLED).any()),
        "any_maxt": bool((null["p_maxt"] <= CALLED).any()),
        "any_step": float((null["p_step"] <= CALLED).any()) if steps else np.nan,
        "z_mean": round(float(z.mean()), 4) if len(z) else np.nan,
        "z_square": round(float((z**2).mean()), 4) if len(z) else np.nan,
        "z_largest": round(float(z.max()), 4) if len(z) else np.nan,
        "n_true": len(data.true_pairs),
        "true_05": int((true["p"] <= 0.05).sum()),
        "true_holm": int((true["p_holm"] <= CALLED).sum()),
        "true_maxt": int((true["p_maxt"] <= CALLED).sum()),
        "true_step": float((true["p_step"] <= CALLED).sum()) if steps else np.nan,
        "false_bh": int((null["p_bh"] <= CALLED).sum()),
        "true_bh": int((true["p_bh"] <= CALLED).sum()),
        "n_unclear": len(answer.table) - len(table),
        **_intervals(answer, table, is_true, data),
    }


def _intervals(
    answer: Answer, table: pd.DataFrame, is_true: np.ndarray, data: Data | Drawn
) -> dict:
    """Return how many intervals hold the share that their direction explains."""
    known = data.family == "gaussian"
    truth = explained(answer, data) if known else {}
    names = answer.names[table.index]
    share = np.array([truth.get(members, np.nan) for members in names])
    holds = (table["low"].to_numpy() <= share) & (share <= table["high"].to_numpy())
    called = is_true & (table["p_holm"] <= CALLED).to_numpy()
    some = known and is_true.any()
    return {
        "estimate": round(float(table["estimate"][is_true].mean()), 5)
        if is_true.any()
        else np.nan,
        "explains": round(float(share[is_true].mean()), 5) if some else np.nan,
        "covered": int(holds.sum()) if known else np.nan,
        "true_covered": int(holds[is_true].sum()) if known else np.nan,
        "called_covered": int(holds[called].sum()) if known else np.nan,
    }


def explained(answer: Answer, data: Data | Drawn) -> dict[tuple[str, str], float]:
    """Return the share of variance that each direction explains in truth.

    A direction is orthogonal to all that was cleared with it, so the slope of the mean
    outcome is its product with the direction: what the test's own slope is an estimate
    of, given the features.
    """
    y, mean = data.y[answer.rows], data.mean[answer.rows]
    total = ((y - y.mean()) ** 2).sum()
    shares = {}
    for pair, direction in answer.directions.items():
        product, size = direction @ mean, direction @ direction
        shares[pair] = float(max(product, 0) ** 2 / size / total) if size > 0 else 0.0
    return shares


def asked_with(learner: str, way: str = AS_IT_IS) -> dict:
    """Return the arguments that give the test a learner, and a way of testing."""
    checks.one_of("learner", learner, LEARNERS)
    checks.one_of("way", way, (AS_IT_IS, CROSSED))
    settings = Settings(crossed=way == CROSSED)
    if learner == "undertrained":
        hunt = replace(settings.hunt, max_epochs=2)
        return {"settings": replace(settings, hunt=hunt)}
    model = _models().get(learner)
    return {"settings": settings} | ({"model": model} if model is not None else {})


def _models() -> dict[str, object]:
    """Return the learners of scikit-learn by name."""
    return {
        "boosting": HistGradientBoostingRegressor(max_iter=150, random_state=0),
        "products": make_pipeline(
            PolynomialFeatures(2, include_bias=False), StandardScaler(),
            RidgeCV(np.logspace(-1, 4, 11)),
        ),
        "one network": make_pipeline(
            StandardScaler(),
            MLPRegressor(
                hidden_layer_sizes=(32, 16), early_stopping=True, max_iter=1000,
                random_state=0,
            ),
        ),
    }  # fmt: skip
