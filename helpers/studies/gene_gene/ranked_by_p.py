"""The paper's own ranking: pairs by the p-value of Perm I, ties and all.

The chapter's rankings go by the score. Declared before the first run: at the published
default, an observed ensemble of fifty networks and 99 permuted traits with one network
each, as in the published code (ensembles of fifty for each would be 5,000 networks a
data set). Pairs are ranked by score, by p, and by p with ties broken by z, the score's
distance from its permuted ones in their standard deviations. Expected: many pairs tie
at the smallest p, so that p alone ranks worst, by more than .05 of average precision;
with ties broken it is within .05 of the score.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from helpers import checks
from helpers.device import Device
from helpers.studies.gene_gene.designs import design, training
from helpers.studies.gene_gene.per_pair import as_expected
from helpers.studies.gene_gene.study import study

WAYS = ("score", "p", "p, ties by z")
N_NETWORKS, N_PERMUTATIONS, MARGIN = 50, 99, 0.05


def rank_by_p(
    *,
    setting: str,
    numbers: Sequence[int],
    people: tuple[int, int],
    n_networks: int,
    n_permutations: int,
    max_epochs: int,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Return how well pairs are ranked in three ways; a row a data set and way.

    Columns: data_set, by (of `WAYS`), ap, auroc, tied (pairs at the smallest p).
    """
    checks.not_empty(numbers=numbers)
    rows = []
    for number in numbers:
        panel, trait, parts = design(setting, number=number, people=people, seed=seed)
        found = study(
            panel,
            trait.values,
            parts,
            n_permutations=n_permutations,
            n_networks=n_networks,
            n_null_networks=1,
            training=training(panel.n_people, max_epochs=max_epochs),
            seed=number,
            device=device,
        )
        p, null = found.tests["I"].p, found.null["I"]
        score = found.observed.scores
        true = [pair in trait.pairs for pair in found.observed.sets]
        for way, strength in zip(WAYS, strengths_of(score, null, p), strict=True):
            rows.append(
                {
                    "data_set": number,
                    "by": way,
                    "ap": average_precision_score(true, strength),
                    "auroc": roc_auc_score(true, strength),
                    "tied": int(np.isclose(p, p.min()).sum()),
                }
            )
    return pd.DataFrame(rows)


def strengths_of(
    score: np.ndarray, null: np.ndarray, p: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what pairs are ranked by, the strongest highest, in the three ways.

    score, p : arrays, shape (n_pairs,); null : (n_permutations, n_pairs)
    """
    z = (score - null.mean(axis=0)) / null.std(axis=0)
    # Multiples of one over permutations plus one: z decides between equal ones alone.
    tie = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
    return score, -p, -p + tie / (10 * (len(null) + 1))


def by_p_table(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return a line a way, over data sets."""
    means = ranked.groupby("by", sort=False).mean(numeric_only=True)
    return pd.DataFrame(
        {
            "Ranked by": means.index,
            "Data sets": ranked["data_set"].nunique(),
            "AP": means["ap"].map("{:.3f}".format).to_numpy(),
            "AUROC": means["auroc"].map("{:.3f}".format).to_numpy(),
            "tied at the smallest p": means["tied"].map("{:.1f}".format).to_numpy(),
        }
    )


def by_p_text(ranked: pd.DataFrame) -> str:
    """Say whether it came as it was declared."""
    ap = ranked.groupby("by")["ap"].mean()
    worse = ap["score"] - ap["p"] > MARGIN
    near = abs(ap["score"] - ap["p, ties by z"]) <= MARGIN
    return (
        f"By p alone average precision is {ap['score'] - ap['p']:.3f} below that by "
        f"score, **{as_expected(worse)} expected**; with ties broken by z it differs "
        f"by {ap['p, ties by z'] - ap['score']:+.3f}, **{as_expected(near)} expected**."
    )


def rule_text(ranked: pd.DataFrame, rankings: pd.DataFrame) -> str:
    """Say whether the published rule would rank the network ahead of the usual method.

    Parameters
    ----------
    ranked : DataFrame
        Rows of `rank_by_p`.
    rankings : DataFrame
        Of the same design, from `rankings.rank`: those of the regression on top
        SNPs in the same data sets are compared.
    """
    usual = rankings[
        (rankings["method"] == "top SNP, regression")
        & (rankings["of"] == "all")
        & rankings["data_set"].isin(ranked["data_set"])
    ]
    if usual["data_set"].nunique() != ranked["data_set"].nunique():
        return ""
    other, ap = usual["ap"].mean(), ranked.groupby("by")["ap"].mean()
    said = [
        f"{way} {'ahead' if ap[way] > other else '**behind**'} ({ap[way]:.3f})"
        for way in WAYS
    ]
    return (
        "Regression on top SNPs has an average precision of "
        f"{other:.3f} in the same data sets. Beside it the network is, ranked by: "
        f"{'; '.join(said)}."
    )
