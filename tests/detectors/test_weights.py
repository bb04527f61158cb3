from itertools import combinations

import numpy as np
import pytest
import torch
from torch import nn

from helpers.detectors import Interactions
from helpers.detectors.weights import (
    AVERAGES,
    first_layer_gradients,
    influence,
    layer_weights,
    nid_pairs,
    nid_ranking,
    prune,
    relu_cross_term,
)


def network(*matrices):
    """A ReLU network with these weight matrices (outputs, inputs)."""
    layers = []
    for matrix in matrices:
        matrix = torch.as_tensor(matrix, dtype=torch.float64)
        layer = nn.Linear(matrix.shape[1], matrix.shape[0], dtype=torch.float64)
        layer.weight = nn.Parameter(matrix)
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def random_network(*sizes, seed=0):
    generator = np.random.default_rng(seed)
    shapes = zip(sizes[1:], sizes[:-1], strict=True)
    return network(*(generator.normal(size=shape) for shape in shapes))


class WithUnivariateParts(nn.Module):
    def __init__(self, interaction):
        super().__init__()
        self.interaction = interaction
        self.univariate = nn.Conv1d(1, 1, 1)


# One hidden unit with input weights 1, -4, 2 and output weight -3.
ONE_UNIT = network([[1.0, -4.0, 2.0]], [[-3.0]])


def test_one_unit_pairs_by_hand():
    found = nid_pairs(ONE_UNIT, features=["a", "b", "c"])
    assert found.sets == ((0, 1), (0, 2), (1, 2))
    assert found.scores.tolist() == [3, 3, 6]
    assert found.ranked().to_frame()["features"][0] == "b × c"
    assert found.settings == {"average": "minimum"}


def test_one_unit_averages_by_hand():
    scores = {a: nid_pairs(ONE_UNIT, average=a).scores[0] / 3 for a in AVERAGES}
    expected = {
        "maximum": 4,
        "root mean square": np.sqrt(17 / 2),
        "arithmetic": 2.5,
        "geometric": 2,
        "harmonic": 1.6,
        "minimum": 1,
    }
    assert scores == pytest.approx(expected)


def test_one_unit_ranking_by_hand():
    found = nid_ranking(ONE_UNIT)
    assert found.sets == ((1, 2), (0, 1, 2))
    assert found.scores.tolist() == [6, 3]


def test_averages_are_ordered_for_every_set():
    net = random_network(5, 8, 1)
    scores = np.array([nid_pairs(net, average=a).scores for a in AVERAGES])
    assert (np.diff(scores, axis=0) < 0).all()


@pytest.mark.parametrize("average", ["geometric", "harmonic", "minimum"])
def test_zero_weight_gives_zero_not_nan(average):
    found = nid_pairs(network([[0.0, 1.0, 1.0]], [[1.0]]), average=average)
    assert found.scores.tolist() == pytest.approx([0, 0, 1])


def test_influence_multiplies_absolute_weights():
    weights = [np.ones((2, 3)), np.array([[1, -2], [-3, 4]]), np.array([[-1, 2]])]
    assert influence(weights).tolist() == [1 + 6, 2 + 8]


def test_influence_sums_over_outputs():
    weights = [np.ones((2, 3)), np.array([[1, -2], [-3, 4]])]
    assert influence(weights).tolist() == [4, 6]


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_influence_bounds_the_gradient(n_outputs):
    # Lemma 3; and with one hidden layer the bound is reached wherever a unit is on.
    X = torch.randn(500, 6, dtype=torch.float64)
    deep = random_network(6, 20, 10, 5, n_outputs)
    gradients = first_layer_gradients(deep, X).numpy()
    bound = influence(layer_weights(deep))
    assert gradients.shape == (500, 20) and gradients.max() > 0
    assert (gradients <= bound * (1 + 1e-12)).all()
    shallow = random_network(6, 20, n_outputs)
    reached = first_layer_gradients(shallow, X).numpy().max(axis=0)
    np.testing.assert_allclose(reached, influence(layer_weights(shallow)))


def test_first_layer_gradients_match_finite_differences():
    matrices = layer_weights(random_network(4, 6, 5, 1))
    net = network(*matrices)
    X = torch.randn(3, 4, dtype=torch.float64)
    hidden = np.maximum(net[0](X).detach().numpy(), 0)

    def above(h):
        h = np.maximum(h @ matrices[1].T + net[2].bias.detach().numpy(), 0)
        return h @ matrices[2].T[:, 0]

    step = 1e-6 * np.eye(6)
    slopes = [(above(hidden + s) - above(hidden - s)) / 2e-6 for s in step]
    found = first_layer_gradients(net, X).numpy()
    np.testing.assert_allclose(found, np.abs(slopes).T, atol=1e-8)


