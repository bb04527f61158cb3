"""Panels with linkage, and traits with the variances that were asked for."""

import numpy as np
import pytest

from helpers.data.panel import Panel
from helpers.truth import genotypes
from helpers.truth.genotypes import simulate_panel, simulate_trait

N_PEOPLE = 3000


@pytest.fixture(scope="module")
def panel():
    return simulate_panel(N_PEOPLE, 10, length=40_000, seed=3)


def independent_panel(n_people, n_genes=10, snps_per_gene=20, seed=0):
    draw = np.random.default_rng(seed)
    shape = (n_genes * snps_per_gene, n_people)
    return Panel(draw.binomial(2, 0.3, shape).astype(np.int8), (20,) * n_genes)


def test_panel_has_the_people_genes_and_frequencies_asked_for(panel):
    assert panel.n_people == N_PEOPLE and panel.n_genes == 10
    assert panel.genotypes.dtype == np.int8
    minor = np.minimum(panel.frequencies(), 1 - panel.frequencies())
    assert minor.min() >= 0.01
    assert panel.to_frame()["snps"].sum() == panel.n_snps


def test_snps_of_a_gene_are_linked_up_to_the_limit_and_genes_are_not(panel):
    first, second = panel.blocks[:2]
    within = np.corrcoef(panel.genotypes[first]) ** 2
    within = within[np.triu_indices(len(within), 1)]
    between = np.corrcoef(panel.genotypes[first], panel.genotypes[second]) ** 2
    between = between[: panel.sizes[0], panel.sizes[0] :]
    assert within.max() <= 0.8 and within.max() > 0.3
    assert between.max() < 0.02


def test_hardy_weinberg_holds_as_people_pair_two_copies_at_random(panel):
    p = panel.frequencies()
    expected = 2 * p * (1 - p)
    seen = (panel.genotypes == 1).mean(axis=1)
    assert np.abs(seen - expected).max() < 5 * np.sqrt(0.25 / N_PEOPLE)


def test_the_same_seed_gives_the_same_genes_whatever_their_number(panel):
    again = simulate_panel(N_PEOPLE, 2, length=40_000, seed=3)
    np.testing.assert_array_equal(
        again.genotypes, panel.genotypes[: sum(panel.sizes[:2])]
    )
    other = simulate_panel(N_PEOPLE, 1, length=40_000, seed=4)
    assert other.sizes != panel.sizes[:1] or np.any(
        other.genotypes != panel.genotypes[panel.blocks[0]]
    )


def test_max_snps_thins_genes():
    few = simulate_panel(500, 2, length=40_000, max_snps=5, seed=3)
    assert few.sizes == (5, 5)


def test_prune_keeps_the_first_of_equal_snps_and_drops_the_constant():
    first = np.array([0, 1, 2, 0, 1, 2, 1, 0])
    second = np.array([2, 1, 0, 2, 2, 0, 0, 1])
    counts = np.stack([first, first, 2 - first, np.ones(8), second]).astype(np.int8)
    kept = genotypes.prune(counts, 0.99)
    np.testing.assert_array_equal(kept, [True, False, False, False, True])


def test_prune_does_not_depend_on_the_block_size(panel, monkeypatch):
    gene = panel.genotypes[panel.blocks[0]]
    whole = genotypes.prune(gene, 0.1)
    monkeypatch.setattr(genotypes, "_PEOPLE_PER_BLOCK", 7)
    np.testing.assert_array_equal(genotypes.prune(gene, 0.1), whole)
    assert 0 < whole.sum() < len(whole)


@pytest.mark.parametrize("kind", ["complex", "simple", "null"])
@pytest.mark.parametrize("weights", ["equal", "gaussian"])
def test_variances_are_those_asked_for(panel, kind, weights):
    trait = simulate_trait(
        panel,
        kind=kind,
        weights=weights,
        signal_to_noise=0.5,
        main_to_interaction=4,
        seed=2,
    )
    signal = trait.main + trait.interaction
    noise = trait.values - signal
    assert np.var(signal) / np.var(noise) == pytest.approx(0.5)
    assert np.var(trait.values) == pytest.approx(1, abs=0.1)
    assert trait.best_r2 == pytest.approx(1 / 3, abs=0.05)
    np.testing.assert_allclose(trait.expression.var(axis=1), 1)
    if kind == "null":
        assert trait.pairs == () and not trait.interaction.any()
    else:
        assert np.var(trait.main) / np.var(trait.interaction) == pytest.approx(4)
        assert trait.pairs == ((0, 1), (6, 8), (2, 4), (3, 7), (5, 6), (7, 9))


def test_equal_weights_give_equal_terms_and_gaussian_ones_do_not(panel):
    equal = simulate_trait(panel, weights="equal", seed=1).terms
    gaussian = simulate_trait(panel, weights="gaussian", seed=1).terms
    np.testing.assert_allclose(equal["variance"], equal["variance"][0])
    assert set(equal["weight"]) <= {-1.0, 1.0}
    assert gaussian["variance"].std() > 0


