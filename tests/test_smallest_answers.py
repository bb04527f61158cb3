"""Each public function of `significance/`, and the front door, at its smallest input.

What is smaller is refused in one line, or the answer is the one that can be told from
so little. Detectors, of the front door too, are in `test_smallest_inputs.py`.
"""

import ast
import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from bed_reader import to_bed
from scipy import stats
from torch import nn

import helpers
from helpers.detectors.interactions import Interactions
from helpers.networks.mlp import MLP
from helpers.significance import (
    calibration,
    comparison,
    cutoff,
    factor_pairs,
    held_out,
    motif_pairs,
    multiplicity,
    permutation,
    refit,
)
from helpers.significance.interaction import (
    Bases,
    Settings,
    Training,
    basis,
    blind,
    calibrated,
    direction,
    family,
    folds,
    genotypes,
    hunt,
    inputs,
    interaction_test,
    outcomes,
    projection,
    residual,
    ridge,
    screening,
    slips,
    statistics,
    table,
)
from helpers.significance.interaction.answer import p_text
from helpers.significance.interaction.step_down import step_down_p
from helpers.truth.responses import effects

HELPERS = Path(__file__).parents[1] / "helpers"
GAUSSIAN = family.Family("gaussian")
BRIEF = Training((1,), max_epochs=1, validation=0.5)
PAIRS = [(0, 1)]


def equal(actual, expected):
    np.testing.assert_allclose(actual, expected, atol=1e-12)


def refused(message, function, *args, **knobs):
    with pytest.raises(ValueError, match=message) as error:
        function(*args, **knobs)
    assert "\n" not in str(error.value)


def two_features(n, seed=0):
    """Return n rows of two features as the interaction test sees them."""
    return table.features_of(np.random.default_rng(seed).normal(size=(n, 2)))


def lines_of(features):
    """Return straight lines and their product alone."""
    return basis.basis_of(features, PAIRS, 1, Bases(main=1, product=1))


# ---- counts of rejections ----------------------------------------------------------


def rates_of_one():
    rates = calibration.rejection_rates([0.05])
    equal(rates["rejected"], [0, 0, 1])  # at .01, .05 and .1: below a level counts
    equal(rates.loc[2, ["rejected_low", "rejected_high"]].tolist(), [0.025, 1])
    refused("p_values must be one or more", calibration.rejection_rates, [])


def share_of_one():
    equal(calibration.exact_interval(0, 1), [0, 0.975])
    equal(calibration.exact_interval(1, 1), [0.025, 1])


# ---- kinds of networks compared ----------------------------------------------------


def six_cell_types():
    better, worse = np.linspace(0.6, 0.7, 6), np.linspace(0.5, 0.55, 6)
    row = comparison.cell_type_test(better, worse).iloc[0]
    # all six ranks on one side: 10.5 above their mean, spread sqrt(22.75)
    assert row["p"] == row["p_smallest"] == pytest.approx(0.01385, abs=1e-5)
    assert comparison.cell_type_test(worse, better)["p"][0] > 0.98
    refused(
        "at least 6 cell types; got 5", comparison.cell_type_test, *[better[:5]] * 2
    )


def two_trainings_of_each():
    row = comparison.training_test([0.8, 0.9], [0.5, 0.6]).iloc[0]
    assert row["p"] == row["p_smallest"] == pytest.approx(1 / 6)
    assert comparison.training_test([0.5, 0.6], [0.8, 0.9])["p"][0] == 1
    refused("two trainings each", comparison.training_test, [0.8], [0.5, 0.6])


# ---- where a ranking ends ----------------------------------------------------------


def cutoff_of_one_set():
    ranking = Interactions(PAIRS, [1.0], "ab", "toy")
    rows = np.array([True, False])
    found, models = cutoff.find_cutoffs(
        [ranking], np.ones((1, 2, 2)), np.ones((1, 2)), train=rows, validation=~rows,
        targets=[0], max_steps=1, plateau=1, hidden=(1,), univariate=(1,),
        max_epochs=1, progress=False,
    )  # fmt: skip
    assert found["step"].tolist() == [0, 1] and found["sets"].tolist() == [
        (),
        ((0, 1),),
    ]
    assert len(models) == 1 and found["kept"].sum() == 1
    refused(
        "rankings must hold at least one", cutoff.find_cutoffs, [], [], [],
        train=rows, validation=~rows, targets=[],
    )  # fmt: skip


# ---- factors -----------------------------------------------------------------------


