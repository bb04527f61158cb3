"""Each public function of the detectors and explanations at its smallest input.

What is smaller is refused in one line, or the answer is the one that one row, one
motif or one pair allows.
"""

import ast
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data.motifs import Motif
from helpers.detectors import (
    additive,
    anova,
    archdetect,
    boosting,
    factorization,
    groves,
    hierarchical_lasso,
    interactions,
    precision,
    predictions,
    rulefit,
    shapley,
    weights,
)
from helpers.explain import (
    attribution,
    deep_shap,
    filters,
    insertion,
    knockout,
    modules,
    mutagenesis,
    shuffling,
)
from helpers.networks.layers import FactorizationMachine
from helpers.networks.mlp import MLP
from helpers.networks.motif import MotifCNN
from helpers.truth.grammars import MotifSequences

HELPERS = Path(__file__).parents[1] / "helpers"
PAIR = ((0, 1),)
TWO = np.array([[0.0, 0.0], [1.0, 2.0]])
A = np.array([[[1.0, 0.0, 0.0, 0.0]]])  # one matrix of one position
BASE = np.zeros((1, 1), dtype=np.uint8)


def rows(n: int, seed: int = 0):
    """Return n rows of two features, and their product with the first added."""
    X = np.random.default_rng(seed).normal(1, 1, size=(n, 2))
    return X, X[:, 0] * X[:, 1] + X[:, 0]


def product(X):
    return X[:, 0] * X[:, 1]


def motif_network():
    return MotifCNN(1, length=1, width=1, pool=1, hidden=(1,), seed=0).eval()


def first_base(sequences):
    return sequences[:, 0].astype(float)


def module_of_one_base():
    module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 1))
    weight = module[1].weight.detach()[0, 0].numpy()
    found = modules.module_contributions(module, BASE, method="IG")
    assert found == pytest.approx(np.array([[weight]]), abs=1e-6)
    equal(deep_shap.deep_shap(module, BASE), [[[0]]])  # its only shuffle is itself
    plain = torch.nn.Flatten()  # without parameters: each letter is an output
    equal(modules.module_contributions(plain, BASE, method="IG"), [[1]])
    refused(
        lambda: modules.module_contributions(module, BASE, method="IG", output=1),
        "output must be",
    )


def perceptron():
    network = MLP(2, (1,))
    with torch.no_grad():
        network.layers[0].weight.copy_(torch.tensor([[2.0, -3.0]]))
        network.layers[1].weight.fill_(5.0)
    return network


def refused(function, message):
    with pytest.raises(ValueError, match=message):
        function()


def anova_of_five_rows():
    for reading in ("joint", "per pair"):
        found = anova.two_way_anova(*rows(5), reading=reading)
        assert found.scores[0] > 1e6  # no noise
        refused(lambda r=reading: anova.two_way_anova(*rows(4), reading=r), "rows")
    refused(lambda: anova.two_way_anova(*rows(4)), "more rows than the model has terms")


def lasso_of_three_rows():
    refused(lambda: anova.product_lasso(*rows(4)), "n_folds must be at most 4; got 5")
    assert anova.product_lasso(*rows(3, seed=3), n_folds=2).scores[0] > 0
    with pytest.warns(UserWarning, match="the 2 rows of X may be too few"):
        assert not anova.product_lasso(*rows(2), n_folds=2).scores.any()


def hierarchical_lasso_of_four_rows():
    knobs = {"n_folds": 2, "n_penalties": 2}
    found = hierarchical_lasso.hierarchical_lasso(*rows(4), **knobs)
    assert found.sets == PAIR and found.scores[0] >= 0
    refused(
        lambda: hierarchical_lasso.hierarchical_lasso(*rows(3), **knobs), "at most 1"
    )


def penalty_of_two_rows():
    design, y = np.array([[-1.0, 1, 0], [1, -1, 0]]), np.array([-1.0, 1.0])
    assert hierarchical_lasso.largest_penalty(design, y) == 1


def solution_of_two_features():
    beta, theta = hierarchical_lasso.solve_hierarchical_lasso(
        np.eye(3), np.array([1.0, 0, 0]), 0.25
    )
    assert beta == pytest.approx([0.75, 0], abs=1e-6)
    assert theta == pytest.approx(np.zeros((2, 2)), abs=1e-6)


