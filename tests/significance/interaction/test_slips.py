"""Slips that would pass for results are refused in one line, or do no harm."""

import numpy as np
import pandas as pd
import pytest
import torch
import xgboost
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from helpers.significance.interaction import Settings, interaction_test
from helpers.significance.interaction.slips import allowed, copies, refuse_copies

#: The cheapest test that still asks the learner.
QUICK = Settings(residual=None, projection=None, n_multipliers=99)


def drawn(n=400, p=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    return X, X[:, 0] * X[:, 1] + X[:, 2] + 0.5 * rng.normal(size=n)


def asked(X, y, **options):
    options = {"settings": QUICK, "device": "cpu", "model": products()} | options
    if "fitted" in options:
        del options["model"]
    return interaction_test(X, y, **options)


def products():
    return make_pipeline(PolynomialFeatures(2), LinearRegression())


@pytest.mark.parametrize("made", [lambda y: y, np.exp, lambda y: -(y**3)])
@pytest.mark.parametrize("place", ["X", "covariates"])
def test_the_outcome_is_no_feature(made, place):
    X, y = drawn()
    told = {"covariates": made(y)} if place == "covariates" else {}
    X = X if told else np.column_stack([X, made(y)])
    name = "covariate 1" if told else "x5"
    with pytest.raises(ValueError, match=f"must not hold the outcome: '{name}' is y"):
        asked(X, y, **told)


def test_a_class_that_says_the_outcome_is_no_feature_and_one_exception_makes_it_one():
    X, y = drawn()
    X[:, 3] = y > 0
    y = (y <= 0).astype(float)
    with pytest.raises(ValueError, match="'x4' is y, or goes up or down with it"):
        asked(X, y, family="binomial")
    y[0] = 1 - y[0]
    asked(X, y, family="binomial", model=LogisticRegression())


def test_copies_of_rows_are_counted_and_named():
    X, y = drawn(200)
    order = np.random.default_rng(1).permutation(600)
    X, y = np.repeat(X, 3, axis=0)[order], np.repeat(y, 3)[order]
    with pytest.raises(ValueError, match="400 of 600 rows are copies") as error:
        asked(X, y)
    row, first = (
        int(word) for word in str(error.value).replace(",", "").replace(":", "").split()
        if word.isdigit() and word not in ("400", "600")
    )  # fmt: skip
    assert first < row and (X[row] == X[first]).all() and y[row] == y[first]
    groups = np.repeat(np.arange(200), 3)[order]
    asked(X, y, groups=groups)  # they may depend on each other
    with pytest.raises(ValueError, match="are copies"):
        asked(X, y, groups=np.arange(600) % 30)


def test_few_copies_are_let_be():
    X, y = drawn(400)
    X[1], y[1] = X[0], y[0]
    asked(X, y)


def of_few_values(n, seed=0):
    return np.random.default_rng(seed).integers(0, 2, size=(n, 3)).astype(float)


def in_days(n=3000, seed=0):
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.integers(0, 20_000, n), rng.integers(0, 2, n)])


def with_index_of_mass(n=700, seed=0):
    rng = np.random.default_rng(seed)
    height = np.round(rng.normal(170, 9, n))
    weight = np.round(rng.normal(70, 12, n) + 0.6 * (height - 170))
    return np.column_stack([height, weight, weight / height**2, rng.integers(0, 2, n)])


BY_CHANCE = {
    "a column of others": (with_index_of_mass(), with_index_of_mass(seed=1)[:, 3]),
    "few values": (of_few_values(400), of_few_values(400, seed=1)[:, 0]),
    "few values, no noise": (of_few_values(400), of_few_values(400) @ [1, 2, 4]),
    "counts": (of_few_values(300), np.random.default_rng(2).poisson(1000, 300)),
    "days of birth": (in_days(), in_days(seed=1)[:, 1]),
    "hardly ever zero": (
        np.maximum(np.random.default_rng(3).normal(-0.5, 1, (400, 2)), 0),
        np.zeros(400),
    ),
}


@pytest.mark.parametrize("case", BY_CHANCE)
def test_rows_that_are_alike_by_chance_are_let_be(case):
    X, y = BY_CHANCE[case]
    refuse_copies(X, np.asarray(y, float), None)


