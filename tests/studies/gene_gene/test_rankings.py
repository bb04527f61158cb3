"""Tables of rankings, by the one factor that each published design varies."""

import pandas as pd

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
