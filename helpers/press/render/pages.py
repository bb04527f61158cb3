"""Stage the book, and build its pages from what is staged."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Set
from html import escape
from pathlib import Path

import yaml

from helpers.data.yaml_files import parse_yaml
from helpers.press.render.address import with_buttons
from helpers.press.render.live import write_live_tables
from helpers.press.render.parameter_pages import title, write_parameters
from helpers.press.render.reference import write_reference
from helpers.press.render.sources import RenderError, notebook_path, notebooks
from helpers.press.results import ROOT

#: Pages that the first page leans on.
AROUND = ("notation", "glossary", "references")
#: What the builder makes of a link to a page that is not there.
DEAD = re.compile(
    r'<a class="reference internal" href="#[^"]*\.(?:ipynb|md)(?:#[^"]*)?">(.*?)</a>'
)
#: What it makes of the name of a page that is not there.
UNKNOWN = re.compile(r'<span class="xref std std-doc">([^<]+)</span>')


def stage(
    size: str = "quick", *, page: str | None = None, root: str | os.PathLike = ROOT
) -> Path:
    """Bring the staged copy of `book/` up to date, all but the executed notebooks.

    Parameters
    ----------
    size : str
    page : str, optional
        The only notebook that must have been executed; by default all must.
    root : path

    Raises
    ------
    RenderError
        If `_config.yml` lets the builder execute, or a notebook of the table of
        contents has not been executed at this size.
    """
    root = Path(root).resolve()
    book, staged = root / "book", root / "_build" / size / "stage"
    _check_config(book / "_config.yml")
    executed = {path.relative_to(book) for path in notebooks(root=root).values()}
    _mirror(book, staged, keep=executed)
    write_reference(staged, root)
    write_live_tables(staged, root)
    _add_buttons(staged / "_config.yml")
    write_parameters(staged, root)
    contents = (book / "_toc.yml").read_text(encoding="utf-8")
    for path in sorted(executed):
        needed = path.with_suffix("").as_posix() in contents
        if page is not None:
            needed = path.stem == page
        if needed and not (staged / path).is_file():
            raise RenderError(
                f"{path.stem} has not been executed at size {size}; "
                f"run: python -m helpers.render {path.stem} --size {size}"
            )
    return staged


def _add_buttons(path: Path) -> None:
    """Put the buttons that the repository's address allows into a staged file."""
    config = parse_yaml(path.read_text(encoding="utf-8"), path)
    if (buttoned := with_buttons(config)) != config:
        path.write_text(yaml.safe_dump(buttoned, sort_keys=False), encoding="utf-8")


def builder(staged: Path, output: Path) -> list[str]:
    """Return the command that builds a staged book below `output`."""
    start = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(staged)]
    return [*command, "--path-output", str(output)]


def build(size: str = "quick", *, root: str | os.PathLike = ROOT) -> Path:
    """Build the HTML of the staged book; return its index.html.

    Warnings are errors. The site is replaced only by a build without any.
    """
    root = Path(root).resolve()
    staged = stage(size, root=root)
    work = root / "_build" / size / "jupyter-book"
    _run_builder(staged, work, f"book-{size}", root, "-W", "-n", "--keep-going")
    site = root / "_build" / size / "html"
    _mirror(work / "_build" / "html", site)
    index = site / "index.html"
    index.touch()  # built now, even if it reads the same
    return index


def build_page(name: str, size: str, *, root: str | os.PathLike = ROOT) -> Path:
    """Build one executed notebook with the pages it leans on; return its HTML.

    It lies in a folder of its own, `_build/<size>/first/`. What it says of pages that
    are not there is text and no link, so warnings are no errors.

    Raises
    ------
    RenderError
        If there is no such notebook, or it has not been executed at this size.
    """
    root = Path(root).resolve()
    path = notebook_path(name, root).relative_to(root / "book")
    page = path.with_suffix("").as_posix()
    staged = stage(size, page=name, root=root)
    work = root / "_build" / size / "first"
    contents = parse_yaml((staged / "_toc.yml").read_text(encoding="utf-8"), "_toc.yml")
    around = [other for other in AROUND if (staged / f"{other}.md").is_file()]
    small = {"format": "jb-book", "root": contents["root"]}
    small["chapters"] = [{"file": file} for file in (page, *around)]
    listed = work.with_suffix(".yml")
    listed.write_text(yaml.safe_dump(small, sort_keys=False), encoding="utf-8")
    _run_builder(staged, work, f"first-{size}", root, "--toc", str(listed))
    site = work / "_build" / "html"
    for file in (page, contents["root"], *around):
        html = (site / f"{file}.html").read_text(encoding="utf-8")
        html = _without_dead_ends(html, (root / "book" / file).parent)
        (site / f"{file}.html").write_text(html, encoding="utf-8")
    return site / f"{page}.html"


def _without_dead_ends(html: str, folder: Path) -> str:
    """Turn links to pages that are not there into text: into titles, not paths."""

    def named(found: re.Match) -> str:
        for ending in (".md", ".ipynb"):
            if (path := (folder / found[1]).with_suffix(ending)).is_file():
                return escape(title(path), quote=False)
        return found[1]

    return UNKNOWN.sub(named, DEAD.sub(r"\1", html))


def _run_builder(staged: Path, work: Path, log: str, root: Path, *options: str) -> None:
    """Build staged pages into `work`, from scratch; say in short why that failed."""
    path = root / "_build" / "logs" / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    # From scratch: of pages it need not read again, the builder repeats no warning.
    shutil.rmtree(work, ignore_errors=True)
    command = [*builder(staged, work), *options]
    with path.open("w", encoding="utf-8") as file:
        code = subprocess.run(
            command, stdout=file, stderr=subprocess.STDOUT, cwd=root
        ).returncode
    if code:
        text = re.sub(r"\x1b\[[0-9;]*m", "", path.read_text(encoding="utf-8"))
        worth = re.compile(r"\b(WARNING|ERROR|CRITICAL|\w+Error):")
        lines = [line for line in text.splitlines() if worth.search(line)]
        raise RenderError(
            "\n".join(["the book could not be built:", *lines[:20], f"Log: {path}"])
        )


def _mirror(source: Path, target: Path, *, keep: Set[Path] = frozenset()) -> None:
    """Make `target` a copy of `source`, touching only files that differ.

    Relative paths in `keep` are neither copied nor removed.
    """
    wanted = set()
    for path in source.rglob("*"):
        relative = path.relative_to(source)
        if path.is_dir() or ".ipynb_checkpoints" in relative.parts:
            continue
        wanted.add(relative)
        copy = target / relative
        if relative in keep or _same(path, copy):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)  # with a new date: the builder goes by dates
    for path in sorted(target.rglob("*"), reverse=True):
        relative = path.relative_to(target)
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif relative not in wanted | keep:
            path.unlink()


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _check_config(path: Path) -> None:
    try:
        config = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise RenderError(f"{path} cannot be read: {reason}.") from None
    execution = ((config or {}).get("execute") or {}).get("execute_notebooks")
    if execution not in ("off", False):
        raise RenderError(
            f'{path}: execute_notebooks must be "off"; got {execution!r}.'
        )
