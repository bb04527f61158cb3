"""Chapter 2 with motifs of one's own: what a network could know and show of them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers import checks
from helpers.data.motifs import Motif
from helpers.significance.held_out import FEWEST
from helpers.studies.keeping import digest_of, kept
from helpers.studies.negative_data import classify as chapter
from helpers.studies.negative_data import regress as counting
from helpers.studies.negative_data.guessing import guessed_labels
from helpers.studies.negative_data.rows import AVERAGE
from helpers.studies.negative_data.settings import (
    KINDS,
    MOST_MOTIFS,
    Measures,
    OwnWorld,
    Recipe,
    motif_names,
)
from helpers.studies.negative_data.visibility import chance_level
from helpers.studies.own_sequences.choosing import chosen_motifs
from helpers.studies.stores import Store
from helpers.truth.grammars import Grammar
from helpers.truth.responses import motif_labels

MEASURES = Measures(n_test=200, n_attributed=60, methods=("IG",))


def grammar_of(
    found: Mapping[str, Motif],
    only: Sequence[str] = (),
    *,
    gaps: int = 20,
    length: int | None = None,
) -> Grammar:
    """Return motifs of a file, or those found, in a row, at fixed distances.

    Parameters
    ----------
    found : mapping of id to Motif
        As `read_motifs` returns it.
    only : sequence of str
        Ids or names, from left to right; empty: all. The page calls them `simulated`.
    gaps : int or sequence of int
        From the end of each motif to the start of the next, in bp.
    length : int, optional
        Of the sequences, in bp, to refuse at once what no network can be trained on.

    Raises
    ------
    ValueError
        If there is no motif of that name, or a gap is negative; with a length, if the
        motifs are not two to six, or take more.
    """
    chosen = chosen_motifs(found, only, option="simulated")
    grammar = Grammar(tuple(chosen.values()), gaps)
    if length is not None:
        if not 2 <= len(chosen) <= MOST_MOTIFS:
            raise ValueError(
                f"simulated must name 2 to {MOST_MOTIFS} different motifs; got "
                f"{len(chosen)}: {', '.join(chosen)}."
            )
        if grammar.width > length:
            raise ValueError(
                f"simulated motifs and the gaps between them take {grammar.width} bp, "
                f"and sequences have {length}: name fewer, or give a smaller gap."
            )
    return grammar


def recipe_for(
    grammar: Grammar, length: int, *, n_train: int = 12_000, n_networks: int = 3
) -> Recipe:
    """Return the networks of chapter 2 with 32 filters, as wide as the widest motif.

    Parameters
    ----------
    grammar : Grammar
    length : int
        Of the sequences, in bp.
    n_train : int
        Training sequences.
    n_networks : int
    """
    n_networks = checks.integer("n_networks", n_networks, at_least=1)
    return Recipe(
        n_filters=32,
        width=int(grammar.widths.max()),
        pool=min(25, checks.integer("length", length, at_least=1)),
        n_train=n_train,
        lr=0.01,
        epochs=8,
        n_starts=n_networks,
        n_keep=n_networks,
    )


def classify(
    grammar: Grammar,
    length: int,
    *,
    share: float = 1.0,
    recipe: Recipe | None = None,
    measures: Measures = MEASURES,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Simulate sequences of a grammar, train networks on them, and judge the networks.

    As in chapter 2: positives hold all motifs; of the negatives, `share` holds each
    proper subset of them equally often, and the rest none.

    Parameters
    ----------
    grammar : Grammar
        Of two to six motifs, see `grammar_of`.
    length : int
        Of the sequences, in bp; at least the grammar's width.
    share : float
        0 to 1; 1 trains M_w, 0 trains M_wo.
    recipe : Recipe, optional
        By default `recipe_for` the grammar.
    measures : Measures
        What is measured.
    seed : int
        Of data, initial weights and permutations.
    device : str

    Returns
    -------
    DataFrame
        As of `negative_data.classify.classifiers`.

    Raises
    ------
    ValueError
        If the grammar has too few or too many motifs, or does not fit into `length`;
        if too few sequences are tested.
    """
    return chapter.classify(
        OwnWorld(grammar, length),
        recipe or recipe_for(grammar, length),
        _enough(measures),
        share=share,
        seed=seed,
        device=device,
    )


