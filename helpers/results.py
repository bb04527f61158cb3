"""Store heavy steps as tables, and compare what ran with what was published.

A chapter makes one `Store` and wraps each heavy step::

    store = results.Store("5-nid", size=size, recompute=recompute, compute=compute)
    table = store.stored_or_run("table-2", run_table_2, {"n_trials": 3, "seed": 0})

The step's function is called with its settings, ``run_table_2(n_trials=3, seed=0)``,
and returns a tidy DataFrame, or ``(DataFrame, dict)`` where the dict goes into the
manifest (an ensemble's plan, say). Its table is loaded instead when step name,
settings, data checksums and the hand-raised `revision` match; what else was recorded
(commit, versions, device, threads, seconds, date) is shown and never compared.

A step of an hour is cut into parts that are stored one by one, so that a killed run
continues at the part it was in::

    parts = [{"function": f, "trials": [t]} for f in ("F1", "F2") for t in range(3)]
    store.stored_or_run("table-2", run_trials, {"seed": 0}, parts=parts)

which calls ``run_trials(seed=0, function="F1", trials=[0])`` and so on, and joins the
tables in the order of `parts`.

Files. Each table is a CSV file beside a JSON manifest that holds the table's sha256, so
the two cannot disagree unnoticed: local ones in `_build/results/<chapter>/<size>/`, the
committed ones of the paper-size run in `data/results/paper/<chapter>/` with a single
`manifest.json`. Published numbers are read from `book/published/<chapter>.csv`.

On the command line::

    python -m helpers.results scoreboard                   # every claim and its verdict
    python -m helpers.results scoreboard --size paper --csv scoreboard.csv
    python -m helpers.results publish 5-nid                # commit a paper-size run
"""

import argparse
import csv
import hashlib
import importlib.metadata
import io
import json
import math
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks

ROOT = Path(__file__).resolve().parents[1]
SIZES = ("smoke", "quick", "paper")
RELATIONS = ("equals", "at_least", "at_most", "holds", "quoted")
VERDICTS = ("reproduced", "not reproduced", "not run yet", "quoted")
PUBLISHED_COLUMNS = (
    "claim", "quantity", "published", "spread", "source", "tolerance", "relation",
)  # fmt: skip
PATIENCE_MINUTES = 10  # a longer paper-size step waits for compute=True
PACKAGES = ("torch", "numpy", "pandas", "scipy", "scikit-learn")

RUN = "run.json"  # what the last run of a chapter asked for and recorded
MANIFEST = "manifest.json"  # all steps of a committed run
MANIFEST_FIELDS = {"settings", "parts", "revision", "data", "table", "ran", "extra"}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


class Markdown(str):
    """Text that a notebook shows as Markdown and a terminal prints as it is."""

    def _repr_markdown_(self) -> str:
        return str(self)


class DamagedError(ValueError):
    """A stored table that cannot be trusted: truncated, altered, unreadable."""