def fifty_of_either_label():
    x = np.random.default_rng(0).normal(size=(100, 2))
    y = np.arange(100) % 2
    knobs = {"n_redraws": 19, "read_out": factor_pairs.ReadOut(1, epochs=1)}
    found = factor_pairs.factor_pairs_test(x, y, ["a", "b"], **knobs)
    assert found.null.shape == (19, 1) and 1 / 20 <= found.p <= 1
    one = factor_pairs.factor_pairs_test(x[:, :1], y, ["a"], **knobs)
    assert one.p == 1 and one.table.empty  # nothing to pair
    refused(
        "at least 50 of either label; got 49",
        factor_pairs.factor_pairs_test, x[1:], y[1:], ["a", "b"], **knobs,
    )  # fmt: skip
    refused(
        "n_redraws must be at least 19",
        factor_pairs.factor_pairs_test, x, y, ["a", "b"], n_redraws=18,
    )  # fmt: skip


def composition_of_one_sequence():
    one = factor_pairs.composition_columns(np.zeros((1, 1), np.uint8))
    assert one.tolist() == [[0]]
    refused("bases must be integers", factor_pairs.composition_columns, [[0.5]])


def sum_of_two_rows():
    chance = factor_pairs.sum_of([[0.0], [1.0]], [0, 1])
    assert chance[0] < 0.01 and chance[1] > 0.99


def steps_of_one_redraw():
    assert factor_pairs.step_down([], np.zeros((1, 0))).shape == (0,)
    equal(factor_pairs.step_down([2.0], [[1.0]]), [0.5])
    equal(factor_pairs.step_down([2.0], [[2.0]]), [1])  # a tie counts against


def scores_of_two_filters():
    pairs, scores = factor_pairs.factor_scores(
        np.array([[[0.0, -3.0], [-3.0, 0.0]]]), ["a", "b"]
    )
    assert pairs == [("a", "b")] and scores.tolist() == [[3]]
    assert factor_pairs.factor_scores(np.zeros((1, 1, 1)), ["a"])[0] == []


def name_of_one_filter():
    assert factor_pairs.name_factors([[0.5]], ["a"], 0.5) == ["a"]
    assert factor_pairs.name_factors([[0.5]], ["a"], 0.51) == [None]


# ---- held-out loss -----------------------------------------------------------------


def twenty_examples(helps=True):
    """Return losses that all rise, or all fall, without the interaction."""
    label = np.arange(20.0)
    off = label + np.arange(1, 21)
    kept, removed = (label, off) if helps else (off, label)
    return held_out.HeldOut(kept, removed, label, "mse")


def paired_of_twenty():
    # all twenty ranks on one side: 105 above their mean, spread sqrt(717.5)
    assert held_out.paired_test(twenty_examples())["p"][0] == pytest.approx(
        4.4e-5, rel=0.01
    )
    assert held_out.paired_test(twenty_examples(False))["p"][0] > 0.9999
    few = np.zeros(19)
    refused("at least 20 examples; got 19", held_out.HeldOut, few, few, few, "mse")


def unpaired_of_twenty():
    assert held_out.unpaired_test(twenty_examples())["p"][0] < 1e-7
    assert held_out.unpaired_test(twenty_examples(False))["p"][0] > 0.9999


def reference_of_twenty():
    gain, cost = twenty_examples(), twenty_examples(False)
    assert held_out.reference_test(gain, cost)["p"][0] < 1e-7
    assert held_out.reference_test(cost, gain)["p"][0] > 0.9999


def sizes_of_twenty():
    large, small = -np.arange(41.0, 61), np.arange(1.0, 21)
    assert held_out.effect_size_test(large, small)["p"][0] < 1e-7
    assert held_out.effect_size_test(small, large)["p"][0] > 0.9999


def five_hundred_examples():
    rng = np.random.default_rng(0)
    a, b = rng.uniform(1, 2, (2, 500))
    seen = effects(np.array([[0 * a, b], [a, a + b + a * b]]))
    found = refit.refit_test(seen, seen.intact, counts=False)
    assert found["supported"][0] == pytest.approx(1, abs=1e-6)
    few = effects(np.array([[0 * a, b], [a, a + b]])[..., 1:])
    refused("at least 500 examples; got 499", refit.refit_test, few, few.intact)


# ---- a detector of one's own ---------------------------------------------------------


def one_world(_):
    table = helpers.benchmark(
        lambda X, y: np.abs([np.corrcoef(X[:, i] * X[:, j], y)[0, 1]
                             for i in range(10) for j in range(i + 1, 10)]),
        worlds=["exclusive or"], progress=False,
    )  # fmt: skip
    assert table["ap"].tolist() == [1.0] and table["place"].tolist() == [1]
    refused("n_sets must be at least 1", helpers.benchmark, min, n_sets=0)


# ---- motifs in sequences -----------------------------------------------------------


def twenty_sequences():
    bases = np.random.default_rng(0).integers(0, 4, (20, 4))
    sites = {"a": np.tile([0, 1], (20, 1)), "b": np.tile([2, 3], (20, 1))}

    def model(x):
        return 1.0 * (x[:, 0] > 1) * (x[:, 2] > 1)

    def asked(n):
        return motif_pairs.held_out_interaction(
            model, bases[:n], model(bases[:n]), {k: v[:n] for k, v in sites.items()},
            loss="mse", encoding="bases",
        )  # fmt: skip

    found = asked(20)
    assert set(found["pair"]) == {"a × b"} and (found["n"] == 20).all()
    refused("stands together in at least 20", asked, 19)


