"""Commit what a paper-size run computed: a whole chapter, one step, or its parts."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from helpers.press.results import recomputed
from helpers.press.results.files import ROOT, read_json, to_json, write_whole
from helpers.press.results.store import MANIFEST, NOT_RUN, RUN, Store, read_run
from helpers.press.results.tables import load


def publish(
    chapter: str,
    step: str | None = None,
    part: str | None = None,
    *,
    dirty: bool = False,
    source: str | os.PathLike | None = None,
    root: str | os.PathLike = ROOT,
) -> list[Path]:
    """Copy local paper-size results into the committed ones.

    A committed table goes only when its successor is there. Without a step, all steps
    of the chapter's last run are copied, and the values that it recorded. With one, the
    table of that step is; while it is not whole, those of its parts that have run are
    (or the one `part`, by the name of its file).

    Parameters
    ----------
    dirty : bool
        Also take what was computed with uncommitted changes.
    source : path, optional
        A folder of results from another machine, `source/<chapter>/paper/`; by default
        those of this repository's own runs.

    Returns
    -------
    list of Path
        The tables that were written.

    Raises
    ------
    ValueError
        If there is nothing to copy, the chapter's run did not reach its end, a table
        is damaged, or was computed with uncommitted changes; nothing is copied then.
    """
    store = Store(chapter, size="paper", root=root, own=True)
    if source is not None:
        store.local = store.book = Path(source) / chapter / "paper"
        if not store.local.is_dir():
            raise ValueError(f"source must hold {chapter}/paper; got {source}.")
    if step is None:
        return _publish_chapter(store, dirty)
    if part is None:
        whole = _local_table(store, step)
        if whole is not None:
            _check_clean([whole], dirty)
            path = _commit(store, step, *whole)
            manifest = store.committed_manifest()
            _write_manifest(store, {**manifest["steps"], step: whole[1]}, manifest)
            return [path]
    return _publish_parts(store, step, part, dirty)


def _publish_chapter(store: Store, dirty: bool) -> list[Path]:
    run = read_run(store.local / RUN)
    if not run.pop("complete", False):
        raise ValueError(
            f"{store.chapter} has no complete local run of size paper; render it first."
        )
    ran = {name: state for name, state in run["steps"].items() if state != NOT_RUN}
    if not ran:
        raise ValueError(
            f"{store.chapter} has nothing to publish: no step has run yet."
        )
    found = {name: _table_of(store, name, sha256) for name, sha256 in ran.items()}
    fresh = {
        name: (path, manifest)
        for name, (path, manifest) in found.items()
        if path.parent != store.committed
    }
    _check_clean(fresh.values(), dirty)
    written = [_commit(store, name, *table) for name, table in fresh.items()]
    steps = {name: manifest for name, (_, manifest) in found.items()}
    kept = store.committed_manifest()["steps"]
    waiting = sorted(run["steps"].keys() - ran.keys())
    _write_manifest(store, {**kept, **steps}, {**run, "not_run_yet": waiting})
    return written


def _table_of(store: Store, name: str, sha256: str) -> tuple[Path, dict]:
    """Return the table that a run showed for a step, with its manifest."""
    for path, manifest in store._stored(name):
        if manifest["table"]["sha256"] == sha256 and load(path, manifest) is not None:
            return path, manifest
    raise ValueError(f"{store.chapter} is incomplete: the table of {name} is gone.")


def _local_table(store: Store, step: str) -> tuple[Path, dict] | None:
    """Return the local table of a step that ran last, with its manifest."""
    tables = [
        (path, manifest)
        for path, manifest in store._stored(step)
        if path.parent != store.committed and load(path, manifest) is not None
    ]
    return max(tables, key=lambda table: table[1]["ran"]["date"], default=None)


def _publish_parts(
    store: Store, step: str, part: str | None, dirty: bool
) -> list[Path]:
    paths = sorted(store._part_folder(store.local, step).glob("*.json"))
    paths = [path for path in paths if part in (None, path.stem)]
    if not paths:
        what = f"part {part} of step {step}" if part else f"step {step}"
        raise ValueError(f"{store.chapter} has no local table of {what}.")
    parts = [(path.with_suffix(".csv"), read_json(path)) for path in paths]
    _check_clean(parts, dirty)  # type: ignore[arg-type]  # each has its manifest
    target = store._part_folder(store.committed, step)
    written = []
    for path, manifest in parts:
        load(path, manifest)
        text = path.read_text(encoding="utf-8")
        write_whole(target / path.name, text)
        write_whole(target / f"{path.stem}.json", to_json(manifest))  # type: ignore[arg-type]  # there is one
        written.append(target / path.name)
    return written


def _check_clean(tables: Iterable[tuple[Path, dict]], dirty: bool) -> None:
    for path, manifest in tables:
        if "-dirty" in manifest["ran"]["commit"] and not dirty:
            raise ValueError(
                f"{path.name} was computed with uncommitted changes "
                f"({manifest['ran']['commit']}); run it from a clean clone, or say "
                "--dirty."
            )


def _commit(store: Store, name: str, path: Path, manifest: dict) -> Path:
    """Copy one whole table; its committed parts go, and what was known of the last."""
    load(path, manifest)
    target = store.committed / f"{name}.csv"
    write_whole(target, path.read_text(encoding="utf-8"))
    shutil.rmtree(store._part_folder(store.committed, name), ignore_errors=True)
    recomputed.forget(store.recomputed, name)
    return target


def _write_manifest(store: Store, steps: dict, rest: dict) -> None:
    manifest = {**rest, "steps": steps}
    manifest.setdefault("chapter", store.chapter)
    write_whole(store.committed / MANIFEST, to_json(manifest))


def notice_deleted(
    chapter: str, size: str, *, root: str | os.PathLike = ROOT
) -> list[str]:
    """Forget the record of a run whose tables are gone, so that it is made again.

    Returns
    -------
    list of str
        The steps whose tables are gone.
    """
    store = Store(chapter, size=size, root=root, own=True)
    gone = []
    for name, sha256 in read_run(store.local / RUN)["steps"].items():
        if sha256 != NOT_RUN and not any(
            path.is_file() and manifest["table"]["sha256"] == sha256
            for path, manifest in store._stored(name)
        ):
            gone.append(name)
    if gone:
        (store.local / RUN).unlink()
    return gone


def mark_complete(chapter: str, size: str, *, root: str | os.PathLike = ROOT) -> None:
    """Say that the last run went through the whole chapter with its own settings."""
    store = Store(chapter, size=size, root=root, own=True)
    run = {"chapter": chapter, "size": size, **read_run(store.local / RUN)}
    write_whole(store.local / RUN, to_json({**run, "complete": True}))
