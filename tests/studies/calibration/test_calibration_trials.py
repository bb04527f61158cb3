"""The test on worlds made for it: how often it calls what is not there."""

import pytest

from helpers.studies.calibration.trials import trials

N_SETS = 40


@pytest.mark.slow
def test_null_pairs_are_not_called_more_often_than_the_level_says():
    table = trials(
        world="additive", n_rows=1_000, learner="networks", way="as it is",
        first_set=0, n_sets=N_SETS, seed=7, device="cpu",
    )  # fmt: skip
    assert (table["n_null"] == 45).all()
    # The worst that a test of level .05 would give in less than one run of a hundred,
    # were the pairs of a data set independent; stored runs give about half the level.
    assert 0.005 < table["called_05"].sum() / table["n_null"].sum() < 0.065
    assert table["any_holm"].sum() <= 6


@pytest.mark.slow
def test_a_strong_pair_is_called_and_its_neighbours_are_not():
    table = trials(
        world="strong product", n_rows=3_000, learner="networks", way="as it is",
        first_set=0, n_sets=10, seed=7, device="cpu",
    )  # fmt: skip
    assert (table["true_holm"] == 1).sum() >= 9
    assert table["any_holm"].sum() <= 3
