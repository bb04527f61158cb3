import numpy as np
import pandas as pd
import pytest
import torch
import xgboost
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from torch import nn

from helpers.detectors.archdetect import archdetect
from helpers.detectors.boosting import fit_trees, h_statistic, shap_interactions
from helpers.detectors.predictions import (
    Rounding,
    mixed_difference_of,
    prediction_function,
    rounding,
)
from helpers.detectors.shapley import shapley_pairs

ASKING = (
    archdetect,
    shapley_pairs,
    lambda model, X: h_statistic(model, X, n_rows=20),
)


def table(n_rows=80):
    """Return a data frame of three columns and the product of the first two."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(n_rows, 3)), columns=["age", "dose", "sex"])
    return X, (X["age"] * X["dose"] + X["sex"]).to_numpy()


def test_network_predicts_in_evaluation_mode_and_is_left_as_it_was():
    network = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5), nn.BatchNorm1d(2)).train()
    network[2].eval()  # one part frozen: it must stay so
    X = np.random.default_rng(0).random((5, 3))
    before = {k: v.clone() for k, v in network.state_dict().items()}
    rows = torch.as_tensor(X, dtype=torch.float32)
    expected = network[2](network[0](rows)).detach().numpy()
    np.testing.assert_array_equal(prediction_function(network)(X), expected)
    assert network.training and network[1].training and not network[2].training
    after = network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_network_is_left_as_it_was_by_an_error_too():
    network = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5)).train()
    with pytest.raises(RuntimeError):
        prediction_function(network)(np.ones((5, 4)))
    assert network[1].training


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_network_is_asked_in_its_own_precision(dtype):
    network = nn.Linear(3, 1).to(dtype)
    X = np.random.default_rng(0).random((5, 3))
    expected = network(torch.as_tensor(X, dtype=dtype)).double().detach().numpy()
    np.testing.assert_array_equal(prediction_function(network)(X), expected)


class Product(nn.Module):
    """A module without parameters."""

    def forward(self, x):
        return x[:, :1] * x[:, 1:2]


@pytest.mark.parametrize("detect", ASKING)
def test_modules_without_parameters_can_be_asked(detect):
    found = detect(Product(), table()[0].to_numpy())
    assert found.scores[0] > 0 and not found.scores[1:].any()


@pytest.mark.parametrize("detect", ASKING)
@pytest.mark.parametrize(
    "network",
    [
        nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Dropout(0.5), nn.Linear(3, 1)),
        nn.Sequential(nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1)),
    ],
    ids=["dropout", "batch norm"],
)
def test_additive_networks_in_training_mode_score_zero(detect, network):
    if isinstance(network[0], nn.Linear):
        with torch.no_grad():
            network[0].weight.copy_(torch.eye(3))
    network.train()
    found = detect(network, table()[0].to_numpy())
    assert not found.scores.any() and network.training


def test_parts_of_gene_networks_are_evaluated_too():
    class Genes(nn.Module):
        def __init__(self):
            super().__init__()
            self.genes = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.5))
            self.head = nn.Sequential(nn.ReLU(), nn.Dropout(0.5), nn.Linear(2, 1))

    network = Genes().train()
    X = table()[0].to_numpy()
    assert not shapley_pairs(network, X).scores.any()
    assert network.head[1].training


@pytest.mark.parametrize("detect", ASKING)
def test_estimators_fitted_on_frames_get_their_columns(detect):
    X, y = table()
    model = make_pipeline(
        ColumnTransformer([("all", StandardScaler(), ["sex", "age", "dose"])]),
        PolynomialFeatures(2),
        LinearRegression(),
    ).fit(X, y)
    found = detect(model, X)  # warnings are errors: of lost names too
    assert found.features == ("age", "dose", "sex")
    assert found.ranked().sets[0] == (0, 1) and found.scores[1:].max() < 1e-9
    bare = detect(model, X.to_numpy())
    np.testing.assert_array_equal(bare.scores, found.scores)
    method = detect(model.predict, X)
    np.testing.assert_array_equal(method.scores, found.scores)
    with pytest.raises(ValueError, match="columns that model was fitted on, age, dose"):
        detect(model, X[["dose", "age", "sex"]])
    with pytest.raises(ValueError, match="the 3 columns of the model; got 2"):
        detect(model, X.to_numpy()[:, :2])


def test_classifiers_are_asked_before_the_class_is_decided():
    X, y = table()
    logistic = LogisticRegression().fit(X, y > 0)
    forest = RandomForestClassifier(5, random_state=0).fit(X, y > 0)
    classes = RandomForestClassifier(5, random_state=0).fit(X, np.digitize(y, [0, 1]))
    rows = X.to_numpy()
    np.testing.assert_allclose(
        prediction_function(logistic)(rows)[:, 0],
        rows @ logistic.coef_[0] + logistic.intercept_[0],
    )
    np.testing.assert_array_equal(
        prediction_function(forest)(rows)[:, 0], forest.predict_proba(X)[:, 1]
    )
    assert prediction_function(classes)(rows).shape == (80, 3)


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("kind", [xgboost.XGBRegressor, xgboost.XGBClassifier])
def test_xgboost_models_and_boosters_agree_on_margins(kind, names):
    X, y = table()
    y = y > 0 if kind is xgboost.XGBClassifier else y
    X = X if names else X.to_numpy()
    model = kind(n_estimators=10, n_jobs=1).fit(X, y)
    expected = model.predict(X, output_margin=True)
    rows = np.asarray(X)
    for asked in (model, model.get_booster()):
        np.testing.assert_array_equal(prediction_function(asked)(rows)[:, 0], expected)
        for detect in (*ASKING, lambda *a: shap_interactions(*a, n_rows=20)):
            found = detect(asked, X)
            assert found.features[0] == ("age" if names else "x1")
            assert found.scores.max() > 0
            if names:
                with pytest.raises(ValueError, match="X must have the columns"):
                    detect(asked, X[["dose", "age", "sex"]])


def test_xgboost_models_stop_at_their_best_iteration():
    X, y = table()
    rng = np.random.default_rng(0)
    model = xgboost.XGBRegressor(n_estimators=50, early_stopping_rounds=2, n_jobs=1)
    model.fit(X, y, eval_set=[(X, rng.permutation(y))], verbose=False)
    assert model.best_iteration < 49
    np.testing.assert_array_equal(
        prediction_function(model)(X.to_numpy())[:, 0], model.predict(X)
    )


def test_trees_of_this_package_can_be_asked():
    X, y = table()
    trees = fit_trees(X, 1e6 + y, n_trees=200)
    assert trees.predict(X) == pytest.approx(1e6 + y, abs=0.3)
    asked = prediction_function(trees)(X.to_numpy())[:, 0]
    np.testing.assert_array_equal(asked, trees.predict(X))
    assert shapley_pairs(trees, X).ranked().sets[0] == (0, 1)


def test_predictions_have_two_axes():
    assert prediction_function(lambda X: X[:, 0])(np.ones((4, 2))).shape == (4, 1)
    assert prediction_function(lambda X: X)(np.ones((4, 2))).shape == (4, 2)


def test_the_mixed_difference_of_a_product_is_the_product_of_the_steps():
    a, b, c, d = 3.0, 1.0, 7.0, 2.0
    assert mixed_difference_of(a * c, a * d, b * c, b * d) == (a - b) * (c - d)
    assert mixed_difference_of(a + c, a + d, b + c, b + d) == 0


def test_rounding_is_that_of_the_precision_of_the_values():
    values = np.array([0.1, -3.0, 2.0])
    assert rounding(values) == 8 * 3 * np.finfo(np.float64).eps
    single = values.astype(np.float32)
    assert rounding(single) == 8 * 3 * np.finfo(np.float32).eps
    assert rounding(np.zeros(3)) == 0 == rounding(np.empty(0))
    asked = Rounding(lambda X: X)
    asked(values)
    asked(values / 10)
    assert asked.size == rounding(values)
    floor = asked.size
    assert asked.floored([floor / 2, floor, 2 * floor]).tolist() == [0, 0, 2 * floor]


def test_unusable_models_and_predictions_are_refused():
    X = np.ones((4, 2))
    with pytest.raises(TypeError, match="or have predict; got 'net'"):
        prediction_function("net")
    with pytest.raises(TypeError, match="model must be fitted, not a class"):
        prediction_function(LinearRegression)
    with pytest.raises(ValueError, match=r"one row each for 4 rows; got shape \(3,\)"):
        prediction_function(lambda X: X[1:, 0])(X)
    with pytest.raises(ValueError, match=r"one row each for 4 rows; got shape \(\)"):
        prediction_function(lambda X: 1.0)(X)
    with pytest.raises(ValueError, match="model must predict finite values"):
        prediction_function(lambda X: X * np.nan)(X)
    trees = xgboost.XGBRegressor(n_estimators=2, n_jobs=1).fit(*table())
    with pytest.raises(ValueError, match=r"X must fit single precision.*got 1e\+200"):
        prediction_function(trees)(np.full((4, 3), 1e200))