def one_sequence():
    equal(motif_pairs.as_bases(["ACGTN"]), [[0, 1, 2, 3, 4]])
    refused("one or more strings", motif_pairs.as_bases, [])


def one_base_encoded():
    base = np.array([[2]])
    equal(motif_pairs.encoded(base, "one-hot"), [[[0, 0, 1, 0]]])
    equal(motif_pairs.encoded(base, "channels"), [[[0], [0], [1], [0]]])
    assert motif_pairs.encoded(base, "letters") == ["G"]


def limit_of_one_position():
    sure = helpers.Motif("a", np.array([[0.97, 0.01, 0.01, 0.01]]))
    # no window is as rare as 1 in 10,000: the highest score, on a grid of .01
    assert motif_pairs.score_limit(sure) == pytest.approx(
        np.log(0.97 / 0.25), abs=0.011
    )


def match_of_one_base():
    row = [[0.97, 0.01, 0.01, 0.01]]
    sure, wide = (helpers.Motif("a", np.array(row * n)) for n in (1, 2))
    found = motif_pairs.best_matches(["A", "T", "C"], {"a": sure})
    assert found[:, 0] == pytest.approx(np.log([3.88, 3.88, 0.04]))
    refused("must not be wider", motif_pairs.best_matches, ["A"], {"a": wide})


# ---- many tests --------------------------------------------------------------------


def one_p_value():
    tests = pd.DataFrame({"test": ["t"], "p": [0.02], "median": [1.0]})
    for method in ("holm", "fdr_bh", "fdr_by"):
        assert multiplicity.adjust(tests, method=method)[f"p_{method}"].tolist() == [
            0.02
        ]
    row = multiplicity.consistency(tests).iloc[0]
    assert row[["n_significant", "n_holm", "p_share", "p_all"]].tolist() == [
        1,
        1,
        0.02,
        0.02,
    ]
    assert row["positive"] == 1 and row["p_sign"] == 1  # a coin's one throw


# ---- permutations ------------------------------------------------------------------


def one_person_permuted():
    part = [np.array([0])]
    equal(permutation.permuted_targets("T", [3.0], part, n_permutations=1), [[3]])
    refused("parts must hold", permutation.permuted_targets, "T", [3.0], [])


def one_permutation():
    observed = Interactions(PAIRS, [2.0], "ab", "toy")
    test = permutation.permutation_test(observed, [[1.0]])
    assert test.p.tolist() == test.p_max.tolist() == [0.5]
    assert test.fdr.tolist() == [0] and np.isnan(test.z).all()
    test = permutation.permutation_test(observed, [[2.0]])
    assert test.p.tolist() == [1] and test.fdr.tolist() == [1]


def curve_of_one():
    curve = permutation.fdr_curve([2.0], [[2.0]])
    assert curve.iloc[0].tolist() == [2, 1, 1, 1]


def calls_of_one():
    rates = permutation.call_rates([[0.05]], 19)
    assert rates["rate"].tolist() == [1, 1] and rates["standard_error"].isna().all()
    refused("p must lie above 0", permutation.call_rates, [[0.0]], 19)


# ---- the interaction test ----------------------------------------------------------


def eighty_rows_tested():
    settings = Settings(BRIEF, residual=None, n_folds=1, first=0.5, n_multipliers=99)

    def asked(n):
        X = np.random.default_rng(0).normal(size=(n, 2))
        y = X[:, 0] * X[:, 1]
        return interaction_test(X, y, model=Product(), settings=settings, device="cpu")

    answer = asked(80)
    assert answer.n_tested_rows == 40 and len(answer.table) == 1
    assert answer.table["z"][0] > 2
    refused("at least 40 rows in each of 2 parts; got 39 of 79", asked, 79)
    X = np.random.default_rng(0).normal(size=(80, 3))  # one set of three
    three = interaction_test(
        X, X.prod(1), model=Product(), settings=settings, sets=[(0, 1, 2)], device="cpu"
    )
    assert three.table["three"].tolist() == [("x1", "x2", "x3")]


class Product:
    """A model that knows."""

    def fit(self, X, y):
        return self

    def predict(self, X):
        return X[:, 0] * X[:, 1]


def basis_of_two_rows():
    found = lines_of(two_features(2))
    assert found.uses.tolist()[:2] == [[True, False], [False, True]]
    equal(np.abs(found.values[:, :2]), 1)  # two values: a line is all there is


def functions_of_two_rows():
    equal(np.abs(basis.main_functions(np.array([[-1.0], [3.0]]), 8)), [[1], [1]])


