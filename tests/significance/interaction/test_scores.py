"""z-values and corrected p-values, by hand and against statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.linalg import block_diag, fractional_matrix_power
from statsmodels.stats.multitest import multipletests

from helpers.significance.interaction import Settings, statistics
from helpers.significance.interaction.step_down import step_down_p


def drawn(n=200, pairs=3, seed=0):
    rng = np.random.default_rng(seed)
    base = rng.normal(size=(n, 4))
    return rng.normal(size=(n, pairs)), rng.normal(size=(n, pairs)), base


def cleared(residual, direction, base, weight=None):
    n, pairs = residual.shape
    weight = np.ones(n) if weight is None else weight
    nothing = np.zeros((n, pairs, 1))
    return statistics.clear_both(residual, direction, weight, base, nothing)


def slopes(e, d, leverage, weight=None, clusters=None):
    weight = np.ones(len(e)) if weight is None else weight
    scores = statistics.Scores(e, d, leverage, weight, np.ones(e.shape[1]))
    return statistics.slopes(scores, clusters)


def test_the_error_is_that_of_a_regression_with_hc2():
    residual, direction, base = drawn()
    residual[:, 0] += direction[:, 0]  # one is real
    e, d, leverage = cleared(residual, direction, base)
    found = slopes(e, d, leverage)
    for k in range(3):
        design = np.column_stack([direction[:, k], base])
        fit = sm.OLS(residual[:, k], design).fit(cov_type="HC2")
        assert found.slope[k] == pytest.approx(fit.params[0])
        assert found.error[k] == pytest.approx(fit.bse[0])
        df = (d[:, k] ** 2).sum() ** 2 / (d[:, k] ** 4).sum()
        assert found.df[k] == pytest.approx(df)
        p = stats.t.sf(fit.tvalues[0], df)
        assert stats.norm.sf(found.z[k]) == pytest.approx(p)


def test_a_function_that_the_others_hold_takes_nothing_more():
    residual, direction, base = drawn()
    held = base @ np.random.default_rng(1).normal(size=(4, 3))
    e, d, leverage = statistics.clear_both(
        residual, direction, np.ones(200), base, held[:, :, None]
    )
    for with_it, without in zip(
        (e, d, leverage), cleared(residual, direction, base), strict=True
    ):
        np.testing.assert_allclose(with_it, without, atol=1e-9)


def test_folds_are_one_regression_with_functions_of_their_own():
    parts = [drawn(n, seed=n) for n in (150, 90)]
    e, d, leverage = (
        np.vstack(v) for v in zip(*(cleared(*part) for part in parts), strict=True)
    )
    found = slopes(e, d, leverage)
    base = block_diag(*(part[2] for part in parts))
    for k in range(3):
        y, direction = (np.concatenate([p[s][:, k] for p in parts]) for s in (0, 1))
        fit = sm.OLS(y, np.column_stack([direction, base])).fit(cov_type="HC2")
        assert found.slope[k] == pytest.approx(fit.params[0])
        assert found.error[k] == pytest.approx(fit.bse[0])


def test_weights_are_those_of_a_weighted_regression():
    residual, direction, base = drawn()
    weight = np.random.default_rng(1).uniform(0.1, 1, 200)
    # residual is weight times the working residual
    e, d, leverage = cleared(weight[:, None] * residual, direction, base, weight)
    found = slopes(e, d, leverage, weight)
    design = np.column_stack([direction[:, 0], base])
    fit = sm.WLS(residual[:, 0], design, weights=weight).fit(cov_type="HC2")
    assert found.slope[0] == pytest.approx(fit.params[0])
    assert found.error[0] == pytest.approx(fit.bse[0])


def test_degrees_of_freedom_are_the_rows_that_decide():
    e = np.random.default_rng(0).normal(size=(100, 4))
    d = np.ones((100, 4))
    d[:, 1] = np.arange(100) < 7  # seven rows, equally
    d[:, 2] = np.arange(100) < 1
    d[:, 3] = 0
    found = slopes(e, d, np.zeros((100, 4)))
    np.testing.assert_allclose(found.df, [100, 7, 1, 1])
    assert found.z[3] == 0
    pairs_of_rows = slopes(e, d, np.zeros((100, 4)), clusters=np.arange(100) // 2)
    np.testing.assert_allclose(pairs_of_rows.df[0], 50)


def test_z_does_not_depend_on_units():
    residual, direction, base = drawn()
    one = slopes(*cleared(residual, direction, base))
    same = slopes(*cleared(3 * residual + base @ np.ones((4, 1)), direction, base))
    np.testing.assert_allclose(same.z, one.z)
    same = slopes(*cleared(residual, 0.2 * direction - base[:, :1], base))
    np.testing.assert_allclose(same.z, one.z)
    np.testing.assert_allclose(same.df, one.df)
    turned = slopes(*cleared(-residual, direction, base))
    np.testing.assert_allclose(turned.z, -one.z)


def test_with_many_rows_z_is_that_of_hc3():
    residual, direction, base = drawn(n=20_000)
    found = slopes(*cleared(residual, direction, base))
    for k in range(3):
        design = np.column_stack([direction[:, k], base])
        fit = sm.OLS(residual[:, k], design).fit(cov_type="HC3")
        assert found.z[k] == pytest.approx(fit.tvalues[0], rel=1e-2)


def test_normal_values():
    t, df = np.array([0.0, 2.0, -2.0, 2.0, 1e4]), np.array([5, 1e9, 1e9, 1, 1e6])
    z = statistics.normal_values(t, df)
    np.testing.assert_allclose(z[:3], [0, 2, -2], rtol=1e-6)
    # A t of 1 degree of freedom is Cauchy: P(t > 2) = 1/2 - arctan(2) / pi.
    assert stats.norm.sf(z[3]) == pytest.approx(0.5 - np.arctan(2) / np.pi)
    assert np.isfinite(z[4])


def test_clusters_add_up_before_they_are_squared():
    d = np.ones((4, 1))
    e = np.array([[1.0], [3.0], [-2.0], [2.0]])  # mean 1
    found = slopes(e, d, np.zeros((4, 1)), clusters=np.array([7, 7, 9, 9]))
    assert found.slope[0] == pytest.approx(1)
    # Beyond the mean: 0 + 2 and -3 + 1, over four; every row has leverage 1/4.
    error = np.sqrt(2**2 + 2**2) / 4 / np.sqrt(3 / 4)
    assert found.error[0] == pytest.approx(error)


def test_shares_by_hand():
    many = np.array([1e9, 1e9])
    found = statistics.Slopes(
        np.array([0.5, -0.5]), np.array([0.1, 0.1]), many, np.array([5.0, -5.0]), None
    )
    estimate, low, high = statistics.shares(found, np.array([0.4, 0.4]))
    np.testing.assert_allclose(estimate, [0.4 * (0.25 - 0.01), 0.4 * (0.25 - 0.01) * 0])
    np.testing.assert_allclose(low, [0.4 * (0.5 - 0.196) ** 2, 0], atol=1e-4)
    np.testing.assert_allclose(high, [0.4 * (0.5 + 0.196) ** 2, 0], atol=1e-4)


def test_no_share_is_above_one():
    few = np.array([3.0])  # a noisy slope with few rows behind it
    found = statistics.Slopes(
        np.array([2.0]), np.array([0.5]), few, np.array([4.0]), None
    )
    estimate, low, high = statistics.shares(found, np.array([0.4]))
    assert estimate == high == 1
    assert low == pytest.approx(0.4 * (2 - 3.1824 * 0.5) ** 2, rel=1e-3)


def test_corrections_against_statsmodels():
    p = np.random.default_rng(0).random(20) ** 3
    holm = multipletests(p, method="holm")[1]
    np.testing.assert_allclose(statistics.holm(p), holm)
    bh = multipletests(p, method="fdr_bh")[1]
    np.testing.assert_allclose(statistics.benjamini_hochberg(p), bh)
    more = np.concatenate([p, np.ones(10)])
    holm = multipletests(more, method="holm")[1][:20]
    np.testing.assert_allclose(statistics.holm(p, 30), holm)


def test_no_answer_counts_as_one_and_stays_none():
    p = np.array([0.01, np.nan, 0.02])
    np.testing.assert_allclose(statistics.holm(p), [0.03, np.nan, 0.04])
    assert np.isnan(statistics.benjamini_hochberg(p)[1])


def test_the_largest_z_of_independent_and_of_equal_pairs():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(2000, 1))
    z = np.array([2.0])
    alone = statistics.max_t(one, z, 4000, 0)[0]
    assert alone == pytest.approx(0.0228, abs=0.008)
    same = statistics.max_t(np.repeat(one, 5, 1), np.full(5, 2.0), 4000, 0)
    np.testing.assert_allclose(same, alone)  # copies are one hypothesis
    many = statistics.max_t(rng.normal(size=(2000, 5)), np.full(5, 2.0), 4000, 0)
    assert many.max() == pytest.approx(1 - 0.9772**5, abs=0.02)


def test_stepping_down_takes_a_called_pair_out_of_the_others():
    rng = np.random.default_rng(0)
    main = tuple(rng.standard_normal((600, 3)) for _ in range(4))
    direction = rng.standard_normal((600, 3))
    together = main[0][:, 0] * main[1][:, 0]
    residual = np.stack(
        [
            direction[:, 0] + 0.1 * rng.standard_normal(600),  # the called pair
            0.2 * direction[:, 1] + 3 * together,  # behind what the called one says
            rng.standard_normal(600),
        ],
        axis=1,
    )
    sides = statistics.Sides(
        residual, direction, direction, np.ones(600), np.ones((600, 1)),
        np.zeros((600, 3, 1)), main,
    )  # fmt: skip
    before = statistics.slopes(statistics.pooled([sides.cleared()]))
    p = statistics.holm(stats.norm.sf(before.z))
    assert p[0] < 1e-6 and p[1] > 0.05
    pairs = [(0, 1), (2, 3), (0, 2)]
    after = step_down_p([sides], p, pairs, 3, None, Settings())
    assert after[0] == p[0] and after[1] < 1e-6 and after[2] > 0.05
    # Nothing is called, nothing is taken out; what cannot be told stays so.
    none = np.array([0.2, np.nan, 1.0])
    np.testing.assert_array_equal(
        step_down_p([sides], none, pairs, 3, None, Settings()), none
    )


def in_clusters(n_clusters=12, size=15, seed=0, n_functions=6, shared=0.5):
    """Return residual, direction and functions that rows of a cluster share."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(n_clusters), size)

    def alike(columns):
        level = rng.normal(size=(n_clusters, columns))[cluster]
        own = rng.normal(size=(n_clusters * size, columns))
        return np.sqrt(shared) * level + np.sqrt(1 - shared) * own

    return alike(1), alike(1), alike(n_functions), cluster