def test_causal_share_leaves_the_other_snps_without_effect():
    panel = independent_panel(400)
    trait = simulate_trait(panel, causal_share=0.1, seed=5)
    gene = panel.genotypes[panel.blocks[0]].astype(float)
    design = np.column_stack([gene.T, np.ones(400)])
    effects, *_ = np.linalg.lstsq(design, trait.expression[0], rcond=None)
    assert (np.abs(effects[:-1]) > 1e-8).sum() == 2  # 10% of 20


def test_alpha_and_weights_do_not_depend_on_the_people():
    panel = independent_panel(2000)
    whole = simulate_trait(panel, seed=7)
    half = simulate_trait(panel.take(np.arange(1000)), seed=7)
    np.testing.assert_array_equal(whole.terms["weight"], half.terms["weight"])
    for one, other in zip(whole.expression[:, :1000], half.expression, strict=True):
        assert np.corrcoef(one, other)[0, 1] > 0.99


def test_non_additive_shares_of_normal_genes_are_the_known_ones():
    a, b = np.random.default_rng(0).standard_normal((2, 200_000))
    for shape, share in (("product", 1.0), ("square", 0.5), ("max", 0.147)):
        term = genotypes.SHAPES[shape](a, b)
        left = genotypes.non_additive_variance(term, a, b) / np.var(term)
        assert left == pytest.approx(share, abs=0.01), shape


def test_an_additive_term_has_no_non_additive_variance():
    a, b = np.random.default_rng(0).standard_normal((2, 2000))
    assert genotypes.non_additive_variance(2 * a - b, a, b) < 1e-20
    snp = np.random.default_rng(1).integers(0, 3, 2000)  # few distinct values
    assert genotypes.non_additive_variance(snp**2 + a, snp, a) < 1e-20


def test_curvature_is_the_share_a_straight_line_cannot_hold():
    panel = independent_panel(20_000, seed=1)
    trait = simulate_trait(panel, kind="null", curvature=0.3, seed=0)
    slopes, *_ = np.linalg.lstsq(trait.expression.T, trait.main, rcond=None)
    left = np.var(trait.main - slopes @ trait.expression) / np.var(trait.main)
    assert left == pytest.approx(0.3, abs=0.03)


def test_unscaled_terms_are_dominated_by_squares():
    panel = independent_panel(2000)
    terms = simulate_trait(panel, standardise=False, seed=0).terms
    share = terms.groupby("shape")["variance"].mean()
    assert share["square"] > 3 * share["max"]


def test_terms_may_be_chosen():
    panel = independent_panel(500)
    trait = simulate_trait(panel, [(4, 2, "product")], seed=0)
    assert trait.pairs == ((2, 4),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_people": 1}, "n_people must be at least 2; got 1"),
        ({"n_genes": 0}, "n_genes must be at least 1"),
        ({"length": 1.5}, "length must be an integer"),
        ({"min_maf": 0.6}, "min_maf must be at most 0.5"),
        ({"max_r2": -1}, "max_r2 must be at least 0"),
        ({"max_snps": 0}, "max_snps must be at least 1"),
        ({"mutation_rate": -1}, "mutation_rate must be at least 0"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"mutation_rate": 0}, "length must give every gene a SNP; gene 1"),
    ],
)
def test_simulate_panel_rejects(change, message):
    with pytest.raises((TypeError, ValueError), match=message):
        simulate_panel(**{"n_people": 50, "n_genes": 1, "length": 1000, **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "odd"}, "kind must be one of complex, simple, null"),
        ({"weights": "odd"}, "weights must be one of"),
        ({"signal_to_noise": 0}, "signal_to_noise must be greater than 0; got 0.0"),
        ({"main_to_interaction": -1}, "main_to_interaction must be greater than 0"),
        ({"causal_share": 2}, "causal_share must be at most 1"),
        ({"curvature": -0.1}, "curvature must be at least 0"),
        ({"terms": []}, 'use kind="null"'),
        ({"terms": [(0, 10, "max")]}, "terms must index features 0 to 9"),
        ({"terms": [(0, 1, "sum")]}, "shape must be one of max, square, product"),
        ({"terms": [(0, 1)]}, r"terms must be \(i, j, shape\)"),
        ({"seed": 1.5}, "seed must be an integer"),
    ],
)
def test_simulate_trait_rejects(change, message):
    with pytest.raises((TypeError, ValueError), match=message):
        simulate_trait(independent_panel(50), **change)


def test_simulate_trait_names_a_monomorphic_snp():
    panel = independent_panel(50)
    counts = panel.genotypes.copy()
    counts[3] = 1
    with pytest.raises(ValueError, match="SNP 'snp4' is monomorphic; drop it first"):
        simulate_trait(Panel(counts, panel.sizes))


