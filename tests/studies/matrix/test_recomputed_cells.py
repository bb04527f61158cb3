"""Stored cells, computed again from the raw data sets without the project's methods.

Twenty, mostly by statsmodels: drawn once at random (numpy's generator of seed
20261128) among five methods that train nothing, four truths each. Seventeen by a few
lines of numpy, scikit-learn, xgboost and clarabel: of the first twenty-four rows of all
tables in the order in which the same generator permutes them, at most two a method,
those of no network, which another processor trains to other weights, and whose pairs do
not all interact; and, further on, one of trees.
"""

from itertools import combinations

import clarabel
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
import xgboost
from scipy import sparse, stats
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import lasso_path
from sklearn.metrics import average_precision_score, roc_auc_score
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests

from helpers.press import results
from helpers.studies.matrix.truths import draw, truths

METHODS = (
    "ANOVA, per pair", "ANOVA, joint", "ANOVA, bins", "product regression",
    "tensor splines",
)  # fmt: skip
#: Drawn among all tables: file, method, truth, number of the data set.
DRAWN = (
    ("regressions", "ANOVA, bins", "weak product", 2),
    ("knockoffs", "knock-offs", "F10", 0),
    ("lasso", "hierarchical lasso", "F4", 0),
    ("knockoffs", "knock-offs", "genes, none", 4),
    ("regressions", "tensor splines", "F5, correlated", 3),
    ("regressions", "tensor splines", "F6, correlated", 4),
    ("regressions", "hunt and test", "F5, noise", 2),
    ("regressions", "ANOVA, bins", "genes, simple", 2),
    ("regressions", "hunt and test", "F5, noise", 0),
    ("regressions", "product regression", "alleles", 4),
    ("regressions", "ANOVA, joint", "heavy", 4),
    ("regressions", "ANOVA, joint", "F10", 3),
    ("regressions", "ANOVA, per pair", "F6", 3),
    ("regressions", "ANOVA, per pair", "joint tagging", 2),
    ("regressions", "product regression", "F1, correlated", 1),
    ("lasso", "product lasso", "twenty motifs, one pair", 0),
    ("trees", "H statistic", "F7, noise", 0),
)


def stored(file="regressions"):
    """Return the stored rows of a file of methods."""
    return results.Store("6-matrix", size="paper").paper(f"cells-{file}", partial=True)


def picked():
    """Return cells of truths with at most ten features, so that formulas are quick."""
    rng = np.random.default_rng(20261128)
    table = stored()
    few = table[(table["data_set"] == 0) & (table["n_null"] + table["n_true"] <= 45)]
    return [
        (method, truth)
        for method in METHODS
        for truth in rng.choice(few.loc[few["method"] == method, "truth"], 4, False)
    ]


def agrees(file, method, truth, number, data, score, p=None, surely=None):
    """Assert that the stored row is what scores and p-values are worth.

    surely : bool, what is called after correction; by default Holm's
    """
    table = stored(file)
    same = (table["method"] == method) & (table["truth"] == truth)
    (row,) = table[same & (table["data_set"] == number)].to_dict("records")
    pairs = set(map(tuple, map(sorted, data.true_pairs)))
    true = np.array([pair in pairs for pair in combinations(range(data.n_features), 2)])
    if true.any() and not true.all():
        ap, auc = average_precision_score(true, score), roc_auc_score(true, score)
        assert row["ap"] == pytest.approx(ap, abs=2e-4)
        assert row["auc"] == pytest.approx(auc, abs=2e-4)
        assert row["first"] == pytest.approx(true[score == score.max()].mean())
    else:
        assert np.isnan([row["ap"], row["auc"], row["first"]]).all()
    if p is None:
        assert np.isnan([row["called"], row["found"], row["any_called"]]).all()
        return
    surely = multipletests(p, 0.05, "holm")[0] if surely is None else surely
    assert row["n_null"] == (~true).sum() and row["n_true"] == true.sum()
    assert row["called"] == (p[~true] <= 0.05).sum()
    assert row["found"] == (p[true] <= 0.05).sum()
    assert row["any_called"] == surely[~true].any()
    assert row["found_corrected"] == surely[true].sum()


def normal_scores(X):
    scores = stats.norm.ppf((stats.rankdata(X, axis=0) - 0.5) / len(X))
    return (scores - scores.mean(0)) / scores.std(0)


