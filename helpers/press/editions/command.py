"""The command line of the editions: zip, pdf, tables, links, release."""

import argparse
import os
import sys
from argparse import Namespace
from pathlib import Path

from helpers.press.editions.files import EditionError, size_text
from helpers.press.editions.links import broken_links
from helpers.press.editions.pdf import write_pdf
from helpers.press.editions.release import write_release
from helpers.press.editions.site import write_site
from helpers.press.editions.tables import write_tables
from helpers.press.render import RenderError
from helpers.press.results import ROOT, SIZES, DamagedError


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.editions",
        description="The built book in other shapes, in _build/release/.",
    )
    parser.add_argument("what", choices=("zip", "pdf", "tables", "links", "release"))
    parser.add_argument("--size", choices=SIZES, default="quick", help="default quick")
    parser.add_argument(
        "--tag",
        default="",
        help="of a release: v and its version; without, a rehearsal",
    )
    return parser


def main(arguments: list[str] | None = None, *, root: str | os.PathLike = ROOT) -> int:
    """Run the command line; return its exit code."""
    options = _arguments().parse_args(arguments)
    root = Path(root)
    try:
        if options.what == "links":
            return _say_links(options.size, root)
        for path in _made(options, root):
            print(f"{path} ({size_text(path)})")
    except (EditionError, RenderError, DamagedError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _made(options: Namespace, root: Path) -> list[Path]:
    if options.what == "release":
        return write_release(options.size, options.tag, root=root)
    if options.what == "tables":
        return [write_tables(root=root)]
    write = {"zip": write_site, "pdf": write_pdf}[options.what]
    return [write(options.size, root=root)]


def _say_links(size: str, root: Path) -> int:
    broken = broken_links(size, root=root)
    for line in broken:
        print(line)
    print(f"{len(broken)} links to other sites lead nowhere.")
    return 1 if broken else 0
