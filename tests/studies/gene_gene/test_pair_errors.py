"""What is said of the errors of tests of a pair follows the rows it is said of."""

import pandas as pd
import pytest
from asked_rows import rows

from helpers.studies.gene_gene import pair_errors

CLEAN, FALSE = [1, 0.5, 0.5, 1], [1, 0.001, 0.5, 1]


def sets(false, clean, **columns):
    """Return data sets of two false pairs each: `false` of them with a false call."""
    made = [FALSE] * false + [CLEAN] * clean
    return pd.concat([rows(p, k, **columns) for k, p in enumerate(made)])


def numbered(table, first):
    """Return the same data sets, counted from another number."""
    return table.assign(data_set=table["data_set"] + first)


def test_a_false_call_is_one_after_holm():
    some = pair_errors.any_false(pd.concat([rows(FALSE, 0), rows([1, 0.02, 1, 1], 1)]))
    assert some.tolist() == [True, False]  # 4 x 0.02 is above 5%


def test_worlds_without_pairs_do_not_count_beside_pairs(monkeypatch):
    none = numbered(sets(9, 0), 1_100).assign(form="none")
    shaping = sets(5, 0)  # the first hundred: no witness
    worlds = {
        "six pairs": pd.concat([shaping, numbered(sets(1, 3), 100)]),
        "hub of four": numbered(sets(0, 4), 100),
        "none": none,
    }
    monkeypatch.setattr(pair_errors, "stored_worlds", lambda _: worlds)
    text = pair_errors.beside_pairs_text("store")
    assert "in 2 worlds" in text and "12.5%" in text and "of 8 data sets" in text
    only = {"six pairs": shaping}
    monkeypatch.setattr(pair_errors, "stored_worlds", lambda _: only)
    assert pair_errors.beside_pairs_text("store") == ""
    monkeypatch.setattr(pair_errors, "stored_worlds", lambda _: {"none": none})
    assert pair_errors.beside_pairs_text("store") == ""


def test_replication_is_judged_by_its_interval():
    table = sets(0, 30).assign(p_replicated=0.5, p_centred=0.01)
    text = pair_errors.replication_text({"six pairs": table})
    *_, centred, test = text.split("\n- ")
    assert centred.count("**above** it") == 2 and "100.0%" in centred
    assert test.count("level kept") == 3  # 0 of 30 leaves 5% possible
    kept = sets(0, 99).assign(p_replicated=0.5, p_centred=0.5)
    kept.loc[kept["data_set"] % 10 == 0, "p"] = 0.04
    text = pair_errors.replication_text({"six pairs": kept})
    assert "below it" in text.split("\n- ")[1]
    assert pair_errors.replication_text({"a": table.assign(p_centred=None)}) == ""
    assert pair_errors.replication_text({"a": table.assign(p_replicated=None)}) == ""
    one = table[table["data_set"] == 0]
    assert pair_errors.replication_text({"a": one}) == ""


def test_equation_5_that_keeps_single_pairs_and_not_data_sets_is_said():
    # Of a fifth of the data sets one of three false pairs is called: 7% of the pairs.
    table = sets(12, 48).assign(p_centred=0.5)
    text = pair_errors.replication_text({"six": table.assign(p_replicated=table["p"])})
    _, stands, centred, _ = text.split("\n- ")
    assert stands.startswith("Equation 5 as it stands errs in 6.7%")
    assert "in 20.0%" in stands and "**more** than 5%. So its smallest p" in stands
    assert "in 0.0%" in centred and "more" not in centred


@pytest.mark.parametrize(("false", "holds"), [(3, "holds"), (4, "does not hold")])
def test_twenty_sets_need_four_false_calls(false, holds):
    asked = {"few": sets(false, 20 - false), "more": sets(1, 49)}
    text = pair_errors.few_sets_text(asked)
    assert f"{false} of 20" in text and f"that {holds} 5%" in text
    assert "4 would be the fewest" in text
    assert pair_errors.few_sets_text({}) == ""
