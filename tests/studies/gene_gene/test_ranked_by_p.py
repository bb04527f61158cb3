"""Pairs ranked by score, by p, and by p with ties broken."""

import numpy as np
import pandas as pd
import pytest

from helpers.studies.gene_gene import ranked_by_p


def test_ties_of_p_are_broken_by_the_distance_from_permuted_scores():
    score = np.array([5.0, 2.0, 1.0, 0.4])
    null = np.array([[0.0, 1.0, 0.2, 0.5], [2.0, 1.2, 0.4, 0.3], [1.0, 1.1, 0.3, 0.6]])
    p = (1 + (null >= score).sum(axis=0)) / 4
    by_score, by_p, broken = ranked_by_p.strengths_of(score, null, p)
    assert p.tolist() == [0.25, 0.25, 0.25, 0.75]
    assert by_score.argsort()[::-1].tolist() == [0, 1, 2, 3]
    assert by_p[0] == by_p[1] == by_p[2] > by_p[3]
    # z is 4.9, 11 and 8.6: the second is farthest from its permuted scores.
    assert broken.argsort()[::-1].tolist() == [1, 2, 0, 3]


def test_z_never_overrules_p():
    null = np.random.default_rng(0).normal(size=(99, 2))
    score = np.array([0.5, 60.0])
    p = np.array([0.01, 0.02])
    assert ranked_by_p.strengths_of(score, null, p)[2].argmax() == 0


@pytest.mark.filterwarnings("ignore:fewer training people")
def test_a_row_for_each_data_set_and_way():
    table = ranked_by_p.rank_by_p(
        setting="S/N 1, small", numbers=[0], people=(1_500, 1_500), n_networks=2,
        n_permutations=3, max_epochs=1, seed=0, device="cpu",
    )  # fmt: skip
    assert table["by"].tolist() == list(ranked_by_p.WAYS)
    assert table["ap"].between(0, 1).all() and (table["tied"] >= 1).all()


def ranked(score, p, z):
    return pd.DataFrame(
        {"data_set": 0, "by": ranked_by_p.WAYS, "ap": [score, p, z], "auroc": 0.5,
         "tied": 12}
    )  # fmt: skip


def test_it_is_said_whether_it_came_as_declared():
    text = ranked_by_p.by_p_text(ranked(0.8, 0.5, 0.78))
    assert "0.300 below that by score, **as expected**" in text
    assert "differs by -0.020, **as expected**" in text
    text = ranked_by_p.by_p_text(ranked(0.8, 0.78, 0.6))
    assert text.count("**not as expected**") == 2
    shown = ranked_by_p.by_p_table(ranked(0.8, 0.5, 0.78))
    assert shown["AP"].tolist() == ["0.800", "0.500", "0.780"]
    assert set(shown["tied at the smallest p"]) == {"12.0"}


def test_the_rule_is_set_beside_the_usual_method_in_the_same_data_sets():
    usual = pd.DataFrame(
        {"data_set": [0, 1], "method": "top SNP, regression", "of": "all",
         "ap": [0.6, 0.99]}
    )  # fmt: skip
    text = ranked_by_p.rule_text(ranked(0.8, 0.5, 0.78), usual)
    assert "of 0.600 in the same" in text
    assert "score ahead (0.800); p **behind** (0.500); p, ties by z ahead" in text
    assert ranked_by_p.rule_text(ranked(0.8, 0.5, 0.78), usual[1:]) == ""
