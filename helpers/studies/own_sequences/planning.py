"""What will be asked of which sequences, and how long it takes, before it starts."""

import time
from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np

from helpers.data.motifs import Motif
from helpers.significance.held_out import FEWEST
from helpers.significance.motif_pairs import BATCH, as_bases, motif_sites
from helpers.studies.own_sequences.reading import Labelled


def planned(
    ask: Callable[[np.ndarray], np.ndarray],
    data: Labelled,
    motifs: Mapping[str, Motif],
    *,
    n_draws: int,
    n_mutated: int = 0,
) -> str:
    """Return which pairs will be tested, which cannot be, and about how long it takes.

    Parameters
    ----------
    ask : function of base numbers, shape (n, length)
        Returns predictions, as `motif_pairs.asker` makes it; a batch is asked for, and
        timed.
    data : Labelled
        Held out.
    motifs : mapping of name to Motif
        Two or more.
    n_draws, n_mutated : int
        As in `held_out_interaction`, and `n` of `motif_visibility`.

    Returns
    -------
    str
        Three sentences or fewer: pairs and minutes; pairs with too few examples (or
        groups), and how many they have; pairs of which half or more overlap.
    """
    bases = as_bases(data.sequences)
    groups = np.arange(len(bases)) if data.groups is None else data.groups
    sites = motif_sites(bases, motifs)
    tested, few, overlapping, asked = 0, [], [], n_mutated * (3 * bases.shape[1] + 1)
    for a, b in combinations(sites, 2):
        (starts, ends), (others, stops) = sites[a].T, sites[b].T
        both = (starts >= 0) & (others >= 0)
        apart = both & ((ends <= others) | (stops <= starts))
        if (n := len(np.unique(groups[apart]))) < FEWEST:
            few.append(f"{a} × {b} ({n})")
        else:
            tested += 1
            asked += apart.sum() * (3 + 9 * n_draws)
        if apart.sum() <= both.sum() / 2 and both.sum() >= FEWEST:
            overlapping.append(
                f"{a} × {b} ({both.sum() - apart.sum()} of {both.sum()})"
            )
    minutes = max(asked * _seconds(ask, bases) / 60, 0.1)
    said = (
        f"{tested} of {tested + len(few)} pairs are tested: they stand in at least "
        f"{FEWEST} examples without overlap. That asks for {asked:,} predictions, "
        f"about {minutes:.1f} minutes here."
    )
    if few:
        said += f" Too few examples have {_listed(few)}."
    if overlapping:
        said += f" Often one place is both, and left out: {_listed(overlapping)}."
    return said


def _listed(pairs: list[str], most: int = 10) -> str:
    more = f" and {len(pairs) - most} more" if len(pairs) > most else ""
    return ", ".join(pairs[:most]) + more


def _seconds(ask: Callable, bases: np.ndarray) -> float:
    """Return how long one prediction takes, of a batch; the first one warms up."""
    batch = np.resize(bases, (BATCH, bases.shape[1]))
    ask(batch)
    start = time.perf_counter()
    ask(batch)
    return (time.perf_counter() - start) / BATCH
