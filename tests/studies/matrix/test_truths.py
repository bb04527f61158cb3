"""Truths of the matrix: what they say of their pairs is so."""

import numpy as np
import pytest

from helpers.studies.calibration.worlds import sampler
from helpers.studies.matrix.kinds import KINDS
from helpers.studies.matrix.truths import draw, genotypes, truths
from helpers.studies.matrix.truths.tables import exclusive_or

SMALL = {"n_rows": 400}
#: Simulating a panel takes seconds.
QUICK = [name for name, truth in truths().items() if truth.kind != "genes"]


def test_there_are_enough_of_every_kind():
    assert len(truths()) >= 30
    assert {truth.kind for truth in truths().values()} == set(KINDS)
    assert sum(truth.null for truth in truths().values()) >= 10


@pytest.mark.parametrize("name", QUICK)
def test_data_are_what_the_truth_says(name):
    truth, data = truths()[name], draw(name, 3, **SMALL)
    assert data.n_features == truth.n_features and data.family == truth.family
    assert truth.null == (not data.true_pairs)
    assert set(data.true_pairs) <= set(data.pairs)
    assert len(data.y) == 400 and np.isfinite(data.y).all() and np.ptp(data.y) > 0
    if truth.kind == "sequences":
        assert len(data.bases) == 400 and len(data.motifs) == truth.n_features
    else:
        assert data.X.shape == (400, truth.n_features)
    again = draw(name, 3, **SMALL)
    np.testing.assert_array_equal(data.y, again.y)
    assert not np.array_equal(data.y, draw(name, 4, **SMALL).y)


def test_worlds_are_those_of_the_calibration_page():
    for name in ("additive", "F8, noise", "alleles, hub"):
        world, rows = truths()[name].trials
        there = sampler(world)(rows, 30_002)
        np.testing.assert_array_equal(draw(name, 2).X, there.X)
        np.testing.assert_array_equal(draw(name, 2).y, there.y)


def test_pure_epistasis_has_no_main_effects_and_the_share_it_says():
    data = genotypes.pure_epistasis(1, n_rows=200_000, heritability=0.3)
    first, second = data.X[:, 0].astype(int), data.X[:, 1].astype(int)
    for site in (first, second):
        means = [data.y[site == k].mean() for k in range(3)]
        assert np.abs(means).max() < 0.03
    cell = 3 * first + second
    means = np.array([data.y[cell == k].mean() for k in range(9)])
    assert means[cell].var() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("model", genotypes.PENETRANCE)
def test_risks_are_additive_logits_exactly_where_it_says_so(model):
    table = np.array(genotypes.PENETRANCE[model], float)
    left = table - table[:1] - table[:, :1] + table[0, 0]
    assert left.any() == (model != "multiplicative")
    data = genotypes.risk_table(0, n_rows=300, model=model, effect=1.0, main=0.3)
    assert bool(data.true_pairs) == bool(left.any())


def test_both_tags_together_say_more_than_their_sum():
    data = genotypes.joint_tagging(0, n_rows=400_000, faith=0.8, share=0.4)
    a, b = data.X[:, 0], data.X[:, 1]
    mean = {(i, j): data.y[(a == i) & (b == j)].mean() for i in (0, 2) for j in (0, 2)}
    assert abs(mean[2, 2] - mean[0, 2] - mean[2, 0] + mean[0, 0]) > 0.05
    c = data.X[:, 2]
    other = {(i, j): data.y[(a == i) & (c == j)].mean() for i in (0, 2) for j in (0, 2)}
    assert abs(other[2, 2] - other[0, 2] - other[2, 0] + other[0, 0]) < 0.06


def test_signs_have_no_effect_of_their_own():
    data = exclusive_or(0, n_rows=100_000, share=0.2)
    assert np.abs(np.corrcoef(data.X.T, data.y)[-1, :-1]).max() < 0.02
    product = data.X[:, 0] * data.X[:, 1]
    assert np.corrcoef(product, data.y)[0, 1] ** 2 == pytest.approx(0.2, abs=0.01)


def test_what_is_wrong_is_said_in_a_line():
    with pytest.raises(ValueError, match="truth must be one of"):
        draw("F11", 0)
    with pytest.raises(ValueError, match="seed must be"):
        draw("additive", -1)
