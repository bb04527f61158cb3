"""From the stored tables of cell types to those that the page shows."""

import itertools

import numpy as np
import pandas as pd

from helpers.significance.comparison import cell_type_test, training_test

NAMES = {"baseline": "sum", "fm": "FM"}
BLOOD_AND_LIVER = "GATA|TAL1|HNF|FOXA|CEBP|NFE2|KLF1$"


def by_cell(genome: pd.DataFrame) -> pd.DataFrame:
    """Return the area of every network and cell type; kind is "sum" or "FM"."""
    some = genome[genome["measure"] == "auc"]
    return some.assign(kind=some["kind"].map(NAMES))


def label_counts(genome: pd.DataFrame) -> dict[str, float]:
    """Return labels planted, found and wrong over all genomes, and the best area."""
    counts = genome[genome["measure"] == "labels"].groupby("detail")["value"].sum()
    best = genome.loc[genome["measure"] == "best", "value"].mean()
    return counts.to_dict() | {"best": float(best)}


def genome_losses(genome: pd.DataFrame) -> pd.DataFrame:
    """Return the validation loss by epoch; group is "sum" or "FM"."""
    some = genome[genome["measure"] == "curve"]
    return some.assign(group=some["kind"].map(NAMES))


def genome_tests(genome: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the test over cell types of every two trainings, and that over trainings.

    Returns
    -------
    DataFrame
        Test, Comparisons, Smallest p, Share of p at most 0.05; also of two trainings of
        the same network.
    DataFrame or None
        Of `training_test`, folds being genomes; None with fewer than two trainings.
    """
    cells = by_cell(genome)
    wide = cells.pivot_table("value", ["kind", "seed", "network"], "cell")
    rows = []
    for kind in ("sum", "FM"):
        pairs = [
            (one, other)
            for _, own in wide.loc[kind].groupby("seed")
            for one, other in itertools.permutations(own.to_numpy(), 2)
        ]
        if pairs:
            rows.append((f"{kind} against {kind}, cell types", *cell_p(pairs)))
    pairs = [
        (ours, theirs)
        for number in wide.index.unique("seed")
        for ours in wide.loc["FM"].loc[number].to_numpy()
        for theirs in wide.loc["sum"].loc[number].to_numpy()
    ]
    rows.append(("FM against sum, cell types", *cell_p(pairs)))
    test = None
    ours, theirs = (wide.loc[kind] for kind in ("FM", "sum"))
    if ours.groupby("seed").size().min() > 1:
        folds = list(ours.index.get_level_values("seed"))
        test = training_test(ours.to_numpy(), theirs.to_numpy(), folds=folds)
        p = test["p"][0]
        rows.append(("FM against sum, trainings", 1, p, float(p <= 0.05)))
    columns = ["Test", "Comparisons", "Smallest p", "Share of p at most 0.05"]
    return pd.DataFrame(rows, columns=columns), test


def cell_p(pairs: list) -> tuple[int, float, float]:
    """Return number of tests over cell types, smallest p, share of small ones."""
    p = np.array([cell_type_test(one, other)["p"][0] for one, other in pairs])
    return len(p), float(p.min()), float(np.mean(p <= 0.05))


def genome_gain(genome: pd.DataFrame) -> float:
    """Return by how much the machine exceeds the sum, mean over cells and trainings."""
    means = by_cell(genome).groupby("kind")["value"].mean()
    return float(means["FM"] - means["sum"])


def genome_pairs(genome: pd.DataFrame) -> pd.DataFrame:
    """Return how many of the strongest pairs are right, one row a training."""
    rows = genome[genome["measure"].isin(["correct", "found", "chance"])]
    summary = rows.groupby(["seed", "network", "measure"])["value"].mean().unstack()  # noqa: PD010
    summary = summary.dropna().reset_index()
    first = summary.groupby("seed")["network"].transform("min")
    return pd.DataFrame(
        {
            "Genome": summary["seed"].rank(method="dense").astype(int),
            "Training": summary["network"] - first + 1,
            "Right of 10": summary["correct"],
            "Chance of 10": 10 * summary["chance"],
            "True pairs named": summary["found"],
        }
    )


def real_tests(real: pd.DataFrame) -> pd.DataFrame:
    """Compare every network on real sites with the sum, over trainings within folds.

    Parameters
    ----------
    real : DataFrame
        Of `tell_apart`, with the name of each network as `group`, the sum among them.

    Returns
    -------
    DataFrame
        group, mean (of the difference), low and high (95 % interval).
    """
    areas = real[real["measure"] == "auc"]
    sums = areas[areas["group"] == "sum"]
    rows = []
    for group, some in areas.groupby("group", sort=False):
        if group == "sum":
            continue
        test = training_test(
            some["value"], sums["value"], folds=some["fold"], method="welch"
        )
        rows.append((group, *test.loc[0, ["mean", "low", "high"]]))
    return pd.DataFrame(rows, columns=["group", "mean", "low", "high"])


def real_table(tests: pd.DataFrame) -> pd.DataFrame:
    """Return the differences of `real_tests` as the page shows them."""
    intervals = [
        f"{low:+.4f} to {high:+.4f}"
        for low, high in zip(tests["low"], tests["high"], strict=True)
    ]
    return pd.DataFrame(
        {
            "Network": tests["group"],
            "Less the sum, mean": tests["mean"].round(4),
            "95% interval over trainings": intervals,
        }
    )


def match_table(matches: pd.DataFrame) -> pd.DataFrame:
    """Return how many filters match a motif of each database, and chance."""
    rows = [
        (
            database.split("_")[0],
            kind,
            f"{some['matched'].sum()} of {len(some)}",
            0.01 * len(some),
        )
        for (database, kind), some in matches.groupby(["database", "kind"])
    ]
    columns = ["Database", "Network", "Filters matched", "By chance at most"]
    return pd.DataFrame(rows, columns=columns)


def best_matches(matches: pd.DataFrame, number: int = 12) -> pd.DataFrame:
    """Return the best matches to factors of blood and liver, one a motif."""
    of_factors = matches["label"].str.contains(BLOOD_AND_LIVER)
    named = matches[matches["matched"] & of_factors].sort_values("e_value")
    named = named.drop_duplicates("label").head(number)
    return pd.DataFrame(
        {
            "Motif": named["label"],
            "Filter": named["filter_letters"],
            "E": [f"{value:.1g}" for value in named["e_value"]],
        }
    )


def matched_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return, of each training, how many of its strongest pairs join matched filters.

    Parameters
    ----------
    pairs : DataFrame
        Of `strongest_pairs`.

    Returns
    -------
    DataFrame
        Fold, Pairs, Joined (both match) and Chance (as many pairs drawn blindly, but
        for a filter not pairing with itself).
    """
    rows = [
        (
            fold + 1,
            len(some),
            some["matched"].sum(),
            len(some) * some["share"].max() ** 2,
        )
        for fold, some in pairs.groupby("fold")
    ]
    return pd.DataFrame(rows, columns=["Fold", "Pairs", "Joined", "Chance"])
