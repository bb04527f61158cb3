"""Processor seconds of commands that a reader waits for before anything is computed.

Each is a process of its own, with all that it starts. The second `make book` runs in a
copy of this tree where every page is said to be built: its outputs are empty files, so
that nothing but the decision to do nothing is timed, whatever has been built here.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from helpers.press.bench.timing import REPEATS, Row, Timed, in_turn
from helpers.press.results.files import ROOT

COMMANDS = {
    "import helpers": ["-c", "import helpers"],
    "render --parameters": ["-m", "helpers.render", "--parameters", "5-nid"],
    "results scoreboard": ["-m", "helpers.results", "scoreboard", "--csv", "-"],
}
#: pytest's own words for looking at every test and running none.
COLLECT = ["-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
COLLECTION, SECOND_MAKE = "collection of the tests", "second make book"
#: What a copy of the tree leaves out: hidden folders, and what was made here.
LEFT_OUT = shutil.ignore_patterns(".*", "_build", "__pycache__", "*.egg-info", "tests")
SIZE = "smoke"
INDEX = Path("_build", SIZE, "html", "index.html")
SAYS = "Nothing has changed."


def measure_start_up(
    *, collect: Sequence[str] = ("tests",), repeats: int = REPEATS
) -> list[Row]:
    """Return processor seconds of each command, of processes of its own.

    Collection needs pytest and the tests, the second make needs make and Snakemake;
    where one of them is not here there is no row.

    Parameters
    ----------
    collect : sequence of str
        Tests that are collected: folders and files, from the root.
    repeats : int
        Timings of which the median is kept.

    Raises
    ------
    RuntimeError
        If the copy of the tree does not count as built.
    subprocess.CalledProcessError
        If a command fails.
    """
    calls: dict[str, Callable[[], object]] = {
        name: partial(_run, [sys.executable, *command])
        for name, command in COMMANDS.items()
    }
    there = all((ROOT / path).exists() for path in collect)
    if collect and there and importlib.util.find_spec("pytest"):
        calls[COLLECTION] = partial(_run, [sys.executable, *COLLECT, *collect])
    with ExitStack() as stack:
        if shutil.which("make") and importlib.util.find_spec("snakemake"):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()), "book")
            copy_as_built(folder)
            calls[SECOND_MAKE] = partial(make_again, folder)
        timed = [
            Timed(Row("start-up", name, "alone", "seconds"), call, clock=_of_children)
            for name, call in calls.items()
        ]
        return in_turn(timed, repeats)


def copy_as_built(folder: Path, *, root: Path = ROOT) -> None:
    """Copy the tree, and tell Snakemake that every page of it is built.

    The outputs, whose names are Snakemake's own, are empty objects.

    Raises
    ------
    subprocess.CalledProcessError
        If Snakemake cannot say what there is to make.
    """
    shutil.copytree(root, folder, ignore=LEFT_OUT)
    snakemake = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", "all"]
    snakemake += ["--nolock", "--config", f"size={SIZE}", "compute=false"]
    listed = _run([*snakemake, "--summary"], folder).stdout.splitlines()[1:]
    for name in [*(line.split("\t")[0] for line in listed), str(INDEX)]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", encoding="utf-8")
    _run([*snakemake, "--touch"], folder)


def make_again(folder: Path) -> None:
    """Run `make book` in a tree that is built.

    Raises
    ------
    RuntimeError
        If it finds something to do.
    """
    command = ["make", "book", f"SIZE={SIZE}", f"VENV={sys.prefix}", "CORES=1"]
    said = _run(command, folder).stdout
    if not said.startswith(SAYS):
        raise RuntimeError(f"make book did not leave a built tree alone: {said}")


def _run(command: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess:
    """Run a command as from a shell: not as part of a make that runs this."""
    ours = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VENV", "SIZE", "PYTHON"}
    if folder != ROOT:
        ours |= {"PYTHONPATH"}  # the copy's own helpers
    return subprocess.run(
        command,
        check=True,
        cwd=folder,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name not in ours},
    )


def _of_children() -> float:
    import resource  # not on Windows

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