class Store:
    """The stored steps and recorded values of one chapter at one size.

    Parameters
    ----------
    chapter : str
        Name of the notebook without its suffix, for example ``5-nid``.
    size : str
        ``smoke``, ``quick`` or ``paper``.
    recompute : bool
        Compute every step again, whatever is stored.
    compute : bool
        At size ``paper``, also run steps that were estimated at more than
        `PATIENCE_MINUTES` minutes.
    device : str
        The chapter's `device` parameter; only described in manifests.
    root : path
        The repository.
    """

    def __init__(
        self,
        chapter: str,
        *,
        size: str = "quick",
        recompute: bool = False,
        compute: bool = False,
        device: str = "auto",
        root: str | os.PathLike = ROOT,
    ):
        self.chapter = _name("chapter", chapter)
        self.size = checks.one_of("size", size, SIZES)
        self.recompute = _flag("recompute", recompute)
        self.compute = _flag("compute", compute)
        self.device = device
        self.root = Path(root)
        self.local = self.root / "_build" / "results" / chapter / size
        self.committed = self.root / "data" / "results" / "paper" / chapter
        self._steps = {}  # what this run asked for: step -> manifest or None
        self._values = {}  # what this run recorded: quantity -> number

    # Steps

    def stored_or_run(
        self,
        name: str,
        function,
        settings: dict,
        *,
        parts: list[dict] | None = None,
        revision: int = 1,
        data: dict | None = None,
        estimate_minutes: float | None = None,
    ) -> pd.DataFrame | None:
        """Return the table of a step: the stored one if it matches, else a new one.

        Parameters
        ----------
        name : str
            Name of the step, for example ``table-2``; also the name of its file.
        function : callable
            Called as ``function(**settings)``, or for each part as
            ``function(**settings, **part)``; returns a DataFrame or (DataFrame, dict).
            Columns hold numbers, booleans or text; an unnamed index is dropped.
        settings : dict
            All that the table depends on, seeds included; plain JSON values.
        parts : list of dict, optional
            Settings of parts that are stored one by one and joined at the end.
        revision : int
            Raise by hand when the function changed what it computes.
        data : dict, optional
            Name and checksum of each data set used.
        estimate_minutes : float, optional
            Expected time at this size.

        Returns
        -------
        DataFrame or None
            None is *not run yet*: a paper-size step without a stored table that is
            estimated to take more than ten minutes, while `compute` is False.

        Raises
        ------
        TypeError, ValueError
            If settings are not JSON values, or the function returns what cannot be
            stored exactly.
        OSError
            If the table cannot be written, on a full disk say; nothing is kept of it.
        """
        key = self._key(name, settings, parts, revision, data)
        if estimate_minutes is not None:
            estimate_minutes = checks.number(
                "estimate_minutes", estimate_minutes, at_least=0
            )
        if not self.recompute:
            table, manifest = self._find(name, key)
            if table is not None:
                self._note(name, manifest, f"stored, {_ran(manifest['ran'])}")
                return table
        if self._too_long(estimate_minutes):
            self._note(
                name,
                None,
                f"not run yet, about {estimate_minutes:.0f} minutes; "
                "run the chapter with compute=True",
            )
            return None
        if parts is None:
            table, extra, seconds = _timed(name, function, key["settings"])
        else:
            table, extra, seconds = self._run_parts(name, function, key)
        table, manifest = self._save(self.local / name, key, table, extra, seconds)
        for leftover in self._part_folder(name).glob("*"):
            leftover.unlink()
        self._note(name, manifest, f"computed in {duration(seconds)}")
        return table

    def paper(self, name: str) -> pd.DataFrame | None:
        """Return the committed paper-size table of a step, or None."""
        try:
            return _load(
                self.committed / f"{name}.csv",
                self._committed_manifest()["steps"].get(_name("name", name)),
            )
        except DamagedError as error:
            print(f"{error} Not shown.")
            return None

    def _key(self, name, settings, parts, revision, data) -> dict:
        _name("name", name)
        if f"{name}.json" in (RUN, MANIFEST):
            raise ValueError(f"name must not be 'run' or 'manifest'; got {name!r}.")
        settings = _plain("settings", settings, dict)
        key = {
            "settings": settings,
            "parts": None,
            "revision": checks.integer("revision", revision, at_least=1),
            "data": _plain("data", data or {}, dict),
        }
        if parts is not None:
            key["parts"] = _plain("parts", list(parts), list)
            if not key["parts"]:
                raise ValueError("parts must hold at least one dict; got none.")
            for part in key["parts"]:
                twice = settings.keys() & _plain("each of parts", part, dict).keys()
                if twice:
                    raise ValueError(f"parts must not repeat settings; got {twice}.")
        return key

    def _find(self, name, key):
        """Return (table, manifest) of the first stored step that matches the key."""
        for folder, read in (
            (self.local, lambda: _read_json(self.local / f"{name}.json")),
            (self.committed, lambda: self._committed_manifest()["steps"].get(name)),
        ):
            try:
                manifest = read()
                if manifest is not None and _matches(manifest, key):
                    table = _load(folder / f"{name}.csv", manifest)
                    if table is not None:
                        return table, manifest
            except DamagedError as error:
                print(f"{error} Computed again.")
        return None, None

    def _too_long(self, estimate_minutes) -> bool:
        return (
            self.size == "paper"
            and not self.compute
            and (estimate_minutes or 0) > PATIENCE_MINUTES
        )

    def _part_folder(self, name) -> Path:
        return self.local / "parts" / name

    def _run_parts(self, name, function, key):
        """Return table, extras and seconds of all parts, running only missing ones."""
        tables, extras, seconds = [], [], 0.0
        for part in key["parts"]:
            settings = {**key["settings"], **part}
            part_key = {**key, "settings": settings, "parts": None}
            path = self._part_folder(name) / _digest(json.dumps(part_key))[:16]
            table = manifest = None
            if not self.recompute:
                try:
                    manifest = _read_json(path.with_suffix(".json"))
                    table = manifest and _load(path.with_suffix(".csv"), manifest)
                except DamagedError as error:
                    print(f"{error} Computed again.")
            if table is None:
                table, extra, took = _timed(name, function, settings)
                table, manifest = self._save(path, part_key, table, extra, took)
            tables.append(table)
            seconds += manifest["ran"]["seconds"]
            if manifest["extra"] not in extras:
                extras.append(manifest["extra"])
        if any(list(table) != list(tables[0]) for table in tables):
            raise ValueError(f"step {name!r}: every part must have the same columns.")
        extra = extras[0] if len(extras) == 1 else {"parts": extras}
        return pd.concat(tables, ignore_index=True), extra, seconds

    def _save(self, path, key, table, extra, seconds):
        """Write `path`.csv and `path`.json; return the table as it will be read."""
        text, kinds = _to_csv(path.name, table)
        manifest = {
            "step": path.name,
            "chapter": self.chapter,
            "size": self.size,
            **key,
            "table": {"sha256": _digest(text), "rows": len(table), "columns": kinds},
            "ran": {**_provenance(self.device), "seconds": round(seconds, 3)},
            "extra": extra,
        }
        csv_path, json_path = (Path(f"{path}{end}") for end in (".csv", ".json"))
        write_whole(csv_path, text)
        write_whole(json_path, to_json(manifest))
        return _load(csv_path, manifest), manifest

    def _note(self, name, manifest, state):
        """Print one line on a step and keep it for `provenance`."""
        print(f"{name}: {state}.")
        self._steps[name] = manifest
        self._write_run()

    # Values and verdicts

    def record(self, values: dict) -> None:
        """Keep this run's value of comparison quantities: ``{quantity: number}``.

        An ordering (relation `holds`) is recorded as True or False.

        Raises
        ------
        ValueError
            If a quantity is not in the chapter's published table, is only quoted
            there, or its value is not finite.
        """
        relations = self.published().set_index("quantity")["relation"]
        for quantity, value in values.items():
            if quantity not in relations:
                raise ValueError(
                    f"quantity must be listed in {_published_name(self.chapter)}; "
                    f"got {quantity!r}."
                )
            if relations[quantity] == "quoted":
                raise ValueError(f"{quantity} is only quoted and cannot be recorded.")
            if isinstance(value, (bool, np.bool_)):
                value = int(value)
            self._values[quantity] = checks.number(quantity, value)
        self._write_run()

    def published(self) -> pd.DataFrame:
        """Return the chapter's published numbers, checked."""
        return read_published(self.root / _published_name(self.chapter))

    def comparison(self) -> pd.DataFrame:
        """Return published values beside the paper-size run and this run.

        The committed paper-size value decides the verdict; before one is committed,
        this run's value does if it is of paper size. A smoke or quick value never
        decides.

        Returns
        -------
        DataFrame
            claim, quantity, published, spread, source, tolerance, relation,
            paper_size, this_run, size (of this run), verdict.
        """
        table = self.published()
        here = _read_run(self.local / RUN)["values"]
        paper = self._committed_manifest()["values"]
        if self.size == "paper":
            paper = {**here, **paper}
        table["paper_size"] = table["quantity"].map(paper).astype(float)
        table["this_run"] = table["quantity"].map(here).astype(float)
        table["size"] = self.size
        table["verdict"] = [
            verdict(row.relation, row.published, row.tolerance, row.paper_size)
            for row in table.itertuples()
        ]
        return table

    def comparison_table(self, which: str = "all") -> Markdown:
        """Return `comparison` as a Markdown table for the page.

        Parameters
        ----------
        which : {"all", "run", "waiting"}
            All rows, those with a value of this or the paper-size run, or the others.
        """
        checks.one_of("which", which, ("all", "run", "waiting"))
        table = self.comparison()
        has_value = table["paper_size"].notna() | table["this_run"].notna()
        if which != "all":
            table = table[has_value if which == "run" else ~has_value]
        rows = [
            {
                "Claim": row.claim,
                "Source": row.source,
                "Published": _published_text(row),
                "Tolerance": "–"
                if row.relation in ("holds", "quoted")
                else _number_text(row.tolerance),
                "Paper size": _value_text(row.relation, row.paper_size),
                f"This run ({self.size})": _value_text(row.relation, row.this_run),
                "Verdict": row.verdict,
            }
            for row in table.itertuples()
        ]
        return to_markdown(pd.DataFrame(rows))

    def provenance(self) -> Markdown:
        """Return one line on this run: size, device, seconds, commit, versions."""
        steps = [manifest for manifest in self._steps.values() if manifest]
        waiting = len(self._steps) - len(steps)
        ran = [step["ran"] for step in steps] or [_provenance(self.device)]
        seconds = sum(r.get("seconds", 0) for r in ran)
        now = _provenance(self.device)
        parts = [
            f"**{self.size} size**",
            f"{duration(seconds)} in {len(steps)} heavy step{'s' * (len(steps) != 1)}",
            "on " + " and ".join(_unique(_machine(r) for r in ran)),
            "computed " + " and ".join(_unique(r["date"][:10] for r in ran)),
            "commit " + " and ".join(_unique(r["commit"] for r in ran)),
            ", ".join(f"{name} {number}" for name, number in now["versions"].items()),
        ]
        if waiting:
            parts.insert(2, f"{waiting} not run yet")
        return Markdown(" · ".join(parts))

    def _committed_manifest(self) -> dict:
        empty = {"steps": {}, "values": {}}
        try:
            return {**empty, **(_read_json(self.committed / MANIFEST) or {})}
        except DamagedError as error:
            print(f"{error} Ignored.")
            return empty

    def _write_run(self):
        steps = {
            name: "not run yet" if manifest is None else manifest["table"]["sha256"]
            for name, manifest in self._steps.items()
        }
        run = {
            "chapter": self.chapter,
            "size": self.size,
            "ran": _provenance(self.device),
            "steps": steps,
            "values": self._values,
        }
        write_whole(self.local / RUN, to_json(run))


