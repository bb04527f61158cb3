"""Interactions in other people, on networks whose interaction is known."""

import numpy as np
import pytest
import torch
from scipy import stats

from helpers.data.panel import Panel
from helpers.networks.genes import GeneNetwork
from helpers.studies.gene_gene import (
    pair_effects,
    pair_residuals,
    pair_surface,
    replicate,
)


def panel_of(n_people, seed, sizes=(2, 2, 2)):
    draw = np.random.default_rng(seed)
    counts = draw.binomial(2, 0.5, (sum(sizes), n_people)).astype(np.int8)
    return Panel(counts, sizes, ("a", "b", "c"))


class Product(torch.nn.Module):
    """Gene values are the first SNPs, times `sign`; the head is a·b + c."""

    def __init__(self, sign=1.0):
        super().__init__()
        self.sign = sign

    def genes(self, x):
        return self.sign * (x[:, ::2] - 1)

    def head(self, values):
        a, b, c = (values / self.sign).unbind(1)
        return (a * b + c)[:, None]


def test_effect_is_the_product_and_nothing_for_an_additive_pair():
    panel = panel_of(400, 0)
    genes = panel.genotypes[::2].astype(float) - 1
    centred = genes - genes.mean(axis=1, keepdims=True)
    found = pair_effects([Product(), Product(-2.0)], panel, (0, 1))
    assert found == pytest.approx(centred[0] * centred[1], abs=1e-5)
    assert pair_effects([Product()], panel, (0, 2)) == pytest.approx(0, abs=1e-6)


def test_replication_finds_slope_one_for_the_real_pair_alone():
    discovery, other = panel_of(500, 1), panel_of(3_000, 2)
    a, b, c = other.genotypes[::2].astype(float) - 1
    y = a * b + c + np.random.default_rng(3).standard_normal(3_000)
    networks = [Product(), Product(-1.0)]
    table = replicate(networks, discovery, other, y, [(0, 1), (1, 2)])
    assert table["pair"].tolist() == ["a × b", "b × c"]
    real = table.iloc[0]
    assert real["slope"] == pytest.approx(1, abs=4 * real["standard_error"])
    assert real["p"] < 1e-6
    assert table.iloc[1][["slope", "p"]].tolist() == [0, 1]  # nothing was predicted


class Squares(Product):
    """The head is a product of squares: its pair effect holds some of each square."""

    def head(self, values):
        a, b, _ = values.unbind(1)
        return (a**2 * b**2)[:, None]


def test_centred_replication_is_not_misled_by_a_bend_of_one_gene():
    discovery, other = panel_of(500, 1), panel_of(3_000, 2)
    a, b, c = other.genotypes[::2].astype(float) - 1
    noise = np.random.default_rng(3).standard_normal(3_000)
    bent, both = 2 * a**2 + c + noise, a**2 * b**2 + noise

    def row(y, centred):
        found = replicate([Squares()], discovery, other, y, [(0, 1)], centred=centred)
        return found.iloc[0]

    assert row(bent, False)["p"] < 1e-6
    assert row(bent, True)["p"] > 0.01
    real = row(both, True)
    assert real["p"] < 1e-6
    assert real["slope"] == pytest.approx(1, abs=4 * real["standard_error"])


def test_residuals_are_what_replication_regresses():
    discovery, other = panel_of(500, 1), panel_of(900, 2)
    a, b, c = other.genotypes[::2].astype(float) - 1
    y = a * b + 3 * a + c + np.random.default_rng(3).standard_normal(900)
    networks = [Product(), Product(-1.0)]
    effect, left = pair_residuals(networks, discovery, other, y, (0, 1))
    expected = pair_effects(networks, other, (0, 1), reference=discovery)
    assert effect == pytest.approx(expected, abs=1e-6)
    assert np.corrcoef(left, a)[0, 1] == pytest.approx(0, abs=1e-6)
    row = replicate(networks, discovery, other, y, [(0, 1)]).iloc[0]
    assert row["slope"] == pytest.approx(np.polyfit(effect, left, 1)[0])
    assert row["r2"] == pytest.approx(np.corrcoef(effect, left)[0, 1] ** 2)


def test_p_values_are_uniform_for_an_interaction_that_is_not_there():
    discovery, draw, p = panel_of(300, 1), np.random.default_rng(4), []
    for trial in range(200):
        other = panel_of(300, 10 + trial)
        y = other.genotypes[4] + draw.standard_normal(300)
        p.append(replicate([Product()], discovery, other, y, [(0, 1)])["p"][0])
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_surface_of_a_product_is_a_saddle_whatever_the_sign_of_a_gene():
    panel = panel_of(2_000, 0)
    surface = pair_surface([Product(), Product(-1.0)], panel, (0, 1), n_levels=5)
    assert surface.genes == ("a", "b")
    corners = surface.interaction[np.ix_([0, -1], [0, -1])]
    assert corners == pytest.approx(np.array([[1, -1], [-1, 1]]), abs=0.1)
    assert surface.joint == pytest.approx(surface.interaction, abs=0.1)


def test_real_networks_agree_with_their_own_forward_pass():
    torch.manual_seed(0)
    panel, network = panel_of(50, 0), GeneNetwork((2, 2, 2)).double()
    x = torch.from_numpy(panel.genotypes.T.astype(np.float64))
    with torch.no_grad():
        genes = network.genes(x)
        mean = genes.mean(dim=0)

        def v(kept):
            values = mean.repeat(50, 1)
            values[:, kept] = genes[:, kept]
            return network.head(values)[:, 0]

        expected = v([0, 1]) - v([0]) - v([1]) + v([])
    found = pair_effects([network.float()], panel, (0, 1))
    assert found == pytest.approx(expected.numpy(), abs=1e-5)


def test_bad_input_is_named():
    panel = panel_of(50, 0)
    other = Panel(panel.genotypes[:5], (2, 2, 1))
    with pytest.raises(ValueError, match="panel must have the SNPs of discovery"):
        replicate([Product()], panel, other, np.zeros(50), [(0, 1)])
    with pytest.raises(ValueError, match="y must have"):
        replicate([Product()], panel, panel, np.zeros(3), [(0, 1)])
    with pytest.raises(ValueError, match="panel must have the SNPs of discovery"):
        pair_residuals([Product()], panel, other, np.zeros(50), (0, 1))
    with pytest.raises(ValueError, match="pair"):
        pair_residuals([Product()], panel, panel, np.zeros(50), (0, 7))
    with pytest.raises(ValueError, match="pair"):
        pair_effects([Product()], panel, (0, 7))
    with pytest.raises(ValueError, match="n_levels must be at least 2; got 1"):
        pair_surface([Product()], panel, (0, 1), n_levels=1)
