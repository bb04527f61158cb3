"""What takes minutes is made while other tests run: the book's pages, and the lint.

Tests that wait for either come last.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Fixtures that wait for a command of make, with its words. The book is the one of
#: smoke size; what is up to date is not built again.
BESIDE = {"linted": ["lint"], "site": ["book", "SIZE=smoke"]}


class Beside:
    """A command of make, as a contributor would call it, in a process beside."""

    def __init__(self, words: list[str], cores: int):
        self.folder = tempfile.TemporaryDirectory()
        self.printed = Path(self.folder.name, "printed")
        with self.printed.open("w") as printed:
            self.process = subprocess.Popen(
                ["make", *words, f"VENV={sys.prefix}", f"CORES={cores}"],
                cwd=ROOT,
                env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")},
                stdout=printed,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def end(self) -> tuple[int, str]:
        """Wait for its end; return its exit code and what it printed."""
        code = self.process.wait()
        return code, self.printed.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """End it where the tests have ended before it did."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
        self.folder.cleanup()


STARTED = pytest.StashKey[dict[str, Beside]]()


def waits_for(item) -> list[str]:
    """Return what of `BESIDE` a test asks for, itself or through a fixture."""
    return [name for name in BESIDE if name in getattr(item, "fixturenames", ())]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: bool(waits_for(item)))


def pytest_collection_finish(session):
    """Start what the chosen tests wait for; leave the others one of the cores."""
    started = session.config.stash[STARTED] = {}
    waiting = [waits_for(item) for item in session.items]
    if session.config.option.collectonly or shutil.which("make") is None:
        return
    cores = max(1, (os.cpu_count() or 1) - (not all(waiting)))
    for name in {name for names in waiting for name in names}:
        started[name] = Beside(BESIDE[name], cores)


def pytest_unconfigure(config):
    for command in config.stash.get(STARTED, {}).values():
        command.stop()


@pytest.fixture(scope="session")
def site(pytestconfig) -> Path:
    """Return the folder of the book's pages."""
    code, printed = pytestconfig.stash[STARTED]["site"].end()
    assert code == 0, f"the book does not build:\n{printed}"
    return ROOT / "_build" / "smoke" / "html"


@pytest.fixture(scope="session")
def linted(pytestconfig) -> tuple[int, str]:
    """Return the exit code of `make lint`, and what it printed."""
    return pytestconfig.stash[STARTED]["linted"].end()
