"""What the first hundred data sets showed, and what new ones say."""

import pandas as pd
import pytest
from asked_rows import both, rows

from helpers.studies.gene_gene import pair_witness


def test_worlds_together_say_how_many_p_values_lie_far_out():
    far = both([1e-4, 1, 1e-4, 1], [1, 1, 1, 1])
    counts = pair_witness.rates_far(far, 0.001)
    n_false = (far["form"] == "none").sum()
    assert counts == {"sets": 2, "sets_with": 1, "pairs": n_false, "far": 1}
    nothing = both([1.0] * 4, [1.0] * 4).assign(form="none")
    text = pair_witness.tails_text({"six pairs": far, "none": nothing})
    assert "of 2 data sets with real pairs 1 have a false call after Holm" in text
    assert (
        "of 2 data sets without real pairs 0 have" in text and "calls too much" in text
    )
    assert pair_witness.tails_text({"none": nothing}) == ""
    calm = pair_witness.tails_text({"six pairs": far.assign(p=1.0)})
    assert "calls too much" not in calm


def test_before_and_after_are_compared_data_set_by_data_set(monkeypatch):
    quiet, loud = [1e-4, 1, 1, 1], [1e-4, 1, 1e-4, 1]
    worlds = {"six pairs": (0,), "hub of four": (1,)}
    monkeypatch.setattr(pair_witness, "CALLED_BEFORE", worlds)
    monkeypatch.setattr(pair_witness, "SETS_BEFORE", 2)
    monkeypatch.setattr(pair_witness, "POWER_BEFORE", 1.0)
    asked = {"six pairs": both(quiet, loud), "hub of four": both(quiet, quiet)}
    text = pair_witness.expected_text(asked)
    assert "2 of the same 4 data sets" in text and "now 1 have one, **as exp" in text
    assert "2 lost theirs and 1 have a new one (sign test, p = 1)" in text
    assert "was 100.0% and is 100.0%, **as expected**" in text
    worse = asked | {"six pairs": both(loud, [1.0, 1, 1e-4, 1])}
    text = pair_witness.expected_text(worse)
    assert "now 2 have one, **not as expected**" in text
    assert "is 50.0%, **not as expected**" in text
    # Not the same data sets: nothing to compare.
    assert pair_witness.expected_text({"six pairs": both(quiet, loud)}) == ""
    assert pair_witness.expected_text(asked | {"hub of four": rows(quiet)}) == ""


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setattr(pair_witness, "SETS_BEFORE", 2)
    quiet, loud = [1e-4, 1, 1, 1], [1e-4, 1, 1e-4, 1]
    old, new = both(quiet, quiet), both(quiet, loud)
    new = new.assign(data_set=new["data_set"] + 2)
    return {"six pairs": pd.concat([old, new])}


def test_new_data_sets_are_read_alone(asked):
    text = pair_witness.witness_text(asked)
    assert "in 1 of 2 data sets" in text
    assert "Together 1 of 2 with real pairs have a false call, 50.0%" in text
    assert "is kept, **as expected**" in text
    assert "is 100.0%, in the first hundred it was 100.0%, **as expected**" in text


def test_too_many_false_calls_in_new_data_sets_are_not_as_expected(monkeypatch, asked):
    monkeypatch.setattr(pair_witness, "LEVEL", 0.001)
    text = pair_witness.witness_text(asked)
    assert "is **not** kept, **not as expected**" in text


def test_power_far_from_before_is_not_as_expected(asked):
    table = asked["six pairs"]
    new, true = table["data_set"] >= 2, table["form"] != "none"
    found = table.assign(p=table["p"].where(~(new & true), 1.0))
    text = pair_witness.witness_text({"six pairs": found})
    assert "is 0.0%, in the first hundred it was 100.0%, **not as" in text


def test_without_new_data_sets_or_real_pairs_nothing_is_said(asked):
    table = asked["six pairs"]
    old = {"six pairs": table[table["data_set"] < 2]}
    assert pair_witness.witness_text(old) == pair_witness.witness_text({}) == ""
    nothing = table.assign(form="none", data_set=table["data_set"] + 1_000)
    assert pair_witness.witness_text({"none": nothing}) == ""


def test_hundreds_are_counted_from_the_first_data_set_of_a_world(asked):
    nothing = asked["six pairs"].assign(form="none")
    nothing["data_set"] += 1_000
    second = pair_witness.in_hundred({"none": nothing}, "none", 1)
    assert sorted(second["data_set"].unique()) == [1_002, 1_003]
    assert len(pair_witness.in_hundred({}, "none", 0)) == 0


def test_false_pairs_of_true_products_are_read_as_declared():
    # Genes 6, 7, 8 and 10 are in the published products.
    named = {"pair": ["1-2", "6-8", "7-10", "1-6"]}
    spread = [rows([1e-4, 0.01, 1, 1], k, **named) for k in (0, 1)]
    some, none = pd.concat(spread), rows([1e-4, 1, 1, 1], **named)
    text = pair_witness.by_genes_text(some, none)
    assert "in 50.0% (50.0% to 50.0%), in the first hundred in 0.0%" in text
    assert "**not** evenly spread, **not as expected**" in text
    assert "evenly spread, **as expected**" in pair_witness.by_genes_text(none, some)
    assert pair_witness.by_genes_text(rows([1, 1, 1, 1]), none) == ""