@pytest.mark.parametrize("fine", ["X", "y", "both"])
def test_copies_are_seen_where_either_has_fine_values(fine):
    rng = np.random.default_rng(0)
    X = of_few_values(300) if fine == "y" else rng.normal(size=(300, 3))
    y = np.tile([0.0, 1.0], 150) if fine == "X" else rng.normal(size=300)
    again = np.r_[np.arange(300), np.arange(30)]
    with pytest.raises(ValueError, match="30 of 330 rows are copies"):
        refuse_copies(X[again], y[again], None)


def test_a_copy_has_a_value_that_no_other_row_has():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=8), np.ones(8)])
    X[[1, 3], 0] = X[0, 0]  # one of them differs elsewhere
    X[3, 1] = 0
    X[5] = X[4]
    X[7] = X[6]
    found = copies(X, None, np.arange(8))
    assert found.tolist() == [-1, -1, -1, -1, -1, 4, -1, 6]
    groups = [0, 1, 2, 3, 4, 4, 5, 6]
    assert copies(X, None, groups).tolist() == [-1] * 7 + [6]
    assert copies(np.ones((1, 1)), np.zeros(1), np.zeros(1)).tolist() == [-1]


def test_what_chance_makes_is_counted():
    X = of_few_values(1000)
    pairs = 1000 * 999 / 2 / 8
    assert allowed(X) == pytest.approx(10 + 3 * pairs, rel=0.02)
    assert allowed(np.arange(1000.0)[:, None]) == 10


@pytest.mark.parametrize("kind", ["trees", "pipeline"])
def test_a_model_that_knows_columns_is_asked_about_these_in_their_order(kind):
    X, y = drawn(800, p=3)
    frame = pd.DataFrame(X, columns=list("abc"))
    model = (
        xgboost.XGBRegressor(n_estimators=20) if kind == "trees" else products()
    ).fit(frame[:400], y[:400])
    rest = {"y": y[400:], "fitted": model, "unseen": True}
    z = asked(frame[400:], **rest).table.iloc[0]["z"]
    assert z > 4
    assert asked(X[400:], **rest).table.iloc[0]["z"] == z  # an array has no names
    named = asked(frame[400:], features=["A", "B", "C"], **rest)  # for display
    assert named.table.iloc[0]["pair"] == ("A", "B") and named.table.iloc[0]["z"] == z
    for columns in (list("bca"), list("xyz")):
        other = frame[400:].set_axis(columns, axis=1) if "x" in columns else frame[400:]
        with pytest.raises(ValueError, match="the columns that model was fitted on, a"):
            asked(other[columns], **rest)


def test_covariates_with_names_follow_the_columns():
    X, y = drawn(800, p=3)
    frame = pd.DataFrame(X, columns=list("abc"))
    model = products().fit(frame[:400], y[:400])
    rest = {"y": y[400:], "fitted": model, "unseen": True}
    asked(frame.loc[400:, ["a", "b"]], covariates=frame.loc[400:, ["c"]], **rest)
    with pytest.raises(ValueError, match="fitted on, a, b, c; got a, b, d"):
        other = frame.loc[400:, ["c"]].rename(columns={"c": "d"})
        asked(frame.loc[400:, ["a", "b"]], covariates=other, **rest)


def classifier(X, y):
    return make_pipeline(PolynomialFeatures(2), LogisticRegression()).fit(X, y)


def test_classes_by_name_are_refused_and_others_asked_about_the_larger():
    X, y = drawn(800, p=3)
    y = (y > 0).astype(int)
    rest = {"family": "binomial", "unseen": True}

    def z(model):
        return asked(X[400:], y[400:], fitted=model, **rest).table.iloc[0]["z"]

    usual = z(classifier(X[:400], y[:400]))
    assert usual > 3
    for recoded in (y == 1, y + 1, 2.0 * y - 1):
        assert z(classifier(X[:400], recoded[:400])) == pytest.approx(usual)

    class Reversed:
        classes_ = np.array([1, 0])

        def __init__(self, model):
            self.model = model

        def predict_proba(self, X):
            return self.model.predict_proba(X)[:, ::-1]

    assert z(Reversed(classifier(X[:400], y[:400]))) == pytest.approx(usual)
    named = classifier(X[:400], np.where(y == 1, "case", "control")[:400])
    with pytest.raises(ValueError, match="0 and 1; got 'case' and 'control': fit it"):
        z(named)


