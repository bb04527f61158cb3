"""What `make` and Snakemake run again, and what they leave alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_book import make_book

from helpers.press import render

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def run(folder, *command):
    """Run a command in `folder`, away from the make that may run these tests."""
    ours = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VENV", "SIZE", "PYTHON"}
    environment = {k: v for k, v in os.environ.items() if k not in ours}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )


def make_it(folder, *arguments):
    return run(folder, "make", "book", f"VENV={sys.prefix}", "CORES=1", *arguments)


def would_run(folder, **config):
    """Return the names of the rules that Snakemake finds out of date."""
    settings = {"size": "quick", "compute": "false"} | config
    dry = run(
        folder,
        sys.executable, "-m", "snakemake", "--cores", "1", "--dry-run",
        "--config", *(f"{name}={value}" for name, value in settings.items()),
    )  # fmt: skip
    assert dry.returncode == 0, dry.stderr
    return set(re.findall(r"^(?:local)?rule (\S+):", dry.stdout + dry.stderr, re.M))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = make_book(tmp_path_factory.mktemp("book"))
    made = make_it(folder)
    assert made.returncode == 0, made.stdout + made.stderr
    assert f"The book is at {folder}/_build/quick/html/index.html" in made.stdout
    assert made.stdout.startswith(
        "The book of size quick: 2 notebooks, of which at least 2 have to run "
    )
    return folder


def test_deleted_results_are_noticed_and_made_again(built):
    (table,) = (built / "_build/results/1-toy/quick").glob("sum.*.csv")
    table.unlink()
    made = make_it(built)
    assert made.returncode == 0, made.stderr
    assert "1-toy: the stored table of sum is gone; it runs again." in made.stdout
    assert table.is_file()


def test_second_make_does_nothing_and_says_so(built):
    made = make_it(built)
    index = built / "_build/quick/html/index.html"
    assert made.stdout == f"Nothing has changed. The book is at {index}\n"
    assert made.returncode == 0


def test_touched_files_and_unused_helpers_run_nothing(built):
    for path in [*built.glob("helpers/*.py"), *built.glob("book/**/*.*")]:
        path.touch()
    (built / "helpers/unused.py").write_text("value = 2\n")
    assert would_run(built) == set()


ALL = {"chapter_1-toy", "page_board", "pages", "book"}


@pytest.mark.parametrize(
    ("file", "rules"),
    [
        ("book/chapters/1-toy.ipynb", ALL),
        ("helpers/checks.py", ALL),
        ("book/published/1-toy.csv", ALL),
        ("requirements.lock", ALL),
        ("book/intro.md", {"pages", "book"}),
    ],
)
def test_edit_runs_what_depends_on_it(built, file, rules):
    path = built / file
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    try:
        assert would_run(built) == rules
    finally:
        path.write_bytes(before)


def test_run_with_other_parameters_is_out_of_date(built):
    assert would_run(built, compute="true") >= {"chapter_1-toy"}
    render.execute("1-toy", given={"rate": "0.5"}, root=built)
    assert would_run(built) >= {"chapter_1-toy"}


def test_failing_build_keeps_the_last_good_pages(built):
    with (built / "book/intro.md").open("a") as page:
        page.write("\n[nowhere](missing.md)\n")
    made = make_it(built)
    assert made.returncode != 0
    assert "missing.md" in made.stderr
    assert "nowhere" not in (built / "_build/quick/html/intro.html").read_text()
    assert would_run(built) == {"pages", "book"}


def test_broken_notebook_is_one_line(tmp_path):
    folder = make_book(tmp_path)
    (folder / "book/chapters/1-toy.ipynb").write_text("{")
    made = make_it(folder)
    assert made.returncode != 0
    assert "1-toy.ipynb is not a valid notebook" in made.stderr
    assert "Traceback" not in made.stderr


def test_failing_chapter_fails_the_book_in_short(tmp_path):
    folder = make_book(tmp_path, chapter="raise ValueError('no data')")
    made = make_it(folder)
    assert made.returncode != 0
    assert "1-toy quick, cell 2/2, Counting: ValueError: no data" in made.stderr
    assert "the book of size quick is not complete" in made.stderr
    assert "Traceback" not in made.stderr


def test_first_page_is_made_of_one_chapter(tmp_path):
    folder = make_book(tmp_path)
    made = run(folder, "make", "smoke", f"VENV={sys.prefix}", "CORES=1", "FIRST=1-toy")
    assert made.returncode == 0, made.stderr
    page = folder / "_build/smoke/first/_build/html/chapters/1-toy.html"
    assert page.is_file()
    assert f"A page: {page}\n" in made.stdout
    assert "chapter_1-toy" not in would_run(folder, size="smoke")


def test_unknown_size_is_one_line(tmp_path):
    made = make_it(make_book(tmp_path), "SIZE=big")
    assert made.returncode != 0
    assert "size must be one of smoke, quick, paper; got 'big'" in made.stderr


def test_make_alone_lists_the_commands(tmp_path):
    listed = run(make_book(tmp_path), "make").stdout
    for command in ("book", "test", "test-all", "bench", "lint", "clean"):
        assert f"  make {command} " in listed


@pytest.mark.parametrize(
    ("target", "asked"),
    [("test", ' -m "not slow"'), ("test-all", "")],
)
def test_slow_tests_run_when_all_are_asked_for(tmp_path, target, asked):
    shown = run(make_book(tmp_path), "make", "-n", target, "VENV=here").stdout
    shared = "--numprocesses logical --maxprocesses 4"
    assert shown == f"here/bin/python -m pytest {shared}{asked}\n"


def test_clean_keeps_stored_results(tmp_path):
    folder = make_book(tmp_path)
    for name in ("quick/html", "results/1-toy"):
        (folder / "_build" / name).mkdir(parents=True)
    assert run(folder, "make", "clean").returncode == 0
    assert [path.name for path in (folder / "_build").iterdir()] == ["results"]


# The environment

FAKE_VENV = """#!/bin/sh
# A Python whose venv module makes an environment that only notes what it is asked.
case "$*" in
  *venv*) mkdir -p .venv/bin; cp environment-python .venv/bin/python ;;
