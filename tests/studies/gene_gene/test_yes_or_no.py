"""Cases and controls: how they are coded, learned and tested."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.special import expit

from helpers.data.panel import Panel
from helpers.loaders.traits import TraitTable, split_people
from helpers.studies.gene_gene import Training, fit_genes, own_files
from helpers.studies.gene_gene.yes_or_no import YesOrNo, is_yes_or_no

N = 1_500


def test_both_codes_are_one_trait():
    values = np.repeat([0.0, 1.0], 60)
    plain, plink = YesOrNo.of(values), YesOrNo.of(values + 1)
    assert np.array_equal(plain.cases, values) and np.array_equal(plink.cases, values)
    assert plain.offset == pytest.approx(0) and plain.spread == pytest.approx(0.5)
    assert is_yes_or_no(values) and not is_yes_or_no(np.arange(3.0))


def test_what_is_no_trait_of_cases_is_refused():
    values = np.repeat([0.0, 1.0], 60)
    with pytest.raises(ValueError, match="coded 0 and 1 or 1 and 2"):
        YesOrNo.of(3 * values)
    with pytest.raises(ValueError, match="at least 50 cases; got 40"):
        YesOrNo.of(values[:100])
    with pytest.raises(ValueError, match="at least 50 controls; got 49"):
        YesOrNo.of(values[11:])


def test_covariates_give_log_odds():
    age = np.random.default_rng(0).normal(size=20_000)
    cases = np.random.default_rng(1).random(20_000) < expit(age - 1)
    trait = YesOrNo.of(cases.astype(float), pd.DataFrame({"age": 50 + 10 * age}))
    slope, constant = np.polyfit(age, trait.offset, 1)
    assert (slope, constant) == pytest.approx((1, -1), abs=0.1)
    left = trait.cases - trait.means(np.zeros(20_000))
    assert abs(np.corrcoef(left, age)[0, 1]) < 0.01
    everybody = np.arange(20_000)
    assert trait.explained(np.zeros(20_000), everybody) == 0
    true = (age - 1 - trait.offset) * trait.spread
    assert trait.deviance(true, everybody) == pytest.approx(
        trait.deviance(0 * true, everybody), abs=1e-3
    )


def test_the_loss_bends_like_a_squared_error_around_nothing():
    trait = YesOrNo.of(np.repeat([0.0, 1.0], [300, 100]))
    outputs = torch.zeros(1, 400, 1, dtype=torch.double, requires_grad=True)
    loss = trait.loss()(outputs, trait.targets()[None].double())
    (slope,) = torch.autograd.grad(loss.sum(), outputs, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), outputs)
    assert bend.detach().numpy() == pytest.approx(2, abs=1e-5)
    expected = -2 * (trait.cases - 0.25) / trait.spread
    assert slope.detach().numpy()[0, :, 0] == pytest.approx(expected, abs=1e-5)


@pytest.fixture(scope="module")
def panel():
    draw = np.random.default_rng(0)
    return Panel(draw.binomial(2, 0.4, (8, N)).astype(np.int8), (2,) * 4)


def asked(panel, link, seed=0):
    age = np.random.default_rng(seed).normal(size=N)
    cases = np.random.default_rng(seed + 100).random(N) < expit(link + age)
    table = TraitTable(
        panel.people, 1.0 + cases, pd.DataFrame({"age": age}), pd.DataFrame()
    )
    return own_files.ask_own(
        panel,
        own_files.target_of(table),
        split_people(N, seed=0),
        n_networks=2,
        training=Training(batch_size=100, max_epochs=12),
        seed=seed,
        device="cpu",
    )


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_a_product_on_log_odds_is_called(panel):
    a, b = (panel.genotypes[row] - 0.8 for row in (0, 2))
    found = asked(panel, 2 * a + 3 * a * b)
    assert found.called()["pair"].tolist() == [("gene1", "gene2")]
    assert found.r2 > found.r2_without > 0
    assert found.words().startswith("Deviance of test people")


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_genes_that_add_on_log_odds_are_not_called(panel):
    a, b = (panel.genotypes[row] - 0.8 for row in (0, 2))
    tables = [asked(panel, 2 * a + 2 * b, seed).pairs for seed in range(3)]
    assert sum((table["p_holm"] <= 0.05).any() for table in tables) <= 1
    p = np.concatenate([table["p"] for table in tables])
    assert (p <= 0.05).mean() < 0.2


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_networks_predict_log_odds_in_their_units(panel):
    link = 2.0 * (panel.genotypes[0] - 0.8)
    cases = (np.random.default_rng(5).random(N) < expit(link)).astype(float)
    trait = YesOrNo.of(cases)
    parts = split_people(N, seed=0)
    ensemble, _ = fit_genes(
        panel, trait.targets().numpy()[None], parts, n_networks=1, loss=trait.loss(),
        training=Training(batch_size=50, max_epochs=20), device="cpu",
    )  # fmt: skip
    with torch.no_grad():
        rows = torch.from_numpy(panel.genotypes[:, parts.test].T.copy()).float()
        output = ensemble.network(0)(rows).squeeze(1).double().numpy()
    slope = np.polyfit(link[parts.test], output / trait.spread, 1)[0]
    assert 0.7 < slope < 1.3


def test_normal_scores_stay_what_numbers_become():
    values = np.random.default_rng(0).normal(size=200)
    table = TraitTable(
        tuple(map(str, range(200))), values, pd.DataFrame(index=range(200)),
        pd.DataFrame(),
    )  # fmt: skip
    assert np.array_equal(own_files.target_of(table), table.adjusted())
    assert np.array_equal(own_files.target_of(table, "as is"), values - values.mean())


def test_cases_have_one_scale_and_numbers_a_known_one():
    table = TraitTable(
        tuple(map(str, range(200))), np.repeat([0.0, 1.0], 100),
        pd.DataFrame(index=range(200)), pd.DataFrame(),
    )  # fmt: skip
    assert isinstance(own_files.target_of(table, "normal scores"), YesOrNo)
    for scale in ("as is", "log"):
        with pytest.raises(ValueError, match="must be 'normal scores' for a trait of"):
            own_files.target_of(table, scale)
    with pytest.raises(ValueError, match="scale must be one of normal scores, as is"):
        own_files.target_of(table, "ranks")


def test_permutations_are_refused_for_cases():
    trait = YesOrNo.of(np.repeat([0.0, 1.0], 60))
    own_files.check_permutations(trait, 0)
    own_files.check_permutations(np.zeros(3), 19)
    with pytest.raises(ValueError, match="n_permutations must be 0 for a trait of cas"):
        own_files.check_permutations(trait, 19)