class Even:
    """A classifier that knows nothing but its classes."""

    def __init__(self, classes):
        self.classes_ = classes

    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)


@pytest.mark.parametrize(
    ("classes", "got"),
    [
        (np.array([0, 1, 2]), "'0' and '1' and '2'"),
        (np.array([b"a", b"b"]), "and"),
        (np.array([None, 1], dtype=object), "'None' and '1'"),
        ([np.array([0, 1])] * 2, "and"),
        ([], "none"),
    ],
)
def test_classes_that_are_not_two_numbers_are_refused_in_a_line(classes, got):
    X, y = drawn()
    y = (y > 0).astype(float)
    with pytest.raises(ValueError, match=f"0 and 1; got .*{got}") as error:
        asked(X, y, family="binomial", fitted=Even(classes), unseen=True)
    assert "\n" not in str(error.value)


def test_a_classifier_that_names_no_classes_is_asked_for_the_second():
    X, y = drawn()
    y = (y > 0).astype(float)
    answer = asked(X, y, family="binomial", fitted=Even(None), unseen=True)
    assert len(answer.silent) == 6  # it says nothing


class Odd:
    """An object whose parameters are not those that make it."""

    def get_params(self, deep=True):
        return {"a": 1}

    def fit(self, X, y):
        return self

    def predict(self, X):
        return X[:, 0] * X[:, 1]


def test_parameters_that_make_no_estimator_are_no_error():
    X, y = drawn()
    assert asked(X, y, model=Odd()).table.iloc[0]["z"] > 4


def test_a_learner_is_fitted_to_the_outcome_in_its_own_unit():
    X, y = drawn(500, p=3)
    y = 5000 + 100 * y
    learner = make_pipeline(PolynomialFeatures(2), Lasso(alpha=5.0))
    assert asked(X, y, model=learner).table.iloc[0]["z"] > 4
    seen = []

    class Noted(LinearRegression):
        def fit(self, X, y):
            seen.append(y)
            return super().fit(X, y)

    asked(X, y, model=Noted)
    assert all(np.isin(values, y).all() for values in seen)
    near, far = (asked(X, unit * y).table["z"].to_numpy() for unit in (1.0, 1e-3))
    np.testing.assert_allclose(near, far, rtol=1e-6)


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_what_an_estimator_learned_before_is_forgotten():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    y = X[:, 0] + rng.normal(size=300)
    new = MLPRegressor(
        hidden_layer_sizes=(20,), max_iter=50, warm_start=True, random_state=0
    )
    old = MLPRegressor(
        hidden_layer_sizes=(20,), max_iter=50, warm_start=True, random_state=0
    ).fit(X, y)
    tables = [asked(X, y, model=model).table for model in (new, old)]
    pd.testing.assert_frame_equal(*tables)


def test_a_model_that_writes_into_its_rows_leaves_those_of_the_caller():
    X, y = drawn(600, p=3)
    kept = X.copy()
    first = StandardScaler(copy=False)
    model = make_pipeline(first, PolynomialFeatures(2), LinearRegression())
    model.fit(3 + 2 * drawn(400, p=3, seed=1)[0], drawn(400, seed=1)[1])
    asked(X, y, fitted=model, unseen=True)
    np.testing.assert_array_equal(X, kept)


def test_a_tensor_that_is_still_trained_is_its_numbers():
    X, y = drawn()
    table = asked(X, y).table
    held = torch.from_numpy(X).requires_grad_()
    pd.testing.assert_frame_equal(asked(held, torch.from_numpy(y)).table, table)


def test_blocks_have_different_names():
    X, y = drawn()
    with pytest.raises(ValueError, match="blocks must have different names; got '1'"):
        asked(X, y, blocks={1: [0, 1], "1": [2, 3]})


def test_a_constant_covariate_is_named():
    X, y = drawn()
    covariates = pd.DataFrame({"age": X[:, 0] ** 2, "site": 1.0})
    with pytest.raises(ValueError, match="covariates column 'site' is constant"):
        asked(X, y, covariates=covariates)


def test_a_notebook_shows_the_words():
    from IPython.lib.pretty import pretty

    X, y = drawn()
    answer = asked(X, y)
    assert pretty(answer) == str(answer)
    assert pretty([answer]).startswith("[")
