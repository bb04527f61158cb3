"""The test of a reader's table, kept in the store: an answer as a table, and back.

A stored step is a table. Of an answer that is its table of pairs, with two columns more
for what has no column there: `direction`, the learned direction of the strongest pairs
on the tested rows, and `about`, all other fields once, both as JSON text. The values of
the features are not stored: they are in the reader's table, whose digest is part of the
key. The directions of weaker pairs are dropped, for they would be the most of the
bytes (a number for each pair and row) and the figure draws the strongest alone.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import pandas as pd

from helpers.device import Device
from helpers.loaders.mixed_tables import MixedTable
from helpers.significance.interaction import (
    Answer,
    Bases,
    Settings,
    Training,
    interaction_test,
)
from helpers.significance.interaction.family import Family
from helpers.significance.interaction.table import Features, features_of
from helpers.studies.keeping import digest_of, kept
from helpers.studies.own_table.models import Learner
from helpers.studies.stores import Store

#: Pairs whose directions are kept, the strongest.
DRAWN = 15
#: Fields of an answer that are stored, or made again, in a way of their own.
OWN_WAY = frozenset(
    {"table", "values", "columns", "directions", "rows", "family", "settings"}
)


def asked(
    table: MixedTable,
    learner: Learner,
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
    seed: int = 0,
    device: Device = "auto",
    store: Store | None = None,
    name: str = "test",
) -> Answer:
    """Return what a table says of its pairs; a stored answer if there is one.

    Parameters
    ----------
    table : MixedTable
    learner : Learner
        From `learner_by_name`. One without a digest is asked anew each time.
    pairs : sequence of (str, str), optional
        To ask about these alone; default all.
    seed, device
    store : Store, optional
    name : str
        Of the step in the store.

    Returns
    -------
    Answer
        Whether computed or stored, it comes from its table: directions are those of
        the `DRAWN` strongest pairs.
    """
    stored = kept(
        store if learner.digest else None,
        name,
        answer_table,
        {"pairs": None if pairs is None else [list(pair) for pair in pairs],
         "seed": seed},
        {"table": (table, table_digest(table)), "learner": (learner, learner.digest)},
        device=device,
    )  # fmt: skip
    return from_table(stored, features_of_table(table))


def answer_table(
    table: MixedTable,
    learner: Learner,
    pairs: list | None,
    seed: int,
    device: Device = "auto",
) -> pd.DataFrame:
    """Run the test, show how far it is, and return the answer as a table."""
    answer = interaction_test(
        table.X,
        table.y,
        family=table.family,
        blocks=table.blocks,
        covariates=table.covariates,
        groups=table.groups,
        sets=pairs,
        seed=seed,
        device=device,
        progress=True,
        **learner.arguments,
    )
    return as_table(answer)


def table_digest(table: MixedTable) -> str:
    """Return a digest of all that the test and the rankings read of a table."""
    return digest_of(
        list(table.X), table.X.to_numpy(float), table.y, table.family, table.blocks,
        table.covariates, None if table.groups is None else list(table.groups),
    )  # fmt: skip


def features_of_table(table: MixedTable) -> Features:
    """Return the features as the test makes them."""
    return features_of(table.X, blocks=table.blocks, covariates=table.covariates)


def as_table(answer: Answer) -> pd.DataFrame:
    """Return an answer about pairs as one table, without the values of its features.

    Returns
    -------
    DataFrame
        One row a pair: first and second (names), the columns of `Answer.table`,
        direction (JSON, of the strongest) and about (JSON, in the first row).
    """
    names = answer.table["pair"]
    table = pd.DataFrame(
        {"first": [a for a, _ in names], "second": [b for _, b in names]}
    )
    table = table.join(answer.table.drop(columns="pair"))
    drawn = [json.dumps(answer.directions[pair].tolist()) for pair in names[:DRAWN]]
    about = {
        field.name: getattr(answer, field.name)
        for field in fields(answer)
        if field.name not in OWN_WAY
    }
    about |= {
        "rows": answer.rows.tolist(),
        "family": answer.family.name,
        "settings": asdict(answer.settings),
    }
    nothing = [None] * len(table)
    return table.assign(
        direction=drawn + nothing[len(drawn) :], about=[json.dumps(about), *nothing[1:]]
    )


def from_table(table: pd.DataFrame, features: Features) -> Answer:
    """Return the answer that `as_table` made a table of.

    Parameters
    ----------
    table : DataFrame
    features : Features
        Of the table that was asked.
    """
    about = json.loads(table["about"][0])
    rows = np.array(about.pop("rows"), dtype=int)
    pairs = list(zip(table["first"], table["second"], strict=True))
    own = table.drop(columns=["first", "second", "direction", "about"])
    own.insert(0, "pair", pairs)
    directions = {
        pair: np.array(json.loads(text))
        for pair, text in zip(pairs, table["direction"][:DRAWN], strict=False)
    }
    return Answer(
        table=own,
        values=features.X[rows],
        columns=features.columns,
        directions=directions,
        rows=rows,
        family=Family(about.pop("family")),
        settings=_settings(about.pop("settings")),
        **{name: _tuples(value) for name, value in about.items()},
    )


def _settings(stored: dict) -> Settings:
    """Return settings from plain values."""
    groups = {"bases": Bases, "hunt": Training, "residual": Training,
              "projection": Training}  # fmt: skip
    values = {name: _tuples(value) for name, value in stored.items()}
    for name, group in groups.items():
        if values[name] is not None:
            values[name] = group(**values[name])
    return Settings(**values)


def _tuples(value: Any) -> Any:
    """Return lists as tuples: what is plain in an answer is frozen."""
    if isinstance(value, dict):
        return {name: _tuples(own) for name, own in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