esac
"""

FAKE_PYTHON = """#!/bin/sh
echo "$*" >> log
case "$*" in *"-r requirements.lock"*) [ ! -e interrupted ] ;; esac
"""


@pytest.fixture
def fake_python(tmp_path):
    folder = make_book(tmp_path)
    (folder / "pyproject.toml").touch()
    for name in ("requirements.lock", "requirements-torch.lock"):
        (folder / name).touch()
    for name, text in (("python", FAKE_VENV), ("environment-python", FAKE_PYTHON)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def install(folder, *arguments):
    return run(folder, "make", ".venv/.installed", "PYTHON=./python", *arguments)


def test_interrupted_installation_is_taken_up_again(fake_python):
    stamp = fake_python / ".venv/.installed"
    (fake_python / "interrupted").touch()
    assert install(fake_python).returncode != 0
    assert not stamp.exists()
    (fake_python / "interrupted").unlink()
    assert install(fake_python).returncode == 0
    assert stamp.exists()
    log = (fake_python / "log").read_text()
    assert log.splitlines()[-1].endswith("--no-deps --editable .")
    assert "index-url" not in log
    assert "--no-deps --require-hashes -r requirements.lock\n" in log
    install(fake_python)
    assert (fake_python / "log").read_text() == log


def test_torch_can_come_from_another_index(fake_python):
    index = "https://index.example/torch"
    install(fake_python, f"TORCH_INDEX={index}")
    assert (
        f"--no-deps --index-url {index} -r requirements-torch.lock\n"
        in (fake_python / "log").read_text()
    )


def test_old_python_is_one_line(fake_python):
    (fake_python / "python").write_text("#!/bin/sh\nexit 1\n")
    made = install(fake_python)
    assert made.returncode != 0
    assert made.stderr.startswith(
        "error: Python 3.11 or newer is needed; got './python'\n"
    )


def test_profiles_are_what_snakemake_reads():
    yaml = pytest.importorskip("yaml")
    profiles = Path(__file__).resolve().parents[2] / "profiles"
    for name in ("slurm", "kubernetes"):
        text = (profiles / name / "config.yaml").read_text()
        profile = yaml.safe_load(text)
        assert profile["executor"] == name
        assert profile["cores"] >= 1
