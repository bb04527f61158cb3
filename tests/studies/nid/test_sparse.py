import numpy as np
import pandas as pd
import pytest
import torch

from helpers.device import seeded
from helpers.studies.nid import sparse

SMALL = {
    "n_train": 1_500,
    "n_features": 15,
    "n_factors": 1,
    "density": 0.2,  # three features, three pairs
    "hidden": [20, 10],
    "max_epochs": 60,
    "seed": 0,
}


def rank(model, strengths, trial=0, **change):
    return sparse.rank_sparsely(
        model=model, trial=trial, strengths=strengths, device="cpu", **(SMALL | change)
    )


@pytest.mark.parametrize("model", ["MLP", "MLP-M", "quadratic", "screening"])
def test_every_model_finds_three_pairs_among_fifteen_features(model):
    row = rank(model, [0.1]).iloc[0]
    assert row["auc"] > 0.95
    assert row["true_pairs"] == 3
    assert row["tpr 0"] <= row["tpr 0.1"] <= row["tpr 1"] == 1


def test_more_strength_makes_more_zeros():
    table = rank("MLP", [0.0, 0.1, 1.0], max_epochs=10)
    zeros = table["zeros"].tolist()
    assert zeros[0] == 0 < zeros[1] < zeros[2]


def test_other_data_give_other_numbers():
    here = rank("screening", [0])["tpr 0.01"]
    losses = [
        rank("quadratic", [0.1], max_epochs=1, **change)["validation_loss"][0]
        for change in ({}, {"trial": 1}, {"seed": 1})
    ]
    assert len(set(losses)) == 3
    assert here.between(0, 1).all()


def test_a_quadratic_form_in_ones_head():
    model = sparse.LowRankQuadratic(3, 1)
    with torch.no_grad():
        model.linear.weight.zero_()
        model.linear.bias.fill_(1)
        model.factors.weight.copy_(torch.tensor([[1.0, -2.0, 0.0]]))
        model.mix.weight.fill_(3)
    # 1 + 3 (x1 - 2 x2)² at (1, 1, 5)
    assert model(torch.tensor([[1.0, 1.0, 5.0]])).item() == 4
    assert model.pair_scores().tolist() == [6, 0, 0]  # pairs 1-2, 1-3, 2-3


def test_the_curve_of_a_ranking_in_ones_head():
    # One true pair first, one last; two false ones between.
    curve = sparse.roc_at([1, 0, 0, 1], [4, 3, 2, 1])
    assert curve["tpr 0"] == curve["tpr 0.5"] == 0.5
    assert curve["tpr 1"] == 1
    assert list(curve) == [f"tpr {x:g}" for x in sparse.FALSE_SHARES]


def test_the_strength_of_least_validation_loss():
    table = pd.DataFrame(
        {
            "model": ["MLP", "MLP", "quadratic"],
            "strength": [0.1, 0.2, 0.4],
            "validation_loss": [0.5, 0.3, 0.1],
        }
    )
    assert sparse.best_strengths(table) == {
        "MLP": 0.2,
        "quadratic": 0.4,
        "screening": 0.0,
    }
    assert sparse.best_strengths(None) == {"screening": 0.0}


def test_tables_of_parts_that_have_run():
    row = {f"tpr {x:g}": x for x in sparse.FALSE_SHARES}
    row |= {"strength": 0.2, "validation_loss": 0.01, "zeros": 0.9, "seconds": 60.0}
    ranked = pd.DataFrame(
        [
            {"model": "MLP", "trial": 101, "auc": 0.9, "true_pairs": 948, **row},
            {"model": "MLP", "trial": 102, "auc": 0.8, "true_pairs": 950, **row},
            {"model": "screening", "trial": 101, "auc": 0.7, "true_pairs": 9, **row},
        ]
    )
    shown = sparse.sparse_table(ranked)
    assert shown["Model"].tolist() == ["NID on MLP", "product screening"]
    assert shown["data sets"].tolist() == [2, 1]
    assert shown["AUC"].tolist() == ["0.850 ± 0.071", "0.700"]
    assert shown["strength"].tolist() == ["0.2", "–"]
    assert sparse.emptied_text(ranked) == sparse.emptied_text(None) == ""
    emptied = ranked.assign(zeros=[1.0, 0.9, 0.0])
    text = sparse.emptied_text(emptied)
    assert text.startswith("**NID on MLP, data set 101: no weight is left")
    assert text.endswith("The mean counts it; the others have 0.800.")
    assert "others" not in sparse.emptied_text(emptied.query("trial == 101"))
    tried = sparse.strengths_table(ranked.assign(best_epoch=7))
    assert tried.loc[0, "Model"] == "NID on MLP" and tried.loc[0, "best epoch"] == "7"
    assert not any("_" in name for name in tried.columns)
    curves = sparse.roc_curves(ranked)
    assert np.allclose(curves["true"], curves["false"])
    assert sparse.recorded(ranked) == {}  # MLP-M has not run
    both = sparse.recorded(ranked.replace({"MLP": "MLP-M"}))
    assert both["fig10.mlpm.auc"] == pytest.approx(0.85)
    assert both["fig10.true-pairs"] == 949


@pytest.mark.parametrize(
    ("model", "change", "message"),
    [
        ("CNN", {}, "model must be one of MLP, MLP-M, quadratic, screening"),
        ("MLP", {"n_train": 1}, "n_train must be at least 2; got 1"),
        ("MLP", {"max_epochs": 0}, "max_epochs must be at least 1; got 0"),
        ("MLP", {"density": 0.05}, "density must give each factor two features"),
    ],
)
def test_bad_settings_are_named(model, change, message):
    with pytest.raises(ValueError, match=message):
        rank(model, [0.1], **change)


def test_standardised_by_the_training_rows():
    X, y, sets = sparse.Design(**SMALL).draw(0)
    assert X.shape == (3_000, 15)
    assert np.isclose(y[:1_500].mean(), 0) and np.isclose(y[:1_500].std(), 1)
    assert [len(s) for s in sets] == [3]


def test_a_quadratic_model_starts_with_squares_of_either_sign():
    for seed in range(5):
        with seeded(seed):
            signs = sparse.LowRankQuadratic(7, 6).mix.weight.detach().sign()[0]
        assert signs.tolist() == [1, -1, 1, -1, 1, -1]
