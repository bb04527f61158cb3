"""Offline site, stored tables and release files: what is in them, their checksums."""

import csv
import hashlib
import io
import json
import subprocess
import zipfile

import pandas as pd
import pytest

from helpers.press import results
from helpers.press.editions import command, release
from helpers.press.editions.files import EditionError, built_site, write_zip
from helpers.press.editions.site import FOLDER, write_site
from helpers.press.editions.tables import write_tables
from helpers.press.results import ROOT

PROJECT = '[project]\nname = "interaction-book"\nversion = "{}"\n'


@pytest.fixture
def clone(tmp_path):
    """Return a folder with a built site of two files, in version 1.2.3."""
    (tmp_path / "pyproject.toml").write_text(PROJECT.format("1.2.3"))
    for name in ("LICENSE", "LICENSE-TEXT", "CITATION.cff"):
        (tmp_path / name).write_text(name)
    site = tmp_path / "_build/smoke/html"
    (site / "chapters").mkdir(parents=True)
    (site / "index.html").write_text("<a href='chapters/1.html'>one</a>")
    (site / "chapters/1.html").write_text("<h1>One</h1>")
    return tmp_path


def test_archive_is_the_same_on_any_day(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("a")
    contents = {"b/a.txt": file, "a.txt": b"bytes"}
    first = write_zip(tmp_path / "1.zip", contents).read_bytes()
    file.touch()
    again = write_zip(tmp_path / "2.zip", dict(reversed(contents.items())))
    assert again.read_bytes() == first
    assert zipfile.ZipFile(again).namelist() == ["a.txt", "b/a.txt"]


def test_site_is_whole_and_says_how_to_read_it(clone):
    path = write_site("smoke", root=clone)
    assert path == clone / "_build/release/interaction-book-1.2.3-smoke-site.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        readme = archive.read(f"{FOLDER}/README.txt").decode()
    built = {"index.html", "chapters/1.html"}
    with_it = {"README.txt", "LICENSE", "LICENSE-TEXT", "CITATION.cff"}
    assert names == {f"{FOLDER}/{name}" for name in built | with_it}
    assert "Version 1.2.3, executed at smoke size" in readme


def test_pages_that_are_not_built_are_one_line(clone, capsys):
    with pytest.raises(EditionError, match="run: make book SIZE=quick"):
        built_site(clone, "quick")
    for what in ("zip", "pdf", "release"):
        (clone / "CHANGELOG.md").write_text("## 1.2.3, unreleased\n")
        assert command.main([what], root=clone) == 1
        assert capsys.readouterr().err.startswith("error: the pages of size quick")


# The tables


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Unpack all stored tables of this repository; return the folder."""
    with zipfile.ZipFile(write_tables()) as archive:
        folder = tmp_path_factory.mktemp("tables")
        archive.extractall(folder)
    (top,) = folder.iterdir()
    return top


def test_tables_are_all_there_with_licence_and_citation(tables):
    stored = ROOT / "data" / "results" / "paper"
    for path in stored.rglob("*.csv"):
        copy = tables / "paper" / path.relative_to(stored)
        assert copy.read_bytes() == path.read_bytes(), path.name
    for beside in (ROOT / "book/published", stored.parent / "recomputed"):
        names = {p.name for p in beside.glob("*.csv")}
        assert {p.name for p in (tables / beside.name).iterdir()} == names
    assert "CC BY 4.0" in (tables / "README.md").read_text()
    assert (tables / "CITATION.cff").read_text() == (ROOT / "CITATION.cff").read_text()
    assert (tables / "LICENSE-TEXT").is_file()


def test_tables_agree_with_their_checksums(tables):
    lines = (tables / "SHA256SUMS").read_text().splitlines()
    sums = dict(reversed(line.split("  ", 1)) for line in lines)
    files = {p.relative_to(tables).as_posix() for p in tables.rglob("*") if p.is_file()}
    assert sums.keys() == files - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((tables / name).read_bytes()).hexdigest() == digest


def test_manifest_of_the_tables_describes_each(tables):
    manifest = json.loads((tables / "manifest.json").read_text())
    listed = {table["file"]: table for table in manifest["tables"]}
    in_place = {p.relative_to(tables).as_posix() for p in tables.glob("paper/**/*.csv")}
    assert listed.keys() == in_place
    for name, table in listed.items():
        with (tables / name).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        assert (header, len(rows)) == (table["columns"], table["rows"]), name
    readme = (tables / "README.md").read_text()
    assert (
        f"{len(listed)} tables with {sum(t['rows'] for t in listed.values()):,}"
        in readme
    )


def test_scoreboard_of_the_tables_is_the_books(tables):
    board = pd.read_csv(tables / "scoreboard.csv")
    now = results.scoreboard("paper")
    assert board["verdict"].tolist() == now["verdict"].tolist()
    assert "this_run" not in board


def test_damaged_table_is_not_packed(tmp_path):
    folder = tmp_path / "data/results/paper/1-toy"
    folder.mkdir(parents=True)
    step = {"settings": {}, "parts": None, "revision": 1, "data": {}, "ran": {}}
    step |= {
        "extra": {},
        "table": {"sha256": "0", "rows": 1, "columns": {"a": "int64"}},
    }
    (folder / "manifest.json").write_text(json.dumps({"steps": {"sum": step}}))
    (folder / "sum.csv").write_text("a\n1\n")
    with pytest.raises(results.DamagedError, match="differs from its manifest"):
        write_tables(root=tmp_path)


# The release


@pytest.fixture
def repository(clone):
    (clone / "CHANGELOG.md").write_text("# Changelog\n\n## 1.2.3, 2026-11-27\n")
    (clone / ".gitignore").write_text("_build/\n")
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "All"]):
        subprocess.run(["git", *words], cwd=clone, check=True)
    return clone


def test_tag_must_be_the_versions_its_day_known_and_all_committed(repository):
    release._check(repository, "1.2.3", "v1.2.3")
    with pytest.raises(EditionError, match=r"tag must be v1.2.3, as the version; got"):
        release._check(repository, "1.2.3", "1.2.3")
    (repository / "CHANGELOG.md").write_text("## 1.2.3, 2026-11-28\n")
    with pytest.raises(EditionError, match=r"committed; changed: M CHANGELOG.md"):
        release._check(repository, "1.2.3", "v1.2.3")
    (repository / "CHANGELOG.md").write_text("## 1.2.3, unreleased\n")
    release._check(repository, "1.2.3", "")  # a rehearsal
    with pytest.raises(EditionError, match=r"must give 1.2.3 a date"):
        release._check(repository, "1.2.3", "v1.2.3")
    with pytest.raises(EditionError, match=r"must have a section 1.2.4"):
        release._check(repository, "1.2.4", "")
    with pytest.raises(EditionError, match="version must be semantic"):
        release._check(repository, "1.2", "")


def test_release_puts_all_files_and_their_checksums_in_one_folder(
    repository, monkeypatch
):
    def written(name):
        path = repository / "_build/release" / name
        path.write_text(name)
        return path

    monkeypatch.setattr(release, "write_pdf", lambda *_, **__: written("book.pdf"))
    monkeypatch.setattr(release, "write_tables", lambda **_: written("tables.zip"))
    names = ["book.tar.gz", "book.whl"]
    monkeypatch.setattr(release, "write_packages", lambda *_: map(written, names))
    stale = repository / "_build/release/old.pdf"
    stale.parent.mkdir()
    stale.touch()
    made = release.write_release("smoke", "v1.2.3", root=repository)
    assert {p.name for p in made} == {p.name for p in stale.parent.iterdir()}
    sums = (stale.parent / "SHA256SUMS").read_text().splitlines()
    assert {line.split("  ")[1] for line in sums} == {p.name for p in made[:-1]}
    for line in sums:
        digest, name = line.split("  ")
        content = (stale.parent / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


@pytest.mark.slow
def test_packages_hold_the_book_and_what_the_package_reads(tmp_path):
    sdist, wheel = release.write_packages(tmp_path, ROOT)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "helpers/files/registry.yaml" in names
    assert not [name for name in names if name.startswith(("tests/", "book/"))]
    listed = subprocess.run(
        ["tar", "-tzf", sdist], capture_output=True, text=True, check=True
    ).stdout
    inside = {line.split("/", 1)[1] for line in io.StringIO(listed) if "/" in line}
    inside = {name.strip() for name in inside}
    for name in (
        "Makefile", "Snakefile", "requirements.lock", "book/_toc.yml", "setup.py",
        "data/registry.yaml", "book/chapters/5-nid.ipynb", "tests/fake_book.py",
        "helpers/press/editions/one_page.js", "data/results/paper/5-nid/manifest.json",
    ):  # fmt: skip
        assert name in inside, name
