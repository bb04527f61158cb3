"""Say which stored results deserve a look."""

import os
from pathlib import Path

from helpers.press.results import recomputed
from helpers.press.results.code import hash_of
from helpers.press.results.files import ROOT, DamagedError
from helpers.press.results.store import Store
from helpers.press.results.tables import load


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
    known, lines = recomputed.read(store.recomputed), []
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
            again = recomputed.told(known, [name])
            again = again and f"; {again}"
            lines.append(f"{chapter} {name}: computed by other code{again}")
        if "-dirty" in manifest["ran"]["commit"]:
            lines.append(
                f"{chapter} {name}: computed with uncommitted changes "
                f"({manifest['ran']['commit']})"
            )
    return lines
