"""Training, scoring and testing gene pairs on panels small enough for a test."""

import os
from pathlib import Path

import numpy as np
import pytest

from helpers.data.panel import Panel
from helpers.detectors.interactions import all_pairs
from helpers.detectors.shapley import shapley_pairs
from helpers.loaders import plink, traits
from helpers.networks.genes import GeneNetwork
from helpers.studies import gene_gene as gene_study
from helpers.studies.gene_gene import Training, fit_genes, fit_main_effects, study
from helpers.training.passes import AutogradPasses, GenePasses, passes_for
from helpers.training.stack import Stack
from helpers.truth.genotypes import simulate_trait

REAL = Path(os.environ.get("INTERACTIONS_DATA", "missing")) / "genotypes"
data = pytest.mark.data
needs_data = pytest.mark.skipif(
    not REAL.is_dir(), reason="INTERACTIONS_DATA names no folder with genotypes"
)
QUICK = Training(batch_size=200, max_epochs=3, patience=2)
few_people = pytest.mark.filterwarnings("ignore:fewer training people:UserWarning")


def make_panel(n_people, n_genes=3, snps_per_gene=4, seed=0):
    draw = np.random.default_rng(seed)
    counts = draw.binomial(2, 0.4, (n_genes * snps_per_gene, n_people))
    return Panel(counts.astype(np.int8), (snps_per_gene,) * n_genes)


@pytest.fixture(scope="module")
def panel():
    return make_panel(1200)


@pytest.fixture(scope="module")
def parts(panel):
    return traits.split_people(panel.n_people)


@pytest.fixture(scope="module")
def trait(panel):
    return simulate_trait(
        panel,
        [(0, 2, "product")],
        signal_to_noise=5,
        main_to_interaction=0.5,
        causal_share=1,
        seed=1,
    )


@pytest.fixture(scope="module")
def result(panel, trait, parts):
    return study(
        panel,
        trait.values,
        parts,
        schemes="ITR",
        n_permutations=3,
        n_networks=2,
        n_scored=50,
        training=Training(batch_size=100, max_epochs=20),
    )


def test_the_interacting_pair_ranks_first(result):
    assert result.observed.ranked().sets[0] == (0, 2)
    assert result.r2["ensemble"] > 0.6 > 0.4 > result.r2["main effects"]
    assert result.r2["ensemble"] >= result.r2["network"] - 0.01


def test_every_scheme_is_tested_with_as_many_networks(result):
    assert list(result.tests) == ["I", "T", "R"]
    for scheme, test in result.tests.items():
        assert result.null[scheme].shape == (3, 3)
        assert test.p[all_pairs(3).index((0, 2))] == 0.25  # the smallest there is
    counts = result.training.groupby(["target", "permutation"]).size()
    assert (counts == 2).all() and len(counts) == 2 + 3 * 3
    assert result.training["best_epoch"].between(1, 20).all()


def test_the_fit_that_is_kept_has_no_interaction(result, panel, trait, parts):
    product = np.prod(
        trait.expression[[0, 2]] - trait.expression[[0, 2]].mean(1, keepdims=True), 0
    )
    assert abs(np.corrcoef(result.fitted[parts.test], product[parts.test])[0, 1]) < 0.3
    assert np.corrcoef(result.fitted[parts.test], trait.main[parts.test])[0, 1] > 0.8


def test_scores_are_those_of_the_networks_one_by_one(panel, trait, parts):
    ensemble, target_of = fit_genes(
        panel,
        np.stack([trait.values, -trait.values]),
        parts,
        n_networks=2,
        training=QUICK,
    )
    np.testing.assert_array_equal(target_of, [0, 0, 1, 1])
    found = gene_study.score_pairs(panel, parts, ensemble, target_of, n_people=20)
    draw = np.random.default_rng([0, 4])
    scored = draw.permutation(parts.test)[:20]
    alone = [
        shapley_pairs(
            ensemble.network(i),
            panel.genotypes[:, scored].T,
            baseline=panel.genotypes[:, parts.train].T,
        ).scores
        for i in (2, 3)
    ]
    np.testing.assert_allclose(found[1].scores, np.mean(alone, axis=0), rtol=1e-4)


