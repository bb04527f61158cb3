"""The designs of chapter 4: numbers of people and genes, names, what is refused."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from helpers.loaders.traits import MIN_PEOPLE, split_people
from helpers.studies import gene_gene
from helpers.studies.gene_gene import designs

PEOPLE = (80_000, 20_000)
BOOK = Path(__file__).parents[3] / "book"


@pytest.mark.parametrize(
    ("setting", "people", "genes", "pairs"),
    [
        ("default", 80_000, 10, 6),
        ("40,000 people", 40_000, 10, 6),
        ("120,000 people", 120_000, 10, 6),
        ("small", 20_000, 10, 6),
        ("2 genes interact", 20_000, 10, 1),
        ("100 genes", 20_000, 100, 6),
        ("100 genes, 80,000 people", 80_000, 100, 6),
    ],
)
def test_sizes_are_as_published(setting, people, genes, pairs):
    assert designs.n_people(setting, PEOPLE) == people
    assert designs.n_genes(setting) == genes
    assert len(designs.terms_of(setting)) == pairs


def test_guessing_finds_true_pairs_at_their_share():
    assert designs.guessing("default") == pytest.approx(6 / 45)
    assert designs.guessing("2 genes interact") == pytest.approx(1 / 45)
    assert designs.guessing("100 genes") == pytest.approx(6 / 4950)


def test_names_of_steps_are_files():
    assert designs.step_name("null", "S/N 1, small") == "null-SN-1-small"
    assert designs.step_name("null", "10 % causal") == "null-10-percent-causal"
    names = [designs.step_name("x", name) for name in designs.DESIGNS]
    assert len(set(names)) == len(names)


def test_unknown_designs_are_named():
    with pytest.raises(ValueError, match=r"permuted must be one of default.*; got 'S'"):
        designs.check_designs("permuted", ["default", "S"])
    with pytest.raises(ValueError, match="rankings: the simulator must be one of"):
        designs.check_rankings(["curious, default"])
    with pytest.raises(ValueError, match="rankings: the setting must be one of"):
        designs.check_rankings(["complex, nowhere"])


@pytest.fixture
def short_genes(monkeypatch):
    """Simulate genes of a third of their length, which takes a tenth of the time."""
    monkeypatch.setattr(designs, "LENGTH", 40_000)
    designs.everybody.cache_clear()
    yield
    designs.everybody.cache_clear()


@pytest.mark.usefixtures("short_genes")
def test_a_data_set_may_have_people_of_its_own():
    def people_and_parts(number, own):
        draw = designs.own_design if own else designs.design
        panel, _, parts = draw("small", number=number, people=(510, 510), seed=0)
        return panel.genotypes, parts.test

    genotypes, tested = people_and_parts(0, own=True)
    again, _ = people_and_parts(0, own=True)
    assert np.array_equal(genotypes, again)
    others, others_tested = people_and_parts(1, own=True)
    assert genotypes.shape != others.shape or (genotypes != others).any()
    assert not np.array_equal(tested, others_tested)
    shared = [people_and_parts(number, own=False) for number in (0, 1)]
    assert shared[0][0] is shared[1][0]
    assert np.array_equal(shared[0][1], shared[1][1])


@pytest.mark.usefixtures("short_genes")
def test_seed_and_number_make_a_data_set():
    people = (510, 510)
    panel, trait, parts = designs.design("small", number=0, people=people, seed=0)
    assert panel.n_people == 510
    assert len(parts.train) + len(parts.validation) + len(parts.test) == 510
    again = designs.design("small", number=0, people=people, seed=0)[1]
    assert (trait.values == again.values).all()
    for number, seed in ((1, 0), (0, 1)):
        other = designs.design("small", number=number, people=people, seed=seed)[1]
        assert (trait.values != other.values).any()
    shapes = designs.shapes_of(trait, [(0, 1), (0, 2)])
    assert shapes.tolist() == ["max", "none"]
    assert designs.is_true(trait, 10).sum() == 6


@pytest.mark.parametrize(
    ("people", "batch"), [(300, 100), (20_000, 1_000), (80_000, 2_000)]
)
def test_fewer_people_are_read_in_smaller_batches(people, batch):
    assert designs.training(people, max_epochs=3).batch_size == batch
    assert designs.training(people, max_epochs=3).max_epochs == 3


def test_the_fewest_people_of_the_pages_fill_every_part():
    pages = BOOK.glob("*/4-*.ipynb")
    rules = [
        re.search(r"^(?:base|small)_people.*\[(\d+) \.\.\]$", line)
        for page in pages
        for cell in json.loads(page.read_text(encoding="utf-8"))["cells"]
        for line in "".join(cell["source"]).splitlines()
        if re.match("(base|small)_people:", line)
    ]
    assert len(rules) >= 8 and all(rules)
    (fewest,) = {int(rule[1]) for rule in rules}
    assert len(split_people(fewest).validation) == MIN_PEOPLE == gene_gene.MIN_PEOPLE
    with pytest.raises(ValueError, match="validation must have at least 50 people"):
        split_people(fewest - 10)