def test_sums_of_clusters_are_freed_of_their_leverage():
    residual, direction, base, cluster = in_clusters(weighted := 6)
    weight = np.linspace(0.5, 2, len(cluster))
    e, d, _ = cleared(residual, direction, base, weight)
    nothing = np.zeros((len(cluster), 1, 0))
    sums = statistics.cluster_sums(e, d, weight, base, nothing, cluster)
    root = np.sqrt(weight)
    q = np.linalg.qr(root[:, None] * base)[0]
    for number in range(weighted):
        own = cluster == number
        free = fractional_matrix_power(np.eye(own.sum()) - q[own] @ q[own].T, -0.5)
        u, v = (e[:, 0] / root)[own], (d[:, 0] * root)[own]
        assert sums.residual[number, 0] == pytest.approx((free @ u) @ v)
        assert sums.direction[number, 0] == pytest.approx((free @ v) @ v)
        assert sums.squares[number, 0] == pytest.approx(v @ v)


def z_of(*drawn, as_a_whole):
    residual, direction, base, cluster = drawn
    n = len(cluster)
    sides = statistics.Sides(
        residual=residual, direction=direction, before=direction, weight=np.ones(n),
        common=np.column_stack([np.ones(n), base]), allowed=np.zeros((n, 1, 0)),
        main=(), clusters=cluster if as_a_whole else None,
    )  # fmt: skip
    return statistics.slopes(sides.cleared(), cluster).z[0]


