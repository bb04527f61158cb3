"""The tests of all pairs of motifs in a model, part by part, each part stored."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.data.motifs import Motif
from helpers.significance.held_out import FEWEST
from helpers.significance.motif_pairs import (
    as_bases,
    asker,
    held_out_interaction,
)
from helpers.significance.multiplicity import adjust
from helpers.studies.keeping import digest_of, kept
from helpers.studies.own_sequences.planning import pair_counts
from helpers.studies.own_sequences.reading import Labelled
from helpers.studies.stores import Store

TESTED = ("pair", "test", "n", "p", "p_holm", "median", "median_low", "median_high",
          "interaction", "size", "says", "does_not_say")  # fmt: skip


def model_digest(
    predict: object, data: Labelled, column: int = -1, encoding: str = ""
) -> str:
    """Return what stands for a reader's model: a digest of its predictions.

    A model is known by name alone, and may change behind it; what it says of the
    held-out sequences tells.

    Parameters
    ----------
    predict, data, column, encoding
        As of `pair_tests`.
    """
    ask = asker(predict, None if column < 0 else column, encoding or None)
    return digest_of(ask(as_bases(data.sequences)))


def pair_tests(
    predict: object,
    data: Labelled,
    motifs: Mapping[str, Motif],
    *,
    digest: str = "",
    store: Store | None = None,
    **how: Any,
) -> pd.DataFrame:
    """Test all pairs of motifs, as `held_out_interaction` does in one call.

    A part is a motif with all that come after it, and is stored when it is done.

    Parameters
    ----------
    predict : as of `held_out_interaction`
    data : Labelled
        Held out.
    motifs : mapping of name to Motif
    digest : str
        What stands for the model in the keys of stored parts.
    store : Store, optional
    **how
        loss, n_draws, seed, column (of the output; -1 for the only one) and encoding
        ("" for the usual one).

    Returns
    -------
    DataFrame
        As of `held_out_interaction`; no row, but its columns, where no pair stands in
        enough sequences.
    """
    counts = pair_counts(data, motifs)
    can = counts[counts["n"] >= FEWEST]
    if not len(can):
        return pd.DataFrame({name: pd.Series(dtype=object) for name in TESTED})
    parts = [
        {"first": first, "others": rows["second"].tolist()}
        for first, rows in can.groupby("first", sort=False)
    ]
    given = {
        "predict": (predict, digest),
        "data": (data, digest_of(data.sequences, data.labels, data.groups)),
        "motifs": (motifs, digest_of(motifs)),
    }
    table = kept(store, "tests", tests_of, how, given, parts=parts)
    return adjust(table.drop(columns="p_holm"))[list(table)]  # over all parts


def tests_of(  # as a step of the store: each by its name
    first: str,
    others: list[str],
    loss: str,
    n_draws: int,
    seed: int,
    predict: object,
    data: Labelled,
    motifs: Mapping[str, Motif],
    column: int = -1,
    encoding: str = "",
) -> pd.DataFrame:
    """Return the tests of one motif with others."""
    return held_out_interaction(
        predict,
        data.sequences,
        data.labels,
        motifs,
        loss=loss,
        output=None if column < 0 else column,
        encoding=encoding or None,
        n_draws=n_draws,
        groups=data.groups,
        seed=seed,
        pairs=[(first, other) for other in others],
    )
