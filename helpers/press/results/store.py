"""The stored steps and recorded values of one chapter at one size."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import checks, memory
from helpers.data.kinds import PathLike
from helpers.press.results import provenance, recomputed, steps
from helpers.press.results.code import code_hash, hash_of
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
    read_published,
    verdicts,
)
from helpers.press.results.tables import Markdown, load, to_csv, to_markdown
from helpers.press.results.topics import (
    OTHER_ROWS,
    Topic,
    comparison_rows,
    missed_rows,
    missed_topics,
    read_topics,
    topic_of,
    topic_tables,
    topics_name,
)

SIZES = ("smoke", "quick", "paper")
PATIENCE_MINUTES = 10  # a longer paper-size step waits for compute=True

RUN = "run.json"  # what the last run of a chapter asked for and recorded
MANIFEST = "manifest.json"  # all steps of a committed run
NOT_RUN = "not run yet"  # state of a step without a table
OWN_RUN = "INTERACTION_BOOK_RUN"  # names the chapter that the book itself runs
ONLY_STEPS = "INTERACTION_BOOK_ONLY"  # steps that alone may be computed, with commas

Found = tuple[pd.DataFrame, dict]  # a table and its manifest


class Store:
    """The stored steps and recorded values of one chapter at one size.

    Only the book's own run feeds pages and scoreboard. Every other run, with other
    parameters or started by hand, explores: it finds what the book has stored, and
    keeps its own tables and values apart.

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
        The chapter's `device` parameter, handed to every step that takes one.
    root : path
        The repository.
    own : bool, optional
        Whether this is the book's own run. Left out, the renderer has said so, by the
        variable `OWN_RUN`.
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
        own: bool | None = None,
    ) -> None:
        self.chapter = checked_name("chapter", chapter)
        self.size = checks.one_of("size", size, SIZES)
        self.recompute = checked_flag("recompute", recompute)
        self.compute = checked_flag("compute", compute)
        self.device = device
        self.root = Path(root)
        self.own = os.environ.get(OWN_RUN) == chapter if own is None else own
        build = self.root / "_build"
        self.book = build / "results" / chapter / size
        self.local = self.book if self.own else build / "explored" / chapter / size
        stored = self.root / "data" / "results"
        self.committed = stored / "paper" / chapter
        self.recomputed = stored / "recomputed" / f"{chapter}.csv"
        self._steps = {}  # what this run asked for: step -> manifest or None
        self._read = {}  # stored paper-size tables shown: step -> manifests of parts
        self._values = {}  # what this run recorded: quantity -> number
        self._read_parts = {}  # file of a part -> when it was written, what it says
        self._missing = {}  # step -> settings of its parts that have not run
        self._estimates = {}  # step that waits -> minutes it may take
        self._elsewhere = set()  # steps whose stored table is of other code

    # Steps

    def stored_or_run(  # as options of one call: each by its name
        self,
        name: str,
        function: Callable,
        settings: dict,
        *,
        parts: list[dict] | None = None,
        revision: int = 1,
        data: dict | None = None,
        given: dict | None = None,
        estimate_minutes: float | None = None,
        partial: bool = False,
    ) -> pd.DataFrame | None:
        """Return the table of a step: the stored one if it matches, else a new one.

        Parameters
        ----------
        name : str
            Name of the step, for example ``table-2``; also the name of its file.
        function : callable
            A function of a module, called as ``function(**settings)``, or for each
            part as ``function(**settings, **part)``; returns a DataFrame or
            (DataFrame, dict). An argument `device` is filled in by the store. Columns
            hold numbers, booleans or text; an unnamed index is dropped.
        settings : dict
            Its arguments, seeds included; plain JSON values.
        parts : list of dict, optional
            Arguments of parts that are stored one by one and joined at the end.
        revision : int
            Raise by hand when the function changed what it computes.
        data : dict, optional
            Name and checksum of each data set used.
        given : dict, optional
            Arguments that are no plain JSON: a reader's sequences, or a model. They
            are handed on as they are, and `data` must hold a checksum of each by its
            name, which is what the table depends on.
        estimate_minutes : float, optional
            Expected time at this size.
        partial : bool
            Where the whole has not run, return the parts that have.

        Returns
        -------
        DataFrame or None
            None is *not run yet*: a paper-size step without a stored table that is
            estimated to take more than ten minutes, while `compute` is False.

        Raises
        ------
        TypeError, ValueError
            If the function or its settings cannot be a key (`step_key`), or the
            function returns what cannot be stored exactly.
        OSError
            If the table cannot be written, on a full disk say; nothing is kept of it.
        """
        if f"{name}.json" in (RUN, MANIFEST):
            raise ValueError(f"name must not be 'run' or 'manifest'; got {name!r}.")
        given = given or {}
        key = steps.step_key(name, function, settings, parts, revision, data, given)
        if estimate_minutes is not None:
            estimate_minutes = checks.number(
                "estimate_minutes", estimate_minutes, at_least=0
            )
        self._missing.pop(name, None)
        if not self._anew(name):
            found = self._find(name, key, function)
            if found is not None:
                table, manifest = found
                state = f"stored, {provenance.when_ran(manifest['ran'])}"
                self._note(name, manifest, state + self._other_code(name, manifest))
                return table
        whole = ""  # how a step was found that is stored in parts alone
        if self._too_long(name, estimate_minutes):
            stored = self._stored_parts(name, function, key)
            if not stored or None in stored or self._anew(name):
                return self._what_there_is(
                    name, key, stored, estimate_minutes or 0, partial
                )
            whole = f"stored, in {len(stored)} parts"
        if parts is None:
            table, extra, ran = self._timed(name, function, key["settings"] | given)
            rows, code = None, code_hash(function)
        else:
            table, extra, ran, rows, code = self._run_parts(name, function, key, given)
        path = self.local / f"{name}.{key_digest(key)}"
        table, manifest = self._save(
            path, name, function, key, table, extra, ran, code, rows
        )
        for leftover in self._part_folder(self.local, name).glob("*"):
            leftover.unlink()
        state = whole or f"computed in {provenance.duration(ran['seconds'])}"
        self._note(name, manifest, state + self._other_code(name, manifest))
        return table

    def missing_parts(self, name: str) -> list[dict]:
        """Return the arguments of a step's parts that have not run; [] if all have."""
        return self._missing.get(name, [])

    def paper(self, name: str, *, partial: bool = False) -> pd.DataFrame | None:
        """Return the committed paper-size table of a step, or None.

        `provenance` names it, but it is no step of this run: it is not published.

        partial : where the whole has not run, return the committed parts that have
        """
        manifest = self.committed_manifest()["steps"].get(checked_name("name", name))
        tables = [(self.committed / f"{name}.csv", manifest)]
        if manifest is None and partial:
            folder = self._part_folder(self.committed, name)
            found = [each for p in folder.glob("*.json") for each in readable(p)]
            found.sort(key=lambda part: json.dumps(part[1]["settings"]))
            tables = found or tables
        try:
            loaded = [load(path, manifest) for path, manifest in tables]
        except DamagedError as error:
            print(f"{error} Not shown.")
            return None
        found = [
            (table, manifest)
            for table, (_, manifest) in zip(loaded, tables, strict=True)
            if table is not None and manifest is not None
        ]
        if not found:
            return None
        self._read[name] = [manifest for _, manifest in found]
        return pd.concat([table for table, _ in found], ignore_index=True)

    def made_with(self, name: str) -> dict:
        """Return the settings of a step's table that this run computed or read.

        Of several parts those of the first.

        Raises
        ------
        KeyError
            If the run has not asked for such a table.
        """
        manifest = self._steps.get(name) or self._read[name][0]
        return manifest["settings"]

    def _anew(self, name: str) -> bool:
        """Whether to compute what is stored."""
        return self.recompute and (not only_steps() or name in only_steps())

    def _find(self, name: str, key: dict, function: Callable) -> Found | None:
        """Return (table, manifest) of the first stored step that matches the key."""
        return self._first(self._stored(name), key, function)

    def _first(
        self, stored: Iterable[tuple[Path, dict]], key: dict, function: Callable
    ) -> Found | None:
        """Return (table, manifest) of the first that fits and is whole, or nothing."""
        for path, manifest in stored:
            if self._fits(manifest, key, function):
                try:
                    table = load(path, manifest)
                except DamagedError as error:
                    print(f"{error} Computed again.")
                    continue
                if table is not None:
                    return table, manifest
        return None

    def _stored(self, name: str) -> Iterator[tuple[Path, dict]]:
        """Yield where each stored table of a step is, with its manifest."""
        for folder in dict.fromkeys([self.local, self.book]):
            for path in sorted(folder.glob(f"{name}.*.json")):
                if path.name[len(name) + 1 : -len(".json")].isalnum():
                    yield from readable(path)
        manifest = self.committed_manifest()["steps"].get(name)
        if manifest is not None:
            yield self.committed / f"{name}.csv", manifest

    def _fits(self, manifest: dict, key: dict, function: Callable) -> bool:
        """Whether a stored table may be shown for a key.

        At smoke and quick size one of other code is computed again; at paper size it
        is shown, and marked.
        """
        try:
            if not steps.matches(manifest, key, steps.defaults(function)):
                return False
        except KeyError:
            return False
        return self.size == "paper" or manifest.get("code") == code_hash(function)

    def _other_code(self, name: str, manifest: dict) -> str:
        module, _, function = manifest.get("function", ":").partition(":")
        if manifest.get("code") == hash_of(module, function):
            return ""
        self._elsewhere.add(name)
        return ", computed by other code"

    def _too_long(self, name: str, estimate_minutes: float | None) -> bool:
        compute = self.compute if not only_steps() else name in only_steps()
        return (
            self.size == "paper"
            and not compute
            and (estimate_minutes or 0) > PATIENCE_MINUTES
        )

    def _stored_parts(
        self, name: str, function: Callable, key: dict
    ) -> list[Found | None]:
        """Return what is stored of each part of a step; of one that waits, None."""
        parts = key["parts"] or []
        return [self._part(name, function, part_key(key, part)) for part in parts]

    def _what_there_is(
        self,
        name: str,
        key: dict,
        found: list[Found | None],
        minutes: float,
        partial: bool,
    ) -> pd.DataFrame | None:
        """Return the stored parts of a step that is too long to run now, or None."""
        wanted = key["parts"] or []
        done = [one for one in found if one is not None]
        self._missing[name] = [
            part for part, one in zip(wanted, found, strict=True) if one is None
        ]
        self._estimates[name] = minutes
        state = f"{NOT_RUN}, about {minutes:.0f} minutes"
        if done:
            state = f"{len(done)} of {len(wanted)} parts stored, the rest {state}"
        state += "; run the chapter with compute=True"
        if not done or not partial:
            self._note(name, None, state)
            return None
        ran = joined([m["ran"] for _, m in done])
        manifest = {"table": None, "ran": ran, "settings": key["settings"]}
        self._note(name, manifest, state)
        return pd.concat([t for t, _ in done], ignore_index=True)

    def _part_folder(self, folder: Path, name: str) -> Path:
        return folder / "parts" / name

    def _part(self, name: str, function: Callable, key: dict) -> Found | None:
        """Return (table, manifest) of a stored part, None if there is none."""
        folders = dict.fromkeys([self.local, self.book, self.committed])
        likely = key_digest(key)  # its file's name, unless a default was added since
        parts = (
            found
            for folder in folders
            for path in sorted(
                self._part_folder(folder, name).glob("*.json"),
                key=lambda path: (path.stem != likely, path.stem),
            )
            for found in self._manifest_of_part(path)
        )
        return self._first(parts, key, function) or self._part_of_whole(
            name, function, key
        )

    def _manifest_of_part(self, path: Path) -> list[tuple[Path, dict]]:
        """Return what `readable` yields, read once: a thousand parts look at it."""
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:  # another run has joined the parts
            return []
        if self._read_parts.get(path, (None,))[0] != changed:
            self._read_parts[path] = changed, list(readable(path))
        return self._read_parts[path][1]

    def _part_of_whole(self, name: str, function: Callable, key: dict) -> Found | None:
        """Return a part out of a stored table that holds more, or fewer, parts."""
        for path, manifest in self._stored(name):
            start = 0
            for part, rows in zip(
                manifest.get("parts") or [],
                manifest.get("rows_of_parts") or [],
                strict=False,
            ):
                one = {**manifest, **part_key(manifest, part)}
                if self._fits(one, key, function):
                    table = load(path, manifest)
                    if table is None:
                        break
                    table = table.iloc[start : start + rows].reset_index(drop=True)
                    share = manifest["ran"]["seconds"] / len(manifest["parts"])
                    ran = {**manifest["ran"], "seconds": round(share, 3)}
                    return table, {**one, "ran": ran}
                start += rows
        return None

    def _run_parts(
        self, name: str, function: Callable, key: dict, given: dict
    ) -> tuple[pd.DataFrame, dict, dict, list[int], str | None]:
        """Return table, extras, provenance and rows of all parts; run missing ones.

        Last comes the hash of the code: of other code than today's if a part is.
        """
        tables, extras, runs, codes = [], [], [], {code_hash(function): None}
        for number, part in enumerate(key["parts"], start=1):
            one = part_key(key, part)
            found = None if self._anew(name) else self._part(name, function, one)
            if found is None:
                values = one["settings"] | given
                table, extra, ran = self._timed(name, function, values)
                path = self._part_folder(self.local, name) / key_digest(one)
                found = self._save(
                    path, name, function, one, table, extra, ran, code_hash(function)
                )
                took = provenance.duration(ran["seconds"])
                print(f"{name}: part {number} of {len(key['parts'])} in {took}.")
            table, manifest = found
            tables.append(table)
            runs.append(manifest["ran"])
            codes[manifest.get("code")] = None
            if manifest["extra"] not in extras:
                extras.append(manifest["extra"])
        if any(list(table) != list(tables[0]) for table in tables):
            raise ValueError(f"step {name!r}: every part must have the same columns.")
        extra = extras[0] if len(extras) == 1 else {"parts": extras}
        table = pd.concat(tables, ignore_index=True)
        rows = [len(table) for table in tables]
        return table, extra, joined(runs), rows, list(codes)[-1]

    def _timed(
        self, name: str, function: Callable, settings: dict
    ) -> tuple[pd.DataFrame, dict, dict]:
        """Return table, extra and where, when and how long it was computed."""
        how = {"device": self.device} if steps.takes(function, "device") else {}
        memory.forget_peak(self.device)
        table, extra, seconds = timed(name, function, settings | how)
        ran = {**provenance.describe(self.device), "seconds": round(seconds, 3)}
        return table, extra, ran | memory.peak_megabytes(self.device)

    def _save(  # as much as a manifest says
        self,
        path: PathLike,
        name: str,
        function: Callable,
        key: dict,
        table: pd.DataFrame,
        extra: dict,
        ran: dict,
        code: str | None,
        rows: list[int] | None = None,
    ) -> Found:
        """Write `path`.csv and `path`.json; return the table as it will be read."""
        text, kinds = to_csv(name, table)
        manifest = {
            "step": name,
            "chapter": self.chapter,
            "size": self.size,
            **key,
            "function": f"{function.__module__}:{function.__qualname__}",
            "code": code,
            "table": {"sha256": digest(text), "rows": len(table), "columns": kinds},
            "ran": ran,
            "extra": extra,
        }
        if rows is not None:
            manifest["rows_of_parts"] = rows
        csv_path, json_path = (Path(f"{path}{end}") for end in (".csv", ".json"))
        write_whole(csv_path, text)
        write_whole(json_path, to_json(manifest))
        return load(csv_path, manifest), manifest

    def _note(self, name: str, manifest: dict | None, state: str) -> None:
        """Print one line on a step and keep it for `provenance`."""
        print(f"{name}: {state}.")
        self._steps[name] = manifest
        self._write_run()

    # Values and verdicts

    def record(self, values: dict) -> None:
        """Keep this run's value of comparison quantities: ``{quantity: number}``.

        An ordering (relation `holds`) is recorded as True or False, a row whose
        condition cannot occur as None: *not applicable*.

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
            if value is not None:
                value = checks.number(quantity, value)
            self._values[quantity] = value
        self._write_run()

    def published(self) -> pd.DataFrame:
        """Return the chapter's published numbers, checked."""
        return read_published(self.root / published_name(self.chapter))

    def comparison(self) -> pd.DataFrame:
        """Return published values beside the paper-size run and this run.

        The committed paper-size value decides the verdict; before one is committed,
        this run's value does if it is of paper size and the book's own. A smoke or
        quick value never decides, nor one of an exploring run.

        Returns
        -------
        DataFrame
            The published table's columns, then paper_size, this_run, size (of this
            run), verdict, topic.
        """
        table = self.published()
        here = read_run(self.local / RUN)["values"]
        paper = self.committed_manifest()["values"]
        if self.size == "paper" and self.own:
            paper = {**here, **paper}
        table["paper_size"] = table["quantity"].map(paper).astype(float)
        table["this_run"] = table["quantity"].map(here).astype(float)
        table["size"] = self.size
        table["verdict"] = verdicts(table, paper)
        topics = self.topics()
        table["topic"] = [topic_of(name, topics).topic for name in table["quantity"]]
        return table

    def topics(self) -> list[Topic]:
        """Return what the published rows are about, in the order of the chapter."""
        return [*read_topics(self.root / topics_name(self.chapter)), OTHER_ROWS]

    def missed_topics(self) -> Markdown:
        """Return what is not reproduced, and why."""
        return missed_topics(self.chapter, self.comparison(), self.topics())

    def missed_rows(self) -> Markdown:
        """Return the rows of `comparison` that are not reproduced."""
        return missed_rows(self.comparison())

    def topic_tables(self) -> Markdown:
        """Return every row of `comparison`, folded by topic."""
        return topic_tables(self.chapter, self.comparison(), self.topics())

    def comparison_table(self) -> Markdown:
        """Return `comparison` as a Markdown table for the page."""
        return to_markdown(comparison_rows(self.comparison(), self.size))

    def provenance(self, *others: "Store") -> Markdown:
        """Return one line on this run: size, device, seconds, commit, versions.

        Below it, folded, which commit made which stored table of the paper size that
        the page read.

        others : of other chapters, whose stored tables the page read too
        """
        shown = {name: known for name, known in self._steps.items() if known}
        waiting = sum(not has_table(manifest) for manifest in self._steps.values())
        now = provenance.describe(self.device)
        ran = [step["ran"] for step in shown.values()] or [now]
        seconds = sum(r.get("seconds", 0) for r in ran)
        made = {name: step["ran"]["commit"] for name, step in shown.items()}
        plural = "s" * (len(shown) != 1)
        parts = [
            f"**{self.size} size**",
            f"{provenance.duration(seconds)} in {len(shown)} heavy step{plural}",
            *provenance.memory(ran),
            f"on {provenance.machines(ran)}",
            f"computed {provenance.AND.join(unique(r['date'][:10] for r in ran))}",
            provenance.commits(made) if made else f"built at commit {now['commit']}",
            ", ".join(f"{name} {number}" for name, number in now["versions"].items()),
        ]
        if waiting:
            parts.insert(2, f"{waiting} {NOT_RUN}")
        if self._elsewhere:
            names = sorted(self._elsewhere)
            every = len(names) > 1 and set(names) >= set(shown)
            names = [f"all {len(names)} tables"] if every else names
            parts.append(f"computed by other code: {', '.join(names)}")
            again = recomputed.read(self.recomputed)
            parts += filter(None, [recomputed.told(again, self._elsewhere)])
        line = " · ".join(parts)
        return Markdown(line + folded_commits(self._tables_read(*others)))

    def _tables_read(self, *others: "Store") -> dict[str, str]:
        """Return the commits of stored tables that the page read and did not run."""
        own = self._steps if self.size == "paper" else {}  # the same table: said above
        read = {step: made for step, made in self._read.items() if not own.get(step)}
        for other in others:
            its = other._read.items()
            read |= {f"{other.chapter}: {step}": made for step, made in its}
        return {
            step: provenance.AND.join(part["ran"]["commit"] for part in made)
            for step, made in read.items()
        }

    def committed_manifest(self) -> dict:
        """Return the manifest of the committed results; empty if none."""
        empty = {"steps": {}, "values": {}}
        try:
            return {**empty, **(read_json(self.committed / MANIFEST) or {})}
        except DamagedError as error:
            print(f"{error} Ignored.")
            return empty

    def _write_run(self) -> None:
        states = {
            name: NOT_RUN if not has_table(manifest) else manifest["table"]["sha256"]
            for name, manifest in self._steps.items()
        }
        run = {
            "chapter": self.chapter,
            "size": self.size,
            "ran": provenance.describe(self.device),
            "steps": states,
            "estimates": self._estimates,
            "values": self._values,
        }
        write_whole(self.local / RUN, to_json(run))


