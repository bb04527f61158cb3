"""What the chapter records beside the published numbers, by quantity."""

import pandas as pd

from helpers.studies.factorization import pair_tables, settings, site_tables, tables

PRINTED = ("e6.wilcoxon", "e4.welch", "e7.expected")  # what the thesis implies
FLOOR = 0.5  # a ratio to fewer filters than this would say nothing


def additive(counts: pd.DataFrame) -> dict:
    """Return areas and filters where motifs add (Figs 5.1 and 5.2)."""
    medians = tables.areas(counts, "n_filters").groupby("n_filters")["value"].median()
    found = {f"e1.auc.{n}": float(value) for n, value in medians.items()}
    single = tables.single_filters(counts, "n_filters")["mean"]
    if {10, 20, 30} <= set(single.index):
        found["e1.single.ratio"] = float(single[20] / max(single[10], FLOOR))
        found["e1.order.more-filters"] = bool(single[30] <= single[20] + 1)
    return found


def targets(table: pd.DataFrame) -> dict:
    """Return single-motif filters of many targets over those of one (Fig 5.3)."""
    single = tables.single_filters(table, "n_targets")["mean"]
    return {"e2.single.ratio": float(single.iloc[-1] / max(single.iloc[0], FLOOR))}


def paired(groups: pd.DataFrame) -> dict:
    """Return areas and filters where pairs decide (Fig 5.4, section 5.2.2).

    groups : of `tables.paired_groups`
    """
    medians = tables.areas(groups, "group").groupby("group")["value"].median()
    kinds = tables.filter_counts(groups).pivot_table("value", "group", "detail")
    found = {"e3.auc": float(medians["FM"]), "e5.auc": float(medians["sum"])}
    found["e3.order"] = bool(medians["FM"] > medians["sum"] + 0.1)
    for name, n in (("FM", 1), ("FM, ten targets", 10)):
        for kind in ("single", "combination"):
            found[f"e3.{kind}.{n}"] = float(kinds.loc[name, kind])
    return found


def as_in_the_thesis(thesis: pd.DataFrame) -> dict:
    """Return the area of the machine trained as in the thesis, if it is done.

    A run is done once its patience brought no improvement to any network.
    """
    best = thesis.loc[thesis["measure"] == "epoch", "value"].max()
    patience = settings.THESIS_RECIPE["patience"]
    if best + patience > tables.losses(thesis)["epoch"].max():
        return {}
    return {"e3.auc.thesis": float(tables.areas(thesis)["value"].median())}


def frozen(table: pd.DataFrame) -> dict:
    """Return right pairs of frozen filters, by the thesis's letter rule (Fig 5.5).

    The folds compared with tables A.2 to A.11 are those of the first training: one set
    of filters, as there.
    """
    shown = pair_tables.frozen_table(table)
    differences = pair_tables.weight_differences(pair_tables.pair_weights(table))
    correct = table[table["measure"] == "correct"]
    first = correct[correct["seed"] == correct["seed"].iloc[0]]
    return {
        "e4.correct": float(correct["value"].mean()),
        "e4.found": float(shown["True pairs named"].mean()),
        "e4.order.chance": bool((shown["Right of 10"] > shown["Chance of 10"]).all()),
        "e4.order.weights": bool((differences > 0).all()),
    } | {
        f"e4.fold.{fold + 1}": float(value)
        for fold, value in zip(first["network"], first["value"], strict=True)
    }


def variants(groups: pd.DataFrame) -> dict:
    """Return areas on motif variants (Fig 5.10); motif building with its penalty.

    groups : of `tables.variant_groups`
    """
    medians = tables.areas(groups, "group").groupby("group")["value"].median()
    builder = medians["motif building, penalty 0.01"]
    baseline = medians["ordinary filters"]
    return {
        "e8.builder": float(builder),
        "e8.baseline": float(baseline),
        "e8.order": bool(builder > baseline),
    }


def genome(table: pd.DataFrame) -> dict:
    """Return whether the machine exceeds the sum on the synthetic genome."""
    return {"e6.order.genome": bool(site_tables.genome_gain(table) > 0.02)}


def real(tests: pd.DataFrame) -> dict:
    """Return the orderings on real sites.

    tests : of `site_tables.real_tests`
    """
    of = tests.set_index("group")
    found = {}
    if "FM" in of.index:
        found["e6.order.dhs"] = bool(of.loc["FM", "low"] > 0)
    if "motif building, penalty 0.01" in of.index:
        found["e9.order"] = bool(of.loc["motif building, penalty 0.01", "high"] < 0)
    return found


def matches(table: pd.DataFrame) -> dict:
    """Return filters of the machine that match a motif of CIS-BP (Fig 5.9)."""
    some = table[(table["database"] == "cisbp_human") & (table["kind"] == "fm")]
    return {"e7.matched": float(some["matched"].sum())}


def matched_pairs(pairs: pd.DataFrame) -> dict:
    """Return how many of the strongest pairs join matched filters, mean over folds."""
    return {"e7.pairs": float(site_tables.matched_pairs(pairs)["Joined"].mean())}


def recounted() -> dict:
    """Return what follows from printed numbers alone."""
    of = tables.recounted().set_index("quantity")["value"]
    return {name: float(of[name]) for name in PRINTED}
