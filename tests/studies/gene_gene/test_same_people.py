"""People who are in two cohorts are found by their genotypes, and chance is known."""

import numpy as np
import pytest

from helpers import datasets
from helpers.data.panel import Panel
from helpers.loaders.matching import SnpList, match_panel
from helpers.studies.gene_gene import cohorts, real, same_people

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
    draw = np.random.default_rng(3)
    counts = np.repeat(draw.binomial(2, 0.3, (4, 2 * N)), 20, axis=0)
    changed = draw.random(counts.shape) < 0.005
    counts = np.where(changed, draw.integers(0, 3, counts.shape), counts)
    whole = Panel(counts.astype(np.int8), (80,))
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


@pytest.mark.data
def test_people_of_two_real_data_sets_are_found_by_their_genotypes():
    """HapMap and the 1000 Genomes share people, read by arrays and by sequencing."""
    try:
        first, _ = real.read_real("hapmap3")
        files = datasets.paths("thousand_genomes")
    except datasets.DatasetUnavailable as error:
        pytest.skip(str(error))
    bed = next(path for name, path in files.items() if name.endswith(".bed"))
    second = match_panel(bed, SnpList.of(first), absent="fill")
    found, by_chance = same_people.shared_people(first, second)
    met = np.flatnonzero(found >= 0)
    assert by_chance < 2 and len(met) > 300
    for person in met:
        assert first.people[found[person]] == second.people[person]
    names = [f"other{k}" for k in range(second.n_people)]
    renamed = Panel(second.genotypes, second.sizes, people=names)
    with pytest.raises(ValueError, match="of 1,092 have the genotypes of somebody"):
        cohorts.check_people(first, renamed)


@pytest.mark.data
@pytest.mark.parametrize("name", [real.MICE, "hapmap3"])
def test_relatives_and_few_real_genes_refuse_no_honest_cohort(name):
    try:
        panel, _ = real.read_real(name)
    except datasets.DatasetUnavailable as error:
        pytest.skip(str(error))
    order = np.random.default_rng(0).permutation(panel.n_people)
    for n_genes in (2, 10):
        rows = panel.blocks[n_genes - 1].stop
        some = Panel(panel.genotypes[:rows], panel.sizes[:n_genes])
        said = cohorts.check_people(some.take(order[300:]), some.take(order[:300]))
        assert said.startswith("Of them ")
