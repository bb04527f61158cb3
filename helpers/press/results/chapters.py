"""Commit a chapter's paper-size run, and count the verdicts over all chapters."""

import os
from pathlib import Path

import pandas as pd

from helpers.press.results.files import ROOT, read_json, to_json, write_whole
from helpers.press.results.published import VERDICTS
from helpers.press.results.store import MANIFEST, NOT_RUN, RUN, Store, read_run
from helpers.press.results.tables import load


def publish(chapter: str, *, root: str | os.PathLike = ROOT) -> Path:
    """Copy a chapter's local paper-size run into the committed results.

    Steps that are not run yet stay so: pages name them, and rows of the comparison
    that rest on them have no value. A committed table of such a step goes, because the
    chapter asked for it with other settings.

    Returns
    -------
    Path
        ``data/results/paper/<chapter>``.

    Raises
    ------
    ValueError
        If there is no such run, it did not reach the end of the chapter, none of its
        steps has run, or the table of one is damaged; nothing is copied then.
    """
    store = Store(chapter, size="paper", root=root)
    run = read_run(store.local / RUN)
    if not run.pop("complete", False):
        raise ValueError(
            f"{chapter} has no complete local run of size paper; render it first."
        )
    ran = {name: state for name, state in run["steps"].items() if state != NOT_RUN}
    if not ran:
        raise ValueError(f"{chapter} has nothing to publish: no step has run yet.")
    old = store.committed_manifest()["steps"]
    steps, texts = {}, {}
    for name, sha256 in ran.items():
        for folder, manifest in (
            (store.local, read_json(store.local / f"{name}.json")),
            (store.committed, old.get(name)),
        ):
            if manifest and manifest["table"]["sha256"] == sha256:
                load(folder / f"{name}.csv", manifest)
                texts[name] = (folder / f"{name}.csv").read_text(encoding="utf-8")
                steps[name] = manifest
                break
        else:
            raise ValueError(f"{chapter} is incomplete: the table of {name} is gone.")
    for name, text in texts.items():
        write_whole(store.committed / f"{name}.csv", text)
    waiting = sorted(run["steps"].keys() - ran.keys())
    manifest = {**run, "steps": steps, "not_run_yet": waiting}
    write_whole(store.committed / MANIFEST, to_json(manifest))
    for path in store.committed.glob("*.csv"):
        if path.stem not in steps:
            path.unlink()
    return store.committed


def mark_complete(chapter: str, size: str, *, root: str | os.PathLike = ROOT) -> None:
    """Say that the last run went through the whole chapter with its own settings."""
    store = Store(chapter, size=size, root=root)
    run = {"chapter": chapter, "size": size, **read_run(store.local / RUN)}
    write_whole(store.local / RUN, to_json({**run, "complete": True}))


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
