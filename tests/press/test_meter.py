"""Processor time of a notebook's processes, its workers' too."""

import subprocess
import sys

BUSY = """
import subprocess, sys, time
if len(sys.argv) > 1:
    subprocess.run([sys.executable, sys.argv[1]], check=True)
else:
    while time.process_time() < 1.5:
        pass
    time.sleep(1)
"""

MEASURE = """
import subprocess, sys, time
from helpers.press.render.meter import CoreSeconds

other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
with CoreSeconds() as meter:
    if sys.argv[1:]:
        subprocess.run([sys.executable, *sys.argv[1:]], check=True)
    else:
        time.sleep(1.5)
other.kill()
print(meter.total)
"""


def measured(*arguments):
    """Return what is counted in a process of its own, where nobody starts others."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *arguments],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(done.stdout)


def test_work_is_counted_and_so_is_that_of_a_worker(tmp_path):
    program = tmp_path / "busy.py"
    program.write_text(BUSY)
    assert 1.4 < measured(program) < 3
    assert 1.4 < measured(program, program) < 3


def test_waiting_and_what_ran_before_are_not_counted():
    assert measured() == 0