def part_key(key: dict, part: dict) -> dict:
    """Return the key of one part of a step."""
    fields = {n: key[n] for n in ("constants", "revision", "data") if n in key}
    return {"settings": {**key["settings"], **part}, "parts": None, **fields}


def key_digest(key: dict) -> str:
    """Return a short name for a key."""
    return digest(json.dumps(key, sort_keys=True))[:12]


def has_table(manifest: dict | None) -> bool:
    """Whether a step of this run has its whole table, not some parts or none."""
    return manifest is not None and manifest["table"] is not None


def readable(path: Path) -> Iterator[tuple[Path, dict]]:
    """Yield the table's path and the manifest, unless that is damaged."""
    try:
        manifest = read_json(path)
    except DamagedError as error:
        print(f"{error} Computed again.")
        return
    if manifest is not None:
        yield path.with_suffix(".csv"), manifest


def only_steps() -> set[str]:
    """Return the steps that alone may be computed, as the renderer was asked."""
    return set(filter(None, os.environ.get(ONLY_STEPS, "").split(",")))


def timed(
    name: str, function: Callable, settings: dict
) -> tuple[pd.DataFrame, dict, float]:
    """Return table, extra manifest entries and seconds of one call."""
    start = time.perf_counter()
    result = function(**settings)
    seconds = time.perf_counter() - start
    table, extra = result if isinstance(result, tuple) else (result, {})
    return table, steps.plain(f"step {name!r}: manifest entries", extra, dict), seconds


