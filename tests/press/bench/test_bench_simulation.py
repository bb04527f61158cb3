import numpy as np
import pytest

from helpers.press.bench.simulation import (
    SIMULATORS,
    measure_simulation,
    report_simulation,
)


def test_every_simulator_is_measured():
    table = measure_simulation(32, repeats=1)
    assert table["method"].tolist() == list(SIMULATORS)
    positive = table["seconds"] > 0
    product = table["per_second"] * table["seconds"]
    np.testing.assert_allclose(product[positive], 32)
    assert "Processor seconds" in report_simulation(table)


def test_rejects_what_it_cannot_measure():
    with pytest.raises(ValueError, match="n must be at least 16; got 3"):
        measure_simulation(3)
