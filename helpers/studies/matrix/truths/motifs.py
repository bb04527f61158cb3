"""Motifs: the worlds of chapters 1 to 3, as tables of motifs and as sequences."""

from collections.abc import Iterable
from functools import cache

import numpy as np

from helpers.data.bases import encode
from helpers.data.motifs import Motif
from helpers.studies.factorization import worlds as planted_worlds
from helpers.studies.false_positives import worlds as two_motifs
from helpers.studies.matrix.kinds import Data, Truth
from helpers.studies.negative_data.settings import World
from helpers.truth.grammars import balanced
from helpers.truth.jaspar import motif_set
from helpers.truth.planted import consensus_strings, published_pairs
from helpers.truth.responses import motif_labels, occupancy, poisson_counts, rate
from helpers.truth.sequences import simulate

#: Rows of a table of motifs, and sequences, which networks need more of.
ROWS, SEQUENCES = 4_000, 10_000


def controls(seed: int, *, n_rows: int, strength: float, decoys: str | None) -> Data:
    """Draw counts of sequences with GATA1 and TAL1 motifs, as in chapter 1.

    strength : 0, the counts are a sum over windows, so over motifs; 1, they are not
    decoys : name of a set of motifs whose occupancies are columns as well, in a table
    """
    pair = two_motifs.motifs()
    drawn = simulate(n_rows, pair, seed=[seed, 67])
    both = rate(occupancy(drawn.sequences, pair), strength)
    y = poisson_counts(both, seed=[seed, 68])
    true = ((0, 1),) if strength else ()
    if decoys is None:
        return Data(y, 2, true, bases=drawn.sequences, motifs=pair)
    shown = (*pair, *_without_zeros(motif_set(decoys)))
    X = np.stack([occupancy(drawn.sequences, [m]) for m in shown], axis=1)
    return Data(y, len(shown), true, X=X)


def grammar(seed: int, *, n_rows: int, effect: str, table: bool) -> Data:
    """Draw labels that follow from which of four motifs are there, as in chapter 2.

    effect : of `motif_labels`; noise has a standard deviation of 1
    table : whether the data are which motifs are there, or the sequences
    """
    world = World("distinct_1", 250, 15)
    drawn = balanced(world.grammar, -(-n_rows // 16), seed=seed)[:n_rows]
    constant = {"enhancing": 2.0, "inhibiting": -2.0}.get(effect)
    y = motif_labels(drawn.present, effect, constant=constant)
    y = y + np.random.default_rng([seed, 69]).standard_normal(n_rows)
    every = () if effect == "additive" else Data(y, 4, ()).pairs
    if table:
        return Data(y, 4, every, X=drawn.present.astype(float))
    return Data(
        y, 4, every, bases=drawn.bases, motifs=_without_zeros(world.grammar.motifs)
    )


def partners(seed: int, *, n_rows: int, kind: str, table: bool) -> Data:
    """Draw labels of sequences with three of twenty motifs, as in chapter 3.

    kind : of `factorization.worlds.draw`, which draws logits
    table : whether the data are which motifs are there, or the sequences
    """
    drawn, labels = planted_worlds.draw(kind, n_rows, 100, 3.0, seed=seed)
    true = {"one pair": (planted_worlds.PAIR,), "ten pairs": published_pairs()}
    pairs, y = true.get(kind, ()), labels.astype(float)
    if table:
        X = drawn.present.astype(float)
        return Data(y, X.shape[1], pairs, X=X, family="binomial")
    return Data(
        y,
        drawn.present.shape[1],
        pairs,
        family="binomial",
        bases=drawn.bases,
        motifs=planted_motifs(),
    )


def _without_zeros(motifs: Iterable[Motif]) -> tuple[Motif, ...]:
    return tuple(motif.smoothed() for motif in motifs)


@cache
def planted_motifs() -> tuple[Motif, ...]:
    """Return the twenty strings of chapter 3 as motifs, their letters at 97 %."""
    return tuple(
        Motif(name, 0.01 + 0.96 * np.eye(4)[encode([letters])[0]])
        for name, letters in consensus_strings().items()
    )


def _two(control: str, strength: float, table: bool) -> Truth:
    words = "motifs add" if not strength else "motifs enhance each other"
    return Truth(
        "motifs" if table else "sequences",
        f"{control} control of chapter 1: {words}",
        controls,
        6 if table else 2,
        {
            "n_rows": ROWS if table else SEQUENCES,
            "strength": strength,
            "decoys": "distinct_1" if table else None,
        },
        "motifs" if table else "sequences",
        null=not strength,
    )


def _four(effect: str, table: bool) -> Truth:
    n_rows = ROWS if table else SEQUENCES
    return Truth(
        "motifs" if table else "sequences",
        f"four motifs of chapter 2, {effect}",
        grammar,
        4,
        {"n_rows": n_rows, "effect": effect, "table": table},
        "motifs" if table else "sequences",
        null=effect == "additive",
    )


def _twenty(kind: str, words: str, table: bool) -> Truth:
    n_rows = ROWS if table else SEQUENCES
    return Truth(
        "motifs" if table else "sequences",
        f"twenty motifs of chapter 3, {words}",
        partners,
        20,
        {"n_rows": n_rows, "kind": kind, "table": table},
        "motifs" if table else "sequences",
        family="binomial",
        null=kind in planted_worlds.NO_PAIR,
    )


def _both_views(table: bool) -> dict[str, Truth]:
    """Return the truths as tables of motifs, or as the sequences themselves."""
    view = "motifs" if table else "sequences"
    return {
        f"two {view}, adding": _two("negative", 0.0, table),
        f"two {view}, enhancing": _two("positive", 1.0, table),
        f"four {view}, adding": _four("additive", table),
        f"four {view}, enhancing": _four("enhancing", table),
        f"four {view}, inhibiting": _four("inhibiting", table),
        f"twenty {view}, adding": _twenty("additive", "logits add", table),
        f"twenty {view}, one pair": _twenty(
            "one pair", "one pair adds 3 logits", table
        ),
        f"twenty {view}, ten pairs": _twenty("ten pairs", "partners decide", table),
    }


TRUTHS = _both_views(True) | _both_views(False)