def fast_of_seventeen_rows():
    X, y = rows(30)
    assert additive.fast(X, y).scores[0] > 0
    refused(lambda: additive.fast(*rows(15)), "X must have at least 16 rows; got 15")


def rules_of_three_rows():
    with pytest.warns(UserWarning, match="the 3 rows of X may be too few"):
        assert not rulefit.rulefit(*rows(3), n_trees=1, n_rows=2).scores.any()
    refused(lambda: rulefit.rulefit(*rows(2), n_trees=1), "at least 3 rows; got 2")


def groves_of_few_rows():
    knobs = {"bags": 1, "repeats": 2, "alphas": (0.5,), "n_trees": (1,)}
    refused(lambda: groves.additive_groves(*rows(2), **knobs), "too few rows")
    # five rows, whose free models differed by rounding: 1e9 deviations
    refused(lambda: groves.additive_groves(*rows(5, seed=5), **knobs), "too few rows")
    assert np.isfinite(groves.additive_groves(*rows(40), **knobs).scores).all()


def constraints_of_few_rows():
    refused(lambda: groves.constrained_boosting(*rows(3), n_trees=1), "too few rows")
    found = groves.constrained_boosting(*rows(40), n_trees=5)
    assert np.isfinite(found.scores).all()


def trees_of_few_rows():
    with pytest.warns(UserWarning, match="the 2 rows of X may be too few"):
        trees = boosting.fit_trees(*rows(2), n_trees=1)
    assert trees.predict(rows(2)[0]).shape == (2,)
    assert boosting.fit_trees(*rows(20), n_trees=1).predict(TWO[:1]).shape == (1,)


def shap_of_two_rows():
    X, y = rows(40)
    found = boosting.shap_interactions(boosting.fit_trees(X, y), X[:2], n_rows=2)
    assert found.sets == PAIR and found.scores[0] > 0


def h_of_two_rows():
    found = boosting.h_statistic(product, TWO, n_rows=2)
    # dependences 0, 1; 0, 1; 0, 2 of the two rows: centred, the pair is their mean
    assert found.scores == pytest.approx([0], abs=1e-12)
    assert boosting.h_statistic(product, TWO - 5, n_rows=2).scores[0] >= 0
    refused(lambda: boosting.h_statistic(product, TWO[:1], n_rows=2), "at least 2 rows")
    rows = np.random.default_rng(14).integers(0, 2, (9, 2)).astype(float)
    refused(lambda: boosting.h_statistic(product, rows, n_rows=9), "joint dependence")
    alone = boosting.h_statistic(product, rows, n_rows=9, normalised=False)
    assert 0 < alone.scores[0] < np.inf


def archdetect_of_two_rows():
    found = archdetect.archdetect(product, TWO, n_contexts=2)
    assert found.scores.tolist() == [4]  # (1 x 2)²
    refused(lambda: archdetect.archdetect(product, TWO[:1]), "at least 2 rows; got 1")


def shapley_of_one_person():
    found = shapley.shapley_pairs(product, TWO[1:], baseline=[0, 0])
    assert found.scores.tolist() == [2]
    refused(lambda: shapley.shapley_pairs(product, TWO[1:]), "baseline must be given")


def factors_of_one_row():
    machine = FactorizationMachine(2, 1, n_factors=1)
    assert not factorization.factorization(machine, TWO[:1]).scores.any()  # no spread
    assert factorization.factorization(machine, TWO).scores[0] != 0


def scores_of_one_unit():
    assert weights.nid_pairs(perceptron()).scores.tolist() == [10]  # 5 x min(2, 3)
    assert len(weights.nid_pairs(MLP(1, (1,)))) == 0


def ranking_of_one_unit():
    found = weights.nid_ranking(perceptron())
    assert found.sets == PAIR and found.scores.tolist() == [10]
    assert len(weights.nid_ranking(MLP(1, (1,)))) == 0


def gradients_of_one_row():
    network = perceptron()
    found = weights.first_layer_gradients(network, torch.ones(1, 2))
    assert found.shape == (1, 1) and 0 <= found.item() <= 5


def layers_of_one_unit():
    lower, upper = weights.layer_weights(perceptron())
    assert (lower.shape, upper.shape) == ((1, 2), (1, 1))
    refused(lambda: weights.layer_weights(torch.nn.Linear(2, 1)), "2 linear layers")


