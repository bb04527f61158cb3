"""Chapter 4's tables of calls, on p-values that one can count."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.gene_gene import permuting, recorded

FORMS = ["max", "none", "none", "none"]


def pairs(p, *, scheme="Perm I", setting="S/N 1, small", number=0, **more):
    table = pd.DataFrame(
        {"form": FORMS, "p": p, "maxT": p, "p, level": p, "maxT, level": p} | more
    )
    return table.assign(scheme=scheme, setting=setting, data_set=number)


def scores(null_scale, number=0):
    """Return observed and permuted scores of three pairs, nine permutations."""
    rng = np.random.default_rng(number)
    tables = []
    for b in range(-1, 9):
        values = [9.0, 1.0, 1.0] if b < 0 else null_scale * rng.uniform(0.5, 1, 3)
        tables.append(
            pd.DataFrame(
                {
                    "scheme": "observed" if b < 0 else "I",
                    "permutation": b,
                    "pair": ["1-2", "1-3", "2-3"],
                    "form": ["max", "none", "none"],
                    "score": values,
                    "best_epoch": 3.0,
                    "data_set": number,
                    "setting": "default",
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def test_power_and_false_calls_by_hand():
    both = [pairs([0.05, 0.05, 0.1, 1]), pairs([0.1, 1, 1, 1], number=1)]
    table = pd.concat(both, ignore_index=True)
    (row,) = permuting.calls(table).to_dict("records")
    assert row["power, p"] == 0.5
    assert row["false calls, p"] == pytest.approx(1 / 6)
    assert row["any false call, maxT"] == 0.5
    text = permuting.in_percent(permuting.calls(table)).iloc[0].to_dict()
    assert (text["Test"], text["power, p"]) == ("Perm I", "50%")


def test_summary_gives_the_smallest_p_to_the_pair_above_all_permutations():
    table = permuting.summary(scores(null_scale=1.0))
    seen = permuting.tested(table).set_index("pair")
    assert seen.loc["1-2", "p"] == 0.1
    assert seen.loc["1-2", "maxT"] == 0.1
    assert (table["kind"] == "draw").sum() == 30  # all scores of the first data set
    assert "draw" not in set(permuting.summary(scores(1.0, number=1))["kind"])


def test_the_level_counts_for_nothing_in_the_pattern():
    low, high = (permuting.summary(scores(scale)) for scale in (0.1, 0.9))
    for column in ("p, level", "maxT, level"):
        assert low[column].dropna().tolist() == high[column].dropna().tolist()


def test_shares_of_data_sets_by_hand():
    table = pd.concat([pairs([1, 1, 1, 1]), pairs([1, 0.05, 1, 1], number=1)])
    assert permuting.any_call(table).tolist() == [False, True]
    assert permuting.share_text(permuting.any_call(table)).startswith("**50.0%** (1.3%")
    assert (
        "50%"
        in permuting.calibration_table(table.assign(residuals="x"), 19)
        .iloc[0]
        .to_list()
    )


def test_calibration_is_judged_by_its_interval():
    row = {"low": 0.03, "high": 0.06, "attainable": 0.05}
    assert recorded.calibrated(row)
    assert not recorded.calibrated(row | {"high": 0.04})
    assert not recorded.calibrated(row | {"low": 0.051})


def test_perm_i_must_be_clearly_below():
    nominal = pd.Series({"Perm I": 0.05, "Perm T": 0.10, "Perm R": 0.09})
    values = recorded._below("k", nominal)
    assert values == {"k.i-below-t": True, "k.i-below-r": False, "k.i-specific": True}


@pytest.mark.parametrize(("network", "expected"), [(0.9, True), (0.4, False)])
def test_orderings_of_rankings_by_hand(network, expected):
    rows = [("network", network), ("top SNP, regression", 0.5), ("PCA, lasso", 0.3)]
    shown = pd.DataFrame(rows, columns=["method", "ap"]).assign(
        of="all", auroc=0.5, kind="complex", setting="default", data_set=0
    )
    known = {"complex.default.ap", "simple.default.ap"}
    assert recorded.of_rankings(shown, known) == {"complex.default.ap": expected}
    simple = recorded.of_rankings(shown.assign(kind="simple"), known)
    assert simple == {
        "simple.default.ap": not expected,
        "simple.default.above": not expected,
    }


@pytest.mark.parametrize(("far", "expected"), [(0.05, True), (0.06, False)])
def test_ties_and_shares_of_simple_pairs_by_hand(far, expected):
    network = {"S/N 0.5": 0.8, "10 % causal": 0.7, "default": 0.7 - far}
    network |= {"100 % causal": 0.7}
    ap = pd.DataFrame({"network": network, "top SNP, regression": 0.75})
    found = recorded._simple(ap.round(6).assign(**{"PCA, lasso": 0.1}))
    assert found == {
        "simple.default.above": True,
        "simple.sn-0.5.tie": True,
        "simple.causal.network-flat": expected,
        "simple.causal.top-snp-flat": True,
    }
    assert not recorded._simple(ap.assign(network=0.5))["simple.sn-0.5.tie"]
    assert recorded._simple(pd.DataFrame()) == {}


def test_m_over_i_divides_nothing_where_nothing_interacts():
    rates = pd.DataFrame(
        {
            "design": ["default"],
            "level": 0.05,
            "low": 0.01,
            "high": 0.1,
            "attainable": 0.05,
            "data_sets": 2,
        }
    )
    values = recorded.of_null_designs(rates, ["default"])
    assert values == {"null.default": True}
    assert recorded.of_null_designs(rates, []) == {}


def test_many_data_sets_decide_the_kind_of_residuals_they_have():
    no_call = [pairs([1, 1, 1, 1], number=n) for n in range(3)]
    few = pd.concat(no_call).assign(residuals="rescaled")
    other = pd.concat(no_call).assign(residuals="as is")
    # One call in three data sets: an interval that holds 0.05; of no call it does not.
    held = pd.concat([*no_call[:2], pairs([1, 0.05, 1, 1], number=2)])
    held = held.assign(residuals="rescaled")
    both = pd.concat([few, other], ignore_index=True)
    alone, decided = recorded.of_nulls(both, 19), recorded.of_nulls(both, 19, held)
    assert not alone["null.small.rescaled.05"]
    assert decided["null.small.rescaled.05"]
    assert decided["null.small.as-is.05"] == alone["null.small.as-is.05"]


def test_false_pairs_by_stopping_rule_keep_their_data_sets():
    rows = pd.DataFrame(
        {
            "kind": ["pair", "pair", "pair", "draw"],
            "scheme": ["I", "T", "R", "I"],
            "form": ["none", "max", "none", "none"],
            "data_set": 7,
        }
    )
    found = permuting.stopping(rows, rows.assign(scheme="T"))
    assert list(found["case"]) == [
        "Perm I, early stopping",
        *["Perm T, fixed epochs"] * 2,
    ]
    assert set(found["data_set"]) == {7}


def test_pairs_of_bent_genes_are_named_by_genes_encoder_and_test():
    rows = pd.DataFrame({"kind": "pair", "scheme": ["T", "I"], "form": "none"})
    found = permuting.bent({"bent, hidden layer": rows, "linear": rows.iloc[1:]})
    assert list(found["case"]) == [
        "bent, hidden layer: Perm I",
        "bent, hidden layer: Perm T",
        "bent, linear: Perm I",
    ]


def rare(setting, n_sets, every=20):
    """Return data sets of 25 pairs, one of which is called in all but every such."""
    p = [[0.05] + [1.0] * 24 if k % every else [1.0] * 25 for k in range(n_sets)]
    tables = [
        pd.DataFrame({"data_set": k, "p": one, "maxT": 1.0, "setting": setting})
        for k, one in enumerate(p)
    ]
    return pd.concat(tables, ignore_index=True)


def wide(setting):
    """Return four data sets with as few calls, unevenly: an interval that holds 5%."""
    table = rare(setting, 4, every=1)
    table.loc[:3, "p"] = 0.05
    return table


def test_designs_that_hold_alone_are_said_where_all_together_do_not():
    text = permuting.all_designs_text([rare("a", 40), wide("b")], 19)
    assert text.endswith(
        "1 of 2 designs hold 5% and count as reproduced, on 4 data sets each; all 44 "
        "**together exclude it**: so few cannot tell."
    )
    assert "together exclude" not in permuting.all_designs_text([rare("a", 40)], 19)
    assert "together exclude" not in permuting.all_designs_text([wide("b")], 19)


def test_few_data_sets_do_not_hold_what_many_exclude():
    many, few = rare("", 40), wide("")
    both = pd.concat(
        [few.assign(residuals="cross-fitted"), many.assign(residuals="rescaled, 40")]
    )
    text = permuting.few_sets_text(both, 19)
    assert "are rescaled: the rate of 3.8% on 40 data sets excludes 5%." in text
    assert "cross-fitted (4.0% on 4)" in text
    far = few.assign(residuals="far", p=few["p"].where(few.index > 4, 0.05))
    assert permuting.few_sets_text(far, 19) == ""  # nothing is excluded
    far = pd.concat([far, many.assign(residuals="rescaled")])
    assert permuting.few_sets_text(far, 19) == ""  # its rate is another


def test_too_few_or_too_many_calls_are_said_where_nothing_interacts():
    def of_design(p, setting):
        sets = [
            pd.DataFrame({"data_set": k, "p": p, "maxT": 1.0, "setting": setting})
            for k in range(30)
        ]
        return pd.concat(sets)

    few = of_design([1.0] * 20, "few")
    few.iloc[0, 1] = 0.05  # an interval of some width
    many = of_design([0.05] * 4, "many")
    many.iloc[0, 1] = 1.0
    text = permuting.all_designs_text([few], 19)
    assert "**fewer** calls" in text and "too few are made in few." in text
    text = permuting.all_designs_text([many], 19)
    assert "This is seen. Alone" in text and "too many are made in many." in text
    mixed = of_design([0.05, 0.1] + [1.0] * 18, "exact")
    mixed.iloc[:20, 1] = 1.0
    mixed.iloc[20:24, 1] = [0.05, 0.05, 0.1, 0.1]
    assert "Neither is seen." in permuting.all_designs_text([mixed], 19)


@pytest.mark.parametrize(
    ("hidden", "said"),
    [(0, "as it takes"), (1, "not enough"), (3, "no more of the bend")],
)
def test_what_encoders_hold_of_a_bend_follows_the_calls(hidden, said):
    def one(n_called):
        table = pairs([0.01] * n_called + [0.5] * (4 - n_called), scheme="I")
        again = pd.concat([table, table.assign(data_set=1)])
        return again.assign(kind="pair")

    tables = {"bent, hidden layer": one(hidden), "linear": one(2)}
    text = permuting.bent_text(tables)
    assert f"calls {hidden / 4:.0%} of the pairs" in text and "50% where" in text
    assert said in text and "(2 data sets each)" in text
    alone = {name: table[table["data_set"] == 0] for name, table in tables.items()}
    assert "one data set decides nothing" in permuting.bent_text(alone)
    assert permuting.bent_text({"linear": one(2)}) == ""
