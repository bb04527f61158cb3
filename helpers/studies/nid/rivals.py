"""The other methods of Table 2, on the training third of the same data sets."""

import time
from collections.abc import Callable, Sequence
from itertools import product

import pandas as pd
from joblib import Parallel, delayed

from helpers import checks
from helpers.detectors import additive, anova, boosting
from helpers.detectors.groves import additive_groves, constrained_boosting
from helpers.detectors.hierarchical_lasso import hierarchical_lasso
from helpers.detectors.rulefit import rulefit
from helpers.studies.nid.training import pair_auc
from helpers.studies.nid.worlds import training_third


def run_baselines(
    *, functions: Sequence[str], trial: int, n_samples: int, seed: int
) -> pd.DataFrame:
    """Run the fast methods on one data set of each function.

    Returns
    -------
    DataFrame
        function, method, auc, trial.
    """
    rows = Parallel(n_jobs=-1)(
        delayed(fast_methods)(function, trial, n_samples, seed)
        for function in functions
    )
    return pd.DataFrame([row for group in rows for row in group]).assign(trial=trial)


def fast_methods(function: str, trial: int, n_samples: int, seed: int) -> list[dict]:
    """Return the AUC of ANOVA in three readings, FAST, SHAP and H on one data set."""
    X, y = training_third(function, trial, n_samples, seed)
    booster = boosting.fit_trees(X, y, seed=seed)
    found = {
        "ANOVA, joint": anova.two_way_anova(X, y, reading="joint"),
        "ANOVA, per pair": anova.two_way_anova(X, y, reading="per pair"),
        "ANOVA, bins": anova.two_way_anova(X, y, reading="bins"),
        "FAST": additive.fast(X, y, seed=seed),
        "trees, SHAP": boosting.shap_interactions(booster, X, seed=seed),
        "trees, H": boosting.h_statistic(booster, X, seed=seed),
    }
    return [
        {"function": function, "method": name, "auc": pair_auc(pairs, function)}
        for name, pairs in found.items()
    ]


def run_slow_baseline(
    *, method: str, functions: Sequence[str], n_samples: int, seed: int
) -> pd.DataFrame:
    """Run one slow method on the first data set of each function.

    Returns
    -------
    DataFrame
        function, auc, seconds (CPU), method, trial.
    """
    rows = Parallel(n_jobs=-1)(
        delayed(slow_method)(method, function, n_samples, seed)
        for function in functions
    )
    return pd.DataFrame(rows).assign(method=method, trial=0)


def run_groves(
    *, function: str, n_samples: int, seed: int, bags: int, repeats: int
) -> pd.DataFrame:
    """Run Additive Groves on the first data set of one function.

    Returns
    -------
    DataFrame
        function, auc, seconds (CPU), method.
    """
    X, y = training_third(function, 0, n_samples, seed)
    row = timed(
        lambda: additive_groves(X, y, seed=seed, bags=bags, repeats=repeats), function
    )
    return pd.DataFrame([row]).assign(method="Additive Groves")


def slow_method(method: str, function: str, n_samples: int, seed: int) -> dict:
    """Return function, AUC and CPU seconds of one slow method, by its name."""
    X, y = training_third(function, 0, n_samples, seed)
    detectors = {
        "hierarchical lasso": lambda: hierarchical_lasso(X, y, seed=seed),
        "RuleFit": lambda: rulefit(X, y, seed=seed),
        "constrained boosting": lambda: constrained_boosting(X, y, seed=seed),
        "Additive Groves": lambda: additive_groves(X, y, bags=4, repeats=5, seed=seed),
    }
    checks.one_of("method", method, tuple(detectors))
    return timed(detectors[method], function)


def timed(detect: Callable, function: str) -> dict:
    """Return function, AUC and CPU seconds of one call that ranks the pairs."""
    start = time.process_time()
    pairs = detect()
    seconds = time.process_time() - start
    return {
        "function": function,
        "auc": pair_auc(pairs, function),
        "seconds": seconds,
    }


def run_readings(
    *, functions: Sequence[str], n_samples: int, seed: int
) -> pd.DataFrame:
    """Run the hierarchical lasso in its four readings on each first data set.

    Returns
    -------
    DataFrame
        reading, function, auc.
    """
    readings = product(functions, ("weak", "strong"), ("minimum", "one-se"))
    rows = Parallel(n_jobs=-1)(
        delayed(one_reading)(*reading, n_samples, seed) for reading in readings
    )
    return pd.DataFrame(rows)


def one_reading(
    function: str, hierarchy: str, rule: str, n_samples: int, seed: int
) -> dict:
    """Return the AUC of the hierarchical lasso in one reading on one function."""
    X, y = training_third(function, 0, n_samples, seed)
    pairs = hierarchical_lasso(X, y, hierarchy=hierarchy, rule=rule, seed=seed)
    return {
        "reading": f"{hierarchy}, {rule}",
        "function": function,
        "auc": pair_auc(pairs, function),
    }


def beside_published(readings: pd.DataFrame, published: pd.Series) -> pd.DataFrame:
    """Return the AUC of each reading by function, the published row last.

    published : values by quantity
    """
    functions = list(dict.fromkeys(readings["function"]))
    wide = readings.pivot_table("auc", "reading", "function")[functions]
    wide.insert(0, "mean", wide.mean(axis=1))
    wide.loc["published"] = {
        name: published[f"table2.hierarchical-lasso.{name}"] for name in wide.columns
    }
    return wide


def closest_reading(wide: pd.DataFrame) -> tuple[str, int, int]:
    """Return the reading equal to the published row in most columns, and in how many.

    Equal to three digits; the last number is that of all columns.
    """
    rounded = wide.round(3)
    equal = (rounded.drop("published") == rounded.loc["published"]).sum(axis=1)
    return equal.idxmax(), int(equal.max()), wide.shape[1]


def joined(*tables: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the tables that there are as one."""
    there = [table for table in tables if table is not None]
    return pd.concat(there, ignore_index=True) if there else None