def regress(
    grammar: Grammar,
    length: int,
    *,
    effect: str = "additive",
    constant: float | None = None,
    recipe: Recipe | None = None,
    measures: Measures = MEASURES,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Simulate sequences whose label their motifs make, train networks, judge them.

    Parameters
    ----------
    grammar, length, recipe, measures, seed, device
        As of `classify`.
    effect : {"additive", "enhancing", "inhibiting", "quadratic"}
        How motifs make the label, see `truth.responses.motif_labels`.
    constant : float, optional
        What all motifs add or take.

    Returns
    -------
    DataFrame
        As of `negative_data.regress.regressions`.

    Raises
    ------
    ValueError
        As of `classify`; if the effect has no such name, or its constant is missing.
    """
    return counting.regress(
        OwnWorld(grammar, length),
        recipe or recipe_for(grammar, length),
        _enough(measures),
        effect=effect,
        constant=constant,
        seed=seed,
        device=device,
    )


def _enough(measures: Measures) -> Measures:
    """Refuse fewer sequences than the tests of interactions take."""
    if measures.n_attributed and measures.n_test < FEWEST:
        raise ValueError(
            f"measures.n_test must be at least {FEWEST} where n_attributed is not 0; "
            f"got {measures.n_test}."
        )
    return measures


def both_trainings(
    grammar: Grammar,
    length: int,
    *,
    recipe: Recipe | None = None,
    measures: Measures = MEASURES,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Return `classify` with either kind of negatives, as one table a page can show.

    Returns
    -------
    DataFrame
        negatives, motifs (in the sequence), recall, and for each motif the median
        average precision of its positions by integrated gradients of the probability,
        with the level of chance in brackets.
    """
    names, rows = motif_names(grammar), []
    for share, kind in KINDS.items():
        table = classify(
            grammar,
            length,
            share=share,
            recipe=recipe,
            measures=measures,
            seed=seed,
            device=device,
        )
        recall = table[table["measure"] == "recall"]
        recall = recall.groupby("motifs_present")["value"].mean()
        areas = table[table["measure"] == "precision of probability"]
        areas = areas[areas["network"] == AVERAGE]
        areas = areas.set_index(["detail", "motifs_present"])["value"]
        for k in range(len(names), -1, -1):
            row = {"negatives": kind, "motifs": k, "recall": f"{recall[k]:.2f}"}
            for number, name in enumerate(names):
                if (f"IG {name}", k) in areas.index:
                    chance = chance_level(grammar, number, k, length)
                    text = f"{areas[f'IG {name}', k]:.2f} ({chance:.2f})"
                else:
                    text = ""
                row[name] = text
            rows.append(row)
    return pd.DataFrame(rows)


def counted_labels(
    grammar: Grammar,
    length: int,
    *,
    effects: Mapping[str, float | None],
    recipe: Recipe | None = None,
    measures: Measures = MEASURES,
    seed: int = 0,
    device: str = "auto",
) -> pd.DataFrame:
    """Return `regress` for some kinds of label, as one table a page can show.

    All kinds are learned from the same sequences and the same initial weights.

    Parameters
    ----------
    grammar, length, recipe, measures, seed, device
        As of `classify`.
    effects : mapping of effect to constant
        As of `regress`.

    Returns
    -------
    DataFrame
        labels, motifs (in the sequence), label, recall (share of predictions nearest
        to the label, mean over networks), guess (the same for labels drawn as often as
        they occur), and for sequences with all motifs, in a column each, the median
        average precision of a motif's positions by integrated gradients, with the
        level of chance in brackets.
    """
    checks.not_empty(effects=effects)
    names, rows = motif_names(grammar), []
    for effect, constant in effects.items():
        table = regress(
            grammar,
            length,
            effect=effect,
            constant=constant,
            recipe=recipe,
            measures=measures,
            seed=seed,
            device=device,
        )
        recall = table[table["measure"] == "recall"]
        recall = recall.groupby("motifs_present")["value"].mean()
        guess = guessed_labels(effect, constant, len(names))
        sets = np.tri(len(names) + 1, len(names), -1, dtype=bool)  # none to all
        labels = motif_labels(sets, effect, constant=constant)
        for k in range(len(names), -1, -1):
            row = {"labels": effect, "motifs": k, "label": labels[k]}
            row |= {"recall": f"{recall[k]:.2f}", "guess": f"{guess[k]:.2f}"}
            for number, name in enumerate(names):
                row[name] = ""
                if k == len(names):
                    chance = chance_level(grammar, number, k, length)
                    row[name] = f"{_precision(table, name):.2f} ({chance:.2f})"
            rows.append(row)
    return pd.DataFrame(rows)


def networks_of_motifs(
    grammar: Grammar,
    length: int,
    *,
    recipe: Recipe,
    effects: Mapping[str, float | None] | None = None,
    seed: int = 0,
    device: str = "auto",
    store: Store | None = None,
) -> pd.DataFrame:
    """Return `both_trainings`, or with effects `counted_labels`, stored if done before.

    Parameters
    ----------
    grammar, length, recipe, effects, seed, device
        As of these.
    store : Store, optional
    """
    given = {
        "grammar": (grammar, digest_of(grammar.motifs, grammar.gaps)),
        "recipe": (recipe, digest_of(recipe)),
    }
    settings: dict = {"length": length, "seed": seed}
    name, function = "simulated", _trainings
    if effects is not None:
        name, function = "counted", _counted
        settings["effects"] = dict(effects)
    table = kept(store, name, function, settings, given, device=device)
    return table.fillna("")


def _trainings(
    grammar: Grammar, length: int, recipe: Recipe, seed: int, device: str = "auto"
) -> pd.DataFrame:
    """Return `both_trainings` as a table that can be stored."""
    table = both_trainings(grammar, length, recipe=recipe, seed=seed, device=device)
    return table.map(lambda cell: None if cell == "" else cell)


def _counted(
    grammar: Grammar,
    length: int,
    recipe: Recipe,
    effects: dict,
    seed: int,
    device: str = "auto",
) -> pd.DataFrame:
    """Return `counted_labels` as a table that can be stored."""
    table = counted_labels(
        grammar, length, effects=effects, recipe=recipe, seed=seed, device=device
    )
    return table.map(lambda cell: None if cell == "" else cell)


def _precision(table: pd.DataFrame, name: str) -> float:
    """Return the average precision of a motif by IG of averaged contributions."""
    some = table[table["measure"] == "precision of output"]
    some = some[(some["network"] == AVERAGE) & (some["detail"] == f"IG {name}")]
    return some["value"].item()
