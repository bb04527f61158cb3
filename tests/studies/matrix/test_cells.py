"""Cells: what an answer is worth, counted by hand."""

import numpy as np
import pytest

from helpers.press.results.tables import to_csv
from helpers.studies.matrix import cells as matrix
from helpers.studies.matrix.kinds import Answer, Data
from helpers.studies.matrix.plan import groups_of, steps
from helpers.studies.matrix.truths import draw, truths


def four(true_pairs=((0, 1), (2, 3))):
    return Data(np.arange(5.0), 4, true_pairs)  # pairs 01 02 03 12 13 23


def test_rankings_by_hand():
    found = matrix.judged(Answer(np.array([6.0, 5, 0, 0, 0, 4])), four(), tests=False)
    assert found["ap"] == pytest.approx((1 / 1 + 2 / 3) / 2, abs=1e-4)
    assert found["auc"] == pytest.approx(7 / 8)
    assert found["first"] == 1 and np.isnan(found["called"])


def test_ties_for_the_first_place_are_shared():
    found = matrix.judged(Answer(np.zeros(6)), four(), tests=False)
    assert found["first"] == pytest.approx(2 / 6, abs=1e-4) and found["auc"] == 0.5


def test_calls_by_hand():
    p = np.array([0.001, 0.04, 0.5, 0.002, np.nan, 0.2])
    found = matrix.judged(Answer(-np.nan_to_num(p), p), four(), tests=True)
    assert (found["n_null"], found["n_true"], found["unclear"]) == (3, 2, 1)
    assert found["called"] == 2  # 02 and 12 are null
    assert found["any_called"] == 1  # .002 times 4 is .008
    assert (found["found"], found["found_corrected"]) == (1, 1)


def test_own_corrections_are_taken():
    p = np.full(6, 0.04)
    answer = Answer(-p, p, np.full(6, 0.2))
    found = matrix.judged(answer, four(), tests=True)
    assert found["called"] == 4 and found["any_called"] == 0
    assert found["found"] == 2 and found["found_corrected"] == 0


def test_nothing_is_ranked_where_nothing_interacts():
    found = matrix.judged(Answer(np.arange(6.0), np.ones(6)), four(()), tests=True)
    assert np.isnan(found["ap"]) and found["n_null"] == 6 and found["found"] == 0


def test_a_method_that_refuses_leaves_its_line():
    table = matrix.cells(
        methods={"FAST": {}, "ANOVA, per pair": {"reading": "per pair"}},
        worlds={"strong product": {"n_rows": 12, "world": "strong product"}},
        first_set=0,
        n_sets=1,
        seed=0,
    ).set_index("method")
    assert "at least 16 rows" in table.loc["FAST", "said"]
    assert np.isnan(table.loc["FAST", "ap"])
    assert table.loc["ANOVA, per pair", "agreement"] == 1
    assert list(matrix.COLUMNS) == ["method", *table.columns]
    text, kinds = to_csv("cells", table.reset_index())  # as it is stored
    assert kinds["said"] == "text" and "at least 16 rows" in text


def test_every_group_can_be_asked_as_it_is_planned():
    for worlds in groups_of(truths()).values():
        name, settings = next(iter(worlds.items()))
        data = draw(name, 0, **settings)
        assert len(data.y) == settings["n_rows"]


def test_parts_and_whole_are_the_same():
    asked = {
        "methods": {"product regression": {"name": "product regression"}},
        "worlds": {"exclusive or": {"n_rows": 200, "share": 0.2}},
        "seed": 0,
    }
    whole = matrix.cells(first_set=0, n_sets=2, **asked)
    second = matrix.cells(first_set=1, n_sets=1, **asked)
    kept = ["ap", "auc", "called", "found"]
    assert whole.loc[1, kept].tolist() == second.loc[0, kept].tolist()


def test_the_plan_holds_every_method_and_truth_once():
    planned = steps("paper")
    every = {
        name for step in planned.values() for p in step["parts"] for name in p["worlds"]
    }
    assert every == set(truths())
    for step in planned.values():
        seen = [
            (name, k)
            for part in step["parts"]
            for name in part["worlds"]
            for k in range(part["first_set"], part["first_set"] + part["n_sets"])
        ]
        assert len(set(seen)) == len(seen)
    assert set(groups_of(truths())) >= {"nothing", "one pair", "genotypes", "sequences"}


@pytest.mark.parametrize("size", ["smoke", "quick"])
def test_small_sizes_are_corners(size):
    assert set(steps(size)) < set(steps("paper"))
    with pytest.raises(ValueError, match="size must be one of"):
        steps("large")