def splines_of_two_rows():
    # two knots span no curve; three span one
    assert basis.natural_splines(np.array([1.0, 1.0]), 2).shape == (2, 0)
    assert basis.natural_splines(np.array([1.0, 2.0]), 2).shape == (2, 1)


def nothing_to_be_blind_to():
    found = two_features(2)
    targets = torch.zeros(1, 2, 2)
    said = blind.fit_blind(
        found, PAIRS, targets, family.weighted_square, np.arange(2), BRIEF, 0, "cpu"
    )
    equal(said, [[0, 0]])  # a side of one column is a curve


def split_of_two():
    learn, decide = blind.split(2, 0.5, 0)
    assert learn.sum() == decide.sum() == 1 and (learn != decide).all()


def kinds_of_two_rows():
    X = np.array([[0.0, 1.0], [2.0, 0.0]])
    assert calibrated.kind_of(X) == "allele count"
    assert "features that count alleles" in calibrated.known(X, "gaussian", 2)
    assert calibrated.kind_of(X > 0) == "binary"
    assert not calibrated.has_many_columns(X)


def table_of_one_value():
    equal(inputs.table("X", [[True]]), [[1]])
    equal(inputs.table("X", [["2"]]), [[2]])  # a number that is written
    refused(r"X\[0, 0\] must be finite; got nan", inputs.table, "X", [[None]])


def outcome_of_one_row():
    equal(inputs.outcome([True]), [1])
    refused("as in 1 of 1 rows: correct", inputs.outcome, [np.inf])
    refused("y must have 1 axis; got 0", inputs.outcome, 3)


def label_of_one_row():
    assert inputs.labels("groups", ["a"], 1).tolist() == ["a"]
    refused("as in 1 of 1 rows: leave", inputs.labels, "groups", [None], 1)


def one_fold_of_two_rows():
    halves = [folds.Fold(np.array([0]), np.array([1]))]
    refused(
        "y must vary in the 1 rows that are tested; all are alike, and 1 of 2 differ",
        outcomes.refuse_alike, np.array([0.0, 1.0]), GAUSSIAN, halves,
    )  # fmt: skip


def copy_of_one_row():
    one, two = np.ones((1, 1)), np.array([[1.0], [1.0], [2.0]])
    assert slips.copies(one, None, np.zeros(1)).tolist() == [-1]
    assert slips.allowed(one) == 0.01
    slips.refuse_copies(one, np.ones(1), None)
    assert slips.copies(two, None, np.arange(3)).tolist() == [-1, 0, -1]


def outcome_of_two_rows():
    features = table.features_of(
        [[0.0, 1.0], [2.0, 0.0]]
    )  # which two rows cannot avoid
    refused("'x1' is y, or", slips.refuse_outcome, features, np.array([3.0, 4.0]))


def remarks_on_three_rows():
    part = folds.Fold(np.arange(3), np.arange(3))
    y = np.array([0.0, 1.0, 2.0])
    assert "3 different values" in outcomes.remarks(y, GAUSSIAN, [part])[0]
    assert outcomes.remarks(y / 3, GAUSSIAN, [part]) == ()
    counted = outcomes.remarks(y, family.Family("poisson"), [part])
    assert counted[0].startswith("Only 2 of 3 outcomes are above 0, and 2 in one")


def differences_of_one_row():
    found = direction.mixed_differences(
        lambda x: x[:, 0] * x[:, 1], np.array([[2.0, 3.0]]), np.array([[1.0, 1.0]]),
        PAIRS, [(0,), (1,)],
    )  # fmt: skip
    equal(found, [[(2 - 1) * (3 - 1)]])


def folds_of_eighty():
    fold = folds.forward_folds(80, None, 1, 0.5, 0)[0]
    assert len(fold.learn) == len(fold.test) == 40
    refused("got 39 of 79 rows", folds.forward_folds, 79, None, 1, 0.5, 0)


def crossed_folds_of_eighty():
    first, second = folds.crossed_folds(80, None, 2, 0)
    equal(np.sort(np.concatenate([first.test, second.test])), np.arange(80))
    equal(first.learn, second.test)
    refused("got 39 of 79 rows", folds.crossed_folds, 79, None, 2, 0)


def features_that_tell_each_other():
    alike = np.array([[-1.0, -1.0], [1.0, 1.0]])
    told = basis.told_by_others(alike, [(0,), (1,)])
    np.testing.assert_allclose(told, [1, 1], atol=1e-3)
    equal(basis.told_by_others(alike[:, :1], [(0,)]), [0])


def two_folds_of_one_row():
    one = np.ones((1, 1))
    first = statistics.Scores(one, one, one, np.ones(1), np.ones(1))
    second = statistics.Scores(2 * one, one, one, np.ones(1), np.zeros(1))
    both = statistics.pooled([first, second])
    equal(both.residual, [[1], [2]])
    equal(both.surviving, [0.5])


