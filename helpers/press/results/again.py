"""Compute cells of stored tables again, and keep what came of it beside them.

A hash says that some code has changed since a table was computed, not whether the table
would come out otherwise. A cell that today's code computes again says it.
"""

import importlib
import inspect
import io
import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from helpers import checks
from helpers.press.results import provenance, recomputed
from helpers.press.results import steps as keys
from helpers.press.results.code import hash_of
from helpers.press.results.earlier import table_at
from helpers.press.results.files import ROOT, DamagedError, read_json
from helpers.press.results.store import Store
from helpers.press.results.tables import load, to_csv

MINUTES = 5.0  # of a cell that `verify` may choose, as it took when it was stored


class Cell(NamedTuple):
    """A part of a stored step, or a step that has none, and how long it took."""

    step: str
    manifest: dict
    part: dict
    seconds: float
    rows: slice | None = None  # of the step's table, where its manifest says it


class Gap(NamedTuple):
    """The largest difference of two tables of equal labels, and where it is.

    size : as a share of the largest number of its column; infinite if labels differ
    """

    size: float
    column: str = ""

    def __str__(self) -> str:
        if np.isinf(self.size):
            where = "no rows of these words are stored"
            if self.column:
                where = f"{self.column} is absent in other rows"
            return f"DIFFERS: {where}"
        if not self.size:
            return "equal"
        return f"equal within {self.size:.1g} of the largest {self.column}"


def verify(  # as options of one call: each by its name
    chapter: str,
    *,
    cells: int = 5,
    minutes: float = MINUTES,
    seed: int | None = None,
    each_step: bool = False,
    keep: bool = False,
    device: str = "auto",
    root: str | os.PathLike = ROOT,
) -> Iterator[str]:
    """Compute random stored cells again; say within what they agree.

    A cell is a part of a step, or a step that has none. Those that took longer than
    `minutes` are left out, and steps that need what only their notebook holds.

    Parameters
    ----------
    cells : int
        How many, of all cells of the page.
    each_step : bool
        One cell of each step that other code computed, instead; of those that today's
        code has computed a cell of, and kept it, none.
    keep : bool
        Write what came of it beside the tables, for the page to say.

    Yields
    ------
    str
        One line a cell: its step, arguments, seconds, and the largest difference.
    """
    checks.integer("cells", cells, at_least=1)
    store = Store(chapter, size="paper", root=root)
    known = [cell for cell in _cells(store) if cell.seconds <= 60 * minutes]
    if each_step:
        done = _known_of_today(store)
        known = [c for c in known if c.step not in done and not _is_of_today(c)]
    if not known:
        other = " of other code" if each_step else ""
        yield f"{chapter} has no stored cell{other} of at most {minutes:g} minutes."
        return
    order = np.random.default_rng(seed).permutation(len(known)).tolist()
    if each_step:
        order = list({known[number].step: number for number in order}.values())
        cells = len(order)
    for number in sorted(order[:cells]):
        yield _verified(store, known[number], device, keep)


def _verified(store: Store, cell: Cell, device: str, keep: bool) -> str:
    """Compute a cell again, and say how it compares."""
    start = time.perf_counter()
    table = _again(cell, device)
    shape = f"{len(table)} rows, {time.perf_counter() - start:.1f} s"
    gap = here = _gap(_stored_rows(store, cell, table), table)
    told = f"{gap} ({shape})"
    if gap.size > recomputed.SAME:
        here = _gap_here(cell, table, store.root)
        told += f"; {_beside(here)}"
    if keep:
        sizes = gap.size, here and here.size
        recomputed.keep(store.recomputed, *_name(cell), _code(cell), gap.column, *sizes)
    return f"{cell.step}{_told(cell.part)}: {told}"


def _is_of_today(cell: Cell) -> bool:
    return cell.manifest.get("code") == _code(cell)


def _code(cell: Cell) -> str | None:
    module, _, function = cell.manifest["function"].partition(":")
    return hash_of(module, function)


def _known_of_today(store: Store) -> set[str]:
    """Return the steps of which today's code has computed a cell again."""
    known = recomputed.read(store.recomputed)
    codes = dict(zip(known["step"], known["code"], strict=True))
    return {c.step for c in _cells(store) if codes.get(c.step, "") == _code(c)}


def _cells(store: Store) -> Iterator[Cell]:
    """Yield everything that can be run again."""
    for name, manifest in store.committed_manifest()["steps"].items():
        if ":" in manifest.get("function", ""):
            yield from filter(_is_whole, _cells_of_step(name, manifest))
    for path in sorted(store.committed.glob("parts/*/*.json")):
        manifest = read_json(path)
        yield Cell(path.parent.name, manifest, {}, manifest["ran"]["seconds"])  # type: ignore[index, arg-type]  # there is one


def _cells_of_step(name: str, manifest: dict) -> Iterator[Cell]:
    """Yield the parts of a step whose table is whole, or the step if it has none."""
    parts = manifest["parts"] or [{}]
    seconds = manifest["ran"]["seconds"] / len(parts)
    stops = np.cumsum(manifest.get("rows_of_parts") or []).tolist()
    rows = map(slice, [0, *stops], stops) if stops else [None] * len(parts)
    for part, own in zip(parts, rows, strict=True):
        yield Cell(name, manifest, part, seconds, own)


