"""What commands set up before they run."""

import subprocess
import sys

import pytest

CODE = """
import signal, sys, time
from pathlib import Path
from helpers import console

def main():
    print("a – b")
    try:
        Path(sys.argv[1]).write_text("started")
        # A signal that comes just before a sleep waits for its end: sleep in naps.
        for _ in range(int(sys.argv[2]) * 20):
            time.sleep(0.05)
    finally:
        Path(sys.argv[1]).unlink()
    return 3

console.run(main)
"""


def start(tmp_path, seconds, **options):
    command = [sys.executable, "-c", CODE, tmp_path / "note", str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, **options)


def test_letters_the_terminal_lacks_become_question_marks(tmp_path):
    ascii_only = {"PYTHONIOENCODING": "ascii", "PATH": "", "PYTHONPATH": _path()}
    process = start(tmp_path, 0, env=ascii_only)
    assert process.communicate()[0] == b"a ? b\n"
    assert process.returncode == 3


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of POSIX")
def test_a_request_to_terminate_tidies_up(tmp_path):
    process = start(tmp_path, 60)
    while not (tmp_path / "note").exists():
        pass
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert not (tmp_path / "note").exists()


def test_a_reader_who_has_seen_enough_is_no_error():
    code = (
        "from helpers import console; "
        "console.run(lambda: [print('line') for _ in range(100_000)] and None)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": _path(), "PATH": ""},
    )
    process.stdout.readline()
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 0


def _path() -> str:
    import helpers

    return str(helpers.__path__[0]).removesuffix("helpers")
