"""Processor time of a notebook's processes, its workers' too."""

import subprocess
import sys
import time

from helpers.press.render.meter import CoreSeconds

BUSY = """
import subprocess, sys, time
if len(sys.argv) > 1:
    subprocess.run([sys.executable, sys.argv[1]], check=True)
else:
    while time.process_time() < 1.5:
        pass
    time.sleep(1)
"""


def test_work_is_counted_and_so_is_that_of_a_worker(tmp_path):
    program = tmp_path / "busy.py"
    program.write_text(BUSY)
    for arguments in ([], [program]):
        with CoreSeconds() as meter:
            subprocess.run([sys.executable, program, *arguments], check=True)
        assert 1.4 < meter.total < 3


def test_waiting_and_what_ran_before_are_not_counted():
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        with CoreSeconds() as meter:
            time.sleep(1.5)
        assert meter.total == 0
    finally:
        other.kill()
        other.wait()
