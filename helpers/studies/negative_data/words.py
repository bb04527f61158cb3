"""Sentences on what the stored tables of the chapter say."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from helpers.studies.negative_data import tables
from helpers.studies.negative_data.motif_filters import best_matches
from helpers.studies.negative_data.recorded import table_4_cell
from helpers.truth.grammars import Grammar


def effect_words(wide: pd.DataFrame) -> str:
    """Say what labels that do not add do to AUPRC, by IG and by permutation.

    Parameters
    ----------
    wide : DataFrame
        AUPRC by (method, effect), a column a motif, as `tables.effect_table`.
    """
    said = []
    by_gradients = wide.loc["IG"]
    if "additive" in by_gradients.index:
        for effect in [
            e for e in ("quadratic", "enhancing") if e in by_gradients.index
        ]:
            change = by_gradients.loc[effect] - by_gradients.loc["additive"]
            text = ", ".join(f"{m} {value:+.3f}" for m, value in change.items())
            said.append(f"{effect} less additive labels: {text}")
    text = f"AUPRC by IG, {'; '.join(said)}." if said else ""
    if "permutation" not in wide.index.get_level_values("method"):
        return text
    return f"{text} {_permutation_words(wide.loc['permutation'])}".strip()


def _permutation_words(by_effect: pd.DataFrame) -> str:
    """Say which labels permutation finds motifs best with, in the mean and each."""
    mean = by_effect.mean(axis=1).sort_values(ascending=False)
    ordered = ", ".join(f"{effect} {value:.3f}" for effect, value in mean.items())
    text = f"By permutation, mean over motifs: {ordered}."
    if "inhibiting" not in mean.index or len(mean) < 2:
        return text
    place = (by_effect > by_effect.loc["inhibiting"]).sum() + 1
    each = ", ".join(f"{motif} {rank}" for motif, rank in place.items())
    return f"{text} The place of inhibiting among {len(mean)} labels: {each}."


def run_words(changes: pd.DataFrame) -> str:
    """Say in how many repeats each motif is harder to find than with additive labels.

    changes : as `tables.run_differences` returns it
    """
    said = []
    for effect, own in changes.groupby("panel", sort=False):
        by = own.groupby("motif", sort=False)["value"]
        each = ", ".join(
            f"{motif} in {(value < 0).sum()} of {len(value)} ({value.mean():+.3f})"
            for motif, value in by
        )
        said.append(f"*{effect}* {each}")
    return f"Lower than with additive labels (mean difference): {'; '.join(said)}."


def version_words(table: pd.DataFrame, published: pd.DataFrame) -> str:
    """Say how many levels of Table 4 lie outside their tolerance, by size of network.

    Parameters
    ----------
    table : DataFrame
        Of classifiers of MEF2A.
    published : DataFrame
        Quantity, published and tolerance.
    """
    known = published.set_index("quantity")
    said = []
    for n_filters in sorted(table.query("motifs == 'MEF2A'")["n_filters"].unique()):
        wide = tables.versions(table, "probability", n_filters)
        outside, levels = 0, 0
        for place, row in wide.iterrows():
            cells = [table_4_cell(place, motif) for motif in row.index]
            held = np.isin(cells, known.index)
            rows = known.loc[np.array(cells)[held]]
            far = np.abs(row.to_numpy()[held] - rows["published"].to_numpy())
            outside += int((far > rows["tolerance"].to_numpy()).sum())
            levels += int(held.sum())
        said.append(f"with {n_filters} filters {outside} of {levels}")
    return (
        f"Levels outside the tolerance of the published one: {', '.join(said)}. Only "
        "networks with 4 filters are judged."
    )


def guess_words(length: int, width: int = 12) -> str:
    """Say what average precision guessing gives, for a motif of `width` bp."""
    return (
        f"Guessing gives an average precision of about {width / length:.2f} on this "
        f"page, {width} of {length} bp, with one motif in the sequence. With more it "
        "is higher: positions of the others are left out."
    )


def spread_words(n_filters: int, level: Mapping[int, float]) -> str:
    """Say what a table of `tables.network_spread` shows, and the level of chance.

    level : as `tables.chance_of` returns it
    """
    counts, levels = zip(*level.items(), strict=True)
    return (
        f"NHLH1, IG, {n_filters} filters: networks; mean. Chance with "
        f"{_listed(counts, '{}')} motifs: {_listed(levels, '{:.3f}')}."
    )


def _listed(values: Iterable, form: str) -> str:
    """Return values as a sentence lists them."""
    *most, last = map(form.format, values)
    return f"{', '.join(most)} and {last}"


def unmatched_words(table: pd.DataFrame, grammar: Grammar) -> str:
    """Say how near a match by TOMTOM the motifs come that no filter matches.

    Parameters
    ----------
    table : DataFrame
        Of classifiers of one set of motifs, TOMTOM asked.
    grammar : Grammar
        Whose motifs' labels name the columns.
    """
    labels = {motif.name: motif.label for motif in grammar.motifs}
    best = best_matches(tables.panels(table))
    said = []
    for (n_filters, kind), own in best.groupby(["n_filters", "kind"]):
        counted = set(own.loc[own["fits"], "motif"])
        for name in [name for name in labels if name not in counted]:
            of_motif = own.loc[own["motif"] == name, "corrected"]
            near = f"nearest: {of_motif.min():.3f}" if len(of_motif) else "none is near"
            said.append(f"{labels[name]} of {kind} with {n_filters} filters ({near})")
    return f"Not matched: {'; '.join(said)}." if said else "Each motif has a match."
