import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import Lasso

from helpers.detectors.hierarchical_lasso import (
    hierarchical_lasso,
    largest_penalty,
    solve_hierarchical_lasso,
)

PAIRS = [(0, 1), (0, 2), (1, 2)]


def problem(y_of, n=200, seed=0):
    """Return a design of three features and their products, centred, and y."""
    X = np.random.default_rng(seed).standard_normal((n, 3))
    design = np.column_stack([X, *(X[:, i] * X[:, j] for i, j in PAIRS)])
    y = y_of(X) + 0.1 * np.random.default_rng(seed + 1).standard_normal(n)
    return design - design.mean(axis=0), y - y.mean()


def solve(design, y, penalty, hierarchy="weak"):
    n = len(y)
    return solve_hierarchical_lasso(
        design.T @ design / n, design.T @ y / n, penalty, hierarchy=hierarchy
    )


def objective(beta, theta, design, y, penalty):
    """Return the loss with the main effects' price written as a maximum."""
    products = [(theta[i, j] + theta[j, i]) / 2 for i, j in PAIRS]
    loss = ((y - design @ np.r_[beta, products]) ** 2).mean() / 2
    rows = np.abs(theta).sum(axis=1)
    return loss + penalty * (np.maximum(np.abs(beta), rows) + rows / 2).sum()


def by_general_minimiser(design, y, penalty, strong):
    """Minimise the same problem, split into parts of one sign, with SLSQP."""
    off = ~np.eye(3, dtype=bool)

    def parts(x):
        theta = np.zeros((2, 3, 3))
        theta[:, off] = x[6:].reshape(2, 6)
        return x[:3] - x[3:6], theta

    def cost(x):
        beta, theta = parts(x)
        products = [np.diff(theta[:, i, j] + theta[:, j, i])[0] / 2 for i, j in PAIRS]
        loss = ((y - design @ np.r_[beta, products]) ** 2).mean() / 2
        return loss + penalty * (x[:6].sum() + x[6:].sum() / 2)

    def room(x):
        return x[:3] + x[3:6] - parts(x)[1].sum(axis=(0, 2))

    def skew(x):
        theta = np.diff(parts(x)[1], axis=0)[0]
        return [theta[i, j] - theta[j, i] for i, j in PAIRS]

    constraints = [{"type": "ineq", "fun": room}]
    if strong:
        constraints.append({"type": "eq", "fun": skew})
    found = minimize(
        cost,
        np.full(18, 0.1),
        method="SLSQP",
        bounds=[(0, None)] * 18,
        constraints=constraints,
        options={"maxiter": 1000, "ftol": 1e-12},
    )
    assert found.success
    return found.fun


@pytest.mark.parametrize("hierarchy", ["weak", "strong"])
@pytest.mark.parametrize("penalty", [0.02, 0.2])
def test_solution_is_as_good_as_a_general_minimisers(hierarchy, penalty):
    design, y = problem(lambda X: X[:, 0] + X[:, 0] * X[:, 1] - 0.5 * X[:, 1] * X[:, 2])
    beta, theta = solve(design, y, penalty, hierarchy)
    ours = objective(beta, theta, design, y, penalty)
    expected = by_general_minimiser(design, y, penalty, hierarchy == "strong")
    assert ours == pytest.approx(expected, abs=1e-6)


def test_no_small_step_lowers_the_objective():
    design, y = problem(lambda X: X[:, 0] + X[:, 0] * X[:, 1])
    beta, theta = solve(design, y, 0.1)
    best = objective(beta, theta, design, y, 0.1)
    rng = np.random.default_rng(2)
    for scale in (1e-3, 1e-1):
        for _ in range(200):
            step = scale * rng.standard_normal((3, 3))
            np.fill_diagonal(step, 0)
            moved = beta + scale * rng.standard_normal(3), theta + step
            assert objective(*moved, design, y, 0.1) > best - 1e-8


def test_equals_the_lasso_where_main_effects_leave_room():
    design, y = problem(lambda X: 3 * X.sum(axis=1) + X[:, 0] * X[:, 1])
    beta, theta = solve(design, y, 0.1)
    lasso = Lasso(alpha=0.1, tol=1e-10).fit(design, y)
    products = [(theta[i, j] + theta[j, i]) / 2 for i, j in PAIRS]
    assert np.r_[beta, products] == pytest.approx(lasso.coef_, abs=1e-5)