def pairs_of(X):
    return list(combinations(range(X.shape[1]), 2))


def products_of(Z):
    return np.stack([Z[:, i] * Z[:, j] for i, j in pairs_of(Z)], axis=1)


# By statsmodels


def p_of(method, X, y):
    """Return score and p of every pair, in the order of `itertools.combinations`."""
    pairs = pairs_of(X)
    if method == "ANOVA, per pair":
        fits = [
            sm.OLS(y, sm.add_constant(np.c_[X[:, i], X[:, j], X[:, i] * X[:, j]])).fit()
            for i, j in pairs
        ]
        return np.array([(f.tvalues[3] ** 2, f.pvalues[3]) for f in fits])
    if method in ("ANOVA, joint", "product regression"):
        Z = X if method == "ANOVA, joint" else normal_scores(X)
        model = sm.OLS(y, sm.add_constant(np.c_[Z, products_of(Z)]))
        robust = {"cov_type": "HC3", "use_t": True}
        fit = model.fit(**({} if method == "ANOVA, joint" else robust))
        t, p = fit.tvalues[-len(pairs) :], fit.pvalues[-len(pairs) :]
        return np.c_[t**2 if method == "ANOVA, joint" else -p, p]
    if method == "ANOVA, bins":
        return np.array([factorial(X[:, i], X[:, j], y) for i, j in pairs])
    return tensor(normal_scores(X), y, pairs)


def fifth(v):
    """Return the fifth of each value by its mean rank; few values as they are."""
    return v if len(set(v)) <= 5 else (5 * (stats.rankdata(v) - 0.5) / len(v)) // 1


def factorial(a, b, y):
    table = pd.DataFrame({"y": y, "a": fifth(a), "b": fifth(b)})
    small, large = (smf.ols(f"y ~ C(a) {sign} C(b)", table).fit() for sign in "+*")
    row = anova_lm(small, large).iloc[1]
    return row["F"], row["Pr(>F)"]


def splines(x):
    """Return x and four natural cubic splines, orthonormal; x alone of few values."""
    knots = np.unique(np.quantile(x, np.linspace(0.02, 0.98, 6)))
    last, raw = knots[-1], [np.ones(len(x)), x]
    beyond = [
        ((x - k).clip(0) ** 3 - (x - last).clip(0) ** 3) / (last - k)
        for k in knots[:-1]
    ]
    raw += [column - beyond[-1] for column in beyond[:-1]]
    basis, triangle = np.linalg.qr(np.stack(raw, axis=1))
    new = np.abs(np.diag(triangle)) > 1e-4 * np.std(raw, axis=1) * np.sqrt(len(x))
    return basis[:, 1:][:, new[1:]] * np.sqrt(len(x))


def tensor(Z, y, pairs):
    """Return F tests of products of three spline functions each, all mains beside."""
    main = [splines(column) for column in Z.T]
    base = np.linalg.qr(np.c_[np.ones(len(y)), np.hstack(main)])[0]
    left, rows = y - base @ (base.T @ y), []
    for i, j in pairs:
        # Of a feature with few values there are fewer functions than three.
        both = np.stack([a * b for a in main[i][:, :3].T for b in main[j][:, :3].T], 1)
        fit = sm.OLS(left, both - base @ (base.T @ both)).fit()
        rest = len(y) - base.shape[1] - fit.model.rank
        F = (left @ left - fit.ssr) / fit.model.rank / (fit.ssr / rest)
        p = stats.f.sf(F, fit.model.rank, rest)
        rows.append((-p, p))
    return np.array(rows)


# Cells of alleles may be empty: statsmodels then counts ranks, as it should.
@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
@pytest.mark.parametrize(("method", "truth"), picked())
def test_a_stored_cell_is_what_other_packages_make_of_its_data(method, truth):
    data = draw(truth, 0, **truths()[truth].settings)
    score, p = p_of(method, np.asarray(data.X, float), data.y).T
    agrees("regressions", method, truth, 0, data, score, p)


# By hand


