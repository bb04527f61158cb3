"""What will be asked of which sequences, and how long it takes, before it starts."""

import time
from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.motifs import Motif
from helpers.significance.held_out import FEWEST, LOSSES, HeldOut
from helpers.significance.motif_pairs import BATCH, LOG_ODDS, as_bases, motif_sites
from helpers.studies.own_sequences.reading import (
    OF_COUNTS,
    Labelled,
    are_classes,
    in_both_classes,
)
from helpers.studies.own_sequences.visible import best_window_chance


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
    counts = pair_counts(data, motifs)
    can = counts["n"] >= FEWEST
    asked = n_mutated * (3 * bases.shape[1] + 1)
    asked += int(counts["apart"][can].sum()) * (3 + 9 * n_draws)
    minutes = max(asked * _seconds(ask, bases) / 60, 0.1)
    what = "examples" if data.groups is None else "groups (loci)"
    if can.any():
        stand = "they stand" if can.sum() > 1 else "it stands"
        are = "are" if can.sum() > 1 else "is"
        said = (
            f"{can.sum()} of {_number(len(can), 'pair')} {are} tested: {stand} in at "
            f"least {FEWEST} {what} without overlap."
        )
    else:
        said = (
            f"No pair can be asked of the model: of {_number(len(can), 'pair')} none "
            f"stands in at least {FEWEST} held-out {what} without overlap. All else is "
            "asked."
        )
    said += (
        f" The tests of the model take {asked:,} predictions, about {minutes:.1f} "
        "minutes here; training before them, and tests of the data alone, are "
        "not counted."
    )
    few = [f"{r.first} × {r.second} ({r.n})" for r in counts[~can].itertuples()]
    if few:
        said += f" Too few {what} have {_listed(few)}."
    often = (counts["apart"] <= counts["both"] / 2) & (counts["both"] >= FEWEST)
    overlapping = [
        f"{r.first} × {r.second} ({r.both - r.apart} of {r.both})"
        for r in counts[often].itertuples()
    ]
    if overlapping:
        said += f" Often one place is both, and left out: {_listed(overlapping)}."
    return said


def pair_counts(data: Labelled, motifs: Mapping[str, Motif]) -> pd.DataFrame:
    """Return how many sequences hold each pair of motifs.

    Parameters
    ----------
    data : Labelled
    motifs : mapping of name to Motif
        Two or more.

    Returns
    -------
    DataFrame
        first, second (names), both (sequences with an instance of either), apart (of
        these, without overlap) and n (groups among those apart; without groups, the
        same): the tests of pairs want `held_out.FEWEST` of n.
    """
    groups = np.arange(len(data.sequences)) if data.groups is None else data.groups
    sites = motif_sites(data.sequences, motifs)
    rows = []
    for a, b in combinations(sites, 2):
        (starts, ends), (others, stops) = sites[a].T, sites[b].T
        both = (starts >= 0) & (others >= 0)
        apart = both & ((ends <= others) | (stops <= starts))
        n = len(np.unique(groups[apart]))
        rows.append((a, b, int(both.sum()), int(apart.sum()), n))
    return pd.DataFrame(rows, columns=["first", "second", "both", "apart", "n"])


def check_request(
    data: Labelled, motifs: Mapping[str, Motif] | None, loss: str
) -> None:
    """Refuse what no section could use, before anything is trained or asked.

    Parameters
    ----------
    data : Labelled
    motifs : mapping of name to Motif, or None
        None where they have yet to be found.
    loss : str
        As of `held_out_interaction`.

    Raises
    ------
    ValueError
        If there are fewer than two motifs, or one is wider than the sequences, or
        without information; if the loss has no such name, or does not take the labels;
        if every sequence of a class is one of the other, too.
    """
    losses = {**LOSSES, "log-odds": LOG_ODDS}
    known = losses[checks.one_of("loss", loss, tuple(losses))]
    if are_classes(data.labels):
        _check_classes(data, loss)
    labels = np.resize(data.labels, max(FEWEST, len(data.labels)))
    HeldOut(labels, labels, labels, known)
    if motifs is None:
        return
    if len(motifs) < 2:
        raise ValueError(
            "motifs must be two or more, for the page is about pairs; got "
            f"{len(motifs)}: {', '.join(motifs)}."
        )
    flat = [name for name, motif in motifs.items() if best_window_chance(motif) > 0.5]
    if flat:
        raise ValueError(
            f"motifs must prefer some bases; {_listed(flat)} matches all windows alike."
        )
    length = len(data.sequences[0])
    wide = [f"{name} ({m.width})" for name, m in motifs.items() if m.width > length]
    if wide:
        raise ValueError(
            f"motifs must not be wider than the sequences' {length} bp; wider are "
            f"{_listed(wide)}. Name others in only."
        )


def _check_classes(data: Labelled, loss: str) -> None:
    """Refuse a loss of counts for classes, and classes of the same sequences."""
    if loss in OF_COUNTS:
        raise ValueError(
            "loss must be log-odds, cross-entropy or mse for labels that are 0 or 1; "
            f"got {loss!r}, which is of counts. log-odds is for a model that returns "
            "log odds, cross-entropy for one that returns probabilities."
        )
    both = in_both_classes(data)
    for label in (0, 1):
        some = both[data.labels == label]
        if len(some) and some.all():
            raise ValueError(
                f"sequences of label {label} must not all have label {1 - label}, too; "
                f"each of these {len(some):,} has, on one strand or the other."
            )


def _number(n: int, what: str) -> str:
    return f"{n} {what}" + "s" * (n != 1)


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
