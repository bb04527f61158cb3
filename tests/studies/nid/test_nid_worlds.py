import numpy as np
import pytest

from helpers.studies.nid import worlds


def test_ten_functions_and_their_pairs():
    table = worlds.function_table()
    assert list(table["Function"]) == [f"F{i}" for i in range(1, 11)]
    assert table["Pairs"].tolist() == [11, 11, 9, 10, 8, 8, 14, 12, 15, 6]
    assert table["Interactions"][2] == "{1,2} {2,3} {3,4} {4,5,7,8}"
    assert sum(worlds.n_true_sets().values()) == 41
    assert worlds.true_pairs()["F10"][0] == (0, 1)
    assert len(worlds.PAIR_NAMES) == 45 and worlds.PAIR_NAMES[-1] == "9-10"


def test_the_training_third_is_standardised_and_first():
    X, y = worlds.trial_data("F5", 0, 300, seed=0)
    train, validation, test = worlds.thirds(300)
    assert [mask.sum() for mask in (train, validation, test)] == [100, 100, 100]
    np.testing.assert_allclose(X[train].mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(y[train].std(), 1, atol=1e-6)
    assert abs(y[test].mean()) > 1e-3  # standardised by other rows
    third = worlds.training_third("F5", 0, 300, seed=0)
    np.testing.assert_array_equal(third[0], X[train])


def test_thirds_of_what_three_does_not_divide():
    sizes = [int(mask.sum()) for mask in worlds.thirds(10)]
    assert sizes == [4, 4, 2]
    assert np.sum(worlds.thirds(10)) == 10
    assert [m.tolist() for m in worlds.thirds(3)][2] == [False, False, True]


def test_function_trial_and_seed_each_give_other_data():
    first = [
        worlds.trial_data(*key)[1][0]
        for key in (
            ("F1", 0, 60, 0),
            ("F2", 0, 60, 0),
            ("F1", 1, 60, 0),
            ("F1", 0, 60, 1),
        )
    ]
    assert len(set(first)) == 4


def test_noise_has_the_size_that_was_asked_for():
    clean_X, clean_y = worlds.trial_data("F3", 0, 3_000, seed=0)
    X, y = worlds.noisy_data("F3", 0, 3_000, 0.5, seed=0)
    assert np.std(X - clean_X) == pytest.approx(0.5, rel=0.02)
    assert np.std(y - clean_y) == pytest.approx(0.5, rel=0.05)
    same = worlds.noisy_data("F3", 0, 3_000, 0.0, seed=0)
    np.testing.assert_array_equal(same[0], clean_X)


def test_the_order_of_real_rows_is_a_permutation_of_its_own():
    order = worlds.real_order(5, 8, trial=0, seed=0)
    assert len(set(order)) == 5 and max(order) < 8
    assert len(worlds.real_order(100, 8, trial=0, seed=0)) == 8
    assert (
        worlds.real_order(8, 8, 1, 0).tolist() != worlds.real_order(8, 8, 0, 0).tolist()
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: worlds.trial_parts("F11", 0, 30, 0), "function must be one of F1"),
        (lambda: worlds.trial_parts("F1", -1, 30, 0), "trial must be at least 0"),
        (lambda: worlds.thirds(2), "n_samples must be at least 3; got 2"),
        (lambda: worlds.noisy_data("F1", 0, 30, -1, 0), "noise must be at least 0"),
        (lambda: worlds.real_rows("iris", [0], 9, 0), "name must be one of calif"),
        (lambda: worlds.real_order(0, 8, 0, 0), "n_rows must be at least 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_mixed_differences_show_the_listed_pairs():
    assert worlds.shown_pairs(seed=3) == worlds.true_pairs()
    assert sum(map(len, worlds.shown_pairs(1).values())) > 0
    with pytest.raises(ValueError, match="seed must be at least 0; got -1"):
        worlds.shown_pairs(seed=-1)
