import pytest

from helpers.press.bench.simulation import SIMULATORS, measure_simulation


def test_every_simulator_is_measured():
    rows = measure_simulation(32, repeats=1)
    assert [row.subject for row in rows] == list(SIMULATORS)
    assert all(row.rows == 32 and row.median >= 0 for row in rows)


def test_rejects_what_it_cannot_measure():
    with pytest.raises(ValueError, match="n must be at least 16; got 3"):
        measure_simulation(3)
