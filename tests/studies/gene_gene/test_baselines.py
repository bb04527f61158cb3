"""The usual methods find what they should, and their tests are calibrated."""

import numpy as np
import pytest
from scipy import stats

from helpers.data.panel import Panel
from helpers.loaders.traits import split_people
from helpers.studies.gene_gene import MODELS, baseline_pairs, baseline_test, baselines
from helpers.studies.gene_gene.baselines import gene_values, regression_pairs

rng = np.random.default_rng(0)


def panel_of(n_people=2_000, sizes=(3, 2, 4), seed=0):
    draw = np.random.default_rng(seed)
    counts = draw.binomial(2, 0.4, (sum(sizes), n_people)).astype(np.int8)
    return Panel(counts, sizes)


@pytest.fixture(scope="module")
def world():
    panel = panel_of()
    first, third = panel.genotypes[1], panel.genotypes[6]
    noise = np.random.default_rng(1).standard_normal(panel.n_people)
    y = 1.0 * first + 1.0 * third + 1.5 * (first - 0.8) * (third - 0.8) + noise
    return panel, y, split_people(panel.n_people, seed=0)


def test_top_snp_is_the_causal_one_and_standardised_on_the_training_part(world):
    panel, y, parts = world
    values = gene_values(panel, y, parts.train)
    assert abs(np.corrcoef(values[:, 0], panel.genotypes[1])[0, 1]) > 0.999
    assert values[parts.train].mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert values[parts.train].std(axis=0) == pytest.approx(1)


def test_principal_component_has_the_largest_variance(world):
    panel, y, parts = world
    block = panel.blocks[2]
    known = panel.genotypes[block][:, parts.train].T.astype(float)
    known = (known - known.mean(axis=0)) / known.std(axis=0)
    component = np.linalg.svd(known, full_matrices=False)[0][:, 0]
    ours = gene_values(panel, y, parts.train, "PCA")[parts.train, 2]
    assert abs(np.corrcoef(component, ours)[0, 1]) > 0.999


@pytest.mark.parametrize("block", [128, 4096])
def test_regression_is_least_squares(monkeypatch, block):
    monkeypatch.setattr(baselines, "_BLOCK", block)
    values, y = rng.standard_normal((300, 3)), rng.standard_normal(300)
    found = regression_pairs(values, y, ("a", "b", "c"))
    products = [values[:, i] * values[:, j] for i, j in found.sets]
    design = np.column_stack([np.ones(300), values, *products])
    coefficients, residual, *_ = np.linalg.lstsq(design, y, rcond=None)
    error = np.sqrt(residual[0] / 293 * np.diag(np.linalg.inv(design.T @ design)))
    t = np.abs(coefficients / error)[4:]
    assert found.scores == pytest.approx(t)
    assert found.details["p"] == pytest.approx(2 * stats.t.sf(t, 293))


@pytest.mark.parametrize("model", MODELS)
def test_the_planted_pair_comes_first(world, model):
    panel, y, parts = world
    found = baseline_pairs(panel, y, parts, model=model)
    assert found.ranked().sets[0] == (0, 2)
    assert found.features == panel.genes


def test_permutation_test_calls_the_planted_pair_alone(world):
    test = baseline_test(*world, model="lasso", n_permutations=19)
    assert test.p_max[test.observed.sets.index((0, 2))] == pytest.approx(0.05)
    assert (test.p_max > 0.05).sum() == 2


def test_p_values_are_uniform_without_interactions():
    panel = panel_of(600, seed=5)
    parts = split_people(panel.n_people, seed=0)
    p = []
    for trial in range(40):
        draw = np.random.default_rng([9, trial])
        y = panel.genotypes[1] + 0.5 * panel.genotypes[4] + draw.standard_normal(600)
        test = baseline_test(panel, y, parts, model="regression", seed=trial)
        p.append(test.p[0])
    assert stats.kstest(np.array(p) - draw.random(40) / 20, "uniform").pvalue > 0.001


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"values": "mean"}, "how must be one of top SNP, PCA; got 'mean'"),
        ({"model": "forest"}, "model must be one of regression, lasso, trees"),
        ({"y": np.zeros(3)}, "y must have"),
    ],
)
def test_bad_input_is_named(world, options, message):
    panel, y, parts = world
    with pytest.raises(ValueError, match=message):
        baseline_pairs(panel, options.pop("y", y), parts, **options)
