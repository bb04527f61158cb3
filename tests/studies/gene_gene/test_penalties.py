"""Strengths of the penalty: errors in folds by hand, and what is said of them."""

import numpy as np
import pandas as pd
import pytest

from helpers.data.splits import standardise
from helpers.studies.gene_gene import penalties
from helpers.studies.gene_gene.designs import design, training
from helpers.studies.gene_gene.study import fit_genes, genotype_rows

PEOPLE = (1_500, 1_500)
pytestmark = pytest.mark.filterwarnings("ignore:fewer training people")


def test_errors_are_those_of_networks_that_learned_from_the_other_folds():
    panel, trait, parts = design("S/N 1, small", number=0, people=PEOPLE, seed=0)
    y = standardise(trait.values, parts.train, name="trait").values
    how = {"training": training(panel.n_people, max_epochs=1), "seed": 0,
           "device": "cpu"}  # fmt: skip
    found = penalties.fold_error(panel, y, parts, **how)
    fold_of = np.random.default_rng([0, 31]).permutation(len(parts.train)) % 5
    learns = np.zeros((5, panel.n_people), bool)
    for fold in range(5):
        learns[fold, parts.train[fold_of != fold]] = True
    five = np.repeat(y[None], 5, axis=0)
    ensemble, _ = fit_genes(panel, five, parts, n_networks=1, train=learns, **how)
    total = 0.0
    for fold in range(5):
        left_out = parts.train[fold_of == fold]
        assert not learns[fold, left_out].any()
        said = ensemble.predict(genotype_rows(panel, left_out))[fold, :, 0]
        total += ((said - y[left_out]) ** 2).sum()
    assert found == pytest.approx(total / len(parts.train), rel=1e-5)


def test_every_strength_has_a_row_and_one_is_chosen():
    table = penalties.try_strengths(
        setting="S/N 1, small", numbers=[0], strengths=[1e-4, 1e-2], people=PEOPLE,
        n_networks=1, max_epochs=1, seed=0, device="cpu",
    )  # fmt: skip
    assert table["l1"].tolist() == [1e-4, 1e-2]
    assert table["chosen"].sum() == 1
    assert table["error"][table["chosen"]].iloc[0] == table["error"].min()
    assert table["ap"].between(0, 1).all()


def tried(ap_of_chosen):
    return pd.DataFrame(
        {
            "data_set": [0, 0], "l1": [1e-4, 1e-3], "error": [0.9, 0.8],
            "chosen": [False, True], "ap": [0.5, ap_of_chosen], "auroc": 0.8,
        }
    )  # fmt: skip


@pytest.mark.parametrize(("ap", "came"), [(0.54, "**as"), (0.4, "**not as")])
def test_what_choosing_changes_is_said_as_declared(ap, came):
    text = penalties.strengths_text(tried(ap))
    assert f"{ap - 0.5:+.3f} against 0.0001, {came} expected**" in text
    shown = penalties.strengths_table(tried(ap)).set_index("L1")
    assert shown.loc["chosen by folds", "AP"] == f"{ap:.3f}"
    assert shown["chosen in"].tolist() == [0, 1, 1]
    assert penalties.strengths_text(tried(ap).assign(l1=1.0)) == ""


def test_it_is_said_whether_what_predicts_best_ranks_best():
    text = penalties.strengths_text(tried(0.4))
    assert "0.001 predicts best, with an average precision of 0.400" in text
    assert "0.0001 ranks best, with 0.500" in text
    assert "0.001 both predicts and ranks best" in penalties.strengths_text(tried(0.6))
