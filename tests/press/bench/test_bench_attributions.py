import pytest

from helpers.explain.attribution import METHODS
from helpers.press.bench.attributions import measure_attribution


def test_every_method_is_measured_beside_captum():
    rows = measure_attribution(rows=4, repeats=1)
    assert [row.subject for row in rows] == ["Captum IG", *METHODS]
    assert all(row.median > 0 and row.rows == 4 for row in rows)
    assert {row.quantity for row in rows} == {"seconds per sequence"}


def test_rejects_what_it_cannot_measure():
    with pytest.raises(ValueError, match="rows must be at least 2"):
        measure_attribution(rows=1)
