"""The cells of the matrix: methods asked about data sets of truths, one row each."""

import time

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import average_precision_score, roc_auc_score

from helpers import checks, memory
from helpers.significance.interaction.statistics import holm
from helpers.studies.matrix.kinds import Answer, Data, Learners, Method
from helpers.studies.matrix.methods import method
from helpers.studies.matrix.truths import draw, truths

#: Level of a test.
LEVEL = 0.05
#: What is known of a cell.
COLUMNS = (
    "method", "truth", "data_set", "ap", "auc", "first", "n_null", "called",
    "any_called", "n_true", "found", "found_corrected", "unclear", "agreement",
    "seconds", "mb", "said",
)  # fmt: skip
#: The seed of methods on their second look at a data set.
SECOND_LOOK = 1_000


def cells(
    *, methods: dict, worlds: dict, first_set: int, n_sets: int, seed: int
) -> pd.DataFrame:
    """Ask methods about data sets of truths; what a method refuses has no row.

    Parameters
    ----------
    methods : dict of str to dict
        Names, with their knobs.
    worlds : dict of str to dict
        Names of truths, with their settings.
    first_set, n_sets : int
        Numbers of the data sets.
    seed : int
        Data set k of experiment s is drawn with 10,000 s + k.

    Returns
    -------
    DataFrame
        method, truth, data_set; ap, auc (average precision and area under the ROC
        curve over pairs, NaN unless some pairs interact and some do not), first (the
        strongest pair interacts); for tests n_null, called (pairs without interaction,
        those with p at most .05), any_called (one of them after correction), n_true,
        found, found_corrected (pairs that interact, called), unclear (pairs without an
        answer), else NaN; agreement (rank correlation with the same method under
        another seed, on data set 0; 1 where nothing is drawn); seconds (CPU), mb
        (memory that the process grew by); said (an error in one line, where the method
        gave one).
    """
    rows = []
    for world, settings in worlds.items():
        truth = truths()[checks.one_of("truth", world, tuple(truths()))]
        able = {n: k for n, k in methods.items() if not method(n).refusal(truth)}
        for number in range(first_set, first_set + n_sets) if able else ():
            data_seed = 10_000 * checks.integer("seed", seed, at_least=0) + number
            data = draw(world, data_seed, **settings)
            looks = [Learners(), Learners()]
            for name, knobs in able.items():
                found = cell(method(name), knobs, data, data_seed, looks, not number)
                about = {"method": name, "truth": world, "data_set": number}
                rows.append(about | found)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def cell(
    asked: Method, knobs: dict, data: Data, seed: int, looks: list, twice: bool
) -> dict:
    """Ask one method about one data set, twice for its agreement with itself."""
    learners, others = looks
    learners.owed = 0.0
    before = memory.resident_megabytes()
    memory.forget_peak()
    started = time.process_time()
    try:
        answer = asked.ask(data, seed, learners, **knobs)
    except ValueError as error:
        return judged(None, data, tests=asked.tests) | {"said": str(error)}
    seconds = time.process_time() - started + learners.owed
    peak = memory.peak_megabytes().get("peak_mb", np.nan)
    agreement = np.nan
    if twice:
        agreement = 1.0
        if asked.drawn:
            again = asked.ask(data, seed + SECOND_LOOK, others, **knobs)
            agreement = _rank_correlation(answer.scores, again.scores)
    return judged(answer, data, tests=asked.tests) | {
        "agreement": round(agreement, 4),
        "seconds": round(seconds, 3),
        "mb": round(max(peak - before, 0.0), 1),
        "said": None,
    }


def judged(answer: Answer | None, data: Data, *, tests: bool) -> dict:
    """Return what an answer is worth; all NaN without one.

    tests : whether it comes from a test, so that calls are counted
    """
    worth = dict.fromkeys(COLUMNS[3:-1], np.nan)
    if answer is None:
        return worth
    true = data.is_true
    scores = np.nan_to_num(answer.scores, nan=-np.inf)
    scores = np.where(np.isfinite(scores), scores, np.finfo(float).min)
    if true.any() and not true.all():
        worth["ap"] = round(average_precision_score(true, scores), 4)
        worth["auc"] = round(roc_auc_score(true, scores), 4)
        # Of ties for the first place, the share that interacts.
        worth["first"] = round(float(true[scores == scores.max()].mean()), 4)
    return worth | (_calls(answer, true) if tests and answer.p is not None else {})


def _calls(answer: Answer, true: np.ndarray) -> dict:
    """Return how many pairs a test calls, of those that interact and of others."""
    p = np.asarray(answer.p, float)
    known = np.isfinite(p)
    corrected = answer.corrected
    if corrected is None:
        corrected = np.full(len(p), np.nan)
        corrected[known] = holm(p[known])
    null = known & ~true
    with np.errstate(invalid="ignore"):
        called, surely = p <= LEVEL + 1e-12, np.asarray(corrected) <= LEVEL + 1e-12
    return {
        "n_null": int(null.sum()),
        "called": int((called & null).sum()),
        "any_called": float((surely & null).any()),
        "n_true": int(true.sum()),
        "found": int((called & known & true).sum()),
        "found_corrected": int((surely & known & true).sum()),
        "unclear": int((~known).sum()),
    }


def _rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's correlation; 0 if either ranks nothing."""
    if np.ptp(first) == 0 or np.ptp(second) == 0 or len(first) < 2:
        return 0.0 if len(first) > 1 else np.nan
    return float(stats.spearmanr(first, second).statistic)
