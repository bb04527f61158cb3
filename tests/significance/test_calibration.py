"""Rejection rates and their exact intervals."""

import numpy as np
import pytest

from helpers.significance.calibration import exact_interval, rejection_rates


def test_rejections_are_counted():
    rows = rejection_rates(np.arange(100) / 100 + 0.005, alpha=(0.05, 0.5))
    assert rows["rejected"].tolist() == [0.05, 0.5]
    assert rows["rejected_low"][1] == pytest.approx(0.398, abs=1e-3)
    assert rows["rejected_high"][1] == pytest.approx(0.602, abs=1e-3)


def test_none_of_n_reaches_up_to_one_minus_a_root():
    # No success among n: the upper end solves (1 - p)^n = 0.025.
    low, high = exact_interval(0, 20)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))


def test_values_that_are_no_p_values_are_refused():
    assert rejection_rates([0.0, 1.0])["rejected"].tolist() == [0.5] * 3
    for wrong in ([0.5, 1.5], [-0.1, 0.5], []):
        with pytest.raises(ValueError, match="p_values must be one or more"):
            rejection_rates(wrong)