@pytest.mark.parametrize(
    ("counts", "sizes", "message"),
    [
        (np.zeros(3, int), (3,), "2 axes"),
        (np.zeros((3, 2)), (3,), "whole numbers; got float64"),
        (np.array([[0, 3]]), (1,), r"genotypes\[0, 1\] must be 0, 1 or 2; got 3"),
        (np.zeros((3, 2), int), (2,), "sizes must add up to 3 SNPs"),
        (np.zeros((3, 2), int), (3, 0), "sizes must be at least 1"),
    ],
)
def test_panel_rejects(counts, sizes, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Panel(counts, sizes)


def test_panel_rejects_too_few_names():
    with pytest.raises(ValueError, match="genes must name 1; got 2"):
        Panel(np.zeros((3, 2), int), (3,), genes=("a", "b"))


def test_the_simple_simulator_names_the_snps_that_interact(panel):
    trait = simulate_trait(panel, kind="simple", signal_to_noise=1.0, seed=3)
    snps = panel.genotypes[list(trait.settings["snps"])].astype(float)
    products = [np.ones(panel.n_people)]
    for i, j in trait.pairs:
        products += [snps[i], snps[j], snps[i] * snps[j]]
    design = np.column_stack(products)
    fit = design @ np.linalg.lstsq(design, trait.interaction, rcond=None)[0]
    assert fit == pytest.approx(trait.interaction, abs=1e-8)
    blocks = [range(b.start, b.stop) for b in panel.blocks]
    assert all(
        row in block for row, block in zip(trait.settings["snps"], blocks, strict=True)
    )
    assert "snps" not in simulate_trait(panel).settings


def simple(panel, reading, **more):
    return simulate_trait(panel, kind="simple", simple_pairs=reading, seed=3, **more)


def test_the_readings_of_simple_pairs_are_four(panel):
    first = {r: simple(panel, r) for r in genotypes.SIMPLE_PAIRS}
    assert (
        len({tuple(trait.values) for trait in first.values()})
        == len(genotypes.SIMPLE_PAIRS)
        == 4
    )
    default = simulate_trait(panel, kind="simple", seed=3)
    np.testing.assert_array_equal(default.values, first["standardised"].values)
    with pytest.raises(ValueError, match="simple_pairs must be one of standardised"):
        simple(panel, "odd")


@pytest.mark.parametrize("reading", ["literal", "counts", "marginal"])
def test_the_terms_are_products_of_allele_counts(panel, reading):
    trait = simple(panel, reading, signal_to_noise=1e9)
    x = panel.genotypes[list(trait.settings["snps"])].astype(float)
    products = np.stack([x[i] * x[j] for i, j in trait.pairs])
    products -= products.mean(axis=1, keepdims=True)
    products /= products.std(axis=1, keepdims=True)
    expected = trait.terms["weight"].to_numpy() @ products
    assert np.corrcoef(expected, trait.interaction)[0, 1] == pytest.approx(1)


def test_only_products_of_counts_have_main_effects():
    panel = independent_panel(5000)
    share = {}
    for reading in genotypes.SIMPLE_PAIRS:
        terms = simple(panel, reading).terms
        share[reading] = (terms["non_additive"] / terms["variance"]).mean()
    assert share["standardised"] > 0.97  # no main effect but by chance
    for reading in ("literal", "counts", "marginal"):
        assert share[reading] < 0.7


def test_literal_gene_values_are_sums_over_counts():
    panel = independent_panel(3000)
    literal = simple(panel, "literal", causal_share=1)
    counts = simple(panel, "counts", causal_share=1)
    gene = panel.genotypes[panel.blocks[0]].astype(float)
    design = np.column_stack([gene.T, np.ones(panel.n_people)])
    a, b = (
        np.linalg.lstsq(design, trait.expression[0], rcond=None)[0][:-1]
        for trait in (literal, counts)
    )
    ratio = b * gene.std(axis=1) / a  # the same alpha, of counts and in deviations
    np.testing.assert_allclose(ratio, ratio[0])
    strongest = int(np.argmax(np.abs(a)))
    assert literal.settings["snps"][0] == strongest == counts.settings["snps"][0]


def test_the_marginal_snp_is_the_most_correlated_one(panel):
    trait = simple(panel, "marginal")
    gene = panel.genotypes[panel.blocks[0]].astype(float)
    of_gene = [abs(np.corrcoef(row, trait.expression[0])[0, 1]) for row in gene]
    assert trait.settings["snps"][0] == panel.blocks[0].start + np.argmax(of_gene)


def test_the_rarest_snp_allowed_is_kept():
    # 5 of 100 copies are just enough
    panel = simulate_panel(50, 4, length=40_000, min_maf=0.05, max_r2=1, seed=0)
    assert np.minimum(panel.frequencies(), 1 - panel.frequencies()).min() == 0.05


def test_the_strongest_snp_may_lower_the_trait():
    panel = Panel(np.ones((4, 3), np.int8), (2, 2))
    assert genotypes._strongest_snps(panel, np.array([-2.0, 1, 1, 3])) == [0, 3]


def test_halves_that_parted_differ_in_frequencies():
    one = simulate_panel(600, 2, length=20_000, seed=1)
    two = simulate_panel(600, 2, length=20_000, parted=2_000, seed=1)

    def f_st(panel):
        a, b = (
            panel.take(rows).frequencies() for rows in np.arange(600).reshape(2, -1)
        )
        return np.sum((a - b) ** 2) / np.sum(a * (1 - b) + b * (1 - a))

    assert f_st(one) < 0.005 < 0.02 < f_st(two) < 0.1
