"""All stored tables of the paper-size runs as one download that can be cited."""

import os
from pathlib import Path

from helpers.press import results
from helpers.press.editions.files import (
    SUMS,
    checksums,
    edition,
    version,
    write_zip,
)
from helpers.press.results import ROOT, to_json
from helpers.press.results.files import read_json
from helpers.press.results.tables import load

README = """\
# Tables of *Is the Interaction Real?*, version {version}

The paper-size results of the book: {tables} tables with {rows:,} rows, computed between
{first} and {last}.

- `paper/<chapter>/<step>.csv`: a table for each step of a chapter. Comma-separated; the
  first line names the columns; an empty cell is a missing value; numbers are exact.
- `paper/<chapter>/parts/<step>/`: finished parts of steps that are not whole yet.
- `paper/<chapter>/manifest.json`: for each step all arguments and constants, seeds too,
  its function, a hash of its code, commit, versions of packages, device, threads,
  seconds, and the kind of each column.
- `recomputed/<chapter>.csv`: cells of these tables that later code computed again: the
  largest difference from the stored ones, as a share of the largest number of its
  column, and (`here`) from what the code of then gives on the same machine.
- `published/<chapter>.csv`: the published numbers that the book compares with, with
  source, tolerance and reading.
- `scoreboard.csv`: every claim with published value, paper-size value and verdict.
- `manifest.json`: the list of all tables.
- `{sums}`: checksums, for `sha256sum --check {sums}`.

## Citing

Please cite the publication whose claim you use, and this book (`CITATION.cff`).
Name the version, {version}.

## Licence

Tables and text: CC BY 4.0 (`LICENSE-TEXT`). Tables that rest on real data sets name
them in their manifest; the data sets keep the terms of their publishers.
"""


def write_tables(*, root: str | os.PathLike = ROOT) -> Path:
    """Write every committed table with its manifest as a zip archive.

    Returns
    -------
    Path
        The archive, of tables, manifests, published numbers, scoreboard, README,
        licence, citation file and checksums.

    Raises
    ------
    DamagedError
        If a table differs from its manifest.
    """
    root = Path(root)
    folder = root / "data" / "results" / "paper"
    listed = _listed(folder)
    files: dict[str, bytes | Path] = {
        f"paper/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.suffix in (".csv", ".json")
    }
    for beside in (root / "book" / "published", folder.parent / "recomputed"):
        files |= {f"{beside.name}/{path.name}": path for path in beside.glob("*.csv")}
    for name in ("LICENSE-TEXT", "CITATION.cff"):
        files[name] = root / name
    board = results.scoreboard("paper", root=root)
    board = board.drop(columns=["this_run", "size"])
    files["scoreboard.csv"] = board.to_csv(index=False, lineterminator="\n").encode()
    about = {"name": "interaction-book tables", "version": version(root)}
    files["manifest.json"] = to_json({**about, "tables": listed}).encode()
    days = [table["date"][:10] for table in listed]
    files["README.md"] = README.format(
        version=version(root), sums=SUMS, tables=len(listed),
        rows=sum(table["rows"] for table in listed), first=min(days), last=max(days),
    ).encode()  # fmt: skip
    files[SUMS] = checksums(files).encode()
    top = edition(root, "tables").name
    return write_zip(
        edition(root, "tables.zip"), {f"{top}/{n}": c for n, c in files.items()}
    )


def _listed(folder: Path) -> list[dict]:
    """Return one entry a table, each checked against its manifest."""
    entries = []
    for path in sorted(folder.rglob("*.csv")):
        manifest = _manifest_of(path)
        table = load(path, manifest)
        place = path.relative_to(folder)
        entries.append(
            {
                "file": f"paper/{place.as_posix()}",
                "chapter": place.parts[0],
                "step": manifest["step"],
                "whole": "parts" not in place.parts,
                "rows": len(table),  # type: ignore[arg-type]  # read where it lies
                "columns": list(table),  # type: ignore[arg-type]  # read where it lies
                "sha256": manifest["table"]["sha256"],
                "function": manifest.get("function", ""),
                "data": sorted(manifest["data"]),
                "date": manifest["ran"]["date"],
                "commit": manifest["ran"]["commit"],
            }
        )
    return entries


def _manifest_of(path: Path) -> dict:
    """Return the manifest of a committed table: of a step, or of a part beside it."""
    beside = read_json(path.with_suffix(".json"))
    if beside is not None:
        return beside
    return read_json(path.parent / "manifest.json")["steps"][path.stem]  # type: ignore[index]  # read where it lies
