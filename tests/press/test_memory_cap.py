"""A chapter runs in four gigabytes of memory, and is stopped beyond."""

import json
import os
import subprocess
import sys

import pytest

from helpers.press.results import ROOT

resource = pytest.importorskip("resource", reason="limits need Linux or macOS")
CAP = 4 * 10**9  # bytes of memory that a process may write to: more than it holds


def capped(command, **options):
    """Run a command with at most so much memory that it may write to."""

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (CAP, CAP))

    return subprocess.run(
        [sys.executable, *command],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        **options,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the limit holds on Linux")
def test_the_cap_stops_what_holds_more():
    done = capped(["-c", f"bytearray({2 * CAP})"])
    assert done.returncode != 0 and "MemoryError" in done.stderr
    assert capped(["-c", "bytearray(10**8)"]).returncode == 0


@pytest.mark.slow
@pytest.mark.book
@pytest.mark.skipif(sys.platform != "linux", reason="the limit holds on Linux")
def test_a_chapter_runs_under_the_cap(tmp_path):
    output = tmp_path / "run.ipynb"
    command = ["-m", "helpers.render", "2-mix", "--size", "smoke", "--threads", "1"]
    # Another seed, so that nothing stored is found.
    command += ["-p", "seed=12345", "--output", str(output)]
    done = capped(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    assert json.loads(output.read_text())["cells"]
