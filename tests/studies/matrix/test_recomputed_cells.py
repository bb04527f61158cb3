"""Twenty stored cells, computed again by other packages from the raw data sets.

Drawn once at random among the methods that train nothing (numpy's generator of seed
20261128), four truths each.
"""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats
from sklearn.metrics import average_precision_score, roc_auc_score
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests

from helpers.press import results
from helpers.studies.matrix.truths import draw, truths

METHODS = (
    "ANOVA, per pair", "ANOVA, joint", "ANOVA, bins", "product regression",
    "tensor splines",
)  # fmt: skip


def stored():
    """Return the stored rows of the data sets 0 of these methods."""
    table = results.Store("6-matrix", size="paper").paper("cells-regressions")
    return table[table["method"].isin(METHODS) & (table["data_set"] == 0)]


def picked():
    """Return cells of truths with at most ten features, so that formulas are quick."""
    rng = np.random.default_rng(20261128)
    few = stored()[lambda t: t["n_null"] + t["n_true"] <= 45]
    return [
        (method, truth)
        for method in METHODS
        for truth in rng.choice(few.loc[few["method"] == method, "truth"], 4, False)
    ]


def normal_scores(X):
    return stats.norm.ppf((stats.rankdata(X, axis=0) - 0.5) / len(X))


def p_of(method, X, y):
    """Return score and p of every pair, in the order of `itertools.combinations`."""
    pairs = list(combinations(range(X.shape[1]), 2))
    if method == "ANOVA, per pair":
        fits = [
            sm.OLS(y, sm.add_constant(np.c_[X[:, i], X[:, j], X[:, i] * X[:, j]])).fit()
            for i, j in pairs
        ]
        return np.array([(f.tvalues[3] ** 2, f.pvalues[3]) for f in fits])
    if method in ("ANOVA, joint", "product regression"):
        Z = X if method == "ANOVA, joint" else normal_scores(X)
        products = np.stack([Z[:, i] * Z[:, j] for i, j in pairs], axis=1)
        model = sm.OLS(y, sm.add_constant(np.c_[Z, products]))
        robust = {"cov_type": "HC3", "use_t": True}
        fit = model.fit(**({} if method == "ANOVA, joint" else robust))
        t, p = fit.tvalues[-len(pairs) :], fit.pvalues[-len(pairs) :]
        return np.c_[t**2 if method == "ANOVA, joint" else -p, p]
    if method == "ANOVA, bins":
        return np.array([factorial(X[:, i], X[:, j], y) for i, j in pairs])
    return tensor(normal_scores(X), y, pairs)


def factorial(a, b, y):
    codes = [pd.qcut(v, 5, labels=False) if len(set(v)) > 5 else v for v in (a, b)]
    table = pd.DataFrame({"y": y, "a": codes[0], "b": codes[1]})
    small, large = (smf.ols(f"y ~ C(a) {sign} C(b)", table).fit() for sign in "+*")
    row = anova_lm(small, large).iloc[1]
    return row["F"], row["Pr(>F)"]


def tensor(Z, y, pairs):
    """Return F tests of products of three spline functions each, all mains beside."""
    from helpers.significance.interaction.basis import main_functions

    main = [main_functions(column[:, None], 5) for column in Z.T]
    base = sm.OLS(y, sm.add_constant(np.hstack(main))).fit()
    rows = []
    for i, j in pairs:
        # Of a feature with few values there are fewer functions than three.
        both = [a * b for a in main[i][:, :3].T for b in main[j][:, :3].T]
        design = np.c_[base.model.exog, np.stack(both, axis=1)]
        _, p, _ = sm.OLS(y, design).fit().compare_f_test(base)
        rows.append((-p, p))
    return np.array(rows)


# Cells of alleles may be empty: statsmodels then counts ranks, as it should.
@pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")
@pytest.mark.parametrize(("method", "truth"), picked())
def test_a_stored_cell_is_what_other_packages_make_of_its_data(method, truth):
    data = draw(truth, 0, **truths()[truth].settings)
    score, p = p_of(method, np.asarray(data.X, float), data.y).T
    pairs = list(combinations(range(data.X.shape[1]), 2))
    true = np.array(
        [pair in {tuple(sorted(t)) for t in data.true_pairs} for pair in pairs]
    )
    keys = (stored()["method"] == method) & (stored()["truth"] == truth)
    (row,) = stored()[keys].to_dict("records")
    if true.any() and not true.all():
        assert row["ap"] == pytest.approx(
            average_precision_score(true, score), abs=2e-4
        )
        assert row["auc"] == pytest.approx(roc_auc_score(true, score), abs=2e-4)
    surely = multipletests(p, 0.05, "holm")[0]
    assert row["n_null"] == (~true).sum() and row["n_true"] == true.sum()
    assert row["called"] == (p[~true] <= 0.05).sum()
    assert row["found"] == (p[true] <= 0.05).sum()
    assert row["any_called"] == surely[~true].any()
    assert row["found_corrected"] == surely[true].sum()