# Published numbers


def read_published(path: str | os.PathLike) -> pd.DataFrame:
    """Return the table of published numbers, checked row by row.

    Columns: claim (a phrase), quantity (dotted id, unique), published (number; 1 for
    an ordering that holds), spread, source (figure or table), tolerance, relation.

    Raises
    ------
    FileNotFoundError, ValueError
        Naming the file, the line (the header is line 1) and the rule.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: there is no such table of published numbers.")
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header = next(lines, [])
        if tuple(header) != PUBLISHED_COLUMNS:
            expected = ",".join(PUBLISHED_COLUMNS)
            raise ValueError(
                f"{path} line 1: columns must be {expected}; got {header}."
            )
        rows = []
        for cells in lines:
            place = f"{path} line {lines.line_num}"
            if len(cells) != len(header):
                raise ValueError(
                    f"{place}: must have {len(header)} cells; got {len(cells)}."
                )
            row = _published_row(place, dict(zip(header, cells, strict=True)))
            if any(row["quantity"] == other["quantity"] for other in rows):
                raise ValueError(
                    f"{place}: quantity must be unique; got {row['quantity']!r} again."
                )
            rows.append(row)
    return pd.DataFrame(rows, columns=list(PUBLISHED_COLUMNS))


def verdict(relation: str, published: float, tolerance: float, value: float) -> str:
    """Return what a paper-size `value` (NaN = none) says about a published number."""
    if relation == "quoted":
        return "quoted"
    if math.isnan(value):
        return "not run yet"
    # Rounded, so that 0.97 is within 0.01 of 0.96.
    above = round(value - published, 12)
    kept = {
        "equals": abs(above) <= tolerance,
        "at_least": above >= -tolerance,
        "at_most": above <= tolerance,
        "holds": value == 1,
    }[relation]
    return "reproduced" if kept else "not reproduced"


def scoreboard(size: str = "quick", *, root: str | os.PathLike = ROOT) -> pd.DataFrame:
    """Return every claim of every chapter with its verdict.

    Returns
    -------
    DataFrame
        chapter, claim, published, tolerance, paper_size, this_run, size, verdict.
    """
    tables = []
    for path in sorted((Path(root) / "book" / "published").glob("*.csv")):
        table = Store(path.stem, size=size, root=root).comparison()
        tables.append(table.assign(chapter=path.stem))
    columns = [
        "chapter", "claim", "published", "tolerance", "paper_size", "this_run", "size",
        "verdict",
    ]  # fmt: skip
    if not tables:
        return pd.DataFrame(columns=columns)
    return pd.concat(tables, ignore_index=True)[columns]


def verdict_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a chapter with its number of claims and of each verdict."""
    counts = pd.crosstab(table["chapter"], table["verdict"])
    counts = counts.reindex(columns=list(VERDICTS), fill_value=0)
    counts.insert(0, "claims", counts.sum(axis=1))
    return counts.rename_axis(columns=None).reset_index()