def nothing_called_steps_nowhere():
    p = np.array([1.0])
    equal(step_down_p([], p, PAIRS, 1, None, Settings()), p)


def twenty_groups():
    equal(folds.numbered_groups(list("abcdefghijklmnopqrst"), 20), np.arange(20))
    refused("at least 20; got 19", folds.numbered_groups, np.arange(19), 19)
    assert folds.numbered_groups(None, 1) is None


class Counts(nn.Module):
    """Two genes of one SNP; the trait is their product."""

    def genes(self, x):
        return x

    def head(self, values):
        return values.prod(1, keepdim=True)


def genes_of_one_snp():
    counts = np.tile([[0, 2, 0, 2], [0, 0, 2, 2]], 11).astype(np.int8)
    panel = helpers.Panel(counts, (1, 1))
    together = (counts[0] == counts[1]) * 1.0
    noise = np.random.default_rng(0).normal(size=44)

    def asked(trait, learned, tested, n_bins=2):
        return genotypes.gene_interaction_test(
            [Counts()], panel, trait, learned=learned, tested=tested,
            n_bins=n_bins, n_multipliers=99,
        )  # fmt: skip

    found = asked(together + noise / 10, range(4), range(4, 44))
    assert found["pair"].tolist() == [("gene1", "gene2")] and found["z"][0] > 4
    assert asked(noise, range(4), range(4, 44))["z"][0] < 3
    refused("at least 40 people; got 39", asked, noise, range(4), range(4, 43))
    refused("n_bins must be at most 2; got 3", asked, noise, range(4), range(4, 44), 3)
    refused("must be people, and nobody", asked, noise, [], range(4, 44))
    fold = genotypes.GeneFold([Counts()], together + noise / 10, range(4), range(4, 44))
    crossed = genotypes.crossed_gene_interaction_test([fold], panel, n_bins=2)
    assert crossed["z"][0] == found["z"][0]
    refused("folds must hold", genotypes.crossed_gene_interaction_test, [], panel)
    there = genotypes.gene_slopes([Counts()], panel, together, n_bins=2)
    assert there["z"][0] > 4 and there["slope"][0] > 0
    assert genotypes.gene_functions([Counts()], panel).shape[0] == 44


def products_of_one_row():
    scores = np.array([[1.0, 2.0]])
    (found,) = screening.product_scores(
        scores, np.ones(1), [(0, 1)], [(0,), (1,)]
    )  # fmt: skip
    assert found == -np.log(2 * stats.norm.sf(1))
    assert screening.strongest([np.array([found])], 1).tolist() == [0]


def networks_of_two_rows():
    X, y, links = np.array([[-1.0], [1.0]]), np.array([-1.0, 1.0]), np.zeros(2)
    trained = hunt.hunt(X, y, links, GAUSSIAN, BRIEF, 0, "cpu")
    mean = hunt.MeanNetwork(trained)
    assert mean(X).shape == (2,)
    np.testing.assert_allclose(mean.moved(X, X[1], [[0]])[0], mean(X[[1, 1]]))
    left = hunt.is_anything_left(X, y, links, GAUSSIAN, BRIEF, 0, "cpu")
    assert isinstance(left, bool)


def learner_of_one_row():
    X = np.array([[2.0, 3.0]])
    equal(hunt.made_by(Product(), X, np.ones(1), GAUSSIAN)(X), [6])
    equal(hunt.asked(Product(), GAUSSIAN)(X), [6])


def directions_of_two_rows():
    features = two_features(2)
    lines = lines_of(features)
    mixed = np.array([[1.0], [-1.0]])
    said = projection.described(mixed, np.arange(2), lines, 1e-9)
    equal(np.round(lines.with_constant() @ said, 6), mixed)
    own, left = projection.project(
        said, np.ones(2), features, lines, PAIRS, Settings(), 0, "cpu"
    )
    assert own.shape == left.shape == (2, 1)
    one, half = projection.of_one_size(4 * mixed, 2 * mixed, np.ones(2), 0.1)
    equal(one, mixed)
    equal(half, mixed / 2)
    equal(projection.of_one_size(mixed, mixed, np.ones(2), 1.0)[0], 0 * mixed)


def rows_in_order():
    one, two = pd.Series([1.0]), pd.DataFrame({"a": [0.0, 1.0]})
    inputs.refuse_other_order("y", one, pd.DataFrame({"a": [0.0]}))
    inputs.refuse_other_order("y", [1.0, 2.0], two)
    other = pd.Series([1.0, 2.0], index=[1, 0])
    refused("y must have its rows", inputs.refuse_other_order, "y", other, two)


def null_of_two_rows():
    features = two_features(2)
    lines = lines_of(features)
    y = np.array([-1.0, 1.0])
    found = residual.fit_null(
        y, np.arange(2), features, lines, PAIRS, GAUSSIAN, Settings(residual=None), 0
    )
    assert found.links.shape == (2, 1) and found.weight.tolist() == [1, 1]
    main = residual.fit_main(y, np.arange(2), lines, GAUSSIAN)
    equal(main, [-main[1], main[1]])  # as y goes
    assert main[1] > 0