def networks_with_one_position():
    for method in attribution.COMPLETE:
        found = attribution.contributions([motif_network()], BASE, method=method)
        missed = attribution.incompleteness(
            [motif_network()], BASE, found, target="probability"
        )
        assert found.shape == (1, 1, 1) and missed.max() < 1e-4
    for method in attribution.PERMUTING:
        refused(
            lambda m=method: attribution.contributions(
                [motif_network()], BASE, method=m
            ),
            "at least 2 rows to permute; got 1",
        )


def areas_of_one_position():
    nothing = np.zeros((1, 1))
    assert attribution.motif_auprc([[3.0]], [[True]], nothing) == [1]
    refused(lambda: attribution.motif_auprc([[3.0]], [[False]], nothing), "row 0")


def permutations_of_alike_rows():
    alike = np.repeat(BASE, 2, axis=0)
    for shuffled in (shuffling.shuffled_bases, shuffling.shuffled_numbers):
        assert not shuffled([motif_network()], alike, lambda x: x, 0).any()


def knock_out_of_one_motif():
    one = MotifSequences(BASE, np.array([[True]]), np.array([[0]]), np.array([1]))
    kept = knockout.knocked_out(one)
    assert kept.shape == (2, 1, 1) and kept[1, 0, 0] == 0
    assert knockout.motif_interactions([[1.0], [3.0]]).tolist() == [[1], [2]]


def database_of_none():
    refused(lambda: filters.tomtom_best(A, {}), "database must hold one or more")


def matches_of_none():
    with pytest.raises((ValueError, TypeError)):
        filters.tomtom_matches(A, [])


def equal(actual, expected):
    np.testing.assert_array_equal(actual, expected)


motif = Motif("a", A[0])
one_pair = interactions.Interactions(PAIR, [1.0], "ab", "toy")

#: Function: what its smallest inputs give.
SMALLEST = {
    "two_way_anova": anova_of_five_rows,
    "product_lasso": lasso_of_three_rows,
    "hierarchical_lasso": hierarchical_lasso_of_four_rows,
    "largest_penalty": penalty_of_two_rows,
    "solve_hierarchical_lasso": solution_of_two_features,
    "fast": fast_of_seventeen_rows,
    "rulefit": rules_of_three_rows,
    "additive_groves": groves_of_few_rows,
    "constrained_boosting": constraints_of_few_rows,
    "fit_trees": trees_of_few_rows,
    "shap_interactions": shap_of_two_rows,
    "h_statistic": h_of_two_rows,
    "archdetect": archdetect_of_two_rows,
    "shapley_pairs": shapley_of_one_person,
    "coalition_weights": lambda: equal(
        shapley.coalition_weights(2), [[1.0, -1, -1, 1]]
    ),
    "coalitions": lambda: equal(shapley.coalitions(1), [[False], [True]]),
    "size_weights": lambda: equal(shapley.size_weights(2, "taylor"), [1]),
    "coalition_values": lambda: equal(
        shapley.coalition_values(product, TWO[1:], np.zeros(2)), [[0], [0], [0], [2]]
    ),
    "factorization": factors_of_one_row,
    "nid_pairs": scores_of_one_unit,
    "nid_ranking": ranking_of_one_unit,
    "first_layer_gradients": gradients_of_one_row,
    "layer_weights": layers_of_one_unit,
    "influence": lambda: equal(weights.influence([[[1.0]], [[-2.0]]]), [2]),
    "average_weight": lambda: equal(weights.average_weight(-1, 2), 1),
    "relu_cross_term": lambda: equal(weights.relu_cross_term(0, 1), 0),
    "prune": lambda: equal(len(interactions.prune(one_pair.take([]))), 0),
    "all_pairs": lambda: equal(interactions.all_pairs(2), PAIR),
    "pairs_or_all": lambda: equal(interactions.pairs_or_all(None, 2), PAIR),
    "rows_and_pairs": lambda: equal(interactions.rows_and_pairs(TWO)[1], PAIR),
    "data_and_pairs": lambda: equal(interactions.data_and_pairs(TWO, [0, 1])[2], PAIR),
    "column_names": lambda: equal(interactions.column_names(TWO) is None, True),
    "feature_names": lambda: equal(interactions.feature_names(TWO), ("x1", "x2")),
    "warn_of_zeros": lambda: interactions.warn_of_zeros(np.ones(1), "toy", 1),
    "standardised": lambda: equal(precision.standardised(TWO), [[-1, -1], [1, 1]]),
    "power_of_two": lambda: equal(precision.power_of_two(TWO[:, 0])[1], -1),
    "prediction_function": lambda: equal(
        predictions.prediction_function(product)(TWO[1:]), [[2]]
    ),
    "is_booster": lambda: equal([predictions.is_booster(product)], [False]),
    "single_output": lambda: equal(
        predictions.single_output(lambda X: X[:, :1])(TWO), [0, 1]
    ),
    "network_function": lambda: equal(
        predictions.network_function(torch.nn.Identity())(TWO[1:]), [[1, 2]]
    ),
    "evaluating": lambda: predictions.evaluating(torch.nn.Identity()).__enter__(),
    "mixed_difference_of": lambda: equal(
        predictions.mixed_difference_of(2, 0, 0, 0), 2
    ),
    "rounding": lambda: equal(predictions.rounding(np.empty(0)), 0),
    "single_precision": lambda: equal(predictions.single_precision("X", TWO), TWO),
    "contributions": networks_with_one_position,
    "incompleteness": networks_with_one_position,
    "module_contributions": module_of_one_base,
    "deep_shap": module_of_one_base,
    "mutagenesis": lambda: equal(mutagenesis.mutagenesis(first_base, BASE), [[-2]]),
    "insertion": lambda: equal(insertion.insertion(first_base, BASE, [([3], 0)]), [3]),
    "motif_auprc": areas_of_one_position,
    "generator": lambda: equal(shuffling.generator(0, 0).integers(1), 0),
    "shuffled_bases": permutations_of_alike_rows,
    "shuffled_numbers": permutations_of_alike_rows,
    "knocked_out": knock_out_of_one_motif,
    "motif_interactions": knock_out_of_one_motif,
    "weight_matrices": lambda: equal(filters.weight_matrices(A.transpose(0, 2, 1)), A),
    "response_matrices": lambda: equal(
        filters.response_matrices(motif_network(), BASE).shape, (1, 1, 4)
    ),
    "sought_letters": lambda: equal(filters.sought_letters(A), A.astype(bool)),
    "agreement": lambda: equal(filters.agreement(A, {"a": "A"})["a"], [1]),
    "correlations": lambda: equal(
        filters.correlations(A.transpose(0, 2, 1), motif).round(12), [1]
    ),
    "response_correlations": lambda: refused(
        lambda: filters.response_correlations(TWO, TWO), "at least 3 rows; got 2"
    ),
    "kinds": lambda: equal(filters.kinds([[True]]), ["single"]),
    "partner_filters": lambda: equal(
        filters.partner_filters(np.eye(2, dtype=bool), PAIR), PAIR
    ),
    "tomtom_best": database_of_none,
    "tomtom_matches": matches_of_none,
}