def hunted(X, y, seed):
    """Return p of score tests: trees hunt on a half, splines are the null."""
    order = np.random.default_rng(seed).permutation(len(y))
    learn, test = order[: len(y) // 2], order[len(y) // 2 :]
    trees = HistGradientBoostingRegressor(max_iter=100, random_state=0)
    ask, rows = trees.fit(X[learn], y[learn]).predict, X[test]
    main = [splines(column) for column in normal_scores(rows).T]
    base = np.linalg.qr(np.c_[np.ones(len(rows)), np.hstack(main)])[0]

    def moved(*members):
        said = []
        for reference in X[learn[:4]]:
            there = rows.copy()
            there[:, members] = reference[list(members)]
            said.append(ask(there))
        return np.mean(said, axis=0)

    whole, single = ask(rows), [moved(k) for k in range(X.shape[1])]
    p = []
    for i, j in pairs_of(X):
        both = np.c_[y[test], whole - single[i] - single[j] + moved(i, j)]
        u = (both - base @ (base.T @ both)).prod(axis=1)
        p.append(stats.norm.sf(u.sum() / np.sqrt((u**2).sum())) if u.any() else 0.5)
    return np.array(p)


def boosted(X, y, seed, n_trees):
    """Return a booster of a power of two of the outcome, as the tables' trees."""
    y = y / 2 ** np.floor(np.log2(y.std()))
    settings = {"max_depth": 4, "eta": 0.15, "subsample": 0.8, "seed": seed}
    settings |= {"colsample_bytree": 0.8, "nthread": 1}
    return xgboost.train(settings, matrix(X, y), num_boost_round=n_trees)


def matrix(X, y=None):
    return xgboost.DMatrix(X.astype(np.float32), y, nthread=1)


def some(X, n_rows, seed):
    return X[np.random.default_rng(seed).choice(len(X), n_rows, replace=False)]


def friedman(X, y, seed):
    """Return how far the dependence on two features is from the sum of the single."""
    booster, rows = boosted(X, y, seed, 300), some(X, 50, seed)

    def dependence(*members):
        grid = np.tile(rows, (50, 1))
        grid[:, members] = np.repeat(rows[:, members], 50, axis=0)
        said = booster.predict(matrix(grid)).astype(float).reshape(50, 50).mean(axis=1)
        return said - said.mean()

    single = [dependence(k) for k in range(X.shape[1])]
    apart = [dependence(i, j) - single[i] - single[j] for i, j in pairs_of(X)]
    return np.sqrt(np.mean(np.square(apart), axis=1))


def knocked_off(X, y, seed):
    """Return SHAP of trees on normal scores beside knock-offs, and discovery rates."""
    Z = normal_scores(X)
    n, p = Z.shape
    correlation = 0.98 * np.corrcoef(Z.T) + 0.02 * np.eye(p)
    distance = 0.999 * min(1, 2 * np.linalg.eigvalsh(correlation)[0])
    inverse = np.linalg.inv(correlation)
    values, vectors = np.linalg.eigh(2 * distance * np.eye(p) - distance**2 * inverse)
    noise = np.random.default_rng([seed, 74]).standard_normal((n, p))
    copies = Z - distance * Z @ inverse + noise @ (vectors * np.sqrt(values)).T
    both = np.c_[Z, copies]
    asked = matrix(some(both, 100, seed))
    said = boosted(both, y, seed, 100).predict(asked, pred_interactions=True)
    sizes = np.abs(said).astype(float).mean(axis=0)[: 2 * p, : 2 * p]
    one = sizes[:p, p:][~np.eye(p, dtype=bool)]
    score = sizes[:p, :p][np.triu_indices(p, 1)]
    two = sizes[p:, p:][np.triu_indices(p, 1)]
    rate = [max((one >= t).sum() - (two >= t).sum(), 0) for t in score]
    rate = np.array(rate) / [(score >= t).sum() for t in score]
    return score, np.array([min(1, rate[score <= t].min()) for t in score])


def standardised(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def lasso(X, y, seed):
    """Return coefficients of products at the penalty that five folds choose."""
    D = standardised(np.c_[standardised(X), products_of(standardised(X))])
    order = np.random.default_rng(seed).permutation(len(y))
    D, y = D[order], y[order]
    penalties = np.abs(D.T @ (y - y.mean())).max() / len(y) * np.geomspace(1, 1e-3, 100)
    error = np.zeros(100)
    for test in np.array_split(np.arange(len(y)), 5):
        learn = np.setdiff1d(np.arange(len(y)), test)
        centre, level = D[learn].mean(axis=0), y[learn].mean()
        path = lasso_path(D[learn] - centre, y[learn] - level, alphas=penalties)[1]
        error += ((y[test, None] - level - (D[test] - centre) @ path) ** 2).mean(axis=0)
    best = penalties[: error.argmin() + 1]
    path = lasso_path(D, y - y.mean(), alphas=best)[1]
    return np.abs(path[X.shape[1] :, -1])


def vouched(gram, moment, penalty, p):
    """Minimise the loss plus the hierarchical lasso's norm, as a quadratic program.

    Bien, Taylor and Tibshirani (2013): a price for max(|beta_j|, sum_k |Theta_jk|), and
    half of it for every |Theta_jk|. Unknowns: beta, Theta by row, |Theta|, the maxima.
    """
    entries = [(i, j) for i in range(p) for j in range(p) if i != j]
    n, pairs = len(entries), list(combinations(range(p), 2))
    columns = [p + pairs.index((min(e), max(e))) for e in entries]
    to_design = np.zeros((len(moment), p + n))
    to_design[range(p), range(p)] = 1
    to_design[columns, range(p, p + n)] = 0.5
    of_row = np.repeat(np.eye(p), p - 1, axis=1)
    eye, wide, none = np.eye(p), np.eye(n), np.zeros
    below = [
        [s * eye, none((p, 2 * n)), -eye] for s in (1, -1)
    ] + [
        [none((n, p)), s * wide, -wide, none((n, p))] for s in (1, -1)
    ] + [[none((p, p + n)), of_row, -eye]]  # fmt: skip
    constraints = sparse.csc_matrix(np.vstack([np.hstack(row) for row in below]))
    curvature = none((2 * p + 2 * n,) * 2)
    curvature[: p + n, : p + n] = to_design.T @ gram @ to_design
    price = np.r_[-moment @ to_design, np.full(n, penalty / 2), np.full(p, penalty)]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix(np.triu(curvature)),
        price,
        constraints,
        np.zeros(constraints.shape[0]),
        [clarabel.NonnegativeConeT(constraints.shape[0])],
        settings,
    )
    return to_design @ np.array(solver.solve().x)[: p + n]


def hierarchical(X, y, seed):
    """Return coefficients of products at the penalty that five folds choose."""
    n, p = X.shape
    Z, y = standardised(X), standardised(y)
    D = np.c_[Z, products_of(Z) - products_of(Z).mean(axis=0)]
    slope = np.abs(D.T @ y) / n
    best = [max(slope[p + k] for k, e in enumerate(pairs_of(X)) if j in e)
            for j in range(p)]  # fmt: skip
    first = np.maximum(slope[:p], (slope[:p] + np.array(best) / 2) / 1.5).max()
    penalties = first * np.geomspace(1, 1e-4, 25)

    def path(D, y, some):
        gram, moment = D.T @ D / len(y), D.T @ y / len(y)
        return np.array([vouched(gram, moment, one, p) for one in some])

    fold, error = np.random.default_rng(seed).permutation(n) % 5, np.zeros(25)
    for k in range(5):
        centre, level = D[fold != k].mean(axis=0), y[fold != k].mean()
        found = path(D[fold != k] - centre, y[fold != k] - level, penalties)
        left = y[fold == k, None] - level - (D[fold == k] - centre) @ found.T
        error += (left**2).mean(axis=0)
    size = np.abs(path(D, y, penalties[[error.argmin()]])[0, p:])
    return np.where(size < 1e-6, 0, size)  # what the solver has not rounded


BY_HAND = {"H statistic": friedman, "product lasso": lasso}
BY_HAND["hierarchical lasso"] = hierarchical


@pytest.mark.parametrize(("file", "method", "truth", "number"), DRAWN)
def test_a_stored_cell_is_what_a_few_lines_make_of_its_data(
    file, method, truth, number
):
    data = draw(truth, number)
    X, y, surely = np.asarray(data.X, float), np.asarray(data.y, float), None
    if method in BY_HAND:
        score, p = BY_HAND[method](X, y, number), None
    elif method == "knock-offs":
        score, p = knocked_off(X, y, number)
        surely = p <= 0.05  # a discovery rate is one of all pairs already
    elif method == "hunt and test":
        p = hunted(X, y, number)
        score = -p
    else:
        score, p = p_of(method, X, y).T
    agrees(file, method, truth, number, data, score, p, surely)