def publish(chapter: str, *, root: str | os.PathLike = ROOT) -> Path:
    """Copy a chapter's local paper-size run into the committed results.

    Returns
    -------
    Path
        ``data/results/paper/<chapter>``.

    Raises
    ------
    ValueError
        If there is no such run, it did not reach the end of the chapter, or one of its
        steps is not run yet or damaged; nothing is copied then.
    """
    store = Store(chapter, size="paper", root=root)
    run = _read_run(store.local / RUN)
    if not run.pop("complete", False):
        raise ValueError(
            f"{chapter} has no complete local run of size paper; render it first."
        )
    waiting = [name for name, state in run["steps"].items() if state == "not run yet"]
    if waiting:
        raise ValueError(f"{chapter} is incomplete: {', '.join(waiting)} not run yet.")
    old = store._committed_manifest()["steps"]
    steps, texts = {}, {}
    for name, sha256 in run["steps"].items():
        for folder, manifest in (
            (store.local, _read_json(store.local / f"{name}.json")),
            (store.committed, old.get(name)),
        ):
            if manifest and manifest["table"]["sha256"] == sha256:
                _load(folder / f"{name}.csv", manifest)
                texts[name] = (folder / f"{name}.csv").read_text(encoding="utf-8")
                steps[name] = manifest
                break
        else:
            raise ValueError(f"{chapter} is incomplete: the table of {name} is gone.")
    for name, text in texts.items():
        write_whole(store.committed / f"{name}.csv", text)
    write_whole(store.committed / MANIFEST, to_json({**run, "steps": steps}))
    for path in store.committed.glob("*.csv"):
        if path.stem not in steps:
            path.unlink()
    return store.committed


