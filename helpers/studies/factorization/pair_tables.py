"""Which pairs of frozen filters are right: by letters, by answers, over trainings."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from helpers.explain import filters
from helpers.studies.factorization.judging import motif_names, motif_pairs
from helpers.studies.factorization.settings import SWEEP
from helpers.truth import planted

TOP = 10  # pairs of each fold that are judged


def frozen_table(frozen: pd.DataFrame) -> pd.DataFrame:
    """Return area and right pairs by the letter rule, one row a training."""
    means = {
        measure: frozen[frozen["measure"] == measure].groupby("seed")["value"].mean()
        for measure in ("auc", "correct", "chance", "found")
    }
    shown = pd.DataFrame(
        {
            "Area": means["auc"],
            "Right of 10": means["correct"],
            "Chance of 10": 10 * means["chance"],
            "True pairs named": means["found"],
        }
    )
    return numbered(shown)


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its index, seeds, as numbers of trainings from 1."""
    shown = table.reset_index(drop=True)
    shown.insert(0, "Training", [str(number + 1) for number in range(len(table))])
    return shown


def top_pairs(frozen: pd.DataFrame) -> pd.DataFrame:
    """Return the strongest pairs of the first training's first fold."""
    first = frozen[(frozen["measure"] == "pair") & (frozen["network"] == 0)]
    first = first[first["seed"] == first["seed"].iloc[0]]
    shared = [
        bool(set(a.split("+")) & set(b.split("+")) - {"none"})
        for a, b in zip(first["first"], first["second"], strict=True)
    ]
    return pd.DataFrame(
        {
            "Filter": first["first"],
            "Filter ": first["second"],
            "Verdict": first["detail"],
            "Share a motif": ["yes" if one else "no" for one in shared],
            "Score": first["value"].round(2),
        }
    ).reset_index(drop=True)


def pair_weights(frozen: pd.DataFrame) -> pd.DataFrame:
    """Return every pair of every fold: seed, network, filter, other, right, value.

    And group: the training it is of, for figures.
    """
    found = frozen[frozen["measure"] == "weight"]
    seeds = list(dict.fromkeys(found["seed"]))
    return found.assign(
        right=found["detail"] == "right",
        group=[f"training {seeds.index(seed) + 1}" for seed in found["seed"]],
    )[["seed", "network", "filter", "other", "right", "value", "group"]]


def weight_tests(weights: pd.DataFrame) -> pd.DataFrame:
    """Return the test that pools pairs of all folds, and those over trainings.

    Parameters
    ----------
    weights : DataFrame
        Of `pair_weights`.

    Returns
    -------
    DataFrame
        Test, n and p; p is NaN where a sign test has mixed signs.
    """
    right, other = (weights.loc[weights["right"] == r, "value"] for r in (True, False))
    pooled = stats.ttest_ind(right, other, equal_var=False, alternative="greater")
    rows = [("Welch, all pairs of all folds (thesis)", len(weights), pooled.pvalue)]
    difference = weight_differences(weights).dropna()
    if len(difference) > 1:
        alone = stats.ttest_1samp(difference, 0, alternative="greater")
        name = "t-test, one difference a training"
        rows.append((name, len(difference), alone.pvalue))
    signs = 0.5 ** len(difference) if (difference > 0).all() else np.nan
    rows.append(("sign test over trainings", len(difference), signs))
    return pd.DataFrame(rows, columns=["Test", "n", "p"])


def weight_differences(weights: pd.DataFrame) -> pd.Series:
    """Return the mean score of right pairs less that of others, by training.

    NaN where a training has no right pair, or no other.
    """
    each = weights.groupby(["seed", "right"])["value"].mean().unstack()  # noqa: PD010
    each = each.reindex(columns=[True, False])
    return each[True] - each[False]


def motif_matrices(table: pd.DataFrame, measure: str) -> dict[int, np.ndarray]:
    """Return values by filter and motif of each training, (n_filters, 20)."""
    names = list(planted.consensus_strings())
    rows = table[table["measure"] == measure]
    found = {}
    for seed, some in rows.groupby("seed", sort=False):
        wide = some.pivot_table("value", "filter", "motif")
        found[int(seed)] = wide[names].to_numpy()
    return found


def namings(frozen: pd.DataFrame, threshold: float) -> dict[str, dict[int, np.ndarray]]:
    """Return which motifs each filter holds, by letters and by answers.

    Parameters
    ----------
    frozen : DataFrame
        Of `freeze`.
    threshold : float
        Least correlation with a motif's presence that makes an answer.

    Returns
    -------
    dict of "letters" and "answers" to dict of seed to array of bool, (n_filters, 20)
    """
    least = {
        "letters": ("motif", filters.AGREEMENT),
        "answers": ("response", threshold),
    }
    return {
        naming: {
            seed: values >= bound
            for seed, values in motif_matrices(frozen, measure).items()
        }
        for naming, (measure, bound) in least.items()
    }


