"""Checks say in one line what is wrong with an argument."""

import numpy as np
import pytest

from helpers import checks
from helpers.significance.interaction.settings import Bases, Settings


def test_a_flag_is_true_or_false_and_nothing_like_it():
    assert checks.flag("crossed", True) is True
    assert checks.flag("crossed", np.bool_(False)) is False
    for value in (1, 0, None, "yes", 1.0):
        with pytest.raises(TypeError, match="crossed must be True or False; got"):
            checks.flag("crossed", value)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Settings, "crossed"), (Settings, "step_down"), (Bases, "triples")],
)
def test_settings_take_no_number_for_a_flag(kind, name):
    with pytest.raises(TypeError, match=rf"^{name} must be True or False; got 1\.$"):
        kind(**{name: 1})


def test_a_grid_of_nothing_is_refused_by_its_name():
    checks.not_empty(rates=np.array([0.0]), trials=range(1))
    with pytest.raises(ValueError, match=r"^trials must hold one value at least; got"):
        checks.not_empty(rates=[0.1], trials=[])
