"""Where editions are written, and how: whole, the same files giving the same bytes."""

import os
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from helpers.press.results.files import digest

NAME = "interaction-book"
SUMS = "SHA256SUMS"
STAMP = (1980, 1, 1, 0, 0, 0)  # of every file in an archive: zip knows no earlier


class EditionError(Exception):
    """What a reader can mend, in one line."""


def version(root: Path) -> str:
    """Return the version that the package declares."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["project"]["version"]


def edition(root: Path, rest: str) -> Path:
    """Return where an edition of this version is written: `rest` ends its name."""
    return root / "_build" / "release" / f"{NAME}-{version(root)}-{rest}"


def built_site(root: Path, size: str) -> Path:
    """Return the folder of the built pages.

    Raises
    ------
    EditionError
        If they have not been built.
    """
    site = root / "_build" / size / "html"
    if not (site / "index.html").is_file():
        raise EditionError(
            f"the pages of size {size} have not been built; run: make book SIZE={size}"
        )
    return site


def write_zip(path: Path, contents: Mapping[str, bytes | Path]) -> Path:
    """Write an archive of `contents`, name in the archive -> bytes or file.

    In the order of names and with one date, so that the same files give the same
    archive on any day.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partly")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name in sorted(contents):
            content = contents[name]
            data = content if isinstance(content, bytes) else content.read_bytes()
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            file.writestr(entry, data)
    os.replace(temporary, path)
    return path


def checksums(contents: Mapping[str, bytes | Path]) -> str:
    """Return lines that `sha256sum --check` reads."""
    return "".join(
        f"{digest(c if isinstance(c, bytes) else c.read_bytes())}  {name}\n"
        for name, c in sorted(contents.items())
    )


def size_text(path: Path) -> str:
    """Return a file's size as a reader takes it in."""
    return f"{path.stat().st_size / 1e6:.1f} MB"
