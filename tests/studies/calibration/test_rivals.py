"""Rivals on problems with known answers; against statsmodels where it has them."""

import numpy as np
import pytest
import statsmodels.api as sm

from helpers.significance.interaction.basis import main_functions
from helpers.significance.interaction.table import normal_scores
from helpers.studies import calibration
from helpers.studies.calibration import rivals


def drawn(n=400, product=0.0):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 4))
    return X, X[:, 0] + product * X[:, 0] * X[:, 1] + rng.normal(size=n)


@pytest.mark.parametrize("rival", rivals.RIVALS)
def test_a_strong_product_is_found(rival):
    p = rivals.RIVALS[rival](*drawn(product=1.5), 0)
    assert p.shape == (6,) and p.argmin() == 0 and p[0] < 1e-4
    assert ((p >= 0) & (p <= 1)).all()


def test_product_regression_is_that_of_statsmodels():
    X, y = drawn()
    S = normal_scores(X)
    products = [S[:, i] * S[:, j] for i in range(4) for j in range(i + 1, 4)]
    fit = sm.OLS(y, sm.add_constant(np.column_stack([S, *products])))
    fit = fit.fit(cov_type="HC3", use_t=True)
    p = rivals.product_regression(X, y, 0)
    np.testing.assert_allclose(p, fit.pvalues[5:], rtol=1e-6)


def test_tensor_splines_are_nested_regressions():
    X, y = drawn()
    S = normal_scores(X)
    main = [main_functions(column[:, None], rivals.MAIN) for column in S.T]
    base = sm.add_constant(np.column_stack(main))
    tensor = [main[1][:, [a]] * main[3][:, [b]] for a in range(3) for b in range(3)]
    small, large = (sm.OLS(y, d).fit() for d in (base, np.hstack([base, *tensor])))
    p = rivals.tensor_splines(X, y, 0)
    assert p[4] == pytest.approx(large.compare_f_test(small)[1])


def test_rates_of_rivals_are_counted_as_those_of_the_test():
    table = rivals.rival_trials(
        world="strong product",
        n_rows=600,
        rival="tensor splines",
        first_set=0,
        n_sets=3,
        seed=0,
    )
    found = calibration.rival_rates(table)
    row = found.iloc[0]
    assert row["rate"] == pytest.approx((table["called_05"] / 44).mean())
    assert row["power"] == table["true_holm"].mean() == 1


def test_parts_of_rivals_are_the_sets_of_the_plan():
    planned = calibration.rival_parts("paper", ["one", "two"])
    first = [
        p["first_set"] for p in planned if (p["world"], p["rival"]) == ("F8", "two")
    ]
    assert first == [0, 20, 40, 60, 80]
    assert sum(part["n_sets"] for part in planned) == 2 * 6 * 100


def test_unknown_rivals_are_named():
    with pytest.raises(ValueError, match="rival must be one of product regression"):
        rivals.rival_trials(
            world="additive", n_rows=500, rival="guess", first_set=0, n_sets=1, seed=0
        )
