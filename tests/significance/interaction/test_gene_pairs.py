"""Pairs of genes: found where networks hold one, nominal where the trait has none."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers.data.panel import Panel
from helpers.significance.interaction.genotypes import gene_interaction_test


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
    with pytest.raises(ValueError, match="a network and two genes"):
        gene_interaction_test([], panel, residual, learned=some, tested=some + 50)