def test_superset_outranks_a_subset_when_units_propose_it_strongly():
    # Theorem 4: where every unit that proposes a pair inside S = {0, 1, 2} gives S
    # more than a third of it, S ranks above some pair, or some pair is not proposed.
    generator = np.random.default_rng(0)
    for _ in range(50):
        first = generator.uniform(0.5, 1, size=(4, 3))  # minima within a factor of 2
        found = nid_ranking(network(first, np.ones((1, 4))))
        scores = dict(zip(found.sets, found.scores, strict=True))
        pairs = [scores.get(pair, 0) for pair in combinations(range(3), 2)]
        assert scores[0, 1, 2] > min(pairs)


def test_additive_network_scores_zero():
    found = nid_pairs(network(np.diag([1.0, 2.0, 3.0]), np.ones((1, 3))))
    assert not found.scores.any()


def test_two_blocks_separate_two_interactions():
    first = np.kron(np.eye(2), np.ones((3, 2)))  # units 0-2: x1, x2; 3-5: x3, x4
    found = nid_pairs(network(first, np.ones((1, 6))))
    assert found.matrix()[0, 1] == found.matrix()[2, 3] == 3
    assert found.scores.sum() == 6


@pytest.mark.parametrize("average", AVERAGES)
def test_scores_follow_permuted_features_and_ignore_permuted_units(average):
    first, second = layer_weights(random_network(5, 7, 2))
    features, units = np.random.default_rng(1).permutation(5), [3, 1, 6, 0, 2, 5, 4]
    before = nid_pairs(network(first, second), average=average).matrix()
    moved = network(first[units][:, features], second[:, units])
    after = nid_pairs(moved, average=average).matrix()
    np.testing.assert_allclose(after, before[np.ix_(features, features)])


@pytest.mark.parametrize("average", AVERAGES)
def test_rescaling_between_layers_keeps_scores(average):
    first, second, third = layer_weights(random_network(5, 7, 4, 1))
    scale = np.random.default_rng(1).uniform(0.1, 10, size=(7, 1))
    before = nid_pairs(network(first, second, third), average=average)
    after = nid_pairs(network(first * scale, second / scale.T, third), average=average)
    np.testing.assert_allclose(after.scores, before.scores)


@pytest.mark.parametrize("average", AVERAGES)
def test_ranking_matches_the_algorithm_written_out(average):
    first, second = layer_weights(random_network(5, 7, 1))
    means = {
        "maximum": max,
        "root mean square": lambda w: np.sqrt(np.mean(np.square(w))),
        "arithmetic": np.mean,
        "geometric": lambda w: np.prod(w) ** (1 / len(w)),
        "harmonic": lambda w: 1 / np.mean(1 / np.asarray(w)),
        "minimum": min,
    }
    totals = {}
    for unit, weights in enumerate(np.abs(first)):
        order = sorted(range(5), key=lambda i: -weights[i])
        for size in range(2, 6):
            members = tuple(sorted(order[:size]))
            mean = means[average]([weights[i] for i in members])
            totals[members] = totals.get(members, 0) + abs(second[0, unit]) * mean
    found = nid_ranking(network(first, second), average=average)
    assert dict(zip(found.sets, found.scores, strict=True)) == pytest.approx(totals)
    assert (np.diff(found.scores) <= 0).all()


def test_two_feature_network_has_the_same_pair_and_ranking_score():
    net = random_network(2, 9, 3, 1)
    assert nid_ranking(net).scores == pytest.approx(nid_pairs(net).scores)


def test_ranking_ties_are_broken_by_size_then_features():
    found = nid_ranking(network([[1.0, 1, 1, 0], [0, 1, 1, 1]], [[1.0, 1.0]]))
    expected = ((0, 1), (1, 2), (0, 1, 2), (1, 2, 3), (0, 1, 2, 3))
    assert found.sets == expected
    assert found.scores.tolist() == [1, 1, 1, 1, 0]


def test_ranking_is_cut_to_the_strongest_and_the_smallest():
    net = random_network(5, 7, 1)
    whole = nid_ranking(net)
    assert nid_ranking(net, max_sets=3).sets == whole.sets[:3]
    small = nid_ranking(net, max_order=3)
    assert {len(s) for s in small.sets} == {2, 3}
    assert small.sets == tuple(s for s in whole.sets if len(s) <= 3)


def ranking(*sets):
    return Interactions(sets, range(len(sets), 0, -1), "abcde", "test")


def test_prune_drops_subsets_below_their_superset_only():
    found = prune(ranking((0, 1), (0, 1, 2), (1, 2), (0, 1), (3, 4), (2, 3)))
    assert found.sets == ((0, 1), (0, 1, 2), (3, 4), (2, 3))
    assert found.scores.tolist() == [6, 5, 2, 1]
    assert prune(found).sets == found.sets