def system_of_one():
    solution = ridge.solve(np.array([[2.0]]), np.array([[6.0]]), np.zeros(1))
    assert solution.coefficients.item() == pytest.approx(3, rel=1e-6)
    equal(solution.without(np.array([0])), [0])


def gram_of_two_rows():
    found = ridge.weighted_gram(np.array([[1.0, 2.0], [3.0, 0.0]]), np.array([4.0, 0]))
    equal(found, [[4, 8], [8, 16]])


def fit_of_two_rows():
    found = ridge.fit(
        np.array([[-1.0], [1.0]]), np.array([0]), np.array([1.0, 3.0]), GAUSSIAN
    )
    assert found.coefficients[0, 0] == pytest.approx(2)


def cleared_of_a_constant():
    e, d, leverage = statistics.clear_both(
        np.array([[1.0], [3.0]]), np.array([[2.0], [8.0]]), np.ones(2), np.ones((2, 1)),
        np.zeros((2, 1, 0)),
    )  # fmt: skip
    equal(e, [[-1], [1]])
    equal(d, [[-3], [3]])
    equal(leverage, [[0.5], [0.5]])


def sums_of_two_clusters_of_one_row():
    e, d, weight = np.array([[-1.0], [1.0]]), np.array([[-3.0], [3.0]]), np.ones(2)
    constant, nothing = np.ones((2, 1)), np.zeros((2, 1, 0))
    found = statistics.cluster_sums(e, d, weight, constant, nothing, np.arange(2))
    # A row in two has leverage one half.
    np.testing.assert_allclose(found.residual, [[3 * 2**0.5], [3 * 2**0.5]])
    np.testing.assert_allclose(found.direction, [[9 * 2**0.5], [9 * 2**0.5]])
    equal(found.squares, [[9], [9]])


def rate_of_a_model_that_saw():
    assert 0.05 < calibrated.seen_rate() < 1


def slope_of_two_rows():
    e, d = np.array([[-1.0], [1.0]]), np.array([[-2.0], [2.0]])
    scores = statistics.Scores(e, d, np.full((2, 1), 0.0), np.ones(2), np.ones(1))
    found = statistics.slopes(scores)
    equal([found.slope[0], found.error[0], found.z[0], found.df[0]], [0.5, 0, 0, 2])
    nothing = statistics.slopes(
        statistics.Scores(e, 0 * d, 0 * d, np.ones(2), np.ones(1))
    )
    equal([nothing.slope[0], nothing.z[0]], [0, 0])


def share_of_one_slope():
    found = statistics.Slopes(*(np.array([v]) for v in (3.0, 0.0, 5.0, 1.0)), None)
    equal(statistics.shares(found, np.array([0.1])), [[0.9], [0.9], [0.9]])


def corrections_of_one():
    for correct in (statistics.holm, statistics.benjamini_hochberg):
        equal(correct(np.array([0.02])), [0.02])
        equal(correct(np.array([0.02]), 3), [0.06])  # two that were not tested
        assert np.isnan(correct(np.array([np.nan]))).all()


def bootstrap_of_one_row():
    # the one sign is + in about half of the draws
    p = statistics.max_t(np.ones((1, 1)), np.array([1.0]), 99, 0)
    assert 0.35 < p[0] < 0.65
    equal(statistics.max_t(np.ones((1, 1)), np.array([2.0]), 99, 0), [0.01])


def features_of_two_rows():
    found = table.features_of([[0.0, 1.0], [2.0, 0.0]])
    assert found.pairs == PAIRS and found.names == ("x1", "x2")
    equal(found.scores, [[-1, 1], [1, -1]])
    refused("X", table.features_of, [[0.0, 1.0]])
    refused("X", table.features_of, [[0.0], [1.0]])


def p_of_nothing_zero_and_one():
    said = [p_text(p, equals="= ") for p in (np.nan, 0.0, 5e-324, 1.0)]
    assert said == ["", "< 1e-300", "< 1e-300", "= 1"]
    assert p_text(0.04321) == "0.043"


