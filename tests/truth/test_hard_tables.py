"""Tables as people have them: drawn as said, and their means are what they say."""

import numpy as np
import pytest

from helpers.truth.hard_tables import (
    HARD_TABLES,
    LENGTH,
    MEANING_TABLES,
    draw_hard,
)

#: Outcomes whose mean given the features alone is not written down.
UNKNOWN = ("hidden composition",)


@pytest.mark.parametrize("name", HARD_TABLES)
def test_every_table_repeats_and_its_noise_has_mean_zero(name):
    one, two = draw_hard(name, 2000, 3), draw_hard(name, 2000, 3)
    np.testing.assert_array_equal(one.X, two.X)
    np.testing.assert_array_equal(one.y, two.y)
    assert not np.array_equal(one.y, draw_hard(name, 2000, 4).y)
    assert len(one.X) == len(one.y) == len(one.mean) == 2000
    assert np.ptp(one.X, axis=0).all()
    if name not in UNKNOWN:
        noise, upper = one.y - one.mean, one.mean >= np.median(one.mean)
        for some in (noise, noise[upper]):  # of all rows, and where y is large
            assert abs(some.mean()) < 5 * some.std() / np.sqrt(len(some))


def additive_rest(drawn, i, j):
    """Return the share of the mean that bins of x_i and of x_j do not add up to."""
    eighths = np.linspace(0, 1, 9)[1:-1]
    columns = [drawn.X[:, k] for k in (i, j)]
    bins = [np.digitize(x, np.quantile(x, eighths)) for x in columns]
    cells = np.column_stack(
        [np.eye(8)[b] for b in bins] + [np.eye(64)[8 * bins[0] + bins[1]]]
    )
    fits = [
        design @ np.linalg.lstsq(design, drawn.mean, rcond=None)[0]
        for design in (cells[:, :16], cells)
    ]
    return (fits[1] - fits[0]).var() / drawn.mean.var()


@pytest.mark.parametrize("name", ["hidden cause", "exponential", "selected"])
def test_a_call_is_right_where_the_mean_does_not_add_up(name):
    assert name in MEANING_TABLES
    drawn = draw_hard(name, 20_000, 0)
    assert drawn.true_pairs[0] == (0, 1)
    # 49 cells beyond the sum take about 49 / 20,000 of what is not explained.
    assert additive_rest(drawn, 0, 1) > 0.01
    assert additive_rest(drawn, 4, 5) < 0.01
    assert additive_rest(draw_hard("its logarithm", 20_000, 0), 0, 1) < 0.01


def test_the_selected_mean_is_that_of_a_normal_cut_off():
    drawn = draw_hard("selected", 20_000, 1)
    assert drawn.y.min() > 0.5
    low = drawn.mean < np.quantile(drawn.mean, 0.3)
    assert drawn.y[low].mean() == pytest.approx(drawn.mean[low].mean(), abs=0.03)


def test_words_are_counted_and_composition_is_a_share():
    drawn = draw_hard("DNA, composition", 1000, 0)
    assert drawn.X.shape == (1000, 8) and (np.floor(drawn.X) == drawn.X).all()
    assert drawn.X.min() >= 0 and drawn.X.max() < LENGTH
    assert drawn.covariates.min() >= 0 and drawn.covariates.max() <= 1
    order = drawn.covariates.argsort()
    assert (np.diff(drawn.mean[order]) >= -1e-9).all()  # it alone decides


def test_counts_and_shares():
    assert (
        draw_hard("counts", 2000, 0).y == np.floor(draw_hard("counts", 2000, 0).y)
    ).all()
    plain, more = (draw_hard(n, 20_000, 2) for n in ("counts", "counts, scattered"))
    ratio = [((d.y - d.mean) ** 2).mean() / d.mean.mean() for d in (plain, more)]
    assert ratio[0] == pytest.approx(1, abs=0.1) and ratio[1] > 1.5
    drawn = draw_hard("strong and weak", 2000, 0)
    assert drawn.true_pairs == ((0, 1), (2, 3), (4, 5))


def test_bad_names_and_sizes_are_named():
    with pytest.raises(ValueError, match="name must be one of additive"):
        draw_hard("soft", 100, 0)
    with pytest.raises(ValueError, match="n_rows must be at least 50; got 3"):
        draw_hard("counts", 3, 0)


def test_rows_of_a_group_are_alike_and_groups_are_told():
    drawn = draw_hard("groups", 2000, 0)
    noise, group = drawn.y - drawn.mean, drawn.groups
    assert (np.bincount(group) == 20).all()
    between = np.array([noise[group == g].mean() for g in range(100)]).var()
    assert between / noise.var() == pytest.approx(0.5, abs=0.15)
    spread = np.array([drawn.X[group == g].mean(0) for g in range(100)]).var(0)
    assert (spread > 0.3).all()  # features, too


def test_a_category_is_one_feature_whose_levels_turn_a_slope():
    drawn = draw_hard("category, pair", 20_000, 0)
    columns = drawn.blocks["category"]
    assert (drawn.X[:, columns].sum(1) == 1).all() and drawn.true_pairs == ((0, 6),)
    level, x = drawn.X[:, columns].argmax(1), drawn.X[:, 0]
    slopes = [np.polyfit(x[level == k], drawn.mean[level == k], 1)[0] for k in range(4)]
    assert np.ptp(slopes) > 0.5


def test_batches_differ_and_are_told():
    drawn = draw_hard("batch", 20_000, 0)
    second = drawn.covariates == 1
    assert 0.4 < second.mean() < 0.6
    assert drawn.X[second, 0].mean() - drawn.X[~second, 0].mean() > 0.5
    assert drawn.true_pairs == ()


def test_six_pairs_of_sites_share_no_site():
    drawn = draw_hard("alleles, six pairs", 20_000, 0)
    assert len(drawn.true_pairs) == 6
    assert len({site for pair in drawn.true_pairs for site in pair}) == 12
    assert set(np.unique(drawn.X)) == {0, 1, 2}


def test_rare_ones_are_as_rare_as_said():
    drawn = draw_hard("rare ones, pair", 20_000, 0)
    assert drawn.mean.mean() == pytest.approx(0.05, abs=1e-6)
    assert set(np.unique(drawn.y)) == {0, 1}
