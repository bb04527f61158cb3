"""Does the model look at the motifs? Mutagenesis of one's own sequences."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.bases import UNKNOWN
from helpers.data.motifs import Motif
from helpers.explain.attribution import motif_auprc
from helpers.explain.mutagenesis import mutagenesis
from helpers.significance.motif_pairs import (
    MATCH,
    Sequences,
    as_bases,
    best_matches,
    motif_sites,
    score_limit,
)
from helpers.studies.keeping import digest_of, kept
from helpers.studies.stores import Store

#: Chance of a random window from which on a match is weak, but one.
WEAK = 1e-3
COLUMNS = ("motif", "n", "precision", "chance", "fall", "elsewhere")


def motif_visibility(
    ask: Callable[[np.ndarray], np.ndarray],
    sequences: Sequences,
    motifs: Mapping[str, Motif],
    *,
    n: int = 40,
    seed: int = 0,
    digest: str = "",
    store: Store | None = None,
) -> tuple[pd.DataFrame, dict]:
    """Return how well in-silico mutagenesis of a model finds each motif.

    Of the sequences that hold a motif and no unknown base, `n` are drawn; the model is
    asked for 3 x length + 1 predictions of each.

    Parameters
    ----------
    ask : function of base numbers, shape (n, length)
        Returns predictions, shape (n,), as `motif_pairs.asker` makes it of any model.
    sequences : as in `held_out_interaction`
    motifs : mapping of name to Motif
        Two or more; instances are found as the tests of pairs find them.
    n : int
        Sequences in all.
    seed : int
        Of the draw.
    digest : str
        What stands for the model where scores are stored.
    store : Store, optional
        Keeps the scores, for which the model is asked most.

    Returns
    -------
    DataFrame
        motif, n, precision (median average precision of its positions against all
        outside any instance), chance (its share of these positions), fall (mean fall
        of the prediction when one of its bases is replaced) and elsewhere (the same
        outside any instance), the best found first; motifs that none of the drawn
        sequences holds are left out.
        Without a row where no sequence holds a motif.
    dict
        bases, shape (n, length), scores of the same shape, and sites by motif: of all
        sequences that were asked about, for a map.
    """
    n = checks.integer("n", n, at_least=1)
    bases = as_bases(sequences)
    bases = bases[(bases < UNKNOWN).all(axis=1)]
    sites = motif_sites(bases, motifs) if len(bases) else {}
    held = [places[:, 0] >= 0 for places in sites.values()]
    rows = np.flatnonzero(np.any(held, axis=0)) if held else np.empty(0, int)
    if not len(rows):
        return pd.DataFrame(columns=list(COLUMNS)), {}
    chosen = np.sort(np.random.default_rng(seed).permutation(rows)[:n])
    given = {
        "ask": (ask, digest),
        "bases": (bases[chosen], digest_of(bases[chosen])),
    }
    scores = kept(store, "mutations", falls, {}, given).to_numpy()
    sites = {name: places[chosen] for name, places in sites.items()}
    position = np.arange(bases.shape[1])
    covered = {
        name: (places[:, [0]] <= position) & (position < places[:, [1]])
        for name, places in sites.items()
    }
    anywhere = np.any(list(covered.values()), axis=0)
    found = []
    for name, mine in covered.items():
        held = np.flatnonzero(mine.any(axis=1))
        if len(held):
            areas = motif_auprc(scores[held], mine[held], anywhere[held], curve="steps")
            ranked = mine[held] | ~anywhere[held]
            found.append({
                "motif": name,
                "n": len(held),
                "precision": np.median(areas),
                "chance": mine[held].sum() / ranked.sum(),
                "fall": scores[held][mine[held]].mean(),
                "elsewhere": scores[held][~anywhere[held]].mean(),
            })  # fmt: skip
    table = pd.DataFrame(found).sort_values(
        "precision", ascending=False, ignore_index=True
    )
    return table, {"bases": bases[chosen], "scores": scores, "sites": sites}


def falls(ask: Callable[[np.ndarray], np.ndarray], bases: np.ndarray) -> pd.DataFrame:
    """Return the mean fall when a base is replaced, a column for each position."""
    scores = mutagenesis(ask, bases)
    return pd.DataFrame(scores, columns=[str(i) for i in range(scores.shape[1])])


def outside_words(mutated: Mapping, motifs: Mapping[str, Motif]) -> str:
    """Say how often the largest fall lies outside any instance, and on weaker matches.

    Parameters
    ----------
    mutated : mapping
        bases, scores and sites, as `motif_visibility` returns them.
    motifs : mapping of name to Motif
    """
    peaks = mutated["scores"].argmax(axis=1)
    inside = np.zeros(len(peaks), bool)
    for places in mutated["sites"].values():
        inside |= (places[:, 0] <= peaks) & (peaks < places[:, 1])
    weak = np.zeros(len(peaks), bool)
    for name, motif in motifs.items():
        known = motif if motif.ppm.all() else motif.smoothed()
        around = _around(mutated["bases"], peaks, motif.width - 1)
        best = best_matches(around, {name: known})[:, 0]
        weak |= best >= score_limit(known, WEAK)
    outside = ~inside
    return (
        f"In {outside.sum()} of {len(peaks)} sequences the base with the largest fall "
        f"lies outside the instances, in {(weak & outside).sum()} of these within a "
        "weaker match of a motif, one that a random window reaches with a chance of "
        "1 in 1,000. An instance is the best match of its motif in a sequence, if that "
        "chance is at most 1 in 10,000 (or the best window there is, if the motif is "
        "too short for that); whatever else the model reads is no instance."
    )


def best_window_chance(motif: Motif) -> float:
    """Return the chance that a random window matches a motif as well as any can.

    Parameters
    ----------
    motif : Motif
        Windows are drawn from its background, one strand.
    """
    known = motif if motif.ppm.all() else motif.smoothed()
    best = np.isclose(known.log_odds, known.log_odds.max(axis=1, keepdims=True))
    return float((best * known.background).sum(axis=1).prod())


def short_motif_words(motifs: Mapping[str, Motif], length: int) -> str:
    """Name motifs whose best window is too common to be an instance; "" without any.

    Parameters
    ----------
    motifs : mapping of name to Motif
    length : int
        Of the sequences, bp.
    """
    short = []
    for name, motif in motifs.items():
        chance = best_window_chance(motif)
        if chance > MATCH:
            windows = 2 * max(length - motif.width + 1, 1)  # on two strands
            held = 1 - (1 - chance) ** windows
            short.append(f"{name} ({motif.width} bp: {held:.0%})")
    if not short:
        return ""
    return (
        "A window counts as an instance if a random one matches as well with a chance "
        "of at most 1 in 10,000. The best window there is of these motifs is more "
        f"common, and about so many random sequences of {length} bp hold it: "
        f"{', '.join(short)}. Most of their instances may be letters that stand there "
        "by chance."
    )


def _around(bases: np.ndarray, places: np.ndarray, reach: int) -> np.ndarray:
    """Return the bases up to `reach` before and behind a place of each sequence."""
    wide = np.pad(bases, ((0, 0), (reach, reach)), constant_values=UNKNOWN)
    columns = places[:, None] + np.arange(2 * reach + 1)
    return np.take_along_axis(wide, columns, axis=1)
