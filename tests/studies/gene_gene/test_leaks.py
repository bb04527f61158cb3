"""Shares of false pairs called, by how many of their genes are in true products."""

from asked_rows import both, rows

from helpers.studies.gene_gene import leaks

TERMS = ((0, 1, "product"), (2, 3, "max"), (0, 2, "product"))


def test_leaks_are_counted_by_shared_genes():
    asked = rows([1, 0.01, 1, 1])
    perm = rows([1, 0.01, 0.01, 0.01], scheme="Perm I", maxT=[1, 0.05, 1, 1])
    perm = perm.assign(**{"p, level": 1.0})
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
