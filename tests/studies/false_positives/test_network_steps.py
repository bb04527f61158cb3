"""The parts in which networks are trained: a part equals a share of a whole."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.false_positives import training

SMALL = {
    "padding": "valid", "controls": ["negative"], "architecture": "arch1",
    "n_train": 200, "n_validation": 40, "n_test": 300, "n_controls": 30,
    "n_test_error": 100, "recipe": "published", "batch_size": 50, "max_epochs": 1,
    "patience": 1, "device": "cpu",
}  # fmt: skip


def trained(**changes):
    settings = SMALL | {"l1_strengths": [0.0], "numbers": [0], "seed": 0} | changes
    return training.train_and_describe(**settings)[0]


def test_numbers_run_through_the_penalties():
    parts = training.parts_of(["arch1", "arch2"], [0.0, 1e-3], 5, at_once=1)
    assert [p["architecture"] for p in parts] == ["arch1", "arch1", "arch2", "arch2"]
    assert [p["l1_strengths"] for p in parts] == [[0.0], [1e-3]] * 2
    assert parts[1]["numbers"] == parts[3]["numbers"] == [5, 6, 7, 8, 9]
    (whole,) = training.parts_of(["arch1"], [0.0, 1e-3], 5, at_once=2)
    assert whole["numbers"] == list(range(10))


def test_paper_size_is_stored_in_fifteens_but_for_what_was_stored_before():
    steps = training.network_steps(
        ["valid", "same"], ["arch1"], [0.0, 1e-4, 1e-3], 5, in_parts=True
    )
    assert {s["name"]: len(s["parts"]) for s in steps} == {
        "networks-valid-negative": 1,
        "networks-valid-positive": 3,
        "networks-same-negative": 1,
        "networks-same-positive": 1,
    }
    (quick,) = training.network_steps(["valid"], ["arch1"], [0.0], 1, in_parts=False)
    assert quick["settings"]["controls"] == ["negative", "positive"]
    assert quick["name"] == "networks-valid-negative-positive"


def test_a_network_is_the_same_in_any_part():
    both = trained(l1_strengths=[0.0, 1e-2], numbers=[0, 1])
    second = trained(l1_strengths=[1e-2], numbers=[1])
    rows = both[both["network"] == 1].reset_index(drop=True)
    alone = second[second["network"] == 1].reset_index(drop=True)
    assert set(alone["l1"]) == {1e-2}
    key = ["kind", "quantity", "at"]
    pd.testing.assert_frame_equal(rows[key], alone[key])
    # Both stacks round in their own way, and ranks of tiny effects notice.
    np.testing.assert_allclose(rows["value"], alone["value"], rtol=0.02, atol=1e-5)


def test_a_part_names_its_networks_and_the_mean_of_its_own():
    table = trained(numbers=[5, 6])
    names = table.drop_duplicates("network").set_index("network")
    assert names["repeat"].to_dict() == {5: 0, 6: 1, -1: -1}
    assert names["epochs"].to_dict() == {5: 1, 6: 1, -1: -1}
    assert (table["architecture"] == "arch1").all()


def test_another_seed_gives_other_numbers():
    values = [trained(seed=seed)["value"].head(10).to_numpy() for seed in (0, 1)]
    assert (values[0] != values[1]).any()


def test_numbers_must_share_out_over_penalties():
    with pytest.raises(
        ValueError, match="numbers must hold as many networks for each o"
    ):
        trained(l1_strengths=[0.0, 1e-3], numbers=[0, 1, 2])


def test_recipes_are_known_by_name():
    with pytest.raises(ValueError, match="recipe must be one of published, fast; got"):
        training.recipe_arguments("slow")