DETECTORS = {
    "bins": anova.two_way_anova,
    "joint": lambda X, y: anova.two_way_anova(X, y, reading="joint"),
    "per pair": lambda X, y: anova.two_way_anova(X, y, reading="per pair"),
    "lasso": lambda X, y: anova.product_lasso(X, y, n_folds=2),
    "archdetect": lambda X, y: archdetect.archdetect(product, X, n_contexts=9),
    "h": lambda X, y: boosting.h_statistic(product, X, n_rows=9),
    "shapley": lambda X, y: shapley.shapley_pairs(product, X),
}


@pytest.mark.filterwarnings("ignore:.*rows of X may be too few")
@pytest.mark.parametrize("name", DETECTORS)
@settings(max_examples=30, deadline=None)  # a busy machine is no fault
@given(n=st.integers(1, 12), levels=st.integers(1, 4), seed=st.integers(0, 99))
def test_few_rows_of_few_values_give_a_number_or_a_line(name, n, levels, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.integers(0, levels, (n, 2)).astype(float), rng.normal(size=n)
    try:
        scores = DETECTORS[name](X, y).scores
    except ValueError as error:
        assert "\n" not in str(error) and str(error).endswith(".")
    else:
        assert scores.shape == (1,) and np.isfinite(scores[0]) and scores[0] >= 0


def public_functions():
    for room in ("detectors", "explain"):
        for path in sorted((HELPERS / room).glob("*.py")):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and node.name[0] != "_":
                    yield node.name


def test_every_public_function_is_here():
    assert sorted(SMALLEST) == sorted(public_functions())


@pytest.mark.parametrize("name", SMALLEST)
def test_smallest_input(name):
    SMALLEST[name]()
