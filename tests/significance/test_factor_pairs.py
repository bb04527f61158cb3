"""Pairs of factors: what is multiplied is found, a sum has none."""

import numpy as np
import pytest

from helpers.significance.factor_pairs import (
    ReadOut,
    composition_columns,
    factor_pairs_test,
    factor_scores,
    name_factors,
    step_down,
    sum_of,
)

FACTORS = ["a", "b", "c", None]
QUICK = {"n_redraws": 19, "read_out": ReadOut(n_factors=3, epochs=15, rate=0.03)}


def data(strength, *, n=2000, seed=0):
    """Return four averages, and labels of a sum plus a product of the first two."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    logit = x @ [1.0, -0.5, 0.5, 0.0] + strength * x[:, 0] * x[:, 1]
    return 3 + 0.01 * x, (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)


def test_a_product_is_found_and_named():
    found = factor_pairs_test(*data(1.5), FACTORS, **QUICK)
    first = found.table.iloc[0]
    assert (first["first"], first["second"]) == ("a", "b")
    assert found.p == first["p"] == 1 / 20  # the smallest there is
    assert first["score"] > 2 * found.table["score"].iloc[1]
    assert len(found.table) == 3 and found.null.shape == (19, 3)


def test_sums_have_p_values_all_over():
    p = [
        factor_pairs_test(*data(0.0, n=400, seed=s), FACTORS, seed=s, **QUICK).p
        for s in range(8)
    ]
    assert min(p) < 0.6 and max(p) > 0.4 and len(set(p)) > 4


def test_a_seed_fixes_the_answer_and_another_changes_it():
    one, same, other = (
        factor_pairs_test(*data(0.5, n=400), FACTORS, seed=s, **QUICK)
        for s in (1, 1, 2)
    )
    assert one.table.equals(same.table)
    assert not np.array_equal(one.null, other.null)


def test_scale_and_offset_of_averages_do_not_matter():
    x, y = data(0.5, n=400)
    one = factor_pairs_test(x, y, FACTORS, **QUICK)
    other = factor_pairs_test(50 - 7 * x, y, FACTORS, **QUICK)
    # Turned signs turn a product's sign with both factors; the sum's weights follow.
    assert set(one.table["first"]) == set(other.table["first"])
    scaled = factor_pairs_test(2 * x + 1, y, FACTORS, **QUICK)
    np.testing.assert_allclose(one.table["score"], scaled.table["score"], rtol=1e-3)


def test_columns_of_composition_let_a_sum_bend_with_it():
    bases = np.random.default_rng(3).integers(0, 4, (2000, 40)).astype(np.uint8)
    share = np.isin(bases, (1, 2)).mean(axis=1)
    columns = composition_columns(bases)
    np.testing.assert_allclose(columns.T @ columns / 2000, np.eye(4), atol=1e-9)
    z = (share - share.mean()) / share.std()
    fit = columns @ (columns.T @ z**2) / 2000 + 1
    assert np.corrcoef(fit, z**2)[0, 1] > 0.99  # a bend is nearly among them
    others = np.where(bases == 3, 0, bases)  # T for A: neither is counted
    np.testing.assert_array_equal(columns, composition_columns(others))


def test_composition_must_be_of_bases():
    for wrong in (np.zeros((2, 0), int), np.zeros(3, int), np.zeros((2, 3))):
        with pytest.raises(ValueError, match="bases must be integers of shape"):
            composition_columns(wrong)


def test_step_down_by_hand():
    null = np.array([[0.0, 2.0], [5.0, 0.0], [0.0, 0.0]])
    # Largest of each redraw 2, 5, 0; of the second pair alone 2, 0, 0.
    assert step_down([4.0, 1.0], null).tolist() == [2 / 4, 2 / 4]
    assert step_down([6.0, 3.0], null).tolist() == [1 / 4, 1 / 4]
    assert step_down([6.0, 1.0], null).tolist() == [1 / 4, 2 / 4]
    assert step_down([], np.zeros((3, 0))).size == 0
    with pytest.raises(ValueError, match="observed must be sorted"):
        step_down([1.0, 2.0], null)


def test_filters_of_one_factor_are_joined():
    weights = np.zeros((1, 4, 4))
    weights[0, 0, 1] = weights[0, 1, 0] = 9.0  # both answer a: no pair
    weights[0, 0, 2] = weights[0, 2, 0] = 1.0
    weights[0, 1, 2] = weights[0, 2, 1] = -3.0
    weights[0, 2, 3] = weights[0, 3, 2] = 7.0  # has no name
    pairs, scores = factor_scores(weights, ["a", "a", "b", None])
    assert pairs == [("a", "b")] and scores.tolist() == [[3.0]]
    pairs, scores = factor_scores(weights, [None] * 4)
    assert pairs == [] and scores.shape == (1, 0)


def test_without_a_named_pair_nothing_is_called():
    found = factor_pairs_test(*data(1.5, n=400), [None] * 4, **QUICK)
    assert not len(found.table) and found.p == 1.0


def test_a_filter_is_named_after_what_it_answers_most():
    answers = [[0.5, 0.6], [0.2, 0.1], [0.9, -0.9]]
    assert name_factors(answers, ["p", "q"], 0.45) == ["q", None, "p"]
    with pytest.raises(ValueError, match="a column for each of 3 names"):
        name_factors(answers, ["p", "q", "r"], 0.45)


def test_the_sum_gives_probabilities_that_add_up():
    x, y = data(0.0)
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    assert sum_of(standard, y).sum() == pytest.approx(y.sum(), rel=1e-3)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"averages": np.zeros((5, 4))}, "a row for each label; got shapes"),
        ({"y": np.full(400, 2)}, "y must hold 0 and 1 alone"),
        ({"y": np.zeros(400)}, "at least 50 of either label; got 0"),
        ({"factors": ["a"]}, "must name each of the 4 filters"),
        ({"n_redraws": 5}, "n_redraws must be at least 19"),
    ],
)
def test_bad_input(changed, message):
    x, y = data(0.0, n=400)
    given = {"averages": x, "y": y, "factors": FACTORS, **QUICK} | changed
    with pytest.raises(ValueError, match=message):
        factor_pairs_test(**given)
