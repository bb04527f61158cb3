"""Trials of sets of three: which are true, counts, parts, the table of the page."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from helpers.press.results import Store
from helpers.studies import calibration
from helpers.studies.calibration.threes import ASKED, THREE_WORLDS, true_threes
from helpers.studies.calibration.worlds import draw


def test_trials_of_threes_are_a_stored_step_with_rates(tmp_path):
    store = Store("calibration", size="smoke", root=tmp_path)
    table = store.stored_or_run(
        "threes", calibration.threes_trials, {"seed": 0},
        parts=calibration.threes_parts("smoke"),
    )  # fmt: skip
    assert table["data_set"].tolist() == [0, 1]
    assert (table["n_null"] + table["n_true"] == len(ASKED)).all()
    shown = calibration.threes_shown(
        calibration.rates(table, calibration.threes_cells("smoke"))
    )
    assert shown["the three called"].iloc[0] in {"0%", "50%", "100%"}
    assert shown["what"].iloc[0].startswith("x1 x2 x3")


def test_only_products_of_three_are_true_threes():
    true = {name: true_threes(world) for name, world in THREE_WORLDS.items()}
    none = [name for name, sets in true.items() if not sets]
    assert none == ["additive", "three pairs", "three pairs, binary"]
    assert true["three-way"] == true["three-way, independent"] == ((0, 1, 2),)
    pairs = {members for _, members, _ in THREE_WORLDS["three pairs"].terms}
    assert pairs == set(combinations(range(3), 2))


def test_the_three_pairs_take_what_the_world_says():
    data = draw(THREE_WORLDS["three pairs"], 4000, seed=1)
    X = data.X
    products = [X[:, i] * X[:, j] for i, j in combinations(range(3), 2)]
    waves = [X**power for power in range(10)]  # near enough
    design = np.hstack([np.stack(products, axis=1), *waves])
    slopes = np.linalg.lstsq(design, data.mean, rcond=None)[0][:3]
    shares = slopes**2 * design[:, :3].var(0)  # the outcome has variance 1
    assert shares == pytest.approx([0.08] * 3, abs=0.01)


def test_parts_cover_what_is_planned_once():
    parts = pd.DataFrame(calibration.threes_parts("paper"))
    planned = {(c.world, c.n_rows): c.n_sets for c in calibration.threes_cells("paper")}
    assert parts.groupby(["world", "n_rows"])["n_sets"].sum().to_dict() == planned
    assert not parts.duplicated(["world", "n_rows", "first_set"]).any()
    assert (parts["first_set"].iloc[:10] == 0).all()


def test_an_unknown_world_is_refused():
    with pytest.raises(ValueError, match="world must be one of additive, three pairs"):
        calibration.threes_trials(world="F1", n_rows=500, first_set=0, n_sets=1, seed=0)
