"""Shares of false pairs called, by how many of their genes are in true products."""

import pytest
from asked_rows import both, rows

from helpers.press.results import Store as Results
from helpers.studies.gene_gene import leaks, per_pair
from helpers.truth.genotypes import simulate_panel

TERMS = ((0, 1, "product"), (2, 3, "max"), (0, 2, "product"))


@pytest.fixture
def small_worlds(monkeypatch):
    panel = simulate_panel(600, 10, length=20_000, seed=0)
    monkeypatch.setattr(per_pair, "own_people", lambda *_, **__: panel)


def test_leaks_are_counted_by_shared_genes():
    asked = rows([1, 0.01, 1, 1])
    perm = rows([1, 0.01, 0.01, 0.01], scheme="Perm I", maxT=[1, 0.05, 1, 1])
    perm = perm.assign(**{"p, level": 1.0, "maxT, level": 1.0})
    table = leaks.leak_table(
        asked, perm, terms=((0, 1, "product"), (2, 3, "max"), (0, 2, "product"))
    )
    by_test = table.set_index("Test")
    # 1, 2 and 3 are in products: 1-3 and 2-3 share two genes, 3-4 one.
    of_max, nominal = by_test.loc["Perm I, maxT"], by_test.loc["Perm I, nominal"]
    assert of_max["2 of its genes"] == "50.0% (0.0% to 100.0%) of 2"
    assert of_max["1 of its genes"] == "0.0% (0.0% to 97.5%) of 1"
    assert nominal["1 of its genes"] == "100.0% (2.5% to 100.0%) of 1"
    assert of_max["0 of its genes"] == "–"


def test_shares_are_over_data_sets_with_their_intervals():
    # 1-3 and 2-3 share two genes: one of two is called, then both.
    table = both([1, 0.01, 1, 1], [1, 0.01, 0.01, 1])
    found = leaks.called_by_genes(table, "p", TERMS)
    assert (found[2]["n"], found[2]["share"]) == (4, 0.75)
    assert found[2]["share_low"] == 0 and found[2]["share_high"] == 1
    assert found[1]["n"] == 2 and 0 not in found


def test_pairs_that_share_a_gene_with_a_product_are_counted_together():
    terms = ((0, 1, "product"),)  # 1-3 and 2-3 share one gene, 3-4 none
    table = both([1, 0.01, 1, 0.01], [1, 0.01, 0.01, 0.01])
    found = leaks.called_sharing(table, "p", terms)
    assert (found["n"], found["share"]) == (4, 0.75)


def test_the_pattern_is_read_as_declared(monkeypatch):
    monkeypatch.setattr(leaks, "WORLDS", {"hub of four": {"terms": TERMS}})
    level = {"p, level": [1, 0.01, 0.01, 0.01], "maxT, level": 1.0, "maxT": 1.0}
    table = both([1.0] * 4, [1.0] * 4, scheme="Perm I", **level)
    text = leaks.uneven_text({"hub of four": table})
    assert "hub of four* the pattern calls 100.0%" in text
    assert text.count("**as expected**") == 2
    calm = table.assign(**{"p, level": 1.0, "maxT, level": 0.01})
    assert leaks.uneven_text({"hub of four": calm}).count("**not as expected**") == 2
    asked = {"hub of four": both([1.0] * 4, [1.0] * 4)}
    shown = leaks.uneven_table(asked, {"hub of four": table})
    assert set(shown["World"]) == {"hub of four"}
    assert "Perm I, maxT of the pattern" in set(shown["Test"])
    assert leaks.uneven_table(asked, {}).empty and leaks.uneven_text({}) == ""


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_rows_are_those_of_the_bootstrap(small_worlds):
    knobs = {"people": (600, 600), "n_networks": 1, "max_epochs": 1, "seed": 0}
    found = leaks.ask_permuted(
        world="one product", numbers=[3], n_permutations=2, device="cpu", **knobs
    )
    stored = Results("4-pairs", size="paper").paper("bootstrap-none", partial=True)
    assert list(found) == list(stored) and len(found) == 45
    assert set((found["p"] * 3).round(3)) <= {1.0, 2.0, 3.0}
    assert (found["form"] != "none").sum() == 1
