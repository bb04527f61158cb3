"""Pairs of genes: found where networks hold one, nominal where the trait has none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from helpers.data.panel import Panel
from helpers.significance.interaction import genotypes
from helpers.significance.interaction.genotypes import (
    GeneFold,
    crossed_gene_interaction_test,
    gene_functions,
    gene_interaction_test,
    gene_slopes,
)


class Known(nn.Module):
    """Gene values are sums of allele counts; the trait is a function of them."""

    def __init__(self, sizes, function):
        super().__init__()
        self.sizes, self.function = sizes, function

    def genes(self, x):
        return torch.stack([part.sum(1) for part in x.split(self.sizes, dim=1)], 1)

    def head(self, values):
        return self.function(values)[:, None]


def people(n=2000, n_genes=4, seed=0):
    rng = np.random.default_rng(seed)
    genotypes = rng.binomial(2, 0.4, size=(3 * n_genes, n)).astype(np.int8)
    panel = Panel(genotypes, (3,) * n_genes)
    values = genotypes.reshape(n_genes, 3, n).sum(1).T.astype(float)
    return panel, values, rng


def all_products(v):
    return sum(v[:, i] * v[:, j] for i in range(4) for j in range(i))


def asked(panel, residual, function, **more):
    half = panel.n_people // 2
    return gene_interaction_test(
        [Known((3, 3, 3, 3), function)],
        panel,
        residual,
        learned=np.arange(half),
        tested=np.arange(half, panel.n_people),
        n_multipliers=199,
        **more,
    )


def test_a_real_pair_is_called_and_measured():
    panel, v, rng = people(6000)
    product = (v[:, 0] - v[:, 0].mean()) * (v[:, 1] - v[:, 1].mean())
    residual = product / product.std() + 2 * rng.normal(size=6000)
    table = asked(panel, residual, all_products)
    assert table["pair"][0] == ("gene1", "gene2")
    assert table["p_holm"][0] < 1e-6 and table["p_holm"][1] > 0.01
    assert table["low"][0] < 0.2 < table["high"][0]
    assert table["estimate"][0] == pytest.approx(0.2, abs=0.04)


def test_what_the_networks_say_of_other_pairs_leaves_the_residual():
    panel, v, rng = people(6000)
    centred = v - v.mean(0)
    pairs = [centred[:, i] * centred[:, j] for i, j in ((0, 1), (0, 2), (1, 3))]
    one, *others = (pair / pair.std() for pair in pairs)
    residual = 0.2 * one + sum(others) + 0.6 * rng.normal(size=6000)

    def known(values):
        return values[:, 0] * values[:, 1]

    def both_known(values):
        others = values[:, 0] * values[:, 2] + values[:, 1] * values[:, 3]
        return known(values) + others

    z = [asked(panel, residual, f).set_index("pair")["z"] for f in (known, both_known)]
    before, after = (values["gene1", "gene2"] for values in z)
    assert before == pytest.approx(0.2 * np.sqrt(3000 / (2 + 0.36)), rel=0.3)
    # Bins hold most of the other pairs: gene values of seven sizes share some.
    assert after > 1.7 * before


def test_main_effects_left_in_the_residual_are_no_interaction():
    z = []
    for seed in range(25):
        panel, v, rng = people(800, seed=seed)
        residual = v[:, 0] + 0.5 * v[:, 1] ** 2 + rng.normal(size=800)
        z.append(asked(panel, residual, all_products)["z"].to_numpy())
    z = np.array(z)
    by_set = z.mean(1)
    assert abs(by_set.mean()) < 4 * by_set.std(ddof=1) / 5
    assert 0.8 < z.std() < 1.25


def test_a_network_without_interactions_proposes_nothing():
    panel, _, rng = people(400)
    table = asked(panel, rng.normal(size=400), lambda v: v.sum(1) + v[:, 0] ** 2)
    assert (table["z"] == 0).all() and (table["p_holm"] == 1).all()


def by_pair(table):
    table = table.assign(pair=[f"{a[-1]}-{b[-1]}" for a, b in table["pair"]])
    return table.set_index("pair").sort_index().drop(columns="p_maxt")


def a_case(function=all_products):
    panel, v, rng = people(1000, seed=1)
    residual = (v[:, 0] - 2.4) * (v[:, 1] - 2.4) / 3 + rng.normal(size=1000)
    return panel, residual, function


def test_neither_the_order_of_genes_nor_the_sign_of_the_trait_matters():
    panel, residual, function = a_case()
    first = by_pair(asked(panel, residual, function))
    turned = by_pair(asked(panel, -residual, lambda v: -function(v)))
    pd.testing.assert_frame_equal(first, turned)
    order = np.arange(12).reshape(4, 3)[::-1].ravel()
    other = Panel(panel.genotypes[order], panel.sizes, panel.genes[::-1])
    again = asked(other, residual, function)
    again["pair"] = [pair[::-1] for pair in again["pair"]]
    # Sums in another order, and the network is in single precision.
    pd.testing.assert_frame_equal(by_pair(again), first, rtol=1e-3)


def test_a_gene_value_has_no_sign_and_a_network_twice_is_one():
    panel, residual, function = a_case()

    class Turned(Known):
        def genes(self, x):
            return -super().genes(x)

        def head(self, values):
            return super().head(-values)

    half = {"learned": np.arange(500), "tested": np.arange(500, 1000)}
    networks = [Known((3,) * 4, function), Turned((3,) * 4, function)]
    one, two = (
        gene_interaction_test(some, panel, residual, n_multipliers=99, **half)
        for some in (networks[:1], networks)
    )
    # Nine values in 24 bins: those on an edge fall on its other side.
    z = by_pair(one)["z"], by_pair(two)["z"]
    assert z[0]["1-2"] > 5
    assert np.abs(z[0] - z[1]).max() < 0.4


def test_all_pairs_at_once_are_each_pair_alone(monkeypatch):
    monkeypatch.setattr(genotypes, "AT_A_TIME", 2)
    panel, residual, function = a_case()
    linked = [(2, 3)]
    table = by_pair(asked(panel, residual, function, linked=linked))
    for pair in ((0, 1), (1, 2), (2, 3)):
        alone = asked(panel, residual, function, linked=linked, pairs=[pair]).iloc[0]
        row = table.loc["{}-{}".format(*(k + 1 for k in pair))]
        same = ["estimate", "low", "high", "z", "p", "surviving"]
        assert alone[same].astype(float).tolist() == pytest.approx(row[same].tolist())
        assert alone["p_holm"] == alone["p"]


def neighbours(n, seed):
    """Return a panel whose gene 2 is a copy of gene 1 in four people of five."""
    panel, _, rng = people(n, seed=seed)
    counts = panel.genotypes.copy()
    same = rng.random((3, n)) < 0.8
    counts[3:6] = np.where(same, counts[:3], counts[3:6])
    v = counts.reshape(4, 3, n).sum(1).T.astype(float)
    return Panel(counts, panel.sizes), v - v.mean(0), rng


def test_a_true_pair_of_a_neighbour_is_not_called():
    z = []
    for seed in range(12):
        panel, v, rng = neighbours(800, seed)
        residual = v[:, 0] * v[:, 2] + rng.normal(size=800)
        table = by_pair(asked(panel, residual, all_products))
        assert table.loc["1-3", "p_holm"] < 1e-3
        z.append(table.loc["2-3", "z"])
    assert abs(np.mean(z)) < 4 / np.sqrt(12)


def test_linked_genes_are_centred_over_their_joint_distribution():
    panel, v, rng = neighbours(4000, 0)
    residual = v[:, 0] ** 2 + v[:, 0] + rng.normal(size=4000)
    z = by_pair(asked(panel, residual, all_products))["z"]
    assert abs(z["1-2"]) < 4
    twins = Panel(np.repeat(panel.genotypes[:3], 2, 0)[[0, 2, 4, 1, 3, 5]], (3, 3))
    table = gene_interaction_test(
        [Known((3, 3), lambda v: v[:, 0] * v[:, 1])],
        twins,
        residual,
        learned=np.arange(2000),
        tested=np.arange(2000, 4000),
        n_multipliers=99,
    )
    assert not table["identifiable"][0] and np.isnan(table["p"][0])
    assert table["surviving"][0] < 0.02


def test_a_gene_whose_value_never_varies_interacts_with_nothing():
    panel, residual, _ = a_case()
    table = by_pair(asked(panel, residual, lambda v: v[:, 0] * v[:, 1]))
    assert (table["z"] == 0).sum() == 5

    class Dead(Known):
        def genes(self, x):
            return super().genes(x) * torch.tensor([1.0, 1.0, 1.0, 0.0])

    table = gene_interaction_test(
        [Dead((3,) * 4, all_products)],
        panel,
        residual,
        learned=np.arange(500),
        tested=np.arange(500, 1000),
        n_multipliers=99,
    )
    assert (by_pair(table).filter(like="4", axis=0)["z"] == 0).all()


def test_bad_input():
    panel, _, rng = people(100)
    network = [Known((3, 3, 3, 3), all_products)]
    residual, some = rng.normal(size=100), np.arange(50)
    with pytest.raises(ValueError, match="nobody in both"):
        gene_interaction_test(network, panel, residual, learned=some, tested=some)
    with pytest.raises(ValueError, match="residual must have 100 values"):
        gene_interaction_test(
            network, panel, residual[:9], learned=some, tested=some + 50
        )
    halves = {"learned": some, "tested": some + 50}
    for wrong, said in (
        ({"pairs": [(0, 1), (1, 0)]}, "pairs must be different"),
        ({"pairs": [(0, 1, 2)]}, "pairs must hold two genes each"),
        ({"linked": [(0, 7)]}, "linked must index features 0 to 3"),
        ({"groups": [1, 2]}, "groups must have 100 values"),
        ({"n_bins": 26}, "n_bins must be at most 25; got 26"),
    ):
        with pytest.raises(ValueError, match=said):
            gene_interaction_test(network, panel, residual, **halves, **wrong)
    with pytest.raises(ValueError, match="a network and two genes"):
        gene_interaction_test([], panel, residual, learned=some, tested=some + 50)


def test_weights_of_one_change_nothing_and_must_be_above_zero():
    panel, residual, function = a_case()
    plain = asked(panel, residual, function)
    pd.testing.assert_frame_equal(
        plain, asked(panel, residual, function, weight=np.ones(1000))
    )
    weight = np.ones(1000)
    weight[-1] = 0
    with pytest.raises(ValueError, match="weight must be above 0; got 0"):
        asked(panel, residual, function, weight=weight)


def test_what_adds_on_log_odds_but_was_not_fitted_is_taken_out():
    # Both genes move the odds, and the fit without interactions saw neither: what it
    # leaves is a product where odds are far from even, but for the weights.
    z = []
    for seed in range(25):
        panel, v, rng = people(800, seed=seed)
        link = 0.4 * (v[:, 0] + v[:, 1]) - 3.5
        mean = 1 / (1 + np.exp(-(link * 0.8 - 0.5)))
        cases = rng.random(800) < 1 / (1 + np.exp(-link))
        table = asked(panel, cases - mean, all_products, weight=mean * (1 - mean))
        z.append(table["z"].to_numpy())
    z = np.array(z)
    by_set = z.mean(1)
    assert abs(by_set.mean()) < 4 * by_set.std(ddof=1) / 5
    assert 0.8 < z.std() < 1.25


def two_folds(panel, residual, function, other=None):
    halves = np.array_split(np.arange(panel.n_people), 2)
    functions = (function, other or function)
    return [
        GeneFold([Known((3, 3, 3, 3), f)], residual, halves[k], halves[1 - k])
        for k, f in enumerate(functions)
    ]


def test_one_fold_is_the_test_itself():
    panel, _, rng = people(800)
    residual = rng.normal(size=800)
    alone = asked(panel, residual, all_products)
    folds = two_folds(panel, residual, all_products)[:1]
    crossed = crossed_gene_interaction_test(folds, panel, n_multipliers=199)
    pd.testing.assert_frame_equal(alone, crossed)


def test_two_folds_test_everybody():
    panel, v, rng = people(6000)
    product = (v[:, 0] - v[:, 0].mean()) * (v[:, 1] - v[:, 1].mean())
    residual = product / product.std() + 6 * rng.normal(size=6000)
    alone = asked(panel, residual, all_products)
    folds = two_folds(panel, residual, all_products)
    both = crossed_gene_interaction_test(folds, panel)
    assert alone["pair"][0] == both["pair"][0] == ("gene1", "gene2")
    assert both["z"][0] / alone["z"][0] == pytest.approx(1.4, abs=0.3)
    assert both["low"][0] < 1 / 37 < both["high"][0]


def test_a_fold_that_learned_little_says_little():
    panel, v, rng = people(6000)
    product = (v[:, 0] - v[:, 0].mean()) * (v[:, 1] - v[:, 1].mean())
    residual = product / product.std() + 2 * rng.normal(size=6000)

    def faint_and_wrong(values):
        return -1e-3 * all_products(values)

    folds = two_folds(panel, residual, all_products, faint_and_wrong)
    both = crossed_gene_interaction_test(folds, panel)
    first = crossed_gene_interaction_test(folds[:1], panel)
    assert both["z"][0] == pytest.approx(first["z"][0], rel=0.02)


def test_folds_without_an_effect_keep_their_level():
    called = []
    for seed in range(60):
        panel, _, rng = people(400, seed=seed)
        folds = two_folds(panel, rng.normal(size=400), all_products)
        table = crossed_gene_interaction_test(folds, panel, n_multipliers=99)
        called += (table["p"] <= 0.05).tolist()
    assert 0.02 < np.mean(called) < 0.085


def test_families_are_followed_through_folds():
    panel, _, rng = people(1000)
    residual = rng.normal(size=1000)
    folds = two_folds(panel, residual, all_products)
    single = crossed_gene_interaction_test(folds, panel)
    own = crossed_gene_interaction_test(folds, panel, groups=np.arange(1000))
    drawn = ["p_maxt"]  # families come in another order, and get other signs
    pd.testing.assert_frame_equal(single.drop(columns=drawn), own.drop(columns=drawn))
    paired = crossed_gene_interaction_test(folds, panel, groups=np.arange(1000) // 2)
    assert not np.allclose(single["p"], paired["p"])


def test_folds_must_test_different_people():
    panel, _, rng = people(200)
    folds = two_folds(panel, rng.normal(size=200), all_products)
    with pytest.raises(ValueError, match="different people; some are there twice"):
        crossed_gene_interaction_test([folds[0], folds[0]], panel)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"networks": []}, "must hold a network and two genes"),
        ({"residual": [0.0]}, "residual must have 200 values; got 1"),
        ({"tested": np.arange(150, 250)}, "tested must be numbers from 0 to 199; got"),
        ({"tested": np.arange(100) + 0.5}, "tested must be numbers of people, whole"),
        ({"learned": np.arange(200) < 100}, "learned must be numbers of people"),
    ],
)
def test_folds_that_cannot_be_are_refused(changed, message):
    panel, _, rng = people(200)
    fold = two_folds(panel, rng.normal(size=200), all_products)[0]
    with pytest.raises(ValueError, match=message):
        crossed_gene_interaction_test([replace(fold, **changed)], panel)


def test_no_folds_are_refused():
    panel, _, rng = people(200)
    fold = two_folds(panel, rng.normal(size=200), all_products)[0]
    for wrong in ([], [(fold.networks, fold.residual, fold.learned, fold.tested)]):
        with pytest.raises(ValueError, match="at least one, each a GeneFold"):
            crossed_gene_interaction_test(wrong, panel)


# Another study, asked by the same regression


def slopes(panel, residual, function=all_products, **more):
    table = gene_slopes([Known((3,) * 4, function)], panel, residual, **more)
    names = [f"{a[-1]}-{b[-1]}" for a, b in table["pair"]]
    return table.set_index(np.array(names))


def test_a_slope_is_one_where_the_interaction_returns_in_full():
    panel, v, rng = people(6000)
    c = v - v.mean(0)
    residual = c[:, 0] * c[:, 1] + 3 * v[:, 2] ** 2 + rng.normal(size=6000)
    table = slopes(panel, residual)
    real = table.loc["1-2"]
    assert real["slope"] == pytest.approx(1, abs=4 * real["standard_error"])
    share = np.var(c[:, 0] * c[:, 1]) / np.var(residual)
    assert real["p"] < 1e-6 and real["share"] == pytest.approx(share, rel=0.2)
    others = table.drop("1-2")
    assert (others["slope"].abs() < 4 * others["standard_error"]).all()
    half = slopes(panel, residual / 2).loc["1-2"]
    assert half["slope"] == pytest.approx(real["slope"] / 2)


def test_it_is_the_regression_of_the_test():
    """People asked and people learned have one distribution: so do directions."""
    panel, v, rng = people(8000)
    c = v - v.mean(0)
    residual = 0.2 * c[:, 0] * c[:, 1] + c[:, 0] * c[:, 2] + rng.normal(size=8000)
    test = asked(panel, residual, all_products)
    test.index = [f"{a[-1]}-{b[-1]}" for a, b in test["pair"]]
    again = slopes(panel.take(np.arange(4000, 8000)), residual[4000:])
    assert np.abs(again["z"] - test["z"]).max() < 0.5
    assert test["z"].abs().max() > 10


def test_other_pairs_leave_the_trait():
    panel, v, rng = people(6000)
    c = v - v.mean(0)
    residual = 0.2 * c[:, 0] * c[:, 1] + c[:, 0] * c[:, 2] + c[:, 1] * c[:, 3]
    residual = residual + 0.5 * rng.normal(size=6000)

    def known(values):
        return values[:, 0] * values[:, 1]

    def both_known(values):
        others = values[:, 0] * values[:, 2] + values[:, 1] * values[:, 3]
        return known(values) + others

    both, alone = (slopes(panel, residual, f).loc["1-2"] for f in (both_known, known))
    assert both["standard_error"] < alone["standard_error"] / 1.5


def test_errors_follow_noise_that_is_wider_where_the_direction_is():
    z = []
    for seed in range(60):
        panel, v, rng = people(500, seed=seed)
        c = v - v.mean(0)
        wider = np.abs(c[:, 0] * c[:, 1])
        z.append(slopes(panel, wider * rng.normal(size=500)).loc["1-2", "z"])
    assert 0.75 < np.std(z) < 1.3  # by least squares they spread more than twice


def of_groups(seed, groups):
    """Return z by people and by groups; noise of a group follows its direction."""
    panel, _, rng = people(groups * 10, seed=seed)
    families = np.repeat(np.arange(groups), 10)
    panel.genotypes[:] = np.repeat(panel.genotypes[:, ::10], 10, axis=1)
    noise = np.repeat(rng.normal(size=groups), 10) + 0.3 * rng.normal(size=groups * 10)
    plain = slopes(panel, noise)["z"]
    grouped = slopes(panel, noise, groups=families)["z"]
    return plain, grouped


def test_groups_widen_the_errors_of_people_who_are_alike():
    found = [of_groups(seed, 60) for seed in range(15)]
    plain, grouped = (np.stack(z) for z in zip(*found, strict=True))
    assert np.std(plain) > 2 and 0.7 < np.std(grouped) < 1.3


def test_many_groups_are_summed_as_rows_of_one():
    panel, _, rng = people(1800)
    noise, each = rng.normal(size=1800), np.arange(1800)
    one = slopes(panel, noise, groups=each)
    assert one["z"].tolist() == pytest.approx(slopes(panel, noise)["z"].tolist())


def test_neighbours_are_centred_together():
    z = []
    for seed in range(12):
        panel, v, rng = neighbours(800, seed)
        residual = v[:, 0] * v[:, 2] + rng.normal(size=800)
        table = slopes(panel, residual, linked=[(0, 1)], pairs=[(1, 2), (0, 2)])
        assert table.index.tolist() == ["2-3", "1-3"]
        assert table.loc["1-3", "p"] < 1e-3
        z.append(table.loc["2-3", "z"])
    assert abs(np.mean(z)) < 4 / np.sqrt(12)


def test_where_nothing_is_proposed_nothing_is_said():
    panel, _, rng = people(400)
    table = slopes(panel, rng.normal(size=400), lambda v: v.sum(1))
    assert (table["slope"] == 0).all() and (table["p"] == 0.5).all()
    assert table["standard_error"].isna().all()


def test_a_pair_of_few_people_cannot_be_told():
    panel, _, rng = people(40, n_genes=12)
    table = gene_slopes(
        [Known((3,) * 12, lambda v: v[:, 0] * v[:, 1])], panel, rng.normal(size=40)
    )
    assert not table["identifiable"][0]
    assert table.loc[0, ["slope", "standard_error", "z", "p"]].isna().all()


def test_functions_are_of_each_gene_alone():
    panel, v, _ = people(300)
    functions = gene_functions([Known((3,) * 4, all_products)], panel)
    assert functions.shape[0] == 300 and functions.shape[1] % 4 == 0
    second = functions.reshape(300, 4, -1)[:, 1]
    for wanted, held in ((v[:, 1], True), (v[:, 2], False)):
        known = np.hstack([np.ones((300, 1)), second])
        fit = known @ np.linalg.lstsq(known, wanted, rcond=None)[0]
        assert (np.abs(fit - wanted).max() < 1e-6) == held


def test_slopes_of_bad_input():
    panel, _, rng = people(60)
    y = rng.normal(size=60)
    with pytest.raises(ValueError, match="residual must have 60"):
        slopes(panel, y[:50])
    with pytest.raises(ValueError, match="tested must be at least 40 people; got 30"):
        slopes(panel.take(np.arange(30)), y[:30])
    with pytest.raises(ValueError, match="weight must be above 0"):
        slopes(panel, y, weight=np.zeros(60))
    with pytest.raises(ValueError, match="groups must have 60 values"):
        slopes(panel, y, groups=np.zeros(3))
    with pytest.raises(ValueError, match="pairs"):
        slopes(panel, y, pairs=[(0, 9)])