def judged_folds(weights: pd.DataFrame, matched: dict[int, np.ndarray]) -> pd.DataFrame:
    """Judge the strongest pairs of every fold by a naming of the filters.

    Parameters
    ----------
    weights : DataFrame
        Of `pair_weights`.
    matched : dict of seed to array of bool, shape (n_filters, 20)

    Returns
    -------
    DataFrame
        seed, network, right (of the top), found (true pairs that these name), shared
        (wrong pairs whose filters share a motif), unnamed (wrong pairs with a filter
        that holds none), chance (right of as many pairs drawn blindly).
    """
    pairs = planted.published_pairs()
    rows = []
    for (seed, network), some in weights.groupby(["seed", "network"], sort=False):
        held = matched[seed]
        right = set(filters.partner_filters(held, pairs))
        top = some.nlargest(TOP, "value")[["filter", "other"]].to_numpy()
        wrong = [(a, b) for a, b in top if (a, b) not in right]
        named = set().union(*(motif_pairs(held[a], held[b]) for a, b in top))
        rows.append(
            {
                "seed": seed,
                "network": network,
                "right": len(top) - len(wrong),
                "found": len(named & set(pairs)),
                "shared": sum((held[a] & held[b]).any() for a, b in wrong),
                "unnamed": sum(not (held[a].any() and held[b].any()) for a, b in wrong),
                "chance": len(top) * len(right) / len(some),
            }
        )
    return pd.DataFrame(rows)


def naming_table(weights: pd.DataFrame, names: dict) -> pd.DataFrame:
    """Return right pairs by both namings, one row a training, the mean last.

    Parameters
    ----------
    weights : DataFrame
        Of `pair_weights`.
    names : dict
        Of `namings`.
    """
    columns = {}
    for naming, matched in names.items():
        means = judged_folds(weights, matched).groupby("seed", sort=False).mean()
        columns[f"Right of 10, by {naming}"] = means["right"]
        columns["Chance" if naming == "letters" else "Chance "] = means["chance"]
        columns[f"True pairs, by {naming}"] = means["found"]
    shown = numbered(pd.DataFrame(columns))
    mean = shown.drop(columns="Training").mean()
    shown.loc[len(shown)] = ["mean", *mean]
    return shown


def sweep_table(
    frozen: pd.DataFrame, thresholds: Sequence[float] = SWEEP
) -> pd.DataFrame:
    """Return right pairs by answers, means over trainings, at several thresholds."""
    weights = pair_weights(frozen)
    rows = []
    for threshold in thresholds:
        matched = namings(frozen, threshold)["answers"]
        judged = judged_folds(weights, matched).mean()
        held = np.concatenate(list(matched.values())).sum(axis=1)
        rows.append(
            (threshold, judged["right"], judged["chance"], judged["found"],
             (held == 1).mean(), (held > 1).mean())
        )  # fmt: skip
    columns = [
        "Threshold",
        "Right of 10",
        "Chance of 10",
        "True pairs named",
        "Filters with one motif",
        "with several",
    ]
    return pd.DataFrame(rows, columns=columns)


def agreement_table(weights: pd.DataFrame, matched: dict) -> pd.DataFrame:
    """Say, for each training, what its folds name first and how many agree.

    Parameters
    ----------
    weights : DataFrame
        Of `pair_weights`.
    matched : dict of seed to array of bool, shape (n_filters, 20)
        Motifs of each filter.
    """
    pairs = planted.published_pairs()
    rows = []
    for seed, some in weights.groupby("seed", sort=False):
        top = some.loc[some.groupby("network")["value"].idxmax(), ["filter", "other"]]
        counts = top.value_counts()
        a, b = counts.index[0]
        held = matched[seed]
        right = (a, b) in set(filters.partner_filters(held, pairs))
        judged = judged_folds(some, matched)
        rows.append(
            (
                f"{motif_names(held[a])} × {motif_names(held[b])}",
                "right" if right else "wrong",
                f"{counts.iloc[0]} of {len(top)}",
                (TOP - judged["right"]).mean(),
                judged["shared"].mean(),
                judged["unnamed"].mean(),
            )
        )
    columns = [
        "Strongest pair",
        "Verdict",
        "Folds that agree",
        "Wrong of 10",
        "of these sharing a motif",
        "of these with no name",
    ]
    return numbered(pd.DataFrame(rows, columns=columns))
