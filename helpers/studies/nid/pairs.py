"""Table 2: train on every function and trial, and read each network in several ways."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from torch import nn

from helpers import evaluation
from helpers.detectors import weights
from helpers.detectors.archdetect import archdetect
from helpers.device import Device
from helpers.studies.nid.theory import lemma_3_share
from helpers.studies.nid.training import (
    ARCHITECTURES,
    Recipe,
    all_runs,
    kept_mean,
    pair_auc,
    train,
)
from helpers.studies.nid.worlds import PAIR_NAMES, true_sets
from helpers.truth.functions import FUNCTIONS

#: Methods that the paper shows as well, and their names in the published table.
PUBLISHED_METHODS = {
    "NID, MLP": "mlp",
    "NID, MLP-M": "mlpm",
    "ANOVA, joint": "anova",
    "hierarchical lasso": "hierarchical-lasso",
    "RuleFit": "rulefit",
    "Additive Groves": "additive-groves",
}


def parts_of(trials: Sequence[int]) -> list[dict]:
    """Return the parts of Table 2: one a network and five trials."""
    return [
        {"architecture": architecture, "trials": list(trials[i : i + 5])}
        for architecture in ARCHITECTURES
        for i in range(0, len(trials), 5)
    ]


def train_and_read(
    *,
    functions: Sequence[str],
    trials: Sequence[int],
    architecture: str,
    rate: str,
    l1_strength: float,
    device: Device = "auto",
    **recipe: Any,
) -> pd.DataFrame:
    """Train on every function and trial; return what each network says.

    Parameters
    ----------
    functions, trials : lists
        Names and numbers: all combinations are trained.
    architecture, rate : str
        As for `train`.
    l1_strength : float
    **recipe
        Fields of `Recipe`.

    Returns
    -------
    table : DataFrame
        One row a network: function, trial, l1, architecture, epochs, validation_mse,
        auc, archdetect_auc, lemma3_share, "hits ..." for each average, and the 45
        strengths as shares of the largest.
    plan : dict
    """
    recipe = Recipe(device=device, **recipe)
    runs = all_runs(function=functions, trial=trials).assign(l1=l1_strength)
    ensemble, data = train(runs, recipe, architecture=architecture, rate=rate)
    rows = []
    for i, run in enumerate(runs.itertuples()):
        X_test = data[run.function, run.trial][0][-recipe.n_samples // 3 :]
        rows.append(read(ensemble.network(i), run.function, X_test, recipe.seed))
    return runs.assign(
        architecture=architecture,
        epochs=ensemble.history_.groupby("network").size().to_numpy(),
        validation_mse=ensemble.best_loss_,
    ).join(pd.DataFrame(rows)), ensemble.plan_


def read(network: nn.Module, function: str, X: np.ndarray, seed: int) -> dict:
    """Return what one network says of the ten features of a function."""
    pairs, sets = weights.nid_pairs(network), true_sets(function)
    hits = {
        f"hits {name}": evaluation.hits_before_first_false_positive(
            weights.nid_ranking(network, average=name), sets
        )
        for name in weights.AVERAGES
    }
    share = pairs.scores / pairs.scores.max()
    return {
        "auc": pair_auc(pairs, function),
        "archdetect_auc": pair_auc(archdetect(network, X, seed=seed), function),
        "lemma3_share": lemma_3_share(network, X[:1000]),
        **hits,
        **dict(zip(PAIR_NAMES, share.round(4), strict=True)),
    }


def table_2(
    networks: pd.DataFrame | None,
    *others: pd.DataFrame | None,
    stored: pd.DataFrame | None = None,
) -> pd.DataFrame | None:
    """Return the AUC of every method, function and trial.

    Parameters
    ----------
    networks : DataFrame or None
        From `train_and_read`.
    *others : DataFrame or None
        Columns method, function, auc, trial of other methods.
    stored : DataFrame, optional
        Rows of the paper-size run: methods that `others` lack are taken from there and
        marked.

    Returns
    -------
    DataFrame or None
        method, function, trial, auc; None without any table.
    """
    tables = [table for table in others if table is not None]
    if stored is not None:
        here = {method for table in tables for method in table["method"]}
        left = stored[~stored["method"].isin(here)]
        tables.append(left.assign(method=left["method"] + " (stored)"))
    if networks is not None:
        for method, column in (("NID", "auc"), ("ArchDetect", "archdetect_auc")):
            rows = networks[["function", "trial", column]].set_axis(
                ["function", "trial", "auc"], axis=1
            )
            tables.insert(0, rows.assign(method=method + ", " + networks.architecture))
    return pd.concat(tables, ignore_index=True) if tables else None


def published_aucs(published: pd.Series) -> pd.DataFrame:
    """Return the published AUCs by method and function, for the figure.

    published : values by quantity
    """
    return pd.DataFrame(
        {"method": label, "function": name, "auc": published[f"table2.{key}.{name}"]}
        for method, key in PUBLISHED_METHODS.items()
        for tuned in ("", ", tuned")
        for label in (f"{method}{tuned}", f"{method}{tuned} (stored)")
        for name in FUNCTIONS
    )


def mean_aucs(aucs: pd.DataFrame) -> pd.DataFrame:
    """Return the mean AUC by method (rows) and function, best and worst trial dropped.

    The first column is the mean over the functions, none if one is missing.
    """
    means = aucs.pivot_table(
        index="method", columns="function", values="auc", aggfunc=kept_mean, sort=False
    )[list(FUNCTIONS)]
    means.insert(0, "mean", means.mean(axis=1, skipna=False))
    return means


def margin_words(aucs: pd.DataFrame) -> str:
    """Say how far the mean AUC of NID on MLP-M lies from that of Additive Groves.

    Tuned networks if there are any; "" where one of the two has not run on all.
    """
    means = mean_aucs(aucs)["mean"].dropna()
    names = [
        next((name for name in means.index if name.startswith(start)), None)
        for start in ("NID, MLP-M, tuned", "NID, MLP-M", "Additive Groves")
    ]
    ours, theirs = names[0] or names[1], names[2]
    if ours is None or theirs is None:
        return ""
    own = [aucs[aucs["method"] == name] for name in (ours, theirs)]
    sets = [int(one.groupby("function")["auc"].count().min()) for one in own]
    margin = means[ours] - means[theirs]
    spread = own[0].groupby("trial")["auc"].mean().std()
    side = "above" if margin > 0 else "below"
    text = f"*{ours}* lies {abs(margin):.4f} {side} *{theirs}* ({means[ours]:.4f} and "
    text += f"{means[theirs]:.4f}; {sets[0]} and {sets[1]} data sets a function)."
    if not np.isfinite(spread):
        return text
    text += f" From data set to data set the first mean moves by {spread:.4f}"
    close = "this order is too close to call, whatever its verdict below"
    return f"{text} (standard deviation)" + (
        f": {close}." if abs(margin) < spread else "."
    )


def recorded(means: pd.DataFrame) -> dict:
    """Return the values that the comparison takes from `mean_aucs`.

    A network counts with the strength tuned as in the paper, if that has run.
    """
    rows = {}
    for method, key in PUBLISHED_METHODS.items():
        for label in (method, f"{method}, tuned"):
            if label in means.index:
                rows[key] = means.loc[label]
    values = {
        f"table2.{key}.{column}": value
        for key, row in rows.items()
        for column, value in row.dropna().items()
    }
    networks = [key for key in ("mlp", "mlpm") if key in rows]
    for key in networks:
        for other in rows.keys() - {"mlp", "mlpm"}:
            if np.isfinite(rows[other]["mean"]):
                order = f"table2.order.{key}-above-{other}"
                values[order] = rows[key]["mean"] > rows[other]["mean"]
    if len(networks) == 2:
        values["table2.order.mlp-above-mlpm-on-F6"] = (
            rows["mlp"]["F6"] > rows["mlpm"]["F6"]
        )
    return values


def summed_hits(networks: pd.DataFrame) -> pd.DataFrame:
    """Return the true sets ranked first, summed over functions, mean over trials.

    Returns
    -------
    DataFrame
        One row an architecture, one column an average (Fig 3).
    """
    columns = [f"hits {name}" for name in weights.AVERAGES]
    totals = networks.groupby(["architecture", "trial"])[columns].sum()
    means = totals.groupby("architecture").mean()
    return means.rename(columns=lambda column: column.removeprefix("hits "))


def minimum_is_highest(hits: pd.DataFrame) -> dict:
    """Return the orderings that the comparison takes from `summed_hits`."""
    return {
        f"fig3.{key}.minimum-is-highest": hits.loc[name, "minimum"]
        >= hits.loc[name].max()
        for name, key in (("MLP", "mlp"), ("MLP-M", "mlpm"))
        if name in hits.index
    }


def mean_maps(networks: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the mean strengths of MLP-M by function, (10, 10), symmetric (Fig 4)."""
    with_nets = networks[networks["architecture"] == "MLP-M"]
    return {
        name: strength_matrix(
            with_nets.loc[with_nets["function"] == name, list(PAIR_NAMES)].mean()
        )
        for name in FUNCTIONS
    }


