"""A release: packages, offline site, PDF and tables of one version, with checksums."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers.press.editions.files import NAME, SUMS, EditionError, checksums, version
from helpers.press.editions.pdf import write_pdf
from helpers.press.editions.site import write_site
from helpers.press.editions.tables import write_tables
from helpers.press.results import ROOT, write_whole

# As semver.org has it, less build metadata, which a package index refuses.
SEMANTIC = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
BUILD = (
    "import sys; from setuptools import build_meta as b; "
    "folder = sys.argv[1]; "  # a build puts its own arguments there
    "b.build_sdist(folder); b.build_wheel(folder)"
)


def write_release(
    size: str = "quick", tag: str = "", *, root: str | os.PathLike = ROOT
) -> list[Path]:
    """Make all files of a release in `_build/release/`; return them.

    Without a tag it is a rehearsal. With one, the tag must be the version's, the
    changelog must give the version a date, and everything must be committed.

    Raises
    ------
    EditionError
        If one of these does not hold, or the pages have not been built.
    """
    root = Path(root).resolve()
    number = version(root)
    _check(root, number, tag)
    folder = root / "_build" / "release"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = [
        write_site(size, root=root),
        write_pdf(size, root=root),
        write_tables(root=root),
        *write_packages(folder, root),
    ]
    write_whole(folder / SUMS, checksums({path.name: path for path in made}))
    return [*made, folder / SUMS]


def _check(root: Path, number: str, tag: str) -> None:
    if not SEMANTIC.fullmatch(number):
        raise EditionError(f"version must be semantic, as 1.2.3; got {number!r}.")
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = re.search(rf"^## {re.escape(number)}(.*)$", changes, flags=re.MULTILINE)
    if heading is None:
        raise EditionError(f"CHANGELOG.md must have a section {number}.")
    if not tag:
        return
    if tag != f"v{number}":
        raise EditionError(f"tag must be v{number}, as the version; got {tag!r}.")
    if not re.search(r"\d{4}-\d\d-\d\d", heading[1]):
        raise EditionError(f"CHANGELOG.md must give {number} a date; it has none.")
    if changed := _git(root, "status", "--porcelain", "--untracked-files=no"):
        raise EditionError(f"everything must be committed; changed: {changed}")


def write_packages(folder: Path, root: Path) -> list[Path]:
    """Build sdist and wheel from what is committed; return them."""
    with tempfile.TemporaryDirectory() as clean:
        archive = Path(clean, "tree.tar")
        _git(root, "archive", "--output", str(archive), "HEAD")
        shutil.unpack_archive(archive, clean)
        archive.unlink()
        command = [sys.executable, "-c", BUILD, str(folder)]
        done = subprocess.run(command, cwd=clean, capture_output=True, text=True)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise EditionError(f"the packages could not be built: {' '.join(last)}")
    name = NAME.replace("-", "_")
    return [*folder.glob(f"{name}-*.tar.gz"), *folder.glob(f"{name}-*.whl")]


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", f"safe.directory={root}", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise EditionError(f"git {arguments[0]}: {done.stderr.strip()}")
    return " ".join(done.stdout.split())
