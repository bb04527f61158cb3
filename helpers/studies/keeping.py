"""What stands for a reader's data and model in the keys of stored steps.

The slow steps of the page go through the same store as those of the chapters, so that
a run that was interrupted finds what it has done. Sequences, motifs and models are no
plain values: their digests are the key.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers.data.motifs import Motif
from helpers.studies.stores import Store


def digest_of(*values: Any) -> str:
    """Return a sha256 that differs where any of some values does.

    Parameters
    ----------
    *values
        None, numbers, text, arrays, motifs, and lists, tuples and mappings of them;
        objects whose `repr` says all, such as settings classes.
    """
    total = hashlib.sha256()
    for value in values:
        total.update(_bytes(value))
    return total.hexdigest()


def _bytes(value: Any) -> bytes:
    """Return a hash of one value, and of its kind: 1 is not "1"."""
    if isinstance(value, np.ndarray) and value.dtype.kind not in "OSUT":
        content = np.ascontiguousarray(value).tobytes()
        what = f"array {value.dtype.str} {value.shape}"
    elif isinstance(value, Motif):
        parts = (value.name, value.label, value.ppm, np.asarray(value.background))
        content, what = digest_of(*parts).encode(), "motif"
    elif isinstance(value, Mapping):
        content, what = digest_of(list(value), list(value.values())).encode(), "mapping"
    elif isinstance(value, (list, tuple, np.ndarray)):
        content, what = b"".join(map(_bytes, value)), f"row of {len(value)}"
    else:
        content, what = repr(value).encode(), type(value).__name__
    return hashlib.sha256(what.encode() + b"\0" + content).digest()


def kept(
    store: Store | None,
    name: str,
    function: Callable[..., pd.DataFrame],
    settings: Mapping[str, Any],
    given: Mapping[str, Any],
    *,
    device: Any = None,
    **others: Any,
) -> pd.DataFrame:
    """Return the table of a step: the stored one if it fits, else a new one.

    Parameters
    ----------
    store : Store, optional
        Without one the step runs.
    name, function, settings
        As of `Store.stored_or_run`.
    given : mapping of argument to (value, digest)
        Arguments that are no plain values. The digest is what the key knows of one.
    device : str or torch.device, optional
        For a function that takes one, where there is no store: a store has its own.
    **others
        Of `stored_or_run`: parts, say.
    """
    values = {argument: value for argument, (value, _) in given.items()}
    if store is None:
        how = {} if device is None else {"device": device}
        parts = others.get("parts") or [{}]
        tables = [function(**settings, **part, **values, **how) for part in parts]
        return pd.concat(tables, ignore_index=True)
    digests = {argument: digest for argument, (_, digest) in given.items()}
    table = store.stored_or_run(
        name, function, dict(settings), data=digests, given=values, **others
    )
    assert table is not None  # none of these steps waits to be asked for
    return table


def with_words(table: pd.DataFrame, said: str) -> pd.DataFrame:
    """Return a table that carries what is said of it, also where it has no row."""
    table = table.reset_index(drop=True)
    return (table if len(table) else table.reindex([0])).assign(said=said)


def without_words(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return a table and what is said of it, from `with_words`."""
    rows = table.drop(columns="said").dropna(how="all").reset_index(drop=True)
    return rows, str(table["said"].iloc[0])
