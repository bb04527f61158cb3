"""What ignorance gets: chance levels of the chapter's recalls and areas.

Who guesses knows how often each class, or label, comes in training, and nothing of the
sequence. Levels of recall are exact: every combination of motifs is met with every
guess. A constant prediction is ignorant as well; it is right about one number of
motifs and wrong about all others, so that it is shown, and is the level of no row.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers import checks
from helpers.explain.attribution import motif_auprc
from helpers.studies.negative_data.recorded import NEGATIVES, SHARES
from helpers.studies.negative_data.settings import KINDS, World, constants
from helpers.studies.negative_data.tables import COUNT_TABLES
from helpers.studies.negative_data.visibility import chance_level
from helpers.truth.best_possible import training_prior
from helpers.truth.grammars import balanced, combinations
from helpers.truth.responses import EFFECTS, motif_labels, recall_by_count

N_MOTIFS = 4  # of either set
SCORES = ("random scores", "zeros everywhere")


def guessed_calls(share: float, n_motifs: int = N_MOTIFS) -> np.ndarray:
    """Return the recall of calls drawn with the class shares of training.

    Parameters
    ----------
    share : float
        Of the negatives, the share that holds subsets of the motifs.
    n_motifs : int

    Returns
    -------
    array, shape (n_motifs + 1,)
        By the number of motifs in the sequence.
    """
    called = training_prior(n_motifs, share)[-1]
    return np.append(np.full(n_motifs, 1 - called), called)


def guessed_labels(
    effect: str, constant: float | None = None, n_motifs: int = N_MOTIFS
) -> np.ndarray:
    """Return the recall of labels drawn as often as training holds them.

    Parameters
    ----------
    effect, constant
        As in `responses.motif_labels`.
    n_motifs : int

    Returns
    -------
    array, shape (n_motifs + 1,)
        By the number of motifs in the sequence.
    """
    sets = combinations(n_motifs)
    labels, counts = motif_labels(sets, effect, constant=constant), sets.sum(axis=1)
    return recall_by_count(
        np.repeat(labels, len(sets)),
        np.tile(labels, len(sets)),
        np.tile(counts, len(sets)),
    )


def constant_recall(
    effect: str, constant: float | None = None, n_motifs: int = N_MOTIFS
) -> np.ndarray:
    """Return the recall of predicting the mean label for every sequence."""
    sets = combinations(n_motifs)
    labels = motif_labels(sets, effect, constant=constant)
    return recall_by_count(np.full(len(sets), labels.mean()), labels, sets.sum(axis=1))


def whole(recall: np.ndarray) -> float:
    """Return the recall of all sequences, combinations being equally frequent."""
    sizes = np.bincount(combinations(len(recall) - 1).sum(axis=1))
    return float(recall @ sizes / sizes.sum())


def of_kind(kind: str, constant: float) -> np.ndarray:
    """Return the recall of guessing, of a kind of training or of label.

    Parameters
    ----------
    kind : str
        Of `settings.KINDS` or `responses.EFFECTS`.
    constant : float
        See `settings.constants`.
    """
    shares = {name: share for share, name in KINDS.items()}
    checks.one_of("kind", kind, (*shares, *EFFECTS))
    if kind in shares:
        return guessed_calls(shares[kind])
    return guessed_labels(kind, constants(constant)[kind])


def levels(table: pd.DataFrame, constant: float = 2.0) -> pd.DataFrame:
    """Return the recall of guessing for the panels, kinds and counts of a table.

    Parameters
    ----------
    table : data frame
        panel, kind, motifs_present (-1 is all sequences).
    constant : float
        Of the labels, see `settings.constants`.

    Returns
    -------
    DataFrame
        panel, kind, motifs_present, value.
    """
    keys = table[["panel", "kind", "motifs_present"]].drop_duplicates()
    values = []
    for row in keys.itertuples():
        recall = of_kind(row.kind, constant)
        k = row.motifs_present
        values.append(whole(recall) if k < 0 else recall[k])
    return keys.assign(value=values)


def below(shown: pd.DataFrame, constant: float = 2.0) -> pd.DataFrame:
    """Return a table of text with the recall of guessing in further rows, one a kind.

    Parameters
    ----------
    shown : data frame
        motifs, n_filters, kind, and columns by the number of motifs (-1: all).
    constant : float
        Of the labels, see `settings.constants`.
    """
    counts = [k for k in shown if not isinstance(k, str)]
    rows = []
    for kind in dict.fromkeys(shown["kind"]):
        recall = of_kind(kind, constant)
        values = {k: f"{whole(recall) if k < 0 else recall[k]:.3f}" for k in counts}
        rows.append({"motifs": "guessing", "n_filters": "", "kind": kind} | values)
    below = pd.concat([shown, pd.DataFrame(rows)], ignore_index=True)
    return below.rename(columns={"n_filters": "filters"})


def published_levels(constant: float = 2.0) -> dict[str, float]:
    """Return the level of chance of the rows of Tables 2, 3, 6 and 7, by quantity.

    Parameters
    ----------
    constant : float
        Of inhibiting and enhancing labels; the paper does not print it, and with -2
        four motifs share the label of two.
    """
    found = {}
    for (motifs, name), n_filters in itertools.product(COUNT_TABLES.items(), (4, 32)):
        for kind, said in NEGATIVES.items():
            for k, value in enumerate(of_kind(kind, constant)):
                found[f"table2.{motifs}.{n_filters}.{said}.{k}"] = value
        for effect in EFFECTS:
            start, recall = (
                f"{name}.{motifs}.{n_filters}.{effect}",
                of_kind(effect, constant),
            )
            found |= {f"{start}.{k}": value for k, value in enumerate(recall)}
            found[f"{start}.total"] = whole(recall)
    names = World("distinct_1", 250, 20).names
    for pair, n_filters in itertools.product(itertools.combinations(names, 2), (4, 32)):
        found[f"table3.{n_filters}.{'-'.join(pair)}"] = of_kind("M_wo", constant)[2]
    for kind, said in NEGATIVES.items():
        negatives = of_kind(kind, constant)[:N_MOTIFS]
        found[f"text.negatives.{said}"] = float(negatives @ SHARES)
    return found


def ignorant_recalls(constant: float, effects: Sequence[str] = EFFECTS) -> pd.DataFrame:
    """Return recalls of who knows nothing of the sequence, as a page shows them.

    Returns
    -------
    DataFrame
        kind, who, 4 to 0 (motifs in the sequence), all (None where classes have no
        common total).
    """
    rows = []
    for kind in KINDS.values():
        recall = of_kind(kind, constant)
        rows.append({"kind": kind, "who": "guess"} | dict(enumerate(recall)))
    for effect in effects:
        c = constants(constant)[effect]
        for who, recall in (
            ("guess", guessed_labels(effect, c)),
            ("the mean label, always", constant_recall(effect, c)),
        ):
            line = {"kind": effect, "who": who} | dict(enumerate(recall))
            rows.append(line | {"all": whole(recall)})
    table = pd.DataFrame(rows).round(4)
    return table[["kind", "who", *range(N_MOTIFS, -1, -1), "all"]]


def ignorant_areas(
    motifs: str, *, length: int, gap: int, n_test: int, seed: int
) -> pd.DataFrame:
    """Return how well scores that hold nothing of a motif find it.

    Sequences with all motifs, each motif against the positions outside all of them.

    Parameters
    ----------
    motifs, length, gap
        See `World`.
    n_test : int
        Sequences.
    seed : int
        Of sequences and scores.

    Returns
    -------
    DataFrame
        motif, scores ("random scores", "zeros everywhere"), AUPRC and average
        precision (medians over sequences), share (of the motif's positions among
        those ranked).
    """
    world = World(motifs, length, gap)
    data = balanced(world.grammar, n_test, length=length, seed=seed + 10_000)
    data = data[np.flatnonzero(data.labels == 1)]
    every = [data.covered(i) for i in range(len(world.names))]
    shape = data.bases.shape
    drawn = np.random.default_rng([seed, 73]).standard_normal(shape)
    rows = []
    for number, name in enumerate(world.names):
        share = chance_level(world.grammar, number, len(every), length)
        for said, scores in zip(SCORES, (drawn, np.zeros(shape)), strict=True):
            areas = {
                column: np.median(
                    motif_auprc(
                        scores, every[number], np.any(every, axis=0), curve=curve
                    )
                )
                for column, curve in (
                    ("AUPRC", "trapezoids"),
                    ("average precision", "steps"),
                )
            }
            rows.append({"motif": name, "scores": said} | areas | {"share": share})
    return pd.DataFrame(rows)