def mark_complete(chapter: str, size: str, *, root: str | os.PathLike = ROOT) -> None:
    """Say that the last run went through the whole chapter with its own settings."""
    store = Store(chapter, size=size, root=root)
    run = {"chapter": chapter, "size": size, **_read_run(store.local / RUN)}
    write_whole(store.local / RUN, to_json({**run, "complete": True}))


def to_markdown(table: pd.DataFrame) -> Markdown:
    """Return a table as Markdown, without its index; pipes in cells are escaped."""

    def line(cells):
        return "| " + " | ".join(_cell(c) for c in cells) + " |"

    rule = [
        "--:" if pd.api.types.is_numeric_dtype(kind) else ":--" for kind in table.dtypes
    ]
    rows = table.itertuples(index=False, name=None)
    return Markdown(
        "\n".join([line(table.columns), "|" + "|".join(rule) + "|", *map(line, rows)])
    )


def _published_name(chapter: str) -> str:
    return f"book/published/{chapter}.csv"


def _published_row(place: str, cells: dict) -> dict:
    """Return one row with its numbers read; empty spread or tolerance becomes NaN."""
    row = {name: cell.strip() for name, cell in cells.items()}
    for name in ("claim", "quantity", "source"):
        if not row[name]:
            raise ValueError(f"{place}: {name} must not be empty.")
    if not NAME.fullmatch(row["quantity"]):
        raise ValueError(
            f"{place}: quantity must be a dotted id; got {row['quantity']!r}."
        )
    if row["relation"] not in RELATIONS:
        raise ValueError(
            f"{place}: relation must be one of {', '.join(RELATIONS)}; "
            f"got {row['relation']!r}."
        )
    for name in ("published", "spread", "tolerance"):
        try:
            row[name] = float(row[name] or "nan")
        except ValueError:
            raise ValueError(
                f"{place}: {name} must be a number; got {row[name]!r}."
            ) from None
        if math.isinf(row[name]) or (name != "published" and row[name] < 0):
            raise ValueError(
                f"{place}: {name} must be finite and not negative; got {row[name]}."
            )
    if math.isnan(row["published"]):
        raise ValueError(f"{place}: published must not be empty.")
    if row["relation"] == "holds" and row["published"] != 1:
        raise ValueError(
            f"{place}: published must be 1 where relation is holds; "
            f"got {row['published']}."
        )
    needs_tolerance = row["relation"] in ("equals", "at_least", "at_most")
    if needs_tolerance and math.isnan(row["tolerance"]):
        raise ValueError(f"{place}: tolerance must not be empty.")
    return row


