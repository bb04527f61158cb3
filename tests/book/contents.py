"""What the book lists."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def listed_files() -> list[str]:
    """Return the files of the table of contents, without suffix, root first."""
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter for part in toc["parts"] for chapter in part["chapters"]]
    return [toc["root"], *(file for chapter in chapters for file in _files(chapter))]


def _files(page: dict) -> list[str]:
    """Return a page and those below it."""
    below = page.get("sections", [])
    return [page["file"], *(file for section in below for file in _files(section))]
