"""What readers bring: learners of several kinds, odd tables, labels of rows."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
import torch
import xgboost
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from helpers.significance.interaction import Settings, interaction_test
from helpers.significance.interaction.family import Family
from helpers.significance.interaction.hunt import asked, made_by

#: No networks at all: every step is exact, and repeats.
EXACT = Settings(residual=None, n_references=4, n_multipliers=199)


def products(degree=2):
    return make_pipeline(PolynomialFeatures(degree), LinearRegression())


def ask(X, y, **more):
    more = {"model": products, "settings": EXACT, "device": "cpu"} | more
    return interaction_test(X, y, **more)


def z_of(answer):
    """Return z by pair, as text."""
    return {" ".join(row.pair): row.z for row in answer.table.itertuples()}


def table(n=400, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    return X, X[:, 0] * X[:, 1] + rng.normal(size=n)


# Learners


class Prepared(torch.nn.Module):
    """A network of a reader's that prepares its input itself."""

    def fit(self, X, y):
        self.inner = products().fit(X, y)
        return [0.3, 0.2]  # losses, as some do

    def forward(self, x):
        return x[:, :1]

    def predict(self, X):
        return self.inner.predict(X)


def test_a_network_with_fit_and_predict_is_asked_by_its_own_predict():
    X, y = table()
    assert z_of(ask(X, y, model=Prepared)) == z_of(ask(X, y))


def test_a_network_without_fit_is_asked_by_forward():
    X = table()[0]
    network = torch.nn.Linear(3, 1)
    network.predict = lambda rows: np.zeros(len(rows))
    with torch.no_grad():
        expected = network(torch.tensor(X).float())[:, 0].numpy()
    for family in ("gaussian", "binomial", "poisson"):
        found = asked(network, Family(family))(X)
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_means_are_put_on_the_scale_of_the_family():
    X = table()[0]

    class Half:
        def predict(self, rows):
            return np.full(len(rows), 0.5) + 0.25 * (rows[:, 0] > 0)

    up = X[:, 0] > 0
    means = np.where(up, 0.75, 0.5)
    ask_it = {f: asked(Half(), Family(f))(X) for f in ("gaussian", "binomial")}
    np.testing.assert_allclose(ask_it["gaussian"], means)
    np.testing.assert_allclose(ask_it["binomial"], up * 1.0)  # touches the logit at 1/2
    np.testing.assert_allclose(asked(Half(), Family("poisson"))(X), np.log(means))


def test_a_regressor_asked_of_yes_or_no_is_not_said_to_predict_badly():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(800, 3))
    log_odds = 2 * X[:, 0] * X[:, 1] + X[:, 2]
    y = rng.random(800) < 1 / (1 + np.exp(-log_odds))
    by_regression = ask(X, y, family="binomial")
    by_odds = ask(
        X, y, family="binomial",
        model=lambda: make_pipeline(PolynomialFeatures(2), LogisticRegression()),
    )  # fmt: skip
    for answer in (by_regression, by_odds):
        assert answer.called()["pair"].tolist() == [("x1", "x2")]
        assert answer.lost < 0
    assert "worse than a sum" not in str(by_regression)


def test_boosters_are_read_before_their_link():
    X, y = table()
    data = xgboost.DMatrix(X, label=(y > 0) * 1.0)
    booster = xgboost.train({"objective": "binary:logistic"}, data, 5)
    found = asked(booster, Family("binomial"))(X)
    p = booster.predict(data)
    np.testing.assert_allclose(found, np.log(p / (1 - p)), atol=1e-5)


@pytest.mark.parametrize("classes", [1, 3])
def test_probabilities_must_be_of_two_classes(classes):
    X = table()[0]

    class Classes:
        def predict_proba(self, rows):
            return np.full((len(rows), classes), 1 / classes)

    with pytest.raises(ValueError, match=f"of two classes; got {classes}"):
        asked(Classes(), Family("binomial"))(X)


def test_what_fit_returns_is_asked_only_if_it_predicts():
    X, y = table()

    class Maker:
        def fit(self, rows, values):
            return products().fit(rows, values)

        def predict(self, rows):
            raise AssertionError("its fit returned another")

    found = made_by(Maker(), X, y, Family("gaussian"))(X)
    np.testing.assert_allclose(found, products().fit(X, y).predict(X))