def strength_matrix(strengths: pd.Series) -> np.ndarray:
    """Return 45 strengths, in the order of `PAIR_NAMES`, as a symmetric matrix."""
    matrix = np.full((10, 10), np.nan)
    matrix[np.triu_indices(10, 1)] = strengths
    return np.fmax(matrix, matrix.T)


def map_orderings(maps: dict[str, np.ndarray]) -> dict:
    """Return what the comparison takes from `mean_maps`."""
    true, false = {}, {}
    for name, matrix in maps.items():
        inside = np.zeros((10, 10), bool)
        inside[tuple(np.transpose(FUNCTIONS[name].pairs))] = True
        above = np.triu(np.ones((10, 10), bool), 1)
        true[name], false[name] = matrix[inside & above], matrix[~inside & above]
    late = [maps["F6"][pair] for pair in ((7, 8), (7, 9), (8, 9))]
    others = (true["F6"].sum() - sum(late)) / (len(true["F6"]) - len(late))
    return {
        "fig4.true-pairs-stronger": all(
            true[name].mean() > false[name].mean() for name in maps
        ),
        "fig4.F6.pairs-of-8-9-10-weak": np.mean(late) < others,
        "fig4.F7.has-errors": false["F7"].max() > true["F7"].min(),
    }


def top_rank_recall(networks: pd.DataFrame) -> pd.DataFrame:
    """Return the mean share of true sets before the first false one, by function."""
    sizes = {name: len(function.sets) for name, function in FUNCTIONS.items()}
    share = networks["hits minimum"] / networks["function"].map(sizes)
    recall = networks.assign(recall=share).pivot_table(
        "recall", "architecture", "function", aggfunc=kept_mean
    )[list(FUNCTIONS)]
    recall.insert(0, "mean", recall.mean(axis=1))
    return recall
