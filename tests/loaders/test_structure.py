"""Structure shows where SNPs of different genes know each other, and only there."""

import numpy as np
import pytest

from helpers.data.panel import Panel
from helpers.loaders import structure


def people(n=400, n_genes=4, *, apart=0.0, linked=False, seed=0):
    """Return a panel; `apart` moves the frequencies of the second half."""
    draw = np.random.default_rng(seed)
    chance = draw.uniform(0.3, 0.6, (n_genes * 5, 1))
    move = apart * draw.choice([-1, 1], chance.shape)
    counts = np.hstack(
        [draw.binomial(2, chance + side * move, (len(chance), n // 2))
         for side in (-1, 1)]
    )  # fmt: skip
    if linked:
        counts[5:10] = counts[:5]
    return Panel(counts.astype(np.int8), (5,) * n_genes)


def test_unrelated_people_of_one_population_show_none():
    found = [structure.inflation(people(seed=seed)) for seed in range(40)]
    z = np.array([(f.value - 1) / f.error for f in found])
    assert abs(z.mean()) < 4 / np.sqrt(40) and 0.6 < z.std() < 1.6
    assert not any(f.visible for f in found)


def test_two_populations_and_relatives_show():
    assert structure.inflation(people(apart=0.1)).visible
    panel = people(n=60)
    families = panel.take(np.repeat(np.arange(60), 8))
    assert structure.inflation(families).visible


def test_neighbours_are_left_out():
    panel = people(linked=True)
    assert structure.inflation(panel).visible
    assert not structure.inflation(panel, linked=[(1, 0)]).visible
    alone = Panel(panel.genotypes[:5], (5,))
    assert structure.inflation(alone).value == 1
    assert not structure.inflation(alone).visible


def test_the_side_a_person_is_of_takes_two_populations_away_and_noise_does_not():
    panel, side = people(apart=0.15), np.repeat([-1.0, 1.0], 200)
    noise = np.random.default_rng(1).normal(size=(400, 5))
    before = structure.inflation(panel)
    assert before.visible
    held = structure.inflation(panel, covariates=np.c_[noise, side])
    assert not held.visible and abs(held.value - 1) < 4 * held.error
    useless = structure.inflation(panel, covariates=noise)
    assert useless.visible and abs(useless.value / before.value - 1) < 0.1


def test_covariates_cost_degrees_of_freedom_and_no_sign_of_structure():
    noise = np.random.default_rng(2).normal(size=(400, 60))
    found = [
        structure.inflation(people(seed=seed), covariates=noise) for seed in range(40)
    ]
    z = np.array([(f.value - 1) / f.error for f in found])
    assert abs(z.mean()) < 4 / np.sqrt(40)


def test_constant_and_repeated_covariates_change_nothing():
    panel, side = people(apart=0.15), np.repeat([-1.0, 1.0], 200)
    once = structure.inflation(panel, covariates=side[:, None])
    more = np.c_[side, 1e6 * side, np.full(400, 7.0)]
    again = structure.inflation(panel, covariates=more)
    assert again.value == pytest.approx(once.value)


def test_covariates_of_other_people_are_refused_in_a_line():
    with pytest.raises(ValueError, match="of the 400 people of the panel; got 7 rows"):
        structure.inflation(people(), covariates=np.ones((7, 1)))


@pytest.mark.parametrize("given", [False, True])
def test_the_warning_says_how_much_and_what_to_do(given):
    text = structure.warning_of(structure.Inflation(3.14, 0.1), given)
    assert "3.1 times" in text and "plink2 --pca" in text and "\n" not in text
    assert ("also after" in text) == given
    assert structure.warning_of(structure.Inflation(1.0, 0.1), given) is None


def test_snps_that_nobody_varies_in_do_no_harm():
    panel = people()
    panel.genotypes[3] = 2
    assert np.isfinite(structure.inflation(panel).value)