# The word of the caller


def test_the_word_is_said_of_a_trained_model_alone():
    X, y = table()
    with pytest.raises(ValueError, match="must be False without fitted"):
        ask(X, y, unseen=True)
    with pytest.raises(TypeError, match="unseen must be True or False; got 1"):
        ask(X, y, unseen=1)
    trained = products().fit(*table(seed=1))
    answer = ask(X, y, model=None, fitted=trained, unseen=np.True_)
    assert "caller's word" in str(answer)


def test_a_trained_model_must_know_the_covariates():
    X, y = table()
    for trained in (torch.nn.Linear(3, 1), products().fit(X, y)):
        with pytest.raises(
            ValueError, match=r"and then the covariates \(1\); "
        ) as error:
            ask(X, y, model=None, fitted=trained, unseen=True, covariates=X[:, 0] ** 2)
        assert "\n" not in str(error.value)


def test_a_trained_model_keeps_its_own_words_where_covariates_are_not_at_fault():
    class Broken:
        def predict(self, rows):
            raise ValueError("the disk of my model is full")

    X, y = table()
    with pytest.raises(ValueError, match=r"^the disk of my model is full"):
        ask(X, y, model=None, fitted=Broken(), unseen=True, covariates=X[:, 0] ** 2)


# Counts


class Logs:
    """A learner of counts, on the logarithmic scale."""

    def fit(self, X, y):
        self.inner = products().fit(X, np.log(y + 0.5))
        return self

    def predict(self, X):
        return np.exp(self.inner.predict(X))


def test_large_counts_that_multiply_do_not_interact():
    """Means beyond e^15 are followed, so that a product of means is a sum of logs."""

    called = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(600, 3))
        mean = np.exp(18 + 0.5 * X[:, 0] + 0.5 * X[:, 1])
        y = np.round(mean * rng.gamma(20, 1 / 20, 600))
        called.append(len(ask(X, y, family="poisson", model=Logs).called()))
    assert sum(called) <= 1  # of a third, when means ended at e^15
    family = Family("poisson")
    assert family.mean(np.array([30.0]))[0] == pytest.approx(np.exp(30))
    assert np.isfinite(family.mean(np.array([1e9])) ** 2).all()


# Blocks


def test_the_order_of_the_columns_of_a_block_is_nothing():
    rng = np.random.default_rng(0)
    age, lat, lon = rng.normal(size=(3, 1500))
    y = 0.3 * age * (lon**2 - 1) + rng.normal(size=1500)
    frames = [
        pd.DataFrame({"age": age, "lat": lat, "lon": lon}),
        pd.DataFrame({"age": age, "lon": lon, "lat": lat}),
    ]
    found = [
        ask(X, y, blocks={"place": ["lat", "lon"]}, model=lambda: products(3))
        for X in frames
    ]
    one, other = (answer.table["z"][0] for answer in found)
    assert one > 5  # 1.9, when splines of the second column came last
    assert one == pytest.approx(other, abs=0.1)


# Names and labels


def test_numbers_that_are_names_are_not_taken_for_places():
    X, y = table()
    frame = pd.DataFrame(X, columns=[1, 2, 3])
    for more in ({"sets": [(1, 2)]}, {"blocks": {"b": [1, 2]}}):
        with pytest.raises(ValueError, match="must name columns as text, '1', where"):
            ask(frame, y, **more)
    named = ask(frame, y, sets=[("1", "2")])
    assert named.table["pair"].tolist() == [("1", "2")]
    # Names that are the places, and names given beside the table, mislead nobody.
    plain = ask(pd.DataFrame(X), y, sets=[(0, 1)])
    given = ask(frame, y, sets=[(0, 1)], features=["a", "b", "c"])
    assert plain.table["pair"].tolist() == [("0", "1")]
    assert given.table["pair"].tolist() == [("a", "b")]


