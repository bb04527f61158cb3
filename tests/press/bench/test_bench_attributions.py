import pytest

from helpers.explain.attribution import METHODS
from helpers.press.bench.attributions import measure_attribution, report_attribution


def test_attributions_are_counted_for_every_method():
    table = measure_attribution(rows=4, repeats=1)
    assert table["method"].tolist() == ["Captum IG", *METHODS]
    assert (table["per_second"] * table["seconds"]).tolist() == pytest.approx([1] * 5)
    assert table["speed_up"][0] == 1 and (table["seconds"] > 0).all()
    assert "Attributions a second" in report_attribution(table)


def test_rejects_what_it_cannot_measure():
    with pytest.raises(ValueError, match="rows must be at least 2"):
        measure_attribution(rows=1)