def _is_whole(cell: Cell) -> bool:
    """Say whether a cell's function is there, and all arguments in its manifest.

    Some arguments come from the notebook; some functions are gone, as `check` says.
    """
    try:
        inspect.signature(_function(cell)).bind(
            **cell.manifest["settings"], **cell.part
        )
    except (TypeError, ImportError, AttributeError):
        return False
    return True


def _function(cell: Cell) -> Callable:
    module, _, function = cell.manifest["function"].partition(":")
    return getattr(importlib.import_module(module), function)


def _again(cell: Cell, device: str) -> pd.DataFrame:
    """Return the table of a cell, computed by today's code."""
    function = _function(cell)
    how = {"device": device} if keys.takes(function, "device") else {}
    with redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a step says, its page has said
        result = function(**cell.manifest["settings"], **cell.part, **how)
    table = result[0] if isinstance(result, tuple) else result
    to_csv(cell.step, table)
    return table.reset_index(drop=True)


def _gap_here(cell: Cell, table: pd.DataFrame, root: Path) -> Gap | None:
    """Compare with what the table's own code gives on this machine.

    None if it does not run. Of a table joined from parts of several commits, the
    nearest counts.
    """
    settings = {**cell.manifest["settings"], **cell.part}
    commits = cell.manifest["ran"]["commit"].split(provenance.AND)
    gaps = []
    for commit in commits:
        then = table_at(commit, cell.manifest["function"], settings, root)
        if then is not None and list(then) == list(table):
            gaps += [_gap(rows, table) for rows in _candidates(then, table)[:1]]
    return min(gaps, default=None)


def _beside(here: Gap | None) -> str:
    if here is None:
        return "the code of its commit gives no such table here"
    return f"beside the code of its commit, here: {here}"


def _stored_rows(store: Store, cell: Cell, table: pd.DataFrame) -> pd.DataFrame | None:
    """Return the stored rows of a cell.

    Manifests of the first tables do not say which these are: then those of the same
    words whose numbers are nearest.
    """
    folder, found = store.committed, []
    for path in (folder / f"{cell.step}.csv", *folder.glob(f"parts/{cell.step}/*.csv")):
        try:
            stored = load(path, cell.manifest)
        except DamagedError:
            continue  # of another part
        if stored is not None and list(stored) == list(table):
            stored = stored if cell.rows is None else stored[cell.rows]
            found += _candidates(stored, table)
    return min(found, key=lambda rows: _distance(rows, table), default=None)


def _candidates(stored: pd.DataFrame, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the runs of rows that hold the same words, in the same places.

    Or all rows in another order: a table may be sorted by what was computed.
    """
    words = [c for c in table if not pd.api.types.is_numeric_dtype(table[c])]
    wanted, width = table[words].astype(str).to_numpy(), len(table)
    have = stored[words].astype(str).to_numpy()
    runs = [
        stored.iloc[start : start + width].reset_index(drop=True)
        for start in range(len(stored) - width + 1)
        if (have[start : start + width] == wanted).all()
    ]
    if runs or len(stored) != width:
        return runs
    theirs, ours = np.lexsort(have.T), np.lexsort(wanted.T)
    if (have[theirs] != wanted[ours]).any():
        return []
    order = np.empty(width, dtype=int)
    order[ours] = theirs
    return [stored.iloc[order].reset_index(drop=True)]


def _distance(rows: pd.DataFrame, table: pd.DataFrame) -> float:
    """Return how far the numbers of two tables are from each other."""
    numbers = rows.select_dtypes("number")
    scale = numbers.abs().max().replace(0, 1).fillna(1)
    apart = (numbers - table[numbers.columns].to_numpy()).abs() / scale
    return float(apart.fillna(0).sum().sum())


def _gap(stored: pd.DataFrame | None, again: pd.DataFrame) -> Gap:
    """Compare the rows of a cell with those computed again; times are left aside."""
    if stored is None:
        return Gap(np.inf)
    worst = Gap(0.0)
    for name in stored.select_dtypes(["number", "bool"]):
        if "second" in name:
            continue
        a, b = (table[name].to_numpy(dtype=float) for table in (stored, again))
        if (np.isnan(a) != np.isnan(b)).any():
            return Gap(np.inf, name)
        scale = np.nanmax(np.abs(a), initial=0.0)
        gap = np.nanmax(np.abs(a - b), initial=0.0) / scale if scale else 0.0
        if gap > worst.size:
            worst = Gap(float(gap), name)
    return worst


def _name(cell: Cell) -> tuple[str, dict]:
    """Return the step of a cell, and the arguments that tell it from its others."""
    of_whole = cell.manifest["parts"] is not None
    return cell.step, cell.part if of_whole else cell.manifest["settings"]


def _told(part: dict) -> str:
    text = ", ".join(f"{name}={value}" for name, value in part.items())
    return f" ({text})" if text else ""
