"""People who are in two cohorts are found by their genotypes, and chance is known."""

import numpy as np
import pytest

from helpers.data.panel import Panel
from helpers.studies.gene_gene import same_people
from helpers.truth.genotypes import simulate_panel

N = 300


def panel(seed, n_snps, n=N):
    counts = np.random.default_rng(seed).binomial(2, 0.3, (n_snps, n))
    return Panel(counts.astype(np.int8), (n_snps,))


@pytest.mark.parametrize("n_snps", [30, 150, 1_000])
def test_they_are_found_though_one_genotype_in_a_hundred_differs(n_snps):
    first, draw = panel(0, n_snps), np.random.default_rng(1)
    whose = draw.permutation(N)[:100]
    counts = first.genotypes[:, whose].copy()
    for person in range(100):
        where = draw.choice(n_snps, n_snps // 100, replace=False)
        counts[where, person] = (counts[where, person] + 1) % 3
    others = panel(2, n_snps).genotypes
    second = Panel(np.concatenate([counts, others], axis=1), (n_snps,))
    found, by_chance = same_people.shared_people(first, second)
    assert found[:100].tolist() == whose.tolist()
    assert (found[100:] == -1).all() and by_chance == 0


def test_more_errors_are_another_person():
    first = panel(0, 400)
    counts = first.genotypes.copy()
    counts[:6] = (counts[:6] + 1) % 3
    found, _ = same_people.shared_people(first, Panel(counts, (400,)))
    assert (found == -1).all()


@pytest.mark.parametrize("n_snps", [2, 6, 8, 10, 12])
def test_what_few_snps_make_equal_is_foreseen(n_snps):
    found, by_chance = same_people.shared_people(panel(0, n_snps), panel(1, n_snps))
    met = (found >= 0).sum()
    assert by_chance == pytest.approx(met, abs=4 * np.sqrt(met) + 4)


def test_chance_holds_for_linked_snps_too():
    """Of which people share more than their frequencies say."""
    whole = simulate_panel(2 * N, 2, length=8_000, seed=3)
    parts = whole.take(np.arange(N)), whole.take(np.arange(N, 2 * N))
    found, by_chance = same_people.shared_people(*parts)
    assert (found >= 0).sum() > 30
    assert by_chance == pytest.approx((found >= 0).sum(), rel=0.3)


def test_a_snp_that_one_cohort_lacks_is_not_asked():
    """It was filled, so everybody has one count."""
    first = panel(0, 60)
    counts = first.genotypes.copy()
    counts[:5] = 0
    found, _ = same_people.shared_people(first, Panel(counts, (60,)))
    assert found.tolist() == list(range(N))


def test_nothing_that_varies_tells_nothing():
    flat = Panel(np.zeros((4, 5), np.int8), (4,))
    found, by_chance = same_people.shared_people(flat, flat)
    assert (found == -1).all() and by_chance == 5