@pytest.mark.parametrize("steep", [nn.GELU(), nn.SiLU(), nn.Mish(), nn.SELU()])
def test_activations_of_slope_above_one_are_refused(steep):
    # At x = 1.5 the slope of GELU is 1.13, so the bound of Lemma 3 is exceeded.
    x = torch.linspace(-4, 4, 801, requires_grad=True)
    (slope,) = torch.autograd.grad(steep(x).sum(), x)
    assert slope.max() > 1.05
    layers = nn.Sequential(nn.Linear(2, 3), steep, nn.Linear(3, 1))
    with pytest.raises(ValueError, match="slope at most 1"):
        layer_weights(layers)


def test_prune_drops_sets_of_score_zero():
    # The second unit leads nowhere: {1, 3} and {1, 2, 3} have score 0 and tie.
    dead = network([[2, 1, 0], [2, 0, 1]], [[1, 0]])
    assert len(nid_ranking(dead).sets) == 3
    assert prune(nid_ranking(dead)).sets == ((0, 1),)
    nothing = network([[0, 0, 0]], [[1]])
    assert prune(nid_ranking(nothing)).sets == ()


def test_interaction_part_alone_is_read():
    alone = nid_pairs(ONE_UNIT)
    assert nid_pairs(WithUnivariateParts(ONE_UNIT)).scores.tolist() == [3, 3, 6]
    assert alone.features == ("x1", "x2", "x3")


@pytest.mark.parametrize(
    ("alphas", "expected"),
    [
        ((1, 1), 0.6),
        ((1, 0.5), 0.35625),
        ((1, 0.1), 0.07485),
        ((3, -1), -11 / 15),
        ((0, 2), 0),
        ((0, 0), 0),
    ],
)
def test_relu_cross_term_values(alphas, expected):
    assert relu_cross_term(*alphas) == pytest.approx(expected)


def test_relu_cross_term_matches_quadrature():
    nodes, weights = np.polynomial.legendre.leggauss(200)
    x1, x2 = np.meshgrid(nodes, nodes, indexing="ij")
    alpha1, alpha2 = np.random.default_rng(0).normal(size=(2, 10))
    for a, b in zip(alpha1, alpha2, strict=True):
        integral = weights @ (x1 * x2 * np.maximum(a * x1 + b * x2, 0)) @ weights
        assert relu_cross_term(a, b) == pytest.approx(9 / 4 * integral, abs=2e-4)
    together = relu_cross_term(alpha1, alpha2)
    assert together.tolist() == [
        float(relu_cross_term(a, b)) for a, b in zip(alpha1, alpha2, strict=True)
    ]


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ("weights", TypeError, "network must be a torch Module; got 'weights'"),
        (nn.Conv1d(1, 1, 3), TypeError, "linear layers only; '' is Conv1d"),
        (
            nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Linear(3, 1)),
            TypeError,
            "'1' is BatchNorm1d",
        ),
        (nn.ReLU(), ValueError, "at least 2 linear layers; got 0"),
        (nn.Linear(3, 1), ValueError, "at least 2 linear layers; got 1"),
        (
            nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 1)),
            ValueError,
            "3 outputs meet 4 inputs",
        ),
        (network([[np.nan, 1.0]], [[1.0]]), ValueError, r"'0'\[0, 0\] must be finite"),
    ],
)
def test_unreadable_networks_are_refused(bad, error, message):
    for read in (layer_weights, nid_pairs, nid_ranking):
        with pytest.raises(error, match=message):
            read(bad)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"average must be one of maximum, .*'mean'"):
        nid_pairs(ONE_UNIT, average="mean")
    with pytest.raises(ValueError, match="average must be one of"):
        nid_ranking(ONE_UNIT, average="mean")
    with pytest.raises(ValueError, match="max_sets must be at least 1; got 0"):
        nid_ranking(ONE_UNIT, max_sets=0)
    with pytest.raises(ValueError, match="max_order must be at least 2; got 1"):
        nid_ranking(ONE_UNIT, max_order=1)
    with pytest.raises(ValueError, match="features must name 3 columns; got 2"):
        nid_pairs(ONE_UNIT, features=["a", "b"])
    with pytest.raises(ValueError, match="at least 2 linear layers; got 1"):
        influence([np.ones((2, 2))])
    with pytest.raises(ValueError, match=r"alpha1\[1\] must be finite"):
        relu_cross_term([1, np.inf], 1)
    with pytest.raises(TypeError, match="linear layers"):
        first_layer_gradients(nn.Conv1d(1, 1, 3), torch.zeros(1, 1, 3))