#: Function of `significance/`: what its smallest inputs give.
SMALLEST = {
    "rejection_rates": rates_of_one,
    "p_text": p_of_nothing_zero_and_one,
    "exact_interval": share_of_one,
    "cell_type_test": six_cell_types,
    "training_test": two_trainings_of_each,
    "rmse": lambda: equal(cutoff.rmse(np.array([1.0]), np.array([3.0])), 2),
    "maximal_sets": lambda: equal(cutoff.maximal_sets([]), ()),
    "find_cutoffs": cutoff_of_one_set,
    "factor_pairs_test": fifty_of_either_label,
    "composition_columns": composition_of_one_sequence,
    "sum_of": sum_of_two_rows,
    "step_down": steps_of_one_redraw,
    "factor_scores": scores_of_two_filters,
    "name_factors": name_of_one_filter,
    "paired_test": paired_of_twenty,
    "unpaired_test": unpaired_of_twenty,
    "reference_test": reference_of_twenty,
    "effect_size_test": sizes_of_twenty,
    "refit_test": five_hundred_examples,
    "held_out_interaction": twenty_sequences,
    "as_bases": one_sequence,
    "motif_sites": lambda: equal(
        motif_pairs.motif_sites(["AC"], {"a": [[0, 1]], "b": [[1, 2]]})["a"], [[0, 1]]
    ),
    "best_matches": match_of_one_base,
    "asker": lambda: equal(
        motif_pairs.asker(lambda x: x[:, 0, 2])(np.array([[2]])), [1]
    ),
    "encoded": one_base_encoded,
    "score_limit": limit_of_one_position,
    "adjust": one_p_value,
    "consistency": one_p_value,
    "permuted_targets": one_person_permuted,
    "permutation_test": one_permutation,
    "p_values": lambda: equal(permutation.p_values(np.ones(1), np.ones((1, 1))), [1]),
    "attainable": lambda: equal(permutation.attainable(0.5, 1), 0.5),
    "fdr_curve": curve_of_one,
    "error_rates": lambda: equal(permutation.error_rates([True], [True])["power"], 1),
    "call_rates": calls_of_one,
    "interaction_test": eighty_rows_tested,
    "basis_of": basis_of_two_rows,
    "all_products": lambda: equal(basis.all_products([[[2.0]], [[3.0]]]), [[6]]),
    "main_functions": functions_of_two_rows,
    "natural_splines": splines_of_two_rows,
    "fit_blind": nothing_to_be_blind_to,
    "split": split_of_two,
    "known": kinds_of_two_rows,
    "kind_of": kinds_of_two_rows,
    "has_many_columns": kinds_of_two_rows,
    "product_scores": products_of_one_row,
    "strongest": products_of_one_row,
    "table": table_of_one_value,
    "outcome": outcome_of_one_row,
    "labels": label_of_one_row,
    "refuse_alike": one_fold_of_two_rows,
    "allowed": copy_of_one_row,
    "copies": copy_of_one_row,
    "refuse_copies": copy_of_one_row,
    "refuse_outcome": outcome_of_two_rows,
    "refuse_other_order": rows_in_order,
    "remarks": remarks_on_three_rows,
    "calibrated": lambda: equal(len(calibrated.calibrated()) > 0, True),
    "mixed_differences": differences_of_one_row,
    "weighted_gram": gram_of_two_rows,
    "weighted_square": lambda: equal(
        family.weighted_square(torch.zeros(1, 1, 1), torch.tensor([[[3.0, 2.0]]])), 18
    ),
    "stacked": lambda: equal(family.stacked([1.0], [2.0]), [[1, 2]]),
    "forward_folds": folds_of_eighty,
    "crossed_folds": crossed_folds_of_eighty,
    "told_by_others": features_that_tell_each_other,
    "pooled": two_folds_of_one_row,
    "step_down_p": nothing_called_steps_nowhere,
    "numbered_groups": twenty_groups,
    "gene_interaction_test": genes_of_one_snp,
    "crossed_gene_interaction_test": genes_of_one_snp,
    "gene_slopes": genes_of_one_snp,
    "gene_functions": genes_of_one_snp,
    "hunt": networks_of_two_rows,
    "is_anything_left": networks_of_two_rows,
    "made_by": learner_of_one_row,
    "asked": learner_of_one_row,
    "described": directions_of_two_rows,
    "project": directions_of_two_rows,
    "of_one_size": directions_of_two_rows,
    "fit_null": null_of_two_rows,
    "fit_main": null_of_two_rows,
    "solve": system_of_one,
    "fit": fit_of_two_rows,
    "clear_both": cleared_of_a_constant,
    "cluster_sums": sums_of_two_clusters_of_one_row,
    "summed": lambda: equal(statistics.summed(np.ones((1, 1)), np.zeros(1)), [[1]]),
    "slopes": slope_of_two_rows,
    "normal_values": lambda: equal(
        statistics.normal_values(np.zeros(1), np.ones(1)), [0]
    ),
    "shares": share_of_one_slope,
    "holm": corrections_of_one,
    "benjamini_hochberg": corrections_of_one,
    "max_t": bootstrap_of_one_row,
    "seen_rate": rate_of_a_model_that_saw,
    "features_of": features_of_two_rows,
    "normal_scores": features_of_two_rows,
}


# ---- the front door ----------------------------------------------------------------