def test_the_engine_takes_the_passes_by_hand():
    def passes(network):
        stack = Stack.of([network])
        return type(passes_for(network, stack, stack.empty()))

    assert passes(GeneNetwork((2, 2))) is GenePasses
    assert passes(GeneNetwork((2, 2), encoder=0)) is AutogradPasses


def test_targets_among_others_train_as_alone(panel, trait, parts):
    shuffled = trait.values[np.random.default_rng(0).permutation(panel.n_people)]
    both, _ = fit_genes(
        panel, np.stack([shuffled, trait.values]), parts, n_networks=2, training=QUICK
    )
    alone, _ = fit_genes(panel, trait.values[None], parts, n_networks=2, training=QUICK)
    np.testing.assert_allclose(both.best_loss_[2:], alone.best_loss_, rtol=1e-4)


def test_networks_of_an_ensemble_may_differ_in_penalty(panel, trait, parts):
    training = Training(batch_size=200, max_epochs=5, l1=(0.0, 1.0))
    ensemble, _ = fit_genes(
        panel, trait.values[None], parts, n_networks=2, training=training
    )
    sizes = [
        sum(p.abs().sum().item() for p in ensemble.network(i).parameters())
        for i in range(2)
    ]
    assert sizes[1] < 0.8 * sizes[0]
    assert len(ensemble) == 2


def test_all_epochs_and_last_weights_without_patience(panel, trait, parts):
    training = Training(batch_size=200, max_epochs=4, patience=None)
    ensemble, _ = fit_genes(
        panel, trait.values[None], parts, n_networks=1, training=training
    )
    assert ensemble.best_epoch_.tolist() == [4]


def test_cross_fitting_predicts_nobody_from_their_own_trait(panel, parts):
    noise = np.random.default_rng(0).normal(size=panel.n_people)
    wild = Training(batch_size=50, max_epochs=60, patience=None, l1=0.0)
    plain, _ = fit_main_effects(panel, noise, parts, n_networks=1, training=wild)
    folds, _ = fit_main_effects(
        panel, noise, parts, n_networks=1, n_folds=3, training=wild
    )
    own = [
        np.corrcoef(fit[parts.train], noise[parts.train])[0, 1]
        for fit in (plain, folds)
    ]
    assert own[0] > 0.3  # follows the noise of its people
    assert abs(own[1]) < 0.15


@few_people
@pytest.mark.parametrize("residuals", ["as is", "rescaled", "cross-fitted"])
def test_every_kind_of_residual_runs(residuals):
    panel = make_panel(400)
    y = np.random.default_rng(0).normal(size=400)
    found = study(
        panel,
        y,
        traits.split_people(400, fractions=(0.5, 0.2, 0.3)),
        n_permutations=2,
        n_networks=2,
        n_null_networks=1,
        residuals=residuals,
        training=QUICK,
        n_scored=10,
    )
    assert found.null["I"].shape == (2, 3)
    assert (found.training["target"] == "I").sum() == 2  # one network each
    assert np.isfinite(found.fitted).all()


def test_known_main_effects_are_kept_instead_of_fitted(panel, trait, parts):
    found = study(
        panel,
        10 + 3 * trait.values,
        parts,
        n_permutations=1,
        n_networks=1,
        main_effects=10 + 3 * trait.main,
        training=QUICK,
    )
    scale = trait.values[parts.train].std()
    assert np.ptp(found.fitted * scale - trait.main) == pytest.approx(0, abs=1e-9)
    assert found.r2["main effects"] > 0.2
    assert set(found.training["target"]) == {"observed", "I"}


@few_people
def test_many_genes_are_sampled():
    panel = make_panel(400, n_genes=18, snps_per_gene=2)
    found = study(
        panel,
        np.random.default_rng(0).normal(size=400),
        traits.split_people(400, fractions=(0.5, 0.2, 0.3)),
        schemes=(),
        n_networks=1,
        n_orders=2,
        n_scored=5,
        training=QUICK,
    )
    assert len(found.observed) == 153 and not found.tests
    assert np.isnan(found.fitted).all()