def test_model_is_empty_from_the_largest_penalty_on():
    design, y = problem(lambda X: 0.3 * X[:, 0] + X[:, 0] * X[:, 1])
    largest = largest_penalty(design, y)
    for penalty, empty in ((1.01 * largest, True), (0.98 * largest, False)):
        beta, theta = solve(design, y, penalty)
        assert (max(np.abs(beta).max(), np.abs(theta).max()) < 1e-6) == empty


def test_strong_hierarchy_asks_both_main_effects():
    design, y = problem(lambda X: 2 * X[:, 0] + X[:, 0] * X[:, 1])
    assert np.abs(solve(design, y, 0.3)[1][1]).max() < 1e-6  # row of x2
    weak = solve(design, y, 0.3)[1]
    _, strong = solve(design, y, 0.3, "strong")
    assert weak[0, 1] > 0.1
    assert strong == pytest.approx(strong.T, abs=1e-6)
    assert strong[0, 1] < weak[0, 1]


@pytest.mark.parametrize("hierarchy", ["weak", "strong"])
def test_finds_the_product(hierarchy):
    X = np.random.default_rng(0).uniform(-1, 1, (500, 4))
    y = X[:, 0] + X[:, 1] + X[:, 0] * X[:, 1] + X[:, 3]
    found = hierarchical_lasso(X, y, hierarchy=hierarchy, n_penalties=10, n_folds=3)
    assert found.ranked().sets[0] == (0, 1)
    # sd(x1 x2) = 1/3 per product of unit variance, var(y) = 1 + 1/9
    assert found.scores[0] == pytest.approx(1 / 3 / np.sqrt(10 / 9), abs=0.03)
    assert found.details["enters"].argmax() == 0
    assert found.details["penalty"] > 0


def test_one_se_model_is_sparser_and_ties_are_ordered_by_entry():
    X = np.random.default_rng(0).uniform(-1, 1, (500, 4))
    y = X.sum(axis=1) + 0.5 * np.random.default_rng(1).standard_normal(500)
    quick = {"n_penalties": 20, "n_folds": 3}
    sparse = hierarchical_lasso(X, y, rule="one-se", **quick)
    dense = hierarchical_lasso(X, y, rule="minimum", **quick)
    assert sparse.details["penalty"] > dense.details["penalty"]
    outside = sparse.scores == 0
    assert outside.sum() > (dense.scores == 0).sum()
    assert (sparse.details["enters"][outside] < sparse.details["penalty"]).all()
    assert (dense.details["enters"] == sparse.details["enters"]).all()


def test_scale_and_column_order_do_not_matter():
    X = np.random.default_rng(0).uniform(-1, 1, (300, 3))
    y = X[:, 0] * X[:, 1] + X[:, 0]
    quick = {"n_penalties": 5, "n_folds": 2}
    plain = hierarchical_lasso(X, y, **quick)
    moved = hierarchical_lasso(5 * X[:, ::-1] + 2, 10 * y - 3, **quick)
    assert moved.scores[::-1] == pytest.approx(plain.scores, abs=1e-5)
    some = hierarchical_lasso(X, y, sets=[(1, 2), (0, 1)], **quick)
    assert some.scores == pytest.approx(plain.scores[[2, 0]])


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"hierarchy": "none"}, "hierarchy must be one of weak, strong; got 'none'"),
        ({"rule": "best"}, "rule must be one of minimum, one-se; got 'best'"),
        ({"n_folds": 1}, "n_folds must be at least 2; got 1"),
        ({"n_penalties": 1}, "n_penalties must be at least 2; got 1"),
        ({"smallest": 0.9}, "smallest must be at most 0.5; got 0.9"),
        ({"sets": [(0, 1, 2)]}, "sets must be pairs"),
        ({"seed": -1}, "seed must be at least 0; got -1"),
    ],
)
def test_bad_knobs(bad, message):
    X = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    with pytest.raises(ValueError, match=message):
        hierarchical_lasso(X, X[:, 0], **bad)


def test_bad_data():
    X = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    with pytest.raises(ValueError, match="y must vary"):
        hierarchical_lasso(X, np.ones(20))
    with pytest.raises(ValueError, match="y must have 20 values; got 5"):
        hierarchical_lasso(X, np.arange(5))
    X[0, 1] = np.nan
    with pytest.raises(ValueError, match=r"X\[0, 1\] must be finite"):
        hierarchical_lasso(X, np.arange(20))
