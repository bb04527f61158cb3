"""Curves over all thresholds agree with rankings one can follow."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.gene_gene import curves

TRUE = pd.Series([True, True, False, False])


def at(table, column, place):
    return table[column][np.isclose(table["at"], place)].item()


def test_a_perfect_ranking_fills_both_planes():
    found = curves.averaged(TRUE, pd.Series([4.0, 3, 2, 1]), pd.Series([0] * 4))
    assert (found["precision"].dropna() == 1).all() and (found["found"] == 1).all()
    assert found["ap"][0] == found["auroc"][0] == 1


def test_precision_is_of_the_first_threshold_that_reaches_a_recall():
    found = curves.averaged(TRUE, pd.Series([4.0, 1, 3, 2]), pd.Series([0] * 4))
    assert at(found, "precision", 0.5) == 1 and at(found, "precision", 1) == 0.5
    assert at(found, "found", 0) == at(found, "found", 0.9) == 0.5


def test_ties_are_called_together():
    found = curves.averaged(TRUE, pd.Series([1.0] * 4), pd.Series([0] * 4))
    assert (found["precision"].dropna() == 0.5).all()
    assert found["found"].tolist() == pytest.approx(found["at"].tolist())


def test_curves_are_means_over_data_sets():
    true, score = pd.concat([TRUE, TRUE]), [4.0, 3, 2, 1, 1, 2, 3, 4]
    number = pd.Series([0] * 4 + [1] * 4)
    true = true.reset_index(drop=True)
    found = curves.averaged(true, pd.Series(score), number)
    assert found["data_sets"][0] == 2 and at(found, "found", 0) == 0.5
    assert found["auroc"][0] == 0.5 and at(found, "precision", 1) == 0.75


class Stored:
    """A store of some tables."""

    def __init__(self, **tables):
        self.tables = tables

    def paper(self, step, partial=False):
        return self.tables.get(step.replace("-", "_"))


def test_only_stored_rankings_are_drawn():
    pairs = {"form": ["max", "none"] * 2, "data_set": [0, 0, 1, 1]}
    permuted = pd.DataFrame({
        **pairs, "kind": "pair", "scheme": "I", "score": [2.0, 1, 2, 1], "p": 0.05,
    })  # fmt: skip
    asked = pd.DataFrame({**pairs, "z": [1.0, np.nan, 1, 2]})
    table = curves.curves(
        Stored(permuted_SN_1_small=permuted), Stored(pairs_six_pairs=asked)
    )
    shown = curves.areas_table(table).set_index("Ranked by")
    assert shown["AP"].to_dict() == {
        "network, by score": "1.00",
        "network, by p of Perm I": "0.50",  # all tied
        "test of each pair": "0.75",
    }
    assert curves.curves(Stored(), Stored()).empty
