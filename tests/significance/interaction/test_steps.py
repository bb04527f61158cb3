"""Folds, directions, bases, projections and ridge solutions, each by hand."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LinearRegression, LogisticRegression

from helpers.ensemble import Ensemble
from helpers.networks.mlp import MLP
from helpers.significance.interaction import (
    Bases,
    Settings,
    Training,
    direction,
    ridge,
)
from helpers.significance.interaction.basis import (
    basis_of,
    main_functions,
    natural_splines,
    told_by_others,
)
from helpers.significance.interaction.blind import fit_blind, split
from helpers.significance.interaction.direction import mixed_differences
from helpers.significance.interaction.family import Family, stacked, weighted_square
from helpers.significance.interaction.folds import crossed_folds, forward_folds
from helpers.significance.interaction.hunt import NEAREST, MeanNetwork, asked
from helpers.significance.interaction.projection import described, project
from helpers.significance.interaction.table import features_of, normal_scores


def features(n=300, p=4, rho=0.5, seed=0):
    rng = np.random.default_rng(seed)
    X = np.sqrt(rho) * rng.normal(size=(n, 1)) + np.sqrt(1 - rho) * rng.normal(
        size=(n, p)
    )
    return features_of(X)


# ---- folds ----------------------------------------------------------------


def test_a_fold_learns_from_what_came_before():
    folds = forward_folds(1000, None, 3, 0.4, seed=0)
    seen = folds[0].learn
    assert len(seen) == pytest.approx(400, abs=1)
    for fold in folds:
        assert set(fold.learn) == set(seen)
        assert not set(fold.learn) & set(fold.test)
        assert len(fold.test) == pytest.approx(200, abs=1)
        seen = np.concatenate([fold.learn, fold.test])
    assert set(seen) == set(range(1000))


def test_groups_stay_together():
    groups = np.random.default_rng(0).integers(60, size=900)
    for fold in forward_folds(900, groups, 3, 0.34, seed=1):
        assert not set(groups[fold.learn]) & set(groups[fold.test])


def test_crossed_folds_test_every_row_once():
    groups = np.random.default_rng(0).integers(60, size=900)
    folds = crossed_folds(900, groups, 3, seed=1)
    np.testing.assert_array_equal(
        np.sort(np.concatenate([fold.test for fold in folds])), np.arange(900)
    )
    for fold in folds:
        assert len(fold.learn) + len(fold.test) == 900
        assert not set(groups[fold.learn]) & set(groups[fold.test])


# ---- features -------------------------------------------------------------


def test_scores_forget_units_and_shape_and_keep_ties():
    X = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_allclose(normal_scores(np.exp(X)), normal_scores(X))
    two = normal_scores(np.repeat([[0.0], [5.0]], [10, 30], axis=0))
    assert len(np.unique(two)) == 2
    assert two.mean() == pytest.approx(0) and two.std() == pytest.approx(1)


# ---- directions -----------------------------------------------------------


def test_a_product_has_its_own_mixed_difference_and_a_sum_has_none():
    rng = np.random.default_rng(0)
    X, R = rng.normal(size=(20, 3)), rng.normal(size=(7, 3))
    h = mixed_differences(
        lambda x: x[:, 0] * x[:, 1] + np.sin(x[:, 2]) + x[:, 0],
        X,
        R,
        [(0, 1), (0, 2), (1, 2)],
        [(0,), (1,), (2,)],
    )
    by_hand = ((X[:, None, 0] - R[:, 0]) * (X[:, None, 1] - R[:, 1])).mean(1)
    np.testing.assert_allclose(h[:, 0], by_hand)
    np.testing.assert_allclose(h[:, 1:], 0, atol=1e-12)


def test_what_is_left_of_the_model_has_no_interaction_of_the_pair():
    def f(x):
        return np.sin(x[:, 0] * x[:, 1] + x[:, 2])

    rng = np.random.default_rng(1)
    R = rng.normal(size=(5, 3))

    def rest(x):
        return f(x) - mixed_differences(f, x, R, [(0, 1)], [(0,), (1,), (2,)])[:, 0]

    X, other = rng.normal(size=(10, 3)), rng.normal(size=(1, 3))
    np.testing.assert_allclose(
        mixed_differences(rest, X, other, [(0, 1)], [(0,), (1,), (2,)]), 0, atol=1e-12
    )


def test_blocks_move_together():
    X, R = np.arange(8.0).reshape(2, 4), np.zeros((1, 4))
    h = mixed_differences(
        lambda x: x[:, 0] * x[:, 3] + x[:, 0] * x[:, 1],
        X,
        R,
        [(0, 1)],
        [(0, 1), (2, 3)],
    )
    np.testing.assert_allclose(h[:, 0], X[:, 0] * X[:, 3])  # x0 x1 is inside a block


@pytest.mark.parametrize("hidden", [(8,), (8, 5)])
def test_a_network_asked_about_what_changes_says_what_it_says_of_whole_rows(hidden):
    rng = np.random.default_rng(2)
    networks = [MLP(6, hidden).double() for _ in range(3)]
    mean = MeanNetwork(Ensemble(networks, device="cpu"))
    X, reference = rng.normal(size=(300, 6)), rng.normal(size=6)
    changes = [[k] for k in range(6)] * 7 + [[0, 3], [4, 1, 2]]
    found = mean.moved(X, reference, changes)
    for said, change in zip(found, changes, strict=True):
        rows = X.copy()
        rows[:, change] = reference[change]
        np.testing.assert_allclose(said, mean(rows), atol=1e-12)


@pytest.mark.parametrize("sets", [[(0, 1), (1, 2), (0, 3)], [(0, 1, 3)]])
def test_wide_tables_have_the_mixed_differences_of_narrow_ones(sets, monkeypatch):
    rng = np.random.default_rng(3)
    mean = MeanNetwork(Ensemble([MLP(5, (8, 4)).double()], device="cpu"))
    X, R = rng.normal(size=(40, 5)), rng.normal(size=(3, 5))
    asked = (mean, X, R, sets, [(0,), (1, 4), (2,), (3,)])
    whole = mixed_differences(*asked)
    monkeypatch.setattr(direction, "WIDE", 5)
    monkeypatch.setattr(direction, "VALUES_AT_ONCE", 100)
    np.testing.assert_allclose(mixed_differences(*asked), whole, atol=1e-12)
    assert np.abs(whole).max() > 1e-3


# ---- bases and ridge ------------------------------------------------------


def test_main_functions_are_orthonormal_and_begin_straight():
    x = np.random.default_rng(0).normal(size=(500, 1))
    functions = main_functions(x, 8)
    assert functions.shape == (500, 8)
    np.testing.assert_allclose(functions.T @ functions / 500, np.eye(8), atol=1e-8)
    assert abs(np.corrcoef(functions[:, 0], x[:, 0])[0, 1]) == pytest.approx(1)
    assert main_functions((x > 0) * 1.0, 8).shape == (500, 1)


def test_a_basis_grows_with_the_rows():
    few, many = (
        basis_of(features(400), [(0, 1), (0, 2)], n, Bases()).values.shape[1]
        for n in (40, 4000)
    )
    assert few < many == 4 * 8 + 2 * 25


def test_leaving_functions_out_is_a_new_solution():
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(50, 6)), rng.normal(size=(50, 2))
    penalty = np.full(6, 0.5)
    solution = ridge.solve(A.T @ A, A.T @ b, penalty)
    kept = [0, 2, 5]
    alone = ridge.solve(A[:, kept].T @ A[:, kept], A[:, kept].T @ b, penalty[kept])
    left = solution.without(np.array([1, 3, 4]), target=1)
    np.testing.assert_allclose(left[kept], alone.coefficients[:, 1])
    np.testing.assert_allclose(left[[1, 3, 4]], 0)


def test_absent_groups_vanish_and_strong_ones_are_not_shrunk():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(400, 40))
    groups = np.repeat(np.arange(10), 4)
    y = 3 * A[:, 0] + rng.normal(size=400)
    b = ridge.fit(A, groups, y, Family("gaussian")).coefficients[1:, 0]
    assert b[0] == pytest.approx(3, abs=0.15)
    assert np.abs(b[4:]).max() < 0.1


def test_logistic_coefficients():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(4000, 2))
    y = (rng.random(4000) < 1 / (1 + np.exp(-1 - 2 * A[:, 0]))).astype(float)
    b = ridge.fit(A, np.array([0, 1]), y, Family("binomial")).coefficients[:, 0]
    np.testing.assert_allclose(b, [1, 2, 0], atol=0.2)


# ---- projection -----------------------------------------------------------

PAIRS = [(0, 1), (0, 2)]
SETTINGS = Settings(projection=None)


def projected(table, directions, pairs=PAIRS):
    n = len(table.scores)
    basis = basis_of(table, table.pairs, n / 4, SETTINGS.bases)
    said = described(directions, np.arange(n), basis, 1e-3)
    return project(said, np.ones(n), table, basis, pairs, SETTINGS, seed=0)


def test_a_direction_is_what_holds_both_features():
    table = features(2000, rho=0.0)
    a, b, c, _ = table.scores.T
    own, left = projected(table, np.stack([b * c + np.sin(a), a * b], axis=1))
    # Neither holds both features of its pair.
    assert own.std(0).max() < 0.05 and left.std(0).max() < 0.05
    own, left = projected(table, np.stack([a * b + b * c, a * c], axis=1))
    np.testing.assert_allclose(own.std(0), (a * b).std(), atol=0.1)
    np.testing.assert_allclose(left.std(0), (a * b).std(), atol=0.2)


def test_projection_is_orthogonal_to_what_the_null_allows():
    table = features(2000, rho=0.7)
    a, b, c, d = table.scores.T
    own, left = projected(table, np.stack([a * b, a * c], axis=1))
    assert (left.var(0) < 0.8 * own.var(0)).all()  # correlated: much of it is allowed
    for allowed in (a, b**2, a * c, b * d, np.sin(c), a * c * d):
        assert abs(np.corrcoef(allowed, left[:, 0])[0, 1]) < 0.02


def test_blind_networks_learn_what_products_cannot_say():
    table = features(1500, rho=0.0)
    _, b, c, d = table.scores.T
    wave = np.sin(2 * b * c + d)
    rows = np.arange(1500)
    learn, other = rows[:1000], rows[1000:]
    said = fit_blind(
        table, [(0, 1)], stacked(wave[None], np.ones(1500)), weighted_square, learn,
        Training((32, 16), max_epochs=60, patience=10), 0, "cpu",
    )  # fmt: skip
    assert (wave - said[0])[other].var() < 0.5 * wave[other].var()


def test_a_blind_network_does_not_see():
    table = features(300)
    X = torch.from_numpy(table.scores).float()
    targets = torch.stack([X[:, 0] * X[:, 1], torch.ones(300)], -1)[None]
    said = fit_blind(
        table, [(0, 1)], targets, weighted_square, np.arange(300),
        Training((8,), max_epochs=5), 0, "cpu",
    )  # fmt: skip
    assert said.shape == (1, 300)
    # Tables of two features leave one side a curve: the splines have it.
    two = features(300, p=2)
    said = fit_blind(
        two, [(0, 1)], targets, weighted_square, np.arange(300),
        Training((8,), max_epochs=5), 0, "cpu",
    )  # fmt: skip
    assert not said.any()


def test_estimators_fitted_on_frames_are_asked_with_their_columns():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(60, 2)), columns=["age", "dose"])
    fitted = LogisticRegression().fit(X, X["age"] > 0)
    logits = asked(fitted, Family("binomial"))(X.to_numpy())  # warnings are errors
    expected = X.to_numpy() @ fitted.coef_[0] + fitted.intercept_[0]
    limit = np.log((1 - NEAREST) / NEAREST)
    np.testing.assert_allclose(logits, np.clip(expected, -limit, limit))
    line = LinearRegression().fit(X, X["age"] + 2)
    rates = asked(line, Family("gaussian"))(X.to_numpy())
    np.testing.assert_allclose(rates, X["age"] + 2)


def test_natural_splines_are_nothing_before_their_knot_and_straight_at_the_ends():
    x = np.linspace(0, 1, 201)
    knots = np.quantile(x, np.linspace(0.02, 0.98, 5))
    for k, curve in enumerate(natural_splines(x, 4).T):
        bend = np.diff(curve, 2)
        assert not curve[x <= knots[k]].any()
        assert np.abs(bend[x[1:-1] > knots[-1] + 0.01]).max() < 1e-12
        assert np.abs(bend).max() > 1e-5


@pytest.mark.parametrize(("n", "share", "n_validation"), [(10, 0.3, 3), (5, 0.05, 1)])
def test_a_share_of_the_rows_decides(n, share, n_validation):
    learn, decide = split(n, share, 0)
    assert decide.sum() == n_validation and (learn ^ decide).all()


def test_what_others_tell_of_a_feature():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 2000))
    X = np.column_stack([a, b, a**2 + 0.01 * rng.normal(size=2000), a, a - b])
    told = told_by_others(normal_scores(X), [(0,), (1,), (2,)])
    # The square tells nothing of the straight line; the line tells the square.
    assert told[0] < 0.1 and told[1] < 0.05 and told[2] > 0.9
    told = told_by_others(normal_scores(X), [(0,), (1,), (4,)])
    assert (told > 0.9).all()  # each is the sum of two
    assert (told_by_others(normal_scores(X), [(0,), (1,), (3,)]) > 0.9)[[0, 2]].all()
    joined = told_by_others(normal_scores(X), [(0, 3), (1,)])
    assert (joined < 0.1).all()
