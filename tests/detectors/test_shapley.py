"""Interaction indices on games whose answer one can do in one's head."""

from itertools import permutations
from math import factorial

import numpy as np
import pytest
import torch

from helpers.detectors.interactions import all_pairs
from helpers.detectors.shapley import (
    INDICES,
    coalition_values,
    coalition_weights,
    coalitions,
    shapley_pairs,
)
from helpers.networks.genes import GeneNetwork

X = np.random.default_rng(0).normal(size=(40, 5))
every_index = pytest.mark.parametrize("index", INDICES)


def rough(x):
    """A game with interactions of all orders."""
    return np.sin(x @ [1, 2, 3, -1, 0.5]) + x[:, 0] * x[:, 1] * x[:, 2]


@every_index
def test_additive_models_have_no_interaction(index):
    found = shapley_pairs(lambda x: x[:, 0] + np.exp(x[:, 1]) - x[:, 4], X, index=index)
    assert np.abs(found.scores).max() < 1e-12


@every_index
def test_a_sum_of_products_gives_each_product_to_its_pair(index):
    found = shapley_pairs(
        lambda x: x.sum(1) + 3 * x[:, 0] * x[:, 1] - x[:, 2] * x[:, 4],
        X,
        index=index,
        baseline=np.zeros(5),
    ).matrix()
    assert found[0, 1] == pytest.approx(3 * np.abs(X[:, 0] * X[:, 1]).mean())
    assert found[2, 4] == pytest.approx(np.abs(X[:, 2] * X[:, 4]).mean())
    assert found[0, 2] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("index", "share"), [("taylor", 1 / 3), ("banzhaf", 1 / 2), ("shapley", 1 / 2)]
)
def test_a_product_of_three_is_shared_among_its_pairs(index, share):
    found = shapley_pairs(
        lambda x: x.prod(1), X[:, :3], index=index, baseline=np.zeros(3)
    )
    whole = np.abs(X[:, :3].prod(1)).mean()
    np.testing.assert_allclose(found.scores, share * whole)


def test_taylor_scores_and_single_effects_add_up_to_the_prediction():
    baseline = X.mean(0)
    values = coalition_values(rough, X, baseline)  # (2 ** 5, n_people)
    pairs = coalition_weights(5, "taylor") @ values
    singles = values[2 ** np.arange(5)] - values[0]
    np.testing.assert_allclose(pairs.sum(0) + singles.sum(0), values[-1] - values[0])


def test_taylor_weights_are_those_of_random_orders():
    n = 4
    by_orders = np.zeros((6, 2**n))
    for order in permutations(range(n)):
        for row, (i, j) in enumerate(all_pairs(n)):
            before = order[: min(order.index(i), order.index(j))]
            t = sum(2**k for k in before)
            for extra, sign in ((0, 1), (2**i, -1), (2**j, -1), (2**i + 2**j, 1)):
                by_orders[row, t + extra] += sign / factorial(n)
    np.testing.assert_allclose(coalition_weights(n, "taylor"), by_orders, atol=1e-15)


@every_index
def test_weights_of_the_whole_coalition_sum_to_one(index):
    weights = coalition_weights(6, index)
    both = coalitions(6)[:, 0] & coalitions(6)[:, 1]
    assert weights[0, both].sum() == pytest.approx(1)
    np.testing.assert_allclose(weights.sum(1), 0, atol=1e-12)


def test_scores_do_not_depend_on_how_many_values_are_computed_at_once(monkeypatch):
    whole = shapley_pairs(rough, X).scores
    monkeypatch.setattr("helpers.detectors.shapley._VALUES_AT_ONCE", 100)
    np.testing.assert_array_equal(shapley_pairs(rough, X).scores, whole)


@every_index
def test_sampling_agrees_with_exact_scores_within_its_error(index):
    exact = shapley_pairs(rough, X, index=index)
    sampled = shapley_pairs(rough, X, index=index, n_orders=400, seed=1)
    error = sampled.details["standard_error"]
    assert (error > 0).all() and not exact.details["standard_error"].any()
    assert np.abs(sampled.scores - exact.scores).max() < 4 * error.max()
    assert error.max() < 0.1 * exact.scores.max()


def test_the_standard_error_is_the_spread_over_seeds():
    runs = [shapley_pairs(rough, X[:10], n_orders=20, seed=s) for s in range(60)]
    spread = np.std([run.scores for run in runs], axis=0)
    claimed = np.mean([run.details["standard_error"] for run in runs], axis=0)
    np.testing.assert_allclose(claimed / spread, 1, atol=0.5)
    assert np.mean(claimed / spread) == pytest.approx(1, abs=0.15)


