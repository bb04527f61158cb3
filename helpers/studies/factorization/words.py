"""Sentences of the chapter that state what a run found."""

import pandas as pd

from helpers.studies.factorization import pair_tables, settings, site_tables, tables


def area_list(areas: dict[str, float]) -> str:
    """Return areas under the ROC curve in a sentence."""
    return (
        "Area under the ROC curve on held-out sequences: "
        + ", ".join(f"{name} {value:.3f}" for name, value in areas.items())
        + "."
    )


def chance_words(untrained: pd.DataFrame) -> str:
    """Say what untrained filters hold by the letter rule."""
    counts = tables.chance_counts(untrained)
    of = counts.loc[20] if 20 in counts.index else counts.iloc[-1]
    motifs = tables.chance_motifs(untrained)
    first = ", ".join(
        f"{name} {share:.0%}" for name, share in motifs.head(3).to_numpy()
    )
    return (
        f"Of {of.sum():.0f} filters with initial weights {of['single']:.1f} hold a "
        f"single motif by the letter rule, {of['combination']:.1f} a combination, "
        f"{of['none']:.1f} none. The easiest motifs to match by chance: {first} of "
        "all untrained filters."
    )


def single_words(counts: pd.DataFrame, untrained: pd.DataFrame) -> str:
    """Say how many single-motif filters each size holds, and untrained ones."""
    single = tables.single_filters(counts, "n_filters")["mean"]
    chance = tables.chance_counts(untrained)["single"]
    lines = [
        f"{n} filters: {value:.1f}, untrained {chance[n]:.1f}"
        for n, value in single.items()
    ]
    text = "Single-motif filters, mean over folds: " + "; ".join(lines) + "."
    if {10, 20} <= set(single.index) and single[10]:
        text += (
            f" Twice as many filters hold {single[20] / single[10]:.2f} times as many; "
            f"untrained ones {chance[20] / chance[10]:.2f} times."
        )
    return text


def target_words(targets: pd.DataFrame, untrained: pd.DataFrame) -> str:
    """Say how many single-motif filters one target and many leave."""
    single = tables.single_filters(targets, "n_targets")
    ranges = "; ".join(
        f"{n} {'target' if n == 1 else 'targets'} {row['min']:.0f} to {row['max']:.0f}"
        for n, row in single.iterrows()
    )
    ratio = single["mean"].iloc[-1] / max(single["mean"].iloc[0], 0.5)
    chance = tables.chance_counts(untrained).loc[20, "single"]
    return (
        f"Single-motif filters over the folds: {ranges} (thesis: 5 to 8 with one, "
        f"3 to 10 with ten; untrained {chance:.1f}). Ratio of the means {ratio:.2f}; "
        f"rank test over networks p = {tables.targets_test(targets):.2g}, of folds "
        "that share most of their data."
    )


def thesis_words(thesis: pd.DataFrame) -> str:
    """Say how far the machine came that was trained as in the thesis."""
    best = thesis.loc[thesis["measure"] == "epoch", "value"]
    area = tables.areas(thesis)["value"]
    networks, reached = f"{len(area)} networks", f"median area {area.median():.3f} "
    reached += (
        f"({area.min():.3f} to {area.max():.3f}); lowest validation losses at epochs "
        f"{best.min():.0f} to {best.max():.0f}"
    )
    if len(area) == 1:
        networks, reached = "one network", f"area {area.iloc[0]:.3f}; "
        reached += f"lowest validation loss at epoch {best.iloc[0]:.0f}"
    return (
        f"As in the thesis, {networks} trained until epoch "
        f"{tables.losses(thesis)['epoch'].max()}: {reached}. A run counts as "
        "finished, and is compared with the printed 0.890, once "
        f"{settings.THESIS_RECIPE['patience']} epochs brought no improvement."
    )