def table_of_thirty_rows(folder):
    rows = [f"{i},{i % 7},{i}.5" for i in range(30)]
    (folder / "own.csv").write_text("\n".join(["a,b,y", *rows]))
    found = helpers.read_table(folder / "own.csv", target="y")
    assert found.X.shape == (30, 2) and found.y[0] == 0.5
    (folder / "own.csv").write_text("\n".join(["a,b,y", *rows[1:]]))
    refused(
        "at least 30 rows below the header; got 29",
        helpers.read_table, folder / "own.csv", target="y",
    )  # fmt: skip


def trait_of_two_people(folder):
    path = folder / "trait.txt"
    path.write_text("IID height\np0 1.5\np1 2\n")
    assert helpers.read_trait(path, "height").values.tolist() == [1.5, 2]
    path.write_text("IID height\np0 1.5\n")
    refused("height", helpers.read_trait, path, "height")  # does not vary


def panel_of_two_people(folder):
    to_bed(
        folder / "a.bed", np.array([[0.0], [2.0]]),
        properties={"chromosome": ["1"], "bp_position": [5]}, num_threads=1,
    )  # fmt: skip
    panel = helpers.load_panel(folder / "a.bed", {"g": np.arange(1)})
    assert panel.genotypes.tolist() == [[0, 2]] and panel.genes == ("g",)


def motifs_of_one_position(folder):
    (folder / "m.meme").write_text(
        "MEME version 4\n\nALPHABET= ACGT\n\nMOTIF a\n"
        "letter-probability matrix: alength= 4 w= 1\n0.7 0.1 0.1 0.1\n"
    )
    (motif,) = helpers.read_motifs(folder / "m.meme").values()
    assert motif.name == "a" and motif.width == 1
    (folder / "none.meme").write_text("MEME version 4\n\nALPHABET= ACGT\n")
    refused("none.meme", helpers.read_motifs, folder / "none.meme")


def windows_of_one_peak(folder):
    (folder / "g.fa").write_text(">chr1\n" + "ACGT" * 100 + "\n")
    (folder / "p.bed").write_text("chr1\t199\t200\n")
    (folder / "cells.tsv").write_text("K562\tp.bed\n")
    windows, bases = helpers.load_windows(folder / "cells.tsv", folder / "g.fa", size=1)
    assert windows.labels.tolist() == [[1]] and bases.tolist() == [[3]]
    (folder / "p.bed").write_text("")
    refused(
        "p.bed", helpers.load_windows, folder / "cells.tsv", folder / "g.fa", size=1
    )


def motif_of_one_position(_):
    assert helpers.Motif("a", [[0.25] * 4]).width == 1
    refused(r"\(width, 4\); got \(0, 4\)", helpers.Motif, "a", np.empty((0, 4)))


def panel_of_one_person(_):
    assert helpers.Panel(np.ones((1, 1), np.int8), (1,)).n_people == 1


def ensemble_of_one_row(_):
    fitted = helpers.Ensemble([MLP(1, (1,))], device="cpu").fit(
        [[1.0]], [2.0], max_epochs=1, stopping=None, progress=False
    )
    assert fitted.predict([[1.0]]).shape == (1, 1, 1)


def network_of_one_unit(_):
    assert helpers.MLP(1, (1,))(torch.ones(1, 1)).shape == (1, 1)
    assert helpers.MLPM(1, (1,), univariate=(1,))(torch.ones(1, 1)).shape == (1, 1)


def no_interactions(_):
    assert len(Interactions([], [], "a", "toy").to_frame()) == 0


#: Name of the front door that is no function of detectors or significance: the same.
FRONT_DOOR = {
    "read_table": table_of_thirty_rows,
    "read_trait": trait_of_two_people,
    "load_panel": panel_of_two_people,
    "read_motifs": motifs_of_one_position,
    "load_windows": windows_of_one_peak,
    "Motif": motif_of_one_position,
    "Panel": panel_of_one_person,
    "Ensemble": ensemble_of_one_row,
    "MLP": network_of_one_unit,
    "MLPM": network_of_one_unit,
    "Interactions": no_interactions,
    "benchmark": one_world,
}


def public_functions():
    for path in sorted((HELPERS / "significance").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name[0] != "_":
                yield node.name


def elsewhere(name):
    """Whether a name is a function whose room is enumerated, here or for detectors."""
    value = getattr(helpers, name)
    room = value.__module__.split(".")[1]
    return inspect.isfunction(value) and room in ("detectors", "significance")


def test_every_public_function_is_here():
    assert sorted(SMALLEST) == sorted(public_functions())


def test_every_name_of_the_front_door_is_here():
    assert sorted(FRONT_DOOR) == sorted(
        name for name in helpers.__all__ if not elsewhere(name)
    )


@pytest.mark.parametrize("name", SMALLEST)
def test_smallest_input(name):
    SMALLEST[name]()


@pytest.mark.parametrize("name", FRONT_DOOR)
def test_smallest_use(name, tmp_path):
    FRONT_DOOR[name](tmp_path)
