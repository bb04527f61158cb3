"""Say which stored results to look at again, and compute some of them anew."""

import importlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.press.results import steps as keys
from helpers.press.results.code import hash_of
from helpers.press.results.files import ROOT, DamagedError, read_json
from helpers.press.results.store import Store
from helpers.press.results.tables import load, to_csv

MINUTES = 5.0  # of a cell that `verify` may choose, as it took when it was stored


def published_chapters(root: str | os.PathLike = ROOT) -> list[str]:
    """Return the names of all pages with committed results."""
    folder = Path(root) / "data" / "results" / "paper"
    return sorted(path.parent.name for path in folder.glob("*/manifest.json"))


def check(chapter: str, *, root: str | os.PathLike = ROOT) -> list[str]:
    """Return one line for each committed step that deserves a look.

    That its table is absent or damaged, was computed by other code than today's, or
    with uncommitted changes.
    """
    store = Store(chapter, size="paper", root=root)
    lines = []
    for name, manifest in store.committed_manifest()["steps"].items():
        try:
            if load(store.committed / f"{name}.csv", manifest) is None:
                lines.append(f"{chapter} {name}: its table is gone")
        except DamagedError as error:
            lines.append(f"{chapter} {name}: {error}")
        module, _, function = manifest.get("function", ":").partition(":")
        code = hash_of(module, function) if function else None
        if code is None:
            lines.append(f"{chapter} {name}: its function is not found")
        elif code != manifest.get("code"):
            lines.append(f"{chapter} {name}: computed by other code")
        if "-dirty" in manifest["ran"]["commit"]:
            lines.append(
                f"{chapter} {name}: computed with uncommitted changes "
                f"({manifest['ran']['commit']})"
            )
    return lines


def verify(
    chapter: str,
    *,
    cells: int = 5,
    minutes: float = MINUTES,
    seed: int | None = None,
    device: str = "auto",
    root: str | os.PathLike = ROOT,
) -> Iterator[str]:
    """Compute random stored cells again; say within what they agree.

    A cell is a part of a step, or a step that has none. Those that took longer than
    `minutes` are left out.

    Yields
    ------
    str
        One line a cell: its step, arguments, seconds, and the largest difference.
    """
    checks.integer("cells", cells, at_least=1)
    store = Store(chapter, size="paper", root=root)
    known = [cell for cell in _cells(store) if cell[3] <= 60 * minutes]
    if not known:
        yield f"{chapter} has no stored cell of at most {minutes:g} minutes."
        return
    chosen = np.random.default_rng(seed).permutation(len(known))[:cells]
    for number in sorted(chosen):
        name, manifest, part, _ = known[number]
        yield f"{name}{_told(part)}: {_again(store, name, manifest, part, device)}"


def _cells(store: Store) -> Iterator[tuple]:
    """Yield step, manifest, part and seconds of everything that can be run again."""
    for name, manifest in store.committed_manifest()["steps"].items():
        parts = manifest["parts"] or [{}]
        seconds = manifest["ran"]["seconds"] / len(parts)
        if ":" in manifest.get("function", ""):
            yield from ((name, manifest, part, seconds) for part in parts)
    for path in sorted(store.committed.glob("parts/*/*.json")):
        manifest = read_json(path)
        yield path.parent.name, manifest, {}, manifest["ran"]["seconds"]  # type: ignore[index]  # there is one


def _again(store: Store, name: str, manifest: dict, part: dict, device: str) -> str:
    """Compute a cell again, and say how it compares."""
    module, _, function = manifest["function"].partition(":")
    function = getattr(importlib.import_module(module), function)
    how = {"device": device} if keys.takes(function, "device") else {}
    start = time.perf_counter()
    result = function(**manifest["settings"], **part, **how)
    seconds = time.perf_counter() - start
    table = result[0] if isinstance(result, tuple) else result
    to_csv(name, table)
    stored = _stored_rows(store, name, manifest, table)
    verdict = (
        "DIFFERS: no such rows are stored"
        if stored is None
        else agreement(stored, table.reset_index(drop=True))
    )
    return f"{verdict} ({len(table)} rows, {seconds:.1f} s)"


def _stored_rows(
    store: Store, name: str, manifest: dict, table: pd.DataFrame
) -> pd.DataFrame | None:
    """Return the stored rows of the same words whose numbers are nearest."""
    folder, found = store.committed, []
    for path in (folder / f"{name}.csv", *folder.glob(f"parts/{name}/*.csv")):
        try:
            stored = load(path, manifest)
        except DamagedError:
            continue  # of another part
        if stored is not None and list(stored) == list(table):
            found += _candidates(stored, table)
    return min(found, key=lambda rows: _distance(rows, table), default=None)


def _candidates(stored: pd.DataFrame, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the runs of rows that hold the same words, in the same places."""
    words = [c for c in table if not pd.api.types.is_numeric_dtype(table[c])]
    wanted, width = table[words].astype(str).to_numpy(), len(table)
    have = stored[words].astype(str).to_numpy()
    return [
        stored.iloc[start : start + width].reset_index(drop=True)
        for start in range(len(stored) - width + 1)
        if (have[start : start + width] == wanted).all()
    ]


def _distance(rows: pd.DataFrame, table: pd.DataFrame) -> float:
    """Return how far the numbers of two tables are from each other."""
    numbers = rows.select_dtypes("number")
    scale = numbers.abs().max().replace(0, 1).fillna(1)
    apart = (numbers - table[numbers.columns].to_numpy()).abs() / scale
    return float(apart.fillna(0).sum().sum())


def agreement(stored: pd.DataFrame, again: pd.DataFrame) -> str:
    """Say within what two tables of equal labels agree, times left aside."""
    worst, column = 0.0, ""
    for name in stored.select_dtypes("number"):
        if "second" in name:
            continue
        a, b = (table[name].to_numpy(dtype=float) for table in (stored, again))
        if (np.isnan(a) != np.isnan(b)).any():
            return f"DIFFERS: {name} is absent in other rows"
        scale = np.nanmax(np.abs(a), initial=0.0)
        gap = np.nanmax(np.abs(a - b), initial=0.0) / scale if scale else 0.0
        if gap > worst:
            worst, column = gap, name
    if not worst:
        return "equal"
    return f"equal within {worst:.1g} of the largest {column}"


def _told(part: dict) -> str:
    text = ", ".join(f"{name}={value}" for name, value in part.items())
    return f" ({text})" if text else ""
