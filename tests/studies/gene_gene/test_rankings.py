"""Tables of rankings, by the one factor that each published design varies."""

import pandas as pd
import pytest

from helpers.studies.gene_gene import designs, rankings

PEOPLE = (80_000, 20_000)


def shown(settings):
    return pd.DataFrame(
        [("complex", s, "network", "all", 0.5, 0.6, 0.1) for s in settings],
        columns=["kind", "setting", "method", "of", "ap", "auroc", "guessing"],
    )


def test_every_published_design_stands_under_its_factor_and_no_other_one():
    table = rankings.by_factor(shown([*designs.PUBLISHED_DESIGNS, "small"]), PEOPLE)
    places = table.groupby("factor")["value"].apply(sorted).to_dict()
    assert places == {
        "M/I": [0.25, 1, 4],
        "S/N": [0.1, 0.5, 1],
        "causal share": [0.1, 0.5, 1],
        "people": [40_000, 80_000, 120_000],
    }


def test_factors_agree_with_the_designs():
    arguments = {
        "S/N": "signal_to_noise",
        "causal share": "causal_share",
        "M/I": "main_to_interaction",
    }
    for factor, argument in arguments.items():
        for setting, value in rankings.FACTORS[factor][1].items():
            assert designs.DESIGNS[setting][argument] == value


def test_rows_without_a_precision_are_left_out():
    table = shown(["default", "S/N 1"])
    table.loc[1, "ap"] = None
    found = rankings.by_factor(table, PEOPLE)
    assert set(found["value"]) == {0.1, 80_000, 0.5, 1}
    assert len(found) == 4  # the default, once under each factor


def reading_rows(reading, setting, network, top):
    rows = [("network", network), ("top SNP, regression", top)]
    table = pd.DataFrame(rows, columns=["method", "ap"])
    return table.assign(reading=reading, setting=setting, of="all", data_set=0)


def test_readings_say_in_how_many_designs_the_top_snp_keeps_up():
    table = rankings.readings_table(
        pd.concat(
            [
                reading_rows("literal", "default", 0.5, 0.6),
                reading_rows("literal", "S/N 1", 0.9, 0.8),
                reading_rows("counts", "default", 0.5, 0.46),
            ]
        )
    )
    assert table["top SNP at most 0.05 below"].tolist() == ["1 of 2", "1 of 1"]
    assert table["AP, network"].tolist() == ["0.70", "0.50"]


def test_a_reading_judges_only_when_all_its_designs_have_run():
    class Store:
        def __init__(self, missing=""):
            self.missing, self.asked = missing, []

        def paper(self, name, partial=False):
            known = name == "ranking-simple-default"
            return reading_rows("", "default", 0.5, 0.6) if known else None

        def stored_or_run(self, name, function, settings, *, parts, **more):
            self.asked.append((name, settings["simple_pairs"], len(parts)))
            done = settings["setting"] != self.missing
            return reading_rows("", settings["setting"], 0.5, 0.6) if done else None

    knobs = {"people": (9, 9), "count": 3, "recipe": {}}
    store = Store()
    shown, ran = rankings.readings(store, wanted=["literal"], **knobs)
    assert ran == ["literal"] and len(store.asked) == 9
    assert store.asked[0] == ("reading-literal-default", "literal", 3)
    assert set(shown["reading"]) == {"standardised", "literal"}
    assert rankings.readings(Store("S/N 1"), wanted=["literal"], **knobs)[1] == []
    assert rankings.readings(Store(), wanted=[], **knobs)[1] == []


def literal_rows(settings):
    rows = [reading_rows("literal", s, 0.5, 0.6) for s in settings]
    others = reading_rows("counts", "default", 0.5, 0.6)
    return pd.concat([*rows, others], ignore_index=True)


def test_the_literal_reading_is_drawn_when_all_of_its_designs_are_there():
    table = pd.concat([shown(["default"]), shown(["default"]).assign(kind="simple")])
    named = rankings.by_kind(table, literal_rows(designs.PUBLISHED_DESIGNS))
    assert set(named["kind"]) == {"complex", rankings.STANDARDISED, rankings.LITERAL}
    literal = named[named["kind"] == rankings.LITERAL]
    assert len(literal) == 18  # two methods; no row of other readings
    assert literal["guessing"].tolist() == pytest.approx([6 / 45] * 18)
    assert set(rankings.as_judged(named)["kind"]) == {"complex", rankings.LITERAL}


@pytest.mark.parametrize("by_reading", [None, literal_rows(["default", "S/N 1"])])
def test_without_all_designs_of_it_the_standardised_reading_stays(by_reading):
    table = shown(["default"]).assign(kind="simple")
    named = rankings.by_kind(table, by_reading)
    assert named["kind"].tolist() == [rankings.STANDARDISED]
    assert rankings.as_judged(named).equals(named)
    assert table["kind"].tolist() == ["simple"]  # what judges keeps its name


def test_many_genes_relate_r2_to_a_perfect_model_of_the_same_data_set():
    rows = [
        (number, method, of, ap, value)
        for number, r2 in ((0, 0.2), (1, 0.4))
        for method, of, ap, value in (
            ("network", "all", 0.9, None),
            ("top SNP, regression", "all", 0.5, None),
            ("best possible", "all", None, 0.5),
            ("network", "r2", None, r2),
        )
    ]
    table = pd.DataFrame(rows, columns=["data_set", "method", "of", "ap", "value"])
    table = table.assign(kind="complex", setting="50 genes", guessing=0.01)
    found = rankings.many_genes_rows(table, (80_000, 20_000))
    assert list(found["learnt"]) == pytest.approx([0.4, 0.8])
    assert found[["genes", "people"]].values.tolist() == [[50, 20_000]] * 2
    assert list(found["regression"]) == [0.5, 0.5]