def test_every_order_of_two_features_is_exact():
    two = X[:, :2]
    exact = shapley_pairs(lambda x: x.prod(1), two)
    sampled = shapley_pairs(lambda x: x.prod(1), two, n_orders=2)
    np.testing.assert_allclose(sampled.scores, exact.scores)


def test_many_features_are_sampled():
    wide = np.random.default_rng(1).normal(size=(20, 30))
    found = shapley_pairs(lambda x: 2 * x[:, 3] * x[:, 17] + x[:, 0], wide, n_orders=3)
    assert found.ranked().sets[0] == (3, 17)
    assert len(found) == 435


def test_gene_networks_are_scored_between_their_gene_nodes():
    torch.manual_seed(0)
    network = GeneNetwork((3, 2, 4))
    counts = np.random.default_rng(0).integers(0, 3, (30, 9)).astype(float)
    found = shapley_pairs(network, counts, features=["A", "B", "C"])
    with torch.no_grad():
        genes = network.genes(torch.as_tensor(counts, dtype=torch.float32)).numpy()
    direct = shapley_pairs(
        lambda g: network.head(torch.as_tensor(g, dtype=torch.float32)).detach(), genes
    )
    np.testing.assert_allclose(found.scores, direct.scores, rtol=1e-5)
    assert found.features == ("A", "B", "C")


def test_several_models_are_averaged():
    models = [lambda x, a=a: a * x[:, 0] * x[:, 1] for a in (1.0, 3.0)]
    found = shapley_pairs(models, X[:, :2])
    by_model = found.details["by_model"]  # (n_pairs, n_models)
    np.testing.assert_allclose(by_model[:, 1], 3 * by_model[:, 0])
    np.testing.assert_allclose(found.scores, by_model.mean(1))


def test_baseline_may_be_people():
    people = np.random.default_rng(5).normal(3, 1, (70, 5))
    one = shapley_pairs(rough, X, baseline=people).scores
    two = shapley_pairs(rough, X, baseline=people.mean(0)).scores
    np.testing.assert_allclose(one, two)


def test_sets_choose_pairs():
    found = shapley_pairs(rough, X, sets=[(4, 1), (0, 1)])
    assert found.sets == ((1, 4), (0, 1))
    np.testing.assert_array_equal(
        found.scores,
        shapley_pairs(rough, X).scores[[all_pairs(5).index(s) for s in found.sets]],
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"index": "owen"},
            "index must be one of taylor, banzhaf, shapley; got 'owen'",
        ),
        ({"n_orders": 1}, "n_orders must be at least 2; got 1"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"model": []}, "model must name at least one model"),
        ({"model": 3}, "Module or a callable, or have predict; got 3"),
        ({"model": lambda x: x}, "model must have one output; got 5"),
        ({"model": lambda x: x[:, 0] * np.nan}, "finite values"),
        ({"X": np.full((3, 5), np.nan)}, r"X\[0, 0\] must be finite"),
        ({"X": np.ones((3, 1))}, "X must have at least 2 columns"),
        ({"X": np.ones((3, 16))}, "exact scores need at most 15 features; got 16"),
        ({"baseline": np.zeros(4)}, "baseline must have 5 values; got 4"),
        ({"baseline": np.zeros((2, 4))}, "baseline must have 5 columns like X"),
        ({"sets": [(0, 1, 2)]}, "sets must hold pairs only"),
        ({"sets": [(0, 9)]}, "sets must index features 0 to 4"),
        ({"features": ["a"]}, "features must name 5 columns; got 1"),
    ],
)
def test_shapley_pairs_rejects(change, message):
    with pytest.raises((TypeError, ValueError), match=message):
        shapley_pairs(**{"model": lambda x: x.sum(1), "X": X, **change})


@pytest.mark.parametrize("index", INDICES)
def test_shapiq_agrees(index):
    shapiq = pytest.importorskip("shapiq")
    person, baseline = X[:1, :4], np.zeros(4)
    weights = [1, 2, 3, -1]

    def game(member):
        return np.sin(np.where(member, person, baseline) @ weights)

    name = {"taylor": "STII", "banzhaf": "BII", "shapley": "SII"}[index]
    theirs = shapiq.ExactComputer(game, n_players=4)(name, order=2)
    ours = coalition_weights(4, index) @ game(coalitions(4))
    for pair, value in zip(all_pairs(4), ours, strict=True):
        assert theirs[pair] == pytest.approx(value, abs=1e-10)


@pytest.mark.parametrize("alike", [X[:1], np.ones((4, 5))])
def test_people_who_are_all_alike_need_a_baseline(alike):
    with pytest.raises(ValueError, match="baseline must be given if all people are"):
        shapley_pairs(rough, alike)
    assert shapley_pairs(rough, alike, baseline=np.zeros(5)).scores.any()