def test_fewer_people_than_parameters_is_said_with_both_numbers():
    panel = make_panel(400)
    network = GeneNetwork(panel.sizes)
    n = sum(p.numel() for p in network.parameters())
    with pytest.warns(UserWarning, match=f"240 people, {n} parameters"):
        fit_genes(
            panel,
            np.random.default_rng(0).normal(size=(1, 400)),
            traits.split_people(400, fractions=(0.6, 0.2, 0.2)),
            n_networks=1,
            training=QUICK,
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.full(1200, np.nan)}, r"y\[0\] must be finite; got nan"),
        ({"y": np.ones(5)}, "y must have 1200 values; got 5"),
        ({"y": np.ones(1200)}, "y is constant in the training part"),
        ({"schemes": ("Q",)}, "schemes must be one of I, T, R; got 'Q'"),
        ({"n_networks": 0}, "n_networks must be at least 1; got 0"),
        ({"n_permutations": 0}, "n_permutations must be at least 1"),
        (
            {"residuals": "odd"},
            "residuals must be one of as is, rescaled, cross-fitted",
        ),
        ({"main_effects": np.ones(5)}, "main_effects must have 1200 values; got 5"),
        (
            {"main_effects": np.ones(1200), "residuals": "cross-fitted"},
            "residuals must not be cross-fitted if main_effects are given",
        ),
        ({"n_scored": 0}, "n_scored must be at least 1"),
        ({"index": "odd"}, "index must be one of taylor, banzhaf, shapley"),
    ],
)
def test_study_rejects(panel, parts, change, message):
    y = np.random.default_rng(0).normal(size=1200)
    with pytest.raises((TypeError, ValueError), match=message):
        study(panel, **{"y": y, "parts": parts, "training": QUICK, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"train": np.arange(10)}, "train must have at least 50 people; got 10"),
        ({"test": np.arange(300)}, "parts must not share people"),
        ({"test": np.arange(1200, 1300)}, "parts must hold people 0 to 1199"),
    ],
)
def test_parts_are_checked(panel, parts, change, message):
    with pytest.raises(ValueError, match=message):
        fit_genes(panel, np.zeros((1, 1200)), parts._replace(**change))


def test_fit_genes_rejects(panel, parts):
    with pytest.raises(ValueError, match=r"targets must have 1200 columns"):
        fit_genes(panel, np.zeros((1, 5)), parts)
    with pytest.raises(ValueError, match="n_networks must be one number or 1; got 2"):
        fit_genes(panel, np.zeros((1, 1200)), parts, n_networks=(1, 2))
    with pytest.raises(ValueError, match="kind must be one of"):
        fit_genes(panel, np.zeros((1, 1200)), parts, kind="odd")
    with pytest.raises(ValueError, match="n_folds must be at least 1"):
        fit_main_effects(panel, np.zeros(1200), parts, n_folds=0)


@data
@needs_data
@few_people
def test_mice_from_files_to_tested_pairs():
    folder = REAL / "mice"
    table = traits.read_trait(
        folder / "phenotypes.tsv",
        "Biochem.HDL",
        covariates=["Biochem.Age"],
        categories=["GENDER"],
        groups="cage",
        id_column="SUBJECT.NAME",
    )
    fam = plink.read_fam(folder / "mice.fam")
    people, _ = traits.common_people(fam["person"], table)
    bim = plink.read_bim(folder / "mice.bim")
    panel = plink.load_panel(
        folder / "mice.bed",
        plink.runs_of_centimorgans(bim, 10, n_genes=8),
        people=people,
        min_hwe=0,
    )
    table = table.take(panel.people)
    parts = traits.split_people(len(people), groups=table.groups)
    found = study(
        panel, table.adjusted(), parts, n_permutations=2, n_networks=1, training=QUICK
    )
    frame = found.tests["I"].to_frame()
    assert len(frame) == 28 and frame["p"].between(1 / 3, 1).all()
    assert "cM" in frame["features"][0]


@data
@needs_data
@few_people
@pytest.mark.parametrize("stem", ["hapmap3", "1kg_phase1"])
def test_human_panels_carry_a_simulated_trait(stem):
    bed = REAL / "hapmap3_1kg" / f"{stem}.bed"
    bim = plink.read_bim(bed.with_suffix(".bim"))
    panel = plink.load_panel(bed, plink.runs_of_snps(bim, 60, n_genes=10), min_hwe=0)
    trait = simulate_trait(panel, signal_to_noise=1, seed=0)
    parts = traits.split_people(panel.n_people)
    found = study(panel, trait.values, parts, schemes=(), n_networks=1, training=QUICK)
    assert len(found.observed) == 45
    assert found.observed.features[0].startswith("chr1:snps")