# Tables as text


def _to_csv(name: str, table) -> tuple[str, dict]:
    """Return a table as CSV text with exact numbers, and the kind of each column."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"step {name!r} must return a DataFrame; got {type(table).__name__}."
        )
    if any(index is not None for index in table.index.names):
        raise ValueError(
            f"step {name!r}: index {list(table.index.names)} would be lost; "
            "call reset_index() first."
        )
    if not len(table.columns):
        raise ValueError(f"step {name!r} must return at least one column; got none.")
    if not table.columns.is_unique or not all(
        isinstance(column, str) and column for column in table
    ):
        raise ValueError(
            f"step {name!r}: column names must be unique text; got {list(table)}."
        )
    kinds = {column: _kind(name, table[column]) for column in table}
    texts = [column for column, kind in kinds.items() if kind == "text"]
    plain = table.astype(dict.fromkeys(texts, object))
    return plain.to_csv(index=False, lineterminator="\n"), kinds


def _kind(name: str, column: pd.Series) -> str:
    kind = column.dtype
    if isinstance(kind, np.dtype) and kind.kind in "iufb":
        return kind.name
    values = column.dropna()
    if all(isinstance(value, str) and value and "\r" not in value for value in values):
        return "text"
    raise TypeError(
        f"step {name!r}: column {column.name!r} must hold numbers, booleans or "
        f"non-empty text; got {kind}."
    )


def _load(path: Path, manifest: dict | None) -> pd.DataFrame | None:
    """Return the table at `path` as its manifest describes it; None if it is absent."""
    if manifest is None or not path.is_file():
        return None
    content = path.read_bytes()
    if not manifest.keys() >= MANIFEST_FIELDS:
        raise DamagedError(f"{path} has an incomplete manifest.")
    if _digest(content) != manifest["table"]["sha256"]:
        raise DamagedError(f"{path} differs from its manifest (sha256).")
    # Read as text: only Python's own conversion is exact in every version of pandas.
    table = pd.read_csv(
        io.BytesIO(content), dtype=str, keep_default_na=False, na_values=[""]
    )
    for column, kind in manifest["table"]["columns"].items():
        if kind == "bool":
            table[column] = table[column] == "True"
        elif kind != "text":
            table[column] = table[column].to_numpy(object).astype(kind)
    return table


def _cell(value) -> str:
    if isinstance(value, float):
        value = _number_text(value)
    return " ".join(str(value).split()).replace("|", "\\|")


def _number_text(value: float) -> str:
    """Return a number with four significant digits, an absent one as a dash."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else str(value)
    if float(value).is_integer():
        return str(int(value))
    return np.format_float_positional(value, precision=4, fractional=False, trim="-")