def test_sets_may_be_any_iterable():
    X, y = table()
    assert z_of(ask(X, y, sets=[(k for k in (0, 1))])) == z_of(ask(X, y, sets=[(0, 1)]))


@pytest.mark.parametrize("name", ["y", "covariates", "groups"])
def test_rows_in_another_order_are_refused(name):
    X, y = table()
    frame = pd.DataFrame(X)
    values = {"y": y, "covariates": X[:, 0] ** 2, "groups": np.arange(400) % 50}
    shuffled = pd.Series(values[name]).sample(frac=1, random_state=0)
    with pytest.raises(ValueError, match=f"{name} must have its rows in the order"):
        ask(frame, **{"y": y} | {name: shuffled})
    # Rows are taken as they stand if the labels say nothing.
    other = pd.Series(values[name], index=np.arange(400) + 7)
    same = z_of(ask(frame, **{"y": y} | {name: values[name]}))
    assert z_of(ask(frame, **{"y": y} | {name: other})) == same
    ordered = shuffled.loc[frame.index]
    assert z_of(ask(frame, **{"y": y} | {name: ordered})) == same


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.ma.masked_greater(table()[0], 2.0)}, "X must have no masked values"),
        ({"y": np.ma.masked_greater(table()[1], 2.0)}, "y must have no masked values"),
        ({"y": []}, "y must hold values; got none."),
        ({"covariates": []}, "covariates must hold values; got none"),
        ({"groups": np.r_[np.zeros(300), np.arange(1, 101)]}, "one may be too large"),
        ({"seed": 2**64}, "seed must be at most"),
    ],
)
def test_bad_input_in_one_line(change, message):
    X, y = table()
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        ask(**{"X": X, "y": y} | change)
    assert "\n" not in str(error.value)


def test_few_rows_without_groups_are_not_blamed_on_groups():
    X, y = table(100)
    with pytest.raises(
        ValueError, match=r"rows in each of 4 parts; got 22 of 100 rows\.$"
    ):
        ask(X, y)


def test_settings_of_networks_do_not_matter_to_learners_of_the_caller():
    X, y = table()
    hunt = dataclasses.replace(EXACT.hunt, max_epochs=1)
    settings = dataclasses.replace(EXACT, hunt=hunt)
    assert z_of(ask(X, y, settings=settings)) == z_of(ask(X, y))


@pytest.mark.parametrize("dispersion", [0.0, 0.5, 2.0])
def test_dispersion_of_counts_is_found(dispersion):
    rng = np.random.default_rng(0)
    link = 3 + rng.normal(size=20_000)
    rate = np.exp(link)
    if dispersion:
        rate = rate * rng.gamma(1 / dispersion, dispersion, len(link))
    y = rng.poisson(rate).astype(float)
    found = Family("poisson").scattered(y, link, len(y))
    assert found.dispersion == pytest.approx(dispersion, abs=0.01 + 0.05 * dispersion)
    mean = np.exp(link)
    # A row says what the slope of its mean over its variance says.
    np.testing.assert_allclose(found.weight(link), mean * found.trust(link))
    np.testing.assert_allclose(found.trust(link), 1 / (1 + found.dispersion * mean))
    for name in ("gaussian", "binomial"):
        assert Family(name).scattered(y, link, len(y)) == Family(name)
        assert (Family(name).trust(link) == 1).all()


def test_counts_that_scatter_less_are_taken_for_poisson():
    link = np.full(50, 2.0)
    found = Family("poisson").scattered(np.round(np.exp(link)), link, 50)
    assert found.dispersion == 0


def test_scattered_counts_are_not_fitted_as_if_they_were_certain():
    """A fit that takes Poisson's word follows the noise, and nothing survives."""
    called = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(800, 3))
        link = 4 + 0.5 * (X[:, 0] + X[:, 1] + X[:, 0] * X[:, 1])
        y = rng.poisson(np.exp(link) * rng.gamma(1, 1, 800)).astype(float)
        answer = ask(X, y, family="poisson", model=Logs)
        assert answer.table["identifiable"].all()
        called += answer.called()["pair"].tolist()
    assert called.count(("x1", "x2")) >= 4
    assert len(called) - called.count(("x1", "x2")) <= 1
