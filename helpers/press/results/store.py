"""The stored steps and recorded values of one chapter at one size."""

import json
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import checks
from helpers.press.results import provenance
from helpers.press.results.files import (
    ROOT,
    DamagedError,
    checked_name,
    digest,
    read_json,
    to_json,
    write_whole,
)
from helpers.press.results.published import (
    published_name,
    published_text,
    read_published,
    value_text,
    verdict,
)
from helpers.press.results.tables import Markdown, load, to_csv, to_markdown

SIZES = ("smoke", "quick", "paper")
PATIENCE_MINUTES = 10  # a longer paper-size step waits for compute=True

RUN = "run.json"  # what the last run of a chapter asked for and recorded
MANIFEST = "manifest.json"  # all steps of a committed run
NOT_RUN = "not run yet"  # state of a step without a table


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
        self.chapter = checked_name("chapter", chapter)
        self.size = checks.one_of("size", size, SIZES)
        self.recompute = checked_flag("recompute", recompute)
        self.compute = checked_flag("compute", compute)
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
                self._note(
                    name, manifest, f"stored, {provenance.when_ran(manifest['ran'])}"
                )
                return table
        if self._too_long(estimate_minutes):
            self._note(
                name,
                None,
                f"{NOT_RUN}, about {estimate_minutes:.0f} minutes; "
                "run the chapter with compute=True",
            )
            return None
        if parts is None:
            table, extra, ran = self._timed(name, function, key["settings"])
        else:
            table, extra, ran = self._run_parts(name, function, key)
        table, manifest = self._save(self.local / name, key, table, extra, ran)
        for leftover in self._part_folder(name).glob("*"):
            leftover.unlink()
        self._note(name, manifest, f"computed in {provenance.duration(ran['seconds'])}")
        return table

    def paper(self, name: str) -> pd.DataFrame | None:
        """Return the committed paper-size table of a step, or None."""
        try:
            return load(
                self.committed / f"{name}.csv",
                self.committed_manifest()["steps"].get(checked_name("name", name)),
            )
        except DamagedError as error:
            print(f"{error} Not shown.")
            return None

    def _key(self, name, settings, parts, revision, data) -> dict:
        checked_name("name", name)
        if f"{name}.json" in (RUN, MANIFEST):
            raise ValueError(f"name must not be 'run' or 'manifest'; got {name!r}.")
        settings = plain("settings", settings, dict)
        key = {
            "settings": settings,
            "parts": None,
            "revision": checks.integer("revision", revision, at_least=1),
            "data": plain("data", data or {}, dict),
        }
        if parts is not None:
            key["parts"] = plain("parts", list(parts), list)
            if not key["parts"]:
                raise ValueError("parts must hold at least one dict; got none.")
            for part in key["parts"]:
                twice = settings.keys() & plain("each of parts", part, dict).keys()
                if twice:
                    raise ValueError(f"parts must not repeat settings; got {twice}.")
        return key

    def _find(self, name, key):
        """Return (table, manifest) of the first stored step that matches the key."""
        for folder, read in (
            (self.local, lambda: read_json(self.local / f"{name}.json")),
            (self.committed, lambda: self.committed_manifest()["steps"].get(name)),
        ):
            try:
                manifest = read()
                if manifest is not None and matches(manifest, key):
                    table = load(folder / f"{name}.csv", manifest)
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
        """Return table, extras and provenance of all parts; run the missing ones."""
        tables, extras, runs = [], [], []
        for part in key["parts"]:
            settings = {**key["settings"], **part}
            part_key = {**key, "settings": settings, "parts": None}
            path = self._part_folder(name) / digest(json.dumps(part_key))[:16]
            table = manifest = None
            if not self.recompute:
                try:
                    manifest = read_json(path.with_suffix(".json"))
                    table = manifest and load(path.with_suffix(".csv"), manifest)
                except DamagedError as error:
                    print(f"{error} Computed again.")
            if table is None:
                table, extra, ran = self._timed(name, function, settings)
                table, manifest = self._save(path, part_key, table, extra, ran)
            tables.append(table)
            runs.append(manifest["ran"])
            if manifest["extra"] not in extras:
                extras.append(manifest["extra"])
        if any(list(table) != list(tables[0]) for table in tables):
            raise ValueError(f"step {name!r}: every part must have the same columns.")
        extra = extras[0] if len(extras) == 1 else {"parts": extras}
        return pd.concat(tables, ignore_index=True), extra, joined(runs)

    def _timed(self, name, function, settings):
        """Return table, extra and where, when and how long it was computed."""
        table, extra, seconds = timed(name, function, settings)
        ran = {**provenance.describe(self.device), "seconds": round(seconds, 3)}
        return table, extra, ran

    def _save(self, path, key, table, extra, ran):
        """Write `path`.csv and `path`.json; return the table as it will be read."""
        text, kinds = to_csv(path.name, table)
        manifest = {
            "step": path.name,
            "chapter": self.chapter,
            "size": self.size,
            **key,
            "table": {"sha256": digest(text), "rows": len(table), "columns": kinds},
            "ran": ran,
            "extra": extra,
        }
        csv_path, json_path = (Path(f"{path}{end}") for end in (".csv", ".json"))
        write_whole(csv_path, text)
        write_whole(json_path, to_json(manifest))
        return load(csv_path, manifest), manifest

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
                    f"quantity must be listed in {published_name(self.chapter)}; "
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
        return read_published(self.root / published_name(self.chapter))

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
        here = read_run(self.local / RUN)["values"]
        paper = self.committed_manifest()["values"]
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

        Five columns, so that a phone can show it: the source stands behind the claim,
        the tolerance behind the published number.

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
                "Claim": f"{row.claim} ({row.source})",
                "Published": published_text(row),
                "Paper size": value_text(row.relation, row.paper_size),
                f"This run ({self.size})": value_text(row.relation, row.this_run),
                "Verdict": row.verdict,
            }
            for row in table.itertuples()
        ]
        return to_markdown(pd.DataFrame(rows))

    def provenance(self) -> Markdown:
        """Return one line on this run: size, device, seconds, commit, versions."""
        steps = [manifest for manifest in self._steps.values() if manifest]
        waiting = len(self._steps) - len(steps)
        ran = [step["ran"] for step in steps] or [provenance.describe(self.device)]
        seconds = sum(r.get("seconds", 0) for r in ran)
        now = provenance.describe(self.device)
        plural = "s" * (len(steps) != 1)
        parts = [
            f"**{self.size} size**",
            f"{provenance.duration(seconds)} in {len(steps)} heavy step{plural}",
            "on " + " and ".join(unique(provenance.machine(r) for r in ran)),
            "computed " + " and ".join(unique(r["date"][:10] for r in ran)),
            "commit " + " and ".join(unique(r["commit"] for r in ran)),
            ", ".join(f"{name} {number}" for name, number in now["versions"].items()),
        ]
        if waiting:
            parts.insert(2, f"{waiting} {NOT_RUN}")
        return Markdown(" · ".join(parts))

    def committed_manifest(self) -> dict:
        empty = {"steps": {}, "values": {}}
        try:
            return {**empty, **(read_json(self.committed / MANIFEST) or {})}
        except DamagedError as error:
            print(f"{error} Ignored.")
            return empty

    def _write_run(self):
        steps = {
            name: NOT_RUN if manifest is None else manifest["table"]["sha256"]
            for name, manifest in self._steps.items()
        }
        run = {
            "chapter": self.chapter,
            "size": self.size,
            "ran": provenance.describe(self.device),
            "steps": steps,
            "values": self._values,
        }
        write_whole(self.local / RUN, to_json(run))