def _value_text(relation: str, value: float) -> str:
    if relation == "holds" and not math.isnan(value):
        return "holds" if value == 1 else "does not hold"
    return _number_text(value)


def _published_text(row) -> str:
    sign = {"at_least": "≥ ", "at_most": "≤ "}.get(row.relation, "")
    return sign + _value_text(row.relation, row.published)


# Manifests


def _plain(name: str, value, kind: type):
    """Return `value` as JSON gives it back: tuples as lists, numpy numbers as plain."""

    def convert(item):
        if isinstance(item, np.generic):
            return item.item()
        raise TypeError(
            f"{name} must hold plain JSON values; got {type(item).__name__}."
        )

    if not isinstance(value, kind):
        raise TypeError(
            f"{name} must be a {kind.__name__}; got {type(value).__name__}."
        )
    try:
        return json.loads(json.dumps(value, default=convert, allow_nan=False))
    except ValueError:
        raise ValueError(f"{name} must hold finite numbers; got {value}.") from None


def _matches(manifest: dict, key: dict) -> bool:
    try:
        return all(manifest[field] == wanted for field, wanted in key.items())
    except KeyError:
        return False


def _timed(name: str, function, settings: dict):
    """Return table, extra manifest entries and seconds of one call."""
    start = time.perf_counter()
    result = function(**settings)
    seconds = time.perf_counter() - start
    table, extra = result if isinstance(result, tuple) else (result, {})
    return table, _plain(f"step {name!r}: manifest entries", extra, dict), seconds


def here_and_now() -> str:
    """Return date, processor and commit, for a line on a page."""
    return f"{datetime.now(UTC):%Y-%m-%d} ({_cpu()}, commit {_commit()})"


def _provenance(device: str) -> dict:
    """Return where and when this is computed."""
    name, threads = _device(device)
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _commit(),
        "versions": _versions(),
        "device": name,
        "threads": threads,
    }


@cache
def _commit() -> str:
    try:
        git = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=7"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    except OSError:
        return "unknown"
    return git.stdout.strip() or "unknown"