def genome_words(genome: pd.DataFrame) -> str:
    """Say what came back from the peak files."""
    of = site_tables.label_counts(genome)
    return (
        f"Of {of['planted']:,.0f} planted labels {of['found']:,.0f} came back from the "
        f"peak files, {of['wrong']:,.0f} labels were wrong. Knowing the truth gives an "
        f"area of {of['best']:.3f}: the rest are sites that are open for no reason."
    )


def training_words(test: pd.DataFrame) -> str:
    """Say by how much the machine exceeds the sum over trainings."""
    low, high = test["low"][0], test["high"][0]
    return (
        f"FM less sum, over trainings: {test['mean'][0]:+.3f} ({low:+.3f} to "
        f"{high:+.3f})."
    )


def summary_training(groups: pd.DataFrame) -> str:
    """Say what sum and machine reach where pairs decide."""
    medians = tables.areas(groups, "group").groupby("group")["value"].median()
    return (
        f"- Where pairs decide, the sum reaches an area of {medians['sum']:.2f}, the "
        f"machine {medians['FM']:.2f}."
    )


def summary_filters(counts: pd.DataFrame, untrained: pd.DataFrame) -> str:
    """Say how far filters are from chance by the letter rule."""
    single = tables.single_filters(counts, "n_filters")["mean"]
    n = 20 if 20 in single.index else single.index[-1]
    return (
        f"- Of {n} filters {single[n]:.1f} hold a single motif; of as many untrained "
        f"ones {tables.chance_counts(untrained).loc[n, 'single']:.1f} do by the same "
        "rule."
    )


def summary_pairs(frozen: pd.DataFrame, threshold: float) -> str:
    """Say how many of the strongest pairs are right, by either naming."""
    names = pair_tables.namings(frozen, threshold)
    weights = pair_tables.pair_weights(frozen)
    parts = []
    for naming, matched in names.items():
        of = pair_tables.judged_folds(weights, matched).mean(numeric_only=True)
        parts.append(f"{of['right']:.1f} by {naming} (chance {of['chance']:.1f})")
    return (
        f"- Of the ten strongest pairs of frozen filters {' and '.join(parts)} are "
        "right; the thesis printed 7.5."
    )


def summary_variants(groups: pd.DataFrame) -> str:
    """Say on which areas motif building and ordinary filters end."""
    medians = tables.areas(groups, "group").groupby("group")["value"].median()
    parts = [f"{name} {value:.2f}" for name, value in medians.items()]
    return f"- On motif variants: {', '.join(parts)}."


def summary_genome(genome: pd.DataFrame) -> str:
    """Say what the machine gains on the synthetic genome."""
    gain = site_tables.genome_gain(genome)
    return f"- On the synthetic genome the machine changes the area by {gain:+.2f}."


def summary_real(tests: pd.DataFrame) -> str:
    """Say what the machine gains on real sites."""
    of = tests.set_index("group").loc["FM"]
    return (
        f"- On real sites it changes the area by {of['mean']:+.3f} "
        f"({of['low']:+.3f} to {of['high']:+.3f})."
    )


def passed_by_chance(published: pd.DataFrame) -> str:
    """Say which published rows filters that learned nothing would pass.

    Parameters
    ----------
    published : DataFrame
        claim, published, tolerance, relation and chance of each row.
    """
    known = published[published["chance"].notna()]
    above = (known["chance"] - known["published"]).round(12)
    passed = known[
        ((known["relation"] == "equals") & (above.abs() <= known["tolerance"]))
        | ((known["relation"] == "at_least") & (above >= -known["tolerance"]))
        | ((known["relation"] == "at_most") & (above <= known["tolerance"]))
        | ((known["relation"] == "holds") & (known["chance"] == 1))
    ]
    claims = "; ".join(passed["claim"])
    return (
        f"Of {len(known)} rows with a chance level, chance alone would pass "
        f"{len(passed)}{': ' + claims if len(passed) else ''}."
    )
