"""What takes minutes is made while other tests run: the book's pages, and the lint.

Tests that wait for either come last. Tests run in several processes (pytest-xdist): the
first that is ready starts what is made, and each waits for the same.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Fixtures that wait for a command of make, with its words. The book is the one of
#: smoke size; what is up to date is not built again.
BESIDE = {"linted": ["lint"], "site": ["book", "SIZE=smoke"]}
#: Names the folder of what is made beside, to all processes of one run of the tests.
FOLDER = "TESTS_BESIDE"
#: Starts a command in the background, with the group of processes that it is, what it
#: prints, and its exit code once it ends.
RECORDED = """
    echo $$ >"$0/group"
    ("$@" >"$0/printed" 2>&1; echo $? >"$0/ending"; mv "$0/ending" "$0/code") &
"""


class Beside:
    """A command of make, as a contributor would call it, in a process beside."""

    def __init__(self, name: str):
        self.folder = Path(os.environ[FOLDER], name)

    def start(self, cores: int) -> None:
        """Start it, unless another process of this run of the tests was first."""
        try:
            self.folder.mkdir()
        except FileExistsError:
            return
        command = ["make", *BESIDE[self.folder.name], f"VENV={sys.prefix}"]
        subprocess.run(
            ["sh", "-c", RECORDED, self.folder, *command, f"CORES={cores}"],
            cwd=ROOT,
            env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")},
            start_new_session=True,
            check=True,
        )

    def end(self) -> tuple[int, str]:
        """Wait for its end; return its exit code and what it printed."""
        assert self.folder.exists(), "it was not started: is there make?"
        while not (self.folder / "code").exists():
            time.sleep(0.2)
        printed = (self.folder / "printed").read_text(errors="replace")
        return int((self.folder / "code").read_text()), printed

    def stop(self) -> None:
        """End it where the tests have ended before it did."""
        if not (self.folder / "code").exists():
            os.killpg(int((self.folder / "group").read_text()), signal.SIGTERM)


def is_worker(config) -> bool:
    """Return whether this process runs tests for another, which has started it."""
    return hasattr(config, "workerinput")


def pytest_configure(config):
    """Name a folder, and share the cores, before other processes start and inherit."""
    if not is_worker(config):
        os.environ[FOLDER] = tempfile.mkdtemp()
        if workers := len(config.getoption("tx", None) or []):
            threads = max(1, (os.cpu_count() or 1) // workers)
            os.environ.setdefault("OMP_NUM_THREADS", str(threads))


def pytest_unconfigure(config):
    if not is_worker(config):
        for name in os.listdir(os.environ[FOLDER]):
            Beside(name).stop()
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def waits_for(item) -> list[str]:
    """Return what of `BESIDE` a test asks for, itself or through a fixture."""
    return [name for name in BESIDE if name in getattr(item, "fixturenames", ())]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: bool(waits_for(item)))


def pytest_collection_finish(session):
    """Start what the chosen tests wait for; leave the others one of the cores."""
    waiting = [waits_for(item) for item in session.items]
    if session.config.option.collectonly or shutil.which("make") is None:
        return
    cores = max(1, (os.cpu_count() or 1) - (not all(waiting)))
    for name in {name for names in waiting for name in names}:
        Beside(name).start(cores)


@pytest.fixture(scope="session")
def site() -> Path:
    """Return the folder of the book's pages."""
    code, printed = Beside("site").end()
    assert code == 0, f"the book does not build:\n{printed}"
    return ROOT / "_build" / "smoke" / "html"


@pytest.fixture(scope="session")
def linted() -> tuple[int, str]:
    """Return the exit code of `make lint`, and what it printed."""
    return Beside("linted").end()