def folded_commits(read: dict[str, str]) -> str:
    """Return a folded table of the commits that made stored tables; "" without any.

    read : step -> its commits, several where its parts ran at several
    """
    if not read:
        return ""
    rows = [
        {"Commit": commit, "Tables": ", ".join(names)}
        for commit, names in provenance.by_commit(read).items()
    ]
    plural = "s" * (len(read) != 1)
    head = f"{len(read)} stored table{plural} of paper size: which commit made which"
    table = to_markdown(pd.DataFrame(rows))
    return f"\n\n::::{{dropdown}} {head}\n{table}\n::::"


def read_run(path: Path) -> dict:
    """Return the record of a run; empty if there is none."""
    empty = {"steps": {}, "values": {}}
    try:
        return {**empty, **(read_json(path) or {})}
    except DamagedError as error:
        print(f"{error} Ignored.")
        return empty


def joined(runs: list[dict]) -> dict:
    """Return the provenance of a table whose parts may have run at other times.

    Of the latest part, with commits and devices of all, the sum of their seconds and
    the largest of their peaks, where one was recorded.
    """
    return {
        **max(runs, key=lambda ran: ran["date"]),
        **{
            name: provenance.AND.join(unique(ran[name] for ran in runs))
            for name in ("commit", "device")
        },
        "seconds": round(sum(ran["seconds"] for ran in runs), 3),
        **{
            name: max(ran[name] for ran in runs if name in ran)
            for name in memory.PEAKS
            if any(name in ran for ran in runs)
        },
    }


def unique(texts: Iterable[str]) -> list[str]:
    """Return texts without repetitions, in their order."""
    return list(dict.fromkeys(texts))


def checked_flag(name: str, value: Any) -> bool:
    """Return True or False, or raise."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False; got {value!r}.")
    return bool(value)