@cache
def _versions() -> dict:
    versions = {"Python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def _device(device: str) -> tuple[str, int]:
    """Return the name of the device and the number of CPU threads.

    Torch is asked only if the chapter has already imported it: reading tables must
    not cost its import.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        return _cpu(), len(os.sched_getaffinity(0)) if _LINUX else os.cpu_count() or 1
    if not str(device).startswith("cpu") and torch.cuda.is_available():
        return torch.cuda.get_device_name(), torch.get_num_threads()
    return _cpu(), torch.get_num_threads()


_LINUX = hasattr(os, "sched_getaffinity")


@cache
def _cpu() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _machine(ran: dict) -> str:
    return f"{ran['device']} ({ran['threads']} threads)"


def _ran(ran: dict) -> str:
    return (
        f"computed {ran['date'][:10]} in {duration(ran['seconds'])} on {_machine(ran)}"
    )


def duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} minutes"


def _unique(texts) -> list[str]:
    return list(dict.fromkeys(texts))


# Files


def write_whole(path: Path, text: str) -> None:
    """Write a whole file or nothing: a temporary name beside it, then a rename."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _cannot_write(path, error) from None
        raise


def _cannot_write(path: Path, error: OSError) -> OSError:
    return OSError(f"{path}: cannot be written ({error.strerror}); nothing was kept.")


def to_json(value: dict) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _read_json(path: Path) -> dict | None:
    """Return a manifest, None if there is no file."""
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise DamagedError(f"{path} is not valid JSON.") from None
    if not isinstance(value, dict):
        raise DamagedError(f"{path} is not a manifest.")
    return value


def _read_run(path: Path) -> dict:
    empty = {"steps": {}, "values": {}}
    try:
        return {**empty, **(_read_json(path) or {})}
    except DamagedError as error:
        print(f"{error} Ignored.")
        return empty


def _digest(content: str | bytes) -> str:
    if isinstance(content, str):
        content = content.encode("utf-8")
    return hashlib.sha256(content).hexdigest()


def _name(what: str, value) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise ValueError(f"{what} must be letters, digits, . _ + or -; got {value!r}.")
    return value


def _flag(name: str, value) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}.")
    return bool(value)


# Command line


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.results",
        description="Show or commit the results of the book.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    board = commands.add_parser(
        "scoreboard",
        help="print every claim with its verdict",
        epilog="example: python -m helpers.results scoreboard --csv scoreboard.csv",
    )
    board.add_argument("--size", choices=SIZES, default="quick", help="of this run")
    board.add_argument("--csv", metavar="PATH", help="write CSV there; - prints it")
    commit = commands.add_parser(
        "publish",
        help="copy a chapter's paper-size run into data/results/paper",
        epilog="example: python -m helpers.results publish 5-nid",
    )
    commit.add_argument("chapter")
    return parser


def main(arguments: list[str] | None = None, *, root: str | os.PathLike = ROOT) -> int:
    """Run the command line; return its exit code."""
    options = _arguments().parse_args(arguments)
    try:
        if options.command == "publish":
            print(f"Copied to {publish(options.chapter, root=root)}; now commit it.")
            return 0
        table = scoreboard(options.size, root=root)
        if options.csv == "-":
            print(table.to_csv(index=False, lineterminator="\n"), end="")
        elif options.csv:
            write_whole(
                Path(options.csv), table.to_csv(index=False, lineterminator="\n")
            )
        else:
            print(_scoreboard_text(table))
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _scoreboard_text(table: pd.DataFrame) -> str:
    if table.empty:
        return "There is no published table in book/published."
    rows = table.drop(columns="chapter").map(
        lambda value: _number_text(value) if isinstance(value, float) else value
    )
    blocks = [
        f"{chapter}\n{rows.loc[group.index].to_string(index=False, max_colwidth=60)}"
        for chapter, group in table.groupby("chapter")
    ]
    return "\n\n".join([*blocks, verdict_counts(table).to_string(index=False)])


if __name__ == "__main__":
    sys.exit(main())
