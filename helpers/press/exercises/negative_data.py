"""Exercises of chapter 2: seeds, the worth of a grammar, priors."""

from typing import Any

import numpy as np
import pandas as pd

from helpers.press.exercises.verdict import answered, need, need_keys, right
from helpers.studies.negative_data import tables
from helpers.studies.negative_data.settings import KINDS
from helpers.truth import best_possible
from helpers.truth.grammars import Grammar

STAYS = {"distances": True, "place": False, "letters": False}


def seeds(stays: Any) -> None:
    """Check what another seed leaves as it is in a sequence with all four motifs."""
    answered(stays=stays)
    stays = need_keys("stays", stays, STAYS)
    hints = {
        "distances": "compare np.diff of the starts, not the starts",
        "place": "compare the start of the first motif in the two draws",
        "letters": "compare the bases under the first motif: instances are sampled",
    }
    for name, holds in STAYS.items():
        need(bool(stays[name]) == holds, f"{name}: {hints[name]}.")
    right("A seed moves the whole and draws new instances; the grammar stays.")


def grammar(most: Any, *, best: pd.DataFrame) -> None:
    """Check for which number of motifs the grammar helps the best reader most.

    Parameters
    ----------
    most : dict or Series of int
        Kind of training -> number of motifs in the sequence.
    best : DataFrame
        Recalls of the best readers.
    """
    answered(most=most)
    gain = tables.grammar_gain(best)
    most = need_keys("most", most, gain.index)
    for kind, row in gain.iterrows():
        got = most[kind]
        need(got in row.index, f"most[{kind!r}] must be 0 to 4 motifs; got {got!r}.")
        need(
            row[got] >= row.max() - 1e-12,
            f"{kind}: with {got} motifs the grammar is worth {row[got]:+.3f}, with "
            "another number more.",
        )
    right("Where a motif is missing, its empty place gives the sequence away.")


def prior(rejected: Any, *, three: np.ndarray, world_grammar: Grammar) -> None:
    """Check which share of sequences with three motifs two agnostic readers reject.

    Parameters
    ----------
    rejected : dict of float
        Kind of training whose class shares are taken -> share rejected.
    three : array of uint8, shape (n, length)
    world_grammar : Grammar
    """
    answered(rejected=rejected)
    rejected = need_keys("rejected", rejected, KINDS.values())
    shares = {
        kind: np.mean(
            best_possible.probability_of_all(
                three, world_grammar, reader="agnostic", share=share
            )
            <= 0.5
        )
        for share, kind in KINDS.items()
    }
    flipped = all(np.isclose(rejected[k], 1 - shares[k]) for k in shares)
    need(
        not flipped or np.allclose(list(shares.values()), 0.5),
        "These are the shares that are called positive; rejected is the rest.",
    )
    for kind, share in shares.items():
        need(
            np.isclose(rejected[kind], share, atol=1e-9),
            f"{kind}: reject where the probability of all motifs is at most 0.5, with "
            f"the class shares of {kind}; got {rejected[kind]:.3g}.",
        )
    right("The likelihoods are the same; what differs is what each was told to expect.")
