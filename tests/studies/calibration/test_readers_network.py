"""Trials with one network of scikit-learn stand beside those of other learners."""

import pandas as pd
import pytest

from helpers.press.results import Store
from helpers.studies import calibration


def test_trials_of_one_network_are_a_stored_step_beside_the_others(tmp_path):
    store = Store("calibration", size="smoke", root=tmp_path)
    table = store.stored_or_run(
        "one-network", calibration.network_trials, {"seed": 0},
        parts=calibration.network_parts("smoke"),
    )  # fmt: skip
    assert table["data_set"].tolist() == [0, 1]
    assert (table["learner"] == "one network").all()
    other = table.assign(learner="products")
    planned = [
        *calibration.network_cells("smoke"),
        calibration.Cell("strong product", 500, "products", 2),
    ]
    rates = calibration.rates(calibration.joined(table, None, other), planned)
    assert rates["learner"].tolist() == ["one network", "products"]
    assert rates["sets"].tolist() == [2, 2]
    assert calibration.joined(None, None) is None
    own = calibration.shown(rates)["world"]
    assert own.tolist()[0] == "strong product (one network)"


def test_the_data_sets_are_those_of_the_other_learners():
    asked = {"world": "additive", "n_rows": 500, "first_set": 3, "n_sets": 1, "seed": 1}
    assert calibration.joined(None, None) is None
    own = calibration.network_trials(**asked).iloc[0]
    other = calibration.trials(**asked, learner="products").iloc[0]
    same = ["world", "n_rows", "data_set", "n_pairs", "n_true"]
    assert own[same].tolist() == other[same].tolist()
    assert own["z_mean"] != other["z_mean"]


def test_parts_cover_what_is_planned_once():
    parts = pd.DataFrame(calibration.network_parts("paper"))
    planned = {cell.world: cell.n_sets for cell in calibration.network_cells("paper")}
    assert parts.groupby("world")["n_sets"].sum().to_dict() == planned
    assert set(planned.values()) == {100} and len(planned) == 4
    assert not parts.duplicated(["world", "first_set"]).any()
    assert (parts["first_set"].iloc[:4] == 0).all()


def test_what_is_unknown_is_refused():
    with pytest.raises(ValueError, match="world must be one of"):
        calibration.network_trials(
            world="flat", n_rows=500, first_set=0, n_sets=1, seed=0
        )
    with pytest.raises(ValueError, match="size must be one of smoke, quick, paper"):
        calibration.network_parts("large")
