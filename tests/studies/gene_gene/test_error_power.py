"""Tests stand beside each other with what they rest on, and pass in every world."""

import pandas as pd
import pytest
from asked_rows import rows

from helpers.studies.gene_gene import error_power
from helpers.studies.gene_gene.error_power import WORLDS


class Stored:
    """A store of some tables, of eight networks unless it says otherwise."""

    def __init__(self, n_networks=8, **tables):
        self.tables, self.n_networks = tables, n_networks

    def paper(self, name, *, partial=False):
        return self.tables.get(name.replace("-", "_"))

    def made_with(self, name):
        if name.replace("-", "_") not in self.tables:
            raise KeyError(name)
        return {"n_networks": self.n_networks}


def permuted(scheme, p):
    columns = {"maxT": 1.0, "p, level": 1.0, "maxT, level": 1.0, "kind": "pair"}
    return rows([p] * 4, 0, scheme=scheme, **columns)


def test_every_table_says_what_it_rests_on():
    asked = {"none": pd.concat([rows([0.01] * 4, k, p_product=1.0) for k in range(3)])}
    uneven = {"one product": permuted("Perm I", 0.05)}
    drawn = {"none": permuted("Bootstrap", 0.05)}
    page = Stored(10, pairs_none=1, permuted_one_product=1, bootstrap_none=1)
    chapter = Stored(permuted_SN_1_small=permuted("I", 0.05))
    fixed = pd.concat([permuted("I", 1.0), permuted("T", 1.0)])
    training = Stored(6, fixed_epochs=fixed)
    tables = error_power.permuted_tables(
        page, chapter, training, drawn=drawn, uneven=uneven
    )
    both = error_power.errors_and_power(page, asked, tables)
    found = both.set_index(["test", "world"])[["networks", "panels", "at_5"]]
    six, none, one = (WORLDS[w] for w in ("six pairs", "none", "one product"))
    assert found.loc[("Perm I", six)].tolist() == [8, 1, 1]
    assert found.loc[("Perm T, fixed epochs", six)].tolist() == [6, 1, 0]
    assert found.loc[("Perm I", one)].tolist() == [10, 1, 1]
    assert found.loc[("Test of each pair", none)].tolist() == [10, 3, 1]
    assert found.loc[("Products of top SNPs", none)].tolist() == [0, 3, 0]
    assert ("Perm T", six) not in found.index  # of fixed epochs only
    words = error_power.errors_table(both).set_index(["Test", "Where"])
    assert words.loc[("Products of top SNPs", none), "Networks"] == "–"
    assert words.loc[("Perm I", six), "False at 5%"].startswith("100.0%")


def test_without_tables_nothing_is_said():
    tables = error_power.permuted_tables(
        Stored(), Stored(), Stored(), drawn={}, uneven={}
    )
    assert error_power.errors_and_power(Stored(), {}, tables).empty


def row(test, world, *, share=0.05, sets=20, panels=20, networks=5, some=0.0):
    found = {"at_5": share, "at_5_low": share - 0.01, "at_5_high": share + 0.01}
    found |= {"any_low": some, "data_sets": sets, "panels": panels}
    return {"test": test, "world": WORLDS[world], "networks": networks} | found


def test_a_test_has_passed_only_in_all_worlds():
    table = [row("good", world) for world in WORLDS]
    table += [row("even", world) for world in ("none", "six pairs")]
    table += [row("leaks", "none"), row("leaks", "one product", share=0.2)]
    table += [row("once", world, sets=1) for world in WORLDS]
    table += [row("strict", world, share=0.01) for world in WORLDS]
    table += [row("tails", "none"), row("tails", "hub of four", some=0.06)]
    text = error_power.held_text(pd.DataFrame(table))
    assert "At the line in all 4 worlds: **good**." in text
    assert "leaks (not where one product interacts)" in text
    assert "tails (not where a hub interacts with four)" in text
    assert "which is not everywhere: even." in text
    assert "strict" not in text and "once" not in text
    only = error_power.held_text(pd.DataFrame(table[4:6]))
    assert "**none**" in only and "In some worlds" not in only


def test_what_marks_rest_on_is_grouped_by_people_and_networks():
    table = pd.DataFrame([
        row("A", "none", sets=4, panels=1),
        row("B", "none", sets=8, panels=1),
        row("B", "one product"),
        row("C", "none", sets=1, networks=0),
    ])  # fmt: skip
    first, second, third = error_power.rests_on_text(table).split(". ")
    assert first == (
        "**4 to 8 data sets with one panel of people in each world**, 5 networks "
        "each: A; B (where no pair interacts)"
    )
    assert second.startswith("**20 data sets with people of their own**")
    assert second.endswith("B (where one product interacts)")
    assert third == "**1 data set with people of their own**, no networks: C."


@pytest.mark.parametrize("what", ["pairs", "permuted"])
def test_a_table_that_was_not_read_has_no_settings(what):
    with pytest.raises(KeyError):
        error_power.own_people(Stored(), what, {"none": rows([1.0] * 4)})
