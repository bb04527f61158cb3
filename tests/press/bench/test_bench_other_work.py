"""Work of other processes is told from that of the run."""

import subprocess
import sys
import time

import pytest

from helpers.press.bench import other_work

SPIN = "import time\nend = time.monotonic() + 2\nwhile time.monotonic() < end: pass"


def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.mark.slow  # a busy machine takes a while to see
def test_own_work_is_not_counted_and_anothers_is():
    alone = other_work.OtherWork()
    spin(1.5)
    before = alone.processors()
    beside = other_work.OtherWork()
    with subprocess.Popen([sys.executable, "-c", SPIN]):
        time.sleep(1.5)
        during = beside.processors()
    assert during > before + 0.3


def test_clocks_of_a_machine_leave_out_idling_and_double_counts(monkeypatch):
    class Times:
        def __init__(self, **spent):
            self._asdict = lambda: spent

    readings = iter(
        [
            Times(user=10.0, system=5.0, idle=100.0, iowait=1.0, guest=3.0, steal=0.0),
            Times(user=16.0, system=6.0, idle=150.0, iowait=9.0, guest=9.0, steal=1.0),
        ]
    )
    monkeypatch.setattr(other_work.psutil, "cpu_times", lambda: next(readings))
    monkeypatch.setattr(other_work.time, "perf_counter", iter([0.0, 4.0]).__next__)
    assert other_work.OtherWork().processors() == pytest.approx(2.0, abs=0.05)