def plain(name: str, value, kind: type):
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


def matches(manifest: dict, key: dict) -> bool:
    try:
        return all(manifest[field] == wanted for field, wanted in key.items())
    except KeyError:
        return False


def timed(name: str, function, settings: dict):
    """Return table, extra manifest entries and seconds of one call."""
    start = time.perf_counter()
    result = function(**settings)
    seconds = time.perf_counter() - start
    table, extra = result if isinstance(result, tuple) else (result, {})
    return table, plain(f"step {name!r}: manifest entries", extra, dict), seconds


def read_run(path: Path) -> dict:
    empty = {"steps": {}, "values": {}}
    try:
        return {**empty, **(read_json(path) or {})}
    except DamagedError as error:
        print(f"{error} Ignored.")
        return empty


def joined(runs: list[dict]) -> dict:
    """Return the provenance of a table whose parts may have run at other times.

    Of the latest part, with the commits of all and the sum of their seconds.
    """
    return {
        **max(runs, key=lambda ran: ran["date"]),
        "commit": " and ".join(unique(ran["commit"] for ran in runs)),
        "seconds": round(sum(ran["seconds"] for ran in runs), 3),
    }


def unique(texts) -> list[str]:
    return list(dict.fromkeys(texts))


def checked_flag(name: str, value) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}.")
    return bool(value)
