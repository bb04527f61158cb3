"""Precision-recall and ROC curves of stored rankings: all thresholds, not one level."""

import numpy as np
import pandas as pd
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from helpers.studies.gene_gene.permuting import tested
from helpers.studies.stores import Store

POINTS = np.linspace(0, 1, 61)  # of recall, and of the share of false pairs
AREAS = (average_precision_score, roc_auc_score)
#: Design -> the steps of the chapter and of the page on the test of each pair.
STEPS = {
    "published default": (
        "permuted-default",
        None,
        "size-80000-people-SN-0.1-six-pairs",
    ),
    "S/N 1, 20,000 people": (
        "permuted-SN-1-small",
        "other-tests",
        "pairs-six-pairs",
    ),
}


def averaged(true: pd.Series, score: pd.Series, number: pd.Series) -> pd.DataFrame:
    """Return the mean curves over data sets of a ranking of pairs.

    Pairs of equal score are called together: between such steps the ROC curve is a
    line, and the precision at a recall is that of the first threshold to reach it.

    Parameters
    ----------
    true, score, number : Series, of one index
        Whether a pair interacts; larger is stronger; the data set.

    Returns
    -------
    DataFrame
        at (recall, or share of false pairs called), precision (a gap at recall 0),
        found (share of true pairs called); ap, auroc: means, data_sets: of so many.
    """
    precision, found, areas = [], [], []
    for _, rows in pd.DataFrame({"true": true, "score": score}).groupby(number):
        exact, recall, _ = precision_recall_curve(*rows.to_numpy(float).T)
        reached = (recall[:, None] >= POINTS - 1e-9).sum(axis=0) - 1  # recall falls
        precision.append(np.where(POINTS > 0, exact[reached], np.nan))
        wrong, right, _ = roc_curve(*rows.to_numpy(float).T, drop_intermediate=False)
        found.append(np.interp(POINTS, wrong, right))
        found[-1][0] = right[wrong == 0].max()
        areas.append([area(*rows.to_numpy(float).T) for area in AREAS])
    ap, auroc = np.mean(areas, axis=0)
    return pd.DataFrame(
        {
            "at": POINTS,
            "precision": np.mean(precision, axis=0),
            "found": np.mean(found, axis=0),
            "ap": ap,
            "auroc": auroc,
            "data_sets": len(areas),
        }
    )


def curves(chapter: Store, page: Store) -> pd.DataFrame:
    """Return the curves of every method whose scores of single pairs are stored.

    Parameters
    ----------
    chapter, page : Store
        Of chapter 4, and of its page on the test of each pair.

    Returns
    -------
    DataFrame
        As `averaged`, with design, method and guessing (the share of true pairs).
    """
    found = []
    for design, steps in STEPS.items():
        for method, table, score in _rankings(chapter, page, steps):
            table = table.assign(score=score).reset_index(drop=True)
            true = table["form"] != "none"
            curve = averaged(true, table["score"], table["data_set"])
            found.append(
                curve.assign(design=design, method=method, guessing=true.mean())
            )
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _rankings(
    chapter: Store, page: Store, steps: tuple[str, str | None, str]
) -> list[tuple[str, pd.DataFrame, pd.Series]]:
    """Return method, rows of pairs and their scores, of the tables there are."""
    permuted, usual, asked = steps
    rankings = []
    if (table := chapter.paper(permuted)) is not None:
        pairs = tested(table)
        pairs = pairs[pairs["scheme"] == "Perm I"]
        rankings += [
            ("network, by score", pairs, pairs["score"]),
            ("network, by p of Perm I", pairs, -pairs["p"]),
        ]
    if usual is not None and (table := chapter.paper(usual)) is not None:
        for values in ("top SNP", "PCA"):
            rows = table[table["scheme"] == f"{values}, regression, t-test"]
            rankings.append((f"{values}, regression", rows, -rows["p"]))
    if (table := page.paper(asked, partial=True)) is not None:
        rankings.append(("test of each pair", table, table["z"].fillna(-1e9)))
    return rankings


def areas_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a line a design and method: average precision, AUROC, how many sets.

    table : rows of `curves`
    """
    one = table.groupby(["design", "method"], sort=False).first().reset_index()
    return pd.DataFrame(
        {
            "Design": one["design"],
            "Ranked by": one["method"],
            "AP": one["ap"].map("{:.2f}".format),
            "AUROC": one["auroc"].map("{:.2f}".format),
            "Data sets": one["data_sets"],
        }
    )