@pytest.mark.parametrize("as_a_whole", [True, False])
def test_where_lapack_gives_up_its_slower_way_says_the_same(monkeypatch, as_a_whole):
    drawn = in_clusters(30)
    expected = z_of(*drawn, as_a_whole=as_a_whole)

    def gives_up(*_, **__):
        raise np.linalg.LinAlgError("SVD did not converge")

    monkeypatch.setattr(np.linalg, "svd", gives_up)
    assert z_of(*drawn, as_a_whole=as_a_whole) == pytest.approx(expected, rel=1e-9)


def test_few_clusters_that_functions_follow_keep_the_level():
    z = np.array([
        [z_of(*in_clusters(seed=seed), as_a_whole=whole) for whole in (True, False)]
        for seed in range(400)
    ])  # fmt: skip
    as_a_whole, by_rows = (z > stats.norm.isf(0.05)).mean(axis=0)
    # 400 draws: .05 allows .03 to .075.
    assert 0.03 < as_a_whole < 0.075 < by_rows


def test_clusters_do_not_depend_on_the_order_of_rows_or_labels():
    residual, direction, base, cluster = in_clusters()
    order = np.random.default_rng(1).permutation(len(cluster))
    moved = (residual[order], direction[order], base[order], -cluster[order])
    whole = {"as_a_whole": True}
    one = z_of(residual, direction, base, cluster, **whole)
    assert z_of(*moved, **whole) == pytest.approx(one)


def test_with_many_clusters_their_rows_leverage_is_enough(monkeypatch):
    drawn = in_clusters(n_clusters=300, size=3)
    exact = z_of(*drawn, as_a_whole=True)
    monkeypatch.setattr(statistics, "MOST_CLUSTERS", 299)
    assert z_of(*drawn, as_a_whole=True) == z_of(*drawn, as_a_whole=False)
    assert z_of(*drawn, as_a_whole=True) == pytest.approx(exact, rel=0.02)


def test_of_few_clusters_the_largest_is_compared_with_normal_values():
    units = np.eye(6)[:, :1] + 0.5  # six clusters, one decides
    signs, normal = (
        statistics.max_t(units, np.array([2.0]), 20_000, 0, signs=by)[0]
        for by in (True, False)
    )
    assert normal == pytest.approx(stats.norm.sf(2), abs=0.005)
    # Random signs of six clusters: one draw in 64 at most is as large.
    assert signs < 0.02 < normal
