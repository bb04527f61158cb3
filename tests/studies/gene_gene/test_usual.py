"""The usual methods at the published ratios: what runs, is stored, and is said."""

import numpy as np
import pandas as pd
import pytest

from helpers.press import results
from helpers.studies.gene_gene import recorded, usual
from helpers.studies.gene_gene.permuting import calls
from helpers.studies.gene_gene.recorded import of_permutations

SHARED = {"n_permutations": 2, "people": (1500, 1500), "seed": 0}


@pytest.fixture
def store(tmp_path):
    return results.Store("4-gene-gene", size="quick", root=tmp_path)


def rows(scheme, setting, false, power, n_sets=2):
    """Return 20 false and 10 true pairs a data set, so many called of each."""
    called = np.repeat(
        [True, False, True, False], [false, 20 - false, power, 10 - power]
    )
    one = pd.DataFrame(
        {
            "scheme": scheme,
            "setting": setting,
            "form": np.repeat(["none", "max"], [20, 10]),
            "p": np.where(called, 0.05, 0.5),
            "maxT": np.where(called, 0.05, 0.5),
        }
    )
    return pd.concat([one.assign(data_set=k) for k in range(n_sets)], ignore_index=True)


def test_wanted_ratios_run_in_parts_of_one_data_set_and_others_are_left(store):
    found = usual.usual_designs(store, wanted=["default"], counts=(1, 2), **SHARED)
    sets = found.groupby("setting")["data_set"].nunique()
    assert sets.to_dict() == {usual.SMALL: 1, "default": 2}
    assert found["scheme"].nunique() == 10
    again = usual.usual_designs(store, wanted=[], counts=(1, 2), **SHARED)
    assert set(again["setting"]) == {usual.SMALL}


def test_ratios_are_shown_where_networks_and_usual_methods_have_run():
    networks = pd.concat(
        [rows("Perm I", s, 1, 9) for s in ("default", "S/N 1", usual.SMALL)]
    )
    others = pd.concat(
        [rows("PCA, trees, Perm T", s, 4, 5, 3) for s in ("S/N 1", "S/N 0.5")]
    )
    shown = usual.at_ratios(networks, others)
    assert set(shown["signal_to_noise"]) == {1.0}
    table = usual.ratios_table(shown).set_index("Test")
    assert table.loc["Perm I"].tolist() == ["5%", "90%"]
    assert table.loc["PCA, trees, Perm T"].tolist() == ["20%", "50%"]
    assert "2 and 3 at 1." in usual.ratios_text(shown)
    assert usual.at_ratios(None, others).empty
    assert usual.at_ratios(networks, rows("PCA, lasso", usual.SMALL, 1, 1)).empty


@pytest.mark.parametrize(
    ("false", "power", "ahead", "alike"),
    [
        (4, 10, True, True),
        (6, 10, True, False),
        (4, 9, False, True),
        (2, 1, False, False),
    ],
)
def test_rows_of_the_published_ratios_compare_with_the_best_and_the_mean(
    false, power, ahead, alike
):
    schemes = ("Perm I", "Perm T", "Perm R")
    networks = pd.concat(
        [rows(s, "S/N 1", false, power) for s in schemes], ignore_index=True
    )
    others = pd.concat(
        [rows("PCA, lasso", "S/N 1", 3, 9), rows("PCA, trees", "S/N 1", 5, 2)]
    )
    said = of_permutations(networks, calls(others), pd.Series(dtype=float), ["S/N 1"])
    assert said["perm.sn-1.i-power"] == ahead
    assert said["perm.sn-1.i-as-specific"] == alike
    both = usual.at_ratios(networks, others)
    text = recorded.beside_text(both)
    assert ("is clearly above" in text) == ahead
    assert ("errs about as often" in text) == alike
    # 20 true pairs, and the mean of 3 and 5 false ones of 20.
    assert f"{2 * power} of 20 true pairs" in text
    assert "the best usual method, *PCA, lasso*, 18" in text
    assert f"{10 * power - 90}.0 points apart" in text.replace("−", "-")
    assert f"{5 * false}.0% of false pairs, the usual methods' mean 20.0%" in text
    assert ("errs more often" in text) == (false == 6)
    assert ("errs less often" in text) == (false == 2)
    none = of_permutations(
        networks, calls(rows("PCA", "S/N 0.5", 1, 1)), pd.Series(dtype=float), ["S/N 1"]
    )
    assert "perm.sn-1.i-power" not in none


@pytest.mark.parametrize(
    ("power", "above", "one"), [(4, True, False), (3, True, True), (2, False, True)]
)
def test_a_verdict_that_hangs_on_one_pair_is_named(power, above, one):
    # 0.05 of 40 true pairs are two: the fourth data set decides.
    networks = rows("Perm I", "S/N 1", 4, 5, 4)
    found = (networks["form"] != "none") & (networks["p"] > 0.05)
    networks.loc[networks.index[found][: power - 1], "p"] = 0.05
    both = usual.at_ratios(networks, rows("PCA, lasso", "S/N 1", 4, 5, 4))
    text = recorded.beside_text(both)
    assert ("is clearly above" in text) == above
    assert ("At S/N 1 one true pair more or fewer" in text) == one
    low = text.partition("interval ")[2].split(" ")[0]
    assert low.startswith("−")  # all of the difference is in one data set
